"""Escalations, talks, the closed loop, kept views, and the numbers: what is read from the store for them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from yunxing.desk.casework import dashboard, desk_lists
from yunxing.desk.casework.models import Case, SavedView
from yunxing.desk.scoping import acting_as_system
from yunxing.flows.sweep_cases import sweep_cases
from yunxing.values.office_hours import BEIJING


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 12, 31)).map(lambda at: at.replace(tzinfo=BEIJING)))
def test_a_quarter_holds_its_instant_and_its_neighbours_follow(at):
    """Three months from a first day to the next first day; the instant before belongs to another quarter."""
    begin, end, code = desk_lists.quarter_of(at)

    assert begin <= at < end
    assert (begin.day, begin.hour, begin.month % 3) == (1, 0, 1)
    assert (end.year * 12 + end.month) - (begin.year * 12 + begin.month) == 3
    assert code == f"{at.year}Q{(at.month + 2) // 3}"
    assert desk_lists.quarter_of(end)[0] == end
    assert desk_lists.quarter_of(begin - timedelta(seconds=1))[1] == begin


@pytest.mark.parametrize(("missed", "proposed"), [(2, 0), (3, 1), (4, 1)])
def test_an_office_is_proposed_from_the_third_missed_limit_on(hands, missed, proposed):
    """Below, at and above the table's number; another office that missed none is not named."""
    for _ in range(missed):
        hands.up_to("assigned")
    hands.up_to("working", office="bureau-2")
    hands.later(days=1, hours=6)
    with hands.inside("command"):
        found = desk_lists.talk_proposals(hands.at)

    assert len(found) == proposed
    if proposed:
        assert (found[0]["office"], found[0]["count"], found[0]["limit"]) == ("甲局", missed, 3)
        assert found[0]["href"] == "/cases/?queue=all&office=bureau-1"


def test_what_was_answered_in_time_is_not_held_against_an_office(hands):
    for _ in range(4):
        hands.up_to("closed")
    with hands.inside("command"):
        assert desk_lists.talk_proposals(hands.at + timedelta(days=60)) == []


def test_the_ladder_is_listed_newest_first_and_only_what_is_open(hands):
    """The head hears of it, then the command; a case that was closed meanwhile is no longer listed."""
    case, other = hands.up_to("working"), hands.up_to("working")
    hands.later(days=35)
    for _ in range(4):
        sweep_cases(connection, hands.at)
    hands.walk(other, "answer", "bureau", "bureau-1", done="x", result="solved", evidence=["sha256:0"])
    hands.walk(other, "confirm", "enterprise", hands.cast.units.firm_a.code, satisfaction="good")
    with hands.inside("command"):
        page = desk_lists.escalated_page(hands.at)
    listed = [(one["row"].id, one["title"]) for one in page["rungs"]]

    assert {id_ for id_, _title in listed} == {case}
    assert listed[0][1] == "提请指挥部督办"
    assert "逾期催办" in {title for _id, title in listed}


def test_a_view_is_ones_own_and_its_name_stands_once(hands):
    for query in ("queue=all", "queue=overdue"):
        with hands.inside("bureau"):
            desk_lists.keep_view(hands.standing("bureau"), "常用", query)
    with hands.inside("bureau"):
        assert [(one.name, one.query) for one in SavedView.objects.all()] == [("常用", "queue=overdue")]
    with hands.inside("command"):
        assert not SavedView.objects.exists()


def handled(hands, *cases):
    with acting_as_system("test"):
        return dashboard.handled_of([Case.objects.get(pk=case) for case in cases], hands.at)


def test_a_case_is_measured_by_its_clocks_and_its_rating(hands):
    """Closed in time, contacted at once, rated good; one under way says nothing yet; one past its day is missed."""
    closed, working = hands.up_to("closed"), hands.up_to("working")
    first, second = handled(hands, closed, working)
    assert (first.office, first.unit, first.in_time, first.contact_seconds, first.rating, first.reopened, first.answered) == (
        "bureau-1", "A01", True, 0, "good", False, True,
    )  # fmt: skip
    assert (second.in_time, second.rating, second.answered) == (None, "", False)
    hands.later(days=40)
    assert handled(hands, working)[0].in_time is False


def test_a_case_that_was_reopened_counts_once_and_by_its_worst(hands):
    """Answered in time, reopened, then late: not in time, reopened, answered."""
    case = hands.up_to("answered")
    hands.walk(case, "reopen", "enterprise", hands.cast.units.firm_a.code, reason="又停电")
    assert handled(hands, case)[0].in_time is None
    hands.later(days=40)
    (late,) = handled(hands, case)

    assert (late.in_time, late.reopened, late.answered) == (False, True, True)


def test_the_contact_is_counted_in_office_hours(hands):
    """Assigned in the morning, telephoned the next morning: a day at the office is seven and a half hours."""
    case = hands.up_to("signed")
    hands.later(days=1)
    hands.walk(case, "contact", "bureau", "bureau-1", contacted="x")

    assert handled(hands, case)[0].contact_seconds == 27_000
    assert dashboard.hours_words(27_000) == "7.5 小时"


def test_what_was_never_taken_up_is_not_measured(hands):
    """Refused and withdrawn requests are nobody's lateness."""
    refused = hands.raised()
    hands.walk(refused, "refuse", "command", "hall", reason="纠纷", basis="仲裁")
    withdrawn = hands.up_to("assigned")
    hands.walk(withdrawn, "withdraw", "enterprise", hands.cast.units.firm_a.code, reason="已解决")
    hands.up_to("closed")
    with hands.inside("command"):
        page = dashboard.dashboard_page(hands.at)

    assert page["cases"] == 1
    assert page["whole"]["in_time"] == "1/1"
    assert [line["title"] for line in page["offices"]] == ["甲局"]
