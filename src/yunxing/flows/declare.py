"""Declared documents by workbook: a blank one for a policy goes out, a filled one comes in, cell by cell, or comes back with every fault.

The sheet has a row of ids under its titles: `party`, `document`, `day`, then columns such as `loan_principal [万元]`; a bare number is read in that
unit. A row whose party is `*` speaks for the round itself (the day of the notice, a coefficient). Nothing is kept of a workbook with a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from yunxing.engines.entitlements.feeds import Feed, typed
from yunxing.engines.entitlements.policy import Column
from yunxing.engines.entitlements.ruleset import RuleSet
from yunxing.engines.entitlements.tree import Type
from yunxing.engines.facts.cells import read_date
from yunxing.engines.facts.sheet import Book, CellValue, Sheet, address
from yunxing.flows.gather_profiles import EVERYBODY
from yunxing.io import declared
from yunxing.packs.profile import load_feeds
from yunxing.values.errors import BadInput, Fault

HEAD = ("party", "document", "day")
TITLES = ("主体代码", "资料名称", "资料日期")
ALL = "*"
_ID = re.compile(r"^([a-z][a-z0-9_]*)(?:\s*\[(.+)\])?$")
_UNITS = {Type.FEN: "万元", Type.USD: "美元"}


@dataclass(frozen=True, slots=True)
class Read:
    """What a workbook says: its cells, and every fault; with a fault nothing is kept."""

    cells: tuple[declared.Declared, ...]
    faults: tuple[Fault, ...]


def blank(pack: Path, rules: RuleSet, policy: str) -> Book:
    """The workbook a party fills for a policy: what only its documents tell, each column with its unit and what it asks for."""
    feeds, sheet = load_feeds(pack), rules.policy(policy).sheet
    asked = [one for one in sheet.columns.values() if feeds[one.name].kind in ("declared", "list", "round")]
    ids = [f"{one.name} [{_UNITS[one.type]}]" if one.type in _UNITS else one.name for one in asked]
    titles = [f"{one.title or feeds[one.name].title}({feeds[one.name].what})" for one in asked]
    rows: list[list[CellValue]] = [[sheet.title], [*TITLES, *titles], [*HEAD, *ids]]
    return Book([Sheet(policy, rows, head=(0, 2), body=3)])


def read(book: Book, pack: Path, rules: RuleSet, parties: Callable[[str], bool]) -> Read:
    """Every declared cell of the book. `parties` says whether the registry holds an id. Faults name sheet and cell."""
    feeds = load_feeds(pack)
    columns = {name: column for policy in rules for name, column in policy.sheet.columns.items()}
    cells: list[declared.Declared] = []
    faults: list[Fault] = []
    for sheet in book.sheets:
        if not sheet.hidden and sheet.rows:
            _read_sheet(book.name, sheet, (feeds, columns), parties, cells, faults)
    if not cells and not faults:
        faults.append(Fault(book.name, "", "no declared value", "a row of ids (party, document, day, columns) and rows below it"))
    return Read(tuple(cells), tuple(faults))


def _read_sheet(
    file: str,
    sheet: Sheet,
    pack: tuple[Mapping[str, Feed], Mapping[str, Column]],
    parties: Callable[[str], bool],
    cells: list[declared.Declared],
    faults: list[Fault],
) -> None:
    feeds, columns = pack
    at = next((i for i, row in enumerate(sheet.rows) if row and str(row[0] or "").strip() == HEAD[0]), None)
    if at is None:
        faults.append(Fault(file, sheet.name, "no row of ids", "a row that begins with party, document, day"))
        return
    heads: dict[int, tuple[Column, str]] = {}
    for j, written in enumerate(sheet.rows[at][len(HEAD) :], len(HEAD)):
        match = _ID.match(str(written or "").strip())
        if written and (match is None or match[1] not in columns):
            faults.append(Fault(file, f"{sheet.name}!{address(at, j)}", str(written), "the id of a column that a rule reads"))
        elif match:
            heads[j] = (columns[match[1]], match[2] or "")
    for i, row in enumerate(sheet.rows[at + 1 :], at + 1):
        party, document, day = ([*row, None, None, None])[: len(HEAD)]
        if not any(cell not in (None, "") for cell in row):
            continue
        whom, since = str(party or "").strip(), read_date(day)
        if since is None:
            faults.append(Fault(file, f"{sheet.name}!{address(i, 2)}", str(day), "the document's day, such as 2022-09-01"))
        if whom != ALL and not parties(whom):
            faults.append(
                Fault(file, f"{sheet.name}!{address(i, 0)}", whom, "an enterprise or project of the registry, or * for the round")
            )
        for j, (column, unit) in heads.items():
            cell = row[j] if j < len(row) else None
            if cell in (None, "") or since is None:
                continue
            place = f"{sheet.name}!{address(i, j)}"
            if whom == ALL and feeds[column.name].kind != "round":
                faults.append(Fault(file, place, column.name, "a column of the round itself in the row of *"))
                continue
            try:
                value = _value(column, cell, unit)
            except BadInput as refused:
                faults.append(Fault(file, place, str(cell), refused.message))
                continue
            cells.append(
                declared.Declared(EVERYBODY if whom == ALL else whom, column.name, value, str(document or ""), since, f"{file} {place}")
            )


def _value(column: Column, cell: CellValue, unit: str) -> str:
    """The cell as text that the column reads, tried once. Errors: `BadInput`."""
    if isinstance(cell, datetime):
        cell = cell.date()
    text = cell.isoformat() if isinstance(cell, date) else ("yes" if cell else "no") if isinstance(cell, bool) else str(cell).strip()
    serial = read_date(cell) if column.type is Type.DATE else None
    if serial is not None:
        return serial.isoformat()
    if isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool):
        number = Decimal(str(cell))
        text = f"{number.normalize():f}"
        if column.type in _UNITS:
            if not unit:
                raise BadInput("a unit in the id's brackets, such as [万元], or in the cell")
            text = f"{text} {unit}"
    value = typed(column, text)
    if value is not None and column.type in (Type.FEN, Type.COUNT, Type.USD, Type.RATE) and not column.low <= value <= column.high:
        raise BadInput(f"a value between {column.low} and {column.high} of the column's own unit")
    return text


def declare(home: Path, books: Sequence[Book], pack: Path, rules: RuleSet, parties: Iterable[str]) -> tuple[str, int]:
    """Keep what the books declare: the batch's id and how many cells. Errors: `BadInput` with every fault of every book; nothing is kept then."""
    held = frozenset(parties)
    found = [read(book, pack, rules, held.__contains__) for book in books]
    faults = [fault for one in found for fault in one.faults]
    if faults:
        raise BadInput.from_faults(faults)
    cells = [cell for one in found for cell in one.cells]
    return declared.keep(home, cells), len(cells)
