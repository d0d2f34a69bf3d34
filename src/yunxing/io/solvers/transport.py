"""A canonical problem as a folder of arrays, from the process that asks to the one that solves. Ids stay at home: a solver needs none."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from yunxing.engines.contingency.linear import Linear
from yunxing.engines.contingency.problem import Floats, Ints, Problem
from yunxing.engines.matching.market import Market

FILE = "problem.npz"


def write_problem(folder: Path, problem: Problem, choice: Ints, y: Floats) -> None:
    """Write the arrays, the first plan and its multipliers."""
    matrix = problem.effects
    flags = np.array([problem.sense == "max", problem.value_whole])
    arrays: dict[str, Any] = {
        "first": problem.first, "value": problem.value, "flags": flags, "whole": problem.whole, "lower": problem.lower, "upper": problem.upper,
        "indptr": matrix.indptr, "indices": matrix.indices, "data": matrix.data, "choice": choice, "y": y, "ranks": problem.ranks,
    }  # fmt: skip
    np.savez(folder / FILE, **arrays)


def read_problem(folder: str) -> tuple[Problem, Ints, Floats]:
    """The problem without its ids, the first plan, the multipliers."""
    with np.load(Path(folder) / FILE, allow_pickle=False) as found:
        arrays = {name: found[name] for name in found.files}
    options, rows = len(arrays["value"]), len(arrays["lower"])
    matrix = sparse.csr_array((arrays["data"], arrays["indices"], arrays["indptr"]), shape=(options, rows))
    problem = Problem(
        "max" if arrays["flags"][0] else "min", ("",) * (len(arrays["first"]) - 1), ("",) * options, arrays["first"], arrays["value"], Fraction(1),
        bool(arrays["flags"][1]), ("",) * rows, (Fraction(1),) * rows, arrays["whole"], arrays["lower"], arrays["upper"], matrix, arrays["ranks"],
    )  # fmt: skip
    return problem, arrays["choice"], arrays["y"]


def write_linear(folder: Path, model: Linear, start: Floats) -> None:
    """Write a linear model and a solution to begin from."""
    matrix = model.matrix
    np.savez(
        folder / FILE, cost=model.cost, lower=model.lower, upper=model.upper, whole=model.whole, row_lower=model.row_lower, row_upper=model.row_upper,
        indptr=matrix.indptr, indices=matrix.indices, data=matrix.data, start=start,
    )  # fmt: skip


def read_linear(folder: str) -> tuple[Linear, Floats]:
    """The model and the solution to begin from."""
    with np.load(Path(folder) / FILE, allow_pickle=False) as found:
        arrays = {name: found[name] for name in found.files}
    shape = (len(arrays["row_lower"]), len(arrays["cost"]))
    matrix = sparse.csc_array((arrays["data"], arrays["indices"], arrays["indptr"]), shape=shape)
    a = arrays
    return Linear(a["cost"], a["lower"], a["upper"], a["whole"], matrix, a["row_lower"], a["row_upper"]), a["start"]


def write_market(folder: Path, market: Market) -> None:
    """Write the arrays of a market; ids and ranks stay at home."""
    arrays = {name: getattr(market, name) for name in _MARKET}
    np.savez(folder / FILE, **arrays)


def read_market(folder: str) -> Market:
    """The market without its ids and ranks."""
    with np.load(Path(folder) / FILE, allow_pickle=False) as found:
        a = {name: found[name] for name in _MARKET}
    none = np.zeros(len(a["value"]), dtype=np.int64)
    return Market(
        ("",) * len(a["quota"]), a["quota"], ("",) * len(a["room"]), a["room"], a["need"], a["offer"], a["value"], none, none, a["most"]
    )


_MARKET = ("quota", "room", "need", "offer", "value", "most")
