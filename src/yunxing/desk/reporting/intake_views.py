"""The import wizard (screens 6.10): one page for an import, from upload to undo. Works without scripts; with them files can be dropped and pasted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunxing.desk import clock, takeaway
from yunxing.desk.people.access import needs
from yunxing.desk.people.access import standing as standing_now
from yunxing.desk.people.models import Role
from yunxing.desk.people.recording import recorded
from yunxing.desk.reporting import in_force, intake
from yunxing.desk.reporting.intake_models import Intake
from yunxing.desk.scoping import current_scope
from yunxing.desk.takeaway import Column, Table, download
from yunxing.flows.make_template import make_template
from yunxing.io import files
from yunxing.io.store import dialect
from yunxing.values.period import parse_month
from yunxing.values.scope import ALL

HANDS_IN = needs(Role.COMMAND, Role.DEPARTMENT, Role.COUNTY)
PROBLEMS_A_PAGE = 100
BUSY = {Intake.State.WAITING, Intake.State.CHECKING, Intake.State.CONFIRMED, Intake.State.SAVING}
PROBLEM = ("effect", "sheet", "cell", "title", "found", "expected", "fix")
SUMMED = ("added", "revised", "unchanged", "blocked", "held", "warned")


def found(pk: str) -> Intake:
    """The person's own import; another's does not exist."""
    one: Intake | None = Intake.objects.filter(pk=pk).first()
    if one is None:
        raise Http404
    return one


@require_http_methods(["GET", "HEAD", "POST"])
@HANDS_IN
def imports(request: HttpRequest) -> HttpResponse:
    """① templates and ② upload, with the person's imports so far; a POST takes files and leads to the new import's page."""
    if request.method == "POST":
        standing = standing_now(request)
        unit = standing.post.unit.code if standing.post else ""
        one = intake.take(
            request.FILES.getlist("files"),
            request.POST.get("pasted", ""),
            person=standing.user,
            unit=unit,
            scope=standing.scope,
            correction=request.POST.get("correction", ""),
        )
        return redirect("intake:one", one.pk)
    month = request.GET.get("month", "") or clock.today().strftime("%Y-%m")
    return render(
        request, "reporting/imports.html", {"imports": list(Intake.objects.all()[:20]), "forms": template_links(month), "month": month}
    )


def template_links(month: str) -> list[dict[str, str]]:
    """A template for every form and every unit of the person's own; a city-wide account chooses the unit on the forms' pages instead."""
    scope = current_scope()
    units = {} if scope.units is ALL else {code: name for code, name in in_force.units().items() if code in scope.units}
    return [
        {"title": form.title, "unit": name, "href": reverse("intake:template", args=[form.id, month, code])}
        for form in in_force.forms().values()
        for code, name in units.items()
    ]


@require_safe
@HANDS_IN
@recorded("export", "template")
def template(request: HttpRequest, form: str, month: str, unit: str) -> HttpResponse:  # noqa: ARG001  # the address says it all
    """A form's template for a month, with the unit's own parties in its rows."""
    import tempfile
    from pathlib import Path

    known = in_force.forms().get(form)
    if known is None or unit not in in_force.units() or not current_scope().sees_unit(unit):
        raise Http404
    period = parse_month(month)
    with tempfile.TemporaryDirectory() as folder, dialect.using(connection):
        out = Path(folder) / "template.xlsx"
        make_template(settings.HOME, known, (period.year, period.month), unit, units=in_force.units(), out=out)
        return download(out.read_bytes(), f"{known.title} {in_force.units()[unit]} {month}.xlsx", takeaway.XLSX)


@require_safe
@HANDS_IN
def one_import(request: HttpRequest, pk: str) -> HttpResponse:
    """③ what was found, all of it, and ④ what was saved; while a worker is busy the page comes again by itself."""
    one = found(pk)
    entries = intake.entries_of(one)
    page = {"one": one, "busy": one.state in BUSY, "can_confirm": one.state == Intake.State.CHECKED, **summary(one, entries)}
    lines = problem_lines(entries)
    shown = Paginator(lines, PROBLEMS_A_PAGE).get_page(request.GET.get("page"))
    page |= {"problems": shown, "problem_count": len(lines), "problem_start": shown.start_index()}
    return takeaway.page(request, "reporting/import.html", page, (lambda: problem_table(one, entries, lines)) if entries else None)


def summary(one: Intake, entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The counts of 核对, the files one by one, and what can be saved how."""
    savable = [entry for entry in entries if entry["can_save"]]
    clean = [entry for entry in savable if entry["whole_file"]]
    return {
        "counts": {name: sum(entry[name] for entry in entries) for name in SUMMED},
        "files": [file_line(one, number, entry) for number, entry in enumerate(entries)],
        "savable": len(savable),
        "clean": len(clean),
        "partial": len(savable) - len(clean),
        "partial_facts": sum(entry["added"] + entry["revised"] for entry in savable if not entry["whole_file"]),
        "clean_facts": sum(entry["added"] + entry["revised"] for entry in clean),
        "refused": sum(entry["state"] in ("refused", "foreign", "other") and not entry["can_save"] for entry in entries),
        "annotated": sum(bool(entry["annotated"]) for entry in entries),
        "can_undo": one.state == Intake.State.SAVED and one.undo_until is not None and clock.now() <= one.undo_until,
    }


