"""Open a case, walk it, act on it: read it, let the engine decide, write the decision down. Each is one transaction; whoever comes second is told.

The desk's services and the command line call these; `connection` is theirs (Django's wrapper or a raw one), and `now` is passed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from yunxing.engines.cases.case import SYSTEM, Actor, Case
from yunxing.engines.cases.definition import Definition
from yunxing.engines.cases.duplicates import Alike, alike
from yunxing.engines.cases.step import Decision, Refused, act, open_case, step
from yunxing.io.store import case_log, case_pages, holidays
from yunxing.io.store.case_log import Recorded
from yunxing.values.digest import digits
from yunxing.values.office_hours import WorkingTime, local

__all__ = ["SYSTEM", "Recorded", "Refused", "act_on", "duplicates_of", "mark_duplicates", "move", "new_case", "publish", "working_time"]


def publish(connection: Any, definitions: Iterable[Definition], now: datetime) -> int:
    """Keep a pack's case tables in the store, so that every case can be walked by the version it began with; gives how many are new."""
    return case_log.publish(connection, definitions, now)


def working_time(connection: Any, definition: Definition, now: datetime) -> WorkingTime:
    """The calendar as known on the day of `now`, and the definition's office hours."""
    return WorkingTime(holidays.calendar(connection, local(now)[0]), definition.hours)


def new_case(
    connection: Any,
    definition: str,
    actor: Actor,
    now: datetime,
    *,
    key: str,
    title: str,
    words: str = "",
    subject: str = "",
    lead: str = "",
    unit: str = "",
    party: str = "",
    origin: str = "",
    grade: str = "",
    fields: Mapping[str, Any] | None = None,
    opened: datetime | None = None,
    version: int | None = None,
) -> Recorded:
    """Open a case by the newest published version of a table (or a given one). `key` makes it once: the same key again gives the case that is there.

    `fields` are the values given at the opening; `opened` is when the request really came in, by default now.
    """
    table = (
        case_log.newest_definition(connection, definition) if version is None else case_log.definition_of(connection, definition, version)
    )
    at = opened or now
    case = Case(
        id=case_id(definition, key), definition=table.id, version=table.version, subject=subject, state=table.first, owner="", opened=at, changed=at,
        lead=lead, unit=unit, party=party, origin=origin or f"desk:{key}", opened_by=actor.id, title=title, words=words, grade=grade,
        data=MappingProxyType(dict(fields or {})),
    )  # fmt: skip
    return case_log.record(connection, open_case(table, case, actor, now, working_time(connection, table, now)))


def move(
    connection: Any,
    case: str,
    edge: str,
    actor: Actor,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    *,
    seen: int | None = None,
    effective: datetime | None = None,
) -> Recorded | Refused:
    """Walk an edge. `seen` is the version the person saw: when the case has moved on since, nothing is written and the answer says by whom.

    Errors: `BadInput` for a case that is not there.
    """
    found = case_log.read_case(connection, case)
    if seen is not None and seen != found.ver:
        return case_log.as_it_stands(connection, case)
    table = case_log.definition_of(connection, found.definition, found.version)
    decided = step(table, found, edge, actor, facts or {}, now, working_time(connection, table, now), effective=effective)
    return decided if isinstance(decided, Refused) else case_log.record(connection, decided)


def act_on(
    connection: Any, case: str, kind: str, actor: Actor, now: datetime, *, words: str = "", given: Mapping[str, Any] | None = None
) -> Recorded | Refused:
    """Something beside the table: a note, a message, an urging, another handler (`given = {"handler": …}`), a later alarm, a duplicate."""
    found = case_log.read_case(connection, case)
    table = case_log.definition_of(connection, found.definition, found.version)
    decided = act(table, found, kind, actor, now, words=words, given=given)
    return decided if isinstance(decided, Refused) else case_log.record(connection, decided)


def duplicates_of(connection: Any, case: str, now: datetime, *, days: int = 90) -> list[Alike]:
    """Cases that may be the same request: the same party (or subject), open or raised in the last `days`, and a text that is near. Nearest first."""
    found = case_log.read_case(connection, case)
    others = case_pages.texts_about(connection, party=found.party, subject=found.subject, since=now - timedelta(days=days), besides=case)
    return alike(f"{found.title} {found.words}", others)


def mark_duplicates(connection: Any, case: str, now: datetime) -> list[Alike]:
    """Write on the case which others it may be the same as, as one internal event; nothing when there are none or it was written already."""
    found = duplicates_of(connection, case, now)
    if found and all(one.edge != "duplicate" for one in case_log.events_of(connection, case)):
        words = "可能与已有事项重复：" + "、".join(one.case for one in found)
        given = {"of": [one.case for one in found], "percent": [round(100 * one.nearness) for one in found]}
        act_on(connection, case, "duplicate", SYSTEM, now, words=words, given=given)
    return found


def case_id(definition: str, key: str) -> str:
    """The id of a case: stable by content."""
    return "C-" + digits([definition, key])[:20]


def run_out(connection: Any, case: str, now: datetime) -> list[Recorded]:
    """Walk the edges that the platform walks when a clock has run out (`on_missed`), such as closing unrated; gives what was walked."""
    walked = []
    found = case_log.read_case(connection, case)
    table = case_log.definition_of(connection, found.definition, found.version)
    for edge in table.leaving(found.state):
        clock = found.clock(edge.on_missed) if edge.on_missed else None
        if clock is not None and clock.state == "running" and now > clock.due:
            decided = step(table, found, edge.name, SYSTEM, {}, now, working_time(connection, table, now))
            if isinstance(decided, Decision):
                walked.append(case_log.record(connection, decided))
            break
    return walked
