"""Readings of one form and month as one table of fact rows, column by column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from yunxing.engines.facts.layout import fact_period
from yunxing.engines.facts.reading import Reading
from yunxing.engines.facts.sheet import address
from yunxing.engines.facts.table import SCHEMA

HELPERS = ("book", "row", "col")
_ROW: dict[str, Any] = {
    "row": pl.Int32,
    "party": pl.String,
    "unit": pl.String,
    "region": pl.String,
    "industry": pl.String,
    "cause": pl.String,
    "day": pl.String,
}
_FROM_WORKBOOK = (
    "item",
    "role",
    "party",
    "unit",
    "region",
    "industry",
    "as_reported",
    "value",
    "words",
    "origin",
    "status",
    "cause",
    "known_at",
    "submission",
    "sheet",
)


def candidates_of(readings: Sequence[Reading]) -> pl.DataFrame:
    """The readings as facts (the columns of `table.SCHEMA`) with the helpers `book` (place in `readings`), `row` and `col`.

    An empty cell is an absence `not_reported`; empty words are no row; a column a workbook does not have gives no row.
    """
    first = readings[0].matched
    keys = sorted({key for reading in readings for key in reading.values})
    # a workbook whose head has no column of the form gives no value and no type of one
    long = _wide(readings).unpivot(keys, index=["book", *_ROW], variable_name="key").with_columns(pl.col("value").cast(pl.Int64))
    joined = (
        long.join(_columns(readings), on=["book", "key"])
        .join(_books(readings), on="book")
        .join(_asides(readings), on=["book", "row", "key"], how="left")
    )
    nothing = pl.all_horizontal(pl.col("value").is_null(), pl.col("words").is_null(), pl.col("absence").is_null())
    return joined.filter(~(nothing & pl.col("text"))).select(
        *_FROM_WORKBOOK,
        *HELPERS,
        pl.lit(first.form.id).alias("form"),
        pl.when(pl.col("as_reported") == "day").then(pl.col("day")).otherwise(pl.col("fixed")).alias("period"),
        pl.when(nothing).then(pl.lit("not_reported")).otherwise(pl.col("absence")).alias("absence"),
        pl.lit(first.form.roster or first.form.id).alias("basis"),
        pl.lit(False).alias("held"),
        pl.lit(0, pl.Int32).alias("version"),
        (pl.col("letters") + (pl.col("row") + 1).cast(pl.String)).alias("cell"),
    )


def _wide(readings: Sequence[Reading]) -> pl.DataFrame:
    """One row a placed row, one column a form column; workbooks may lack different columns."""
    frames = [
        pl.DataFrame({**reading.about, **reading.values}, schema={**_ROW, **dict.fromkeys(reading.values, pl.Int64)}).with_columns(
            pl.lit(number, pl.Int32).alias("book")
        )
        for number, reading in enumerate(readings)
    ]
    return pl.concat(frames, how="diagonal")


def _columns(readings: Sequence[Reading]) -> pl.DataFrame:
    """What each column of each workbook is, and where it stands."""
    period = readings[0].matched.period
    rows = []
    for number, reading in enumerate(readings):
        for known in {known.column.key: known for known in reading.matched.head.columns}.values():
            c, place = known.column, (known.index, address(0, known.index)[:-1])
            said = (c.item.id, c.role, c.as_reported, c.item.origin, fact_period(period, c.as_reported), c.item.type == "text")
            rows.append((number, c.key, *place, *said))
    schema: dict[str, Any] = {"book": pl.Int32, "key": pl.String, "col": pl.Int32, "letters": pl.String}
    schema |= dict.fromkeys(("item", "role", "as_reported", "origin", "fixed"), pl.String) | {"text": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _books(readings: Sequence[Reading]) -> pl.DataFrame:
    rows = [(n, r.known_at, r.status, r.submission, r.matched.sheet.name) for n, r in enumerate(readings)]
    schema: dict[str, Any] = {"book": pl.Int32, "known_at": SCHEMA["known_at"], "status": pl.String}
    return pl.DataFrame(rows, schema=schema | {"submission": pl.String, "sheet": pl.String}, orient="row")


def _asides(readings: Sequence[Reading]) -> pl.DataFrame:
    rows = [(n, *aside) for n, reading in enumerate(readings) for aside in reading.asides]
    schema = {"book": pl.Int32, "row": pl.Int32, "key": pl.String, "words": pl.String, "absence": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")
