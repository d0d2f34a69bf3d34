"""Two assignments that need no solver: greedy by score, and stable by deferred acceptance with capacities (Gale and Shapley; units as Baïou and Balinski)."""

from __future__ import annotations

import heapq

import numpy as np

from yunxing.engines.matching.market import Ints, Market, Orders, Side


def greedy(market: Market, orders: Orders) -> Ints:
    """Units per edge: the best score first, ties by the needs' strict order and then the offers'."""
    left, room, most = market.quota.tolist(), market.room.tolist(), market.most.tolist()
    need, offer = market.need.tolist(), market.offer.tolist()
    units = [0] * len(most)
    for edge in np.lexsort((orders.offer, orders.need, -market.value)).tolist():
        i, j = need[edge], offer[edge]
        if (given := min(left[i], room[j], most[edge])) > 0:
            units[edge] = given
            left[i] -= given
            room[j] -= given
    return np.array(units, dtype=np.int64)


def filled(market: Market, units: Ints) -> Ints:
    """The same assignment with whatever else still fits: a pair that is worth nothing more still serves a need that has nothing. The value stays or grows."""
    found = units.copy()
    left, room = market.quota - market.held("need", units), market.room - market.held("offer", units)
    for edge in np.flatnonzero((units < market.most) & (left[market.need] > 0) & (room[market.offer] > 0)).tolist():
        i, j = market.need[edge], market.offer[edge]
        given = min(left[i], room[j], market.most[edge] - found[edge])
        found[edge] += given
        left[i] -= given
        room[j] -= given
    return found


def deferred(market: Market, orders: Orders, proposer: Side = "need") -> Ints:
    """Units per edge, stable in the strict orders: the proposing side asks in its own order, the other keeps the best units it was offered.

    Among all stable assignments this one is the best for every proposer. Each unit of a quota asks on its own, so a pair may hold several.
    """
    asking = proposer == "need"
    asks, hears = (market.need, market.offer) if asking else (market.offer, market.need)
    own, judged = (orders.need, orders.offer) if asking else (orders.offer, orders.need)
    free, room = ((market.quota, market.room) if asking else (market.room, market.quota))  # fmt: skip
    order = np.lexsort((own, asks))
    bounds = np.searchsorted(asks[order], np.arange(len(free) + 1))
    held = _asked(
        order.tolist(), bounds.tolist(), asks.tolist(), hears.tolist(), judged.tolist(), market.most.tolist(), free.tolist(), room.tolist()
    )
    return np.array(held, dtype=np.int64)


def _asked(
    order: list[int],
    bounds: list[int],
    asks: list[int],
    hears: list[int],
    judged: list[int],
    most: list[int],
    free: list[int],
    room: list[int],
) -> list[int]:
    """The rounds of asking. A hearer's heap has its worst edge on top; an asker's place in its list never goes back."""
    held, at = [0] * len(order), bounds[:-1]
    heaps: list[list[tuple[int, int]]] = [[] for _ in room]
    waiting = [one for one in range(len(free) - 1, -1, -1) if free[one]]
    while waiting:
        asker = waiting.pop()
        left, place, end = free[asker], at[asker], bounds[asker + 1]
        while left and place < end:
            edge = order[place]
            hearer, want = hears[edge], min(left, most[edge] - held[edge])
            heap, liked, before = heaps[hearer], judged[edge], held[edge]
            taken = min(room[hearer], want)
            room[hearer] -= taken
            while taken < want and heap and -heap[0][0] > liked:
                worst = heap[0][1]
                moved = min(held[worst], want - taken)
                held[worst] -= moved
                taken += moved
                if not held[worst]:
                    heapq.heappop(heap)
                loser = asks[worst]
                if not free[loser]:
                    waiting.append(loser)
                free[loser] += moved
            held[edge] += taken
            if taken and not before:
                heapq.heappush(heap, (-liked, edge))
            left -= taken
            if left:
                place += 1  # refused, or the pair holds all it may
        at[asker] = place
        free[asker] = left
    return held
