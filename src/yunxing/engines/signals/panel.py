"""Many monthly series as one table of numbers: rows are series, columns are periods. What the statistical detectors read; nothing here looks ahead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from yunxing.values.errors import BadInput, Fault
from yunxing.values.period import Month, parse_month

MONTHS_OF_YEAR = 12
FARTHEST = 100 * MONTHS_OF_YEAR  # months between the first and the last of one series: beyond it a year was mistyped


class Reading(NamedTuple):
    """One line of a file of series; `line` is where it stands (0: as many as come before it, under a head of one line)."""

    series: str
    month: str
    value: float
    line: int = 0


@dataclass(frozen=True, slots=True)
class Panel:
    """`values[i, j]` is series `names[i]` in the month `first[i] + j` (months counted from year 0); NaN where nothing was reported."""

    names: tuple[str, ...]
    first: tuple[int, ...]
    values: Any

    def month(self, row: int, column: int) -> str:
        """The code of a cell's month."""
        return month_code(self.first[row] + column)

    def on_calendar(self) -> Panel:
        """The same series with one calendar: all rows begin with the earliest month, NaN before their own first one."""
        import numpy as np

        begin = min(self.first)
        ends = [start + int(np.flatnonzero(np.isfinite(row)).max(initial=0)) for start, row in zip(self.first, self.values, strict=True)]
        table = np.full((len(self.names), max(ends) - begin + 1), np.nan)
        for index, (start, end) in enumerate(zip(self.first, ends, strict=True)):
            table[index, start - begin : end - begin + 1] = self.values[index, : end - start + 1]
        return Panel(self.names, (begin,) * len(self.names), table)


def month_number(month: Month) -> int:
    """Months since January of year 0."""
    return month.year * MONTHS_OF_YEAR + month.month - 1


def month_code(number: int) -> str:
    """The code of a counted month."""
    return f"{number // MONTHS_OF_YEAR:04d}-{number % MONTHS_OF_YEAR + 1:02d}"


def panel_of(readings: Iterable[Reading], place: str = "series") -> Panel:
    """The lines as a panel, series in the order of their first line.

    Errors: `BadInput` with every line whose month is no month, that stands twice, or lies more than a century from its series' first; or when there is none.
    """
    import numpy as np

    found: dict[str, dict[int, float]] = {}
    faults: list[Fault] = []
    for counted, one in enumerate(readings, start=2):
        number = one.line or counted
        try:
            at = month_number(parse_month(one.month))
        except BadInput:
            faults.append(Fault(place, f"line {number}, month", repr(one.month), "a month such as 2022-09"))
            continue
        mine = found.setdefault(one.series, {})
        if at in mine:
            faults.append(Fault(place, f"line {number}", f"{one.series} {one.month} a second time", "each month of a series once"))
        elif mine and abs(at - next(iter(mine))) > FARTHEST:
            faults.append(Fault(place, f"line {number}, month", repr(one.month), f"a month within a century of {one.series}'s first"))
        else:
            mine[at] = one.value
    if faults:
        raise BadInput.from_faults(faults)
    if not found:
        raise BadInput(f"{place}: found no lines, expected at least one of series, month and value.")
    first = tuple(min(mine) for mine in found.values())
    table = np.full((len(found), max(max(mine) - min(mine) for mine in found.values()) + 1), np.nan)
    for row, (start, mine) in enumerate(zip(first, found.values(), strict=True)):
        for at, value in mine.items():
            table[row, at - start] = value
    return Panel(tuple(found), first, table)


def panel_of_rows(rows: Mapping[str, Sequence[float | None]]) -> Panel:
    """A panel of series that all begin with one report, by name, oldest first; None where nothing was reported. Periods are counted from 0."""
    import numpy as np

    length = max((len(row) for row in rows.values()), default=0)
    table = np.full((len(rows), length), np.nan)
    for index, row in enumerate(rows.values()):
        table[index, : len(row)] = [np.nan if one is None else one for one in row]
    return Panel(tuple(rows), (0,) * len(rows), table)
