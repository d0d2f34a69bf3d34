"""Addresses of duplicates: proposals with their reasons, a look at a merge, the merge, and taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yunxing.desk.people.access import needs
from yunxing.desk.people.models import Role
from yunxing.desk.people.recording import recorded
from yunxing.desk.reporting import duplicate_services as services
from yunxing.desk.reporting.catalogue import catalogue
from yunxing.desk.room.figures import pick
from yunxing.desk.room.shell import pack_in_force
from yunxing.values.errors import Refusal

KEEPERS = needs(Role.COMMAND, Role.DEPARTMENT)
REASONS = {
    "same_code": lambda: _("代码相同，写法不同"),
    "organisation_code": lambda: _("组织机构代码相同"),
    "old_number": lambda: _("旧注册号相同"),
    "same_name": lambda: _("名称相同"),
    "near_name": lambda: _("同一区域内名称只差公司形式"),
}
FIELDS = {
    "name": lambda: _("名称"), "short_name": lambda: _("简称"), "unit": lambda: _("区域"), "region": lambda: _("行政区划"),
    "industry": lambda: _("行业"), "size": lambda: _("规模"), "parent": lambda: _("上级"),
}  # fmt: skip


@require_safe
@KEEPERS
@recorded("view", "duplicates")
def duplicates(request: HttpRequest) -> HttpResponse:
    """Who may be one and the same, and the merges that stand."""
    kinds = catalogue().kinds
    kind = request.GET.get("kind", "")
    pairs, total = services.proposals(kind if kind in kinds else "")
    units = {unit.id: pick(unit.label, unit.name_en) for unit in pack_in_force().regions.units}
    rows = [
        {"keep": one.keep, "drop": one.drop, "reason": REASONS[one.proposal.reason](), "evidence": one.proposal.evidence, "may_merge": one.may_merge,
         "keep_unit": units.get(one.keep.unit, one.keep.unit), "drop_unit": units.get(one.drop.unit, one.drop.unit)}
        for one in pairs
    ]  # fmt: skip
    page = {"rows": rows, "total": total, "shown": len(rows), "kind": kind, "kinds": [(one.id, pick(one.title, one.title_en)) for one in kinds.values()],
            "merges": services.merges()}  # fmt: skip
    return render(request, "registers/duplicates.html", page)


@require_safe
@KEEPERS
def duplicate_look(request: HttpRequest) -> HttpResponse:
    """What a merge would make of two parties; nothing is written."""
    return _look(request, request.GET.get("keep", ""), request.GET.get("drop", ""))


def _look(request: HttpRequest, keep: str, drop: str, refused: str = "", source: str = "") -> HttpResponse:
    try:
        plan = services.look(keep, drop)
    except Refusal as refusal:
        return render(request, "registers/duplicate_look.html", {"refused": refusal.message.splitlines()}, status=400)
    titles = {one.id: pick(one.title, one.title_en) for one in catalogue().kind(plan.keep.kind).columns}
    rosters = {one.id: pick(one.title, one.title_en) for one in catalogue().rosters.values()}
    page = {
        "plan": plan,
        "source": source,
        "refused": refused.splitlines(),
        "differences": [
            (FIELDS[name]() if name in FIELDS else titles.get(name, name), ours, theirs) for name, ours, theirs in plan.differences
        ],
        "members": [(rosters.get(one.roster, one.roster), one.valid_from, one.valid_to) for one in plan.members],
    }
    return render(request, "registers/duplicate_look.html", page, status=400 if refused else 200)


@require_POST
@KEEPERS
def duplicate_merge(request: HttpRequest) -> HttpResponse:
    """Merge what was looked at."""
    keep, drop, source = (request.POST.get(name, "") for name in ("keep", "drop", "source"))
    try:
        services.merge(keep, drop, person=str(request.user), source=source)
    except Refusal as refusal:
        return _look(request, keep, drop, refusal.message, source)
    messages.success(request, _("已合并：%(drop)s 并入 %(keep)s。可在下方撤销。") % {"drop": drop, "keep": keep})
    return redirect("registers:duplicates")


@require_POST
@KEEPERS
def duplicate_undo(request: HttpRequest) -> HttpResponse:
    """Take a merge back."""
    try:
        services.undo(request.POST.get("change", ""), person=str(request.user))
        messages.success(request, _("已撤销这次合并。"))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("registers:duplicates")
