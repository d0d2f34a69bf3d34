"""The known kinds: data alone builds the same tree, with every way a condition may ask."""

from __future__ import annotations

from typing import Any

import pytest

from engines.entitlements.small import compiled, sheet
from yunxing import rules as r
from yunxing.engines.entitlements.assess import Scalar
from yunxing.engines.entitlements.kinds import Test, from_data
from yunxing.engines.entitlements.tracing import RuleRefused
from yunxing.engines.entitlements.tree import canonical
from yunxing.values.money import floor_fen, half_up_fen


def told(test: Test, **row: Any) -> str:
    policy = compiled(from_data("share", "money", [test], {"share": 1, "cap": 1}, floor_fen), **with_share())
    return Scalar.of(policy).decide(row)[0].outcome


def with_share() -> dict[str, Any]:
    from dataclasses import replace

    parameters = dict(sheet().parameters)
    parameters["share"] = replace(parameters["rate"], name="share")
    return {"parameters": parameters}


@pytest.mark.parametrize(
    ("test", "row", "outcome"),
    [
        (Test("c", "flag"), {"flag": True}, "yes"),
        (Test("c", "flag"), {"flag": False}, "no"),
        (Test("c", "flag"), {}, "needs_data"),
        (Test("c", "flag", "fails"), {"flag": False}, "yes"),
        (Test("c", "flag", "fails"), {"flag": True}, "no"),
        (Test("c", "flag", "fails"), {}, "needs_data"),
        (Test("c", "other", "at_least", ("p.cap",)), {"other": 10**9}, "yes"),
        (Test("c", "other", "at_least", ("p.cap",)), {"other": 10**9 - 1}, "no"),
        (Test("c", "other", "at_most", ("p.cap",)), {"other": 10**9}, "yes"),
        (Test("c", "other", "at_most", ("p.cap",)), {"other": 10**9 + 1}, "no"),
        (Test("c", "other", "above", ("p.cap",)), {"other": 10**9}, "no"),
        (Test("c", "other", "above", ("p.cap",)), {"other": 10**9 + 1}, "yes"),
        (Test("c", "other", "below", ("p.cap",)), {"other": 10**9}, "no"),
        (Test("c", "other", "below", ("p.cap",)), {"other": 10**9 - 1}, "yes"),
        (Test("c", "start", "at_most", ("f.end",)), {"start": 18300, "end": 18300}, "yes"),
        (Test("c", "board", "one_of", ("a", "c")), {"board": 2}, "yes"),
        (Test("c", "board", "one_of", ("a", "c")), {"board": 1}, "no"),
    ],
)
def test_a_condition_asks_what_its_word_says_and_the_edge_belongs_where_the_law_puts_it(
    test: Test, row: dict[str, Any], outcome: str
) -> None:
    assert told(test, money=1000, **row) == outcome


def test_a_share_by_data_is_the_rule_one_would_write() -> None:
    by_data = compiled(from_data("share", "money", [Test("c", "flag")], {"share": 1, "cap": 1}, floor_fen), **with_share())
    by_hand = compiled(
        lambda f, p: r.grant(
            when=[r.condition("c", f.flag)], amount=r.least(r.step("part", r.rdiv(f.money * p.share, 1, floor_fen)), p.cap)
        ),
        **with_share(),
    )
    assert canonical(by_data.roots()) == canonical(by_hand.roots())


def test_a_share_without_a_cap_has_none() -> None:
    policy = compiled(from_data("share", "money", [Test("c", "flag")], {"share": 1}, half_up_fen), **with_share())
    assert Scalar.of(policy).decide({"money": 10**13, "flag": True})[0].amount_fen == 35 * 10**11


@pytest.mark.parametrize(
    ("kind", "base", "test", "says"),
    [
        ("lottery", "money", Test("c", "flag"), "unknown kind 'lottery', expected one of: function, band, share"),
        ("band", "money", Test("c", "flag"), "needs a parameter 'bands'"),
        ("share", "mony", Test("c", "flag"), "did you mean 'money'?"),
        ("share", "flag", Test("c", "flag"), "cannot be multiplied"),
        ("share", "money", Test("c", "money"), "expected a condition"),
        ("share", "money", Test("c", "other", "at_least", ("cap",)), "expected p.<parameter> or f.<column>"),
        ("share", "money", Test("c", "other", "at_least", ("p.cp",)), "did you mean 'cap'?"),
        ("share", "money", Test("c", "board", "one_of", ("z",)), "expected one of a, b, c"),
    ],
)
def test_data_that_makes_no_rule_is_refused_in_words(kind: str, base: str, test: Test, says: str) -> None:
    with pytest.raises(RuleRefused) as caught:
        compiled(from_data(kind, base, [test], {"share": 1, "cap": 1}, floor_fen), **with_share())
    assert says in str(caught.value)
