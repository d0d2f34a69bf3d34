"""Changes of a few units: until every requirement holds (`mend`), back to what costs less (`trim`), and pairs of changes (`swap`).

All in whole sweeps over the options, in canonical order and with fixed limits, so that equal problems give equal plans.
"""

from __future__ import annotations

import time

import numpy as np

from yunxing.engines.contingency.dual import reduced
from yunxing.engines.contingency.problem import Floats, Ints, Problem

ROUNDS = 80
DENSE = 600_000


def miss(problem: Problem, activity: Floats) -> float:
    """How far a plan is from all requirements: each shortfall against the size of its row, added up, a row of an earlier rank weighing a thousand times."""
    weight = 1000.0 ** np.minimum(problem.ranks.max(initial=0) - problem.ranks, 3)
    return float((problem.shortfall(activity) / problem.size * weight).sum())


def mend(problem: Problem, choice: Ints, y: Floats, rounds: int = ROUNDS) -> Ints:
    """The choice changed row by row, the worst row first, by the changes that cost least for what they bring, until all hold or nothing helps."""
    choice, y = choice.copy(), y.copy()
    activity = problem.activity(choice)
    best, best_miss = choice.copy(), miss(problem, activity)
    for _ in range(rounds):
        short = problem.shortfall(activity) / problem.size
        if not short.any():
            break
        row = int(np.argmax(short))
        up = activity[row] < problem.lower[row]
        missing = float(problem.lower[row] - activity[row] if up else activity[row] - problem.upper[row])
        moves = _moves(problem, choice, y, row, up=up, missing=missing)
        if not len(moves):
            break
        choice[problem.unit_of[moves]] = moves
        activity = problem.activity(choice)
        # a row that fails again is worth more the next time
        worth = np.abs(problem.value).mean() / max(float(np.abs(problem.by_resource[:, [row]].data).mean()), 1e-9)
        y[row] += (1 if up else -1) * max(abs(y[row]) * 0.25, 0.05 * worth)
        now = miss(problem, activity)
        if now < best_miss:
            best, best_miss = choice.copy(), now
    return best


def _moves(problem: Problem, choice: Ints, y: Floats, row: int, *, up: bool, missing: float) -> Ints:
    """One better option for each of the units that bring the row back at least cost; at most what is missing, and one more."""
    column = np.zeros(len(problem.options))
    entries = problem.by_resource[:, [row]]
    column[entries.indices] = entries.data
    here = choice[problem.unit_of]
    progress = (column - column[here]) * (1 if up else -1)
    useful = np.flatnonzero(progress > 0)
    if not len(useful):
        return useful
    cost = reduced(problem, y)
    cost -= cost[here]
    brings = np.minimum(progress[useful], missing)
    rate = cost[useful] / brings
    order = np.lexsort((useful, -brings, rate))
    ordered = useful[order]
    _, firsts = np.unique(problem.unit_of[ordered], return_index=True)
    ordered = ordered[np.sort(firsts)]
    reached = np.cumsum(progress[ordered])
    return np.asarray(ordered[: int(np.searchsorted(reached, missing)) + 1], dtype=np.int64)


def trim(problem: Problem, choice: Ints, rounds: int = 30) -> Ints:
    """Cheaper options taken wherever all requirements still hold, the largest saving against the room it uses first."""
    choice = choice.copy()
    for _ in range(rounds):
        activity = problem.activity(choice)
        here = choice[problem.unit_of]
        saving = problem.value[here] - problem.value
        useful = np.flatnonzero(saving > 0)
        if not len(useful):
            break
        change = problem.effects[useful] - problem.effects[here[useful]]
        room_up, room_down = _room(problem.upper - activity), _room(activity - problem.lower)
        fits = _fits(change, room_up, room_down)
        useful, change = useful[fits], change[fits]
        if not len(useful):
            break
        use = np.asarray(abs(change) @ (1 / np.minimum(np.maximum(np.minimum(room_up, room_down), 1e-12), 1e18))).ravel()
        order = np.lexsort((useful, -saving[useful] / (use + 1e-12)))
        _, firsts = np.unique(problem.unit_of[useful[order]], return_index=True)
        order = order[np.sort(firsts)]
        taken = _prefix(change[order].tocsr(), room_up, room_down)
        moves = useful[order[:taken]]
        choice[problem.unit_of[moves]] = moves
    return choice


def _room(room: Floats) -> Floats:
    return np.maximum(room, 0.0)


