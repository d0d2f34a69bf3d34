"""Cases in the relational store: one compare-and-set on `ver`, one event, in the caller's transaction. Events are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from yunxing.io.store import dialect
from yunxing.values.digest import digest

ACTOR = "month close"


def propose(connection: Any, case: Mapping[str, Any], now: datetime) -> bool:
    """Record a proposed case with its event 0 and its clocks; False when it is there already."""
    values = (
        case["id"], case["definition"], case["version"], case["subject"], case["state"], 0, case["owner"], case["origin"], case["title"], case["words_zh"],
    )  # fmt: skip
    columns = "id, definition, version, subject, state, ver, owner, origin, title, words"
    places = ", ".join(["%s"] * len(values))
    if not dialect.insert_new(connection, f"insert into casework_case ({columns}) values ({places})", values):
        return False
    add_event(
        connection, case["id"], 0, edge="propose", from_state="", to_state=case["state"], actor=ACTOR, now=now, reason=case["words_zh"]
    )
    for clock in case["clocks"]:
        dialect.execute(
            connection,
            "insert into casework_clock (case_id, name, days, due, provisional, state) values (%s, %s, %s, %s, %s, %s)",
            (case["id"], clock["name"], clock["days"], clock["due"], bool(clock["provisional"]), "proposed"),
        )
    return True


def heard_again(connection: Any, origin: str, words: str, now: datetime) -> None:
    """A later alarm of the same matter is told to the case that came of the first; nothing when there is no such case."""
    row = dialect.row(connection, "select id, state, ver from casework_case where origin = %s", (origin,))
    if row is not None:
        state = str(row[1])
        move(connection, str(row[0]), int(row[2]), edge="hear_again", from_state=state, to_state=state, actor=ACTOR, now=now, reason=words)


def move(
    connection: Any, case: str, ver: int, *, edge: str, from_state: str, to_state: str, actor: str, now: datetime, reason: str = ""
) -> bool:
    """Take a case from version `ver` one step on; False when somebody else was first, and then nothing is written."""
    moved = dialect.execute(
        connection,
        "update casework_case set state = %s, ver = ver + 1 where id = %s and ver = %s and state = %s",
        (to_state, case, ver, from_state),
    )
    if moved.rowcount != 1:
        return False
    add_event(connection, case, ver + 1, edge=edge, from_state=from_state, to_state=to_state, actor=actor, now=now, reason=reason)
    return True


def add_event(
    connection: Any, case: str, ver: int, *, edge: str, from_state: str, to_state: str, actor: str, now: datetime, reason: str
) -> None:
    """One event; its digest covers what it says and when. (case, ver) is unique in the store."""
    said = [case, ver, edge, from_state, to_state, actor, now.astimezone(UTC).isoformat(), reason]
    dialect.execute(
        connection,
        "insert into casework_event (case_id, ver, edge, from_state, to_state, actor, recorded, reason, digest) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (case, ver, edge, from_state, to_state, actor, now, reason, digest(said)),
    )
