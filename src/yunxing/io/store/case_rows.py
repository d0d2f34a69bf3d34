"""Rows of the case tables ↔ values of `engines.cases`. Columns are listed once; the store's other modules build their SQL from these lists."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from yunxing.engines.cases.case import Case, Clock, Part
from yunxing.engines.cases.step import Event
from yunxing.io.store import dialect
from yunxing.io.store.dialect import as_date, as_instant

NO_DUE = datetime(9999, 12, 31, tzinfo=UTC)
"""What stands in `casework_case.due` when no clock runs, so that lists by due instant have no empty place."""
CASE = [
    "id",
    "definition",
    "version",
    "subject",
    "state",
    "ver",
    "owner",
    "lead",
    "handler",
    "unit",
    "party",
    "origin",
    "opened_by",
    "title",
    "words",
    "grade",
    "outcome",
    "is_open",
    "opened",
    "changed",
    "ended",
    "due",
    "candidates",
    "declined",
    "data",
    "walked",
]
CASE_TEXTS = CASE[1:2] + CASE[3:5] + CASE[6:17]
EVENT = "case_id ver edge from_state to_state actor unit recorded effective reason given change internal seal".split()  # noqa: SIM905
CLOCK = "case_id name office round kind budget started since span due state known_on provisional remaining paused stopped".split()  # noqa: SIM905


def json_text(value: Any) -> str:
    """JSON as the store keeps it: keys sorted, Chinese as it is."""
    plain = dict(value) if isinstance(value, Mapping) else list(value)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def case_values(case: Case) -> list[Any]:
    """The row of a case, in the order of `CASE`."""
    return [
        case.id, case.definition, case.version, case.subject, case.state, case.ver, case.owner, case.lead, case.handler, case.unit, case.party, case.origin,
        case.opened_by, case.title, case.words, case.grade, case.outcome, case.open, case.opened, case.changed, case.ended, case.due or NO_DUE,
        json_text(case.candidates), json_text(case.declined), json_text(case.data), json_text(case.walked),
    ]  # fmt: skip


def event_values(event: Event, seal: int) -> list[Any]:
    """The row of an event, in the order of `EVENT`."""
    return [
        event.case, event.ver, event.edge, event.from_state, event.to_state, event.actor, event.unit, event.recorded, event.effective, event.reason,
        json_text(event.given), json_text(event.change), event.internal, seal,
    ]  # fmt: skip


def clock_values(case: str, clock: Clock) -> list[Any]:
    """The row of a clock, in the order of `CLOCK`."""
    return [
        case, clock.name, clock.office, clock.round, clock.unit, clock.budget, clock.started, clock.since, clock.span, clock.due, clock.state, clock.known_on,
        clock.provisional, clock.remaining, clock.paused, clock.stopped,
    ]  # fmt: skip


@lru_cache(maxsize=4096)
def instant_text(value: Any) -> str:
    """An instant in the form that is sealed, in UTC; empty for none."""
    instant = as_instant(value)
    return instant.isoformat(timespec="microseconds") if instant else ""


def canonical_event(row: Sequence[Any]) -> list[Any]:
    """An event's row (in the order of `EVENT`) in the form that is sealed: the same whichever database holds it, empty texts for NULL."""
    case, ver, edge, was, to, actor, unit, recorded, effective, reason, given, change, internal, seal = row
    texts = [
        case,
        int(ver),
        edge,
        was or "",
        to,
        actor,
        unit or "",
        instant_text(recorded),
        instant_text(effective),
        reason or "",
        given or "",
        change or "",
    ]
    return [*texts, bool(internal), int(seal)]


def read_cases(connection: Any, ids: Sequence[str]) -> dict[str, Case]:
    """The cases of these ids with their clocks and parts; ids that are not there are left out."""
    found: dict[str, Case] = {}
    for start in range(0, len(ids), 400):
        chunk = list(ids[start : start + 400])
        places = ", ".join(["%s"] * len(chunk))
        clocks: dict[str, list[Clock]] = {}
        for row in dialect.rows(connection, f"SELECT {', '.join(CLOCK)} FROM casework_clock WHERE case_id IN ({places})", chunk):
            clocks.setdefault(row[0], []).append(clock_of(row))
        parts: dict[str, list[Part]] = {}
        for name, office, state in dialect.rows(
            connection, f"SELECT case_id, office, state FROM casework_part WHERE case_id IN ({places}) ORDER BY office", chunk
        ):
            if state != "candidate":
                parts.setdefault(name, []).append(Part(office, state))
        for row in dialect.rows(connection, f"SELECT {', '.join(CASE)} FROM casework_case WHERE id IN ({places})", chunk):
            found[row[0]] = case_of(row, clocks.get(row[0], ()), parts.get(row[0], ()))
    return found


def clock_of(row: Sequence[Any]) -> Clock:
    """The clock of its row."""
    named = dict(zip(CLOCK, row, strict=True))
    instants: dict[str, Any] = {name: as_instant(named[name]) for name in ("started", "since", "due", "paused", "stopped")}
    return Clock(
        name=named["name"], office=named["office"] or "", round=int(named["round"]), unit=named["kind"], budget=int(named["budget"]),
        span=int(named["span"]), state=named["state"], known_on=as_date(named["known_on"]) or date.min, provisional=bool(named["provisional"]),
        remaining=None if named["remaining"] is None else int(named["remaining"]), **instants,
    )  # fmt: skip


def case_of(row: Sequence[Any], clocks: Iterable[Clock], parts: Iterable[Part]) -> Case:
    """The case of its row, its clocks and its parts."""
    named = {name: "" if value is None else value for name, value in zip(CASE, row, strict=True)}
    instants: dict[str, Any] = {name: as_instant(named[name] or None) for name in ("opened", "changed", "ended")}
    texts: dict[str, Any] = {name: str(named[name]) for name in CASE_TEXTS}
    return Case(
        id=str(named["id"]), **texts, **instants, version=int(named["version"]), ver=int(named["ver"]),
        clocks=tuple(sorted(clocks, key=lambda one: (one.name, one.office, one.round))), parts=tuple(sorted(parts, key=lambda one: one.office)),
        candidates=tuple(json.loads(named["candidates"])), declined=tuple(json.loads(named["declined"])),
        data=MappingProxyType(json.loads(named["data"])), walked=MappingProxyType(json.loads(named["walked"])),
    )  # fmt: skip


def event_of(row: Sequence[Any]) -> Event:
    """The event of its row (in the order of `EVENT`)."""
    named = {name: "" if value is None else value for name, value in zip(EVENT, row, strict=True)}
    return Event(
        named["case_id"], int(named["ver"]), named["edge"], named["from_state"], named["to_state"], named["actor"], named["unit"],
        as_instant(named["recorded"]) or NO_DUE, as_instant(named["effective"]) or NO_DUE, named["reason"], json.loads(named["given"]),
        json.loads(named["change"]), bool(named["internal"]),
    )  # fmt: skip
