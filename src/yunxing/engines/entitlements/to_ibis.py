"""The Ibis target: the same tree as one flat expression, for DuckDB now and, unchanged, for other engines that Ibis compiles to.

SQL engines answer otherwise than the law in two places, guarded here: `least` skips nulls, and a CASE with an unknown test takes the else
branch. Integer division goes through a double on most of them, so the quotient is taken of an exact multiple, `(x − x mod d) / d`, which is
exact below 2^51; `prove_quotients` holds every division of a policy to that.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from yunxing.engines.entitlements.operators import OPERATORS
from yunxing.engines.entitlements.policy import Column, Policy, Sheet
from yunxing.engines.entitlements.ruleset import regime
from yunxing.engines.entitlements.to_scalar import Program
from yunxing.engines.entitlements.tracing import RuleRefused
from yunxing.engines.entitlements.tree import LIMB, Division, Node, Spans, Steps, Type, fen_in_unit, walk
from yunxing.values.money import Rounding

MOST_QUOTIENT = 2**51


def prove_quotients(policy: Policy) -> None:
    """Every quotient stays below 2^51, where division through a double is exact. Errors: `RuleRefused` naming the division."""
    for node in walk(policy.roots()):
        if node.op == "rdiv":
            high = policy.ranges[node.args[0].key][1] // node.value.whole
            if high >= MOST_QUOTIENT:
                raise RuleRefused(
                    f"policy {policy.id}: a quotient could reach {high}, beyond 2^51; SQL engines would not divide it exactly"
                )


def assessed(table: Any, policy: Policy) -> Any:
    """An Ibis expression over a table of profiles: the columns of `assess` but those that are the same for all rows. Nothing runs here.

    `table` has `party`, `claim`, `as_of` and the policy's columns in the types of a profile (fen int64, dates, booleans, codes as text).
    """
    import ibis

    prove_quotients(policy)
    table, shares = _with_shares(table, policy)
    raw = {name: _value(table, column) for name, column in policy.sheet.columns.items()}
    # SQL engines stop at an overflow: what lies outside its range is refused, and is unknown to the arithmetic
    values = {name: _inside(policy.sheet.columns[name], value) for name, value in raw.items()}
    held = {f"held_{i}": _expression(node, values, shares) for i, (_, node) in enumerate(policy.conditions)}
    first = table.select(
        party=table.party, claim=table.claim, as_of=table.as_of, amount=_expression(policy.amount, values, shares),
        refused=_mask(_refusals(policy.sheet, raw)), **held,
    )  # fmt: skip
    # each level is a select of its own: in one expression the masks would be written out again in everything that reads them
    fine = first.refused == 0
    second = first.mutate(
        failed=ibis.ifelse(fine, _mask([~first[name] for name in held]), 0),
        unknown=ibis.ifelse(fine, _mask([first[name].isnull() for name in held]), 0),
    )
    open_ = (second.refused == 0) & (second.failed == 0) & (second.unknown == 0)
    third = second.mutate(amount_fen=ibis.ifelse(open_, second.amount, ibis.null("int64")))
    outcome = ibis.cases((third.refused != 0, "refused"), (third.failed > 0, "no"), (third.amount_fen.isnull(), "needs_data"), else_="yes")
    return third.select(
        party=third.party,
        claim=third.claim,
        policy=ibis.literal(policy.id),
        regime=ibis.literal(regime(policy)),
        certainty=ibis.literal(policy.sheet.certainty),
        as_of=third.as_of,
        outcome=outcome,
        failed=third.failed.cast("int64"),
        unknown=third.unknown.cast("int64"),
        refused=third.refused.cast("int64"),
        amount_fen=third.amount_fen.cast("int64"),
    )


def _with_shares(table: Any, policy: Policy) -> tuple[Any, dict[str, Any]]:
    """The table with a column for each `share_of`: its long division reads every digit three times, and each level is a select of its own."""
    done: dict[str, str] = {}
    for at, node in enumerate(node for node in walk(policy.roots()) if node.op == "share_of"):
        values = {name: _inside(column, _value(table, column)) for name, column in policy.sheet.columns.items()}
        given = {key: table[name] for key, name in done.items()}
        args = [_expression(arg, values, given) for arg in node.args]
        table, done[node.key] = _share(table, args, node.value, f"__share_{at}")
    return table, {key: table[name] for key, name in done.items()}


def _value(table: Any, column: Column) -> Any:
    """A column as the tree reads it; a column the table lacks is unknown."""
    import ibis

    if column.name not in table.columns:
        return ibis.null("boolean" if column.type is Type.FLAG else "int64")
    raw = table[column.name]
    if column.type is Type.DATE:
        return _day_number(raw)
    if column.type in (Type.CODE, Type.TEXT):
        order = sorted(enumerate(column.options), key=lambda one: -len(one[1]))
        begins = column.type is Type.TEXT and not column.whole
        known = [(raw.substr(0, len(name)) == name if begins else raw == name, place) for place, name in order]
        return ibis.cases((raw.isnull(), ibis.null("int64")), *known, else_=-1).cast("int64")
    return raw if column.type is Type.FLAG else raw.cast("int64")


def _inside(column: Column, value: Any) -> Any:
    import ibis

    return value if column.type is Type.FLAG else ibis.ifelse(value.between(column.low, column.high), value, ibis.null("int64"))


def _refusals(sheet: Sheet, values: Mapping[str, Any]) -> list[Any]:
    outside = [~values[c.name].between(c.low, c.high) for c in sheet.columns.values() if c.type is not Type.FLAG]
    return outside + [values[a] > values[b] for a, b in sheet.row_checks]


def _mask(bits: list[Any]) -> Any:
    import ibis

    total = ibis.literal(0, "int64")  # an unknown bit takes the else branch: not set
    for place, bit in enumerate(bits):
        total = total + ibis.ifelse(bit, ibis.literal(1 << place, "int64"), ibis.literal(0, "int64"))
    return total


def _expression(root: Node, values: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    found: dict[str, Any] = dict(given)
    fixed: dict[str, int | None] = {}
    for node in walk([root]):
        if node.key in given:
            continue
        # what reads no column is worked out here: SQL takes a bare number for int32, and a product of two of them overflows
        if node.op != "column" and all(arg.key in fixed for arg in node.args):
            fixed[node.key] = Program([node]).run({})[-1]
            found[node.key] = _literal(node, fixed[node.key])
        else:
            found[node.key] = _node(node, [found[arg.key] for arg in node.args], values)
    return found[root.key]


def _literal(node: Node, value: int | None) -> Any:
    import ibis

    kind = "boolean" if node.type is Type.FLAG else "int64"
    return ibis.null(kind) if value is None else ibis.literal(bool(value) if kind == "boolean" else value, kind)


def _node(node: Node, args: list[Any], values: Mapping[str, Any]) -> Any:
    import ibis

    if node.op in OPERATORS:
        return OPERATORS[node.op](node, args)
    kind = "boolean" if node.type is Type.FLAG else "int64"
    match node.op:
        case "column":
            return values[node.value]
        case "step":
            return args[0]
        case "rdiv":
            return _divide(args[0], node.value)
        case "least" | "greatest":
            known = reduce(lambda a, b: a & b, [arg.notnull() for arg in args])
            return ibis.ifelse(known, getattr(ibis, node.op)(*args), ibis.null(kind))
        case "is_known":
            return args[0].notnull()
        case "case":
            return ibis.cases((args[0], args[1]), (~args[0], args[2]), else_=ibis.null(kind))
        case "band" | "series":
            return _look_up(args[0], node.value)
        case "add_months":
            return _day_number((_as_day(args[0]) + ibis.interval(months=node.value)).cast("date"))
        case "year_of":
            return _as_day(args[0]).year().cast("int64")
        case "month_of":
            day = _as_day(args[0])
            return day.year().cast("int64") * 12 + day.month().cast("int64") - 1
        case "is_listed" | "listed_value":
            return _listed(args, node.value, flag=node.op == "is_listed")
    raise NotImplementedError(f"the node kind {node.op!r} has no Ibis form")


def _one(holds: Any) -> Any:
    """1 where it holds, else 0: PostgreSQL does not cast a truth value to a number."""
    import ibis

    return ibis.ifelse(holds, ibis.literal(1, "int64"), ibis.literal(0, "int64"))


def _divide(n: Any, division: Division) -> Any:
    unit = fen_in_unit(division.rounding)
    d = division.whole * unit
    rest = n % d
    q = ((n - rest) / d).round().cast("int64")
    match division.rounding:
        case Rounding.half_up_fen | Rounding.half_up_yuan:
            q = q + _one(rest >= d - rest)
        case Rounding.ceil_fen:
            q = q + _one(rest > 0)
        case Rounding.floor_fen | Rounding.floor_yuan:
            pass
    return q * unit if unit != 1 else q


def _look_up(x: Any, table: Steps) -> Any:
    import ibis

    nothing = ibis.null("int64")
    beyond = [(x > table.until, nothing)] if table.until is not None else []
    starts = reversed(list(zip(table.starts, table.results, strict=True)))
    return ibis.cases(*beyond, *((x >= start, ibis.literal(result, "int64")) for start, result in starts), else_=nothing)


def _as_day(x: Any) -> Any:
    import ibis

    return (ibis.date(1970, 1, 1) + x.cast("int32").as_interval("D")).cast("date")


def _day_number(day: Any) -> Any:
    import ibis

    return day.delta(ibis.date(1970, 1, 1), unit="day").cast("int64")


def _share(table: Any, args: list[Any], rounding: Rounding, name: str) -> tuple[Any, str]:
    """a × b ÷ c by long division in digits of 20 bits; each quotient is far below 2^51, where SQL divides exactly."""
    import ibis

    a, b, c = args
    fits = (a >= 0) & (b >= 0) & (b <= c) & (c > 0)
    nothing, zero = ibis.null("int64"), ibis.literal(0, "int64")
    table = table.mutate(
        **{
            f"{name}_a": ibis.ifelse(fits, a, nothing),
            f"{name}_b": ibis.ifelse(fits, b, nothing),
            f"{name}_c": ibis.ifelse(fits, c, nothing),
        },
        **{f"{name}_q": zero, f"{name}_r": zero},
    )
    for shift in (2 * LIMB, LIMB, 0):
        a, b, c = (table[f"{name}_{one}"] for one in "abc")
        above = a - a % 2**shift if shift else a
        digit = above if shift == 2 * LIMB else above % 2 ** (shift + LIMB)
        table = table.mutate(**{f"{name}_n": table[f"{name}_r"] * 2**LIMB + (digit / 2**shift).round().cast("int64") * b})
        n = table[f"{name}_n"]
        whole = table[f"{name}_c"]
        table = table.mutate(
            **{
                f"{name}_q": table[f"{name}_q"] * 2**LIMB + ((n - n % whole) / whole).round().cast("int64"),
                f"{name}_r": n % whole,
            }
        )
    quotient, rest, whole = (table[f"{name}_{one}"] for one in "qrc")
    return table.mutate(**{name: _rounded(quotient, rest, whole, rounding)}), name


def _rounded(quotient: Any, rest: Any, whole: Any, rounding: Rounding) -> Any:
    match rounding:
        case Rounding.half_up_fen:
            return quotient + _one(rest >= whole - rest)
        case Rounding.ceil_fen:
            return quotient + _one(rest > 0)
        case Rounding.half_up_yuan:
            up = quotient + 50
            return up - up % 100
        case Rounding.floor_yuan:
            return quotient - quotient % 100
        case Rounding.floor_fen:
            return quotient


def _listed(args: list[Any], spans: Spans, *, flag: bool) -> Any:
    import ibis

    place, known = args[0], reduce(lambda a, b: a & b, [arg.notnull() for arg in args])
    branches = []
    for (start, end), values in spans.by_span():
        for value in sorted(set(values.values())):
            holds = place.isin([each for each, found in values.items() if found == value])
            branches.append((holds if len(args) == 1 else holds & args[1].between(start, end), ibis.literal(value, "int64")))
    found = ibis.cases(*branches, else_=ibis.null("int64")) if branches else ibis.null("int64")
    return ibis.ifelse(known, found.notnull() if flag else found, ibis.null("boolean" if flag else "int64"))
