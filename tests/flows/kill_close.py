"""Closes a month again and again, each time killed -9 at another moment, then once undisturbed; prints what it found as JSON.

Run as a program: `python kill_close.py HOME WORK`. It forks before any library has started a thread. Moments are the calls that change the disk or the database: before
and after each rename, before each flush, before each statement; every rename and commit is visited, the others by a fixed sample, and some runs die after a random delay.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from yunxing.flows.close_month import close_month
from yunxing.io.store import dialect
from yunxing.packs.pack import load_pack
from yunxing.values.period import Month

MONTH = Month(2022, 3)
PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
BULLETIN = False  # it stands in the same folder before the rename; without it a run is three times as fast
SAMPLE, DELAYS = 4, 2


def run(home: Path, moment: Callable[[str], None], *, bulletin: bool) -> str:
    """One closing with `moment(name)` called at every moment; gives the snapshot's hash."""
    replace, fsync, connect = os.replace, os.fsync, dialect.connect

    def replaced(*names: Any) -> None:
        moment("before replace")
        replace(*names)
        moment("after replace")

    def synced(handle: int) -> None:
        moment("fsync")
        fsync(handle)

    os.replace, os.fsync = replaced, synced
    connection: sqlite3.Connection = connect(home)
    connection.set_trace_callback(lambda sql: moment("commit" if sql == "COMMIT" else "sql"))
    closed = close_month(home, load_pack(PACK), MONTH, connection, bulletin=bulletin)
    moment("after commit")
    return closed.snapshot.hash


def forked(work: Callable[[], None]) -> int:
    """Do the work in a child; its exit status as `waitpid` gives it."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(3)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def kill_at(wanted: int) -> Callable[[str], None]:
    """Kill this process at the moment of that number."""
    seen = 0

    def moment(_: str) -> None:
        nonlocal seen
        if seen == wanted:
            os.kill(os.getpid(), signal.SIGKILL)
        seen += 1

    return moment


def state(home: Path) -> dict[str, Any]:
    """What stands after the last run."""
    connection = dialect.connect(home)
    counts = {
        name: dialect.rows(connection, f"select count(*) from {name}")[0][0]
        for name in ("room_closed_month", "room_signal", "casework_case", "casework_event")
    }
    connection.close()
    folder = home / "tables" / "closed"
    left = sorted(path.name for path in folder.rglob("*") if path.name.startswith(".partial") or path.name.endswith(".part"))
    return {"left": left, "snapshots": sorted(path.parent.name for path in folder.glob("*/*/manifest.json")), "counts": counts}


def undisturbed(home: Path, answer: Path, *, bulletin: bool) -> dict[str, Any]:
    """Run to the end and describe what stands then."""
    status = forked(lambda: answer.write_text(run(home, lambda _: None, bulletin=bulletin), encoding="ascii") and None)
    assert status == 0, f"the undisturbed run ended with {status}"
    return {"hash": answer.read_text(encoding="ascii"), **state(home)}


def main(source: Path, work: Path) -> None:
    """Print {"moments": …, "expected": …, "runs": [{"at", "killed", …}]}."""
    answer, counting = work / "answer", work / "count"
    shutil.copytree(source, work / "first")
    names: Path = counting
    begun = time.monotonic()

    def count() -> None:
        seen: list[str] = []
        run(work / "first", seen.append, bulletin=BULLETIN)
        names.write_text(json.dumps(seen), encoding="ascii")

    assert forked(count) == 0
    whole = time.monotonic() - begun
    moments = json.loads(names.read_text(encoding="ascii"))
    expected = undisturbed(work / "first", answer, bulletin=BULLETIN)
    chance = random.Random(156)
    always = {at for at, name in enumerate(moments) if name not in ("fsync", "sql")}
    others = [at for at in range(len(moments)) if at not in always]
    runs = []
    for at in sorted(always | set(chance.sample(others, SAMPLE))):
        home = Path(shutil.copytree(source, work / f"at-{at}"))
        status = forked(lambda at=at, home=home: run(home, kill_at(at), bulletin=BULLETIN) and None)
        runs.append({"at": f"{at} {moments[at]}", "killed": os.WIFSIGNALED(status), **undisturbed(home, answer, bulletin=BULLETIN)})
        shutil.rmtree(home)
    for n in range(DELAYS):
        home = Path(shutil.copytree(source, work / f"delay-{n}"))
        delay = chance.uniform(0.05, 0.95) * whole
        child = os.fork()
        if child == 0:
            run(home, lambda _: None, bulletin=BULLETIN)
            os._exit(0)
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        runs.append({"at": f"after {delay:.2f} s", "killed": True, **undisturbed(home, answer, bulletin=BULLETIN)})
        shutil.rmtree(home)
    print(json.dumps({"moments": moments, "expected": expected, "runs": runs}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
