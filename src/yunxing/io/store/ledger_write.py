"""Write down what the ledger decided: transfers, postings, days, accounts, resolutions, loans, and the seal over all of it. Stands inside a transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from yunxing.engines.ledger.batch import due_body
from yunxing.engines.ledger.model import Account, Decided, Line
from yunxing.engines.ledger.seal import FIRST, at_of, root_of_texts, row_text, tail_of
from yunxing.io.store.dialect import COPY_FROM, add_many, execute, insert_many, insert_new, row, stored, together
from yunxing.io.store.ledger_locked import CHUNK
from yunxing.values.digest import Algorithm, parse_digest

TRANSFER = (
    "seq", "id", "key", "body_hash", "kind", "unit_id", "refers", "clause", "effective", "recorded", "run", "approver_1", "approver_2",
    "seal_id", "not_before", "until",
)  # fmt: skip
POSTING = ("transfer_id", "account_id", "layer", "amount")
LAYERS = ("posted", "hold_out", "hold_in")
HEAD = 1


def write(
    connection: Any,
    accepted: Sequence[Decided],
    accounts: tuple[Mapping[str, tuple[int, int]], Mapping[str, Account]],
    *,
    recorded: datetime,
    run: str,
    suite: Algorithm | None,
) -> None:
    """Insert what was accepted under one seal, and change the days and accounts it touches. `accounts` are their figures before, and they themselves after."""
    before, after = accounts
    no, previous, seq, days_there = _head(connection, accepted)
    at = recorded.astimezone(UTC)
    at_text, at_stored = at.isoformat(timespec="microseconds"), stored(connection, at)
    days: dict[date, tuple[str, Any]] = {}
    tails: dict[tuple[str, ...], tuple[str, str, str]] = {}
    transfers: list[tuple[Any, ...]] = []
    postings: list[tuple[Any, ...]] = []
    sealed: list[str] = []
    nets: dict[tuple[date, str], list[int]] = {}
    for decided in accepted:
        for line in decided.lines:
            seq += 1
            transfer = line.transfer
            effective = transfer.effective
            day = days.get(effective)
            if day is None:
                day = days[effective] = (at_of(effective.isoformat(), at_text), stored(connection, effective))
            tail = tails.get(transfer.approvers)
            if tail is None:
                first, second = (*transfer.approvers, "", "")[:2]
                tail = tails[transfer.approvers] = (tail_of(run, first, second), first, second)
            head = (line.id, transfer.key, decided.body_hash, transfer.kind, transfer.unit, transfer.refers, transfer.clause)
            since, until, rare = line.not_before, transfer.until, None
            if since is not None or until is not None or transfer.due is not None:
                rare = more(since, until, due_body(transfer.due) if transfer.due else None)
                since, until = stored(connection, since), stored(connection, until)
            transfers.append((seq, *head, day[1], at_stored, run, tail[1], tail[2], no, since, until))
            sealed.append(row_text(seq, head, day[0], tail[0], line.postings, rare))
            for account, layer, amount in line.postings:
                postings.append((seq, account, layer, amount))
                net = nets.get((effective, account))
                if net is None:
                    net = nets[effective, account] = [0, 0, 0]
                net[0 if layer == "posted" else 1 if layer == "hold_out" else 2] += amount
    resolved = [each for decided in accepted for each in decided.resolves]
    digest = root_of_texts(previous, sealed, suite or (parse_digest(previous).algorithm if previous else "sha256"))
    with together(connection, small=len(postings) < COPY_FROM and len(nets) < COPY_FROM):
        insert_many(connection, "support_seal", ("no", "prev_hash", "root", "rows", "at"), [(no, previous, digest, len(sealed), at_stored)])
        insert_many(connection, "support_transfer", TRANSFER, transfers)
        insert_many(connection, "support_posting", POSTING, postings)
        insert_many(connection, "support_resolution", ("reserve_id", "transfer_id", "how"), resolved)
        _loans(connection, [line for decided in accepted for line in decided.lines])
        _days(connection, nets, days_there)
        _move(connection, before, after)
        execute(connection, "UPDATE support_sealhead SET root = %s, seq = %s WHERE id = %s", [digest, seq, HEAD])


def more(not_before: datetime | None, until: date | None, due: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is sealed of a transfer beyond the fields that every one has."""
    found: dict[str, Any] = {}
    if not_before is not None:
        found["not_before"] = not_before.astimezone(UTC).isoformat(timespec="microseconds")
    if until is not None:
        found["until"] = until.isoformat()
    if due is not None:
        found["due"] = due
    return found


