"""Which parts of the plan ran in a month, from what the closed month holds.

A part ran when everything that executes it left a trace; an id that no month records (a rule assessed on application, a pool) is told as such,
never as done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from yunxing.packs.pack import Pack
from yunxing.packs.plan import Part

State = Literal["ran", "partly", "quiet", "planned", "narrative", "elsewhere"]
NAMES: dict[State, tuple[str, str]] = {
    "ran": ("已运行", "ran"),
    "partly": ("部分运行", "partly ran"),
    "quiet": ("当月无记录", "no trace in the month"),
    "planned": ("计划中", "planned"),
    "narrative": ("叙述性", "narrative"),
    "elsewhere": ("按申请办理", "on application, not by month"),
}
BY_MONTH = ("indicator", "form", "list", "signal", "case", "document")


@dataclass(frozen=True, slots=True)
class PartStatus:
    """One part: its state in the month and, for each id that exists, what the month shows of it."""

    clause: str
    zh: str
    en: str
    state: State
    evidence: dict[str, str]


@dataclass(frozen=True, slots=True)
class PlanStatus:
    """The plan in one month. `snapshot` names the closed month the answer comes from."""

    pack: str
    month: str
    snapshot: str
    parts: tuple[PartStatus, ...]

    @property
    def counts(self) -> Counter[State]:
        """How many parts are in each state."""
        return Counter(part.state for part in self.parts)

    def to_json(self) -> dict[str, Any]:
        """All of it, for scripts."""
        return {
            "pack": self.pack,
            "month": self.month,
            "snapshot": self.snapshot,
            "counts": {state: self.counts.get(state, 0) for state in NAMES},
            "parts": [{"clause": p.clause, "zh": p.zh, "en": p.en, "state": p.state, "evidence": p.evidence} for p in self.parts],
        }

    def lines(self) -> list[str]:
        """For a person: the parts that have something built, then the counts."""
        shown = [part for part in self.parts if part.evidence]
        lines = [f"{self.pack} · {self.month} · {self.snapshot}"]
        for part in shown:
            lines.append(f"{part.clause:<7}{NAMES[part.state][0]} {NAMES[part.state][1]}: {part.zh}")
            lines += [f"       {id_}: {words}" for id_, words in part.evidence.items()]
        lines.append(" · ".join(f"{NAMES[state][0]} {NAMES[state][1]} {self.counts.get(state, 0)}" for state in NAMES))
        return lines


def status(pack: Pack, month: str, snapshot: str, seen: Mapping[str, str]) -> PlanStatus:
    """The status of every part. `seen` says, for each id that left a trace in the month, what it was."""
    return PlanStatus(pack.id, month, snapshot, tuple(_part(part, seen) for part in pack.parts.values()))


def _part(part: Part, seen: Mapping[str, str]) -> PartStatus:
    evidence = {claim: seen.get(claim, _silent(claim)) for claim in part.built}
    return PartStatus(part.clause, part.zh, part.en, _state(part, seen), evidence)


def _silent(claim: str) -> str:
    kept = claim.partition(":")[0] in BY_MONTH
    return "当月无记录 no trace in the month" if kept else "按申请办理 on application, not by month"


def _state(part: Part, seen: Mapping[str, str]) -> State:
    if part.narrative is not None:
        return "narrative"
    if not part.built:
        return "planned"
    monthly = [claim for claim in part.built if claim.partition(":")[0] in BY_MONTH]
    if not monthly:
        return "elsewhere" if not part.planned else "partly"
    ran = [claim for claim in monthly if claim in seen]
    if not ran:
        return "quiet"
    return "ran" if len(ran) == len(monthly) and not part.planned else "partly"
