"""The reporter's own workbook back, with every problem cell coloured and a comment in it; or a separate 问题清单.

openpyxl drops pictures and text boxes, so a workbook that has them comes back as a list of problems beside the untouched file; so do
.xls, .ods and .csv files whose own form would be lost.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yunxing.engines.facts.sheet import Book, Sheet, address
from yunxing.io.books.write import book_bytes
from yunxing.io.files import write_atomic

COLOURS = {"block": "FFF4B6B0", "hold": "FFFFD9A0", "warn": "FFFFF2B0"}
LIST_NAME = "问题清单"


@dataclass(frozen=True, slots=True)
class Note:
    """One remark on one cell: `effect` colours it, `text` is the comment, the rest are the columns of the list."""

    sheet: str
    row: int
    column: int
    effect: str
    text: str
    title: str = ""
    found: str = ""
    expected: str = ""
    fix: str = ""


def annotate_book(book: Book, content: bytes, notes: Sequence[Note], folder: Path) -> Path:
    """Write the annotated copy into `folder` under its own name (as .xlsx) and give its path; a list of problems where a copy would lose something."""
    stem = Path(book.name).stem
    marked = _try_marked(content, notes) if book.kind == "xlsx" and not book.has_drawings else None
    if marked is not None:
        path = folder / f"{stem}.xlsx"
        write_atomic(path, marked)
        return path
    if book.kind == "xlsx":
        path = folder / f"{stem}_{LIST_NAME}.xlsx"
        write_atomic(path, book_bytes(Book([_list(notes)])))
        return path
    # .xls, .ods, .csv and HTML come back as .xlsx, their cells kept
    path = folder / f"{stem}.xlsx"
    plain = Book([Sheet(s.name[:31], s.rows, merges=[], hidden=s.hidden) for s in book.sheets])
    write_atomic(path, _marked(book_bytes(plain), notes))
    return path


def _try_marked(content: bytes, notes: Sequence[Note]) -> bytes | None:
    """The marked copy; None where the library that writes cannot open what the one that reads could: the problems then come as a list."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _marked(content, notes)
    except (OverflowError, LookupError, ValueError, TypeError, AttributeError, OSError, EOFError, SyntaxError, zipfile.BadZipFile):
        return None


def _marked(content: bytes, notes: Sequence[Note]) -> bytes:
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    workbook = openpyxl.load_workbook(io.BytesIO(content))
    by_cell: dict[tuple[str, int, int], list[Note]] = {}
    for note in notes:
        by_cell.setdefault((note.sheet, note.row, note.column), []).append(note)
    for (name, row, column), here in by_cell.items():
        if name not in workbook.sheetnames:
            continue
        cell = _writable(workbook[name], row + 1, column + 1)
        worst = min((note.effect for note in here), key=("block", "hold", "warn").index)
        cell.fill = PatternFill("solid", fgColor=COLOURS[worst])
        comment = Comment("\n".join(note.text for note in here), "yunxing")
        comment.width, comment.height = 320, 60 + 40 * len(here)
        cell.comment = comment
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _writable(sheet: Any, row: int, column: int) -> Any:
    """The cell itself, or the first cell of the merge that covers it."""
    cell = sheet.cell(row=row, column=column)
    for area in sheet.merged_cells.ranges:
        if cell.coordinate in area:
            return sheet.cell(row=area.min_row, column=area.min_col)
    return cell


def _list(notes: Sequence[Note]) -> Sheet:
    rows = [["工作表", "单元格", "项目", "性质", "填报值", "应为", "改法"]]
    names = {"block": "错误", "hold": "挂起待确认", "warn": "需说明"}
    rows += [[n.sheet, address(n.row, n.column), n.title, names[n.effect], n.found, n.expected, n.fix] for n in notes]
    return Sheet(LIST_NAME, [list(row) for row in rows], widths={0: 16, 1: 8, 2: 20, 3: 12, 4: 24, 5: 40, 6: 40})
