"""Office hours (办公时间) and working time: instants counted in seconds at work, on top of the working-day calendar.

Where there are business hours a limit ends when they end (民法典 art. 203). What arrives after closing or on a rest day counts from the next
working day or from the day itself: which of the two is data of the plan.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from yunxing.values.errors import BadInput
from yunxing.values.workdays import Calendar

BEIJING = ZoneInfo("Asia/Shanghai")
_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
DAY = 86_400


@dataclass(frozen=True)
class OfficeHours:
    """The hours of a working day as spans of seconds after midnight, in order and apart. `receipt_next_day`: late arrivals count from the next working day.

    >>> hours = OfficeHours.parse(["8:30-12:00", "13:30-17:30"])
    >>> hours.seconds // 60, hours.text
    (450, '08:30-12:00 13:30-17:30')
    """

    spans: tuple[tuple[int, int], ...] = ((0, DAY),)
    receipt_next_day: bool = True

    def __post_init__(self) -> None:
        edges = [edge for span in self.spans for edge in span]
        if not edges or edges != sorted(set(edges)) or edges[0] < 0 or edges[-1] > DAY:
            raise BadInput(f"office hours: found {self.text or 'no span'}, expected spans in order that do not touch, within one day.")

    @classmethod
    def parse(cls, texts: list[str] | tuple[str, ...], *, receipt_next_day: bool = True) -> OfficeHours:
        """The hours written as `8:30-12:00`; `BadInput` names the text that is none."""
        spans = []
        for text in texts:
            found = _SPAN.fullmatch(text.strip())
            if found is None or int(found[2]) > 59 or int(found[4]) > 59:
                raise BadInput(f"office hours: found {text!r}, expected a span such as 08:30-12:00.")
            spans.append((int(found[1]) * 3600 + int(found[2]) * 60, int(found[3]) * 3600 + int(found[4]) * 60))
        return cls(tuple(spans), receipt_next_day)

    @property
    def text(self) -> str:
        """The spans as people write them."""
        return " ".join(f"{a // 3600:02d}:{a % 3600 // 60:02d}-{b // 3600:02d}:{b % 3600 // 60:02d}" for a, b in self.spans)

    @property
    def texts(self) -> list[str]:
        """The spans one by one, as `parse` reads them."""
        return self.text.split()

    @cached_property
    def seconds(self) -> int:
        """Seconds at work in one working day."""
        return sum(b - a for a, b in self.spans)

    @property
    def closing(self) -> int:
        """When the day closes, in seconds after midnight."""
        return self.spans[-1][1]

    def worked(self, second: int) -> int:
        """Seconds at work from midnight to this second of a working day."""
        return sum(min(max(second - a, 0), b - a) for a, b in self.spans)

    def second_of(self, worked: int) -> int:
        """The second of the day at which so many seconds (1 to `seconds`) have been worked: the end of a span rather than the start of the next."""
        for a, b in self.spans:
            if worked <= b - a:
                return a + worked
            worked -= b - a
        return self.closing


ROUND_THE_CLOCK = OfficeHours()
"""A day without hours: it ends at midnight."""


@dataclass(frozen=True)
class WorkingTime:
    """Working days and office hours together. Instants carry a zone and are counted in whole seconds of Beijing time.

    >>> time = WorkingTime(Calendar(), OfficeHours.parse(["8:30-12:00", "13:30-17:30"]))
    >>> friday = dt.datetime(2022, 9, 30, 16, 30, tzinfo=BEIJING)
    >>> time.after(friday, 4 * 3600).isoformat(" ", "minutes")
    '2022-10-08 11:30+08:00'
    >>> time.between(friday, time.after(friday, 4 * 3600)) // 3600
    4
    """

    calendar: Calendar
    hours: OfficeHours = ROUND_THE_CLOCK

    def position(self, at: dt.datetime) -> int:
        """Seconds at work since the beginning of time up to `at`."""
        day, second = local(at)
        before = self.calendar.worked_up_to(day - dt.timedelta(days=1)) * self.hours.seconds
        return before + (self.hours.worked(second) if self.calendar.is_workday(day) else 0)

    def between(self, a: dt.datetime, b: dt.datetime) -> int:
        """Seconds at work in (a, b]; negative when b lies before a."""
        return self.position(b) - self.position(a)

    def at_position(self, position: int) -> dt.datetime:
        """The earliest instant at which so many seconds have been worked: a full day is its closing, not the next opening."""
        whole, rest = divmod(position, self.hours.seconds)
        number, worked = (whole, self.hours.seconds) if rest == 0 else (whole + 1, rest)
        return instant(self.calendar.workday_numbered(number), self.hours.second_of(worked))

    def after(self, at: dt.datetime, seconds: int) -> dt.datetime:
        """The instant so many seconds at work later (earlier, when negative). Zero is `at` itself."""
        return self.at_position(self.position(at) + seconds) if seconds else at.astimezone(BEIJING)

    def closing(self, day: dt.date) -> dt.datetime:
        """The end of the office hours of a day."""
        return instant(day, self.hours.closing)

    def receipt_day(self, at: dt.datetime) -> dt.date:
        """The day something counts as received: `at`'s own day, or the next working day after closing and on rest days, where the plan says so."""
        day, second = local(at)
        if not self.hours.receipt_next_day:
            return day
        if not self.calendar.is_workday(day):
            return self.calendar.next_workday(day)
        return self.calendar.add(day, 1).date if second > self.hours.closing else day


def local(at: dt.datetime) -> tuple[dt.date, int]:
    """The Beijing day of an instant and its second of that day; an instant without zone is `BadInput`."""
    if at.tzinfo is None:
        raise BadInput(f"The instant {at} has no time zone; working time is counted in Beijing time and must know which instant is meant.")
    here = at.astimezone(BEIJING)
    return here.date(), here.hour * 3600 + here.minute * 60 + here.second


def instant(day: dt.date, second: int) -> dt.datetime:
    """The instant of a Beijing day and its second; second 86400 is the next midnight."""
    return dt.datetime.combine(day, dt.time(), BEIJING) + dt.timedelta(seconds=second)
