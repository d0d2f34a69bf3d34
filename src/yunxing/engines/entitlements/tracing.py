"""Symbolic columns: a rule function is called once with these, and the calls build the tree.

A symbol has no truth value and is no number: `if`, `and`, `or`, `not`, `in`, `min`, `max`, `a <= x < b`, `/`, `float()` and loops over it are
refused with the name of the function to use instead. Types and units are checked as the tree grows: fen + days, fen × fen and comparing
the codes of two lists are refused. A rational factor stays a numerator with its denominator beside it until `rdiv`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

from yunxing.engines.entitlements.policy import Column, Parameter, Sheet
from yunxing.engines.entitlements.tree import Division, Node, Type
from yunxing.values.errors import BadInput, nearest
from yunxing.values.money import Rounding
from yunxing.values.period import day_number


class RuleRefused(BadInput):
    """A rule that cannot be traced or proved; the message names the policy, the node and what to write instead."""


_PRODUCTS = {
    (Type.FEN, Type.DAYS): Type.FEN_DAYS,
    (Type.FEN, Type.COUNT): Type.FEN,
    (Type.FEN, Type.RATE): Type.FEN,
    (Type.FEN_DAYS, Type.COUNT): Type.FEN_DAYS,
    (Type.FEN_DAYS, Type.RATE): Type.FEN_DAYS,
    (Type.DAYS, Type.COUNT): Type.DAYS,
    (Type.DAYS, Type.RATE): Type.DAYS,
    (Type.COUNT, Type.COUNT): Type.COUNT,
    (Type.COUNT, Type.RATE): Type.COUNT,
    (Type.RATE, Type.RATE): Type.RATE,
    (Type.USD, Type.COUNT): Type.USD,
    (Type.USD, Type.RATE): Type.USD,
}
_NUMBERS = {Type.FEN, Type.COUNT, Type.DAYS, Type.RATE, Type.FEN_DAYS, Type.MONTHS, Type.USD}
_NO_TRUTH = (
    "a column has no truth value while a rule is traced (if, and, or, not, in, min, max and a <= x < b all ask for one); "
    "use choose(test, then, otherwise), all_of(…), any_of(…), negate(…), is_one_of(…), least(…), greatest(…) or between(x, low, high)"
)


class Symbol:
    """A column, a parameter or anything computed from them: a node, the denominator beside it, and a code's list of names."""

    __slots__ = ("denominator", "node", "options")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, node: Node, denominator: int = 1, options: tuple[str, ...] = ()) -> None:
        self.node = node
        self.denominator = denominator
        self.options = options

    # what Python would ask of a number or a container, refused with the right name
    def __bool__(self) -> NoReturn:
        raise RuleRefused(_NO_TRUTH)

    def _no_number(self, *_: object) -> NoReturn:
        raise RuleRefused("a column is not a number while a rule is traced; money is int64 fen and divides only by rdiv(n, d, rounding)")

    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __divmod__ = _no_number
    __float__ = __int__ = __index__ = __round__ = _no_number

    def _no_loop(self, *_: object) -> NoReturn:
        raise RuleRefused("a column is one value of one party; there is no loop over rows, and membership is is_one_of(column, names)")

    __iter__ = __len__ = __contains__ = __getitem__ = _no_loop

    def _no_bits(self, *_: object) -> NoReturn:
        raise RuleRefused("use all_of(…) for and, any_of(…) for or, negate(…) for not")

    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __invert__ = _no_bits

    def __add__(self, other: object) -> Symbol:
        return _sum("add", self, other)

    def __radd__(self, other: object) -> Symbol:
        return _sum("add", other, self)

    def __sub__(self, other: object) -> Symbol:
        return _sum("sub", self, other)

    def __rsub__(self, other: object) -> Symbol:
        return _sum("sub", other, self)

    def __mul__(self, other: object) -> Symbol:
        return _product(self, lift(other))

    __rmul__ = __mul__

    def __eq__(self, other: object) -> Symbol:  # type: ignore[override]
        return compare("eq", self, other)

    def __ne__(self, other: object) -> Symbol:  # type: ignore[override]
        return compare("ne", self, other)

    def __lt__(self, other: object) -> Symbol:
        return compare("lt", self, other)

    def __le__(self, other: object) -> Symbol:
        return compare("le", self, other)

    def __gt__(self, other: object) -> Symbol:
        return compare("gt", self, other)

    def __ge__(self, other: object) -> Symbol:
        return compare("ge", self, other)


