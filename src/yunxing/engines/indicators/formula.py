"""Indicators said as a formula over named terms: data of a pack. A term is one exact aggregate of one form's rows; a figure is arithmetic on terms.

    terms   = [{ name = "insured", item = "insured_exports", over = "cumulative", take = "sum" }, …]
    figures = [{ stat = "penetration", formula = "100 * insured / exports", unit = "%", … }]

The arithmetic knows + − × ÷, whole numbers, `min`, `max` and `growth(now, before)`, nothing else. It keeps numerator and denominator apart and unreduced, so that the parts are read
back from a figure. A term that nobody reported makes the figure absent; a division by zero makes it undefined. Ratios are ratios of sums, never means of ratios.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from yunxing.engines.indicators.growth import signed_words
from yunxing.engines.indicators.rows import INT64_MAX, NOT_REPORTED, UNDEFINED
from yunxing.values.errors import BadInput
from yunxing.values.quantity import Comparator, half_up

Over = Literal["month", "cumulative", "days", "last_day", "year", "events"]
Take = Literal["sum", "count", "distinct", "least", "most"]
Read = tuple[str, str]  # an item, and how it is reported
DECIMALS = 9  # a figure whose exact parts are too large for the store is kept to so many decimals
LAST_YEAR = "@last_year"
REGISTRY = "registry."  # `registry.planned_start`: what the registry holds of the row's party
REGISTRY_ITEMS = ("annual_plan", "planned_start", "planned_finish", "min_days", "small")


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on a row: an item against a number in its stored unit, or against another item of the same row. A row without the item does not meet it."""

    item: str
    comparator: Comparator
    value: int = 0
    than: str = ""


def wanted(over: Over) -> str:
    """How an item is read if the form asks for it so."""
    return {"days": "day", "last_day": "day", "events": "event", "year": "month"}.get(over, over)


@dataclass(frozen=True, slots=True)
class Term:
    """One aggregate. `item` is an item of the form, `item@last_year` as restated, or `registry.planned_start`; nothing for a plain count of rows.

    `over`: the month's or the year's figures of each party; every day of the month, or the last one reported; every report of the year so far; every event of the year.
    `take`: Σ, how many rows (or distinct parties) with the item, the least, the most. Only rows that meet every condition of `where`, have every item of `needs`, and belong to
    one of the second keys `detail` when it names some. `times` weighs each row by another item of it. `blank_is_zero` is for an item whose form says that left blank means none.
    `reads` says how each item is reported (`month`, `cumulative`, `day`, `event`): as `over` asks, or in the only way the form asks for it.
    Where somebody reported the item and nobody meets the conditions, a sum and a count are 0; where nobody reported it they are absent.
    """

    name: str
    item: str = ""
    over: Over = "cumulative"
    take: Take = "sum"
    where: tuple[Condition, ...] = ()
    needs: tuple[str, ...] = ()
    detail: tuple[str, ...] = ()
    times: str = ""
    blank_is_zero: bool = False
    reads: Mapping[str, str] = field(default_factory=dict)

    def read(self, item: str) -> Read:
        """The item and how it is reported where the term reads it; what the registry holds is not reported.

        >>> Term("a", "exports", "month").read("exports"), Term("a", "exports", "days").read("registry.small")
        (('exports', 'month'), ('registry.small', ''))
        """
        if item.startswith(REGISTRY):
            return item, ""
        return item, self.reads.get(item.removesuffix(LAST_YEAR), wanted(self.over))

    @property
    def items(self) -> tuple[str, ...]:
        """Every item the term reads."""
        found = dict.fromkeys((self.item, self.times, *self.needs, *(one.item for one in self.where), *(one.than for one in self.where)))
        return tuple(name for name in found if name)


@dataclass(frozen=True, slots=True)
class Figure:
    """One stat of the indicator: its formula over the terms, its unit, and what it is called."""

    stat: str
    formula: str
    unit: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Ratio:
    """An exact value as unreduced parts; `den` is positive."""

    num: int
    den: int = 1

    @classmethod
    def of(cls, num: int, den: int) -> Ratio:
        """The parts with the sign in the numerator."""
        return cls(-num, -den) if den < 0 else cls(num, den)

    @property
    def value(self) -> Fraction:
        """Reduced."""
        return Fraction(self.num, self.den)

    def fitted(self) -> tuple[Ratio, bool]:
        """Parts that fit the store's int64, and whether the value is still exact: reduced if need be, else half up to nine decimals, or as many as there is room for."""
        if abs(self.num) <= INT64_MAX and self.den <= INT64_MAX:
            return self, True
        exact = self.value
        if abs(exact.numerator) <= INT64_MAX and exact.denominator <= INT64_MAX:
            return Ratio(exact.numerator, exact.denominator), True
        scale = next((10**places for places in range(DECIMALS, 0, -1) if abs(exact) * 10**places < INT64_MAX), 1)
        return Ratio(half_up(exact * scale), scale), False


