"""Which way a node moves when one column grows: sign rules over the tree, and the places where it may turn.

A proof, not a guess: +1 never falls, −1 never rises, 0 does not depend on the column, None is not known. Of a flag, +1 means that once it
holds it holds for every greater value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from yunxing.engines.entitlements.policy import Policy
from yunxing.engines.entitlements.to_scalar import Program, Value
from yunxing.engines.entitlements.tree import Node, Spans, Steps, Type, walk

Way = int | None
_KEEPS = ("step", "rdiv", "add_months", "year_of", "month_of")
_JOINS = ("add", "least", "greatest", "and", "or")
_COMPARES = ("lt", "le", "gt", "ge")


def ways(policy: Policy, column: str) -> dict[str, Way]:
    """For every node of a policy, by key: which way it moves with the column."""
    found: dict[str, Way] = {}
    for node in walk(policy.roots()):
        found[node.key] = _way(node, [found[arg.key] for arg in node.args], column, policy.ranges)
    return found


def together(parts: Iterable[Way]) -> Way:
    """Several that move: one way where all agree.

    >>> together([1, 0, 1]), together([1, -1]), together([0, 0]), together([1, None])
    (1, None, 0, None)
    """
    moving = {part for part in parts if part != 0}
    return 0 if not moving else moving.pop() if len(moving) == 1 else None


def _turned(way: Way) -> Way:
    return None if way is None else -way


def _way(node: Node, inner: list[Way], column: str, ranges: Mapping[str, tuple[int, int]]) -> Way:
    if node.op == "column":
        return 1 if node.value == column else 0
    if all(way == 0 for way in inner):
        return 0
    if node.op in _KEEPS:
        return inner[0]
    if node.op in _JOINS:
        return together(inner)
    if node.op in ("sub", "gt", "ge"):
        return together([inner[0], _turned(inner[1])])
    if node.op in ("days_between", "lt", "le"):
        return together([_turned(inner[0]), inner[1]])
    if node.op == "mul":
        low = [ranges.get(arg.key, (-1, 0))[0] for arg in node.args]
        return together(inner) if min(low) >= 0 else None
    if node.op == "share_of":
        return None if inner[1] or inner[2] else inner[0]
    if node.op in ("band", "series"):
        return _of_table(node.value, inner[0])
    if node.op == "not":
        return _turned(inner[0])
    if node.op == "case":
        return together(inner[1:]) if inner[0] == 0 else None
    return None


def _of_table(table: Steps, way: Way) -> Way:
    if table.until is not None:
        return None
    rises = list(table.results) == sorted(table.results)
    falls = list(table.results) == sorted(table.results, reverse=True)
    return way if rises else _turned(way) if falls else None


def turning_points(policy: Policy, program: Program, row: Mapping[str, Value], column: str) -> list[int]:
    """The values of the column, inside its range, from which on a comparison, a band or a dated value answers otherwise; the ends too."""
    declared = policy.sheet.columns[column]
    if declared.type in (Type.FLAG, Type.CODE, Type.TEXT):
        return list(range(declared.low, declared.high + 1))
    way = ways(policy, column)
    found = {declared.low, declared.high}
    for node in program.nodes:
        for side, mark in _marks(node, way, lambda each: program.run(row)[program.place[each.key]]):
            first = _first(side, way[side.key], mark, (declared.low, declared.high), _reader(program, row, column))
            if first is not None:
                found |= {value for value in (first - 1, first, first + 1) if declared.low <= value <= declared.high}
    return sorted(found)


def _reader(program: Program, row: Mapping[str, Value], column: str) -> Callable[[Node, int], Value]:
    return lambda node, value: program.run({**row, column: value})[program.place[node.key]]


def _marks(node: Node, way: Mapping[str, Way], value: Callable[[Node], Value]) -> list[tuple[Node, int]]:
    """(side, mark): the node may answer otherwise where the side crosses the mark."""
    if node.op in ("band", "series", "listed_value", "is_listed"):
        side = node.args[-1]
        if way[side.key] in (0, None) or side.type is Type.TEXT:
            return []
        table: Steps | Spans = node.value
        if isinstance(table, Steps):
            starts = [*table.starts, *([table.until + 1] if table.until is not None else [])]
        else:
            starts = sorted({day for line in table.lines for start, end, _ in line for day in (start, end + 1)})
        return [(side, start) for start in starts]
    if node.op not in (*_COMPARES, "eq", "ne", "least", "greatest", "share_of"):
        return []
    pairs = [(a, b) for a in node.args for b in node.args if a is not b and way[a.key] not in (0, None) and way[b.key] == 0]
    return [(a, known) for a, b in pairs if (known := value(b)) is not None]


def _first(side: Node, way: Way, mark: int, ends: tuple[int, int], read: Callable[[Node, int], Value]) -> int | None:
    """The least value of the column at which a side that moves one way has crossed the mark."""
    low, high = ends

    def crossed(value: int) -> bool:
        found = read(side, value)
        return found is not None and (found >= mark if way == 1 else found <= mark)

    if crossed(low) or not crossed(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if crossed(middle) else (middle, high)
    return high
