"""One cell to one stored value: full-width digits, thousands marks, spaces, a unit written in the cell; exact to the stored unit.

A number is kept in the item's stored unit, rounded half-up once. A cell that says why there is no figure (—, 不适用, 未报, 保密) is an absence, never zero.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from yunxing.engines.facts.form import Item
from yunxing.engines.facts.problems import Words
from yunxing.engines.facts.sheet import CellValue
from yunxing.engines.facts.units import Unit, convertible, unit_of
from yunxing.values.errors import BadInput
from yunxing.values.period import day_number, day_of
from yunxing.values.quantity import format_number, half_up, parse_number

_SPREADSHEET_EPOCH = date(1899, 12, 30)
_ABSENT = {
    "—": "not_applicable",
    "——": "not_applicable",
    "-": "not_applicable",
    "/": "not_applicable",
    "不适用": "not_applicable",
    "无": "not_applicable",
}
_ABSENT |= {"未报": "not_reported", "缺报": "not_reported", "保密": "suppressed", "未到期": "not_due"}
_NUMBER_AND_UNIT = re.compile(r"([+\-−]?[\d,.OoIl〇]+)\s*(\D.*)?")
_DATE = re.compile(r"(\d{4})[年\-/.](\d{1,2})[月\-/.](\d{1,2})日?(\s+0{1,2}:00(:00)?)?")
_FLAGS = {"是": 1, "√": 1, "✓": 1, "1": 1, "有": 1, "否": 0, "×": 0, "0": 0, "没有": 0}
_LOOKALIKE = {"O": "0", "o": "0", "〇": "0", "l": "1", "I": "1"}
LARGEST = 2**62


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says: a stored value, words or an absence; all None for an empty cell."""

    value: int | None = None
    words: str | None = None
    absence: str | None = None


@dataclass(frozen=True, slots=True)
class Misread:
    """Why a cell cannot be read: the rule broken, what would be good, why."""

    rule: str
    expected: Words
    why: Words = ("", "")


EMPTY = Cell()


def fold(value: CellValue) -> str:
    """The text of a cell in one form: half-width, no spaces around, None as nothing."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unicodedata.normalize("NFKC", str(value)).strip()


def read_cell(value: CellValue, item: Item, unit: Unit | None) -> Cell | Misread:
    """The stored value of a cell whose head says `unit` (None for items without one)."""
    if value is None:
        return EMPTY
    if unit is not None and type(value) in (float, int):
        return _number(value, item, unit)  # type: ignore[arg-type]
    text = fold(value)
    if not text:
        return EMPTY
    if text in _ABSENT and item.type != "text":
        return Cell(absence=_ABSENT[text])
    if item.type == "text":
        return Cell(words=text)
    if item.type == "choice":
        return _choice(text, item)
    if item.type == "date":
        return _date(value, text, item)
    if item.type == "flag":
        return Cell(value=_FLAGS[text]) if text in _FLAGS else Misread("bad_value", ("“是”或“否”", "是 or 否"))
    assert unit is not None  # every numeric item has one; packs.forms refuses the rest
    if isinstance(value, bool | date | datetime):
        return Misread("bad_value", good(item), ("单元格是日期或逻辑值", "the cell holds a date or a logical value"))
    return _written(text, item, unit)


def good(item: Item) -> Words:
    """What a good cell of the item looks like."""
    example = item.examples[0] if item.examples else ""
    if item.type == "choice":
        return ("、".join(option.title for option in item.options) + "之一", "one of " + ", ".join(option.title for option in item.options))
    if item.type == "date":
        return (f"日期，如 {example}", f"a date such as {example}")
    unit = f"（{item.unit}）" if item.unit else ""
    return (f"数字{unit}，如 {example}", f"a number{unit} such as {example}")


def printed(stored: int, item: Item) -> str:
    """A stored value in the item's printed unit, for messages."""
    if item.type == "date":
        return day_of(stored).isoformat()
    if item.type == "choice":
        return item.options[stored].title if 0 <= stored < len(item.options) else str(stored)
    unit = convertible(item.unit, item.unit)
    if unit is None:
        return str(stored)
    return shown(Fraction(stored, unit.per), item.unit)


def shown(value: Fraction, unit: str) -> str:
    """A number as a person would write it: at most six decimals, no idle zeros."""
    text = format_number(value, 6)
    return f"{text.rstrip('0').rstrip('.')} {unit}".strip()


def _number(value: float, item: Item, unit: Unit) -> Cell | Misread:
    if isinstance(value, float) and not math.isfinite(value):
        return Misread("bad_value", good(item))
    scaled = value * unit.per
    nearest = round(scaled)
    # a double times a power of ten is within one part in 2^52 of the decimal that was typed; farther off, more decimals were typed
    if abs(scaled - nearest) > 1e-6 or abs(nearest) > 2**50:
        nearest = half_up(Fraction(repr(value)) * unit.per)
    if item.type == "count" and abs(value - round(value)) > 1e-9 and unit.per == 1:
        return Misread("not_whole", good(item))
    if abs(nearest) >= LARGEST:
        return Misread("too_large", good(item))
    return Cell(value=nearest)


def _written(text: str, item: Item, unit: Unit) -> Cell | Misread:
    found = _NUMBER_AND_UNIT.fullmatch(text)
    if found is None:
        return Misread("bad_value", good(item))
    digits, named = found[1], (found[2] or "").strip()
    if named:
        own = convertible(named, item.unit)
        if own is None and unit_of(named) is None:
            return Misread("bad_value", good(item))
        if own is None:
            return Misread("wrong_unit", good(item), (f"“{named}”不能换算为{item.unit}", f"“{named}” cannot be converted to {item.unit}"))
        unit = own
    try:
        exact = parse_number(digits) * unit.per
    except BadInput:
        return Misread("bad_value", good(item), _lookalike(digits))
    if item.type == "count" and exact.denominator != 1:
        return Misread("not_whole", good(item))
    stored = half_up(exact)
    return Misread("too_large", good(item)) if abs(stored) >= LARGEST else Cell(value=stored)


def _lookalike(text: str) -> Words:
    for letter, digit in _LOOKALIKE.items():
        if letter in text:
            return (f"含字符 {letter}，应为数字 {digit}", f"it holds {letter} where the digit {digit} should stand")
    return ("千分位逗号位置不对", "its thousands marks do not stand in threes") if "," in text else ("", "")


def _choice(text: str, item: Item) -> Cell | Misread:
    for index, option in enumerate(item.options):
        if text in (option.title, option.id, option.title_en):
            return Cell(value=index)
    return Misread("bad_value", good(item))


def read_date(value: CellValue) -> date | None:
    """The day of a cell: a date, `2022-09-30`, `2022年9月30日`, `2022/9/30`, `20220930`, or a spreadsheet's day number; None otherwise."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float | int) and not isinstance(value, bool) and 30000 <= value <= 80000:
        return _SPREADSHEET_EPOCH + timedelta(days=int(value))
    text = fold(value)
    if re.fullmatch(r"(19|20)\d{6}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _date(value: CellValue, text: str, item: Item) -> Cell | Misread:
    day = read_date(value if not isinstance(value, str) else text)
    return Misread("bad_value", good(item)) if day is None else Cell(value=day_number(day))
