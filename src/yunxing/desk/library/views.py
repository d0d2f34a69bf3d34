"""Addresses of the library: the search over everything, the list of documents, one document, taking one in, checking it, comparing two."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunxing.desk.library import finding, pages, services
from yunxing.desk.library.models import EffectNote
from yunxing.desk.people.access import me, needs, standing
from yunxing.desk.people.models import Role
from yunxing.desk.people.recording import recorded
from yunxing.flows.compare_plans import compare_documents
from yunxing.io.store import library
from yunxing.io.store.library import Document
from yunxing.values.errors import Refusal

KEEPERS = needs(Role.COMMAND, Role.DEPARTMENT)
FATES: Final[Mapping[str, Callable[[], str]]] = {
    "same": lambda: _("相同"),
    "changed": lambda: _("有变化"),
    "added": lambda: _("新增"),
    "dropped": lambda: _("取消"),
}
PIECES: Final[Mapping[str, Callable[[], str]]] = {
    "office": lambda: _("单位"),
    "number": lambda: _("数字"),
    "subsidy": lambda: _("补助"),
    "deadline": lambda: _("期限"),
}


def _document(code: str) -> Document:
    found = library.read(connection, code)
    if found is None:
        raise Http404(code)
    return found


def _on(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return pages.today()


@require_safe
@recorded("view", "search")
def search(request: HttpRequest) -> HttpResponse:
    """All and only what holds the phrases, of what the person may see."""
    asked = finding.Asked.of(request.GET)
    page = finding.look(asked, standing(request))
    kinds = [(key, word()) for key, word in finding.KINDS.items()]
    return render(request, "library/search.html", {"asked": asked, "kinds": kinds, **page}, status=400 if page["refused"] else 200)


@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """The documents of the library."""
    on = _on(request)
    asked = {name: request.GET.get(name, "") for name in ("q", "level", "state")}
    page = pages.listed(asked["q"], asked["level"], asked["state"], on)
    return render(
        request,
        "library/documents.html",
        {"asked": asked, "on": on, "may_add": standing(request).holds({Role.COMMAND, Role.DEPARTMENT}), **page},
    )


@require_safe
def document(request: HttpRequest, code: str) -> HttpResponse:
    """One document by clause."""
    page = pages.document_page(_document(code), _on(request))
    others = [(one.code, one.title) for one in library.read_all(connection) if one.code != code]
    return render(
        request, "library/document.html", {**page, "others": others, "may_keep": standing(request).holds({Role.COMMAND, Role.DEPARTMENT})}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@KEEPERS
def add(request: HttpRequest) -> HttpResponse:
    """Take a text in: a file, or the text pasted."""
    typed = {name: request.POST.get(name, "").strip() for name in ("address", "place", "level")}
    refused: list[str] = []
    if request.method == "POST":
        try:
            added = services.add(me(request), request.FILES.get("file"), request.POST.get("text", ""), **typed)
        except Refusal as refusal:
            refused = refusal.message.splitlines()
        else:
            messages.success(request, _("已入库，请核对。") if added.new else _("库内已有这份文件。"))
            return redirect("library:check" if added.new and added.questions else "library:document", added.document.code)
    page = {
        "typed": typed,
        "text": request.POST.get("text", ""),
        "refused": refused,
        "levels": [(key, word()) for key, word in pages.LEVELS.items()],
    }
    return render(request, "library/add.html", page, status=400 if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@KEEPERS
def check(request: HttpRequest, code: str) -> HttpResponse:
    """What the importer is unsure of, to be corrected and confirmed."""
    found = _document(code)
    refused = ""
    if request.method == "POST":
        try:
            services.confirm(me(request), found, request.POST)
        except Refusal as refusal:
            refused = refusal.message
        else:
            messages.success(request, _("已核对。"))
            return redirect("library:document", code)
    page = {"document": found, "doubts": pages.doubts(found), "refused": refused, "posted": request.POST,
            "roles": [(key, word()) for key, word in pages.ROLES.items()], "comparators": services.COMPARATORS}  # fmt: skip
    return render(request, "library/check.html", page, status=400 if refused else 200)


@require_POST
@KEEPERS
def effect(request: HttpRequest, code: str) -> HttpResponse:
    """Note until when a document holds."""
    found = _document(code)
    try:
        services.note(me(request), found, *(request.POST.get(name, "") for name in ("kind", "day", "said")))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("已登记。"))
    return redirect("library:document", code)


@require_POST
@KEEPERS
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """A note counts no more."""
    note = get_object_or_404(EffectNote, pk=pk)
    services.take_back(note)
    messages.success(request, _("已撤销。"))
    return redirect("library:document", note.document)


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two documents side by side."""
    was, now = _document(request.GET.get("a", "")), _document(request.GET.get("b", ""))
    found = compare_documents(was.plan, now.plan, was.body, now.body)
    rows = [
        {"fate": FATES[one.fate](), "sign": one.fate, "was": f"{one.was} {one.was_title}".strip(), "now": f"{one.now} {one.now_title}".strip(),
         "pieces": [(PIECES[piece.kind](), piece.was or "—", piece.now or "—") for piece in one.pieces if piece.fate != "same"]}
        for one in found.measures
    ]  # fmt: skip
    counts = [(FATES[fate](), count) for fate, count in found.counts().items()]
    return render(request, "library/compare.html", {"was": was, "now": now, "rows": rows, "counts": counts})


@require_safe
@KEEPERS
@recorded("export", "document")
def pack(request: HttpRequest, code: str) -> HttpResponse:  # noqa: ARG001  # the framework passes it
    """The beginning of a plan pack, with its questions."""
    found = _document(code)
    name = re.sub(r"[^a-z0-9]+", "_", code.lower()).strip("_")
    name = name if name[:1].isalpha() else f"plan_{name}".rstrip("_")
    try:
        content = services.pack_files(found, name)
    except Refusal as refusal:
        raise Http404(refusal.message) from refusal
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return answer
