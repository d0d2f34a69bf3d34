"""The case desk (S7): queues, list and case in three panes; every act is a form that posts, so it works without JavaScript."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yunxing.desk import takeaway
from yunxing.desk.casework import acting, case_page, case_tables, dashboard, desk_lists, raising, selectors, services
from yunxing.desk.casework.models import Attachment, SavedView
from yunxing.desk.people.access import needs
from yunxing.desk.people.access import standing as standing_now
from yunxing.desk.people.models import Role
from yunxing.desk.people.recording import recorded
from yunxing.values.errors import BadInput, Refusal

DESK = needs(Role.COMMAND, Role.DEPARTMENT, Role.COUNTY, Role.ANALYST)
RAISERS = needs(Role.COMMAND, Role.DEPARTMENT, Role.COUNTY)


def panes(request: HttpRequest) -> dict[str, Any]:
    """The queues and the list, the same beside a case as alone."""
    standing, now = standing_now(request), acting.now()
    asked = selectors.Asked.of(request.GET)
    page = selectors.page_of(asked, standing, now)
    following = f"{reverse('casework:cases')}?{asked.query}&after={page.following}" if page.following else ""
    return {
        "asked": asked,
        "queues": selectors.queues(standing, now, asked),
        "page": page,
        "following": following.replace("+", "%2B"),
        "empty": "" if page.rows else selectors.empty_words(asked, now),
        "kinds": sorted(acting.titles().items()),
        "offices": case_page.office_options(),
        "saved": SavedView.objects.all(),
        "query": asked.query,
        "queue_title": selectors.QUEUES[asked.queue](),
        "may_raise": standing.role != Role.ANALYST,
    }


@DESK
@require_GET
@recorded("view", "cases")
def cases(request: HttpRequest) -> HttpResponse:
    """The queues and the list. On a wide screen a case opens beside them, on a phone on its own page."""
    asked = selectors.Asked.of(request.GET)
    return takeaway.page(
        request, "casework/cases.html", panes(request), lambda: case_tables.queue_table(asked, standing_now(request), acting.now())
    )


@DESK
@require_GET
@recorded("view", "case")
def case(request: HttpRequest, name: str) -> HttpResponse:
    """One case in the third pane."""
    return shown(request, name)


def shown(request: HttpRequest, name: str, *, refusal: Refusal | None = None) -> HttpResponse:
    """The page of a case; after a refusal with the reason on top and what was typed still there."""
    found, standing, now = services.visible(name), standing_now(request), acting.now()
    typed = {key: request.POST.get(key, "") for key in request.POST} if refusal else None
    page = case_page.case_page(found, standing, now, flow_only="flow" in request.GET, typed=typed)
    page |= {
        "similar": case_page.similar_to(found, now),
        "card": case_page.party_card(found, now),
        "refusal": refusal,
        "wrong_fields": getattr(refusal, "fields", ()),
        "detail": True,
    }
    return render(request, "casework/cases.html", {**panes(request), **page}, status=409 if refusal else 200)


def uploaded(request: HttpRequest, field: str) -> list[UploadedFile[Any]]:
    """The files of one field."""
    return list(request.FILES.getlist(field))


def back_to(request: HttpRequest, name: str) -> str:
    """The case's page with the list that stood beside it."""
    query = request.GET.urlencode()
    return reverse("casework:case", args=[name]) + (f"?{query}" if query else "")


@DESK
@require_POST
def step(request: HttpRequest, name: str, edge: str) -> HttpResponse:
    """Make a step. Refused or overtaken, the page comes back with the reason and everything typed."""
    seen = request.POST.get("ver", "")
    if not seen.isdecimal():
        raise BadInput(_("页面已过期，请刷新后再办。"))
    try:
        done = services.make_step(standing_now(request), name, edge, int(seen), request.POST, request.FILES)
    except Refusal as refusal:
        return shown(request, name, refusal=refusal)
    messages.success(request, done.words)
    return redirect(back_to(request, name))


@DESK
@require_POST
def say(request: HttpRequest, name: str) -> HttpResponse:
    """A line to the enterprise, or one for the inside alone."""
    internal = request.POST.get("to") == "inside"
    try:
        services.say(standing_now(request), name, request.POST.get("words", ""), uploaded(request, "files"), internal=internal)
    except Refusal as refusal:
        return shown(request, name, refusal=refusal)
    messages.success(request, _("已记入内部备注。") if internal else _("已发给企业。"))
    return redirect(back_to(request, name) + "#talk")


