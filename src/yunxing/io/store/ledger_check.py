"""Prove the ledger from its rows: the seal chain, sums of zero, balances, days, floors, single resolution, loans and gates. Reads only, a window at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from yunxing.engines.ledger.batch import Due, due_body
from yunxing.engines.ledger.seal import FIRST, root, transfer_row
from yunxing.io.store.dialect import as_date, as_instant, row, rows
from yunxing.io.store.ledger_write import more
from yunxing.values.digest import parse_digest
from yunxing.values.errors import Fault

LEDGER = "ledger"
WINDOW = 5000
Lines = dict[int, list[tuple[str, str, int]]]


def verify(connection: Any) -> list[Fault]:
    """Everything that does not hold, located by seal, transfer or account; an empty list means that the whole ledger holds."""
    return [
        *_chain(connection),
        *_balances(connection),
        *_days(connection),
        *_resolutions(connection),
        *_loans(connection),
    ]


def head(connection: Any) -> tuple[int, str]:
    """The newest seal: its number and digest, to be printed outside (0 and nothing for an empty ledger)."""
    found = row(connection, "SELECT no, root FROM support_seal ORDER BY no DESC LIMIT 1")
    return (int(found[0]), str(found[1])) if found else (0, FIRST)


def _chain(connection: Any) -> Iterator[Fault]:
    """Seals in order, each over the transfers that name it; every transfer's own sums on the way."""
    seals = iter(rows(connection, "SELECT no, prev_hash, root, rows FROM support_seal ORDER BY no"))
    previous, expected_no, last = FIRST, 1, 0
    pending: dict[int, list[list[Any]]] = defaultdict(list)
    known = {int(no) for (no,) in rows(connection, "SELECT no FROM support_seal")}
    seal = next(seals, None)
    for transfers, lines in _windows(connection):
        for transfer in transfers:
            last = int(transfer[0])
            of_it = lines.get(last, [])
            yield from _zero(str(transfer[2]), of_it)
            pending[int(transfer[13])].append(_canonical(transfer, of_it))
        while seal is not None and pending and seal[0] < max(pending):
            yield from _seal(seal, previous, expected_no, pending.pop(int(seal[0]), []))
            previous, expected_no, seal = seal[2], seal[0] + 1, next(seals, None)
    while seal is not None:
        yield from _seal(seal, previous, expected_no, pending.pop(int(seal[0]), []))
        previous, expected_no, seal = seal[2], seal[0] + 1, next(seals, None)
    for no in sorted(pending):
        what = "transfers out of the order of their seals" if no in known else "transfers without their seal"
        yield Fault(LEDGER, f"seal {no}", what, "a seal for every transfer, in the order of their numbers")
    newest = row(connection, "SELECT no, root, seq FROM support_sealhead")
    if newest is not None and (newest[0], newest[1] or FIRST, newest[2]) != (expected_no - 1, previous, last):
        yield Fault(
            LEDGER,
            "the head of the seals",
            f"seal {newest[0]} {newest[1]}, transfer {newest[2]}",
            f"seal {expected_no - 1} {previous}, transfer {last}",
        )


def _windows(connection: Any) -> Iterator[tuple[list[tuple[Any, ...]], Lines]]:
    columns = "seq, id, key, body_hash, kind, unit_id, refers, clause, effective, recorded, run, approver_1, approver_2, seal_id, not_before, until"
    due = "o.borrower, o.project, o.pledge, o.due_event, o.due_date"
    names = ", ".join(f"t.{name.strip()}" for name in columns.split(","))
    after = -(2**62)
    while True:
        found = rows(
            connection,
            f"SELECT {names}, {due} FROM support_transfer t LEFT JOIN support_obligation o ON o.id = t.key WHERE t.seq > %s "
            f"ORDER BY t.seq LIMIT {WINDOW}",
            [after],
        )
        if not found:
            return
        lines: Lines = defaultdict(list)
        sql = "SELECT transfer_id, account_id, layer, amount FROM support_posting WHERE transfer_id > %s AND transfer_id <= %s"
        for seq, account, layer, amount in rows(connection, sql, [after, found[-1][0]]):
            lines[seq].append((account, layer, amount))
        after = found[-1][0]
        yield found, lines


