"""Open an item of a pipeline and move it: what the pipeline asks is checked first, then the case engine walks it, and its days and papers are written,
all in one transaction. Every obstacle is told at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from yunxing.engines.cases.case import Actor, Case
from yunxing.engines.cases.definition import Definition
from yunxing.engines.dispatch.definition import Pipeline
from yunxing.engines.dispatch.growth import qualifying
from yunxing.engines.dispatch.schedule import Milestone
from yunxing.engines.dispatch.table import CHECKED, UPDATE, grade_for, grades_of
from yunxing.engines.dispatch.walk import Obstacle, Value, against, field_values, obstacles
from yunxing.engines.ledger.quota_book import START_UP
from yunxing.flows import walk_case
from yunxing.flows.walk_case import Recorded, Refused
from yunxing.io.store import case_log, dialect, dispatch_rows, holidays, obligations
from yunxing.values.office_hours import BEIJING, local
from yunxing.values.workdays import Calendar

CUTS = "pipeline_reduction_schemes"
CUTS_DONE = ("verified",)
CUTS_FACT = "cuts_outstanding"
IN_HOURS = time(10, 0)


@dataclass(frozen=True, slots=True)
class Given:
    """What a person gives with a step: fields, a reason, papers as (digest, name), why a clock pauses, and the day on which it happened."""

    on: date
    fields: Mapping[str, Value]
    reason: str = ""
    pause_reason: str = ""
    files: Sequence[tuple[str, str]] = ()


def tables_of(walked: Mapping[str, Pipeline], cases: Mapping[str, Definition]) -> list[Definition]:
    """The case tables of the pack's pipelines; `cases` are all its tables, among which they stand."""
    return [cases[name] for name in walked if name in cases]


def open_item(
    connection: Any,
    pipeline: Pipeline,
    actor: Actor,
    now: datetime,
    *,
    key: str,
    title: str,
    unit: str = "",
    party: str = "",
    office: str = "",
    words: str = "",
    origin: str = "",
    fields: Mapping[str, Value] | None = None,
    planned: Mapping[str, date] | None = None,
    on: date | None = None,
) -> Recorded:
    """A new item in the first stage, entered on the day `on` (today by default); the same key again changes nothing and gives the item that is there."""
    entered = on or local(now)[0]
    opened = min(now, datetime.combine(entered, IN_HOURS, BEIJING))
    given = {name: value for name, value in (fields or {}).items() if value is not None}
    with dialect.transaction(connection):
        done = walk_case.new_case(
            connection, pipeline.case_kind, actor, now,
            key=key, title=title, words=words, subject=f"{pipeline.subject}:{party or unit or key}"[:100], lead=office or pipeline.owner, unit=unit, party=party,
            origin=origin, grade=grade_for(pipeline, {**given}), fields=given, opened=opened,
        )  # fmt: skip
        if done.won:
            days = {pipeline.first: (planned or {}).get(pipeline.first), **(planned or {})}
            rows = [(done.case, stage, day, entered if stage == pipeline.first else None) for stage, day in days.items()]
            dispatch_rows.add_milestones(connection, rows)
    return done


def walk_item(
    connection: Any,
    pipeline: Pipeline,
    case: str,
    step: str,
    actor: Actor,
    now: datetime,
    given: Given,
    *,
    roles: Collection[str],
    seen: int | None = None,
) -> Recorded | tuple[Obstacle, ...]:
    """Take one step, or say everything that stands against it. `step` may be `update`: fields and papers alone, no move."""
    try:
        with dialect.transaction(connection):
            return _walked(connection, pipeline, case, step, actor, now, given, roles=roles, seen=seen)
    except _Shut as shut:
        return (shut.obstacle,)


class _Shut(Exception):  # it carries an obstacle out of the transaction, which it undoes
    def __init__(self, obstacle: Obstacle) -> None:
        self.obstacle = obstacle
        super().__init__()


