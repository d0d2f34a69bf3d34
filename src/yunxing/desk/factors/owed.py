"""What waits and what falls due: acts for a second person, advances before production, planned cuts, auctions on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection as desk_connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yunxing.desk.factors import place, todo
from yunxing.desk.factors.models import Auction, PledgedSource, Proposal, longest
from yunxing.desk.people.models import Role
from yunxing.desk.people.selectors import Standing
from yunxing.desk.room.figures import pick
from yunxing.desk.scoping import acting_as_system, current_scope
from yunxing.desk.support.models import Account
from yunxing.engines.ledger.auction import LARGEST
from yunxing.engines.ledger.pollutants import KINDS
from yunxing.io.store import obligations as store
from yunxing.io.store import party_lines
from yunxing.io.store.ledger_trial import free_of
from yunxing.values.errors import BadInput

ALERTS = ((30, "red"), (90, "amber"), (180, "amber"))
"""Days before production at which an advance is shown in another light."""
MOST = 200


def waiting_count(standing: Standing) -> int:
    """How many acts wait for this person."""
    return len(todo.waiting(standing))


def due_count(day: date) -> int:
    """How many advances are outstanding past their day."""
    return len([one for one in store.obligations(desk_connection, due_by=day) if one.outstanding])


def auction_strip() -> dict[str, Any]:
    """Auctions that are open now, for the head of the page."""
    return {"auctions": list(Auction.objects.filter(state__in=(Auction.State.OPEN, Auction.State.CLOSED))[:5])}


def recent(pool: str, standing: Standing) -> list[dict[str, Any]]:
    """The newest acts on a pool, for those who may draw one up."""
    if not standing.holds(todo.OFFICERS):
        return []
    with acting_as_system("ledgers"):
        rows = list(Proposal.objects.filter(pool=pool)[:8])
    return [proposal_line(one) for one in rows if one.act in place.quotas().acts]


def state_words(state: str) -> str:
    """Where an act stands, in words."""
    return {"waiting": _("待批"), "posted": _("已入账"), "refused": _("未批准"), "withdrawn": _("已撤回")}[state]


def proposal_line(one: Proposal) -> dict[str, Any]:
    """An act in one line: what, how much, who, where it stands."""
    book = place.quotas()
    named, unit = book.acts[one.act], book.units[one.unit]
    names = place.holder_names(x for x in (one.county, one.party, one.project) if x)
    return {
        "href": reverse("factors:proposal", args=[one.pk]),
        "title": pick(named.title, named.title_en),
        "clause": named.clause,
        "amount": f"{unit.shown(one.amount)} {pick(unit.printed, unit.printed_en)}" if one.amount else "—",
        "about": "、".join(names[x] for x in (one.project, one.party, one.county) if x),
        "document": one.document,
        "state": state_words(one.state),
        "light": {"waiting": "amber", "posted": "green", "refused": "none", "withdrawn": "none"}[one.state],
        "drawn_by": one.drawn_by,
        "decided_by": one.decided_by,
        "day": one.effective,
    }


def proposals_page(standing: Standing, state: str) -> dict[str, Any]:
    """Acts of the pools that the person works with, narrowed to a state."""
    acts = place.quotas().acts
    mine = [name for name, act in acts.items() if place.may_draw_up(standing, act)]
    with acting_as_system("ledgers"):
        found = Proposal.objects.filter(act__in=mine)
        counts = {value: found.filter(state=value).count() for value in Proposal.State.values}
        rows = list((found.filter(state=state) if state in Proposal.State.values else found)[:MOST])
    rows.sort(key=lambda one: (one.state != Proposal.State.WAITING, -one.pk))
    states = [(value, state_words(value), counts[value]) for value in Proposal.State.values]
    return {"rows": [proposal_line(one) for one in rows], "state": state, "states": states, "total": sum(counts.values())}


@dataclass
class Due:
    """An advance on the calendar."""

    project: str
    href: str
    unit: str
    amount: str
    outstanding: str
    pledge: str
    day: date | None
    days: int | None
    light: str
    words: str
    source: str
    passed: bool
    exact: tuple[int, int] = (0, 0)


def calendar(connection: Any, standing: Standing, day: date) -> dict[str, Any]:
    """Every advance with something outstanding, by day; those already made good are counted."""
    found = store.obligations(connection, all_=True)
    if not _sees_all(standing):
        seen = set(Account.objects.filter(pk__in=[one.holder for one in found]).values_list("pk", flat=True))
        found = [one for one in found if one.holder in seen]
    names = place.holder_names({one.project for one in found} | {one.source.rpartition("/")[2] for one in found})
    rows = [_due(one, names, day) for one in found if one.outstanding]
    rows.sort(key=lambda one: (one.day or date.max, one.project))
    months: dict[str, list[Due]] = {}
    for one in rows:
        months.setdefault(f"{one.day:%Y-%m}" if one.day else "", []).append(one)
    done = sum(not one.outstanding for one in found)
    return {"rows": rows, "months": sorted(months.items(), key=lambda pair: pair[0] or "9999"), "done": done, "day": day}


def _sees_all(standing: Standing) -> bool:
    rule = place.quotas().draw
    return rule is not None and place.may_see(standing, place.quotas().pools[rule.into])


def _due(one: store.Obligation, names: Mapping[str, str], day: date) -> Due:
    unit = place.quotas().units[one.unit]
    days = None if one.day is None else (one.day - day).days
    light = "red" if one.passed_at else "none" if days is None else next((color for bound, color in ALERTS if days <= bound), "green")
    if days is None:
        words = _("未定日期")
    elif days < 0:
        words = ngettext("已超 %(n)s 天", "已超 %(n)s 天", -days) % {"n": -days}
    else:
        words = ngettext("还有 %(n)s 天", "还有 %(n)s 天", days) % {"n": days}
    source = one.source.rpartition("/")[2]
    return Due(
        names[one.project], reverse("factors:account", args=[one.holder]), pick(unit.title, unit.title_en), unit.shown(one.amount),
        unit.shown(one.outstanding), one.pledge, one.day, days, light, words, source, one.passed_at is not None, (one.amount, one.outstanding),
    )  # fmt: skip


def kind_words(kind: str) -> str:
    """What a planned cut is, in words."""
    words = {"closure": _("拟关停企业"), "facility": _("拟关停治理设施"), "project": _("拟实施治理项目"), "voluntary": _("企业自愿减排")}
    return words.get(kind, kind)


def may_enter(standing: Standing) -> bool:
    """Whether the person keeps planned cuts: the command, or the office of the pledges' pool."""
    rule = place.quotas().draw
    if rule is None:
        return False
    owner = place.quotas().pools[rule.pools["future_cut"]].owner
    return standing.role == Role.COMMAND or (standing.role == Role.DEPARTMENT and owner in place.offices_of(standing))


