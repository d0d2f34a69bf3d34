"""A running case goes over to the next version of its definition by a state map. Pure: the case after, its event, and what a dry run lists.

No due date is shortened: a running clock of the new version keeps the later of the two due instants. A case never stands in a state its table does not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from yunxing.engines.cases.definition import Definition


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
