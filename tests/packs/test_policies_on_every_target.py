"""Every example of every policy through all targets: scalar Python, Polars and DuckDB give the same cells; and none of them ever pays a dirty row."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from yunxing.engines.entitlements.assess import assess
from yunxing.engines.entitlements.intake import read_value
from yunxing.engines.entitlements.policy import Column, Policy
from yunxing.engines.entitlements.ruleset import RuleSet
from yunxing.engines.entitlements.tree import Type
from yunxing.io.entitlement_tables import on_duckdb
from yunxing.packs import policy_examples as examples
from yunxing.packs.policies import load_policies
from yunxing.values.period import day_of

PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
CELLS = ["party", "claim", "outcome", "failed", "unknown", "refused", "amount_fen"]


@cache
def rules() -> RuleSet:
    return load_policies(PACK)


@cache
def every_example() -> list[examples.Example]:
    return examples.load_examples(PACK, rules())


def cell(column: Column, written: str) -> Any:
    """A written value as a profile frame holds it."""
    if column.type in (Type.TEXT, Type.CODE):
        return None if written in ("unknown", "") else written
    value = read_value(column, written)
    if value is None:
        return None
    return day_of(value) if column.type is Type.DATE else bool(value) if column.type is Type.FLAG else value


def frame_of(policy: Policy, rows: list[dict[str, str]]) -> pl.DataFrame:
    kinds = {Type.FLAG: pl.Boolean, Type.DATE: pl.Date, Type.CODE: pl.String, Type.TEXT: pl.String}
    columns = policy.sheet.columns
    data: dict[str, Any] = {"party": [f"P{at:04d}" for at in range(len(rows))], "claim": [""] * len(rows)}
    data |= {name: [cell(column, row.get(name, "unknown")) for row in rows] for name, column in columns.items()}
    return pl.DataFrame(
        data, schema={"party": pl.String, "claim": pl.String, **{n: kinds.get(c.type, pl.Int64) for n, c in columns.items()}}
    )


IDS = sorted({policy.id for policy in rules()})


@pytest.mark.parametrize("name", IDS)
def test_the_targets_agree_on_every_example(name: str) -> None:
    by_day: dict[Any, list[examples.Example]] = {}
    for one in every_example():
        if one.policy == name:
            by_day.setdefault(one.on, []).append(one)
    for day, given in by_day.items():
        policy = next(one for one in rules() if one.id == name and one.in_force(day))
        frame, chosen = frame_of(policy, [one.profile for one in given]), RuleSet((policy,))
        cells = [assess(frame, chosen, day, engine=engine).select(CELLS).rows() for engine in ("python", "polars", on_duckdb)]
        assert cells[0] == cells[1] == cells[2]
        assert [str(row[2]) for row in cells[0]] == [one.expect.outcome for one in given]


@pytest.mark.parametrize("name", IDS)
def test_nothing_known_is_never_an_amount(name: str) -> None:
    """A profile of unknowns alone needs data; each single unknown never raises an amount above the known one's policy ceiling of certainty."""
    policy = rules().policy(name)
    day = policy.sheet.starts
    found = assess(frame_of(policy, [{}]), rules().only([name]), day)
    rows = found.to_dicts()
    if rows:  # a policy none of whose columns are there is left out
        assert {str(row["outcome"]) for row in rows} == {"needs_data"}
        assert {row["amount_fen"] for row in rows} == {None}


@pytest.mark.parametrize("name", IDS)
def test_each_dirty_value_is_refused_or_needs_data_never_paid(name: str) -> None:
    """Beyond its range by one, each number and day of an entitled row: refused. Each value missing: not refused, and never more than before."""
    policy = rules().policy(name)
    base = next(one for one in every_example() if one.policy == name)
    clean = frame_of(policy, [base.profile])
    dirty, missing = [], []
    for column in policy.sheet.columns.values():
        if column.type in (Type.FLAG, Type.CODE, Type.TEXT):
            continue
        for beyond in (column.low - 1, column.high + 1):
            if column.type is Type.DATE:
                dirty.append(clean.with_columns(pl.lit(day_of(beyond)).cast(pl.Date).alias(column.name)))
            else:
                dirty.append(clean.with_columns(pl.lit(beyond).cast(pl.Int64).alias(column.name)))
        missing.append(clean.with_columns(pl.lit(None).cast(clean.schema[column.name]).alias(column.name)))
    for frames, outcomes in ((dirty, {"refused"}), (missing, {"yes", "no", "needs_data"})):
        if frames:
            frame = pl.concat(frames).with_columns(party=pl.int_range(len(frames)).cast(pl.String))
            found = assess(frame, RuleSet((next(o for o in rules() if o.id == name and o.in_force(base.on)),)), base.on)
            assert {str(value) for value in found["outcome"]} <= outcomes, name
            if outcomes == {"refused"}:
                assert found["amount_fen"].null_count() == len(found)


def test_states_of_trust_are_what_they_are() -> None:
    """A change here is a decision: which numbers were read, which are awaited. Only the verified may be paid."""
    found = {state: sorted({policy.id for policy in rules() if policy.sheet.status == state}) for state in ("unverified", "expected")}
    assert found == {
        "unverified": ["m10_new_energy_bus", "m10_new_energy_car", "m12_negative_list", "m13_import_discount", "m13_tariff_gain", "m23_six_taxes"],
        "expected": [
            "m09_pilot_support", "m13_credit_insurance", "m18_listing_stages", "m19_concession", "m20_three_exemptions", "m23_credit_refund",
        ],
    }  # fmt: skip
    for policy in rules():
        assert bool(policy.sheet.awaited) == (policy.sheet.status != "verified"), policy.id


def test_every_benefit_of_the_plan_has_a_rule() -> None:
    assert len({policy.id for policy in rules()}) >= 32
    assert {policy.sheet.result for policy in rules()} == {"fen", "relief", "deferral", "credit", "exemption", "watch"}
