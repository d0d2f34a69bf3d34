"""A batch for the ledger: atomic groups of transfers, their exact form, and the hash that tells one body from another.

Amounts are integers in the unit's smallest part (fen for money); the legs of a transfer sum to zero. docs/ledger.md has the file format,
`parse` reads it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from json.encoder import encode_basestring as quoted
from typing import Any, Literal, NamedTuple

Kind = Literal["issue", "move", "retire", "carry", "reserve", "post", "void", "expire", "borrow", "repay", "reverse"]
KINDS: tuple[Kind, ...] = ("issue", "move", "retire", "carry", "reserve", "post", "void", "expire", "borrow", "repay", "reverse")
MOVING = ("issue", "move", "retire", "carry", "expire", "borrow", "repay")
"""Kinds that post their legs at once; `expire` and no other of them may instead refer to a reservation, and then has no legs."""
WITH_LEGS = (*MOVING, "reserve", "post")
REFERRING = ("post", "void", "expire", "reverse", "repay")

_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class Leg(NamedTuple):
    """One side of a transfer: this account changes by this amount."""

    account: str
    amount: int


@dataclass(frozen=True, slots=True)
class Due:
    """What a `borrow` promises: who borrows for which project, the pledge it rests on, the event before which it is made good, and perhaps a day."""

    borrower: str
    project: str
    pledge: str
    event: str
    day: date | None = None

    @property
    def gate(self) -> str:
        """The gate that stays shut until it is made good."""
        return gate_id(self.project, self.event)


@dataclass(frozen=True, slots=True)
class Transfer:
    """One movement. `refers` is the key of the transfer it resolves, repays or reverses; `effective` is the day it counts from.

    `until`: the last day of a reservation. `due`: what a loan promises. `approvers`: at most two people, who drew it up and who agreed.
    """

    key: str
    kind: Kind
    unit: str
    legs: tuple[Leg, ...]
    clause: str
    effective: date
    refers: str = ""
    approvers: tuple[str, ...] = ()
    until: date | None = None
    due: Due | None = None

    @property
    def id(self) -> str:
        """A short name of the transfer, the same for ever: it is made from the key alone."""
        return "t" + sha256(self.key.encode()).hexdigest()[:30]


@dataclass(frozen=True, slots=True)
class Group:
    """Transfers that happen together or not at all. `body_hash` covers everything but the key."""

    key: str
    transfers: tuple[Transfer, ...]

    @property
    def body_hash(self) -> str:
        """SHA-256 of the canonical body: the same key with another body is refused."""
        texts = ",".join([body_text(transfer) for transfer in self.transfers])
        return "sha256:" + sha256(f"[{texts}]".encode()).hexdigest()


def body_text(transfer: Transfer) -> str:
    """The canonical JSON of `body`, put together by hand where nothing rare is in it: this is the hot path of the ledger."""
    if transfer.until is not None or transfer.due is not None:
        return _canonical(body(transfer))
    people = ",".join([quoted(each) for each in transfer.approvers])
    legs = ",".join([f"[{quoted(account)},{amount}]" for account, amount in transfer.legs])
    return (
        f'{{"approvers":[{people}],"clause":{quoted(transfer.clause)},"effective":"{transfer.effective.isoformat()}","kind":"{transfer.kind}",'
        f'"legs":[{legs}],"refers":{quoted(transfer.refers)},"unit":{quoted(transfer.unit)}}}'
    )


def body(transfer: Transfer) -> dict[str, Any]:
    """What the hash of a group covers of each transfer: everything but its key."""
    found: dict[str, Any] = {
        "kind": transfer.kind,
        "unit": transfer.unit,
        "legs": transfer.legs,
        "refers": transfer.refers,
        "clause": transfer.clause,
        "effective": transfer.effective.isoformat(),
        "approvers": transfer.approvers,
    }
    if transfer.until is not None:
        found["until"] = transfer.until.isoformat()
    if transfer.due is not None:
        found["due"] = due_body(transfer.due)
    return found


def due_body(due: Due) -> dict[str, Any]:
    """What a loan promises, as it stands in a file."""
    day = {} if due.day is None else {"day": due.day.isoformat()}
    return {"borrower": due.borrower, "project": due.project, "pledge": due.pledge, "event": due.event, **day}


def gate_id(subject: str, event: str) -> str:
    """The id of a gate: an event of a subject."""
    return f"{subject}/{event}"


def transfer_key(group: str, number: int) -> str:
    """The key of a group's n-th transfer, counted from 1. `refers` may name a group's only transfer by the group's key."""
    return f"{group}#{number}"


def full_key(refers: str) -> str:
    """A reference in full: a group's key alone means its first transfer."""
    return refers if not refers or "#" in refers else transfer_key(refers, 1)


def one_transfer(
    key: str,
    kind: Kind,
    unit: str,
    legs: Mapping[str, int],
    *,
    clause: str,
    effective: date,
    refers: str = "",
    approvers: Sequence[str] = (),
    until: date | None = None,
    due: Due | None = None,
) -> Group:
    """A group of one transfer, as programs make it."""
    sides = tuple(Leg(account, amount) for account, amount in sorted(legs.items()))
    transfer = Transfer(transfer_key(key, 1), kind, unit, sides, clause, effective, full_key(refers), tuple(approvers), until, due)
    return Group(key, (transfer,))


def group_of(key: str, *single: Group) -> Group:
    """One group of the transfers of several, numbered in order: an auction, a carry from one vintage into the next.

    A reference to the key of one of them is a reference inside the new group.
    """
    transfers = [transfer for one in single for transfer in one.transfers]
    renamed = {transfer.key: transfer_key(key, number) for number, transfer in enumerate(transfers, 1)}
    return Group(
        key,
        tuple(
            Transfer(
                renamed[t.key], t.kind, t.unit, t.legs, t.clause, t.effective, renamed.get(t.refers, t.refers), t.approvers, t.until, t.due
            )
            for t in transfers
        ),
    )
