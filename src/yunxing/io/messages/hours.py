"""Quiet hours: when a message from outside the desk may reach a person. Pure; the calendar and the instant are passed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from yunxing.values.errors import BadInput
from yunxing.values.workdays import Calendar


@dataclass(frozen=True, slots=True)
class Hours:
    """Outside messages leave from `opens` (included) to `closes` (not included), local time, on working days only where `working_days` says so.

    >>> hours = Hours(time(8), time(21))
    >>> hours.next_open(datetime(2022, 9, 30, 22, 15), Calendar()).isoformat()  # a holiday week follows, and its make-up day
    '2022-10-08T08:00:00'
    """

    opens: time
    closes: time
    working_days: bool = True

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise BadInput(
                f"the hours of messages: found {self.opens:%H:%M} to {self.closes:%H:%M}, expected an opening before the closing on the same day"
            )

    def is_open(self, at: datetime, calendar: Calendar) -> bool:
        """Whether a message may leave at this local instant."""
        return self.opens <= at.timetz().replace(tzinfo=None) < self.closes and (not self.working_days or calendar.is_workday(at.date()))

    def next_open(self, at: datetime, calendar: Calendar) -> datetime:
        """The instant itself when it is open, else the next opening; in the zone of `at`."""
        if self.is_open(at, calendar):
            return at
        day = at.date() if at.timetz().replace(tzinfo=None) < self.opens else at.date() + timedelta(days=1)
        if self.working_days:
            day = calendar.next_workday(day)
        return datetime.combine(day, self.opens, at.tzinfo)
