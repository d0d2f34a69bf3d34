"""Accounts with running balance, acts as forms, trials and proposals as pages; and the same as tables that leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.factors import owed, place, proposals
from yunxing.desk.factors.models import PledgedSource, Proposal
from yunxing.desk.factors.pools import AccountRow, PoolCard, kind_words
from yunxing.desk.people.models import User
from yunxing.desk.people.selectors import Standing
from yunxing.desk.room.figures import pick
from yunxing.desk.scoping import acting_as_system
from yunxing.desk.support.models import Account
from yunxing.desk.takeaway import Column, Table
from yunxing.engines.ledger.batch import Group
from yunxing.engines.ledger.quota_book import Act, QuotaPool
from yunxing.io.store.ledger_balances import Entry, statement
from yunxing.io.store.ledger_trial import Trial

PAGE = 30
ALL = 10_000


def kind_of(kind: str) -> str:
    """A kind of transfer in words."""
    words = {
        "issue": _("入账"), "move": _("划转"), "retire": _("使用"), "carry": _("结转"), "reserve": _("预留"), "post": _("拨付"), "void": _("释放预留"),
        "expire": _("到期"), "borrow": _("预支"), "repay": _("归还"), "reverse": _("冲正"),
    }  # fmt: skip
    return words.get(kind, kind)


def people_of(names: Sequence[str]) -> str:
    """Who drew up and who agreed, by name."""
    known = dict(User.objects.filter(username__in=names).values_list("username", "name"))
    return "、".join(known.get(name) or name for name in names)


def account_page(account: Account, pool: QuotaPool, *, before: int | None) -> dict[str, Any]:
    """An account's entries, newest first, each with the balance after it."""
    entries = statement(connection, account.pk, before=before, size=PAGE + 1)
    unit = place.quotas().units[account.unit_id]
    holder = account.pk.rpartition("/")[2]
    rows = [_entry(one, account) for one in entries[:PAGE]]
    return {
        "account": account.pk,
        "holder": place.holder_names([holder])[holder],
        "kind": kind_words(account.kind),
        "pool": pool,
        "pool_title": pick(pool.title, pool.title_en),
        "unit": pick(unit.title, unit.title_en),
        "printed": pick(unit.printed, unit.printed_en),
        "expires": unit.expires,
        "posted": unit.shown(account.posted),
        "reserved": unit.shown(account.reserved),
        "free": "" if account.kind == "source" else unit.shown(account.posted - account.reserved - account.floor),
        "pledged": unit.shown(-account.floor) if account.kind == "future_cut" else "",
        "rows": rows,
        "more": entries[PAGE - 1].seq if len(entries) > PAGE else None,
        "first": before is None,
    }


def _entry(one: Entry, account: Account) -> dict[str, Any]:
    unit = place.quotas().units[account.unit_id]
    return {
        "seq": one.seq,
        "day": one.effective,
        "kind": kind_of(one.kind),
        "clause": one.clause,
        "measure": one.clause.split("/")[1] if one.clause.count("/") == 2 else "",
        "change": unit.shown(one.posted) if one.posted else "",
        "held": unit.shown(one.held) if one.held else "",
        "after": unit.shown(one.posted_after),
        "reserved": unit.shown(one.reserved_after),
        "people": people_of(one.approvers),
        "key": one.key,
        "down": one.posted < 0,
    }