def sources_page(connection: Any, standing: Standing) -> dict[str, Any]:
    """Planned cuts with what was pledged, is lent and is free."""
    book = place.quotas()
    scope = current_scope()
    rule = book.draw
    if may_enter(standing):
        with acting_as_system("ledgers"):
            rows = list(PledgedSource.objects.all())
    else:
        rows = list(PledgedSource.objects.filter(PledgedSource.within(scope)))
    firms = party_lines.named(connection, [one.firm for one in rows])
    counties = dict(place.counties())
    lines = []
    for one in rows:
        unit = book.units[one.unit]
        account = book.pools[rule.pools["future_cut"]].account(one.unit, one.pk) if rule else ""
        free = free_of(connection, account)
        lines.append(
            {
                "id": one.pk, "title": one.title, "firm": firms[one.firm].name if one.firm in firms else one.firm,
                "county": counties.get(one.county, one.county), "kind": kind_words(one.kind), "unit": pick(unit.title, unit.title_en),
                "planned": unit.shown(one.planned), "lent": unit.shown(one.planned - free), "free": unit.shown(free), "done": one.planned_done,
                "document": one.document, "href": reverse("factors:account", args=[account]),
            }
        )  # fmt: skip
    units = [(name, pick(book.units[name].title, book.units[name].title_en)) for name in (rule.pollutants.values() if rule else ())]
    kinds = [(kind, kind_words(kind)) for kind in KINDS if book.advance and kind in book.advance.kinds]
    with acting_as_system("ledgers"):
        kept_back = PledgedSource.objects.count() - len(rows)
    return {
        "kept_back": kept_back,
        "rows": lines,
        "units": units,
        "kinds": kinds,
        "counties": place.counties(),
        "may_enter": may_enter(standing),
        "typed": {},
    }


def read_source(posted: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """A planned cut as typed, and what is wrong, by field."""
    book, wrong = place.quotas(), dict[str, str]()
    fields: dict[str, Any] = {
        name: posted.get(name, "").strip() for name in ("id", "title", "kind", "document", "decision", "county", "unit")
    }
    for name, words in (("id", _("请填写编号")), ("title", _("请填写名称")), ("document", _("请填写依据文件"))):
        if not fields[name]:
            wrong[name] = words
        elif len(fields[name]) > longest(PledgedSource, name):
            wrong[name] = _("最多 %(n)s 字") % {"n": longest(PledgedSource, name)}
    if not all(sign.isalnum() or sign in "-_." for sign in fields["id"]) or len(fields["id"]) > 40:
        wrong["id"] = _("编号只含字母、数字和 - _ .，最多 40 个")
    try:
        fields["firm"], unit = place.resolved("enterprise", posted.get("firm", ""))
        fields["county"] = fields["county"] or unit
    except BadInput as refused:
        wrong["firm"] = refused.message
    if "firm" not in wrong and fields["county"] not in dict(place.counties()):
        wrong["county"] = _("请选择县（市、区）")
    if len(fields["decision"]) > longest(PledgedSource, "decision"):
        wrong["decision"] = _("最多 %(n)s 字") % {"n": longest(PledgedSource, "decision")}
    if fields["unit"] not in (book.draw.pollutants.values() if book.draw else ()):
        wrong["unit"] = _("请选择污染物")
    for name in ("planned", "baseline"):
        text = posted.get(name, "").strip()
        fields[name] = None
        if text and fields["unit"] in book.units:
            try:
                fields[name] = book.units[fields["unit"]].parsed(text)
                if abs(fields[name]) > LARGEST:
                    wrong[name] = _("数量过大，最多 %(most)s") % {"most": book.units[fields["unit"]].shown(LARGEST)}
            except BadInput as refused:
                wrong[name] = refused.message
    if not fields["planned"] and "planned" not in wrong:
        wrong["planned"] = _("请填写计划削减量")
    try:
        fields["planned_done"] = date.fromisoformat(posted.get("planned_done", ""))
    except ValueError:
        wrong["planned_done"] = _("请填写计划完成日")
    return fields, wrong
