"""Which workbooks are sent when: one for each unit, form and month, and the supplements that late rows and corrections need.

Times are the moment the platform received the workbook (UTC). Due days are those of the forms, moved to working days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from yunxing.city.chance import stream
from yunxing.city.events import FirmEvent
from yunxing.city.make import City
from yunxing.values.period import Month
from yunxing.values.workdays import Calendar

BEIJING = timedelta(hours=8)
REPORTER_DAY, CITY_DAY = 5, 10  # of the following month
PLANTED_CORRECTION_DAY = 25  # after a month is usually closed: the correction becomes a revision
FORMS = ("enterprise_month", "project_month", "coal_day", "port_month", "growth_point_month", "listing_month")
HISTORY = "history"  # folder of the archives
JAN_FEB = ("enterprise_month", "project_month", "port_month")


@dataclass(frozen=True, slots=True)
class Parcel:
    """One workbook: number 0 is the month's own; the others hold the rows of `firms` alone, late or corrected."""

    form: str
    unit: int
    month: Month
    number: int
    received: datetime
    firms: tuple[int, ...] = ()
    late: bool = False
    packed: bool = False
    sender: str = ""

    def code(self, city: City) -> str:
        """Who sends it: the reporting unit's code, or the office that sends for the whole city."""
        return self.sender or city.settings.units[self.unit].code

    def file(self, city: City) -> str:
        """The path inside the output folder; the name says that the workbook is synthetic, and is given once in all months.

        A packed workbook lies in the archive of its unit and form, as the import names it: `history/….zip/….xlsx`.
        """
        tail = f"_supplement{self.number}" if self.number else ""
        mark = f"SYNTHETIC_{self.code(city)}_{self.form}"
        folder = f"{HISTORY}/{mark}.zip" if self.packed else self.month.code
        return f"{folder}/{mark}_{self.month.code}{tail}.xlsx"


def money_unit(unit: int) -> str:
    """In which unit a reporting unit prints money: most in 万元, some in 元 or 千元."""
    return {3: "千元", 6: "元"}.get(unit, "万元")


def parcels(city: City, first: Month, last: Month, books_from: Month | None = None) -> list[Parcel]:
    """All workbooks of the months, in the order in which they are received; those of months before `books_from` are packed."""
    calendar = Calendar()
    sent: list[Parcel] = []
    month = first
    while month <= last:
        packed = books_from is not None and month < books_from
        sent.extend(replace(parcel, packed=packed) for parcel in (*_month(city, calendar, month), *_further(city, calendar, month)))
        month = month.next()
    return sorted(sent, key=lambda parcel: (parcel.received, parcel.form, parcel.unit, parcel.number))


def members(city: City, unit: int, month: Month) -> list[int]:
    """The enterprises of a unit that report the month, in the order of their codes."""
    import numpy as np

    here = np.flatnonzero(city.people.on_list(city.settings.index(month)) & (city.people.unit == unit))
    return sorted((int(firm) for firm in here), key=lambda firm: city.people.usci[firm])


def mistakes(city: City, unit: int, month: Month) -> dict[int, FirmEvent]:
    """The typing errors and late reports of a unit's enterprises in the month, by enterprise."""
    index = city.settings.index(month)
    kinds = ("unit_slip", "letter_o", "late_report")
    return {
        event.firm: event
        for event in city.plan.firms
        if event.month == index and event.kind in kinds and city.people.unit[event.firm] == unit
    }


