"""Lower bounds that anyone can recompute: whatever gave the multipliers y, `b·y + Σ over units of min(value − y·effect)` is below every plan.

So a few numbers prove a gap again without trusting the solver that found them (Lagrangian relaxation of the requirements).
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from yunxing.engines.contingency.problem import Floats, Ints, Problem

STEPS = 160
SAMPLE = 9_000


def signed(problem: Problem, y: Floats) -> Floats:
    """The multipliers with those of an impossible sign set to 0: a minimum has y ≥ 0, a maximum y ≤ 0."""
    kept: Floats = np.where(np.isfinite(y), y, 0.0)
    kept = np.where((kept > 0) & ~np.isfinite(problem.lower), 0.0, kept)
    return np.where((kept < 0) & ~np.isfinite(problem.upper), 0.0, kept)


def reduced(problem: Problem, y: Floats) -> Floats:
    """The value of each option after the multipliers have paid for its effects."""
    return problem.value - problem.effects @ y if len(y) else problem.value.copy()


def bound(problem: Problem, y: Floats) -> float:
    """The proven lower bound of multipliers, rounding errors and the tolerance of rough rows taken off; rounded up where values are whole."""
    y = signed(problem, y)
    used = np.flatnonzero(y)
    edges = np.where(y > 0, problem.lower, problem.upper)
    least = np.minimum.reduceat(reduced(problem, y), problem.first[:-1]) if len(problem.units) else np.zeros(0)
    if not len(used) and problem.value_whole:
        return math.fsum(least.tolist())  # whole numbers below 2**53: nothing was rounded
    total = math.fsum([*(y[used] * edges[used]).tolist(), *least.tolist()])
    weight = float(np.abs(problem.value).sum() + (abs(problem.effects) @ np.abs(y)).sum() if len(y) else np.abs(problem.value).sum())
    doubt = 2.0**-49 * (weight / max(len(problem.options), 1) * max(len(problem.units), 1) + float(np.abs(y[used] * edges[used]).sum()))
    safe = total - doubt - float((np.abs(y) * problem.slack).sum())
    return float(math.ceil(safe - 1e-7)) if problem.value_whole and abs(safe) < 2**52 else safe


def proves_none(problem: Problem, y: Floats) -> bool:
    """Whether multipliers prove that no plan keeps all requirements (Farkas): weighed by y they ask more than all units together can give at their best.

    Anyone can repeat the sum; whatever made y need not be believed.
    """
    if len(y) != len(problem.resources):
        return False
    return bound(_valueless(problem), y) > 0


def hopeless(problem: Problem, choice: Ints) -> Floats | None:
    """Multipliers that prove that no plan exists, sought without a solver: each row that a choice misses alone, then all together; None when none are found."""
    short = problem.shortfall(problem.activity(choice))
    for row in np.argsort(-short / problem.size, kind="stable")[:40].tolist():
        if short[row] > 0:
            y = np.zeros(len(problem.resources))
            y[row] = 1.0 if problem.activity(choice)[row] < problem.lower[row] else -1.0
            if proves_none(problem, y):
                return y
    y = rough_multipliers(_valueless(problem))
    return y if proves_none(problem, y) else None


def _valueless(problem: Problem) -> Problem:
    return replace(problem, value=np.zeros(len(problem.options)), value_whole=False)


def gap_of(objective: float, proven: float) -> float:
    """(objective − bound) ÷ |bound| of minimised values; 0 when they meet, infinite when the bound is 0 and they do not."""
    if objective <= proven:
        return 0.0
    return (objective - proven) / abs(proven) if proven else math.inf


def sampled(problem: Problem, limit: int = SAMPLE) -> tuple[Ints, float]:
    """Every k-th unit, so that about `limit` options remain, and how many units stand for one."""
    stride = max(1, math.ceil(len(problem.options) / limit))
    return np.arange(stride // 2, len(problem.units), stride, dtype=np.int64), float(stride)


def options_of(problem: Problem, units: Ints) -> Ints:
    """The options of some units, in order."""
    counts = problem.first[units + 1] - problem.first[units]
    starts = np.repeat(problem.first[units] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
    return np.asarray(starts + np.arange(int(counts.sum())), dtype=np.int64)


def rough_multipliers(problem: Problem, steps: int = STEPS) -> Floats:
    """Multipliers near the best, by ascent along the shortfalls on a sample of the units; any y is valid, these are good enough to begin with."""
    rows = len(problem.resources)
    if not rows or not len(problem.units):
        return np.zeros(rows)
    units, share = sampled(problem)
    options = options_of(problem, units)
    matrix, value = problem.effects[options], problem.value[options]
    counts = problem.first[units + 1] - problem.first[units]
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    owner = np.repeat(np.arange(len(units)), counts)
    size = problem.size
    spread = float((np.maximum.reduceat(value, first) - np.minimum.reduceat(value, first)).sum()) or 1.0
    y, best, best_worth = np.zeros(rows), np.zeros(rows), -math.inf
    pull = np.zeros(rows)
    for at in range(steps):
        cost = value - matrix @ y
        least = np.minimum.reduceat(cost, first)
        worth = share * float(least.sum()) + float((y * _edge(problem, y)).sum())
        if worth > best_worth:
            best_worth, best = worth, y.copy()
        hits = np.flatnonzero(cost == least[owner])
        chosen = hits[np.unique(owner[hits], return_index=True)[1]]
        activity = share * np.asarray(matrix[chosen].sum(axis=0)).ravel()
        short = np.where(
            activity < problem.lower, problem.lower - activity, np.where(activity > problem.upper, problem.upper - activity, 0.0)
        )
        ease = np.where((y > 0) & (short == 0), problem.lower - activity, np.where((y < 0) & (short == 0), problem.upper - activity, 0.0))
        pull = 0.6 * pull + np.where(short != 0, short, ease) / size
        norm = float(np.sqrt((pull * pull).sum()))
        if norm == 0:
            break
        y = signed(problem, _same_side(y, y + (spread * share * 0.6 / (1 + at / 6)) * pull / (norm * size)))
    return best


def _edge(problem: Problem, y: Floats) -> Floats:
    return np.where(y > 0, problem.lower, np.where(y < 0, problem.upper, 0.0))


def _same_side(before: Floats, after: Floats) -> Floats:
    """A step does not jump over 0, where the bound in force changes."""
    return np.where(before * after < 0, 0.0, after)
