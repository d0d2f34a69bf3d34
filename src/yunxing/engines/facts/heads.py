"""Find a sheet's head and say which column holds what: any order, merged groups, units in the head, words of many counties.

A column is known by the item's title in its head and the words about the period beside it («本月», «1—9月累计», «上年同期»). What is not fully
understood is no column of the form: it is named and ignored, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from yunxing.engines.facts.cells import fold
from yunxing.engines.facts.form import Column, Form
from yunxing.engines.facts.layout import CAUSE_TITLE, DAY_TITLE
from yunxing.engines.facts.sheet import Sheet
from yunxing.engines.facts.units import Unit, unit_of

SEARCHED = 40  # a head stands within the first rows
DEEPEST = 4
_CODES = {
    "enterprise": ("统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码"),
    "project": ("项目编号", "项目编码", "项目代码"),
    "site": ("场所编号", "场所代码", "场所编码"),
    "unit": ("单位编号", "单位代码"),
    "bank": ("银行编号", "银行代码", "机构编码"),
    "cluster": ("集群编号", "集群代码"),
}
_NAMES = {"单位名称", "企业名称", "项目名称", "场所名称", "详细名称", "单位详细名称", "电厂名称", "港口名称", "名称"}
_DAYS = {DAY_TITLE, "日", "填报日期", "数据日期"}
_CAUSES = (CAUSE_TITLE, "原因说明", "原因", "说明", "备注")
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_NUMBERING = re.compile(r"^([一二三四五六七八九十]+|\d+)[、.．)]")
_WORD = r"上年|去年|上一年|本年|今年|同期|同月|本月|当月|本期|本日|当日|累计|自年初|年初至今|1-本月|1-\d{1,2}月|\d{1,2}月|实际|完成|数|值|额|止|末|其中"
_WORDS = re.compile(rf"(?:{_WORD})*")
_CUMULATIVE = re.compile(r"累计|年初|1-(本|\d{1,2})月")
_SINGLE = re.compile(r"本月|当月|同月|本期|本日|当日")
_MONTHS = re.compile(r"(?:1-)?(\d{1,2})月")


@dataclass(frozen=True, slots=True)
class HeadColumn:
    """A column of the sheet that is a column of the form; `unit` as printed in its head, None when none is printed or it is unknown."""

    index: int
    column: Column
    unit: Unit | None
    printed: str
    month: int | None


@dataclass(frozen=True, slots=True)
class Head:
    """What the head says: where the keys stand, the columns of the form, the columns that mean nothing to it, the first body row."""

    party: int
    name: int | None
    day: int | None
    cause: int | None
    columns: tuple[HeadColumn, ...]
    extras: tuple[tuple[int, str], ...]
    first: int
    body: int
    detail: int | None = None


def find_head(sheet: Sheet, form: Form, *, first_of_year: bool) -> Head | None:
    """The head of the sheet; None when the form's code column is not found."""
    place = _find_code(sheet, _CODES[form.subject])
    if place is None:
        return None
    top, bottom = _extent(sheet, *place, form)
    texts = _column_texts(sheet, top, bottom)
    known = form.columns(first_of_year=first_of_year)
    party, name, day, detail = place[1], None, None, None
    second = head_text(form.detail.title) if form.detail is not None else ""
    columns: list[HeadColumn] = []
    extras: list[tuple[int, str]] = []
    asides: list[tuple[int, str]] = []
    for index, text in enumerate(texts):
        plain, unit, printed = _unit_in(text)
        if index == party or not text:
            continue
        if second and detail is None and plain == second:
            detail = index
        elif name is None and plain in _NAMES:
            name = index
        elif day is None and form.cycle == "day" and plain in _DAYS:
            day = index
        elif plain in _CAUSES:
            asides.append((index, plain))
        else:
            match, month = classify(plain, known)
            if match is None:
                extras.append((index, text))
            else:
                columns.append(HeadColumn(index, match, unit, printed, month))
    # a county's own 备注 may stand beside the form's 情况说明; the form's is the cause
    cause = next((index for title in _CAUSES for index, plain in asides if plain == title), None)
    extras.extend(aside for aside in asides if aside[0] != cause)
    return Head(party, name, day, cause, tuple(columns), tuple(extras), top, bottom + 1, detail)


