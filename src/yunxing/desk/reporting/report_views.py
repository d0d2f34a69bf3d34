"""S6a 我要报数: the forms due, the grid, saving cell by cell, sending, the receipt, asking back, correcting. A page that works without JavaScript."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunxing.desk import clock
from yunxing.desk.people.access import needs, standing
from yunxing.desk.people.models import Role, User
from yunxing.desk.people.recording import recorded
from yunxing.desk.people.selectors import Standing
from yunxing.desk.reporting import drafts, pages, submitting
from yunxing.desk.reporting.drafts import Typed
from yunxing.desk.reporting.report_models import Report
from yunxing.desk.reporting.standing import must_report
from yunxing.values.errors import BadInput, Refusal

REPORTERS = needs(Role.ENTERPRISE, Role.COUNTY)
MOST_CELLS = 2000


def standing_of(request: HttpRequest) -> Standing:
    """Who asks."""
    return standing(request)


def report_or_404(pk: int) -> Report:
    """The report, if it exists for this person."""
    found: Report | None = Report.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def own_report(request: HttpRequest, pk: int) -> tuple[Report, User]:
    """A report this person may fill in; another's does not exist for an enterprise, and is refused to an officer."""
    report, standing = report_or_404(pk), standing_of(request)
    must_report(standing.user, standing.post, report, clock.today())
    return report, standing.user


@require_safe
@REPORTERS
@recorded("view", "report")
def home(request: HttpRequest) -> HttpResponse:
    """The forms due with their clocks, and the grid of the most pressing one."""
    page = pages.reporter_page(standing_of(request), request.GET.get("all", ""))
    return render(request, "reporting/fill.html" if page.get("report") else "reporting/nothing_due.html", page)


@require_safe
@REPORTERS
@recorded("view", "report")
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """The grid of one report; what was sent is shown read-only."""
    report, _user = own_report(request, pk)
    return render(request, "reporting/fill.html", pages.reporter_page(standing_of(request), "", report))


@require_POST
@REPORTERS
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save typed cells: JSON from the grid, or the whole form without JavaScript. Answers JSON to JSON."""
    report, user = own_report(request, pk)
    if request.content_type != "application/json":
        return _save_form(request, report, user)
    try:
        saved = drafts.save_cells(report, cells_of_json(request.body), by=user, at=clock.now())
    except Refusal as refusal:
        return JsonResponse({"refusal": refusal.message}, status=409)
    return JsonResponse(pages.saved_answer(report, saved))


def cells_of_json(body: bytes) -> list[Typed]:
    """The cells of a request: `{"cells": [{"key", "text", "ver"}, …]}`; anything else is `BadInput`."""
    try:
        given = json.loads(body)["cells"]
        cells = [Typed(str(one["key"])[:90], str(one["text"]), int(one["ver"])) for one in given]
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(_("没有看懂要保存的内容，请刷新页面后重试。")) from error
    if len(cells) > MOST_CELLS:
        raise BadInput(_("一次保存的格数太多，请分几次粘贴。"))
    return cells


def _save_form(request: HttpRequest, report: Report, user: User) -> HttpResponse:
    """Without JavaScript: every box of the page, or one button of it (copy, convert); clashes are asked on the page that comes back."""
    if slip := request.POST.get("convert", ""):
        key, _bar, factor = slip.rpartition("|")
        drafts.convert_unit(report, key, factor, by=user, at=clock.now())
        return redirect("reporting:fill", report.pk)
    typed = cells_of_form(request)
    saved = drafts.save_cells(report, [one for one in typed if pages.differs(report, one)], by=user, at=clock.now())
    if saved.clashes:
        page = pages.reporter_page(standing_of(request), "", report)
        return render(request, "reporting/fill.html", {**page, "clashes": saved.clashes}, status=409)
    if "copy" in request.POST:
        drafts.copy_previous(report, by=user, at=clock.now())
    if "send" in request.POST:
        return redirect("reporting:send", report.pk)
    return redirect("reporting:fill", report.pk)


def cells_of_form(request: HttpRequest) -> list[Typed]:
    """The boxes of a posted form, each with the version it was shown at."""
    names = [name[2:] for name in request.POST if name.startswith("c:")]
    return [Typed(name, str(request.POST[f"c:{name}"]), _whole(str(request.POST.get(f"v:{name}", "0")))) for name in names]


def _whole(text: str) -> int:
    return int(text) if text.isdigit() else 0


@require_http_methods(["GET", "POST"])
@REPORTERS
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """The summary of changes; a tick and a button send it."""
    report, _user = own_report(request, pk)
    page = pages.sending_page(report)
    if request.method == "POST":
        if not request.POST.get("sure"):
            page["refusal"] = _("请先勾选“以上数据由本单位核对无误”。")
            return render(request, "reporting/send.html", page, status=400)
        try:
            submitting.submit(report, standing_of(request), at=clock.now(), reason=request.POST.get("reason", ""))
        except Refusal as refusal:
            page["refusal"] = refusal.message
            return render(request, "reporting/send.html", page, status=409)
        return redirect("reporting:receipt", report.pk)
    return render(request, "reporting/send.html", page)


@require_safe
@needs(Role.ENTERPRISE, Role.COUNTY, Role.DEPARTMENT, Role.COMMAND)
@recorded("print", "report")
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt: number, time, and the printable form with all values and notes."""
    report = report_or_404(pk)
    if not report.receipt:
        raise Http404
    return render(request, "reporting/receipt.html", pages.receipt_page(report, standing_of(request)))


@require_POST
@REPORTERS
def ask_return(request: HttpRequest, pk: int) -> HttpResponse:
    """申请退回."""
    report, _user = own_report(request, pk)
    submitting.ask_return(report, standing_of(request), at=clock.now(), reason=request.POST.get("reason", ""))
    return redirect("reporting:fill", report.pk)


@require_http_methods(["GET", "POST"])
@REPORTERS
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """更正: change figures that were sent, with a reason that everyone sees beside old and new."""
    report, _user = own_report(request, pk)
    page: dict[str, Any] = pages.correction_page(report)
    if request.method != "POST":
        return render(request, "reporting/correct.html", page)
    typed = cells_of_form(request)
    why = request.POST.get("why", "")
    changed = [one for one in typed if pages.differs(report, one)]
    try:
        clashes = submitting.correct(report, changed, standing_of(request), at=clock.now(), why=why)
    except Refusal as refusal:
        page |= {"refusal": refusal.message, "why": why, "typed": {one.key: one.text for one in changed}}
        return render(request, "reporting/correct.html", filling_back(page), status=409)
    if clashes:
        return render(request, "reporting/correct.html", {**page, "clashes": clashes, "why": why}, status=409)
    return redirect("reporting:receipt", report.pk)


def filling_back(page: dict[str, Any]) -> dict[str, Any]:
    """What was typed stays in the boxes of a refused correction."""
    for row in page["boxes"]:
        row["value"] = page["typed"].get(row["key"], row["value"])
    return page
