"""What is wrong with a case table. `yunxing pack check` refuses a pack whose tables have any of it; all faults at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from yunxing.engines.cases.definition import OWNERS, ROLES, Definition, Edge, rung_terms
from yunxing.engines.cases.effects import EFFECTS
from yunxing.engines.cases.guards import TAKE_CLOCK, TAKE_EDGE, TAKE_FIELD, TAKE_GRADE, parsed
from yunxing.engines.cases.step import ACTS
from yunxing.values.errors import BadInput


def faults_of(definition: Definition) -> list[str]:
    """Every fault of the table, as sentences; none means that every case can come to an end, is always owned, and has no clock that runs for ever."""
    return [
        *_twice(definition),
        *_states(definition),
        *_reach(definition),
        *(fault for edge in definition.edges for fault in _edge(definition, edge)),
        *_clocks(definition),
        *_ladder(definition),
    ]


def _twice(definition: Definition) -> Iterator[str]:
    for what in ("states", "edges", "clocks", "fields", "results", "pause_reasons", "grades"):
        counted = Counter(one.name for one in getattr(definition, what))
        yield from (f"{what}: the name {name!r} a second time" for name, count in counted.items() if count > 1)


def _states(definition: Definition) -> Iterator[str]:
    if not definition.ends:
        yield "no state is an end; mark one with end = true"
    if definition.state(definition.first).end:
        yield f"the first state {definition.first!r} is an end"
    for state in definition.states:
        if not state.owner:
            yield f"the state {state.name!r} has no owner; name the role that owes the next act"
        elif state.owner not in OWNERS:
            yield f"the state {state.name!r}: the owner {state.owner!r} is none of {', '.join(OWNERS)}"


def _reach(definition: Definition) -> Iterator[str]:
    known = {one.name for one in definition.states}
    forward = {(source, edge.moves_to(source)) for edge in definition.edges for source in edge.sources}
    reached = _closure({definition.first}, forward)
    yield from (f"the state {one.name!r} cannot be reached" for one in definition.states if one.name not in reached)
    ending = _closure(set(definition.ends) & known, {(to, source) for source, to in forward})
    leaving = {source for source, to in forward if to != source}
    for one in definition.states:
        if one.name not in leaving and not one.end:
            yield f"the state {one.name!r} is a dead end; give it an edge or mark it with end = true"
        elif one.name not in ending:
            yield f"from the state {one.name!r} no end can be reached"


def _closure(begun: set[str], pairs: Iterable[tuple[str, str]]) -> set[str]:
    found = set(begun)
    while more := {to for source, to in pairs if source in found} - found:
        found |= more
    return found


def _edge(definition: Definition, edge: Edge) -> Iterator[str]:
    states = {one.name for one in definition.states}
    clocks = {one.name for one in definition.clocks}
    here = f"edge {edge.name}"
    if edge.name in ACTS or edge.name == "open":
        yield f"{here}: the name is one of the platform's own acts ({', '.join(ACTS)}); choose another"
    yield from (
        f"{here}: the state {one!r} is not among the states" for one in (*edge.sources, *filter(None, [edge.to])) if one not in states
    )
    if not edge.sources:
        yield f"{here}: it begins in no state; list them in `from`"
    if not any(edge.by):
        yield f"{here}: nobody may walk it; name a role in `by`"
    yield from (f"{here}: the role {one!r} is none of {', '.join(ROLES)}" for one in edge.by if one and one not in ROLES)
    named = {"stops": edge.stops, "starts": edge.starts, "pauses": edge.pauses, "resumes": edge.resumes, "extends": tuple(edge.extends)}
    named["on_missed"] = (edge.on_missed,) if edge.on_missed else ()
    for what, names in named.items():
        yield from (f"{here}: {what} names the clock {one!r}, which is not among the clocks" for one in names if one not in clocks)
    known = {one.name for one in definition.all_fields}
    yield from (f"{here}: it asks for {one!r}, which is no field" for one in (*edge.needs, *edge.takes) if one not in known)
    for name in (*edge.needs, *edge.takes):
        if name in known and definition.field(name).kind == "choice" and not definition.field(name).choices:
            yield f"{here}: it asks for {name!r}, which has nothing to choose from; list its values in the definition"
    yield from (f"{here}: the effect {one!r} is none of {', '.join(EFFECTS)}" for one in edge.effects if one not in EFFECTS)
    yield from (f"{here}: {fault}" for one in edge.guards for fault in _guard(definition, one))
    if edge.pauses and "pause_reason" not in edge.needs:
        yield f"{here}: it pauses a clock, so it needs a pause_reason of the closed list"
    if edge.extends and "reason" not in edge.needs:
        yield f"{here}: it extends a limit, so it needs a reason"
    if edge.on_missed and "system" not in edge.by:
        yield f"{here}: the platform walks it when {edge.on_missed!r} runs out, so `by` must name system"


def _guard(definition: Definition, text: str) -> Iterator[str]:
    try:
        name, argument = parsed(text)
    except BadInput as bad:
        yield bad.message
        return
    lists: dict[str, tuple[frozenset[str], tuple[Any, ...]]] = {
        "edge": (TAKE_EDGE, definition.edges),
        "clock": (TAKE_CLOCK, definition.clocks),
    }
    lists |= {"field": (TAKE_FIELD, definition.all_fields), "grade": (TAKE_GRADE, definition.grades)}
    for what, (names, known) in lists.items():
        if name in names and argument not in {one.name for one in known}:
            yield f"the guard {text!r} names the {what} {argument!r}, which is not there"


def _clocks(definition: Definition) -> Iterator[str]:
    stopped = {name for edge in definition.edges for name in edge.stops}
    parts = any("answer_part" in edge.effects for edge in definition.edges)
    started = {name for edge in definition.edges for name in edge.starts} | set(definition.opening)
    paused = {name for edge in definition.edges for name in edge.pauses}
    resumed = {name for edge in definition.edges for name in edge.resumes}
    grades = {one.name for one in definition.grades}
    for one in definition.clocks:
        if not (one.name in stopped or (one.joint and parts)):
            yield f"the clock {one.name!r} is never stopped by an edge"
        if not (one.name in started or one.joint):
            yield f"the clock {one.name!r} is never started by an edge or at the opening"
        if not one.source.strip():
            yield f"the clock {one.name!r}: the limit has no source; name its clause or say whose setting it is"
        yield from (f"the clock {one.name!r}: the grade {grade!r} is not among the grades" for grade in one.grades if grade not in grades)
    yield from (f"the clock {one!r} is paused by an edge and resumed by none" for one in sorted(paused - resumed))
    yield from (
        f"opening: the clock {one!r} is not among the clocks"
        for one in definition.opening
        if one not in {c.name for c in definition.clocks}
    )
    if paused and not definition.pause_reasons:
        yield "clocks are paused, but there is no closed list of pause_reasons"


def _ladder(definition: Definition) -> Iterator[str]:
    clocks = {one.name for one in definition.clocks}
    order: dict[str, tuple[int, int]] = {}
    for rung in definition.ladder:
        here = f"ladder {rung.clock} {rung.name}"
        if rung.clock not in clocks:
            yield f"{here}: the clock {rung.clock!r} is not among the clocks"
        if rung.to not in ROLES:
            yield f"{here}: the role {rung.to!r} is none of {', '.join(ROLES)}"
        try:
            kind, amount = rung_terms(rung.at)
        except BadInput as bad:
            yield f"{here}: {bad.message}"
            continue
        place = ({"left": 0, "due": 1, "after": 2}[kind], -amount if kind == "left" else amount)
        if place <= order.get(rung.clock, (-1, 0)):
            yield f"{here}: it does not come after the rung before it"
        order[rung.clock] = place
    if definition.talk is not None and not definition.talk.source.strip():
        yield "talk: the number has no source"
