"""The scalar target: one party, plain Python integers, every node evaluated once.

Unknown is None. `and` and `or` are Kleene's; arithmetic, comparison, `least` and `greatest` of an unknown are unknown; `case` on an unknown
test is unknown, never the else branch; `is_known` alone may ask.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping

from yunxing.engines.entitlements.tree import Division, Node, Spans, Steps, walk
from yunxing.values.money import Rounding
from yunxing.values.period import day_number, day_of

Value = int | None
Values = list[Value]
Evaluate = Callable[[Values, Mapping[str, Value]], Value]
Build = Callable[[Node, list[int]], Evaluate]


class Program:
    """Trees compiled to a list of small functions; `run` gives the value of every node, `place` says where a node's value stands."""

    def __init__(self, roots: Iterable[Node]) -> None:
        self.nodes = list(walk(roots))
        self.place = {node.key: at for at, node in enumerate(self.nodes)}
        self._steps = [_compile(node, [self.place[arg.key] for arg in node.args]) for node in self.nodes]

    def run(self, row: Mapping[str, Value]) -> Values:
        """The value of every node for one row of column values."""
        out: Values = []
        append = out.append
        for step in self._steps:
            append(step(out, row))
        return out


def _compile(node: Node, at: list[int]) -> Evaluate:
    special = _LEAVES.get(node.op) or _CHOICES.get(node.op)
    if special is not None:
        return special(node, at)
    if len(at) == 2 and node.op in _TWO:
        return _two(_TWO[node.op], *at)
    if node.op in _MANY:
        return _many(_MANY[node.op], at)
    raise NotImplementedError(f"the node kind {node.op!r} has no scalar form")


def _two(operate: Callable[[int, int], int], left: int, right: int) -> Evaluate:
    def evaluate(out: Values, _row: Mapping[str, Value]) -> Value:
        a, b = out[left], out[right]
        return None if a is None or b is None else operate(a, b)

    return evaluate


def _many(combine: Callable[[list[int]], int], at: list[int]) -> Evaluate:
    def evaluate(out: Values, _row: Mapping[str, Value]) -> Value:
        values = [out[place] for place in at]
        known = [value for value in values if value is not None]
        return combine(known) if len(known) == len(values) else None

    return evaluate


def _column(node: Node, _at: list[int]) -> Evaluate:
    name = node.value
    return lambda _out, row: row.get(name)


def _constant(node: Node, _at: list[int]) -> Evaluate:
    value = node.value
    return lambda _out, _row: value


def _awaited(_node: Node, _at: list[int]) -> Evaluate:
    return lambda _out, _row: None


def _step(_node: Node, at: list[int]) -> Evaluate:
    (place,) = at
    return lambda out, _row: out[place]


def _rdiv(node: Node, at: list[int]) -> Evaluate:
    (place,) = at
    division: Division = node.value

    def evaluate(out: Values, _row: Mapping[str, Value]) -> Value:
        n = out[place]
        # below zero only where no amount is looked at (see proofs): a condition or a row check has failed there
        return None if n is None or n < 0 else division.rounding(n, division.whole)

    return evaluate


def _table(node: Node, at: list[int]) -> Evaluate:
    (place,) = at
    table: Steps = node.value

    def evaluate(out: Values, _row: Mapping[str, Value]) -> Value:
        x = out[place]
        return None if x is None else table.at(x)

    return evaluate


def _in_set(node: Node, at: list[int]) -> Evaluate:
    (place,) = at
    members = frozenset(node.value)

    def evaluate(out: Values, _row: Mapping[str, Value]) -> Value:
        x = out[place]
        return None if x is None else x in members

    return evaluate


def _is_known(_node: Node, at: list[int]) -> Evaluate:
    (place,) = at
    return lambda out, _row: out[place] is not None


def _not(_node: Node, at: list[int]) -> Evaluate:
    (place,) = at

    def evaluate(out: Values, _row: Mapping[str, Value]) -> Value:
        x = out[place]
        return None if x is None else not x

    return evaluate


def _kleene(settles: bool) -> Build:  # False settles `and`, True settles `or`
    def build(_node: Node, at: list[int]) -> Evaluate:
        def evaluate(out: Values, _row: Mapping[str, Value]) -> Value:
            unknown = False
            for place in at:
                value = out[place]
                if value is None:
                    unknown = True
                elif bool(value) is settles:
                    return settles
            return None if unknown else not settles

        return evaluate

    return build


def _case(_node: Node, at: list[int]) -> Evaluate:
    test, then, otherwise = at

    def evaluate(out: Values, _row: Mapping[str, Value]) -> Value:
        asked = out[test]
        return None if asked is None else out[then if asked else otherwise]

    return evaluate


def _share_of(node: Node, at: list[int]) -> Evaluate:
    base, part, whole = at
    rounding: Rounding = node.value

    def evaluate(out: Values, _row: Mapping[str, Value]) -> Value:
        a, b, c = out[base], out[part], out[whole]
        if a is None or b is None or c is None or not 0 <= b <= c or c == 0 or a < 0:
            return None
        return rounding(a * b, c)

    return evaluate


def months_on(day: int, months: int) -> int:
    """The corresponding day so many months later, the month's last where it has none.

    >>> from datetime import date
    >>> day_of(months_on(day_number(date(2024, 1, 31)), 1)).isoformat(), day_of(months_on(day_number(date(2024, 2, 29)), 12)).isoformat()
    ('2024-02-29', '2025-02-28')
    """
    start = day_of(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return day_number(start.replace(year=year, month=month + 1, day=min(start.day, last)))


def _calendar(operate: Callable[[int], int]) -> Build:
    def build(_node: Node, at: list[int]) -> Evaluate:
        (place,) = at

        def evaluate(out: Values, _row: Mapping[str, Value]) -> Value:
            day = out[place]
            return None if day is None else operate(day)

        return evaluate

    return build


def _add_months(node: Node, at: list[int]) -> Evaluate:
    return _calendar(lambda day: months_on(day, node.value))(node, at)


def _month_of(day: int) -> int:
    whole = day_of(day)
    return whole.year * 12 + whole.month - 1


def _listed(node: Node, at: list[int]) -> Evaluate:
    spans: Spans = node.value
    flag = node.op == "is_listed"
    first = [line[0][2] if line else None for line in spans.lines]

    def evaluate(out: Values, _row: Mapping[str, Value]) -> Value:
        asked = [out[place] for place in at]
        place = asked[0]
        if place is None or asked[-1] is None:
            return None
        found = spans.at(place, asked[1] or 0) if len(asked) == 2 else first[place] if 0 <= place < len(first) else None
        return found is not None if flag else found

    return evaluate


_LEAVES: dict[str, Build] = {"column": _column, "const": _constant, "parameter": _constant, "awaited": _awaited, "step": _step}
_CHOICES: dict[str, Build] = {
    "rdiv": _rdiv,
    "band": _table,
    "series": _table,
    "in_set": _in_set,
    "is_known": _is_known,
    "not": _not,
    "and": _kleene(settles=False),
    "or": _kleene(settles=True),
    "case": _case,
    "share_of": _share_of,
    "add_months": _add_months,
    "year_of": _calendar(lambda day: day_of(day).year),
    "month_of": _calendar(_month_of),
    "is_listed": _listed,
    "listed_value": _listed,
}
_TWO: dict[str, Callable[[int, int], int]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "days_between": lambda a, b: b - a,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}
_MANY: dict[str, Callable[[list[int]], int]] = {"least": min, "greatest": max}
