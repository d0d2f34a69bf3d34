"""The assignment of greatest value by best augmenting paths: exact, without a library, for markets small enough to need no process of their own.

Each step moves units along the path that gains most, from a need with quota left to an offer with room; gains never rise, so the first that gains
nothing ends it (successive shortest paths). Edges are looked at all at once, the lowest edge wins a tie.
"""

from __future__ import annotations

import numpy as np

from yunxing.engines.matching.market import Ints, Market

NEVER = -(2**62)


def augmented(market: Market) -> Ints:
    """Units per edge of greatest total value."""
    units = np.zeros(len(market.value), dtype=np.int64)
    left, room = market.quota.copy(), market.room.copy()
    while True:
        gain, by_need, by_offer = _paths(market, units, left)
        gain = np.where(room > 0, gain, NEVER)
        if not len(gain) or gain.max() <= 0:
            return units
        _move(market, units, left, room, int(gain.argmax()), by_need, by_offer)


def _paths(market: Market, units: Ints, left: Ints) -> tuple[Ints, Ints, Ints]:
    """The best gain of a path to each offer, and the edge by which each need and each offer is reached (-1 for where a path begins)."""
    need_gain = np.where(left > 0, 0, NEVER)
    offer_gain = np.full(len(market.offers), NEVER, dtype=np.int64)
    by_need, by_offer = np.full(len(market.needs), -1), np.full(len(market.offers), -1)
    ahead, back = np.flatnonzero(units < market.most), np.flatnonzero(units > 0)
    while _raise(offer_gain, by_offer, market.offer, ahead, need_gain[market.need[ahead]], market.value[ahead]):
        if not _raise(need_gain, by_need, market.need, back, offer_gain[market.offer[back]], -market.value[back]):
            break
    return offer_gain, by_need, by_offer


def _raise(gain: Ints, by: Ints, place: Ints, edges: Ints, before: Ints, value: Ints) -> bool:
    """Raise the gains that these edges better; whether any was."""
    reached = before > NEVER
    edges, offered = edges[reached], (before + value)[reached]
    best = gain.copy()
    np.maximum.at(best, place[edges], offered)
    won = np.flatnonzero((offered == best[place[edges]]) & (offered > gain[place[edges]]))[::-1]  # the lowest edge is written last
    by[place[edges[won]]] = edges[won]
    gain[:] = best
    return bool(len(won))


def _move(market: Market, units: Ints, left: Ints, room: Ints, end: int, by_need: Ints, by_offer: Ints) -> None:
    """Move as many units along the path to an offer as all of it can bear."""
    path, offer, moved = [], end, int(room[end])
    while True:
        ahead = int(by_offer[offer])
        need, back = int(market.need[ahead]), int(by_need[market.need[ahead]])
        path.append((ahead, 1))
        moved = min(moved, int(market.most[ahead] - units[ahead]))
        if back < 0:
            break
        path.append((back, -1))
        moved = min(moved, int(units[back]))
        offer = int(market.offer[back])
    moved = min(moved, int(left[need]))
    for edge, way in path:
        units[edge] += way * moved
    left[need] -= moved
    room[end] -= moved
