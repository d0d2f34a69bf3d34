"""From matched workbooks to fact rows: read every cell, find every problem, keep blocked rows out and held rows aside.

`read_rows` takes one workbook; `accept` takes all workbooks of one form and month together, so that checks run over columns, not rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Protocol

import polars as pl

from yunxing.engines.facts.cells import EPOCH, Cell, Misread, fold, good, printed, read_cell, read_date, shown
from yunxing.engines.facts.check import find
from yunxing.engines.facts.form import Item
from yunxing.engines.facts.heads import HeadColumn
from yunxing.engines.facts.layout import fact_period
from yunxing.engines.facts.match import Matched, sheet_unit
from yunxing.engines.facts.problems import Problem, Words
from yunxing.engines.facts.sheet import address
from yunxing.engines.facts.table import SCHEMA
from yunxing.engines.facts.units import Unit, convertible, unit_of

_SHORT = 1e8  # below it a double times the largest unit stays exact to a stored unit
_ROW = {"row": pl.Int32, "party": pl.String, "region": pl.String, "industry": pl.String, "cause": pl.String, "day": pl.String}
# these say that the workbook as a whole cannot be trusted: none of its rows is taken
WHOLE = {
    "missing_column",
    "duplicate_column",
    "wrong_unit_head",
    "wrong_period",
    "sum_mismatch",
    "no_unit",
    "closed_period",
    "future_period",
    "expired_form",
}


class Subject(Protocol):
    """What is known of a party: `engines.registry.parties.Party` fits."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def unit(self) -> str: ...  # noqa: D102
    @property
    def region(self) -> str: ...  # noqa: D102
    @property
    def industry(self) -> str: ...  # noqa: D102
    @property
    def valid_from(self) -> date: ...  # noqa: D102
    @property
    def valid_to(self) -> date | None: ...  # noqa: D102


