"""The order in which a worker attacks a problem: relaxation, restricted search, then search on all options that can still matter.

A whole model given to a solver at once is a lottery at twenty thousand enterprises; a few coupling rows leave few units in doubt.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from yunxing.engines.contingency.dual import bound, gap_of, options_of, proves_none, reduced, sampled
from yunxing.engines.contingency.problem import Floats, Ints, Problem
from yunxing.engines.contingency.repair import mend, miss, swap, trim
from yunxing.engines.contingency.restrict import Part, doubt, freed, master_of, part_of, survivors

LARGE = 60_000  # options from which the relaxation is solved piece by piece
SIFTS, SIFTED = 25, 2_000  # rounds, and units in doubt beside whole plans of the rest
SMALL = 3_000  # options up to which the whole is searched for a while before anything else
FEW = 3_000  # units up to which neighbourhoods of the best plan are searched before the whole
STALE, NODES = 24, 400  # neighbourhoods without a better plan, and nodes in one of them, before it is left


@dataclass
class Attack:
    """A worker's state: the best plan that holds, the best bound, and where to tell of them."""

    problem: Problem
    solver: Any
    deadline: float
    gap: float
    on_choice: Callable[[Ints, str], None]
    on_multipliers: Callable[[Floats], None]
    on_bound: Callable[[float], None]
    choice: Ints | None = None
    value: float = np.inf
    proven: float = -np.inf
    y: Floats = field(default_factory=lambda: np.zeros(0))
    none: Floats = field(default_factory=lambda: np.zeros(0))  # multipliers that prove that there is no plan

    def left(self) -> float:
        """Seconds to the deadline."""
        return self.deadline - time.monotonic()

    def take(self, choice: Ints, method: str) -> None:
        """A plan; kept and told when it holds and is better."""
        if miss(self.problem, self.problem.activity(choice)) > 0:
            choice = mend(self.problem, choice, self.y, rounds=20)
            if miss(self.problem, self.problem.activity(choice)) > 0:
                return
        value = float(self.problem.value[choice].sum())
        if value < self.value:
            self.choice, self.value = choice, value
            self.on_choice(choice, method)

    def price(self, y: Floats) -> None:
        """Multipliers; kept and told when their bound is better."""
        value = bound(self.problem, y)
        if value > self.proven or not len(self.y):
            self.proven, self.y = max(value, self.proven), y
            self.on_multipliers(y)

    def believe(self, value: float) -> None:
        """A bound of the search, which rests on the solver alone."""
        if self.problem.value_whole:
            value = float(np.ceil(value - 1e-6 * max(1.0, abs(value)) ** 0.5))
        if value > self.proven:
            self.proven = value
            self.on_bound(value)

    @property
    def done(self) -> bool:
        """Near enough, or no time left."""
        return gap_of(self.value, self.proven) <= self.gap or self.left() <= 0.02


def attack(state: Attack, first: Ints, y: Floats) -> str:
    """Run the steps until the gap or the deadline is reached; gives optimal, infeasible, limit."""
    problem = state.problem
    state.y = y
    state.take(first, "greedy")
    state.price(y)
    shares = _relaxed(state, first)
    if isinstance(shares, str):
        return shares
    if shares is not None:
        rounded = problem.cheapest(-shares)
        state.take(trim(problem, mend(problem, rounded, state.y, rounds=40)), "relaxation")
    if not state.done and len(problem.options) <= SMALL:
        ended = _whole(state, first, share=0.25, nodes=10 * NODES)
        if ended != "limit":
            return ended
    if not state.done:
        _restricted(state, shares)
    if not state.done and state.choice is not None:
        state.take(swap(problem, trim(problem, state.choice), rounds=60), "swaps")
    if not state.done and len(problem.units) <= FEW:
        _neighbourhoods(state, time.monotonic() + 0.3 * state.left())
    if state.done:
        return "optimal" if gap_of(state.value, state.proven) <= 0 else "limit"
    return _whole(state, first)


def _relaxed(state: Attack, first: Ints) -> Floats | str | None:
    """The relaxation: whole for small problems, else piece by piece; its multipliers are told. `infeasible` when it has no solution."""
    problem = state.problem
    if len(problem.options) <= LARGE:
        found = state.solver.relax(problem, state.left())
        if found.status == "infeasible":
            state.none = state.solver.farkas(problem, state.left())
            return "infeasible"
        if found.status == "optimal":
            state.price(found.multipliers)
            return np.asarray(found.shares)
        return None
    return _sifted(state, first)


