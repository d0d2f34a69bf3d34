"""The owners' page of an ad hoc request: only what nobody has reported yet, a box for each, nothing that tells what to write in it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yunxing.desk import clock
from yunxing.desk.people.access import needs
from yunxing.desk.people.access import standing as standing_now
from yunxing.desk.people.models import Role
from yunxing.desk.reporting import adhoc, adhoc_services, in_force
from yunxing.desk.reporting.adhoc_models import AdhocGap, AdhocRequest
from yunxing.desk.scoping import acting_as_system, current_scope
from yunxing.values.errors import BadInput
from yunxing.values.period import parse_period

ANSWERS = needs(Role.COMMAND, Role.DEPARTMENT, Role.COUNTY, Role.ENTERPRISE)


def asked_of_me(pk: str) -> tuple[AdhocRequest, list[AdhocGap]]:
    """A request in which the person owns figures, with those figures."""
    scope = current_scope()
    mine = [
        gap
        for gap in AdhocGap.objects.filter(request=pk)
        if scope.sees_party(gap.party, gap.unit) or (scope.sees_unit(gap.unit) and gap.party == gap.unit)
    ]
    if not mine:
        raise Http404
    with acting_as_system("adhoc"):
        return AdhocRequest.objects.get(pk=pk), mine


@require_http_methods(["GET", "HEAD", "POST"])
@ANSWERS
def answer(request: HttpRequest, pk: str) -> HttpResponse:
    """The owner's page: only what nobody has reported yet, a box for each, nothing that tells what to write in it."""
    one, mine = asked_of_me(pk)
    trouble: dict[int, str] = {}
    if request.method == "POST":
        given = {gap.pk: value for gap in mine if (value := request.POST.get(f"gap-{gap.pk}", "").strip())}
        notes = {gap.pk: request.POST.get(f"note-{gap.pk}", "").strip() for gap in mine}
        try:
            count = adhoc_services.answer(one, given, notes, person=standing_now(request).user, scope=current_scope())
        except BadInput as refusal:
            trouble = {
                int(fault.place.removeprefix("gap-")): f"“{fault.found}”：{fault.why or _('应为')}{fault.expected}"
                for fault in refusal.faults
            }
        else:
            messages.success(request, _("已提交 %(n)s 个数。") % {"n": count})
            return redirect("adhoc:answer", pk)
    with acting_as_system("adhoc"):
        ask = adhoc.stored_ask(one)
    titles = {f"{c.form}.{c.item.id}.{role}.{c.as_reported}": c for c in ask.columns for role in c.roles}
    names = party_names(mine)
    boxes = []
    for gap in mine:
        column = titles[gap.column]
        side = _("（上年同期）") if gap.column.split(".")[2] == "last_year_restated" else ""
        boxes.append(
            {
                "gap": gap, "title": column.item.title + side, "unit": column.item.unit, "party": names.get(gap.party, gap.party), "help": column.item.help,
                "value": request.POST.get(f"gap-{gap.pk}", "") if trouble else gap.answer, "note": gap.note, "trouble": trouble.get(gap.pk, ""),
            }
        )  # fmt: skip
    page = {
        "one": one,
        "period": parse_period(one.period).label("zh"),
        "boxes": boxes,
        "trouble": trouble,
        "open": one.state == AdhocRequest.State.OPEN,
        "late": adhoc_services.late(one, clock.now()),
    }
    return render(request, "reporting/request_answer.html", page, status=400 if trouble else 200)


def party_names(mine: list[AdhocGap]) -> dict[str, str]:
    """The names of the parties and units asked about."""
    from yunxing.desk.reporting.models import Party

    found = {str(party.pk): str(party.name) for party in Party.objects.filter(pk__in={gap.party for gap in mine})}
    return {**in_force.units(), **found}
