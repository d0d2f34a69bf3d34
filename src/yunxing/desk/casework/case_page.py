"""The page of one case: what it is, its clocks, what this person does next, what happened, what was said, who is behind it, what helps."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.casework import acting, clock_words, fields
from yunxing.desk.casework.models import Attachment, Case, Event
from yunxing.desk.casework.selectors import rows_of
from yunxing.desk.casework.similar import most_alike
from yunxing.desk.people.models import Post, Role, User
from yunxing.desk.people.selectors import Standing
from yunxing.engines.cases.case import Case as CaseRow
from yunxing.engines.cases.case import roles_of
from yunxing.engines.cases.definition import Definition
from yunxing.engines.cases.step import edges_for
from yunxing.io.store import case_log

CLAUSE = re.compile(r"(?<![\d/])\d+/(\d+)(?:/\d+)?")
SPOKEN = {"note", "message"}
ACTS = {
    "open": lambda: _("提出"),
    "note": lambda: _("内部备注"),
    "message": lambda: _("留言"),
    "urge": lambda: _("催办"),
    "handler": lambda: _("更换经办人"),
    "hear_again": lambda: _("同一信号再次出现"),
    "rung": lambda: _("系统提醒"),
    "recount": lambda: _("放假安排变化，重新计时"),
    "upgrade": lambda: _("流程版本更新"),
    "verdict": lambda: _("用下月数据核对"),
    "duplicate": lambda: _("标为重复"),
    "party": lambda: _("随登记合并改归"),
}
HIDDEN = frozenset({"handler"})
SIMILAR, LOOKED_AT = 5, 300
PICTURES = ("png", "jpg")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to call: who, of where, the number."""

    who: str
    where: str
    phone: str

    @property
    def dial(self) -> str:
        """The number alone: what a telephone can dial of it."""
        return "".join(one for one in unicodedata.normalize("NFKC", self.phone) if one.isdecimal() or one in "+-")


