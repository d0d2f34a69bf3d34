"""The processes that solve: begun by name, spoken to over an own pipe, ended within half a second. One may stand by, begun before it is needed."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

MEMORY = 3 * 2**30
GRACE = 0.5


class Worker:
    """A solver's process with its own pipe."""

    def __init__(self, engine: str, memory: int) -> None:
        reading, writing = os.pipe()
        quiet = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "yunxing.io.solvers.worker", engine, str(writing), str(memory)],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=(writing,), env={**os.environ, **quiet},
        )  # fmt: skip
        os.close(writing)
        os.set_blocking(reading, False)
        self.engine, self.memory, self.pipe, self.rest = engine, memory, reading, b""

    def begin(self, task: dict[str, Any]) -> None:
        """Give the task; a process that is gone already is noticed when its pipe is read."""
        with contextlib.suppress(BrokenPipeError):
            assert self.process.stdin is not None
            self.process.stdin.write(json.dumps(task).encode() + b"\n")
            self.process.stdin.close()

    def messages(self) -> tuple[list[dict[str, Any]], bool]:
        """What has arrived, and whether the pipe was closed."""
        closed = False
        with contextlib.suppress(BlockingIOError):
            while True:
                piece = os.read(self.pipe, 1 << 20)
                if not piece:
                    closed = True
                    break
                self.rest += piece
        *lines, self.rest = self.rest.split(b"\n")
        found = []
        for line in lines:
            with contextlib.suppress(json.JSONDecodeError):  # a line cut off by a kill
                found.append(json.loads(line))
        return found, closed

    def stop(self) -> None:
        """Terminate, wait half a second, kill this process and no other."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(GRACE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdin is not None and not self.process.stdin.closed:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
        os.close(self.pipe)


_STANDING: ContextVar[list[Worker] | None] = ContextVar("standing", default=None)


@contextlib.contextmanager
def standing_by(engine: str = "highs", memory: int = MEMORY) -> Iterator[None]:
    """Inside, one process always stands by with its library loaded, so that a solve does not wait for its start. Each still solves one problem and ends."""
    if _STANDING.get() is not None:
        yield
        return
    spare = [Worker(engine, memory)]
    token = _STANDING.set(spare)
    try:
        yield
    finally:
        _STANDING.reset(token)
        for one in spare:
            one.stop()


def stands_by() -> bool:
    """Whether a process stands by, so that none need be begun ahead of time."""
    return _STANDING.get() is not None


def begun_worker(engine: str, memory: int) -> Worker:
    """A process for one problem: the one that stands by, where it is of the kind (another is begun in its place), else a new one."""
    spare = _STANDING.get()
    if spare is None or not any((one.engine, one.memory) == (engine, memory) for one in spare):
        return Worker(engine, memory)
    found = next(one for one in spare if (one.engine, one.memory) == (engine, memory))
    spare.remove(found)
    spare.append(Worker(engine, memory))
    return found
