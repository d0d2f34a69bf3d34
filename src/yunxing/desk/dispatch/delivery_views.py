"""Pages of delivery: the board of rounds for officers, the public notice, and what an enterprise confirms."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunxing.desk import clock, takeaway
from yunxing.desk.people.access import needs
from yunxing.desk.people.access import standing as standing_now
from yunxing.desk.people.models import Role
from yunxing.desk.people.recording import recorded
from yunxing.desk.scoping import acting_as_system, current_scope
from yunxing.desk.support import delivery_place as place
from yunxing.desk.support import delivery_selectors as selectors
from yunxing.desk.support import delivery_services as services
from yunxing.desk.support.delivery_models import Offer, Round
from yunxing.desk.takeaway import download
from yunxing.engines.entitlements import delivery
from yunxing.engines.entitlements.intake import money_words
from yunxing.flows import deliver
from yunxing.values.errors import BadInput, DoesNotHold

DESK = needs(Role.COMMAND, Role.DEPARTMENT, Role.COUNTY, Role.ANALYST)
OFFICERS = needs(Role.COMMAND, Role.DEPARTMENT)
ENTERPRISE = needs(Role.ENTERPRISE)
ANYONE = needs(Role.COMMAND, Role.DEPARTMENT, Role.COUNTY, Role.ANALYST, Role.ENTERPRISE)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_FILE = 5 * 1024 * 1024
ACTS = {"announce": services.announce, "approve": services.approve, "pay": services.pay}


def _round(number: str) -> Round:
    one: Round | None = Round.objects.filter(pk=number).first()
    if one is None:
        raise Http404
    return one


def _tried(request: HttpRequest, act: Callable[[], Any], done: str) -> bool:
    """Do it and say so, or say in words why not."""
    try:
        act()
    except (BadInput, DoesNotHold) as refused:
        messages.error(request, refused.message)
        return False
    messages.success(request, done)
    return True


def _told(one: Round) -> dict[str, Any]:
    english = (get_language() or "").startswith("en")
    titles = [pair[1 if english else 0] for pair in place.titles(one.policies, one.day)]
    return {"round": one, "titles": titles, "office": place.office_name(one.office), "state": _(one.get_state_display())}


@require_safe
@DESK
def rounds(request: HttpRequest) -> HttpResponse:
    """The board: every round with its state and sums, and the policies of which a round may be opened."""
    scope = current_scope()
    kinds = place.mine(clock.today(), scope) if standing_now(request).role in (Role.COMMAND, Role.DEPARTMENT) else []
    offices = [(place.office_name(office), found) for office, found in selectors.kinds_for(kinds).items()]
    lines = [{**_told(one), "tallies": selectors.tallies(one)} for one in selectors.rounds()]
    return render(request, "support/rounds.html", {"rounds": lines, "offices": offices, "today": clock.today()})


@require_POST
@OFFICERS
def open_round(request: HttpRequest) -> HttpResponse:
    """Open a round of the chosen policies as of the desk's day."""
    opened: list[Round] = []
    done = _("已发起新批次，等待企业确认。")
    _tried(request, lambda: opened.append(services.open_round(request.POST.getlist("policy"), current_scope())), done)
    return redirect("delivery:round", opened[0].pk) if opened else redirect("delivery:rounds")


@require_safe
@DESK
@recorded("view", "support_round")
def one_round(request: HttpRequest, number: str) -> HttpResponse:
    """A round: its steps, its offers within the person's scope, what stands in the way of the next step."""
    one = _round(number)
    scope = current_scope()
    leads = standing_now(request).role in (Role.COMMAND, Role.DEPARTMENT) and services.may_lead(one.office, scope)
    offers = list(Offer.objects.filter(round=one).order_by("policy", "number"))
    lines = [
        {"offer": each, "money": money_words(each.assessed_fen), "given": "" if each.granted_fen is None else money_words(each.granted_fen)}
        for each in offers
    ]
    steps = [act for act in ("announce", "approve", "pay") if (one.state, act) in delivery.ROUND]
    page = {
        **_told(one), "lines": lines, "tallies": selectors.tallies(one), "step": steps[0] if steps else "", "leads": leads,
        "may_withdraw": leads and (one.state, "withdraw") in delivery.ROUND, "reminders": selectors.reminders(one, clock.today()),
        "events": [event for event in one.events.all() if event.offer_id is None], "units": place.unit_names(),
        "files": one.state == "paid", "own_step": one.state == "announced" and one.opened_by == scope.person,
    }  # fmt: skip
    return takeaway.page(request, "support/round.html", page, (lambda: _table(one, offers)) if offers else None)