def case_page(
    case: Case, standing: Standing, now: datetime, *, flow_only: bool = False, typed: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Everything the page shows to this person."""
    definition = acting.definition_of(case.definition, case.version)
    row = case_log.read_case(connection, case.pk)
    events = list(Event.objects.filter(case=case).order_by("ver"))
    codes = [case.party, case.lead, case.owner, case.unit, *row.declined, *row.candidates, *(part.office for part in row.parts)]
    names = acting.names_for([*codes, *(event.unit for event in events)])
    people = {user.username: user for user in User.objects.filter(username__in={event.actor for event in events} | {case.handler})}
    papers = list(Attachment.objects.filter(case=case).order_by("id"))
    steps = steps_of(definition, row, standing, typed or {})
    mine = owes_next(definition, row, standing)
    pauses = [
        _("%(when)s 暂停：%(why)s") % {"when": clock_words.moment(one.effective, now), "why": why_of(one, definition)}
        for one in events
        if one.edge == "pause"
    ]
    clocks = clocks_of(definition, row, names, now, pauses)
    lines = [line_of(one, definition, names, people, papers, now) for one in events]
    return {
        "case": case,
        "title": case.title or case.pk,
        "kind": acting.pick(definition.title, definition.title_en),
        "state": acting.pick(definition.state(case.state).title, definition.state(case.state).title_en),
        "grade": next((acting.pick(one.title, one.title_en) for one in definition.grades if one.name == case.grade), ""),
        "party": names(case.party) if case.party else "",
        "owner": names(case.owner),
        "lead": names(case.lead) if case.lead else "",
        "joint": [{"name": names(part.office), "state": part_word(part.state)} for part in row.parts],
        "declined": [names(one) for one in row.declined],
        "clocks": clocks,
        "past_clocks": sum(one.state in ("met", "cancelled") for one in clocks),
        "primary": steps[0] if steps and mine else None,
        "others": steps[1:] if mine else steps,
        "waits": case.is_open and not mine,
        "timeline": [one for one in lines if not flow_only or one["moves"]],
        "flow_only": flow_only,
        "talk": [spoken(one, names, people, papers, now) for one in events if one.edge in SPOKEN],
        "papers": papers,
        "people": people_on(case, row, names),
        "given": given_lines(definition, row.data, names),
        "measures": measures_of(definition),
        "signal": signal_of(row.data),
    }


def steps_of(definition: Definition, row: CaseRow, standing: Standing, typed: Mapping[str, Any]) -> list[fields.Step]:
    """What this person can do now, the next step of the table first."""
    actor = acting.actor_of(standing)
    known = {"lead": row.lead, **typed}
    return [
        fields.step_of(definition, edge, office_options, lambda: colleagues(standing), known) for edge in edges_for(definition, row, actor)
    ]


def owes_next(definition: Definition, row: CaseRow, standing: Standing) -> bool:
    """Whether the next act is this person's: his role owns the state, or his office owes its joint part. Otherwise he can only urge, or act beside."""
    roles = roles_of(row, acting.actor_of(standing))
    owner = definition.state(row.state).owner
    return not row.open or bool(roles & {owner, "joint"}) or (owner in ("command", "room") and bool(roles & {"command", "room"}))


def office_options() -> list[tuple[str, str]]:
    """The bodies that can lead or help."""
    return [(unit.code, acting.pick(str(unit), unit.name_en)) for unit in acting.offices()]


def colleagues(standing: Standing) -> list[tuple[str, str]]:
    """The people of one's own unit."""
    if standing.post is None:
        return []
    posts = Post.objects.on(acting.now().date()).filter(unit=standing.post.unit, user__is_active=True).select_related("user")
    return sorted({(post.user.username, str(post.user)) for post in posts})


def part_word(state: str) -> str:
    """How far a joint office is."""
    return {"open": _("协办中"), "answered": _("已反馈"), "released": _("已解除")}.get(state, state)


def clocks_of(
    definition: Definition, row: CaseRow, names: acting.Names, now: datetime, pauses: Sequence[str]
) -> list[clock_words.ClockWords]:
    """The newest running of each clock, those that run first, each joint office's own."""
    newest = {(one.name, one.office): one for one in sorted(row.clocks, key=lambda one: one.round)}
    order = {"running": 0, "paused": 1, "missed": 2, "met": 3, "cancelled": 4, "proposed": 5}
    found = sorted(newest.values(), key=lambda one: (order[one.state], one.due))
    return [clock_words.words_of(definition, one, now, office=names(one.office) if one.office else "", pauses=pauses) for one in found]


def title_of_act(edge: str, definition: Definition) -> str:
    """What a step is called."""
    if definition.has_edge(edge):
        one = definition.edge(edge)
        return acting.pick(one.title, one.title_en)
    return ACTS[edge]() if edge in ACTS else edge


def why_of(event: Event, definition: Definition) -> str:
    """The reason of a pause in words."""
    name = event.fields.get("pause_reason", "")
    found = next((acting.pick(one.title, one.title_en) for one in definition.pause_reasons if one.name == name), "")
    return found or event.reason


def line_of(
    event: Event, definition: Definition, names: acting.Names, people: Mapping[str, User], papers: Sequence[Attachment], now: datetime
) -> dict[str, Any]:
    """One line of the timeline (screens 6.9): who, what, when, old → new, files; the system's own acts are marked."""
    states = {one.name: acting.pick(one.title, one.title_en) for one in definition.states}
    moves = event.from_state != event.to_state
    digests = {value for one in event.fields.values() if isinstance(one, list) for value in one}
    return {
        "what": title_of_act(event.edge, definition),
        "who": str(people.get(event.actor, "")) or (_("系统") if event.actor == "system" else event.actor),
        "where": names(event.unit) if event.unit else "",
        "system": event.actor == "system",
        "when": clock_words.moment(event.recorded, now),
        "at": event.recorded,
        "from": states.get(event.from_state, event.from_state),
        "to": states.get(event.to_state, event.to_state),
        "moves": moves,
        "reason": event.reason,
        "given": [line for line in given_lines(definition, event.fields, names) if line[1] != event.reason],
        "papers": [one for one in papers if one.digest in digests],
        "internal": event.internal,
    }


def spoken(event: Event, names: acting.Names, people: Mapping[str, User], papers: Sequence[Attachment], now: datetime) -> dict[str, Any]:
    """One line of the conversation."""
    digests = event.fields.get("files", [])
    return {
        "who": str(people.get(event.actor, event.actor)),
        "where": names(event.unit) if event.unit else "",
        "when": clock_words.moment(event.recorded, now),
        "words": event.reason,
        "internal": event.edge == "note",
        "papers": [one for one in papers if one.digest in digests],
    }


def given_lines(definition: Definition, data: Mapping[str, Any], names: acting.Names) -> list[tuple[str, str]]:
    """The fields as they were given, in words: choices and offices by their titles, files left to their own list."""
    found = []
    known = {one.name: one for one in definition.all_fields}
    for name, value in data.items():
        one = known.get(name)
        if one is None or name in HIDDEN or value in ("", [], None) or one.kind == "files":
            continue  # what no table declares is the platform's own: a rung's clock, a signal's figures
        found.append((acting.pick(one.title, one.title_en), value_words(one, value, names)))
    return found


def value_words(one: Any, value: Any, names: acting.Names) -> str:
    """A field's value in words."""
    if isinstance(value, list):
        return "；".join(value_words(one, each, names) for each in value)
    if one.kind == "choice":
        return next((acting.pick(choice.title, choice.title_en) for choice in one.choices if choice.name == value), str(value))
    if one.kind in ("office", "offices"):
        return names(str(value))
    if one.kind == "money":
        from yunxing.values.money import format_money

        return format_money(int(value))
    if one.kind == "flag":
        return _("是") if value else _("否")
    return str(value)


def people_on(case: Case, row: CaseRow, names: acting.Names) -> list[Person]:
    """Whom to call: the enterprise's contact first, then the handler, then the offices at work; each with a number."""
    found = []
    if contact := str(row.data.get("contact", "")):
        found.append(Person(_("企业联系人"), names(case.party), contact))
    on = acting.now().date()
    codes = [one for one in (case.party, case.lead, *(part.office for part in row.parts if part.state == "open")) if one]
    posts = Post.objects.on(on).filter(unit__code__in=codes, user__is_active=True).exclude(role=Role.ANALYST).select_related("user", "unit")
    ordered = sorted(posts, key=lambda post: (codes.index(post.unit.code), post.user.username != case.handler, post.user.username))
    for post in ordered[:8]:
        label = _("%(who)s（经办）") % {"who": post.user} if post.user.username == case.handler else str(post.user)
        found.append(Person(label, names(post.unit.code), post.user.phone))
    return found


def measures_of(definition: Definition) -> list[dict[str, str]]:
    """The measures of the plan that the table rests on, with their pages."""
    numbers = dict.fromkeys(int(found[1]) for found in CLAUSE.finditer(definition.source))
    return [{"number": str(one), "href": reverse("room:measure", args=[one])} for one in numbers]


def signal_of(data: Mapping[str, Any]) -> dict[str, str] | None:
    """The signal that proposed the case: its page, as evidence."""
    signal = data.get("signal") or {}
    if not signal.get("id"):
        return None
    month = str(signal.get("period", ""))[:7]
    return {"href": reverse("room:signal", args=[month, str(signal["id"])]), "rule": str(signal.get("rule", ""))}


def similar_to(case: Case, now: datetime) -> list[Any]:
    """Cases of the same table that were solved and read most like this one, as far as the person may see them."""
    solved = Case.objects.filter(
        definition=case.definition, is_open=False, outcome__in=["solved", "partly", "explained", "fixed", "normal"]
    )
    found = {one.pk: one for one in solved.exclude(pk=case.pk).order_by("-changed", "id")[:LOOKED_AT]}
    best = most_alike(f"{case.title}\n{case.words}", [(one.pk, f"{one.title}\n{one.words}") for one in found.values()], SIMILAR)
    return rows_of([found[one] for one in best], now)


def party_card(case: Case, now: datetime) -> dict[str, Any] | None:
    """The enterprise on one card: its unit and industry, its other cases as far as the person may see them."""
    if not case.party:
        return None
    names = acting.names_for([case.party, case.unit])
    past = Case.objects.filter(party=case.party).exclude(pk=case.pk)
    open_, closed = past.filter(is_open=True).count(), past.filter(is_open=False).count()
    recent = rows_of(list(past.order_by("-changed", "id")[:3]), now)
    return {
        "name": names(case.party),
        "unit": names(case.unit) if case.unit else "",
        "code": case.party,
        "open": open_,
        "closed": closed,
        "recent": recent,
    }
