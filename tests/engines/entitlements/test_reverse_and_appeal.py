"""Least changes inside what the row's other columns allow, distances in words, questions in order, and an appeal by re-run."""

from __future__ import annotations

from typing import Any

import pytest

from engines.entitlements.small import D0, D1, compiled
from yunxing import rules as r
from yunxing.engines.entitlements.appeal import appeal
from yunxing.engines.entitlements.assess import Scalar
from yunxing.engines.entitlements.policy import Column
from yunxing.engines.entitlements.questions import ask_next
from yunxing.engines.entitlements.reverse import distance, input_for, least_change, ways_in
from yunxing.engines.entitlements.tree import Type
from yunxing.values.errors import BadInput


def scalar(build: Any, *tests: Any) -> Scalar:
    """A policy of the tests (`c`, `d`, `e` in order; `flag` where none is given) and an amount."""
    asked = tests or (lambda f, _: f.flag,)
    return Scalar.of(
        compiled(
            lambda f, p: r.grant(when=[r.condition(name, test(f, p)) for name, test in zip("cde", asked, strict=False)], amount=build(f, p))
        )
    )


def cap(_f: Any, p: Any) -> Any:
    return p.cap


@pytest.mark.parametrize(
    ("kind", "before", "after", "said"),
    [
        (Type.FEN, 100, 350, "2.50元"), (Type.FEN, 350, 100, "2.50元"), (Type.DATE, D0, D0 + 9, "9 天"), (Type.DAYS, 9, 2, "7 天"),
        (Type.COUNT, 3, 5, "2"), (Type.MONTHS, 12, 36, "24 个月"), (Type.FLAG, 0, 1, None), (Type.CODE, 0, 1, None), (Type.TEXT, 0, 1, None),
        (Type.FEN, None, 1, None), (Type.FEN, 1, None, None),
    ],
)  # fmt: skip
def test_a_distance_has_its_unit_and_no_sign(kind: Type, before: int | None, after: int | None, said: str | None) -> None:
    assert distance(Column("x", kind, 0, 10**9, ("a", "b")), before, after) == said


@pytest.mark.parametrize(
    ("now", "asked", "after"),
    [(0, 1, 2), (0, 700, 1999), (5000, 700, 5000), (None, 700, 1999), (0, 0, 0), (0, 10**9, 2857142856)],
)
def test_the_least_money_that_gives_an_amount_is_exact_to_the_fen(now: int | None, asked: int, after: int) -> None:
    """35 % rounded half up, at most 10⁹: 1,999 × 0.35 = 699.65 gives 700, 1,998 × 0.35 = 699.3 does not; 1 × 0.35 gives 0, so 2 is the first."""
    one = scalar(lambda f, p: r.least(r.rdiv(f.money * p.rate, 1, r.half_up_fen), p.cap))
    found = input_for(one, {"flag": True, "money": now}, "money", asked)["found"]
    assert found["after_value"] == after


def test_an_amount_above_the_cap_is_reached_nowhere_and_the_range_is_told() -> None:
    one = scalar(lambda f, p: r.least(f.money, p.cap))
    found = input_for(one, {"flag": True, "money": 5}, "money", 10**9 + 1)
    assert (found["found"], found["amount_fen"], found["exact"]) == (None, None, False)
    assert found["bounds"][1] == "1,000亿元"
    assert input_for(one, {"flag": False, "money": 5}, "money", 1)["found"] is None, "another condition stands in the way"


@pytest.mark.parametrize(("end", "days", "after"), [(D0 + 50, 20, D0 + 30), (D0 + 50, 50, D0), (D0 + 50, 51, None), (D1, 1, D1 - 1)])
def test_a_day_is_moved_no_further_than_the_row_checks_allow(end: int, days: int, after: int | None) -> None:
    """The start lies at the end and must come earlier for the days between to suffice; nothing stands before the first day of the range."""
    one = scalar(cap, lambda f, p: f.flag, lambda f, p: r.days_between(f.start, f.end) >= f.length)
    found = least_change(
        one, {"flag": True, "start": end, "end": end, "length": days}, "start", lambda row: one.decide(row)[0].outcome == "yes"
    )
    assert (found.after if found else None) == after


