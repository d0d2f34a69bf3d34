"""Holiday notices in the store: those that come with the product and those loaded since. A calendar is asked as it is known on a day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from yunxing.io.store import dialect
from yunxing.values.errors import DoesNotHold
from yunxing.values.workdays import Calendar, Notice, built_in_notices

COLUMNS = "number, issuer, issued, known_from, year, off, work, loaded"


def notices(connection: Any) -> tuple[Notice, ...]:
    """All notices: the built-in ones and the loaded ones. A loaded notice with the number of a built-in one takes its place."""
    found = {one.number: one for one in built_in_notices()}
    for number, issuer, issued, known, year, off, work, _ in dialect.rows(connection, f"SELECT {COLUMNS} FROM casework_holiday_notice"):
        first, second = (frozenset(map(date.fromisoformat, json.loads(text))) for text in (off, work))
        found[number] = Notice(number, _day(issued), int(year), first, second, True, _day(known), issuer or "")
    return tuple(sorted(found.values(), key=lambda one: (one.known, one.issued, one.number)))


def calendar(connection: Any, known_on: date | None) -> Calendar:
    """The calendar as known at the end of that day; None: with everything loaded."""
    return _calendar(known_on, notices(connection))


@lru_cache(maxsize=64)
def _calendar(known_on: date | None, known: tuple[Notice, ...]) -> Calendar:
    """The same calendar for the same knowledge, so that its prepared tables are made once and not at every step."""
    return Calendar(known_on, known)


def add(connection: Any, more: Sequence[Notice], now: datetime) -> list[Notice]:
    """Keep these notices; gives those that are new. Errors: `DoesNotHold` when one is there with other days."""
    known = {one.number: one for one in notices(connection)}
    fresh = []
    with dialect.transaction(connection):
        for one in more:
            there = known.get(one.number)
            if there is not None:
                if (there.off, there.work, there.year) != (one.off, one.work, one.year):
                    raise DoesNotHold(
                        f"notice {one.number}: it is known with other days. A notice is never altered; load the later notice that changes it under its own number."
                    )
                continue
            texts = [json.dumps([day.isoformat() for day in sorted(days)]) for days in (one.off, one.work)]
            values = (one.number, one.issuer, one.issued, one.known, one.year, *texts, now)
            dialect.execute(connection, f"INSERT INTO casework_holiday_notice ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", values)
            fresh.append(one)
            known[one.number] = one
    return fresh


def mark(connection: Any) -> date | None:
    """Through which day newly known notices were applied to running clocks; None before the first sweep."""
    row = dialect.row(connection, "SELECT through FROM casework_calendar_mark WHERE id = 1")
    return None if row is None else dialect.as_date(row[0])


def set_mark(connection: Any, day: date) -> None:
    """Remember it."""
    with dialect.transaction(connection):
        if dialect.execute(connection, "UPDATE casework_calendar_mark SET through = %s WHERE id = 1", (day,)).rowcount != 1:
            dialect.insert_new(connection, "INSERT INTO casework_calendar_mark (id, through) VALUES (1, %s)", (day,))


def _day(value: Any) -> date:
    day = dialect.as_date(value)
    assert day is not None
    return day