def _canonical(transfer: tuple[Any, ...], of_it: list[tuple[str, str, int]]) -> list[Any]:
    effective, recorded = as_date(transfer[8]), as_instant(transfer[9])
    assert effective is not None
    assert recorded is not None
    fields = [*transfer[:8], effective.isoformat(), recorded.isoformat(timespec="microseconds"), *transfer[10:13]]
    borrower, project, pledge, event, day = transfer[16:]
    due = due_body(Due(borrower, project, pledge, event, as_date(day))) if borrower else None
    return transfer_row(
        [field if field is not None else "" for field in fields], of_it, more(as_instant(transfer[14]), as_date(transfer[15]), due)
    )


def _seal(seal: tuple[Any, ...], previous: str, expected_no: int, sealed: list[list[Any]]) -> Iterator[Fault]:
    no, prev_hash, stored, count = seal
    place = f"seal {no}"
    if no != expected_no:
        yield Fault(LEDGER, place, f"number {no}", f"number {expected_no}: a seal is missing")
    if (prev_hash or FIRST) != previous:
        yield Fault(LEDGER, place, f"previous {prev_hash!r}", f"{previous!r}")
    if len(sealed) != count:
        yield Fault(LEDGER, place, f"{len(sealed)} transfers", f"{count}")
    computed = root(prev_hash or FIRST, sealed, parse_digest(stored)[0])
    if computed != stored:
        yield Fault(LEDGER, place, f"the rows give {computed}", f"the seal {stored}: a row was changed, added or removed")


def _zero(key: str, of_it: list[tuple[str, str, int]]) -> Iterator[Fault]:
    for name, total in (("all layers", sum(a for *_, a in of_it)), ("posted", sum(a for _, layer, a in of_it if layer == "posted"))):
        if total or not of_it:
            yield Fault(LEDGER, f"transfer {key}", f"{name} sum to {total} over {len(of_it)} postings", "0")


def _balances(connection: Any) -> Iterator[Fault]:
    sums: dict[str, dict[str, int]] = defaultdict(dict)
    for account, layer, total in rows(connection, "SELECT account_id, layer, SUM(amount) FROM support_posting GROUP BY account_id, layer"):
        sums[account][layer] = int(total)
    for account, floor, posted, reserved in rows(connection, "SELECT id, floor, posted, reserved FROM support_account ORDER BY id"):
        of_it = sums.pop(account, {})
        if posted != of_it.get("posted", 0):
            yield Fault(LEDGER, f"account {account}", f"posted {posted}", f"{of_it.get('posted', 0)}, the sum of its postings")
        if reserved != -of_it.get("hold_out", 0):
            yield Fault(LEDGER, f"account {account}", f"reserved {reserved}", f"{-of_it.get('hold_out', 0)}, the sum of its open holds")
        if posted - reserved < floor:
            yield Fault(LEDGER, f"account {account}", f"{posted - reserved} posted less reserved", f"at least its floor of {floor}")
    for account in sorted(sums):
        yield Fault(LEDGER, f"account {account}", "postings without the account", "an account for every posting")


def _days(connection: Any) -> Iterator[Fault]:
    layers = [f"SUM(CASE WHEN p.layer = '{layer}' THEN p.amount ELSE 0 END)" for layer in ("posted", "hold_out", "hold_in")]
    sql = (
        f"SELECT p.account_id, t.effective, {', '.join(layers)} FROM support_posting p JOIN support_transfer t ON t.seq = p.transfer_id "
        "GROUP BY p.account_id, t.effective"
    )
    wanted = {(account, as_date(day)): tuple(map(int, sums)) for account, day, *sums in rows(connection, sql)}
    for account, day, *sums in rows(
        connection, "SELECT account_id, day, posted, hold_out, hold_in FROM support_day ORDER BY account_id, day"
    ):
        expected = wanted.pop((account, as_date(day)), (0, 0, 0))
        if tuple(map(int, sums)) != expected:
            yield Fault(LEDGER, f"account {account} on {as_date(day)}", f"{tuple(sums)} in all", f"{expected}, the sums of its postings")
    for account, missing in sorted(wanted, key=str):
        yield Fault(LEDGER, f"account {account} on {missing}", "no sum of the day", "a row of support_day for every day with postings")


