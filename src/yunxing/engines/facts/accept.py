"""From readings to fact rows: find every problem across rows and months, keep blocked rows out and held rows aside.

`accept` takes all workbooks of one form and month together, so that checks run over columns, not rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from yunxing.engines.facts.cells import printed, shown
from yunxing.engines.facts.check import find
from yunxing.engines.facts.form import Item
from yunxing.engines.facts.frame import candidates_of
from yunxing.engines.facts.problems import Problem, Words
from yunxing.engines.facts.reading import Reading, read_rows
from yunxing.engines.facts.table import SCHEMA

__all__ = ["Accepted", "Reading", "accept", "read_rows"]


@dataclass(slots=True)
class Accepted:
    """The facts of all readings in the order given, without the helpers; problems are in the readings. Counts are by workbook, in rows."""

    facts: pl.DataFrame
    blocked: list[int]
    held: list[int]
    warned: list[int]


def accept(readings: Sequence[Reading], before: pl.DataFrame, *, correction: str = "") -> Accepted:
    """The facts of workbooks of one form and month. Rows with an error stay out; rows in question are held whole; `problems` of the readings grow.

    `before`: `check.look_back` of the newest facts of the month and the twelve before, for the checks across months. `correction`: the written
    reason why a month is sent again; it stands as cause where the reporter gave none and lets a cumulative fall.
    """
    form = readings[0].matched.form
    candidates = candidates_of(readings)
    registered = {party: held for reading in readings for party, held in reading.registered.items()}
    found = find(form, candidates, before, correction=bool(correction), registered=registered)
    sheets = [reading.matched.sheet.name for reading in readings]
    for hit in found.iter_rows(named=True):
        readings[hit["book"]].problems.append(_described(form.item(hit["item"]), sheets[hit["book"]], hit))
    blocked, held, warned = _rows_with("block", readings), _rows_with("hold", readings), _rows_with("warn", readings)
    refused = [number for number, reading in enumerate(readings) if reading.refused]
    kept = candidates.filter(~pl.col("book").is_in(refused)).join(_keys(blocked), on=["book", "row"], how="anti")
    marks = _keys(held).with_columns(pl.lit(True).alias("mark"))
    kept = kept.join(marks, on=["book", "row"], how="left", maintain_order="left").with_columns(
        pl.col("mark").fill_null(False).alias("held")
    )
    if correction:
        kept = kept.with_columns(pl.when(pl.col("cause") == "").then(pl.lit(correction)).otherwise(pl.col("cause")).alias("cause"))
    for number in refused:
        blocked[number] = set(readings[number].matched.rows)
    counts = ([len(rows) for rows in each] for each in (blocked, held, warned))
    return Accepted(kept.select(list(SCHEMA)), *counts)


def _rows_with(effect: str, readings: Sequence[Reading]) -> list[set[int]]:
    return [{p.row for p in reading.problems if p.effect == effect and p.row >= reading.matched.head.body} for reading in readings]


def _keys(rows: list[set[int]]) -> pl.DataFrame:
    pairs = [(book, row) for book, some in enumerate(rows) for row in sorted(some)]
    return pl.DataFrame(pairs, schema={"book": pl.Int32, "row": pl.Int32}, orient="row")


def _described(item: Item, sheet: str, hit: Mapping[str, Any]) -> Problem:
    """A problem found over columns, in words."""
    rule, expected = hit["rule"], hit["expected"]
    words: Words
    if rule == "out_of_range":
        low, high = (shown(Fraction(bound), item.unit) if bound is not None else "" for bound in (item.low, item.high))
        words = (f"{low or '…'} 至 {high or '…'}", f"{low or '…'} to {high or '…'}")
    elif rule == "negative":
        words = ("不小于 0", "0 or more")
    elif rule in {"stale", "copy_of_last_year"}:
        words = ("本期实际数", "this period's own figure")
    elif rule == "falls":
        words = (f"不小于上期累计 {printed(expected, item)}", f"at least the last cumulative {printed(expected, item)}")
    elif rule == "parts_within":
        words = (f"不小于各部分之和 {printed(expected, item)}", f"at least what its parts make, {printed(expected, item)}")
    elif rule == "zero":
        words = (f"上月为 {printed(expected, item)}", f"it was {printed(expected, item)} in the month before")
    elif rule == "within_registry":
        words = (f"不大于登记的 {printed(expected, item)}", f"at most what is registered, {printed(expected, item)}")
    elif rule == "not_above":
        words = (f"不大于 {printed(expected, item)}", f"at most {printed(expected, item)}")
    else:
        words = (f"约 {printed(expected, item)}", f"about {printed(expected, item)}")
    why = ("", "")
    if rule == "ratio":
        why = (f"约为一贯比例的 {hit['detail']} 倍", f"about {hit['detail']} times its own ratio")
    elif hit["detail"]:
        why = (
            f"约为近 12 个月中位数的 {hit['detail']} 倍，是否用错了计量单位？本项单位为{item.unit}",
            f"about {hit['detail']} of its 12-month median; was it typed in another unit than {item.unit}?",
        )
    return Problem(rule, hit["effect"], sheet, hit["row"], hit["col"], item.title, printed(hit["found"], item), words, why, hit["party"])
