"""What an assignment is worth, judged from the market alone: whether it keeps every capacity, who would rather leave, who is worst off, and a bound.

The bound is a sum that anyone can repeat: for prices p ≥ 0 of the offers, and what each need then still gains, u ≥ 0,
`Σ quota·u + Σ room·p + Σ most·max(0, value − u − p)` is at least the value of every assignment, whatever solver made it (duality of linear programs).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yunxing.engines.matching.market import Ints, Market, Orders

ROUNDS = 2000  # of raising prices; one is a pass over the edges whose needs changed


@dataclass(frozen=True)
class Verdict:
    """`faults` is empty when the assignment keeps every capacity."""

    faults: tuple[str, ...]
    value: int
    units: int
    pairs: int


def verdict(market: Market, units: Ints) -> Verdict:
    """Judge units per edge."""
    if units.shape != market.value.shape:
        return Verdict((f"{units.shape} units for {market.value.shape} edges",), 0, 0, 0)
    faults = [
        f"{market.needs[market.need[e]]}–{market.offers[market.offer[e]]}: {units[e]} units, expected 0 to {market.most[e]}"
        for e in np.flatnonzero((units < 0) | (units > market.most))[:3]
    ]
    for ids, most, held in (
        (market.needs, market.quota, market.held("need", units)),
        (market.offers, market.room, market.held("offer", units)),
    ):
        faults += [f"{ids[at]}: holds {held[at]}, expected at most {most[at]}" for at in np.flatnonzero(held > most)[:3]]
    return Verdict(tuple(faults), market.worth(units), int(units.sum()), int(np.count_nonzero(units)))


def blocking(market: Market, units: Ints, orders: Orders | None = None) -> Ints:
    """The edges whose two ends would both rather have one more unit of each other than what they hold (or than nothing).

    By the sides' own ranks, where a tie makes nobody leave; with `orders` by the strict orders. No such edge: the assignment is stable.
    """
    need_order, offer_order = (market.need_rank, market.offer_rank) if orders is None else (orders.need, orders.offer)
    left = market.quota > market.held("need", units)
    room = market.room > market.held("offer", units)
    worst_need = _worst(market.need, need_order, units, len(market.needs))
    worst_offer = _worst(market.offer, offer_order, units, len(market.offers))
    need_wants = left[market.need] | (need_order < worst_need[market.need])
    offer_wants = room[market.offer] | (offer_order < worst_offer[market.offer])
    return np.flatnonzero(need_wants & offer_wants & (units < market.most))


def _worst(place: Ints, order: Ints, units: Ints, size: int) -> Ints:
    """The worst place in its order that each member holds; -1 for who holds nothing."""
    found = np.full(size, -1, dtype=np.int64)
    held = units > 0
    np.maximum.at(found, place[held], order[held])
    return found


def prices(market: Market, units: Ints, rounds: int = ROUNDS) -> Ints:
    """What one more unit of each offer would be worth, raised until no need would rather have another's place; whole scores, from 0.

    For an optimal assignment these prices prove it; for another one, or when the rounds run out, they still give a bound.
    """
    found = np.zeros(len(market.offers), dtype=np.int64)
    full = market.held("offer", units) >= market.room
    filled = market.held("need", units) >= market.quota
    by_need = np.searchsorted(market.need, np.arange(len(market.needs) + 1))
    held = np.flatnonzero(units > 0)
    open_edge = (units < market.most) & full[market.offer]
    active = np.flatnonzero(open_edge)
    cap = int(market.value.max(initial=0))
    for _round in range(rounds):
        gain = _gain(market, found, held, filled)
        raised = np.minimum(market.value[active] - gain[market.need[active]], cap)
        before = found.copy()
        np.maximum.at(found, market.offer[active], raised)
        changed = np.flatnonzero(found > before)
        if not len(changed):
            break
        moved = np.zeros(len(market.offers), dtype=bool)
        moved[changed] = True
        touched = np.unique(market.need[held[moved[market.offer[held]]]])
        touched = touched[filled[touched]]
        active = _edges_of(touched, by_need)
        active = active[open_edge[active]]
        if not len(active):
            break
    return found


def _edges_of(needs: Ints, by_need: Ints) -> Ints:
    """The edges of some needs, whose edges stand together."""
    starts, counts = by_need[needs], by_need[needs + 1] - by_need[needs]
    total = int(counts.sum())
    if not total:
        return np.zeros(0, dtype=np.int64)
    firsts = np.repeat(starts - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
    return firsts + np.arange(total)


def _gain(market: Market, price: Ints, held: Ints, filled: npt.NDArray[np.bool_]) -> Ints:
    """What each need gains from the least of what it holds, at prices; nothing while it has quota left."""
    gain = np.full(len(market.needs), np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(gain, market.need[held], market.value[held] - price[market.offer[held]])
    gain[~filled | (gain == np.iinfo(np.int64).max)] = 0
    return np.maximum(gain, 0)


def bound(market: Market, units: Ints, price: Ints) -> int:
    """A value that no assignment exceeds, from prices ≥ 0 alone; `units` only says what the needs gain, and any gain ≥ 0 keeps the bound true."""
    gain = _gain(market, price, np.flatnonzero(units > 0), market.held("need", units) >= market.quota)
    over = np.maximum(0, market.value - gain[market.need] - price[market.offer])
    return int(np.dot(market.quota, gain) + np.dot(market.room, price) + np.dot(market.most, over))
