"""The release gate over every policy of the pack: generated boundary rows, every target, and the judge written apart. Zero cells may differ.

Rows come from the tree itself: each threshold, cap, band, date and list line at −1, 0, +1, range ends and one beyond, month ends, 29 February,
every flag and code and unknown, each column alone, and a seeded crossing of all. `m02`, `m18` have a hand-written reference besides (test_gate).
"""

from __future__ import annotations

import random
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from engines.entitlements import exact
from yunxing.engines.entitlements.assess import Scalar, assess
from yunxing.engines.entitlements.intake import from_mapping
from yunxing.engines.entitlements.monotone import turning_points
from yunxing.engines.entitlements.policy import Column, Policy
from yunxing.engines.entitlements.tree import Spans, Steps, Type, walk
from yunxing.io.entitlement_tables import on_duckdb
from yunxing.packs.policies import load_policies
from yunxing.packs.policy_examples import load_examples
from yunxing.values.period import day_number, day_of

PACK = Path(__file__).parents[3] / "plans" / "binzhou_2022_156"
CROSSED = 350
KINDS = {Type.FLAG: pl.Boolean(), Type.DATE: pl.Date(), Type.CODE: pl.String(), Type.TEXT: pl.String()}


@cache
def rules():
    return load_policies(PACK)


@cache
def examples():
    return load_examples(PACK, rules())


@cache
def names() -> list[str]:
    return sorted({policy.id for policy in rules() if policy.sheet.parameters or policy.sheet.conditions})


def typed(column: Column, value: int | None, text: str | None = None) -> Any:
    """An integer of the tree as a profile frame holds it."""
    if value is None:
        return None
    if column.type is Type.FLAG:
        return bool(value)
    if column.type is Type.DATE:
        return day_of(value)
    if column.type is Type.CODE:
        return column.options[value] if 0 <= value < len(column.options) else "elsewhere"
    if column.type is Type.TEXT:
        return text or (column.options[value] if 0 <= value < len(column.options) else "elsewhere")
    return value


def marks(policy: Policy) -> dict[Type, set[int]]:
    """Every number of the rule by what it is: constants, parameters, starts of tables and lines of lists."""
    found: dict[Type, set[int]] = {}
    for node in walk(policy.roots()):
        if node.op in ("const", "parameter"):
            found.setdefault(node.type, set()).add(int(node.value))
        if isinstance(node.value, Steps):
            found.setdefault(node.args[-1].type, set()).update(node.value.starts)
            found[node.args[-1].type].update([node.value.until] if node.value.until is not None else [])
        if isinstance(node.value, Spans) and len(node.args) == 2:
            days = {day for line in node.value.lines for start, end, _ in line for day in (start, end) if abs(day) < 10**5}
            found.setdefault(Type.DATE, set()).update(days)
    return found


def points(policy: Policy, base: dict[str, Any]) -> dict[str, list[Any]]:
    """For each column its values: unknown, ends and one beyond, the rule's own numbers and the places where this row turns, at −1, 0, +1."""
    scalar, known = Scalar.of(policy), marks(policy)
    row, _ = from_mapping(policy.sheet, base, "gate")
    found: dict[str, list[Any]] = {}
    for column in policy.sheet.columns.values():
        if column.type in (Type.FLAG, Type.CODE):
            beyond = [-1] if column.type is Type.CODE else []
            found[column.name] = [None, *(typed(column, value) for value in [*beyond, *range(column.low, column.high + 1)])]
            continue
        if column.type is Type.TEXT:
            texts = [key + more for key in column.options for more in ("", "0", "01")]
            found[column.name] = [None, "elsewhere", "", *texts[:60]]
            continue
        edges = {column.low, column.high, *known.get(column.type, ()), *turning_points(policy, scalar.program, row, column.name)}
        if column.type is Type.DATE:
            edges |= {day_number(date(2024, 2, 29)), day_number(date(2022, 12, 31)), day_number(date(2023, 1, 31))}
        if column.type is Type.FEN:
            edges |= {99, 100, 101, 149, 150, 33_333_333}
        near = {edge + k for edge in edges for k in (-1, 0, 1) if column.low - 1 <= edge + k <= column.high + 1}
        found[column.name] = [None, *(typed(column, value) for value in sorted(near))]
    return found


