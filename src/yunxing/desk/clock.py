"""What day it is for the trade. In a demonstration the desk lives on the day of its synthetic city; everywhere else on the real one.

`demo_day.json` in the home folder holds that day; `yunxing demo` writes it, no installation has it. The time of day always runs.
Signing in, sessions and the journal keep the real time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from yunxing.io.store import holidays
from yunxing.values.workdays import Calendar

FILE = "demo_day.json"
_held: ContextVar[Calendar | None] = ContextVar("calendar of a list", default=None)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> date:
    return date.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["today"])


def demo_day() -> date | None:
    """The day on which the demonstration stands; None in a real installation."""
    path = Path(settings.HOME) / FILE
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None


def today() -> date:
    """Today, in the city's time zone."""
    return demo_day() or timezone.localdate()


def now() -> datetime:
    """The present moment, on `today`."""
    at = timezone.localtime()
    day = demo_day()
    return at.replace(year=day.year, month=day.month, day=day.day) if day else at


def calendar() -> Calendar:
    """The working days with every holiday notice at hand, those loaded since included: the one calendar that pages and duties count by."""
    held = _held.get()
    return held if held is not None else holidays.calendar(connection, None)


@contextmanager
def one_calendar() -> Iterator[Calendar]:
    """Inside, every line of a list counts by the calendar read once, not by one of its own."""
    token = _held.set(calendar())
    try:
        yield _held.get() or calendar()
    finally:
        _held.reset(token)