def _sifted(state: Attack, first: Ints) -> Floats | str | None:
    """The relaxation of a large problem: a sample's multipliers, then the units they leave in doubt beside whole plans of the rest, until both bounds meet.

    Where the pieces have no solution their multipliers prove that the whole has none, or name the plan of the rest that is missing.
    """
    problem = state.problem
    units, share = sampled(problem, 24_000)
    piece = part_of(problem, options_of(problem, units), first).problem
    found = state.solver.relax(_scaled_bounds(piece, problem, 1 / share), state.left() * 0.3)
    if found.status == "optimal":
        state.price(found.multipliers)
    plans = _around(problem, state.y, first)
    sums = [problem.activity(plan) for plan in plans]
    also, shares, y = np.zeros(0, dtype=np.int64), None, state.y
    for _ in range(SIFTS):
        if state.done:
            break
        _, distance = doubt(problem, y)
        free = np.union1d(np.argsort(distance, kind="stable")[:SIFTED], also).astype(np.int64)
        master = master_of(problem, free, plans, sums)
        found = state.solver.relax(master.problem, state.left() * 0.6)
        if found.status == "limit":
            break
        if found.status != "optimal":
            lack = state.solver.farkas(master.problem, state.left() * 0.6)
            if not len(lack):
                break
            if proves_none(problem, lack):
                state.none = lack
                return "infeasible"
            plans.append(problem.cheapest(-(problem.effects @ lack)))
            sums.append(problem.activity(plans[-1]))
            continue
        y = found.multipliers
        state.price(y)
        shares, weights = master.spread(problem, found.shares, plans)
        reached = float(problem.value @ shares)
        inner = found.shares[: len(master.kept)]
        also = np.unique(problem.unit_of[master.kept[(inner > 1e-9) & (inner < 1 - 1e-9)]])
        if reached - state.proven <= max(1.0 if problem.value_whole else 0.0, max(2e-6, 0.1 * state.gap) * abs(reached)):
            break
        plans, sums = _kept(plans, sums, weights)
        plans.append(problem.cheapest(reduced(problem, y)))
        sums.append(problem.activity(plans[-1]))
    if shares is not None:
        state.take(trim(problem, mend(problem, problem.cheapest(-shares), state.y, rounds=40)), "relaxation")
    return shares


def _around(problem: Problem, y: Floats, first: Ints) -> list[Ints]:
    """Plans at the multipliers and a little to each side of each of them, so that the master can move every row."""
    found = [first, problem.cheapest(reduced(problem, y))]
    for row in range(min(len(y), 40)):
        for factor in (0.9, 1.1) if y[row] else ():
            near = y.copy()
            near[row] *= factor
            found.append(problem.cheapest(reduced(problem, near)))
    return found


def _kept(plans: list[Ints], sums: list[Floats], weights: Floats) -> tuple[list[Ints], list[Floats]]:
    """The plans that carry weight, and the newest twenty of the others."""
    good = [at for at in range(len(plans)) if weights[at] > 1e-9 or at >= len(plans) - 20]
    return [plans[at] for at in good], [sums[at] for at in good]


def _scaled_bounds(piece: Problem, problem: Problem, share: float) -> Problem:
    from dataclasses import replace

    return replace(piece, lower=problem.lower * share, upper=problem.upper * share, whole=np.zeros(len(problem.resources), dtype=np.bool_))


