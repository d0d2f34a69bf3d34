"""Raising a request: what may be expected is said beforehand, an officer speaks only for enterprises of his own, progress reads in six words."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import RequestFactory

from yunxing.desk.casework import acting, raising
from yunxing.engines.registry.parties import Party
from yunxing.io.store.registry import write_parties
from yunxing.values.errors import Refusal
from yunxing.values.office_hours import BEIJING


@pytest.fixture
def firms(hands):
    """Two enterprises of the first county, one of the second, and a project of the same name."""
    units = hands.cast.units
    rows = [
        (units.firm_a.code, "enterprise", "甲县某企业", "A01"),
        ("91990000MA00000A1X", "enterprise", "甲县另一企业", "A01"),
        (units.firm_b.code, "enterprise", "乙县某企业", "B01"),
        ("P-1", "project", "甲县某企业二期", "A01"),
    ]
    write_parties(connection, [Party(id_, kind, name, "", unit, "", "", "", "", hands.at.date()) for id_, kind, name, unit in rows])
    return rows


def slow_expected(at: datetime) -> datetime:
    """The three limits one after the other, walked minute by minute: the next working day's closing, four office hours, the next working day's closing."""
    time = acting.working_time(acting.newest("whistle"))
    hours = [(8 * 60 + 30, 12 * 60), (13 * 60 + 30, 17 * 60 + 30)]

    def at_work(moment: datetime) -> bool:
        minute = moment.hour * 60 + moment.minute
        return time.calendar.is_workday(moment.date()) and any(begin <= minute < end for begin, end in hours)

    def day_after(moment: datetime) -> datetime:
        received = time.receipt_day(moment)
        day = received + timedelta(days=1)
        while not time.calendar.is_workday(day):
            day += timedelta(days=1)
        return datetime(day.year, day.month, day.day, 17, 30, tzinfo=BEIJING)

    moment = day_after(at)
    left = 240
    while left:
        left -= at_work(moment)
        moment += timedelta(minutes=1)
    return day_after(moment)


@pytest.mark.parametrize(
    "at",
    [
        datetime(2022, 9, 28, 9, 0), datetime(2022, 9, 28, 18, 0), datetime(2022, 9, 30, 16, 0), datetime(2022, 10, 3, 12, 0), datetime(2022, 10, 8, 8, 0),
        datetime(2022, 12, 30, 17, 0), datetime(2022, 5, 7, 11, 59), datetime(2022, 1, 28, 13, 0),
    ],
)  # fmt: skip
def test_the_expected_contact_is_every_limit_used_up(hands, at):
    """Against walking the minutes: over weekends, the holiday week, make-up days, the year's end, after closing."""
    at = at.replace(tzinfo=BEIJING)

    assert raising.expected_contact(acting.newest("whistle"), at) == slow_expected(at)


def request_of(hands, member, address="/", **posted):
    request = RequestFactory().get(address) if not posted else RequestFactory().post(address, posted)
    request.standing = hands.standing(member)
    return request


@pytest.mark.parametrize(
    ("member", "piece", "found"),
    [
        ("county_a", "某企业", ["甲县某企业"]),
        ("county_a", "企业", ["甲县另一企业", "甲县某企业"]),
        ("county_b", "某企业", ["乙县某企业"]),
        ("county_b", "甲县", []),
        ("command", "某企业", ["乙县某企业", "甲县某企业"]),
        ("bureau", "某企业", ["乙县某企业", "甲县某企业"]),
        ("command", "91990000MA00000A1X", ["甲县另一企业"]),
        ("command", "100%", []),
        ("command", "_", []),
    ],
)
def test_an_officer_finds_the_enterprises_he_may_speak_for(hands, firms, member, piece, found):
    """A county its own, an office and the command any; a project is no enterprise; signs of the search language are plain letters."""
    assert sorted(one.name for one in raising.firms(hands.standing(member), piece)) == sorted(found)


def test_what_is_posted_is_taken_for_oneself_or_for_the_chosen(hands, firms):
    """An enterprise cannot raise for another by posting its code."""
    posted = {"token": "t", "words": "缺电", "kind": "energy", "contact": "张三", "party": hands.cast.units.firm_b.code, "urgent": "1"}
    own = raising.given(request_of(hands, "enterprise", **posted), hands.standing("enterprise"))
    city = raising.given(request_of(hands, "command", **posted), hands.standing("command"))

    assert (own.party, own.unit, own.urgent) == (hands.cast.units.firm_a.code, "A01", False)
    assert (city.party, city.unit, city.urgent) == (hands.cast.units.firm_b.code, "B01", True)
    for wrong in ("P-1", "91990000MA0000NONE", "", hands.cast.units.firm_b.code):
        with pytest.raises(Refusal, match="选择企业"):
            raising.given(request_of(hands, "county_a", **{**posted, "party": wrong}), hands.standing("county_a"))


def test_the_form_knows_its_kinds_and_what_was_typed(hands, firms):
    form = raising.form_of(request_of(hands, "county_a", "/cases/new/?firm=另一"), hands.standing("county_a"))

    assert dict(form["kinds"])["energy"] == "能源"
    assert [one.name for one in form["firms"]] == ["甲县另一企业"]
    assert form["expected"] == "10月8日 17:30"
    empty = raising.form_of(request_of(hands, "county_a"), hands.standing("county_a"))
    assert empty["firms"] == []
    typed = raising.form_of(request_of(hands, "enterprise", words="缺电", kind="energy"), hands.standing("enterprise"))
    assert (typed["typed"]["words"], typed["typed"]["kind"]) == ("缺电", "energy")


@pytest.mark.parametrize(
    ("state", "current", "done"),
    [
        ("submitted", "已提交", 1),
        ("accepted", "已受理", 2),
        ("assigned", "已派单", 3),
        ("working", "办理中", 4),
        ("answered", "待您确认", 5),
        ("closed", "已办结", 6),
    ],
)
def test_progress_reads_in_six_words(hands, state, current, done):
    found = raising.progress_of(hands.case(hands.up_to(state)))

    assert [one["title"] for one in found if one["current"]] == [current]
    assert sum(one["done"] for one in found) == done


def test_the_tables_one_may_propose_by_are_the_plans_own(hands):
    """Not the whistle, which enterprises raise, nor the talk, which the quarter proposes; no pipeline."""
    found = acting.proposable()

    assert {"factor_unmet", "broken_link", "listing_mentor", "check_enterprise"} <= set(found)
    assert not {"whistle", "quarterly_talk"} & set(found)
    assert found["broken_link"] == "产业链断点堵点协调"


def test_an_empty_query_reads_as_nothing_typed(hands):
    request = request_of(hands, "command")
    request.POST = QueryDict("")
    form = raising.matter_form(request, hands.standing("command"))

    assert form["typed"] == {"table": "", "words": "", "lead": "", "party": ""}
    assert ("bureau-1", "甲局") in form["offices"]
