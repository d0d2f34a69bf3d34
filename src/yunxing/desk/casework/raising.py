"""The form that raises a case: three fields and photos, and what the person may expect, said before sending."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _

from yunxing.desk.casework import acting, clock_words
from yunxing.desk.casework.models import Case
from yunxing.desk.casework.services import WHISTLE, Matter, Raised
from yunxing.desk.people.models import Role
from yunxing.desk.people.selectors import Standing
from yunxing.engines.cases import clocks
from yunxing.engines.cases.definition import Definition
from yunxing.io.store import party_lines
from yunxing.values.errors import Refusal
from yunxing.values.scope import ALL

TO_FIRST_CONTACT = ("accept", "sign", "contact")


def expected_contact(definition: Definition, now: datetime) -> datetime:
    """By when an office speaks to the enterprise for the first time, if every limit on the way is used up."""
    time, at = acting.working_time(definition), now
    for name in TO_FIRST_CONTACT:
        at, _provisional = clocks.due_of(definition.clock(name).limit, at, time)
    return at


def form_of(request: HttpRequest, standing: Standing) -> dict[str, Any]:
    """What the form shows: kinds, what was typed, the expected first contact; for an officer also the enterprises he may speak for."""
    definition, now = acting.newest(WHISTLE), acting.now()
    kind = definition.field("kind")
    piece = request.GET.get("firm", "").strip()
    return {
        "kinds": [(one.name, acting.pick(one.title, one.title_en)) for one in kind.choices],
        "expected": clock_words.moment(expected_contact(definition, now), now),
        "typed": {name: request.POST.get(name, request.GET.get(name, "")) for name in ("words", "kind", "contact", "party", "urgent")},
        "contact": standing.user.phone,
        "token": request.POST.get("token", ""),
        "piece": piece,
        "firms": firms(standing, piece) if piece else [],
    }


def firms(standing: Standing, piece: str) -> list[party_lines.PartyLine]:
    """The enterprises that a piece of a name finds, within the person's units."""
    units = standing.scope.units
    if (
        standing.role == Role.DEPARTMENT
    ):  # an office serves the whole city: it may raise for any enterprise, it does not thereby see its figures
        return party_lines.found_by(connection, piece)
    return party_lines.found_by(connection, piece, units=None if units is ALL else sorted(units))


def given(request: HttpRequest, standing: Standing) -> Raised:
    """What was posted. An enterprise raises for itself; an officer for an enterprise that he may speak for."""
    post = standing.post
    assert post is not None  # the view takes no one without
    token, words, kind, contact, code = (request.POST.get(name, "") for name in ("token", "words", "kind", "contact", "party"))
    if standing.role == Role.ENTERPRISE:
        unit = post.unit.parent.code if post.unit.parent else ""
        return Raised(token, words, kind, contact, post.unit.code, unit)
    party = party_lines.named(connection, [code]).get(code)
    if party is None or party.kind != "enterprise" or not _may_speak_for(standing, party):
        raise Refusal(_("请先查找并选择企业，再提交。"))
    return Raised(token, words, kind, contact, party.id, party.unit, urgent=bool(request.POST.get("urgent")))


def matter_form(request: HttpRequest, standing: Standing) -> dict[str, Any]:
    """What the form for a matter shows: the tables, the offices, what was typed, the enterprises found by a piece of a name."""
    piece = request.GET.get("firm", "").strip()
    return {
        "tables": sorted(acting.proposable().items()),
        "offices": [(unit.code, acting.pick(str(unit), unit.name_en)) for unit in acting.offices()],
        "typed": {name: request.POST.get(name, request.GET.get(name, "")) for name in ("table", "words", "lead", "party")},
        "token": request.POST.get("token", ""),
        "piece": piece,
        "firms": firms(standing, piece) if piece else [],
    }


def matter(request: HttpRequest, standing: Standing) -> Matter:
    """The matter that was posted; an enterprise is only taken when the person may speak for it."""
    token, table, words, lead, code = (request.POST.get(name, "") for name in ("token", "table", "words", "lead", "party"))
    party = party_lines.named(connection, [code]).get(code) if code else None
    if code and (party is None or not _may_speak_for(standing, party)):
        raise Refusal(_("请先查找并选择企业，再提交。"))
    return Matter(token, table, words, lead, party.id if party else "", party.unit if party else "")


def _may_speak_for(standing: Standing, party: party_lines.PartyLine) -> bool:
    return standing.role == Role.DEPARTMENT or standing.scope.sees_unit(party.unit)


def progress_of(case: Case) -> list[dict[str, Any]]:
    """The way of a request in five words, and how far it is: what an enterprise wants to know at a glance."""
    stages = (
        (_("已提交"), ("submitted",)),
        (_("已受理"), ("accepted", "disputed")),
        (_("已派单"), ("assigned",)),
        (_("办理中"), ("signed", "working", "paused", "review")),
        (_("待您确认"), ("answered",)),
        (_("已办结"), ("closed", "withdrawn", "refused")),
    )
    at = next((number for number, (_title, states) in enumerate(stages) if case.state in states), 0)
    return [{"title": title, "done": number <= at, "current": number == at} for number, (title, _states) in enumerate(stages)]
