"""Sweep of overdue cases: N cases open, a tenth of them past due at one minute. `python bench/case_sweep.py [CASES]`, by default 100,000.

Beside it the peer: a plain loop that reads, decides and writes one case a transaction (on a sample of 500, scaled).
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

NOW = datetime(2022, 10, 10, 2, 0, tzinfo=UTC)


def fill(connection: Any, cases: int, overdue: int, *, spread: bool = False) -> None:
    """Cases, one clock and three rungs each, written by plain inserts. The overdue ones were opened one after the other (they share a due day), or lie `spread` over all pages."""
    from yunxing.io.store import dialect
    from yunxing.io.store.case_rows import CASE, CLOCK

    places = ", ".join(["%s"] * len(CASE))
    clock_places = ", ".join(["%s"] * len(CLOCK))
    rung = "insert into casework_rung (case_id, clock, number, at, name, title, role, office, talk, state) values (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)"
    opened = NOW - timedelta(days=14)
    for start in range(0, cases, 50_000):
        rows, clocks, rungs = [], [], []
        for number in range(start, min(start + 50_000, cases)):
            name = f"C-{number:08d}"
            late = number % (cases // overdue) == 0 if spread else cases // 2 <= number < cases // 2 + overdue
            due = NOW - timedelta(seconds=30) if late else NOW + timedelta(minutes=1 + number % 40_000)
            office = f"O{number % 40}"
            rows.append(
                (name, "whistle", 1, f"party:{number % 5000}", "working", 4, office, office, "", f"u{number % 10}", f"P{number % 5000}", "desk:x", "p", "t", "w",
                 "", "", True, opened, opened, None, due, "[]", "[]", "{}", "{}")
            )  # fmt: skip
            clocks.append(
                (name, "solve", "", 1, "working_day", 10, opened, opened, 10, due, "running", opened.date(), False, None, None, None)
            )
            for step, at in enumerate((due - timedelta(days=30), due, due + timedelta(days=5))):
                rungs.append((name, "solve||1", step, at, "urge", "逾期催办", "head", office, False, "done" if step == 0 else "waiting"))
        with dialect.transaction(connection):
            dialect.executemany(connection, f"insert into casework_case ({', '.join(CASE)}) values ({places})", rows)
            dialect.executemany(connection, f"insert into casework_clock ({', '.join(CLOCK)}) values ({clock_places})", clocks)
            dialect.executemany(connection, rung, rungs)


def peer(connection: Any, sample: int) -> float:
    """One case a transaction, as a plain scheduler does it; seconds a case."""
    from yunxing.io.store import case_log, dialect
    from yunxing.io.store.case_rows import EVENT

    due = dialect.rows(
        connection, "select case_id, id, title from casework_rung where state = 'waiting' and at <= %s limit %s", (NOW, sample)
    )
    begun = time.perf_counter()
    for case, rung, title in due:
        with dialect.transaction(connection), case_log.sealing(connection, NOW) as seal:
            (ver, state) = dialect.rows(connection, "select ver, state from casework_case where id = %s", (case,))[0]
            row = [case, ver + 1, "rung", state, state, "system", "", NOW, NOW, title, "{}", "{}", True, seal.no]
            dialect.execute(connection, f"insert into casework_event ({', '.join(EVENT)}) values ({', '.join(['%s'] * len(row))})", row)
            dialect.execute(connection, "update casework_case set ver = ver + 1 where id = %s and ver = %s", (case, ver))
            dialect.execute(connection, "update casework_rung set state = 'done' where id = %s and state = 'waiting'", (rung,))
            seal.add([*row[:7], str(NOW), str(NOW), *row[9:]])
    return (time.perf_counter() - begun) / max(len(due), 1)


def main() -> None:
    from yunxing.desk.setup import prepare
    from yunxing.io.store import dialect
    from yunxing.io.store.case_sweep import sweep

    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        prepare(home)
        with dialect.connected(home) as connection:
            fill(connection, cases, cases // 10)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            one = peer(connection, 500)
            begun, worked = time.perf_counter(), time.process_time()
            done = sweep(connection, NOW)
            taken, worked = time.perf_counter() - begun, time.process_time() - worked
            begun = time.perf_counter()
            again = sweep(connection, NOW)
            idle = time.perf_counter() - begun
            print(
                f"sweep: {done.rungs:,} overdue of {cases:,} cases in {done.batches} transactions: {taken:.2f} s, {worked:.2f} s of them at work"
            )
            print(f"again: {again.rungs} rungs, {idle * 1000:.1f} ms")
            print(
                f"peer (one case a transaction): {1 / one:,.0f}/s, {one * done.rungs:,.0f} s for the same; the sweep is {one * done.rungs / taken:,.0f} times as fast"
            )


if __name__ == "__main__":
    main()
