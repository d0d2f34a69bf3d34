"""The release gate: generated boundary rows through every target and a reference written apart. Cells that differ must be zero."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.entitlements import reference
from yunxing.engines.entitlements.assess import assess
from yunxing.engines.entitlements.policy import Column, Policy
from yunxing.engines.entitlements.tree import Type, walk
from yunxing.io.entitlement_tables import on_duckdb
from yunxing.packs.policies import load_policies
from yunxing.values.period import day_number, day_of

PACK = Path(__file__).parents[3] / "plans" / "binzhou_2022_156"
ON = date(2022, 8, 10)
WORDS = {Type.FEN: pl.Int64, Type.FLAG: pl.Boolean, Type.DATE: pl.Date, Type.CODE: pl.String}
POLICIES = sorted(reference.POLICIES)


@cache
def rules():
    return load_policies(PACK)


def points(policy: Policy) -> dict[str, list[Any]]:
    """For each column: unknown, range ends and one beyond, every number of the rule at -1, 0, +1, month ends and 29 February."""
    numbers = {int(n.value) for n in walk(policy.roots()) if n.op in ("const", "parameter") and n.type is Type.FEN}
    starts = [n.value.starts for n in walk(policy.roots()) if n.op in ("band", "series")]
    found: dict[str, list[Any]] = {}
    for column in policy.sheet.columns.values():
        if column.type is Type.FLAG:
            found[column.name] = [None, False, True]
        elif column.type is Type.CODE:
            found[column.name] = [None, "elsewhere", *column.options]
        elif column.type is Type.DATE:
            edges = {column.low, column.high, day_number(date(2024, 2, 29)), day_number(date(2022, 12, 31))}
            edges |= {day for table in starts for day in table if column.low <= day <= column.high}
            found[column.name] = [None, *(day_of(d + k) for d in sorted(edges) for k in (-1, 0, 1))]
        else:
            edges = {column.low, column.high, *numbers, *(x for table in starts for x in table if x > 10**7 or x == 1)}
            # rounding edges: principals whose numerator lands just below, on and just above a half fen
            edges |= {k * 720_000 * 10**3 // 259 for k in (1, 5, 77)} | {720_000, 720_001, 719_999}
            found[column.name] = [None, *(x + k for x in sorted(edges) for k in (-1, 0, 1))]
    return found


def good(policy: Policy) -> dict[str, Any]:
    """A row that is entitled, from which the boundary rows depart."""
    every = {
        "loan_principal": 18000 * 10**6, "interest_paid": 610 * 10**6, "loan_from": date(2022, 4, 2), "loan_to": date(2023, 4, 1),
        "notice_on": date(2022, 7, 1), "as_of": date(2022, 12, 31), "earlier_discounts": 0, "is_technical_renovation": True,
        "in_major_list": True, "has_other_support": False, "raised": 10**11, "board": "BSE", "listed_on": date(2022, 6, 30),
        "has_bonus_before": False, "stage": "accepted", "plans_domestic_listing": True, "aid_before": 0,
    }  # fmt: skip
    return {name: every[name] for name in policy.sheet.columns}


def rows_of(policy: Policy) -> Iterator[dict[str, Any]]:
    """Every point of every column alone, every pair of the smaller ones, and a seeded mixture."""
    base, at = good(policy), points(policy)
    names = list(at)
    yield base
    yield dict.fromkeys(names)
    for name in names:
        for value in at[name]:
            yield {**base, name: value}
    draw = random.Random(156)
    for _ in range(6000):
        row = dict(base)
        for name in draw.sample(names, k=draw.randint(1, len(names))):
            row[name] = draw.choice(at[name])
        yield row


def frame(policy: Policy, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = {"party": pl.String, **{c.name: WORDS.get(c.type, pl.Int64) for c in policy.sheet.columns.values()}}
    return pl.DataFrame([{"party": f"P-{i:06d}", **row} for i, row in enumerate(rows)], schema=schema)


def cells(table: pl.DataFrame) -> list[tuple[Any, ...]]:
    return table.sort("party").select("party", "outcome", "failed", "unknown", "refused", "amount_fen").rows()


def differing(policy: Policy, rows: list[dict[str, Any]], engines: tuple[Any, ...] = ("polars", "python", on_duckdb)) -> list[Any]:
    """The rows on which the targets and the reference do not agree."""
    table = frame(policy, rows)
    one = rules().only([policy.id])
    found = [cells(assess(table, one, ON, engine=engine)) for engine in engines]
    wrong = []
    for row, *answers in zip(rows, *found, strict=True):
        verdict = reference.POLICIES[policy.id](row)
        if any(answer != answers[0] for answer in answers) or (answers[0][1], answers[0][5]) != verdict:
            wrong.append((row, *answers, verdict))
    return wrong


@pytest.mark.parametrize("name", POLICIES)
def test_boundary_rows_give_the_same_cells_in_every_target_and_in_the_reference(name: str) -> None:
    policy = rules().policy(name)
    assert differing(policy, list(rows_of(policy))) == []


@pytest.mark.parametrize("name", POLICIES)
def test_boundary_rows_reach_every_outcome(name: str) -> None:
    """A gate whose rows all fall into one outcome would prove nothing."""
    policy = rules().policy(name)
    found = assess(frame(policy, list(rows_of(policy))), rules().only([name]), ON)["outcome"].value_counts()
    wanted = {"no", "needs_data", "refused"} | ({"yes"} if name != "m18_listing_stages" else set())
    assert set(found["outcome"].to_list()) == wanted


def values(column: Column) -> st.SearchStrategy[Any]:
    match column.type:
        case Type.FLAG:
            return st.booleans()
        case Type.DATE:
            return st.dates(date(2019, 6, 1), date(2031, 6, 1))
        case Type.CODE:
            return st.sampled_from((*column.options, "elsewhere"))
        case _:
            return st.integers(column.low - 2, column.high + 2)


@pytest.mark.property
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_any_row_at_all_gives_the_same_cells(data: st.DataObject) -> None:
    policy = rules().policy(data.draw(st.sampled_from(POLICIES)))
    columns = {column.name: st.none() | values(column) for column in policy.sheet.columns.values()}
    rows = data.draw(st.lists(st.fixed_dictionaries(columns), min_size=1, max_size=12))
    assert differing(policy, rows, ("polars", "python")) == []


def test_shuffled_and_chunked_input_gives_the_same_rows() -> None:
    policy = rules().policy("m02_loan_interest")
    table = frame(policy, list(rows_of(policy))[:500])
    one = rules().only([policy.id])
    whole = assess(table, one, ON)
    assert assess(table.sample(fraction=1, shuffle=True, seed=3), one, ON).equals(whole)
    parts = pl.concat([assess(table.slice(at, 100), one, ON) for at in range(0, 500, 100)])
    assert parts.sort("policy", "party", "claim").equals(whole)


def test_adding_an_unrelated_party_changes_no_ones_entitlement() -> None:
    policy = rules().policy("m18_listing_ladder")
    rows = list(rows_of(policy))[:50]
    before = cells(assess(frame(policy, rows), rules().only([policy.id]), ON))
    after = cells(assess(frame(policy, [*rows, good(policy)]), rules().only([policy.id]), ON))
    assert after[:50] == before
