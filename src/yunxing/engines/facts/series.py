"""Published series of a statistical office (dataset, series, date, value, unit) as facts of the form `public_series`.

Values are kept as published, in 0.0001 of their unit; growth is a published figure (role `growth_published`) and is never computed from levels.
Where a month is not published (value added has no January, February has only the cumulative) there is no row: absent is not zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import polars as pl

from yunxing.engines.facts.cells import LARGEST
from yunxing.engines.facts.form import Effect
from yunxing.engines.facts.problems import Problem
from yunxing.engines.facts.sheet import address
from yunxing.engines.facts.table import SCHEMA
from yunxing.values.errors import BadInput
from yunxing.values.quantity import half_up, parse_number

FORM = "public_series"
HEADER = ("dataset", "series", "date", "value", "unit")
PER = 10_000
SHEET = "csv"
_ALIKE: dict[str, Any] = {
    "form": FORM,
    "item": "value",
    "unit": "",
    "region": "",
    "industry": "",
    "words": None,
    "absence": None,
    "basis": "published",
    "origin": "public",
    "status": "reported",
    "held": False,
    "cause": "",
    "version": 0,
    "sheet": SHEET,
}


@dataclass(frozen=True, slots=True)
class Published:
    """What a series file became: facts by month, and the problems of its rows."""

    facts: pl.DataFrame
    problems: list[Problem]
    rows: int


def is_series(header: Sequence[object]) -> bool:
    """Whether a CSV's first row is that of published series."""
    return tuple(header[: len(HEADER)]) == HEADER


def series_facts(rows: Sequence[Mapping[str, str]], *, submission: str, known_at: datetime) -> Published:
    """The facts of the rows below the header (row 1). `party` is `dataset/series`; the period is cumulative where the series says 累计."""
    columns: dict[str, list[Any]] = {name: [] for name in SCHEMA}
    problems: list[Problem] = []
    seen: dict[tuple[str, str, str], int] = {}
    for number, row in enumerate(rows, start=1):
        fact = _fact(row, number, problems)
        if fact is None:
            continue
        key = (fact["party"], fact["period"], fact["as_reported"])
        if key in seen:
            same = rows[seen[key] - 1]["value"] == row["value"]
            words = (f"一期一个值（第 {seen[key] + 1} 行已有）", f"one value a period (row {seen[key] + 1} has it)")
            effect: Effect = "warn" if same else "block"  # the same figure printed twice harms nothing
            problems.append(Problem("duplicate_row", effect, SHEET, number, 2, "date", row["date"], words, party=fact["party"]))
            continue
        seen[key] = number
        plain: dict[str, Any] = {**_ALIKE, "known_at": known_at, "submission": submission, **fact}
        for name in SCHEMA:
            columns[name].append(plain[name])
    return Published(pl.DataFrame(columns, schema=SCHEMA), problems, len(rows))


def _fact(row: Mapping[str, str], number: int, problems: list[Problem]) -> dict[str, Any] | None:
    party = f"{row['dataset']}/{row['series']}"
    try:
        month = date.fromisoformat(row["date"])
    except ValueError:
        words = ("该月第一天，如 2021-03-01", "the first of the month, such as 2021-03-01")
        problems.append(Problem("no_day", "block", SHEET, number, 2, "date", row["date"], words, party=party))
        return None
    value = _value(row["value"])
    if value is None:
        words = ("数字，最多四位小数存储", "a number; four decimals are stored")
        problems.append(Problem("bad_value", "block", SHEET, number, 3, "value", row["value"], words, party=party))
        return None
    cumulative = "累计" in row["series"]
    span = "01.." if cumulative and month.month > 1 else ""
    role = "growth_published" if "增长" in row["series"] or "增速" in row["series"] else "value"
    period = f"{month.year:04d}-{span}{month.month:02d}"
    return {
        "party": party,
        "role": role,
        "period": period,
        "as_reported": "cumulative" if cumulative else "month",
        "value": value,
        "cell": address(number, 3),
    }


def _value(text: str) -> int | None:
    """The published number in 0.0001, rounded half-up; an exponent such as 1e-05 is a machine's way to write a small one."""
    try:
        exact = Fraction(text) if "e" in text.lower() else parse_number(text)
    except (BadInput, ValueError):
        return None
    stored = half_up(exact * PER)
    return None if abs(stored) >= LARGEST else stored
