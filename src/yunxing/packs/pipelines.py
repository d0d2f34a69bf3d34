"""`pipelines/*.toml`: what is walked stage by stage, read strictly. All faults of all files at once.

The straight way needs no steps written: each stage is entered from the one before it. A `[[pipeline.step]]` adds what leaves that way; a
`[[pipeline.guard]]` says what is compared before a stage may be entered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field as Checked

from yunxing.engines.dispatch.definition import (
    By,
    Field,
    FieldType,
    Guard,
    Limit,
    Pipeline,
    Slips,
    Stage,
    Step,
    Tier,
    Variant,
)
from yunxing.packs.plan import ClauseText, Words
from yunxing.packs.strict import PackFault, Strict, load
from yunxing.values.errors import Fault, nearest

FOLDER = "pipelines"
COMPUTED = ("cuts_outstanding", "workdays_in_stage", "qualifying")
"""Facts of an item that no field holds: open cuts of the same project, working days since the stage was entered, the smaller of VAT sales and revenue."""
NEEDS = ("reason", "evidence")
SUBJECTS = Literal["project", "enterprise", "site", "unit", "works", "lead", "cluster", "bank", "call", "parcel", "matter"]
Id = Annotated[str, Checked(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
_DAYS = re.compile(r"([1-9]\d{0,2}) 工作日")
_PERCENT = re.compile(r"(\d{1,3})%")


class StageEntry(Strict):
    """One stage of the way, or one aside."""

    id: Id
    title: Words
    title_en: Words
    evidence: str = ""
    early: str = ""
    limit: str = ""
    limit_source: str = ""
    weight: str = ""
    by: tuple[By, ...] = ("office",)


class FieldEntry(Strict):
    """One field of an item."""

    id: Id
    title: Words
    title_en: Words
    type: FieldType
    level: int = Checked(ge=1, le=4)
    unit: str = ""
    options: tuple[Words, ...] = ()
    at: str = ""


class VariantEntry(Strict):
    """Other days for items with that value."""

    field: Id
    equals: int | str
    days: int = Checked(ge=1, le=250)


class ClockEntry(Strict):
    """A clock over several stages."""

    name: Id
    title: Words
    title_en: Words
    days: int = Checked(ge=1, le=250)
    from_: tuple[Id, ...] = Checked(alias="from", min_length=1)
    until: tuple[Id, ...] = Checked(min_length=1)
    source: Words
    variants: tuple[VariantEntry, ...] = ()


class GuardEntry(Strict):
    """What is compared before `to` is entered: the fact with a number (`value`) or with another field (`against`)."""

    to: Id
    fact: Id
    comparator: Literal["eq", "le", "ge", "lt", "gt"]
    value: int | None = None
    against: str = ""
    clause: ClauseText
    zh: Words
    en: Words


class StepEntry(Strict):
    """A move off the straight way."""

    name: Id
    title: Words
    title_en: Words
    from_: tuple[Id, ...] = Checked(alias="from", min_length=1)
    to: Id
    by: tuple[By, ...] = ("office", "county")
    needs: tuple[Literal["reason", "evidence"], ...] = ()
    pauses: tuple[Id, ...] = ()
    resumes: tuple[Id, ...] = ()


class TierEntry(Strict):
    """From this number on, who answers."""

    from_: int = Checked(alias="from", ge=1)
    title: Words
    title_en: Words


class SlipsEntry(Strict):
    """Days late from which a milestone is coloured."""

    blue: int = Checked(ge=0)
    yellow: int = Checked(ge=0)
    red: int = Checked(ge=0)
    source: Words


class PipelineEntry(Strict):
    """One `[[pipeline]]`."""

    id: Id
    version: int = Checked(ge=1)
    title: Words
    title_en: Words
    clause: ClauseText
    owner: Words
    subject: SUBJECTS
    roster: str = ""
    commitment: str = ""
    board: str = ""
    planned_dates: bool = False
    plan_sheet: bool = False
    stages: tuple[StageEntry, ...] = Checked(min_length=2)
    aside: tuple[StageEntry, ...] = ()
    ends: tuple[Id, ...] = Checked(min_length=1)
    good: tuple[Id, ...] = Checked(min_length=1)
    slips: SlipsEntry | None = None
    fields: tuple[FieldEntry, ...] = ()
    clocks: tuple[ClockEntry, ...] = ()
    pause_reasons: tuple[Words, ...] = ()
    tiers: tuple[TierEntry, ...] = ()
    tier_fact: str = ""
    tier_source: str = ""
    guard: tuple[GuardEntry, ...] = ()
    step: tuple[StepEntry, ...] = ()


class FigureEntry(Strict):
    """A figure counted from the items of a pipeline: the time its clock `clock` took, against the promise of `commitment` and the clock of the law."""

    id: Id
    title: Words
    title_en: Words
    of: Id
    clock: Id
    law: str = ""
    commitment: Id
    meaning: Words
    meaning_en: Words


class PipelinesFile(Strict):
    """One file of the folder."""

    pipeline: tuple[PipelineEntry, ...]
    figure: tuple[FigureEntry, ...] = ()


def load_pipelines(pack: Path) -> dict[str, Pipeline]:
    """The pipelines of a pack by id, in the order of files and entries. Errors: `PackFault` with every fault of every file."""
    found: dict[str, Pipeline] = {}
    faults: list[Fault] = []
    for path in sorted((pack / FOLDER).glob("*.toml")):
        try:
            entries = load(path, PipelinesFile).pipeline
        except PackFault as refused:
            faults += refused.faults
            continue
        for entry in entries:
            faults += [Fault(str(path), f"pipeline {entry.id}", one, "a table whose names agree") for one in faults_of(entry)]
            if entry.id in found:
                faults.append(Fault(str(path), f"pipeline {entry.id}", "the id a second time", "each id once"))
            else:
                found[entry.id] = pipeline_of(entry)
    if faults:
        raise PackFault(faults)
    return found


def load_figures(pack: Path) -> dict[str, FigureEntry]:
    """The figures that are counted from items, by id. Errors: `PackFault` for one that stands twice, or names a pipeline or clock that is not there."""
    pipelines = load_pipelines(pack)
    found: dict[str, FigureEntry] = {}
    faults: list[Fault] = []
    for path in sorted((pack / FOLDER).glob("*.toml")):
        for one in load(path, PipelinesFile).figure:
            if one.id in found:
                faults.append(Fault(str(path), f"figure {one.id}", "the id a second time", "each id once"))
            found[one.id] = one
            clocks = {limit.name: limit.days for limit in pipelines[one.of].limits} if one.of in pipelines else {}
            if one.of not in pipelines:
                guess = nearest(one.of, pipelines)
                faults.append(
                    Fault(str(path), f"figure {one.id} › of", one.of, "a pipeline", fix=f"did you mean {guess!r}?" if guess else "")
                )
                continue
            told = f"a clock of {one.of}: {', '.join(clocks) or 'it has none'}"
            wanted = [one.clock, *([one.law] if one.law else [])]
            faults += [Fault(str(path), f"figure {one.id}", name, told) for name in wanted if name not in clocks]
    if faults:
        raise PackFault(faults)
    return found


def pipeline_of(entry: PipelineEntry) -> Pipeline:
    """The entry as a value, the straight way's steps added before the others."""
    stages = (*(stage_of(one) for one in entry.stages), *(stage_of(one, aside=True) for one in entry.aside))
    straight = tuple(straight_step(before, after) for before, after in zip(entry.stages, entry.stages[1:], strict=False))
    steps = tuple(Step(s.name, s.title, s.title_en, s.from_, s.to, s.by, s.needs, s.pauses, s.resumes) for s in entry.step)
    stage_clocks = tuple(
        Limit(f"in_{one.id}", one.title, one.title_en, days, one.limit_source, (one.id,), _all_but(entry, one.id))
        for one in (*entry.stages, *entry.aside)
        if (days := days_of(one.limit))
    )
    clocks = tuple(
        Limit(
            c.name, c.title, c.title_en, c.days, c.source, c.from_, c.until, tuple(Variant(v.field, v.equals, v.days) for v in c.variants)
        )
        for c in entry.clocks
    )
    return Pipeline(
        id=entry.id,
        version=entry.version,
        kind="pipeline",
        title=entry.title,
        title_en=entry.title_en,
        clause=entry.clause,
        owner=entry.owner,
        subject=entry.subject,
        stages=stages,
        steps=(*straight, *steps),
        ends=entry.ends,
        good=entry.good,
        fields=tuple(Field(f.id, f.title, f.title_en, f.type, f.level, f.unit, f.options, f.at) for f in entry.fields),
        guards=tuple(Guard(g.to, g.fact, g.comparator, g.value, g.against, g.clause, g.zh, g.en) for g in entry.guard),
        limits=(*clocks, *stage_clocks),
        pause_reasons=entry.pause_reasons,
        tiers=tuple(Tier(one.from_, one.title, one.title_en) for one in entry.tiers),
        tier_fact=entry.tier_fact,
        tier_source=entry.tier_source,
        slips=Slips(entry.slips.blue, entry.slips.yellow, entry.slips.red, entry.slips.source) if entry.slips else None,
        roster=entry.roster,
        commitment=entry.commitment,
        board=entry.board,
        planned_dates=entry.planned_dates,
        plan_sheet=entry.plan_sheet,
    )


