"""A group of transfers on its way: what was filled in, what may be asked of the ledger, which accounts must be there, and what is remarked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from yunxing.engines.ledger import pollutants
from yunxing.engines.ledger.batch import Due, Group, Kind, Leg, Transfer, transfer_key
from yunxing.engines.ledger.quota_book import CITY, SOURCE, USED, Act, Holder, QuotaPool, Quotas, QuotaUnit
from yunxing.values.errors import BadInput


@dataclass(frozen=True, slots=True)
class Given:
    """What was filled in: an amount in smallest parts, who it is about, the paper it rests on, and what the act asks beyond that."""

    key: str
    effective: date
    amount: int = 0
    unit: str = ""
    county: str = ""
    party: str = ""
    project: str = ""
    document: str = ""
    purpose: str = ""
    refers: str = ""
    source: str = ""
    weights: Mapping[str, int] = field(default_factory=dict)
    missed: tuple[str, ...] = ()
    production: date | None = None
    excluded: bool = False
    approvers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """An account that must be there before the group is posted; `floor` None means as far below zero as it is asked to."""

    account: str
    pool: str
    book: str
    unit: str
    kind: str
    owner: str
    county: str
    floor: int | None = 0


@dataclass(frozen=True, slots=True)
class Pledge:
    """A planned cut that may be drawn on in advance: its account, whose and where it is, what is left of it, its document, and when it is to be done."""

    account: str
    source: pollutants.Source
    left: int
    document: str


@dataclass(frozen=True, slots=True)
class Loan:
    """An outstanding advance of a project: the key of the borrow, the account it came from, and kg outstanding."""

    key: str
    source: str
    project: str
    holder: str
    outstanding: int


@dataclass(frozen=True, slots=True)
class Balances:
    """What the planner may ask: what an account has free (0 where there is none), the county's pledges in order, the loans from a pledge."""

    available: Callable[[str], int]
    pledges: Sequence[Pledge] = ()
    loans: Sequence[Loan] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """The group, the accounts it needs, remarks in both languages, and what no rule gives to anybody (smallest parts)."""

    group: Group
    openings: tuple[Opening, ...]
    notes: tuple[tuple[str, str], ...] = ()
    uncovered: int = 0


class Draft:
    """A group on its way: transfers and the accounts they need, each once."""

    def __init__(self, quotas: Quotas, act: Act, given: Given) -> None:
        self.quotas, self.act, self.given = quotas, act, given
        self.pool = quotas.pools[act.pool]
        self.unit: QuotaUnit = quotas.unit_of(act, given.unit)
        self.transfers: list[Transfer] = []
        self.openings: dict[str, Opening] = {}
        self.notes: list[tuple[str, str]] = []
        self.uncovered = 0

    def account(self, pool: QuotaPool, role: Holder, name: str = "", *, free: bool = False) -> str:
        """The account of a role, noted to be opened; `name` where it is not the one filled in, `free` where it may go below zero."""
        holder = name or self.holder(role)
        account = pool.account(self.unit.id, holder)
        kind = SOURCE if free else pool.kind_of(role)
        filled = str(getattr(self.given, role, "")) or holder
        owner = filled if role in ("county", "party", "project") else pool.owner
        county = filled if role == "county" else self.given.county if role in ("party", "project") else ""
        floor = None if free or kind == SOURCE or (pool.may_exceed and kind == "pool") else 0
        self.openings.setdefault(account, Opening(account, pool.id, pool.book, self.unit.id, kind, owner, county, floor))
        return account

    def holder(self, role: Holder) -> str:
        """Who stands in a role of this act. Errors: `BadInput` when it was not filled in."""
        if role in (SOURCE, USED, CITY):
            return role
        named: str = getattr(self.given, role)
        if not named:
            words = {"county": ("所在县区", "the county"), "party": ("企业", "the enterprise"), "project": ("项目", "the project")}[role]
            raise BadInput(f"请填写{words[0]} (name {words[1]})")
        return named

    def add(
        self, kind: Kind, legs: Mapping[str, int], *, unit: str = "", refers: str = "", due: Due | None = None, clause: str = ""
    ) -> None:
        """One transfer of the group; legs of nothing are left out, and so is a transfer without legs unless it refers."""
        sides = tuple(Leg(account, amount) for account, amount in sorted(legs.items()) if amount)
        if not sides and not refers:
            return
        key = transfer_key(self.given.key, len(self.transfers) + 1)
        given = self.given
        self.transfers.append(
            Transfer(key, kind, unit or self.unit.id, sides, clause or self.act.clause, given.effective, refers, given.approvers, due=due)
        )

    def remark(self, zh: str, en: str, amount: int) -> None:
        """A remark that ends in an amount of the act's unit."""
        shown = self.unit.shown(amount)
        self.notes.append((f"{zh} {shown} {self.unit.printed}", f"{en} {shown} {self.unit.printed_en}"))

    def done(self) -> Planned:
        """The plan. Errors: `BadInput` when there is nothing to move, with the remarks that say why."""
        if not self.transfers:
            raise BadInput("；".join(zh for zh, _en in self.notes) or "没有可办理的数量 (nothing to move)")
        needed = {leg.account for transfer in self.transfers for leg in transfer.legs}
        openings = tuple(one for name, one in sorted(self.openings.items()) if name in needed)
        return Planned(Group(self.given.key, tuple(self.transfers)), openings, tuple(self.notes), self.uncovered)
