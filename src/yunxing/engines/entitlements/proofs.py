"""Proofs over a rule's tree, from the declared ranges of its columns: no int64 overflow anywhere, and only non-negative numbers are divided.

Interval arithmetic, widest case. What the conditions and the row checks promise is used for one thing: `days_between(a, b)` is not negative
where `a <= b` is promised. Polars and NumPy wrap silently above 2^63 − 1, so a range one step too wide must be refused here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yunxing.engines.entitlements.policy import Column, Sheet
from yunxing.engines.entitlements.tracing import Grant, RuleRefused
from yunxing.engines.entitlements.tree import LIMB, Division, Node, Spans, Steps, Type, fen_in_unit, walk
from yunxing.values.period import day_of

INT64_MAX = 2**63 - 1

Range = tuple[int, int]
Ranges = dict[str, Range]


def prove(sheet: Sheet, grant: Grant) -> Ranges:
    """The range of every node. Errors: `RuleRefused` naming policy, node, the value it could reach and what to narrow."""
    columns = {name: Node("column", column.type, value=name).key for name, column in sheet.columns.items()}
    promised = {(columns[a], columns[b]) for a, b in sheet.row_checks}
    ranges: Ranges = {}
    for condition in grant.conditions:
        _cover(sheet, condition.node, promised, ranges)
    # the amount is looked at only where every condition holds
    promised |= {pair for condition in grant.conditions for pair in _orders(condition.node)}
    # what was computed without the promises may be narrower with them; conditions keep their own ranges
    of_amount: Ranges = {}
    _cover(sheet, grant.amount, promised, of_amount)
    low, _ = of_amount[grant.amount.key]
    if low < 0:
        raise RuleRefused(f"policy {sheet.id}: the amount could be {low} fen; an entitlement is never negative, use greatest(0, …)")
    return {**ranges, **of_amount}


def _orders(node: Node) -> Iterable[tuple[str, str]]:
    """The pairs a <= b that hold wherever this condition holds."""
    if node.op in ("le", "lt", "eq"):
        yield node.args[0].key, node.args[1].key
    if node.op in ("ge", "gt", "eq"):
        yield node.args[1].key, node.args[0].key
    if node.op == "and":
        for arg in node.args:
            yield from _orders(arg)


def _cover(sheet: Sheet, root: Node, promised: set[tuple[str, str]], ranges: Ranges) -> None:
    for node in walk([root]):
        if node.key in ranges:
            continue
        low, high = _range(node, ranges, sheet.columns, promised)
        _check_division(sheet, node, ranges)
        if low < -INT64_MAX or high > INT64_MAX:
            worst = high if high > INT64_MAX else low
            raise RuleRefused(
                f"policy {sheet.id}: {describe(node)} could reach {worst}, beyond 2^63-1; narrow the range of {_columns(node)} "
                "or divide by rdiv earlier",
            )
        ranges[node.key] = (low, high)


def _check_division(sheet: Sheet, node: Node, ranges: Mapping[str, Range]) -> None:
    if node.op == "share_of":
        _check_share(sheet, node, [ranges[arg.key] for arg in node.args])
    if node.op != "rdiv":
        return
    division: Division = node.value
    low, _ = ranges[node.args[0].key]
    if low < 0:
        raise RuleRefused(
            f"policy {sheet.id}: {describe(node)} could divide {low}; a negative number divides differently in each engine, "
            "so promise the order (a condition or a row check such as start <= end) or use greatest(0, …)",
        )
    if 2 * division.whole * fen_in_unit(division.rounding) > INT64_MAX:
        raise RuleRefused(f"policy {sheet.id}: {describe(node)} divides by {division.whole}, too large to round exactly")


def _check_share(sheet: Sheet, node: Node, inner: list[Range]) -> None:
    """The long division of `share_of` takes three limbs of 20 bits: no digit, remainder or product may leave int64."""
    (low, high), (part_low, _), (_, whole_high) = inner
    if low < 0 or part_low < 0:
        raise RuleRefused(f"policy {sheet.id}: {describe(node)} could divide {min(low, part_low)}; use greatest(0, …)")
    if high >= 2 ** (3 * LIMB) or whole_high >= 2 ** (62 - LIMB):
        raise RuleRefused(
            f"policy {sheet.id}: {describe(node)} takes an amount below 2^{3 * LIMB} and a whole below 2^{62 - LIMB}; "
            f"narrow the range of {_columns(node)}"
        )


def _range(node: Node, ranges: Mapping[str, Range], columns: Mapping[str, Column], promised: set[tuple[str, str]]) -> Range:
    if node.type is Type.FLAG:
        return (0, 1)
    inner = [ranges[arg.key] for arg in node.args]
    match node.op:
        case "column":
            column = columns[node.value]
            return (column.low, column.high)
        case "const" | "parameter":
            return (int(node.value), int(node.value))
        case "awaited":
            return (0, 0)
        case "add":
            return (inner[0][0] + inner[1][0], inner[0][1] + inner[1][1])
        case "sub":
            return (inner[0][0] - inner[1][1], inner[0][1] - inner[1][0])
        case "mul":
            corners = [a * b for a in inner[0] for b in inner[1]]
            return (min(corners), max(corners))
        case "rdiv":
            return _quotient(node.value, inner[0])
        case "least":
            return (min(low for low, _ in inner), min(high for _, high in inner))
        case "greatest":
            return (max(low for low, _ in inner), max(high for _, high in inner))
        case "days_between":
            return _days(node, inner, promised)
        case "case":
            return (min(inner[1][0], inner[2][0]), max(inner[1][1], inner[2][1]))
        case "band" | "series":
            table: Steps = node.value
            return (min(table.results), max(table.results))
        case "step":
            return inner[0]
        case "listed_value":
            return _listed(node.value)
        case "add_months":
            return (inner[0][0] + 28 * node.value, inner[0][1] + 31 * node.value)
        case "year_of" | "month_of":
            factor = 1 if node.op == "year_of" else 12
            return ((day_of(inner[0][0]).year - 1) * factor, (day_of(inner[0][1]).year + 1) * factor)
        case "share_of":
            return (0, max(inner[0][1], 0))
    raise RuleRefused(f"the node kind {node.op!r} has no proof")  # a new kind must be given one


def _listed(spans: Spans) -> Range:
    values = [value for line in spans.lines for _, _, value in line] or [0]
    return (min(values), max(values))


def _quotient(division: Division, numerator: Range) -> Range:
    unit = fen_in_unit(division.rounding)
    low, high = numerator
    return (low // division.whole // unit * unit, (high // division.whole // unit + 1) * unit)


def _days(node: Node, inner: list[Range], promised: set[tuple[str, str]]) -> Range:
    start, end = node.args
    low, high = inner[1][0] - inner[0][1], inner[1][1] - inner[0][0]
    ends = end.args if end.op == "least" else (end,)
    in_order = all((start.key, one.key) in promised for one in ends)
    return (max(low, 0), max(high, 0)) if in_order else (low, high)


def describe(node: Node) -> str:
    """A node in the author's words, for a message: `loan_principal × days`."""
    signs = {"add": " + ", "sub": " − ", "mul": " × ", "eq": " = ", "ne": " ≠ ", "lt": " < ", "le": " ≤ ", "gt": " > ", "ge": " ≥ "}
    if node.op in ("column", "const"):
        return str(node.name or node.value)
    if node.op in ("parameter", "awaited", "step"):
        return node.name
    if node.op in signs:
        return signs[node.op].join(describe(arg) for arg in node.args)
    if node.op == "rdiv":
        return f"({describe(node.args[0])}) ÷ {node.value.whole}"
    if node.op in ("band", "series", "listed_value", "is_listed"):
        return f"{node.name} at {describe(node.args[0])}"
    return f"{node.op}({', '.join(describe(arg) for arg in node.args)})"


def _columns(node: Node) -> str:
    names = [str(each.value) for each in walk([node]) if each.op == "column"]
    return ", ".join(dict.fromkeys(names)) or "its parameters"
