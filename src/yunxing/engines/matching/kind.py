"""A kind of matching as a value: the columns of both sides, the hard conditions that a pair must meet, and the parts of its score. Packs write them as data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

import polars as pl

from yunxing.engines.matching.market import MOST_QUOTA, Side, Ties
from yunxing.values.errors import BadInput, Fault
from yunxing.values.money import format_money, parse_money
from yunxing.values.quantity import format_number, parse_number

Type = Literal["text", "list", "money", "count", "rate", "flag", "day"]
Test = Literal["equal", "in", "holds", "meets", "at_most", "at_least", "yes", "shared", "near", "covers", "more", "less"]
For = Literal["both", "need", "offer"]
WHOLE = ("money", "count", "rate", "day")
YES = {"是": True, "有": True, "yes": True, "true": True, "1": True, "否": False, "无": False, "no": False, "false": False, "0": False}
SPLIT = re.compile(r"[、;；|]")
EPOCH = date(1970, 1, 1)
COMMON = ("id", "party", "name", "unit", "quota", "prefer", "refuse")
JOINING = ("equal", "in", "holds", "meets")
MOST_FEN = 10**15


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a side beside the common ones. `unit` is what is printed (万元 for money, the counted thing for a count)."""

    id: str
    title: str
    title_en: str
    type: Type
    unit: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Hard:
    """A condition that a pair must meet; `expected` marks what the clause leaves to another paper. An absent value does not meet it, unless `absent` passes."""

    id: str
    title: str
    title_en: str
    test: Test
    need: str
    offer: str
    source: str
    expected: bool = False
    any: str = ""
    absent: Literal["fails", "passes"] = "fails"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the score: full points when the test holds, a share of them for the graded tests; `of` says whose liking it is."""

    id: str
    title: str
    title_en: str
    test: Test
    need: str
    offer: str
    points: int
    source: str
    of: For = "both"
    expected: bool = False
    any: str = ""
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `paired_once` means that a need and an offer meet at most once; otherwise a pair may hold several units of both quotas."""

    id: str
    title: str
    title_en: str
    clause: str
    owner: str
    need_title: str
    need_title_en: str
    offer_title: str
    offer_title_en: str
    unit: str
    proposer: Side
    ties: Ties
    keep: int
    paired_once: bool
    needs: tuple[Column, ...]
    offers: tuple[Column, ...]
    hard: tuple[Hard, ...]
    parts: tuple[Part, ...]
    consent: bool = False
    indifferent: tuple[Side, ...] = ()
    refusals: tuple[tuple[str, str, str], ...] = ()
    steps: tuple[tuple[str, str, str], ...] = ()
    answer_days: int = 0

    def columns(self, side: Side) -> dict[str, Column]:
        """A side's columns by id, the common `unit` among them, in the order of its table."""
        own = self.needs if side == "need" else self.offers
        return {"unit": Column("unit", "单位", "Unit", "text"), **{one.id: one for one in own}}

    @property
    def full(self) -> int:
        """The points of a pair that fits in everything."""
        return sum(one.points for one in self.parts)


def cell(column: Column, given: Any) -> Any:
    """A cell as it is kept: whole numbers (fen, 0.01 %, days since 1970), lists of text, booleans, text; None for nothing. BadInput for what is none of it."""
    if given is None or given in ("", []):
        return None
    if column.type == "list":
        parts = [str(one) for one in given] if isinstance(given, list | tuple) else SPLIT.split(str(given))
        return sorted({one.strip() for one in parts if one.strip()}) or None
    text = str(given).strip()
    if not text:
        return None
    if column.type == "text":
        return text
    if column.type == "flag":
        if text.lower() not in YES:
            raise BadInput(f"{text!r}, expected 是 or 否")
        return YES[text.lower()]
    if column.type == "day":
        return (date.fromisoformat(text) - EPOCH).days
    return _number(column, text)


