"""Which periods a closing month looks at: its own, the reports before it in the year, the same ones a year before, and the history for trends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from yunxing.values.period import JanFeb, Month, Quarter, YearToDate


@dataclass(frozen=True, slots=True)
class Slot:
    """One report of a form: the codes of its cumulative and single period, of the report before it, and of the same report a year earlier.

    `before` is the cumulative code of the report before it in the same year (None for the first one, whose month equals its cumulative figure).
    `previous` is the single period that a month-on-month change compares with; None where no like one exists (March after January–February).
    `quarter` is the quarter that ends with the month, if one does, and `quarter_before` the cumulative code of the quarter before it in the year.
    """

    month: Month
    cumulative: str
    single: str
    before: str | None
    previous: str | None
    year_before: str
    end: date
    end_before: date
    quarter: str | None
    quarter_before: str | None

    @property
    def codes(self) -> tuple[str, ...]:
        """Every period code the report is computed from."""
        codes = (self.cumulative, self.single, self.before, self.previous, self.year_before, self.quarter_before)
        return tuple(code for code in codes if code)


def slot(month: Month, *, jan_feb: bool) -> Slot | None:
    """The report that closes with `month`; None for January where January and February are reported together.

    >>> slot(Month(2022, 3), jan_feb=True).before, slot(Month(2022, 3), jan_feb=True).previous, slot(Month(2022, 2), jan_feb=True).single
    ('2022-01..02', None, '2022-01..02')
    >>> slot(Month(2022, 1), jan_feb=True) is None
    True
    """
    if jan_feb and month.month == 1:
        return None
    first = month.month == (2 if jan_feb else 1)
    return Slot(
        month,
        cumulative_code(month),
        JanFeb(month.year).code if jan_feb and month.month == 2 else month.code,
        None if first else cumulative_code(month.previous()),
        None if jan_feb and month.month <= 3 else month.previous().code,
        cumulative_code(month.year_before()),
        month.end,
        month.year_before().end,
        Quarter(month.year, month.month // 3).code if month.month % 3 == 0 else None,
        cumulative_code(month.plus(-3)) if month.month % 3 == 0 and month.month > 3 else None,
    )


def slots(month: Month, *, jan_feb: bool, history: int) -> list[Slot]:
    """The closing report and up to `history` reports before it, newest first; empty when the month itself has no report."""
    found: list[Slot] = []
    at = month
    while len(found) <= history:
        one = slot(at, jan_feb=jan_feb)
        if one is None and not found:
            return []
        if one is not None:
            found.append(one)
        at = at.previous()
    return found


def cumulative_code(month: Month) -> str:
    """The code of January up to this month; January alone is the month itself.

    >>> cumulative_code(Month(2022, 9)), cumulative_code(Month(2022, 1))
    ('2022-01..09', '2022-01')
    """
    return month.code if month.month == 1 else YearToDate(month.year, month.month).code


def codes_read(month: Month, *, history: int = 12) -> list[str]:
    """Every period code that closing `month` may read: its reports and `history` before them, the same a year before each, and the days."""
    codes = {code for n in range(history + 14) for code in (month.plus(-n).code, cumulative_code(month.plus(-n)))}
    codes |= {
        code for one in slots(month, jan_feb=True, history=history) for code in one.codes
    }  # reaches further back by each January stepped over
    return sorted(codes | set(days_read(month)))


def days_read(month: Month, back: int = 45) -> list[str]:
    """The codes of the month's days and of `back` days before its end."""
    first = min(month.start, month.end - timedelta(days=back))
    return [(first + timedelta(days=n)).isoformat() for n in range((month.end - first).days + 1)]
