"""Running cases go over to another version of their table: a dry run that lists what would happen, and the upgrade, one event a case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yunxing.engines.cases.definition import Definition
from yunxing.engines.cases.step import Decision
from yunxing.engines.cases.upgrade import StateChange, StateMap, plan, upgraded
from yunxing.flows.walk_case import working_time
from yunxing.io.store import case_log, case_pages
from yunxing.io.store.case_rows import read_cases
from yunxing.values.errors import BadInput

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade does or did: by state; `moved` cases, `lost_race` cases that somebody moved meanwhile (run it again)."""

    name: str
    older: int
    newer: int
    changes: tuple[StateChange, ...]
    moved: int
    lost_race: int


def upgrade_cases(
    connection: Any,
    older: Definition,
    newer: Definition,
    states: StateMap,
    now: datetime,
    *,
    dry_run: bool,
    progress: Callable[[int], None] = lambda _: None,
) -> Upgrade:
    """Take every open case of the older version to the newer one. Errors: `BadInput` when the state map leaves a state without a place.

    A second run finds nothing left to do. No due date comes earlier.
    """
    faults = states.faults(older, newer)
    if faults:
        raise BadInput(f"{older.id} {older.version}→{newer.version}: " + "; ".join(faults))
    if not dry_run:
        case_log.publish(connection, [older, newer], now)
    moves: list[Decision] = []
    moved = lost = 0
    for decided in _decided(connection, older, newer, states, now):
        moves += decided
        if not dry_run:
            answers = case_log.record_many(connection, decided)
            moved += sum(one.won for one in answers)
            lost += sum(not one.won for one in answers)
        progress(len(moves))
    return Upgrade(older.id, older.version, newer.version, tuple(plan(older, newer, states, moves)), moved, lost)


def _decided(connection: Any, older: Definition, newer: Definition, states: StateMap, now: datetime) -> Iterator[list[Decision]]:
    time, after = working_time(connection, newer, now), ""
    while ids := case_pages.open_of_version(connection, older.id, older.version, after, CHUNK):
        after = ids[-1]
        yield [upgraded(older, newer, states, case, now, time) for case in read_cases(connection, ids).values()]
