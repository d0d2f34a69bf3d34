"""Case tables of a pack, read strictly: `[[case]]`, `[[pipeline]]` and `[[activity]]` in cases.toml and cases/*.toml, one schema for all. All faults at once.

`like = "id"` takes whatever an entry does not say itself from an earlier entry, so that kinds of cases which differ in title and limit are not written twice.
Several versions of one id may stand side by side: new cases begin with the newest, running ones keep theirs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field

from yunxing.engines.cases import definition as table
from yunxing.engines.cases.definition import Definition, Limit
from yunxing.engines.cases.upgrade import StateMap
from yunxing.engines.cases.validate import faults_of
from yunxing.packs.activities import walked_tables
from yunxing.packs.lines import Lines
from yunxing.packs.strict import PackFault, Strict, load, located
from yunxing.values.errors import BadInput, Fault
from yunxing.values.office_hours import OfficeHours

FILES = ("cases.toml", "cases/*.toml")
KINDS: tuple[Literal["case", "pipeline", "activity"], ...] = ("case", "pipeline", "activity")
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=32)]
Said = Annotated[str, Field(min_length=1)]
Names = tuple[str, ...]


class StateEntry(Strict):
    """One `[[case.state]]`; the first is where a case begins."""

    name: Name
    title: Said
    title_en: Said
    owner: str = ""
    end: bool = False


class ChoiceEntry(Strict):
    """One value of a closed list: a result, a pause reason, a grade, a field's choice."""

    name: Name
    title: Said
    title_en: Said
    needs: Names = ()
    expects: Literal["", "clears", "goes_on"] = ""


class FieldEntry(Strict):
    """One `[[case.field]]`."""

    name: Name
    title: Said
    title_en: Said
    kind: table.FieldKind = "text"
    choice: tuple[ChoiceEntry, ...] = ()


class EdgeEntry(Strict):
    """One `[[case.edge]]`. Without `to` the case stays where it is."""

    name: Name
    title: Said
    title_en: Said
    sources: Names = Field(alias="from")
    to: str = ""
    by: str | Names
    needs: Names = ()
    takes: Names = ()
    guards: Names = ()
    effects: Names = ()
    starts: Names = ()
    stops: Names = ()
    pauses: Names = ()
    resumes: Names = ()
    extends: dict[str, str] = {}
    on_missed: str = ""
    internal: bool = False


class ClockEntry(Strict):
    """One `[[case.clock]]`: a limit such as `10 working days` with what it rests on."""

    name: Name
    title: Said
    title_en: Said
    limit: str
    source: str
    grades: dict[str, str] = {}
    joint: bool = False


class RungEntry(Strict):
    """One `[[case.rung]]` of a clock's ladder."""

    clock: str
    at: str
    name: Name
    title: Said
    title_en: Said
    to: str
    talk: bool = False


class TalkEntry(Strict):
    """`talk = { missed = 3, source = "…" }`."""

    missed: int = Field(ge=1)
    source: str


class CaseEntry(Strict):
    """One `[[case]]`, `[[pipeline]]` or `[[activity]]`. What is left out comes from the entry named in `like`."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
    version: int = Field(ge=1)
    title: Said
    title_en: Said
    like: str = ""
    in_force_from: dt.date | None = None
    source: str | None = None
    lead: Literal["named", "first_receiver"] | None = None
    opening: Names | None = None
    talk: TalkEntry | None = None
    state: tuple[StateEntry, ...] | None = None
    edge: tuple[EdgeEntry, ...] | None = None
    clock: tuple[ClockEntry, ...] | None = None
    field: tuple[FieldEntry, ...] | None = None
    result: tuple[ChoiceEntry, ...] | None = None
    pause_reason: tuple[ChoiceEntry, ...] | None = None
    grade: tuple[ChoiceEntry, ...] | None = None
    rung: tuple[RungEntry, ...] | None = None


class UpgradeEntry(Strict):
    """One `[[upgrade]]`: the states that have another name in the next version; the others keep theirs."""

    definition: str
    older: int = Field(alias="from")
    newer: int = Field(alias="to")
    states: dict[str, str] = {}


class DeskEntry(Strict):
    """`[desk]`, once, in cases.toml: the command's office, the office hours and on what they rest, and whether late arrivals count from the next working day."""

    command: Said
    office_hours: Names
    source: Said
    receipt: Literal["same_day", "next_working_day"] = "next_working_day"


class CasesFile(Strict):
    """The whole file."""

    desk: DeskEntry | None = None
    case: tuple[CaseEntry, ...] = ()
    pipeline: tuple[CaseEntry, ...] = ()
    activity: tuple[CaseEntry, ...] = ()
    upgrade: tuple[UpgradeEntry, ...] = ()


class Tables(Mapping[str, Definition]):
    """The newest definition by id; `versions` has all of them, `maps` the state maps between versions."""

    def __init__(self, versions: Mapping[tuple[str, int], Definition], maps: Mapping[tuple[str, int, int], StateMap]) -> None:
        self.versions, self.maps = versions, maps
        self._newest = {name: versions[name, number] for name, number in sorted(versions)}

    def __getitem__(self, name: str) -> Definition:
        return self._newest[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._newest)

    def __len__(self) -> int:
        return len(self._newest)


