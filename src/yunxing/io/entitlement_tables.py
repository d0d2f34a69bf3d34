"""Run an assessment where the tables are: the Ibis expression of a policy on DuckDB in this process, on PostgreSQL, on a Spark cluster.

The engine writes the expression and knows no connection; a function of this module is handed to `assess` as its `engine`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from yunxing.engines.entitlements.assess import assessment_schema
from yunxing.engines.entitlements.intake import from_frame
from yunxing.engines.entitlements.policy import Policy
from yunxing.engines.entitlements.to_ibis import assessed

if TYPE_CHECKING:
    import polars as pl


def on_duckdb(lazy: pl.LazyFrame, policy: Policy) -> pl.DataFrame:
    """The assessment rows of one policy by an in-memory DuckDB. Errors: `BadInput` naming each column of a wrong type."""
    import ibis

    connection = ibis.duckdb.connect()
    try:
        return on_ibis(connection)(lazy, policy)
    finally:
        connection.disconnect()


def on_ibis(connection: Any) -> Callable[[pl.LazyFrame, Policy], pl.DataFrame]:
    """An engine for `assess` over an Ibis connection (DuckDB, PostgreSQL, Spark): the profiles go there, the rows come back."""

    def engine(lazy: pl.LazyFrame, policy: Policy) -> pl.DataFrame:
        import ibis
        import polars as pl

        from_frame(lazy, policy.sheet)
        frame = lazy.with_columns(pl.col("party").cast(pl.String), pl.col("claim").cast(pl.String).fill_null("")).collect()
        known = [name for name, kind in frame.schema.items() if kind != pl.Null]  # a column of nothing is one the table lacks
        found = connection.to_pyarrow(assessed(ibis.memtable(frame.select(known).to_arrow()), policy))
        schema = assessment_schema()
        rows = pl.from_arrow(found)
        assert isinstance(rows, pl.DataFrame)
        return rows.cast(schema).select(*schema)

    return engine
