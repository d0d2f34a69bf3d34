"""Curtailment of N enterprises at one alert level, beside HiGHS fed with the same whole model, by arrays and by linopy's expressions.

`python bench/contingency_curtail.py [FIRMS]`, by default 20,000. linopy is in no lock (it brings xarray, dask and numexpr): put it on PYTHONPATH to see
its line, as in `uv pip install --target /somewhere linopy`.

Target: a plan within 1 s, a proven gap of 0.1 % within 15 s, under 2 GB.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

CUTS = {
    "B": {"orange": (0, 20, 30, 50)},
    "C": {"orange": (0, 30, 50, 60)},
    "D": {"orange": (30, 50, 80, 100)},
}
SECONDS, GAP = 15.0, 0.001


def city(firms: int, seed: int = 1) -> Any:
    """One to six lines a firm, sizes and losses lognormal, ten counties."""
    from yunxing.engines.contingency.curtail import Lines

    draw = np.random.default_rng(seed)
    owner = np.repeat(np.arange(firms), draw.integers(1, 7, firms))
    count = len(owner)
    size = np.exp(draw.normal(0, 1.2, count))
    base = np.stack([size * np.exp(draw.normal(0, 0.6, count)) * grams for grams in (3000, 8000, 5000)], axis=1).astype(np.int64) + 1
    grade = draw.choice(["A", "lead", "B", "C", "D"], firms, p=[0.05, 0.05, 0.2, 0.4, 0.3])[owner]
    exempt = ["保障" if one < 0.04 else "" for one in draw.random(count)]
    return Lines(
        [f"F{one:05d}" for one in owner], [f"L{at:05d}" for at in range(count)], [f"K{one:02d}" for one in draw.integers(0, 10, firms)[owner]],
        [str(one) for one in draw.integers(13, 43, firms)[owner]], grade.tolist(), base, (size * np.exp(draw.normal(0, 0.9, count)) * 1e7).astype(np.int64),
        np.full(count, -1), exempt,
    )  # fmt: skip


def problem(firms: int) -> Any:
    """The problem of the orange level: three pollutants and the spread between counties."""
    from yunxing.engines.contingency.curtail import Law, curtailment

    lines = city(firms)
    society = lines.base.sum(axis=0) * 16 // 10
    law = Law(
        ("orange",),
        ("so2", "nox", "voc"),
        society,
        {"orange": Fraction(2, 10)},
        CUTS,
        frozenset({"A", "lead"}),
        {"orange": 1},
        Fraction(1, 5),
        "nox",
    )
    return curtailment(lines, law).problem


def whole(firms: int) -> None:
    """The peer, in a process of its own: the whole model given to HiGHS at once."""
    from yunxing.io.solvers import highs

    built = problem(firms)
    told: list[str] = []
    begun = time.monotonic()

    def better(choice: Any) -> None:
        told.append(f"  {time.monotonic() - begun:6.2f} s value {float(built.value[choice].sum()):.6g}")

    found = highs.search(built, SECONDS, GAP, None, better, lambda _value: None)
    print("\n".join(told[-3:]) or "  no plan")
    print(f"  whole model: {found.status}, bound {found.bound}, {time.monotonic() - begun:.1f} s")


def expressions(firms: int) -> None:
    """The other peer: the whole model written in linopy's expressions."""
    try:
        import linopy
        import pandas as pd
        import xarray as xr
    except ImportError:
        print("  linopy: not installed")
        return
    built = problem(firms)
    begun = time.monotonic()
    model = linopy.Model()
    x = model.add_variables(binary=True, coords=[pd.RangeIndex(len(built.options), name="option")], name="x")
    owner = xr.DataArray(built.unit_of, dims="option", coords={"option": np.arange(len(built.options))}, name="unit")
    model.add_constraints((1 * x).groupby(owner).sum() == 1)
    by_row = built.by_resource
    for row in range(len(built.resources)):
        at = by_row.indices[by_row.indptr[row] : by_row.indptr[row + 1]]
        amounts = xr.DataArray(by_row.data[by_row.indptr[row] : by_row.indptr[row + 1]], dims="option", coords={"option": at})
        total = (amounts * x.sel(option=at)).sum()
        if np.isfinite(built.lower[row]):
            model.add_constraints(total >= built.lower[row], name=f"least{row}")
        if np.isfinite(built.upper[row]):
            model.add_constraints(total <= built.upper[row], name=f"most{row}")
    model.add_objective((xr.DataArray(built.value, dims="option", coords={"option": np.arange(len(built.options))}) * x).sum())
    written = time.monotonic() - begun
    status = model.solve(solver_name="highs", time_limit=SECONDS, mip_rel_gap=GAP, threads=1, io_api="direct", log_to_console=False)
    value = float(model.objective.value) if model.objective.value is not None else None
    print(f"  linopy {linopy.__version__}: {status}, value {value}, written {written:.1f} s, {time.monotonic() - begun:.1f} s in all")


def main() -> None:
    firms = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    if "--whole" in sys.argv or "--linopy" in sys.argv:
        (whole if "--whole" in sys.argv else expressions)(firms)
        return
    from yunxing.engines.contingency.check import verdict
    from yunxing.io.solvers.solve import solve

    begun = time.monotonic()
    built = problem(firms)
    print(
        f"{firms:,} enterprises, {len(built.units):,} lines, {len(built.options):,} options, {built.effects.nnz:,} entries; built in {time.monotonic() - begun:.2f} s"
    )
    answer = solve(built, seconds=SECONDS, gap=GAP)
    print(
        f"ours: first plan {answer.first_seconds:.2f} s; gap {answer.gap:.4%} by {answer.bound_by} after {answer.seconds:.2f} s; {answer.method}, {answer.cut_by}"
    )
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 2**20
    print(f"checker: {verdict(built, answer.choice).holds}; peak memory {peak:.2f} GiB")
    print(f"ours: value {answer.objective:.6g}; HiGHS fed with the whole model:")
    for peer in ("--whole", "--linopy"):
        done = subprocess.run([sys.executable, str(Path(__file__)), str(firms), peer], capture_output=True, text=True, check=False)
        print(done.stdout.rstrip() or done.stderr.strip().splitlines()[-1:])


if __name__ == "__main__":
    main()
