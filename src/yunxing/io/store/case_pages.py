"""Lists of cases by keyset: any page of a million cases costs the same, since a page begins after the last row of the one before.

The desk's pages use the ORM with the same order (`desk/casework/selectors.py`), so that the scope is always in the condition; this module serves the command line and flows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yunxing.io.store import dialect
from yunxing.io.store.case_rows import NO_DUE

FILTERS = ("definition", "state", "owner", "lead", "handler", "unit", "party", "is_open", "subject")
COLUMNS = "id, definition, state, ver, owner, lead, title, due, is_open"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list; `due` is None when no clock runs."""

    id: str
    definition: str
    state: str
    ver: int
    owner: str
    lead: str
    title: str
    due: datetime | None
    open: bool


def page(
    connection: Any,
    filters: Mapping[str, Any],
    *,
    after: tuple[datetime, str] | None = None,
    size: int = 50,
    due_before: datetime | None = None,
) -> list[Row]:
    """Up to `size` cases by (due, id), beginning after the key of the last row of the page before. `filters` are equalities on `FILTERS`."""
    unknown = set(filters) - set(FILTERS)
    assert not unknown, unknown
    conditions = [f"{name} = %s" for name in filters]
    values: list[Any] = list(filters.values())
    if due_before is not None:
        conditions.append("due < %s")
        values.append(due_before)
    if after is not None:
        conditions.append("(due > %s OR (due = %s AND id > %s))")
        conditions.append("due >= %s")  # the range an index is entered by
        values += [after[0], after[0], after[1], after[0]]
    where = " AND ".join(conditions) or "1 = 1"
    rows = dialect.rows(connection, f"SELECT {COLUMNS} FROM casework_case WHERE {where} ORDER BY due, id LIMIT %s", [*values, size])
    return [_row(one) for one in rows]


def _row(values: Any) -> Row:
    name, definition, state, ver, owner, lead, title, due, is_open = values
    instant = dialect.as_instant(due)
    return Row(name, definition, state, int(ver), owner, lead or "", title or "", None if instant == NO_DUE else instant, bool(is_open))


def counts(connection: Any) -> list[tuple[str, str, int]]:
    """How many open cases stand in each state of each table."""
    sql = "SELECT definition, state, COUNT(*) FROM casework_case WHERE is_open = %s GROUP BY definition, state ORDER BY definition, state"
    return [(str(name), str(state), int(count)) for name, state, count in dialect.rows(connection, sql, (True,))]


def open_of_version(connection: Any, definition: str, version: int, after: str, limit: int) -> list[str]:
    """Up to `limit` open cases of a version after the id `after`, by id."""
    sql = "SELECT id FROM casework_case WHERE definition = %s AND version = %s AND is_open = %s AND id > %s ORDER BY id LIMIT %s"
    return [str(row[0]) for row in dialect.rows(connection, sql, (definition, version, True, after, limit))]


def texts_about(connection: Any, *, party: str, subject: str, since: datetime, besides: str) -> list[tuple[str, str]]:
    """(case, title and words) of the cases of the same party, or of the same subject where no party is named, that are open or were opened since; newest first."""
    column, value = ("party", party) if party else ("subject", subject)
    sql = f"SELECT id, title, words FROM casework_case WHERE {column} = %s AND id <> %s AND (is_open = %s OR opened >= %s) ORDER BY opened DESC, id LIMIT 500"
    return [
        (str(name), f"{title or ''} {words or ''}") for name, title, words in dialect.rows(connection, sql, (value, besides, True, since))
    ]


def ids_about(connection: Any, party: str) -> list[str]:
    """The ids of all cases about a party, ended ones too, by id."""
    return [str(row[0]) for row in dialect.rows(connection, "SELECT id FROM casework_case WHERE party = %s ORDER BY id", (party,))]
