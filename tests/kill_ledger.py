"""Post to a ledger in processes that are killed with signal 9, and say what was lost or doubled. `python kill_ledger.py HOME KILLS [CRASH_EVERY SERVER]`.

One process that has everything loaded forks a child for each kill. The child posts batches and acknowledges each on a pipe when `post` has
returned; it dies before its n-th statement, n going round through every statement of a batch, or, each fifth, at any instant while a writer
serves eight callers. After each death the ledger must prove itself, everything acknowledged must be there, and the same batches sent again must
complete it: each group once. With CRASH_EVERY the PostgreSQL server in the folder SERVER is cut off as well, each so many kills.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from ledger_cast import cast, story
from yunxing.engines.ledger.batch import Group
from yunxing.engines.ledger.model import Answer
from yunxing.io.store import dialect, ledger_check, postings
from yunxing.io.store.writer import Writer

AT = datetime(2022, 9, 30, 8, 0, tzinfo=UTC)
DAY = date(2022, 9, 30)
TIMED = 5
MOST_STATEMENTS, STRIDE = 72, 7  # three batches and more; in strides, so that a few kills are spread over all of them


class Left:
    """How many statements the process still lives."""

    count = 10**9

    @classmethod
    def one_less(cls) -> None:
        cls.count -= 1
        if cls.count == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class SqliteCursor(sqlite3.Cursor):
    def execute(self, *given: Any) -> Any:
        Left.one_less()
        return super().execute(*given)

    def executemany(self, *given: Any) -> Any:
        Left.one_less()
        return super().executemany(*given)


class SqliteConnection(sqlite3.Connection):
    def cursor(self, factory: Any = SqliteCursor) -> Any:
        return super().cursor(factory)

    def execute(self, *given: Any) -> Any:
        return self.cursor().execute(*given)


def connect(home: Path) -> Any:
    """The store, on a connection that counts its statements."""
    if dialect._chosen_database(home) == "sqlite":
        connection = sqlite3.connect(home / dialect.DATABASE_FILE, factory=SqliteConnection, isolation_level=None, timeout=30)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection
    import psycopg

    class Cursor(psycopg.Cursor):
        def execute(self, *given: Any, **more: Any) -> Any:
            Left.one_less()
            return super().execute(*given, **more)

        def executemany(self, *given: Any, **more: Any) -> Any:
            Left.one_less()
            return super().executemany(*given, **more)

        def copy(self, *given: Any, **more: Any) -> Any:
            Left.one_less()
            return super().copy(*given, **more)

    connection = dialect.connect(home)
    connection.cursor_factory = Cursor
    return connection


def acknowledge(pipe: int, number: int, answers: list[Answer]) -> None:
    """Which batch, how many groups, and for each whether it is in the ledger: in one write, so that it is told whole or not at all."""
    os.write(pipe, bytes([number, len(answers), *(answer.status != "refused" for answer in answers)]))


def child(home: Path, batches: list[list[Group]], pipe: int, statements: int) -> None:
    """Post the batches one after the other; acknowledge each; die before the given statement."""
    connection = connect(home)
    Left.count = statements
    for number, batch in enumerate(batches):
        acknowledge(pipe, number, postings.post(batch, connection, recorded=AT))


def serving_child(home: Path, batches: list[list[Group]], pipe: int) -> None:
    """Eight callers of one writer; each acknowledges his own batches."""
    with Writer(lambda: connect(home), clock=lambda: AT) as writer:

        def call(mine: list[tuple[int, list[Group]]]) -> None:
            for number, batch in mine:
                acknowledge(pipe, number, writer.post(batch))

        numbered = list(enumerate(batches))
        threads = [threading.Thread(target=call, args=(numbered[start::8],)) for start in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def in_a_child(work: Callable[[int], None], kill_after: float | None) -> tuple[dict[int, list[bool]], bool]:
    """Run it in a fork; gives what was acknowledged, and whether it was killed."""
    out, into = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(out)
        try:
            work(into)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(3)
        os._exit(0)
    os.close(into)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(process, signal.SIGKILL)
    said = bytearray()
    while part := os.read(out, 4096):
        said += part
    os.close(out)
    _, status = os.waitpid(process, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit(f"a child failed with {os.WEXITSTATUS(status)}")
    told: dict[int, list[bool]] = {}
    while said:
        number, count = said[0], said[1]
        told[number] = [bool(flag) for flag in said[2 : 2 + count]]
        del said[: 2 + count]
    return told, os.WIFSIGNALED(status)


def batches_of(number: int) -> list[list[Group]]:
    """The batches of one child: a story of its own, so that no key is another's."""
    return [batch for batch in story(1000 + number, steps=12) if batch]


