"""Pages of auctions: announce, bid, open by two people, result, and the two files from which anyone reproduces it."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunxing.desk import clock, takeaway
from yunxing.desk.factors import auctions as sales
from yunxing.desk.factors import place
from yunxing.desk.factors.models import Auction, SealedBid
from yunxing.desk.people.access import needs, standing
from yunxing.desk.people.models import Role
from yunxing.desk.people.recording import recorded
from yunxing.desk.people.selectors import Standing
from yunxing.desk.room.figures import pick
from yunxing.desk.room.shell import DESK_ROLES
from yunxing.desk.scoping import acting_as_system
from yunxing.desk.takeaway import Column, Table
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.quantity import parse_number

READERS = needs(*DESK_ROLES, Role.ENTERPRISE)
OFFICERS = needs(Role.COMMAND, Role.DEPARTMENT)


def _auction(name: str) -> Auction:
    found: Auction | None = Auction.objects.filter(pk=name).first()
    if found is None or found.pool not in place.quotas().auctions:
        raise Http404
    return found


@require_safe
@READERS
@recorded("view", "auctions")
def auctions(request: HttpRequest) -> HttpResponse:
    """Every auction, the open ones first."""
    rows = [_line(one) for one in Auction.objects.all()[:200] if one.pool in place.quotas().auctions]
    who = standing(request)
    new = [
        (name, pick(place.quotas().pools[name].title, place.quotas().pools[name].title_en))
        for name in place.quotas().auctions
        if sales.may_keep(who, name)
    ]
    return render(request, "factors/auctions.html", {"rows": rows, "new": new if who.holds({Role.COMMAND, Role.DEPARTMENT}) else []})


def _line(one: Auction) -> dict[str, Any]:
    rule = sales.rule_of(one)
    unit = place.quotas().units[rule.unit]
    return {
        "one": one,
        "unit": pick(unit.printed, unit.printed_en),
        "state": {"open": _("报价中"), "closed": _("已截止"), "settled": _("已成交入账"), "void": _("流拍")}[one.state],
        "light": {"open": "green", "closed": "amber", "settled": "none", "void": "none"}[one.state],
        "reserve": sales.yuan(one.reserve_fen),
        "clearing": "" if one.clearing_fen is None else sales.yuan(one.clearing_fen),
        "due": "" if one.due_fen is None else sales.yuan(one.due_fen),
    }


@OFFICERS
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pool: str) -> HttpResponse:
    """Announce an auction: what is left empty is the pack's rule."""
    who = standing(request)
    if pool not in place.quotas().auctions or not sales.may_keep(who, pool):
        raise Http404
    rule = place.quotas().auctions[pool]
    unit = place.quotas().units[rule.unit]
    page: dict[str, Any] = {
        "pool": place.quotas().pools[pool], "rule": rule, "free": sales.free_supply(pool), "unit": pick(unit.printed, unit.printed_en),
        "reserve": sales.yuan(rule.reserve_fen), "typed": request.POST, "faults": {}, "counties": place.counties(), "now": clock.now(),
    }  # fmt: skip
    if request.method == "POST":
        found = sales.read_announcement(pool, request.POST)
        if not found.wrong:
            made = sales.announce(who, pool, found.fields)
            messages.success(request, _("已公告 %(id)s。") % {"id": made.pk})
            return redirect("factors:auction", made.pk)
        page["faults"] = found.wrong
    return render(request, "factors/new_auction.html", page, status=400 if page["faults"] else 200)


@require_safe
@READERS
@recorded("view", "auction")
def auction(request: HttpRequest, name: str) -> HttpResponse:
    """One auction with its terms, commitments, and once opened its result."""
    found = _auction(name)
    page = auction_page(found, standing(request))
    return takeaway.page(request, "factors/auction.html", page, (lambda: result_table(found)) if found.opened_at else None)


def auction_page(found: Auction, who: Standing, **more: Any) -> dict[str, Any]:
    """The page's content for this person: his own bids while they are sealed, everybody's once they are open."""
    own_code = who.post.unit.code if who.post and who.role == Role.ENTERPRISE else ""
    with acting_as_system("ledgers"):
        commitments = list(SealedBid.objects.filter(auction=found).order_by("commitment").values_list("commitment", "withdrawn_at"))
        own = list(SealedBid.objects.filter(auction=found, bidder=own_code)) if own_code else []
    opened = list(SealedBid.objects.filter(auction=found, opened=True, withdrawn_at=None).order_by("-price_fen", "pk"))
    names = place.holder_names([one.bidder for one in opened])
    counties = dict(place.counties())
    results = [
        {
            "bid": one.pk, "bidder": names[one.bidder], "county": counties.get(one.county, one.county), "price": sales.yuan(one.price_fen or 0),
            "quantity": f"{one.quantity:,}", "filled": f"{one.filled:,}", "paid": sales.yuan(one.paid_fen or 0) if one.filled else "—", "won": bool(one.filled),
        }
        for one in opened
    ]  # fmt: skip
    now = clock.now()
    keeps = sales.may_keep(who, found.pool) and who.holds({Role.COMMAND, Role.DEPARTMENT})
    person = who.user.username
    return {
        **_line(found), "pool": place.quotas().pools[found.pool], "basis": sales.rule_of(found).basis,
        "caps": [(counties.get(code, code), f"{cap:,}") for code, cap in json.loads(found.county_caps).items()],
        "commitments": [text for text, gone in commitments if gone is None], "withdrawn": sum(gone is not None for _text, gone in commitments), "own": own,
        "results": results, "may_bid": bool(own_code) and found.state == Auction.State.OPEN and now < found.closes_at,
        "may_ask": keeps and found.state == Auction.State.OPEN and now >= found.closes_at,
        "may_open": keeps and found.state == Auction.State.CLOSED and person != found.asked_by,
        "waits": keeps and found.state == Auction.State.CLOSED and person == found.asked_by,
        "command": sales.command_line(found) if found.opened_at else "", "faults": {}, "typed": {}, "receipt": None, "uniform": found.rule == "uniform",
        **more,
    }  # fmt: skip


