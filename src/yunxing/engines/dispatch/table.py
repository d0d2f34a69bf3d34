"""A pipeline as a case table: the engine of cases walks it, runs its clocks and keeps its events; what a pipeline adds is checked before (`walk`).

Every edge asks for the fact `CHECKED`, which only the pipeline's own flow gives: an item cannot be moved past its fields and guards by another door.
"""

from __future__ import annotations

from yunxing.engines.cases import definition as cases
from yunxing.engines.dispatch.definition import COUNTY, OFFICE, ROOM, Field, Limit, Pipeline, Stage, Step
from yunxing.values.office_hours import OfficeHours

CHECKED = "checked_by_pipeline"
UPDATE = "update"
ROLES = {OFFICE: "lead", COUNTY: "county", ROOM: "command"}
KINDS: dict[str, cases.FieldKind] = {"money": "money", "count": "count", "date": "date", "text": "text", "choice": "choice", "flag": "flag"}
ENGINE_NEEDS = {"reason": "reason", "evidence": "evidence"}


def table_of(pipeline: Pipeline, command: str, hours: OfficeHours) -> cases.Definition:
    """The case definition of a pipeline. `command` is the office of the command's staff, `hours` the office hours of the city."""
    return cases.Definition(
        id=pipeline.case_kind,
        version=pipeline.version,
        title=pipeline.title,
        title_en=pipeline.title_en,
        kind="activity" if pipeline.kind == "activity" else "pipeline",
        states=tuple(_state(pipeline, one) for one in pipeline.stages),
        edges=(*(_edge(pipeline, one) for one in pipeline.steps), _update(pipeline)),
        clocks=tuple(_clock(one) for one in pipeline.limits),
        fields=tuple(_field(one) for one in pipeline.fields),
        pause_reasons=tuple(cases.Choice(one, one, one) for one in pipeline.pause_reasons),
        grades=tuple(cases.Choice(name, name, name) for name in grades_of(pipeline)),
        opening=tuple(one.name for one in pipeline.limits if pipeline.first in one.starts),
        command=command,
        source=pipeline.clause,
        hours=hours,
    )


def grades_of(pipeline: Pipeline) -> dict[str, tuple[str, int | str]]:
    """The grades that the variants of its clocks make: name → field and value."""
    return {f"{one.field}={one.equals}": (one.field, one.equals) for limit in pipeline.limits for one in limit.variants}


def grade_for(pipeline: Pipeline, fields: dict[str, int | str | None]) -> str:
    """The grade of an item with these fields: the last variant that fits; empty when none does."""
    fitting = [name for name, (field, value) in grades_of(pipeline).items() if fields.get(field) == value]
    return fitting[-1] if fitting else ""


def _state(pipeline: Pipeline, stage: Stage) -> cases.State:
    onward = pipeline.steps_from(stage.id)
    owner = ROLES[onward[0].by[0]] if onward else "lead"
    return cases.State(stage.id, stage.title, stage.title_en, owner, end=stage.id in pipeline.ends)


def _edge(pipeline: Pipeline, step: Step) -> cases.Edge:
    asked = tuple(one.id for one in pipeline.asked_at(step.to))
    pausing = bool(step.pauses)
    needs = ("pause_reason", "notice") if pausing else tuple(ENGINE_NEEDS[one] for one in step.needs)
    starts = tuple(one.name for one in pipeline.limits if step.to in one.starts)
    offered = ("reason", "evidence", *(("grade",) if grades_of(pipeline) else ()), *(one.id for one in pipeline.fields))
    return cases.Edge(
        name=step.name,
        title=step.title,
        title_en=step.title_en,
        sources=step.sources,
        to=step.to,
        by=(*dict.fromkeys(ROLES[one] for one in step.by), *(() if ROOM in step.by else ("command",)), "system"),
        needs=(*needs, *asked),
        takes=tuple(one for one in offered if one not in (*needs, *asked)),
        guards=(f"true:{CHECKED}",),
        effects=("regrade",) if starts and grades_of(pipeline) else (),
        starts=starts,
        stops=tuple(one.name for one in pipeline.limits if step.to in one.stops),
        pauses=step.pauses,
        resumes=step.resumes,
    )


def _update(pipeline: Pipeline) -> cases.Edge:
    """What is written down anew without a move."""
    return cases.Edge(
        name=UPDATE,
        title="更新信息",
        title_en="Update",
        sources=tuple(one.id for one in pipeline.stages),
        to="",
        by=("lead", "county", "command", "system"),
        takes=("reason", "evidence", *(one.id for one in pipeline.fields)),
        guards=(f"true:{CHECKED}",),
    )


def _clock(limit: Limit) -> cases.ClockSpec:
    grades = {f"{one.field}={one.equals}": cases.Limit("working_day", one.days) for one in limit.variants}
    return cases.ClockSpec(limit.name, limit.title, limit.title_en, cases.Limit("working_day", limit.days), limit.source, grades)


def _field(field: Field) -> cases.Field:
    choices = tuple(cases.Choice(one, one, one) for one in field.options)
    return cases.Field(field.id, field.title, field.title_en, KINDS[field.type], choices)
