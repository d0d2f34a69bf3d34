"""Reading items: boards by stage, one item with its ribbon and steps, activities by month, papers. Chosen and printed here; the engines compute."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.casework.models import Case, Event
from yunxing.desk.dispatch import standstill
from yunxing.desk.dispatch.models import Evidence, Milestone
from yunxing.desk.dispatch.place import desk_day, office_name, unit_name, walked
from yunxing.desk.room.figures import pick
from yunxing.engines.dispatch import schedule
from yunxing.engines.dispatch.definition import By, Field, Pipeline, Step
from yunxing.engines.dispatch.schedule import Milestone as Planned
from yunxing.values.money import format_money

PAGE = 50
LIGHTS = {"": "none", "blue": "none", "yellow": "amber", "red": "red"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a board is narrowed to: a stage, a reporting unit, words of the title, only what is late or stands still, a page."""

    stage: str = ""
    unit: str = ""
    words: str = ""
    late: bool = False
    page: int = 1
    still: bool = False


def pipeline_of(kind: str, name: str) -> Pipeline | None:
    """The pipeline, activity or paper of that id."""
    return walked().get(f"{kind}_{name}")


def counts(pipelines: Iterable[Pipeline]) -> dict[str, Counter[str]]:
    """How many items stand at each stage, for several pipelines in one question."""
    kinds = [one.case_kind for one in pipelines]
    found: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    rows = Case.objects.filter(definition__in=kinds).order_by().values_list("definition", "state").annotate(n=Count("id"))
    for kind, state, n in rows:
        found[kind][state] = n
    return found


def late_items(pipelines: Iterable[Pipeline], day: date) -> QuerySet[Case]:
    """Open items with a planned day that has passed, or a clock that has."""
    kinds = [one.case_kind for one in pipelines]
    overdue = Milestone.objects.filter(planned__lt=day, actual__isnull=True).values("case_id")
    return Case.objects.filter(definition__in=kinds, is_open=True).filter(Q(id__in=overdue) | Q(due__date__lt=day))


def overview(office: str) -> list[dict[str, Any]]:
    """Every pipeline as a card: counts by stage, how many are late, how many came to a good end; all or one office's."""
    shown = [one for one in walked().values() if one.kind == "pipeline" and (not office or one.owner == office)]
    by_stage = counts(shown)
    late: Counter[str] = Counter(late_items(shown, desk_day()).values_list("definition", flat=True))
    return [
        {
            "id": one.id,
            "title": pick(one.title, one.title_en),
            "clause": one.clause,
            "measure": int(one.clause.split("/")[0]),
            "owner": office_name(one.owner),
            "href": reverse("dispatch:board", args=[one.id]),
            "total": sum(by_stage[one.case_kind].values()),
            "good": sum(by_stage[one.case_kind][stage] for stage in one.good),
            "late": late[one.case_kind],
            "still": len(still_of(one, desk_day())) if one.subject == "project" else 0,
            "stages": [{"title": pick(s.title, s.title_en), "n": by_stage[one.case_kind][s.id]} for s in one.way],
        }
        for one in sorted(shown, key=lambda one: (int(one.clause.split("/")[0]), one.id))
    ]


def board(pipeline: Pipeline, choice: Choice) -> dict[str, Any]:
    """One pipeline's board: the ribbon of stages with counts, and a page of items."""
    day = desk_day()
    everything = Case.objects.filter(definition=pipeline.case_kind)
    by_stage = Counter(dict(everything.order_by().values_list("state").annotate(n=Count("id"))))
    still = still_of(pipeline, day)
    rows = late_items([pipeline], day) if choice.late else everything.filter(id__in=still) if choice.still else everything
    if choice.stage:
        rows = rows.filter(state=choice.stage)
    if choice.unit:
        rows = rows.filter(unit=choice.unit)
    if choice.words:
        rows = rows.filter(title__icontains=choice.words)
    pages = Paginator(rows.order_by("-changed", "id"), PAGE)
    page = pages.get_page(choice.page)
    units = sorted({unit for unit in everything.order_by().values_list("unit", flat=True).distinct() if unit})
    return {
        "pipeline": pipeline,
        "title": pick(pipeline.title, pipeline.title_en),
        "owner": office_name(pipeline.owner),
        "stages": [
            {
                "id": stage.id,
                "title": pick(stage.title, stage.title_en),
                "n": by_stage[stage.id],
                "aside": stage.aside,
                "good": stage.id in pipeline.good,
                "current": stage.id == choice.stage,
            }
            for stage in pipeline.stages
        ],
        "total": sum(by_stage.values()),
        "late": late_items([pipeline], day).count(),
        "still": len(still),
        "has_gaps": bool(standstill.gaps(pipeline)),
        "rows": rows_of(pipeline, page.object_list, day),
        "page": page,
        "shown": pages.count,
        "units": [(unit, unit_name(unit)) for unit in units],
        "choice": choice,
        "day": day,
        "bulk_steps": [(one.name, pick(one.title, one.title_en)) for one in pipeline.steps_from(choice.stage)] if choice.stage else [],
    }


