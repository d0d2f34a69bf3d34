"""Pages of ad hoc requests: the list, the form that shows at once what is held, the table as it fills, the owners' page, the leader's own workbook."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunxing.desk import clock, takeaway
from yunxing.desk.people.access import needs
from yunxing.desk.people.access import standing as standing_now
from yunxing.desk.people.models import Role, User
from yunxing.desk.people.recording import recorded
from yunxing.desk.reporting import adhoc, adhoc_services, adhoc_tables, in_force
from yunxing.desk.reporting.adhoc import Spec
from yunxing.desk.reporting.adhoc_models import AdhocGap, AdhocRequest
from yunxing.desk.scoping import acting_as_system, current_scope
from yunxing.desk.takeaway import XLSX, download
from yunxing.desk.uploads import receive
from yunxing.engines.facts.adhoc import YOY, completeness, gaps
from yunxing.io import snapshots
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.period import Month, parse_month, parse_period
from yunxing.values.scope import Scope

ASKS = needs(Role.COMMAND, Role.DEPARTMENT, Role.COUNTY)
ANSWERS = needs(Role.COMMAND, Role.DEPARTMENT, Role.COUNTY, Role.ENTERPRISE)
NEW_ITEMS = 3
MONTHS = 14


def own_request(pk: str) -> AdhocRequest:
    """A request that the person may see as its asker or his office; another does not exist."""
    one: AdhocRequest | None = AdhocRequest.objects.filter(pk=pk).first()
    if one is None:
        raise Http404
    return one


@require_safe
@ANSWERS
def requests(request: HttpRequest) -> HttpResponse:
    """What the person asked, and what he is asked."""
    scope = current_scope()
    mine = list(AdhocRequest.objects.all()[:50])
    owned: dict[str, list[int]] = {}
    for gap in AdhocGap.objects.all():
        if scope.sees_party(gap.party, gap.unit) or (scope.sees_unit(gap.unit) and gap.party == gap.unit):
            counts = owned.setdefault(gap.request, [0, 0])
            counts[0] += gap.state == AdhocGap.State.ANSWERED
            counts[1] += 1
    own = {one.pk for one in mine if one.asker == scope.person}
    with acting_as_system("adhoc"):
        asked = [
            {"one": one, "done": owned[one.pk][0], "all": owned[one.pk][1], "late": adhoc_services.late(one, clock.now())}
            for one in AdhocRequest.objects.filter(pk__in=[pk for pk in owned if pk not in own])
        ]
    lines = [line(one) for one in mine]
    can_ask = standing_now(request).role in (Role.COMMAND, Role.DEPARTMENT, Role.COUNTY)
    return render(request, "reporting/requests.html", {"mine": lines, "asked": asked, "can_ask": can_ask})


def line(one: AdhocRequest) -> dict[str, Any]:
    """A request in the list: how far it is."""
    with acting_as_system("adhoc"):
        open_ = adhoc_services.open_gaps(one).count()
    return {
        "one": one,
        "open": open_,
        "done": one.wanted - open_,
        "period": parse_period(one.period).label("zh"),
        "late": adhoc_services.late(one, clock.now()),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@ASKS
def new(request: HttpRequest) -> HttpResponse:
    """Choose columns, rows, period and clock; 「先看已有多少」 shows the table with what is held; 「发出」 sends only the gaps."""
    scope, given = current_scope(), request.POST or request.GET
    month = given.get("month") or latest_month()
    page: dict[str, Any] = {"month": month, "months": month_choices(), "given": given, "key": given.get("key") or uuid.uuid4().hex}
    trouble, picked = "", list(given.getlist("columns"))
    if request.method == "POST":
        standing = standing_now(request)
        try:
            spec = spec_of(request, standing.user)
            picked = list(spec.columns)  # an item made just now is a column like any other from here on
            if "send" in request.POST:
                office = standing.post.unit.code if standing.post else ""
                one = adhoc_services.send(spec, person=standing.user, office=office, scope=scope, key=page["key"])
                messages.success(
                    request,
                    _("已发出：共需 %(wanted)s 个数，已有 %(held)s 个，其余已发给各单位。")
                    % {"wanted": one.wanted, "held": one.held_at_start},
                )
                return redirect("adhoc:one", one.pk)
            ask, table = adhoc_services.preview(spec, scope)
            have, wanted = completeness(table)
            units = in_force.units()
            owed = [units.get(unit, unit) for unit in dict.fromkeys(gap.unit for gap in gaps(table))]
            page["preview"] = {
                "have": have,
                "wanted": wanted,
                "missing": wanted - have,
                "units": owed,
                "rows": len(ask.rows),
                "columns": len(ask.columns),
            }
        except BadInput as refusal:
            trouble = str(refusal)
    page |= choices(month, given, scope, picked) | {"trouble": trouble}
    return render(request, "reporting/request_new.html", page, status=400 if trouble else 200)


def latest_month() -> str:
    """The newest closed month, else the one before this."""
    from django.conf import settings

    closed = snapshots.closed_months(settings.HOME)
    return closed[-1] if closed else Month.of(clock.today()).previous().code


def month_choices() -> list[tuple[str, str]]:
    """The months one may ask for, the newest first."""
    last = max(Month.of(clock.today()).previous(), parse_month(latest_month()))
    found = {parse_month(latest_month()).plus(1 - n) for n in range(MONTHS)} | {last}
    return [(month.code, month.label("zh")) for month in sorted(found, reverse=True)]


def spec_of(request: HttpRequest, person: User) -> Spec:
    """What the form says; new items are made first, since they are columns too."""
    given = request.POST
    columns = list(given.getlist("columns"))
    for number in range(1, NEW_ITEMS + 1):
        title = given.get(f"new_title_{number}", "")
        if title.strip():
            made = adhoc_services.make_item(
                title, given.get(f"new_type_{number}", ""), given.get(f"new_unit_{number}", ""), level=given.get(f"new_level_{number}", ""),
                basis=given.get(f"new_basis_{number}", ""), person=person.username,
            )  # fmt: skip
            columns.append(f"adhoc_request.{made.pk}.value.month")
    days = given.get("days", "1")
    return Spec(
        given.get("title", ""), given.get("reason", ""), given.get("subject", "unit"), given.get("month", ""), tuple(columns), tuple(given.getlist("units")),
        given.get("roster", ""), total=given.get("total") == "on", days=int(days) if days.isdecimal() and int(days) <= 30 else 1,
    )  # fmt: skip


def choices(month: str, given: Any, scope: Scope, columns: Sequence[str]) -> dict[str, Any]:
    """The form's choices, with what was chosen kept."""
    chosen, picked = set(columns), set(given.getlist("units"))
    forms: dict[str, dict[str, Any]] = {}
    for column in adhoc.offered(month).values():
        form = in_force.forms().get(column.form)
        if not scope.sees_level(adhoc.level_of(column, given.get("subject", "unit"))):
            continue
        title = form.title if form else _("以前的临时指标")
        group = forms.setdefault(column.form, {"title": title, "columns": []})
        unit = f"（{column.unit}）" if column.unit else ""
        group["columns"].append(
            {
                "id": column.id,
                "title": (column.title or column.item.title) + unit,
                "chosen": column.id in chosen,
                "plain": column.role in ("value", YOY),
            }
        )
    for group in forms.values():
        group["any"] = any(column["chosen"] for column in group["columns"])
    subject = given.get("subject", "unit")
    units = [(code, name, code in picked or not picked) for code, name in in_force.units().items() if adhoc.may_ask(code, scope, subject)]
    rosters = sorted({form.roster for form in in_force.forms().values() if form.roster})
    return {
        "forms": forms.values(),
        "units": units,
        "rosters": rosters,
        "new_items": range(1, NEW_ITEMS + 1),
        "types": list(adhoc_services.TYPES),
        "subject": subject,
    }


