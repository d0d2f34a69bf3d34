"""Pages of matching. Views choose and print; selectors read, services write; the matching itself runs in the worker."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunxing.desk import clock, takeaway
from yunxing.desk.dispatch.place import actor_of
from yunxing.desk.matching import credit, papers, selectors, services
from yunxing.desk.matching.models import Pair, Posting, Round
from yunxing.desk.matching.place import kind_asked, may_run, may_see_credit, rules
from yunxing.desk.people.access import me, needs
from yunxing.desk.people.models import Role
from yunxing.desk.people.recording import recorded
from yunxing.desk.room.shell import DESK_ROLES
from yunxing.desk.uploads import receive
from yunxing.engines.matching.kind import Kind, kept_rows
from yunxing.flows.make_matches import book_rows
from yunxing.io.books.read import read_bytes
from yunxing.values.errors import BadInput, Refusal

DESK = needs(*DESK_ROLES)
RUNNERS = needs(Role.COMMAND, Role.DEPARTMENT)
HANDLERS = needs(Role.COMMAND, Role.DEPARTMENT, Role.COUNTY, Role.ENTERPRISE)
WITH_FIRMS = needs(*DESK_ROLES, Role.ENTERPRISE)
FIRM = needs(Role.ENTERPRISE)
BOOKS = frozenset({"xlsx", "xls", "ods", "csv"})
REFUSED_HERE = (BadInput, Refusal)


def round_asked(name: str) -> tuple[Round, Kind]:
    """The round of an address with its kind; 404 for none."""
    found: Round | None = Round.objects.filter(pk=name).first()
    if found is None:
        raise Http404
    return found, kind_asked(found.kind)


def pair_asked(pk: int) -> tuple[Pair, Kind]:
    """The pair of an address with its kind, within the person's scope; 404 for none."""
    found: Pair | None = Pair.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found, kind_asked(found.kind)


@require_safe
@DESK
def home(request: HttpRequest) -> HttpResponse:
    """The kinds of matching with both sides, the newest round and what became of its pairs."""
    return render(request, "matching/home.html", {"cards": selectors.home(), "credit": may_see_credit(request)})


@require_safe
@DESK
def kind(request: HttpRequest, kind: str) -> HttpResponse:
    """A kind: its conditions and points, both sides' postings, its rounds; `?side=` names the side that leaves as a workbook."""
    found = kind_asked(kind)
    page = selectors.kind_page(found)
    side = request.GET.get("side", "need")
    page["may"] = may_run(request, found)
    return takeaway.page(
        request, "matching/kind.html", page, lambda: papers.postings_table(found, "offer" if side == "offer" else "need", clock.today())
    )


@require_POST
@RUNNERS
def act_on_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """Draw needs from the reports, take in a workbook of one side, or ask for a round."""
    found, act = kind_asked(kind), request.POST.get("act", "")
    if not may_run(request, found):
        raise Http404
    try:
        if act == "draw":
            messages.success(request, _("已从报表取得 %(n)s 项需求。") % {"n": services.draw(found)})
        elif act == "import":
            messages.success(request, _("已登记 %(n)s 条。") % {"n": _taken_in(request, found)})
        elif act == "ask":
            made = services.ask(found, me(request).username, request.POST.get("title", ""))
            return redirect("matching:round", made.pk)
        else:
            messages.error(request, _("没有这个操作。"))
    except REFUSED_HERE as refused:
        messages.error(request, refused.message)
    return redirect("matching:kind", found.id)


def _taken_in(request: HttpRequest, found: Kind) -> int:
    side, file = request.POST.get("side", ""), request.FILES.get("file")
    if side not in ("need", "offer") or file is None:
        raise BadInput(_("请选择需求或供给，并选择文件。"))
    received = receive(file, kinds=BOOKS)
    rows = kept_rows(found, "need" if side == "need" else "offer", book_rows(read_bytes(received.name, received.content)), received.name)
    return services.post(found, side, rows, read_from=received.name[:80])


@require_safe
@DESK
@recorded("view", "matching_round")
def round_(request: HttpRequest, name: str) -> HttpResponse:
    """A round: three assignments side by side, each need's shortlist with reasons, the chosen pairs."""
    one, found = round_asked(name)
    page = selectors.round_page(found, one, request.GET.dict())
    page["may"] = may_run(request, found)
    table = (lambda: papers.round_table(found, one)) if one.result else None
    return takeaway.page(request, "matching/round.html", page, table)


