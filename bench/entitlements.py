"""Assessment in bulk beside the plain Python loop, and one case alone: ratios in one run, on rows made by arithmetic.

.venv/bin/python bench/entitlements.py [ROWS]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from yunxing.engines.entitlements.assess import Scalar, assess
from yunxing.engines.entitlements.explain import explain
from yunxing.engines.entitlements.intake import from_frame
from yunxing.packs.policies import load_policies

ON = date(2022, 8, 10)
PACK = Path(__file__).parents[1] / "plans" / "binzhou_2022_156"


def loans(rows: int) -> pl.DataFrame:
    """Loans that reach every outcome and every cap; no randomness, only arithmetic on the row's number."""
    i = pl.int_range(rows, eager=True)
    day = pl.lit(date(2021, 6, 1))
    return pl.select(
        party=pl.lit("P-") + i.cast(pl.String),
        loan_principal=i * 7_919_000_003 % (2 * 10**12),
        interest_paid=pl.when(i % 11 == 0).then(None).otherwise(i * 1_000_003 % (5 * 10**9)),
        loan_from=day + pl.duration(days=i % 700),
        loan_to=day + pl.duration(days=i % 700 + 365),
        notice_on=date(2022, 1, 25) + pl.duration(days=i % 300),
        as_of=pl.lit(date(2022, 12, 31)),
        earlier_discounts=i % 3 * 10**8,
        is_technical_renovation=i % 5 != 0,
        in_major_list=pl.when(i % 7 == 0).then(None).otherwise(i % 3 != 0),
        has_other_support=i % 13 == 0,
    )


def timed(work: Callable[[], object], repeat: int = 1) -> float:
    """The shortest of some runs, in seconds."""
    best = float("inf")
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def main(rows: int) -> None:
    """Print the figures."""
    rules = load_policies(PACK).only(["m02_loan_interest"])
    scalar = Scalar.of(rules.policy("m02_loan_interest"))
    frame, small = loans(rows), loans(max(rows // 50, 1000))
    assert assess(small, rules, ON, engine="python").equals(assess(small, rules, ON))
    fast = timed(lambda: assess(frame, rules, ON), 3) / len(frame)
    slow = timed(lambda: assess(small, rules, ON, engine="python")) / len(small)
    one = next(from_frame(small.lazy(), scalar.policy.sheet).collect().slice(1, 1).iter_rows(named=True))
    alone = timed(lambda: [scalar.decide(one) for _ in range(2000)], 3) / 2000
    told = timed(lambda: [explain(scalar, one, ON) for _ in range(200)], 3) / 200
    print(f"rows {rows}: polars {fast * rows:.2f} s, {1 / fast:,.0f} rows/s; python loop {slow / fast:.0f} times slower a row")
    print(f"one case {alone * 1e6:.1f} µs, with its explanation {told * 1e6:.0f} µs")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
