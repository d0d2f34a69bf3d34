"""The least change: among the plans that cost hardly more than the best, the one in which the fewest units are told something else than before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from scipy import sparse

from yunxing.engines.contingency.problem import Ints, Problem

ROOM = Fraction(1, 1000)  # of the best value, that may be given for fewer changes
COST = "~ value"  # the row that holds the value; no resource of a trade begins with a tilde


def most_of(value: float, room: Fraction = ROOM) -> float:
    """What a steadier plan may cost at most: the best value and a thousandth of its size."""
    return value + float(room) * abs(value)


def steadied(problem: Problem, before: Ints, most: float) -> Problem:
    """The problem with its value held to `most` as one more row, and the number of units whose option is not that of `before` as the new value.

    `before` is a choice of this problem (an option for each unit); `most` is a minimised value. Any plan of the result is a plan of the problem.
    """
    same = np.zeros(len(problem.options), dtype=np.bool_)
    same[before] = True
    price = sparse.csr_array(problem.value[:, None])
    return replace(
        problem,
        sense="min",
        value=np.where(same, 0.0, 1.0),
        value_scale=Fraction(1),
        value_whole=True,
        resources=(*problem.resources, COST),
        scale=(*problem.scale, problem.value_scale),
        whole=np.append(problem.whole, problem.value_whole),
        lower=np.append(problem.lower, -np.inf),
        upper=np.append(problem.upper, np.floor(most) if problem.value_whole else most),
        effects=sparse.hstack([problem.effects, price], format="csr"),
        ranks=np.append(problem.ranks, problem.ranks.max(initial=0)),
    )


def changed(before: Ints, now: Ints) -> Ints:
    """The units whose option differs."""
    return np.flatnonzero(before != now)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one unit's option changed: had it stayed, `resource` would be missed by `short` (in its own units); with no such row it would cost `saved` more
    (the problem's own value; negative where the change itself costs).
    """

    unit: int
    before: int
    now: int
    resource: str
    short: Fraction
    saved: Fraction


def reasons(problem: Problem, before: Ints, now: Ints) -> list[Reason]:
    """For every unit whose option changed, what keeping the old option alone would do to the new plan; the row missed most against its size is named."""
    units = changed(before, now)
    activity = problem.activity(now)
    stayed = (problem.effects[before[units]] - problem.effects[now[units]]).toarray() + activity
    missing = np.maximum(np.maximum(problem.lower - stayed, stayed - problem.upper), 0.0)
    missing = np.where(missing <= problem.slack, 0.0, missing)
    found = []
    for at, unit in enumerate(units.tolist()):
        row = int(np.argmax(missing[at] / problem.size)) if missing.shape[1] else -1
        broken = row >= 0 and missing[at, row] > 0
        saved = problem.own(float(problem.value[before[unit]] - problem.value[now[unit]]))
        found.append(
            Reason(
                unit, int(before[unit]), int(now[unit]), problem.resources[row] if broken else "",
                Fraction(float(missing[at, row])) * problem.scale[row] if broken else Fraction(0), saved,
            )
        )  # fmt: skip
    return found
