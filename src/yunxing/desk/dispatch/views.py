"""Boards, items, activities and promised papers. Views choose and print; selectors read, services write."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunxing.desk.casework.models import Case
from yunxing.desk.dispatch import activities as activity_pages
from yunxing.desk.dispatch import panels, selectors, services
from yunxing.desk.dispatch.models import Evidence
from yunxing.desk.dispatch.place import actor_of, desk_day, is_command, office_name, roles_towards, unit_name, walked
from yunxing.desk.people.access import needs
from yunxing.desk.people.models import Role
from yunxing.desk.people.recording import recorded
from yunxing.desk.room.figures import pick
from yunxing.desk.room.shell import DESK_ROLES, pack_in_force
from yunxing.desk.scoping import current_scope
from yunxing.engines.dispatch.definition import By, Pipeline
from yunxing.engines.dispatch.table import UPDATE
from yunxing.flows.walk_item import Given
from yunxing.values.digest import digits
from yunxing.values.errors import BadInput
from yunxing.values.scope import ALL

DESK = needs(*DESK_ROLES)
OFFICERS = needs(Role.COMMAND, Role.DEPARTMENT, Role.COUNTY)


def asked(kind: str, name: str) -> Pipeline:
    """The pipeline of an address; 404 when the pack has none."""
    found = selectors.pipeline_of(kind, name)
    if found is None:
        raise Http404
    return found


def item_asked(case: str) -> tuple[Case, Pipeline]:
    """The item of an address as the person may see it; what he may not see does not exist."""
    found = Case.objects.filter(pk=case).first()
    pipeline = walked().get(found.definition) if found else None
    if found is None or pipeline is None:
        raise Http404
    return found, pipeline


def roles_of(request: HttpRequest, case: Case) -> set[By]:
    """What the person is towards the item."""
    return roles_towards(case.lead, case.unit, command=is_command(request))


def choice_of(request: HttpRequest) -> selectors.Choice:
    """What the address narrows a board to."""
    page = request.GET.get("page", "1")
    return selectors.Choice(
        request.GET.get("stage", ""),
        request.GET.get("unit", ""),
        request.GET.get("q", "").strip(),
        request.GET.get("late", "") == "1",
        int(page) if page.isdecimal() and int(page) > 0 else 1,
        request.GET.get("still", "") == "1",
    )


@require_safe
@DESK
def pipelines(request: HttpRequest) -> HttpResponse:
    """All pipelines by measure."""
    office = request.GET.get("office", "")
    owners = sorted({one.owner for one in walked().values() if one.kind == "pipeline"}, key=list(pack_in_force().offices).index)
    page = {
        "cards": selectors.overview(office),
        "offices": [(one, office_name(one)) for one in owners],
        "chosen": office,
        "day": desk_day(),
    }
    return render(request, "dispatch/pipelines.html", page)


@require_safe
@DESK
def board(request: HttpRequest, name: str) -> HttpResponse:
    """One pipeline's board."""
    pipeline = asked("pipeline", name)
    page = selectors.board(pipeline, choice_of(request))
    page["panel"] = panels.panel_of(pipeline)
    page["may_open"] = may_open(request, pipeline)
    return render(request, "dispatch/board.html", page)


@require_safe
@DESK
def activity(request: HttpRequest, name: str) -> HttpResponse:
    """One kind of activity as a board."""
    pipeline = asked("activity", name)
    page = selectors.board(pipeline, choice_of(request))
    page["may_open"] = may_open(request, pipeline)
    return render(request, "dispatch/board.html", page)


@require_safe
@DESK
def activities(request: HttpRequest) -> HttpResponse:
    """All activities: the months, counts by office, months without one, what is planned next."""
    return render(request, "dispatch/activities.html", activity_pages.activities_page(request.GET.get("office", "")))


@require_safe
@DESK
def papers(request: HttpRequest) -> HttpResponse:
    """Papers the city promised to issue."""
    return render(request, "dispatch/papers.html", activity_pages.papers_page())


@require_POST
@OFFICERS
def propose_tiers(request: HttpRequest) -> HttpResponse:
    """Open an item for every firm of one's area whose newest report misses workers, by the tiers of the pack; a firm with an open one is left out."""
    pipeline = asked("pipeline", "labour_tier")
    if not may_open(request, pipeline):
        raise Http404
    opened_now = services.tiers_from_reports(pipeline, actor_of(request), panels.shortages(pipeline))
    messages.success(request, _("已按最近一期报表立项 %(n)s 户。") % {"n": opened_now})
    return redirect("dispatch:board", "labour_tier")


