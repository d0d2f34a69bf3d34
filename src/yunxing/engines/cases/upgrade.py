"""A running case goes over to another version of its definition by a state map. Pure: the case after, its event, and what a dry run lists.

No due date is shortened: a running clock takes the new version's limit only when that ends later. A case never stands in a state its table does not have, and a clock
the new version does not know ends without a verdict.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from yunxing.engines.cases import clocks
from yunxing.engines.cases.case import SYSTEM, Case, owner_of
from yunxing.engines.cases.definition import Definition
from yunxing.engines.cases.step import Decision, Refused, act
from yunxing.values.office_hours import WorkingTime


@dataclass(frozen=True, slots=True)
class StateMap:
    """Which new state an old one becomes; a state that is not named keeps its name."""

    states: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, state: str) -> str:
        """The new state."""
        return self.states.get(state, state)

    def faults(self, older: Definition, newer: Definition) -> list[str]:
        """What is wrong with the map: states it leaves without a place, names neither version has, an open state that becomes an end."""
        old, new = {one.name: one for one in older.states}, {one.name: one for one in newer.states}
        found = [f"the state {one!r} is none of version {older.version}" for one in self.states if one not in old]
        for name, state in old.items():
            to = self.of(name)
            if to not in new:
                found.append(f"the state {name!r} would become {to!r}, which version {newer.version} does not have; map it")
            elif state.end != new[to].end:
                found.append(f"the state {name!r} would become {to!r}: an open case may not end, nor an ended one open, by an upgrade")
        return found


@dataclass(frozen=True, slots=True)
class StateChange:
    """What an upgrade does to the cases of one state: how many move, which edges they lose and gain, how many have a later due instant."""

    state: str
    to: str
    cases: int
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    due_moved: int


def upgraded(older: Definition, newer: Definition, states: StateMap, case: Case, now: dt.datetime, time: WorkingTime) -> Decision:
    """The case under the new version, with the one event that says so."""
    after = replace(case, version=newer.version, state=states.of(case.state))
    known = {one.name for one in newer.clocks}
    for clock in case.clocks:
        if not clock.ticking:
            continue
        if clock.name not in known:
            after = clocks.drop(after, clock.name, now, office=clock.office)
            continue
        after = clocks.extend(after, clock.name, newer.clock(clock.name).limit_for(case.grade), time, now, office=clock.office)
    after = replace(after, owner=owner_of(newer, after))
    words = f"{older.id} {older.version} → {newer.version}"
    given = {"from": older.version, "to": newer.version, "was": case.state}
    decided = act(newer, case, "upgrade", SYSTEM, now, words=words, given=given, after=after, time=time)
    assert not isinstance(decided, Refused), decided
    return decided


def plan(older: Definition, newer: Definition, states: StateMap, moves: Iterable[Decision]) -> list[StateChange]:
    """What a dry run lists: by old state."""
    counted: dict[str, int] = {}
    later: dict[str, int] = {}
    for one in moves:
        assert one.before is not None
        counted[one.before.state] = counted.get(one.before.state, 0) + 1
        later[one.before.state] = later.get(one.before.state, 0) + (one.before.due != one.case.due)
    found = []
    for state in older.states:
        if state.name in counted:
            before = {one.name for one in older.leaving(state.name)}
            after = {one.name for one in newer.leaving(states.of(state.name))}
            found.append(
                StateChange(
                    state.name,
                    states.of(state.name),
                    counted[state.name],
                    tuple(sorted(before - after)),
                    tuple(sorted(after - before)),
                    later[state.name],
                )
            )
    return found
