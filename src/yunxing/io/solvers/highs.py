"""HiGHS on a canonical problem. Only the worker process loads this module: two solver libraries in one process break each other.

A unit with two options, or with an option that has no effect, needs no column for that option: it is what happens when no other is chosen.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from yunxing.engines.contingency.linear import Linear
from yunxing.engines.contingency.problem import Floats, Ints, Problem

NAME = "HiGHS"


def version() -> str:
    """The library's version."""
    return str(highspy.Highs().version())


@dataclass(frozen=True)
class Solved:
    """What a run found: `status` is optimal, infeasible, limit or failed; for an LP the multipliers and the share of each option."""

    status: str
    multipliers: Floats | None = None
    shares: Floats | None = None
    choice: Ints | None = None
    bound: float | None = None


class Model:
    """The problem as HiGHS takes it; with `elastic` every row may be missed at a price (its size and rank), and the value counts for nothing."""

    def __init__(self, problem: Problem, *, elastic: bool = False) -> None:
        self.problem, self.elastic = problem, elastic
        self.implied = implied(problem)  # by unit: the option without a column, or -1
        has = self.implied >= 0
        self.columns = np.setdiff1d(np.arange(len(problem.options)), self.implied[has])
        owner = problem.unit_of[self.columns]
        left_out = np.where(has[owner], self.implied[owner], 0)
        matrix = problem.effects[self.columns]
        heavy = np.flatnonzero(np.diff(problem.effects.indptr)[left_out] * has[owner])
        if len(heavy):  # the column is a change against the option left out
            pick = sparse.csr_array((np.ones(len(heavy)), (heavy, left_out[heavy])), shape=(len(self.columns), len(problem.options)))
            matrix = (matrix - pick @ problem.effects).tocsr()
        moved = np.asarray(problem.effects[self.implied[has]].sum(axis=0)).ravel() if has.any() else np.zeros(len(problem.resources))
        self.value = problem.value[self.columns] - np.where(has[owner], problem.value[left_out], 0.0)
        self.offset = float(problem.value[self.implied[has]].sum())
        top = np.ones(len(problem.resources))
        if matrix.nnz:
            np.maximum.at(top, matrix.tocoo().col, np.abs(matrix.tocoo().data))
        self.row_scale = np.exp2(-np.maximum(np.floor(np.log2(top)) - 9, 0))
        self.value_factor = float(np.exp2(-max(np.floor(np.log2(max(float(np.abs(self.value).max(initial=1.0)), 1.0))) - 12, 0)))
        self.lower, self.upper = (problem.lower - moved) * self.row_scale, (problem.upper - moved) * self.row_scale
        counts = np.bincount(owner, minlength=len(problem.units))
        ruled = np.flatnonzero((counts > 1) | ~has)
        place = np.full(len(problem.units), -1)
        place[ruled] = np.arange(len(ruled))
        inside = np.flatnonzero(place[owner] >= 0)
        choose = sparse.csr_array((np.ones(len(inside)), (inside, place[owner[inside]])), shape=(len(self.columns), len(ruled)))
        self.matrix = sparse.hstack([matrix @ sparse.diags_array(self.row_scale) if matrix.shape[1] else matrix, choose], format="csr")
        self.row_lower = np.concatenate([self.lower, np.where(has[ruled], -np.inf, 1.0)])
        self.row_upper = np.concatenate([self.upper, np.ones(len(ruled))])

    def load(self, *, whole: bool) -> Any:
        """A solver with the model in it, one thread, fixed seed, silent."""
        solver = highspy.Highs()
        for name, setting in (("output_flag", False), ("threads", 1), ("random_seed", 0)):
            solver.setOptionValue(name, setting)
        rows, columns = self.matrix.shape[1], self.matrix.shape[0]
        matrix, cost, upper = self.matrix, self.value * self.value_factor, np.ones(columns)
        kinds = [highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous] * columns
        if self.elastic:
            matrix, price = self._with_slacks()
            cost, upper = np.concatenate([np.zeros(columns), price]), np.concatenate([upper, np.full(len(price), np.inf)])
            kinds = [*kinds, *[highspy.HighsVarType.kContinuous] * len(price)]
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(cost), rows
        model.col_cost_, model.col_lower_, model.col_upper_ = cost, np.zeros(len(cost)), upper
        model.row_lower_, model.row_upper_ = self.row_lower, self.row_upper
        model.offset_ = 0.0 if self.elastic else self.offset * self.value_factor
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
        if whole:
            model.integrality_ = kinds
        solver.passModel(model)
        return solver

    def _with_slacks(self) -> tuple[sparse.csr_array, Floats]:
        rows = len(self.problem.resources)
        both = np.concatenate([np.arange(rows), np.arange(rows)])
        signs = np.concatenate([np.ones(rows), -np.ones(rows)])
        slack = sparse.csr_array((signs, (np.arange(2 * rows), both)), shape=(2 * rows, self.matrix.shape[1]))
        ranks = self.problem.ranks
        price = 10.0 * 1000.0 ** np.minimum(ranks.max(initial=0) - ranks, 2) / np.maximum(self.problem.size * self.row_scale, 1e-6)
        return sparse.vstack([self.matrix, slack], format="csr"), np.concatenate([price, price])

    def choice(self, values: Floats) -> Ints:
        """The option of each unit: the column with the largest share, or the one without a column where that is larger."""
        share = np.zeros(len(self.problem.options))
        share[self.columns] = values[: len(self.columns)]
        return self.problem.cheapest(-self._completed(share))

    def _completed(self, share: Floats) -> Floats:
        has = np.flatnonzero(self.implied >= 0)
        used = np.add.reduceat(share, self.problem.first[:-1])
        share[self.implied[has]] = 1.0 - used[has]
        return share

    def start(self, choice: Ints) -> Any:
        """A solution to begin from."""
        found = highspy.HighsSolution()
        values = np.zeros(len(self.columns) + (2 * len(self.problem.resources) if self.elastic else 0))
        place = np.searchsorted(self.columns, choice)
        inside = (
            (place < len(self.columns)) & (self.columns[np.minimum(place, len(self.columns) - 1)] == choice)
            if len(self.columns)
            else place < 0
        )
        values[place[inside]] = 1.0
        found.col_value = values.tolist()
        return found