@require_safe
@DESK
@recorded("view", "item")
def item(request: HttpRequest, case: str) -> HttpResponse:
    """One item with its ribbon, its next step and its history."""
    return item_page(request, case)


def item_page(request: HttpRequest, case: str, answer: services.Answer | None = None, status: int = 200) -> HttpResponse:
    """The item's page, with what was refused when an act was."""
    found, _pipeline = item_asked(case)
    page = selectors.item(found, roles_of(request, found))
    if page is None:
        raise Http404
    page["faults"] = answer.faults if answer else {}
    page["lost"] = answer.lost if answer else ""
    page["party_name"] = panels.party_name(found.party)
    page["party_href"] = panels.party_href(found.party)
    page["extra"] = panels.item_panel(page["pipeline"], found)
    return render(request, "dispatch/pipeline_item.html", page, status=status)


@require_POST
@OFFICERS
def step(request: HttpRequest, case: str) -> HttpResponse:
    """Take a step of an item; what is missing is told beside the form."""
    found, pipeline = item_asked(case)
    roles = roles_of(request, found)
    name = request.POST.get("step", "")
    asked_for = {one.id for one in pipeline.fields} if name == UPDATE else None
    fields, wrong = services.typed_fields(pipeline, request.POST, asked_for)
    on = services.day_of(request.POST.get("on", ""), desk_day(), wrong)
    if not roles:
        wrong["by"] = _("此事项由%(who)s办理，您只能查看。") % {"who": office_name(found.lead)}
    if wrong:
        return item_page(request, case, services.Answer(case, wrong), 400)
    try:
        papers_given = services.keep_papers(request.FILES.getlist("paper"))
    except BadInput as refused:
        return item_page(request, case, services.Answer(case, {"evidence": refused.message}), 400)
    given = Given(on, fields, request.POST.get("reason", ""), request.POST.get("pause_reason", ""), papers_given)
    seen = request.POST.get("ver", "")
    answer = services.take_step(pipeline, found, name, actor_of(request), given, roles=roles, seen=int(seen) if seen.isdecimal() else None)
    if not answer.done:
        return item_page(request, case, answer, 409 if answer.lost else 400)
    again = Case.objects.get(pk=case)
    stage = pipeline.stage(again.state)
    messages.success(request, _("已记录：%(title)s 现处“%(stage)s”。") % {"title": again.title, "stage": pick(stage.title, stage.title_en)})
    return redirect("dispatch:item", case)


@require_POST
@OFFICERS
def lead(request: HttpRequest, case: str) -> HttpResponse:
    """A lead won at an activity enters the pipeline it belongs to; the same words twice are one lead."""
    found, pipeline = item_asked(case)
    words = request.POST.get("lead", "").strip()
    if not pipeline.opens or not roles_of(request, found):
        raise Http404
    if not words:
        return item_page(request, case, services.Answer(case, {"lead": _("请写明线索名称。")}), 400)
    target = asked("pipeline", pipeline.opens)
    fields, wrong = services.typed_fields(target, {"f_event": found.title[:100]})
    assert not wrong  # the title of an item is a text
    made = services.start(
        target,
        actor_of(request),
        key=f"{case}/{words}",
        title=words[:200],
        unit=found.unit,
        origin=f"item:{case}",
        fields=fields,
        on=desk_day(),
    )
    messages.success(request, _("线索已转入“%(title)s”。") % {"title": pick(target.title, target.title_en)})
    return redirect("dispatch:item", made.case)


@require_POST
@OFFICERS
def plan(request: HttpRequest, case: str) -> HttpResponse:
    """Change planned days."""
    found, pipeline = item_asked(case)
    if not roles_of(request, found):
        return item_page(
            request, case, services.Answer(case, {"by": _("此事项由%(who)s办理，您只能查看。") % {"who": office_name(found.lead)}}), 400
        )
    answer = services.plan(pipeline, found, request.POST)
    if not answer.done:
        return item_page(request, case, answer, 400)
    messages.success(request, _("计划日期已更新。"))
    return redirect("dispatch:item", case)


@require_safe
@DESK
@recorded("export", "evidence")
def paper(request: HttpRequest, case: str, pk: int) -> FileResponse:  # noqa: ARG001  # the decorators need it
    """One paper of an item."""
    found = Evidence.objects.filter(pk=pk, case_id=case).first()
    if found is None:
        raise Http404
    import io

    return FileResponse(io.BytesIO(services.paper_content(found.digest)), as_attachment=True, filename=found.name)


