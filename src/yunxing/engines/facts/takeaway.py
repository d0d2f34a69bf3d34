"""A table as it leaves a page: rows with real numbers, and what a stranger must know to read it (design: screens §11, ecosystem §1.9).

The same value becomes a workbook, a few sentences for a chat and a long picture for a phone, so that the three never differ. Cells hold a text, an
exact number, a day or None; an absence is its word (未报, 保密), never 0. Nothing here rounds: a column says how many decimals are printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from yunxing.values.digest import digest
from yunxing.values.quantity import format_number
from yunxing.values.scope import Scope

TEXT_LIMIT = 300
ELLIPSIS = "…"
Kind = Literal["text", "number", "date"]
Value = str | int | Fraction | Decimal | bool | date | datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `unit` stands in the head, `places` are the decimals printed, `note` is its definition, `level` 1–4 who may take it away.

    `editable` marks what may be put back; `key` names the column for that (its title when empty), so that a later change of words breaks nothing.
    """

    title: str
    unit: str = ""
    kind: Kind = "text"
    places: int = 0
    note: str = ""
    level: int = 1
    key: str = ""
    editable: bool = False

    @property
    def head(self) -> str:
        """What stands in the head: 「工业总产值（万元）」."""
        return f"{self.title}（{self.unit}）" if self.unit else self.title

    @property
    def id(self) -> str:
        """The column's name for putting back."""
        return self.key or self.title


SHORT = 40


@dataclass(frozen=True, slots=True)
class Table:
    """What leaves a page. `id` names the kind of table in the journal and when it is put back; `keys` name the rows, one each, where it may be.

    `filters` and `definitions` are pairs of words; `words` are sentences, the most important first; `level` is that of the most sensitive figure in it:
    3 where single enterprises' figures stand in it. `series` are the points of a chart: label and value, None where there is no figure.
    """

    id: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    as_of: str = ""
    source: str = ""
    filters: Sequence[tuple[str, str]] = ()
    definitions: Sequence[tuple[str, str]] = ()
    words: Sequence[str] = ()
    level: int = 2
    keys: Sequence[str] = ()
    series: Sequence[tuple[str, Fraction | None]] = ()
    series_unit: str = ""
    synthetic: bool = False

    def __post_init__(self) -> None:
        if len(self.id) > SHORT or len(self.as_of) > SHORT:  # both are written down beside the paper's code
            raise ValueError(f"table {self.id}: its id or its day ({self.as_of}) is longer than {SHORT} characters; say more in `source`")
        if bad := next((n for n, row in enumerate(self.rows) if len(row) != len(self.columns)), None):
            raise ValueError(f"table {self.id}: row {bad} has {len(self.rows[bad])} cells, expected {len(self.columns)}")
        if self.keys and (len(self.keys) != len(self.rows) or len(set(self.keys)) != len(self.keys)):
            raise ValueError(f"table {self.id}: {len(self.keys)} keys for {len(self.rows)} rows, expected one of its own for each")

    @property
    def can_come_back(self) -> bool:
        """Whether rows are named and something in them may be changed."""
        return bool(self.keys) and any(column.editable for column in self.columns)

    def within(self, scope: Scope) -> Table:
        """The table without the columns that this person's level does not open."""
        kept = [n for n, column in enumerate(self.columns) if scope.sees_level(column.level)]
        if len(kept) == len(self.columns):
            return self
        return replace(self, columns=[self.columns[n] for n in kept], rows=[[row[n] for n in kept] for row in self.rows])


def printed(value: Value, column: Column) -> str:
    """A cell as text: numbers in threes with the column's decimals, 「—」 where there is nothing.

    >>> printed(Fraction(123456, 10), Column("产值", "万元", "number", 1)), printed(None, Column("备注"))
    ('12,345.6', '—')
    """
    if value is None or value == "":
        return "—"
    if isinstance(value, bool) or column.kind != "number" or not isinstance(value, int | Fraction | Decimal):
        return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value.isoformat() if isinstance(value, date) else str(value)
    return format_number(Fraction(value), column.places)


def said(table: Table, limit: int = TEXT_LIMIT) -> str:
    """The table in at most `limit` characters, to be pasted into a chat: title, whole sentences as many as fit, as-of and source always.

    Without sentences of its own the first rows speak for it. A sentence is never cut in two; what does not fit is left out and said to be.
    """
    sentences = list(table.words) or row_sentences(table)
    tail = "".join(
        part
        for part in (
            f"数据截至{table.as_of}。" if table.as_of else "",
            f"来源：{table.source}。" if table.source else "",
            "（合成数据）" if table.synthetic else "",
        )
    )
    left = limit - len(tail) - len(table.title) - 1
    if left < 0:
        return (table.title[: max(0, limit - len(tail) - 2)] + ELLIPSIS + "：" + tail)[:limit]
    kept, dropped = "", False
    for number, sentence in enumerate(sentences):
        room = left - len(kept) - (1 if number + 1 < len(sentences) else 0)  # one character is kept for the mark of what was left out
        if len(sentence) > room:
            dropped = True
            break
        kept += sentence
    return f"{table.title}：{kept}{ELLIPSIS if dropped and left > len(kept) else ''}{tail}"


def row_sentences(table: Table) -> list[str]:
    """A sentence for every row: the first column names it, the others follow with their units."""
    found = []
    for row in table.rows:
        facts = [
            f"{column.title}{printed(value, column)}{column.unit if value is not None and not isinstance(value, str) else ''}"
            for column, value in zip(table.columns[1:], row[1:], strict=True)
        ]
        found.append(f"{printed(row[0], table.columns[0])}{'，'.join(facts)}。" if facts else f"{printed(row[0], table.columns[0])}。")
    return found


def fingerprint(table: Table) -> str:
    """The digest over a table as it is printed: title, heads, every cell, as-of and source. Whoever has the paper can hold it against this."""
    rows = [[printed(value, column) for value, column in zip(row, table.columns, strict=True)] for row in table.rows]
    return digest(
        {
            "title": table.title,
            "head": [column.head for column in table.columns],
            "rows": rows,
            "as_of": table.as_of,
            "source": table.source,
        }
    )
