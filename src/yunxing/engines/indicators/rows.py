"""The rows of `indicators.parquet` and `contributions.parquet`: exact values num/den, or a named absence, never both.

A value is num/den in int64 and is not reduced: money in fen over 1, growth 100·(current − base)/base. The parts stay readable in the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

INT64_MAX = 2**63 - 1

# Absences of derived figures; the first five are the facts' own words (values/absence.py)
NOT_DUE, NOT_APPLICABLE, NOT_REPORTED, SUPPRESSED, UNDEFINED = "not_due", "not_applicable", "not_reported", "suppressed", "undefined"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: which indicator, about whom, when, which statistic, and its exact value or why there is none.

    `covered` is the share of last year's value (or of the reporters, see `reason`) that stands behind the figure; `published` is a growth rate that
    somebody published for the same cell, in 0.01 %, kept beside the computed one.
    """

    indicator: str
    scope_kind: str
    scope: str
    period: str
    stat: str
    num: int | None
    den: int | None
    unit: str
    absence: str | None = None
    reason: str = ""
    covered_num: int | None = None
    covered_den: int | None = None
    published: int | None = None
    basis: str = ""

    def __post_init__(self) -> None:
        if (self.num is None) == (self.absence is None):
            raise ValueError(
                f"{self.id}: a figure has either a value or a reason for its absence, found num={self.num}, absence={self.absence}"
            )
        if self.num is not None and (self.den is None or self.den <= 0 or abs(self.num) > INT64_MAX or self.den > INT64_MAX):
            raise ValueError(f"{self.id}: {self.num}/{self.den} is not a fraction of two int64 with a positive denominator")

    @property
    def id(self) -> str:
        """`output_growth/unit/SCOPE/2022-01..09/cumulative_yoy`: the stable name of this figure inside a closed month."""
        return f"{self.indicator}/{self.scope_kind}/{self.scope}/{self.period}/{self.stat}"

    @property
    def value(self) -> Fraction | None:
        """The exact value, or None when absent."""
        return None if self.num is None or self.den is None else Fraction(self.num, self.den)

    @property
    def covered(self) -> Fraction | None:
        """The covered share 0..1, or None when not stated."""
        return Fraction(self.covered_num, self.covered_den) if self.covered_num is not None and self.covered_den else None


def figure(indicator: str, scope: tuple[str, str], period: str, stat: str, num: int, den: int, unit: str, **rest: Any) -> Row:
    """A row with a value; too large for int64 is reduced first. `scope` is (kind, id); `den` may not be 0."""
    if den < 0:
        num, den = -num, -den
    if abs(num) > INT64_MAX or den > INT64_MAX:
        value = Fraction(num, den)
        num, den = value.numerator, value.denominator
    return Row(indicator, scope[0], scope[1], period, stat, num, den, unit, **rest)


def missing(indicator: str, scope: tuple[str, str], period: str, stat: str, unit: str, absence: str, reason: str, **rest: Any) -> Row:
    """A row without a value: the absence travels to the page with its reason."""
    return Row(indicator, scope[0], scope[1], period, stat, None, None, unit, absence=absence, reason=reason, **rest)


def indicators_table(rows: Iterable[Row]) -> Any:
    """The rows as an Arrow table in the order of their ids. Two rows of one id are an error of the pack or of a statistic."""
    import pyarrow as pa

    kept = sorted(rows, key=lambda row: row.id)
    for one, two in pairwise(kept):
        if one.id == two.id:
            raise ValueError(f"two figures are called {one.id}: {one} and {two}")
    columns = {name: [getattr(row, name) for row in kept] for name in INDICATOR_COLUMNS}
    integers = {"num", "den", "covered_num", "covered_den", "published"}
    schema = pa.schema([(name, pa.int64() if name in integers else pa.string()) for name in INDICATOR_COLUMNS])
    return pa.table(columns, schema=schema)


def row_from(plain: Mapping[str, Any]) -> Row:
    """One row from its columns."""
    return Row(**{name: plain[name] for name in INDICATOR_COLUMNS})


def ranks(values: Mapping[str, Fraction | None]) -> dict[str, int | None]:
    """Places by value, the highest first; equals share the better place (1, 2, 2, 4); who has no value has no place. Unrounded.

    >>> ranks({"a": Fraction(1), "b": Fraction(3), "c": Fraction(1), "d": Fraction(0), "e": None})
    {'a': 2, 'b': 1, 'c': 2, 'd': 4, 'e': None}
    """
    known = sorted((value for value in values.values() if value is not None), reverse=True)
    first: dict[Fraction, int] = {}
    for place, value in enumerate(known, start=1):
        first.setdefault(value, place)
    return {name: None if value is None else first[value] for name, value in values.items()}


INDICATOR_COLUMNS = Row.__slots__
