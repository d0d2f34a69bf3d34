"""Pages of pools, accounts, acts and obligations. Views choose and print; `pools` and `owed` read, `proposals` writes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunxing.desk import clock, takeaway
from yunxing.desk.factors import assessments, owed, place, pools, proposals, statements
from yunxing.desk.factors.models import PledgedSource, Proposal
from yunxing.desk.people.access import needs, standing
from yunxing.desk.people.models import Role
from yunxing.desk.people.recording import recorded
from yunxing.desk.room.figures import pick
from yunxing.desk.room.shell import DESK_ROLES
from yunxing.desk.room.views import asked_board
from yunxing.desk.scoping import acting_as_system
from yunxing.values.errors import BadInput, Refusal

LONG = 19
"""Digits that no number of an entry has."""
DESK = needs(*DESK_ROLES)
OFFICERS = needs(Role.COMMAND, Role.DEPARTMENT)


@require_safe
@DESK
@recorded("view", "ledgers")
def home(request: HttpRequest) -> HttpResponse:
    """Every pool with what is used and left, what waits, what falls due."""
    now = clock.today()
    page = {
        "cards": pools.cards(now),
        "day": now,
        "waiting": owed.waiting_count(standing(request)),
        "due": owed.due_count(now),
        "assessments": assessments.cards(),
        **owed.auction_strip(),
    }
    return takeaway.page(request, "factors/home.html", page, lambda: statements.pools_table(page["cards"], now))


def _pool(name: str) -> Any:
    found = place.quotas().pools.get(name)
    if found is None:
        raise Http404
    return found


@require_safe
@DESK
@recorded("view", "pool")
def pool(request: HttpRequest, name: str) -> HttpResponse:
    """One pool: its clause, its sums, its accounts as far as the person sees them, and what may be done."""
    found, who, now = _pool(name), standing(request), clock.today()
    page: dict[str, Any] = {
        "card": pools.card(found, now),
        "rows": pools.accounts_of(who, found),
        "acts": pools.acts_for(who, found),
        "day": now,
        "proposals": owed.recent(found.id, who),
        "auction": name in place.quotas().auctions,
    }
    return takeaway.page(request, "factors/pool.html", page, lambda: statements.accounts_table(page["card"], page["rows"], now))


@require_safe
@DESK
@recorded("view", "account")
def account(request: HttpRequest, name: str) -> HttpResponse:
    """One account with its running balance, a page at a time."""
    found = pools.account_seen(standing(request), name)
    if found is None:
        raise Http404
    before = request.GET.get("before", "")
    page = statements.account_page(*found, before=int(before) if before.isdecimal() and len(before) < LONG else None)
    return takeaway.page(request, "factors/account.html", page, lambda: statements.statement_table(*found))


@OFFICERS
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Fill in an act, try it, hand it in for a second person."""
    book, who = place.quotas(), standing(request)
    found = book.acts.get(name)
    if found is None or not place.may_draw_up(who, found):
        raise Http404
    posted = request.POST if request.method == "POST" else request.GET
    key = proposals.key_of(found, request.POST.get("key", ""))
    page: dict[str, Any] = {**statements.form_of(found), "typed": posted, "key": key, "day": clock.today()}
    if request.method != "POST":
        return render(request, "factors/act.html", page)
    filled = proposals.read_form(found, posted, key)
    if filled.given is None:
        return render(request, "factors/act.html", {**page, "faults": filled.wrong}, status=400)
    try:
        planned = proposals.plan(found, filled.given, who.user.username)
        page["trial"] = statements.trial_page(planned.group, proposals.try_out(planned))
        page["notes"] = [pick(zh, en) for zh, en in planned.notes]
        if request.POST.get("do") == "hand_in":
            made = proposals.hand_in(who, found, filled.given)
            messages.success(request, _("已送审，待第二人批准。"))
            return redirect("factors:proposal", made.pk)
    except Refusal as refused:
        return render(request, "factors/act.html", {**page, "faults": {"act": refused.message}}, status=409)
    return render(request, "factors/act.html", page)


@require_safe
@OFFICERS
def proposals_page(request: HttpRequest) -> HttpResponse:
    """Every act that was drawn up, the waiting ones first."""
    return render(request, "factors/proposals.html", owed.proposals_page(standing(request), request.GET.get("state", "")))


def _proposal(request: HttpRequest, pk: int) -> Proposal:
    with acting_as_system("ledgers"):
        found: Proposal | None = Proposal.objects.filter(pk=pk).first()
    named = place.quotas().acts.get(found.act) if found else None
    if found is None or named is None or not place.may_draw_up(standing(request), named):
        raise Http404
    return found


@require_safe
@OFFICERS
@recorded("view", "proposal")
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One act as it was drawn up: its clause, its people, and what posting it would do now."""
    return render(request, "factors/proposal.html", statements.proposal_page(_proposal(request, pk), standing(request)))


@require_POST
@OFFICERS
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree and post, or refuse with a reason; take one's own back."""
    found, who = _proposal(request, pk), standing(request)
    agree = request.POST.get("do") == "agree"
    try:
        done = proposals.decide(who, found, agree=agree, reason=request.POST.get("reason", ""))
    except Refusal as refused:
        page = statements.proposal_page(_proposal(request, pk), who)
        return render(request, "factors/proposal.html", {**page, "faults": {"decide": refused.message}}, status=409)
    words = {"posted": _("已批准并入账。"), "refused": _("已退回，未入账。"), "withdrawn": _("已撤回。")}
    messages.success(request, words[done.state])
    return redirect("factors:proposal", pk)


@require_safe
@DESK
@recorded("view", "obligations")
def obligations(request: HttpRequest) -> HttpResponse:
    """What was drawn in advance and must be made good: by month, with days left and its gate."""
    page = owed.calendar(connection, standing(request), clock.today())
    return takeaway.page(request, "factors/obligations.html", page, lambda: statements.obligations_table(page["rows"], clock.today()))


@require_safe
@DESK
@recorded("view", "assessment")
def assessment(request: HttpRequest, name: str) -> HttpResponse:
    """One of the ledgers' tests, explained thing by thing."""
    rule = place.quotas().assessments.get(name)
    if rule is None:
        raise Http404
    page = assessments.page_of(rule, asked_board(request), clock.today())
    return takeaway.page(request, "factors/assessment.html", page, lambda: assessments.table_of(page))


@DESK
@require_http_methods(["GET", "HEAD", "POST"])
def sources(request: HttpRequest) -> HttpResponse:
    """Planned cuts that may be drawn on; their office enters new ones."""
    who = standing(request)
    page = owed.sources_page(connection, who)
    if request.method != "POST":
        return render(request, "factors/sources.html", page)
    if not page["may_enter"]:
        raise Http404
    fields, wrong = owed.read_source(request.POST)
    if not wrong:
        try:
            made: PledgedSource = proposals.enter_source(who, fields)
        except BadInput as refused:
            wrong = {"source": refused.message}
        else:
            messages.success(request, _("已登记减排来源 %(id)s。") % {"id": made.pk})
            return redirect("factors:sources")
    return render(request, "factors/sources.html", {**page, "faults": wrong, "typed": request.POST}, status=400)
