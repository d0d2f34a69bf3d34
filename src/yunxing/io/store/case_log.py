"""Cases in the relational store: compare-and-set on `ver`, with event, clocks and seal in one transaction. Events are only ever added.

`record` writes what the engine decided (`engines.cases.step`). Whoever comes second is told the state the case has now, who moved it and when; nothing of his is
written. Every transaction seals its events: it takes the seal's head row first, so writers of cases come one after the other on every database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from yunxing.engines.cases.case import SYSTEM, Case
from yunxing.engines.cases.definition import Definition, from_body
from yunxing.engines.cases.proposal import opened
from yunxing.engines.cases.step import Decision, Event, act
from yunxing.io.store import dialect, holidays
from yunxing.io.store.case_rows import (
    CASE,
    CLOCK,
    EVENT,
    canonical_event,
    case_values,
    clock_values,
    event_of,
    event_values,
    json_text,
    read_cases,
)
from yunxing.values.digest import digest, digits
from yunxing.values.errors import BadInput, DoesNotHold
from yunxing.values.office_hours import WorkingTime, local

HEAD = 1


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a decision. `won`: it is written. Otherwise the case stands as somebody else left it: its state, version, and who did what when."""

    case: str
    won: bool
    state: str
    ver: int
    actor: str = ""
    unit: str = ""
    edge: str = ""
    at: datetime | None = None


def publish(connection: Any, definitions: Iterable[Definition], now: datetime) -> int:
    """Keep these definitions for ever; gives how many are new. Errors: `DoesNotHold` when a published version has other content now."""
    added = 0
    with dialect.transaction(connection):
        for one in definitions:
            stored = dialect.row(connection, "SELECT hash FROM casework_definition WHERE name = %s AND version = %s", (one.id, one.version))
            if stored is not None:
                if stored[0] != one.hash:
                    raise DoesNotHold(
                        f"case table {one.id} version {one.version}: it was published with other content ({stored[0][:19]}…, now {one.hash[:19]}…). "
                        "To mend it: count the version up and leave the published one as it was."
                    )
                continue
            values = (
                f"{one.id}/{one.version}",
                one.id,
                one.version,
                one.kind,
                one.title,
                one.hash,
                json_text(one.body),
                one.in_force_from,
                now,
            )
            columns = "id, name, version, kind, title, hash, body, in_force_from, published"
            dialect.execute(connection, f"INSERT INTO casework_definition ({columns}) VALUES ({_places(values)})", values)
            added += 1
    return added


def definition_of(connection: Any, name: str, version: int) -> Definition:
    """A published version. Errors: `BadInput` when it never was published."""
    row = dialect.row(connection, "SELECT body FROM casework_definition WHERE name = %s AND version = %s", (name, version))
    if row is None:
        raise BadInput(
            f"case table {name} version {version}: found no published version; publish the pack's tables (yunxing cases publish)."
        )
    return _parsed(str(row[0]))


@lru_cache(maxsize=256)
def _parsed(body: str) -> Definition:
    """A published body never changes, so it is taken apart once."""
    return from_body(json.loads(body))


def all_definitions(connection: Any) -> list[Definition]:
    """Every version ever published, by name and version."""
    return [
        from_body(json.loads(row[0])) for row in dialect.rows(connection, "SELECT body FROM casework_definition ORDER BY name, version")
    ]


def newest_definition(connection: Any, name: str) -> Definition:
    """The newest published version. Errors: `BadInput` when none was published."""
    row = dialect.row(connection, "SELECT version FROM casework_definition WHERE name = %s ORDER BY version DESC LIMIT 1", (name,))
    if row is None:
        known = ", ".join(one for (one,) in dialect.rows(connection, "SELECT DISTINCT name FROM casework_definition ORDER BY name"))
        raise BadInput(f"case table {name}: found none published, expected one of: {known or 'none yet (yunxing cases publish)'}")
    return definition_of(connection, name, int(row[0]))


def read_case(connection: Any, case: str) -> Case:
    """The case as it stands. Errors: `BadInput` when there is none of that id."""
    found = read_cases(connection, [case])
    if case not in found:
        raise BadInput(f"case {case}: found none of that id in the store")
    return found[case]


def events_of(connection: Any, case: str) -> list[Event]:
    """The events of a case, in order."""
    return [
        event_of(row)
        for row in dialect.rows(connection, f"SELECT {', '.join(EVENT)} FROM casework_event WHERE case_id = %s ORDER BY ver", (case,))
    ]


def record(connection: Any, decision: Decision) -> Recorded:
    """Write one decision; see `record_many`."""
    return record_many(connection, [decision])[0]


