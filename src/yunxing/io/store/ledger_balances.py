"""Balances: now, and as of any day, read from sums over days and never from all postings; the statement of an account, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yunxing.io.store.dialect import as_date, as_instant, row, rows
from yunxing.io.store.ledger_locked import in_chunks
from yunxing.values.errors import BadInput, nearest


@dataclass(frozen=True, slots=True)
class Balance:
    """An account on a day: posted, reserved by outgoing holds, incoming holds (not spendable), and what is free above the floor."""

    account: str
    unit: str
    posted: int
    reserved: int
    incoming: int
    floor: int

    @property
    def available(self) -> int:
        """Posted − reserved − floor."""
        return self.posted - self.reserved - self.floor


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a statement: the transfer, what it changed in the account by layer, and the posted and reserved balance after it (in order of sequence)."""

    seq: int
    key: str
    kind: str
    refers: str
    clause: str
    effective: date
    recorded: datetime
    approvers: tuple[str, ...]
    posted: int
    held: int
    incoming: int
    posted_after: int
    reserved_after: int


def balance(connection: Any, account: str, as_of: date | None = None) -> Balance:
    """The account now, or counting only what is effective by the end of a day. Errors: `BadInput` for an unknown account."""
    found = row(connection, "SELECT unit_id, floor, posted, reserved FROM support_account WHERE id = %s", [account])
    if found is None:
        known = [name for (name,) in rows(connection, "SELECT id FROM support_account")]
        guess = nearest(account, known)
        raise BadInput(
            f"account: found {account!r}, expected one of the ledger's {len(known)} accounts"
            + (f"; did you mean {guess!r}?" if guess else "")
        )
    unit, floor, posted, reserved = found
    sql = "SELECT SUM(posted), SUM(hold_out), SUM(hold_in) FROM support_day WHERE account_id = %s"
    params: list[Any] = [account]
    if as_of is not None:
        sql, params = sql + " AND day <= %s", [account, as_of]
    sums = row(connection, sql, params) or (0, 0, 0)
    total, hold_out, incoming = (int(each or 0) for each in sums)
    if as_of is not None:
        posted, reserved = total, -hold_out
    return Balance(account, unit, posted, reserved, incoming, floor)


def statement(connection: Any, account: str, *, before: int | None = None, size: int = 50) -> list[Entry]:
    """The newest transfers of an account first, a page at a time: `before` is the `seq` of the last entry of the page before.

    The balance after each entry is counted back from the account's own; the first page is quick, a page far back sums what lies after it.
    Errors: `BadInput` for an unknown account.
    """
    now = balance(connection, account)
    later = "AND p.transfer_id < %s" if before is not None else ""
    places: list[Any] = [account, *([before] if before is not None else [])]
    newest = rows(
        connection,
        f"SELECT DISTINCT p.transfer_id FROM support_posting p WHERE p.account_id = %s {later} ORDER BY p.transfer_id DESC LIMIT {size:d}",
        places,
    )
    seqs = [int(seq) for (seq,) in newest]
    if not seqs:
        return []
    posted, reserved = now.posted, now.reserved
    if before is not None:
        sums = dict(
            rows(
                connection,
                "SELECT layer, SUM(amount) FROM support_posting WHERE account_id = %s AND transfer_id >= %s GROUP BY layer",
                [account, before],
            )
        )
        posted -= int(sums.get("posted", 0))
        reserved += int(sums.get("hold_out", 0))
    moved: dict[int, dict[str, int]] = {}
    for seq, layer, amount in rows(
        connection,
        "SELECT transfer_id, layer, amount FROM support_posting WHERE account_id = %s AND transfer_id BETWEEN %s AND %s",
        [account, seqs[-1], seqs[0]],
    ):
        moved.setdefault(int(seq), {})[layer] = int(amount)
    heads = {
        int(head[0]): head
        for head in in_chunks(
            connection,
            "SELECT seq, key, kind, refers, clause, effective, recorded, approver_1, approver_2 FROM support_transfer WHERE seq IN ({})",
            seqs,
        )
    }
    entries = []
    for seq in seqs:
        _, key, kind, refers, clause, effective, recorded, first, second = heads[seq]
        change = moved[seq]
        day, at = as_date(effective), as_instant(recorded)
        assert day is not None
        assert at is not None
        people = tuple(each for each in (first, second) if each)
        held, incoming = -change.get("hold_out", 0), change.get("hold_in", 0)
        head = (seq, key, kind, refers or "", clause, day, at, people)
        entries.append(Entry(*head, change.get("posted", 0), held, incoming, posted, reserved))
        posted, reserved = posted - change.get("posted", 0), reserved - held
    return entries


def written_amounts(connection: Any, keys: Sequence[str]) -> dict[str, tuple[int, str]]:
    """For each of these group keys that is in the ledger with one transfer: what it gave its receivers, and the run that wrote it."""
    wanted = {f"{key}#1": key for key in keys}
    sql = (
        "SELECT t.key, SUM(p.amount), t.run FROM support_transfer t JOIN support_posting p ON p.transfer_id = t.seq "
        "WHERE p.amount > 0 AND t.key IN ({}) GROUP BY t.key, t.run"
    )
    return {wanted[key]: (int(total), run or "") for key, total, run in in_chunks(connection, sql, sorted(wanted))}
