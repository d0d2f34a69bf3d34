"""The page on which a board's planned days leave as a workbook and come back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from yunxing.desk import takeaway
from yunxing.desk.dispatch import plan_book
from yunxing.desk.dispatch.place import is_command
from yunxing.desk.dispatch.views import OFFICERS, asked
from yunxing.desk.people.recording import recorded
from yunxing.desk.room.figures import pick
from yunxing.desk.uploads import receive
from yunxing.values.errors import BadInput, Refusal

BOOKS = frozenset({"xlsx"})


@require_http_methods(["GET", "HEAD", "POST"])
@OFFICERS
@recorded("view", "plan_book")
def plan_days(request: HttpRequest, name: str) -> HttpResponse:
    """Take the sheet away; put it back, look at what it changes, and only then write."""
    pipeline = asked("pipeline", name)
    if not pipeline.planned_dates:
        raise Http404
    command = is_command(request)
    page = {"pipeline": pipeline, "heading": pick(pipeline.title, pipeline.title_en)}
    template = "dispatch/plan_days.html"
    if request.method != "POST":
        table = plan_book.table_of(pipeline, command=command)
        return takeaway.page(request, template, {**page, "count": len(table.rows)}, lambda: table)
    try:
        if request.POST.get("kept"):
            changed, refused = plan_book.confirm(pipeline, request.POST["kept"], command=command)
            told = ngettext("已更改 %(n)s 个计划日期。", "已更改 %(n)s 个计划日期。", changed) % {"n": changed}
            messages.success(request, told)
            for title, why in refused.items():
                messages.warning(request, f"{title}：{why}")
            return redirect("dispatch:board", name)
        file = request.FILES.get("file")
        if file is None:
            raise BadInput(_("还没有选择文件。"))
        taken = receive(file, kinds=BOOKS)
        kept, lines = plan_book.look(pipeline, taken.name, taken.content, command=command)
    except Refusal as refusal:
        return render(request, template, {**page, "refused": refusal.message.splitlines()}, status=400)
    return render(request, template, {**page, "kept": kept, "lines": lines, "may_write": any(not one.trouble for one in lines)})