@DESK
@require_POST
def urge(request: HttpRequest, name: str) -> HttpResponse:
    """Urge whoever owes the next act: once a day."""
    done = services.urge(standing_now(request), name)
    messages.success(request, _("已催办。") if done else _("今天已催办过，一天只催一次。"))
    return redirect(back_to(request, name))


@DESK
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """One act on every case that is ticked."""
    chosen, act = request.POST.getlist("case"), request.POST.get("act", "")
    if act not in ("sign", "assign", "urge"):
        raise Http404
    if not chosen:
        messages.warning(request, _("还没有勾选事项。"))
    elif act == "assign" and not request.POST.get("lead"):
        messages.warning(request, _("请选择派给哪个单位。"))
    else:
        result = services.bulk(standing_now(request), chosen, act, request.POST)
        if result.done:
            messages.success(request, ngettext("已办理 %(n)s 件。", "已办理 %(n)s 件。", result.done) % {"n": result.done})
        for title, why in result.failed:
            messages.warning(request, f"{title}：{why}")
    query = request.GET.urlencode()
    return redirect(reverse("casework:cases") + (f"?{query}" if query else ""))


@RAISERS
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Raise a case for an enterprise: the officer on a visit with a photo in hand."""
    standing = standing_now(request)
    context = raising.form_of(request, standing)
    if request.method == "POST":
        try:
            made = services.raise_case(standing, raising.given(request, standing), uploaded(request, "photos"))
        except Refusal as refusal:
            return render(request, "casework/new.html", {**context, "refusal": refusal}, status=409)
        messages.success(request, _("已提出，编号 %(id)s。") % {"id": made.pk})
        return redirect("casework:case", made.pk)
    return render(request, "casework/new.html", {**context, "token": get_random_string(20)})


@RAISERS
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Propose a matter by one of the plan's tables: a factor a project lacks, a broken link, a listing candidate's need."""
    standing = standing_now(request)
    context = raising.matter_form(request, standing)
    if request.method == "POST":
        try:
            made = services.propose_matter(standing, raising.matter(request, standing))
        except Refusal as refusal:
            return render(request, "casework/propose.html", {**context, "refusal": refusal}, status=409)
        messages.success(request, _("已提出，编号 %(id)s。") % {"id": made.pk})
        return redirect("casework:case", made.pk)
    return render(request, "casework/propose.html", {**context, "token": get_random_string(20)})


@needs(Role.COMMAND, Role.DEPARTMENT, Role.COUNTY, Role.ANALYST, Role.ENTERPRISE)
@require_GET
@recorded("view", "attachment")
def paper(request: HttpRequest, name: str, pk: int) -> HttpResponse:  # noqa: ARG001  # the framework passes it
    """A file of a case: pictures are shown, everything else is only ever downloaded."""
    found = Attachment.objects.filter(case_id=name, pk=pk).first()
    if found is None:
        raise Http404
    kinds = {"png": "image/png", "jpg": "image/jpeg"}
    response = HttpResponse(services.content_of(found), content_type=kinds.get(found.kind, "application/octet-stream"))
    way = "inline" if found.kind in kinds else "attachment"
    ending = f".{found.kind}"
    shown_name = found.name if found.name.lower().endswith((ending, ".jpeg")) else found.name + ending
    response["Content-Disposition"] = _disposition(way, shown_name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _disposition(way: str, name: str) -> str:
    from django.utils.http import content_disposition_header

    return content_disposition_header(way == "attachment", name) or way


@DESK
@require_GET
@recorded("view", "case_figures")
def figures(request: HttpRequest) -> HttpResponse:
    """How cases are handled: in time, first contact, satisfaction, reopened; by office and by county, with counts."""
    return render(request, "casework/figures.html", dashboard.dashboard_page(acting.now()))


@DESK
@require_GET
def escalated(request: HttpRequest) -> HttpResponse:
    """What climbed the ladder, and which offices the quarter proposes for a talk."""
    now = acting.now()
    page = desk_lists.escalated_page(now)
    return takeaway.page(request, "casework/escalated.html", page, lambda: case_tables.escalated_table(page, now))


@DESK
@require_GET
def loop(request: HttpRequest) -> HttpResponse:
    """The closed loop: asked, answered, verified by the next month's figure."""
    now = acting.now()
    page = desk_lists.loop_page(now)
    return takeaway.page(request, "casework/loop.html", page, lambda: case_tables.loop_table(page, now))


@DESK
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters of a list under a name, for oneself."""
    name, query = request.POST.get("name", "").strip()[:40], request.POST.get("query", "")[:400]
    if name:
        desk_lists.keep_view(standing_now(request), name, query)
        messages.success(request, _("已保存视图“%(name)s”。") % {"name": name})
    return redirect(f"{reverse('casework:cases')}?{query}")