def statement_table(account: Account, pool: QuotaPool) -> Table:
    """The whole statement, oldest first, with exact numbers in the printed unit."""
    unit = place.quotas().units[account.unit_id]
    printed = pick(unit.printed, unit.printed_en)
    holder = account.pk.rpartition("/")[2]
    name = place.holder_names([holder])[holder]

    def exact(amount: int) -> Fraction:
        return Fraction(amount, unit.scale)

    def number(title: str) -> Column:
        return Column(title, kind="number", places=unit.places, unit=printed)

    columns = [
        Column(_("生效日期"), kind="date"), Column(_("事项")), Column(_("依据条款")), number(_("变动")),
        number(_("预留变动")), number(_("余额")), number(_("预留余额")), Column(_("经办")), Column(_("编号")),
    ]  # fmt: skip
    rows: list[list[Any]] = [
        [one.effective, kind_of(one.kind), one.clause, exact(one.posted), exact(one.held), exact(one.posted_after), exact(one.reserved_after),
         people_of(one.approvers), one.key]
        for one in reversed(statement(connection, account.pk, size=ALL))
    ]  # fmt: skip
    words = [f"{pick(pool.title, pool.title_en)} · {name}：{_('余额')} {unit.shown(account.posted)} {printed}。"]
    return Table(
        "ledger_statement", f"{pick(pool.title, pool.title_en)} {name}", columns, rows, source=_("要素台账"), words=words, level=2,
        filters=[(_("账户"), account.pk)], definitions=[(_("条款"), pool.clause), (_("口径"), pick(pool.note, pool.note_en))],
    )  # fmt: skip


def pools_table(cards: Sequence[PoolCard], day: date) -> Table:
    """Every pool and unit with its sums."""
    columns = [Column(_("要素池")), Column(_("条款")), Column(_("责任单位")), Column(_("计量")), Column(_("单位"))]
    names = (_("收入"), _("支出"), _("余额"), _("预留"), _("可用"), _("预支"))
    columns += [Column(name, kind="number", places=4) for name in names]
    rows: list[list[Any]] = []
    words = []
    for card in cards:
        for line, unit in zip(card.lines, (place.quotas().units[name] for name in card.pool.units), strict=False):
            sums = line.sums
            numbers = [Fraction(n, unit.scale) for n in (sums.came, sums.went, sums.balance, sums.reserved, sums.left, sums.borrowed)]
            rows.append([card.title, card.pool.clause, card.owner, line.unit, line.printed, *numbers])
            words.append(f"{card.title}（{line.unit}）：{_('可用')} {line.shown['left']} {line.printed}；")
    return Table("ledger_pools", _("要素台账"), columns, rows, as_of=day.isoformat(), source=_("要素台账"), words=words, level=2)


def accounts_table(card: PoolCard, rows: Sequence[AccountRow], day: date) -> Table:
    """A pool's accounts with exact numbers."""
    units = {pick(unit.title, unit.title_en): unit for unit in place.quotas().units.values()}
    columns = [Column(_("账户")), Column(_("性质")), Column(_("计量")), Column(_("单位"))]
    columns += [Column(name, kind="number", places=4) for name in (_("余额"), _("预留"))]
    lines: list[list[Any]] = [
        [one.holder, one.kind, one.unit, one.printed, *(Fraction(n, units[one.unit].scale) for n in one.exact[:2])] for one in rows
    ]
    words = [f"{one.holder} {one.kind} {one.posted} {one.printed}；" for one in rows]
    return Table(
        f"ledger_pool_{card.pool.id}", card.title, columns, lines, as_of=day.isoformat(), source=_("要素台账"), words=words, level=3
    )


def obligations_table(rows: Sequence[owed.Due], day: date) -> Table:
    """Advances that are outstanding."""
    columns = [
        Column(_("项目")), Column(_("污染物")), Column(_("预支"), unit="t/a", kind="number", places=3),
        Column(_("未落实"), unit="t/a", kind="number", places=3), Column(_("减排方案")), Column(_("应落实"), kind="date"), Column(_("时限")),
    ]  # fmt: skip
    lines: list[list[Any]] = [
        [one.project, one.unit, Fraction(one.exact[0], 1000), Fraction(one.exact[1], 1000), one.pledge, one.day, one.words] for one in rows
    ]
    words = [f"{one.project} {one.unit} {one.outstanding}（{one.words}）；" for one in rows]
    return Table("ledger_obligations", _("预支与应落实"), columns, lines, as_of=day.isoformat(), source=_("要素台账"), words=words, level=3)


