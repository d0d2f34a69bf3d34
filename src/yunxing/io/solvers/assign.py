"""The assignment of greatest value, found in a process of its own (a small one in place) and believed only after it was judged. No solver library is loaded here."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from yunxing.engines.matching.assign import filled
from yunxing.engines.matching.augment import augmented
from yunxing.engines.matching.judge import bound, prices, verdict
from yunxing.engines.matching.market import Ints, Market
from yunxing.io.solvers.solve import listen
from yunxing.io.solvers.transport import write_market
from yunxing.io.solvers.workers import MEMORY, Worker, begun_worker

ANSWER = "units.npy"
AT_ONCE = 3000  # edges up to which no process is worth starting
OWN = "augmenting paths"


@dataclass(frozen=True)
class Assigned:
    """`units` is None when no assignment came in time (`cut_by` says what ended the run); `bound` is what the prices prove no assignment exceeds.

    `status`: optimal (value = bound), feasible (checked, the bound is above it), unknown (none).
    """

    status: str
    units: Ints | None
    value: int
    bound: int | None
    price: Ints
    cut_by: str
    solver: str
    seconds: float
    notes: tuple[str, ...]


@dataclass
class _Run:
    """What the worker has told; there is one answer, so no gap is watched."""

    folder: Path
    gap: float = 0.0
    infeasible: bool = False
    best_effort: bool = True
    notes: list[str] = field(default_factory=list)
    solvers: list[str] = field(default_factory=list)
    found: Ints | None = None

    @property
    def near(self) -> bool:
        return self.found is not None

    def hear(self, message: dict[str, Any]) -> bool:
        """Take a message; True when the worker has ended."""
        if message["kind"] == "ready":
            self.solvers.append(f"{message['solver']} {message['version']}")
            return False
        if message["kind"] != "ended":
            return False
        if message["status"] == "optimal":
            self.found = np.load(self.folder / ANSWER, allow_pickle=False)
        else:
            self.notes.append("the solver reached its memory limit" if message["status"] == "memory" else "the solver found no assignment")
        return True


class Assignment:
    """A solver at work: begun at once, so that the caller may make the other assignments meanwhile, and heard when they are made."""

    def __init__(self, market: Market, *, seconds: float, memory: int = MEMORY) -> None:
        self.market, self.begun, self.seconds = market, time.monotonic(), seconds
        self.folder = tempfile.TemporaryDirectory(prefix="yunxing-assign-")
        self.worker: Worker | None = None
        if len(market.value) > AT_ONCE:
            write_market(Path(self.folder.name), market)
            self.worker = begun_worker("flow", memory)
            self.worker.begin({"folder": self.folder.name, "gap": 0.0, "flow": True})

    def answer(self) -> Assigned:
        """Wait until the solver has ended or the deadline; then it is stopped."""
        run = _Run(Path(self.folder.name))
        cut_by = "search"
        try:
            if self.worker is None:
                run.found = augmented(self.market)
                run.solvers.append(OWN)
            else:
                cut_by = listen(run, [self.worker], self.begun + self.seconds, self.folder.name, started=True)
        finally:
            self.close()
        spent = time.monotonic() - self.begun
        solver = ", ".join(run.solvers) or "none"
        nothing = Assigned("unknown", None, 0, None, np.zeros(0, dtype=np.int64), cut_by, solver, spent, tuple(run.notes))
        if run.found is None:
            return nothing
        judged = verdict(self.market, run.found)
        if judged.faults:
            return Assigned("unknown", None, 0, None, np.zeros(0, dtype=np.int64), cut_by, solver, spent, (*run.notes, judged.faults[0]))
        run.found = filled(self.market, run.found)
        judged = verdict(self.market, run.found)
        price = prices(self.market, run.found)
        proven = bound(self.market, run.found, price)
        status = "optimal" if proven == judged.value else "feasible"
        return Assigned(
            status,
            run.found,
            judged.value,
            proven,
            price,
            "search" if cut_by == "gap" else cut_by,
            solver,
            time.monotonic() - self.begun,
            tuple(run.notes),
        )

    def close(self) -> None:
        """Stop the process and put its folder away."""
        if self.worker is not None:
            self.worker.stop()
            self.worker = None
        self.folder.cleanup()


def assign(market: Market, *, seconds: float, memory: int = MEMORY) -> Assigned:
    """The assignment of greatest value within `seconds`."""
    return Assignment(market, seconds=seconds, memory=memory).answer()
