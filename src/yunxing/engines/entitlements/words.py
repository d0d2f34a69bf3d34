"""More of what a rule can say: days by the calendar, dated lists, parts of a whole, brackets, foreign money.

Like `tracing`, every function takes symbols and gives a symbol, and refuses in words what makes no sense.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yunxing.engines.entitlements import tracing
from yunxing.engines.entitlements.policy import Listing
from yunxing.engines.entitlements.tracing import RuleRefused, Symbol, Table
from yunxing.engines.entitlements.tree import Node, Spans, Type
from yunxing.values.money import Rounding

_MOST_MONTHS = 1200


def months_later(day: object, months: object) -> Symbol:
    """The corresponding day so many months later; a month's last day where there is none (31 January, one month on: 28 February)."""
    start, count = tracing.lift(day), tracing.lift(months)
    if start.node.type is not Type.DATE:
        raise RuleRefused(f"add_months takes a date, found {start.node.type}")
    if count.node.op not in ("const", "parameter") or count.node.type not in (Type.MONTHS, Type.COUNT) or count.denominator != 1:
        raise RuleRefused('add_months takes a whole number of months, or a parameter such as "36 个月" or "3 年"')
    number = int(count.node.value)
    if not 0 <= number <= _MOST_MONTHS:
        raise RuleRefused(f"add_months goes 0 to {_MOST_MONTHS} months onward, found {number}; to look back, move the other day onward")
    return Symbol(Node("add_months", Type.DATE, (start.node,), number, count.node.name))


def part_of_date(op: str, day: object) -> Symbol:
    """`year_of`, or `month_of`: months since the year 0, so that a difference of two counts calendar months."""
    symbol = tracing.lift(day)
    if symbol.node.type is not Type.DATE:
        raise RuleRefused(f"{op} takes a date, found {symbol.node.type}")
    return Symbol(Node(op, Type.MONTHS if op == "month_of" else Type.COUNT, (symbol.node,)))


def months_touched(start: object, end: object) -> Symbol:
    """How many calendar months two days touch, both counted: July to December is 6."""
    return part_of_date("month_of", end) - part_of_date("month_of", start) + 1


def listed(value: object, table: object, on: object | None) -> Symbol:
    """Whether the list holds the text, on that day where its lines have days."""
    text, listing, day = _looked_up(value, table, on)
    return Symbol(Node("is_listed", Type.FLAG, _args(text, day), _spans(text, listing, flags=True), listing.id))


def listed_value(value: object, table: object, on: object | None) -> Symbol:
    """What the list says of the text on that day; unknown where it says nothing."""
    text, listing, day = _looked_up(value, table, on)
    if listing.type is Type.FLAG:
        raise RuleRefused(f"the list {listing.id} has no values; ask is_listed(…)")
    node = Node("listed_value", listing.type, _args(text, day), _spans(text, listing, flags=False), listing.id, listing.denominator)
    return Symbol(node, listing.denominator)


def _looked_up(value: object, table: object, on: object | None) -> tuple[Symbol, Listing, Symbol | None]:
    if not isinstance(value, Symbol) or value.node.type is not Type.TEXT:
        raise RuleRefused("a list is asked about a column of type text, such as f.customs_code")
    listing = table.parameter.listing if isinstance(table, Table) else None
    if listing is None:
        raise RuleRefused('a list is a parameter with list = "…", such as p.zero_duty')
    known = set(value.options)
    missing = [entry.key for entry in listing.entries if entry.key not in known]
    if missing:
        raise RuleRefused(
            f"the column {value.node.value} does not name the list {listing.id} in its type, so {missing[0]!r} would never be found"
        )
    dated = any((entry.starts, entry.ends) != (listing.entries[0].starts, listing.entries[0].ends) for entry in listing.entries)
    day = tracing.lift(on) if on is not None else None
    if day is not None and day.node.type is not Type.DATE:
        raise RuleRefused(f"the list {listing.id} is asked for a date, found {day.node.type}")
    if day is None and dated:
        raise RuleRefused(f"the lines of the list {listing.id} hold for different days; say on which day: on=f.…")
    return value, listing, day


def _args(text: Symbol, day: Symbol | None) -> tuple[Node, ...]:
    return (text.node,) if day is None else (text.node, day.node)


