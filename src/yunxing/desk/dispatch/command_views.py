"""The command page and what belongs to it: progress, slips, talks, meetings, liaison."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunxing.desk.dispatch import command, command_services, services
from yunxing.desk.dispatch.models import Meeting
from yunxing.desk.dispatch.place import actor_of, command_rules, desk_day, is_command, office_name, unit_name
from yunxing.desk.dispatch.views import DESK, OFFICERS
from yunxing.desk.people.access import needs
from yunxing.desk.people.models import Role
from yunxing.desk.people.recording import recorded
from yunxing.desk.reporting.models import Party
from yunxing.desk.room.shell import board_of, pack_in_force
from yunxing.desk.scoping import current_scope
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.period import Month, Quarter, parse_month, parse_period
from yunxing.values.scope import ALL

COMMAND = needs(Role.COMMAND)
ROWS = 6


def month_asked(request: HttpRequest, name: str = "m") -> Month:
    """The month of the address: `m`, else the period of the page, else the newest closed month; 404 for no month."""
    typed = request.GET.get(name) or request.POST.get(name) or request.GET.get("p", "")
    try:
        if typed:
            return parse_month(typed)
    except BadInput as wrong:
        raise Http404 from wrong
    board = board_of()
    return Month.of(board.month.end) if board else Month.of(desk_day()).previous()


def own_office() -> str:
    """The office the person acts for; empty for the command, which may name one."""
    scope = current_scope()
    if scope.offices is ALL:
        return ""
    return next(iter(sorted(scope.offices)), "")


@require_safe
@DESK
def home(request: HttpRequest) -> HttpResponse:
    """The command page: duties of a month by office, the loop, slips, meetings."""
    office = request.GET.get("office", "") or own_office()
    page = command.command_page(month_asked(request), office, current_scope(), command=is_command(request))
    page["measures_of"] = [one.number for one in pack_in_force().measures if office in one.offices]
    return render(request, "dispatch/command.html", page)


@require_http_methods(["GET", "POST"])
@OFFICERS
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """Report progress on a measure: one paragraph, a difficulty, a request."""
    month = month_asked(request)
    measure = next((one for one in pack_in_force().measures if one.number == number), None)
    if measure is None:
        raise Http404
    asked = request.POST.get("office", "") or request.GET.get("office", "")
    own = own_office() or (asked if asked in measure.offices else "")
    office = own or (measure.lead or measure.offices[0] if is_command(request) else "")
    faults: dict[str, str] = {}
    if request.method == "POST":
        report = command_services.Report(request.POST.get("words", ""), request.POST.get("difficulty", ""), request.POST.get("request", ""))
        if office not in measure.offices:
            faults["office"] = _("您所在单位不是这一条的责任单位：%(who)s。") % {
                "who": "、".join(office_name(one) for one in measure.offices)
            }
        else:
            try:
                command_services.report_progress(actor_of(request), number, office, month, report)
                messages.success(request, _("第 %(n)s 条进展已报送。") % {"n": number})
                return redirect(f"{reverse('dispatch:command')}?m={month.code}")
            except (BadInput, Refusal) as refused:
                faults["words"] = refused.message
    page = command.progress_page(number, month, office)
    assert page is not None  # the measure is there
    page |= {
        "faults": faults,
        "typed": request.POST,
        "offices": [(one, office_name(one)) for one in measure.offices],
        "may": office in measure.offices,
    }
    return render(request, "dispatch/progress.html", page, status=400 if faults else 200)


@require_POST
@COMMAND
def slip(request: HttpRequest) -> HttpResponse:
    """Send a slip to an office."""
    month = month_asked(request)
    office = request.POST.get("office", "")
    if office not in pack_in_force().offices:
        raise Http404
    answer = command_services.send_slip(actor_of(request), office, request.POST.get("colour", ""), request.POST.get("about", ""), month)
    messages.success(request, _("督办单已发给%(who)s，5 个工作日内答复。") % {"who": office_name(office)})
    return redirect("dispatch:item", answer.case)


@require_safe
@DESK
def talks(request: HttpRequest) -> HttpResponse:
    """Proposals for the quarterly talk."""
    page = command.talks_page(quarter_asked(request))
    page["command"] = is_command(request)
    return render(request, "dispatch/talks.html", page)


def quarter_asked(request: HttpRequest) -> Quarter:
    """The quarter of the address, else that of the newest closed month."""
    typed = request.GET.get("q") or request.POST.get("q", "")
    if typed:
        try:
            found = parse_period(typed)
        except BadInput as wrong:
            raise Http404 from wrong
        if not isinstance(found, Quarter):
            raise Http404
        return found
    return command.quarter_of(month_asked(request))


@require_POST
@COMMAND
def decide(request: HttpRequest) -> HttpResponse:
    """Decide on a talk: with whom, or none and why."""
    quarter = quarter_asked(request)
    subject, outcome = request.POST.get("subject", ""), request.POST.get("outcome", "")
    known = {unit.id for unit in pack_in_force().regions.units} | set(pack_in_force().offices) | {command_services.NONE}
    if subject not in known or outcome not in ("talk", "none"):
        raise Http404
    unit = subject if unit_name(subject) else ""
    try:
        command_services.decide_talk(
            actor_of(request), quarter, subject, outcome, request.POST.get("reason", ""), triggers=request.POST.get("triggers", "")[:1000], unit=unit,
            name=unit_name(subject) or office_name(subject),
        )  # fmt: skip
        messages.success(request, _("已记录。"))
    except (BadInput, Refusal) as refused:
        messages.error(request, refused.message)
    return redirect(f"{reverse('dispatch:talks')}?q={quarter.code}")


@require_http_methods(["GET", "POST"])
@DESK
def meetings(request: HttpRequest) -> HttpResponse:
    """The command's meetings; the command writes a new one with what it decided."""
    faults: dict[str, str] = {}
    if request.method == "POST":
        if not is_command(request):
            raise Http404
        made = meeting_of(request, faults)
        if made is not None:
            messages.success(request, _("纪要已存，议定事项已交办。"))
            return redirect("dispatch:meeting", made.id)
    page = {
        "meetings": [{"meeting": one, "items": command.meeting_items(one)} for one in Meeting.objects.all()[:30]],
        "faults": faults,
        "typed": request.POST,
        "rows": range(1, ROWS + 1),
        "offices": [(code, office_name(code)) for code, one in pack_in_force().offices.items() if one.kind in ("city", "command")],
        "units": [(one.id, unit_name(one.id)) for one in pack_in_force().regions.units],
        "day": desk_day(),
        "command": is_command(request),
    }
    return render(request, "dispatch/meetings.html", page, status=400 if faults else 200)