def _head(connection: Any, accepted: Sequence[Decided]) -> tuple[int, str, int, set[tuple[date, str]]]:
    """Take the head row, which other writers then wait for: the number of the new seal, the digest before it, the last sequence number.

    On the same way: which days of which accounts have a row already.
    """
    touched: dict[date, set[str]] = {}
    for decided in accepted:
        for line in decided.lines:
            touched.setdefault(line.transfer.effective, set()).update([posting[0] for posting in line.postings])
    asked = []
    with together(connection, small=sum(map(len, touched.values())) < COPY_FROM):
        taken = execute(connection, "UPDATE support_sealhead SET no = no + 1 WHERE id = %s", [HEAD])
        found = execute(connection, "SELECT no, root, seq FROM support_sealhead WHERE id = %s", [HEAD])
        for day in sorted(touched):
            names = sorted(touched[day])
            for start in range(0, len(names), CHUNK):
                part = names[start : start + CHUNK]
                sql = f"SELECT account_id FROM support_day WHERE day = %s AND account_id IN ({', '.join(['%s'] * len(part))})"
                asked.append((day, execute(connection, sql, [day, *part])))
    there = {(day, account) for day, cursor in asked for (account,) in cursor.fetchall()}
    head = found.fetchone()
    if taken.rowcount != 1:
        head = _first_head(connection)
    assert head is not None
    return int(head[0]), head[1] or FIRST, int(head[2]), there


def _first_head(connection: Any) -> tuple[Any, ...] | None:
    newest = row(connection, "SELECT no, root FROM support_seal ORDER BY no DESC LIMIT 1") or (0, FIRST)
    last = row(connection, "SELECT MAX(seq) FROM support_transfer") or (None,)
    start = [HEAD, newest[0], newest[1], last[0] or 0]
    insert_new(connection, "INSERT INTO support_sealhead (id, no, root, seq) VALUES (%s, %s, %s, %s)", start)
    execute(connection, "UPDATE support_sealhead SET no = no + 1 WHERE id = %s", [HEAD])
    return row(connection, "SELECT no, root, seq FROM support_sealhead WHERE id = %s", [HEAD])


def _loans(connection: Any, lines: Sequence[Line]) -> None:
    loans, repaid = [], []
    for line in lines:
        transfer, due = line.transfer, line.transfer.due
        if due is not None:
            source, holder = sorted(transfer.legs, key=lambda leg: leg.amount)
            terms = (due.pledge, due.event, stored(connection, due.day))
            loans.append((transfer.key, due.borrower, due.project, transfer.unit, source.account, holder.account, holder.amount, *terms))
        if line.repays is not None:
            repaid.append((line.id, *line.repays))
    columns = ("id", "borrower", "project", "unit_id", "source_id", "holder_id", "amount", "pledge", "due_event", "due_date")
    insert_many(connection, "support_obligation", columns, loans)
    insert_many(connection, "support_repayment", ("transfer_id", "obligation_id", "amount"), repaid)


def _days(connection: Any, nets: Mapping[tuple[date, str], Sequence[int]], there: set[tuple[date, str]]) -> None:
    """Under the accounts' locks nobody else writes these rows: those that are there are changed, the others are made."""
    days = {day: stored(connection, day) for day in {day for day, _ in nets}}
    changed = [(*nets[key], key[1], days[key[0]]) for key in sorted(nets) if key in there]
    add_many(connection, "support_day", LAYERS, ("account_id", "day"), changed)
    made = [(*nets[key], key[1], days[key[0]]) for key in sorted(nets) if key not in there]
    insert_many(connection, "support_day", (*LAYERS, "account_id", "day"), made)


def _move(connection: Any, before: Mapping[str, tuple[int, int]], after: Mapping[str, Account]) -> None:
    """Change each account row by what the batch changed in all."""
    moved = []
    for name, account in sorted(after.items()):
        posted, reserved = before[name]
        if (account.posted, account.reserved) != (posted, reserved):
            moved.append((account.posted - posted, account.reserved - reserved, name))
    add_many(connection, "support_account", ("posted", "reserved"), ("id",), moved)
