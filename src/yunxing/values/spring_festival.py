"""The day of Spring Festival (春节, the first day of the first lunar month) from 1930 to 2030, and how a stretch of days around it falls into months.

The dates are those of the official calendar (GB/T 33661-2017 from 2017 on), kept as days after 1 January; a test holds them against the moon's phases and the
official holiday notices. Years outside the table have no date: nothing is guessed.
"""

from __future__ import annotations

from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 1930, 2030
_DAYS_AFTER_NEW_YEAR = (
    28, 47, 36, 25, 44, 34, 23, 41, 30, 49, 38, 26, 45, 34, 24, 43, 31, 21, 40, 28, 47, 36, 26, 44, 33, 23, 42, 30, 48, 38, 27, 45, 35, 24, 43, 32,
    20, 39, 29, 47, 36, 26, 45, 33, 22, 41, 30, 48, 37, 27, 46, 35, 24, 43, 32, 50, 39, 28, 47, 36, 26, 45, 34, 22, 40, 30, 49, 37, 27, 46, 35, 23,
    42, 31, 21, 39, 28, 48, 37, 25, 44, 33, 22, 40, 30, 49, 38, 27, 46, 35, 24, 42, 31, 21, 40, 28, 47, 36, 25, 43, 33,
)  # fmt: skip


def spring_festival(year: int) -> date | None:
    """The day in that year; None outside the table.

    >>> spring_festival(2022)
    datetime.date(2022, 2, 1)
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return date(year, 1, 1) + timedelta(_DAYS_AFTER_NEW_YEAR[year - FIRST_YEAR])


def share_in_month(year: int, month: int, *, before: int = 0, after: int = 0) -> float:
    """The share of the days before, or from the festival on, that fall into a month: `before` days up to its eve, or `after` days from it. 0 outside the table.

    >>> share_in_month(2022, 1, before=20), share_in_month(2022, 2, after=20), round(share_in_month(2023, 1, after=20), 2)
    (1.0, 1.0, 0.5)
    """
    day = spring_festival(year)
    if day is None or month > 4 or before + after == 0:
        return 0.0
    days = [day - timedelta(back) for back in range(1, before + 1)] + [day + timedelta(on) for on in range(after)]
    return sum((one.year, one.month) == (year, month) for one in days) / len(days)
