"""Pages of the chains. Views choose and print; selectors read, services write."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yunxing.desk import takeaway
from yunxing.desk.chain import maps, papers, selectors, services, stops
from yunxing.desk.dispatch.place import actor_of
from yunxing.desk.people.access import needs
from yunxing.desk.people.models import Role
from yunxing.desk.people.recording import recorded
from yunxing.desk.room.chain_net import chains_now, sees
from yunxing.desk.room.shell import DESK_ROLES
from yunxing.flows.read_chains import ReadChains
from yunxing.values.errors import BadInput, Refusal

DESK = needs(*DESK_ROLES)
OPENERS = needs(Role.COMMAND, Role.DEPARTMENT)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAPERS = {"docx": DOCX, "pdf": "application/pdf"}


def asked(key: str) -> ReadChains:
    """The chains, when there is one of that id; 404 for none."""
    read = chains_now()
    if read is None or key not in read.rules.chains:
        raise Http404
    return read


@require_safe
@DESK
def chains(request: HttpRequest) -> HttpResponse:
    """Every chain in one line: who leads it, how many firms, how much is bought in the city, where it is missing or weak."""
    read = chains_now()
    page = selectors.home(read)
    table = (lambda: papers.overview(page)) if read is not None else None
    return takeaway.page(request, "chain/chains.html", page, table)


@require_safe
@DESK
@recorded("view", "chain")
def chain(request: HttpRequest, key: str) -> HttpResponse:
    """One chain: its map, its segments, its N lists. `?as=xlsx` is the workbook with a sheet for each list."""
    read = asked(key)
    page = selectors.chain_page(read, key)
    if request.GET.get("as") == "xlsx":
        return takeaway.answer_book(request, papers.cover(read, page), papers.sheets(read, page))
    page |= {"may": services.may_open(request, read), "map": maps.chain_map(read, key)}
    return takeaway.page(request, "chain/chain.html", page, lambda: papers.cover(read, page))


@require_safe
@DESK
@recorded("export", "chain")
def paper(request: HttpRequest, key: str, form: str) -> HttpResponse:  # noqa: ARG001  # the decorators need it
    """The chain's lists as a document: Word or PDF."""
    if form not in PAPERS:
        raise Http404
    read = asked(key)
    content, name = papers.document(read, selectors.chain_page(read, key), form)
    return takeaway.download(content, f"{name}.{form}", PAPERS[form])


@require_safe
@DESK
def ask(request: HttpRequest, key: str) -> HttpResponse:
    """From the form to the address of the answer: a firm by its id or its name."""
    read = asked(key)
    given = request.GET.get("firm", "").strip()
    firm = selectors.firm_named(read, given)
    if firm is None:
        messages.error(request, _("链上没有您能查看的企业“%(text)s”，请从列表中选择。") % {"text": given})
        return redirect("chain:chain", key)
    kept = {name: request.GET[name] for name in ("days", "for", "stocks") if request.GET.get(name)}
    return redirect(reverse("chain:stop", args=[key, firm]) + (f"?{urlencode(kept)}" if kept else ""))


@require_safe
@DESK
@recorded("view", "chain_stop")
def stop(request: HttpRequest, key: str, firm: str) -> HttpResponse:
    """If this firm stops: who is hit on which day, who could step in. A firm that the person may not see does not exist."""
    read = asked(key)
    if firm not in read.network.index or not sees(read, firm):
        raise Http404
    page, status = {}, 200
    try:
        page = stops.stop_page(read, key, firm, request.GET)
    except BadInput as refused:
        page, status = {**stops.stop_page(read, key, firm, {}), "trouble": refused.message}, 400
    page["may"] = services.may_open(request, read)
    if request.GET.get("as"):
        return takeaway.page(request, "chain/stop.html", page, lambda: papers.hits(read, page))
    return render(request, "chain/stop.html", {**page, "takeaway": True}, status=status)


@require_POST
@OPENERS
def case(request: HttpRequest, key: str) -> HttpResponse:
    """Open the case of a row: a missing or weak link, a bottleneck, what a stop would do."""
    read = asked(key)
    if not services.may_open(request, read):
        raise Http404
    back = request.POST.get("firm", "")
    try:
        done = services.open_case(read, key, request.POST.get("sheet", ""), request.POST.get("row", ""), actor_of(request))
    except (BadInput, Refusal) as refused:
        messages.error(request, refused.message)
        return redirect("chain:stop", key, back) if back in read.network.index else redirect("chain:chain", key)
    messages.success(request, _("已立项 %(case)s。") % {"case": done})
    return redirect("casework:case", done)