def _month(city: City, calendar: Calendar, month: Month) -> Iterator[Parcel]:
    index = city.settings.index(month)
    late_units = {
        event.unit if event.unit is not None else int(event.pick * len(city.settings.units))
        for event in city.plan.at("late_workbook")
        if event.month == index
    }
    for unit in range(len(city.settings.units)):
        for form in FORMS:
            if (month.month == 1 and form in JAN_FEB) or not _has_rows(city, form, unit, month):
                continue
            rng = stream(city.seed, f"post {form} {unit} {month.code}")
            late = form == "enterprise_month" and unit in late_units
            due = calendar.next_workday(_following(month, CITY_DAY if late else REPORTER_DAY))
            day = (
                calendar.next_workday(due + timedelta(days=int(rng.integers(1, 4))))
                if late
                else due - timedelta(days=int(rng.integers(0, 2)))
            )
            received = _moment(day, int(rng.integers(0, 480)))
            yield Parcel(form, unit, month, 0, received, late=late)
            if form == "enterprise_month":
                yield from _supplements(city, calendar, unit, month, received)


def _further(city: City, calendar: Calendar, month: Month) -> Iterator[Parcel]:
    """The further forms' workbooks: one of each unit that has rows, or one of the office that sends for the city."""
    for recipe in city.further.recipes.forms:
        if not recipe.sent(month) or recipe.roster not in city.further.rosters:
            continue
        members = city.further.rosters[recipe.roster]
        here = [one for one in members if one.years is None or month.year in one.years]
        units = [-1] if recipe.sender and here else sorted({one.unit for one in here}) if not recipe.sender else []
        for unit in units:
            rng = stream(city.seed, f"post {recipe.form} {unit} {month.code}")
            due = calendar.next_workday(_following(month, REPORTER_DAY))
            received = _moment(due - timedelta(days=int(rng.integers(0, 2))), int(rng.integers(0, 480)))
            yield Parcel(recipe.form, unit, month, 0, received, sender=recipe.sender)


def _supplements(city: City, calendar: Calendar, unit: int, month: Month, main: datetime) -> Iterator[Parcel]:
    """Late rows and corrections, one workbook for each day on which the unit sends some."""
    by_day: dict[date, list[FirmEvent]] = {}
    for event in mistakes(city, unit, month).values():
        rng = stream(city.seed, f"again {event.kind} {event.firm} {month.code}")
        if event.kind == "late_report":
            day = _following(month, CITY_DAY) + timedelta(days=int(rng.integers(1, 5)))
        elif event.planted and event.kind == "unit_slip":
            day = _following(month, PLANTED_CORRECTION_DAY)
        else:
            day = main.date() + timedelta(days=int(rng.integers(1, 5)))
        day = max(calendar.next_workday(day), calendar.next_workday(main.date() + timedelta(days=1)))
        by_day.setdefault(day, []).append(event)
    for number, (day, events) in enumerate(sorted(by_day.items()), start=1):
        rng = stream(city.seed, f"supplement {unit} {month.code} {number}")
        firms = tuple(sorted((event.firm for event in events), key=lambda firm: city.people.usci[firm]))
        late = any(event.kind == "late_report" for event in events)
        yield Parcel("enterprise_month", unit, month, number, _moment(day, int(rng.integers(0, 480))), firms, late)


def _has_rows(city: City, form: str, unit: int, month: Month) -> bool:
    settings, code = city.settings, city.settings.units[unit].code
    if form == "enterprise_month":
        return bool((city.people.on_list(settings.index(month)) & (city.people.unit == unit)).any())
    if form == "project_month":
        return any(city.works.projects[place].unit == unit for place in city.works.listed(month.year))
    if form == "coal_day":
        return any(site.unit == code for site in settings.coal_sites)
    if form == "port_month":
        return any(port.unit == code for port in settings.ports)
    events = city.ladder.admissions if form == "growth_point_month" else city.ladder.listings
    return any(Month.of(event.on) == month and city.people.unit[event.firm] == unit for event in events)


def _following(month: Month, day: int) -> date:
    after = month.next()
    return date(after.year, after.month, day)


def _moment(day: date, minute: int) -> datetime:
    """That minute after nine in the morning, Beijing time, as UTC."""
    return datetime.combine(day, time(9, 0), tzinfo=UTC) - BEIJING + timedelta(minutes=minute)