def stage_of(entry: StageEntry, *, aside: bool = False) -> Stage:
    """One stage as a value."""
    found = _PERCENT.fullmatch(entry.weight)
    weight = Fraction(int(found[1]), 100) if found else None
    days = days_of(entry.limit)
    return Stage(entry.id, entry.title, entry.title_en, aside, entry.evidence, entry.early, days, entry.limit_source, weight, entry.by)


def straight_step(before: StageEntry, after: StageEntry) -> Step:
    """The step from one stage of the way to the next."""
    needs = ("evidence",) if after.evidence else ()
    return Step(f"to_{after.id}", f"转入“{after.title}”", f"Move to {after.title_en.lower()}", (before.id,), after.id, after.by, needs)


def days_of(text: str) -> int | None:
    """`10 工作日` as a number; None when nothing is written or it is no such limit."""
    found = _DAYS.fullmatch(text)
    return int(found[1]) if found else None


def _all_but(entry: PipelineEntry, stage: str) -> tuple[str, ...]:
    return tuple(one.id for one in (*entry.stages, *entry.aside) if one.id != stage)


def faults_of(entry: PipelineEntry) -> list[str]:
    """What does not agree inside one pipeline, each as a sentence."""
    return [*_repeated(entry), *_stages(entry), *_unknown(entry), *_compared(entry), *_clocks(entry), *_unreachable(entry)]