def classify(text: str, known: Sequence[Column]) -> tuple[Column | None, int | None]:
    """The form's column a head text means, and the month it names (None when it names none); None when it is not fully understood.

    The longest title wins, so that 外贸货物吞吐量 is never taken for 货物吞吐量.
    """
    text = _NUMBERING.sub("", text)
    titles = sorted({column.item.title for column in known}, key=len, reverse=True)
    title = next((title for title in titles if fold(title) in text), None)
    if title is None:
        return None, None
    rest = re.sub(r"[、,.:;|_]", "", text.replace(fold(title), "", 1)).strip("-")
    if _WORDS.fullmatch(rest) is None:
        return None, None
    found = _MONTHS.search(rest)
    month = int(found[1]) if found else None
    own = [column for column in known if column.item.title == title]
    role = "last_year_restated" if re.search(r"上年|去年|上一年|同期|同月", rest) else "value"
    own = [column for column in own if column.role == role]
    if _CUMULATIVE.search(rest):
        own = [column for column in own if column.as_reported == "cumulative"]
    elif _SINGLE.search(rest) or (month is not None and role == "value"):
        own = [column for column in own if column.as_reported != "cumulative"]
    elif len(own) > 1:  # «上年同期» beside both kinds is said of the cumulative figure
        own = [column for column in own if column.as_reported == "cumulative"] if role != "value" else []
    return (own[0], month) if len(own) == 1 else (None, month)


def head_text(value: object) -> str:
    """A head cell in one form: half-width, no blanks, every dash as `-`."""
    return _head_text(fold(value))  # type: ignore[arg-type]


@lru_cache(maxsize=8192)
def _head_text(text: str) -> str:
    """The same few hundred heads and titles come in every workbook."""
    return re.sub(r"[—–―~～至−]+", "-", re.sub(r"\s+", "", text))


def _find_code(sheet: Sheet, codes: Sequence[str]) -> tuple[int, int] | None:
    for row in range(min(SEARCHED, len(sheet.rows))):
        for column, value in enumerate(sheet.rows[row]):
            if type(value) is str and _BRACKETS.sub("", head_text(value)) in codes:
                return row, column
    return None


def _extent(sheet: Sheet, row: int, column: int, form: Form) -> tuple[int, int]:
    """First and last row of the head: what its merges span; without merges, down to the first row that has a code."""
    top = bottom = row
    for r1, c1, r2, c2 in sheet.merges:
        if r1 <= row <= r2 and c1 <= column <= c2:
            top, bottom = r1, r2
    if bottom == row:
        below = (r for r in range(row + 1, min(row + DEEPEST, len(sheet.rows))) if fold(sheet.cell(r, column)))
        bottom = next(below, row + 1) - 1
    titles = [fold(item.title) for item in form.items]
    if top and any(
        any(title in head_text(value) for title in titles) for value in sheet.rows[top - 1] if isinstance(value, str) and len(value) < 40
    ):
        top -= 1
    return top, bottom


def _column_texts(sheet: Sheet, top: int, bottom: int) -> list[str]:
    width = max(len(row) for row in sheet.rows[top : bottom + 1])
    grid = [[head_text(sheet.cell(row, column)) for column in range(width)] for row in range(top, bottom + 1)]
    merged = False
    for r1, c1, r2, c2 in sheet.merges:
        if top <= r1 <= bottom:
            merged = True
            for column in range(c1, min(c2, width - 1) + 1):
                grid[r1 - top][column] = grid[r1 - top][c1]
                for row in range(r1 + 1, min(r2, bottom) + 1):
                    grid[row - top][column] = ""
    if not merged:
        _spread(grid)
    return ["".join(row[column] for row in grid) for column in range(width)]


def _spread(grid: list[list[str]]) -> None:
    """Without merges (CSV, ODS) a group's words stand in its first column only: carry them right over columns that have words below."""
    for depth, row in enumerate(grid[:-1]):
        for column in range(1, len(row)):
            below = any(lower[column] for lower in grid[depth + 1 :])
            if not row[column] and row[column - 1] and below and any(lower[column - 1] for lower in grid[depth + 1 :]):
                row[column] = row[column - 1]


def _unit_in(text: str) -> tuple[str, Unit | None, str]:
    """The text without its brackets, and the unit that stood in them, known or not."""
    unit, printed = None, ""
    for inside in _BRACKETS.findall(text):
        said = inside.removeprefix("单位:").removeprefix("计量单位:")
        if unit_of(said) is not None:
            unit, printed = unit_of(said), said
        elif not printed:
            printed = said
    return _BRACKETS.sub("", text), unit, printed