def _fits(change: object, room_up: Floats, room_down: Floats) -> Ints:
    """The changes that leave every row within its room, each by itself."""
    table = change.tocoo()  # type: ignore[attr-defined]
    bad = (table.data > room_up[table.col]) | (-table.data > room_down[table.col])
    broken = np.zeros(table.shape[0], dtype=np.bool_)
    broken[table.row[bad]] = True
    return np.flatnonzero(~broken)


def _prefix(change: object, room_up: Floats, room_down: Floats) -> int:
    """How many changes in order fit together; at least one, since each fits by itself. Halved until they do."""
    taken = change.shape[0]  # type: ignore[attr-defined]
    while taken > 1:
        total = np.asarray(change[:taken].sum(axis=0)).ravel()  # type: ignore[index]
        if (total <= room_up).all() and (-total <= room_down).all():
            break
        taken = taken // 2
    return int(taken)


def swap(problem: Problem, choice: Ints, rounds: int = 200) -> Ints:
    """Pairs of changes that lower the value and keep every requirement; for problems small enough to hold all changes at once, others are left."""
    rows = len(problem.resources)
    if not rows or len(problem.options) * rows > DENSE:
        return choice
    choice = choice.copy()
    effects = problem.effects.toarray()
    for _ in range(rounds):
        activity = problem.activity(choice)
        here = choice[problem.unit_of]
        change, gain = effects - effects[here], problem.value[here] - problem.value
        up, down = problem.upper - activity, activity - problem.lower
        pair = _best_pair(problem, change, gain, up, down)
        if pair is None:
            break
        choice[problem.unit_of[list(pair)]] = pair
    return choice


def _best_pair(problem: Problem, change: Floats, gain: Floats, up: Floats, down: Floats) -> tuple[int, int] | None:
    """The pair of changes of two units with the largest gain, the first among the most promising single changes."""
    ratio = gain / (
        1e-9 + (np.maximum(change, 0) / np.maximum(up, 1.0)).sum(axis=1) + (np.maximum(-change, 0) / np.maximum(down, 1.0)).sum(axis=1)
    )
    wanted = np.argsort(-np.where(gain > 0, ratio, -np.inf), kind="stable")[: min(60, int((gain > 0).sum()))]
    best, found = 1e-9, None
    for one in wanted.tolist():
        total = gain + gain[one]
        fits = (total > best) & (problem.unit_of != problem.unit_of[one])
        near = np.flatnonzero(fits)
        moved = change[near] + change[one]
        ok = near[((moved <= up) & (-moved <= down)).all(axis=1)]
        if len(ok):
            other = int(ok[np.argmax(total[ok])])
            best, found = float(total[other]), (one, other)
    return found


def settle(problem: Problem, choice: Ints, steps: int = 4_000, *, until: float = np.inf) -> Ints:
    """A search for any plan that holds, where `mend` found none: one change at a time, the rows that keep failing weighing more (small problems only).

    It ends early when `until` (a `time.monotonic`) has come, and soon when a row is beyond everybody's options together.
    """
    rows = len(problem.resources)
    if not rows or len(problem.options) * rows > DENSE:
        return choice
    effects = problem.effects.toarray() / problem.size
    low, high = problem.lower / problem.size, problem.upper / problem.size
    room = problem.slack / problem.size
    choice = choice.copy()
    activity = effects[choice].sum(axis=0)
    weight, quiet = np.ones(rows), np.zeros(len(problem.options), dtype=np.int64)
    best, best_miss = choice.copy(), np.inf
    steps = min(steps, max(50, int(4e8 / max(1, len(problem.options) * rows))))
    most, least = (way.reduceat(effects, problem.first[:-1], axis=0).sum(axis=0) for way in (np.maximum, np.minimum))
    if ((most < low - room) | (least > high + room)).any():
        steps = min(steps, 60)
    for step in range(1, steps + 1):
        if step > 1 and time.monotonic() > until:
            break
        short = np.maximum(np.maximum(low - activity, activity - high), 0.0)
        short = np.where(short <= room, 0.0, short)
        total = float(short.sum())
        if total < best_miss:
            best, best_miss = choice.copy(), total
        if not short.any():
            break
        at = effects - effects[choice][problem.unit_of] + activity
        left = np.maximum(np.maximum(low - at, at - high), 0.0) @ weight
        left[quiet > step] = np.inf
        left[choice] = np.inf
        move = int(np.argmin(left))
        if left[move] >= float(short @ weight):
            weight += short / max(float(short.max()), 1e-12)
        unit = problem.unit_of[move]
        quiet[choice[unit]] = step + 3 + (step % 7)
        activity = activity + effects[move] - effects[choice[unit]]
        choice[unit] = move
    return best
