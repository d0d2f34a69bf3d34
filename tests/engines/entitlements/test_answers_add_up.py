"""What is said of many is the sum of what is said of each; the same facts give the same answer; the first question is the best one."""

from __future__ import annotations

import itertools
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.entitlements.small import compiled
from yunxing import rules as r
from yunxing.engines.entitlements.appeal import appeal
from yunxing.engines.entitlements.assess import Scalar
from yunxing.engines.entitlements.overlay import report, side_by_side
from yunxing.engines.entitlements.questions import ask_next
from yunxing.engines.entitlements.ruleset import RuleSet
from yunxing.flows.rules_in_force import changed
from yunxing.packs.policies import load_policies

PACK = Path(__file__).parents[3] / "plans" / "binzhou_2022_156"
ON = date(2022, 9, 30)
ROWS = st.fixed_dictionaries(
    {
        "dcmm_fee": st.one_of(st.none(), st.integers(0, 10**8)),
        "dcmm_level": st.sampled_from([None, "none", "L1", "L2", "L5"]),
        "dcmm_first": st.sampled_from([None, True, False]),
        "dcmm_valid": st.sampled_from([None, True]),
    }
)


@cache
def rules() -> RuleSet:
    return load_policies(PACK).only(["m08_dcmm"])


def decided(given_rules: RuleSet, row: dict[str, Any]) -> int:
    policy = given_rules.policy("m08_dcmm", ON)
    level = policy.sheet.columns["dcmm_level"].options
    values = {**row, "dcmm_level": None if row["dcmm_level"] is None else level.index(row["dcmm_level"])}
    return Scalar.of(policy).decide(values)[0].amount_fen or 0


@settings(max_examples=60)
@given(st.lists(ROWS, min_size=1, max_size=12), st.integers(1, 60), st.booleans())
def test_what_a_change_costs_is_the_sum_of_what_it_does_to_each(rows: list[dict[str, Any]], percent: int, open_to_all: bool) -> None:
    other = changed(rules(), "m08_dcmm", {"share": f"{percent}%"}, ("first",) if open_to_all else ())
    schema = {"party": pl.String, "dcmm_fee": pl.Int64, "dcmm_level": pl.String, "dcmm_first": pl.Boolean, "dcmm_valid": pl.Boolean}
    frame = pl.DataFrame([{"party": f"{i:03d}", **row} for i, row in enumerate(rows)], schema=schema)
    told = report(side_by_side(frame, rules().policy("m08_dcmm", ON), [other.policy("m08_dcmm", ON)], ON))
    before, after = [decided(rules(), row) for row in rows], [decided(other, row) for row in rows]
    assert (told["before_fen"], told["after_fen"], told["change_fen"]) == (sum(before), sum(after), sum(after) - sum(before))
    moves = [b - a for a, b in zip(before, after, strict=True)]
    assert (told["winners"], told["losers"]) == (sum(one > 0 for one in moves), sum(one < 0 for one in moves))


@settings(max_examples=60)
@given(ROWS, st.sets(st.sampled_from(["dcmm_fee", "dcmm_level", "dcmm_first", "dcmm_valid"])))
def test_an_appeal_with_the_facts_as_they_are_changes_nothing(row: dict[str, Any], disputed: set[str]) -> None:
    policy = rules().policy("m08_dcmm", ON)
    level = policy.sheet.columns["dcmm_level"].options
    values = {**row, "dcmm_level": None if row["dcmm_level"] is None else level.index(row["dcmm_level"])}
    found = appeal(Scalar.of(policy), values, replaced={name: values[name] for name in disputed}, waived=[])
    assert found["changes"] is False


@settings(max_examples=80)
@given(st.sampled_from([None, True, False]), st.sampled_from([None, True, False]), st.sampled_from([None, 0, 1, 2]))
def test_the_first_question_decides_as_often_as_any_other(flag: bool | None, other: bool | None, board: int | None) -> None:
    """Beside it every unknown is tried at every value it can have."""
    scalar = Scalar.of(
        compiled(
            lambda f, p: r.grant(
                when=[r.condition("c", f.flag), r.condition("d", r.any_of(f.other_flag, r.is_one_of(f.board, ["a", "b"])))], amount=p.cap
            )
        )
    )
    row: dict[str, Any] = {"flag": flag, "other_flag": other, "board": board}
    asked = [one["column"] for one in ask_next([scalar], {scalar.policy.id: row})]
    if scalar.decide(row)[0].outcome != "needs_data":
        assert asked == []
        return
    values = {"flag": [False, True], "other_flag": [False, True], "board": [0, 1, 2]}
    share = {
        name: sum(scalar.decide({**row, name: one})[0].outcome != "needs_data" for one in values[name]) / len(values[name])
        for name in values
        if row[name] is None
    }
    assert set(asked) <= set(share)
    assert share[asked[0]] == max(share.values())
    assert [share[name] for name in asked] == sorted((share[name] for name in asked), reverse=True)
    unknown = [name for name in values if row[name] is None and name not in asked]
    for name, rest in itertools.product(unknown, itertools.product(*(values[one] for one in share))):
        settled = {**row, **dict(zip(share, rest, strict=True))}
        outcomes = {scalar.decide({**settled, name: one})[0].outcome for one in values[name]}
        assert len(outcomes) == 1, f"{name} is not asked and would have changed the answer"
