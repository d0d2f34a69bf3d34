"""Entitlements on a Spark cluster: the boundary rows of every policy, and a million loans, cell for cell as Polars gives them."""

from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engines.entitlements.test_gate_all import cells, frame, names, rows_of, rules
from yunxing.engines.entitlements.assess import assess
from yunxing.io.entitlement_tables import on_ibis

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.filterwarnings("ignore")]
ROWS = 1_000_000


def test_every_policy_gives_the_same_cells_on_spark(spark: Any) -> None:
    differing = []
    for name in names():
        policy = rules().policy(name)
        one, on = type(rules())((policy,)), policy.sheet.starts
        rows = [{**row, "as_of": row["as_of"] or on} if "as_of" in row else row for row in rows_of(policy)]
        table = frame(policy, rows)
        if cells(assess(table, one, on, engine=on_ibis(spark))) != cells(assess(table, one, on)):
            differing.append(name)
    assert differing == []


def test_a_million_loans_give_the_same_cells_on_spark(spark: Any) -> None:
    spec = importlib.util.spec_from_file_location("bench_entitlements", Path(__file__).parents[2] / "bench" / "entitlements.py")
    assert spec is not None
    assert spec.loader is not None
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    one = rules().only(["m02_loan_interest"])
    table = bench.loans(ROWS)
    fast = assess(table, one, date(2022, 8, 10))
    assert assess(table, one, date(2022, 8, 10), engine=on_ibis(spark)).equals(fast)
    assert len(fast) == ROWS