def rows_of(policy: Policy) -> list[dict[str, Any]]:
    """The policy's own examples, each column of the first one moved over its points, and a seeded crossing."""
    profiles = [one.profile for one in examples() if one.policy == policy.id]
    bases = []
    for profile in profiles:
        row, _ = from_mapping(policy.sheet, profile, "gate")
        texts = {name: profile.get(name) for name in row}
        bases.append({name: typed(policy.sheet.columns[name], value, texts[name]) for name, value in row.items()})
    at = points(policy, profiles[0])
    found = [*bases, dict.fromkeys(at)]
    found += [{**bases[0], name: value} for name, values in at.items() for value in values]
    draw = random.Random(policy.id)
    for _ in range(CROSSED):
        row = dict(draw.choice(bases))
        for name in draw.sample(list(at), k=draw.randint(1, min(5, len(at)))):
            row[name] = draw.choice(at[name])
        found.append(row)
    return found


def frame(policy: Policy, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = {"party": pl.String(), **{c.name: KINDS.get(c.type, pl.Int64()) for c in policy.sheet.columns.values()}}
    return pl.DataFrame([{"party": f"P-{i:06d}", **row} for i, row in enumerate(rows)], schema=schema)


def cells(table: pl.DataFrame) -> list[tuple[Any, ...]]:
    return table.sort("party").select("party", "outcome", "failed", "unknown", "refused", "amount_fen").rows()


def judge(policy: Policy) -> Any:
    path = PACK / "policies" / f"{policy.id}.py"
    if path.exists():
        return exact.rule_of(path)
    return by_kind(policy)


def by_kind(policy: Policy) -> Any:
    """The two kinds that are data alone, said once more in exact words: a share of a base at most a cap, or the band's amount."""
    import tomllib

    data = tomllib.loads((PACK / "policies" / f"{policy.id}.toml").read_text(encoding="utf-8"))
    asks = {"at_least": "__ge__", "at_most": "__le__", "above": "__gt__", "below": "__lt__"}

    def held(name: str, told: dict[str, Any], f: Any, p: Any) -> tuple[str, Any]:
        value = getattr(f, told["column"])
        if "one_of" in told:
            return name, exact.raw(exact.WORDS["is_one_of"](value, told["one_of"]))
        for word, method in asks.items():
            if told.get(word):
                place, _, other = told[word].partition(".")
                return name, exact.raw(getattr(value, method)(getattr(p if place == "p" else f, other)))
        test = exact.WORDS["negate"](value) if told.get("is") == "no" else value
        return name, exact.raw(test)

    def rule(f: Any, p: Any) -> Any:
        when = [held(name, told, f, p) for name, told in data["condition"].items()]
        base = getattr(f, data["base"])
        if data["kind"] == "band":
            return exact.WORDS["grant"](when=when, amount=p.bands.at(base))
        part = exact.WORDS["rdiv"](base * p.share, 1, data.get("rounding", "half_up_fen"))
        return exact.WORDS["grant"](when=when, amount=exact.least(part, p.cap) if hasattr(p, "cap") else part)

    return rule


@pytest.mark.parametrize("name", names())
def test_no_cell_differs_on_any_boundary_row_of_any_policy(name: str) -> None:
    policy = rules().policy(name)
    on = policy.sheet.starts
    rows = [{**row, "as_of": row["as_of"] or on} if "as_of" in row else row for row in rows_of(policy)]
    one = type(rules())((policy,))
    table = frame(policy, rows)
    answers = [cells(assess(table, one, on, engine=engine)) for engine in ("polars", "python", on_duckdb)]
    rule = judge(policy)
    wrong = []
    for row, *found in zip(rows, *answers, strict=True):
        verdict = exact.judged(policy, rule, row)
        if any(each != found[0] for each in found) or (found[0][1], found[0][5]) != verdict:
            wrong.append((row, *found, verdict))
    assert wrong == []
    assert len({each[1] for each in answers[0]}) >= 3, "boundary rows that all fall into one outcome would prove nothing"