def _table(one: Round, offers: list[Offer]) -> takeaway.Table:
    heads = (_("编号"), _("政策"), _("名称"), _("核定金额（元）"), _("核准金额（元）"), _("状态"))
    rows = tuple(
        (
            each.number,
            each.title,
            each.name,
            Fraction(each.assessed_fen, 100),
            None if each.granted_fen is None else Fraction(each.granted_fen, 100),
            _(str(each.get_state_display())),
        )
        for each in offers
    )
    kinds: tuple[takeaway.Kind, ...] = ("text", "text", "text", "number", "number", "text")
    columns = tuple(takeaway.Column(head, kind=kind, places=2 if kind == "number" else 0) for head, kind in zip(heads, kinds, strict=True))
    return takeaway.Table("support_round", f"{_('兑现批次')} {one.number}", columns, rows, level=3, synthetic=one.synthetic)


@require_POST
@OFFICERS
def step(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """The next step of a round: announce, approve, pay, or withdraw with a reason."""
    one = _round(number)
    scope = current_scope()
    done = {
        "announce": _("公示已开始。"),
        "approve": _("已审批，资金已预留。"),
        "pay": _("已支付，清单已生成。"),
        "withdraw": _("已撤回。"),
    }
    if act not in done:
        raise Http404
    if act == "withdraw":
        _tried(request, lambda: services.withdraw(one.pk, request.POST.get("words", ""), scope), done[act])
    else:
        _tried(request, lambda: ACTS[act](one.pk, scope), done[act])
    return redirect("delivery:round", number)


@require_POST
@OFFICERS
def judge(request: HttpRequest, number: str) -> HttpResponse:
    """Answer an objection, or strike an offer out, with a reason."""
    offer = Offer.objects.filter(pk=number).select_related("round").first()
    if offer is None:
        raise Http404
    act = request.POST.get("act", "")
    _tried(request, lambda: services.judge(number, act, request.POST.get("words", ""), current_scope()), _("已记录。"))
    return redirect("delivery:round", offer.round_id)


@require_safe
@OFFICERS
@recorded("export", "support_round")
def paper(request: HttpRequest, number: str, name: str) -> HttpResponse:  # noqa: ARG001  # the address says it all
    """The payment list (workbook, document) of a paid round, for those who lead it."""
    one = _round(number)
    if not services.may_lead(one.office, current_scope()) or one.state != "paid" or name not in ("payment_list.xlsx", "payment_list.docx"):
        raise Http404
    kind = takeaway.XLSX if name.endswith("xlsx") else DOCX
    return download((services.folder_of(one) / name).read_bytes(), f"{_('支付清单')} {one.number}.{name.rpartition('.')[2]}", kind)


# ---- the public notice ----
def _announced(number: str) -> Round:
    with acting_as_system("support-delivery"):
        one: Round | None = Round.objects.filter(pk=number, state__in=["announced", "approved", "paid"]).first()
    if one is None:
        raise Http404
    return one


@require_http_methods(["GET", "HEAD", "POST"])
@ANYONE
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """The public notice of a round: names and amounts, codes masked; anybody signed in may object while it runs."""
    one = _announced(number)
    lines = selectors.notice_lines(one)
    if request.method == "POST":
        about = request.POST.get("offer", "")
        if about not in {line["number"] for line in lines}:
            raise Http404
        person = current_scope().person
        _tried(request, lambda: services.object_to(about, request.POST.get("words", ""), person), _("异议已收到，主办单位将答复。"))
        return redirect("delivery:notice", number)
    runs = one.state == "announced" and one.notice_to is not None and clock.today() <= one.notice_to
    return render(request, "support/notice.html", {**_told(one), "lines": lines, "runs": runs})


@require_safe
@ANYONE
@recorded("export", "support_notice")
def notice_file(request: HttpRequest, number: str) -> HttpResponse:  # noqa: ARG001  # the address says it all
    """The notice as a document; masked as the page."""
    one = _announced(number)
    if one.notice_from is None or one.notice_to is None:
        raise Http404
    with acting_as_system("support-delivery"):
        held = list(Offer.objects.filter(round=one, state__in=selectors.PUBLIC))
    title, issuer = f"惠企政策兑现公示({one.number})", place.office_name(one.office)
    content = deliver.announcement(title, services.listed(held), (one.notice_from, one.notice_to), issuer, services.marks(one))
    return download(content, f"{_('公示')} {one.number}.docx", DOCX)


# ---- the enterprise ----
@require_safe
@ENTERPRISE
def offers(request: HttpRequest) -> HttpResponse:
    """What the enterprise was offered: what awaits its word first."""
    lines = [_line(each) for each in selectors.own_offers()]
    waiting = [line for line in lines if line["waits"]]
    total = money_words(sum(line["offer"].assessed_fen for line in waiting))
    return render(request, "support/offers.html", {"lines": lines, "waiting": len(waiting), "total": total})


def _line(offer: Offer) -> dict[str, Any]:
    english = (get_language() or "").startswith("en")
    given = offer.granted_fen if offer.granted_fen is not None else offer.assessed_fen
    waits = offer.round.state == "open" and offer.state == "offered"
    return {"offer": offer, "title": offer.title_en if english else offer.title, "money": money_words(given), "waits": waits}


@require_http_methods(["GET", "HEAD", "POST"])
@ENTERPRISE
@recorded("view", "support_offer")
def offer(request: HttpRequest, number: str) -> HttpResponse:
    """One offer: the answer, why, how it is counted, and the one form that confirms it."""
    one = Offer.objects.filter(pk=number).select_related("round").first()
    if one is None:
        raise Http404
    typed = {name: request.POST.get(name, "") for name in ("account_name", "bank", "account", "number", "code")}
    if request.method == "POST":
        person = current_scope().person
        if request.POST.get("act") == "decline":
            if _tried(request, lambda: services.decline(one, person), _("已记录：本次不领取。")):
                return redirect("delivery:offers")
        elif _tried(request, lambda: services.confirm(one, _account(typed), _papers(request, one), person), _("已确认，接下来进入公示。")):
            return redirect(reverse("delivery:offer", args=[number]))
    else:
        typed["account_name"], typed["bank"] = selectors.known_account(one.payee)
    kinds = place.kinds(one.round.day)
    page = {
        **_line(one), "answer": one.answer, "typed": typed, "paper": kinds[one.policy].paper if one.policy in kinds else "",
        "english": (get_language() or "").startswith("en"), "takes": one.round.state == "open", "papers": list(one.papers.all()),
    }  # fmt: skip
    return render(request, "support/offer.html", page)


def _account(typed: dict[str, str]) -> services.Account:
    return services.Account(typed["account_name"], typed["bank"], typed["account"])


def _papers(request: HttpRequest, one: Offer) -> list[services.Typed]:
    kinds = place.kinds(one.round.day)
    kind = kinds[one.policy].paper if one.policy in kinds else ""
    found = [services.Typed(kind or "invoice", request.POST.get("number", ""), request.POST.get("code", ""))]
    for file in request.FILES.getlist("file")[:10]:
        if (file.size or 0) > MOST_FILE:
            raise BadInput(_("“%(name)s”超过 5 MB。") % {"name": file.name})
        found.append(services.Typed("invoice", file=(str(file.name), file.read())))
    return found
