"""Pages of scenarios, alerts and orders. Views choose and print; selectors read, services write; a solver never runs here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunxing.desk import clock, takeaway
from yunxing.desk.contingency import alerts, papers, selectors, services
from yunxing.desk.contingency.models import Alert, Order, Plan
from yunxing.desk.contingency.place import KINDS, may_ask
from yunxing.desk.dispatch.place import actor_of
from yunxing.desk.people.access import me, needs, standing
from yunxing.desk.people.models import Role
from yunxing.desk.people.recording import recorded
from yunxing.desk.room.shell import DESK_ROLES
from yunxing.flows.order_sheets import sheet_docx, sheet_pdf
from yunxing.values.errors import BadInput, Refusal

DESK = needs(*DESK_ROLES)
ASKERS = needs(Role.COMMAND, Role.DEPARTMENT)
OFFICERS = needs(Role.COMMAND, Role.DEPARTMENT, Role.COUNTY)
WITH_FIRMS = needs(*DESK_ROLES, Role.ENTERPRISE)
ANSWERERS = needs(Role.COMMAND, Role.DEPARTMENT, Role.COUNTY, Role.ENTERPRISE)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def plan_asked(name: str) -> Plan:
    """The plan of an address; 404 for none."""
    found: Plan | None = Plan.objects.filter(pk=name).first()
    if found is None:
        raise Http404
    return found


def alert_asked(name: str) -> Alert:
    """The alert of an address; 404 for none."""
    found: Alert | None = Alert.objects.select_related("plan").filter(pk=name).first()
    if found is None:
        raise Http404
    return found


@require_safe
@DESK
def scenarios(request: HttpRequest) -> HttpResponse:
    """The kinds of scenarios, the plans held so far, the alerts, and what a row of daily means calls for."""
    page = selectors.home()
    page["may"] = {kind for kind in KINDS if may_ask(request, kind)}
    page["called"] = alerts.called(request.GET.get("aqi", ""), clock.today())
    return render(request, "contingency/scenarios.html", page)


def begun_from(plan: Plan, lock: list[str]) -> dict[str, Any]:
    """The conditions of a plan for the form, with the plan itself as the one to change as little of as can be, and some more enterprises to be left alone."""
    return {
        **plan.asked,
        "locked": sorted({*plan.asked.get("locked", ()), *lock}),
        "title": plan.title,
        **({"after": plan.pk} if plan.state == Plan.State.DONE else {}),
    }


@require_http_methods(["GET", "POST"])
@ASKERS
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask for a scenario; `?like=ID` begins with the conditions of another."""
    if kind not in KINDS or not may_ask(request, kind):
        raise Http404
    trouble, status = "", 200
    given = begun_from(plan_asked(request.GET["like"]), request.GET.getlist("lock")) if request.GET.get("like") else {}
    if request.method == "POST":
        try:
            plan = services.ask(kind, services.asked_of(kind, request.POST), me(request).username, request.POST.get("title", ""))
        except BadInput as refused:
            trouble, status, given = (
                refused.message,
                400,
                {**request.POST.dict(), **{name: request.POST.getlist(name) for name in ("tripped", "locked")}},
            )
        else:
            return redirect("contingency:scenario", plan.pk)
    page = {**selectors.form(kind, given), "trouble": trouble}
    return render(request, "contingency/new.html", page, status=status)


@require_safe
@DESK
@recorded("view", "scenario")
def scenario(request: HttpRequest, name: str) -> HttpResponse:
    """A scenario: its progress while it is solved, then its plan."""
    plan = plan_asked(name)
    page = selectors.page(plan, request.GET.getlist("beside"))
    page["may"] = may_ask(request, plan.kind)
    page["beside"] = request.GET.getlist("beside")
    table = (lambda: papers.table(plan)) if plan.result else None
    return takeaway.page(request, "contingency/scenario.html", page, table)


