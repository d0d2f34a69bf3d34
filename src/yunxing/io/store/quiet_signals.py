"""Signals that fell quiet: after three closed months without their alarm, and with no case under way, they close by themselves."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime
from typing import Any

from yunxing.io.store import dialect
from yunxing.io.store.room import CLOSED, JOINED, OPEN, standing_months
from yunxing.values.period import parse_period

QUIET = 3  # closed months
BY_ITSELF = "连续3期未再出现，系统解除"


def close_quiet(connection: Any, _now: datetime | None = None) -> int:
    """Close every open signal whose key has had no alarm in the last three months that stand; gives how many. Its joined alarms close with it.

    One with a case under way stays: whoever handles it closes it. Doing it again closes nothing more.
    """
    months = [month for month, _ in standing_months(connection)]
    if len(months) < QUIET:
        return 0
    last = _last_alarms(connection)
    busy = {
        str(row[0]).partition(":")[2] for row in dialect.rows(connection, "select origin from casework_case where is_open = %s", (True,))
    }
    quiet = [
        (key, signal)
        for key, signal in dialect.rows(connection, "select key, signal from room_open_signal order by key")
        if signal not in busy and len(months) - bisect_right(months, last.get(str(key), "9999")) >= QUIET
    ]
    with dialect.transaction(connection):
        for key, signal in quiet:
            dialect.execute(connection, "delete from room_open_signal where key = %s", (key,))
            dialect.execute(connection, "update room_signal set state = %s where id = %s", (CLOSED, signal))
            dialect.execute(connection, "update room_signal set state = %s where joined = %s and state = %s", (CLOSED, signal, JOINED))
    return len(quiet)


def _last_alarms(connection: Any) -> dict[str, str]:
    """The month of the newest alarm by key, of open and joined signals."""
    found: dict[str, str] = {}
    sql = "select kind, indicator, scope_kind, scope, period, month from room_signal where state in (%s, %s)"
    for kind, indicator, scope_kind, scope, period, month in dialect.rows(connection, sql, (OPEN, JOINED)):
        key = f"{kind}/{indicator}/{scope_kind}/{scope}"
        ended = f"{parse_period(str(period)).end:%Y-%m}"
        found[key] = max(found.get(key, ""), ended, str(month))
    return found
