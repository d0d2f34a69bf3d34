"""Where a chain is missing, weak or on one leg: figures of every segment, and verdicts by bounds that stand in the pack, each with three examples.

断点 missing: no firm of the city in the segment, and of what the chain buys of its products more than the bound comes from outside or from one supplier.
弱项 weak: there are firms, but fewer than the bound, or more than the bound is bought outside. 单一来源 single: one supplier covers more than the bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from yunxing.engines.chain.network import WHOLE, Link, Network

Verdict = Literal["missing", "weak", "single", "unknown", "sound"]
VERDICTS: tuple[Verdict, ...] = ("missing", "weak", "single", "unknown", "sound")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of a pack: shares as exact rationals. A value on the bound is within it for shares (`>` is beyond), and enough for a number of firms."""

    missing_share: Fraction
    weak_share: Fraction
    weak_firms: int
    single_share: Fraction
    bottleneck_share: Fraction
    low_days: int


@dataclass(frozen=True, slots=True)
class State:
    """A segment in figures: firms, their output, what the chain buys of its products in all and in the city (by amount), the largest supplier's part,
    the concentration of the city's suppliers (HHI, 0–1). None where nothing is told. `verdict` with `why`, the bounds that were passed.
    """

    segment: str
    firms: int
    output: int | None
    bought: int
    local: int
    outside: Fraction | None
    largest: Fraction | None
    hhi: Fraction | None
    buyers: int
    verdict: Verdict
    why: tuple[str, ...]


def local_share(links: list[Link] | tuple[Link, ...]) -> Fraction | None:
    """The local supply rate (本地配套率): purchases in the city over all purchases, by amount; None where no amount is told."""
    total = sum(one.amount or 0 for one in links)
    return Fraction(sum(one.amount or 0 for one in links if one.local), total) if total else None


def of_chain(network: Network, chain: str) -> tuple[Link, ...]:
    """The purchases of a chain: links whose product a segment of the chain makes, or whose buyer is one of its firms."""
    members = {one.id for one in network.members[chain]}
    own = {product.id for segment in network.chains[chain].segments for product in segment.products}
    needed = {name for segment in network.chains[chain].segments for name in segment.needs}
    return tuple(one for one in network.links if one.buyer in members and one.product in own | needed)


def states(network: Network, chain: str, bounds: Bounds) -> list[State]:
    """Every segment of a chain, in its order."""
    bought = of_chain(network, chain)
    wanted = {need for one in network.segments.values() for need in one.needs}
    found = []
    for segment in network.chains[chain].segments:
        firms = [one for one in network.members[chain] if segment.id in one.segments]
        made = {one.id for one in segment.products}
        found.append(
            _state(
                segment.id,
                len(firms),
                [one.output for one in firms],
                [one for one in bought if one.product in made],
                bounds,
                last=not made & wanted,
            )
        )
    return found


def _state(segment: str, firms: int, outputs: list[int | None], links: list[Link], bounds: Bounds, *, last: bool) -> State:
    total = sum(one.amount or 0 for one in links)
    by_supplier: dict[str, int] = {}
    for one in links:
        by_supplier[one.supplier] = by_supplier.get(one.supplier, 0) + (one.amount or 0)
    local = sum(amount for name, amount in by_supplier.items() if name)
    named = [amount for name, amount in by_supplier.items() if name]
    outside = Fraction(total - local, total) if total else None
    largest = Fraction(max(named, default=0), total) if total else None
    hhi = sum((Fraction(one, local) ** 2 for one in named), Fraction(0)) if local else None
    known = [one for one in outputs if one is not None]
    verdict, why = judged(firms, outside, largest, bounds, last=last)
    return State(
        segment, firms, sum(known) if known else None, total, local, outside, largest, hhi, len({one.buyer for one in links}), verdict, why
    )


def judged(
    firms: int, outside: Fraction | None, largest: Fraction | None, bounds: Bounds, *, last: bool = False
) -> tuple[Verdict, tuple[str, ...]]:
    """The verdict on a segment and the bounds it passed, the gravest first. Without purchases it is unknown, not sound; the `last` segment of a chain,
    whose products no other needs, is judged by its firms alone.
    """
    beyond = {
        "missing_share": outside is not None and outside > bounds.missing_share,
        "weak_share": outside is not None and outside > bounds.weak_share,
        "weak_firms": 0 < firms < bounds.weak_firms,
        "single_share": largest is not None and largest > bounds.single_share,
    }
    if firms == 0:
        if beyond["missing_share"] or (largest is not None and largest > bounds.missing_share):
            return "missing", ("no_firm", "missing_share")
        return ("weak", ("no_firm", "weak_share")) if beyond["weak_share"] else ("unknown", ("no_firm",))
    why = [name for name in ("weak_share", "weak_firms") if beyond[name]]
    if why:
        return "weak", (*why, *(["single_share"] if beyond["single_share"] else []))
    if beyond["single_share"]:
        return "single", ("single_share",)
    if outside is None and not last:
        return "unknown", ("no_purchase",)
    return "sound", ("end_product",) if outside is None else ()


@dataclass(frozen=True, slots=True)
class Low:
    """A need whose stock lies below the bound: days told at the buyer."""

    buyer: str
    product: str
    days: int


def low_stocks(network: Network, chain: str, bounds: Bounds) -> list[Low]:
    """The needs of a chain's firms with a told stock below the bound, the lowest first."""
    lowest: dict[tuple[str, str], int] = {}
    for one in of_chain(network, chain):
        if one.days is not None:
            key = one.buyer, one.product
            lowest[key] = min(lowest.get(key, one.days), one.days)
    return sorted(
        (Low(*key, days) for key, days in lowest.items() if days < bounds.low_days), key=lambda one: (one.days, one.buyer, one.product)
    )


def switchable(links: tuple[Link, ...] | list[Link]) -> Fraction | None:
    """Which part of the links' shares others could cover at once; None without links."""
    total = sum(one.share for one in links)
    return Fraction(sum(one.share * one.switch for one in links), total * WHOLE) if total else None


def bound_of(bounds: Bounds, name: str) -> Fraction | int:
    """A bound by its name in the pack."""
    table: Mapping[str, Fraction | int] = {
        "missing_share": bounds.missing_share, "weak_share": bounds.weak_share, "weak_firms": bounds.weak_firms,
        "single_share": bounds.single_share, "bottleneck_share": bounds.bottleneck_share, "low_days": bounds.low_days,
    }  # fmt: skip
    return table[name]