def present(connection: Any, group: Group) -> bool:
    return dialect.row(connection, "SELECT 1 FROM support_transfer WHERE key = %s", [f"{group.key}#1"]) is not None


def check(home: Path, batches: list[list[Group]], acknowledged: dict[int, list[bool]], *, whole: bool) -> dict[str, int]:
    """What the death did: everything proves itself, what was acknowledged answers the same again, and the rest is completed, each group once."""
    with dialect.connected(home) as connection:
        faults = ledger_check.verify(connection) if whole else []
        if faults:
            raise SystemExit("\n".join(map(str, faults)))
        before = {group.key: present(connection, group) for batch in batches for group in batch}
        lost = 0
        for number, batch in enumerate(batches):
            answers = postings.post(batch, connection, recorded=AT)
            for group, answer, was_in in zip(batch, answers, acknowledged.get(number, [False] * len(batch)), strict=True):
                lost += was_in and (not before[group.key] or answer.status == "accepted")
        (count, keys) = dialect.row(connection, "SELECT COUNT(*), COUNT(DISTINCT key) FROM support_transfer") or (0, 0)
        return {"lost": lost, "doubled": count - keys, "there": sum(before.values())}


def rounds(home: Path, kills: int, crash: Callable[[], None] | None, every: int) -> Iterator[dict[str, int]]:
    draw = random.Random(kills)
    done = 0
    for number in itertools.count():
        batches = batches_of(number)
        timed = number % TIMED == TIMED - 1
        if timed:
            acknowledged, killed = in_a_child(lambda pipe, b=batches: serving_child(home, b, pipe), draw.uniform(0.005, 0.25))  # type: ignore[misc]
        else:
            at = 1 + number * STRIDE % MOST_STATEMENTS
            acknowledged, killed = in_a_child(lambda pipe, b=batches, n=at: child(home, b, pipe, n), None)  # type: ignore[misc]
        done += killed
        if crash is not None and number % every == every - 1:
            crash()
        # a long ledger takes long to prove whole: after the first kills each tenth time, and at the end
        whole = number < 40 or number % 10 == 0 or done >= kills
        yield {**check(home, batches, acknowledged, whole=whole), "killed": int(killed), "acknowledged": len(acknowledged)}
        if done >= kills:
            return


def main() -> None:
    home, kills = Path(sys.argv[1]), int(sys.argv[2])
    crash = None
    if len(sys.argv) > 3:
        from backends.server import run_server

        server = Path(sys.argv[4])

        def crash() -> None:
            run_server(server, "stop")
            run_server(server, "start")

    with dialect.connected(home) as connection:
        cast(connection)
    total: dict[str, int] = {}
    for one in rounds(home, kills, crash, int(sys.argv[3]) if crash else 1):
        total = {name: total.get(name, 0) + count for name, count in one.items()}
        if one["lost"] or one["doubled"]:
            raise SystemExit(f"after {total['killed']} kills: {one}")
    with dialect.connected(home) as connection:
        (count,) = dialect.row(connection, "SELECT COUNT(*) FROM support_transfer") or (0,)
    print(json.dumps({**total, "transfers": count}))


if __name__ == "__main__":
    main()
