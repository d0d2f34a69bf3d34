"""A table that leaves a page as .xlsx: a cover that says what it is, the data with a frozen head, a hidden sheet that lets it come back.

Real numbers and days; units in the head; text cells for codes. The same table for the same person at the same moment gives the same bytes.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from yunxing.engines.facts.sheet import Book, CellValue, address
from yunxing.engines.facts.takeaway import Column, Table, Value
from yunxing.io.codes import qr_png
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput, Fault

FONT = "宋体"
SHANGHAI = ZoneInfo("Asia/Shanghai")
COVER, KEYS = "说明", "_yunxing"
SHEET_ROWS = 1_000_000  # a sheet of the format ends at 1,048,576 rows
HEAD_ROWS = 3  # title, as-of line, head
MARKED_LEVEL = 3
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_UNSAFE = dict.fromkeys(map(ord, "[]:*?/\\'"), " ")


@dataclass(frozen=True, slots=True)
class Taken:
    """Who took a table away, and when; printed on the cover and, from level 3 on, on every page. `code` and `address` verify the paper."""

    person: str
    unit: str
    at: datetime
    code: str = ""
    address: str = ""

    @property
    def mark(self) -> str:
        """One line: name, unit, minute."""
        return f"{self.person} · {self.unit} · {self.at:%Y-%m-%d %H:%M}"


def table_bytes(table: Table, taken: Taken, *, background: bytes = b"") -> bytes:
    """The workbook's bytes. `background` is a picture laid under the data of level 3 and 4 (name, unit, time)."""
    import xlsxwriter

    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    workbook.set_properties({"created": _EPOCH, "author": "yunxing", "title": table.title})
    styles = _Styles(workbook)
    starts = range(0, max(len(table.rows), 1), SHEET_ROWS)
    cover = workbook.add_worksheet(COVER)
    for number, start in enumerate(starts):
        name = sheet_name(table.title) + (f" {number + 1}" if len(starts) > 1 else "")
        sheet = workbook.add_worksheet(name)
        if number == 0:
            sheet.activate()  # the cover is there for whoever asks; who opens the file wants the figures
        part = slice(start, start + SHEET_ROWS)
        _write_data(sheet, table, table.rows[part], table.keys[part], taken=taken, styles=styles)
        if background and table.level >= MARKED_LEVEL:
            sheet.set_background(io.BytesIO(background))
    _write_cover(cover, table, taken, styles, parts=len(starts))
    if table.can_come_back:
        _write_keys(workbook.add_worksheet(KEYS), table)
    workbook.close()
    return buffer.getvalue()


def book_bytes(tables: Sequence[Table], taken: Taken) -> bytes:
    """Several tables as one workbook, a sheet each in their order behind the first one's cover. Nothing of it comes back."""
    import xlsxwriter

    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    workbook.set_properties({"created": _EPOCH, "author": "yunxing", "title": tables[0].title})
    styles = _Styles(workbook)
    cover = workbook.add_worksheet(COVER)
    names: set[str] = {COVER}
    for number, table in enumerate(tables):
        name = sheet_name(table.title)
        name = name if name not in names else f"{name} {number}"
        names.add(name)
        sheet = workbook.add_worksheet(name)
        if number == 0:
            sheet.activate()
        _write_data(sheet, table, table.rows[:SHEET_ROWS], (), taken=taken, styles=styles)
    _write_cover(cover, tables[0], taken, styles, parts=1)
    workbook.close()
    return buffer.getvalue()


def sheet_name(title: str) -> str:
    """A sheet's name: at most 28 characters, without those the format forbids."""
    return title.translate(_UNSAFE).strip()[:28] or "表"


class _Styles:
    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._plain = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
        self._made: dict[tuple[str, bool], Any] = {}
        self.title = workbook.add_format({**self._plain, "bold": True, "font_size": 14})
        self.line = workbook.add_format({**self._plain, "font_color": "#56657A"})
        self.head = workbook.add_format({**self._plain, "bold": True, "text_wrap": True, "border": 1, "bg_color": "#EAF1F7"})
        self.label = workbook.add_format({**self._plain, "bold": True, "valign": "top"})
        self.text = workbook.add_format({**self._plain, "text_wrap": True, "valign": "top"})

    def body(self, number_format: str, *, editable: bool) -> Any:
        key = (number_format, editable)
        if key not in self._made:
            colour = {"bg_color": "#FFFBE6"} if editable else {}
            self._made[key] = self._workbook.add_format({**self._plain, "border": 1, "num_format": number_format, **colour})
        return self._made[key]


def number_format(column: Column) -> str:
    """The format of a column's cells as the spreadsheet writes it."""
    if column.kind == "number":
        return "#,##0" + ("." + "0" * column.places if column.places else "")
    return "yyyy-mm-dd" if column.kind == "date" else "@"