def form_of(act: Act) -> dict[str, Any]:
    """An act as a form: what it asks, with choices."""
    book = place.quotas()
    pool = book.pools[act.pool]
    units = [(name, pick(book.units[name].title, book.units[name].title_en)) for name in pool.units]
    only = book.units[pool.units[0]]
    standards = sorted({rule.standard for rule in book.replacements})
    with acting_as_system("ledgers"):
        pledged = list(PledgedSource.objects.values_list("pk", "title")) if "source" in act.asks else []
    return {
        "act": act,
        "title": pick(act.title, act.title_en),
        "pool": pool,
        "pool_title": pick(pool.title, pool.title_en),
        "note": pick(pool.note, pool.note_en),
        "measure": act.clause.split("/")[1],
        "asks": set(act.asks),
        "units": units,
        "printed": pick(only.printed, only.printed_en),
        "places": only.places,
        "counties": place.counties(),
        "purposes": [(zh, pick(zh, en)) for zh, en in zip(act.purposes, act.purposes_en, strict=True)],
        "missed": [(",".join(some), "、".join(some) or _("均达标")) for some in _subsets(standards)],
        "sources": pledged,
        "faults": {},
        "trial": None,
        "notes": [],
    }


def _subsets(names: Sequence[str]) -> list[list[str]]:
    return [[name for at, name in enumerate(names) if number >> at & 1] for number in range(2 ** len(names))]


def trial_page(group: Group, trial: Trial) -> dict[str, Any]:
    """What posting would do to every account: before, change, after; and why it is refused."""
    book = place.quotas()
    names = place.holder_names(one.account.rpartition("/")[2] for one in trial.moved)
    rows = []
    for one in trial.moved:
        unit, pool = book.units[one.unit], book.pool_of(one.account)
        rows.append(
            {
                "account": one.account,
                "holder": names[one.account.rpartition("/")[2]],
                "pool": pick(pool.title, pool.title_en) if pool else "",
                "unit": pick(unit.printed, unit.printed_en),
                "before": unit.shown(one.posted),
                "change": unit.shown(one.posted_after - one.posted),
                "held": unit.shown(one.reserved_after - one.reserved) if one.reserved_after != one.reserved else "",
                "after": unit.shown(one.posted_after),
                "short": one.free_after < 0,
            }
        )
    refused = [answer.message for answer in trial.answers if answer.status == "refused"]
    clauses = list(dict.fromkeys(transfer.clause for transfer in group.transfers))
    return {"rows": rows, "refused": refused, "may": trial.may, "clauses": clauses, "transfers": len(group.transfers)}


def proposal_page(proposal: Proposal, standing: Standing) -> dict[str, Any]:
    """An act with its people; while it waits, what posting it would do now."""
    group = proposals.group_from(proposal.body)
    waiting = proposal.state == Proposal.State.WAITING
    own = proposal.drawn_by == standing.user.username
    lines = []
    for transfer in group.transfers:
        unit = place.quotas().units[transfer.unit]
        names = place.holder_names(leg.account.rpartition("/")[2] for leg in transfer.legs)
        legs = [
            (names[leg.account.rpartition("/")[2]], reverse("factors:account", args=[leg.account]), unit.shown(leg.amount), leg.amount < 0)
            for leg in transfer.legs
        ]
        lines.append(
            {
                "kind": kind_of(transfer.kind),
                "clause": transfer.clause,
                "legs": legs,
                "unit": pick(unit.printed, unit.printed_en),
                "due": transfer.due,
            }
        )
    return {
        "one": owed.proposal_line(proposal),
        "proposal": proposal,
        "pool": place.quotas().pools[proposal.pool],
        "pool_title": pick(place.quotas().pools[proposal.pool].title, place.quotas().pools[proposal.pool].title_en),
        "lines": lines,
        "notes": proposals.notes_of(proposal),
        "trial": trial_page(group, proposals.trial_of(proposal)) if waiting else None,
        "drawn": people_of([proposal.drawn_by]),
        "decided": people_of([proposal.decided_by]) if proposal.decided_by else "",
        "may_agree": waiting and not own,
        "own": own,
        "waiting": waiting,
        "faults": {},
    }
