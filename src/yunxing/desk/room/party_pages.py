"""S5: the lists of projects and enterprises with filters, saved views, search and pages; and what an empty list says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yunxing.desk.reporting import registers
from yunxing.desk.reporting.catalogue import catalogue
from yunxing.desk.reporting.models import Membership, Party
from yunxing.desk.reporting.registers import ABOUT, SIZES, Asked, Page
from yunxing.desk.room.board import Board
from yunxing.desk.room.figure_pages import forms_of, item_of
from yunxing.desk.room.figures import pick
from yunxing.desk.room.party_figures import ENTERPRISE, PROJECT, of_board, value_of
from yunxing.engines.indicators.lights import Light, light
from yunxing.packs.pack import Pack
from yunxing.values.codes import SizeClass, industries
from yunxing.values.quantity import Comparator, format_number

ADDRESS = {"project": "registers:projects", "enterprise": "registers:enterprises"}
Option = tuple[str, str]


@dataclass(frozen=True)
class Filter:
    """One labelled select above the table."""

    name: str
    title: str
    options: list[Option]
    chosen: str

    @property
    def word(self) -> str:
        """The chosen option as words."""
        return next((title for id_, title in self.options if id_ == self.chosen), self.chosen)


def day_of(board: Board | None) -> date:
    """The day the pages are about: the end of the month that the period selector shows, today before any month is closed."""
    return board.month.end if board else timezone.localdate()


def party_page(kind: str, query: Mapping[str, str], board: Board | None, pack: Pack) -> dict[str, Any]:
    """The list of one kind: filters, rows, saved views, the way on and back, and the hint when nothing is found."""
    day = day_of(board)
    filters = _filters(kind, query, board, pack)
    chosen = {one.name: one.chosen for one in filters if one.chosen}
    word = query.get("q", "").strip()
    rows = int(query["rows"]) if query.get("rows", "") in {str(one) for one in SIZES} else SIZES[0]
    told = {name: value for name, value in {"q": word, **chosen}.items() if value}
    narrowed: dict[str, frozenset[str]] = {
        name: ids for name in ("stage", "level", "blocked") if name in told and (ids := _ids(name, told[name], board)) is not None
    }
    asked = Asked(kind, day, told, query.get("after", ""), query.get("before", ""), rows, narrowed)
    page = registers.parties(asked)
    base = {**told, **({"p": query["p"]} if query.get("p") else {}), **({"rows": str(rows)} if rows != SIZES[0] else {})}
    return {
        "kind": kind,
        "heading": _("项目") if kind == "project" else _("企业"),
        "filters": filters,
        "word": word,
        "rows": (_project_rows if kind == "project" else _enterprise_rows)(page, board, pack, day),
        "count": counted(page),
        "total": page.total,
        "shown": len(page.rows),
        "views": _views(kind, told, query),
        "chips": _chips(told, filters, base, kind),
        "next": _address(kind, {**base, "after": page.next}) if page.next else "",
        "previous": _address(kind, {**base, "before": page.previous}) if page.previous else "",
        "reset": _address(kind, {"p": query["p"]} if query.get("p") else {}),
        "hint": _hint(asked, filters, base) if not page.rows else None,
        "elsewhere": _elsewhere(asked, pack),
        "day": day,
        "period": query.get("p", ""),
        "asked": asked,
        "sizes": SIZES,
        "size": rows,
    }


def counted(page: Page) -> str:
    """How many there are as a page says it: exactly, about, or that there are more than were counted."""
    if page.more:
        return _("超过 %(n)s") % {"n": f"{page.total:,}"}
    total = page.total
    return _("约 %(n)s 万") % {"n": format_number(Fraction(total, 10_000), 1)} if total > ABOUT else f"{total:,}"


def _address(kind: str, query: Mapping[str, str]) -> str:
    return reverse(ADDRESS[kind]) + ("?" + urlencode(query) if query else "")


def _filters(kind: str, query: Mapping[str, str], board: Board | None, pack: Pack) -> list[Filter]:
    units = [(unit.id, pick(unit.label, unit.name_en)) for unit in pack.regions.units]
    found = [Filter("unit", _("区域"), units, query.get("unit", ""))]
    if kind == "project":
        columns = {column.id: column for column in catalogue().kind("project").columns}
        stage = item_of(forms_of(pack.folder), PROJECT, "stage")
        stages = [(one.id, pick(one.title, one.title_en)) for one in stage.options] if stage and board else []
        found.append(Filter("stage", _("阶段"), stages, query.get("stage", "")))
        for name, column in (("level", "level"), ("blocked", "blocked_by")):
            if column in columns:
                options = [(one.id, pick(one.title, one.title_en)) for one in columns[column].choices]
                found.append(Filter(name, pick(columns[column].title, columns[column].title_en), options, query.get(name, "")))
    else:
        trades = [(code, f"{code} {pick(one.zh, one.en)}") for code, one in industries().items()]
        sizes = [(one.value, pick(one.zh, one.value)) for one in SizeClass]
        found += [Filter("industry", _("行业"), trades, query.get("industry", "")), Filter("size", _("规模"), sizes, query.get("size", ""))]
    rosters = [
        (one.id, pick(one.title, one.title_en)) for one in catalogue().rosters.values() if one.kind == kind and registers.may_see(one.id)
    ]
    found.append(Filter("roster", _("名录"), rosters, query.get("roster", "")))
    return [one for one in found if one.options and (not one.chosen or one.chosen in {id_ for id_, _title in one.options})]


def _ids(name: str, value: str, board: Board | None) -> frozenset[str] | None:
    """The projects that a filter keeps which stands in no column of its own."""
    if name == "stage":
        return frozenset(id_ for id_ in of_board(board, PROJECT) if _stage(board, id_)[0] == value)
    attribute = {"level": "level", "blocked": "blocked_by"}[name]
    rows = Party.objects.filter(kind="project").values_list("pk", "attributes")
    return frozenset(pk for pk, attributes in rows if attributes.get(attribute) == value)


def _views(kind: str, told: Mapping[str, str], query: Mapping[str, str]) -> list[dict[str, Any]]:
    """The saved views: every list of this kind with its number today's list has; 「182 个…」 where the plan names a number."""
    found = []
    for one in catalogue().rosters.values():
        if one.kind == kind and registers.may_see(one.id):
            title = pick(one.title, one.title_en)
            expected = f"{one.expected} {_('个')}" if one.expected and kind == "project" else ""
            current = dict(told) == {"roster": one.id}
            address = _address(kind, {"roster": one.id, **({"p": query["p"]} if query.get("p") else {})})
            found.append({"title": f"{expected}{title}" if expected else title, "href": address, "current": current})
    return found