def _number(column: Column, text: str) -> int:
    if column.type == "money":
        found = parse_money(text if not re.fullmatch(r"[\d.,，]+", text) else text + (column.unit or "元"))
        if not 0 <= found <= MOST_FEN:
            raise BadInput(f"{text!r}, expected an amount from 0")
        return int(found)
    number = parse_number(text.removesuffix("%").removesuffix(column.unit).strip()) * (100 if column.type == "rate" else 1)
    if number.denominator != 1 or not 0 <= number <= MOST_FEN:
        raise BadInput(f"{text!r}, expected a {'percentage of at most two places' if column.type == 'rate' else 'whole number'} from 0")
    return int(number)


def said(column: Column, value: Any, *, absent: str = "—") -> str:
    """A kept cell in words."""
    if value is None:
        return absent
    if column.type == "list":
        return "、".join(value)
    if column.type == "flag":
        return "是" if value else "否"
    if column.type == "money":
        return format_money(value, column.unit or "万元")
    if column.type == "rate":
        return f"{format_number(Fraction(value, 100), 2)}%"
    if column.type == "day":
        return date.fromordinal(EPOCH.toordinal() + value).isoformat()
    return f"{value} {column.unit}".strip() if column.type == "count" else str(value)


def kept_rows(kind: Kind, side: Side, rows: Sequence[Mapping[str, Any]], place: str) -> list[dict[str, Any]]:
    """Rows of texts as they are kept: `id party name unit quota prefer refuse` and the side's columns. Headers may be ids or titles.

    BadInput with every fault of every row: the row, the column, what was found, what is expected.
    """
    columns = kind.columns(side)
    names = {one.title: id_ for id_, one in columns.items()} | {one.title_en: id_ for id_, one in columns.items()} | HEADERS
    found, faults, seen = [], [], set()
    for number, given in enumerate(rows, start=2):
        row = {names.get(str(key).strip(), str(key).strip()): value for key, value in given.items()}
        kept: dict[str, Any] = {"party": str(row.get("party") or ""), "name": str(row.get("name") or row.get("id") or "").strip()}
        kept["id"] = str(row.get("id") or "").strip()
        if not kept["id"] or kept["id"] in seen:
            faults.append(Fault(place, f"line {number}, id", repr(kept["id"]), "an id of its own in every line"))
        seen.add(kept["id"])
        for name in ("prefer", "refuse"):
            kept[name] = _ordered(row.get(name))
        quota = str(row.get("quota") if row.get("quota") is not None else "1").strip() or "1"
        if not quota.isdecimal() or int(quota) > MOST_QUOTA:
            faults.append(Fault(place, f"line {number}, quota", repr(quota), f"a whole number from 0 to {MOST_QUOTA}"))
            quota = "0"
        kept["quota"] = int(quota)
        for id_, column in columns.items():
            try:
                kept[id_] = cell(column, row.get(id_))
            except (BadInput, ValueError) as error:
                faults.append(Fault(place, f"line {number}, {column.title}", str(error).rstrip("."), f"a value of the type {column.type}"))
                kept[id_] = None
            else:
                if kept[id_] is None and column.required:
                    faults.append(Fault(place, f"line {number}, {column.title}", "nothing", "a value: every row of this kind has one"))
        found.append(kept)
    if faults:
        raise BadInput.from_faults(faults[:50])
    return found


HEADERS = {"编号": "id", "名称": "name", "统一社会信用代码": "party", "名额": "quota", "意向": "prefer", "回避": "refuse"}


def _ordered(given: Any) -> list[str]:
    parts = given if isinstance(given, list | tuple) else SPLIT.split(str(given or ""))
    return list(dict.fromkeys(str(one).strip() for one in parts if str(one).strip()))


def frame(kind: Kind, side: Side, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Kept rows as a table; columns that a row lacks are null."""
    types: dict[str, Any] = {
        "id": pl.String,
        "unit": pl.String,
        "quota": pl.Int64,
        "prefer": pl.List(pl.String),
        "refuse": pl.List(pl.String),
    }
    kinds: dict[str, Any] = {"text": pl.String, "list": pl.List(pl.String), "flag": pl.Boolean}
    types |= {id_: kinds.get(one.type, pl.Int64) for id_, one in kind.columns(side).items()}
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in types}, schema=types)
