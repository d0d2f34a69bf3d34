"""Any page with a table can be taken away in one click: `?as=xlsx` a workbook, `?as=text` a few sentences, `?as=long` a long picture for a phone.

A view ends in `takeaway.page(request, template, context, table)`; its template puts `{% include "parts/takeaway.html" %}` where the buttons belong. The same
address with another ending gives the same rows, so that what leaves is what was seen: same scope, same filters, behind the level gate, in the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from yunxing.desk.people import journal
from yunxing.desk.people.access import standing as standing_now
from yunxing.desk.people.selectors import Standing
from yunxing.desk.scoping import current_scope
from yunxing.engines.facts.takeaway import Column, Kind, Table, fingerprint, said
from yunxing.io.books.takeaway import MARKED_LEVEL, Taken, book_bytes, sheet_name, table_bytes
from yunxing.values.digest import digest, digits
from yunxing.values.errors import Refusal

__all__ = ["Column", "Kind", "Table", "answer", "answer_book", "page", "papers_kept_by", "taken_by"]
Keeper = Callable[[str, Mapping[str, Any]], None]
_keepers: list[Keeper] = []
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACTS = {"xlsx": "export", "text": "copy", "long": "export"}


def papers_kept_by(keeper: Keeper) -> None:
    """Register who writes down that a paper left: its code and its columns, of which those given once stay and `file` is set when the bytes are known."""
    if keeper not in _keepers:
        _keepers.append(keeper)


def _note(code: str, fields: Mapping[str, Any]) -> None:
    for keeper in _keepers:
        keeper(code, fields)


def page(request: HttpRequest, template: str, context: Mapping[str, Any], table: Callable[[], Table] | None) -> HttpResponse:
    """The page itself, with the buttons, or its table in the form that `?as=` asks for. Without a table (an empty month) nothing can be taken away."""
    wanted = request.GET.get("as", "")
    if wanted:
        if table is None or wanted not in ACTS:
            raise Http404
        return answer(request, table(), wanted)
    return render(request, template, {**context, "takeaway": table is not None})


def answer(request: HttpRequest, table: Table, wanted: str) -> HttpResponse:
    """The table as workbook, text or picture, written into the journal: who, which address with its filters, how many rows, up to which level."""
    scope = current_scope()
    if not scope.sees_level(table.level):
        raise Refusal(f"这张表含 {table.level} 级数据，当前岗位最高可导出 {scope.levels} 级。请与安全管理员联系。")
    table = table.within(scope)
    taken = taken_by(request)
    reason = f"as={wanted} rows={len(table.rows)} level={table.level}"
    journal.record(ACTS[wanted], kind=table.id, object_id=request.get_full_path(), reason=reason)
    if wanted == "text":
        return HttpResponse(said(table), content_type="text/plain; charset=utf-8")
    stem = f"{sheet_name(table.title)} {taken.at:%Y%m%d}"
    code, address = sealed(request, table, taken, wanted)
    taken = replace(taken, code=code, address=address)
    if wanted == "long":
        from yunxing.io.documents.long_picture import picture_bytes

        content, name, kind = picture_bytes(table, taken, fonts_dir=settings.INSTALLATION.fonts_dir), f"{stem}.png", "image/png"
    else:
        background = b""
        if table.level >= MARKED_LEVEL:
            from yunxing.io.documents.long_picture import watermark_bytes

            background = watermark_bytes(taken.mark, fonts_dir=settings.INSTALLATION.fonts_dir)
        content, name, kind = table_bytes(table, taken, background=background), f"{stem}.xlsx", XLSX
    _note(taken.code, {"file": digest(content)})
    return download(content, name, kind)


def answer_book(request: HttpRequest, cover: Table, sheets: Sequence[Table]) -> HttpResponse:
    """Several tables in one workbook behind the same gate: a sheet each after the cover's own. The paper is verified by the cover, which holds the digest of each."""
    scope = current_scope()
    level = max([cover.level, *(one.level for one in sheets)])
    if not scope.sees_level(level):
        raise Refusal(f"这个工作簿含 {level} 级数据，当前岗位最高可导出 {scope.levels} 级。请与安全管理员联系。")
    taken = taken_by(request)
    rows = sum(len(one.rows) for one in sheets)
    journal.record("export", kind=cover.id, object_id=request.get_full_path(), reason=f"as=xlsx rows={rows} level={level}")
    code, address = sealed(request, cover, taken, "xlsx")
    taken = replace(taken, code=code, address=address)
    content = book_bytes([one.within(scope) for one in (cover, *sheets)], taken)
    _note(code, {"file": digest(content)})
    return download(content, f"{sheet_name(cover.title)} {taken.at:%Y%m%d}.xlsx", XLSX)


def sealed(request: HttpRequest, table: Table, taken: Taken, wanted: str) -> tuple[str, str]:
    """A code for the paper and the address that verifies it, written down before the paper is made."""
    content = fingerprint(table)
    code = digits({"content": content, "person": taken.person, "at": taken.at.isoformat(), "as": wanted})[:16].upper()
    fields = {
        "kind": table.id,
        "title": table.title[:200],
        "level": table.level,
        "as_of": table.as_of,
        "content": content,
        "person": taken.person,
        "unit": taken.unit,
        "made": timezone.now(),
    }
    _note(code, fields)
    return code, request.build_absolute_uri(reverse("verify:paper", args=[code]))


def taken_by(request: HttpRequest) -> Taken:
    """Who takes something away, from which unit, at which minute."""
    standing: Standing = standing_now(request)
    return Taken(standing.user.name or standing.user.username, str(standing.post.unit) if standing.post else "", timezone.localtime())


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    """A file under its own, Chinese name."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response