def implied(problem: Problem) -> Ints:
    """By unit the option that needs no column: the first without effects, or the first of two; -1 where there is none."""
    empty = np.diff(problem.effects.indptr) == 0
    found = np.full(len(problem.units), -1, dtype=np.int64)
    counts = np.diff(problem.first)
    found[counts <= 2] = problem.first[:-1][counts <= 2]
    free = np.flatnonzero(empty)[::-1]
    found[problem.unit_of[free]] = free
    return found


def relax(problem: Problem, seconds: float, *, elastic: bool = False) -> Solved:
    """The linear relaxation: shares of options, and the multipliers of the requirements."""
    model = Model(problem, elastic=elastic)
    solver = model.load(whole=False)
    solver.setOptionValue("time_limit", max(0.05, seconds))
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Solved("infeasible")
    if status != highspy.HighsModelStatus.kOptimal:
        return Solved("limit")
    found = solver.getSolution()
    rows = len(problem.resources)
    y = np.array(found.row_dual[:rows]) * model.row_scale / model.value_factor
    share = np.zeros(len(problem.options))
    share[model.columns] = np.array(found.col_value[: len(model.columns)])
    return Solved("optimal", multipliers=y, shares=model._completed(share))


def farkas(problem: Problem, seconds: float) -> Floats:
    """Multipliers that prove that the relaxation has no solution: the prices of the rows where what is missing is made least; empty when time ran out."""
    model = Model(problem, elastic=True)
    solver = model.load(whole=False)
    solver.setOptionValue("time_limit", max(0.05, seconds))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return np.zeros(0)
    return np.asarray(np.array(solver.getSolution().row_dual[: len(problem.resources)]) * model.row_scale)


