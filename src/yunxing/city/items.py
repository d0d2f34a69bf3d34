"""Made-up items of every pipeline: at least one at each stage, each with a believable past. Pure: the walk is laid out here, the flow carries it out."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yunxing.city.chance import stream
from yunxing.engines.dispatch.definition import Field, Pipeline, Step

LABEL = "合成"
Value = int | str | bool | None


@dataclass(frozen=True, slots=True)
class Stop:
    """One step of an item's past: which, when, and the reason or paper given with it."""

    step: str
    on: dt.date
    reason: str = ""
    paper: str = ""
    pause_reason: str = ""


@dataclass(frozen=True)
class MadeItem:
    """One made-up item: what it is, where it belongs, what is written down of it, and every step it took."""

    pipeline: Pipeline
    key: str
    title: str
    unit: str
    party: str
    office: str
    opened: dt.date
    fields: Mapping[str, Value]
    stops: tuple[Stop, ...]
    planned: Mapping[str, dt.date]
    stage: str


@dataclass(frozen=True)
class Place:
    """What items are made of: firms, projects and sites by id with name and reporting unit, the units, and the last day of the past."""

    enterprises: Sequence[tuple[str, str, str]]
    projects: Sequence[tuple[str, str, str]]
    units: Sequence[str]
    last: dt.date
    words: Mapping[str, Any] = field(default_factory=dict)


def way_to(pipeline: Pipeline, stage: str) -> tuple[Step, ...]:
    """The fewest steps from the first stage to this one; a stage that cannot be reached is a KeyError."""
    came: dict[str, tuple[str, Step]] = {}
    queue = deque([pipeline.first])
    while queue:
        here = queue.popleft()
        for step in pipeline.steps_from(here):
            if step.to not in came and step.to != pipeline.first:
                came[step.to] = (here, step)
                queue.append(step.to)
    found: list[Step] = []
    while stage != pipeline.first:
        stage, step = came[stage]
        found.append(step)
    return tuple(reversed(found))


def make_items(pipelines: Sequence[Pipeline], place: Place, seed: int, *, extra: Mapping[str, int]) -> list[MadeItem]:
    """For every pipeline one item at each of its stages, and `extra` more of the ones named, spread over the stages."""
    found = []
    for pipeline in pipelines:
        chance = stream(seed, f"items/{pipeline.case_kind}")
        stages = [one.id for one in pipeline.stages]
        if pipeline.kind == "document":
            stages = stages[1:2]
        wanted = [*stages, *(stages[int(n)] for n in chance.integers(0, len(stages), extra.get(pipeline.id, 0)))]
        found += [
            item_along(pipeline, place, _with_pause(pipeline, way_to(pipeline, stage), number), number, chance)
            for number, stage in enumerate(wanted)
        ]
    return found


def item_along(pipeline: Pipeline, place: Place, steps: tuple[Step, ...], number: int, chance: Any) -> MadeItem:
    """One item that took these steps, with the fields they ask for."""
    party, name, unit = _subject(pipeline, place, number, chance)
    stage = steps[-1].to if steps else pipeline.first
    days = _days(
        len(steps),
        place.last,
        chance,
        quick=pipeline.kind == "activity" or bool(pipeline.limits),
        spread=170 if pipeline.kind == "activity" and steps else 60,
    )
    fields = _fields(pipeline, {stage, *(one.to for one in steps)}, place, number, chance, days[0])
    sample = place.words.get(pipeline.id)
    titles = sample.titles if sample and sample.titles else ()
    title = titles[number % len(titles)] if titles else f"{name}·{pipeline.title}" if name else f"{pipeline.title}之{number + 1}"
    stops = tuple(
        Stop(
            one.name,
            day,
            f"{LABEL}：按程序办理" if "reason" in one.needs else "",
            f"{pipeline.stage(one.to).evidence or one.title}（{LABEL}）.txt" if "evidence" in one.needs else "",
            pipeline.pause_reasons[number % len(pipeline.pause_reasons)] if one.pauses else "",
        )
        for one, day in zip(steps, days[1:], strict=True)
    )
    planned = _planned(pipeline, stage, steps, days, place.last, chance) if pipeline.planned_dates else {}
    return MadeItem(
        pipeline,
        f"demonstration/{pipeline.case_kind}/{number}",
        f"{title}（{LABEL}）",
        unit,
        party,
        pipeline.owner,
        days[0],
        fields,
        stops,
        planned,
        stage,
    )


def _subject(pipeline: Pipeline, place: Place, number: int, chance: Any) -> tuple[str, str, str]:
    """Party, its name, its unit. A cut belongs to a project that is not on its way into production, so that its gate is not in another's way."""
    if pipeline.subject == "enterprise":
        return place.enterprises[int(chance.integers(0, len(place.enterprises)))]
    if pipeline.subject == "project" and place.projects:
        half = len(place.projects) // 2 or 1
        at = number % half if pipeline.id == "reduction_schemes" else half + number % max(1, len(place.projects) - half)
        return place.projects[min(at, len(place.projects) - 1)]
    unit = place.units[number % len(place.units)]
    return "", "", unit


