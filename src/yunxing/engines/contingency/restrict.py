"""Smaller problems inside a problem: some units left free and the rest fixed, or the options that can no longer be in a better plan left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from yunxing.engines.contingency.dual import bound, options_of, reduced, signed
from yunxing.engines.contingency.problem import Floats, Ints, Problem


@dataclass(frozen=True)
class Part:
    """A part of a problem: `kept` are the options that remain (of the whole), `fixed` the choice of the units that are not in it."""

    problem: Problem
    units: Ints
    kept: Ints
    fixed: Ints

    def whole(self, choice: Ints) -> Ints:
        """The choice of the whole problem for a choice of the part."""
        found = self.fixed.copy()
        found[self.units] = self.kept[choice]
        return found

    def part(self, choice: Ints) -> Ints | None:
        """A choice of the whole problem as one of the part; None when it uses an option that is not in it."""
        place = np.searchsorted(self.kept, choice[self.units])
        inside = place < len(self.kept)
        if not inside.all() or (self.kept[place] != choice[self.units]).any():
            return None
        return np.asarray(place, dtype=np.int64)


def part_of(problem: Problem, kept: Ints, choice: Ints) -> Part:
    """The problem on the options `kept` (sorted); units none of whose options are kept, or only the chosen one, stay with `choice`."""
    owner = problem.unit_of[kept]
    counts = np.bincount(owner, minlength=len(problem.units))
    units = np.flatnonzero(counts > 1)
    fixed = choice.copy()
    alone = np.flatnonzero(counts == 1)
    fixed[alone] = kept[np.searchsorted(owner, alone)]
    options = kept[counts[owner] > 1]
    outside = np.ones(len(problem.units), dtype=np.bool_)
    outside[units] = False
    settled = fixed[outside]
    activity = np.asarray(problem.effects[settled].sum(axis=0)).ravel()
    inner = replace(
        problem,
        units=tuple(problem.units[at] for at in units.tolist()),
        options=tuple(problem.options[at] for at in options.tolist()),
        first=np.concatenate([[0], np.cumsum(counts[units])]).astype(np.int64),
        value=problem.value[options],
        lower=problem.lower - activity,
        upper=problem.upper - activity,
        effects=problem.effects[options],
    )
    return Part(inner, units, options, fixed)


def doubt(problem: Problem, y: Floats) -> tuple[Ints, Floats]:
    """Each unit's cheapest option at the multipliers, and how much dearer its second is: the smaller, the less the multipliers decide it."""
    cost = reduced(problem, signed(problem, y))
    best = problem.cheapest(cost)
    rest = cost.copy()
    rest[best] = np.inf
    second = np.minimum.reduceat(rest, problem.first[:-1])
    return best, second - cost[best]


def freed(problem: Problem, y: Floats, count: int, also: Ints | None = None) -> tuple[Ints, Ints]:
    """The options of the `count` units in most doubt (and of `also`), and the choice that fixes the rest."""
    best, distance = doubt(problem, y)
    units = np.argsort(distance, kind="stable")[:count]
    if also is not None and len(also):
        units = np.union1d(units, also)
    return options_of(problem, np.sort(units).astype(np.int64)), best


def survivors(problem: Problem, y: Floats, best_value: float) -> Ints:
    """The options that a plan better than `best_value` may still use: exchanging any other for its unit's cheapest already costs more than is left.

    Exact: what it leaves out is in no better plan (reduced-cost fixing on the proven bound).
    """
    y = signed(problem, y)
    cost = reduced(problem, y)
    least = np.minimum.reduceat(cost, problem.first[:-1])
    left = best_value - bound(problem, y) + 1e-6 * max(1.0, abs(best_value)) * (0 if problem.value_whole else 1)
    return np.flatnonzero(cost - least[problem.unit_of] <= left + 1e-9 * np.abs(cost) + 1e-7).astype(np.int64)


@dataclass(frozen=True)
class Master:
    """The relaxation of a large problem in a small one: the `units` in doubt with all their options, and the rest as one more unit whose options are
    whole plans of the rest (Dantzig–Wolfe with one block).
    """

    problem: Problem
    units: Ints
    kept: Ints

    def spread(self, whole: Problem, shares: Floats, plans: Sequence[Ints]) -> tuple[Floats, Floats]:
        """The share of each option of the whole problem, and the weight of each plan."""
        weights = shares[len(self.kept) :]
        found = np.zeros(len(whole.options))
        outside = np.ones(len(whole.units), dtype=np.bool_)
        outside[self.units] = False
        for weight, plan in zip(weights.tolist(), plans, strict=True):
            if weight > 0:
                found[plan[outside]] += weight
        found[self.kept] = shares[: len(self.kept)]
        return found, weights


def master_of(problem: Problem, units: Ints, plans: Sequence[Ints], activities: Sequence[Floats]) -> Master:
    """The master on the units in doubt (sorted) and some plans with their activities."""
    kept = options_of(problem, units)
    rest, costs = [], []
    for plan, activity in zip(plans, activities, strict=True):
        mine = plan[units]
        rest.append(activity - np.asarray(problem.effects[mine].sum(axis=0)).ravel())
        costs.append(float(problem.value[plan].sum() - problem.value[mine].sum()))
    counts = problem.first[units + 1] - problem.first[units]
    inner = replace(
        problem,
        units=("",) * (len(units) + 1),
        options=("",) * (len(kept) + len(plans)),
        first=np.concatenate([[0], np.cumsum(counts), [len(kept) + len(plans)]]).astype(np.int64),
        value=np.concatenate([problem.value[kept], costs]),
        effects=sparse.vstack([problem.effects[kept], sparse.csr_array(np.array(rest))], format="csr"),
    )
    return Master(inner, units, kept)