@require_POST
@RUNNERS
def act_on_round(request: HttpRequest, name: str) -> HttpResponse:
    """Choose an assignment with a reason, or open the case on what it left open."""
    one, found = round_asked(name)
    if not may_run(request, found):
        raise Http404
    try:
        if request.POST.get("act") == "choose":
            made = services.choose(one, request.POST.get("method", ""), request.POST.get("reason", ""), me(request).username)
            messages.success(request, _("已选定，%(n)s 对进入联系。") % {"n": made})
        elif request.POST.get("act") == "case":
            messages.success(request, _("已立项 %(case)s。") % {"case": services.open_case(one, actor_of(request))})
        else:
            messages.error(request, _("没有这个操作。"))
    except REFUSED_HERE as refused:
        messages.error(request, refused.message)
    return redirect("matching:round", name)


@require_safe
@WITH_FIRMS
@recorded("view", "matching_pair")
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """A pair: why it was made, every contact, what may be recorded next. An enterprise sees its own."""
    one, found = pair_asked(pk)
    page = selectors.pair_page(found, one)
    page["firm"] = request.standing.role == Role.ENTERPRISE  # type: ignore[attr-defined]
    page["may"] = request.standing.role != Role.ANALYST  # type: ignore[attr-defined]
    return render(request, "matching/pair.html", page)


@require_POST
@HANDLERS
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a contact, an outcome or a refusal with its reason."""
    one, found = pair_asked(pk)
    posted = request.POST
    try:
        day = selectors.day_of(posted.get("on", ""))
    except ValueError:
        messages.error(request, _("日期“%(text)s”不对，应如 2022-10-08。") % {"text": posted.get("on", "")})
        return redirect("matching:pair", pk)
    try:
        services.record(
            found, one, posted.get("step", ""), me(request).username, on=day, reason=posted.get("reason", ""), amount=posted.get("amount", ""), note=posted.get("note", ""),
        )  # fmt: skip
        messages.success(request, _("已记录：%(pair)s。") % {"pair": one})
    except REFUSED_HERE as refused:
        messages.error(request, refused.message)
    return redirect("matching:pair", pk)


@require_safe
@FIRM
def mine(request: HttpRequest) -> HttpResponse:
    """An enterprise's own suggestions and postings."""
    return render(request, "matching/mine.html", selectors.mine())


@require_http_methods(["GET", "POST"])
@FIRM
def post_own(request: HttpRequest, kind: str) -> HttpResponse:
    """An enterprise posts a need of its own; what is wrong is told beside what was typed."""
    found, trouble, status = kind_asked(kind), "", 200
    if request.method == "POST":
        try:
            posting = services.post_own(found, request.standing.post.unit, request.POST)  # type: ignore[attr-defined]
        except BadInput as refused:
            trouble, status = refused.message, 400
        else:
            messages.success(request, _("已登记：%(name)s。") % {"name": posting.name})
            return redirect("matching:mine")
    page = {"kind": selectors.titled(found), "fields": selectors.fields(found, request.POST), "trouble": trouble, "given": request.POST}
    return render(request, "matching/post_own.html", page, status=status)


@require_POST
@FIRM
def act_on_posting(request: HttpRequest, pk: int) -> HttpResponse:
    """The firm consents that its need is shown, takes its consent back, or withdraws what it posted."""
    posting: Posting | None = Posting.objects.filter(pk=pk).first()
    act = request.POST.get("act", "")
    if posting is None or act not in ("consent", "no_consent", "withdraw"):
        raise Http404
    if act == "withdraw":
        services.withdraw(posting, request.POST.get("reason", ""))
    else:
        services.consent(posting, given=act == "consent")
    messages.success(request, _("已记录：%(name)s。") % {"name": posting.name})
    return redirect("matching:mine")


@require_safe
@RUNNERS
@recorded("view", "credit_watch")
def credit_page(request: HttpRequest) -> HttpResponse:
    """Suspected withdrawals by named bank and firm, and the use of the facilities: for the command and the offices that watch credit alone. It leaves as no file."""
    if not may_see_credit(request):
        raise PermissionDenied
    return render(request, "matching/credit.html", credit.page())


@require_POST
@RUNNERS
def open_credit(request: HttpRequest) -> HttpResponse:
    """Open the case that asks a bank about one firm."""
    if not may_see_credit(request):
        raise Http404
    watched, wanted = services.watched(), request.POST.get("pair", "")
    names = credit.names_of(watched)
    one = next((row for row in (watched.found if watched else []) if f"{row.party}/{row.bank}" == wanted), None)
    if one is None or watched is None or rules().credit is None:
        raise Http404
    firm, unit = names.get(one.party, (one.party, ""))
    case = services.open_credit_case(one, watched.now, firm, unit, names.get(one.bank, (one.bank, ""))[0], actor_of(request))
    messages.success(request, _("已立项 %(case)s。") % {"case": case})
    return redirect("matching:credit")
