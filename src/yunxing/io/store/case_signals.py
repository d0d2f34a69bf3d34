"""What joins cases and signals in the store: the cases that came of signals and ended, and the keys that a matter holds while its case is open."""

from __future__ import annotations

from typing import Any

from yunxing.io.store import dialect


def ended_with_signal(connection: Any) -> list[str]:
    """The cases of signals that have ended, by id."""
    sql = "SELECT id FROM casework_case WHERE is_open = %s AND origin LIKE %s ORDER BY id"
    return [str(row[0]) for row in dialect.rows(connection, sql, (False, "signal:%"))]


def free_ended(connection: Any) -> int:
    """Let go of the keys whose case has ended, so that a later alarm of the matter opens a case of its own; gives how many."""
    sql = (
        "SELECT o.signal FROM room_open_signal o JOIN casework_case c ON c.origin = 'signal:' || o.signal"
        " WHERE c.is_open = %s ORDER BY o.signal"
    )
    ended = [str(row[0]) for row in dialect.rows(connection, sql, (False,))]
    still = {
        str(row[0])
        for row in dialect.rows(
            connection,
            "SELECT o.signal FROM room_open_signal o JOIN casework_case c ON c.origin = 'signal:' || o.signal WHERE c.is_open = %s",
            (True,),
        )
    }
    freed = [one for one in dict.fromkeys(ended) if one not in still]
    with dialect.transaction(connection):
        for signal in freed:
            dialect.execute(connection, "DELETE FROM room_open_signal WHERE signal = %s", (signal,))
            dialect.execute(connection, "UPDATE room_signal SET state = %s WHERE id = %s", ("closed", signal))
    return len(freed)
