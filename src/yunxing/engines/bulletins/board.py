"""What a bulletin may draw on: the closed month's indicator rows, the promises, the signals, the projects; and ranking over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from yunxing.engines.indicators.rows import NOT_REPORTED, Row, missing
from yunxing.values.period import Month, YearToDate
from yunxing.values.quantity import Comparator


def told(row: Row) -> Fraction | None:
    """The value a bulletin tells: a published rate (0.01 %) goes before a computed one; None when absent."""
    return row.value if row.published is None else Fraction(row.published, 100)


@dataclass(frozen=True, slots=True)
class Unit:
    """A reporting unit (county, district, city-run zone) in the order in which the city writes them."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Commitment:
    """A promise of the plan with its target, exact, in the indicator's unit."""

    id: str
    title: str
    indicator: str
    num: int
    den: int
    unit: str
    comparator: Comparator
    clause: str


@dataclass(frozen=True, slots=True)
class Signal:
    """One row of `signals.parquet`, as far as a bulletin tells it. `rows` are the indicator rows its words rest on."""

    id: str
    kind: str
    words: str
    owner: str
    deadline: str
    severity: int
    score: Fraction
    provisional: bool
    scope_kind: str
    scope: str
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """A key project as far as the list of those not started tells it; `started` is None while nobody reported."""

    party: str
    name: str
    unit: str
    planned_start: date | None
    started: bool | None
    preparatory: bool = False


@dataclass(frozen=True, slots=True)
class Revision:
    """A figure of an earlier month that was told otherwise then."""

    row: Row
    was: Row


@dataclass(frozen=True)
class Board:
    """Everything one bulletin is written from. `previous` holds the rows of the month closed before, when there is one; `as_of` is the day of the data."""

    month: Month
    rows: tuple[Row, ...]
    units: tuple[Unit, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    signals: tuple[Signal, ...] = ()
    projects: tuple[Project, ...] = ()
    previous: tuple[Row, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    industries: Mapping[str, str] = field(default_factory=dict)
    as_of: str = ""
    snapshot: str = ""
    synthetic: bool = False
    provisional: bool = False
    _index: dict[tuple[str, str, str, str], list[Row]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index: dict[tuple[str, str, str, str], list[Row]] = {}
        told = {row.id for row in self.rows}
        for row in (*self.rows, *(row for row in self.previous if row.id not in told)):
            index.setdefault((row.indicator, row.stat, row.period, row.scope_kind), []).append(row)
        object.__setattr__(self, "_index", index)

    def city(self, indicator: str, stat: str, *, back: int = 0) -> Row:
        """The city's row; a row that does not exist is told as not reported, never as 0. `back` counts months before."""
        return self._find(indicator, stat, "city", None, back)

    def quarter(self, indicator: str) -> tuple[Row, ...]:
        """The rows a quarter's sum is made of: the cumulative sum, and from the second quarter on that of three months before."""
        now = self.city(indicator, "cumulative")
        return (now,) if self.month.month <= 3 else (now, self.city(indicator, "cumulative", back=3))

    def unit(self, indicator: str, stat: str, code: str) -> Row:
        """A reporting unit's row, absent as above."""
        return self._find(indicator, stat, "unit", code, 0)

    def periods(self, stat: str, back: int = 0) -> tuple[str, ...]:
        """The period codes under which a statistic of this month may stand, the likelier first."""
        month = self.month.plus(-back)
        codes = [month.code]
        if month.month >= 2 and month.year == self.month.year:
            codes.append(YearToDate(month.year, month.month).code)
        return tuple(reversed(codes)) if stat.startswith("cumulative") else tuple(codes)

    def _find(self, indicator: str, stat: str, kind: str, code: str | None, back: int) -> Row:
        periods = self.periods(stat, back)
        for period in periods:
            for row in self._index.get((indicator, stat, period, kind), ()):
                if code is None or row.scope == code:
                    return row
        return missing(indicator, (kind, code or ""), periods[0], stat, "", NOT_REPORTED, "没有这一行")


def quarter_sum(parts: Sequence[Row]) -> Fraction:
    """The quarter's sum from `Board.quarter`; every part must have a value."""
    values = [told(row) or Fraction(0) for row in parts]
    return values[0] - sum(values[1:], Fraction(0))


def revisions(now: Iterable[Row], then: Sequence[Row]) -> tuple[Revision, ...]:
    """The figures of the month closed before whose value is another one today. A row that is not computed anew is not a revision."""
    today = {row.id: row for row in now}
    found = []
    for was in then:
        row = today.get(was.id)
        if row is not None and told(row) != told(was):
            found.append(Revision(row, was))
    return tuple(sorted(found, key=lambda revision: revision.row.id))