def record_many(connection: Any, decisions: Sequence[Decision]) -> list[Recorded]:
    """Write the decisions in one transaction under one seal, in order; one answer each. A decision somebody else was faster than is left out alone.

    A case that opens is written unless its id is there already.
    """
    answers: list[Recorded] = []
    if not decisions:
        return answers
    with dialect.transaction(connection), sealing(connection, decisions[0].event.recorded) as seal:
        for decision in decisions:
            if not _set(connection, decision):
                answers.append(as_it_stands(connection, decision.case.id))
                continue
            row = event_values(decision.event, seal.no)
            dialect.execute(connection, f"INSERT INTO casework_event ({', '.join(EVENT)}) VALUES ({_places(row)})", row)
            seal.add(canonical_event(row))
            _clocks(connection, decision)
            _parts(connection, decision)
            _rungs(connection, decision)
            _notices(connection, decision)
            event = decision.event
            answers.append(Recorded(event.case, True, event.to_state, event.ver, event.actor, event.unit, event.edge, event.recorded))
    return answers


def propose(connection: Any, proposal: Mapping[str, Any], now: datetime) -> bool:
    """Open the case of a proposal (a row of `cases.json`); False when it is there already. Its definition must be published.

    When the case of the same origin has ended and the signal came back in a later period, a case of its own is opened that names the earlier one.
    """
    there = dialect.rows(connection, "SELECT id, is_open FROM casework_case WHERE origin = %s ORDER BY opened, id", (proposal["origin"],))
    signal = dict(proposal.get("signal") or {})
    if there:
        if any(is_open for _, is_open in there):
            return False
        earlier = read_case(connection, str(there[-1][0]))
        if str(signal.get("period", "")) <= str((earlier.data.get("signal") or {}).get("period", "")):
            return False
        name = "C-" + digits([proposal["definition"], proposal["origin"], signal["period"]])[:20]
        proposal = {**proposal, "id": name, "earlier": earlier.id}
    definition = definition_of(connection, str(proposal["definition"]), int(proposal["version"]))
    time = WorkingTime(holidays.calendar(connection, local(now)[0]), definition.hours)
    return record(connection, opened(proposal, definition, now, time)).won


def heard_again(connection: Any, origin: str, words: str, now: datetime, given: Mapping[str, Any] | None = None) -> None:
    """A later alarm of the same matter is told to the case that came of the first while it is open; nothing when there is no such case."""
    row = dialect.row(connection, "SELECT id FROM casework_case WHERE origin = %s ORDER BY opened DESC, id", (origin,))
    if row is None:
        return
    case = read_case(connection, str(row[0]))
    decided = act(definition_of(connection, case.definition, case.version), case, "hear_again", SYSTEM, now, words=words, given=given)
    if isinstance(decided, Decision):
        record(connection, decided)


class Sealing:
    """The events of one transaction, on their way under one seal."""

    def __init__(self, no: int, previous: str) -> None:
        self.no, self.previous = no, previous
        self._events: list[list[Any]] = []

    def add(self, event: list[Any]) -> None:
        """One more event, in its canonical form."""
        self._events.append(event)

    def extend(self, events: Iterable[list[Any]]) -> None:
        """Many more."""
        self._events.extend(events)

    @property
    def rows(self) -> int:
        """How many events."""
        return len(self._events)

    @property
    def root(self) -> str:
        """The digest over the seal before and the events."""
        return seal_root(self.previous, self._events)


def seal_root(previous: str, events: Sequence[list[Any]]) -> str:
    """The digest of a block: the seal before it, then its events by case and version."""
    ordered = sorted(events, key=itemgetter(0, 1))
    # the one canonical JSON, without looking at every value: they are texts, whole numbers and truths by construction
    text = json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))
    return digest(previous.encode() + b"\n" + text.encode())


@contextmanager
def sealing(connection: Any, at: datetime) -> Iterator[Sealing]:
    """Take the head row, which other writers then wait for, and seal at the end what was added. Stands inside a transaction. Without events nothing is sealed."""
    taken = dialect.execute(connection, "UPDATE casework_sealhead SET no = no + 1 WHERE id = %s", (HEAD,))
    if taken.rowcount != 1:
        dialect.insert_new(connection, "INSERT INTO casework_sealhead (id, no, root) VALUES (%s, %s, %s)", (HEAD, 1, ""))
    row = dialect.row(connection, "SELECT no, root FROM casework_sealhead WHERE id = %s", (HEAD,))
    assert row is not None
    seal = Sealing(int(row[0]), row[1] or "")
    yield seal
    if not seal.rows:
        dialect.execute(connection, "UPDATE casework_sealhead SET no = no - 1 WHERE id = %s", (HEAD,))
        return
    root = seal.root
    dialect.execute(
        connection,
        "INSERT INTO casework_seal (no, prev_hash, root, rows, at) VALUES (%s, %s, %s, %s, %s)",
        (seal.no, seal.previous, root, seal.rows, at),
    )
    dialect.execute(connection, "UPDATE casework_sealhead SET root = %s WHERE id = %s", (root, HEAD))


