"""The facts table: its columns, what a cell's identity is, versions, and what was known on a day.

One row a reported value. `as_of` keeps, for each cell, the highest version known by then. `value` is int64 in the item's stored unit;
text answers stand in `words`. A row holds a value, words or an absence; never none of them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

SHANGHAI = ZoneInfo("Asia/Shanghai")

SCHEMA: dict[str, Any] = {
    "form": pl.String,
    "item": pl.String,
    "role": pl.String,
    "party": pl.String,
    "unit": pl.String,
    "region": pl.String,
    "industry": pl.String,
    "period": pl.String,
    "as_reported": pl.String,
    "value": pl.Int64,
    "words": pl.String,
    "absence": pl.String,
    "basis": pl.String,
    "origin": pl.String,
    "status": pl.String,
    "held": pl.Boolean,
    "cause": pl.String,
    "known_at": pl.Datetime("us", "UTC"),
    "version": pl.Int32,
    "submission": pl.String,
    "sheet": pl.String,
    "cell": pl.String,
}
CELL = ["form", "item", "role", "party", "period", "as_reported"]
# what makes a report of the same cell a new version; where it came from does not
FIGURE = ["value", "words", "absence", "unit", "region", "industry", "basis", "origin"]
CONTENT = [*FIGURE, "status", "held", "cause"]


def empty() -> pl.DataFrame:
    """No facts."""
    return pl.DataFrame(schema=SCHEMA)


def day_end(day: date) -> datetime:
    """The first instant after a day of China, in UTC; `known_at` before it was known on that day."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


def as_of(facts: pl.DataFrame, day: date | None) -> pl.DataFrame:
    """For each cell the highest version with `known_at` not after `day` (all of the day; None: now), in the order of the cells."""
    known = facts if day is None else facts.filter(pl.col("known_at") < day_end(day))
    return known.sort([*CELL, "version"]).unique(CELL, keep="last", maintain_order=True)


def next_versions(accepted: pl.DataFrame, latest: pl.DataFrame, *, correction: str = "") -> tuple[pl.DataFrame, int, int]:
    """The rows that say something new, numbered; with how many are new cells and how many revise one.

    `latest` holds the newest version of the cells concerned. A row that says nothing new about its cell is dropped, so that the same figures taken in
    twice change nothing: the figure (`FIGURE`) is the same and
    - its cause is the one known, or none, or only the reason of the `correction` under which it was sent;
    - its status is the one known, or says no more than that it was sent as a correction;
    - it is held as before, or was let into the totals since with a written cause.
    """
    previous = latest.select(*CELL, *(pl.col(name).alias(f"old_{name}") for name in CONTENT), pl.col("version").alias("old_version"))
    joined = accepted.drop("version", strict=False).join(previous, on=CELL, how="left")
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"old_{name}")) for name in FIGURE)
    same &= (pl.col("cause") == pl.col("old_cause")) | pl.col("cause").is_in(["", correction])
    same &= (pl.col("status") == pl.col("old_status")) | (pl.lit(bool(correction)) & (pl.col("status") == "revised"))
    same &= (pl.col("held") == pl.col("old_held")) | (~pl.col("old_held") & (pl.col("old_cause") != ""))
    fresh = joined.filter(pl.col("old_version").is_null() | ~same)
    added = fresh.filter(pl.col("old_version").is_null()).height
    numbered = fresh.with_columns((pl.col("old_version").fill_null(0) + 1).cast(pl.Int32).alias("version")).select(list(SCHEMA))
    return numbered.sort([*CELL, "version"]), added, fresh.height - added
