"""Periods of a series as whole numbers that follow each other, for every way a series is reported, and back.

Four ways: each month alone; months with January and February as one (eleven a year); year to date alone (from which the months are derived, March as January–March
less January–February); quarters. A series keeps to one way. A month that no two totals of one basis give is a gap, never a guess (`engines/indicators/series.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from yunxing.values.errors import BadInput
from yunxing.values.period import JanFeb, Month, Period, Quarter, YearToDate

Way = Literal["month", "merged", "cumulative", "quarter"]
SEASONS: dict[Way, int] = {"month": 12, "merged": 11, "cumulative": 11, "quarter": 4}


@dataclass(frozen=True, slots=True)
class Point:
    """One known value of a series: its period, the value, and the basis (panel, definition) it stands on."""

    period: Period
    value: float
    basis: str = ""


def way_of(periods: Iterable[Period]) -> Way:
    """How a series is reported. Errors: `BadInput` when its periods are of unlike kinds, or a January stands beside a January–February."""
    kinds: dict[str, Period] = {}
    merged, alone = None, None
    for one in periods:
        kinds.setdefault(one.kind, one)
        if one.kind == "cumulative" and one.months == 2:
            merged = merged or one
        if isinstance(one, Month) and one.month <= 2:
            alone = alone or one
    if not kinds.keys() <= {"month", "cumulative", "quarter"}:
        odd = next(one for kind, one in kinds.items() if kind not in ("month", "cumulative", "quarter"))
        raise BadInput(f"{odd.code} is neither a month, January–February, a year to date nor a quarter")
    if kinds.keys() == {"quarter"}:
        return "quarter"
    if kinds.keys() == {"cumulative"}:
        return "cumulative"
    if kinds.keys() == {"month"}:
        return "month"
    if "quarter" in kinds:
        raise BadInput(
            f"{kinds['quarter'].code} stands beside {next(one for kind, one in kinds.items() if kind != 'quarter').code}: keep to one kind of period"
        )
    if alone is not None and merged is not None:
        raise BadInput(f"{alone.code} stands beside {merged.code}: a series has January and February either apart or together")
    return "merged"


def number_of(period: Period, way: Way) -> int:
    """The place of a period on its line; neighbours differ by one. Errors: `BadInput` when the period does not exist on that line.

    >>> number_of(JanFeb(2022), "merged") + 1 == number_of(Month(2022, 3), "merged")
    True
    """
    if way == "month" and isinstance(period, Month):
        return period.year * 12 + period.month - 1
    if way == "quarter" and isinstance(period, Quarter):
        return period.year * 4 + period.q - 1
    if way == "merged" and isinstance(period, Month) and period.month > 2:
        return period.year * 11 + period.month - 2
    if way == "merged" and period.kind == "cumulative" and period.months == 2:
        return period.start.year * 11
    if way == "cumulative" and period.kind == "cumulative":
        return period.start.year * 11 + period.months - 2
    raise BadInput(
        f"{period.code} cannot stand in this series: months of one year to date, or January–February and the months after it, are not mixed"
    )


def period_at(number: int, way: Way) -> Period:
    """The period at a place: the inverse of `number_of`."""
    if way == "month":
        return Month(number // 12, number % 12 + 1)
    if way == "quarter":
        return Quarter(number // 4, number % 4 + 1)
    year, at = divmod(number, 11)
    if at == 0:
        return JanFeb(year)
    return YearToDate(year, at + 2) if way == "cumulative" else Month(year, at + 2)


@dataclass(frozen=True, slots=True)
class Line:
    """A series on its line: values by place from `first` on, NaN for gaps; `total`, for years to date, is the newest total."""

    way: Way
    first: int
    values: tuple[float, ...]
    total: float = 0.0

    @property
    def season(self) -> int:
        """Places of a year."""
        return SEASONS[self.way]

    @property
    def last(self) -> int:
        """The place of the newest value."""
        return self.first + len(self.values) - 1


def line_of(points: Iterable[Point]) -> Line:
    """A series on its line. Years to date become the single months between them; across two bases, or over an absent total, the month is a gap.

    Errors: `BadInput` for a series without points, unlike periods, or a period twice.
    """
    known = list(points)
    if not known:
        raise BadInput("the series has no value")
    way = way_of(one.period for one in known)
    placed: dict[int, Point] = {}
    for one in known:
        place = number_of(one.period, way)
        if place in placed:
            raise BadInput(f"{one.period.code} stands there twice")
        placed[place] = one
    first, last = min(placed), max(placed)
    values = tuple(_value(place, placed, way) for place in range(first, last + 1))
    return Line(way, first, values, placed[last].value if way == "cumulative" else 0.0)


def _value(place: int, placed: dict[int, Point], way: Way) -> float:
    here = placed.get(place)
    if here is None:
        return float("nan")
    if way != "cumulative" or place % 11 == 0:
        return here.value
    before = placed.get(place - 1)
    if before is None or before.basis != here.basis:
        return float("nan")
    return here.value - before.value
