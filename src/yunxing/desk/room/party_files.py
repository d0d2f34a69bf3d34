"""S5: the file of one project, and of one enterprise (一企一档) with its tabs. What other rooms know of a party they add by a tab of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.reporting import registers
from yunxing.desk.reporting.catalogue import catalogue
from yunxing.desk.reporting.models import Party, PartyState
from yunxing.desk.room.board import Board
from yunxing.desk.room.charts import Point, Trend, trend
from yunxing.desk.room.figure_pages import forms_of, item_of
from yunxing.desk.room.figures import english, pick
from yunxing.desk.room.list_pages import act_word, title
from yunxing.desk.room.party_figures import ENTERPRISE, PROJECT, Month, beside_peers, month_value, months_of, of_board, value_of, wan
from yunxing.desk.room.party_pages import annual_plan, day_of, money, pace_light, size_word, trade
from yunxing.desk.scoping import current_scope
from yunxing.engines.registry.lifecycle import STAGES, stage
from yunxing.engines.registry.parties import Membership as Term
from yunxing.engines.registry.typed import printed
from yunxing.packs.pack import Pack
from yunxing.values.quantity import format_number

RIBBON = ("preparatory", "started", "under_construction", "completed", "commissioned", "at_capacity")
FACTORS = ("need_land", "need_energy", "need_loan", "need_workers")
ABOVE = "above_scale"


@dataclass(frozen=True)
class Tab:
    """One tab of the enterprise's file: its id in the address, its title, what it shows, and the template that shows it.

    Another room adds one to `TABS`; `content` is asked only when the tab is open.
    """

    id: str
    title: Callable[[], str]
    content: Callable[[Party, Board | None, Pack], dict[str, Any]]
    template: str


# ---- the project


def project_page(party: Party, board: Board | None, pack: Pack) -> dict[str, Any]:
    """A project: stages planned and actual, investment by month against the plan, factor needs, problems, who answers, its lists and its history."""
    day = day_of(board)
    months = months_of(registers.ids_of(party.pk), PROJECT, board.month.code if board else day.isoformat()[:7])
    done = value_of(of_board(board, PROJECT).get(party.pk, {}), "investment", "cumulative")
    plan = annual_plan(party.attributes, day.year)
    lists = lists_of(party)
    return {
        "party": party,
        "heading": party.name,
        "facts": _project_facts(party, pack),
        "ribbon": ribbon(party, months, pack),
        "light": pace_light(done, plan, day.month),
        "done": money(done),
        "plan": money(plan),
        "share": f"{format_number(Fraction(100 * done, plan), 1)}%" if done is not None and plan else "—",
        "elapsed": f"{format_number(Fraction(100 * day.month, 12), 1)}%",
        "trend": investment_trend(months, day.year, plan),
        "needs": needs_of(party),
        "problems": [
            (one.label, str(row["words"]))
            for one in reversed(months)
            if (row := one.cells.get(("problem", "month", "value"))) and row["words"]
        ],
        "lists": lists,
        "answerable": next((one["details"] for one in lists if one["personal"] and (one["until"] is None or one["until"] >= day)), []),
        "timeline": timeline(party.pk),
        "owner": _owner(party),
        "day": day,
    }


def _owner(party: Party) -> dict[str, str] | None:
    found = registers.party(party.parent, "enterprise") if party.parent else None
    return {"name": found.name, "href": reverse("registers:enterprise", args=[found.pk])} if found else None


def _project_facts(party: Party, pack: Pack) -> list[tuple[str, str]]:
    units = {unit.id: pick(unit.label, unit.name_en) for unit in pack.regions.units}
    told = [(_("编号"), party.pk), (_("区域"), units.get(party.unit, party.unit)), (_("行业"), trade(party.industry))]
    seen = [one for one in catalogue().kind("project").columns if not one.common and current_scope().sees_level(one.level)]
    return told + [(title(one), printed(party.attributes.get(one.id), one, english=english())) for one in seen if one.id not in FACTORS]


def ribbon(party: Party, months: list[Month], pack: Pack) -> list[dict[str, str]]:
    """The stages in order: the planned day where the registry has one, the first month in which the stage or a later one was reported, and where it stands."""
    item = item_of(forms_of(pack.folder), PROJECT, "stage")
    if item is None:
        return []
    options = {one.id: one for one in item.options}
    order = {id_: at for at, id_ in enumerate(RIBBON)}
    seen: list[tuple[str, str]] = []  # (month's label, stage)
    for one in months:
        index = value_of(one.cells, "stage", "month")
        if index is not None and 0 <= index < len(item.options):
            seen.append((one.label, item.options[index].id))
    now = seen[-1][1] if seen else ""
    planned = {"started": party.attributes.get("planned_start", ""), "completed": party.attributes.get("planned_finish", "")}
    found = []
    for id_ in RIBBON:
        if id_ not in options:
            continue
        reached = next((label for label, stage_ in seen if order.get(stage_, -1) >= order[id_]), "")
        state = "now" if id_ == now else "done" if reached else "ahead"
        found.append(
            {
                "title": pick(options[id_].title, options[id_].title_en),
                "planned": str(planned.get(id_) or ""),
                "actual": reached,
                "state": state,
            }
        )
    return found


def investment_trend(months: list[Month], year: int, plan: int | None) -> Trend:
    """Investment since January, month by month, against the year's plan, in 万元."""
    points = [
        Point(one.label, wan(value_of(one.cells, "investment", "cumulative")), _("未报"))
        for one in months
        if one.code.startswith(str(year))
    ]
    known = [point for point in points if point.value is not None]
    if not known or known[-1].value is None:
        return Trend({}, _("今年还没有报送投资。"), [])
    sentence = _("%(month)s止完成 %(done)s 万元") % {"month": known[-1].label, "done": format_number(known[-1].value, 2)}
    if plan:
        share = 100 * known[-1].value / Fraction(plan, 10**6)
        sentence += _("，为年度计划 %(plan)s 万元的 %(share)s%%。") % {"plan": money(plan), "share": format_number(share, 1)}
    return trend(points, unit=_("万元"), places=2, sentence=sentence, target=wan(plan), target_word=_("年度计划"))


