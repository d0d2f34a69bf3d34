"""Group commit: one writer takes what many callers have queued, posts it in one transaction, and then answers every one of them.

A durable commit costs one flush of the disk (5 ms on a slow one), whatever it holds. A caller gets his answer when, and only when, the transaction
that holds his transfers is durable, so nothing acknowledged is lost; what was refused is refused to him alone. The order of the queue is the
order in the ledger. On SQLite the writer also spares the callers their queue at the file's lock; on PostgreSQL the one at the head of the seals.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Self

from yunxing.engines.ledger.batch import Group
from yunxing.engines.ledger.model import Answer
from yunxing.io.store.postings import post
from yunxing.values.digest import Algorithm
from yunxing.values.errors import Refusal

MOST_GROUPS = 1000
"""How many groups one transaction takes at most; what is queued behind them goes into the next."""
GATHER = 0.003
"""How many seconds the writer waits at most for callers it has just answered to come back: half a flush, so that they share the next one."""

CLOSED = "the ledger's writer is closed; nothing was written"


class _Asked:
    """A caller's groups and, afterwards, his answers or the error."""

    __slots__ = ("answers", "done", "error", "groups")

    def __init__(self, groups: Sequence[Group]) -> None:
        self.groups = groups
        self.done = threading.Lock()
        self.done.acquire()
        self.answers: list[Answer] = []
        self.error: BaseException | None = None


class Writer:
    """A thread with a connection of its own. `with Writer(lambda: dialect.connect(home)) as writer: writer.post([group])`, from any thread.

    `clock` gives the instant that is written down for a transaction. Between forks of a process make a writer for each.
    """

    def __init__(
        self,
        connect: Callable[[], Any],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        run: str = "",
        suite: Algorithm | None = None,
        most: int = MOST_GROUPS,
    ) -> None:
        self._connect, self._clock, self._run, self._suite, self._most = connect, clock, run, suite, most
        self._queue: deque[_Asked] = deque()
        self._bell = threading.Lock()  # locked while there is nothing to do; whoever queues unlocks it
        self._bell.acquire()
        self._idle = self._closing = self._ended = False
        self._expected = 1
        self.commits = 0
        self._thread = threading.Thread(target=self._work, name="yunxing-ledger-writer", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def post(self, groups: Sequence[Group]) -> list[Answer]:
        """Durably post the groups in order, each accepted or refused alone; one answer each. Waits for the disk.

        Errors: the database's own, after nothing of these groups was written; `Refusal` when the writer is closed.
        """
        if self._closing:
            raise Refusal(CLOSED)
        asked = _Asked(groups)
        # the queue is appended to and read without a lock; whoever appends looks at `_idle` afterwards, and the writer at the queue after `_idle`
        self._queue.append(asked)
        if self._idle or len(self._queue) >= self._expected:
            self._ring()
        if self._ended:
            self._refuse_rest()
        asked.done.acquire()
        if asked.error is not None:
            raise asked.error
        return asked.answers

    def close(self) -> None:
        """Post what is queued, and end the thread."""
        self._closing = True
        self._ring()
        self._thread.join()

    def _ring(self) -> None:
        with suppress(RuntimeError):  # it rang already
            self._bell.release()

    def _refuse_rest(self) -> None:
        with suppress(IndexError):
            while True:
                asked = self._queue.popleft()
                asked.error = Refusal(CLOSED)
                asked.done.release()

    def _work(self) -> None:
        connection: Any = None
        try:
            while batch := self._next():
                try:
                    if connection is None:
                        connection = self._connect()
                    self._together(connection, batch)
                except BaseException as error:  # noqa: BLE001  # every caller must be told; the next batch starts on a fresh connection
                    self._fail(batch, error)
                    _close(connection)
                    connection = None
        finally:
            self._ended = True
            self._refuse_rest()
            _close(connection)

    def _next(self) -> list[_Asked]:
        """What has queued, up to the limit; waits for the first. Empty when closed and nothing is left."""
        self._idle = True
        while not self._queue and not self._closing:
            self._bell.acquire()
        self._idle = False
        self._bell.acquire(blocking=False)  # rings of what is seen already
        if len(self._queue) < self._expected and not self._closing:
            self._bell.acquire(timeout=GATHER)
        taken: list[_Asked] = []
        count = 0
        while self._queue and (not taken or count + len(self._queue[0].groups) <= self._most):
            asked = self._queue.popleft()
            count += len(asked.groups)
            taken.append(asked)
        self._expected = max(len(taken) + len(self._queue), self._expected // 2)
        return taken

    def _together(self, connection: Any, batch: list[_Asked]) -> None:
        """One transaction for all. When the database refuses it, each caller is tried alone: only he whose groups it cannot take is told so."""
        try:
            answers = self._post(connection, [group for asked in batch for group in asked.groups])
        except Exception as error:
            if len(batch) == 1 or _broken(connection, error):
                raise
            for asked in batch:
                self._alone(connection, asked)
            return
        start = 0
        for asked in batch:
            asked.answers = answers[start : start + len(asked.groups)]
            start += len(asked.groups)
            asked.done.release()

    def _alone(self, connection: Any, asked: _Asked) -> None:
        try:
            asked.answers = self._post(connection, asked.groups)
        except Exception as error:  # noqa: BLE001  # it is the caller's, and he is told
            asked.error = error
        asked.done.release()

    def _post(self, connection: Any, groups: Sequence[Group]) -> list[Answer]:
        answers = post(groups, connection, recorded=self._clock(), run=self._run, suite=self._suite)
        self.commits += 1
        return answers

    @staticmethod
    def _fail(batch: list[_Asked], error: BaseException) -> None:
        for asked in batch:
            if asked.done.locked():
                asked.error = error
                asked.done.release()


def _broken(connection: Any, error: BaseException) -> bool:
    """Whether the connection itself is gone, so that trying each caller alone on it would tell nothing."""
    return bool(getattr(connection, "closed", False)) or getattr(error, "sqlstate", "") in ("57P01", "57P02", "57P03")


def _close(connection: Any) -> None:
    if connection is not None:
        connection.close()
