"""What did we know on day D: one question for every page, command and export, answered from the append-only store.

home ─► batches of the months asked ─► newest version known by the end of the day ─► table; with what came to be known between two days, and a cell's history
"""

from __future__ import annotations

import io
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from yunxing.io import tables
from yunxing.io.files import write_atomic
from yunxing.values.errors import BadInput

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Asked:
    """Which facts are asked for; None asks for all. `parties` names a party alone, its rows with a second key come too."""

    forms: Collection[str] | None = None
    periods: Collection[str] | None = None
    items: Collection[str] | None = None
    parties: Collection[str] | None = None
    units: Collection[str] | None = None


EVERYTHING = Asked()


def known_on(home: Path, day: date | None, asked: Asked = EVERYTHING) -> pl.DataFrame:
    """For each cell the newest version known on the day (None: now), in the order of the cells, in the columns of `engines.facts.table.SCHEMA`.

    An absence is a row of its own, with its reason, like a value; a cell of which nothing was known has no row. Held facts are in, marked `held`.
    """
    return _picked(tables.facts_as_of(home, day, asked.forms, asked.periods), asked)


def learned_between(home: Path, first: date, last: date, asked: Asked = EVERYTHING) -> pl.DataFrame:
    """The cells whose newest version changed after the end of `first` and by the end of `last`, with the version known on `first` beside it.

    Columns of the newer version, and `old_value`, `old_words`, `old_absence`, `old_version` (null where the cell was not known at all).
    """
    import polars as pl

    from yunxing.engines.facts.table import CELL

    now, before = known_on(home, last, asked), known_on(home, first, asked)
    old = before.select(*CELL, *(pl.col(name).alias(f"old_{name}") for name in ("value", "words", "absence", "version")))
    joined = now.join(old, on=CELL, how="left", maintain_order="left")
    return joined.filter(pl.col("old_version").is_null() | (pl.col("old_version") != pl.col("version")))


def versions_of(home: Path, form: str, item: str, party: str, period: str, *, role: str = "value", as_reported: str = "") -> pl.DataFrame:
    """Every version of one cell, oldest first: old → new, who sent it in which workbook, when it was known and the cause written with it."""
    import polars as pl

    every = tables.every_version(home, form, tables.month_of(period))
    same = (pl.col("item") == item) & (pl.col("party") == party) & (pl.col("period") == period) & (pl.col("role") == role)
    if as_reported:
        same &= pl.col("as_reported") == as_reported
    return every.filter(same).sort("as_reported", "version")


def write_facts(facts: pl.DataFrame, out: Path) -> None:
    """All columns as a file: CSV with the mark by which spreadsheets know UTF-8, or Parquet. BadInput for any other ending."""
    buffer = io.BytesIO()
    if out.suffix == ".parquet":
        facts.write_parquet(buffer)
    elif out.suffix == ".csv":
        buffer.write(b"\xef\xbb\xbf")
        facts.write_csv(buffer, datetime_format="%Y-%m-%dT%H:%M:%SZ")
    else:
        raise BadInput(f"{out.name}：只能写 .csv 或 .parquet。")
    write_atomic(out, buffer.getvalue())


def _picked(facts: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    import polars as pl

    if asked.items is not None:
        facts = facts.filter(pl.col("item").is_in(list(asked.items)))
    if asked.parties is not None:
        facts = facts.filter(
            pl.col("party").str.split("/").list.first().is_in(list(asked.parties)) | pl.col("party").is_in(list(asked.parties))
        )
    if asked.units is not None:
        facts = facts.filter(pl.col("unit").is_in(list(asked.units)))
    return facts
