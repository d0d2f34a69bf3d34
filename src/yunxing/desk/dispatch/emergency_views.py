"""Pages of emergency mode: declared modes, one mode, passes, and the check of a pass that anyone may make."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunxing.desk.dispatch import emergency, services
from yunxing.desk.dispatch.models import Mode, VehiclePass
from yunxing.desk.dispatch.place import actor_of, desk_day, emergency_rules, is_command
from yunxing.desk.dispatch.views import DESK, OFFICERS
from yunxing.desk.people.access import any_account, needs
from yunxing.desk.people.access import standing as standing_now
from yunxing.desk.people.models import Role
from yunxing.desk.people.recording import recorded
from yunxing.desk.reporting.models import Party
from yunxing.desk.room.figures import pick
from yunxing.desk.room.shell import DESK_ROLES
from yunxing.desk.scoping import current_scope
from yunxing.io import pass_codes
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.scope import ALL

COMMAND = needs(Role.COMMAND)
APPLICANTS = needs(Role.COMMAND, Role.DEPARTMENT, Role.COUNTY, Role.ENTERPRISE)
READERS = needs(*DESK_ROLES, Role.ENTERPRISE)


def mode_asked(name: str) -> Mode:
    """The mode of an address; 404 for none."""
    found: Mode | None = Mode.objects.filter(pk=name).first()
    if found is None:
        raise Http404
    return found


@require_safe
@DESK
def home(request: HttpRequest) -> HttpResponse:
    """Whether emergency mode is on, and the modes before."""
    day = desk_day()
    rows = [emergency.mode_row(one, day) for one in Mode.objects.all()]
    kinds = [
        {"id": one.id, "title": pick(one.title, one.title_en), "bases": one.bases, "longest": one.longest_days}
        for one in emergency_rules().mode
    ]
    page = {
        "rows": rows,
        "on": [one for one in rows if one["on"]],
        "kinds": kinds,
        "day": day,
        "command": is_command(request),
        "rules": emergency_rules().emergency,
    }
    return render(request, "dispatch/emergency.html", page)


@require_POST
@COMMAND
def declare(request: HttpRequest) -> HttpResponse:
    """Declare a mode."""
    wrong: dict[str, str] = {}
    posted = request.POST
    first = services.day_of(posted.get("first", ""), desk_day(), wrong, "first")
    last = services.day_of(posted.get("last", ""), first, wrong, "last")
    try:
        refuse_any(wrong)
        made = emergency.declare(actor_of(request), posted.get("kind", ""), posted.get("basis", ""), first, last, posted.get("words", ""))
    except (BadInput, Refusal) as refused:
        messages.error(request, refused.message)
        return redirect("dispatch:emergency")
    messages.success(request, _("已宣布，%(last)s 到期自动解除。") % {"last": made.last})
    return redirect("dispatch:mode", made.id)


@require_safe
@READERS
@recorded("view", "emergency")
def mode(request: HttpRequest, mode: str) -> HttpResponse:
    """One mode."""
    found = mode_asked(mode)
    page = emergency.mode_page(found, command=is_command(request))
    page["officer"] = standing_now(request).role in (Role.COMMAND, Role.DEPARTMENT, Role.COUNTY)
    page["firms"] = [(one.id, str(one)) for one in Party.objects.filter(kind="enterprise").order_by("name")[:400]] if page["on"] else []
    return render(request, "dispatch/mode.html", page)


@require_POST
@COMMAND
def end(request: HttpRequest, mode: str) -> HttpResponse:
    """End a mode."""
    found = mode_asked(mode)
    try:
        emergency.end(actor_of(request), found, desk_day(), request.POST.get("reason", ""))
        messages.success(
            request, _("应急状态 %(id)s 已解除；个人信息将于 %(day)s 前删除。") % {"id": found.id, "day": emergency.clears_on(found)}
        )
    except (BadInput, Refusal) as refused:
        messages.error(request, refused.message)
    return redirect("dispatch:mode", mode)


def firm_asked(request: HttpRequest) -> Party:
    """The firm of the form, one the person sees; an enterprise's clerk means his own."""
    scope = current_scope()
    given = request.POST.get("party", "") or (next(iter(scope.parties), "") if scope.parties is not ALL else "")
    firm: Party | None = Party.objects.filter(pk=given, kind="enterprise").first()
    if firm is None:
        raise BadInput(_("请从名录中选择企业。"))
    return firm


@require_POST
@OFFICERS
def firms(request: HttpRequest, mode: str) -> HttpResponse:
    """Put a firm on the white list, or say how it runs on a day."""
    found, posted = mode_asked(mode), request.POST
    try:
        firm = firm_asked(request)
        if posted.get("act") == "white":
            emergency.list_firm(found, firm, posted.get("document", ""))
        else:
            wrong: dict[str, str] = {}
            day = services.day_of(posted.get("day", ""), desk_day(), wrong, "day")
            numbers = {name: number_of(posted.get(name, ""), wrong, name) for name in ("needed", "present", "stock", "use")}
            needed, present = numbers["needed"], numbers["present"]
            if needed is None or present is None:
                wrong.setdefault("needed", _("请填写应到岗和已到岗人数。"))
            refuse_any(wrong)
            supply = (posted.get("supply", "").strip(), numbers["stock"], numbers["use"])
            emergency.report_operation(found, firm, day, posted.get("running", ""), (needed or 0, present or 0), supply)
        messages.success(request, _("已登记：%(firm)s。") % {"firm": firm})
    except (BadInput, Refusal) as refused:
        messages.error(request, refused.message)
    return redirect("dispatch:mode", mode)


