"""Addresses of the bulletin workbench: the list, one document, one section, its files, and every act on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunxing.desk.people.access import me, needs
from yunxing.desk.people.models import Role
from yunxing.desk.people.recording import recorded
from yunxing.desk.room import issue_pages, issues
from yunxing.desk.room.models import Issue
from yunxing.desk.room.shell import DESK_ROLES
from yunxing.desk.uploads import receive
from yunxing.engines.bulletins.returned import Taken
from yunxing.flows import issue_bulletin as flow
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.period import parse_month

DESK = needs(*DESK_ROLES)
COMMAND = needs(Role.COMMAND)
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def _found(name: str) -> Issue:
    issue: Issue | None = Issue.objects.filter(pk=name).first()
    if issue is None:
        raise Http404
    return issue


@require_POST
@COMMAND
def start(request: HttpRequest) -> HttpResponse:
    """Begin a draft, or go on with the one on its way."""
    try:
        asked = (request.POST.get("kind", "monthly"), parse_month(request.POST.get("month", "")), request.POST.get("about", ""))
        issue = issues.start(me(request), *asked)
    except (BadInput, Refusal) as error:
        messages.error(request, error.message)
        return redirect("room:bulletins")
    return redirect("room:issue", issue.pk)


@require_safe
@DESK
@recorded("view", "bulletin")
def issue(request: HttpRequest, name: str) -> HttpResponse:
    """S10: one document."""
    return render(request, "room/issue.html", issue_pages.workbench(_found(name), me(request)))


@require_http_methods(["GET", "POST"])
@COMMAND
def section(request: HttpRequest, name: str, part: str) -> HttpResponse:
    """Edit one section. What was typed stays in the box when it cannot be taken."""
    found = _found(name)
    page = issue_pages.section_page(found, part)
    if page is None or found.state != Issue.State.DRAFTED:
        raise Http404
    faults: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            if request.POST.get("undo"):
                issues.act(me(request), name, _ver(request), "undo", section=part)
            else:
                sources = _sources(request)
                issues.act(me(request), name, _ver(request), "edit", section=part, text=request.POST.get("text", ""), sources=sources)
        except issues.Unsourced as error:
            faults = error.places
        except Refusal as error:
            faults = (error.message,)
        else:
            messages.success(request, _("“%(title)s”已保存。") % {"title": page["section"].title})
            return redirect("room:issue", name)
        page |= {"text": request.POST.get("text", ""), "sources": sorted(_sources(request).items())}
    return render(request, "room/issue_section.html", page | {"faults": faults}, status=422 if faults else 200)


def _sources(request: HttpRequest) -> dict[str, str]:
    """Numbers and where they are from, as two columns of fields."""
    return {
        number.strip(): source.strip()
        for number, source in zip(request.POST.getlist("number"), request.POST.getlist("source"), strict=False)
        if number.strip()
    }


def _ver(request: HttpRequest) -> int:
    text = request.POST.get("ver", "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1


@require_POST
@COMMAND
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Do an act; what refuses is said on the page of the document."""
    found = _found(name)
    what = request.POST.get("act", "")
    try:
        if what == "correct":
            return redirect("room:issue", issues.correct(me(request), found, request.POST.get("said", "")).pk)
        if what not in issues.ACTS or what in ("edit", "undo"):
            raise Http404
        given, told = _given(request, found, what)
        site = request.build_absolute_uri("/")
        issues.act(me(request), name, _ver(request), what, said=request.POST.get("said", ""), site=site, **given)
    except (BadInput, Refusal) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, told or _("%(act)s：已完成。") % {"act": issue_pages.act_title(what)})
        if what == "drop":
            return redirect("room:bulletins")
    return redirect("room:issue", name)


def _given(request: HttpRequest, found: Issue, what: str) -> tuple[Mapping[str, Any], str]:
    """What the form of an act gives, and what to say when it is done."""
    if what == "head":
        return {
            "number": request.POST.get("number", ""),
            "issued_on": _day(request.POST.get("issued_on", "")),
            "disclosure": request.POST.get("disclosure", ""),
            "disclosure_reason": request.POST.get("disclosure_reason", ""),
        }, ""
    if what == "return_file":
        file = request.FILES.get("file")
        if not isinstance(file, UploadedFile) or found.state != Issue.State.DRAFTED:
            raise Refusal(_("请选择修改后的 Word 文件（.docx）；文件须在起草阶段收回。"))
        received = receive(file, kinds=frozenset({"docx"}))
        taken = flow.take_back(issues.document(found), received.content)
        return {"taken": taken, "content": received.content}, _taken_words(taken)
    return {}, ""


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal(_("成文日期“%(text)s”无法识别，应如 2022-10-20。") % {"text": text}) from error


def _taken_words(taken: Taken) -> str:
    """What was taken from a returned file and what was not, in words."""
    said = _("已收回修改稿：%(count)s 节有改动。") % {"count": len(taken.edits)}
    if taken.refused:
        first = "；".join(f"{one.was[:30]} → {one.now[:30]}（{one.why}）" for one in taken.refused[:8])
        said += _("未采纳 %(count)s 处：%(which)s") % {"count": len(taken.refused), "which": first}
    return said


@require_safe
@DESK
@recorded("export", "bulletin")
def issue_file(request: HttpRequest, name: str, kind: str) -> HttpResponse:  # noqa: ARG001  # the framework passes it
    """A file of the document."""
    found = issue_pages.files_of(_found(name), kind)
    if found is None:
        raise Http404
    file, content = found
    response = HttpResponse(content, content_type=TYPES[file.rpartition(".")[2]])
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response