def search(
    problem: Problem,
    seconds: float,
    gap: float,
    start: Ints | None,
    on_choice: Callable[[Ints], None],
    on_bound: Callable[[float], None],
    *,
    elastic: bool = False,
    nodes: int = 0,
) -> Solved:
    """Branch and bound for at most `seconds` (and `nodes`, where given); every better plan and every better bound is told at once."""
    model = Model(problem, elastic=elastic)
    solver = model.load(whole=True)
    grain = 1.0 - 1e-3 if problem.value_whole else 0.0
    solver.setOptionValue("time_limit", max(0.05, seconds))
    solver.setOptionValue("mip_rel_gap", max(gap, 0.0))
    solver.setOptionValue("mip_abs_gap", 1e-6 if elastic else max(grain * model.value_factor, 1e-9))
    if nodes:
        solver.setOptionValue("mip_max_nodes", nodes)
    if start is not None:
        solver.setSolution(model.start(start))
    told = [-np.inf]

    def better(event: Any) -> None:
        on_choice(model.choice(np.array(event.data_out.mip_solution)))

    def progress(event: Any) -> None:
        value = float(event.data_out.mip_dual_bound) / model.value_factor
        if value > told[0] and np.isfinite(value) and abs(value) < 1e29 and not elastic:
            told[0] = value
            on_bound(value)

    solver.cbMipImprovingSolution.subscribe(better)
    solver.cbMipInterrupt.subscribe(progress)  # the logging event is silent while output is off
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Solved("infeasible")
    info = solver.getInfo()
    choice = None
    if info.primal_solution_status == 2:
        choice = model.choice(np.array(solver.getSolution().col_value))
        on_choice(choice)
    proven = float(info.mip_dual_bound) / model.value_factor
    if np.isfinite(proven) and abs(proven) < 1e29 and not elastic:
        on_bound(proven)
    done = status == highspy.HighsModelStatus.kOptimal
    return Solved("optimal" if done else "limit", choice=choice, bound=proven)


def linear(
    model: Linear,
    start: Floats,
    seconds: float,
    gap: float,
    on_x: Callable[[Floats], None],
    on_multipliers: Callable[[Floats], None],
    on_bound: Callable[[float], None],
) -> str:
    """A linear model with whole columns: the relaxation's multipliers first, then branch and bound from the start; gives optimal, infeasible or limit."""
    until = time.monotonic() + seconds
    solver = highspy.Highs()
    for name, setting in (("output_flag", False), ("threads", 1), ("random_seed", 0)):
        solver.setOptionValue(name, setting)
    factor = float(np.exp2(-max(np.floor(np.log2(max(float(np.abs(model.cost).max(initial=1.0)), 1.0))) - 12, 0)))
    held = highspy.HighsLp()
    held.num_col_, held.num_row_ = len(model.cost), len(model.row_lower)
    held.col_cost_, held.col_lower_, held.col_upper_ = model.cost * factor, model.lower, model.upper
    held.row_lower_, held.row_upper_ = model.row_lower, model.row_upper
    held.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    held.a_matrix_.start_, held.a_matrix_.index_, held.a_matrix_.value_ = model.matrix.indptr, model.matrix.indices, model.matrix.data
    solver.passModel(held)
    solver.setOptionValue("time_limit", max(0.1, seconds))
    solver.run()
    if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return "infeasible"
    if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
        on_multipliers(np.array(solver.getSolution().row_dual) / factor)
    if not model.whole.any():
        on_x(np.array(solver.getSolution().col_value))
        return "optimal"
    kinds = [highspy.HighsVarType.kInteger if one else highspy.HighsVarType.kContinuous for one in model.whole.tolist()]
    held.integrality_ = kinds
    solver.passModel(held)
    solver.setOptionValue("time_limit", max(0.1, until - time.monotonic() - 0.2))
    solver.setOptionValue("mip_rel_gap", gap)
    begin = highspy.HighsSolution()
    begin.col_value = start.tolist()
    solver.setSolution(begin)
    solver.cbMipImprovingSolution.subscribe(lambda event: on_x(np.array(event.data_out.mip_solution)))
    told = [-np.inf]

    def progress(event: Any) -> None:
        value = float(event.data_out.mip_dual_bound)
        if value > told[0] and abs(value) < 1e29:
            told[0] = value
            on_bound(value / factor)

    solver.cbMipInterrupt.subscribe(progress)
    solver.run()
    info = solver.getInfo()
    if info.primal_solution_status == 2:
        on_x(np.array(solver.getSolution().col_value))
    if np.isfinite(info.mip_dual_bound) and abs(info.mip_dual_bound) < 1e29:
        on_bound(float(info.mip_dual_bound) / factor)
    return "optimal" if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal else "limit"