def load_cases(pack: Path) -> Tables:
    """All definitions of the pack. Errors: `PackFault` with every fault of every definition."""
    paths = {path.relative_to(pack).as_posix(): path for glob in FILES for path in sorted(pack.glob(glob))}
    files = {name: load(path, CasesFile) for name, path in paths.items()}
    lines = {name: Lines.of((pack / name).read_text(encoding="utf-8")) for name in files}
    desk = next((one.desk for one in files.values() if one.desk is not None), None)
    faults = [
        Fault(str(path), "", "no case, pipeline or activity", "at least one table", fix="leave the file out when the plan has no cases")
        for name, path in paths.items()
        if not any(getattr(files[name], kind) for kind in (*KINDS, "upgrade")) and files[name].desk is None
    ]
    versions: dict[tuple[str, int], Definition] = {}
    entries: dict[str, CaseEntry] = {}
    for name, file in files.items():
        for kind in KINDS:
            for index, entry in enumerate(getattr(file, kind)):
                place = f"{located(lines[name], (kind, index))} {entry.id}"
                found, said = _definition(entry, entries, kind, desk)
                faults += [
                    Fault(str(pack / name), place, one, "a table in which every case is owned, counted and can come to an end")
                    for one in said
                ]
                if (entry.id, entry.version) in versions:
                    faults.append(Fault(str(pack / name), place, "the id and version a second time", "each version of an id once"))
                if found is not None:
                    versions[entry.id, entry.version] = found
    maps = {}
    for name, file in files.items():
        for index, one in enumerate(file.upgrade):
            said = [
                f"no version {number} of {one.definition!r}"
                for number in (one.older, one.newer)
                if (one.definition, number) not in versions
            ]
            if not said:
                maps[one.definition, one.older, one.newer] = StateMap(MappingProxyType(dict(one.states)))
                older, newer = versions[one.definition, one.older], versions[one.definition, one.newer]
                said = maps[one.definition, one.older, one.newer].faults(older, newer)
            faults += [
                Fault(str(pack / name), located(lines[name], ("upgrade", index)), text, "a map from every old state to a new one")
                for text in said
            ]
    hours = None
    try:
        hours = _hours(desk) if desk is not None else None
    except BadInput as bad:
        faults.append(Fault(str(pack / "cases.toml"), "desk, office_hours", bad.message, "spans such as 08:30-12:00, in order"))
    if desk is not None and hours is not None:
        # pipelines, activities and promised papers are case tables of their own: the same engine walks them
        for where, found in walked_tables(pack, desk.command, hours):
            faults += [
                Fault(str(pack), where, one, "a pipeline in which every item is owned and can come to an end") for one in faults_of(found)
            ]
            versions[found.id, found.version] = found
    if faults:
        raise PackFault(faults)
    return Tables(versions, maps)


def _definition(
    entry: CaseEntry, entries: dict[str, CaseEntry], kind: Literal["case", "pipeline", "activity"], desk: DeskEntry | None
) -> tuple[Definition | None, list[str]]:
    """The definition of an entry with what it inherits, or its faults; both when the table can be built but not be used."""
    if entry.like:
        if entry.like not in entries:
            return None, [f"like = {entry.like!r}, which no entry above defines"]
        older = entries[entry.like]
        own = {name: value for name in CaseEntry.model_fields if (value := getattr(entry, name)) is not None}
        entry = older.model_copy(update=own)
    entries[entry.id] = entry
    if not entry.state or not entry.edge:
        return None, ["no states or no edges; write [[….state]] and [[….edge]], or name an entry in `like`"]
    if desk is None:
        return None, ["no [desk] in cases.toml: command, office_hours, source"]
    try:
        found = _built(entry, kind, desk)
    except BadInput as bad:
        return None, [bad.message]
    return found, faults_of(found)


def _built(entry: CaseEntry, kind: Literal["case", "pipeline", "activity"], desk: DeskEntry) -> Definition:
    return Definition(
        id=entry.id,
        version=entry.version,
        title=entry.title,
        title_en=entry.title_en,
        kind=kind,
        in_force_from=entry.in_force_from or dt.date(1949, 10, 1),
        source=entry.source or "",
        lead=entry.lead or "named",
        opening=entry.opening or (),
        talk=table.Talk(entry.talk.missed, entry.talk.source) if entry.talk else None,
        states=tuple(table.State(one.name, one.title, one.title_en, one.owner, one.end) for one in entry.state or ()),
        edges=tuple(_edge(one) for one in entry.edge or ()),
        clocks=tuple(
            table.ClockSpec(one.name, one.title, one.title_en, _limit(one.name, one.limit), one.source, _limits(one.grades), one.joint)
            for one in entry.clock or ()
        ),
        fields=tuple(table.Field(one.name, one.title, one.title_en, one.kind, _choices(one.choice)) for one in entry.field or ()),
        results=_choices(entry.result or ()),
        pause_reasons=_choices(entry.pause_reason or ()),
        grades=_choices(entry.grade or ()),
        ladder=tuple(table.Rung(one.clock, one.at, one.name, one.title, one.title_en, one.to, one.talk) for one in entry.rung or ()),
        command=desk.command,
        hours=_hours(desk),
    )


def _hours(desk: DeskEntry) -> OfficeHours:
    return OfficeHours.parse(desk.office_hours, receipt_next_day=desk.receipt == "next_working_day")


def _edge(one: EdgeEntry) -> table.Edge:
    values: dict[str, Any] = {name: getattr(one, name) for name in EdgeEntry.model_fields}
    return table.Edge(**{**values, "by": (one.by,) if isinstance(one.by, str) else one.by, "extends": _limits(one.extends)})


def _choices(entries: tuple[ChoiceEntry, ...]) -> tuple[table.Choice, ...]:
    return tuple(table.Choice(one.name, one.title, one.title_en, one.needs, one.expects) for one in entries)


def _limits(texts: Mapping[str, str]) -> Mapping[str, Limit]:
    return MappingProxyType({name: _limit(name, text) for name, text in texts.items()})


def _limit(name: str, text: str) -> Limit:
    try:
        return Limit.parse(text)
    except BadInput as bad:
        raise BadInput(f"the clock {name!r}: {bad.message}") from bad