@dataclass(frozen=True, slots=True)
class Lost:
    """Why a formula has no value."""

    absence: str
    reason: str


class _Undefined(Exception):
    def __init__(self, lost: Lost) -> None:
        super().__init__(lost.reason)
        self.lost = lost


@lru_cache(maxsize=512)
def parse(formula: str) -> ast.expr:
    """The formula as a tree. BadInput for anything but the arithmetic named above."""
    try:
        tree = ast.parse(formula, mode="eval").body
    except SyntaxError as error:
        raise BadInput(
            f"the formula “{formula}” cannot be read at character {error.offset}; write for example 100 * insured / exports"
        ) from error
    for node in ast.walk(tree):
        if not _allowed(node):
            raise BadInput(
                f"the formula “{formula}” holds {ast.unparse(node) if isinstance(node, ast.expr) else type(node).__name__}; "
                "it may hold names of terms, whole numbers, + - * / ( ), min, max and growth(now, before)"
            )
    return tree


_CALLS = {"min": 2, "max": 2, "growth": 2}


def _allowed(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=value):
            return isinstance(value, int) and not isinstance(value, bool)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return len(args) == _CALLS.get(name, -1)
        case ast.BinOp() | ast.Name() | ast.UnaryOp(op=ast.USub()):
            return True
        case ast.operator():
            return isinstance(node, ast.Add | ast.Sub | ast.Mult | ast.Div)
        case ast.USub() | ast.Load():
            return True
    return False


def names(formula: str) -> set[str]:
    """The terms a formula uses."""
    return set(_names(parse(formula)))


def _names(node: ast.expr) -> Iterator[str]:
    calls = {id(one.func) for one in ast.walk(node) if isinstance(one, ast.Call)}
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and id(one) not in calls:
            yield one.id


def evaluate(formula: str, terms: Mapping[str, int | None]) -> Ratio | Lost:
    """The exact value, or why there is none.

    >>> evaluate("100 * insured / exports", {"insured": 30, "exports": 120})
    Ratio(num=3000, den=120)
    >>> evaluate("100 * insured / exports", {"insured": 30, "exports": 0}).reason
    '分母为零'
    """
    try:
        return _value(parse(formula), terms)
    except _Undefined as lost:
        return lost.lost


def _value(node: ast.expr, terms: Mapping[str, int | None]) -> Ratio:
    match node:
        case ast.Constant(value=int() as number):
            return Ratio(number)
        case ast.Name(id=name):
            found = terms[name]
            if found is None:
                raise _Undefined(Lost(NOT_REPORTED, "没有报送"))
            return Ratio(int(found))
        case ast.UnaryOp(operand=operand):
            inner = _value(operand, terms)
            return Ratio(-inner.num, inner.den)
        case ast.Call(func=ast.Name(id=name), args=[first, second]):
            return _called(name, _value(first, terms), _value(second, terms))
        case ast.BinOp(left=left, op=op, right=right):
            return _combined(op, _value(left, terms), _value(right, terms))
    raise AssertionError(ast.dump(node))  # parse has let nothing else through


def _called(name: str, a: Ratio, b: Ratio) -> Ratio:
    if name == "growth":
        words = signed_words(a.value, b.value)
        if words is not None:
            raise _Undefined(Lost(UNDEFINED, "上年同期数为零，不计算增速" if words == "—" else words))
        return _combined(ast.Div(), _combined(ast.Mult(), Ratio(100), _combined(ast.Sub(), a, b)), b)
    less, more = (a, b) if a.value <= b.value else (b, a)
    return less if name == "min" else more


def _combined(op: ast.operator, a: Ratio, b: Ratio) -> Ratio:
    match op:
        case ast.Mult():
            return Ratio(a.num * b.num, a.den * b.den)
        case ast.Div():
            if b.num == 0:
                raise _Undefined(Lost(UNDEFINED, "分母为零"))
            return Ratio.of(a.num * b.den, a.den * b.num)
    sign = 1 if isinstance(op, ast.Add) else -1
    if a.den == b.den:
        return Ratio(a.num + sign * b.num, a.den)
    return Ratio(a.num * b.den + sign * b.num * a.den, a.den * b.den)


def filled(formula: str, terms: Mapping[str, str]) -> str:
    """The formula with the numbers put in, as a reader writes it.

    >>> filled("100 * (a - b) / b", {"a": "110", "b": "100"})
    '100 × (110 − 100) ÷ 100'
    """

    class _Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.Name:
            return ast.Name(f"ǀ{node.id}ǀ") if node.id in terms else node

    text = ast.unparse(_Fill().visit(ast.parse(formula, mode="eval").body))
    for name in sorted(terms, key=len, reverse=True):
        text = text.replace(f"ǀ{name}ǀ", terms[name])
    return text.replace(" * ", " × ").replace(" / ", " ÷ ").replace(" - ", " − ")
