"""The decisions of the ledger, pure: groups in order against locked balances; what is accepted, what is refused and why.

Per transfer the amounts over all layers sum to zero, and those of layer `posted` alone sum to zero. A reservation of x writes `hold_out` −x at
its source and `hold_in` +x at its target; only outgoing holds bind: `posted − reserved >= floor`, and an incoming hold is not spendable.
A reservation is resolved once, by one post (of at most x, the rest is free again), void or expire; a posted transfer is reversed once.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from yunxing.engines.ledger.batch import Group, Transfer
from yunxing.values.money import INT64_MAX

Layer = Literal["posted", "hold_out", "hold_in"]
Status = Literal["accepted", "repeated", "refused"]


@dataclass(frozen=True, slots=True)
class Account:
    """An account under lock: what is posted, what is reserved, and the floor that posted − reserved may not go below."""

    id: str
    unit: str
    floor: int
    posted: int
    reserved: int
    closed_through: date | None = None

    @property
    def available(self) -> int:
        """What may still be reserved or posted away."""
        return self.posted - self.reserved - self.floor


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of a transfer: an account changes in one layer by an amount."""

    account: str
    layer: Layer
    amount: int


@dataclass(frozen=True, slots=True)
class Written:
    """A transfer as the store holds it: enough to resolve or reverse it."""

    key: str
    id: str
    kind: str
    unit: str
    postings: tuple[Posting, ...]
    resolved: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of account; an expired vintage moves only by `expire`."""

    id: str
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a group: accepted, repeated (the same key and body was there already) or refused with a code and a sentence."""

    key: str
    status: Status
    code: str = ""
    message: str = ""
    transfers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """An accepted group: each transfer with the postings to write, and the transfers they resolve."""

    group: Group
    lines: tuple[tuple[Transfer, tuple[Posting, ...]], ...]
    resolves: tuple[tuple[str, str, str], ...]  # (id of what is resolved, id of the transfer that does it, how)


@dataclass(slots=True)
class State:
    """What the decision stands on: the locked accounts, the units, the transfers referred to, and the keys already used with their hash."""

    accounts: dict[str, Account]
    units: dict[str, Unit]
    written: dict[str, Written] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)


class _Refused(Exception):  # never leaves this module
    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)


def decide(groups: Sequence[Group], state: State) -> tuple[list[Answer], list[Decided]]:
    """Each group in order; an accepted one changes the state for those after it, a refused one leaves no trace."""
    answers: list[Answer] = []
    accepted: list[Decided] = []
    for group in groups:
        known = state.used.get(group.key)
        ids = tuple(transfer.id for transfer in group.transfers)
        if known == group.body_hash:
            answers.append(Answer(group.key, "repeated", transfers=ids))
            continue
        if known is not None:
            answers.append(Answer(group.key, "refused", "key_reused", f"the key {group.key} was used before with another body"))
            continue
        try:
            decided, accounts, written = _group(group, state)
        except _Refused as refused:
            answers.append(Answer(group.key, "refused", refused.code, refused.message))
            continue
        state.accounts.update(accounts)
        state.written.update(written)
        state.used[group.key] = group.body_hash
        accepted.append(decided)
        answers.append(Answer(group.key, "accepted", transfers=ids))
    return answers, accepted


def _group(group: Group, state: State) -> tuple[Decided, dict[str, Account], dict[str, Written]]:
    accounts: dict[str, Account] = {}
    written: dict[str, Written] = {}
    lines, resolves = [], []
    for transfer in group.transfers:
        unit = state.units.get(transfer.unit)
        if unit is None:
            raise _Refused("unknown_unit", f"the unit {transfer.unit!r} is not in the ledger")
        if unit.expires is not None and transfer.effective > unit.expires and transfer.kind != "expire":
            raise _Refused("expired", f"the unit {unit.id} expired on {unit.expires}; only expire may move it")
        postings, target = _postings(transfer, ChainMap(written, state.written))
        for posting in postings:
            account = accounts.get(posting.account) or state.accounts.get(posting.account)
            accounts[posting.account] = _moved(transfer, account, posting)
        lines.append((transfer, postings))
        written[transfer.key] = Written(transfer.key, transfer.id, transfer.kind, transfer.unit, postings)
        if target is not None:
            written[target.key] = replace(target, resolved=True)
            resolves.append((target.id, transfer.id, transfer.kind))
    for account in accounts.values():
        if account.available < 0:
            raise _Refused(
                "overdrawn",
                f"account {account.id}: {account.posted} posted less {account.reserved} reserved would be below its floor of {account.floor} "
                f"by {-account.available}",
            )
        if abs(account.posted) > INT64_MAX or account.reserved > INT64_MAX:
            raise _Refused("too_large", f"account {account.id}: the balance would not fit 64 bits")
    return Decided(group, tuple(lines), tuple(resolves)), accounts, written


