"""A market of N edges matched optimally, stably and greedily, beside OR-Tools called directly and SciPy's sparse assignment. `python bench/matching.py [EDGES]`, by default 1,000,000.

Target: a million edges optimal and proven in 12 s, under 2 GB. SciPy knows no capacities, so it gets each place of an offer as a column of its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from typing import Any

import numpy as np
import polars as pl


def market(edges: int, seed: int = 1) -> Any:
    """A tenth as many needs as edges, a hundredth as many offers with 1 to 15 places, scores from 1 to 1,000."""
    from yunxing.engines.matching.market import market_of

    draw = np.random.default_rng(seed)
    needs, offers = max(2, edges // 10), max(2, edges // 100)
    key = np.unique(draw.integers(0, needs, edges) * offers + draw.integers(0, offers, edges))
    left, right = key // offers, key % offers
    room = draw.integers(1, 16, offers)
    return market_of(
        pl.DataFrame({"need": [f"N{at:07d}" for at in range(needs)], "quota": np.ones(needs, dtype=np.int64)}),
        pl.DataFrame({"offer": [f"O{at:06d}" for at in range(offers)], "quota": room}),
        pl.DataFrame({
            "need": [f"N{at:07d}" for at in left], "offer": [f"O{at:06d}" for at in right], "value": draw.integers(1, 1001, len(key)),
            "need_rank": draw.integers(0, 1000, len(key)), "offer_rank": draw.integers(0, 1000, len(key)),
        }),
    )  # fmt: skip


def timed(said: str, act: Any, worth: Any) -> Any:
    begun = time.monotonic()
    found = act()
    print(f"{said:34} {time.monotonic() - begun:7.2f} s  {worth(found)}", flush=True)
    return found


def ours(edges: int) -> None:
    from yunxing.engines.matching.assign import deferred, greedy
    from yunxing.engines.matching.judge import blocking
    from yunxing.engines.matching.market import orders_of
    from yunxing.io.solvers.assign import assign

    found = timed("read and sorted", lambda: market(edges), lambda one: f"{len(one.value):,} edges, {one.digest[:15]}")
    orders = timed("strict orders", lambda: orders_of(found, "value", "bench"), lambda _one: "")
    timed("greedy", lambda: greedy(found, orders), lambda units: f"value {found.worth(units):,}")
    timed("stable", lambda: deferred(found, orders), lambda units: f"value {found.worth(units):,}, blocking {len(blocking(found, units))}")
    timed(
        "optimal, own process, proven",
        lambda: assign(found, seconds=120),
        lambda one: f"value {one.value:,}, bound {one.bound:,}, {one.status}",
    )


def ortools(edges: int) -> None:
    from yunxing.io.solvers.mincost import flow

    found = market(edges)
    timed("OR-Tools directly, not proven", lambda: flow(found), lambda units: f"value {found.worth(units):,}")


def scipy(edges: int) -> None:
    """Each place a column; a need may stay alone at no value. SciPy takes only full matchings, so every need has a column of its own besides."""
    from scipy import sparse
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    found = market(edges)
    first = np.concatenate(([0], np.cumsum(found.room)))
    copies = found.room[found.offer]
    rows = np.concatenate([np.repeat(found.need, copies), np.arange(len(found.needs))])
    within = np.arange(int(copies.sum())) - np.repeat(np.cumsum(copies) - copies, copies)
    columns = np.concatenate([np.repeat(first[found.offer], copies) + within, first[-1] + np.arange(len(found.needs))])
    value = np.concatenate([np.repeat(found.value, copies), np.zeros(len(found.needs), dtype=np.int64)])
    table = sparse.csr_array((value + 1.0, (rows, columns)), shape=(len(found.needs), int(first[-1]) + len(found.needs)))

    def solved() -> int:
        left, right = min_weight_full_bipartite_matching(table, maximize=True)
        return int(table[left, right].sum()) - len(left)

    timed("SciPy, places as columns", solved, lambda worth: f"value {worth:,}")


def main() -> None:
    edges = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdecimal() else 1_000_000
    wanted = sys.argv[2] if len(sys.argv) > 2 else ""
    if wanted:
        {"ours": ours, "ortools": ortools, "scipy": scipy}[wanted](edges)
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{'memory, this process':34} {used:7,} MiB", flush=True)
        return
    for name in ("ours", "ortools", "scipy") if edges <= 200_000 else ("ours", "ortools"):
        subprocess.run([sys.executable, __file__, str(edges), name], check=True)
    if edges > 200_000:
        print("SciPy is left out above 200,000 edges: its places as columns do not end in minutes")


if __name__ == "__main__":
    main()
