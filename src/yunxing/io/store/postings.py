"""`post(batch, connection)`: the only path by which money or quota moves. One transaction a batch; all of it is durable, or none.

The engine decides (`engines.ledger.decide`), this module fetches, locks and writes down. Order on every database: read what is referred to,
lock the accounts in ascending id, look up the keys under the lock, decide, insert transfers and postings, move the account rows by their net
change, seal. On SQLite the lock is BEGIN IMMEDIATE; on PostgreSQL it is SELECT … FOR UPDATE, and the unique keys are the last guard: whoever
loses a race on them starts again and finds the other's rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from yunxing.engines.ledger.batch import Group
from yunxing.engines.ledger.decide import Account, Answer, Decided, Posting, State, Unit, Written, accounts_touched, decide
from yunxing.engines.ledger.seal import FIRST, root, transfer_row
from yunxing.io.store.dialect import as_date, execute, executemany, insert_new, is_unique_violation, row, rows, transaction, vendor
from yunxing.values.errors import BadInput, DoesNotHold, nearest

CHUNK = 400
ATTEMPTS = 5
TRANSFER_FIELDS = "seq id key body_hash kind unit_id refers clause effective recorded run approver_1 approver_2 seal_id".split()  # noqa: SIM905
NO_FLOOR = -(2**62)
"""The floor of an account that may go as far below zero as it is asked to, such as the budget that issues a pool's money."""


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


def open_book(connection: Any, book: str, *, place: str, name: str) -> None:
    """Make the book unless it is there."""
    _open(connection, "support_book", {"id": book, "place": place, "name": name})


def open_unit(connection: Any, unit: str, *, asset: str, scale: int, vintage: str = "", expires: date | None = None) -> None:
    """Make the unit unless it is there."""
    _open(connection, "support_unit", {"id": unit, "asset": asset, "scale": scale, "vintage": vintage, "expires": expires})


def open_account(connection: Any, account: str, *, owner: str, book: str, unit: str, kind: str, county: str = "", floor: int = 0) -> None:
    """Make the account, empty, unless it is there. Errors: `DoesNotHold` when it is there with other terms."""
    terms = {"id": account, "owner": owner, "county": county, "book_id": book, "unit_id": unit, "kind": kind, "floor": floor}
    _open(connection, "support_account", terms, {"posted": 0, "reserved": 0})


def book_of(connection: Any, account: str) -> str:
    """The book of an account. Errors: `DoesNotHold` when there is no such account."""
    found = row(connection, "SELECT book_id FROM support_account WHERE id = %s", [account])
    if found is None:
        raise DoesNotHold(f"support_account {account}: there is no such account in the ledger")
    return str(found[0])


