"""The slow judge of the gate: a rule's own text run on exact values, by a reading of the words written apart from the engine.

Nothing of `yunxing.engines` is used here but the policy's declared columns, parameters and conditions. Values are `Fraction`s, dates, booleans
and texts, None for unknown; there is no tree, no int64, no column of a table, and rounding is done on the exact quotient.
"""

from __future__ import annotations

import ast
import builtins
import calendar
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

EPOCH = date(1970, 1, 1)


def as_date(number: int) -> date:
    return EPOCH + timedelta(days=int(number))


class V:
    """A value of one party, or None; every operation with None is None but the three-valued ones."""

    def __init__(self, value: Any, kind: str = "number") -> None:
        self.value, self.kind = value, kind

    __hash__ = None  # type: ignore[assignment]

    def __add__(self, other: Any) -> V:
        b = raw(other)
        if self.value is None or b is None:
            return V(None)
        return V(self.value + timedelta(days=int(b)) if isinstance(self.value, date) else self.value + b)

    def __radd__(self, other: Any) -> V:
        return self.__add__(other)

    def __sub__(self, other: Any) -> V:
        b = raw(other)
        if self.value is None or b is None:
            return V(None)
        return V(self.value - timedelta(days=int(b)) if isinstance(self.value, date) else self.value - b)

    def __rsub__(self, other: Any) -> V:
        return V(None if self.value is None or other is None else other - self.value)

    def __mul__(self, other: Any) -> V:
        b = raw(other)
        return V(None if self.value is None or b is None else self.value * b)

    __rmul__ = __mul__

    def compared(self, other: Any, holds: Any) -> V:
        b = raw(other)
        return V(None if self.value is None or b is None else holds(self.value, b))

    def __eq__(self, other: object) -> V:  # type: ignore[override]
        return self.compared(other, lambda a, b: a == b)

    def __ne__(self, other: object) -> V:  # type: ignore[override]
        return self.compared(other, lambda a, b: a != b)

    def __lt__(self, other: Any) -> V:
        return self.compared(other, lambda a, b: a < b)

    def __le__(self, other: Any) -> V:
        return self.compared(other, lambda a, b: a <= b)

    def __gt__(self, other: Any) -> V:
        return self.compared(other, lambda a, b: a > b)

    def __ge__(self, other: Any) -> V:
        return self.compared(other, lambda a, b: a >= b)


def raw(value: Any) -> Any:
    return value.value if isinstance(value, V) else value


def rounded(exact: Fraction | None, how: str) -> V:
    if exact is None or exact < 0:
        return V(None)
    unit = 100 if how.endswith("yuan") else 1
    whole, rest = divmod(exact, unit)
    up = rest * 2 >= unit if how.startswith("half_up") else rest > 0 if how.startswith("ceil") else False
    return V(Fraction((whole + up) * unit))


def kleene(values: list[Any], settles: bool) -> V:
    if settles in [bool(one) for one in values if one is not None]:
        return V(settles)
    return V(None if None in values else not settles)


