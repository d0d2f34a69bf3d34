"""Solve a problem in processes of their own: a plan at once, better ones until the deadline, then the solvers are killed.

The parent believes nothing: each plan is checked before it counts, each bound from multipliers is computed anew. No solver library is loaded here.
"""

from __future__ import annotations

import selectors
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from yunxing.engines.contingency.check import verdict
from yunxing.engines.contingency.dual import bound, gap_of, hopeless, proves_none
from yunxing.engines.contingency.greedy import greedy
from yunxing.engines.contingency.linear import Linear
from yunxing.engines.contingency.problem import Floats, Ints, Problem
from yunxing.engines.contingency.repair import miss
from yunxing.io.solvers.transport import write_linear, write_problem
from yunxing.io.solvers.workers import MEMORY, Worker, begun_worker, stands_by

AT_ONCE = 60_000
RESERVE = 0.15  # seconds kept to stop the workers and write the answer
LAST_WORD = 0.1  # seconds kept for what a worker tells when its own time is up


@dataclass(frozen=True)
class Answer:
    """What was found. `status`: optimal (proven), feasible (with its gap), infeasible (proven; `choice` misses least), unknown (no plan found in time).

    `objective` and `bound` are minimised values of the canonical problem; `bound_by` says whether `multipliers` (anyone can recompute) or the search
    (the solver's word) give it, and of an infeasible problem which of them proves that (`dual.proves_none`); `cut_by` is what ended the run: gap,
    search, deadline or a worker's end.
    """

    status: str
    choice: Ints
    objective: float
    bound: float
    bound_by: str
    multipliers: Floats
    gap: float
    cut_by: str
    method: str
    solver: str
    seconds: float
    first_seconds: float
    notes: tuple[str, ...] = ()


@dataclass
class _Run:
    """The best that has been checked so far."""

    problem: Problem
    started: float
    gap: float
    on_plan: Callable[[Ints, float, float], None] | None
    best_effort: bool = True
    choice: Ints | None = None
    objective: float = np.inf
    effort: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    effort_miss: float = np.inf
    multipliers: Floats = field(default_factory=lambda: np.zeros(0))
    certified: float = -np.inf
    searched: float = -np.inf
    infeasible: bool = False
    none: Floats = field(default_factory=lambda: np.zeros(0))
    method: str = ""
    solvers: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    first_seconds: float = np.inf

    @property
    def bound(self) -> float:
        return max(self.certified, self.searched)

    def offer(self, choice: Ints, method: str) -> None:
        """A plan by whomever: kept when the checker accepts it and it is better."""
        found = verdict(self.problem, choice)
        if found.faults:
            self.notes.append(f"{method}: {found.faults[0]}")
            return
        if not found.holds:
            missed = miss(self.problem, self.problem.activity(choice))
            if missed < self.effort_miss:
                self.effort, self.effort_miss = choice, missed
            return
        value = float(self.problem.value[choice].sum())
        if value < self.objective:
            self.choice, self.objective, self.method = choice, value, method
            self.first_seconds = min(self.first_seconds, time.monotonic() - self.started)
            if self.on_plan is not None:
                self.on_plan(choice, value, self.bound)

    def price(self, y: Floats) -> None:
        value = bound(self.problem, y)
        if value > self.certified:
            self.certified, self.multipliers = value, y

    def rule_out(self, y: Floats) -> None:
        """No plan exists; kept as proven by multipliers where the sum says so, else by the search's word."""
        self.infeasible = True
        if proves_none(self.problem, y):
            self.none = y

    def hear(self, message: dict[str, Any]) -> bool:
        """Take one message; True when its worker has ended its search."""
        kind = message["kind"]
        if kind in ("plan", "effort"):
            self.offer(np.array(message["choice"], dtype=np.int64), message.get("method", "least missing"))
        elif kind == "multipliers":
            self.price(np.array(message["y"], dtype=np.float64))
        elif kind == "bound":
            self.searched = max(self.searched, float(message["value"]))
        elif kind == "infeasible":
            self.rule_out(np.array(message.get("y", ()), dtype=np.float64))
        elif kind == "ready":
            self.solvers.append(f"{message['solver']} {message['version']}")
        elif kind == "ended" and message["status"] == "memory":
            self.notes.append("the solver reached its memory limit")
        return bool(kind == "ended")

    @property
    def near(self) -> bool:
        return gap_of(self.objective, self.bound) <= self.gap


