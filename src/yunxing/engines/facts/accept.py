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

from yunxing.engines.facts.cells import EMPTY, EPOCH, Cell, Misread, fold, good, printed, read_cell, read_date, shown
from yunxing.engines.facts.check import find
from yunxing.engines.facts.form import Item
from yunxing.engines.facts.heads import HeadColumn
from yunxing.engines.facts.layout import fact_period
from yunxing.engines.facts.match import Matched, sheet_unit
from yunxing.engines.facts.problems import Problem, Words
from yunxing.engines.facts.sheet import address
from yunxing.engines.facts.table import SCHEMA
from yunxing.engines.facts.units import Unit, convertible, unit_of

HELPERS = {"book": pl.Int32, "row": pl.Int32, "col": pl.Int32}
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
    """One workbook read: its candidate rows (columns as lists, facts columns and helpers), its problems, how many rows it has and left blank."""

    matched: Matched
    submission: str
    columns: dict[str, list[Any]]
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
    reading = Reading(matched, submission, {name: [] for name in (*SCHEMA, *HELPERS)}, list(matched.problems))
    shared = unit_of(sheet_unit(matched.sheet, matched.head))
    units = {known.index: _unit(known, shared) for known in matched.head.columns}
    writer = _Writer(reading, known_at, status)
    for row in matched.rows:
        _read_row(writer, row, parties, units)
    _check_totals(reading, units, writer.sums)
    return reading


def accept(readings: Sequence[Reading], prior: pl.DataFrame, *, correction: str = "") -> Accepted:
    """The facts of workbooks of one form and month. Rows with an error stay out; rows in question are held whole; `problems` of the readings grow.

    `prior`: the newest facts of the months before, for the checks across months. `correction`: the written reason why a month is sent again;
    it stands as cause where the reporter gave none and lets a cumulative fall.
    """
    form = readings[0].matched.form
    frames = []
    for number, reading in enumerate(readings):
        reading.columns["book"] = [number] * len(reading.columns["row"])
        frames.append(pl.DataFrame(reading.columns, schema={**SCHEMA, **HELPERS}))
    candidates = pl.concat(frames)
    found = find(form, candidates, prior, correction=bool(correction))
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


class _Writer:
    """Appends fact rows to the columns of a reading; remembers the parties seen and the column sums (None once a cell could not be read)."""

    def __init__(self, reading: Reading, known_at: datetime, status: str) -> None:
        self.reading = reading
        matched = reading.matched
        self.form = matched.form
        self.fixed = {
            "form": matched.form.id,
            "unit": matched.unit,
            "basis": matched.form.roster or matched.form.id,
            "status": status,
            "held": False,
            "known_at": known_at,
            "version": 0,
            "submission": reading.submission,
            "sheet": matched.sheet.name,
        }
        self.seen: dict[tuple[str, str], int] = {}
        self.sums: dict[int, int | None] = dict.fromkeys((known.index for known in matched.head.columns if known.column.item.numeric), 0)
        self.periods = {kind: fact_period(matched.period, kind) for kind in ("month", "cumulative", "event", "day")}

    def add(self, known: HeadColumn, row: int, cell: Cell, about: Mapping[str, str]) -> None:
        """One fact row; `about` holds party, region, industry, cause and, on a daily form, the day as its period."""
        column, columns = known.column, self.reading.columns
        period = about["day"] if column.as_reported == "day" else self.periods[column.as_reported]
        values = {
            **self.fixed,
            "item": column.item.id,
            "role": column.role,
            "party": about["party"],
            "region": about["region"],
            "industry": about["industry"],
            "period": period,
            "as_reported": column.as_reported,
            "value": cell.value,
            "words": cell.words,
            "absence": cell.absence,
            "origin": column.item.origin,
            "cause": about["cause"],
            "cell": address(row, known.index),
            "row": row,
            "col": known.index,
            "book": 0,
        }
        for name, value in values.items():
            columns[name].append(value)


def _read_row(writer: _Writer, row: int, parties: Mapping[str, Subject], units: Mapping[int, Unit | None]) -> None:
    seen, sums = writer.seen, writer.sums
    reading, matched = writer.reading, writer.reading.matched
    sheet, head = matched.sheet, matched.head
    cells = [(known, sheet.cell(row, known.index)) for known in head.columns]
    reading.rows += 1
    if all(value is None or fold(value) == "" for _, value in cells):
        reading.blank += 1
        return
    about = _about(reading, row, parties)
    if about is not None and (about["party"], about["day"]) in seen:
        first = seen[about["party"], about["day"]]
        words = (f"每个主体一行（第 {first + 1} 行已有）", f"one row a party (row {first + 1} has it)")
        reading.problems.append(
            Problem("duplicate_row", "block", sheet.name, row, head.party, "编号", about["party"], words, party=about["party"])
        )
    elif about is not None:
        seen[about["party"], about["day"]] = row
    for known, value in cells:
        read = _read(reading, known, row, value, units[known.index])
        if known.index in sums:
            total, worth = sums[known.index], read.value if isinstance(read, Cell) else None
            sums[known.index] = None if isinstance(read, Misread) or total is None else total + (worth or 0)
        if isinstance(read, Cell) and about is not None:
            if read is EMPTY:
                if known.column.item.type == "text":
                    continue
                read = Cell(absence="not_reported")
            writer.add(known, row, read, about)


def _read(reading: Reading, known: HeadColumn, row: int, value: Any, unit: Unit | None) -> Cell | Misread:
    """One cell; what is wrong with it alone becomes a problem."""
    item = known.column.item
    read = read_cell(value, item, unit)
    where = (reading.matched.sheet.name, row, known.index, item.title)
    if isinstance(read, Misread):
        reading.problems.append(Problem(read.rule, "block", *where, fold(value), read.expected, read.why))
    elif read is EMPTY or (read.value is None and read.words is None and read.absence is None):
        if item.required:
            reading.problems.append(Problem("required", "block", *where, "", good(item)))
        return EMPTY
    elif item.type == "date" and read.value is not None and read.value > (reading.matched.period.end - EPOCH).days:
        words = (f"不晚于 {reading.matched.period.end}", f"not after {reading.matched.period.end}")
        reading.problems.append(Problem("future_day", "block", *where, fold(value), words))
    return read


def _about(reading: Reading, row: int, parties: Mapping[str, Subject]) -> dict[str, str] | None:
    """Who the row is about; None with its problem when that cannot be said."""
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
    cause = fold(sheet.cell(row, head.cause)) if head.cause is not None else ""
    return {"party": key, "region": party.region, "industry": party.industry, "cause": cause, "day": day}


def _check_totals(reading: Reading, units: Mapping[int, Unit | None], sums: Mapping[int, int | None]) -> None:
    """A 合计 row must equal the sum of the rows, to one printed unit; columns with an unreadable cell are not summed."""
    matched = reading.matched
    for row in matched.totals:
        for known in matched.head.columns:
            unit, total = units[known.index], sums.get(known.index)
            value = matched.sheet.cell(row, known.index)
            if unit is None or total is None or value is None:
                continue
            read = read_cell(value, known.column.item, unit)
            if isinstance(read, Cell) and read.value is not None and abs(read.value - total) > unit.per:
                item = known.column.item
                words = (f"各行之和 {printed(total, item)}", f"the sum of the rows, {printed(total, item)}")
                where = (matched.sheet.name, row, known.index, item.title)
                reading.problems.append(Problem("sum_mismatch", "block", *where, printed(read.value, item), words))
