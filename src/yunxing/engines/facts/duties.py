"""Who owes which report for which period, and until when: the calendar of reporting.

A due day of a form is a day of the following month, moved to the next working day (monitoring design 2.7). Past the last holiday notice the day is
provisional (暂定), never an error. A newcomer of a roster is due from the month in which it enters; who left before the period's end owes nothing for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Protocol

from yunxing.engines.facts.form import Form
from yunxing.engines.facts.layout import FormPeriod
from yunxing.values.workdays import Calendar

Light = Literal["none", "green", "amber", "red"]
SOON = 1  # working days left at which a clock turns amber


@dataclass(frozen=True, slots=True)
class DueDays:
    """The last days, all of the day included, for the reporter, the county's review and the city; `provisional`: some of them no notice settles yet."""

    reporter: date
    county: date
    city: date
    provisional: bool


def due_days(form: Form, period: FormPeriod, calendar: Calendar) -> DueDays:
    """The form's due days after the period, each on a working day.

    >>> from yunxing.values.period import Month
    >>> str(calendar_day(Calendar(), Month(2022, 9).end, 5))
    '2022-10-08'
    """
    reporter, county, city = (calendar_day(calendar, period.end, day) for day in (form.due.reporter, form.due.county, form.due.city))
    return DueDays(reporter, county, city, any(calendar.provisional(day) for day in (reporter, county, city)))


def calendar_day(calendar: Calendar, end: date, day: int) -> date:
    """The `day` of the month after `end`, or the next working day."""
    return calendar.next_workday((end + timedelta(days=1)).replace(day=day))


class Registered(Protocol):
    """What a duty needs to know of a party: `engines.registry.parties.Party` fits."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def unit(self) -> str: ...  # noqa: D102
    @property
    def industry(self) -> str: ...  # noqa: D102
    def valid_on(self, day: date) -> bool: ...  # noqa: D102


def owed(
    form: Form, period: FormPeriod, parties: Iterable[Registered], members: Collection[str], units: Mapping[str, str]
) -> list[tuple[str, str, str, str]]:
    """Those who owe the form for the period, in the order of their ids: (party, name, reporting unit, industry).

    `members`: who is on the form's roster on the period's last day; they owe it. A form that one office sends for the whole city (`sender`) is
    owed by that office, under its own code and of no unit. A form about reporting units is owed by every unit. An event form is filled when
    something happened, and published series are fetched, so nobody owes them.
    """
    if form.cycle == "event" or all(item.origin == "public" for item in form.items):
        return []
    if form.sender:
        return [(form.sender, form.sender, "", "")]
    if form.subject == "unit" and not form.roster:
        return [(code, name, code, "") for code, name in sorted(units.items())]
    due = [one for one in parties if one.id in members and one.valid_on(period.end)]
    return [(one.id, one.name, one.unit, one.industry) for one in sorted(due, key=lambda one: one.id)]


@dataclass(frozen=True, slots=True)
class Clock:
    """How a due day stands on another day. `left` working days remain (negative: so many are past); `counted` lists the days off that were skipped."""

    due: date
    left: int
    light: Light
    skipped: tuple[date, ...]
    provisional: bool


def clock(due: date, today: date, calendar: Calendar, *, done: bool = False) -> Clock:
    """The clock of a due day: red once the day has passed, amber on the last working days, green before; none once the matter is done."""
    left = calendar.between(today, due)
    if done:
        light: Light = "none"
    elif today > due:
        light, left = "red", min(left, -1)
    else:
        light = "amber" if left <= SOON else "green"
    first, last = sorted((today, due))
    between = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return Clock(due, left, light, tuple(day for day in between if not calendar.is_workday(day)), calendar.provisional(due))
