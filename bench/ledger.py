"""The ledger beside its peers: raw inserts of the same rows on SQLite, pgbench with the same transfer on PostgreSQL. `python bench/ledger.py [TRANSFERS]`, by default 20,000.

Each figure stands beside what the machine gives in the same minute: how many flushes the disk does, how many bare rows the database takes.
With 5,000,000 transfers (10 million postings) the balance as of a day is measured at its target.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

AT = datetime(2022, 9, 30, 8, 0, tzinfo=UTC)
DAY = date(2022, 9, 30)
ACCOUNTS, BATCH, CALLERS = 1000, 10_000, 128
PREPARE = "import sys, pathlib; from yunxing.desk.setup import prepare; prepare(pathlib.Path(sys.argv[1]))"
SCRIPT = """\\set a random(0, 999)
\\set b (:a + 1 + random(0, 997)) % 1000
\\set n random(3000000000, 1000000000000)
BEGIN;
SELECT id FROM support_account WHERE id IN ('a' || :a, 'a' || :b) ORDER BY id FOR UPDATE;
INSERT INTO support_transfer (seq, id, key, body_hash, kind, unit_id, refers, clause, effective, recorded, run, approver_1, approver_2, seal_id)
  VALUES (1000000000 + :n, 'tb' || :n, 'b/' || :client_id || '/' || :n, 'sha256:' || repeat('0', 64), 'move', 'fen', '', '156/2/4', '2022-09-30', now(), '', '', '', 1);