def _repeated(entry: PipelineEntry) -> Iterator[str]:
    lists: dict[str, list[Any]] = {
        "stage": [one.id for one in (*entry.stages, *entry.aside)],
        "field": [one.id for one in entry.fields],
        "step": [one.name for one in entry.step],
        "clock": [one.name for one in entry.clocks],
    }
    for what, ids in lists.items():
        yield from (f"the {what} {one!r} a second time" for one in dict.fromkeys(ids) if ids.count(one) > 1)
    starts = [one.from_ for one in entry.tiers]
    if starts != sorted(set(starts)):
        yield f"tiers from {starts}, which do not rise"


def _stages(entry: PipelineEntry) -> Iterator[str]:
    for one in (*entry.stages, *entry.aside):
        if one.limit and days_of(one.limit) is None:
            yield f"stage {one.id}: the limit {one.limit!r} is not written like '10 工作日'"
        if one.limit and not one.limit_source:
            yield f"stage {one.id}: a limit without limit_source; every day names its clause or rule"
        if one.weight and not (_PERCENT.fullmatch(one.weight) and int(one.weight[:-1]) <= 100):
            yield f"stage {one.id}: the weight {one.weight!r} is not a percentage from 0% to 100%"
    if entry.slips and not entry.slips.blue <= entry.slips.yellow <= entry.slips.red:
        yield "slips that do not rise from blue to red"
    for field in entry.fields:
        if (field.type == "choice") != bool(field.options):
            yield f"field {field.id}: options belong to a choice, and a choice has them"
        if field.type == "count" and not field.unit:
            yield f"field {field.id}: a count without its unit"


