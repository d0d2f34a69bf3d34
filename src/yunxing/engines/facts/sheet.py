"""Workbooks as plain values: what `io.books` reads and writes, and what layouts build and match. Rows and columns count from 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

CellValue = str | int | float | Decimal | bool | date | datetime | None
Merge = tuple[int, int, int, int]  # first row, first column, last row, last column, all included


@dataclass(frozen=True, slots=True)
class Rule:
    """What a column's cells should hold: `whole`, `decimal` or `date` between the bounds (None: open). Typing something else asks, it does not forbid:
    a cell may say why there is no figure.
    """

    kind: Literal["whole", "decimal", "date"]
    low: Decimal | date | None
    high: Decimal | date | None
    says: str


@dataclass(slots=True)
class Sheet:
    """One sheet. `choices` maps a column to its drop-down, `formats` a column to its number format, `rules` to what it should hold; all from row `body` on.

    `locked` columns of the body cannot be typed over (without a password: against slips, not against people), `grey` ones are there to look at.
    """

    name: str
    rows: list[list[CellValue]]
    merges: list[Merge] = field(default_factory=list)
    comments: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: bool = False
    head: tuple[int, int] = (0, 0)  # first and last head row
    body: int = 0
    widths: Mapping[int, int] = field(default_factory=dict)
    choices: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    formats: Mapping[int, str] = field(default_factory=dict)
    rules: Mapping[int, Rule] = field(default_factory=dict)
    locked: frozenset[int] = frozenset()
    grey: frozenset[int] = frozenset()

    def cell(self, row: int, column: int) -> CellValue:
        """The cell, None outside the sheet."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return None


@dataclass(slots=True)
class Book:
    """One workbook. `name` is the file's name for messages, `digest` that of its bytes (empty for a built one), `kind` xlsx, xls, ods or csv."""

    sheets: list[Sheet]
    name: str = ""
    digest: str = ""
    kind: str = "xlsx"
    has_drawings: bool = False


def address(row: int, column: int) -> str:
    """The address a spreadsheet shows.

    >>> address(0, 0), address(11, 27)
    ('A1', 'AB12')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