def _places(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _set(connection: Any, decision: Decision) -> bool:
    values = case_values(decision.case)
    if decision.before is None:
        return dialect.insert_new(connection, f"INSERT INTO casework_case ({', '.join(CASE)}) VALUES ({_places(values)})", values)
    sets = ", ".join(f"{name} = %s" for name in CASE[1:])
    moved = dialect.execute(
        connection, f"UPDATE casework_case SET {sets} WHERE id = %s AND ver = %s", [*values[1:], decision.case.id, decision.before.ver]
    )
    return bool(moved.rowcount == 1)


def as_it_stands(connection: Any, case: str) -> Recorded:
    """The answer to who comes second: the state the case has, who did what last, and when. Errors: `BadInput` when there is no such case."""
    row = dialect.row(
        connection,
        "SELECT c.state, c.ver, e.actor, e.unit, e.edge, e.recorded FROM casework_case c JOIN casework_event e ON e.case_id = c.id AND e.ver = c.ver"
        " WHERE c.id = %s",
        (case,),
    )
    if row is None:
        raise BadInput(f"case {case}: found none of that id in the store")
    return Recorded(case, False, row[0], int(row[1]), row[2], row[3] or "", row[4], dialect.as_instant(row[5]))


def _clocks(connection: Any, decision: Decision) -> None:
    before = {one.key: one for one in decision.before.clocks} if decision.before else {}
    for clock in decision.case.clocks:
        if before.get(clock.key) == clock:
            continue
        values = clock_values(decision.case.id, clock)
        if clock.key in before:
            sets = ", ".join(f"{name} = %s" for name in CLOCK[4:])
            # a case's own clock has no office; where '' is NULL nothing equals it
            same = "case_id = %s AND name = %s AND COALESCE(office, '-') = COALESCE(%s, '-') AND round = %s"
            sql = f"UPDATE casework_clock SET {sets} WHERE {same}"
            dialect.execute(connection, sql, [*values[4:], *values[:4]])
        else:
            dialect.execute(connection, f"INSERT INTO casework_clock ({', '.join(CLOCK)}) VALUES ({_places(values)})", values)


def _parts(connection: Any, decision: Decision) -> None:
    now = _part_rows(decision.case)
    was = _part_rows(decision.before) if decision.before else {}
    if now == was:
        return
    dialect.execute(connection, "DELETE FROM casework_part WHERE case_id = %s", (decision.case.id,))
    rows = [(decision.case.id, office, state) for office, state in sorted(now.items())]
    dialect.executemany(connection, "INSERT INTO casework_part (case_id, office, state) VALUES (%s, %s, %s)", rows)


def _part_rows(case: Case) -> dict[str, str]:
    return {**dict.fromkeys(case.candidates, "candidate"), **{one.office: one.state for one in case.parts}}


def _rungs(connection: Any, decision: Decision) -> None:
    """The ladder is derived from the clocks: what waits is written anew, what was climbed stays."""
    if decision.rungs is None:
        return
    case = decision.case.id
    done: set[tuple[str, int]] = set()
    if decision.before is not None:
        dialect.execute(connection, "DELETE FROM casework_rung WHERE case_id = %s AND state = %s", (case, "waiting"))
        done = {
            (row[0], int(row[1])) for row in dialect.rows(connection, "SELECT clock, number FROM casework_rung WHERE case_id = %s", (case,))
        }
    rows = [
        (case, one.clock, one.number, one.at, one.name, one.title, one.role, one.office, one.talk, "waiting")
        for one in decision.rungs
        if (one.clock, one.number) not in done
    ]
    columns = "case_id, clock, number, at, name, title, role, office, talk, state"
    dialect.executemany(connection, f"INSERT INTO casework_rung ({columns}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", rows)


def _notices(connection: Any, decision: Decision) -> None:
    event = decision.event
    rows = [(event.case, event.ver, one.unit, "", one.person, one.what, event.recorded, "waiting") for one in decision.notices]
    columns = "case_id, ver, unit, role, person, what, made, state"
    dialect.executemany(connection, f"INSERT INTO casework_notice ({columns}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", rows)