def file_line(one: Intake, number: int, entry: Mapping[str, Any]) -> dict[str, Any]:
    """One file as a row."""
    states = {
        "accepted": ("green", _("可以保存")),
        "partial": ("amber", _("有错误的行")),
        "refused": ("red", _("不能保存")),
        "unchanged": ("none", _("与已有数据相同")),
        "other": ("none", _("不是报表（名录请在“名录”页导入），已略过")),
        "foreign": ("red", _("另一单位的表")),
        "same": ("none", _("重复的文件")),
    }
    light, word = states.get(str(entry["state"]), ("none", str(entry["state"])))
    form = in_force.forms().get(str(entry["form"]))
    return {
        **entry,
        "light": light,
        "word": word,
        "form_title": form.title if form else "",
        "unit_title": in_force.units().get(str(entry["unit"]), ""),
        "problem_count": len(entry["problems"]) + len(entry["faults"]),
        "annotated_href": reverse("intake:annotated", args=[one.pk, number]) if entry["annotated"] else "",
    }


def problem_lines(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Every problem of every file on a line of its own: errors first within a file, then by row as they were found."""
    blank = {**dict.fromkeys(PROBLEM, ""), "effect": "block"}
    lines: list[dict[str, str]] = []
    for entry in entries:
        lines += [
            {**blank, "file": entry["name"], "cell": str(fault["place"]), **{name: fault[name] for name in ("found", "expected", "fix")}}
            for fault in entry["faults"]
        ]
        ranked = sorted(entry["problems"], key=lambda one: ("block", "hold", "warn").index(one["effect"]))
        lines += [{"file": entry["name"], **{name: str(one[name]) for name in PROBLEM}} for one in ranked]
    return lines


def problem_table(one: Intake, entries: Sequence[Mapping[str, Any]], lines: Sequence[Mapping[str, str]]) -> Table:
    """The problems as a workbook, and as a few sentences to forward: which file has how many."""
    words = {"block": _("错误"), "hold": _("挂起待确认"), "warn": _("需说明")}
    columns = [Column(name) for name in (_("文件"), _("类别"), _("工作表"), _("单元格"), _("项目"), _("填报值"), _("应为"), _("怎么改"))]
    rows = [
        [line["file"], words[line["effect"]], *(line[name] for name in ("sheet", "cell", "title", "found", "expected", "fix"))]
        for line in lines
    ]
    troubled = [entry for entry in entries if entry["problems"] or entry["faults"]]
    said = [_("共 %(n)s 个文件，%(bad)s 个有问题。") % {"n": len(entries), "bad": len(troubled)}]
    for entry in troubled:
        errors = len(entry["faults"]) + sum(problem["effect"] == "block" for problem in entry["problems"])
        said.append(_("%(file)s：%(errors)s 处错误，%(rest)s 处需说明或确认；") % {"file": PurePosixPath(entry["name"]).name, "errors": errors, "rest": len(entry["problems"]) + len(entry["faults"]) - errors})  # fmt: skip
    return Table("import_problems", _("导入核对问题清单"), columns, rows, as_of=f"{timezone.localtime(one.created):%Y-%m-%d %H:%M}", source=_("导入 %(id)s") % {"id": one.pk[:8]}, words=said, level=3)  # fmt: skip


@require_POST
@HANDS_IN
def confirm(request: HttpRequest, pk: str) -> HttpResponse:
    """③ → ④. A second click changes nothing."""
    one = intake.confirm(found(pk), rows_alone=request.POST.get("rows_alone") == "on")
    if one.state == Intake.State.SAVED:
        messages.success(request, _("已保存：新增 %(added)s，更新 %(revised)s。24 小时内可以撤销。") % one.saved)
    return redirect("intake:one", pk)


@require_POST
@HANDS_IN
def undo(request: HttpRequest, pk: str) -> HttpResponse:
    """「撤销本次导入」."""
    intake.undo(found(pk))
    messages.success(request, _("已撤销本次导入，写入的数不再计入。"))
    return redirect("intake:one", pk)


@require_POST
@HANDS_IN
def again(request: HttpRequest, pk: str) -> HttpResponse:
    """「重新核对」, perhaps with the cause of a correction written now."""
    intake.look_again(found(pk), correction=request.POST.get("correction"))
    return redirect("intake:one", pk)


@require_safe
@HANDS_IN
@recorded("export", "annotated_workbook")
def annotated(request: HttpRequest, pk: str, number: int) -> HttpResponse:  # noqa: ARG001  # the address says it all
    """「下载标注后的文件」: under its own name."""
    entries = intake.entries_of(found(pk))
    if not 0 <= number < len(entries) or not entries[number]["annotated"]:
        raise Http404
    return download(content_of(entries[number]), str(entries[number]["annotated_name"]), takeaway.XLSX)


@require_safe
@HANDS_IN
@recorded("export", "annotated_workbook")
def annotated_zip(request: HttpRequest, pk: str) -> HttpResponse:  # noqa: ARG001  # the address says it all
    """All annotated copies in one archive, each under its own name and folder, ready to forward."""
    entries = [entry for entry in intake.entries_of(found(pk)) if entry["annotated"]]
    if not entries:
        raise Http404
    buffer, taken = io.BytesIO(), set[str]()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, entry in enumerate(entries):
            name = str(PurePosixPath(entry["name"]).parent / entry["annotated_name"]).removeprefix("./")
            if name in taken:  # two files of one name from two folders
                name = f"{number + 1}/{name}"
            taken.add(name)
            archive.writestr(name, content_of(entry))
    return download(buffer.getvalue(), f"标注后的文件 {pk[:8]}.zip", "application/zip")


def content_of(entry: Mapping[str, Any]) -> bytes:
    """The bytes of an annotated copy."""
    return files.content_path(settings.HOME, str(entry["annotated"])).read_bytes()
