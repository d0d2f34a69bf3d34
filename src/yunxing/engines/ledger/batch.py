"""A batch for the ledger: atomic groups of transfers, their exact form, and the hash that tells one body from another.

In a file one group is a line: ``{"key", "transfers": [{"kind", "unit", "legs": [{"account", "amount"}], "refers", "clause", "effective",
"approvers"}]}``. Amounts are integers in the unit's smallest part (fen for money); the legs of a transfer sum to zero.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from yunxing.values.digest import canonical_json, digest
from yunxing.values.errors import Fault, nearest
from yunxing.values.money import INT64_MAX

Kind = Literal["issue", "reserve", "post", "void", "expire", "reverse"]
KINDS: tuple[Kind, ...] = ("issue", "reserve", "post", "void", "expire", "reverse")
WITH_LEGS = ("issue", "reserve", "post")
REFERRING = ("post", "void", "expire", "reverse")
KEY = re.compile(r"[^\s\x00-\x1f#]{1,120}")
GROUP_KEYS = ("key", "transfers")
TRANSFER_KEYS = ("kind", "unit", "legs", "refers", "clause", "effective", "approvers")


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a transfer: this account changes by this amount."""

    account: str
    amount: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """One movement. `refers` is the key of the transfer it resolves or reverses; `effective` is the day it counts from."""

    key: str
    kind: Kind
    unit: str
    legs: tuple[Leg, ...]
    clause: str
    effective: date
    refers: str = ""
    approvers: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """A short name of the transfer, the same for ever: it is made from the key alone."""
        return "t" + digest(self.key.encode()).removeprefix("sha256:")[:30]


@dataclass(frozen=True, slots=True)
class Group:
    """Transfers that happen together or not at all. `body_hash` covers everything but the key."""

    key: str
    transfers: tuple[Transfer, ...]

    @property
    def body_hash(self) -> str:
        """SHA-256 of the canonical body: the same key with another body is refused."""
        return digest(canonical_json([_body(transfer) for transfer in self.transfers]))


def _body(transfer: Transfer) -> dict[str, Any]:
    return {
        "kind": transfer.kind,
        "unit": transfer.unit,
        "legs": [[leg.account, leg.amount] for leg in transfer.legs],
        "refers": transfer.refers,
        "clause": transfer.clause,
        "effective": transfer.effective.isoformat(),
        "approvers": list(transfer.approvers),
    }


def transfer_key(group: str, number: int) -> str:
    """The key of a group's n-th transfer, counted from 1. `refers` may name a group's only transfer by the group's key."""
    return f"{group}#{number}"


def one_transfer(key: str, kind: Kind, unit: str, legs: Mapping[str, int], *, clause: str, effective: date, refers: str = "") -> Group:
    """A group of one transfer, as programs make it."""
    sides = tuple(Leg(account, amount) for account, amount in sorted(legs.items()))
    return Group(key, (Transfer(transfer_key(key, 1), kind, unit, sides, clause, effective, _full(refers)),))


def _full(refers: str) -> str:
    return refers if not refers or "#" in refers else transfer_key(refers, 1)


def parse_group(data: Any, place: str) -> tuple[Group | None, list[Fault]]:
    """A group from plain data, or every fault of its shape. Balances and references are looked at by `decide`."""
    faults: list[Fault] = []
    if not isinstance(data, Mapping):
        return None, [Fault(place, "group", type(data).__name__, "an object with key and transfers")]
    _unknown(data, GROUP_KEYS, place, "group", faults)
    key, transfers = data.get("key"), data.get("transfers")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        faults.append(Fault(place, "key", repr(key), "text of 1 to 120 signs without spaces or #"))
    if not isinstance(transfers, list) or not 1 <= len(transfers) <= 1000:
        return None, [*faults, Fault(place, "transfers", repr(transfers)[:60], "a list of 1 to 1000 transfers")]
    parsed = [_transfer(str(key), number, each, place, faults) for number, each in enumerate(transfers, 1)]
    if faults:
        return None, faults
    return Group(str(key), tuple(transfer for transfer in parsed if transfer)), []


