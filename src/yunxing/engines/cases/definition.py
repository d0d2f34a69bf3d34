"""A case definition: states, edges with who may walk them, clocks and the steps of urging, all data of a pack. The engine that walks it is a later step."""

from __future__ import annotations

from dataclasses import dataclass

from yunxing.values.digest import digest


@dataclass(frozen=True, slots=True)
class Edge:
    """One allowed move. `by` is the role that may make it, `needs` what must be given, `stops` and `starts` the clocks it touches."""

    name: str
    sources: tuple[str, ...]
    to: str
    by: str
    needs: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """A limit in working days: how many, and the clause or rule it rests on."""

    name: str
    days: int
    source: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One kind of case. The first state is where a case begins; `ends` are the states in which nothing is owed any more."""

    id: str
    version: int
    title: str
    title_en: str
    states: tuple[str, ...]
    ends: tuple[str, ...]
    edges: tuple[Edge, ...]
    clocks: tuple[Clock, ...]

    @property
    def first(self) -> str:
        """The state a case begins in."""
        return self.states[0]

    @property
    def hash(self) -> str:
        """The digest of the whole definition: a case keeps the version it began with."""
        body = {
            "id": self.id,
            "version": self.version,
            "states": list(self.states),
            "ends": list(self.ends),
            "edges": [
                [one.name, list(one.sources), one.to, one.by, list(one.needs), list(one.stops), list(one.starts)] for one in self.edges
            ],
            "clocks": [[one.name, one.days] for one in self.clocks],
        }
        return digest(body)


def faults_of(definition: Definition) -> list[str]:
    """What is wrong with the table: states nobody reaches or leaves, edges between unknown states or without a role, clocks no edge stops."""
    found: list[str] = []
    known = set(definition.states)
    for edge in definition.edges:
        found += [f"edge {edge.name}: the state {one!r} is not among the states" for one in (*edge.sources, edge.to) if one not in known]
        if not edge.by:
            found.append(f"edge {edge.name}: nobody may walk it; name a role in `by`")
    reached = {definition.first}
    while True:
        more = {edge.to for edge in definition.edges if reached & set(edge.sources)} - reached
        if not more:
            break
        reached |= more
    found += [f"the state {one!r} cannot be reached" for one in definition.states if one not in reached]
    left = {source for edge in definition.edges for source in edge.sources}
    found += [
        f"the state {one!r} is a dead end; give it an edge or list it in `ends`"
        for one in definition.states
        if one not in left and one not in definition.ends
    ]
    stopped = {clock for edge in definition.edges for clock in edge.stops}
    found += [f"the clock {one.name!r} is never stopped by an edge" for one in definition.clocks if one.name not in stopped]
    return found
