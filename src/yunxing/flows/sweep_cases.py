"""What runs each minute: newly known holiday notices move running clocks, clocks that ran out walk the platform's own edges, due rungs are climbed.

Every part is idempotent and each transaction is whole, so a sweep may be killed and repeated at any point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yunxing.engines.cases import clocks
from yunxing.engines.cases.case import SYSTEM, Case
from yunxing.engines.cases.definition import Definition
from yunxing.engines.cases.step import Decision, act, step
from yunxing.io.store import case_log, case_sweep, holidays
from yunxing.io.store.case_rows import read_cases
from yunxing.values.office_hours import WorkingTime, local
from yunxing.values.workdays import Calendar, Notice

CHUNK = 500


@dataclass(frozen=True, slots=True)
class SweepDone:
    """What a sweep did: rungs climbed, cases closed or moved because a clock ran out, cases whose due instants a holiday notice moved."""

    rungs: int
    ran_out: int
    recounted: int


def sweep_cases(connection: Any, now: datetime, *, progress: Callable[[int], None] = lambda _: None) -> SweepDone:
    """One sweep at `now`."""
    recounted = recount_if_known(connection, now)
    ran_out = run_out_all(connection, now)
    return SweepDone(case_sweep.sweep(connection, now, progress=progress).rungs, ran_out, recounted)


def run_out_all(connection: Any, now: datetime) -> int:
    """Walk `on_missed` edges, such as closing what the enterprise did not rate; gives how many cases moved."""
    tables = _Tables(connection)
    names = tuple(sorted({edge.on_missed for one in tables.published() for edge in one.edges if edge.on_missed}))
    moved = 0
    seen: set[str] = set()
    while fresh := [one for one in case_sweep.run_out_cases(connection, names, now) if one not in seen]:
        seen.update(fresh)
        found = read_cases(connection, fresh)
        decided = [one for case in found.values() if (one := _run_out(tables, connection, case, now)) is not None]
        moved += sum(one.won for one in case_log.record_many(connection, decided))
    return moved


def _run_out(tables: _Tables, connection: Any, case: Case, now: datetime) -> Decision | None:
    table = tables.of(case)
    for edge in table.leaving(case.state):
        clock = case.clock(edge.on_missed) if edge.on_missed else None
        if clock is not None and clock.state == "running" and now > clock.due:
            decided = step(table, case, edge.name, SYSTEM, {}, now, tables.time(connection, table, now))
            return decided if isinstance(decided, Decision) else None
    return None


def recount_if_known(connection: Any, now: datetime) -> int:
    """Recount running clocks when a holiday notice became known since the last time; gives how many cases moved. At the first time only the mark is set."""
    today = local(now)[0]
    mark = holidays.mark(connection)
    fresh = [one for one in holidays.notices(connection) if mark is not None and mark < one.known <= today]
    moved = recount_all(connection, now, fresh) if fresh else 0
    if mark is None or mark < today:
        holidays.set_mark(connection, today)
    return moved


def recount_all(connection: Any, now: datetime, because: Sequence[Notice]) -> int:
    """Every running clock counted anew with the calendar known at `now`; one event for each case that moves, and none for the others."""
    tables = _Tables(connection)
    words = "；".join(one.number for one in because)
    moved = 0
    for cases in _running(connection, now):
        decided = []
        for case in cases:
            table = tables.of(case)
            time = tables.time(connection, table, now)
            after = clocks.recount(case, time, now)
            if after is case:
                continue
            one = act(table, case, "recount", SYSTEM, now, words=words, after=after, time=time)
            if isinstance(one, Decision):
                decided.append(one)
        moved += sum(one.won for one in case_log.record_many(connection, decided))
    return moved


def load_calendar(connection: Any, more: Sequence[Notice], now: datetime) -> tuple[list[Notice], int]:
    """Keep these notices and recount what runs: the notices that are new, and how many cases moved. Loaded again it changes nothing."""
    fresh = holidays.add(connection, more, now)
    if not fresh:
        return [], 0
    known = [one for one in fresh if one.known <= local(now)[0]]
    return fresh, recount_all(connection, now, known) if known else 0


def _running(connection: Any, now: datetime) -> Iterator[list[Case]]:
    after = ""
    while ids := case_sweep.running_cases(connection, now, after, CHUNK):
        after = ids[-1]
        yield list(read_cases(connection, ids).values())


class _Tables:
    """Definitions and calendars as they are needed, each read once in a sweep."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._known: dict[tuple[str, int], Definition] = {}
        self._calendars: dict[date, Calendar] = {}

    def of(self, case: Case) -> Definition:
        """The definition a case was begun with."""
        key = (case.definition, case.version)
        if key not in self._known:
            self._known[key] = case_log.definition_of(self._connection, *key)
        return self._known[key]

    def published(self) -> list[Definition]:
        """Every published version."""
        return case_log.all_definitions(self._connection)

    def time(self, connection: Any, table: Definition, now: datetime) -> WorkingTime:
        """The working time known at `now` in the definition's hours."""
        day = local(now)[0]
        if day not in self._calendars:
            self._calendars[day] = holidays.calendar(connection, day)
        return WorkingTime(self._calendars[day], table.hours)
