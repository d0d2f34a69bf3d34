"""The sweep: rungs of the ladder that are due become events, each exactly once, in set statements; no timer per case.

One transaction takes at most `BATCH` rungs, one of a case, chosen by one look at the due index; four statements write the events, the outbox, the versions and the rungs.
A sweep that is killed has either written a whole batch or nothing; one that is repeated finds the rungs done. What writers of cases hold (the seal's head row) the
sweep holds too, so no step comes in between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yunxing.io.store import dialect
from yunxing.io.store.case_log import sealing
from yunxing.io.store.case_rows import EVENT, instant_text

BATCH = 10_000
_CHOSEN = "SELECT MIN(id) FROM (SELECT id, case_id FROM casework_rung WHERE state = 'waiting' AND at <= %s ORDER BY at, id LIMIT %s) due GROUP BY case_id"
_GIVEN = """'{"clock":"' || r.clock || '","office":"' || r.office || '","role":"' || r.role || '","rung":"' || r.name || '"}'"""
_CHANGE = """'{"ver":' || CAST(c.ver + 1 AS varchar(20)) || '}'"""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: rungs climbed, in how many transactions."""

    rungs: int
    batches: int


def sweep(connection: Any, now: datetime, *, batch: int = BATCH, progress: Callable[[int], None] = lambda _: None) -> Swept:
    """Climb every rung that is due at `now`; a case with several due climbs them one after the other, each with its own event."""
    rungs = batches = 0
    while True:
        climbed = _batch(connection, now, batch)
        if not climbed:
            return Swept(rungs, batches)
        rungs, batches = rungs + climbed, batches + 1
        progress(rungs)


def _batch(connection: Any, now: datetime, batch: int) -> int:
    with dialect.transaction(connection), sealing(connection, now) as seal:
        chosen = [int(one[0]) for one in dialect.rows(connection, _CHOSEN, (now, batch))]
        if not chosen:
            return 0
        these = f"({','.join(map(str, chosen))})"  # whole numbers of our own; looked up once for the four statements
        ladder = f"FROM casework_rung r JOIN casework_case c ON c.id = r.case_id WHERE r.id IN {these}"
        written = dialect.rows(connection, f"SELECT c.id, c.ver + 1, c.state, r.title, {_GIVEN}, {_CHANGE} {ladder} ORDER BY c.id")
        dialect.execute(
            connection,
            f"INSERT INTO casework_event ({', '.join(EVENT)}) SELECT c.id, c.ver + 1, 'rung', c.state, c.state, 'system', '', %s, %s, r.title, {_GIVEN},"
            f" {_CHANGE}, %s, %s {ladder}",
            (now, now, True, seal.no),
        )
        dialect.execute(
            connection,
            "INSERT INTO casework_notice (case_id, ver, unit, role, person, what, made, state) SELECT c.id, c.ver + 1, r.office, r.role,"
            f" CASE WHEN r.office = c.lead AND r.role <> 'head' THEN c.handler ELSE '' END, r.name, %s, 'waiting' {ladder}",
            (now,),
        )
        dialect.execute(
            connection, f"UPDATE casework_case SET ver = ver + 1 WHERE id IN (SELECT case_id FROM casework_rung WHERE id IN {these})"
        )
        dialect.execute(connection, f"UPDATE casework_rung SET state = 'done' WHERE id IN {these}")
        at = instant_text(now)
        seal.extend(
            [case, int(ver), "rung", state, state, "system", "", at, at, title or "", given or "", change or "", True, seal.no]
            for case, ver, state, title, given, change in written
        )
        return len(written)


def run_out_cases(connection: Any, clocks: tuple[str, ...], now: datetime, limit: int = 1000) -> list[str]:
    """The cases with a running clock of one of these names that is past due, for the edges the platform walks itself."""
    if not clocks:
        return []
    places = ", ".join(["%s"] * len(clocks))
    sql = (
        f"SELECT DISTINCT case_id FROM casework_clock WHERE state = 'running' AND due < %s AND name IN ({places}) ORDER BY case_id LIMIT %s"
    )
    return [str(row[0]) for row in dialect.rows(connection, sql, (now, *clocks, limit))]


def running_cases(connection: Any, now: datetime, after: str, limit: int) -> list[str]:
    """Up to `limit` cases after the id `after` that have a running clock which is not past due and may move with the calendar, by id."""
    sql = "SELECT DISTINCT case_id FROM casework_clock WHERE state = 'running' AND due >= %s AND kind <> 'second' AND case_id > %s ORDER BY case_id LIMIT %s"
    return [str(row[0]) for row in dialect.rows(connection, sql, (now, after, limit))]