def _open(connection: Any, table: str, terms: dict[str, Any], start: dict[str, Any] | None = None) -> None:
    columns = {**terms, **(start or {})}
    places = ", ".join(["%s"] * len(columns))
    with transaction(connection):
        if insert_new(connection, f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", list(columns.values())):
            return
        found = row(connection, f"SELECT {', '.join(terms)} FROM {table} WHERE id = %s", [terms["id"]])
    stored = dict(zip(terms, found or (), strict=False))
    differing = [name for name, value in terms.items() if (stored.get(name) or None) != (value or None) and name != "expires"]
    if differing:
        name = differing[0]
        raise DoesNotHold(f"{table} {terms['id']}: {name} is {stored.get(name)!r} in the ledger, {terms[name]!r} was asked for")


def close_through(connection: Any, book: str, day: date) -> None:
    """Close the book through this day; it never opens again. Errors: `DoesNotHold` when it is closed through a later day."""
    with transaction(connection):
        found = row(connection, "SELECT closed_through FROM support_book WHERE id = %s", [book])
        closed = as_date(found[0]) if found else None
        if found is None or (closed is not None and closed > day):
            raise DoesNotHold(f"book {book}: " + (f"already closed through {closed}" if found else "not in the ledger"))
        execute(connection, "UPDATE support_book SET closed_through = %s WHERE id = %s", [day, book])


def post(
    batch: Sequence[Group], connection: Any, *, recorded: datetime, mode: Literal["each", "all"] = "each", run: str = ""
) -> list[Answer]:
    """Write the groups, in order; one answer each. When it returns, everything accepted is durable.

    `each`: a bad group is refused alone. `all`: one bad group and none is written; the others then answer `withheld`.
    The same key with the same body answers `repeated` and writes nothing; with another body it is refused before any write.
    `recorded` is the instant to write down (with its zone). Errors: the database's own, after nothing was written.
    """
    if recorded.tzinfo is None:
        raise BadInput("post: `recorded` must have a time zone")
    for attempt in range(ATTEMPTS):
        try:
            with transaction(connection):
                return _post(list(batch), connection, recorded, mode, run)
        except Exception as error:
            # two writers met on a key, a sequence number or a seal: the second starts again and sees the first's rows
            if not _lost_a_race(error) or attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _lost_a_race(error: BaseException) -> bool:
    codes = {getattr(error, "sqlstate", None), getattr(error.__cause__, "sqlstate", None)}
    return is_unique_violation(error) or bool(codes & {"40001", "40P01"})


def _post(batch: list[Group], connection: Any, recorded: datetime, mode: str, run: str) -> list[Answer]:
    referred = {transfer.refers for group in batch for transfer in group.transfers if transfer.refers}
    written = _written(connection, sorted(referred))
    accounts = _locked(connection, sorted(accounts_touched(batch, written)))
    # under the lock: what the lock's waiting may have changed
    resolved = _resolved(connection, [each.id for each in written.values()])
    written = {key: Written(w.key, w.id, w.kind, w.unit, w.postings, w.id in resolved) for key, w in written.items()}
    firsts = {f"{group.key}#1": group.key for group in batch}
    used = {
        firsts[key]: body
        for key, body in _in_chunks(connection, "SELECT key, body_hash FROM support_transfer WHERE key IN ({})", sorted(firsts))
    }
    units = {name: Unit(name, as_date(expires)) for name, expires in rows(connection, "SELECT id, expires FROM support_unit")}
    state = State(accounts, units, written, used)
    before = dict(state.accounts)
    answers, accepted = decide(batch, state)
    if mode == "all" and any(answer.status == "refused" for answer in answers):
        return [
            Answer(a.key, "refused", "withheld", "another group of the batch was refused") if a.status == "accepted" else a for a in answers
        ]
    if accepted:
        _write(connection, accepted, recorded, run)
        _move(connection, before, state.accounts)
    return answers


def _in_chunks(connection: Any, sql: str, values: Sequence[Any]) -> Iterable[tuple[Any, ...]]:
    for start in range(0, len(values), CHUNK):
        part = values[start : start + CHUNK]
        yield from rows(connection, sql.format(", ".join(["%s"] * len(part))), part)


def _written(connection: Any, keys: Sequence[str]) -> dict[str, Written]:
    heads = list(_in_chunks(connection, "SELECT seq, key, id, kind, unit_id FROM support_transfer WHERE key IN ({})", keys))
    lines: dict[int, list[Posting]] = {}
    sql = "SELECT transfer_id, account_id, layer, amount FROM support_posting WHERE transfer_id IN ({}) ORDER BY id"
    for seq, account, layer, amount in _in_chunks(connection, sql, [head[0] for head in heads]):
        lines.setdefault(seq, []).append(Posting(account, layer, amount))
    return {key: Written(key, name, kind, unit, tuple(lines.get(seq, []))) for seq, key, name, kind, unit in heads}


def _resolved(connection: Any, ids: Sequence[str]) -> set[str]:
    return {name for (name,) in _in_chunks(connection, "SELECT reserve_id FROM support_resolution WHERE reserve_id IN ({})", sorted(ids))}


def _locked(connection: Any, ids: Sequence[str]) -> dict[str, Account]:
    sql = (
        "SELECT a.id, a.unit_id, a.floor, a.posted, a.reserved, b.closed_through FROM support_account a "
        "JOIN support_book b ON b.id = a.book_id WHERE a.id IN ({}) ORDER BY a.id"
    )
    if vendor(connection) == "postgresql":
        sql += " FOR UPDATE OF a"
    found = _in_chunks(connection, sql, ids)
    return {name: Account(name, unit, floor, posted, reserved, as_date(closed)) for name, unit, floor, posted, reserved, closed in found}


def _write(connection: Any, accepted: list[Decided], recorded: datetime, run: str) -> None:
    head = row(connection, "SELECT no, root FROM support_seal ORDER BY no DESC LIMIT 1") or (0, FIRST)
    last = row(connection, "SELECT MAX(seq) FROM support_transfer") or (None,)
    seq, seal = (last[0] or 0) + 1, head[0] + 1
    transfers, postings, sealed = [], [], []
    at = recorded.astimezone(UTC)
    for decided in accepted:
        body = decided.group.body_hash
        for transfer, lines in decided.lines:
            first, second = (*transfer.approvers, "", "")[:2]
            fields = [seq, transfer.id, transfer.key, body, transfer.kind, transfer.unit, transfer.refers, transfer.clause]
            fields += [transfer.effective, at, run, first, second]
            transfers.append([*fields, seal])
            postings += [(seq, line.account, line.layer, line.amount) for line in lines]
            sealed.append(transfer_row(_plain(fields), [(line.account, line.layer, line.amount) for line in lines]))
            seq += 1
    execute(
        connection,
        "INSERT INTO support_seal (no, prev_hash, root, rows, at) VALUES (%s, %s, %s, %s, %s)",
        [seal, head[1], root(head[1], sealed), len(sealed), at],
    )
    places = ", ".join(["%s"] * len(TRANSFER_FIELDS))
    executemany(connection, f"INSERT INTO support_transfer ({', '.join(TRANSFER_FIELDS)}) VALUES ({places})", transfers)
    executemany(connection, "INSERT INTO support_posting (transfer_id, account_id, layer, amount) VALUES (%s, %s, %s, %s)", postings)
    resolved = [each for decided in accepted for each in decided.resolves]
    executemany(connection, "INSERT INTO support_resolution (reserve_id, transfer_id, how) VALUES (%s, %s, %s)", resolved)


def _plain(fields: Sequence[Any]) -> list[Any]:
    """A transfer's fields in the form that is sealed: days and instants as text, the same whichever database holds them."""
    return [
        value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value.isoformat() if isinstance(value, date) else value
        for value in fields
    ]


def _move(connection: Any, before: dict[str, Account], after: dict[str, Account]) -> None:
    moved = [
        (account.posted - before[name].posted, account.reserved - before[name].reserved, name)
        for name, account in sorted(after.items())
        if (account.posted, account.reserved) != (before[name].posted, before[name].reserved)
    ]
    executemany(connection, "UPDATE support_account SET posted = posted + %s, reserved = reserved + %s WHERE id = %s", moved)


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
    sql = "SELECT p.layer, SUM(p.amount) FROM support_posting p JOIN support_transfer t ON t.seq = p.transfer_id WHERE p.account_id = %s"
    params: list[Any] = [account]
    if as_of is not None:
        sql, params = sql + " AND t.effective <= %s", [account, as_of]
    layers = {layer: int(total) for layer, total in rows(connection, sql + " GROUP BY p.layer", params)}
    if as_of is not None:
        posted, reserved = layers.get("posted", 0), -layers.get("hold_out", 0)
    return Balance(account, unit, posted, reserved, layers.get("hold_in", 0), floor)


def written_amounts(connection: Any, keys: Sequence[str]) -> dict[str, tuple[int, str]]:
    """For each of these group keys that is in the ledger with one transfer: what it gave its receivers, and the run that wrote it."""
    wanted = {f"{key}#1": key for key in keys}
    sql = (
        "SELECT t.key, SUM(p.amount), t.run FROM support_transfer t JOIN support_posting p ON p.transfer_id = t.seq "
        "WHERE p.amount > 0 AND t.key IN ({}) GROUP BY t.key, t.run"
    )
    return {wanted[key]: (int(total), run or "") for key, total, run in _in_chunks(connection, sql, sorted(wanted))}
