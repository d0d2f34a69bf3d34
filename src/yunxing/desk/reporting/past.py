"""What the city already holds of a party, shown beside the boxes and used by the checks: last period, the same period last year, the year's range.

Only figures that were reported: no target, forecast or expected value stands beside an input (ecosystem 1.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from yunxing.engines.facts.cells import Cell
from yunxing.engines.facts.form import Column, Form
from yunxing.engines.facts.layout import FormPeriod, fact_period
from yunxing.io import tables
from yunxing.values.period import Day, Month

if TYPE_CHECKING:
    import polars as pl

HISTORY = 12
Place = tuple[str, str, str, str]  # item, role, as reported, period


@dataclass(frozen=True)
class Past:
    """The newest facts of one party in the period and the twelve months before it."""

    form: Form
    period: FormPeriod
    before: pl.DataFrame
    cells: Mapping[Place, Cell]

    def last_year(self, column: Column, day: date | None = None) -> Cell | None:
        """What was reported for the same period last year; of a restated column, the value it restates."""
        if day is not None:
            return self._at(column, Day(day).year_before().code)
        return self._at(column, fact_period(self.period.year_before(), column.as_reported))

    def last_period(self, column: Column, day: date | None = None) -> Cell | None:
        """What was reported for the period before: the month before, or the day before."""
        if day is not None:
            return self._at(column, date.fromordinal(day.toordinal() - 1).isoformat())
        earlier = _before(self.form, self.period)
        return self._at(column, fact_period(earlier, column.as_reported)) if earlier else None

    def last_total(self, column: Column) -> Cell | None:
        """The cumulative figure up to the period before, in the same year; None in the year's first period."""
        earlier = _before(self.form, self.period)
        if earlier is None or earlier.end.year != self.period.end.year:
            return None
        return self.cells.get((column.item.id, "value", "cumulative", fact_period(earlier, "cumulative")))

    def current(self, column: Column, day: date | None = None) -> Cell | None:
        """What stands in the facts for this very period."""
        period = day.isoformat() if day else fact_period(self.period, column.as_reported)
        return self.cells.get((column.item.id, column.role, column.as_reported, period))

    def range(self, column: Column) -> tuple[int, int] | None:
        """The lowest and highest figure of the twelve months before, in stored units; None without any."""
        found = [
            cell.value
            for (item, role, kind, period), cell in self.cells.items()
            if (item, role, kind) == (column.item.id, "value", column.as_reported) and cell.value is not None and period != self.period.code
        ]
        return (min(found), max(found)) if found else None

    def _at(self, column: Column, period: str) -> Cell | None:
        return self.cells.get((column.item.id, "value", column.as_reported, period))


def _before(form: Form, period: FormPeriod) -> FormPeriod | None:
    from yunxing.desk.reporting.asked import period_of

    back = -3 if form.cycle == "quarter" else -1
    return period_of(form, Month.of(period.start).plus(back).code)


def past_of(form: Form, period: FormPeriod, party: str) -> Past:
    """What is held of the party; read again when a batch of the form has come in or was taken back."""
    home = Path(settings.HOME)
    months = tables.months_before(tables.month_of(period.code), HISTORY)
    files = tuple(path.name for path in tables.batches(home, forms={form.id}, months=months))
    return _past(home, form, period, party, files)


@lru_cache(maxsize=256)
def _past(home: Path, form: Form, period: FormPeriod, party: str, _files: tuple[str, ...]) -> Past:
    from yunxing.engines.facts.check import look_back

    month = tables.month_of(period.code)
    facts = tables.facts_of_months(home, form.id, tables.months_before(month, HISTORY), party=party)
    earlier = facts.filter(tables.month_column() != month)
    cells = {
        (row["item"], row["role"], row["as_reported"], row["period"]): Cell(row["value"], row["words"], row["absence"])
        for row in facts.iter_rows(named=True)
    }
    return Past(form, period, look_back(earlier), cells)