def _chips(told: Mapping[str, str], filters: list[Filter], base: Mapping[str, str], kind: str) -> list[dict[str, str]]:
    """The active filters, each with the address without it."""
    words = {one.name: (one.title, one.word) for one in filters} | {"q": (_("检索"), told.get("q", ""))}
    return [
        {
            "title": words[name][0],
            "word": words[name][1],
            "href": _address(kind, {key: value for key, value in base.items() if key != name}),
        }
        for name in told
    ]


def _hint(asked: Asked, filters: list[Filter], base: Mapping[str, str]) -> dict[str, Any] | None:
    best = registers.hint(asked)
    if best is None:
        return None
    word = best.value if best.name == "q" else next(one.word for one in filters if one.name == best.name)
    return {"word": word, "rows": best.rows, "href": _address(asked.kind, {key: value for key, value in base.items() if key != best.name})}


def _elsewhere(asked: Asked, pack: Pack) -> list[dict[str, str]]:
    units = {unit.id: pick(unit.label, unit.name_en) for unit in pack.regions.units}
    return [{"name": one["name"], "unit": units.get(one["unit"], one["unit"])} for one in registers.names_elsewhere(asked)]


def _stage(board: Board | None, project: str) -> tuple[str, str]:
    """Id and title of the stage that the project reported last; empty without a report."""
    from yunxing.desk.room.shell import pack_in_force

    index = value_of(of_board(board, PROJECT).get(project, {}), "stage", "month")
    item = item_of(forms_of(pack_in_force().folder), PROJECT, "stage")
    if index is None or item is None or not 0 <= index < len(item.options):
        return "", ""
    option = item.options[index]
    return option.id, pick(option.title, option.title_en)