def solve(
    problem: Problem,
    *,
    seconds: float,
    gap: float = 0.0,
    memory: int = MEMORY,
    engines: Sequence[str] = ("highs",),
    on_plan: Callable[[Ints, float, float], None] | None = None,
    started: float | None = None,
    best_effort: bool = True,
    start: Ints | None = None,
) -> Answer:
    """The best checked plan within `seconds` (counted from `started`, a `time.monotonic`, when given) and what is proven about it.

    `on_plan(choice, value, bound)` hears of every better plan; without `best_effort` the run ends as soon as it is proven that there is none. `start` is
    a plan that is known already. The deadline is kept to within a second whatever a solver does.
    """
    begun = time.monotonic() if started is None else started
    run = _Run(problem, begun, gap, on_plan, best_effort=best_effort)
    if not len(problem.units):
        run.offer(np.zeros(0, dtype=np.int64), "nothing to choose")
        run.price(np.zeros(len(problem.resources)))
        run.infeasible = run.choice is None
        return _answer(run, "search")
    workers: list[Worker] = []
    try:
        if (
            len(problem.options) <= AT_ONCE and not stands_by()
        ):  # a small problem's solver starts while the first plan is made; a large one's would only disturb it
            workers += [begun_worker(engine, memory) for engine in engines if seconds > 2 * RESERVE]
        choice, y = greedy(problem, until=begun + max(seconds, 0.5))
        run.price(np.zeros(len(problem.resources)))
        run.price(y)
        run.offer(choice, "greedy")
        if start is not None:
            run.offer(start, "as before")
        if run.near:
            return _answer(run, "gap")
        if run.choice is None and (proven := hopeless(problem, choice)) is not None:
            run.rule_out(proven)
            if not best_effort:
                return _answer(run, "search")
        if not workers and begun + seconds - time.monotonic() > 2 * RESERVE:
            workers += [begun_worker(engine, memory) for engine in engines]
        with tempfile.TemporaryDirectory(prefix="yunxing-solve-") as folder:
            write_problem(Path(folder), problem, choice if run.choice is None else run.choice, y)
            cut_by = listen(run, workers, begun + seconds - RESERVE, folder)
    finally:
        for worker in workers:
            worker.stop()
    return _answer(run, cut_by)


class Hears(Protocol):
    """What listens to workers: the choice among options, or the columns of a linear model."""

    gap: float
    infeasible: bool
    notes: list[str]
    best_effort: bool

    def hear(self, message: dict[str, Any]) -> bool:
        """Take a message; True when its worker has ended."""

    @property
    def near(self) -> bool:
        """Whether the asked gap is reached."""


def listen(run: Hears, workers: list[Worker], deadline: float, folder: str, *, started: bool = False, **more: Any) -> str:
    """Hear the workers until all have ended, the gap is reached or time is up; gives which. `started` says that they have their task already."""
    for worker in [] if started else workers:
        worker.begin({"folder": folder, "deadline": deadline - LAST_WORD, "gap": run.gap, **more})
    with selectors.DefaultSelector() as waiting:
        for worker in workers:
            waiting.register(worker.pipe, selectors.EVENT_READ, worker)
        cut_by = "deadline"
        while waiting.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                break
            for key, _events in waiting.select(left):
                messages, closed = key.data.messages()
                heard = [run.hear(one) for one in messages]
                ended = any(heard)
                if ended and all(one.get("status") != "limit" for one in messages):
                    cut_by = "search"
                if closed and not ended and cut_by != "search":
                    code = key.data.process.wait()
                    run.notes.append(f"the solver's process ended early ({'signal ' + str(-code) if code < 0 else 'exit ' + str(code)})")
                    cut_by = "worker"
                if closed or ended:
                    waiting.unregister(key.fd)
            if run.near or (run.infeasible and (cut_by == "search" or not run.best_effort)):
                return "gap" if run.near else "search"
    return cut_by