def still_of(pipeline: Pipeline, day: date) -> list[str]:
    """The ids of the open items that stand still."""
    if not pipeline.planned_dates:
        return []
    cases = list(Case.objects.filter(definition=pipeline.case_kind, is_open=True))
    return standstill.still_ids(pipeline, cases, days_of(cases), day)


def rows_of(pipeline: Pipeline, cases: Iterable[Case], day: date) -> list[dict[str, Any]]:
    """The rows of a board: where an item stands, for how long, what is next and how late."""
    listed = list(cases)
    days = days_of(listed)
    return [row_of(pipeline, one, days.get(one.id, ()), day) for one in listed]


def row_of(pipeline: Pipeline, case: Case, days: Sequence[Planned], day: date) -> dict[str, Any]:
    """One row."""
    at = schedule.standing(pipeline, case.state, days, day)
    gap = standstill.gaps(pipeline).get(case.party)
    stage = pipeline.stage(case.state)
    clock_late = max(0, (day - case.due.date()).days) if case.is_open and case.due.year < 9999 else 0
    following = pipeline.stage(at.next_stage) if at.next_stage else None
    return {
        "id": case.id,
        "title": case.title,
        "href": reverse("dispatch:item", args=[case.id]),
        "unit": unit_name(case.unit),
        "office": office_name(case.lead),
        "stage": pick(stage.title, stage.title_en),
        "age": at.age_days,
        "next": pick(following.title, following.title_en) if following else "",
        "next_planned": at.next_planned,
        "due": case.due.date() if case.is_open and case.due.year < 9999 else None,
        "late_days": max(at.late_days, clock_late),
        "light": "red" if clock_late else LIGHTS[at.colour],
        "colour": at.colour,
        "lead_days": at.lead_days,
        "lead": lead_words(at.lead_days),
        "gap": standstill.gap_words(gap),
        "still": standstill.why_still(pipeline, case.state, at, gap),
        "ver": case.ver,
        "fields": case.fields,
    }


def lead_words(days: int | None) -> str:
    """Early or late in words; a dash where a day is missing."""
    if days is None:
        return "—"
    if days == 0:
        return _("按期")
    return _("早 %(n)s 天") % {"n": days} if days > 0 else _("晚 %(n)s 天") % {"n": -days}


def days_of(cases: Sequence[Case]) -> dict[str, list[Planned]]:
    """The milestones of several items in one question."""
    found: dict[str, list[Planned]] = {}
    for one in Milestone.objects.filter(case_id__in=[case.id for case in cases]):
        found.setdefault(one.case_id, []).append(Planned(one.stage, one.planned, one.actual))
    return found


def item(case: Case, roles: set[By]) -> dict[str, Any] | None:
    """One item: ribbon, fields, the steps the person may take, papers, history; None for a case that is no item."""
    pipeline = walked().get(case.definition)
    if pipeline is None:
        return None
    day = desk_day()
    days = {one.stage: one for one in days_of([case]).get(case.id, ())}
    row = row_of(pipeline, case, list(days.values()), day)
    steps = [one for one in pipeline.steps_from(case.state) if "room" in roles or set(one.by) & roles] if roles else []
    values = case.fields
    return {
        "pipeline": pipeline,
        "case": case,
        "row": row,
        "day": day,
        "may_lead": bool(roles),
        "may_act": bool(roles) and case.state not in pipeline.ends,
        "board_href": board_href(pipeline),
        "board_title": pick(pipeline.title, pipeline.title_en),
        "ribbon": ribbon(pipeline, case.state, days, day),
        "fields": [
            {"field": one, "title": pick(one.title, one.title_en), "shown": shown(one, values.get(one.id))} for one in pipeline.fields
        ],
        "steps": [step_form(pipeline, one, values) for one in steps],
        "primary": steps[0].name if steps else "",
        "evidence": list(Evidence.objects.filter(case=case)),
        "history": history_of(pipeline, case),
        "clocks": [
            {
                "title": pick(limit.title, limit.title_en),
                "source": limit.source,
                "due": clock.due.date(),
                "state": clock.state,
                "provisional": clock.provisional,
                "budget": clock.budget,
            }
            for clock in (case.clock_set.order_by("name", "-round") if pipeline.board != "permits" else ())  # a permit's are counted beside
            for limit in pipeline.limits
            if limit.name == clock.name
        ],
        "paused_for": pipeline.pause_reasons,
        "opens": opens_of(pipeline, case),
        "inputs": [field_input(one, values.get(one.id)) for one in pipeline.fields],
    }


