"""`activities.toml` and the promised papers as pipelines of a light kind: planned → held → outcome → next step; promised → drafting → issued.

An activity never breaches anything: it has no clock. `every` only says when a month, a quarter or a holiday without one is worth a word.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field as Checked

from yunxing.engines.cases.definition import Definition
from yunxing.engines.dispatch.definition import Field, Holiday, Pipeline, Stage, Step
from yunxing.engines.dispatch.table import table_of
from yunxing.packs.documents import DocumentsFile, Promised
from yunxing.packs.pipelines import load_pipelines
from yunxing.packs.plan import ClauseText, Words
from yunxing.packs.strict import PackFault, Strict, load
from yunxing.values.errors import Fault
from yunxing.values.office_hours import OfficeHours

FILE = "activities.toml"
BOTH = ("office", "county")


class HolidayEntry(Strict):
    """A window for which the activity is promised; both days included."""

    title: Words
    title_en: Words
    from_: dt.date = Checked(alias="from")
    to: dt.date


class ActivityEntry(Strict):
    """One `[[activity]]`."""

    id: Annotated[str, Checked(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
    title: Words
    title_en: Words
    clause: ClauseText
    owner: Words
    takers: Words
    every: Literal["", "month", "quarter", "holiday"] = ""
    holidays: tuple[HolidayEntry, ...] = ()
    source: str = ""
    opens: str = ""


class ActivitiesFile(Strict):
    """`activities.toml`."""

    activity: tuple[ActivityEntry, ...]


STAGES = (
    Stage("planned", "计划", "Planned", by=("office", "county")),
    Stage("held", "已开展", "Held", by=("office", "county")),
    Stage("outcome", "有结果", "Outcome written", by=("office", "county")),
    Stage("followed", "已跟进", "Followed up", by=("office", "county")),
    Stage("cancelled", "取消", "Cancelled", aside=True),
)
STEPS = (
    Step("to_held", "登记已开展", "Record as held", ("planned",), "held", ("office", "county")),
    Step("to_outcome", "写结果", "Write the outcome", ("held",), "outcome", ("office", "county")),
    Step("to_followed", "后续已完成", "Next step done", ("outcome",), "followed", ("office", "county")),
    Step("cancel", "取消", "Cancel", ("planned",), "cancelled", ("office", "county"), ("reason",)),
)
PAPER_STAGES = (
    Stage("promised", "已承诺", "Promised"),
    Stage("drafting", "起草", "Drafting"),
    Stage("consulted", "征求意见", "Out for comment"),
    Stage("issued", "印发", "Issued", evidence="印发件"),
)
PAPER_STEPS = (
    Step("to_drafting", "开始起草", "Start drafting", ("promised",), "drafting", ("office",)),
    Step("to_consulted", "征求意见", "Send out for comment", ("drafting",), "consulted", ("office",)),
    Step("to_issued", "登记印发", "Record as issued", ("drafting", "consulted"), "issued", ("office",)),
)
PAPER_FIELDS = (
    Field("number", "文号", "Document number", "text", 1, at="issued"),
    Field("link", "公开网址", "Public address", "text", 1),
    Field("note", "进展", "Progress", "text", 2),
)


def load_activities(pack: Path) -> dict[str, Pipeline]:
    """The kinds of activity by id. Errors: `PackFault` for an id twice, holidays without a window, a window upside down, `every` without its source."""
    path = pack / FILE
    found: dict[str, Pipeline] = {}
    faults: list[Fault] = []
    for entry in load(path, ActivitiesFile).activity:
        place = f"activity {entry.id}"
        if entry.id in found:
            faults.append(Fault(str(path), place, "the id a second time", "each id once"))
        if (entry.every == "holiday") != bool(entry.holidays):
            faults.append(
                Fault(str(path), place, f"every = {entry.every!r} with {len(entry.holidays)} holidays", "windows for holidays alone")
            )
        if entry.every and not entry.source:
            faults.append(Fault(str(path), place, f"every = {entry.every!r} without a source", "the clause or the room's rule it rests on"))
        faults += [
            Fault(str(path), place, f"a window from {one.from_} to {one.to}", "a last day not before the first")
            for one in entry.holidays
            if one.to < one.from_
        ]
        found[entry.id] = activity_of(entry)
    if faults:
        raise PackFault(faults)
    return found


def activity_of(entry: ActivityEntry) -> Pipeline:
    """The kind as a light pipeline."""
    return Pipeline(
        id=entry.id,
        version=1,
        kind="activity",
        title=entry.title,
        title_en=entry.title_en,
        clause=entry.clause,
        owner=entry.owner,
        subject="activity",
        stages=STAGES,
        steps=STEPS,
        ends=("followed", "cancelled"),
        good=("outcome", "followed"),
        fields=fields_of(entry.takers),
        planned_dates=True,
        takers=entry.takers,
        every=entry.every,
        every_source=entry.source,
        holidays=tuple(Holiday(one.title, one.title_en, one.from_, one.to) for one in entry.holidays),
        opens=entry.opens,
    )


def fields_of(takers: str) -> tuple[Field, ...]:
    """What is written down of an activity: where, how many came, how many took part in earnest, what came of it, what follows."""
    return (
        Field("place", "地点或方式", "Place or way", "text", 1),
        Field("attendance", "参加人数", "Attendance", "count", 1, "人", at="outcome"),
        Field("takers", takers, "Takers", "count", 1, "个", at="outcome"),
        Field("outcome", "结果", "Outcome", "text", 1, at="outcome"),
        Field("next_step", "下一步", "Next step", "text", 2, at="outcome"),
        Field("next_due", "下一步日期", "Next step by", "date", 2),
    )


def load_papers(pack: Path) -> dict[str, Pipeline]:
    """The papers the city promised, each a light pipeline; those that recur every month have their own engine and are left out."""
    path = pack / "documents.toml"
    promised = load(path, DocumentsFile).document if path.exists() else ()
    return {one.id: paper_of(one) for one in promised if one.cycle == "once"}


def paper_of(one: Promised) -> Pipeline:
    """A promised paper as a light pipeline."""
    return Pipeline(
        id=one.id,
        version=1,
        kind="document",
        title=one.title,
        title_en=one.title_en,
        clause=one.clause,
        owner=one.owner,
        subject="document",
        stages=PAPER_STAGES,
        steps=PAPER_STEPS,
        ends=("issued",),
        good=("issued",),
        fields=PAPER_FIELDS,
        planned_dates=True,
    )


def load_walked(pack: Path) -> dict[str, Pipeline]:
    """Everything that is walked, by the id under which it stands among the cases: pipelines, activities, papers."""
    activities = load_activities(pack).values() if (pack / FILE).exists() else ()
    return {one.case_kind: one for one in (*load_pipelines(pack).values(), *activities, *load_papers(pack).values())}


def walked_tables(pack: Path, command: str, hours: OfficeHours) -> Iterator[tuple[str, Definition]]:
    """The case tables of everything that is walked, each with the claim that names it."""
    for one in load_walked(pack).values():
        yield one.claim, table_of(one, command, hours)
