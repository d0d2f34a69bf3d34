"""The process that solves: `python -m yunxing.io.solvers.worker ENGINE PIPE MEMORY`. One solver library, one problem, then it ends.

It reads one line with where the problem lies, the deadline (a `time.monotonic`, one clock for all processes) and the gap, and tells of plans and bounds as JSON lines on its own pipe, because a
solver may print what it likes on standard output. Nobody imports this module: it is started by name.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import resource
import signal
import sys
import time
from typing import Any

import numpy as np

from yunxing.io.solvers.strategy import Attack, attack
from yunxing.io.solvers.transport import read_linear, read_problem

ENGINES = {"highs": "yunxing.io.solvers.highs", "cpsat": "yunxing.io.solvers.cpsat", "flow": "yunxing.io.solvers.mincost"}


def main() -> int:
    """Run; 0 when the search ended by itself, 3 when memory ran out."""
    engine, pipe, memory = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # it ends with whoever started it
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    out = os.fdopen(pipe, "w", encoding="utf-8")

    def tell(**message: Any) -> None:
        out.write(json.dumps(message) + "\n")
        out.flush()

    try:
        solver = importlib.import_module(ENGINES[engine])
        tell(kind="ready", solver=solver.NAME, version=solver.version())
        return run(solver, json.loads(sys.stdin.readline()), tell)
    except MemoryError:
        tell(kind="ended", status="memory")
        return 3


def run(solver: Any, task: dict[str, Any], tell: Any) -> int:
    """Attack the problem of a task and tell what is found."""
    if task.get("flow"):
        tell(kind="ended", status=solver.assigned(task["folder"]))
        return 0
    if task.get("linear"):
        return run_linear(solver, task, tell)
    problem, first, y = read_problem(task["folder"])
    state = Attack(
        problem, solver, task["deadline"], task["gap"],
        on_choice=lambda choice, method: tell(kind="plan", choice=choice.tolist(), method=method),
        on_multipliers=lambda found: tell(kind="multipliers", y=found.tolist()),
        on_bound=lambda value: tell(kind="bound", value=value),
    )  # fmt: skip
    status = solver.alone(state, first) if hasattr(solver, "alone") else attack(state, first, y)
    if status == "infeasible":
        tell(kind="infeasible", y=state.none.tolist())
        best: list[np.ndarray[Any, Any]] = []
        if state.left() > 0.05 and hasattr(solver, "relax"):
            solver.search(problem, state.left() * 0.9, 1e-4, None, best.append, lambda _value: None, elastic=True)
        if best:
            tell(kind="effort", choice=best[-1].tolist())
    tell(kind="ended", status=status)
    return 0


def run_linear(solver: Any, task: dict[str, Any], tell: Any) -> int:
    """A linear model: plans are its columns."""
    model, start = read_linear(task["folder"])
    status = solver.linear(
        model, start, max(0.05, task["deadline"] - time.monotonic()), task["gap"],
        lambda x: tell(kind="columns", x=x.tolist()), lambda y: tell(kind="multipliers", y=y.tolist()), lambda value: tell(kind="bound", value=value),
    )  # fmt: skip
    if status == "infeasible":
        tell(kind="infeasible")
    tell(kind="ended", status=status)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
