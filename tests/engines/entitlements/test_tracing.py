"""A rule is traced once: whatever asks a symbol for a truth value, a number or a loop is refused with the name to use instead."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest

from engines.entitlements.small import compiled, sheet
from yunxing import rules as r
from yunxing.engines.entitlements.tracing import RuleRefused, trace
from yunxing.engines.entitlements.tree import Type, canonical, columns_read, walk


def amount(build: Any) -> Any:
    """A rule whose amount is what `build(f, p)` gives."""
    return lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=build(f, p))


def test_the_calls_of_a_rule_become_its_tree() -> None:
    grant = trace(sheet(), amount(lambda f, p: r.least(f.money, p.cap)))
    assert grant.amount.op == "least"
    assert grant.amount.type is Type.FEN
    assert columns_read([grant.amount]) == ["money"]


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda f, p: p.cap if f.flag else f.money, "choose(test, then, otherwise)"),
        (lambda f, p: min(p.cap, f.money), "choose(test, then, otherwise)"),
        (lambda f, p: min(f.money, p.cap), "least(…)"),
        (lambda f, p: max(f.money, p.cap), "greatest(…)"),
        (lambda f, p: r.choose(f.flag and f.other_flag, f.money, p.cap), "all_of(…)"),
        (lambda f, p: r.choose(f.flag or f.other_flag, f.money, p.cap), "any_of(…)"),
        (lambda f, p: r.choose(not f.flag, f.money, p.cap), "negate(…)"),
        (lambda f, p: r.choose(0 < f.money < p.cap, f.money, p.cap), "between(x, low, high)"),
        (lambda f, p: r.choose(f.board in ("a", "b"), f.money, p.cap), "is_one_of(…)"),
        (lambda f, p: r.choose(f.flag & f.other_flag, f.money, p.cap), "all_of(…) for and"),
        (lambda f, p: r.choose(~f.flag, f.money, p.cap), "negate(…) for not"),
        (lambda f, _: f.money / 2, "rdiv(n, d, rounding)"),
        (lambda f, _: f.money // 2, "rdiv(n, d, rounding)"),
        (lambda f, _: 2 % f.money, "rdiv(n, d, rounding)"),
        (lambda f, _: f.money**2, "rdiv(n, d, rounding)"),
        (lambda f, _: math.floor(f.money), "not a number"),
        (lambda f, _: round(f.money), "not a number"),
        (lambda f, _: range(f.count), "not a number"),
        (lambda f, _: sum(f.money), "no loop over rows"),
        (lambda f, _: f.money[0], "no loop over rows"),
        (lambda f, _: len(f.money), "no loop over rows"),
        (lambda f, _: f.money * 0.35, "the float 0.35"),
        (lambda f, _: f.money + f.length, "cannot be added"),
        (lambda f, _: f.money + 5, "money is fen and 5 is count"),
        (lambda f, _: f.money * f.other, "cannot be multiplied"),
        (lambda f, _: f.end - f.start, "days_between(start, end)"),
        (lambda f, p: r.choose(f.board == f.colour, f.money, p.cap), "within one list"),
        (lambda f, p: r.choose(f.board < "b", f.money, p.cap), "compared for being equal"),
        (lambda f, p: r.choose(f.board == "z", f.money, p.cap), "expected one of a, b, c"),
        (lambda f, p: r.choose(f.money == f.length, f.money, p.cap), "cannot be compared"),
        (lambda f, p: r.choose(f.flag < f.other_flag, f.money, p.cap), "has no order"),
        (lambda f, p: r.choose(f.money, f.money, p.cap), "expected a condition"),
        (lambda f, _: r.choose(f.flag, f.money, f.length), "both branches must be alike"),
        (lambda f, p: f.money * p.rate, "divide by rdiv"),
        (lambda f, p: r.least(f.money * p.rate, p.cap), "divide by rdiv"),
        (lambda f, _: r.least(f.money), "at least two values"),
        (lambda f, _: r.least(f.money, f.length), "compares like with like"),
        (lambda f, _: f.money * f.length, "divide by rdiv"),
        (lambda f, _: f.length, "is fen, found days"),
        (lambda f, _: r.rdiv(f.money, 0, r.half_up_fen), "above zero"),
        (lambda f, _: r.rdiv(f.money, 2.5, r.half_up_fen), "above zero"),
        (lambda f, _: r.rdiv(f.length, 2, r.half_up_fen), "rdiv gives money"),
        (lambda f, _: r.rdiv(f.money * r.days_between(f.start, f.money), 2, r.half_up_fen), "two dates"),
        (lambda f, p: r.band(f.length, p.bands), "looked up by fen"),
        (lambda f, p: r.rdiv(f.money * p.lpr.at(f.money), 1, r.half_up_fen), "looked up by date"),
        (lambda f, _: f.mony, "did you mean 'money'?"),
        (lambda _, p: p.capp, "did you mean 'cap'?"),
        (lambda f, p: r.choose(r.is_one_of(f.money, ["a"]), f.money, p.cap), "takes a code column|expected a column"),
        (lambda f, p: r.choose(f.flag, f.money, object()), "expected a column, a parameter"),
    ],
)
def test_what_a_rule_may_not_do_is_refused_with_what_to_write_instead(build: Any, says: str) -> None:
    with pytest.raises(RuleRefused) as caught:
        trace(sheet(), amount(build))
    message = str(caught.value)
    assert message.startswith("policy small: ")
    assert any(part in message for part in says.split("|"))


def test_a_rule_must_give_a_grant_with_cited_conditions_each_once() -> None:
    for rule, says in [
        (lambda f, _: f.money, "the rule gives Symbol"),
        (lambda f, _: r.grant(when=[], amount=f.money), "needs a condition"),
        (lambda f, _: r.grant(when=[r.condition("c", f.flag), r.condition("c", f.other_flag)], amount=f.money), "given twice"),
        (lambda f, _: r.grant(when=[r.condition("x", f.flag)], amount=f.money), "unknown condition 'x'"),
    ]:
        with pytest.raises(RuleRefused, match=says):
            trace(sheet(), rule)


def test_a_rational_factor_stays_in_the_tree_until_the_division() -> None:
    """Money × 35 % / 360 is (money × 7) / (20 × 360): one division, one rounding."""
    grant = trace(sheet(), amount(lambda f, p: r.rdiv(f.money * p.rate, 360, r.half_up_fen)))
    assert grant.amount.value.whole == 7200
    assert grant.amount.value.written == 360
    assert [node.op for node in walk([grant.amount])] == ["column", "parameter", "mul", "rdiv"]


def test_rates_are_compared_over_one_denominator() -> None:
    grant = trace(sheet(), lambda f, p: r.grant(when=[r.condition("c", p.lpr.at(f.start) < p.rate)], amount=f.money))
    left, right = grant.conditions[0].node.args
    assert left.args[1].value == 20
    assert right.args[1].value == 1000


def test_dates_zero_and_flags_are_lifted_where_they_are_meant() -> None:
    grant = trace(
        sheet(),
        lambda f, _: r.grant(
            when=[r.condition("c", f.start <= date(2022, 5, 27)), r.condition("d", f.flag == f.other_flag)], amount=r.greatest(0, f.money)
        ),
    )
    assert grant.conditions[0].node.args[1].type is Type.DATE
    assert grant.amount.args[0].type is Type.FEN


def test_equal_rules_have_equal_trees_and_another_rule_another() -> None:
    one, two = (canonical(compiled(amount(lambda f, p: r.least(f.money, p.cap))).roots()) for _ in range(2))
    other = canonical(compiled(amount(lambda f, p: r.least(p.cap, f.money))).roots())
    assert one == two
    assert one != other


def test_the_door_has_few_names_and_they_all_exist() -> None:
    assert len(r.__all__) <= 38
    assert all(hasattr(r, name) for name in r.__all__)
