"""The gate on a served database: the same boundary rows of every policy through PostgreSQL, cell for cell. Spark: tests/spark/test_entitlements.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from backends.server import postgres, programs
from engines.entitlements.test_gate_all import cells, frame, names, rows_of, rules
from yunxing.engines.entitlements.assess import assess
from yunxing.io.entitlement_tables import on_ibis

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.skipif(programs() is None, reason="no PostgreSQL server is installed (Debian: apt-get install postgresql)"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    import ibis

    with postgres() as folder:
        connection = ibis.postgres.connect(host=str(folder), user="postgres", database="postgres")
        try:
            yield connection
        finally:
            connection.disconnect()


def test_every_policy_gives_the_same_cells_on_postgresql(server: Any) -> None:
    differing = []
    for name in names():
        policy = rules().policy(name)
        one, on = type(rules())((policy,)), policy.sheet.starts
        rows = [{**row, "as_of": row["as_of"] or on} if "as_of" in row else row for row in rows_of(policy)[::4]]  # rows go there one by one
        table = frame(policy, rows)
        if cells(assess(table, one, on, engine=on_ibis(server))) != cells(assess(table, one, on)):
            differing.append(name)
    assert differing == []