def refuse_any(wrong: dict[str, str]) -> None:
    """One refusal that tells everything that was typed wrongly."""
    if wrong:
        raise BadInput("；".join(wrong.values()))


def number_of(text: str, wrong: dict[str, str], name: str) -> int | None:
    """A typed whole number; None for nothing."""
    plain = text.strip().replace(",", "")
    if not plain:
        return None
    if not plain.isdecimal():
        wrong[name] = _("“%(text)s”不是整数") % {"text": text}
        return None
    return int(plain)


@require_http_methods(["GET", "POST"])
@APPLICANTS
def new_pass(request: HttpRequest, mode: str) -> HttpResponse:
    """Apply for a pass."""
    found = mode_asked(mode)
    faults: dict[str, str] = {}
    posted, day = request.POST, desk_day()
    if request.method == "POST":
        first = services.day_of(posted.get("first", ""), day, faults, "first")
        last = services.day_of(posted.get("last", ""), first, faults, "last")
        try:
            if not faults:
                made = emergency.apply_for_pass(
                    found, firm_asked(request), plate=posted.get("plate", ""), driver=posted.get("driver", ""), phone=posted.get("phone", ""),
                    route=posted.get("route", ""), goods=posted.get("goods", ""), first=first, last=last, tested=emergency.instant_of(posted.get("tested", "")),
                )  # fmt: skip
                messages.success(
                    request, _("已申请，证号 %(n)s；%(h)s 小时内办理。") % {"n": made.number, "h": emergency_rules().emergency.pass_hours}
                )
                return redirect("dispatch:pass", made.number)
        except (BadInput, Refusal) as refused:
            faults["pass"] = refused.message
    kind = emergency.kind_of(found)
    scope = current_scope()
    parties = [(one.id, str(one)) for one in Party.objects.filter(kind="enterprise").order_by("name")[:400]]
    page = {"mode": found, "kind": kind, "faults": faults, "typed": posted, "day": day, "parties": parties, "own": scope.parties is not ALL}
    return render(request, "dispatch/new_pass.html", page, status=400 if faults else 200)


def pass_asked(number: str) -> VehiclePass:
    """The pass of an address as the person may see it; 404 for none."""
    found: VehiclePass | None = VehiclePass.objects.select_related("mode").filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def sees_whole(request: HttpRequest, one: VehiclePass) -> bool:
    """Whether the person sees plate and driver unmasked: the command, the firm's county, the firm itself."""
    scope = current_scope()
    return is_command(request) or (scope.units is not ALL and scope.sees_party(one.party, one.unit))


@require_safe
@READERS
@recorded("view", "pass")
def vehicle_pass(request: HttpRequest, number: str) -> HttpResponse:
    """One pass, to be printed."""
    found = pass_asked(number)
    page = emergency.pass_page(found, whole=sees_whole(request, found))
    page["may_issue"] = standing_now(request).role in (Role.COMMAND, Role.COUNTY)
    return render(request, "dispatch/pass.html", page)


@require_POST
@needs(Role.COMMAND, Role.COUNTY)
def issue(request: HttpRequest, number: str) -> HttpResponse:
    """Issue, refuse or revoke a pass."""
    found = pass_asked(number)
    try:
        done = emergency.issue(actor_of(request), found, refuse=request.POST.get("refuse", ""))
        messages.success(request, _("证号 %(n)s：%(s)s。") % {"n": done.number, "s": emergency.STATES()[done.state]})
    except (BadInput, Refusal) as refused:
        messages.error(request, refused.message)
    return redirect("dispatch:pass", number)


@require_safe
@READERS
def code(request: HttpRequest, number: str) -> HttpResponse:
    """The QR code of an issued pass as a picture, for who may see the pass whole."""
    found = pass_asked(number)
    if found.state != "issued" or not found.code or not sees_whole(request, found):
        raise Http404
    return HttpResponse(pass_codes.drawn(found.code), content_type="image/svg+xml")


@require_http_methods(["GET", "POST"])
@any_account
def verify(request: HttpRequest) -> HttpResponse:
    """Check the text of a code: genuine or not, and for which days. Nothing of it is kept."""
    page: dict[str, object] = {"typed": request.POST.get("code", ""), "day": desk_day()}
    status = 200
    if request.method == "POST":
        try:
            page["found"] = emergency.checked(request.POST.get("code", ""), desk_day())
        except BadInput as refused:
            page["refused"], status = refused.message, 400
    return render(request, "dispatch/verify.html", page, status=status)
