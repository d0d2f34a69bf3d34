"""Write a `Book` as .xlsx that WPS and Office open alike: real numbers, text cells for codes, lists as ranges on a hidden sheet.

No dynamic arrays, no form controls, no threaded comments, no macros. The same book gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from yunxing.engines.facts.sheet import Book, Rule, Sheet
from yunxing.io.files import write_atomic

LISTS = "_lists"
FONT = "宋体"
_BLANK_ROWS = 200  # drop-downs reach this far below the last row, for rows a person adds
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def write_book(book: Book, path: Path) -> None:
    """Write the book to `path` (.xlsx), atomically."""
    write_atomic(path, book_bytes(book))


def book_bytes(book: Book) -> bytes:
    """The .xlsx as bytes; deterministic."""
    import xlsxwriter

    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    workbook.set_properties({"created": _EPOCH, "author": "yunxing"})
    formats = _Formats(workbook)
    lists: dict[tuple[str, ...], str] = {}
    written = [(sheet, workbook.add_worksheet(sheet.name)) for sheet in book.sheets]
    for sheet, target in written:
        _write_sheet(sheet, target, formats)
    for sheet, target in written:
        for column, options in sheet.choices.items():
            if options not in lists:
                lists[options] = _list_range(len(lists), len(options))
            last = max(len(sheet.rows) - 1, sheet.body) + _BLANK_ROWS
            target.data_validation(sheet.body, column, last, column, {"validate": "list", "source": lists[options]})
    for sheet, target in written:
        for column, rule in sheet.rules.items():
            target.data_validation(sheet.body, column, max(len(sheet.rows) - 1, sheet.body) + _BLANK_ROWS, column, _validation(rule))
        if sheet.locked:
            target.protect("", {"format_columns": True, "format_rows": True, "insert_rows": True, "sort": True, "autofilter": True})
    if lists:
        _write_lists(workbook.add_worksheet(LISTS), list(lists))
    workbook.close()
    return buffer.getvalue()


def _validation(rule: Rule) -> dict[str, Any]:
    """A rule as a spreadsheet asks about it; the answer may be kept, since a cell may say in words why there is no figure."""
    low, high = (float(bound) if isinstance(bound, Decimal) else bound for bound in (rule.low, rule.high))
    told: dict[str, Any] = {"validate": {"whole": "integer"}.get(rule.kind, rule.kind), "error_type": "warning", "error_title": "请核对"}
    told |= {"error_message": rule.says[:250], "input_title": "", "ignore_blank": True}
    if low is not None and high is not None:
        return told | {"criteria": "between", "minimum": low, "maximum": high}
    if low is None and high is None:
        return told | {"criteria": "between", "minimum": -1e15, "maximum": 1e15}
    return told | ({"criteria": ">=", "value": low} if low is not None else {"criteria": "<=", "value": high})


def _list_range(column: int, length: int) -> str:
    letter = chr(65 + column)
    return f"='{LISTS}'!${letter}$1:${letter}${length}"


def _write_lists(target: Any, lists: list[tuple[str, ...]]) -> None:
    for column, options in enumerate(lists):
        target.write_column(0, column, options)
    target.hide()


class _Formats:
    """The few cell formats of a book, made once each."""

    def __init__(self, workbook: Any) -> None:
        plain = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
        self.title = workbook.add_format({**plain, "bold": True, "font_size": 14, "align": "center"})
        self.line = workbook.add_format(plain)
        self.head = workbook.add_format({**plain, "bold": True, "align": "center", "text_wrap": True, "border": 1, "bg_color": "#EAF1F7"})
        self._workbook, self._plain, self._body = workbook, plain, dict[tuple[str, bool, bool], Any]()

    def body(self, number_format: str, *, locked: bool = True, grey: bool = False) -> Any:
        """The format of a column's cells. On a sheet without protection `locked` has no effect."""
        key = (number_format, locked, grey)
        if key not in self._body:
            look = {"font_color": "#7F7F7F", "bg_color": "#F2F2F2"} if grey else {}
            self._body[key] = self._workbook.add_format({**self._plain, "border": 1, "num_format": number_format, "locked": locked, **look})
        return self._body[key]


def _write_sheet(sheet: Sheet, target: Any, formats: _Formats) -> None:
    if sheet.hidden:
        target.hide()
    free = formats.body("General", locked=False) if sheet.locked else None  # rows that a person adds below
    for column, width in sheet.widths.items():
        target.set_column(column, column, width, free)
    first, last = sheet.head
    starts = {(r, c): (r2, c2) for r, c, r2, c2 in sheet.merges}
    inside = {(r, c) for r1, c1, r2, c2 in sheet.merges for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)} - set(starts)
    by_column = {column: formats.body(sheet.formats.get(column, "General"), locked=column in sheet.locked or not sheet.locked, grey=column in sheet.grey)
                 for column in {*sheet.formats, *sheet.grey}}  # fmt: skip
    general = formats.line if sheet.hidden else formats.body("General", locked=not sheet.locked)
    for r, row in enumerate(sheet.rows):
        if r >= sheet.body > 0 or sheet.hidden or not sheet.body:
            for c, value in enumerate(row):
                _write_cell(target, r, c, value, by_column.get(c, general))
            continue
        style = formats.head if first <= r <= last else formats.title if r == 0 else formats.line
        for c, value in enumerate(row):
            if (r, c) in starts:
                r2, c2 = starts[r, c]
                target.merge_range(r, c, r2, c2, "" if value is None else value, style)
            elif (r, c) not in inside and (value is not None or style is formats.head):
                _write_cell(target, r, c, value, style)
    for (r, c), text in sheet.comments.items():
        target.write_comment(r, c, text)
    if sheet.body and not sheet.hidden:
        target.freeze_panes(sheet.body, min(2, len(sheet.formats)))


def _write_cell(target: Any, row: int, column: int, value: Any, style: Any) -> None:
    write = _WRITERS.get(type(value))
    if write is None:
        raise TypeError(f"a cell cannot hold {type(value).__name__}")
    write(target, row, column, value, style)


_Write = Callable[[Any, int, int, Any, Any], Any]
_WRITERS: dict[type, _Write] = {
    type(None): lambda t, r, c, _, s: t.write_blank(r, c, None, s),
    str: lambda t, r, c, v, s: t.write_string(r, c, v, s),
    bool: lambda t, r, c, v, s: t.write_boolean(r, c, v, s),
    int: lambda t, r, c, v, s: t.write_number(r, c, v, s),
    float: lambda t, r, c, v, s: t.write_number(r, c, v, s),
    Decimal: lambda t, r, c, v, s: t.write_number(r, c, float(v), s),
    date: lambda t, r, c, v, s: t.write_datetime(r, c, v, s),
    datetime: lambda t, r, c, v, s: t.write_datetime(r, c, v, s),
}
