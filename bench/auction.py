"""100,000 bids cleared at a uniform price, plain, capped, all tied and by time; beside the linear programme of scipy on the same bids (smaller, without its set-up)."""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from yunxing.engines.ledger.auction import Bid, Bids, Terms, clear
from yunxing.engines.ledger.bid_file import bids_csv, read_bids

COUNT, TARGET = 100_000, 0.1


def offers(count: int, seed: int = 16) -> list[Bid]:
    chance = random.Random(seed)
    county = {f"f{n}": f"c{chance.randrange(10)}" for n in range(count // 5)}
    rows = []
    for number in range(count):
        firm = f"f{chance.randrange(count // 5)}"
        moment = f"2022-09-30T{chance.randrange(24):02}:{chance.randrange(60):02}:00"
        rows.append(Bid(f"b{number}", firm, county[firm], chance.randrange(200_00, 400_00), chance.randrange(1, 500), moment))
    return rows


def best_of(runs: int, bids: Bids, terms: Terms) -> float:
    """The shortest processor time: it says the same on a machine that is busy with others."""
    taken = []
    for _ in range(runs):
        begun = time.process_time()
        clear(bids, terms, "seed")
        taken.append(time.process_time() - begun)
    return min(taken)


def linear_programme(rows: list[Bid], terms: Terms) -> float:
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix

    groups = [terms.supply]
    cells = [(0, at) for at in range(len(rows))]
    for names, cap in (({one.bidder for one in rows}, terms.bidder_cap), ({one.county for one in rows}, None)):
        for name in sorted(names):
            limit = cap if cap is not None else terms.county_caps.get(name)
            if limit is not None:
                cells += [(len(groups), at) for at, one in enumerate(rows) if name in (one.bidder, one.county)]
                groups.append(limit)
    matrix = coo_matrix((np.ones(len(cells)), tuple(zip(*cells, strict=True))), shape=(len(groups), len(rows)))
    begun = time.perf_counter()
    linprog([-one.price_fen for one in rows], matrix.tocsr(), groups, bounds=[(0, one.quantity) for one in rows], method="highs")
    return time.perf_counter() - begun


def main() -> None:
    rows = offers(COUNT)
    begun = time.perf_counter()
    bids = Bids.of(rows)
    columns = time.perf_counter() - begun
    content = bids_csv(rows)
    begun = time.perf_counter()
    read_bids(content, "bids.csv")
    reading = time.perf_counter() - begun
    caps = {f"c{n}": 600_000 for n in range(10)}
    cases = {
        "uniform price": Terms(5_000_000, reserve_fen=200_00),
        "uniform price, bidder and county caps": Terms(5_000_000, "uniform", 250_00, 800, caps),
        "pay-as-bid": Terms(5_000_000, "pay-as-bid"),
        "ties by time": Terms(5_000_000, ties="time"),
    }
    slowest = 0.0
    for name, terms in cases.items():
        taken = best_of(5, bids, terms)
        slowest = max(slowest, taken if terms.ties == "pro-rata" else 0.0)
        print(f"{name}: {COUNT:,} bids in {taken * 1000:.0f} ms")
    tied = Bids.of([Bid(f"b{n}", f"f{n}", "c", 200_00, 3) for n in range(COUNT)])
    print(f"all bids tied, every lot drawn: {best_of(3, tied, Terms(COUNT + 1)) * 1000:.0f} ms")
    print(f"columns and checks of {COUNT:,} bids: {columns * 1000:.0f} ms; reading and checking the file: {reading * 1000:.0f} ms")
    few = offers(5_000)
    small = Terms(250_000, "uniform", 0, 800, {f"c{n}": 30_000 for n in range(10)})
    own = best_of(5, Bids.of(few), small)
    print(f"5,000 bids with caps: own {own * 1000:.1f} ms, linear programme (HiGHS) {linear_programme(few, small) * 1000:.0f} ms")
    print(f"target {TARGET * 1000:.0f} ms: {'kept' if slowest <= TARGET else 'missed'}")


if __name__ == "__main__":
    main()
