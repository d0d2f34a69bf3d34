"""Periods of statistics: months, January–February, cumulative months, quarters, years, days.

Spring Festival moves between January and February, so most industrial series publish the two together (1—2月合并): there is
a ``JanFeb`` and no month before March. Like is compared with like only; what cannot be compared is refused, never guessed.
Source: the reporting system of industrial statistics.
"""

import calendar
import datetime as dt
import re
from dataclasses import dataclass, replace
from functools import total_ordering
from typing import ClassVar, Literal, Self

from yunxing.values.errors import BadInput

Language = Literal["zh", "en"]
_EPOCH = dt.date(1970, 1, 1).toordinal()
FIRST_YEAR, LAST_YEAR, _QUARTER_ZH = 1900, 2199, "一二三四"


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadInput(f"The year {year} is not between {FIRST_YEAR} and {LAST_YEAR}.")


def _check_month(month: int, first: int = 1) -> None:
    if not first <= month <= 12:
        raise BadInput(f"The month {month} is not between {first} and 12.")


def _span(year: int, first: int, last: int) -> tuple[dt.date, dt.date]:
    return dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1])


@total_ordering
class Period:
    """What all periods share: first and last day, a code, a label, an order within their own kind.

    Two periods of different ``kind`` are never equal and cannot be ordered (TypeError); sort a mixed series with ``chronological``.
    """

    __slots__ = ()
    kind: ClassVar[str]

    @property
    def _key(self) -> tuple[int, ...]:
        raise NotImplementedError

    def _bounds(self) -> tuple[dt.date, dt.date]:
        raise NotImplementedError

    def _words(self, language: Language) -> str:
        raise NotImplementedError

    @property
    def code(self) -> str:
        """The text that ``parse_period`` reads back."""
        raise NotImplementedError

    def year_before(self) -> Self:
        """The same period of the year before (上年同期)."""
        raise NotImplementedError

    @property
    def start(self) -> dt.date:
        """The first day."""
        return self._bounds()[0]

    @property
    def end(self) -> dt.date:
        """The last day, included."""
        return self._bounds()[1]

    @property
    def months(self) -> int:
        """How many whole months it holds; 0 for a day."""
        start, end = self._bounds()
        return 0 if self.kind == "day" else end.month - start.month + 1

    def label(self, language: Language = "zh") -> str:
        """The words of a page or a document."""
        return self._words(language)

    def __str__(self) -> str:
        return self.code

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Period) and self.kind == other.kind and self._key == other._key

    def __hash__(self) -> int:
        return hash((self.kind, self._key))

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Period) or self.kind != other.kind:
            return NotImplemented
        return self._key < other._key