@require_safe
@ASKS
@recorded("view", "adhoc_request")
def one_request(request: HttpRequest, pk: str) -> HttpResponse:
    """The table as it stands, who still owes what, the leader's table, and the end."""
    one, scope = own_request(pk), current_scope()
    table = adhoc_tables.shown(one, scope)
    with acting_as_system("adhoc"):
        rows = list(
            AdhocGap.objects.filter(request=pk).values(
                "pk", "unit", "state", "party", "column", "answer", "answered_by", "answered", "why", "note"
            )
        )
    have, wanted = completeness(table.cells[: len(table.ask.rows)])
    units = in_force.units()
    page = {
        "one": one,
        "period": parse_period(one.period).label("zh"),
        "heads": [{"title": c.title or c.item.title, "unit": c.unit} for c in table.ask.columns],
        "rows": [page_row(table, r) for r in range(len(table.rows))],
        "have": have,
        "wanted": wanted,
        "owners": [
            {"unit": unit, "title": units.get(unit, unit), "done": done, "all": all_} for unit, (done, all_) in adhoc.by_unit(rows).items()
        ],
        "answers": [
            {**gap, "title": units.get(gap["unit"], gap["unit"]), "item": column_title(table, str(gap["column"]))}
            for gap in rows
            if gap["state"] != AdhocGap.State.ASKED
        ],
        "late": adhoc_services.late(one, clock.now()),
        "is_asker": one.asker == scope.person,
        "laid": bool(one.layout),
    }
    return takeaway.page(request, "reporting/request.html", page, lambda: adhoc_tables.takeaway_table(one, table))


