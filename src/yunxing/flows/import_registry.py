"""The registry taken in: parties and rosters from a workbook (or CSV files) in the columns of the registry contract.

A sheet with the columns of a party is read as parties, one with those of a membership as rosters; sheet names and column order do not matter.
All faults are told at once and then nothing is written; the same registry twice changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from yunxing.engines.facts.cells import fold, read_date
from yunxing.engines.facts.sheet import Book, CellValue, Sheet, address
from yunxing.engines.registry.catalogue import Catalogue
from yunxing.engines.registry.parties import Membership, Party
from yunxing.io.books import read
from yunxing.io.store import dialect, registry
from yunxing.io.store.registry_history import record
from yunxing.values.codes import check_usci
from yunxing.values.errors import BadInput, Fault, nearest

PARTY = ("id", "kind", "name", "short_name", "unit", "region", "industry", "size", "parent", "valid_from", "valid_to", "attributes")
MEMBER = ("roster", "party", "valid_from", "valid_to", "reason", "attributes")
_HEAD_ROWS = 5


@dataclass(frozen=True, slots=True)
class Registered:
    """What was written; `warnings` are faults that do not stop it (a credit code whose check digit differs is lawful in rare cases)."""

    parties: registry.Written
    memberships: registry.Written
    warnings: tuple[Fault, ...]


def import_registry(
    home: Path, paths: Sequence[Path], units: Mapping[str, str], catalogue: Catalogue, act: registry.Act | None = None
) -> Registered:
    """Take the registry in. BadInput with every fault when one cannot be read; `units` maps reporting unit codes to names.

    `catalogue` says which kinds and rosters there are; `act` when, by whom and on what ground (now, and the names of the files, when not given).
    """
    books = [read.read_bytes(name, content) for name, content in read.contents(paths)]
    parties, members, faults = read_registry(books, units, catalogue)
    blocking = [fault for fault in faults if fault.severity == "block"]
    if not parties and not members and not blocking:
        files = "、".join(book.name for book in books)
        blocking = [Fault(files, "", "没有名录表", f"表头为 {', '.join(PARTY)} 或 {', '.join(MEMBER)} 的工作表", fix="核对表头")]
    if blocking:
        raise BadInput.from_faults(blocking)
    with dialect.connected(home) as connection:
        known = {party.id for party in parties} | set(registry.read_parties(connection))
        strays = [member for member in members if member.party not in known]
        if strays:
            raise BadInput.from_faults(
                Fault("名录", member.roster, member.party, "已登记的主体", fix="先登记主体") for member in strays[:50]
            )
        told = act or registry.Act(source="、".join(book.name for book in books))
        done = record(connection, told, [(party, None) for party in parties], list({one.key: one for one in members}.values()))
    return Registered(done.parties, done.memberships, tuple(fault for fault in faults if fault.severity != "block"))


def is_registry(book: Book) -> bool:
    """Whether the workbook holds parties or rosters rather than a form."""
    return any(_head(sheet) is not None for sheet in book.sheets)


def read_registry(
    books: Sequence[Book], units: Mapping[str, str], catalogue: Catalogue
) -> tuple[list[Party], list[Membership], list[Fault]]:
    """Parties and memberships of the workbooks, and every fault; codes of wrong check digit come as warnings."""
    parties: list[Party] = []
    members: list[Membership] = []
    faults: list[Fault] = []
    for book in books:
        for sheet in book.sheets:
            head = _head(sheet)
            if head is None:
                continue
            row, columns = head
            for number, cells in _rows(sheet, row, columns):
                place = _Place(book.name, sheet.name, number, columns)
                if "roster" in columns:
                    members.extend(_member(cells, place, catalogue, faults))
                else:
                    parties.extend(_party(cells, place, (units, catalogue), faults))
    seen: set[str] = set()
    for party in parties:
        if party.id in seen:
            faults.append(Fault("名录", party.id, "两行", "一个主体一行", fix="只保留一行"))
        seen.add(party.id)
    return parties, members, faults


@dataclass(frozen=True, slots=True)
class _Place:
    file: str
    sheet: str
    row: int
    columns: Mapping[str, int]

    def fault(self, column: str, found: str, expected: str, fix: str = "", *, warn: bool = False) -> Fault:
        """A fault at one cell of the row."""
        where = f"工作表“{self.sheet}” {address(self.row, self.columns[column])}（{column}）"
        return Fault(self.file, where, found, expected, fix=fix, severity="warn" if warn else "block")


def _head(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    for row, cells in enumerate(sheet.rows[:_HEAD_ROWS]):
        columns = {fold(value): index for index, value in enumerate(cells) if fold(value)}
        if set(MEMBER[:3]) <= set(columns) or {"id", "kind", "name", "valid_from"} <= set(columns):
            return row, columns
    return None


def _rows(sheet: Sheet, head: int, columns: Mapping[str, int]) -> Iterator[tuple[int, dict[str, CellValue]]]:
    for row in range(head + 1, len(sheet.rows)):
        cells = {name: sheet.cell(row, index) for name, index in columns.items()}
        if any(fold(value) for value in cells.values()):
            yield row, cells


def _member(cells: Mapping[str, CellValue], place: _Place, catalogue: Catalogue, faults: list[Fault]) -> Iterator[Membership]:
    roster, party = fold(cells["roster"]), fold(cells["party"])
    before = len(faults)
    if roster not in catalogue.rosters:
        guess = nearest(roster, catalogue.rosters)
        faults.append(place.fault("roster", roster, "、".join(catalogue.rosters), f"是不是 {guess}？" if guess else ""))
    if not party:
        faults.append(place.fault("party", "空", "主体编号"))
    first, last = _span(cells, place, faults)
    if len(faults) == before and first is not None:
        yield Membership(roster, party, first, last, fold(cells.get("reason")), _attributes(fold(cells.get("attributes")), place, faults))


def _party(
    cells: Mapping[str, CellValue], place: _Place, known: tuple[Mapping[str, str], Catalogue], faults: list[Fault]
) -> Iterator[Party]:
    units, catalogue = known
    text = {name: fold(cells.get(name)) for name in PARTY}
    before = len(faults)
    faults.extend(place.fault(name, "空", "不能为空") for name in ("id", "name") if not text[name])
    if text["kind"] not in catalogue.kinds:
        faults.append(place.fault("kind", text["kind"], "、".join(catalogue.kinds)))
    if text["unit"] and text["unit"] not in units:
        faults.append(place.fault("unit", text["unit"], "填报单位代码：" + "、".join(units)))
    attributes = _attributes(text["attributes"], place, faults)
    first, last = _span(cells, place, faults)
    if text["kind"] == "enterprise":
        checked = check_usci(text["id"])
        if checked.status != "valid":
            warn = checked.status == "suspect"  # early pilot codes break the rule and are lawful
            faults.append(place.fault("id", text["id"], "校验位相符的统一社会信用代码", "核对统一社会信用代码", warn=warn))
    if first is None or any(fault.severity == "block" for fault in faults[before:]):
        return
    plain = {name: text[name] for name in PARTY[2:9]}
    yield Party(id=text["id"].upper(), kind=text["kind"], **plain, valid_from=first, valid_to=last, attributes=attributes)


def _span(cells: Mapping[str, CellValue], place: _Place, faults: list[Fault]) -> tuple[date | None, date | None]:
    first, last = read_date(cells.get("valid_from")), read_date(cells.get("valid_to"))
    if first is None:
        faults.append(place.fault("valid_from", fold(cells.get("valid_from")) or "空", "日期，如 2022-01-01"))
    if last is None and fold(cells.get("valid_to")):
        faults.append(place.fault("valid_to", fold(cells.get("valid_to")), "日期，如 2022-12-31，或空"))
    if first is not None and last is not None and last < first:
        faults.append(place.fault("valid_to", last.isoformat(), f"不早于 {first}"))
    return first, last


def _attributes(text: str, place: _Place, faults: list[Fault]) -> dict[str, Any]:
    if not text:
        return {}
    try:
        read_back = json.loads(text)
    except json.JSONDecodeError as error:
        faults.append(place.fault("attributes", text[:40], f"JSON 对象（{error.msg}）"))
        return {}
    if not isinstance(read_back, dict):
        faults.append(place.fault("attributes", text[:40], "JSON 对象"))
        return {}
    return read_back