def _resolutions(connection: Any) -> Iterator[Fault]:
    sql = "SELECT t.key, t.id, t.kind, r.id FROM support_transfer t LEFT JOIN support_transfer r ON r.key = t.refers WHERE t.kind IN (%s, %s, %s, %s)"
    found = rows(connection, sql + " AND COALESCE(t.refers, '-') NOT IN ('-', '')", ["post", "void", "expire", "reverse"])
    wanted = {(name or "", by, how) for _, by, how, name in found}
    stored = {(name, by, how) for name, by, how in rows(connection, "SELECT reserve_id, transfer_id, how FROM support_resolution")}
    for name, by, how in sorted(stored ^ wanted):
        what = "a resolution without its transfer" if (name, by, how) in stored else "a transfer without its resolution"
        yield Fault(LEDGER, f"{how} {by}", what, f"one row for what it resolves, {name or 'a transfer that is not there'}")


def _loans(connection: Any) -> Iterator[Fault]:
    borrowed = {key for (key,) in rows(connection, "SELECT key FROM support_transfer WHERE kind = %s", ["borrow"])}
    sql = (
        "SELECT o.id, o.amount, COALESCE((SELECT SUM(r.amount) FROM support_repayment r WHERE r.obligation_id = o.id), 0), g.passed_at, "
        "(SELECT p.amount FROM support_posting p JOIN support_transfer t ON t.seq = p.transfer_id WHERE t.key = o.id AND p.account_id = o.holder_id) "
        "FROM support_obligation o LEFT JOIN support_gate g ON g.subject = o.project AND g.event = o.due_event ORDER BY o.id"
    )
    for key, amount, repaid, passed, posted in rows(connection, sql):
        place, outstanding = f"obligation {key}", int(amount) - int(repaid)
        if key not in borrowed or posted != amount:
            yield Fault(LEDGER, place, f"{amount}, and a transfer of {posted}", "the amount of the transfer that borrowed it")
        if not 0 <= outstanding <= amount:
            yield Fault(LEDGER, place, f"{outstanding} outstanding", f"between 0 and {amount}")
        if passed is not None and outstanding:
            yield Fault(
                LEDGER, place, f"its gate passed on {as_instant(passed)} with {outstanding} outstanding", "nothing outstanding at the gate"
            )
        borrowed.discard(key)
    for key in sorted(borrowed):
        yield Fault(LEDGER, f"transfer {key}", "a loan without its obligation", "an obligation for every loan")
    yield from _repayments(connection)


def _repayments(connection: Any) -> Iterator[Fault]:
    """What counts towards a loan is what a repayment, or the reversal of it or of the loan, posted to the account it was borrowed from."""
    sql = (
        "SELECT t.id, t.key, o.id, p.amount FROM support_transfer t LEFT JOIN support_transfer r ON r.key = t.refers "
        "JOIN support_obligation o ON o.id = CASE WHEN t.kind = %s THEN t.refers WHEN r.kind = %s THEN r.key ELSE r.refers END "
        "JOIN support_posting p ON p.transfer_id = t.seq AND p.account_id = o.source_id "
        "WHERE t.kind = %s OR (t.kind = %s AND r.kind IN (%s, %s))"
    )
    wanted = {
        name: (key, loan, int(amount))
        for name, key, loan, amount in rows(connection, sql, ["repay", "borrow", "repay", "reverse", "borrow", "repay"])
    }
    for name, loan, amount in rows(connection, "SELECT transfer_id, obligation_id, amount FROM support_repayment ORDER BY transfer_id"):
        key, of, given = wanted.pop(name, (name, "", 0))
        if (loan, amount) != (of, given):
            yield Fault(LEDGER, f"transfer {key}", f"{amount} counted towards {loan}", f"{given} towards {of or 'no loan'}")
    for key, loan, given in sorted(wanted.values()):
        yield Fault(LEDGER, f"transfer {key}", "nothing counted towards its loan", f"{given} towards {loan}")
