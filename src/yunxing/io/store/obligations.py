"""Obligations and gates: what was lent in advance, how much of it is outstanding, and the event that may not happen before it is made good.

A loan is a transfer of kind `borrow`, it is given back by `repay`, both through `post`. Here is what a flow needs beside them: read what is
outstanding, and pass a gate in the same transaction as the case event that depends on it. `borrow` locks the same gate row and is refused once
it has passed, so that the two cannot cross.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yunxing.engines.ledger.batch import gate_id
from yunxing.io.store import dialect
from yunxing.io.store.dialect import as_date, as_instant, rows
from yunxing.io.store.ledger_locked import lock_gate
from yunxing.values.errors import BadInput


@dataclass(frozen=True, slots=True)
class Obligation:
    """A loan and what is outstanding of it. `id` is the key of the transfer that borrowed; `passed_at` says when its gate was passed."""

    id: str
    borrower: str
    project: str
    unit: str
    source: str
    holder: str
    amount: int
    outstanding: int
    pledge: str
    event: str
    day: date | None
    passed_at: datetime | None


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """Whether a gate is passed now: since when, or what of it is still outstanding."""

    passed: bool
    passed_at: datetime | None
    outstanding: tuple[Obligation, ...] = ()


def obligations(
    connection: Any,
    *,
    project: str = "",
    event: str = "",
    borrower: str = "",
    source: str = "",
    due_by: date | None = None,
    all_: bool = False,
) -> list[Obligation]:
    """The obligations with something outstanding (with `all_` also those made good), by id; narrowed by what is given."""
    sql = (
        "SELECT o.id, o.borrower, o.project, o.unit_id, o.source_id, o.holder_id, o.amount, "
        "o.amount - COALESCE((SELECT SUM(r.amount) FROM support_repayment r WHERE r.obligation_id = o.id), 0), "
        "o.pledge, o.due_event, o.due_date, g.passed_at "
        "FROM support_obligation o LEFT JOIN support_gate g ON g.subject = o.project AND g.event = o.due_event WHERE 1 = 1"
    )
    params: list[Any] = []
    for column, wanted in (("o.project", project), ("o.due_event", event), ("o.borrower", borrower), ("o.source_id", source)):
        if wanted:
            sql, params = f"{sql} AND {column} = %s", [*params, wanted]
    if due_by is not None:
        sql, params = f"{sql} AND o.due_date <= %s", [*params, due_by]
    found = [
        Obligation(key, borrower, project, unit, source, holder, int(amount), int(left), pledge, event, as_date(day), as_instant(passed))
        for key, borrower, project, unit, source, holder, amount, left, pledge, event, day, passed in rows(
            connection, sql + " ORDER BY o.id", params
        )
    ]
    return found if all_ else [one for one in found if one.outstanding]


def outstanding(connection: Any, project: str, event: str) -> list[Obligation]:
    """What must be made good before this event of the project; empty when it may happen. Without the lock: for showing, not for deciding."""
    return obligations(connection, project=project, event=event)


def pass_gate(connection: Any, project: str, event: str, at: datetime) -> GateAnswer:
    """Pass the gate if nothing is outstanding; asked again it answers the first instant. Stands inside the caller's transaction.

    The row stays locked until that transaction ends, so nothing can be lent in between, and a rolled back transaction leaves the gate shut.
    """
    if at.tzinfo is None:
        raise BadInput("pass_gate: `at` must have a time zone")
    with dialect.transaction(connection):
        since = lock_gate(connection, project, event)
        if since is not None:
            return GateAnswer(True, since)
        left = outstanding(connection, project, event)
        if left:
            return GateAnswer(False, None, tuple(left))
        dialect.execute(connection, "UPDATE support_gate SET passed_at = %s WHERE id = %s", [at, gate_id(project, event)])
        return GateAnswer(True, at)


def lapsed_reservations(connection: Any, today: date, size: int = 500) -> Sequence[tuple[str, str, str]]:
    """Open reservations whose last day is over: key, unit and clause, oldest first."""
    sql = (
        "SELECT t.key, t.unit_id, t.clause FROM support_transfer t LEFT JOIN support_resolution r ON r.reserve_id = t.id "
        f"WHERE t.until < %s AND t.kind = %s AND r.reserve_id IS NULL ORDER BY t.until, t.seq LIMIT {size:d}"
    )
    return [(str(key), str(unit), str(clause)) for key, unit, clause in rows(connection, sql, [today, "reserve"])]


def free_of_unit(connection: Any, unit: str, besides: str) -> list[tuple[Any, ...]]:
    """Account and what is free in it, of every account of a unit that has something free, its source and the account `besides` left out."""
    sql = "SELECT id, posted - reserved FROM support_account WHERE unit_id = %s AND id <> %s AND posted - reserved > 0 AND kind <> %s ORDER BY id"
    return rows(connection, sql, [unit, besides, "source"])


def case_table_is_there(connection: Any, name: str) -> bool:
    """Whether a case table of this name is published."""
    return dialect.row(connection, "SELECT 1 FROM casework_definition WHERE name = %s", [name]) is not None


def unit_and_county(connection: Any, account: str) -> tuple[Any, ...] | None:
    """Scale and asset of an account's unit, and its county; None for an unknown account."""
    sql = "SELECT u.scale, u.asset, a.county FROM support_unit u JOIN support_account a ON a.unit_id = u.id WHERE a.id = %s"
    return dialect.row(connection, sql, [account])


def expiry(connection: Any, unit: str) -> tuple[Any, ...] | None:
    """The last day of a vintage, None in it where it has none; None for an unknown unit."""
    return dialect.row(connection, "SELECT expires FROM support_unit WHERE id = %s", [unit])