def meeting_of(request: HttpRequest, faults: dict[str, str]) -> Meeting | None:
    """The meeting of the form; None with `faults` filled."""
    posted = request.POST
    held_on = services.day_of(posted.get("held_on", ""), desk_day(), faults, "held_on")
    matters = []
    for n in range(1, ROWS + 1):
        what = posted.get(f"what_{n}", "").strip()
        if not what:
            continue
        who = posted.get(f"who_{n}", "")
        unit = who if unit_name(who) else ""
        if not who:
            faults[f"who_{n}"] = _("第 %(n)s 项没有责任单位。") % {"n": n}
        due = services.day_of(posted.get(f"due_{n}", ""), held_on + dt.timedelta(days=14), faults, f"due_{n}")
        matters.append(command_services.Matter(what, command_rules().rules.office if unit else who, due, unit))
    if faults:
        return None
    try:
        return command_services.hold_meeting(
            actor_of(request), posted.get("title", ""), held_on, posted.get("chair", ""), posted.get("words", ""), matters
        )
    except BadInput as refused:
        faults["meeting"] = refused.message
        return None


@require_safe
@DESK
def meeting(request: HttpRequest, name: str) -> HttpResponse:
    """One meeting: minutes and what became of each matter."""
    found = Meeting.objects.filter(pk=name).first()
    if found is None:
        raise Http404
    return render(request, "dispatch/meeting.html", {"meeting": found, "items": command.meeting_items(found)})


@require_http_methods(["GET", "POST"])
@DESK
@recorded("view", "liaison")
def liaison(request: HttpRequest) -> HttpResponse:
    """Every key firm's contact and visits; an officer logs a visit, the command appoints contacts."""
    faults: dict[str, str] = {}
    if request.method == "POST":
        firm = Party.objects.filter(pk=request.POST.get("party", ""), kind="enterprise").first()
        if firm is None:
            raise Http404
        try:
            write_liaison(request, firm, faults)
        except (BadInput, Refusal) as refused:
            faults["words"] = refused.message
        if not faults:
            messages.success(request, _("已登记：%(firm)s。") % {"firm": firm})
            return redirect("dispatch:liaison")
    page = command.liaison_page(request.GET.get("unit", ""), request.GET.get("q", "").strip())
    page |= {"faults": faults, "typed": request.POST, "command": is_command(request)}
    return render(request, "dispatch/liaison.html", page, status=400 if faults else 200)


def write_liaison(request: HttpRequest, firm: Party, faults: dict[str, str]) -> None:
    """A visit, or a new contact."""
    posted, actor = request.POST, actor_of(request)
    office = own_office() or actor.unit
    on = services.day_of(posted.get("on", ""), desk_day(), faults)
    if faults:
        return
    if posted.get("act") == "appoint":
        if not is_command(request):
            raise Http404
        command_services.appoint(
            actor, firm.id, firm.unit, posted.get("leader", ""), posted.get("officer", ""), posted.get("office", "") or office, on
        )
        return
    command_services.log_visit(
        actor, firm.id, firm.unit, office, on, posted.get("words", ""), posted.get("next_step", ""), posted.get("visitor", "")
    )
