"""Pages of the room: overview, signals, the living plan, a figure's source, bulletins. They choose and print; nothing is computed here."""

from __future__ import annotations

from pathlib import Path

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from yunxing.desk import clock, takeaway
from yunxing.desk.people import todo
from yunxing.desk.people.access import any_account, needs, standing
from yunxing.desk.people.access import standing as standing_now
from yunxing.desk.people.models import ADMINISTRATORS, Role
from yunxing.desk.people.recording import recorded
from yunxing.desk.room import (
    bulletin_pages,
    figure_pages,
    figure_story,
    indicator_pages,
    indicator_tables,
    issue_pages,
    plan_pages,
    tables,
    target_pages,
)
from yunxing.desk.room.board import Board
from yunxing.desk.room.enterprise_page import enterprise_page
from yunxing.desk.room.figures import language, pick
from yunxing.desk.room.live import live
from yunxing.desk.room.overview import Choice
from yunxing.desk.room.overview import overview as overview_page
from yunxing.desk.room.shell import DESK_ROLES, attached_text, board_of, pack_in_force
from yunxing.desk.room.signal_pages import figure_href
from yunxing.desk.room.style import colours, sample_signal, sample_trend
from yunxing.desk.scoping import current_scope

TOKENS = Path(__file__).parents[1] / "static" / "desk" / "tokens.css"
DESK = needs(*DESK_ROLES)
LANDING = needs(*Role)
TODO_SHOWN = 3  # on the first page; the rest one click away


def asked_board(request: HttpRequest, month: str = "") -> Board | None:
    """The closed month the address asks for, the latest where it asks for none; 404 for a month that is not closed."""
    wanted = month or request.GET.get("p", "")
    board = board_of(wanted)
    if wanted and board is None:
        raise Http404
    return board


def elsewhere(request: HttpRequest, month: str) -> str:
    """The month that the period selector asks for on a page whose address names another; empty when it asks for none."""
    asked = request.GET.get("p", "")
    return asked if asked and asked != month and board_of(asked) else ""


@require_safe
@LANDING
def overview(request: HttpRequest) -> HttpResponse:
    """Where everyone lands: the desk on S1, an enterprise's clerk on its own page, an administrator on the page of his role."""
    role = standing_now(request).role
    if role in ADMINISTRATORS:
        return redirect("people:admin")
    board = asked_board(request)
    if role == Role.ENTERPRISE:
        owed = todo.todos(standing(request), clock.now(), TODO_SHOWN)
        return render(request, "room/enterprise.html", {**enterprise_page(board, pack_in_force(), current_scope()), "todos": owed})
    owed = todo.todos(standing(request), clock.now(), TODO_SHOWN)
    if board is None:
        return render(request, "room/overview.html", {"month": None, "todos": owed})
    pack = pack_in_force()
    asked = request.GET.get("i", "")
    area = request.GET.get("a", "")
    if area and area not in {unit.id for unit in pack.regions.units}:
        raise Http404
    choice = Choice(board.month.code, asked if asked in board.cards else next(iter(board.cards)), area)
    page = overview_page(board, pack, current_scope(), choice)
    page["todos"] = owed
    if bulletin_pages.may_read(board.snapshot.bulletin(), current_scope()):
        page["bulletin_href"] = reverse("room:bulletin", args=[board.month.code])
    page["may_write"] = role == Role.COMMAND and board.month.month != 1
    page["month_title"] = board.month.label(language())
    return takeaway.page(request, "room/overview.html", page, lambda: tables.overview_table(board, pack, current_scope(), choice))


@require_safe
@DESK
def indicators(request: HttpRequest) -> HttpResponse:
    """The indicators of a month by measure and office."""
    board, pack = asked_board(request), pack_in_force()
    asked = indicator_pages.Asked(*(request.GET.get(name, "").strip() for name in ("office", "measure", "light", "q")))
    lines = indicator_pages.rows_of(board, pack, asked) if board else []
    offices = dict.fromkeys(str(card.plain["office"]) for card in board.cards.values()) if board else {}
    page = {
        "lines": lines,
        "total": len(board.cards) if board else 0,
        "asked": asked,
        "offices": [(code, figure_story.office_name(pack, code)) for code in offices],
        "measures": [(str(one.number), f"{one.number}. {pick(one.title, one.title_en)}") for one in pack.measures],
        "period": board.month.label(language()) if board else "",
        "completeness": indicator_pages.completeness(board) if board else "",
    }
    return takeaway.page(
        request, "room/indicators.html", page, (lambda: indicator_tables.list_table(board, lines, asked)) if board else None
    )