def _answer(run: _Run, cut_by: str) -> Answer:
    found = run.choice is not None
    gap = gap_of(run.objective, run.bound) if found else np.inf
    status = "optimal" if found and gap <= 0 else "feasible" if found else "infeasible" if run.infeasible else "unknown"
    by = "multipliers" if (len(run.none) > 0 if status == "infeasible" else run.certified >= run.searched) else "search"
    return Answer(
        status, run.choice if run.choice is not None else run.effort, run.objective, run.bound,
        by, run.none if len(run.none) else run.multipliers, gap, cut_by, run.method, ", ".join(run.solvers) or "none",
        time.monotonic() - run.started, run.first_seconds, tuple(run.notes),
    )  # fmt: skip


@dataclass
class _LinearRun:
    """The best accepted columns of a linear model."""

    model: Linear
    gap: float
    accept: Callable[[Floats], tuple[Floats, float] | None]
    x: Floats
    objective: float
    certified: float = -np.inf
    searched: float = -np.inf
    infeasible: bool = False
    best_effort: bool = False
    multipliers: Floats = field(default_factory=lambda: np.zeros(0))
    method: str = "greedy"
    solvers: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def bound(self) -> float:
        return max(self.certified, self.searched)

    @property
    def near(self) -> bool:
        return gap_of(self.objective, self.bound) <= self.gap

    def hear(self, message: dict[str, Any]) -> bool:
        kind = message["kind"]
        if kind == "columns":
            taken = self.accept(np.array(message["x"], dtype=np.float64))
            if taken is not None and taken[1] < self.objective:
                (self.x, self.objective), self.method = taken, "search"
        elif kind == "multipliers":
            y = np.array(message["y"], dtype=np.float64)
            value = self.model.bound(y)
            if value > self.certified:
                self.certified, self.multipliers = value, y
        elif kind == "bound":
            self.searched = max(self.searched, float(message["value"]))
        elif kind == "infeasible":
            self.infeasible = True
        elif kind == "ready":
            self.solvers.append(f"{message['solver']} {message['version']}")
        elif kind == "ended" and message["status"] == "memory":
            self.notes.append("the solver reached its memory limit")
        return bool(kind == "ended")


@dataclass(frozen=True)
class LinearAnswer:
    """What was found for a linear model; the words mean what they mean in `Answer`."""

    status: str
    x: Floats
    objective: float
    bound: float
    bound_by: str
    multipliers: Floats
    gap: float
    cut_by: str
    method: str
    solver: str
    seconds: float
    notes: tuple[str, ...] = ()


def solve_linear(
    model: Linear,
    first: Floats,
    accept: Callable[[Floats], tuple[Floats, float] | None],
    *,
    seconds: float,
    gap: float,
    memory: int = MEMORY,
) -> LinearAnswer:
    """The best columns within `seconds`. `accept` is the domain's checker: it gives the plan made good and its cost computed anew, or None.

    `first` must be accepted: a plan stands before the solver begins.
    """
    begun = time.monotonic()
    taken = accept(first)
    assert taken is not None, "the first plan stands before its checker"
    run = _LinearRun(model, gap, accept, *taken)
    run.certified = model.bound(np.zeros(len(model.row_lower)))
    cut_by = "deadline"
    if seconds > 2 * RESERVE:
        worker = begun_worker("highs", memory)
        try:
            with tempfile.TemporaryDirectory(prefix="yunxing-solve-") as folder:
                write_linear(Path(folder), model, first)
                cut_by = listen(run, [worker], begun + seconds - RESERVE, folder, linear=True)
        finally:
            worker.stop()
    proven = gap_of(run.objective, run.bound)
    return LinearAnswer(
        "optimal" if proven <= 0 else "feasible", run.x, run.objective, run.bound, "multipliers" if run.certified >= run.searched else "search",
        run.multipliers, proven, cut_by, run.method, ", ".join(run.solvers) or "none", time.monotonic() - begun, tuple(run.notes),
    )  # fmt: skip
