"""Limits that were missed in a span of time, by the office that owed them: what the quarterly talk counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yunxing.io.store import dialect


def missed_between(connection: Any, begun: datetime, ended: datetime) -> list[tuple[str, str, str, str]]:
    """(office, table, case, clock) of every clock whose due instant lies in [begun, ended) and that was stopped too late or is still past due.

    A clock of a joint office is that office's, any other the lead's; which clocks an office owes is for the caller to know.
    """
    sql = (
        "SELECT CASE WHEN k.office <> '' THEN k.office ELSE c.lead END, c.definition, c.id, k.name FROM casework_clock k JOIN casework_case c ON c.id = k.case_id"
        " WHERE k.due >= %s AND k.due < %s AND (k.state = 'missed' OR (k.state = 'running' AND k.due < %s))"
        " ORDER BY 1, 2, 3, 4"
    )
    return [(str(a or ""), str(b), str(c), str(d)) for a, b, c, d in dialect.rows(connection, sql, (begun, ended, ended)) if a]
