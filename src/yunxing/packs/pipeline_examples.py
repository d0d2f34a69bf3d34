"""`pipelines/examples/*.toml`: written by hand so that an official can read them; every gate and every tier of a pack has some below, at and above its bound.

`pack check` runs them: a gate that answers otherwise than its example says, or a gate without enough examples, is a fault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from yunxing.engines.dispatch.definition import Pipeline
from yunxing.engines.dispatch.tiers import tier_of
from yunxing.engines.dispatch.walk import against
from yunxing.packs.strict import Strict, load
from yunxing.values.errors import Fault

FOLDER = "pipelines/examples"
ENOUGH = {"eq": 2, "le": 3, "ge": 3, "lt": 3, "gt": 3}
"""How many examples a comparison needs: equal and not equal; below, at and above."""


class GateEntry(Strict):
    """One `[[gate]]`: with these facts the gate to a stage opens, or it does not."""

    of: str
    to: str
    facts: dict[str, int | bool]
    opens: bool
    why: Annotated[str, Field(min_length=1)]


class TierEntry(Strict):
    """One `[[tier]]`: this number belongs to this tier; an empty title means to none."""

    of: str
    number: int
    title: str


class ExamplesFile(Strict):
    """One file of the folder."""

    gate: tuple[GateEntry, ...] = ()
    tier: tuple[TierEntry, ...] = ()


def example_faults(folder: Path, pipelines: Mapping[str, Pipeline]) -> Iterator[Fault]:
    """Every example that does not come true, and every gate and tier that lacks examples. No folder, no examples asked."""
    paths = sorted((folder / FOLDER).glob("*.toml"))
    if not paths:
        return
    gates: Counter[tuple[str, str, str]] = Counter()
    numbers: dict[str, set[int]] = {}
    for path in paths:
        file = load(path, ExamplesFile)
        for at, one in enumerate(file.gate, 1):
            yield from _gate(path, at, one, pipelines, gates)
        for at, tier in enumerate(file.tier, 1):
            yield from _tier(path, at, tier, pipelines, numbers)
    yield from _lacking(folder, pipelines, gates, numbers)


def _gate(path: Path, at: int, one: GateEntry, pipelines: Mapping[str, Pipeline], gates: Counter[tuple[str, str, str]]) -> Iterator[Fault]:
    pipeline = pipelines.get(one.of)
    guards = pipeline.guards_of(one.to) if pipeline else ()
    if not guards:
        yield Fault(str(path), f"gate {at}", f"{one.of} to {one.to}", "a pipeline of the pack and a stage of it that a guard keeps")
        return
    told = [guard for guard in guards if guard.fact in one.facts]
    for guard in told:
        gates[one.of, one.to, guard.fact] += 1
    held = [found for guard in told if (found := against(guard, one.facts)) is not None]
    if not told:
        yield Fault(str(path), f"gate {at}", f"facts {sorted(one.facts)}", f"a fact that a guard of {one.to} compares")
    elif bool(held) is one.opens:
        answer = "it opens" if not held else f"it is kept shut: {held[0].zh}"
        yield Fault(str(path), f"gate {at} ({one.of} to {one.to})", answer, f"opens = {str(one.opens).lower()}: {one.why}")


def _tier(path: Path, at: int, one: TierEntry, pipelines: Mapping[str, Pipeline], numbers: dict[str, set[int]]) -> Iterator[Fault]:
    pipeline = pipelines.get(one.of)
    if pipeline is None or not pipeline.tiers:
        yield Fault(str(path), f"tier {at}", one.of, "a pipeline with tiers")
        return
    numbers.setdefault(one.of, set()).add(one.number)
    found = tier_of(pipeline.tiers, one.number)
    if (found.title if found else "") != one.title:
        yield Fault(str(path), f"tier {at} ({one.of})", f"{one.number} in {found.title if found else 'no tier'}", one.title or "no tier")


def _lacking(
    folder: Path, pipelines: Mapping[str, Pipeline], gates: Mapping[tuple[str, str, str], int], numbers: Mapping[str, set[int]]
) -> Iterator[Fault]:
    for name, pipeline in pipelines.items():
        for guard in pipeline.guards:
            wanted, there = ENOUGH[guard.comparator], gates.get((name, guard.to, guard.fact), 0)
            if there < wanted:
                yield Fault(
                    str(folder / FOLDER), f"{name} to {guard.to}", f"{there} examples of {guard.fact}", f"{wanted}: below, at and above"
                )
        for tier in pipeline.tiers:
            missing = {tier.start - 1, tier.start, tier.start + 1} - numbers.get(name, set())
            if missing:
                yield Fault(str(folder / FOLDER), name, f"no example of {sorted(missing)}", f"below, at and above {tier.start}")
