"""Entitlements beside their peers: a bulk assessment beside a plain scan by DuckDB, one case alone, OpenFisca-Core on the same rule.

.venv/bin/python bench/entitlements.py [ROWS]      # default 1,000,000; the bar of the issue is held at 10,000,000

Rows are made by arithmetic, no randomness. Each big measurement runs in a process of its own, so that its memory is its own. Ratios of one run
count, not seconds. OpenFisca-Core is no dependency (AGPL): `bench/peers/openfisca_loan.py` models the rule for an environment of its own, named by
OPENFISCA_PYTHON; without it the case says why it is left out. Answers over HTTP: `bench/entitlement_requests.py`.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from yunxing.engines.entitlements.assess import Scalar, assess, totals
from yunxing.engines.entitlements.explain import explain
from yunxing.engines.entitlements.intake import from_frame
from yunxing.packs.policies import load_policies

ON = date(2022, 8, 10)
PACK = Path(__file__).parents[1] / "plans" / "binzhou_2022_156"
POLICY = "m02_loan_interest"
CHUNK = 1_000_000


def loans(rows: int, start: int = 0) -> pl.DataFrame:
    """Loans that reach every outcome and every cap; no randomness, only arithmetic on the row's number."""
    i = pl.int_range(start, start + rows, eager=True)
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


def write(rows: int, path: Path) -> None:
    """The loans as Parquet, a million at a time."""
    path.mkdir()
    for at in range(0, rows, CHUNK):
        loans(min(CHUNK, rows - at), at).write_parquet(path / f"{at // CHUNK:04d}.parquet", row_group_size=122_880)


def timed(work: Callable[[], object], repeat: int = 1) -> float:
    """The shortest of some runs, in seconds."""
    best = float("inf")
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def columns() -> list[str]:
    """The columns the rule reads."""
    return list(load_policies(PACK).policy(POLICY).sheet.columns)


def part(name: str, path: str) -> None:
    """One measurement in a process of its own: seconds and the most memory it held, as JSON."""
    files = f"{path}/*.parquet"
    if name == "duckdb_scan":
        import duckdb

        sums = ", ".join(f"sum({one})" if one.endswith(("principal", "paid", "discounts")) else f"max({one})" for one in columns())
        with duckdb.connect() as connection:
            work: Callable[[], object] = lambda: connection.execute(f"select {sums} from read_parquet('{files}')").fetchall()  # noqa: E731
            seconds = timed(work, 3)
    elif name == "polars_scan":
        seconds = timed(lambda: pl.scan_parquet(files).select(pl.col(columns()).max()).collect(engine="streaming"), 2)
    elif name == "assess":
        policy = load_policies(PACK).policy(POLICY)
        seconds = timed(lambda: totals(pl.scan_parquet(files), policy, ON), 3)
    else:
        from yunxing.engines.entitlements.overlay import report, side_by_side
        from yunxing.flows.rules_in_force import changed

        rules = load_policies(PACK)
        other = changed(rules, POLICY, {"share": "50%"})
        small = pl.scan_parquet(f"{path}/0000.parquet")
        seconds = timed(lambda: report(side_by_side(small, rules.policy(POLICY), [other.policy(POLICY)], ON)))
    print(json.dumps({"seconds": seconds, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


def measured(name: str, path: Path) -> tuple[float, float]:
    """Seconds and gigabytes of one measurement."""
    done = subprocess.run([sys.executable, __file__, "part", name, str(path)], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    return found["seconds"], found["memory"] / 1e9


def alone() -> None:
    """One party: decided, and explained."""
    scalar = Scalar.of(load_policies(PACK).policy(POLICY))
    small = loans(2000)
    assert assess(small, load_policies(PACK).only([POLICY]), ON, engine="python").equals(
        assess(small, load_policies(PACK).only([POLICY]), ON)
    )
    one = next(from_frame(small.lazy(), scalar.policy.sheet).collect().slice(1, 1).iter_rows(named=True))
    decided = timed(lambda: [scalar.decide(one) for _ in range(2000)], 5) / 2000
    told = timed(lambda: [explain(scalar, one, ON) for _ in range(200)], 5) / 200
    print(f"one party: {decided * 1e6:.1f} µs (bar 50), with its whole explanation {told * 1e6:.0f} µs (bar 1000)")
    openfisca(decided, told)


def openfisca(decided: float, told: float) -> None:
    """The same rule in OpenFisca-Core, where it is installed."""
    python = os.environ.get("OPENFISCA_PYTHON", sys.executable)
    script = Path(__file__).parent / "peers" / "openfisca_loan.py"
    done = subprocess.run([python, str(script)], capture_output=True, text=True, check=False)
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        print(
            f"OpenFisca-Core: left out ({why}); install openfisca-core in an environment of its own and name its python in OPENFISCA_PYTHON"
        )
        return
    for line in done.stdout.splitlines():
        found = json.loads(line)
        print(
            f"OpenFisca-Core {found['version']} {found['as']}: one case {found['one'] * 1e6:,.0f} µs "
            f"({found['one'] / told:.0f} × ours with explanation, {found['one'] / decided:.0f} × without), "
            f"{found['rows']:,} rows {found['bulk']:.2f} s, {found['memory'] / 1e9:.2f} GB, {found['wrong']:,} amounts not exact to the fen, {found['unknown']:,} rows with an unknown input answered as if it were 0"
        )


def main(rows: int) -> None:
    """Print the figures."""
    alone()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loans"
        write(rows, path)
        scan, _ = measured("duckdb_scan", path)
        own, own_memory = measured("polars_scan", path)
        took, memory = measured("assess", path)
        compared, _ = measured("what_if", path)
    print(
        f"{rows:,} rows from Parquet: DuckDB scanning the same columns {scan:.2f} s; own engine's scan {own:.2f} s, {own_memory:.2f} GB; "
        f"assessment {took:.2f} s = {took / scan:.2f} × the scan (bar 1.3), {rows / took:,.0f} rows/s, {memory:.2f} GB (bar 1)"
    )
    print(f"what-if over {min(rows, CHUNK):,} profiles, both rule sets in one pass, with its report: {compared:.2f} s")


if __name__ == "__main__":
    if sys.argv[1:2] == ["part"]:
        part(sys.argv[2], sys.argv[3])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
