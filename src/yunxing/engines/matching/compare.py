"""Optimal, stable and greedy side by side: what each is worth, whom it leaves out, who would rather leave, who is worst off. A person chooses, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from yunxing.engines.matching.judge import blocking, verdict
from yunxing.engines.matching.market import Ints, Market, Orders

METHODS = ("optimal", "stable", "greedy")
NAMED = 20  # blocking pairs told by name


@dataclass(frozen=True)
class Measures:
    """What an assignment costs beside the others; every figure a whole number.

    `value` the sum of fit; `units` and `pairs` given; `unmatched` needs with a quota that hold nothing, `short` units of quota left open, `unused` units of
    room left; `blocking` pairs that would both rather have each other; `lowest` the poorest fit given (None when nothing is given); `worst_place` the worst
    place on its own list (1 the best) that a need was given.
    """

    value: int
    units: int
    pairs: int
    unmatched: int
    short: int
    unused: int
    blocking: int
    lowest: int | None
    worst_place: int | None


def measures(market: Market, units: Ints, orders: Orders) -> Measures:
    """Measure an assignment. It must keep every capacity."""
    judged = verdict(market, units)
    assert not judged.faults, judged.faults
    held = market.held("need", units)
    given = np.flatnonzero(units > 0)
    places = _places(market, orders)[given]
    return Measures(
        judged.value, judged.units, judged.pairs, int(np.count_nonzero((held == 0) & (market.quota > 0))), int((market.quota - held).sum()),
        int((market.room - market.held("offer", units)).sum()), len(blocking(market, units)), int(market.value[given].min()) if len(given) else None,
        int(places.max()) if len(given) else None,
    )  # fmt: skip


def _places(market: Market, orders: Orders) -> Ints:
    """Each edge's place on its need's list, from 1."""
    order = np.lexsort((orders.need, market.need))
    starts = np.searchsorted(market.need, np.arange(len(market.needs) + 1))
    found = np.empty(len(order), dtype=np.int64)
    found[order] = np.arange(len(order)) - starts[market.need[order]] + 1
    return found


def blocking_named(market: Market, units: Ints) -> list[tuple[str, str]]:
    """The first blocking pairs by name, the best fit first."""
    found = blocking(market, units)
    best = found[np.lexsort((found, -market.value[found]))][:NAMED]
    return [(market.needs[market.need[one]], market.offers[market.offer[one]]) for one in best]


def spread(market: Market, units: Ints, group: Sequence[str]) -> list[dict[str, Any]]:
    """By group of needs (a county): needs, those that hold something, units asked and given. In the order of the groups' names."""
    held = market.held("need", units)
    found: dict[str, dict[str, Any]] = {}
    for at, name in enumerate(group):
        row = found.setdefault(name, {"group": name, "needs": 0, "matched": 0, "asked": 0, "given": 0})
        row["needs"] += 1
        row["matched"] += bool(held[at])
        row["asked"] += int(market.quota[at])
        row["given"] += int(held[at])
    return [found[name] for name in sorted(found)]


def pairs_of(market: Market, units: Ints) -> list[list[Any]]:
    """The pairs of an assignment: `[need, offer, units, value]`, in the order of the ids."""
    return [
        [market.needs[market.need[one]], market.offers[market.offer[one]], int(units[one]), int(market.value[one])]
        for one in np.flatnonzero(units > 0)
    ]


def plain(found: Measures) -> dict[str, Any]:
    """The measures as they are kept."""
    return asdict(found)