@dataclass(frozen=True, slots=True, eq=False)
class _InYear(Period):
    year: int

    def year_before(self) -> Self:
        return replace(self, year=self.year - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Month(_InYear):
    """One calendar month; code ``2022-09``. A year outside 1900–2199 or a month outside 1–12 is BadInput, here as in every period.

    >>> Month(2022, 12).next(), Month(2022, 9).label("zh"), Month(2022, 9).label("en")
    (Month(year=2023, month=1), '2022年9月', 'September 2022')
    """

    month: int
    kind: ClassVar[str] = "month"

    def __post_init__(self) -> None:
        _check_year(self.year)
        _check_month(self.month)

    @classmethod
    def of(cls, day: dt.date) -> Self:
        """The month a day lies in."""
        return cls(day.year, day.month)

    @property
    def _key(self) -> tuple[int, ...]:
        return (self.year, self.month)

    def _bounds(self) -> tuple[dt.date, dt.date]:
        return _span(self.year, self.month, self.month)

    def _words(self, language: Language) -> str:
        return f"{self.year}年{self.month}月" if language == "zh" else f"{calendar.month_name[self.month]} {self.year}"

    @property
    def code(self) -> str:
        """``2022-09``."""
        return f"{self.year:04d}-{self.month:02d}"

    def plus(self, n: int) -> "Month":
        """The month ``n`` months later (earlier when negative)."""
        year, month = divmod(self.year * 12 + self.month - 1 + n, 12)
        return Month(year, month + 1)

    def next(self) -> "Month":
        """The month after."""
        return self.plus(1)

    def previous(self) -> "Month":
        """The month before."""
        return self.plus(-1)


class _Cumulative(_InYear):
    """January to some month. The two classes below share kind, key, hash and equality."""

    __slots__ = ()
    kind: ClassVar[str] = "cumulative"

    @property
    def _last(self) -> int:
        raise NotImplementedError

    @property
    def _key(self) -> tuple[int, ...]:
        return (self.year, self._last)

    def _bounds(self) -> tuple[dt.date, dt.date]:
        return _span(self.year, 1, self._last)

    def _words(self, language: Language) -> str:
        return f"{self.year}年1—{self._last}月" if language == "zh" else f"January–{calendar.month_name[self._last]} {self.year}"

    @property
    def code(self) -> str:
        return f"{self.year:04d}-01..{self._last:02d}"


@dataclass(frozen=True, slots=True, eq=False)
class YearToDate(_Cumulative):
    """January up to and including ``month`` (累计), ``month`` ≥ 2; code ``2022-01..09``. ``YearToDate(y, 2)`` equals ``JanFeb(y)``.

    >>> YearToDate(2022, 9).label("zh"), YearToDate(2022, 9).label("en"), YearToDate(2022, 2) == JanFeb(2022)
    ('2022年1—9月', 'January–September 2022', True)
    """

    month: int

    def __post_init__(self) -> None:
        _check_year(self.year)
        _check_month(self.month, first=2)

    @property
    def _last(self) -> int:
        return self.month


@dataclass(frozen=True, slots=True, eq=False)
class JanFeb(_Cumulative):
    """January and February together (1—2月), the first report of a year; equal to ``YearToDate(year, 2)``, also as a key.

    >>> JanFeb(2022).code, JanFeb(2022).label("zh"), {JanFeb(2022): 1}[YearToDate(2022, 2)]
    ('2022-01..02', '2022年1—2月', 1)
    """

    def __post_init__(self) -> None:
        _check_year(self.year)

    @property
    def _last(self) -> int:
        return 2

    @property
    def month(self) -> int:
        """Its last month, 2."""
        return 2


@dataclass(frozen=True, slots=True, eq=False)
class Quarter(_InYear):
    """One quarter, ``q`` from 1 to 4; code ``2022Q3``.

    >>> Quarter(2022, 3).label("zh"), Quarter(2022, 3).end.isoformat()
    ('2022年第三季度', '2022-09-30')
    """

    q: int
    kind: ClassVar[str] = "quarter"

    def __post_init__(self) -> None:
        _check_year(self.year)
        if not 1 <= self.q <= 4:
            raise BadInput(f"The quarter {self.q} is not between 1 and 4.")

    @property
    def _key(self) -> tuple[int, ...]:
        return (self.year, self.q)

    def _bounds(self) -> tuple[dt.date, dt.date]:
        return _span(self.year, 3 * self.q - 2, 3 * self.q)

    def _words(self, language: Language) -> str:
        return f"{self.year}年第{_QUARTER_ZH[self.q - 1]}季度" if language == "zh" else f"Q{self.q} {self.year}"

    @property
    def code(self) -> str:
        """``2022Q3``."""
        return f"{self.year:04d}Q{self.q}"


@dataclass(frozen=True, slots=True, eq=False)
class Year(_InYear):
    """One whole calendar year, code ``2022``; never equal to nor compared with months to date.

    >>> Year(2022).label("zh"), Year(2022).year_before().code
    ('2022年', '2021')
    """

    kind: ClassVar[str] = "year"

    def __post_init__(self) -> None:
        _check_year(self.year)

    @property
    def _key(self) -> tuple[int, ...]:
        return (self.year,)

    def _bounds(self) -> tuple[dt.date, dt.date]:
        return _span(self.year, 1, 12)

    def _words(self, language: Language) -> str:
        return f"{self.year}年" if language == "zh" else str(self.year)

    @property
    def code(self) -> str:
        """``2022``."""
        return f"{self.year:04d}"


@dataclass(frozen=True, slots=True, eq=False)
class Day(Period):
    """One day, for daily reports such as coal stocks; code ``2022-09-30``. The year before 29 February is 28 February.

    >>> Day(dt.date(2024, 2, 29)).year_before().code
    '2023-02-28'
    """

    date: dt.date
    kind: ClassVar[str] = "day"

    def __post_init__(self) -> None:
        _check_year(self.date.year)

    @property
    def _key(self) -> tuple[int, ...]:
        return (self.date.toordinal(),)

    def _bounds(self) -> tuple[dt.date, dt.date]:
        return self.date, self.date

    def _words(self, language: Language) -> str:
        day = self.date
        return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day.day} {calendar.month_name[day.month]} {day.year}"

    @property
    def code(self) -> str:
        """``2022-09-30``."""
        return self.date.isoformat()

    def year_before(self) -> Self:
        """The same day of the year before; 28 February for 29 February."""
        day = self.date
        last = calendar.monthrange(day.year - 1, day.month)[1]
        return replace(self, date=day.replace(year=day.year - 1, day=min(day.day, last)))


_SHAPE = re.compile(r"(?P<y>\d{4})(?:-(?P<m>\d{2})|-01\.\.(?P<last>\d{2})|Q(?P<q>\d)|-(?P<dm>\d{2})-(?P<dd>\d{2}))?", re.ASCII)


def parse_period(code: str) -> Period:
    """The period a code stands for; the inverse of ``.code``. Anything else is BadInput with the shapes that are known.

    >>> parse_period("2022-01..09"), parse_period("2022-01..02"), parse_period("2022Q3")
    (YearToDate(year=2022, month=9), JanFeb(year=2022), Quarter(year=2022, q=3))
    """
    found = _SHAPE.fullmatch(code)
    if found is None:
        raise BadInput(f"“{code}” is no period; write 2022-09, 2022-01..09, 2022-01..02, 2022Q3, 2022 or 2022-09-30.")
    year = int(found["y"])
    if found["m"]:
        return Month(year, int(found["m"]))
    if found["last"]:
        return JanFeb(year) if found["last"] == "02" else YearToDate(year, int(found["last"]))
    if found["q"]:
        return Quarter(year, int(found["q"]))
    if found["dd"]:
        try:
            return Day(dt.date(year, int(found["dm"]), int(found["dd"])))
        except ValueError as error:
            raise BadInput(f"“{code}” is no day of the calendar.") from error
    return Year(year)


def day_number(day: dt.date) -> int:
    """Days since 1970-01-01: the whole number by which tables and rules keep a day.

    >>> day_number(dt.date(2022, 9, 30)), day_of(19265).isoformat()
    (19265, '2022-09-30')
    """
    return day.toordinal() - _EPOCH


def day_of(number: int) -> dt.date:
    """The day of a `day_number`."""
    return dt.date.fromordinal(number + _EPOCH)


def chronological(period: Period) -> tuple[dt.date, dt.date]:
    """A sort key for periods of mixed kinds: by last day, then by first day."""
    return period.end, period.start
