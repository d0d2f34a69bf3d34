"""Reading pools and accounts for pages: what came in, went out, is reserved, borrowed and left; and a statement that always sums.

City totals are for every desk role; accounts are seen by the command, the pool's offices, the county they lie in and the firm they belong to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, F, Min, Sum, When
from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.factors.place import holder_names, may_draw_up, may_see, office_name, quotas
from yunxing.desk.people.selectors import Standing
from yunxing.desk.room.figures import pick
from yunxing.desk.scoping import acting_as_system
from yunxing.desk.support.models import Account, Posting
from yunxing.engines.ledger.model import PLEDGED
from yunxing.engines.ledger.quota_book import QuotaPool, QuotaUnit

NEVER_OUT = 3660
"""Days beyond which no day of exhaustion is told."""


@dataclass
class Sums:
    """A pool in one unit, in smallest parts: in − out = balance = reserved + left; borrowed is lent out of pledges; handed stands with receivers."""

    came: int = 0
    went: int = 0
    reserved: int = 0
    handed: int = 0
    used: int = 0
    pledged: int = 0
    borrowed: int = 0
    since: date | None = None

    @property
    def balance(self) -> int:
        """In − out."""
        return self.came - self.went

    @property
    def left(self) -> int:
        """What may still be given: the balance less what is reserved."""
        return self.balance - self.reserved

    @property
    def share(self) -> int:
        """Used and reserved as whole percent of what came in, for a bar; 0 without anything."""
        return min(100, max(0, (self.went + self.reserved) * 100 // self.came)) if self.came else 0

    def exhausted(self, day: date) -> date | None:
        """The day on which it runs out at the pace so far; None where nothing went out, nothing is left, or it is far away."""
        days = (day - self.since).days if self.since else 0
        if days <= 0 or self.went <= 0 or self.left <= 0:
            return None
        lasts = self.left * days // self.went
        return day + timedelta(days=lasts) if lasts <= NEVER_OUT else None


@dataclass
class Line:
    """A pool in one unit, printed."""

    unit: str
    printed: str
    sums: Sums
    shown: Mapping[str, str]
    out_on: date | None
    light: str = "none"


@dataclass
class PoolCard:
    """A pool as a card or a page's head."""

    pool: QuotaPool
    title: str
    note: str
    basis: str
    owner: str
    measure: int
    href: str
    lines: list[Line] = field(default_factory=list)


def _sums(pools: Iterable[QuotaPool]) -> dict[tuple[str, str], Sums]:
    """The sums of several pools by pool and unit, in a few questions."""
    names = {pool.id for pool in pools}
    found: dict[tuple[str, str], Sums] = {}
    with acting_as_system("ledgers"):
        accounts = {one.pk: one for one in Account.objects.all() if one.pk.partition("/")[0] in names}
        for account in accounts.values():
            sums = found.setdefault((account.pk.partition("/")[0], account.unit_id), Sums())
            if account.kind == "pool":
                sums.reserved += account.reserved
            elif account.kind == "used":
                sums.used += account.posted
            elif account.kind == PLEDGED:
                sums.pledged -= account.floor
                sums.borrowed -= account.posted
            elif account.kind == "holder":
                sums.handed += account.posted
        stores = [name for name, account in accounts.items() if account.kind == "pool"]
        for row in _flows(stores):
            account = accounts[row["account"]]
            sums = found[account.pk.partition("/")[0], account.unit_id]
            sums.came += row["came"] or 0
            sums.went -= row["went"] or 0
            sums.since = min(row["first"], sums.since or row["first"])
    return found


def _flows(accounts: Sequence[str]) -> Iterable[Mapping[str, Any]]:
    for start in range(0, len(accounts), 400):
        chosen = Posting.objects.filter(layer="posted", account__in=accounts[start : start + 400]).order_by().values("account")
        yield from chosen.annotate(
            came=Sum(Case(When(amount__gt=0, then=F("amount")))),
            went=Sum(Case(When(amount__lt=0, then=F("amount")))),
            first=Min("transfer__effective"),
        )


def cards(day: date) -> list[PoolCard]:
    """Every pool of the pack in the order of the measures."""
    book = quotas()
    sums = _sums(book.pools.values())
    return sorted((_card(pool, sums, day) for pool in book.pools.values()), key=lambda one: (one.measure, one.pool.id))


