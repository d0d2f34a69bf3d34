"""The least change of an arrivals plan: among the plans that cost hardly more than the best, the one that moves the fewest trains already announced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from yunxing.engines.contingency.coal import Coal, columns_of, course, faults_of
from yunxing.engines.contingency.linear import Linear
from yunxing.engines.contingency.problem import Floats

FIRM = 10.0  # a train of the committed days weighs as much as ten later ones


def weights_of(coal: Coal, firm: int) -> Floats:
    """What moving a train of each near day counts: those of the first `firm` days are committed."""
    return np.where(np.arange(coal.near) < firm, FIRM, 1.0)


def moved(coal: Coal, before: Floats, trains: Floats, firm: int) -> float:
    """How far trains are from those announced, by weight; `before` and `trains` are by (site, mine, day), only whole near days count."""
    return float((np.abs(trains[:, :, : coal.near] - before[:, :, : coal.near]) * weights_of(coal, firm)).sum())


def pinned(coal: Coal, linear: Linear, before: Floats) -> Linear:
    """The model with every near train as announced; only later parts of trains are left to choose."""
    held = np.broadcast_to(np.arange(coal.days) < coal.near, (len(coal.sites), len(coal.mines), coal.days)).ravel()
    wide = np.concatenate([held, np.zeros(len(linear.cost) - len(held), dtype=np.bool_)])
    trains = np.concatenate([before.ravel(), np.zeros(len(linear.cost) - len(held))])
    return replace(
        linear,
        lower=np.where(wide, trains, linear.lower),
        upper=np.where(wide, trains, linear.upper),
        whole=np.zeros(len(wide), dtype=np.bool_),
    )


def steadied(coal: Coal, linear: Linear, before: Floats, most: float, firm: int) -> Linear:
    """The model with its cost held to `most` (fen) as a row, and the trains moved as the new cost. Two more columns a near train: added, taken away."""
    shape = (len(coal.sites), len(coal.mines), coal.days)
    near = np.flatnonzero(np.broadcast_to(np.arange(coal.days) < coal.near, shape).ravel())
    count, width = len(near), len(linear.cost)
    announced = before.ravel()[near]
    pick = sparse.csc_array((np.ones(count), (np.arange(count), near)), shape=(count, width))
    unit = sparse.eye_array(count, format="csc")
    scale = 1.0 / coal.late  # the smallest price that matters becomes 1
    matrix = sparse.vstack(
        [
            sparse.hstack([linear.matrix, sparse.csc_array((linear.matrix.shape[0], 2 * count))]),
            sparse.hstack([pick, -unit, unit]),
            sparse.hstack([sparse.csc_array(linear.cost[None, :] * scale), sparse.csc_array((1, 2 * count))]),
        ],
        format="csc",
    )
    price = np.broadcast_to(weights_of(coal, firm), (shape[0], shape[1], coal.near)).ravel()
    edge = np.maximum(linear.upper[near], announced)
    return replace(
        linear,
        cost=np.concatenate([np.zeros(width), price, price]),
        lower=np.concatenate([linear.lower, np.zeros(2 * count)]),
        upper=np.concatenate([linear.upper, edge, edge]),
        whole=np.concatenate([linear.whole, np.zeros(2 * count, dtype=np.bool_)]),
        matrix=matrix,
        row_lower=np.concatenate([linear.row_lower, announced, [-np.inf]]),
        row_upper=np.concatenate([linear.row_upper, announced, [most * scale]]),
    )


def columns_with(coal: Coal, before: Floats, trains: Floats) -> Floats:
    """The columns of the steadied model for trains."""
    step = (trains - before)[:, :, : coal.near].ravel()
    return np.concatenate([columns_of(coal, trains), np.maximum(step, 0), np.maximum(-step, 0)])


@dataclass(frozen=True, slots=True)
class Moved:
    """Trains of one site, mine and day of loading that changed, and what keeping all the site's announced trains would do: the day (from 1) on which it
    would fall below its floor, the first capacity that would break, or fen that it would cost more (0 for none of these).
    """

    site: int
    mine: int
    day: int
    before: float
    now: float
    below_on: int | None
    fault: str
    saved: int


def moves(coal: Coal, before: Floats, trains: Floats) -> Sequence[Moved]:
    """Every change of a whole near train, by site, day and mine, with its reason."""
    found = []
    plan = course(coal, trains)
    for site in range(len(coal.sites)):
        mines, days = np.nonzero(np.abs(trains[site, :, : coal.near] - before[site, :, : coal.near]) > 0.5)
        if not len(mines):
            continue
        kept = trains.copy()
        kept[site, :, : coal.near] = before[site, :, : coal.near]
        then = course(coal, kept)
        low = np.flatnonzero((then.below[site] > 0) & (plan.below[site] < then.below[site]))
        fault = next(iter(faults_of(coal, kept)), "")
        for day, mine in sorted(zip(days.tolist(), mines.tolist(), strict=True)):
            found.append(
                Moved(
                    site, mine, day, float(before[site, mine, day]), float(trains[site, mine, day]), int(low[0]) + 1 if len(low) else None, fault,
                    max(0, int(then.total - plan.total)),
                )
            )  # fmt: skip
    return found
