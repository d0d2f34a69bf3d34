"""Addresses of the registry: all lists, one list and its workbook, projects and enterprises. They choose and print."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yunxing.desk import takeaway
from yunxing.desk.people.access import needs
from yunxing.desk.people.recording import recorded
from yunxing.desk.reporting import list_services, registers
from yunxing.desk.reporting.catalogue import catalogue
from yunxing.desk.room import worked_out_pages
from yunxing.desk.room.list_pages import list_page, lists_page
from yunxing.desk.room.party_files import enterprise_file, project_page
from yunxing.desk.room.party_pages import day_of, party_page
from yunxing.desk.room.plan_sheets import plan_sheet
from yunxing.desk.room.register_tables import parties_table
from yunxing.desk.room.shell import DESK_ROLES, pack_in_force
from yunxing.desk.room.views import asked_board
from yunxing.desk.scoping import current_scope
from yunxing.desk.uploads import receive
from yunxing.packs.generated import Generated
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.scope import ALL

DESK = needs(*DESK_ROLES)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BOOKS = frozenset({"xlsx", "xls", "ods", "csv"})


def asked(request: HttpRequest) -> dict[str, str]:
    """What the address asks for, the last word of each name."""
    return {name: str(value) for name, value in request.GET.items()}


def _known(roster: str) -> None:
    if not registers.may_see(roster):
        raise Http404


def _may_put(roster: str) -> None:
    _known(roster)
    if not registers.may_edit(roster):
        raise Http404


@require_safe
@DESK
def lists(request: HttpRequest) -> HttpResponse:
    """All lists of the registry."""
    page = lists_page(asked_board(request), pack_in_force(), worked_out_pages.cards(pack_in_force()))
    scope = current_scope()
    keeps = scope.parties is ALL if scope.offices is ALL else bool(scope.offices)
    return render(request, "registers/lists.html", page | {"may_merge": keeps})


@require_safe
@DESK
@recorded("view", "roster")
def list_(request: HttpRequest, roster: str) -> HttpResponse:
    """One list on a day; one that is worked out as it stands now."""
    rule = worked_out_pages.rules_of(pack_in_force()).get(roster)
    if rule is not None:
        return worked_out(request, rule)
    _known(roster)
    return render(
        request, "registers/list.html", list_page(catalogue().roster(roster), asked(request), asked_board(request), pack_in_force())
    )


def worked_out(request: HttpRequest, rule: Generated) -> HttpResponse:
    """A list that nobody keeps, narrowed to one rule where it is made of several."""
    policy = request.GET.get("policy", "")
    if not current_scope().sees_level(rule.level) or (policy and policy not in rule.policies):
        raise Http404
    number = request.GET.get("page", "1")
    page = worked_out_pages.page_of(
        rule, asked_board(request), pack_in_force(), policy, max(1, int(number[:6])) if number.isdecimal() else 1
    )
    return takeaway.page(request, "registers/worked_out.html", page, lambda: worked_out_pages.table_of(page))


@require_safe
@DESK
@recorded("export", "roster")
def list_file(request: HttpRequest, roster: str) -> HttpResponse:
    """The list as a workbook that can be edited and put back; for those who keep it."""
    _may_put(roster)
    day = None if request.GET.get("all") else _asked_day(request.GET.get("day", "")) or day_of(asked_board(request))
    content = list_services.workbook(roster, day, timezone.now())
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{roster}.xlsx"'
    return answer


@require_POST
@DESK
def list_look(request: HttpRequest, roster: str) -> HttpResponse:
    """What an uploaded workbook would change. Nothing is written."""
    _may_put(roster)
    file = request.FILES.get("file")
    page = {
        "roster": catalogue().roster(roster),
        "whole": bool(request.POST.get("whole")),
        "source": request.POST.get("source", ""),
        "day": date.min,
    }
    day = _asked_day(request.POST.get("day", "")) or day_of(asked_board(request))
    try:
        if file is None:
            raise BadInput(_("还没有选择文件。"))
        taken = receive(file, kinds=BOOKS)
        seen = list_services.look(roster, taken.name, taken.content, day, whole=bool(request.POST.get("whole")))
    except Refusal as refusal:
        return render(request, "registers/look.html", {**page, "day": day, "refused": refusal.message.splitlines()}, status=400)
    told = [one for one in seen.entries if one.action not in ("unchanged", "absent")]
    return render(request, "registers/look.html", {**page, "day": day, "seen": seen, "entries": told, "absent": seen.counts["absent"]})


@require_POST
@DESK
def list_confirm(request: HttpRequest, roster: str) -> HttpResponse:
    """Write what was looked at."""
    _may_put(roster)
    given = request.POST
    try:
        done = list_services.confirm(
            roster, given.get("digest", ""), given.get("name", "")[:200], _asked_day(given.get("day", "")) or day_of(asked_board(request)),
            whole=bool(given.get("whole")), person=str(request.user), source=given.get("source", "")[:200],
        )  # fmt: skip
    except Refusal as refusal:
        page = {"roster": catalogue().roster(roster), "refused": refusal.message.splitlines(), "day": date.min}
        return render(request, "registers/look.html", page, status=400)
    counts = done.preview.counts
    told = _("已更新：新增 %(new)s，列入 %(joined)s，更改 %(changed)s，移出 %(left)s。可在下方的版本中撤销。") % counts
    messages.success(request, told if done.change else _("没有变化，未写入。"))
    return redirect("registers:list", roster)


@require_POST
@DESK
def list_undo(request: HttpRequest, roster: str) -> HttpResponse:
    """Take a version back."""
    _may_put(roster)
    try:
        list_services.undo(roster, request.POST.get("change", ""), str(request.user))
        messages.success(request, _("已撤销这次更新。"))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect(reverse("registers:list", args=[roster]) + "#versions")


@require_safe
@DESK
@recorded("view", "projects")
def projects(request: HttpRequest) -> HttpResponse:
    """S5: projects."""
    page = party_page("project", asked(request), asked_board(request), pack_in_force())
    return takeaway.page(request, "registers/parties.html", page, lambda: parties_table(page, pack_in_force()))


@require_safe
@DESK
@recorded("view", "project")
def project(request: HttpRequest, party: str) -> HttpResponse:
    """S5: one project."""
    found = registers.party(party, "project")
    if found is None:
        return _name_only(request, party, "project")
    if found.pk != party:
        return redirect("registers:project", found.pk)
    return render(request, "registers/project.html", project_page(found, asked_board(request), pack_in_force()))


@require_safe
@DESK
@recorded("view", "enterprises")
def enterprises(request: HttpRequest) -> HttpResponse:
    """S5: enterprises."""
    page = party_page("enterprise", asked(request), asked_board(request), pack_in_force())
    return takeaway.page(request, "registers/parties.html", page, lambda: parties_table(page, pack_in_force()))


@require_safe
@DESK
@recorded("view", "enterprise")
def enterprise(request: HttpRequest, party: str) -> HttpResponse:
    """S5: one enterprise (一企一档)."""
    found = registers.party(party, "enterprise")
    if found is None:
        return _name_only(request, party, "enterprise")
    if found.pk != party:
        return redirect("registers:enterprise", found.pk)
    page = enterprise_file(found, asked_board(request), pack_in_force(), request.GET.get("tab", ""))
    return render(request, "registers/enterprise.html", page)


@require_safe
@DESK
@recorded("export", "plan_sheet")
def plan_sheet_file(request: HttpRequest, party: str) -> HttpResponse:
    """一企一策单: two pages of Word about one enterprise."""
    found = registers.party(party, "enterprise")
    if found is None:
        raise Http404
    answer = HttpResponse(plan_sheet(found, asked_board(request), pack_in_force()), content_type=DOCX)
    answer["Content-Disposition"] = f'attachment; filename="plan-sheet-{found.pk}.docx"'
    return answer


def _name_only(request: HttpRequest, party: str, kind: str) -> HttpResponse:
    """A party of another area: its name and unit and nothing more; who may not know names gets none."""
    told = registers.name_only(party, kind)
    if told is None:
        raise Http404
    units = {unit.id: unit.label for unit in pack_in_force().regions.units}
    return render(request, "registers/name_only.html", {"name": told["name"], "unit": units.get(told["unit"], told["unit"])})


def _asked_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
