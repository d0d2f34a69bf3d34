"""Addresses of policies: the library, a rule and its trial, what a change would do, changes on their way; and the enterprise's own page."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunxing.desk import clock
from yunxing.desk.people.access import me, needs, standing
from yunxing.desk.people.models import Role
from yunxing.desk.people.recording import recorded
from yunxing.desk.scoping import current_scope
from yunxing.desk.support import change_services, my_policies, policy_pages
from yunxing.desk.support.change_pages import change_page, changes_page, told_reports
from yunxing.desk.support.delivery_selectors import awaiting, has_offers
from yunxing.desk.support.models import RuleChange
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.scope import ALL

DESK = needs(Role.COMMAND, Role.DEPARTMENT, Role.COUNTY, Role.ANALYST)
CHANGERS = needs(Role.COMMAND, Role.DEPARTMENT)
FIRM = needs(Role.ENTERPRISE)


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.GET.items()}


def _page_of(name: str) -> dict[str, object]:
    page = policy_pages.rule_page(name, clock.today())
    if page is None:
        raise Http404
    return page


@require_safe
@DESK
def library(request: HttpRequest) -> HttpResponse:
    """The policy library."""
    return render(request, "support/library.html", policy_pages.library(_typed(request), clock.today()))


@require_safe
@DESK
def rule(request: HttpRequest, name: str) -> HttpResponse:
    """One rule: clause, plain words, examples, versions, and a trial with what was typed."""
    page, typed = _page_of(name), _typed(request)
    given = {key.removeprefix("t."): value for key, value in typed.items() if key.startswith("t.")}
    tried = policy_pages.tried(name, given, clock.today()) if given else None
    columns = [{**one, "typed": given.get(one["name"], "")} for one in page["columns"]]  # type: ignore[attr-defined]
    may_change = standing(request).holds({Role.COMMAND, Role.DEPARTMENT})
    return render(request, "support/rule.html", {**page, "columns": columns, "tried": tried, "given": given, "may_change": may_change})


@require_http_methods(["GET", "POST"])
@CHANGERS
def what_if(request: HttpRequest, name: str) -> HttpResponse:
    """What a change would do, side by side; the same form proposes it."""
    page = _page_of(name)
    told: dict[str, object] = {"typed": request.POST, "reports": [], "refused": ""}
    if request.method == "POST":
        try:
            variants = [change_services.asked_variant(name, request.POST, prefix) for prefix in ("", "2.")]
            wanted = [one for at, one in enumerate(variants) if at == 0 or one.parameters or one.without]
            if request.POST.get("act") == "propose":
                starts = date.fromisoformat(request.POST.get("starts", ""))
                made = change_services.propose(
                    name,
                    wanted[0],
                    starts=starts,
                    basis=request.POST.get("basis", ""),
                    person=me(request).username,
                    on=clock.today(),
                    now=clock.now(),
                )
                messages.success(request, _("已提交复核，影响测算随附。"))
                return redirect("support:change", made.pk)
            told["reports"] = told_reports(change_services.asked_report(name, wanted, clock.today()))
        except ValueError:
            told["refused"] = _("请填写起始日，如 2022-11-01。")
        except Refusal as refused:
            told["refused"] = refused.message
    told |= policy_pages.change_fields(name, request.POST)
    return render(request, "support/what_if.html", {**page, **told}, status=400 if told["refused"] else 200)


@require_safe
@DESK
def changes(request: HttpRequest) -> HttpResponse:
    """Changes of rules, the open ones first."""
    return render(request, "support/changes.html", changes_page())


@require_safe
@DESK
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """One change with its report."""
    found = get_object_or_404(RuleChange.objects.all(), pk=pk)
    changer = standing(request).holds({Role.COMMAND, Role.DEPARTMENT})
    may = changer and found.state == RuleChange.State.PROPOSED
    own = found.proposed_by == me(request).username
    return render(
        request, "support/change.html", {**change_page(found, named=changer), "may_sign": may and not own, "may_withdraw": may and own}
    )


@require_POST
@CHANGERS
def change_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign, send back, or withdraw."""
    found = get_object_or_404(RuleChange.objects.all(), pk=pk)
    person, now = me(request).username, clock.now()
    try:
        if request.POST.get("act") == "sign":
            change_services.sign(found, person, now)
            messages.success(request, _("已签署，自 %(day)s 起申报的按新规则办理。") % {"day": found.starts_on})
        else:
            change_services.turn_down(found, person, now, request.POST.get("remark", ""))
            messages.success(request, _("已退回或撤回。"))
    except BadInput as refused:
        messages.error(request, refused.message)
    except Refusal as refused:
        messages.error(request, refused.message)
    return redirect("support:change", pk)


def _own_party() -> str:
    parties = current_scope().parties
    if parties is ALL or not parties:
        raise Http404
    return min(parties)


@require_safe
@FIRM
def mine(request: HttpRequest) -> HttpResponse:
    """「我的政策」."""
    page = my_policies.my_policies(_own_party(), clock.today())
    return render(request, "support/mine.html", {**page, "awaiting": awaiting(20), "has_offers": has_offers()})


@require_safe
@FIRM
def mine_one(request: HttpRequest, policy: str, row: str) -> HttpResponse:
    """The explainer of one policy for the enterprise."""
    page = my_policies.explained(_own_party(), policy, row, clock.today())
    if page is None:
        raise Http404
    return render(request, "support/explained.html", page)


@require_safe
@DESK
@recorded("view", "entitlements")
def of_enterprise(request: HttpRequest, party: str) -> HttpResponse:
    """The same page of an enterprise, for those whose scope holds it."""
    page = my_policies.for_desk(party, current_scope(), clock.today())
    if page is None:
        raise Http404
    return render(request, "support/mine.html", page)


@require_safe
@DESK
@recorded("view", "entitlements")
def of_enterprise_one(request: HttpRequest, party: str, policy: str, row: str) -> HttpResponse:
    """The same explainer, for those whose scope holds the enterprise."""
    if my_policies.for_desk(party, current_scope(), clock.today()) is None:
        raise Http404
    page = my_policies.explained(party, policy, row, clock.today())
    if page is None:
        raise Http404
    return render(request, "support/explained.html", {**page, "of": party})