def result_table(found: Auction) -> Table:
    """The published result as it leaves."""
    columns = [Column(_("报价编号")), Column(_("竞买人")), Column(_("县区")), Column(_("报价"), unit=_("元"), kind="number", places=2),
               Column(_("数量"), kind="number"), Column(_("成交"), kind="number"), Column(_("单价"), unit=_("元"), kind="number", places=2)]  # fmt: skip
    rows = SealedBid.objects.filter(auction=found, opened=True, withdrawn_at=None).order_by("-price_fen", "pk")
    names = place.holder_names([one.bidder for one in rows])
    counties = dict(place.counties())
    lines: list[list[Any]] = [
        [one.pk, names[one.bidder], counties.get(one.county, one.county), Fraction(one.price_fen or 0, 100), one.quantity, one.filled, Fraction(one.paid_fen or 0, 100)]
        for one in rows
    ]  # fmt: skip
    words = [f"{found.title}：{_('成交')} {found.sold:,}，{_('价款')} {sales.yuan(found.due_fen or 0)} {_('元')}。"]
    return Table("auction_result", f"{found.pk} {found.title}", columns, lines, source=found.notice, words=words, level=2)


@require_POST
@needs(Role.ENTERPRISE)
def bid(request: HttpRequest, name: str) -> HttpResponse:
    """Take a sealed bid; its receipt is shown once."""
    found, who = _auction(name), standing(request)
    try:
        fen, quantity = parse_number(request.POST.get("price", "")) * 100, parse_number(request.POST.get("quantity", ""))
        if fen.denominator != 1 or quantity.denominator != 1:
            raise BadInput(_("单价最多两位小数，数量为整数"))
        kept, nonce = sales.place_bid(who, found, int(fen), int(quantity))
    except Refusal as refused:
        page = auction_page(found, who, faults={"bid": refused.message}, typed=request.POST)
        return render(request, "factors/auction.html", page, status=400)
    return render(request, "factors/auction.html", auction_page(found, who, receipt={"bid": kept, "nonce": nonce}))


@require_POST
@needs(Role.ENTERPRISE)
def withdraw(request: HttpRequest, name: str) -> HttpResponse:
    """Take one's own bid back."""
    found = _auction(name)
    try:
        sales.withdraw_bid(standing(request), found, request.POST.get("bid", ""))
    except Refusal as refused:
        return render(request, "factors/auction.html", auction_page(found, standing(request), faults={"bid": refused.message}), status=409)
    messages.success(request, _("已撤回报价。"))
    return redirect("factors:auction", name)


@require_POST
@OFFICERS
def open_bids(request: HttpRequest, name: str) -> HttpResponse:
    """The first person closes and publishes the seed, the second opens, clears and settles."""
    found, who = _auction(name), standing(request)
    if not sales.may_keep(who, found.pool):
        raise Http404
    try:
        if found.state == Auction.State.OPEN:
            sales.ask_to_open(who, found)
            messages.success(request, _("已截止并公布抽签种子，待第二人开标。"))
        else:
            done = sales.open_bids(who, found)
            messages.success(
                request, _("已开标：成交 %(sold)s，已入账。") % {"sold": f"{done.sold:,}"} if done.sold else _("已开标：无成交，流拍。")
            )
    except Refusal as refused:
        return render(request, "factors/auction.html", auction_page(_auction(name), who, faults={"open": refused.message}), status=409)
    return redirect("factors:auction", name)


@require_safe
@READERS
@recorded("export", "auction")
def file(request: HttpRequest, name: str, file: str) -> HttpResponse:  # noqa: ARG001  # the framework passes it
    """The published bids, or the result, as CSV."""
    found = _auction(name)
    if found.opened_at is None or file not in ("bids", "result"):
        raise Http404
    content = sales.published_bids(found) if file == "bids" else sales.published_result(found)
    return takeaway.download(content, f"{found.pk}-{file}.csv", "text/csv; charset=utf-8")