def pace_light(done: int | None, plan: int | None, month: int) -> Light:
    """A project's light: done this year against the year's plan and the time passed; none without a plan or a report."""
    return light(None if done is None else Fraction(done), Fraction(plan), Comparator.ge, "linear", month) if plan else "none"


def annual_plan(attributes: Mapping[str, Any], year: int) -> int | None:
    """The year's planned investment in fen, None when none is registered."""
    plans = attributes.get("annual_plans_fen") or {}
    found = plans.get(str(year), attributes.get("annual_plan_fen"))
    return int(found) if found else None


def _project_rows(page: Page, board: Board | None, pack: Pack, day: date) -> list[dict[str, Any]]:
    units = {unit.id: pick(unit.label, unit.name_en) for unit in pack.regions.units}
    members = {
        one.party: one for one in registers.on_day(Membership.objects.filter(roster="key_projects"), day).filter(party__in=_pks(page))
    }
    blocked = {
        one.id: pick(one.title, one.title_en) for c in catalogue().kind("project").columns if c.id == "blocked_by" for one in c.choices
    }
    rows = []
    for one in page.rows:
        done = value_of(of_board(board, PROJECT).get(one.pk, {}), "investment", "cumulative")
        plan = annual_plan(one.attributes, day.year)
        share = Fraction(100 * done, plan) if done is not None and plan else None
        rows.append(
            {
                "name": one.name, "href": reverse("registers:project", args=[one.pk]), "unit": units.get(one.unit, one.unit),
                "total": money(one.attributes.get("total_investment_fen")), "plan": money(plan), "done": money(done),
                "share": "—" if share is None else f"{format_number(share, 1)}%", "stage": _stage(board, one.pk)[1] or _("未报"),
                "light": pace_light(done, plan, day.month), "blocked": blocked.get(one.attributes.get("blocked_by", ""), "—"),
                "answerable": members[one.pk].attributes.get("answerable", "") if one.pk in members else "",
            }
        )  # fmt: skip
    return rows


def _pks(page: Page) -> list[str]:
    return [one.pk for one in page.rows]


def _enterprise_rows(page: Page, board: Board | None, pack: Pack, day: date) -> list[dict[str, Any]]:
    units = {unit.id: pick(unit.label, unit.name_en) for unit in pack.regions.units}
    titles = {one.id: pick(one.title, one.title_en) for one in catalogue().rosters.values()}
    lists: dict[str, list[str]] = {}
    for one in registers.on_day(Membership.objects.filter(party__in=_pks(page)), day).order_by("roster"):
        lists.setdefault(one.party, []).append(titles.get(one.roster, one.roster))
    return [
        {
            "name": one.name, "code": one.pk, "href": reverse("registers:enterprise", args=[one.pk]), "unit": units.get(one.unit, one.unit),
            "industry": trade(one.industry), "size": size_word(one.size), "lists": lists.get(one.pk, []),
            "output": money(value_of(of_board(board, ENTERPRISE).get(one.pk, {}), "output", "cumulative")),
        }
        for one in page.rows
    ]  # fmt: skip


def money(fen: object) -> str:
    """Fen in 万元 for a table whose head says so, — for none."""
    return format_number(Fraction(fen, 10**6), 2) if isinstance(fen, int) and not isinstance(fen, bool) else "—"


def trade(code: str) -> str:
    """The division of industry in words; the code itself outside industry."""
    found = industries().get(code)
    return pick(found.zh, found.en) if found else code or "—"


def size_word(code: str) -> str:
    """The size class in words."""
    return next((pick(one.zh, one.value) for one in SizeClass if one.value == code), "—")