def needs_of(party: Party) -> list[tuple[str, str]]:
    """Needs of land, energy, money and people, with what holds the project back."""
    columns = {column.id: column for column in catalogue().kind("project").columns}
    told = [(title(columns[one]), printed(party.attributes.get(one), columns[one], english=english())) for one in FACTORS if one in columns]
    if "blocked_by" in columns:
        told.append((title(columns["blocked_by"]), printed(party.attributes.get("blocked_by"), columns["blocked_by"], english=english())))
    return told


def lists_of(party: Party) -> list[dict[str, Any]]:
    """The lists the party is or was on, with what each records of it, up to the level the person sees."""
    kept = catalogue().rosters
    found = []
    for one in registers.rosters_of(party.pk):
        roster = kept.get(one.roster)
        columns = [column for column in roster.columns if current_scope().sees_level(column.level)] if roster else []
        details = [
            (title(column), printed(one.attributes.get(column.id), column, english=english()))
            for column in columns
            if column.type != "party"
        ]
        found.append(
            {
                "title": pick(roster.title, roster.title_en) if roster else one.roster,
                "href": reverse("registers:list", args=[one.roster]) if roster else "",
                "since": one.valid_from, "until": one.valid_to, "reason": one.reason, "details": [pair for pair in details if pair[1] != "—"], "personal": any(column.personal for column in columns),
            }
        )  # fmt: skip
    return found


def timeline(id_: str) -> list[dict[str, Any]]:
    """What changed in the registry about a party, the newest first: who, when, the old and the new value of each field, on what ground."""
    states = registers.history_of(id_)
    acts = registers.changes_of({one.opened for one in states} | {one.closed for one in states if one.closed})
    titles = {one.id: title(one) for kind in catalogue().kinds.values() for one in kind.columns} | {"name": _("名称")}
    rows: dict[str, dict[str, Any]] = {}
    for one in states:
        act = acts.get(one.opened)
        row = rows.setdefault(
            one.opened,
            {"at": one.known_from, "person": act.person if act else "", "act": act_word(act.act) if act else "",
             "source": (act.source or act.note) if act else "", "changes": []},
        )  # fmt: skip
        before = next((old for old in states if old.closed == one.opened and old.party == one.party), None)
        if before is not None:
            row["changes"] += [
                {"title": titles.get(name, name), "before": old, "after": new, "since": one.from_day if one.from_day != date.min else None}
                for name, old, new in _changed(before, one)
            ]
    return list(rows.values())


def _changed(before: PartyState, after: PartyState) -> list[tuple[str, str, str]]:
    plain = [(name, str(getattr(before, name) or "—"), str(getattr(after, name) or "—"))
             for name in ("name", "short_name", "unit", "region", "industry", "size", "parent")]  # fmt: skip
    keys = sorted(before.attributes.keys() | after.attributes.keys())
    more = [(key, str(before.attributes.get(key, "—")), str(after.attributes.get(key, "—"))) for key in keys]
    return [one for one in (*plain, *more) if one[1] != one[2]]


