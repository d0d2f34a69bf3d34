"""Who in the city could step in for a firm, product by product, ranked with reasons that a person can check. No score: an order of plain facts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from yunxing.engines.chain.network import Network

REASONS = ("supplies_buyer", "sells_product", "large_enough", "same_unit", "same_segment")


@dataclass(frozen=True, slots=True)
class Substitute:
    """A firm that could supply `product` instead: `reasons` in the order they count (already supplies one of these buyers, sells this product to
    others, its output is at least the amount that falls away, same county, makes it by its segment); `output` in fen.
    """

    product: str
    firm: str
    reasons: tuple[str, ...]
    output: int | None


def substitutes(network: Network, firm: str, *, hit: Collection[str] = (), most: int = 5) -> list[Substitute]:
    """For each product the firm sells, at most `most` other makers of the city that the stop does not hit, best first: more of the earlier reasons, then
    the larger output, then the id.
    """
    gone = network.firm(firm)
    found: list[Substitute] = []
    by_product: dict[str, list[tuple[str, int]]] = {}
    for one in network.sells.get(firm, ()):
        by_product.setdefault(one.product, []).append((one.buyer, one.amount or 0))
    for product, rows in sorted(by_product.items()):
        buyers, amount = {name for name, _amount in rows}, sum(worth for _name, worth in rows)
        sellers: dict[str, set[str]] = {}
        for one in network.links:
            if one.local and one.product == product:
                sellers.setdefault(one.supplier, set()).add(one.buyer)
        segment = network.makers[product]
        able = [one for one in network.firms if (segment in one.segments or one.id in sellers) and one.id != firm and one.id not in hit]
        ranked = []
        for maker in able:
            holds = {
                "supplies_buyer": bool(sellers.get(maker.id, set()) & buyers),
                "sells_product": maker.id in sellers,
                "large_enough": maker.output is not None and maker.output >= amount > 0,
                "same_unit": gone is not None and maker.unit == gone.unit,
                "same_segment": segment in maker.segments,
            }
            reasons = tuple(name for name in REASONS if holds[name])
            ranked.append(Substitute(product, maker.id, reasons, maker.output))
        ranked.sort(key=lambda one: (tuple(name not in one.reasons for name in REASONS), -(one.output or 0), one.firm))
        found += ranked[:most]
    return found