def _write_data(sheet: Any, table: Table, rows: Sequence[Sequence[Value]], keys: Sequence[str], *, taken: Taken, styles: _Styles) -> None:
    sheet.write_string(0, 0, table.title + ("（合成数据）" if table.synthetic else ""), styles.title)
    line = " · ".join(part for part in (f"数据截至 {table.as_of}" if table.as_of else "", f"共 {len(table.rows):,} 行") if part)
    sheet.write_string(1, 0, line, styles.line)
    formats = [styles.body(number_format(column), editable=column.editable) for column in table.columns]
    for place, column in enumerate(table.columns):
        sheet.write_string(HEAD_ROWS - 1, place, column.head, styles.head)
        sheet.set_column(place, place, width(column, [row[place] for row in rows[:200]]))
    for number, row in enumerate(rows, start=HEAD_ROWS):
        for place, value in enumerate(row):
            write_value(sheet, number, place, value, formats[place])
    last = len(table.columns) - 1
    if table.can_come_back:  # beside its row and inside the filter, so that a key moves with its row when a person sorts
        last += 1
        sheet.set_column(last, last, None, None, {"hidden": True})
        sheet.write_column(HEAD_ROWS - 1, last, [KEYS, *keys], styles.line)
    sheet.freeze_panes(HEAD_ROWS, 1)
    sheet.repeat_rows(HEAD_ROWS - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    if rows:
        sheet.autofilter(HEAD_ROWS - 1, 0, HEAD_ROWS - 1 + len(rows), last)
    if table.level >= MARKED_LEVEL:
        sheet.set_header(f"&C&8&K999999{_escaped(taken.mark)}")
    sheet.set_footer(f"&L&8{_escaped(taken.mark)}&R&8&P / &N")


def _escaped(text: str) -> str:
    return text.replace("&", "&&")


def width(column: Column, values: Sequence[Value]) -> int:
    """A width in characters that shows the head and most cells; a Chinese character is two wide."""
    longest = max(
        [len(column.head) * 2, *(sum(2 if ord(c) > 0x2E80 else 1 for c in str(one)) for one in values if isinstance(one, str))], default=8
    )
    return min(max(longest + 2, 10), 48)


def write_value(sheet: Any, row: int, place: int, value: Value, style: Any) -> None:
    """One cell; exact numbers leave exact arithmetic only here."""
    if value is None:
        sheet.write_blank(row, place, None, style)
    elif isinstance(value, bool):
        sheet.write_string(row, place, "是" if value else "否", style)
    elif isinstance(value, datetime):
        here = value.astimezone(SHANGHAI) if value.tzinfo else value  # a spreadsheet knows no zones: it shows the office's clock
        sheet.write_datetime(row, place, here.replace(tzinfo=None), style)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime(value.year, value.month, value.day, tzinfo=UTC).replace(tzinfo=None), style)
    elif isinstance(value, int | Fraction | Decimal):
        sheet.write_number(row, place, float(value), style)
    else:
        sheet.write_string(row, place, value, style)


def _write_cover(sheet: Any, table: Table, taken: Taken, styles: _Styles, *, parts: int) -> None:
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, table.title, styles.title)
    levels = {1: "公开", 2: "内部", 3: "敏感", 4: "高敏"}
    lines = [
        ("数据截至", table.as_of),
        ("来源", table.source),
        ("级别", levels.get(table.level, "")),
        ("导出人", f"{taken.person} · {taken.unit}"),
        ("导出时间", f"{taken.at:%Y-%m-%d %H:%M}"),
        ("行数", f"{len(table.rows):,}" + (f"，分在 {parts} 张工作表" if parts > 1 else "")),
        *((f"筛选：{name}", value) for name, value in table.filters),
        *((f"口径：{name}", value) for name, value in table.definitions),
        *((f"列：{column.head}", column.note) for column in table.columns if column.note),
        ("缺数", "空格为没有数；未报、不适用、保密照写，都不是 0"),
    ]
    if taken.code:
        lines.append(("核验", f"{taken.code}　{taken.address}"))
        sheet.insert_image(0, 2, "qr.png", {"image_data": io.BytesIO(qr_png(taken.address))})
    if table.synthetic:
        lines.append(("合成数据", "为演示而生成，不对应任何真实单位"))
    if table.can_come_back:
        lines.append(("放回", "黄色列可以改；改后原样传回平台，只有改过的格会写入，写入前先给您核对"))
    for number, (name, value) in enumerate(((n, v) for n, v in lines if v), start=2):
        sheet.write_string(number, 0, name, styles.label)
        sheet.write_string(number, 1, value, styles.text)
    sheet.set_footer(f"&L&8{_escaped(taken.mark)}")


def _write_keys(sheet: Any, table: Table) -> None:
    """The hidden sheet: what the table is and the columns' names, with a digest over them and the row keys."""
    sheet.hide()
    columns = [column.id for column in table.columns]
    head = {"table": table.id, "columns": columns, "check": check_value(table.id, columns, table.keys)}
    sheet.write_string(0, 0, json.dumps(head, ensure_ascii=False))


