"""An enterprise's own cases (S9): raise one in three fields, see how it stands, answer, confirm and rate. Made for a phone and one thumb."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yunxing.desk.casework import acting, case_page, raising, selectors, services
from yunxing.desk.casework.views import uploaded
from yunxing.desk.people.access import needs
from yunxing.desk.people.access import standing as standing_now
from yunxing.desk.people.models import Role
from yunxing.desk.people.recording import recorded
from yunxing.values.errors import BadInput, Refusal

ENTERPRISE = needs(Role.ENTERPRISE)


@ENTERPRISE
@require_GET
def my_cases(request: HttpRequest) -> HttpResponse:
    """The enterprise's cases: those that wait for it first."""
    rows = selectors.of_enterprise(standing_now(request), acting.now())
    return render(request, "casework/my_cases.html", {"rows": rows})


@ENTERPRISE
@require_http_methods(["GET", "POST"])
def my_new(request: HttpRequest) -> HttpResponse:
    """我要求助: what, which kind, how to reach you; photos. The expected first contact stands there before sending."""
    standing = standing_now(request)
    context = raising.form_of(request, standing)
    if request.method == "POST":
        try:
            made = services.raise_case(standing, raising.given(request, standing), uploaded(request, "photos"))
        except Refusal as refusal:
            return render(request, "casework/my_new.html", {**context, "refusal": refusal}, status=409)
        messages.success(request, _("已提交，编号 %(id)s。部门预计 %(when)s 前与您联系。") % {"id": made.pk, "when": context["expected"]})
        return redirect("casework:my_case", made.pk)
    return render(request, "casework/my_new.html", {**context, "token": get_random_string(20)})


@ENTERPRISE
@require_GET
@recorded("view", "case")
def my_case(request: HttpRequest, name: str) -> HttpResponse:
    """One case as the enterprise sees it."""
    return shown(request, name)


def shown(request: HttpRequest, name: str, *, refusal: Refusal | None = None) -> HttpResponse:
    """The page; after a refusal with the reason on top and what was typed still there."""
    found = services.visible(name)
    typed = {key: request.POST.get(key, "") for key in request.POST} if refusal else None
    page = case_page.case_page(found, standing_now(request), acting.now(), typed=typed)
    page |= {"refusal": refusal, "progress": raising.progress_of(found)}
    return render(request, "casework/my_case.html", page, status=409 if refusal else 200)


@ENTERPRISE
@require_POST
def my_step(request: HttpRequest, name: str, edge: str) -> HttpResponse:
    """Confirm, rate, reopen, withdraw."""
    seen = request.POST.get("ver", "")
    if not seen.isdecimal():
        raise BadInput(_("页面已过期，请刷新后再办。"))
    try:
        done = services.make_step(standing_now(request), name, edge, int(seen), request.POST, cast("Any", request.FILES))
    except Refusal as refusal:
        return shown(request, name, refusal=refusal)
    messages.success(request, done.words)
    return redirect("casework:my_case", name)


@ENTERPRISE
@require_POST
def my_say(request: HttpRequest, name: str) -> HttpResponse:
    """Answer the offices, with files."""
    if request.POST.get("to") == "inside":
        raise Http404
    try:
        services.say(standing_now(request), name, request.POST.get("words", ""), uploaded(request, "files"), internal=False)
    except Refusal as refusal:
        return shown(request, name, refusal=refusal)
    messages.success(request, _("已发给承办部门。"))
    return redirect("casework:my_case", name)
