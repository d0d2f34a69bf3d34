"""What a decision of the ledger stands on, read in one order: references, then the locks (gates, accounts; each in ascending id), then what the locks guard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from yunxing.engines.ledger.batch import Group, gate_id
from yunxing.engines.ledger.decide import accounts_touched, gates_touched
from yunxing.engines.ledger.model import Account, Loan, Posting, State, Unit, Written
from yunxing.io.store import dialect, holidays
from yunxing.io.store.dialect import as_date, as_instant, rows, vendor
from yunxing.io.store.ledger_books import TERMS, term_of
from yunxing.values.office_hours import ROUND_THE_CLOCK, OfficeHours, WorkingTime, local

CHUNK = 1000
LOANS = ("borrow", "repay", "reverse")


def locked_state(connection: Any, batch: Sequence[Group], recorded: datetime) -> State:
    """Everything `decide` needs for this batch, with every account and gate it depends on locked until the transaction ends."""
    referred = {transfer.refers for group in batch for transfer in group.transfers if transfer.refers}
    written = _written(connection, sorted(referred)) if referred else {}
    asks_loans = any(transfer.kind in LOANS for group in batch for transfer in group.transfers)
    loans = _loans(connection, written) if asks_loans else {}
    passed = _locked_gates(connection, sorted(gates_touched(batch, loans))) if asks_loans else frozenset()
    names = sorted(accounts_touched(batch, written))
    firsts = {f"{group.key}#1": group.key for group in batch}
    with dialect.together(connection, small=len(names) <= CHUNK and len(firsts) <= CHUNK):
        locked = _asked(connection, _accounts_sql(connection), names)
        keyed = _asked(connection, "SELECT key, body_hash FROM support_transfer WHERE key IN ({})", sorted(firsts))
        unit_rows = dialect.execute(connection, "SELECT id, expires FROM support_unit")
        term_rows = dialect.execute(connection, TERMS)
    accounts = {row[0]: _account(row) for cursor in locked for row in cursor.fetchall()}
    used = {firsts[key]: body for cursor in keyed for key, body in cursor.fetchall()}
    units = {name: Unit(name, as_date(expires)) for name, expires in unit_rows.fetchall()}
    terms = [term_of(row) for row in term_rows.fetchall()]
    # under the lock: what the lock's waiting may have changed
    for name in _resolved(connection, [each.id for each in written.values()]) if written else ():
        next(each for each in written.values() if each.id == name).resolved = True
    if loans:
        _outstanding(connection, loans)
    ready = {}
    if delays := {(term.delay, term.hours) for term in terms if term.delay}:
        calendar = holidays.calendar(connection, local(recorded)[0])
        ready = {(delay, hours): WorkingTime(calendar, _hours(hours)).after(recorded, delay * 60) for delay, hours in delays}
    return State(accounts, units, written, used, loans, passed, terms, recorded, ready)


def _hours(text: str) -> OfficeHours:
    return OfficeHours.parse(text.split()) if text else ROUND_THE_CLOCK


def _asked(connection: Any, sql: str, values: Sequence[Any]) -> list[Any]:
    """The cursors of a query with `IN ({})`, some values at a time, to be fetched from later."""
    parts = [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]
    return [dialect.execute(connection, sql.format(", ".join(["%s"] * len(part))), part) for part in parts]


def in_chunks(connection: Any, sql: str, values: Sequence[Any]) -> Iterable[tuple[Any, ...]]:
    """The rows of a query with `IN ({})`, some values at a time."""
    for start in range(0, len(values), CHUNK):
        part = values[start : start + CHUNK]
        yield from rows(connection, sql.format(", ".join(["%s"] * len(part))), part)


def _written(connection: Any, keys: Sequence[str]) -> dict[str, Written]:
    sql = "SELECT seq, key, id, kind, unit_id, not_before, until FROM support_transfer WHERE key IN ({})"
    heads = list(in_chunks(connection, sql, keys))
    lines: dict[int, list[Posting]] = {}
    sql = "SELECT transfer_id, account_id, layer, amount FROM support_posting WHERE transfer_id IN ({}) ORDER BY id"
    for seq, account, layer, amount in in_chunks(connection, sql, [head[0] for head in heads]):
        lines.setdefault(seq, []).append(Posting(account, layer, amount))
    repays = sorted(head[2] for head in heads if head[3] == "repay")
    sql = "SELECT transfer_id, obligation_id FROM support_repayment WHERE transfer_id IN ({})"
    repaid = dict(in_chunks(connection, sql, repays))
    return {
        key: Written(
            key, name, kind, unit, tuple(lines.get(seq, ())), not_before=as_instant(since), until=as_date(until), loan=repaid.get(name, "")
        )
        for seq, key, name, kind, unit, since, until in heads
    }


def _resolved(connection: Any, ids: Sequence[str]) -> list[str]:
    return [name for (name,) in in_chunks(connection, "SELECT reserve_id FROM support_resolution WHERE reserve_id IN ({})", sorted(ids))]


def _loans(connection: Any, written: dict[str, Written]) -> dict[str, Loan]:
    keys = sorted({each.loan or key for key, each in written.items() if each.loan or each.kind == "borrow"})
    sql = "SELECT id, source_id, amount, project, due_event FROM support_obligation WHERE id IN ({})"
    return {
        key: Loan(key, source, amount, amount, gate_id(project, event))
        for key, source, amount, project, event in in_chunks(connection, sql, keys)
    }


def _outstanding(connection: Any, loans: dict[str, Loan]) -> None:
    sql = "SELECT obligation_id, SUM(amount) FROM support_repayment WHERE obligation_id IN ({}) GROUP BY obligation_id"
    for key, repaid in in_chunks(connection, sql, sorted(loans)):
        loans[key].outstanding = loans[key].amount - int(repaid)


def _locked_gates(connection: Any, ids: Sequence[str]) -> frozenset[str]:
    return frozenset(name for name in ids if lock_gate(connection, *name.rsplit("/", 1)))


def lock_gate(connection: Any, subject: str, event: str) -> datetime | None:
    """Hold this gate until the transaction ends, making it when it is not there; gives when it was passed, None when it was not."""
    name = gate_id(subject, event)
    sql = "SELECT passed_at FROM support_gate WHERE id = %s" + (" FOR UPDATE" if vendor(connection) == "postgresql" else "")
    found = dialect.row(connection, sql, [name])
    if found is None:
        insert = "INSERT INTO support_gate (id, subject, event) VALUES (%s, %s, %s)"
        dialect.insert_new(connection, insert, [name, subject, event])
        found = dialect.row(connection, sql, [name])
    assert found is not None
    return as_instant(found[0])


def _accounts_sql(connection: Any) -> str:
    sql = (
        "SELECT a.id, a.unit_id, a.floor, a.posted, a.reserved, b.closed_through, a.kind, a.book_id FROM support_account a "
        "JOIN support_book b ON b.id = a.book_id WHERE a.id IN ({}) ORDER BY a.id"
    )
    return sql + " FOR UPDATE OF a" if vendor(connection) == "postgresql" else sql


def _account(row: Sequence[Any]) -> Account:
    name, unit, floor, posted, reserved, closed, kind, book = row
    return Account(name, unit, floor, posted, reserved, as_date(closed), kind, book)
