"""One member of a list, edited on a page: the same rules, the same look before anything is written and the same way back as for a workbook.

The form is one row of the list's workbook. What is posted becomes that row, judged and shown old → new by the import; the confirmation is the list's own.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yunxing.desk.people.access import needs
from yunxing.desk.people.recording import recorded
from yunxing.desk.reporting import list_services, registers
from yunxing.desk.reporting.catalogue import catalogue
from yunxing.desk.room.figures import pick
from yunxing.desk.room.list_pages import title
from yunxing.desk.room.party_pages import day_of
from yunxing.desk.room.shell import DESK_ROLES
from yunxing.desk.room.views import asked_board
from yunxing.desk.scoping import current_scope
from yunxing.engines.registry.catalogue import Column
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.stored import in_english

DESK = needs(*DESK_ROLES)
READ_ONLY = frozenset({"id"})


@require_http_methods(["GET", "POST"])
@DESK
@recorded("view", "roster_member")
def member(request: HttpRequest, roster: str, party: str) -> HttpResponse:
    """The form of one member; posted, what it would change. Nothing is written before the list's own confirmation."""
    try:
        kind = catalogue().roster(roster)
    except BadInput as unknown:
        raise Http404 from unknown
    if kind.id != roster or not registers.may_edit(roster):
        raise Http404
    day = _day(request.POST.get("day", "") or request.GET.get("day", "")) or day_of(asked_board(request))
    known = _instant(request.POST.get("known", "")) or timezone.now()
    row = list_services.member_row(roster, party, day)
    if row is None:
        raise Http404
    page: dict[str, Any] = {
        "roster": kind,
        "heading": pick(kind.title, kind.title_en),
        "party": party,
        "day": day,
        "known": known.isoformat(),
        "source": request.POST.get("source", ""),
    }
    if request.method == "GET":
        return render(request, "registers/member.html", {**page, "fields": fields(row)})
    given = {column.id: request.POST.get(column.id, "") for column, _text in row if column.id in request.POST or column.id == "id"} | {
        "id": party
    }
    try:
        if not page["source"].strip():
            raise BadInput(_("请写明依据，如文件号或核实情况。"))
        seen = list_services.look_member(roster, given, day, known)
    except Refusal as refusal:
        typed = [(column, given.get(column.id, text)) for column, text in row]
        return render(
            request, "registers/member.html", {**page, "fields": fields(typed), "refused": refusal.message.splitlines()}, status=400
        )
    told = [one for one in seen.entries if one.action not in ("unchanged", "absent")]
    return render(request, "registers/look.html", {**page, "whole": False, "seen": seen, "entries": told, "absent": 0})


def fields(row: list[tuple[Column, str]]) -> list[dict[str, Any]]:
    """The inputs of the form, of the columns whose level the person sees."""
    scope = current_scope()
    kinds = {"date": "date", "phone": "tel"}
    return [
        {
            "id": column.id, "title": title(column), "unit": {"money": pick("万元", in_english("万元")), "rate": "%"}.get(column.type, pick(column.unit, in_english(column.unit))), "value": text,
            "type": kinds.get(column.type, "text"), "readonly": column.id in READ_ONLY, "required": column.required,
            "choices": [(one.title, pick(one.title, one.title_en)) for one in column.choices] or ([("是", _("是")), ("否", _("否"))] if column.type == "flag" else []),
        }
        for column, text in row
        if column.common or scope.sees_level(column.level)
    ]  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