def _walked(
    connection: Any,
    pipeline: Pipeline,
    case: str,
    step: str,
    actor: Actor,
    now: datetime,
    given: Given,
    *,
    roles: Collection[str],
    seen: int | None,
) -> Recorded | tuple[Obstacle, ...]:
    found = case_log.read_case(connection, case)
    if seen is not None and seen != found.ver:
        return case_log.as_it_stands(connection, case)
    fields = {**field_values(pipeline, found.data), **given.fields}
    milestones = dispatch_rows.milestones_of(connection, [case]).get(case, [])
    calendar = holidays.calendar(connection, local(now)[0])
    reason = f"{given.pause_reason}：{given.reason}" if given.pause_reason else given.reason
    held = () if step == UPDATE else obstacles(
        pipeline, found.state, step, roles=roles, fields=fields,
        facts=facts_of(connection, pipeline, found, fields, milestones, given.on, calendar), reason=reason, evidence=bool(given.files),
    )  # fmt: skip
    if held:
        return held
    facts: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
    facts |= {CHECKED: True, "reason": reason, "evidence": [digest for digest, _name in given.files]}
    facts |= {"pause_reason": given.pause_reason, "notice": facts["evidence"]}
    if grades_of(pipeline):
        facts["grade"] = grade_for(pipeline, fields)
    at = moment(found, given.on, now)
    done = walk_case.move(
        connection, case, step, actor, now, {name: one for name, one in facts.items() if one not in ("", [])}, effective=at
    )
    if isinstance(done, Refused):
        return (Obstacle(done.code, done.words, done.words_en),)
    if done.won:
        if step != UPDATE:
            _pass_gate(connection, pipeline, found, done.state, now)
            dispatch_rows.set_actual(connection, case, done.state, given.on)
        dispatch_rows.add_evidence(connection, case, done.state, given.files, given.on, actor.id)
    return done


def _pass_gate(connection: Any, pipeline: Pipeline, case: Case, stage: str, now: datetime) -> None:
    """The project's own gate in the ledger, passed in the step's transaction: nothing can be drawn in advance between the check and the step (156/17/2)."""
    guard = next((one for one in pipeline.guards_of(stage) if one.fact == CUTS_FACT), None)
    if guard is None or not case.party:
        return
    answer = obligations.pass_gate(connection, case.party, START_UP, now)
    if not answer.passed:
        obstacle = against(guard, {CUTS_FACT: len(answer.outstanding)})
        assert obstacle is not None
        raise _Shut(obstacle)


def moment(case: Case, on: date, now: datetime) -> datetime:
    """The instant of a step that happened on a day: now for today, within the office hours of that day for one before (a clock that starts later counts from the next day); never before the step before it on the same day."""
    at = now if on >= local(now)[0] else datetime.combine(on, IN_HOURS, BEIJING)
    return max(at, case.changed) if local(case.changed)[0] == on else at


def facts_of(
    connection: Any,
    pipeline: Pipeline,
    case: Case,
    fields: Mapping[str, Value],
    milestones: Sequence[Milestone],
    on: date,
    calendar: Calendar,
    *,
    cuts: int | None = None,
) -> dict[str, Value]:
    """The computed facts that the pipeline's guards ask for; what is not asked for is not computed. `cuts` are the open cuts when they are known already."""
    asked = {one.fact for one in pipeline.guards}
    found: dict[str, Value] = {}
    if CUTS_FACT in asked:
        found[CUTS_FACT] = _cuts(connection, case.party) if cuts is None else cuts
    if "workdays_in_stage" in asked:
        entered = next((one.actual for one in milestones if one.stage == case.state), None)
        found["workdays_in_stage"] = None if entered is None else max(0, calendar.between(entered, on))
    if "qualifying" in asked:
        vat, revenue = fields.get("vat_sales"), fields.get("revenue")
        found["qualifying"] = qualifying(vat, revenue) if isinstance(vat, int) and isinstance(revenue, int) else None
    return found


def _cuts(connection: Any, project: str) -> int:
    """What keeps a project from producing: schemes not verified, and advances of the ledger not made good."""
    if not project:
        return 0
    return dispatch_rows.open_cuts(connection, CUTS, project, CUTS_DONE) + len(obligations.outstanding(connection, project, START_UP))


def plan_days(connection: Any, case: str, days: Mapping[str, date | None]) -> None:
    """The planned days of stages, in one transaction."""
    with dialect.transaction(connection):
        for stage, day in days.items():
            dispatch_rows.set_planned(connection, case, stage, day)