def lift(value: object, like: Symbol | None = None) -> Symbol:
    """A constant as a symbol. Zero fits any number, a whole number days and months too; the name of a code fits the column's list; a float is refused."""
    if isinstance(value, Symbol):
        return value
    if isinstance(value, bool):
        return Symbol(Node("const", Type.FLAG, value=value))
    if isinstance(value, int):
        fits = like is not None and like.node.type in ({Type.MONTHS, Type.DAYS} if value else _NUMBERS)
        kind = like.node.type if fits and like is not None else Type.COUNT
        return Symbol(Node("const", kind, value=value))
    if isinstance(value, date):
        return Symbol(Node("const", Type.DATE, value=day_number(value)))
    if isinstance(value, str) and like is not None and like.node.type is Type.CODE:
        if value not in like.options:
            raise RuleRefused(f"{_show(like)}: found the code {value!r}, expected one of {', '.join(like.options)}")
        return Symbol(Node("const", Type.CODE, value=like.options.index(value), name=value), options=like.options)
    if isinstance(value, float):
        raise RuleRefused(f"found the float {value}; write money, rates and counts as parameters of the policy's data file")
    raise RuleRefused(f"found {value!r}, expected a column, a parameter, a step, a whole number or a date")


def _show(symbol: Symbol) -> str:
    node = symbol.node
    return str(node.name or node.value or node.op)


def _pair(left: object, right: object) -> tuple[Symbol, Symbol]:
    a = lift(left, right if isinstance(right, Symbol) else None)
    return a, lift(right, a)


def _even(a: Symbol, b: Symbol) -> tuple[Node, Node, int]:
    """Both numerators over one denominator."""
    if a.denominator == b.denominator:
        return a.node, b.node, a.denominator
    return _times(a.node, b.denominator), _times(b.node, a.denominator), a.denominator * b.denominator


def _times(node: Node, factor: int) -> Node:
    return node if factor == 1 else Node("mul", node.type, (node, Node("const", Type.COUNT, value=factor)))


def _sum(op: str, left: object, right: object) -> Symbol:
    a, b = _pair(left, right)
    if a.node.type is Type.DATE and b.node.type is Type.DAYS and b.denominator == 1:
        return Symbol(Node(op, Type.DATE, (a.node, b.node)))
    if a.node.type is not b.node.type or a.node.type not in _NUMBERS:
        hint = "; the days from one date to another are days_between(start, end)" if Type.DATE in (a.node.type, b.node.type) else ""
        raise RuleRefused(f"{_show(a)} is {a.node.type} and {_show(b)} is {b.node.type}: they cannot be added or subtracted{hint}")
    x, y, denominator = _even(a, b)
    return Symbol(Node(op, a.node.type, (x, y)), denominator)


def _product(a: Symbol, b: Symbol) -> Symbol:
    kind = _PRODUCTS.get((a.node.type, b.node.type)) or _PRODUCTS.get((b.node.type, a.node.type))
    if kind is None:
        raise RuleRefused(f"{_show(a)} is {a.node.type} and {_show(b)} is {b.node.type}: they cannot be multiplied")
    return Symbol(Node("mul", kind, (a.node, b.node)), a.denominator * b.denominator)


def compare(op: str, left: object, right: object) -> Symbol:
    """A comparison of like with like, before any rounding; two rates are compared over one denominator."""
    a, b = _pair(left, right)
    if a.node.type is not b.node.type:
        raise RuleRefused(f"{_show(a)} is {a.node.type} and {_show(b)} is {b.node.type}: they cannot be compared")
    if Type.TEXT in (a.node.type, b.node.type):
        raise RuleRefused(f"{_show(a)} is text: it is looked up in lists only, by is_listed(…) or listed_value(…)")
    if a.node.type is Type.CODE and (a.options != b.options or op not in ("eq", "ne")):
        raise RuleRefused(f"{_show(a)} and {_show(b)}: codes are compared for being equal, and within one list")
    if a.node.type is Type.FLAG and op not in ("eq", "ne"):
        raise RuleRefused(f"{_show(a)} is a flag and has no order")
    x, y, _ = _even(a, b)
    return Symbol(Node(op, Type.FLAG, (x, y)))


