"""Dirty profiles, over every policy of the pack: missing, negative, absurd, unreadable, duplicate, out of order. Needs-data or a located refusal; never an amount."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from engines.entitlements.test_gate_all import examples, frame, names, rules, typed
from yunxing.engines.entitlements.assess import Scalar, assess
from yunxing.engines.entitlements.intake import from_mapping, read_value
from yunxing.engines.entitlements.policy import Policy
from yunxing.engines.entitlements.tree import Type, columns_read
from yunxing.io.entitlement_tables import on_duckdb
from yunxing.values.errors import BadInput

ABSURD = (2**63 - 1, -(2**63), 9 * 10**18, -(10**16))
ENGINES: tuple[Any, ...] = ("polars", "python", on_duckdb)


def entitled(policy: Policy) -> dict[str, Any] | None:
    """The profile of an example that is entitled, as a frame's row; None where the law is not at hand and nobody is."""
    for one in examples():
        if one.policy == policy.id and one.expect.outcome == "yes" and policy.in_force(one.on):
            row, _ = from_mapping(policy.sheet, one.profile, "dirty")
            return {name: typed(policy.sheet.columns[name], value, one.profile.get(name)) for name, value in row.items()}
    return None


def outcomes(policy: Policy, rows: list[dict[str, Any]]) -> list[list[tuple[str, int | None]]]:
    one = type(rules())((policy,))
    table = frame(policy, rows)
    found = [assess(table, one, policy.sheet.starts, engine=engine).sort("party") for engine in ENGINES]
    return [list(each.select(pl.col("outcome").cast(pl.String), "amount_fen").iter_rows()) for each in found]


@pytest.mark.parametrize("name", names())
def test_absurd_and_negative_values_never_give_an_amount(name: str) -> None:
    """Every number and day of a good profile in turn: far out of range, on both sides, up to the ends of int64."""
    policy = rules().policy(name)
    base = entitled(policy)
    if base is None:
        assert policy.sheet.awaited or policy.sheet.status != "verified", (
            "only a policy whose law is not at hand may have no entitled example"
        )
        return
    rows = []
    for column in policy.sheet.columns.values():
        if column.type is Type.DATE:
            rows += [{**base, column.name: day} for day in (date(1, 1, 1), date(1899, 12, 31), date(9999, 12, 31))]
        elif column.type not in (Type.FLAG, Type.CODE, Type.TEXT):
            rows += [{**base, column.name: value} for value in (*ABSURD, column.low - 1, column.high + 1)]
        elif column.type is Type.CODE:
            rows.append({**base, column.name: "乱填"})
    rows.append(base)
    for found in outcomes(policy, rows):
        assert {outcome for outcome, _ in found[:-1]} <= {"refused"}, "each is refused by its column"
        assert all(amount is None for _, amount in found[:-1])
        assert found[-1][0] == "yes", "the same profile, clean, is entitled"


@pytest.mark.parametrize("name", names())
def test_a_missing_value_that_the_rule_reads_never_gives_an_amount_by_default(name: str) -> None:
    """Each column unknown in turn: what comes out is what comes out whatever the value is, or needs data; nothing at all is needs data."""
    policy = rules().policy(name)
    base = entitled(policy)
    empty = dict.fromkeys(policy.sheet.columns)
    if base is None:
        base = empty
    read = columns_read(policy.roots())
    rows = [{**base, column: None} for column in read if column != "as_of"] + [empty]
    polars, python, duckdb = outcomes(policy, rows)
    assert polars == python == duckdb
    assert polars[-1][0] in ("needs_data", "no")
    assert polars[-1][1] is None
    for column, (outcome, amount) in zip(read, polars, strict=False):
        assert (amount is None) == (outcome != "yes"), column


def test_dates_out_of_order_are_refused_with_the_check_that_failed() -> None:
    policy = rules().policy("m02_loan_interest")
    base = entitled(policy)
    assert base is not None
    backwards = {**base, "loan_to": base["loan_from"] - timedelta(days=1)}
    for found in outcomes(policy, [backwards]):
        assert found == [("refused", None)]
    row, faults = from_mapping(policy.sheet, backwards, "p.json")
    assert [str(fault) for fault in faults if "not after" in str(fault)]
    assert Scalar.of(policy).decide(row)[0].amount_fen is None


def test_two_rows_of_one_party_are_refused_by_name_and_two_claims_are_not() -> None:
    policy = rules().policy("m02_loan_interest")
    base = entitled(policy)
    assert base is not None
    table = pl.concat([frame(policy, [base]), frame(policy, [base])])
    one = type(rules())((policy,))
    with pytest.raises(BadInput, match="party P-000000"):
        assess(table, one, policy.sheet.starts)
    claims = table.with_columns(claim=pl.Series(["1", "2"]))
    assert assess(claims, one, policy.sheet.starts)["outcome"].cast(pl.String).to_list() == ["yes", "yes"]


UNREADABLE = {
    Type.FEN: ["很多", "12", "1.005 元", "5 美元", 1.5, True],
    Type.USD: ["5 元", "x美元", 2.5],
    Type.COUNT: ["三人", "1.5", 1.5],
    Type.DAYS: ["一月", 1.5],
    Type.MONTHS: ["半年", 0.5],
    Type.RATE: ["3.5", "x%", "0.00001%", 0.035],
    Type.DATE: ["2022-02-30", "昨天", 20220101, 1.0],
    Type.FLAG: ["也许", 1, 0.0],
    Type.CODE: [5, 1.5],
    Type.TEXT: [84713010, 1.5],
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_is_refused_in_words_for_every_type(kind: Type) -> None:
    from engines.entitlements.small import sheet

    kinds = {column.type: column for column in sheet().columns.values()}
    from yunxing.engines.entitlements.policy import Column

    column = kinds.get(kind) or Column("length", kind, 0, 100)
    for written in UNREADABLE[kind]:
        with pytest.raises(BadInput):
            read_value(column, written)
    assert read_value(column, "未知") is None
    assert read_value(column, None) is None


READ = [
    (Type.FEN, "1800 万元", 18 * 10**8), (Type.USD, "300 万美元", 3 * 10**8), (Type.COUNT, "300 人", 300), (Type.DAYS, "45 天", 45),
    (Type.MONTHS, "3 年", 36), (Type.MONTHS, "18个月", 18), (Type.RATE, "3.85%", 38_500), (Type.RATE, "0.5‰", 500), (Type.DATE, "1970-01-02", 1),
    (Type.FLAG, "是", True), (Type.TEXT, "8471301000", 1), (Type.TEXT, "8401", 0), (Type.TEXT, "0101", -1),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "written", "value"), READ)
def test_what_people_write_is_read_exactly(kind: Type, written: str, value: int) -> None:
    from engines.entitlements.small import sheet
    from yunxing.engines.entitlements.policy import Column

    column = next((one for one in sheet().columns.values() if one.type is kind), Column("x", kind, 0, 100))
    assert read_value(column, written) == value
