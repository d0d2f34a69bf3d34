"""When a public body's or a large firm's payment to an SME is due (国务院令第728号; for large firms 第802号 from 2025-06-01).

Thirty days after delivery; a contract may say up to sixty. A last day that is a statutory rest day moves to the next working day.
"""

from __future__ import annotations

import datetime as dt

from yunxing.values.workdays import Calendar

DEFAULT_DAYS, LONGEST_DAYS = 30, 60


def due_on(calendar: Calendar, delivered: dt.date, term_days: int | None) -> dt.date:
    """The last day on which payment is in time; a term beyond sixty days counts as sixty, no term as thirty.

    >>> due_on(Calendar(), dt.date(2022, 6, 1), 60)
    datetime.date(2022, 8, 1)
    """
    days = DEFAULT_DAYS if term_days is None else min(term_days, LONGEST_DAYS)
    return calendar.next_workday(delivered + dt.timedelta(days=days))


def overdue_days(calendar: Calendar, delivered: dt.date, term_days: int | None, on: dt.date) -> int:
    """Calendar days past the due day; 0 while in time."""
    return max(0, (on - due_on(calendar, delivered, term_days)).days)