@dataclass(slots=True)
class Reading:
    """One workbook read. `about` holds one entry a row that can be placed (lists by column of `_ROW`), `values` the stored values beside it by column key.

    `asides` are the cells that hold words or an absence: (row, key, words, absence). `rows` counts rows with a code, `blank` those left empty.
    """

    matched: Matched
    submission: str
    known_at: datetime
    status: str
    about: dict[str, list[Any]]
    values: dict[str, list[int | None]]
    asides: list[tuple[int, str, str | None, str | None]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0
    blank: int = 0

    @property
    def refused(self) -> bool:
        """Whether the workbook as a whole is refused."""
        return any(p.effect == "block" and (p.row < 0 or p.rule in WHOLE or p.row < self.matched.head.body) for p in self.problems)


@dataclass(slots=True)
class Accepted:
    """The facts of all readings in the order given, without the helpers; problems are in the readings. Counts are by workbook, in rows."""

    facts: pl.DataFrame
    blocked: list[int]
    held: list[int]
    warned: list[int]


def read_rows(
    matched: Matched, parties: Mapping[str, Subject], *, submission: str, known_at: datetime, status: str = "reported"
) -> Reading:
    """Every cell of a matched workbook. Problems of keys and of single cells are collected; the checks across rows come in `accept`."""
    keys = {known.column.key: [] for known in matched.head.columns}  # type: dict[str, list[int | None]]
    reading = Reading(matched, submission, known_at, status, {name: [] for name in _ROW}, keys, problems=list(matched.problems))
    shared = unit_of(sheet_unit(matched.sheet, matched.head))
    columns = {known.column.key: (known, _unit(known, shared)) for known in matched.head.columns}
    seen: dict[tuple[str, str], int] = {}
    placed: list[tuple[int, bool]] = []
    for row in matched.rows:
        reading.rows += 1
        cells = matched.sheet.rows[row]
        if not any(known.index < len(cells) and fold(cells[known.index]) for known, _ in columns.values()):
            reading.blank += 1
            continue
        about = _about(reading, row, parties, seen)
        placed.append((row, about is not None))
        if about is not None:
            for name, value in zip(_ROW, about, strict=True):
                reading.about[name].append(value)
    sums = {key: _read_column(reading, known, unit, placed) for key, (known, unit) in columns.items()}
    for key, (known, unit) in columns.items():
        if unit is not None and sums[key] is not None:
            _check_total(reading, known, unit, sums[key] or 0)
    return reading


def accept(readings: Sequence[Reading], before: pl.DataFrame, *, correction: str = "") -> Accepted:
    """The facts of workbooks of one form and month. Rows with an error stay out; rows in question are held whole; `problems` of the readings grow.

    `before`: `check.look_back` of the newest facts of the month and the twelve before, for the checks across months. `correction`: the written
    reason why a month is sent again; it stands as cause where the reporter gave none and lets a cumulative fall.
    """
    form = readings[0].matched.form
    candidates = _frame(readings)
    found = find(form, candidates, before, correction=bool(correction))
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
    elif rule == "not_above":
        words = (f"不大于 {printed(expected, item)}", f"at most {printed(expected, item)}")
    else:
        words = (f"约 {printed(expected, item)}", f"about {printed(expected, item)}")
    why = ("", "")
    if hit["detail"]:
        why = (
            f"约为近 12 个月中位数的 {hit['detail']} 倍，是否把元与万元混用？",
            f"about {hit['detail']} of its 12-month median; were 元 and 万元 mixed?",
        )
    return Problem(rule, hit["effect"], sheet, hit["row"], hit["col"], item.title, printed(hit["found"], item), words, why, hit["party"])


def _unit(known: HeadColumn, shared: Unit | None) -> Unit | None:
    """The unit of a column: printed in its head, else said for the whole sheet, else the form's."""
    item = known.column.item
    if not item.numeric:
        return None
    declared = unit_of(item.unit)
    if known.unit is not None and convertible(known.unit.name, item.unit) is not None:
        return known.unit
    if shared is not None and declared is not None and shared.dimension == declared.dimension:
        return shared
    return declared


def _frame(readings: Sequence[Reading]) -> pl.DataFrame:
    """The readings as one table of facts with the helpers `book`, `row`, `col`."""
    first = readings[0].matched
    named = {known.column.key: known.column for reading in readings for known in reading.matched.head.columns}
    wide = (
        pl.concat(
            pl.DataFrame({**reading.about, **reading.values}, schema={**_ROW, **dict.fromkeys(reading.values, pl.Int64)}).with_columns(
                pl.lit(number, pl.Int32).alias("book")
            )
            for number, reading in enumerate(readings)
        )
        if len({tuple(reading.values) for reading in readings}) == 1
        else _uneven(readings)
    )
    long = wide.unpivot(list(named), index=["book", *_ROW], variable_name="key")
    columns = pl.DataFrame(
        [(key, c.item.id, c.role, c.as_reported, c.item.origin, fact_period(first.period, c.as_reported), c.item.type == "text") for key, c in named.items()],
        schema=["key", "item", "role", "as_reported", "origin", "fixed", "text"], orient="row",
    )  # fmt: skip
    places = pl.DataFrame(
        [(n, k.column.key, k.index, address(0, k.index)[:-1]) for n, reading in enumerate(readings) for k in reading.matched.head.columns],
        schema={"book": pl.Int32, "key": pl.String, "col": pl.Int32, "letters": pl.String}, orient="row",
    )  # fmt: skip
    books = pl.DataFrame(
        [(n, r.matched.unit, r.known_at, r.status, r.submission, r.matched.sheet.name) for n, r in enumerate(readings)],
        schema={
            "book": pl.Int32,
            "unit": pl.String,
            "known_at": SCHEMA["known_at"],
            "status": pl.String,
            "submission": pl.String,
            "sheet": pl.String,
        },
        orient="row",
    )
    asides = pl.DataFrame(
        [(n, *aside) for n, reading in enumerate(readings) for aside in reading.asides],
        schema={"book": pl.Int32, "row": pl.Int32, "key": pl.String, "words": pl.String, "absence": pl.String}, orient="row",
    )  # fmt: skip
    joined = (
        long.join(places, on=["book", "key"])
        .join(columns, on="key")
        .join(books, on="book")
        .join(asides, on=["book", "row", "key"], how="left")
    )
    nothing = pl.all_horizontal(pl.col("value").is_null(), pl.col("words").is_null(), pl.col("absence").is_null())
    return joined.filter(~(nothing & pl.col("text"))).select(
        *(
            pl.col(name)
            for name in (
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
            )
        ),
        *(pl.col(name) for name in ("known_at", "submission", "sheet", "book", "row", "col")),
        pl.lit(first.form.id).alias("form"),
        pl.when(pl.col("as_reported") == "day").then(pl.col("day")).otherwise(pl.col("fixed")).alias("period"),
        pl.when(nothing).then(pl.lit("not_reported")).otherwise(pl.col("absence")).alias("absence"),
        pl.lit(first.form.roster or first.form.id).alias("basis"),
        pl.lit(False).alias("held"),
        pl.lit(0, pl.Int32).alias("version"),
        (pl.col("letters") + (pl.col("row") + 1).cast(pl.String)).alias("cell"),
    )


def _uneven(readings: Sequence[Reading]) -> pl.DataFrame:
    """Readings whose workbooks lack different columns, side by side; what a workbook has no column for is no fact of it (`places` drops it)."""
    frames = [
        pl.DataFrame({**reading.about, **reading.values}, schema={**_ROW, **dict.fromkeys(reading.values, pl.Int64)}).with_columns(
            pl.lit(number, pl.Int32).alias("book")
        )
        for number, reading in enumerate(readings)
    ]
    return pl.concat(frames, how="diagonal")


def _read_column(reading: Reading, known: HeadColumn, unit: Unit | None, placed: Sequence[tuple[int, bool]]) -> int | None:
    """One column of cells into `reading.values`; its sum, None once a cell could not be read. Plain numbers, nearly all cells, take the short way."""
    item, index, rows = known.column.item, known.index, reading.matched.sheet.rows
    into, key = reading.values[known.column.key], known.column.key
    if len(into) or not placed:
        return None  # a column twice is a problem of the whole workbook
    whole = item.type == "count"
    per = unit.per if unit is not None else 0
    total: int | None = 0
    for row, kept in placed:
        cells = rows[row]
        raw = cells[index] if index < len(cells) else None
        value: int | None
        if (
            type(raw) is float
            and per
            and not whole
            and abs((scaled := raw * per) - (value := round(scaled)) if abs(raw) < _SHORT else 1) < 1e-6
        ):
            pass
        else:
            read = _read(reading, known, row, raw, unit)
            if isinstance(read, Misread):
                value = total = None
            else:
                value = read.value
                if kept and (read.words is not None or read.absence is not None):
                    reading.asides.append((row, key, read.words, read.absence))
        if total is not None and value is not None:
            total += value
        if kept:
            into.append(value)
    return total


def _read(reading: Reading, known: HeadColumn, row: int, value: Any, unit: Unit | None) -> Cell | Misread:
    """One cell; what is wrong with it alone becomes a problem."""
    item = known.column.item
    read = read_cell(value, item, unit)
    where = (reading.matched.sheet.name, row, known.index, item.title)
    if isinstance(read, Misread):
        reading.problems.append(Problem(read.rule, "block", *where, fold(value), read.expected, read.why))
    elif read.value is None and read.words is None and read.absence is None:
        if item.required:
            reading.problems.append(Problem("required", "block", *where, "", good(item)))
    elif item.type == "date" and read.value is not None and read.value > (reading.matched.period.end - EPOCH).days:
        words = (f"不晚于 {reading.matched.period.end}", f"not after {reading.matched.period.end}")
        reading.problems.append(Problem("future_day", "block", *where, fold(value), words))
    return read


def _about(
    reading: Reading, row: int, parties: Mapping[str, Subject], seen: dict[tuple[str, str], int]
) -> tuple[int, str, str, str, str, str] | None:
    """Who the row is about, in the order of `_ROW`; None with its problem when that cannot be said."""
    matched = reading.matched
    sheet, head, form = matched.sheet, matched.head, matched.form
    raw = sheet.cell(row, head.party)
    key = fold(raw).replace(" ", "").upper()
    where = (sheet.name, row, head.party, "编号")
    issued = matched.keys.get(row)
    hint: Words = (f"本行下发时为 {issued}", f"this row was issued for {issued}") if issued and issued != key else ("", "")
    if isinstance(raw, float | int) and len(key) >= 15:
        reading.problems.append(Problem("key_as_number", "block", *where, key, ("文本格式的编号", "a code kept as text"), hint))
        return None
    party = parties.get(key)
    if party is None:
        words = ("名录中的编号", "a code of the registry")
        reading.problems.append(Problem("unknown_party", "block", *where, key, words, hint, key))
        return None
    if matched.unit and party.unit != matched.unit:
        reading.problems.append(Problem("other_unit", "block", *where, key, (f"填报单位 {party.unit}", f"unit {party.unit}"), party=key))
    if party.valid_from > matched.period.end or (party.valid_to is not None and party.valid_to < matched.period.start):
        span = f"{party.valid_from} – {party.valid_to or ''}"
        reading.problems.append(Problem("not_valid", "block", *where, key, (span, span), party=key))
    day = ""
    if form.cycle == "day":
        found = read_date(sheet.cell(row, head.day)) if head.day is not None else None
        if found is None or not matched.period.start <= found <= matched.period.end:
            at = (sheet.name, row, head.day if head.day is not None else head.party, "日期")
            said = fold(sheet.cell(row, head.day)) if head.day is not None else ""
            words = (f"{matched.period.label('zh')}内的日期", f"a day in {matched.period.label('en')}")
            reading.problems.append(Problem("no_day", "block", *at, said, words, party=key))
            return None
        day = found.isoformat()
    if (key, day) in seen:
        words = (f"每个主体一行（第 {seen[key, day] + 1} 行已有）", f"one row a party (row {seen[key, day] + 1} has it)")
        reading.problems.append(Problem("duplicate_row", "block", *where, key, words, party=key))
    seen.setdefault((key, day), row)
    cause = fold(sheet.cell(row, head.cause)) if head.cause is not None else ""
    return row, key, party.region, party.industry, cause, day


def _check_total(reading: Reading, known: HeadColumn, unit: Unit, total: int) -> None:
    """A 合计 row must equal the sum of the rows, to one printed unit; columns with an unreadable cell are not summed."""
    matched, item = reading.matched, known.column.item
    for row in matched.totals:
        value = matched.sheet.cell(row, known.index)
        read = read_cell(value, item, unit)
        if isinstance(read, Cell) and read.value is not None and abs(read.value - total) > unit.per:
            words = (f"各行之和 {printed(total, item)}", f"the sum of the rows, {printed(total, item)}")
            where = (matched.sheet.name, row, known.index, item.title)
            reading.problems.append(Problem("sum_mismatch", "block", *where, printed(read.value, item), words))