def test_only_what_a_party_may_change_is_advised() -> None:
    """`flag` may change, `other_flag` and money may not."""
    told = ways_in(scalar(cap), {"flag": False})
    assert told is not None
    assert [(one["condition"], one["column"], one["before"], one["after"], one["amount_fen"]) for one in told] == [
        ("c", "flag", "否", "是", 10**9)
    ]
    assert ways_in(scalar(cap, lambda f, p: f.other_flag), {"other_flag": False}) is None
    assert ways_in(scalar(cap), {"flag": True}) is None, "it is open already"
    assert ways_in(scalar(cap), {}) is None, "unknown is asked, not advised"
    assert ways_in(scalar(cap, lambda f, p: f.flag, lambda f, p: r.negate(f.flag)), {"flag": False}) is None, (
        "what opens one shuts the other"
    )


def test_the_column_that_settles_most_is_asked_first_and_promised_numbers_are_not_asked() -> None:
    one, two = scalar(cap), scalar(cap, lambda f, p: f.flag, lambda f, p: f.other_flag)
    object.__setattr__(two.policy.sheet, "id", "second")
    asked = ask_next([one, two], {"small": {}, "second": {}})
    assert [(each["column"], each["settles"], each["opens"]) for each in asked] == [
        ("flag", "3/2", ["small", "second"]),
        ("other_flag", "1/2", ["second"]),
    ]
    assert ask_next([one, two], {"small": {"flag": True}, "second": {"flag": False}}) == [], "a condition that failed needs no more"
    waits = scalar(lambda f, p: p.promised)
    assert ask_next([waits], {"small": {"flag": True}}) == []


ROW = {"flag": False, "money": 500}


@pytest.mark.parametrize(
    ("row", "replaced", "waived", "after", "difference", "sentence"),
    [
        (ROW, {"flag": True}, [], ("yes", 500), 500, "It changes the result: +5.00 yuan, by clause 1/1/1."),
        (ROW, {}, ["c"], ("yes", 500), 500, "It changes the result: +5.00 yuan, by clause 1/1/1."),
        (ROW, {"money": 900}, [], ("no", None), 0, "It does not change the result."),
        ({"flag": True, "money": 500}, {"money": 200}, [], ("yes", 200), -300, "It changes the result: −3.00 yuan, by clause —."),
        (
            {"flag": True, "money": 500},
            {"flag": None},
            [],
            ("needs_data", None),
            -500,
            "It changes the result: −5.00 yuan, by clause 1/1/1.",
        ),
        ({"flag": True, "money": 500}, {"flag": None}, ["c"], ("yes", 500), 0, "It does not change the result."),
        (
            {"flag": True, "money": 500},
            {"money": -1},
            ["c"],
            ("refused", None),
            -500,
            "It changes the result: −5.00 yuan, by clause 1/1/1.",
        ),
    ],
)
def test_an_appeal_says_what_the_dispute_is_worth(
    row: dict[str, Any], replaced: dict[str, Any], waived: list[str], after: tuple[str, int | None], difference: int, sentence: str
) -> None:
    found = appeal(scalar(lambda f, _: f.money), row, replaced=replaced, waived=waived)
    assert (found["after"]["outcome"], found["after"]["amount_fen"]) == after
    assert (found["difference_fen"], found["sentence"]["en"]) == (difference, sentence)
    assert found["changes"] is (sentence != "It does not change the result.")


@pytest.mark.parametrize(
    ("replaced", "waived", "says"),
    [
        ({"flagg": True}, [], "column: found 'flagg', expected one of money, other"),
        ({}, ["x"], "condition: found 'x', expected one of c of small"),
        ({}, ["d"], "condition: found 'd'"),
    ],
)
def test_an_appeal_over_what_there_is_not_is_refused_by_name(replaced: dict[str, Any], waived: list[str], says: str) -> None:
    with pytest.raises(BadInput) as caught:
        appeal(scalar(cap), ROW, replaced=replaced, waived=waived)
    assert says in str(caught.value)