def _restricted(state: Attack, shares: Floats | None) -> None:
    """Search with only the units in doubt free, more of them each time."""
    problem = state.problem
    many = len(problem.units)
    split = np.zeros(0, dtype=np.int64)
    if shares is not None:
        split = np.unique(problem.unit_of[np.flatnonzero((shares > 1e-6) & (shares < 1 - 1e-6))])
    for count in (300, 1_000, 3_000, 10_000) if many > FEW else (max(20, many // 8), max(40, many // 4)):
        if state.done or count >= many:
            return
        kept, best = freed(problem, state.y, count, split)
        fixed = best if shares is None else np.where(np.isin(np.arange(many), split), best, problem.cheapest(-shares))
        part = part_of(problem, kept, fixed)
        if not len(part.units):
            continue
        start = _begun(part, state.choice)
        spent = min(state.left() * 0.05, 5.0) if many <= FEW else state.left() * 0.45
        state.solver.search(
            part.problem, spent, state.gap * 0.5, start, lambda found, p=part: state.take(p.whole(found), "restricted"), lambda _v: None
        )


def _neighbourhoods(state: Attack, until: float) -> None:
    """Search around the best plan: some units free, the rest as they are, again and again in an order that does not depend on the clock. A solver alone
    proves well and finds slowly; what this finds lets the proof begin with a better plan and fewer options.
    """
    problem = state.problem
    many, draw = len(problem.units), np.random.default_rng(many_seed(problem))
    size, stale, turn = min(many, max(12, 1_500 // max(2, len(problem.options) // many))), 0, 0
    while stale < STALE and not state.done and time.monotonic() < until and state.choice is not None and many > size // 2:
        before, turn = state.value, turn + 1
        units = _drawn(state, draw, min(size, many), by_rows=turn % 2 == 0)
        part = part_of(problem, options_of(problem, units), state.choice)
        if not len(part.units):
            return
        left = max(0.1, min(until - time.monotonic(), 2.0))
        found = state.solver.search(
            part.problem, left, 0.0, _begun(part, state.choice), lambda one, p=part: state.take(p.whole(one), "neighbourhoods"), lambda _v: None, nodes=NODES
        )  # fmt: skip
        stale = 0 if state.value < before else stale + 1
        if found.status == "optimal" and stale and size < many:
            size = min(many, size + max(2, size // 12))
        elif found.status != "optimal":
            size = max(6, size * 3 // 4)


def _drawn(state: Attack, draw: np.random.Generator, size: int, *, by_rows: bool) -> Ints:
    """Units to free: those that use a few rows together (who competes for the same thing), or by lot, the less the multipliers decide a unit the sooner."""
    problem = state.problem
    many, rows = len(problem.units), len(problem.resources)
    assert state.choice is not None
    _, distance = doubt(problem, state.y)
    weight = 1.0 / (1.0 + np.argsort(np.argsort(distance, kind="stable"), kind="stable") / max(1.0, many / 3))
    if by_rows and rows > 2:
        uses = problem.effects[state.choice]
        wanted = np.zeros(rows)
        for row in draw.permutation(rows).tolist():
            wanted[row] = 1.0
            if int((uses @ wanted != 0).sum()) >= size:
                break
        weight = np.where(uses @ wanted != 0, weight * 1e3, weight)
    return np.sort(draw.choice(many, size, replace=False, p=weight / weight.sum())).astype(np.int64)


def many_seed(problem: Problem) -> int:
    """A seed from the problem alone, so that the same problem is searched in the same order."""
    return int(problem.digest[7:15], 16)


def _begun(part: Part, choice: Ints | None) -> Ints | None:
    """The choice as one of the part to begin from; None where the part cannot hold it."""
    inside = None if choice is None else part.part(choice)
    return inside if inside is not None and choice is not None and bool((part.whole(inside) == choice).all()) else None


def _whole(state: Attack, first: Ints, *, share: float = 1.0, nodes: int = 0) -> str:
    """Search on every option that a better plan may use, for a share of the time left; what it proves holds for the whole problem."""
    problem = state.problem
    everything = np.arange(len(problem.options), dtype=np.int64)
    kept = everything if state.choice is None else survivors(problem, state.y, state.value)
    base = first if state.choice is None else state.choice
    part = part_of(problem, kept, base)
    if not len(part.units):
        if state.choice is not None:
            state.believe(state.value)
            return "optimal"
        return "infeasible"
    start = _begun(part, state.choice)
    settled = float(problem.value[part.fixed].sum() - problem.value[part.fixed[part.units]].sum())
    found = state.solver.search(
        part.problem, state.left() * share, state.gap, start, lambda one: state.take(part.whole(one), "search"),
        lambda value: state.believe(min(value + settled, state.value)),
        nodes=nodes,
    )  # fmt: skip
    if found.status == "infeasible":
        if state.choice is None:
            return "infeasible"
        state.believe(state.value)  # nothing better is left
        return "optimal"
    if found.status == "optimal" and gap_of(state.value, state.proven) <= max(state.gap, 1e-9):
        if state.gap <= 0:
            state.believe(state.value)
        return "optimal"
    return "limit"
