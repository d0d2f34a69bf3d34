"""Milestones and evidence of walked items in the relational store, read and written by SQL in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from yunxing.engines.dispatch.schedule import Milestone
from yunxing.io.store import dialect


def milestones_of(connection: Any, cases: Sequence[str]) -> dict[str, list[Milestone]]:
    """The milestones of these items, each item's in the order they were written."""
    found: dict[str, list[Milestone]] = {}
    for at in range(0, len(cases), 400):
        chunk = list(cases[at : at + 400])
        places = ", ".join(["%s"] * len(chunk))
        sql = f"select case_id, stage, planned, actual from dispatch_milestone where case_id in ({places}) order by case_id, id"
        for case, stage, planned, actual in dialect.rows(connection, sql, chunk):
            found.setdefault(case, []).append(Milestone(stage, dialect.as_date(planned), dialect.as_date(actual)))
    return found


def walked_cases(connection: Any) -> frozenset[str]:
    """The cases that are items of a pipeline, an activity or a promised document, by what their table of states is called."""
    sql = "select id from casework_case where definition like %s or definition like %s or definition like %s"
    return frozenset(str(row[0]) for row in dialect.rows(connection, sql, ("pipeline%", "activity%", "document%")))


def set_planned(connection: Any, case: str, stage: str, day: date | None) -> None:
    """The day a stage is planned for; the actual day stays."""
    _set(connection, case, stage, "planned", day)


def set_actual(connection: Any, case: str, stage: str, day: date) -> None:
    """The day a stage was entered; entered again, the newest."""
    _set(connection, case, stage, "actual", day)


def _set(connection: Any, case: str, stage: str, column: str, day: date | None) -> None:
    changed = dialect.execute(
        connection, f"update dispatch_milestone set {column} = %s where case_id = %s and stage = %s", (day, case, stage)
    )
    if changed.rowcount == 0:
        other = "actual" if column == "planned" else "planned"
        sql = f"insert into dispatch_milestone (case_id, stage, {column}, {other}) values (%s, %s, %s, %s)"
        dialect.execute(connection, sql, (case, stage, day, None))


def add_milestones(connection: Any, rows: Iterable[tuple[str, str, date | None, date | None]]) -> None:
    """Many milestones at once: item, stage, planned, actual; none of them may be there."""
    dialect.executemany(connection, "insert into dispatch_milestone (case_id, stage, planned, actual) values (%s, %s, %s, %s)", rows)


def add_evidence(connection: Any, case: str, stage: str, files: Iterable[tuple[str, str]], on: date, by: str) -> None:
    """Files of a step: digest and name."""
    sql = "insert into dispatch_evidence (case_id, stage, digest, name, added_on, added_by) values (%s, %s, %s, %s, %s, %s)"
    dialect.executemany(connection, sql, [(case, stage, named, name[:200], on, by) for named, name in files])


def open_cuts(connection: Any, definition: str, party: str, done: Sequence[str]) -> int:
    """How many items of that kind about this party have not come to one of the stages `done`; none without a party."""
    if not party:
        return 0
    places = ", ".join(["%s"] * len(done))
    sql = f"select count(*) from casework_case where definition = %s and party = %s and state not in ({places})"
    row = dialect.row(connection, sql, (definition, party, *done))
    return int(row[0]) if row else 0