def _spans(text: Symbol, listing: Listing, *, flags: bool) -> Spans:
    """For each key of the column, the spans of the list's longest line that the key begins with (or is, where keys are whole)."""
    lines: dict[str, list[tuple[int, int, int]]] = {}
    for entry in listing.entries:
        value = 1 if flags or entry.value is None else int(entry.value * listing.denominator)
        lines.setdefault(entry.key, []).append((entry.starts, entry.ends, value))
    found = []
    for key in text.options:
        held = [key] if listing.whole else [key[:size] for size in range(len(key), 0, -1)]
        found.append(tuple(sorted(next((lines[one] for one in held if one in lines), []))))
    return Spans(tuple(found))


def share_of(amount: object, part: object, whole: object, rounding: Rounding) -> Symbol:
    """Amount × part ÷ whole, exact, rounded as named: 留抵税额 × 进项构成比例. A part above its whole, or a whole of 0, is unknown."""
    base, a, b = tracing.lift(amount), tracing.lift(part), tracing.lift(whole)
    if base.node.type not in (Type.FEN, Type.COUNT) or base.denominator != 1:
        raise RuleRefused(f"share_of takes whole fen or a count, found {base.node.type} over {base.denominator}")
    if a.node.type is not b.node.type or a.node.type not in (Type.FEN, Type.COUNT, Type.DAYS) or (a.denominator, b.denominator) != (1, 1):
        raise RuleRefused(f"share_of: the part is {a.node.type} and the whole is {b.node.type}; both must be whole and alike")
    if not isinstance(rounding, Rounding):
        raise RuleRefused("share_of needs a named rounding, such as floor_fen")
    return Symbol(Node("share_of", base.node.type, (base.node, a.node, b.node), rounding))


def by_brackets(value: object, table: object, rounding: Rounding) -> Symbol:
    """Each part of the amount at the rate of its own band, added up, rounded once (超额累进)."""
    if not isinstance(table, Table) or table.parameter.table_kind != "band" or table.parameter.type is not Type.RATE:
        raise RuleRefused("marginal(value, table) takes a parameter of bands whose values are rates")
    base, parameter = tracing.lift(value), table.parameter
    if base.node.type is not parameter.input_type or parameter.table is None:
        raise RuleRefused(f"{parameter.name} is looked up by {parameter.input_type}, found {base.node.type}")
    starts, total = parameter.table.starts, None
    for i, (start, rate) in enumerate(zip(starts, parameter.table.results, strict=True)):
        low = Symbol(Node("const", base.node.type, value=start))
        top = base if i + 1 == len(starts) else tracing.extreme("least", [base, Symbol(Node("const", base.node.type, value=starts[i + 1]))])
        inside = tracing.extreme("greatest", [0, top - low])
        factor = Symbol(Node("parameter", Type.RATE, (), rate, parameter.name, parameter.denominator), parameter.denominator)
        total = inside * factor if total is None else total + inside * factor
    if total is None:
        raise RuleRefused(f"{parameter.name} has no bands")
    return tracing.divided(total, 1, rounding)


def in_fen(dollars: object, price: object) -> Symbol:
    """US cents at so many yuan for a dollar, as fen still to be divided by `rdiv`."""
    money, rate = tracing.lift(dollars), tracing.lift(price)
    if money.node.type is not Type.USD or rate.node.type is not Type.RATE:
        raise RuleRefused(f"in_fen takes dollars and a price such as 6.4512 元/美元, found {money.node.type} and {rate.node.type}")
    return Symbol(Node("mul", Type.FEN, (money.node, rate.node)), money.denominator * rate.denominator)


def how_many(tests: Sequence[Any]) -> Symbol:
    """How many of the tests hold; unknown when one of them is."""
    if not tests:
        raise RuleRefused("how_many(…) needs a test")
    total = tracing.chosen(tests[0], 1, 0)
    for test in tests[1:]:
        total = total + tracing.chosen(test, 1, 0)
    return total


def at_least(number: int, tests: Sequence[Any]) -> Symbol:
    """Whether at least so many tests hold: settled as soon as the known ones settle it, even beside unknowns."""
    if isinstance(number, bool) or not 0 < number <= len(tests) or len(tests) > 8:
        raise RuleRefused(f"at_least(n, …) asks for 1 to {len(tests)} of at most 8 tests, found {number}")
    from itertools import combinations

    return tracing.logical("or", [tracing.logical("and", chosen) for chosen in combinations(tests, number)])
