"""The registry's lists as pages: all of them by group, and one list on a day with its versions, what changed between two days, and its workbook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.reporting import list_services, registers
from yunxing.desk.reporting.catalogue import catalogue
from yunxing.desk.reporting.models import Membership, Party
from yunxing.desk.room.board import Board
from yunxing.desk.room.figures import english, pick
from yunxing.desk.room.party_pages import ADDRESS, counted, day_of
from yunxing.desk.scoping import current_scope
from yunxing.engines.registry.catalogue import Column, RosterKind
from yunxing.engines.registry.history import difference
from yunxing.engines.registry.parties import Membership as Term
from yunxing.engines.registry.typed import printed
from yunxing.packs.pack import Pack
from yunxing.values.scope import ALL

SHOWN = 50
ACTS = {"import": lambda: _("导入"), "edit": lambda: _("编辑"), "merge": lambda: _("合并"), "undo": lambda: _("撤销")}
GROUPS_EN = {
    "项目": "Projects", "企业": "Enterprises", "链群": "Chains and clusters", "要素与运输": "Factors and transport", "绿色": "Green", "金融": "Finance",
    "外贸": "Foreign trade", "人才与就业": "People and work", "保运转": "Keeping production running", "填报名录": "Who reports",
}  # fmt: skip


def lists_page(board: Board | None, pack: Pack, worked_out: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Every list the person may see, by group: title, owner, clause, how many members on the day, the number the plan names; then the worked-out ones."""
    day = day_of(board)
    counted = registers.counts(day)
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in catalogue().rosters.values():
        if registers.may_see(one.id):
            groups.setdefault(one.group or "", []).append(
                {
                    "title": pick(one.title, one.title_en), "href": reverse("registers:list", args=[one.id]), "owner": office_of(pack, one.owner),
                    "clause": one.clause, "measure_href": reverse("room:measure", args=[int(one.clause.split("/")[0])]) if one.clause else "",
                    "members": counted.get(one.id, 0), "expected": one.expected,
                }
            )  # fmt: skip
    for name, rows in worked_out.items():
        groups.setdefault(name, []).extend(rows)
    titles = [(pick(name, GROUPS_EN.get(name, name)), rows) for name, rows in groups.items()]
    return {"groups": titles, "day": day, "total": sum(len(rows) for rows in groups.values())}


def office_of(pack: Pack, id_: str) -> str:
    """An office's name."""
    office = pack.offices.get(id_)
    return pick(office.name, office.name_en) if office else id_


def list_page(roster: RosterKind, query: Mapping[str, str], board: Board | None, pack: Pack) -> dict[str, Any]:
    """One list on a day: members with what is recorded of each, a search, pages, versions, and what differs from another day."""
    day = _day(query.get("day", "")) or day_of(board)
    kind = catalogue().kind(roster.kind)
    scope = current_scope()
    asked = registers.Asked(
        roster.kind, day, {name: value for name, value in {"q": query.get("q", "").strip(), "roster": roster.id}.items() if value},
        query.get("after", ""), query.get("before", ""), SHOWN,
    )  # fmt: skip
    page = registers.parties(asked)
    owned = registers.may_edit(roster.id)
    about = () if kind.id in ADDRESS else kind.columns  # who has a file of its own is told of there
    columns = [one for one in (*(c for c in about if not c.common), *roster.columns) if owned or scope.sees_level(one.level)]
    ids = [one.pk for one in page.rows]
    terms = {one.party: one for one in registers.on_day(Membership.objects.filter(roster=roster.id), day).filter(party__in=ids)}
    names = _names(page.rows, terms, columns)
    own = {one.id for one in roster.columns}
    units = {unit.id: pick(unit.label, unit.name_en) for unit in pack.regions.units}
    rows = [
        {
            "name": one.name,
            "id": one.pk,
            "href": reverse("registers:project" if one.kind == "project" else "registers:enterprise", args=[one.pk]) if one.kind in ADDRESS else "",
            "unit": units.get(one.unit, one.unit),
            "since": terms[one.pk].valid_from if one.pk in terms else "",
            "cells": [(title(c), _cell(one, terms.get(one.pk), c, names, own=c.id in own)) for c in columns],
        }
        for one in page.rows
    ]  # fmt: skip
    base = {name: query[name] for name in ("q", "day", "p") if query.get(name)}
    here = reverse("registers:list", args=[roster.id])
    return {
        "roster": roster.id, "heading": pick(roster.title, roster.title_en), "owner": office_of(pack, roster.owner), "clause": roster.clause,
        "expected": roster.expected, "total": counted(page), "shown": len(rows), "day": day, "word": query.get("q", ""),
        "columns": [title(one) for one in columns], "has_unit": any(one.id == "unit" and one.common for one in kind.columns), "rows": rows, "may_edit": owned,
        "next": f"{here}?{urlencode({**base, 'after': page.next})}" if page.next else "",
        "previous": f"{here}?{urlencode({**base, 'before': page.previous})}" if page.previous else "",
        "versions": versions(roster.id), "difference": _difference(roster, query, day), "with": query.get("with", ""), "period": query.get("p", ""),
        "hidden": scope.parties is not ALL and scope.offices is not ALL,
    }  # fmt: skip


