"""The algebra of periods on one series: months out of cumulative figures and back, quarters, and what must stay undefined.

Cumulative and month are both kept as reported. A month that was not reported is the difference of two cumulative figures on one basis; across a restatement
it is undefined (`restated`), and both totals are shown. A series with an absent month has no derived cumulative figure from that month on: never a smaller sum.
Source: the reporting rules of industrial statistics (累计为主, 1—2月合并); a correction that arrives in the cumulative figure alone lands in the month, which
may then be negative: flagged, not refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from yunxing.values.errors import BadInput, BasisMismatch
from yunxing.values.period import JanFeb, Month, Period, Quarter, Year, YearToDate

RESTATED = "restated"
NOT_REPORTED = "not_reported"
TOLERANCE = Fraction(1, 200)  # 0.5 %: the reporting rules' habit; a form may set another


@dataclass(frozen=True, slots=True)
class Level:
    """A total: its period, exact value in the stored unit, and the basis (panel, definition, price) it stands on. `derived` says it was not reported itself."""

    period: Period
    value: int
    basis: str
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Absent:
    """No figure for a period, and why: `restated` between two bases (both totals are beside), or `not_reported`."""

    period: Period
    reason: str
    totals: tuple[Level, ...] = ()


def comparable(a: Period, b: Period) -> None:
    """Refuse (BasisMismatch) to compare unlike periods: a month with months to date, or months to date of different length.

    Month with month, quarter with quarter, year with year and day with day pass; so do January–m of any two years.
    """
    if a.kind != b.kind or (a.kind == "cumulative" and a.months != b.months):
        raise BasisMismatch(f"{a.code} and {b.code} are not alike: a period is compared with one of the same kind and length.")


def derived_month(month: Month) -> tuple[YearToDate | JanFeb, YearToDate | JanFeb]:
    """The two cumulative periods whose difference is the month: (with it, without it). January and February are refused (BadInput).

    >>> [p.code for p in derived_month(Month(2022, 3))]
    ['2022-01..03', '2022-01..02']
    """
    if month.month <= 2:
        raise BadInput(f"{month.code} cannot be derived: the first cumulative figure of a year is January–February.")
    return YearToDate(month.year, month.month), _cumulative(month.year, month.month - 1)


@dataclass(frozen=True)
class Series:
    """What one reporter reported of one item, period by period. `jan_feb` is the form's rule: January and February exist only together.

    Errors: `BadInput` when a period does not exist under the rule (it is refused, not filled), or stands there twice.
    """

    levels: tuple[Level, ...]
    jan_feb: bool = True
    _by: Mapping[Period, Level] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[Period, Level] = {}
        for level in self.levels:
            period = level.period
            if self.jan_feb and isinstance(period, Month) and period.month <= 2:
                raise BadInput(f"This series merges January and February: {period.code} does not exist, report {JanFeb(period.year).code}.")
            if period in found:
                raise BadInput(f"{period.code} stands there twice: {found[period].value} and {level.value}; keep the newest version.")
            found[period] = level
        object.__setattr__(self, "_by", found)

    def reported(self, period: Period) -> Level | None:
        """The figure as reported, None when there is none."""
        return self._by.get(period)

    def month(self, month: Month) -> Level | Absent:
        """The month: as reported, else derived. January and February of a merged series are refused (BadInput)."""
        if self.jan_feb and month.month <= 2:
            raise BadInput(f"This series merges January and February: {month.code} does not exist, ask for {JanFeb(month.year).code}.")
        if month in self._by:
            return self._by[month]
        if month.month == 1:
            return Absent(month, NOT_REPORTED)
        if month.month == 2:
            return self._difference(month, _cumulative(month.year, 2), Month(month.year, 1))
        return self._difference(month, *derived_month(month))

    def cumulative(self, year: int, last: int) -> Level | Absent:
        """January to `last`: as reported, else the sum of the months; absent from the first month that is absent or stands on another basis."""
        period: Period = Month(year, 1) if last == 1 else _cumulative(year, last)
        if period in self._by:
            return self._by[period]
        if self.jan_feb and last <= 2:
            return Absent(period, NOT_REPORTED)
        before = self.cumulative(year, last - 1) if last > 1 else None
        month = self._by.get(Month(year, last))
        if month is None:
            return Absent(period, NOT_REPORTED)
        if before is None:
            return Level(period, month.value, month.basis, derived=True)
        if isinstance(before, Absent):
            return Absent(period, before.reason, before.totals)
        if before.basis != month.basis:
            return Absent(period, RESTATED, (before, month))
        return Level(period, before.value + month.value, month.basis, derived=True)

    def quarter(self, quarter: Quarter) -> Level | Absent:
        """The quarter as a difference of cumulative figures; the first is January–March itself."""
        if quarter in self._by:
            return self._by[quarter]
        whole = self.cumulative(quarter.year, 3 * quarter.q)
        if quarter.q == 1:
            return Absent(quarter, whole.reason, whole.totals) if isinstance(whole, Absent) else _as(whole, quarter)
        return _minus(quarter, whole, self.cumulative(quarter.year, 3 * quarter.q - 3))

    def year(self, year: int) -> Level | Absent:
        """The whole year: January–December. A part of a year is never a year."""
        whole = self.cumulative(year, 12)
        return Absent(Year(year), whole.reason, whole.totals) if isinstance(whole, Absent) else _as(whole, Year(year))

    def disagreement(self, month: Month) -> Fraction | None:
        """By how much the reported month differs from the difference of the cumulative figures, as a share of the later one; None where one is missing."""
        if month.month <= 2 or month not in self._by:
            return None
        now, then = (self._by.get(one) for one in derived_month(month))
        if now is None or then is None or now.basis != then.basis:
            return None
        off = abs(now.value - then.value - self._by[month].value)
        return Fraction(off, abs(now.value)) if now.value else Fraction(0 if off == 0 else 1)

    def _difference(self, period: Period, whole: Period, part: Period) -> Level | Absent:
        now, then = self._by.get(whole), self._by.get(part)
        return _minus(period, now or Absent(whole, NOT_REPORTED), then or Absent(part, NOT_REPORTED))


def _minus(period: Period, whole: Level | Absent, part: Level | Absent) -> Level | Absent:
    for one in (whole, part):
        if isinstance(one, Absent):
            return Absent(period, one.reason, one.totals)
    assert isinstance(whole, Level)
    assert isinstance(part, Level)
    if whole.basis != part.basis:
        return Absent(period, RESTATED, (whole, part))
    return Level(period, whole.value - part.value, whole.basis, derived=True)


def _as(level: Level, period: Period) -> Level:
    return Level(period, level.value, level.basis, derived=True)


def _cumulative(year: int, last: int) -> YearToDate | JanFeb:
    return JanFeb(year) if last == 2 else YearToDate(year, last)


def negative_months(series: Series, year: int) -> tuple[Level, ...]:
    """The derived months of a year that came out negative: corrections of earlier months landed there. Flagged, never refused."""
    first = 3 if series.jan_feb else 1
    found = (series.month(Month(year, number)) for number in range(first, 13))
    return tuple(one for one in found if isinstance(one, Level) and one.derived and one.value < 0)