def _unknown(entry: PipelineEntry) -> Iterator[str]:
    stages = {one.id for one in (*entry.stages, *entry.aside)}
    fields = {one.id for one in entry.fields}
    clocks = {one.name for one in entry.clocks}
    named: list[tuple[str, str, set[str]]] = [
        *(("ends", one, stages) for one in entry.ends),
        *(("good", one, stages) for one in entry.good),
        *((f"field {one.id} at", one.at, stages) for one in entry.fields if one.at),
        *((f"guard of {one.fact}", one.to, stages) for one in entry.guard),
        *((f"guard to {one.to}", one.fact, fields | set(COMPUTED)) for one in entry.guard),
        *((f"guard to {one.to}", one.against, fields) for one in entry.guard if one.against),
        *((f"step {one.name}", name, stages) for one in entry.step for name in (*one.from_, one.to)),
        *((f"step {one.name}", name, clocks) for one in entry.step for name in (*one.pauses, *one.resumes)),
        *((f"clock {one.name}", name, stages) for one in entry.clocks for name in (*one.from_, *one.until)),
        *((f"clock {one.name}", variant.field, fields) for one in entry.clocks for variant in one.variants),
        *(("tier_fact", one, fields) for one in ([entry.tier_fact] if entry.tiers else [])),
    ]
    for where, name, known in named:
        if name not in known:
            near = nearest(name, known)
            yield f"{where} names {name!r}, which is nothing here" + (f"; did you mean {near!r}?" if near else "")


def _compared(entry: PipelineEntry) -> Iterator[str]:
    kinds = {one.id: one.type for one in entry.fields}
    for one in entry.guard:
        if (one.value is None) == (not one.against):
            yield f"guard to {one.to}: either a value or another field, and one of them"
        if kinds.get(one.fact) in ("text", "choice", "date") or kinds.get(one.against) in ("text", "choice", "date"):
            yield f"guard to {one.to}: {one.fact} is no number that can be compared"
    if any(one.pauses for one in entry.step) and not entry.pause_reasons:
        yield "a step pauses a clock and pause_reasons is empty; only listed reasons pause"


def _clocks(entry: PipelineEntry) -> Iterator[str]:
    for clock in entry.clocks:
        pausing = {one.name for one in entry.step if clock.name in one.pauses}
        resuming = {one.name for one in entry.step if clock.name in one.resumes}
        if bool(pausing) != bool(resuming):
            yield f"clock {clock.name}: it is paused and never resumed, or the other way round"


def _unreachable(entry: PipelineEntry) -> Iterator[str]:
    moves = {(a.id, b.id) for a, b in zip(entry.stages, entry.stages[1:], strict=False)}
    moves |= {(source, one.to) for one in entry.step for source in one.from_}
    reached = {entry.stages[0].id}
    while more := {to for source, to in moves if source in reached} - reached:
        reached |= more
    for one in (*entry.stages, *entry.aside):
        if one.id not in reached:
            yield f"the stage {one.id!r} cannot be reached"
        if one.id not in entry.ends and not any(source == one.id for source, _to in moves):
            yield f"the stage {one.id!r} is a dead end; give it a step or list it in ends"
