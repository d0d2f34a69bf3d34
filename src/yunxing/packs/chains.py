"""`chains.toml`: the chains with their segments and products, the bounds of weak and missing links with examples, the N lists. Read strictly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from yunxing.engines.chain.gaps import Bounds
from yunxing.engines.chain.network import Chain, Level, Product, Segment
from yunxing.packs.command import Id
from yunxing.packs.lines import Lines
from yunxing.packs.plan import ClauseText, Words
from yunxing.packs.strict import PackFault, Strict, load, located
from yunxing.values.errors import BadInput, Fault, nearest
from yunxing.values.money import parse_rate
from yunxing.values.quantity import parse_quantity

FILE = "chains.toml"
SHEETS = (
    "leaders", "firms", "strengths", "gaps", "broken", "bottlenecks", "single", "stocks", "projects", "technologies", "parks", "bodies", "invest",
)  # fmt: skip
UNITS = {"missing_share": "%", "weak_share": "%", "weak_firms": "家", "single_share": "%", "bottleneck_share": "%", "low_days": "天"}


class Titled(Strict):
    """Something with an id and names in both languages."""

    id: Id
    title: Words
    title_en: Words


class View(Titled):
    """One `[[view]]`: what a part of a measure names."""

    clause: ClauseText
    owner: Words
    source: Words


class FactsEntry(Strict):
    """`[facts]`: the form's item that says a firm's output, the registry's lists, the kind of case that a broken link opens, the days a stop is followed."""

    output: Annotated[str, Field(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")]
    firms: Id
    links: Id
    chains: Id
    leaders: Id
    projects: Id
    technologies: Id
    parks: Id
    bodies: Id
    case: Id
    horizon: Words


class Example(Strict):
    """A value and whether it lies beyond the bound."""

    value: Words
    beyond: bool


class BoundEntry(Titled):
    """One `[[bound]]`."""

    comparator: Literal["gt", "lt"]
    value: Words
    source: Words
    example: Annotated[tuple[Example, ...], Field(min_length=3)]

    def beyond(self, value: Fraction) -> bool:
        """Whether a value lies beyond the bound."""
        return value > exact(self.value) if self.comparator == "gt" else value < exact(self.value)


class SheetEntry(Titled):
    """One `[[sheet]]`: a list of the N; its id says what it holds."""

    owner: Words


class SegmentEntry(Titled):
    """One `[[chain.segment]]`."""

    level: Level
    industries: tuple[str, ...] = ()
    needs: tuple[Id, ...] = ()
    product: Annotated[tuple[Titled, ...], Field(min_length=1)]


class ChainEntry(Titled):
    """One `[[chain]]`."""

    clause: ClauseText
    trades: tuple[Words, ...] = ()
    segment: Annotated[tuple[SegmentEntry, ...], Field(min_length=1)]


class ChainsFile(Strict):
    """`chains.toml`."""

    view: Annotated[tuple[View, ...], Field(min_length=1)]
    facts: FactsEntry
    bound: tuple[BoundEntry, ...]
    sheet: Annotated[tuple[SheetEntry, ...], Field(min_length=1)]
    chain: Annotated[tuple[ChainEntry, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Chains:
    """The section: chains by id in the pack's order, bounds, the N lists, what the measures name."""

    chains: dict[str, Chain]
    bounds: Bounds
    entries: dict[str, BoundEntry]
    sheets: tuple[SheetEntry, ...]
    facts: FactsEntry
    views: dict[str, View]
    horizon: int


def exact(text: str) -> Fraction:
    """A bound's value: a share such as `80%`, or a number with its unit such as `2 家`."""
    return parse_rate(text) if text.endswith("%") else Fraction(parse_quantity(text).value)


def load_chains(pack: Path) -> Chains:
    """The section of a pack. Errors: `PackFault` with every fault: an id twice, a need that nobody makes, a bound whose examples do not come out."""
    path = pack / FILE
    read = load(path, ChainsFile)
    faults = list(_faults(path, read))
    if faults:
        raise PackFault(faults)
    entries = {one.id: one for one in read.bound}
    whole = {name: exact(one.value) for name, one in entries.items()}
    bounds = Bounds(
        whole["missing_share"], whole["weak_share"], int(whole["weak_firms"]), whole["single_share"], whole["bottleneck_share"], int(whole["low_days"])
    )  # fmt: skip
    return Chains(
        {one.id: _chain(one) for one in read.chain}, bounds, entries, read.sheet, read.facts, {one.id: one for one in read.view}, int(exact(read.facts.horizon))
    )  # fmt: skip


def _chain(entry: ChainEntry) -> Chain:
    segments = tuple(
        Segment(
            f"{entry.id}.{one.id}", entry.id, one.title, one.title_en, one.level, one.industries,
            tuple(Product(made.id, made.title, made.title_en) for made in one.product), one.needs,
        )
        for one in entry.segment
    )  # fmt: skip
    return Chain(entry.id, entry.title, entry.title_en, entry.clause, segments, entry.trades)


def _faults(path: Path, read: ChainsFile) -> Iterator[Fault]:
    lines = Lines.of(path.read_text(encoding="utf-8"))

    def fault(where: tuple[str | int, ...], found: str, expected: str) -> Fault:
        return Fault(str(path), located(lines, where), found, expected)

    yield from _bounds(read, fault)
    for array, ids in (("view", [one.id for one in read.view]), ("sheet", [one.id for one in read.sheet]), ("chain", [one.id for one in read.chain])):  # fmt: skip
        for at, name in enumerate(ids):
            if ids.index(name) != at:
                yield fault((array, at), name, "each id once")
    for at, sheet in enumerate(read.sheet):
        if sheet.id not in SHEETS:
            yield fault(("sheet", at), sheet.id, f"one of {', '.join(SHEETS)} (nearest: {nearest(sheet.id, SHEETS) or 'none'})")
    if not _is_days(read.facts.horizon):
        yield fault(("facts", "horizon"), read.facts.horizon, "a number of days from 1 to 366, such as 90 天")
    made = Counter(product.id for chain in read.chain for segment in chain.segment for product in segment.product)
    for at, chain in enumerate(read.chain):
        names = [one.id for one in chain.segment]
        for place, segment in enumerate(chain.segment):
            where = ("chain", at, "segment", place)
            if names.index(segment.id) != place:
                yield fault(where, segment.id, "each segment of a chain once")
            for product in segment.product:
                if made[product.id] > 1:
                    yield fault(where, f"the product {product.id} twice", "one segment that makes a product")
                if product.id in segment.needs:
                    yield fault(where, f"the segment {segment.id} needs what it makes, {product.id}", "two segments")
            for need in segment.needs:
                if need not in made:
                    yield fault(where, need, f"a product that a segment makes (nearest: {nearest(need, made) or 'none'})")


def _bounds(read: ChainsFile, fault: Callable[[tuple[str | int, ...], str, str], Fault]) -> Iterator[Fault]:
    told: Counter[str] = Counter(one.id for one in read.bound)
    for name in UNITS:
        if told[name] != 1:
            yield fault(("bound",), f"the bound {name} {told[name]} times", "each bound once")
    for at, one in enumerate(read.bound):
        if one.id not in UNITS:
            yield fault(("bound", at), one.id, f"one of {', '.join(UNITS)} (nearest: {nearest(one.id, UNITS) or 'none'})")
            continue
        if (one.comparator == "gt") != (UNITS[one.id] == "%"):
            yield fault(("bound", at), one.comparator, "gt for a share, lt for a number of firms or days")
        for text in (one.value, *(example.value for example in one.example)):
            if not _fits(text, UNITS[one.id]):
                yield fault(("bound", at), text, f"a value in {UNITS[one.id]}")
                break
        else:
            for example in one.example:
                if one.beyond(exact(example.value)) != example.beyond:
                    yield fault(("bound", at), f"{example.value} is {'not ' if example.beyond else ''}beyond {one.value}", "what the example says")  # fmt: skip
            if {one.beyond(exact(example.value)) for example in one.example} != {True, False}:
                yield fault(("bound", at), "examples on one side", "examples below, on and above the bound")


def _fits(text: str, unit: str) -> bool:
    if not text.endswith(unit):
        return False
    try:
        value = exact(text)
    except BadInput:
        return False
    return 0 <= value <= 1 if unit == "%" else value.denominator == 1 and value >= 0


def _is_days(text: str) -> bool:
    return _fits(text, "天") and 1 <= exact(text) <= 366
