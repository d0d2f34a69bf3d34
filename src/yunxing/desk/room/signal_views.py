"""S3: the list of signals, and the page that says why one alarmed. They choose and print; nothing is computed here."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yunxing.desk import takeaway
from yunxing.desk.people.access import needs, standing
from yunxing.desk.people.recording import recorded
from yunxing.desk.room import chain_net, drill, learning, signal_pages, tables, target_pages
from yunxing.desk.room.board import Board
from yunxing.desk.room.figures import language, pick
from yunxing.desk.room.models import Mark
from yunxing.desk.room.shell import DESK_ROLES, board_at, pack_in_force, past_closings
from yunxing.desk.room.signal_pages import TABS, Filters
from yunxing.desk.room.views import asked_board, elsewhere
from yunxing.desk.scoping import current_scope

DESK = needs(*DESK_ROLES)


def closing_asked(request: HttpRequest, board: Board | None) -> Board | None:
    """The board the page stands on: the newest closing of the month, or the one of an earlier day that the address names (`s`); 404 for one that never was."""
    digest = request.GET.get("s", "")
    if board is None or not digest:
        return board
    found = board_at(board.month.code, digest)
    if found is None:
        raise Http404
    return found


@require_safe
@DESK
def signals(request: HttpRequest) -> HttpResponse:
    """The signals of a month, as they stand or as they were known when the month was closed before."""
    board = closing_asked(request, asked_board(request))
    pack, scope = pack_in_force(), current_scope()
    names = ("kind", "light", "a", "tab", "owner", "rule")
    asked = Filters(*(request.GET.get(name, "") for name in names))
    everything = signal_pages.tabs_of(signal_pages.signals_of(board, pack, scope)) if board else []
    kept = [one for one in everything if asked.keep(one)]
    page: dict[str, Any] = {
        "signals": kept,
        "total": len(everything),
        "asked": asked,
        "kinds": [(kind, signal_pages.kind_title(kind)) for kind in signal_pages.KINDS],
        "areas": [
            (unit.id, pick(unit.label, unit.name_en)) for unit in pack.regions.units if any(one["unit"] == unit.id for one in everything)
        ],
        "owners": sorted({(str(one["owner"]), str(one["owner_title"])) for one in everything}),
        "heading": _("%(period)s信号") % {"period": board.month.label(language())} if board else _("信号"),
        "reset": reverse("room:signals") + (f"?p={board.month.code}" if board else ""),
    }
    if board:
        page |= {"tabs": _tabs(everything, asked.tab, board.month.code), "closings": past_closings(board.month.code)}
        page |= {"closing": request.GET.get("s", ""), "known": str(board.manifest["as_of"])[:16].replace("T", " ")}
    if page.get("closing"):
        for one in kept:
            one["href"] += f"?s={page['closing']}"
    chosen = [
        (_("状态"), TABS[asked.tab]() if asked.tab in TABS else asked.tab),
        (_("类别"), signal_pages.kind_title(asked.kind) if asked.kind in signal_pages.KINDS else asked.kind),
        (_("灯"), asked.light),
        (_("区域"), asked.area),
        (_("责任单位"), asked.owner),
        (_("规则"), asked.rule),
    ]
    filters = [(name, value) for name, value in chosen if value]
    return takeaway.page(request, "room/signals.html", page, (lambda: tables.signals_table(board, kept, filters, scope)) if board else None)


def _tabs(everything: list[dict[str, Any]], current: str, month: str) -> list[dict[str, Any]]:
    """The tabs with their counts; all comes last."""
    counts = Counter(str(one["tab"]) for one in everything)
    base = f"{reverse('room:signals')}?p={month}"
    tabs = [
        {"title": title(), "count": counts[name], "href": f"{base}&tab={name}", "current": name == current} for name, title in TABS.items()
    ]
    return [*tabs, {"title": _("全部"), "count": len(everything), "href": base, "current": not current}]


@require_safe
@DESK
@recorded("view", "signal")
def signal(request: HttpRequest, month: str, name: str) -> HttpResponse:
    """One signal: why, who, by when. What a person may not see does not exist for them."""
    if other := elsewhere(request, month):
        return redirect(f"{reverse('room:signals')}?p={other}")
    board = closing_asked(request, asked_board(request, month))
    scope = current_scope()
    everything = signal_pages.signals_of(board, pack_in_force(), scope) if board else []
    found = next((one for one in everything if one["id"] == name), None)
    if board is None or found is None:
        raise Http404
    contributions, note = signal_pages.contributions_of(found, board, scope)
    seen = {party for party in drill.named_parties(found) if scope.sees_party(party, board.unit_of("party", party))}
    page = {
        "signal": found,
        "rule": signal_pages.rule_sentence(found, board),
        "evidence": signal_pages.evidence_of(found, board, scope),
        "case": signal_pages.case_of(found, board),
        "contributions": contributions,
        "contributions_sum": note,
        "parts": drill.parts_of(found, board, scope),
        "reason": drill.reasons(board, seen).get(str(found["scope"]), "") if found["scope_kind"] == "party" else "",
        "ahead": target_pages.line_of(board, str(found["indicator"])) if found["scope_kind"] == "city" else None,
        "together": drill.together(found, seen, everything),
        "neighbours": chain_net.neighbours(seen, scope, everything),
        "open_cases": drill.open_cases(seen, name),
        "similar": drill.similar(found),
        "done": drill.done_so_far(found),
        "mark": learning.mark_of(name),
        "marks": Mark.Is.choices if learning.may_mark(standing(request), found) else [],
        "budget_href": f"{reverse('room:budget')}?rule={found['rule']}"
        if found["rule"] in board.manifest.get("watch", {}).get("rules", {})
        else "",
        "signals_href": f"{reverse('room:signals')}?p={board.month.code}",
    }
    return takeaway.page(request, "room/signal.html", page, lambda: tables.signal_table(found, board, scope))
