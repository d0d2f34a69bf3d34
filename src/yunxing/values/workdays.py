"""Working days (工作日) after the State Council's holiday notices, as known on a given day.

Counting starts the day after (民法典 art. 201); administrative limits are working days (行政许可法 art. 82). Each notice is dated, so a
calendar can be asked as it was known then: a deadline is judged by what was known, and a withdrawn make-up day changes only running clocks.
Where no notice reaches, Monday to Friday is taken and the answer is marked provisional (暂定); that is never an error.
"""

import datetime as dt
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from yunxing.values.errors import BadInput

Pause = tuple[dt.date, dt.date]
Int64 = npt.NDArray[np.int64]
_MARGIN_YEARS = 3  # how far beyond the notices the prepared tables reach; past them the weekday formula answers


@dataclass(frozen=True, slots=True)
class Notice:
    """One holiday notice: number, day of issue, the last year it settles, days off and make-up workdays, and whether it was checked.

    ``known_from`` is the day since when it is known here, where that is not the day of issue: a notice loaded late was not known before.
    """

    number: str
    issued: dt.date
    year: int
    off: frozenset[dt.date]
    work: frozenset[dt.date]
    checked: bool = False
    known_from: dt.date | None = None
    issuer: str = ""

    @property
    def known(self) -> dt.date:
        """Since when it is known: `known_from`, else the day of issue."""
        return self.known_from or self.issued


@dataclass(frozen=True, slots=True)
class DueDate:
    """A due day; ``provisional`` (暂定) while no notice reaches it yet."""

    date: dt.date
    provisional: bool


def _days(texts: Iterable[str]) -> frozenset[dt.date]:
    found: set[dt.date] = set()
    for text in texts:
        first, _, last = text.partition("..")
        start = dt.date.fromisoformat(first)
        end = dt.date.fromisoformat(last) if last else start
        found.update(start + dt.timedelta(days=i) for i in range((end - start).days + 1))
    return frozenset(found)


def parse_notices(text: str) -> tuple[Notice, ...]:
    """The notices of a TOML text shaped as ``data/workdays.toml``, oldest first; BadInput names what is wrong."""
    try:
        tables: list[dict[str, Any]] = tomllib.loads(text)["notice"]
        notices = [
            Notice(
                t["number"],
                t["issued"],
                t["year"],
                _days(t["off"]),
                _days(t["work"]),
                t.get("checked", False),
                t.get("known_from"),
                t.get("issuer", ""),
            )
            for t in tables
        ]
    except (tomllib.TOMLDecodeError, KeyError, ValueError, AttributeError, TypeError) as error:
        raise BadInput(f"The holiday notices cannot be read: {error}. Each [[notice]] needs number, issued, year, off, work.") from error
    for notice in notices:
        both = notice.off & notice.work
        if both:
            raise BadInput(f"{notice.number} names {min(both)} both as a day off and as a workday.")
        strange = [day for day in notice.off | notice.work if not notice.year - 1 <= day.year <= notice.year]
        if strange:
            raise BadInput(
                f"{notice.number} settles {notice.year} and names {min(strange)}, which lies in neither that year nor the one before."
            )
    return tuple(sorted(notices, key=lambda n: n.issued))


