"""Prove the ledger from its rows: the seal chain, sums of zero, balances, floors, single resolution. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from yunxing.engines.ledger.seal import FIRST, root, transfer_row
from yunxing.io.store.dialect import as_date, as_instant, rows
from yunxing.values.digest import parse_digest
from yunxing.values.errors import Fault

LEDGER = "ledger"
Sums = dict[str, dict[str, int]]


def verify(connection: Any) -> list[Fault]:
    """Everything that does not hold, located by seal, transfer or account; an empty list means that the whole ledger holds."""
    lines: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    for seq, account, layer, amount in rows(connection, "SELECT transfer_id, account_id, layer, amount FROM support_posting"):
        lines[seq].append((account, layer, amount))
    transfers = rows(
        connection,
        "SELECT seq, id, key, body_hash, kind, unit_id, refers, clause, effective, recorded, run, approver_1, approver_2, seal_id "
        "FROM support_transfer ORDER BY seq",
    )
    return [
        *_chain(connection, transfers, lines),
        *_zero(transfers, lines),
        *_balances(connection, lines),
        *_resolutions(connection, transfers),
    ]


def head(connection: Any) -> tuple[int, str]:
    """The newest seal: its number and digest, to be printed outside (0 and nothing for an empty ledger)."""
    found = rows(connection, "SELECT no, root FROM support_seal ORDER BY no DESC LIMIT 1")
    return (int(found[0][0]), str(found[0][1])) if found else (0, FIRST)


def _chain(connection: Any, transfers: list[tuple[Any, ...]], lines: dict[int, list[tuple[str, str, int]]]) -> Iterator[Fault]:
    by_seal: dict[int, list[list[Any]]] = defaultdict(list)
    for transfer in transfers:
        by_seal[transfer[13]].append(transfer_row(_plain(transfer[:13]), lines.get(transfer[0], [])))
    previous, expected_no = FIRST, 1
    for no, prev_hash, stored, count, _at in rows(connection, "SELECT no, prev_hash, root, rows, at FROM support_seal ORDER BY no"):
        place = f"seal {no}"
        if no != expected_no:
            yield Fault(LEDGER, place, f"number {no}", f"number {expected_no}: a seal is missing")
        if (prev_hash or FIRST) != previous:
            yield Fault(LEDGER, place, f"previous {prev_hash!r}", f"{previous!r}")
        sealed = by_seal.pop(no, [])
        if len(sealed) != count:
            yield Fault(LEDGER, place, f"{len(sealed)} transfers", f"{count}")
        computed = root(prev_hash or FIRST, sealed, parse_digest(stored)[0])
        if computed != stored:
            yield Fault(LEDGER, place, f"the rows give {computed}", f"the seal {stored}: a row was changed, added or removed")
        previous, expected_no = stored, no + 1
    for no in sorted(by_seal):
        yield Fault(LEDGER, f"seal {no}", "transfers without their seal", "a seal for every transfer")


def _plain(fields: tuple[Any, ...]) -> list[Any]:
    effective, recorded = as_date(fields[8]), as_instant(fields[9])
    assert isinstance(effective, date)
    assert isinstance(recorded, datetime)
    return [*fields[:8], effective.isoformat(), recorded.isoformat(timespec="microseconds"), *fields[10:]]


def _zero(transfers: list[tuple[Any, ...]], lines: dict[int, list[tuple[str, str, int]]]) -> Iterator[Fault]:
    for transfer in transfers:
        of_it = lines.get(transfer[0], [])
        for name, total in (("all layers", sum(a for *_, a in of_it)), ("posted", sum(a for _, layer, a in of_it if layer == "posted"))):
            if total or not of_it:
                yield Fault(LEDGER, f"transfer {transfer[2]}", f"{name} sum to {total} over {len(of_it)} postings", "0")


def _balances(connection: Any, lines: dict[int, list[tuple[str, str, int]]]) -> Iterator[Fault]:
    sums: Sums = defaultdict(lambda: defaultdict(int))
    for of_one in lines.values():
        for account, layer, amount in of_one:
            sums[account][layer] += amount
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


def _resolutions(connection: Any, transfers: list[tuple[Any, ...]]) -> Iterator[Fault]:
    by_key = {transfer[2]: transfer[1] for transfer in transfers}
    stored = {(name, by, how) for name, by, how in rows(connection, "SELECT reserve_id, transfer_id, how FROM support_resolution")}
    wanted = {(by_key.get(transfer[6], ""), transfer[1], transfer[4]) for transfer in transfers if transfer[6]}
    for name, by, how in sorted(stored ^ wanted):
        what = "a resolution without its transfer" if (name, by, how) in stored else "a transfer without its resolution"
        yield Fault(LEDGER, f"{how} {by}", what, f"one row for what it resolves, {name or 'a transfer that is not there'}")