@require_POST
@ASKERS
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Sign and freeze a plan, open its case, or issue an alert that executes it."""
    plan = plan_asked(name)
    if not may_ask(request, plan.kind):
        raise Http404
    wanted, posted = request.POST.get("act", ""), request.POST
    try:
        if wanted == "freeze":
            services.freeze(plan, me(request).username)
            messages.success(request, _("方案 %(id)s 已签发冻结，预警期间照此执行。") % {"id": plan.pk})
        elif wanted == "case":
            case = services.open_case(plan, actor_of(request))
            messages.success(request, _("已立项 %(case)s。") % {"case": case})
        elif wanted == "issue":
            made = services.issue(plan, posted.get("level", ""), posted.get("basis", ""), me(request).username)
            messages.success(request, _("预警 %(id)s 已发布，指令已下达。") % {"id": made.pk})
            return redirect("contingency:alert", made.pk)
        else:
            messages.error(request, _("没有这个操作。"))
    except (BadInput, Refusal) as refused:
        messages.error(request, refused.message)
    return redirect("contingency:scenario", name)


@require_safe
@DESK
@recorded("export", "order_sheet")
def sheet(request: HttpRequest, name: str, party: str, form: str) -> HttpResponse:  # noqa: ARG001  # the decorators need it
    """The order sheet of one enterprise as Word or PDF."""
    plan = plan_asked(name)
    found = papers.sheet(plan, party)
    if found is None or form not in ("docx", "pdf"):
        raise Http404
    content = sheet_docx(found) if form == "docx" else sheet_pdf(found, papers.fonts_dir())
    return takeaway.download(content, f"{found.name}-{plan.pk}.{form}", DOCX if form == "docx" else "application/pdf")


@require_safe
@WITH_FIRMS
@recorded("view", "alert")
def alert(request: HttpRequest, name: str) -> HttpResponse:
    """An alert and its orders: an enterprise sees its own."""
    found = alert_asked(name)
    page = alerts.alert_page(found)
    page["may"] = may_ask(request, found.plan.kind)
    page["officer"] = standing(request).role in (Role.COMMAND, Role.DEPARTMENT, Role.COUNTY)
    page["firm"] = standing(request).role == Role.ENTERPRISE
    return render(request, "contingency/alert.html", page)


@require_POST
@ASKERS
def act_on_alert(request: HttpRequest, name: str) -> HttpResponse:
    """Change an alert's level or lift it."""
    found = alert_asked(name)
    if not may_ask(request, found.plan.kind):
        raise Http404
    try:
        if request.POST.get("act") == "lift":
            services.lift(found, request.POST.get("reason", ""))
            messages.success(request, _("预警 %(id)s 已解除。") % {"id": found.pk})
        else:
            changed = services.change_level(found, request.POST.get("level", ""), request.POST.get("reason", ""))
            messages.success(request, _("级别已调整，%(n)s 户指令有变化，其余不变。") % {"n": changed})
    except (BadInput, Refusal) as refused:
        messages.error(request, refused.message)
    return redirect("contingency:alert", name)


@require_POST
@ANSWERERS
def act_on_order(request: HttpRequest, name: str, party: str) -> HttpResponse:
    """Acknowledge an order, or record its check. An enterprise acknowledges its own and checks nothing."""
    order: Order | None = Order.objects.select_related("alert").filter(alert_id=name, party=party).first()
    wanted = request.POST.get("act", "")
    firm = standing(request).role == Role.ENTERPRISE
    if order is None or (firm and wanted != "acknowledge"):
        raise Http404
    text = request.POST.get("actual", "").strip()
    if text and not text.isdecimal():
        messages.error(request, _("实减应为非负整数，现为“%(text)s”。") % {"text": text})
        return redirect("contingency:alert", name)
    try:
        services.answer(
            order, wanted, actual=int(text) if text else None, basis=request.POST.get("basis", ""), note=request.POST.get("note", "")
        )
        messages.success(request, _("已记录：%(name)s。") % {"name": order.name})
    except (BadInput, Refusal) as refused:
        messages.error(request, refused.message)
    return redirect("contingency:alert", name)
