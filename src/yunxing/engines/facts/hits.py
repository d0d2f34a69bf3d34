"""One found problem of the columnar checks as a table row, and the small helpers every check is made of."""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from yunxing.engines.facts.form import Check, Item
from yunxing.engines.facts.units import unit_of

# one found problem: the cell, the rule, and what was expected in stored units (null when it is not one number)
FOUND = {
    "book": pl.Int32,
    "row": pl.Int32,
    "col": pl.Int32,
    "party": pl.String,
    "item": pl.String,
    "role": pl.String,
    "as_reported": pl.String,
    "rule": pl.String,
    "effect": pl.String,
    "found": pl.Int64,
    "expected": pl.Int64,
    "detail": pl.String,
}


def hit(frame: pl.LazyFrame, rule: str, effect: str, expected: pl.Expr | None = None, detail: pl.Expr | None = None) -> pl.LazyFrame:
    """The rows of `frame` as found problems of one rule; `expected` in stored units (null when it is not one number)."""
    return frame.with_columns(
        pl.lit(rule).alias("rule"),
        pl.lit(effect).alias("effect"),
        pl.col("value").alias("found"),
        (pl.lit(None, pl.Int64) if expected is None else expected).alias("expected"),
        (pl.lit("") if detail is None else detail).alias("detail"),
    )


def stored(item: Item, amount: Fraction) -> int:
    """An amount in the printed unit as stored units, rounded down."""
    unit = unit_of(item.unit)
    assert unit is not None  # packs.forms refuses numeric items without a known unit
    return int(amount * unit.per)


def allowed(item: Item, check: Check, base: pl.Expr) -> pl.Expr:
    """max(least, tolerance × |base|), times the tolerance's denominator so that it stays whole."""
    least = stored(item, Fraction(check.least)) * check.tolerance.denominator
    return pl.max_horizontal(pl.lit(least, pl.Int128), base.abs().cast(pl.Int128) * check.tolerance.numerator)


def values_of(rows: pl.LazyFrame, item: str) -> pl.LazyFrame:
    """The reported values (not last year's) of one item."""
    return rows.filter((pl.col("item") == item) & (pl.col("role") == "value"))