def _with_pause(pipeline: Pipeline, steps: tuple[Step, ...], number: int) -> tuple[Step, ...]:
    """Of the ways past a stage that can be paused every third goes through a pause."""
    pause = next((one for one in pipeline.steps if one.pauses), None)
    at = next(
        (n for n, one in enumerate(steps) if pause and pause.sources == (one.to,) and n + 1 < len(steps) and not steps[n + 1].pauses), None
    )
    if pause is None or at is None or number % 3:
        return steps
    resume = next(one for one in pipeline.steps if one.resumes and pause.to in one.sources)
    return (*steps[: at + 1], pause, resume, *steps[at + 1 :])


def _days(steps: int, last: dt.date, chance: Any, *, quick: bool, spread: int) -> list[dt.date]:
    """The day of opening and of each step, the newest at most `spread` days ago, with some days between two."""
    newest = last - dt.timedelta(days=int(chance.integers(0, spread)))
    gaps = [int(one) for one in chance.integers(3 if quick else 10, 12 if quick else 32, steps)]
    days = [newest]
    for gap in gaps:
        days.append(days[-1] - dt.timedelta(days=gap))
    return list(reversed(days))


def _fields(pipeline: Pipeline, stages: set[str], place: Place, number: int, chance: Any, opened: dt.date) -> dict[str, Value]:
    """A value for every field that a reached stage asks for or that is asked for nowhere, mended until the guards of those stages hold."""
    sample = place.words.get(pipeline.id)
    found: dict[str, Value] = {}
    for one in pipeline.fields:
        if not one.at or one.at in stages or one.at == pipeline.first:
            found[one.id] = _value(one, sample, number, chance, opened)
    if "qualified" in stages or "near_line" in stages:
        line = 2_000_000_000
        share = 100 + int(chance.integers(0, 60)) if "qualified" in stages else 75 + int(chance.integers(0, 24))
        found |= {"vat_sales": line * share // 100, "revenue": line * (share + 3) // 100}
    if {"registered", "commissioned"} <= {one.id for one in pipeline.fields}:
        found |= {"registered": "2021-03-15", "commissioned": f"2022-0{1 + number % 8}-01"}
    for guard in pipeline.guards:
        if guard.to not in stages or not any(one.id == guard.fact for one in pipeline.fields):
            continue
        bound = found.get(guard.against) if guard.against else guard.value
        if not isinstance(bound, int):
            continue
        kind = next(one.type for one in pipeline.fields if one.id == guard.fact)
        if kind == "flag":
            found[guard.fact] = bool(bound)
        elif guard.comparator in ("le", "lt"):
            found[guard.fact] = bound * 9 // 10
        else:
            found[guard.fact] = bound + (bound // 20 if guard.comparator in ("ge", "gt") else 0)
    return found


def _value(one: Field, sample: Any, number: int, chance: Any, opened: dt.date) -> Value:
    words = sample.words.get(one.id, ()) if sample else ()
    if words:
        return str(words[number % len(words)])
    numbers, days = (sample.numbers.get(one.id, ()), sample.days.get(one.id, ())) if sample else ((), ())
    if numbers:
        return bool(numbers[number % len(numbers)]) if one.type == "flag" else int(numbers[number % len(numbers)])
    if days:
        return str(days[number % len(days)]) or None
    if one.type == "money":
        return int(chance.integers(50, 5000)) * 1_000_000
    if one.type == "count":
        return int(chance.integers(10, 200))
    if one.type == "date":
        return (opened - dt.timedelta(days=int(chance.integers(20, 200)))).isoformat()
    if one.type == "flag":
        return bool(chance.integers(0, 2))
    if one.type == "choice":
        return one.options[number % len(one.options)]
    return f"{one.title}（{LABEL}）"


def _planned(
    pipeline: Pipeline, stage: str, steps: tuple[Step, ...], days: list[dt.date], last: dt.date, chance: Any
) -> dict[str, dt.date]:
    """Planned days: around the actual ones for what was reached, and ahead (some of them already past) for what was not."""
    found = {pipeline.first: days[0]}
    for one, day in zip(steps, days[1:], strict=True):
        if not pipeline.stage(one.to).aside:
            found[one.to] = day + dt.timedelta(days=int(chance.integers(-15, 25)))
    if stage in pipeline.ends:
        return found
    day = last + dt.timedelta(days=int(chance.integers(-75, 60)))
    for ahead in pipeline.ahead(stage):
        found.setdefault(ahead.id, day)
        day += dt.timedelta(days=int(chance.integers(25, 80)))
    return found
