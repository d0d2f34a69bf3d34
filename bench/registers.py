"""Pages of the registry over many parties: writing them, the first page, a page deep inside, a search, a filter, a list, and the same acts again. Made rows, 合成数据.

.venv/bin/python bench/registers.py [PARTIES …]        default 20000
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

SINCE, DAY = date(2010, 1, 1), date(2022, 9, 30)
UNITS = ("371602", "371603", "371681", "371621")
TRADES = ("13", "17", "26", "32")


def timed(words: str, act: Callable[[], Any], times: int = 3) -> Any:
    """Print the best of a few runs, in milliseconds."""
    best, found = float("inf"), None
    for _ in range(times):
        begun = time.perf_counter()
        found = act()
        best = min(best, time.perf_counter() - begun)
    print(f"  {words}: {best * 1000:.0f} ms")
    return found


def one(count: int) -> None:
    """A fresh home with `count` enterprises, and the times of its pages."""
    from django.db import connection

    from yunxing.desk.reporting import registers
    from yunxing.desk.reporting.registers import Asked
    from yunxing.desk.scoping import acting_in
    from yunxing.engines.registry.parties import Membership, Party
    from yunxing.io.store import registry
    from yunxing.io.store.registry_history import Act, record
    from yunxing.values.scope import ALL, Scope

    parties = [
        (
            Party(
                f"E{n:07d}",
                "enterprise",
                f"合成{'铝纺化食机电'[n % 6]}业{n:07d}厂",
                "",
                UNITS[n % 4],
                "",
                TRADES[n % 4],
                "small",
                "",
                SINCE,
            ),
            None,
        )
        for n in range(count)
    ]
    members = [Membership("above_scale", party.id, SINCE) for party, _since in parties[::2]]
    print(f"{count} enterprises")
    timed("write parties and memberships", lambda: record(connection, Act(), parties, members), 1)
    timed("the same again, nothing to write", lambda: record(connection, Act(), parties, members), 1)
    with acting_in(Scope(ALL, ALL, ALL, 3, "bench")):
        page = timed("first page with its count", lambda: registers.parties(Asked("enterprise", DAY)))
        deep = registers.parties(Asked("enterprise", DAY, {"q": f"{count * 9 // 10:07d}"})).rows[0]
        timed("a page nine tenths down", lambda: registers.parties(Asked("enterprise", DAY, after=registers.cursor(deep))))
        timed("one unit", lambda: registers.parties(Asked("enterprise", DAY, {"unit": UNITS[0]})))
        timed("unit and industry", lambda: registers.parties(Asked("enterprise", DAY, {"unit": UNITS[0], "industry": TRADES[0]})))
        timed("search by a part of the name", lambda: registers.parties(Asked("enterprise", DAY, {"q": "铝业"})))
        timed("search by initials", lambda: registers.parties(Asked("enterprise", DAY, {"q": "hcly00"})))
        timed("search by code", lambda: registers.parties(Asked("enterprise", DAY, {"q": "E0000042"})))
        timed("members of a list on a day", lambda: registers.parties(Asked("enterprise", DAY, {"roster": "above_scale"})))
        timed("counts of all lists", lambda: registers.counts(DAY))
        assert page.total == count
    with acting_in(Scope(frozenset({UNITS[0]}), frozenset(), ALL, 3, "county")):
        timed("a county's first page", lambda: registers.parties(Asked("enterprise", DAY)))
    timed("all parties as on a day", lambda: registry.parties_at(connection, DAY), 1)


def main() -> None:
    """Each size in a home of its own."""
    for count in [int(word) for word in sys.argv[1:]] or [20000]:
        if len(sys.argv) > 2:
            os.spawnv(os.P_WAIT, sys.executable, [sys.executable, __file__, str(count)])
            continue
        with tempfile.TemporaryDirectory() as folder:
            from yunxing.desk.setup import prepare

            os.environ["YUNXING_HOME"] = folder
            prepare(Path(folder))
            one(count)


if __name__ == "__main__":
    main()
