"""Closed months and signals in the relational store: written once in one transaction, the same again changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from yunxing.io.store import case_log, dialect

_MONTH = "snapshot, month, as_of, folder, pack, recorded, superseded_by"
_SIGNAL = (
    "id, month, snapshot, kind, sign, indicator, scope_kind, scope, first_period, period, severity, rule, words_zh, words_en, owner, deadline,"
    " provisional, evidence, state, joined"
)
OPEN, JOINED, WITHDRAWN, CLOSED = "new", "joined", "withdrawn", "closed"


class Recorded(NamedTuple):
    """What recording a closed month added. `superseded` is the snapshot that stood for the month before, if any."""

    new: bool
    opened: int
    joined: int
    withdrawn: int
    cases: int
    superseded: str


def record_month(
    connection: Any,
    manifest: Mapping[str, Any],
    folder: str,
    *,
    signals: Sequence[Mapping[str, Any]],
    cases: Sequence[Mapping[str, Any]],
    now: datetime,
) -> Recorded:
    """The closed month's row, its signals and its proposed cases, in one transaction. `now` is when it is recorded.

    Of two signals about one kind, indicator and scope only the first is open; a later one is joined to it, and its case hears of it. Signals of this month that
    the new snapshot does not have any more are withdrawn. Recording the same snapshot again adds nothing.
    """
    with dialect.transaction(connection):
        snapshot, month = manifest["snapshot"], manifest["month"]
        before = _standing(connection, month)
        if before == snapshot:
            return Recorded(new=False, opened=0, joined=0, withdrawn=0, cases=0, superseded="")
        _stand(connection, manifest, folder, now)
        withdrawn = _withdraw(connection, month, {one["id"] for one in signals})
        opened = joined = 0
        for one in signals:
            state = _record_signal(connection, one, month, snapshot, now)
            opened += state == OPEN
            joined += state == JOINED
        live = {row[0] for row in dialect.rows(connection, "select signal from room_open_signal")}
        added = sum(case_log.propose(connection, one, now) for one in cases if one["origin"].partition(":")[2] in live)
        return Recorded(True, opened, joined, withdrawn, added, before)


def _standing(connection: Any, month: str) -> str:
    row = dialect.row(connection, "select snapshot from room_closed_month where month = %s and superseded_by = %s", (month, ""))
    return "" if row is None else str(row[0])


def _stand(connection: Any, manifest: Mapping[str, Any], folder: str, now: datetime) -> None:
    """The snapshot becomes the one that stands for its month; one that stood there earlier and comes back is not written twice."""
    snapshot, month = manifest["snapshot"], manifest["month"]
    dialect.execute(
        connection,
        "update room_closed_month set superseded_by = %s where month = %s and superseded_by = %s and snapshot <> %s",
        (snapshot, month, "", snapshot),
    )
    values = (snapshot, month, manifest["as_of"], folder, manifest["pack"]["id"], now, "")
    if not dialect.insert_new(connection, f"insert into room_closed_month ({_MONTH}) values (%s, %s, %s, %s, %s, %s, %s)", values):
        dialect.execute(connection, "update room_closed_month set superseded_by = %s where snapshot = %s", ("", snapshot))


def _withdraw(connection: Any, month: str, kept: set[str]) -> int:
    """Signals of the month that the revised figures do not give any more: withdrawn, and what they held open is free."""
    known = dialect.rows(connection, "select id from room_signal where month = %s and state in (%s, %s)", (month, OPEN, JOINED))
    gone = [row[0] for row in known if row[0] not in kept]
    for signal in gone:
        dialect.execute(connection, "update room_signal set state = %s where id = %s", (WITHDRAWN, signal))
        dialect.execute(connection, "delete from room_open_signal where signal = %s", (signal,))
    return len(gone)


def _record_signal(connection: Any, one: Mapping[str, Any], month: str, snapshot: str, now: datetime) -> str:
    """`new`, `joined`, or empty when the signal is known already."""
    known = dialect.row(connection, "select state, month, period from room_signal where id = %s", (one["id"],))
    came_back = known is not None and known[0] == CLOSED and str(one["period"]) > str(known[2])
    if known is not None and known[0] != WITHDRAWN:
        _goes_on(connection, one, str(known[1]), month, now)
        if not came_back:
            return ""
    key = f"{one['kind']}/{one['indicator']}/{one['scope_kind']}/{one['scope']}"
    first = dialect.insert_new(connection, "insert into room_open_signal (key, signal) values (%s, %s)", (key, one["id"]))
    holder = "" if first else str(dialect.rows(connection, "select signal from room_open_signal where key = %s", (key,))[0][0])
    state = OPEN if first else JOINED
    if known is not None:
        dialect.execute(connection, "update room_signal set state = %s, joined = %s where id = %s", (state, holder, one["id"]))
    else:
        plain = {**one, "month": month, "snapshot": snapshot, "state": state, "joined": holder}
        names = _SIGNAL.replace(" ", "").split(",")
        places = ", ".join(["%s"] * len(names))
        dialect.execute(connection, f"insert into room_signal ({_SIGNAL}) values ({places})", [plain[name] for name in names])
    if holder:
        case_log.heard_again(connection, f"signal:{holder}", str(one["words_zh"]), now)
    return state


def _goes_on(connection: Any, one: Mapping[str, Any], first_month: str, month: str, now: datetime) -> None:
    """A signal that began in an earlier month and goes on: its newest words, period and severity, told to its case."""
    if month <= first_month:
        return
    dialect.execute(
        connection,
        "update room_signal set period = %s, severity = %s, words_zh = %s, words_en = %s, evidence = %s where id = %s",
        (one["period"], one["severity"], one["words_zh"], one["words_en"], one["evidence"], one["id"]),
    )
    case_log.heard_again(connection, f"signal:{one['id']}", str(one["words_zh"]), now)


def standing_months(connection: Any) -> list[tuple[str, str]]:
    """The closed months that stand: (month, snapshot), oldest first."""
    rows: Iterable[tuple[Any, ...]] = dialect.rows(
        connection, "select month, snapshot from room_closed_month where superseded_by = %s order by month", ("",)
    )
    return [(str(month), str(snapshot)) for month, snapshot in rows]
