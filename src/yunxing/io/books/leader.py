"""The leader's own workbook filled in: numbers go into its cells, everything else (formats, widths, merges, formulas, other sheets) stays as it was."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from yunxing.engines.facts.leader_table import Laid, in_unit
from yunxing.engines.facts.sheet import Book, address
from yunxing.values.errors import BadInput, Fault


@dataclass(frozen=True, slots=True)
class Put:
    """What goes into a cell: a number in `unit`, or a word (未报, 保密) where there is none; None leaves the cell as it is."""

    value: Fraction | str | None
    unit: str = ""


def can_be_filled(book: Book) -> None:
    """Refuse what would lose something on the way: `BadInput` says what and how to mend it."""
    faults = []
    if book.kind != "xlsx":
        faults.append(Fault(book.name, "", f"{book.kind} 文件", ".xlsx 工作簿", fix="在 WPS 或 Office 中另存为 .xlsx 后上传"))
    if book.has_drawings:
        faults.append(
            Fault(book.name, "", "图片或文本框", "没有图片和文本框的表", why="回填时会丢失", fix="把文字移进单元格，删去图片后上传")
        )
    if faults:
        raise BadInput.from_faults(faults)


def filled(content: bytes, laid: Laid, cells: Mapping[tuple[str, str], Put]) -> tuple[bytes, list[str]]:
    """The workbook with the cells (row id, column id) filled in, converted into the unit its head names; and the places left alone, each with why.

    A cell with a formula is never overwritten: it computes what the leader wants computed.
    """
    import openpyxl

    workbook = openpyxl.load_workbook(io.BytesIO(content))
    sheet = workbook[laid.sheet]
    left: list[str] = []
    for row, row_id in laid.rows.items():
        for column, column_id in laid.columns.items():
            put = cells.get((row_id, column_id))
            if put is None or put.value is None:
                continue
            cell = sheet.cell(row=row + 1, column=column + 1)
            where = f"{laid.sheet} {address(row, column)}"
            if cell.data_type == "f":
                left.append(f"{where}：有公式，未改动")
            elif type(cell).__name__ == "MergedCell":
                left.append(f"{where}：在合并单元格内，未填")
            else:
                cell.value = _number(put, laid.units.get(column, "")) if isinstance(put.value, Fraction) else put.value
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue(), left


def _number(put: Put, wanted: str) -> Any:
    """A whole number stays one; else the nearest double, which a spreadsheet shows in the cell's own format."""
    assert isinstance(put.value, Fraction)
    value = in_unit(put.value, put.unit, wanted)
    return int(value) if value.denominator == 1 else float(value)
