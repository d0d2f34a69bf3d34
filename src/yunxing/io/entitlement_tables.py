"""Run an assessment where the tables are: the Ibis expression of a policy on DuckDB, in this process.

The engine writes the expression and knows no connection; a function of this module is handed to `assess` as its `engine`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yunxing.engines.entitlements.assess import assessment_schema
from yunxing.engines.entitlements.intake import from_frame
from yunxing.engines.entitlements.policy import Policy
from yunxing.engines.entitlements.to_ibis import assessed

if TYPE_CHECKING:
    import polars as pl


def on_duckdb(lazy: pl.LazyFrame, policy: Policy) -> pl.DataFrame:
    """The assessment rows of one policy by an in-memory DuckDB. Errors: `BadInput` naming each column of a wrong type."""
    import ibis
    import polars as pl

    from_frame(lazy, policy.sheet)
    frame = lazy.with_columns(pl.col("party").cast(pl.String), pl.col("claim").cast(pl.String).fill_null("")).collect()
    known = [name for name, kind in frame.schema.items() if kind != pl.Null]  # a column of nothing is one the table lacks
    connection = ibis.duckdb.connect()
    try:
        found: pl.DataFrame = connection.to_polars(assessed(ibis.memtable(frame.select(known)), policy))
    finally:
        connection.disconnect()
    schema = assessment_schema()
    return found.cast(schema).select(*schema)