def check_value(table: str, columns: Sequence[str], keys: Sequence[str]) -> str:
    """A digest over a table's name, columns and row keys in no order: whether what came back still names the rows that left."""
    return digest({"table": table, "columns": list(columns), "keys": sorted(keys)})


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that a person changed: the row's key, the column's id, what the platform holds, what the sheet says, and where it stands."""

    key: str
    column: str
    before: Value
    after: Any
    sheet: str
    cell: str


def put_back(book: Book, table: Table) -> list[Change]:
    """What a workbook that came back changes in `table`, as the platform holds it now. Rows are found by their key, columns by their head, both in any order.

    Every problem at once as `BadInput`: not our table, keys that were altered, a column that may not be changed and was.
    """
    head = _head(book)
    if head["table"] != table.id:
        raise _refuse(book, KEYS, f"表 {head['table']}", f"表 {table.id}", "到这张表自己的页面放回")
    rows = list(_rows(book))
    if head["check"] != check_value(str(head["table"]), list(head["columns"]), [key for _, _, key, _, _ in rows]):
        raise _refuse(book, KEYS, "增删过行，或改过隐藏列", "导出时的那些行", "重新导出后再改；不要增删行")
    held = dict(zip(table.keys, table.rows, strict=True))
    changes: list[Change] = []
    faults: list[Fault] = []
    for sheet, number, key, heads, cells in rows:
        if key not in held:
            faults.append(Fault(book.name, f"{sheet} 第{number + 1}行", key, "平台现有的行", fix="该行已不在表中，请重新导出"))
            continue
        for change, column in _changed(table, held[key], sheet, number, key=key, heads=heads, cells=cells):
            if column.editable:
                changes.append(change)
            else:
                why = f"“{column.title}”不能在这里改"
                faults.append(
                    Fault(
                        book.name, f"{sheet} {change.cell}", str(change.after or "空"), str(change.before or "空"), why=why, fix="改回原值"
                    )
                )
    if faults:
        raise BadInput.from_faults(faults)
    return changes


def _head(book: Book) -> Mapping[str, Any]:
    """What the hidden sheet says the table is."""
    hidden = next((sheet for sheet in book.sheets if sheet.name == KEYS and sheet.rows), None)
    if hidden is None:
        raise _refuse(book, KEYS, "没有隐藏页", "本平台导出的工作簿", "重新导出，在原表上改，不要另建新表")
    try:
        head = json.loads(str(hidden.rows[0][0]))
    except ValueError:
        head = None
    if not isinstance(head, dict) or not {"table", "columns", "check"} <= head.keys():
        raise _refuse(book, KEYS, "隐藏页被改动", "原样的隐藏页", "重新导出后再改")
    return head


def _rows(book: Book) -> Iterator[tuple[str, int, str, list[str], list[CellValue]]]:
    """Sheet, row number, key, heads and cells of every data row; rows without anything in them are passed over."""
    for sheet in book.sheets:
        top = next((n for n, row in enumerate(sheet.rows[:10]) if KEYS in row), None)
        if top is None:
            continue
        heads = [str(value or "").strip() for value in sheet.rows[top]]
        at = heads.index(KEYS)
        for number, cells in enumerate(sheet.rows[top + 1 :], start=top + 1):
            if any(value is not None for value in cells):
                yield sheet.name, number, str(sheet.cell(number, at) or ""), heads, cells


def _changed(
    table: Table, held: Sequence[Value], sheet: str, number: int, *, key: str, heads: list[str], cells: list[CellValue]
) -> Iterator[tuple[Change, Column]]:
    """The cells of one row that say something else than the platform holds; a column that is gone changes nothing."""
    for place, column in enumerate(table.columns):
        found = heads.index(column.head) if column.head in heads else -1
        after = cells[found] if 0 <= found < len(cells) else None
        if found >= 0 and not same(held[place], after, column):
            yield Change(key, column.id, held[place], after, sheet, address(number, found)), column


def same(held: Value, after: Any, column: Column) -> bool:
    """Whether a cell still says what the platform wrote: numbers to the decimals printed, texts without spaces around."""
    if held is None or held == "":
        return after is None or str(after).strip() == ""
    if after is None:
        return False
    if column.kind == "number" and isinstance(held, int | Fraction | Decimal) and isinstance(after, int | float | Decimal):
        return abs(Fraction(held) - Fraction(str(after))) <= Fraction(1, 2 * 10 ** max(column.places, 6))
    if isinstance(held, date) and isinstance(after, date):
        return str(held)[:10] == str(after)[:10]
    return str(held).strip() == str(after).strip()


def _refuse(book: Book, place: str, found: str, expected: str, fix: str) -> BadInput:
    return BadInput.from_faults([Fault(book.name, place, found, expected, fix=fix)])