def _transfer(group: str, number: int, data: Any, place: str, faults: list[Fault]) -> Transfer | None:
    at = f"transfer {number}"
    if not isinstance(data, Mapping):
        faults.append(Fault(place, at, type(data).__name__, "an object"))
        return None
    before = len(faults)
    _unknown(data, TRANSFER_KEYS, place, at, faults)
    kind = data.get("kind")
    if kind not in KINDS:
        faults.append(Fault(place, f"{at}, kind", repr(kind), f"one of {', '.join(KINDS)}", fix=_guess(str(kind), KINDS)))
    for name, needed in (("unit", True), ("clause", True), ("refers", kind in REFERRING)):
        text = data.get(name, "")
        if not isinstance(text, str) or (needed and not text):
            faults.append(Fault(place, f"{at}, {name}", repr(data.get(name)), "text"))
        elif name == "refers" and text and kind not in REFERRING:
            faults.append(Fault(place, f"{at}, refers", repr(text), f"nothing: a transfer of kind {kind} refers to no other"))
    effective = _day(data.get("effective"))
    if effective is None:
        faults.append(Fault(place, f"{at}, effective", repr(data.get("effective")), "a day such as 2022-09-30"))
    approvers = data.get("approvers", [])
    if not isinstance(approvers, list) or len(approvers) > 2 or not all(isinstance(each, str) and each for each in approvers):
        faults.append(Fault(place, f"{at}, approvers", repr(approvers)[:60], "a list of at most two names"))
    legs = _legs(kind, data.get("legs", []), place, at, faults)
    if len(faults) > before or effective is None or kind not in KINDS:
        return None
    refers = _full(data.get("refers", ""))
    return Transfer(transfer_key(group, number), kind, data["unit"], legs, data["clause"], effective, refers, tuple(approvers))


def _legs(kind: Any, data: Any, place: str, at: str, faults: list[Fault]) -> tuple[Leg, ...]:
    if kind not in WITH_LEGS:
        if data:
            faults.append(Fault(place, f"{at}, legs", f"{len(data)} legs", f"none: {kind} takes back what it refers to"))
        return ()
    if not isinstance(data, list) or len(data) < 2:
        faults.append(Fault(place, f"{at}, legs", repr(data)[:60], "a list of two legs or more"))
        return ()
    legs: list[Leg] = []
    for number, leg in enumerate(data, 1):
        if not isinstance(leg, Mapping) or set(leg) != {"account", "amount"}:
            faults.append(Fault(place, f"{at}, leg {number}", repr(leg)[:60], "an account and an amount"))
            continue
        account, amount = leg["account"], leg["amount"]
        if not isinstance(account, str) or not account:
            faults.append(Fault(place, f"{at}, leg {number}, account", repr(account), "the id of an account"))
        if type(amount) is not int or amount == 0 or abs(amount) > INT64_MAX:
            faults.append(
                Fault(place, f"{at}, leg {number}, amount", repr(amount), "a whole number other than 0, in the unit's smallest part")
            )
            continue
        legs.append(Leg(str(account), amount))
    accounts = [leg.account for leg in legs]
    if len(set(accounts)) < len(accounts):
        faults.append(Fault(place, f"{at}, legs", "an account twice", "each account once"))
    if len(legs) == len(data) and sum(leg.amount for leg in legs) != 0:
        faults.append(Fault(place, f"{at}, legs", f"a sum of {sum(leg.amount for leg in legs)}", "a sum of 0"))
    return tuple(legs)


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _unknown(data: Mapping[str, Any], valid: tuple[str, ...], place: str, at: str, faults: list[Fault]) -> None:
    faults.extend(
        Fault(place, f"{at}, {key}", "an unknown key", f"one of {', '.join(valid)}", fix=_guess(key, valid))
        for key in data
        if key not in valid
    )


def _guess(word: str, valid: tuple[str, ...]) -> str:
    found = nearest(word, valid)
    return f"did you mean {found!r}?" if found else ""
