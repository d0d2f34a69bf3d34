"""How a policy is laid out in columns changes nothing: with and without room, shared or written out, summed by row or by stream."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.entitlements.small import compiled, sheet
from yunxing import rules as r
from yunxing.engines.entitlements.assess import Scalar, assess, totals
from yunxing.engines.entitlements.policy import Policy
from yunxing.engines.entitlements.ruleset import RuleSet
from yunxing.engines.entitlements.to_polars import Layout, expression, levels
from yunxing.engines.entitlements.tree import Node, Type

ROUNDINGS = [r.half_up_fen, r.floor_fen, r.ceil_fen, r.half_up_yuan, r.floor_yuan]
ON = date(2022, 9, 30)


def paid(policy: Policy, rows: list[dict[str, Any]]) -> list[int | None]:
    frame = pl.DataFrame(
        [{"party": f"{i:05d}", "money": None, "other": None, "part": None, "flag": True, **row} for i, row in enumerate(rows)],
        schema_overrides={"money": pl.Int64, "other": pl.Int64, "part": pl.Int64, "flag": pl.Boolean},
    )
    return assess(frame, RuleSet((policy,)), ON).sort("party")["amount_fen"].to_list()


@pytest.mark.parametrize("rounding", ROUNDINGS)
@given(money=st.integers(0, 10**13), divisor=st.integers(1, 10**6))
@settings(max_examples=40)
def test_a_division_with_room_and_one_without_round_alike(rounding: Any, money: int, divisor: int) -> None:
    n = Node("column", Type.FEN, value="money")
    policy = compiled(lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=r.rdiv(f.money, divisor, rounding)))
    node = policy.amount
    assert node.op == "rdiv"
    assert node.args[0].key == n.key
    assert Layout.of(policy).roomy == {node.key}
    frame = pl.DataFrame({"money": [money, max(money - 1, 0), money // divisor * divisor, None]}, schema={"money": pl.Int64})
    roomy = frame.select(expression(node, Layout("p", roomy=frozenset({node.key})))).to_series().to_list()
    tight = frame.select(expression(node, Layout("p"))).to_series().to_list()
    scalar = Scalar.of(policy)
    assert roomy == tight
    assert roomy[:3] == [scalar.decide({"money": one, "flag": True})[0].amount_fen for one in frame["money"].to_list()[:3]]
    assert roomy[3] is None


def test_at_the_edge_of_int64_there_is_no_room_and_nothing_wraps() -> None:
    top = 2**63 - 1
    columns = {**sheet().columns, "money": replace(sheet().columns["money"], high=top)}
    policy = compiled(lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=r.rdiv(f.money, 1000, r.half_up_fen)), columns=columns)
    assert Layout.of(policy).roomy == frozenset()
    assert paid(policy, [{"money": top}, {"money": top - 307}]) == [(top + 500) // 1000, (top - 307 + 500) // 1000]


def test_a_division_that_a_condition_reads_too_gets_no_room_from_the_amounts_ranges() -> None:
    def rule(f: Any, p: Any) -> Any:
        part = r.rdiv(f.money, 3, r.half_up_fen)
        return r.grant(when=[r.condition("c", part >= f.other)], amount=part)

    policy = compiled(rule)
    layout = Layout.of(policy)
    assert layout.roomy == frozenset()
    shared = [node for level in levels(policy.roots(), layout.holds) for node in level]
    assert policy.amount.key in {node.key for node in shared}, "what two read is computed once"
    assert paid(policy, [{"money": 10, "other": 3}, {"money": 11, "other": 4}, {"money": 10, "other": 4}]) == [3, 4, None]


@pytest.mark.parametrize("op", [r.least, r.greatest])
@given(values=st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=3, max_size=3), extra=st.integers(1, 3))
@settings(max_examples=60)
def test_the_least_and_the_greatest_are_unknown_as_soon_as_one_is(op: Any, values: list[int | None], extra: int) -> None:
    names = ["money", "other", "part"][:extra]
    row = dict(zip(["money", "other", "part"], [None if one is None else one * 2 * 10**8 for one in values], strict=True))

    def rule(f: Any, p: Any) -> Any:
        return r.grant(when=[r.condition("c", f.flag)], amount=op(p.cap, *(getattr(f, name) for name in names)))

    known = [row[name] for name in names]
    expected = None if None in known else (min if op is r.least else max)([10**9, *(one for one in known if one is not None)])
    assert paid(compiled(rule), [row]) == [expected]


def test_a_sum_beyond_64_bits_is_told_whole() -> None:
    columns = {**sheet().columns, "money": replace(sheet().columns["money"], high=2**62)}
    policy = compiled(lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=f.money), columns=columns)
    frame = pl.LazyFrame({"money": [2**62] * 5 + [None], "flag": [True] * 6}, schema={"money": pl.Int64, "flag": pl.Boolean})
    found = {line["outcome"]: line for line in totals(frame, policy, ON).to_dicts()}
    assert found["yes"]["amount_fen"] == 5 * 2**62
    assert found["needs_data"]["rows"] == 1
