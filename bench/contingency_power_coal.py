"""A power day of N enterprises by 96 blocks and an arrivals plan of 30 sites by 60 days. `python bench/contingency_power_coal.py [FIRMS]`, by default 5,000.

Targets: power a proven gap of 1 % within 60 s, coal 2 % within 60 s, each under 2 GB. Each runs in a process of its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

SECONDS = 60.0


def users(firms: int, feeders: int = 200, seed: int = 1) -> Any:
    """Lognormal loads; a twentieth protected."""
    from yunxing.engines.contingency.power import Users

    draw = np.random.default_rng(seed)
    load = np.exp(draw.normal(6.5, 1.2, firms)).astype(np.int64) + 50
    safety = load * draw.integers(5, 30, firms) // 100
    spare = load - safety
    return Users(
        [f"U{n:05d}" for n in range(firms)], ["1"] * firms, [f"K{n % 10}" for n in range(firms)], [f"L{n % feeders:03d}" for n in range(firms)], load,
        spare * draw.integers(0, 25, firms) // 100, spare * draw.integers(5, 50, firms) // 100, safety, draw.integers(50, 900, firms),
        np.full(firms, 240, dtype=np.int64), ["保障" if one < 0.05 else "" for one in draw.random(firms)],
    )  # fmt: skip


def day(of: Any, gap: float = 0.06) -> Any:
    """96 blocks with an evening and a morning peak; a tenth of the feeders over their limit."""
    from yunxing.engines.contingency.power import Day

    peak, blocks = int(of.load.sum()), np.arange(96)
    shape = (72 + 28 * np.exp(-(((blocks - 76) / 8) ** 2)) + 20 * np.exp(-(((blocks - 42) / 7) ** 2))).astype(np.int64)
    names = tuple(sorted(set(of.feeder)))
    place = {name: at for at, name in enumerate(names)}
    mine = np.zeros(len(names), dtype=np.int64)
    np.add.at(mine, [place[name] for name in of.feeder], of.load)
    limit = mine * np.where(np.arange(len(names)) % 10 == 0, 97, 120) // 100
    windows = ((32, 52), (36, 48), (64, 88), (68, 84), (32, 88))
    demand = peak * shape // 100
    supply = np.full(96, int(demand.max() * (1 - gap)), dtype=np.int64)
    return Day(demand, supply, Fraction(1, 4), windows, names, mine[:, None] * shape // 100, limit)


def power(firms: int) -> None:
    """The day, solved and tested in every block and feeder."""
    from yunxing.engines.contingency.power import station
    from yunxing.flows.hold_power import hold_day

    begun = time.monotonic()
    of = users(firms)
    work = station(of, day(of))
    built = time.monotonic() - begun
    held = hold_day(work, seconds=SECONDS, gap=0.005)
    print(
        f"power: {firms:,} enterprises, 96 blocks, {len(work.ways.user):,} options, built {built:.1f} s; first plan {held.first_seconds:.1f} s; tier {held.tier}, "
        f"holds {held.holds}, gap {held.gap:.3%} after {held.seconds:.1f} s, {held.rows} rows in {held.rounds} rounds, earlier tiers {dict(held.proven_by)}, "
        f"unproven {held.unproven}; {peak():.2f} GiB"
    )


def coal() -> None:
    """Thirty sites, eight mines, sixty days."""
    from yunxing.engines.contingency.coal import Coal, faults_of
    from yunxing.flows.hold_coal import supply

    draw = np.random.default_rng(2)
    mean = draw.integers(1_000_000, 9_000_000, 30)
    made = Coal(
        [f"S{n:02d}" for n in range(30)], mean * draw.integers(7, 16, 30), mean * 30, mean, [Fraction(7)] * 30, np.repeat(mean[:, None], 60, axis=1),
        np.zeros((30, 60), dtype=np.int64), np.full(30, 5), [f"M{n}" for n in range(8)], draw.integers(4, 9, (8, 1)).repeat(60, axis=1), draw.integers(1, 5, (30, 8)),
        draw.integers(60_000, 90_000, (30, 8)), 3_500_000, 60,
    )  # fmt: skip
    done = supply(made, seconds=SECONDS, gap=0.005)
    print(
        f"coal: 30 sites, 8 mines, 60 days; gap {done.answer.gap:.3%} by {done.answer.bound_by} after {done.answer.seconds:.1f} s, {done.answer.cut_by}; "
        f"balance and capacities: {not faults_of(made, done.trains)}; {peak():.2f} GiB"
    )


def peak() -> float:
    """GiB held at most by this process or its solver."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 2**20


def main() -> None:
    given = [one for one in sys.argv[1:] if not one.startswith("--")]
    firms = int(given[0]) if given else 5_000
    if "--power" in sys.argv:
        power(firms)
    elif "--coal" in sys.argv:
        coal()
    else:
        for one in ("--power", "--coal"):
            done = subprocess.run([sys.executable, str(Path(__file__)), str(firms), one], capture_output=True, text=True, check=False)
            print(done.stdout.rstrip() or done.stderr)


if __name__ == "__main__":
    main()
