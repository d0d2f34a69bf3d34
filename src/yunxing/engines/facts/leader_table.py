"""The leader's own blank table: which of its columns and rows are which of the request's, guessed by their words, confirmed by a person, and remembered.

Rows and columns are known by what stands in the head and in front of the row, never by their place, so that next month's copy with a row more is still known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from yunxing.engines.facts.cells import fold
from yunxing.engines.facts.sheet import Book, Sheet
from yunxing.engines.facts.units import convertible, unit_of
from yunxing.values.digest import digest

SEARCHED_ROWS, SEARCHED_COLUMNS = 15, 40
_BRACKETS = re.compile(r"[(\[【](.*?)[)\]】]")
_PLAIN = re.compile(r"[\s.,，、;；:：()\[\]【】“”\"'·/\-—–%％]")
_IDLE = re.compile(r"(省|市|县|区|有限责任公司|股份有限公司|有限公司|经济技术开发区|经济开发区|开发区)$")
GROWTH = re.compile(r"增幅|增速|增长|同比|±|增减")
TOTALS = frozenset({"合计", "总计", "全市", "全市合计", "总和"})


@dataclass(frozen=True, slots=True)
class Laid:
    """Which sheet; which of its columns (by index) shows which column of the request, which row which row; from which row on the body stands.

    `head` is the last head row. `units` are the units said in the heads, where they can be understood.
    """

    sheet: str
    head: int
    label: int
    columns: Mapping[int, str]
    rows: Mapping[int, str]
    units: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Offered:
    """A column or row of the request as it may be called: its id, its names, its unit."""

    id: str
    names: tuple[str, ...]
    unit: str = ""


def plain(text: object) -> str:
    """Words without spaces, brackets' signs and punctuation, in half width.

    >>> plain("工业总产值（亿元）· 累计")
    '工业总产值亿元累计'
    """
    return _PLAIN.sub("", fold(text))  # type: ignore[arg-type]


def likeness(said: str, name: str) -> Fraction:
    """How much of two names is the same, 0 to 1: shared pairs of characters (Dice); 1 when one says exactly the other."""
    a, b = plain(_BRACKETS.sub("", fold(said))), plain(_BRACKETS.sub("", fold(name)))
    if not a or not b:
        return Fraction(0)
    if a == b:
        return Fraction(1)
    pairs_a, pairs_b = {a[n : n + 2] for n in range(len(a) - 1)} or {a}, {b[n : n + 2] for n in range(len(b) - 1)} or {b}
    shared = Fraction(2 * len(pairs_a & pairs_b), len(pairs_a) + len(pairs_b))
    return max(shared, Fraction(9, 10)) if a in b and len(a) > 2 and len(a) * 2 > len(b) else shared


def same_place(said: str, name: str) -> bool:
    """Whether a row's label names the row: equal, or equal without 县, 区, 市 and the like at its end, also with numbering before it.

    >>> same_place("1. 某某县", "某某县"), same_place("某某", "某某县"), same_place("某某东", "某某县")
    (True, True, False)
    """
    a = re.sub(r"^[\d一二三四五六七八九十]+", "", plain(said))
    b = plain(name)
    return bool(a) and (a == b or (len(_IDLE.sub("", b)) > 1 and _IDLE.sub("", a) == _IDLE.sub("", b)))


def guess(book: Book, columns: Sequence[Offered], rows: Sequence[Offered]) -> Laid | None:
    """The best laying of the request on the workbook; None when no sheet has a column of the rows' names.

    A column of the request is given to at most one column of the sheet, the likest first, and not below one half.
    """
    best: tuple[int, Laid] | None = None
    for sheet in book.sheets:
        if sheet.hidden:
            continue
        found = _guess_sheet(sheet, columns, rows)
        if found and (best is None or len(found.rows) + len(found.columns) > best[0]):
            best = len(found.rows) + len(found.columns), found
    return best[1] if best else None


def _guess_sheet(sheet: Sheet, columns: Sequence[Offered], rows: Sequence[Offered]) -> Laid | None:
    labels = [(column, _rows_named(sheet, column, rows)) for column in range(min(SEARCHED_COLUMNS, max(map(len, sheet.rows), default=0)))]
    label, named = max(labels, key=lambda pair: (len(pair[1]), -pair[0]), default=(0, {}))
    if not named:
        return None
    head = min(named) - 1
    texts = head_texts(sheet, head)
    scored = sorted(
        (
            (score(text, one), place, one.id)
            for place, text in texts.items()
            if place > label
            for one in columns
            if score(text, one) >= Fraction(1, 2)
        ),
        key=lambda each: (-each[0], each[1], each[2]),
    )
    taken: dict[int, str] = {}
    for _score, place, id_ in scored:
        if place not in taken and id_ not in taken.values():
            taken[place] = id_
    for place in sorted(texts):  # 「增幅」 alone means the growth of what stands at its left
        beside = max((one for one in taken if one < place), default=None)
        if place not in taken and place > label and GROWTH.search(fold(texts[place])) and beside is not None:
            wanted = growth_of(taken[beside])
            if wanted in {one.id for one in columns} and wanted not in taken.values():
                taken[place] = wanted
    units = {place: unit for place, text in texts.items() if (unit := said_unit(text))}
    return Laid(sheet.name, head, label, dict(sorted(taken.items())), dict(sorted(named.items())), units)


def growth_of(column: str) -> str:
    """The growth that belongs to a column, by its id.

    >>> growth_of("enterprise_month.output.value.cumulative")
    'enterprise_month.output.yoy.cumulative'
    """
    parts = column.split(".")
    return ".".join([*parts[:2], "yoy", *parts[3:]])


def score(text: str, one: Offered) -> Fraction:
    """How well a head names a column: its likest name; a unit of another dimension speaks against it."""
    found = max((likeness(text, name) for name in one.names), default=Fraction(0))
    unit = said_unit(text)
    return found / 2 if unit and one.unit and convertible(unit, one.unit) is None and unit != one.unit else found


def _rows_named(sheet: Sheet, column: int, rows: Sequence[Offered]) -> dict[int, str]:
    found: dict[int, str] = {}
    for number in range(len(sheet.rows)):
        said = fold(sheet.cell(number, column))
        if not said:
            continue
        hit = next((one.id for one in rows if any(same_place(said, name) for name in one.names)), None)
        if hit is None and plain(said) in TOTALS and any(one.id == "total" for one in rows):
            hit = "total"
        if hit is not None and hit not in found.values():
            found[number] = hit
    return found


def head_texts(sheet: Sheet, head: int) -> dict[int, str]:
    """The words above each column, from the rows between the title and the body; a merged head counts for every column under it."""
    texts: dict[int, str] = {}
    covered = {(r, c): (r1, c1) for r1, c1, r2, c2 in sheet.merges for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)}
    wide = {row for row, cells in enumerate(sheet.rows[: head + 1]) if sum(value is not None for value in cells) <= 1}
    for column in range(min(SEARCHED_COLUMNS, max(map(len, sheet.rows), default=0))):
        parts: list[str] = []
        for row in range(max(0, head - 3), head + 1):
            if row in wide and (row, column) not in covered:
                continue
            source = covered.get((row, column), (row, column))
            if source[0] in wide and source[0] < head:
                continue  # the title of the whole table
            word = fold(sheet.cell(*source))
            if word and word not in parts:
                parts.append(word)
        if parts:
            texts[column] = "".join(parts)
    return texts


def said_unit(text: str) -> str:
    """The unit that a head names in brackets; empty when it names none that is known.

    >>> said_unit("产值（亿元）"), said_unit("产值")
    ('亿元', '')
    """
    for inner in _BRACKETS.findall(fold(text)):
        name = inner.strip().removeprefix("单位").lstrip(":：")
        if name == "%" or unit_of(name) is not None:
            return str(name)
    return ""


def signature(book: Book) -> str:
    """What a blank table looks like, whatever is filled in: the digest over the words of its visible sheets. The same form next month has the same one.

    Numbers, and months and years inside words, are left out.
    """
    words = [
        [sheet.name, [[re.sub(r"\d+", "#", fold(value)) if isinstance(value, str) else "" for value in row] for row in sheet.rows]]
        for sheet in book.sheets
        if not sheet.hidden
    ]
    return digest(words)


def in_unit(value: Fraction, have: str, wanted: str) -> Fraction:
    """A value printed in one unit as a number in another of the same dimension; itself where either is unknown.

    >>> in_unit(Fraction(25000), "万元", "亿元")
    Fraction(5, 2)
    """
    if not wanted or wanted == have:
        return value
    a, b = unit_of(have), unit_of(wanted)
    return value * a.per / b.per if a and b and a.dimension == b.dimension else value