def _moved(transfer: Transfer, account: Account | None, posting: Posting) -> Account:
    if account is None:
        raise _Refused("unknown_account", f"the account {posting.account!r} is not in the ledger")
    if account.unit != transfer.unit:
        raise _Refused("wrong_unit", f"account {account.id} is kept in {account.unit}, the transfer is in {transfer.unit}")
    if account.closed_through is not None and transfer.effective <= account.closed_through:
        raise _Refused("closed", f"the book of account {account.id} is closed through {account.closed_through}; date the correction later")
    if posting.layer == "posted":
        return replace(account, posted=account.posted + posting.amount)
    if posting.layer == "hold_out":
        return replace(account, reserved=account.reserved - posting.amount)
    return account


def _postings(transfer: Transfer, written: Mapping[str, Written]) -> tuple[tuple[Posting, ...], Written | None]:
    if transfer.kind == "issue":
        return tuple(Posting(leg.account, "posted", leg.amount) for leg in transfer.legs), None
    if transfer.kind == "reserve":
        return tuple(Posting(leg.account, "hold_out" if leg.amount < 0 else "hold_in", leg.amount) for leg in transfer.legs), None
    target = _target(transfer, written)
    back = tuple(Posting(p.account, p.layer, -p.amount) for p in target.postings)
    if transfer.kind != "post":
        return back, target
    return back + _posted_within(transfer, target), target


def _target(transfer: Transfer, written: Mapping[str, Written]) -> Written:
    target = written.get(transfer.refers)
    if target is None:
        raise _Refused("unknown_reference", f"no transfer has the key {transfer.refers}")
    wanted = ("issue", "post") if transfer.kind == "reverse" else ("reserve",)
    if target.kind not in wanted:
        raise _Refused(
            "wrong_reference", f"{transfer.kind} refers to a transfer of kind {' or '.join(wanted)}; {transfer.refers} is {target.kind}"
        )
    if target.unit != transfer.unit:
        raise _Refused("wrong_unit", f"{transfer.refers} is in {target.unit}, the transfer is in {transfer.unit}")
    if target.resolved:
        raise _Refused("resolved", f"{transfer.refers} has already been {'reversed' if transfer.kind == 'reverse' else 'resolved'}")
    if transfer.kind == "reverse":
        # the holds a post took back stay resolved: only what it posted is undone
        return replace(target, postings=tuple(p for p in target.postings if p.layer == "posted"))
    return target


def _posted_within(transfer: Transfer, target: Written) -> tuple[Posting, ...]:
    held = {p.account: p.amount for p in target.postings}
    for leg in transfer.legs:
        hold = held.get(leg.account, 0)
        if leg.amount * hold <= 0 or abs(leg.amount) > abs(hold):
            raise _Refused("beyond_reserve", f"account {leg.account}: {leg.amount} is not within the {hold} that {transfer.refers} holds")
    return tuple(Posting(leg.account, "posted", leg.amount) for leg in transfer.legs)


def accounts_touched(groups: Iterable[Group], written: dict[str, Written]) -> set[str]:
    """Every account the groups may change, so that they can be locked at once in one order."""
    found = {leg.account for group in groups for transfer in group.transfers for leg in transfer.legs}
    referred = {transfer.refers for group in groups for transfer in group.transfers if transfer.refers}
    return found | {p.account for key in referred if key in written for p in written[key].postings}