@lru_cache(maxsize=1)
def built_in_notices() -> tuple[Notice, ...]:
    """The notices that come with the product, 2020 to 2026."""
    return parse_notices((files("yunxing.values") / "data" / "workdays.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Calendar:
    """Working days as known at the end of ``known_on``; None means with every notice at hand.

    >>> calendar = Calendar(dt.date(2022, 5, 27))
    >>> calendar.add(dt.date(2022, 4, 29), 20)
    DueDate(date=datetime.date(2022, 5, 31), provisional=False)
    """

    known_on: dt.date | None = None
    notices: tuple[Notice, ...] | None = None

    @cached_property
    def in_force(self) -> tuple[Notice, ...]:
        """The notices known on that day, oldest first."""
        given = built_in_notices() if self.notices is None else self.notices
        return tuple(sorted((n for n in given if self.known_on is None or n.known <= self.known_on), key=lambda n: (n.known, n.issued)))

    @cached_property
    def _changed(self) -> dict[dt.date, bool]:
        days: dict[dt.date, bool] = {}
        for notice in self.in_force:
            days.update(dict.fromkeys(notice.off, False))
            days.update(dict.fromkeys(notice.work, True))
        return days

    @cached_property
    def _corrections(self) -> tuple[list[int], list[int]]:
        """Ordinals of the days that differ from Monday–Friday, and the running sum of the differences before each of them."""
        differ = sorted((day.toordinal(), 1 if works else -1) for day, works in self._changed.items() if works != (day.weekday() < 5))
        sums = [0]
        for _, step in differ:
            sums.append(sums[-1] + step)
        return [ordinal for ordinal, _ in differ], sums

    @cached_property
    def _settled(self) -> tuple[dt.date, dt.date] | None:
        years = [notice.year for notice in self.in_force]
        return (dt.date(min(years), 1, 1), dt.date(max(years), 12, 31)) if years else None

    @cached_property
    def _table(self) -> tuple[int, Int64, Int64]:
        """First ordinal, working days up to each ordinal from it on, and the ordinals of the working days themselves."""
        first, last = self._settled or (dt.date(2020, 1, 1), dt.date(2020, 12, 31))
        low = dt.date(first.year - _MARGIN_YEARS, 1, 1).toordinal()
        high = dt.date(last.year + _MARGIN_YEARS, 12, 31).toordinal()
        ordinals = np.arange(low, high + 1, dtype=np.int64)
        works = (ordinals - 1) % 7 < 5
        for day, value in self._changed.items():
            works[day.toordinal() - low] = value
        return low, np.cumsum(works, dtype=np.int64), ordinals[works]

    def _up_to(self, ordinal: int) -> int:
        """How many working days lie in 1..ordinal: the weekday formula plus the corrections (ordinal 1 is a Monday)."""
        weeks, days = divmod(ordinal, 7)
        differ, sums = self._corrections
        return 5 * weeks + min(days, 5) + sums[bisect_left(differ, ordinal + 1)]

    def worked_up_to(self, day: dt.date) -> int:
        """How many working days there are from 0001-01-01 to ``day``, both included; the difference of two such numbers counts a span."""
        return self._up_to(day.toordinal())

    def workday_numbered(self, number: int) -> dt.date:
        """The working day up to which ``number`` working days are counted by `worked_up_to`; a number under 1 is BadInput.

        >>> calendar = Calendar()
        >>> calendar.workday_numbered(calendar.worked_up_to(dt.date(2022, 10, 9)))
        datetime.date(2022, 10, 9)
        """
        if number < 1:
            raise BadInput(f"There is no working day number {number}; they are counted from 1.")
        low, _, workdays = self._table
        place = number - self._up_to(low - 1) - 1
        if 0 <= place < len(workdays):
            return dt.date.fromordinal(int(workdays[place]))
        span = range(number, number * 3 // 2 + 400)  # five days in seven are worked, and all notices together withdraw far fewer than 100
        return dt.date.fromordinal(span[bisect_left(span, number, key=self._up_to)])

    def add_many(self, starts: Int64, counts: Int64) -> Int64:
        """`add` for arrays: proleptic ordinals of the starts (``date.toordinal``), how many working days each, the ordinals of the due days.

        One look-up in the prepared tables for all; what lies outside them goes day by day through `add`. A negative count is BadInput.
        """
        counts = np.broadcast_to(np.asarray(counts, np.int64), np.shape(starts))
        if counts.size and int(counts.min()) < 0:
            raise BadInput(f"{int(counts.min())} working days cannot be added; a limit is zero or more.")
        low, upto, workdays = self._table
        at = np.asarray(starts, np.int64) - low
        inside = (at >= 0) & (at < len(upto))
        place = np.where(inside, upto[np.where(inside, at, 0)] + counts - 1, -1)
        inside &= place < len(workdays)
        due = np.where(counts == 0, starts, workdays[np.where(inside & (counts > 0), place, 0)])
        for index in np.flatnonzero(~inside & (counts > 0)):
            due[index] = self.add(dt.date.fromordinal(int(starts[index])), int(counts[index])).date.toordinal()
        return due

    def is_workday(self, day: dt.date) -> bool:
        """Whether the day is worked: by the latest notice that names it, else Monday to Friday."""
        return self._changed.get(day, day.weekday() < 5)

    def provisional(self, day: dt.date) -> bool:
        """Whether no notice known then settles the day's year (暂定): after the last, or before the first."""
        return self._settled is None or not self._settled[0] <= day <= self._settled[1]

    def add(self, start: dt.date, n: int) -> DueDate:
        """The n-th working day strictly after ``start``; ``start`` itself for 0. A negative n is BadInput.

        >>> Calendar().add(dt.date(2022, 9, 28), 5).date
        datetime.date(2022, 10, 10)
        """
        if n < 0:
            raise BadInput(f"{n} working days cannot be added; a limit is zero or more.")
        if n == 0:
            return DueDate(start, self.provisional(start))
        low, upto, workdays = self._table
        at = start.toordinal() - low
        if 0 <= at < len(upto) and (place := int(upto[at]) + n - 1) < len(workdays):
            day = dt.date.fromordinal(int(workdays[place]))
        else:
            day = dt.date.fromordinal(self._search(start.toordinal(), n))
        return DueDate(day, self.provisional(day))

    def _search(self, start: int, n: int) -> int:
        wanted = self._up_to(start) + n
        span = range(start, start + 2 * n + 60)  # five days in seven are worked, and no notice gives sixty days off
        return span[bisect_left(span, wanted, key=self._up_to)]

    def between(self, a: dt.date, b: dt.date, pauses: Sequence[Pause] = ()) -> int:
        """The working days d with a < d ≤ b that lie in no pause [p, r): the day of pausing is not counted, the day of resuming is.

        When b lies before a, the days back as a negative number. A pause whose end lies before its start is BadInput.

        >>> Calendar().between(dt.date(2022, 6, 1), dt.date(2022, 7, 8), [(dt.date(2022, 6, 13), dt.date(2022, 6, 20))])
        21
        """
        if b < a:
            return -self.between(b, a, pauses)
        total = self._up_to(b.toordinal()) - self._up_to(a.toordinal())
        first, last = a.toordinal() + 1, b.toordinal() + 1
        for start, end in sorted((p.toordinal(), r.toordinal()) for p, r in pauses):
            if end < start:
                raise BadInput(f"A pause ends on {dt.date.fromordinal(end)}, before it starts on {dt.date.fromordinal(start)}.")
            low, high = max(start, first), min(end, last)
            if low < high:
                total -= self._up_to(high - 1) - self._up_to(low - 1)
                first = high
        return total

    def next_workday(self, day: dt.date) -> dt.date:
        """The day itself if it is worked, else the next that is: where a limit in calendar days ends (民法典 art. 203)."""
        return day if self.is_workday(day) else self.add(day, 1).date