def card(pool: QuotaPool, day: date) -> PoolCard:
    """One pool."""
    return _card(pool, _sums([pool]), day)


def _card(pool: QuotaPool, sums: Mapping[tuple[str, str], Sums], day: date) -> PoolCard:
    basis = {"plan": _("方案"), "document": _("其他文件"), "assumption": _("演示假设")}[pool.basis]
    measure = int(pool.clause.split("/")[1])
    found = PoolCard(
        pool, pick(pool.title, pool.title_en), pick(pool.note, pool.note_en), basis, office_name(pool.owner), measure,
        reverse("factors:pool", args=[pool.id]),
    )  # fmt: skip
    for name in pool.units:
        one = sums.get((pool.id, name))
        if one is not None:
            found.lines.append(_line(pool, quotas().units[name], one, day))
    return found


def _line(pool: QuotaPool, unit: QuotaUnit, sums: Sums, day: date) -> Line:
    shown = {
        name: unit.shown(getattr(sums, name))
        for name in ("came", "went", "reserved", "left", "balance", "handed", "used", "pledged", "borrowed")
    }
    ends = sums.exhausted(day) if pool.may_exceed or "city" in pool.holders else None
    light = "green" if pool.may_exceed else "red" if sums.left < 0 else "amber" if sums.came and sums.left * 10 < sums.came else "green"
    return Line(pick(unit.title, unit.title_en), pick(unit.printed, unit.printed_en), sums, shown, ends, light)


@dataclass
class AccountRow:
    """An account on a pool's page."""

    id: str
    holder: str
    kind: str
    unit: str
    printed: str
    posted: str
    reserved: str
    left: str
    href: str
    exact: tuple[int, int, int] = (0, 0, 0)


def accounts_of(standing: Standing, pool: QuotaPool) -> list[AccountRow]:
    """The pool's accounts that the person sees, the stores first."""
    if may_see(standing, pool):
        with acting_as_system("ledgers"):
            rows = list(Account.objects.filter(pk__startswith=f"{pool.id}/"))
    else:
        rows = list(Account.objects.filter(pk__startswith=f"{pool.id}/"))
    names = holder_names(one.pk.rpartition("/")[2] for one in rows)
    order = {"pool": 0, PLEDGED: 1, "holder": 2, "used": 3, "source": 4}
    rows.sort(key=lambda one: (order.get(one.kind, 9), one.unit_id, one.pk))
    return [_account_row(one, names) for one in rows]


def kind_words(kind: str) -> str:
    """What an account is, in words."""
    return {
        "pool": _("池"), PLEDGED: _("已承诺未落实的削减"), "holder": _("已取得"), "used": _("已使用"), "source": _("来源"),
    }.get(kind, kind)  # fmt: skip


def _account_row(one: Account, names: Mapping[str, str]) -> AccountRow:
    unit = quotas().units[one.unit_id]
    holder = one.pk.rpartition("/")[2]
    free = "" if one.kind == "source" else unit.shown(one.posted - one.reserved - (one.floor if one.kind == PLEDGED else 0))
    return AccountRow(
        one.pk, names[holder], kind_words(one.kind), pick(unit.title, unit.title_en), pick(unit.printed, unit.printed_en),
        unit.shown(one.posted), unit.shown(one.reserved), free, reverse("factors:account", args=[one.pk]), (one.posted, one.reserved, one.floor),
    )  # fmt: skip


def account_seen(standing: Standing, name: str) -> tuple[Account, QuotaPool] | None:
    """An account of a quota pool as the person may see it; None where there is none or he may not."""
    pool = quotas().pool_of(name)
    if pool is None:
        return None
    if may_see(standing, pool):
        with acting_as_system("ledgers"):
            found = Account.objects.filter(pk=name).first()
    else:
        found = Account.objects.filter(pk=name).first()
    return (found, pool) if found else None


def acts_for(standing: Standing, pool: QuotaPool) -> list[tuple[str, str, str]]:
    """The acts a person may draw up on a pool: id, title, clause."""
    return [(act.id, pick(act.title, act.title_en), act.clause) for act in quotas().acts_of(pool.id) if may_draw_up(standing, act)]