def extreme(op: str, values: Sequence[object]) -> Symbol:
    """`least` or `greatest` of like values; unknown when one of them is unknown."""
    if len(values) < 2:
        raise RuleRefused(f"{op}(…) needs at least two values, found {len(values)}")
    model = next((value for value in values if isinstance(value, Symbol)), None)
    symbols = [lift(value, model) for value in values]
    kinds = {symbol.node.type for symbol in symbols}
    if len(kinds) != 1 or kinds & {Type.FLAG, Type.CODE, Type.TEXT}:
        named = ", ".join(f"{_show(symbol)} {symbol.node.type}" for symbol in symbols)
        raise RuleRefused(f"{op}(…) compares like with like, found {named}")
    if any(symbol.denominator != 1 for symbol in symbols):
        raise RuleRefused(f"{op}(…) takes whole values; divide by rdiv(n, d, rounding) first")
    return Symbol(Node(op, symbols[0].node.type, tuple(symbol.node for symbol in symbols)))


def logical(op: str, values: Sequence[object]) -> Symbol:
    """`and`, `or`, `not` in three values: unknown stays unknown unless the others settle it."""
    symbols = [lift(value) for value in values]
    for symbol in symbols:
        if symbol.node.type is not Type.FLAG:
            raise RuleRefused(f"{_show(symbol)} is {symbol.node.type}, expected a condition")
    if len(symbols) == 1 and op != "not":
        return symbols[0]
    return Symbol(Node(op, Type.FLAG, tuple(symbol.node for symbol in symbols)))


def divided(numerator: object, divisor: int, rounding: Rounding) -> Symbol:
    """Numerator over divisor (and over the denominators of its rates), rounded as named."""
    n = lift(numerator)
    if n.node.type not in (Type.FEN, Type.FEN_DAYS, Type.COUNT):
        raise RuleRefused(f"rdiv gives money or a count; found {n.node.type}")
    if isinstance(divisor, bool) or not isinstance(divisor, int) or divisor <= 0:
        raise RuleRefused(f"rdiv divides by a whole number above zero, found {divisor!r}")
    kind = Type.COUNT if n.node.type is Type.COUNT else Type.FEN
    return Symbol(Node("rdiv", kind, (n.node,), Division(divisor * n.denominator, divisor, rounding)))


def difference_in_days(start: object, end: object) -> Symbol:
    """The days from start to end, the first counted, the last not."""
    a, b = _pair(start, end)
    if a.node.type is not Type.DATE or b.node.type is not Type.DATE:
        raise RuleRefused(f"days_between takes two dates, found {a.node.type} and {b.node.type}")
    return Symbol(Node("days_between", Type.DAYS, (a.node, b.node)))


def member(value: Symbol, names: Iterable[str]) -> Symbol:
    """Whether a code is one of the names."""
    places = tuple(sorted(int(lift(name, value).node.value) for name in names))
    if value.node.type is not Type.CODE or not places:
        raise RuleRefused("is_one_of(column, names) takes a code column and at least one name of its list")
    return Symbol(Node("in_set", Type.FLAG, (value.node,), places))


def chosen(test: object, then: object, otherwise: object) -> Symbol:
    """One of two like values by a test; unknown when the test is unknown."""
    condition = logical("and", [test])
    a, b = _pair(then, otherwise)
    if a.node.type is not b.node.type or a.denominator != b.denominator or a.options != b.options:
        raise RuleRefused(f"choose(…): {_show(a)} is {a.node.type} and {_show(b)} is {b.node.type}; both branches must be alike")
    return Symbol(Node("case", a.node.type, (condition.node, a.node, b.node)), a.denominator, a.options)


def known(value: Symbol) -> Symbol:
    """Whether a value is known at all: the only way to ask."""
    return Symbol(Node("is_known", Type.FLAG, (value.node,)))