INSERT INTO support_posting (transfer_id, account_id, layer, amount) VALUES (1000000000 + :n, 'a' || :a, 'posted', -5), (1000000000 + :n, 'a' || :b, 'posted', 5);
UPDATE support_account SET posted = posted - 5 WHERE id = 'a' || :a;
UPDATE support_account SET posted = posted + 5 WHERE id = 'a' || :b;
UPDATE support_day SET posted = posted - 5 WHERE account_id = 'a' || :a AND day = '2022-09-30';
UPDATE support_day SET posted = posted + 5 WHERE account_id = 'a' || :b AND day = '2022-09-30';
COMMIT;
"""


def told(title: str, count: int, seconds: float, more: str = "") -> float:
    print(f"{title}: {count / seconds:,.0f}/s{more}", flush=True)
    return count / seconds


def flushes(folder: Path) -> None:
    """What one durable commit costs on this disk."""
    with (folder / "flush").open("wb", buffering=0) as file:
        begun = time.perf_counter()
        for _ in range(100):
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
        told("the disk: flushes", 100, time.perf_counter() - begun)


def group(number: int, day: date = DAY) -> Any:
    from yunxing.engines.ledger.batch import Group, Leg, Transfer

    a = number * 7919 % ACCOUNTS
    b = (a + 1 + number % (ACCOUNTS - 2)) % ACCOUNTS
    key = f"bench/{number}"
    return Group(key, (Transfer(f"{key}#1", "move", "fen", (Leg(f"a{a}", -5), Leg(f"a{b}", 5)), "156/2/4", day),))


def accounts(connection: Any) -> None:
    from yunxing.io.store import dialect, postings

    postings.open_book(connection, "b", place="p", name="bench")
    postings.open_unit(connection, "fen", asset="CNY", scale=100)
    with dialect.transaction(connection):
        for number in range(ACCOUNTS):
            postings.open_account(connection, f"a{number}", owner="o", book="b", unit="fen", kind="bench", floor=-(10**12))


def in_batches(name: str, connection: Any, count: int, start: int = 0, size: int = BATCH) -> float:
    """The best of the batches, and the mean over all."""
    from yunxing.io.store import postings

    best, whole, busy = 0.0, 0.0, 0.0
    for first in range(start, start + count, size):
        batch = [group(number) for number in range(first, first + size)]
        begun, used = time.perf_counter(), time.process_time()
        answers = postings.post(batch, connection, recorded=AT)
        taken, busy = time.perf_counter() - begun, busy + time.process_time() - used
        assert all(answer.status == "accepted" for answer in answers)
        best, whole = max(best, size / taken), whole + taken
    told(
        f"{name}, batches of {size:,}",
        count,
        whole,
        f" (best {best:,.0f}/s; a second of this process's own work makes {count / busy:,.0f})",
    )
    return best


def called(name: str, post: Callable[[list[Any]], list[Any]], callers: int, each: int, start: int) -> float:
    waits: list[float] = []

    def call(number: int) -> None:
        for step in range(each):
            one = [group(start + number * each + step)]
            begun = time.perf_counter()
            (answer,) = post(one)
            waits.append(time.perf_counter() - begun)
            assert answer.status == "accepted"

    threads = [threading.Thread(target=call, args=(number,)) for number in range(callers)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    waits.sort()
    more = f" (half within {waits[len(waits) // 2] * 1e3:.1f} ms, 99 of 100 within {waits[len(waits) * 99 // 100] * 1e3:.1f} ms)"
    return told(f"{name}, {callers} callers of one durable transfer each", callers * each, seconds, more)


def raw(home: Path, count: int) -> None:
    """The peer on SQLite: the same rows into the same tables, prepared before the clock starts, deciding nothing."""
    from yunxing.io.store import dialect

    connection = dialect.connect(home)
    best = whole = busy = 0.0
    for first in range(0, count, BATCH):
        numbers = range(10**9 + first, 10**9 + first + BATCH)
        groups = [group(number).transfers[0] for number in numbers]
        heads = [
            (n, t.id, t.key, "sha256:" + "0" * 64, t.kind, t.unit, "", t.clause, "2022-09-30", "2022-09-30 08:00:00", "", "", "", 1)
            for n, t in zip(numbers, groups, strict=True)
        ]
        lines = [(n, leg.account, "posted", leg.amount) for n, t in zip(numbers, groups, strict=True) for leg in t.legs]
        begun, used = time.perf_counter(), time.process_time()
        connection.execute("BEGIN IMMEDIATE")
        names = "seq, id, key, body_hash, kind, unit_id, refers, clause, effective, recorded, run, approver_1, approver_2, seal_id"
        connection.executemany(f"INSERT INTO support_transfer ({names}) VALUES ({', '.join('?' * 14)})", heads)
        connection.executemany("INSERT INTO support_posting (transfer_id, account_id, layer, amount) VALUES (?, ?, ?, ?)", lines)
        connection.execute("COMMIT")
        taken, busy = time.perf_counter() - begun, busy + time.process_time() - used
        best, whole = max(best, BATCH / taken), whole + taken
    more = f" (best {best:,.0f}/s; a second of this process's own work makes {count / busy:,.0f})"
    told(f"peer, raw inserts of the same rows, batches of {BATCH:,}", count, whole, more)
    connection.close()


def filled(connection: Any, count: int, start: int) -> None:
    """A ledger of so many transfers over three years, put in as bare rows with their sums by day: what `post` would leave, without its seals."""
    columns = "seq, id, key, body_hash, kind, unit_id, refers, clause, effective, recorded, run, approver_1, approver_2, seal_id"
    for first in range(start, start + count, 100_000):
        numbers = range(first, min(first + 100_000, start + count))
        days = [(DAY - timedelta(days=number * 31 % 1095)).isoformat() for number in numbers]
        heads = [
            (
                10**10 + n,
                f"tf{n}",
                f"fill/{n}",
                "sha256:" + "0" * 64,
                "move",
                "fen",
                "",
                "156/2/4",
                day,
                "2022-09-30 08:00:00",
                "",
                "",
                "",
                1,
            )
            for n, day in zip(numbers, days, strict=True)
        ]
        lines = []
        for n in numbers:
            # every tenth posting is one of a single busy account
            a = 0 if n % 5 == 0 else n * 7919 % ACCOUNTS
            lines += [(10**10 + n, f"a{a}", "posted", -5), (10**10 + n, f"a{(a + 1 + n % (ACCOUNTS - 2)) % ACCOUNTS}", "posted", 5)]
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"INSERT INTO support_transfer ({columns}) VALUES ({', '.join('?' * 14)})", heads)
        connection.executemany("INSERT INTO support_posting (transfer_id, account_id, layer, amount) VALUES (?, ?, ?, ?)", lines)
        connection.execute("COMMIT")
    connection.execute("DELETE FROM support_day")
    sums = "SELECT p.account_id, t.effective, SUM(p.amount), 0, 0 FROM support_posting p JOIN support_transfer t ON t.seq = p.transfer_id GROUP BY 1, 2"
    connection.execute(f"INSERT INTO support_day (account_id, day, posted, hold_out, hold_in) {sums}")
    connection.execute(
        "UPDATE support_account SET posted = (SELECT COALESCE(SUM(posted), 0) FROM support_day d WHERE d.account_id = support_account.id)"
    )


def as_of(connection: Any) -> None:
    from yunxing.io.store import dialect, ledger_balances, postings

    (count,) = dialect.row(connection, "SELECT COUNT(*) FROM support_posting") or (0,)
    (rows,) = dialect.row(connection, "SELECT COUNT(*) FROM support_day") or (0,)
    (busy,) = dialect.row(connection, "SELECT COUNT(*) FROM support_posting WHERE account_id = 'a0'") or (0,)
    for title, ask in (
        ("balance as of a day", lambda n: postings.balance(connection, f"a{n * 5 % ACCOUNTS}", DAY - timedelta(days=n * 5 % 1000))),
        ("the same of the busiest account", lambda n: postings.balance(connection, "a0", DAY - timedelta(days=n * 5 % 1000))),
        ("first page of its statement", lambda _: ledger_balances.statement(connection, "a0")),
    ):
        waits = []
        for number in range(200):
            begun = time.perf_counter()
            ask(number)
            waits.append(time.perf_counter() - begun)
        waits.sort()
        print(f"{title}, {count:,} postings: half within {waits[100] * 1e3:.2f} ms, slowest of 200 {waits[-1] * 1e3:.2f} ms", flush=True)
    print(f"({rows:,} sums by day; the busiest account has {busy:,} postings)", flush=True)


def sqlite(folder: Path, count: int) -> None:
    from yunxing.io.store import dialect, ledger_check
    from yunxing.io.store.writer import Writer

    home = folder / "sqlite"
    home.mkdir()
    subprocess.run([sys.executable, "-c", PREPARE, str(home)], check=True, env={**os.environ, "YUNXING_HOME": str(home)})
    shutil.copytree(home, folder / "raw")
    for place in (home, folder / "raw"):
        with dialect.connected(place) as connection:
            accounts(connection)
            if place != home:
                connection.execute("INSERT INTO support_seal (no, prev_hash, root, rows, at) VALUES (1, '', '', 0, '2022-09-30 08:00:00')")
    raw(folder / "raw", max(BATCH, min(count, 5 * BATCH)))
    with dialect.connected(home) as connection:
        in_batches("SQLite", connection, max(BATCH, min(count, 5 * BATCH)))
        with Writer(lambda: dialect.connect(home), clock=lambda: AT) as writer:
            called("SQLite, through the writer", writer.post, CALLERS, 100, 10**8)
            called("SQLite, through the writer", writer.post, 8, 100, 2 * 10**8)
        begun = time.perf_counter()
        assert ledger_check.verify(connection) == []
        (rows,) = dialect.row(connection, "SELECT COUNT(*) FROM support_transfer") or (0,)
        told("verify the whole ledger, transfers", rows, time.perf_counter() - begun)
        if count > 5 * BATCH:
            filled(connection, count - 5 * BATCH, 5 * BATCH)
        as_of(connection)


def pgbench(server: Path, seconds: int = 6) -> float:
    script = server / "peer.sql"
    script.write_text(SCRIPT, encoding="utf-8")
    run = ["pgbench", "-h", str(server), "-U", "postgres", "-n", "-f", str(script), "-c", "8", "-j", "2", "-T", str(seconds), "yunxing"]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found is not None, done.stdout
    print(f"peer, pgbench with the same transfer (no key asked, nothing sealed), 8 callers: {float(found[1]):,.0f}/s", flush=True)
    return float(found[1])


def served(folder: Path, count: int) -> None:
    import psycopg

    from backends.server import postgres
    from yunxing.io.store import dialect, ledger_check
    from yunxing.io.store.writer import Writer

    home = folder / "served"
    home.mkdir()
    with postgres(durable=True) as server:
        with psycopg.connect(f"postgresql://postgres@/postgres?host={server}", autocommit=True) as first:
            first.execute("CREATE DATABASE yunxing")
        (home / "settings.toml").write_text(f'database = "postgresql://postgres@/yunxing?host={server}"\n', encoding="utf-8")
        subprocess.run([sys.executable, "-c", PREPARE, str(home)], check=True, env={**os.environ, "YUNXING_HOME": str(home)})
        with dialect.connected(home) as connection:
            accounts(connection)
            in_batches("PostgreSQL", connection, max(BATCH, min(count, 5 * BATCH)))
            with Writer(lambda: dialect.connect(home), clock=lambda: AT) as writer:
                called("PostgreSQL, through the writer", writer.post, 8, 200, 10**8)
                called("PostgreSQL, through the writer", writer.post, CALLERS, 40, 2 * 10**8)
            begun = time.perf_counter()
            assert ledger_check.verify(connection) == []
            told("verify the whole ledger on PostgreSQL, transfers", max(BATCH, min(count, 5 * BATCH)) + 6720, time.perf_counter() - begun)
            # the disk's mood changes by the minute: one beside the other, three times
            shares = []
            for turn in range(3):
                peer = pgbench(server)
                with Writer(lambda: dialect.connect(home), clock=lambda: AT) as writer:
                    shares.append(called("PostgreSQL, through the writer", writer.post, 8, 300, (3 + turn) * 10**8) / peer)
            print(f"of pgbench at 8 callers: {', '.join(f'{share:.0%}' for share in shares)}", flush=True)


def main() -> None:
    from backends.server import programs

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2 * BATCH
    with tempfile.TemporaryDirectory(dir=os.environ.get("YUNXING_BENCH")) as name:
        folder = Path(name)
        flushes(folder)
        sqlite(folder, count)
        if programs() is None:
            print("PostgreSQL: not measured, Debian's postgresql is not installed")
        else:
            served(folder, count)


if __name__ == "__main__":
    main()
