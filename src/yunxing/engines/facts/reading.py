"""One workbook read: every cell to a stored value, every problem of keys and single cells collected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from yunxing.engines.facts.cells import Cell, Misread, fold, good, printed, read_cell, read_date
from yunxing.engines.facts.heads import HeadColumn
from yunxing.engines.facts.match import Matched, sheet_unit
from yunxing.engines.facts.problems import Problem, Words
from yunxing.engines.facts.units import Unit, convertible, unit_of
from yunxing.values.period import day_number

_SHORT = 1e8  # below it a double times the largest unit stays exact to a stored unit
ROW = ("row", "party", "unit", "region", "industry", "cause", "day")  # what is known of a row that can be placed
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
    """One workbook read. `about` holds one entry a row that can be placed (lists by column of `ROW`), `values` the stored values beside it by column key.

    `asides` are the cells that hold words or an absence: (row, key, words, absence). `rows` counts rows with a code, `blank` those left empty. `registered` holds what the registry knows of each party that has a row.
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
    registered: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether the workbook as a whole is refused."""
        return any(p.effect == "block" and (p.row < 0 or p.rule in WHOLE or p.row < self.matched.head.body) for p in self.problems)


def read_rows(
    matched: Matched, parties: Mapping[str, Subject], *, submission: str, known_at: datetime, status: str = "reported"
) -> Reading:
    """Every cell of a matched workbook. Problems of keys and of single cells are collected; the checks across rows come in `accept`."""
    keys = {known.column.key: [] for known in matched.head.columns}  # type: dict[str, list[int | None]]
    reading = Reading(matched, submission, known_at, status, {name: [] for name in ROW}, keys, problems=list(matched.problems))
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
            for name, value in zip(ROW, about, strict=True):
                reading.about[name].append(value)
            party = str(about[1])
            reading.registered[party] = getattr(parties.get(party.partition("/")[0]), "attributes", None) or {}
    sums = {key: _read_column(reading, known, unit, placed) for key, (known, unit) in columns.items()}
    for key, (known, unit) in columns.items():
        if unit is not None and sums[key] is not None:
            _check_total(reading, known, unit, sums[key] or 0)
    return reading


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
    elif item.type == "date" and read.value is not None and read.value > day_number(reading.matched.period.end):
        words = (f"不晚于 {reading.matched.period.end}", f"not after {reading.matched.period.end}")
        reading.problems.append(Problem("future_day", "block", *where, fold(value), words))
    return read


def _about(
    reading: Reading, row: int, parties: Mapping[str, Subject], seen: dict[tuple[str, str], int]
) -> tuple[int, str, str, str, str, str, str] | None:
    """Who the row is about, in the order of `ROW`; None with its problem when that cannot be said."""
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
    if matched.unit and not form.sender and party.unit != matched.unit:
        reading.problems.append(Problem("other_unit", "block", *where, key, (f"填报单位 {party.unit}", f"unit {party.unit}"), party=key))
    if party.valid_from > matched.period.end or (party.valid_to is not None and party.valid_to < matched.period.start):
        span = f"{party.valid_from} – {party.valid_to or ''}"
        reading.problems.append(Problem("not_valid", "block", *where, key, (span, span), party=key))
    whom = _subject(reading, row, key, parties)
    if whom is None:
        return None
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
    if (whom, day) in seen:
        words = (f"每个主体一行（第 {seen[whom, day] + 1} 行已有）", f"one row a party (row {seen[whom, day] + 1} has it)")
        reading.problems.append(Problem("duplicate_row", "block", *where, key, words, party=key))
    seen.setdefault((whom, day), row)
    cause = fold(sheet.cell(row, head.cause)) if head.cause is not None else ""
    return row, whom, party.unit if form.sender else matched.unit, party.region, party.industry, cause, day


def _subject(reading: Reading, row: int, key: str, parties: Mapping[str, Subject]) -> str | None:
    """The party of the row's facts: the key itself, or with the second key behind a stroke; None with its problem when that is not known.

    The second key is written as an option's title or id, or as the id or the name of a party.
    """
    matched = reading.matched
    detail, sheet, column = matched.form.detail, matched.sheet, matched.head.detail
    if detail is None:
        return key
    said = fold(sheet.cell(row, column)) if column is not None else ""
    if detail.options:
        found = next((o.id for o in detail.options if said in (o.title, o.id, o.title_en)), "")
        words = ("、".join(o.title for o in detail.options) + "之一", "one of " + ", ".join(o.title_en for o in detail.options))
    else:
        upper = said.replace(" ", "").upper()
        found = upper if upper in parties else next((id_ for id_, one in parties.items() if said and one.name == said), "")
        words = (f"{detail.title}的编号或全称", f"the id or the name of a {detail.title_en.lower()}")
    if not found:
        at = (sheet.name, row, matched.head.party if column is None else column, detail.title)
        reading.problems.append(Problem("unknown_detail", "block", *at, said, words, party=key))
        return None
    return f"{key}/{found}"


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
