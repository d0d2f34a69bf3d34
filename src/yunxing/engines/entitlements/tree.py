"""The expression tree of a rule: a closed list of node kinds over integers, with a type and a structural key.

Every value inside is an integer, a flag or unknown: money in fen, a day as days since 1970-01-01, a code as its place in the column's list,
a text of lists (a customs code) as the place of the longest key it begins with, −1 where it begins with none, a rate as a numerator whose
denominator is known when the tree is built. A new kind of node means, in one change, a case in `proofs`,
`to_scalar`, `to_polars` and `explain`, and rows in the gate.

==================  =====================================================================================================
leaves              `column` (value: its name), `const`, `parameter` (name, value), `awaited` (name: a number not yet published)
arithmetic          `add sub mul`, `rdiv` (value: divisor and rounding), `least greatest`, `days_between`
money               `share_of` (a part of a whole of an amount; value: rounding)
days                `add_months` (value: how many), `month_of` (months since the year 0), `year_of`
flags               `eq ne lt le gt ge in_set and or not is_known`, `is_listed` (value: a dated list by place)
choice              `case` (test, then, else), `band` (value: a step table), `series` (value: a dated step table),
                    `listed_value` (value: a dated list by place)
names               `step` (name: what the explanation calls it)
==================  =====================================================================================================
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from yunxing.values.digest import digits
from yunxing.values.money import Rounding

SEMANTICS = 2
"""Counted up when the same tree would give another number; part of every rule set's identity."""

LIMB = 20
"""The bits of a digit in the long division of `share_of`, so that an exact product of two int64 is never formed."""


class Type(StrEnum):
    """What an integer means. `FEN_DAYS` is money times days: it becomes money only through `rdiv`. `USD` is US cents: `in_fen` makes it fen."""

    FEN = "fen"
    COUNT = "count"
    FLAG = "flag"
    CODE = "code"
    DATE = "date"
    DAYS = "days"
    RATE = "rate"
    FEN_DAYS = "fen·days"
    MONTHS = "months"
    TEXT = "text"
    USD = "usd"


def fen_in_unit(rounding: Rounding) -> int:
    """The fen in one unit of a rounded result: 100 where it is rounded to whole yuan."""
    return 100 if rounding in (Rounding.half_up_yuan, Rounding.floor_yuan) else 1


@dataclass(frozen=True, slots=True)
class Steps:
    """A step table: from `starts[i]` on (included) the value is `results[i]`; below the first it is unknown, as it is after `until`."""

    starts: tuple[int, ...]
    results: tuple[int, ...]
    until: int | None = None

    def place(self, x: int) -> int:
        """Which line holds at x; −1 below the first."""
        return bisect_right(self.starts, x) - 1

    def at(self, x: int) -> int | None:
        """The result at x, or None where the table says nothing."""
        place = self.place(x)
        return None if place < 0 or (self.until is not None and x > self.until) else self.results[place]


@dataclass(frozen=True, slots=True)
class Spans:
    """A dated list by place: `lines[place]` are the spans (from, to, value) of that key, both days included; they do not overlap.

    Place −1, a key that the list does not hold, has no spans.
    """

    lines: tuple[tuple[tuple[int, int, int], ...], ...]

    def at(self, place: int, day: int) -> int | None:
        """The value on that day, or None where the list says nothing."""
        if not 0 <= place < len(self.lines):
            return None
        return next((value for start, end, value in self.lines[place] if start <= day <= end), None)

    def by_span(self) -> list[tuple[tuple[int, int], dict[int, int]]]:
        """The places and their values by span of days, so that a batch asks once for each span."""
        found: dict[tuple[int, int], dict[int, int]] = {}
        for place, spans in enumerate(self.lines):
            for start, end, value in spans:
                found.setdefault((start, end), {})[place] = value
        return sorted(found.items())


@dataclass(frozen=True, slots=True)
class Division:
    """The divisor of an `rdiv`: `whole` is what is divided by, `written` the part the author wrote, the rest comes from rates."""

    whole: int
    written: int
    rounding: Rounding


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One node. `key` is its structural identity: equal trees have equal keys, in every process and on every machine."""

    op: str
    type: Type
    args: tuple[Node, ...] = ()
    value: Any = None
    name: str = ""
    denominator: int = 1  # of a rate, for the explanation; arithmetic does not read it
    key: str = field(init=False)

    def __post_init__(self) -> None:
        content = f"{self.op}|{self.type}|{self.value!r}|{self.name}|{self.denominator}|{','.join(arg.key for arg in self.args)}"
        object.__setattr__(self, "key", digits(content.encode())[:24])


def walk(roots: Iterable[Node]) -> Iterator[Node]:
    """Every node once, children before parents, in an order that depends on the tree alone."""
    seen: set[str] = set()
    stack: list[tuple[Node, bool]] = [(root, False) for root in reversed(list(roots))]
    while stack:
        node, ready = stack.pop()
        if node.key in seen:
            continue
        if ready:
            seen.add(node.key)
            yield node
        else:
            stack.append((node, True))
            stack.extend((arg, False) for arg in reversed(node.args))


def columns_read(roots: Iterable[Node]) -> list[str]:
    """The names of the columns the trees read, in the order they are first met."""
    return list(dict.fromkeys(node.value for node in walk(roots) if node.op == "column"))


def canonical(roots: Iterable[Node]) -> list[list[Any]]:
    """The trees as plain lists for hashing and storing; children are given by their place in the list."""
    places: dict[str, int] = {}
    lines: list[list[Any]] = []
    for node in walk(roots):
        places[node.key] = len(lines)
        lines.append([node.op, str(node.type), repr(node.value), node.name, node.denominator, [places[arg.key] for arg in node.args]])
    return lines
