"""Prove the cases from their rows: the chain of seals over all events, and that folding a case's events gives its row. Every fault is located."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from yunxing.engines.cases.case import plain
from yunxing.engines.cases.step import replayed
from yunxing.io.store import dialect
from yunxing.io.store.case_log import HEAD, seal_root
from yunxing.io.store.case_rows import EVENT, canonical_event, event_of, read_cases
from yunxing.values.errors import Fault

CHUNK = 400
STORE = "casework"


def head(connection: Any) -> tuple[int, str]:
    """The newest seal's number and digest; 0 and nothing when no event was ever written."""
    row = dialect.row(connection, "SELECT no, root FROM casework_sealhead WHERE id = %s", (HEAD,))
    return (0, "") if row is None else (int(row[0]), row[1] or "")


def verify(connection: Any, *, progress: Callable[[int], None] = lambda _: None) -> list[Fault]:
    """All faults: broken or missing seals, events outside the chain, gaps in a case's versions, rows that are not what their events give."""
    return [*_seals(connection), *_replay(connection, progress)]


def _seals(connection: Any) -> Iterator[Fault]:
    previous, expected = "", 1
    for no, before, root, rows in dialect.rows(connection, "SELECT no, prev_hash, root, rows FROM casework_seal ORDER BY no"):
        place = f"seal {no}"
        if no != expected:
            yield Fault(STORE, place, f"number {no}", f"number {expected}", "a seal is missing")
            expected = no
        if (before or "") != previous:
            yield Fault(
                STORE,
                place,
                f"the seal before as {(before or 'nothing')[:19]}…",
                f"{previous[:19] or 'nothing'}…",
                "the chain is broken here",
            )
        events = [
            canonical_event(row)
            for row in dialect.rows(connection, f"SELECT {', '.join(EVENT)} FROM casework_event WHERE seal = %s", (no,))
        ]
        named = f" ({events[0][0]} version {events[0][1]})" if len(events) == 1 else ""
        if len(events) != rows:
            yield Fault(STORE, place + named, f"{len(events)} events", f"{rows}", "events were added or removed")
        elif seal_root(before or "", events) != root:
            yield Fault(STORE, place + named, "events that do not give its digest", root[:19] + "…", "an event was altered")
        previous, expected = root, expected + 1
    number, root = head(connection)
    if (number, root) != (expected - 1, previous):
        yield Fault(
            STORE, "the newest seal", f"number {expected - 1}", f"number {number}, as the head row says", "seals were removed at the end"
        )
    loose = dialect.row(connection, "SELECT COUNT(*) FROM casework_event WHERE seal > %s", (number,))
    if loose and loose[0]:
        yield Fault(STORE, "events", f"{loose[0]} beyond the newest seal", "none", "events were added past the chain")


def _replay(connection: Any, progress: Callable[[int], None]) -> Iterator[Fault]:
    after, done = "", 0
    while True:
        ids = [
            str(row[0])
            for row in dialect.rows(connection, "SELECT id FROM casework_case WHERE id > %s ORDER BY id LIMIT %s", (after, CHUNK))
        ]
        if not ids:
            return
        after, done = ids[-1], done + len(ids)
        places = ", ".join(["%s"] * len(ids))
        events: dict[str, list[Any]] = {}
        for row in dialect.rows(
            connection, f"SELECT {', '.join(EVENT)} FROM casework_event WHERE case_id IN ({places}) ORDER BY case_id, ver", ids
        ):
            events.setdefault(row[0], []).append(event_of(row))
        for name, case in read_cases(connection, ids).items():
            told = events.get(name, [])
            if [one.ver for one in told] != list(range(case.ver + 1)):
                yield Fault(STORE, f"case {name}", f"events {[one.ver for one in told][:20]}", f"0 to {case.ver} without a gap")
                continue
            given, row_ = plain(replayed(told)), plain(case)
            wrong = sorted(key for key in row_ if row_[key] != given.get(key))
            if wrong:
                yield Fault(
                    STORE, f"case {name}", f"{', '.join(wrong)} other than its events give", "the row that folding the events gives"
                )
        progress(done)
