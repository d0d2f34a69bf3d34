"""One cell of a registry workbook to one stored value and back, exactly: what goes out comes in as the same value.

Money is int fen, printed in 万元; a rate is int 0.01 %, printed in percent; a day is ISO text; a flag true or false. An empty cell is no value, never zero.
Text keeps its characters (full-width brackets of a name among them); only codes are folded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from yunxing.engines.facts.cells import fold, read_date
from yunxing.engines.facts.sheet import CellValue
from yunxing.engines.registry.catalogue import Column
from yunxing.values.codes import check_project_code
from yunxing.values.errors import BadInput
from yunxing.values.quantity import format_number, half_up, parse_number

Value = str | int | bool | None
_FLAGS = {"是": True, "√": True, "✓": True, "有": True, "否": False, "×": False, "没有": False, "True": True, "False": False}
_SCALE = {"money": 10**6, "rate": 100, "count": 1}  # stored units in one printed unit


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a cell cannot be taken: what would be good, and how to mend it."""

    expected: str
    fix: str = ""


def read_value(cell: CellValue, column: Column) -> Value | Unreadable:
    """The stored value of a cell; None for an empty one."""
    if cell is None or not fold(cell):
        return None
    if column.type == "date":
        day = read_date(cell)
        return Unreadable("日期，如 2022-09-30") if day is None else day.isoformat()
    if column.type in _SCALE:
        return _number(cell, column)
    if column.type == "flag":
        found = cell if isinstance(cell, bool) else _FLAGS.get(fold(cell))
        return Unreadable("“是”或“否”") if found is None else found
    if column.type == "choice":
        word = fold(cell)
        choice = next((one.id for one in column.choices if word in (fold(one.title), one.id, one.title_en)), None)
        return Unreadable("、".join(one.title for one in column.choices) + "之一") if choice is None else choice
    return _text(cell, column)


def _text(cell: CellValue, column: Column) -> Value | Unreadable:
    text = fold(cell) if isinstance(cell, float) or column.type in ("party", "phone") or column.check else str(cell).strip()
    if column.check == "project_code":
        checked = check_project_code(text)
        return (
            checked.normalised
            if checked.status == "valid"
            else Unreadable("24 位投资项目统一代码，如 2203-999999-04-01-123456", "核对项目代码")
        )
    return text


def _number(cell: CellValue, column: Column) -> Value | Unreadable:
    scale = _SCALE[column.type]
    unit = f"（{'万元' if column.type == 'money' else '%' if column.type == 'rate' else column.unit}）".replace("（）", "")
    good = Unreadable(f"数字{unit}，如 1200")
    if isinstance(cell, bool | date) or (isinstance(cell, float) and not math.isfinite(cell)):
        return good
    try:
        exact = (parse_number(cell) if isinstance(cell, str) else Fraction(str(cell))) * scale
    except BadInput:
        return good
    stored = half_up(exact)
    if column.type == "count" and exact != stored:
        return Unreadable(f"整数{unit}")
    return stored if abs(stored) < 2**62 else good


def shown(value: object, column: Column) -> CellValue:
    """The value as a workbook's cell: a real number, a real date, 是 or 否, a choice's title."""
    if value is None or value == "":
        return None
    if column.type == "date":
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    if column.type in _SCALE and isinstance(value, int):
        scale = _SCALE[column.type]
        return value if scale == 1 else Decimal(value) / scale
    if column.type == "flag":
        return "是" if value else "否"
    if column.type == "choice":
        return next((one.title for one in column.choices if one.id == value), str(value))
    return str(value)


def printed(value: object, column: Column, *, english: bool = False) -> str:
    """The value as a page or a message prints it, with its unit; — for none."""
    if value is None or value == "":
        return "—"
    if column.type == "choice":
        return next((one.title_en if english else one.title for one in column.choices if one.id == value), str(value))
    if column.type == "flag":
        return ("yes" if value else "no") if english else ("是" if value else "否")
    if column.type == "money" and isinstance(value, int):
        return f"{format_number(Fraction(value, 10**6), 2)} {'ten thousand yuan' if english else '万元'}"
    if column.type == "rate" and isinstance(value, int):
        return f"{format_number(Fraction(value, 100), 2)}%"
    if column.type == "count" and isinstance(value, int):
        return f"{value:,} {column.unit}".strip()
    return str(value)
