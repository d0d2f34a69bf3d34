"""Addresses of learning: a mark on a signal, what marks teach, budgets and their replay."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yunxing.desk.people.access import me, needs, standing
from yunxing.desk.people.models import Role
from yunxing.desk.people.recording import recorded
from yunxing.desk.room import learning as services
from yunxing.desk.room import signal_pages
from yunxing.desk.room.shell import DESK_ROLES, board_of, pack_in_force
from yunxing.desk.scoping import current_scope
from yunxing.values.errors import Refusal

DESK = needs(*DESK_ROLES)
HANDLERS = needs(Role.COMMAND, Role.DEPARTMENT, Role.COUNTY)
COMMAND = needs(Role.COMMAND)


@require_safe
@DESK
def learning(request: HttpRequest) -> HttpResponse:
    """What handled signals teach."""
    return render(request, "room/learning.html", services.learning_page(pack_in_force()))


@require_safe
@DESK
@recorded("view", "budget")
def budget(request: HttpRequest) -> HttpResponse:
    """Budgets, and what another one would have raised."""
    page = services.budget_page(board_of(), pack_in_force(), current_scope(), {name: str(value) for name, value in request.GET.items()})
    page["may_set"] = standing(request).role == Role.COMMAND
    return render(request, "room/budget.html", page)


@require_POST
@COMMAND
def set_budget(request: HttpRequest) -> HttpResponse:
    """Keep the budget that was tried."""
    rule = request.POST.get("rule", "")
    try:
        row = services.set_budget(
            me(request), pack_in_force(), rule, services.number(request.POST.get("n", ""), -1), request.POST.get("reason", "")
        )
    except Refusal as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("自下次关账起，这条规则每年最多 %(n)s 条。") % {"n": row.per_year})
    return redirect(f"{reverse('room:budget')}?rule={rule}")


@require_POST
@HANDLERS
def mark(request: HttpRequest, month: str, name: str) -> HttpResponse:
    """Say what a signal turned out to be. Whoever may not see it has no such signal; whoever may not mark it is told so."""
    board = board_of(month)
    everything = signal_pages.signals_of(board, pack_in_force(), current_scope()) if board else []
    found = next((one for one in everything if one["id"] == name), None)
    if found is None:
        raise Http404
    try:
        given = request.POST
        services.held(standing(request), found)
        services.mark(me(request), name, given.get("mark", ""), given.get("began", "").strip(), given.get("note", "").strip())
    except Refusal as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("已标注。"))
    return redirect("room:signal", month, name)