def month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def months_later(day: date, months: int) -> date:
    year, month = divmod(month_number(day) + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class Table:
    """A parameter that is asked for a value: bands, dated values, a list."""

    def __init__(self, parameter: Any) -> None:
        self.parameter = parameter

    def at(self, where: Any) -> V:
        x, table = raw(where), self.parameter.table
        if x is None:
            return V(None)
        number = (x - EPOCH).days if isinstance(x, date) else x
        if table.until is not None and number > table.until:
            return V(None)
        found = [result for start, result in zip(table.starts, table.results, strict=True) if start <= number]
        return V(self.read(found[-1]) if found else None)

    def read(self, result: int) -> Any:
        return as_date(result) if self.parameter.type == "date" else Fraction(result, self.parameter.denominator)

    def line(self, text: Any, on: Any) -> Any:
        """The line of the list that holds for a text on a day; None: no line, `...`: something is unknown."""
        name, listing = raw(text), self.parameter.listing
        if name is None or (on is not None and raw(on) is None):
            return ...
        fits = [one for one in listing.entries if (name == one.key if listing.whole else name.startswith(one.key))]
        longest = max((len(one.key) for one in fits), default=0)
        fits = [one for one in fits if len(one.key) == longest]
        if on is None:
            return fits[0] if fits else None
        day = (raw(on) - EPOCH).days
        return next((one for one in fits if one.starts <= day <= one.ends), None)


def least(*values: Any) -> V:
    found = [raw(one) for one in values]
    return V(None if None in found else min(found))


def greatest(*values: Any) -> V:
    found = [raw(one) for one in values]
    return V(None if None in found else max(found))


def listed_value(text: Any, table: Table, *, on: Any = None) -> V:
    line = table.line(text, on)
    return V(None if line is ... or line is None else line.value)


def is_listed(text: Any, table: Table, *, on: Any = None) -> V:
    line = table.line(text, on)
    return V(None if line is ... else line is not None)


def marginal(value: Any, table: Table, how: str) -> V:
    x = raw(value)
    if x is None:
        return V(None)
    starts, total = table.parameter.table.starts, Fraction(0)
    for i, start in enumerate(starts):
        top = x if i + 1 == len(starts) else min(x, starts[i + 1])
        total += max(Fraction(0), Fraction(top - start)) * table.read(table.parameter.table.results[i])
    return rounded(total, how)


def share_of(amount: Any, part: Any, whole: Any, how: str) -> V:
    a, b, c = raw(amount), raw(part), raw(whole)
    return V(None) if None in (a, b, c) or not 0 <= b <= c or c == 0 or a < 0 else rounded(Fraction(a) * b / c, how)


def two(f: Any, *values: Any) -> V:
    found = [raw(one) for one in values]
    return V(None if None in found else f(*found))


def choose(test: Any, then: Any, otherwise: Any) -> V:
    asked = raw(test)
    return V(None if asked is None else raw(then if asked else otherwise))


WORDS: dict[str, Any] = {
    **{name: name for name in ("half_up_fen", "half_up_yuan", "floor_fen", "floor_yuan", "ceil_fen")},
    "policy": lambda _name: lambda function: function,
    "condition": lambda name, test: (name, raw(test)),
    "step": lambda _name, value: value,
    "grant": lambda *, when, amount=None: SimpleNamespace(when=when, amount=Fraction(0) if amount is None else raw(amount)),
    "least": least,
    "greatest": greatest,
    "between": lambda x, low, high: kleene([raw(V(raw(low)) <= x), raw(x <= high)], settles=False),
    "all_of": lambda *tests: kleene([raw(one) for one in tests], settles=False),
    "any_of": lambda *tests: kleene([raw(one) for one in tests], settles=True),
    "negate": lambda test: two(lambda a: not a, test),
    "is_known": lambda value: V(raw(value) is not None),
    "is_one_of": lambda value, names: two(lambda a: a in names, value),
    "choose": choose,
    "days_between": lambda a, b: two(lambda x, y: Fraction((y - x).days), a, b),
    "rdiv": lambda n, d, how: rounded(None if raw(n) is None else Fraction(raw(n)) / d, how),
    "band": lambda value, table: table.at(value),
    "marginal": marginal,
    "share_of": share_of,
    "what_is_left": lambda limit, used: greatest(0, V(raw(limit)) - used),
    "in_fen": lambda dollars, price: two(lambda a, b: a * b, dollars, price),
    "add_months": lambda day, months: two(lambda a, b: months_later(a, int(b)), day, months),
    "calendar_months": lambda a, b: two(lambda x, y: Fraction(month_number(y) - month_number(x) + 1), a, b),
    "month_of": lambda day: two(lambda a: Fraction(month_number(a)), day),
    "year_of": lambda day: two(lambda a: Fraction(a.year), day),
    "is_listed": is_listed,
    "listed_value": listed_value,
    "how_many": lambda *tests: two(lambda *held: Fraction(sum(held)), *tests),
    "at_least": lambda n, *tests: at_least(n, [raw(one) for one in tests]),
}


def at_least(number: int, held: list[Any]) -> V:
    sure, open_ = held.count(True), held.count(None)
    return V(True if sure >= number else None if sure + open_ >= number else False)


def rule_of(path: Path) -> Any:
    """The rule's function from its file, with the words above in place of the engine's."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [one for one in tree.body if not isinstance(one, ast.ImportFrom)]
    scope: dict[str, Any] = {**WORDS, "__builtins__": vars(builtins)}
    before = set(scope)
    exec(compile(tree, str(path), "exec"), scope)  # the pack's own rule, under other words
    functions = [value for name, value in scope.items() if name not in before and callable(value) and not isinstance(value, type)]
    return functions[-1]


def parameters(policy: Any) -> SimpleNamespace:
    found = {}
    for name, one in policy.sheet.parameters.items():
        if one.table is not None or one.listing is not None:
            found[name] = Table(one)
        elif one.value is None:
            found[name] = V(None)
        else:
            found[name] = V(as_date(int(one.value)) if one.type == "date" else one.value)
    return SimpleNamespace(**found)


def judged(policy: Any, rule: Any, row: dict[str, Any]) -> tuple[str, int | None]:
    """Outcome and amount of one row (fen, dates, booleans, texts, None)."""
    values = {}
    for name, column in policy.sheet.columns.items():
        value = row[name]
        if value is not None and refused(column, value):
            return "refused", None
        steps = column.denominator
        values[name] = V(Fraction(value, steps) if isinstance(value, int) and not isinstance(value, bool) else value)
    for a, b in policy.sheet.row_checks:
        if row[a] is not None and row[b] is not None and row[a] > row[b]:
            return "refused", None
    answer = rule(SimpleNamespace(**values), parameters(policy))
    held = [value for _, value in answer.when]
    if False in held:
        return "no", None
    if None in held or answer.amount is None:
        return "needs_data", None
    assert Fraction(answer.amount).denominator == 1, "a part of a fen"
    return "yes", int(answer.amount)


def refused(column: Any, value: Any) -> bool:
    if column.type == "code":
        return value not in column.options
    if column.type in ("flag", "text"):
        return False
    number = (value - EPOCH).days if isinstance(value, date) else value
    return not column.low <= number <= column.high