def page_row(table: adhoc_tables.Shown, r: int) -> dict[str, Any]:
    """A row of the page: every figure with where it is from."""
    row = table.rows[r]
    cells = []
    for c, column in enumerate(table.ask.columns):
        cell = table.cells[r][c]
        value = table.value(r, c)
        hidden = (r, c) in table.hidden
        cells.append(
            {
                "text": adhoc_tables.printed(cell, value, column),
                "source": "" if hidden else adhoc_tables.source(cell),
                "missing": value is None and bool(cell.missing),
            }
        )
    return {"title": row.title, "cells": cells, "total": row.id == adhoc.TOTAL}


def column_title(table: adhoc_tables.Shown, name: str) -> str:
    """The title of the column that a gap belongs to; a growth's two sides are named as what they are."""
    form, item, role, kind = name.split(".")
    column = next((c for c in table.ask.columns if (c.form, c.item.id, c.as_reported) == (form, item, kind)), None)
    if column is None:
        return name
    return column.item.title + (_("（上年同期）") if role == "last_year_restated" else "")


@require_POST
@ASKS
def urge(request: HttpRequest, pk: str) -> HttpResponse:
    """「催办」."""
    count = adhoc_services.urge(own_request(pk))
    messages.success(request, _("已催办 %(n)s 个单位（每个单位一天最多一次）。") % {"n": count})
    return redirect("adhoc:one", pk)


@require_POST
@ASKS
def give_back(request: HttpRequest, pk: str, gap: int) -> HttpResponse:
    """「退回」 of one answer with its reason."""
    one = own_request(pk)
    must_be_asker(one)
    found = AdhocGap.objects.filter(pk=gap, request=pk).first()
    if found is None:
        raise Http404
    adhoc_services.give_back(one, found, request.POST.get("why", ""))
    return redirect("adhoc:one", pk)


@require_POST
@ASKS
def close(request: HttpRequest, pk: str) -> HttpResponse:
    """「完成」: the table is kept as it stands."""
    one = own_request(pk)
    must_be_asker(one)
    adhoc_services.close(one)
    messages.success(request, _("已完成，表已按现状留存。"))
    return redirect("adhoc:one", pk)


def must_be_asker(one: AdhocRequest) -> None:
    """Only who asked sends back, lays and ends."""
    if one.asker != current_scope().person:
        raise Refusal("这张临时报表由提出人办理。")


@require_http_methods(["GET", "HEAD", "POST"])
@ASKS
def layout(request: HttpRequest, pk: str) -> HttpResponse:
    """The leader's blank table: upload it once, confirm which column is which; the next one that looks the same is laid at once."""
    one = own_request(pk)
    must_be_asker(one)
    if request.method == "POST" and request.FILES:
        got = receive(request.FILES["file"])  # type: ignore[arg-type]
        adhoc_tables.take_layout(one, got.name, got.content)
        return redirect("adhoc:layout", pk)
    if request.method == "POST":
        chosen = {
            int(name.removeprefix("column-")): str(value) for name, value in request.POST.items() if name.startswith("column-") and value
        }
        adhoc_tables.confirm_layout(one, chosen, person=standing_now(request).user)
        messages.success(request, _("对应关系已记住，下次同样的表会自动对上。"))
        return redirect("adhoc:layout", pk)
    page: dict[str, Any] = {"one": one, "laid": bool(one.layout)}
    if one.layout:
        ask = adhoc.stored_ask(one)
        found = set(one.laid["rows"].values())
        rows = adhoc_tables.offered_rows(one, ask)
        page |= {
            "columns": adhoc_tables.layout_columns(one),
            "offered": [
                (column.id, f"{column.title or column.item.title}（{column.unit}）" if column.unit else column.title)
                for column in ask.columns
            ],
            "rows_found": len(found),
            "rows_missing": [row.names[0] for row in rows if row.id not in found],
            "confirmed": bool(one.laid.get("confirmed")),
        }
    return render(request, "reporting/request_layout.html", page)


@require_safe
@ASKS
@recorded("export", "adhoc_leader_table")
def filled(request: HttpRequest, pk: str) -> HttpResponse:  # noqa: ARG001  # the framework passes it
    """The leader's own workbook, filled in, under its own name."""
    one = own_request(pk)
    scope = current_scope()
    if one.subject == "party" and not scope.sees_level(3):
        raise Refusal("这张表含企业数据，当前岗位不能导出。")
    content, left = adhoc_tables.filled_layout(one, adhoc_tables.shown(one, scope))
    response = download(content, one.layout_name, XLSX)
    response["X-Left-Alone"] = str(len(left))
    return response
