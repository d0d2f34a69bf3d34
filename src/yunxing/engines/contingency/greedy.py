"""A plan within the first second: rough prices for the requirements, each unit's cheapest option at those prices, then mended and trimmed."""

from __future__ import annotations

import numpy as np

from yunxing.engines.contingency.dual import reduced, rough_multipliers
from yunxing.engines.contingency.problem import Floats, Ints, Problem
from yunxing.engines.contingency.repair import mend, miss, settle, swap, trim


def greedy(problem: Problem, *, until: float = np.inf) -> tuple[Ints, Floats]:
    """The first plan (an option for each unit) and the multipliers it came from. When none is found that holds, the one that misses least.

    `until` (a `time.monotonic`) ends the search for one that holds.
    """
    if not len(problem.units):
        return np.zeros(0, dtype=np.int64), np.zeros(len(problem.resources))
    y = rough_multipliers(problem)
    choice = mend(problem, problem.cheapest(reduced(problem, y)), y)
    if miss(problem, problem.activity(choice)) > 0:
        settled = settle(problem, choice, until=until)
        if miss(problem, problem.activity(settled)) < miss(problem, problem.activity(choice)):
            choice = settled
    if miss(problem, problem.activity(choice)) == 0:
        choice = swap(problem, trim(problem, choice), rounds=6)
    return choice, y