def opens_of(pipeline: Pipeline, case: Case) -> dict[str, Any] | None:
    """The pipeline that an activity's leads enter, with those that came of this one; None for an activity that opens none."""
    if not pipeline.opens:
        return None
    target = walked()[f"pipeline_{pipeline.opens}"]
    made = Case.objects.filter(definition=target.case_kind, origin=f"item:{case.id}").order_by("id")
    return {
        "title": pick(target.title, target.title_en),
        "items": [{"title": one.title, "href": reverse("dispatch:item", args=[one.id])} for one in made],
    }


def board_href(pipeline: Pipeline) -> str:
    """The board an item belongs to."""
    return reverse({"activity": "dispatch:activity", "document": "dispatch:papers"}.get(pipeline.kind, "dispatch:board"),
                   args=[] if pipeline.kind == "document" else [pipeline.id])  # fmt: skip


def ribbon(pipeline: Pipeline, state: str, days: Mapping[str, Planned], day: date) -> list[dict[str, Any]]:
    """The stages of the way with planned and actual days; `late` in days for the ones still ahead."""
    ids = [one.id for one in pipeline.way]
    here = ids.index(state) if state in ids else -1
    found = []
    for at, stage in enumerate(pipeline.way):
        one = days.get(stage.id, Planned(stage.id, None, None))
        done = one.actual is not None and (here < 0 or at <= here)
        found.append(
            {
                "id": stage.id,
                "title": pick(stage.title, stage.title_en),
                "planned": one.planned,
                "actual": one.actual,
                "lead": lead_words(one.lead_days) if one.lead_days is not None else "",
                "late": one.late_days(day) if at > here and state not in pipeline.ends else 0,
                "state": "here" if at == here else "done" if done else "ahead",
                "early": stage.early,
                "evidence": stage.evidence,
            }
        )
    return found


def step_form(pipeline: Pipeline, step: Step, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a step asks for, each field with what is known already."""
    target = pipeline.stage(step.to)
    return {
        "name": step.name,
        "title": pick(step.title, step.title_en),
        "to": pick(target.title, target.title_en),
        "needs_reason": "reason" in step.needs,
        "needs_evidence": "evidence" in step.needs,
        "evidence": target.evidence,
        "pauses": bool(step.pauses),
        "fields": [field_input(one, values.get(one.id), asked=True) for one in pipeline.asked_at(step.to)],
    }


def field_input(field: Field, value: Any, *, asked: bool = False) -> dict[str, Any]:
    """A field as a form control with its present value as typed."""
    typed = (
        ""
        if value is None
        else format_money(value, with_unit=False)
        if field.type == "money"
        else "1"
        if value is True
        else "0"
        if value is False
        else str(value)
    )
    unit = pick("万元", "ten thousand yuan") if field.type == "money" else field.unit
    return {
        "id": field.id,
        "title": pick(field.title, field.title_en),
        "type": field.type,
        "unit": unit,
        "typed": typed,
        "options": field.options,
        "asked": asked,
    }


def shown(field: Field, value: Any) -> str:
    """A value as the page prints it; a dash for none."""
    if value is None or value == "":
        return "—"
    if field.type == "money":
        return format_money(value)
    if field.type == "flag":
        return _("是") if value else _("否")
    if field.type == "count":
        return f"{value:,} {field.unit}"
    return str(value)


def history_of(pipeline: Pipeline, case: Case) -> list[dict[str, Any]]:
    """The item's events, the newest first; of the fields given only what was new."""
    known: dict[str, Any] = {}
    found = []
    for event in Event.objects.filter(case=case).order_by("ver"):
        given = json.loads(event.given)
        found.append(event_row(pipeline, event, {name: value for name, value in given.items() if known.get(name) != value}))
        known |= given
    return found[::-1]


def event_row(pipeline: Pipeline, event: Event, given: Mapping[str, Any]) -> dict[str, Any]:
    """One line of the history: who, when, from where to where, what was given."""
    titles = {one.id: one for one in pipeline.fields}
    step = next((one for one in pipeline.steps if one.name == event.edge), None)
    return {
        "at": event.effective,
        "actor": event.actor,
        "unit": office_name(event.unit) if event.unit else "",
        "what": pick(step.title, step.title_en) if step else {"open": _("立项"), "update": _("更新信息")}.get(event.edge, event.edge),
        "to": pick(pipeline.stage(event.to_state).title, pipeline.stage(event.to_state).title_en),
        "reason": event.reason,
        "given": [
            (pick(titles[name].title, titles[name].title_en), shown(titles[name], value)) for name, value in given.items() if name in titles
        ],
        "system": event.actor == "system",
    }


def share(part: int, whole: int) -> Fraction | None:
    """A share; None of nothing."""
    return Fraction(part, whole) if whole else None