@require_safe
@DESK
def indicator(request: HttpRequest, name: str) -> HttpResponse:
    """One indicator: series, ranks, breakdown. One that is counted from items on their way stands on their board."""
    counted = live(name)
    if counted is not None:
        return redirect(counted.href)
    board, pack, scope = asked_board(request), pack_in_force(), current_scope()
    area = request.GET.get("a", "")
    if area and area not in {unit.id for unit in pack.regions.units}:
        raise Http404
    page = indicator_pages.indicator_page(board, pack, scope, name, area) if board else None
    if board is None or page is None:
        raise Http404
    return takeaway.page(request, "room/indicator.html", page, lambda: indicator_tables.indicator_table(board, page))


@require_safe
@DESK
def measures(request: HttpRequest) -> HttpResponse:
    """S4: all measures."""
    board = asked_board(request)
    page = plan_pages.plan_board(pack_in_force(), board, request.GET.get("office", ""))
    return takeaway.page(request, "room/measures.html", page, lambda: tables.measures_table(page, board))


@require_safe
@DESK
def measure(request: HttpRequest, number: int) -> HttpResponse:
    """S4: one measure."""
    board, pack = asked_board(request), pack_in_force()
    found = next((one for one in pack.measures if one.number == number), None)
    if found is None:
        raise Http404
    without = frozenset({"form"}) if standing_now(request).role == Role.ANALYST else frozenset[str]()  # who reviews no reports
    page = plan_pages.measure_page(found, pack, board, attached_text(), board.month.code if board else "", without)
    return render(request, "room/measure.html", page)


@require_safe
@DESK
def targets(request: HttpRequest) -> HttpResponse:
    """The promises of the year: probability, band, needed pace."""
    board = asked_board(request)
    page = target_pages.targets_page(board, pack_in_force(), current_scope()) if board else {"blocks": []}
    return render(request, "room/targets.html", page)


@require_safe
@DESK
@recorded("view", "figure")
def figure(request: HttpRequest, month: str) -> HttpResponse:
    """Where a figure comes from. Another period of the selector leads to that month's overview."""
    if other := elsewhere(request, month):
        return redirect(f"{reverse('room:overview')}?p={other}")
    board = asked_board(request, month)
    key, pack, scope = request.GET.get("id", ""), pack_in_force(), current_scope()
    page = figure_pages.figure_page(board, pack, scope, key) if board else None
    if board is None or page is None:
        raise Http404
    if request.GET.get("part"):  # the source drawer of a page: the same sections without the frame
        return render(request, "room/figure_part.html", {**page, "page_href": figure_href(board, key)})
    return takeaway.page(request, "room/figure.html", page, lambda: tables.figure_table(page, board, pack, scope))


@require_safe
@DESK
def bulletins(request: HttpRequest) -> HttpResponse:
    """The bulletins that were built."""
    page = {
        "issues": issue_pages.listed(),
        "bulletins": bulletin_pages.all_bulletins(current_scope()),
        "kinds": issue_pages.kinds(),
        "letters": any(one["about"] for one in issue_pages.kinds()),
        "units": [(one.id, pick(one.name, one.name_en)) for one in pack_in_force().regions.units],
        "months": issue_pages.months_to_write(),
        "may_write": standing_now(request).role == Role.COMMAND,
    }
    return render(request, "room/bulletins.html", page)


@require_safe
@DESK
def bulletin(request: HttpRequest, month: str) -> HttpResponse:
    """One month's bulletin, every figure a link to its source."""
    if other := elsewhere(request, month):
        return redirect("room:bulletin", other)
    board = asked_board(request, month)
    page = bulletin_pages.bulletin_page(board, current_scope()) if board else None
    if page is None:
        raise Http404
    return render(request, "room/bulletin.html", page)


@require_safe
@DESK
@recorded("export", "bulletin")
def bulletin_file(request: HttpRequest, month: str, kind: str) -> FileResponse:
    """The document file."""
    board = asked_board(request, month)
    if board is None or not bulletin_pages.may_read(board.snapshot.bulletin(), current_scope()):
        raise Http404
    found: Path | None = next((path for path in bulletin_pages.files_of(board) if path.suffix == f".{kind}"), None)
    if found is None:
        raise Http404
    return FileResponse(found.open("rb"), as_attachment=True, filename=found.name)


@require_safe
@any_account
def style(request: HttpRequest) -> HttpResponse:
    """The living style page: every token and component as it is used."""
    tokens = TOKENS.read_text(encoding="utf-8")
    page = {"colours": colours(tokens), "signal": sample_signal(), "trend": sample_trend(), "lights": ("green", "amber", "red", "none")}
    return render(request, "room/style.html", page)
