"""`cases.toml` of a pack: case definitions read strictly; unreachable states, dead ends and clocks nobody stops are refused. All faults at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from yunxing.engines.cases.definition import Clock, Definition, Edge, faults_of
from yunxing.packs.strict import PackFault, Strict, load
from yunxing.values.errors import Fault

FILE = "cases.toml"


class EdgeEntry(Strict):
    """One `[[case.edge]]`."""

    name: str
    sources: tuple[str, ...] = Field(alias="from")
    to: str
    by: str
    needs: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()


class ClockEntry(Strict):
    """One clock in working days, with what it rests on."""

    name: str
    days: int = Field(ge=1, le=250)
    source: Annotated[str, Field(min_length=1)]


class CaseEntry(Strict):
    """One `[[case]]`."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    version: int = Field(ge=1)
    title: str
    title_en: str
    states: tuple[str, ...] = Field(min_length=2)
    ends: tuple[str, ...] = Field(min_length=1)
    clocks: tuple[ClockEntry, ...] = ()
    edge: tuple[EdgeEntry, ...]


class CasesFile(Strict):
    """The whole file."""

    case: tuple[CaseEntry, ...]


def load_cases(pack: Path) -> dict[str, Definition]:
    """The definitions by id. Errors: `PackFault` with every fault of every definition."""
    path = pack / FILE
    faults: list[Fault] = []
    found: dict[str, Definition] = {}
    for entry in load(path, CasesFile).case:
        definition = Definition(
            id=entry.id,
            version=entry.version,
            title=entry.title,
            title_en=entry.title_en,
            states=entry.states,
            ends=entry.ends,
            edges=tuple(Edge(one.name, one.sources, one.to, one.by, one.needs, one.stops, one.starts) for one in entry.edge),
            clocks=tuple(Clock(one.name, one.days, one.source) for one in entry.clocks),
        )
        if entry.id in found:
            faults.append(Fault(str(path), f"case {entry.id}", "the id a second time", "each id once"))
        faults += [
            Fault(str(path), f"case {entry.id}", fault, "a table in which every case can come to an end") for fault in faults_of(definition)
        ]
        found[entry.id] = definition
    if faults:
        raise PackFault(faults)
    return found
