"""No overflow anywhere, and only non-negative numbers are divided: a range one step too wide is refused when the rule is compiled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.entitlements.small import compiled, sheet
from yunxing import rules as r
from yunxing.engines.entitlements.proofs import INT64_MAX
from yunxing.engines.entitlements.to_scalar import Program
from yunxing.engines.entitlements.tracing import RuleRefused
from yunxing.engines.entitlements.tree import Type


def widened(high: int) -> dict[str, Any]:
    columns = dict(sheet().columns)
    columns["money"] = replace(columns["money"], high=high)
    return {"columns": columns}


def product(f: Any, _p: Any) -> Any:
    return r.grant(when=[r.condition("c", f.flag)], amount=r.rdiv(f.money * f.length, 360, r.half_up_fen))


def test_the_widest_range_that_fits_is_taken_and_one_step_more_is_refused() -> None:
    """Length reaches 4,000 days: money may reach floor((2^63-1)/4000) fen and not one fen more."""
    widest = INT64_MAX // 4000
    compiled(product, **widened(widest))
    with pytest.raises(
        RuleRefused, match=rf"money × length could reach {(widest + 1) * 4000}, beyond 2\^63-1; narrow the range of money, length"
    ):
        compiled(product, **widened(widest + 1))


@pytest.mark.parametrize("where", ["step", "condition", "sum", "unused branch"])
def test_an_overflow_is_found_wherever_it_hides(where: str) -> None:
    def rule(f: Any, p: Any) -> Any:
        big = f.money * f.length * f.count
        small = r.rdiv(big, 1, r.floor_fen) if where != "sum" else f.money + f.money
        test = {"condition": r.rdiv(big, 360, r.floor_fen) <= p.cap}.get(where, f.flag)
        amounts = {"step": r.step("s", small), "sum": small, "unused branch": r.choose(f.flag, p.cap, small)}
        return r.grant(when=[r.condition("c", test)], amount=amounts.get(where, p.cap))

    with pytest.raises(RuleRefused, match="beyond"):
        compiled(rule, **widened(INT64_MAX // 2 + 1))


def test_a_difference_of_days_needs_the_promise_that_it_is_not_negative() -> None:
    """The row check start <= end promises it; without the check a condition must; without either the rule is refused."""

    def rule(f: Any, _p: Any) -> Any:
        return r.grant(when=[r.condition("c", f.flag)], amount=r.rdiv(f.money * r.days_between(f.start, f.end), 360, r.half_up_fen))

    def promised(f: Any, _p: Any) -> Any:
        return r.grant(
            when=[r.condition("c", f.end >= f.start)], amount=r.rdiv(f.money * r.days_between(f.start, f.end), 360, r.half_up_fen)
        )

    compiled(rule, **widened(10**12))
    compiled(promised, row_checks=(), **widened(10**12))
    with pytest.raises(RuleRefused, match="could divide -"):
        compiled(rule, row_checks=(), **widened(10**12))


def test_a_condition_may_not_lean_on_the_promise_of_another() -> None:
    """Conditions are all evaluated; only the amount is looked at under their conjunction."""

    def rule(f: Any, p: Any) -> Any:
        share = r.rdiv(f.money * r.days_between(f.start, f.end), 360, r.half_up_fen)
        return r.grant(when=[r.condition("c", f.start <= f.end), r.condition("d", share <= p.cap)], amount=p.cap)

    with pytest.raises(RuleRefused, match="could divide -"):
        compiled(rule, row_checks=(), **widened(10**12))


def test_a_negative_amount_is_refused() -> None:
    with pytest.raises(RuleRefused, match=r"use greatest\(0, …\)"):
        compiled(lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=p.cap - f.money))
    compiled(lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=r.greatest(0, p.cap - f.money)))


def rich(f: Any, p: Any) -> Any:
    days = r.step("days", r.days_between(f.start, f.end))
    part = r.step("part", r.rdiv(f.money * days * p.rate, 360, r.half_up_yuan))
    extra = r.choose(f.board == "b", r.band(f.other, p.bands), p.cap)
    return r.grant(
        when=[r.condition("c", r.any_of(f.flag, f.other_flag)), r.condition("d", r.between(f.count, 1, 500))],
        amount=r.greatest(0, r.least(part, f.other + extra) - r.rdiv(f.money * p.rate, 7, r.ceil_fen)),
    )


@settings(deadline=None)
@given(st.data())
def test_every_value_lies_in_the_range_that_was_proved(data: st.DataObject) -> None:
    policy = compiled(rich, **widened(10**12))
    row = {
        name: data.draw(st.integers(column.low, column.high), label=name)
        for name, column in policy.sheet.columns.items()
        if column.type is not Type.FLAG
    }
    row |= {"flag": data.draw(st.booleans()), "other_flag": data.draw(st.booleans())}
    row["start"], row["end"] = sorted((row["start"], row["end"]))
    program = Program(policy.roots())
    for node, value in zip(program.nodes, program.run(row), strict=True):
        if value is not None:
            low, high = policy.ranges[node.key]
            assert low <= value <= high, node