# ---- the enterprise


def enterprise_file(party: Party, board: Board | None, pack: Pack, tab: str) -> dict[str, Any]:
    """一企一档: the head with lists and life cycle, and the tab that is open."""
    day = day_of(board)
    units = {unit.id: pick(unit.label, unit.name_en) for unit in pack.regions.units}
    chosen = next((one for one in TABS if one.id == tab), TABS[0])
    terms = [
        Term(one.roster, one.party, one.valid_from, one.valid_to, one.reason, one.attributes) for one in registers.rosters_of(party.pk)
    ]
    revenue = party.attributes.get("revenue_fen")
    standing = stage([one for one in terms if one.roster == ABOVE], day, revenue, catalogue().threshold(day))
    current = [one for one in lists_of(party) if one["until"] is None or one["until"] >= day]
    return {
        "party": party,
        "heading": party.name,
        "unit": units.get(party.unit, party.unit),
        "industry": trade(party.industry),
        "size": size_word(party.size),
        "stage": pick(*STAGES[standing]),
        "lists": current,
        "tabs": [{"id": one.id, "title": one.title(), "current": one is chosen} for one in TABS],
        "tab": chosen.id,
        "template": chosen.template,
        "content": chosen.content(party, board, pack),
        "day": day,
        "sheet_href": reverse("registers:plan_sheet", args=[party.pk]),
    }


def _running(party: Party, board: Board | None, pack: Pack) -> dict[str, Any]:
    """运行: this month's figures beside last year's and the peers' median, and thirteen months of output."""
    if board is None:
        return {"rows": [], "months": []}
    # the peers of a median may lie outside the person's area: only the median and a share of at least five are told of them
    same = registers.models_of(Party).filter(kind="enterprise", industry=party.industry)
    everyone = set(same.values_list("pk", flat=True)) if party.industry else set()
    forms = forms_of(pack.folder)
    months = months_of(registers.ids_of(party.pk), ENTERPRISE, board.month.code)
    points = [Point(one.label, wan(month_value(one, "output")), _("未报")) for one in months]
    known = [point for point in points if point.value is not None]
    words = (
        _("近 %(n)s 个月的当月产值，最近一月 %(value)s 万元。") % {"n": len(known), "value": format_number(known[-1].value, 2)}
        if known and known[-1].value is not None
        else ""
    )
    output = item_of(forms, ENTERPRISE, "output")
    return {
        "rows": beside_peers(board, forms, party.pk, everyone),
        "industry": trade(party.industry),
        "trend": trend(points, unit=_("万元"), places=2, sentence=words) if len(known) > 1 else Trend({}, "", []),
        "trend_title": pick(output.title, output.title_en) if output else "",
    }


def _projects(party: Party, board: Board | None, pack: Pack) -> dict[str, Any]:  # noqa: ARG001  # every tab is asked alike
    rows = Party.objects.filter(kind="project", parent__in=registers.ids_of(party.pk)).order_by("name")
    return {
        "rows": [
            {"name": one.name, "href": reverse("registers:project", args=[one.pk]), "total": money(one.attributes.get("total_investment_fen")),
             "done": money(value_of(of_board(board, PROJECT).get(one.pk, {}), "investment", "cumulative"))}
            for one in rows
        ]
    }  # fmt: skip


def _contacts(party: Party, board: Board | None, pack: Pack) -> dict[str, Any]:  # noqa: ARG001  # every tab is asked alike
    """联系人与走访: the firm's own contact, and every person of the lists it is on."""
    scope = current_scope()
    own = [(title(one), printed(party.attributes.get(one.id), one, english=english())) for one in catalogue().kind("enterprise").columns
           if one.personal and scope.sees_level(one.level)]  # fmt: skip
    return {"own": [pair for pair in own if pair[1] != "—"], "lists": [one for one in lists_of(party) if one["details"]]}


def _changes(party: Party, board: Board | None, pack: Pack) -> dict[str, Any]:  # noqa: ARG001  # every tab is asked alike
    return {"lists": lists_of(party), "timeline": timeline(party.pk), "aliases": registers.ids_of(party.pk)[1:]}


TABS: list[Tab] = [
    Tab("run", lambda: _("运行"), _running, "registers/tab_run.html"),
    Tab("projects", lambda: _("项目"), _projects, "registers/tab_projects.html"),
    Tab("contacts", lambda: _("联系人与走访"), _contacts, "registers/tab_contacts.html"),
    Tab("changes", lambda: _("变更记录"), _changes, "registers/tab_changes.html"),
]