def title(column: Column) -> str:
    """A column's title in the reader's language."""
    return pick(column.title, column.title_en)


def _cell(party: Party, term: Membership | None, column: Column, names: Mapping[str, str], *, own: bool) -> str:
    value = (term.attributes if term else {}).get(column.id) if own else party.attributes.get(column.id)
    if column.type == "party" and value:
        return names.get(str(value), "—")
    return printed(value, column, english=english())


def _names(parties: list[Party], terms: Mapping[str, Membership], columns: list[Column]) -> dict[str, str]:
    """The names of the parties that cells link to, of those the person sees."""
    wanted = {
        str(value) for one in parties for column in columns if column.type == "party"
        for value in (one.attributes.get(column.id), terms[one.pk].attributes.get(column.id) if one.pk in terms else None) if value
    }  # fmt: skip
    return dict(Party.objects.filter(pk__in=sorted(wanted)).values_list("pk", "name"))


def versions(roster: str) -> list[dict[str, Any]]:
    """The acts that changed the list, the newest first: when, by whom, on what ground, how much; and whether one may still be taken back."""
    found = list_services.versions(roster)
    undone = {one.undoes for one in found if one.undoes}
    return [
        {
            "id": one.id, "at": one.at, "person": one.person, "act": act_word(one.act), "source": one.source or one.note or one.undoes,
            "source_day": one.source_day, "joined": one.counts.get("members_added", 0), "changed": one.counts.get("members_changed", 0),
            "undone": one.id in undone, "may_undo": one.act != "undo" and one.id not in undone and list_services.may_undo(one.id),
        }
        for one in found
    ]  # fmt: skip


def act_word(act: str) -> str:
    """How the registry was changed, in words."""
    return ACTS[act]() if act in ACTS else act


def _difference(roster: RosterKind, query: Mapping[str, str], day: date) -> dict[str, Any] | None:
    """Who joined and who left between another day and this one, by name."""
    other = _day(query.get("with", ""))
    if other is None or other == day:
        return None
    first, last = sorted((other, day))

    def on(when: date) -> list[Term]:
        rows = registers.on_day(Membership.objects.filter(roster=roster.id), when)
        return [Term(one.roster, one.party, one.valid_from, one.valid_to, one.reason, one.attributes) for one in rows]

    before, after = on(first), on(last)
    found = difference(before, after)
    names = dict(Party.objects.filter(pk__in=[*found.joined, *found.left]).values_list("pk", "name"))
    reasons = {one.party: one.reason for one in Membership.objects.filter(roster=roster.id, party__in=found.left).order_by("valid_from")}
    return {
        "first": first, "last": last, "before": len(before), "after": len(after),
        "joined": [names.get(one, one) for one in found.joined], "left": [(names.get(one, one), reasons.get(one, "")) for one in found.left],
    }  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
