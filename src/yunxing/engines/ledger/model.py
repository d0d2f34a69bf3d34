"""What the ledger's decisions are made of: accounts, units, terms, loans, transfers already written, and the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

from yunxing.engines.ledger.batch import Group, Transfer

Layer = Literal["posted", "hold_out", "hold_in"]
Status = Literal["accepted", "repeated", "refused"]
PLEDGED = "future_cut"
"""The kind of account that lends: its floor is the pledged amount below zero, so what is borrowed never exceeds what is pledged."""


@dataclass(slots=True)
class Account:
    """An account under lock: what is posted, what is reserved, and the floor that posted − reserved may not go below."""

    id: str
    unit: str
    floor: int
    posted: int
    reserved: int
    closed_through: date | None = None
    kind: str = ""
    book: str = ""

    @property
    def available(self) -> int:
        """What may still be reserved or posted away."""
        return self.posted - self.reserved - self.floor


class Posting(NamedTuple):
    """One line of a transfer: an account changes in one layer by an amount."""

    account: str
    layer: Layer
    amount: int


@dataclass(slots=True)
class Written:
    """A transfer as the store holds it: enough to resolve, repay or reverse it. `loan`: the key of the loan it repays, if it does."""

    key: str
    id: str
    kind: str
    unit: str
    postings: tuple[Posting, ...]
    resolved: bool = False
    not_before: datetime | None = None
    until: date | None = None
    loan: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of account; an expired vintage moves only by `expire` or `carry`."""

    id: str
    expires: date | None = None


@dataclass(slots=True)
class Loan:
    """An obligation under lock: the account it was borrowed from, how much, how much of it is outstanding, and the gate that waits for it."""

    key: str
    source: str
    amount: int
    outstanding: int
    gate: str


@dataclass(frozen=True, slots=True)
class Term:
    """Four eyes and time: transfers of this book, unit and kind above this amount need so many approvers and are held so many working minutes.

    `delay` is counted on working days within `hours` (`08:30-12:00 13:30-17:30`; empty: round the clock).
    An empty `unit` or `kind` means every one. Of several terms for the same book, unit and kind the newest in force counts; terms for
    different ones count together. `above` is exclusive: exactly this amount is free.
    """

    book: str
    unit: str = ""
    kind: str = ""
    above: int = 0
    approvers: int = 0
    delay: int = 0
    hours: str = ""
    valid_from: date = date.min
    clause: str = ""


class Answer(NamedTuple):
    """What became of a group: accepted, repeated (the same key and body was there already) or refused with a code and a sentence."""

    key: str
    status: Status
    code: str = ""
    message: str = ""
    transfers: tuple[str, ...] = ()


class Line(NamedTuple):
    """An accepted transfer: the postings to write, since when a reservation may be posted, and what it gives back of which loan."""

    transfer: Transfer
    id: str
    postings: tuple[Posting, ...]
    not_before: datetime | None = None
    repays: tuple[str, int] | None = None


class Decided(NamedTuple):
    """An accepted group, its body's digest, its lines, and the transfers they resolve."""

    group: Group
    body_hash: str
    lines: tuple[Line, ...]
    resolves: tuple[tuple[str, str, str], ...]  # (id of what is resolved, id of the transfer that does it, how)


@dataclass(slots=True)
class State:
    """What the decision stands on, all read under the lock: accounts, units, transfers referred to, keys used with their hash, loans, passed gates, terms.

    `recorded` is the instant of the batch; `ready` says for each delay and hours of the terms the instant at which it will have run out.
    """

    accounts: dict[str, Account]
    units: dict[str, Unit]
    written: dict[str, Written] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)
    loans: dict[str, Loan] = field(default_factory=dict)
    passed: frozenset[str] = frozenset()
    terms: Sequence[Term] = ()
    recorded: datetime | None = None
    ready: Mapping[tuple[int, str], datetime] = field(default_factory=dict)


class Refused(Exception):
    """A group is refused, with its code and sentence; never leaves the engine."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)