@dataclass(frozen=True, slots=True)
class Table:
    """A parameter that is a table: a dated series (`.at(date)`) or bands (`band(value, table)`)."""

    parameter: Parameter

    def at(self, where: object) -> Symbol:
        """The value on a day, or in the band of an amount; unknown where the table says nothing."""
        at = lift(where)
        if self.parameter.table_kind == "list":
            raise RuleRefused(f"{self.parameter.name} is a list; ask is_listed(f.…, p.{self.parameter.name}) or listed_value(…)")
        wanted = Type.DATE if self.parameter.table_kind == "series" else self.parameter.input_type
        if at.node.type is not wanted or at.denominator != 1:
            raise RuleRefused(f"{self.parameter.name} is looked up by {wanted}, found {at.node.type}")
        node = Node(
            self.parameter.table_kind,
            self.parameter.type,
            (at.node,),
            self.parameter.table,
            self.parameter.name,
            self.parameter.denominator,
        )
        return Symbol(node, self.parameter.denominator)


class Columns:
    """`f` of a rule: the declared columns by name."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self._columns = columns

    def __getattr__(self, name: str) -> Symbol:
        column = self._columns.get(name)
        if column is None:
            raise RuleRefused(_unknown("column", name, self._columns))
        return Symbol(Node("column", column.type, value=name, denominator=column.denominator), column.denominator, column.options)


class Parameters:
    """`p` of a rule: the parameters of its data file by name."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self._parameters = parameters

    def __getattr__(self, name: str) -> Any:
        parameter = self._parameters.get(name)
        if parameter is None:
            raise RuleRefused(_unknown("parameter", name, self._parameters))
        if parameter.table is not None or parameter.listing is not None:
            return Table(parameter)
        if parameter.value is None:
            return Symbol(Node("awaited", parameter.type, name=name, value=parameter.awaits))
        node = Node("parameter", parameter.type, (), parameter.value.numerator, name, parameter.value.denominator)
        return Symbol(node, parameter.value.denominator)


def _unknown(what: str, name: str, valid: Iterable[str]) -> str:
    names = sorted(valid)
    guess = nearest(name, names)
    return f"unknown {what} {name!r}, expected one of: {', '.join(names)}" + (f"; did you mean {guess!r}?" if guess else "")


@dataclass(frozen=True, slots=True)
class Condition:
    """A named condition of a grant."""

    id: str
    node: Node


@dataclass(frozen=True, slots=True)
class Grant:
    """What a rule gives back: the conditions in the order they are asked, and the amount they open."""

    conditions: tuple[Condition, ...]
    amount: Node


def named_condition(name: str, test: object) -> Condition:
    """A condition with the id under which the data file cites its clause."""
    return Condition(name, logical("and", [test]).node)


def named_step(name: str, value: object) -> Symbol:
    """A value the explanation shows under this name."""
    symbol = lift(value)
    return Symbol(
        Node("step", symbol.node.type, (symbol.node,), name=name, denominator=symbol.denominator), symbol.denominator, symbol.options
    )


def granted(conditions: Sequence[Condition], amount: object = None) -> Grant:
    """The answer of a rule; the amount is whole fen. A right without an amount (an exemption) has none, and holds 0 fen."""
    symbol = lift(amount) if amount is not None else Symbol(Node("const", Type.FEN, value=0))
    if symbol.node.type is not Type.FEN or symbol.denominator != 1:
        rest = "; divide by rdiv(n, d, rounding)" if symbol.denominator != 1 or symbol.node.type is Type.FEN_DAYS else ""
        raise RuleRefused(f"the amount of a grant is fen, found {symbol.node.type} over {symbol.denominator}{rest}")
    return Grant(tuple(conditions), symbol.node)


def trace(sheet: Sheet, rule: Any) -> Grant:
    """Call the rule once with symbols. Errors: `RuleRefused` with the policy's id before the reason."""
    try:
        grant = rule(Columns(sheet.columns), Parameters(sheet.parameters))
    except RuleRefused as refused:
        raise RuleRefused(f"policy {sheet.id}: {refused.message}") from refused
    if not isinstance(grant, Grant):
        raise RuleRefused(f"policy {sheet.id}: the rule gives {type(grant).__name__}, expected grant(when=[…], amount=…)")
    names = [condition.id for condition in grant.conditions]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        raise RuleRefused(f"policy {sheet.id}: " + (f"the condition {twice[0]!r} is given twice" if twice else "a grant needs a condition"))
    missing = [name for name in names if name not in sheet.conditions]
    if missing:
        raise RuleRefused(f"policy {sheet.id}: " + _unknown("condition", missing[0], sheet.conditions) + "; each needs cites and quote")
    return grant
