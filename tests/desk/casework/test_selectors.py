"""Queues and lists: who finds which case where, page after page without a gap, and nothing of anybody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yunxing.desk.casework import acting, selectors
from yunxing.desk.casework.models import Case
from yunxing.desk.casework.selectors import Asked
from yunxing.desk.scoping import acting_as_system

KINDS = ["whistle"]


def listed(hands, name, **asked):
    with hands.inside(name):
        found = selectors.cases_of(Asked(**asked), hands.standing(name), hands.at, KINDS)
        return [case.pk for case in found]


@pytest.fixture
def spread(hands):
    """A request in every state, two led by the first office, others by the second."""
    made = {state: hands.up_to(state) for state in ("submitted", "accepted", "assigned", "signed", "working", "answered", "closed")}
    made["other office"] = hands.up_to("assigned", office="bureau-2")
    made["other county"] = hands.up_to("assigned", firm="firm_b")
    return made


def names(spread, found):
    return {name for name, case in spread.items() if case in found}


@pytest.mark.parametrize(
    ("member", "queue", "expected"),
    [
        ("bureau", "sign", {"assigned", "other county"}),
        ("bureau", "working", {"signed", "working"}),
        ("bureau", "confirm", {"answered"}),
        ("bureau", "closed", {"closed"}),
        ("command", "sign", {"submitted", "accepted"}),
        ("command", "working", {"signed", "working"}),
        (
            "command",
            "all",
            {"submitted", "accepted", "assigned", "signed", "working", "answered", "closed", "other office", "other county"},
        ),
        ("county_a", "all", {"submitted", "accepted", "assigned", "signed", "working", "answered", "closed", "other office"}),
        ("county_b", "all", {"other county"}),
        ("analyst", "all", set()),
        (
            "enterprise",
            "all",
            {"submitted", "accepted", "assigned", "signed", "working", "answered", "closed", "other office", "other county"},
        ),
    ],
)
def test_everyone_finds_in_a_queue_what_is_his(hands, spread, member, queue, expected):
    """The office acted in sees its own; the command all; a county its area; an analyst no enterprise's request.

    (The enterprise raised all of them in this test, also the one about another county.)
    """
    assert names(spread, listed(hands, member, queue=queue)) == expected


def test_the_other_post_of_the_same_person_sees_the_other_offices_cases(hands, spread):
    """Two posts are never added up."""
    from yunxing.desk.people.selectors import standing_of
    from yunxing.desk.scoping import acting_in

    second = hands.cast.people.bureau.posts.get(unit=hands.cast.units.bureau_2)
    standing = standing_of(hands.cast.people.bureau, hands.at.date(), second.pk)
    with acting_in(standing.scope):
        found = [case.pk for case in selectors.cases_of(Asked(queue="all"), standing, hands.at, KINDS)]

    assert names(spread, found) == {"other office"}


def test_overdue_is_what_is_past_its_next_limit(hands, spread):
    """Nothing at first; half a working day later what waits to be signed is over; the closed never is."""
    assert listed(hands, "command", queue="overdue") == []
    hands.later(days=1)
    late = names(spread, listed(hands, "command", queue="overdue"))

    assert {"assigned", "other office", "other county"} <= late
    assert "closed" not in late


def test_filters_narrow_and_stand_in_the_address(hands, spread):
    asked = Asked.of({"queue": "all", "office": "bureau-2", "q": "", "kind": "whistle", "strange": "x"})

    assert asked.query == "queue=all&kind=whistle&office=bureau-2"
    assert asked.filtered
    assert not Asked.of({"queue": "nonsense"}).filtered
    assert Asked.of({"queue": "nonsense"}).queue == "sign"
    assert names(spread, listed(hands, "command", queue="all", office="bureau-2")) == {"other office"}
    assert names(spread, listed(hands, "command", queue="all", unit="B01")) == {"other county"}
    assert listed(hands, "command", queue="all", q=spread["signed"]) == [spread["signed"]]
    assert len(listed(hands, "command", queue="all", q="缺电")) == 9
    assert listed(hands, "command", queue="all", q="100%_") == []


def test_pages_follow_each_other_without_gap_or_double(hands, monkeypatch):
    """Thirteen cases in pages of four, many with the same due instant: every case once, in the order of the whole list."""
    monkeypatch.setattr(selectors, "PAGE", 4)
    for number in range(13):
        hands.at += timedelta(minutes=number % 3)
        hands.raised()
    whole = listed(hands, "command", queue="all")
    seen, after = [], ""
    with hands.inside("command"):
        for _ in range(5):
            page = selectors.page_of(Asked(queue="all", after=after), hands.standing("command"), hands.at)
            seen += [row.id for row in page.rows]
            assert page.number == "13"
            after = page.following
            if not after:
                break

    assert seen == whole
    assert len(set(seen)) == 13


def test_a_wild_page_key_is_no_fault(hands):
    """Whatever stands in the address: the first page, never an error."""
    hands.raised()
    with hands.inside("command"):
        for wild in ("x", "2022-13-45|C", "|", "9" * 80):
            assert len(selectors.page_of(Asked(queue="all", after=wild), hands.standing("command"), hands.at).rows) == 1


def test_a_line_says_what_whose_and_how_long(hands):
    """Title, state, enterprise, office, what is left and until when; urgent is said, ordinary is not."""
    case = hands.up_to("working", grade="urgent")
    with hands.inside("command"):
        (row,) = selectors.rows_of(list(Case.objects.filter(pk=case)), hands.at)

    assert (row.title, row.state, row.office, row.grade) == ("车间缺电，请协调", "办理中", "甲局", "紧急")
    assert (row.light, row.words) == ("green", "剩余 2 个工作日 7 小时 · 9月30日 17:30 前")
    hands.later(days=3)
    with hands.inside("command"):
        (late,) = selectors.rows_of(list(Case.objects.filter(pk=case)), hands.at)
    assert late.light == "red"
    assert late.words.startswith("已超期")


def test_an_empty_queue_says_what_was_done_today(hands):
    hands.up_to("closed")
    with hands.inside("bureau"):
        assert selectors.empty_words(Asked(queue="sign"), hands.at) == "没有待签收的事项。今天已办结 1 件。"
        assert "筛选" in selectors.empty_words(Asked(queue="sign", q="x"), hands.at)


def test_the_queues_carry_their_numbers(hands, spread):
    with hands.inside("bureau"):
        found = {
            one["name"]: one for one in selectors.queues(hands.standing("bureau"), hands.at, Asked(queue="working", office="bureau-1"))
        }

    assert (found["sign"]["count"], found["working"]["count"], found["closed"]["count"]) == (2, 2, None)
    assert found["working"]["current"]
    assert found["sign"]["href"] == "/cases/?queue=sign&office=bureau-1"


def test_the_system_sees_all_and_no_scope_sees_nothing(hands, spread):
    from yunxing.values.errors import ScopeError

    with acting_as_system("test"):
        assert Case.objects.count() == len(spread)
    with pytest.raises(ScopeError):
        Case.objects.count()
    assert acting.command_codes() == sorted({acting.newest("whistle").command, "command"})
