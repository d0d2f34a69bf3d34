"""A roster (or a kind) as a sheet that a person edits, and the sheet read back: every row by its id, every fault at its cell.

Columns may stand in any order under their title, id or English title; what is not known is told and left alone. A hidden sheet names the roster, the
day and the instant the sheet was written at, so that a change by someone else in between is found (`engines/registry/compare.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from yunxing.engines.facts.cells import fold, read_date
from yunxing.engines.facts.sheet import Book, CellValue, Sheet, address
from yunxing.engines.registry.catalogue import Catalogue, Column, PartyKind, RosterKind
from yunxing.engines.registry.parties import REASONS, Membership, Party
from yunxing.engines.registry.typed import Unreadable, Value, read_value, shown
from yunxing.values.errors import Fault

MARK = "_yunxing"
HEAD_ROWS = 8
ID = Column("id", "编号", "Id", common=True)
NAME = Column("name", "名称", "Name", common=True, required=True)
BEGUN = Column("valid_from", "登记起日", "Registered from", "date", common=True)
ENDED = Column("valid_to", "登记止日", "Registered to", "date", common=True)
SINCE = Column("_since", "变更生效日", "Changed from", "date")
JOINED = Column("_joined", "列入日期", "Joined on", "date", required=True)
LEFT = Column("_left", "移出日期", "Left on", "date")
REASON = Column("_reason", "变动原因", "Reason")
ALSO = {"统一社会信用代码": "id", "项目编号": "id", "登记编号": "id", "企业名称": "name", "项目名称": "name"}  # what people write for them
MEMBER_MARKS = ("_joined", "_left", "_reason")


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one roster's sheet (or of a kind's, without membership): the party's, then the membership's."""

    kind: PartyKind
    roster: RosterKind | None
    party: tuple[Column, ...]
    member: tuple[Column, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """In the order of the sheet."""
        return (*self.party, *self.member)

    @property
    def title(self) -> str:
        """What the sheet is called."""
        return (self.roster or self.kind).title

    @property
    def target(self) -> str:
        """What the hidden sheet calls it: `roster:<id>` or `kind:<id>`."""
        return f"roster:{self.roster.id}" if self.roster else f"kind:{self.kind.id}"


def layout_of(catalogue: Catalogue, target: str) -> Layout:
    """The layout of `roster:<id>`, `kind:<id>` or a roster's id. BadInput when there is none."""
    what, _colon, id_ = target.rpartition(":")
    roster = None if what == "kind" else catalogue.roster(id_)
    kind = catalogue.kind(roster.kind if roster else id_)
    member = (JOINED, LEFT, REASON, *roster.columns) if roster else ()
    return Layout(kind, roster, (ID, NAME, *kind.columns, BEGUN, ENDED, SINCE), member)


def field_of(party: Party, column: Column) -> object:
    """What a party holds in a column."""
    return getattr(party, column.id) if column.common else party.attributes.get(column.id)


def detail_of(member: Membership, column: Column) -> object:
    """What a membership holds in a column."""
    plain = {"_joined": member.valid_from, "_left": member.valid_to, "_reason": member.reason}
    return plain[column.id] if column.id in plain else member.attributes.get(column.id)


def build_sheets(
    layout: Layout, rows: Iterable[tuple[Party, Membership | None]], *, day: date, known: datetime, note: str, units: Mapping[str, str]
) -> Book:
    """The workbook: title, what it is and how to change it, the heads, one row a membership (a party, for a kind)."""
    heads: list[CellValue] = [column.head for column in layout.columns]
    title: list[CellValue] = [layout.title]
    how = "只改要改的格。空着“变更生效日”为更正，填了为自该日起变更；移出的填“移出日期”和“变动原因”，不要删行；新增的写在下面。"
    body = [
        [
            *(None if column.id == SINCE.id else shown(field_of(party, column), column) for column in layout.party),
            *(shown(detail_of(member, column), column) if member else None for column in layout.member),
        ]
        for party, member in rows
    ]
    formats = {at: "yyyy-mm-dd" if one.type == "date" else "0.######" if one.type in ("money", "rate") else "@" if _is_text(one) else "General"
               for at, one in enumerate(layout.columns)}  # fmt: skip
    choices = {at: tuple(one.title for one in column.choices) for at, column in enumerate(layout.columns) if column.choices}
    for at, column in enumerate(layout.columns):
        if column.id == "unit" and column.common:
            choices[at] = tuple(units)
        elif column.type == "flag":
            choices[at] = ("是", "否")
        elif column.id == REASON.id and layout.roster and layout.roster.id == "above_scale":
            choices[at] = tuple(one for one in REASONS if one)
    sheet = Sheet(
        layout.title[:31], [title, [note], [how], heads, *body], head=(3, 3), body=4,
        widths={at: 24 if column.id in ("id", "name") else 14 for at, column in enumerate(layout.columns)}, choices=choices, formats=formats,
    )  # fmt: skip
    mark = Sheet(MARK, [["target", layout.target], ["day", day.isoformat()], ["known", known.isoformat()]], hidden=True)
    return Book([sheet, mark])


def _is_text(column: Column) -> bool:
    return column.type in ("text", "party", "phone", "choice", "flag")


@dataclass(frozen=True, slots=True)
class Given:
    """One row of a sheet: the party's id, what stands in the columns the sheet has (None: an empty cell), and from when a change holds."""

    sheet: str
    row: int
    id: str
    party: Mapping[str, Value]
    member: Mapping[str, Value]
    since: date | None
    cells: Mapping[str, str]  # where each column stands, as a spreadsheet says it

    def where(self, column: str) -> str:
        """The place for a fault: sheet, cell, column."""
        return f"工作表“{self.sheet}” {self.cells.get(column, f'第 {self.row + 1} 行')}"


@dataclass(slots=True)
class ReadBook:
    """What a workbook said: for which target, as written when; its rows, its faults, the columns nobody knows."""

    target: str = ""
    day: date | None = None
    known: datetime | None = None
    rows: list[Given] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def target_of(book: Book, catalogue: Catalogue) -> str:
    """What the workbook is for: by its hidden mark, else by the name or title of its first sheet; empty when nothing says so."""
    marks = _marks(book)
    if marks.get("target"):
        return marks["target"]
    titles = {roster.title: f"roster:{roster.id}" for roster in catalogue.rosters.values()}
    titles |= {roster.id: f"roster:{roster.id}" for roster in catalogue.rosters.values()}
    for sheet in book.sheets:
        for word in (sheet.name, fold(sheet.cell(0, 0))):
            if word in titles:
                return titles[word]
    return ""


def read_sheets(book: Book, layout: Layout) -> ReadBook:
    """Every row of the workbook's sheets under a head that has ids and names, and every fault at once."""
    marks = _marks(book)
    read = ReadBook(marks.get("target", ""))
    if marks.get("known"):
        try:
            read.day, read.known = date.fromisoformat(marks.get("day", "")), datetime.fromisoformat(marks["known"])
            read.known.astimezone(UTC)
        except (ValueError, OverflowError):
            said = f"{marks.get('day', '')} {marks['known']}"
            read.faults.append(Fault(book.name, f"工作表“{MARK}”", said, "导出时写下的日期和时刻", fix="重新导出后再改"))
            read.day = read.known = None
    found = False
    for sheet in book.sheets:
        head = None if sheet.name == MARK else _head(sheet, layout)
        if head is not None:
            found = True
            _read_sheet(book.name, sheet, head, layout, read)
    if not found:
        heads = "、".join(column.head for column in layout.columns if column.required or column.id in ("id", "name"))
        read.faults.append(Fault(book.name, "", "没有找到表头", f"有 {heads} 的表头", fix="先导出名录，在导出的表上改"))
    return read


def _marks(book: Book) -> dict[str, str]:
    sheet = next((one for one in book.sheets if one.name == MARK), None)
    return {str(row[0]): str(row[1]) for row in sheet.rows if len(row) > 1} if sheet else {}


def _head(sheet: Sheet, layout: Layout) -> tuple[int, dict[int, Column], list[str]] | None:
    """The head row, its columns by place, and the heads nobody knows."""
    known: dict[str, Column] = {}
    for column in reversed(layout.columns):
        known |= {fold(word): column for word in (column.head, column.title, column.id.lstrip("_"), column.title_en)}
    known |= {fold(word): ID if id_ == "id" else NAME for word, id_ in ALSO.items()}
    for row, cells in enumerate(sheet.rows[:HEAD_ROWS]):
        placed = {at: known[fold(cell)] for at, cell in enumerate(cells) if fold(cell) in known}
        if {"id", "name"} <= {column.id for column in placed.values()} or (
            "name" in {column.id for column in placed.values()} and len(placed) >= 3
        ):
            return row, placed, [fold(cell) for at, cell in enumerate(cells) if fold(cell) and at not in placed]
    return None


def _read_sheet(file: str, sheet: Sheet, head: tuple[int, dict[int, Column], list[str]], layout: Layout, read: ReadBook) -> None:
    top, placed, strange = head
    read.ignored += strange
    twice = [column.head for at, column in placed.items() if any(other == column and place < at for place, other in placed.items())]
    read.faults += [Fault(file, f"工作表“{sheet.name}”第 {top + 1} 行", f"两列“{word}”", "每列一次", fix="删去一列") for word in twice]
    members = {column.id for column in layout.member}
    for row in range(top + 1, len(sheet.rows)):
        if not any(fold(sheet.cell(row, at)) for at in placed):
            continue
        party: dict[str, Value] = {}
        member: dict[str, Value] = {}
        since: date | None = None
        for at, column in placed.items():
            cell = sheet.cell(row, at)
            value = _id(cell) if column is ID else read_value(cell, column)
            if isinstance(value, Unreadable):
                where = f"工作表“{sheet.name}” {address(row, at)}（{column.head}）"
                read.faults.append(Fault(file, where, fold(cell), value.expected, fix=value.fix))
            elif column is SINCE:
                since = read_date(cell)
            elif column.id in members and column in layout.member:
                member[column.id] = value
            else:
                party[column.id] = value
        cells = {column.id: f"{address(row, at)}（{column.head}）" for at, column in placed.items()}
        read.rows.append(Given(sheet.name, row, str(party.pop("id", None) or ""), party, member, since, cells))


def _id(cell: CellValue) -> str:
    return fold(cell).upper() if not isinstance(cell, float) else fold(cell)
