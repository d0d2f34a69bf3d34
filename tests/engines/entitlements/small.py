"""A small sheet to trace rules against, without a pack."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from yunxing.engines.entitlements.policy import Column, ConditionText, Entry, Listing, Parameter, Policy, Sheet, Source
from yunxing.engines.entitlements.ruleset import compile_policy
from yunxing.engines.entitlements.tree import Steps, Type
from yunxing.values.period import day_number

CLAUSE = Source("1/1/1", "a phrase")
D0, D1 = day_number(date(2020, 1, 1)), day_number(date(2030, 12, 31))

TARIFF = Listing(
    "tariff", "税率", "tariff", "x", date(2022, 1, 1), "a source",
    (
        Entry("84", Fraction(5, 100), D0, D0 + 10), Entry("84", Fraction(3, 100), D0 + 12, D0 + 30),
        Entry("8471", Fraction(0), D0, D0 + 30),
    ),
    whole=False, type=Type.RATE, denominator=100,
)  # fmt: skip
ON_LIST = Listing("on_list", "名录", "list", "x", date(2022, 1, 1), "a source", (Entry("84"), Entry("90")), whole=False)


def sheet(**changes: Any) -> Sheet:
    """Columns of every type; parameters of every form; the conditions `c` and `d`."""
    columns = [
        Column("money", Type.FEN, 0, 10**13, title="钱", title_en="money"),
        Column("other", Type.FEN, 0, 10**13),
        Column("count", Type.COUNT, 0, 1000),
        Column("start", Type.DATE, D0, D1),
        Column("end", Type.DATE, D0, D1),
        Column("board", Type.CODE, 0, 2, ("a", "b", "c")),
        Column("colour", Type.CODE, 0, 1, ("red", "blue")),
        Column("flag", Type.FLAG, 0, 1, may_change=True),
        Column("other_flag", Type.FLAG, 0, 1),
        Column("length", Type.DAYS, 0, 4000),
        Column("part", Type.FEN, 0, 4 * 10**12),
        Column("whole", Type.FEN, 0, 4 * 10**12),
        Column("hs", Type.TEXT, -1, 2, ("84", "8471", "90")),
        Column("dollars", Type.USD, 0, 10**11),
        Column("fee", Type.RATE, 0, 10**6, denominator=10**6),
    ]
    parameters = [
        Parameter("rate", Type.RATE, CLAUSE, value=Fraction(7, 20), denominator=20),
        Parameter("cap", Type.FEN, CLAUSE, value=Fraction(10**9), title="上限", title_en="cap"),
        Parameter(
            "lpr",
            Type.RATE,
            CLAUSE,
            table=Steps((D0, D0 + 10), (37, 36), D0 + 20),
            table_kind="series",
            input_type=Type.DATE,
            denominator=1000,
        ),
        Parameter("bands", Type.FEN, CLAUSE, table=Steps((1, 100), (5, 7)), table_kind="band"),
        Parameter("prices", Type.RATE, CLAUSE, value=Fraction(64512, 10000), denominator=625),
        Parameter("three_years", Type.MONTHS, CLAUSE, value=Fraction(36)),
        Parameter("brackets", Type.RATE, CLAUSE, table=Steps((0, 1000, 5000), (1, 2, 4)), table_kind="band", denominator=100),
        Parameter("tariff", Type.RATE, CLAUSE, listing=TARIFF, table_kind="list", denominator=100),
        Parameter("on_list", Type.FLAG, CLAUSE, listing=ON_LIST, table_kind="list"),
        Parameter("promised", Type.FEN, CLAUSE, awaits="a circular", title="待定", title_en="to come"),
    ]
    fields: dict[str, Any] = {
        "id": "small", "title": "小", "title_en": "small", "party": "enterprise", "certainty": "formula", "origin": "city", "once": "",
        "starts": date(2022, 1, 1), "ends": date(2022, 12, 31),
        "columns": {column.name: column for column in columns},
        "parameters": {parameter.name: parameter for parameter in parameters},
        "conditions": {name: ConditionText(CLAUSE, f"条件{name}", f"condition {name}") for name in ("c", "d", "e")},
        "row_checks": (("start", "end"),),
    }  # fmt: skip
    return Sheet(**{**fields, **changes})


def compiled(rule: Any, **changes: Any) -> Policy:
    return compile_policy(sheet(**changes), rule)