@require_POST
@OFFICERS
def bulk(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """One step for many items of a board."""
    pipeline = asked(kind, name)
    chosen = list(Case.objects.filter(definition=pipeline.case_kind, pk__in=request.POST.getlist("item")[:200]))
    wrong: dict[str, str] = {}
    on = services.day_of(request.POST.get("on", ""), desk_day(), wrong)
    if wrong or not chosen:
        messages.error(request, "；".join(wrong.values()) or _("请先勾选事项。"))
        return redirect(selectors.board_href(pipeline))
    given = Given(on, {}, request.POST.get("reason", ""))
    done = services.step_many(
        pipeline, chosen, request.POST.get("step", ""), actor_of(request), given, roles_of=lambda one: roles_of(request, one)
    )
    messages.success(request, _("%(n)s 项已办理，%(m)s 项未动。") % {"n": done.moved, "m": len(done.stayed)})
    for title, why in done.stayed[:10]:
        messages.warning(request, f"{title}：{why}")
    return redirect(selectors.board_href(pipeline))


def may_open(request: HttpRequest, pipeline: Pipeline) -> bool:
    """Whether the person may open an item: the command, the pipeline's office, or a county for its own area."""
    scope = current_scope()
    county = scope.parties is ALL and scope.units is not ALL and bool(scope.units)
    return is_command(request) or (scope.offices is not ALL and pipeline.owner in scope.offices) or county


@require_http_methods(["GET", "POST"])
@OFFICERS
def new(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """Open an item: what it is, where it lies, whom it is about, the planned days."""
    pipeline = asked(kind, name)
    if not may_open(request, pipeline):
        raise Http404
    scope, day = current_scope(), desk_day()
    units = [(one.id, unit_name(one.id)) for one in pack_in_force().regions.units if scope.sees_unit(one.id)]
    units = units or [(one.id, unit_name(one.id)) for one in pack_in_force().regions.units]
    wrong: dict[str, str] = {}
    if request.method == "POST":
        answer = opened(request, pipeline, {code for code, _title in units}, wrong)
        if answer is not None:
            messages.success(request, _("已立项。"))
            return redirect("dispatch:item", answer.case)
    page: dict[str, Any] = {
        "pipeline": pipeline,
        "title": pick(pipeline.title, pipeline.title_en),
        "back": selectors.board_href(pipeline),
        "units": units,
        "day": day,
        "faults": wrong,
        "typed": request.POST,
        "parties": panels.parties_for(pipeline),
        "fields": [selectors.field_input(one, None) for one in pipeline.fields if not one.at or one.at == pipeline.first],
        "stages": [(one.id, pick(one.title, one.title_en)) for one in pipeline.way[1:]] if pipeline.planned_dates else [],
    }
    return render(request, "dispatch/new.html", page, status=400 if wrong else 200)


def opened(request: HttpRequest, pipeline: Pipeline, units: set[str], wrong: dict[str, str]) -> services.Answer | None:
    """The item opened from the form; None with `wrong` filled when something is missing."""
    posted = request.POST
    fields, mistakes = services.typed_fields(pipeline, posted)
    wrong |= mistakes
    title, unit, party = posted.get("title", "").strip(), posted.get("unit", ""), posted.get("party", "").strip()
    day = services.day_of(posted.get("on", ""), desk_day(), wrong)
    planned = {
        one.id: services.day_of(typed, day, wrong, f"p_{one.id}")
        for one in pipeline.way
        if (typed := posted.get(f"p_{one.id}", "").strip())
    }
    if not title:
        wrong["title"] = _("请写明名称。")
    if unit not in units and not (unit == "" and is_command(request)):
        wrong["unit"] = _("请选择所在县（市、区）或市属开发区。")
    if party and not panels.sees_party(party):
        wrong["party"] = _("没有找到“%(party)s”。请从名录中选择。") % {"party": party}
    if wrong:
        return None
    key = posted.get("key") or digits([pipeline.case_kind, title, unit, party, day.isoformat(), request.user.get_username()])
    return services.start(
        pipeline,
        actor_of(request),
        key=key,
        title=title,
        unit=unit,
        party=party,
        words=posted.get("words", ""),
        fields=fields,
        planned=planned,
        on=day,
    )
