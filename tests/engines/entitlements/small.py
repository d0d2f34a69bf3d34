"""A small sheet to trace rules against, without a pack."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from yunxing.engines.entitlements.policy import Column, ConditionText, Parameter, Policy, Sheet, Source
from yunxing.engines.entitlements.ruleset import compile_policy
from yunxing.engines.entitlements.tree import Steps, Type
from yunxing.values.period import day_number

CLAUSE = Source("1/1/1", "a phrase")
D0, D1 = day_number(date(2020, 1, 1)), day_number(date(2030, 12, 31))


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
