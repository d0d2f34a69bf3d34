"""The Polars target: the same tree as expressions over int64 columns, one `with_columns` for each level of named steps.

Polars answers unknown otherwise than the law: `min_horizontal` skips nulls and `when(null)` takes the else branch. Both are guarded here.
Division is by int64 `//` on numbers proved non-negative, where every engine agrees.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from yunxing.engines.entitlements.operators import OPERATORS
from yunxing.engines.entitlements.policy import FIRST_DAY, LAST_DAY
from yunxing.engines.entitlements.tree import LIMB, Division, Node, Spans, Steps, Type, fen_in_unit, walk
from yunxing.values.money import Rounding

if TYPE_CHECKING:
    import polars as pl


def step_column(policy: str, node: Node) -> str:
    """The working column of a named step."""
    return f"__{policy}__{node.name}__{node.key[:8]}"


def levels(roots: Iterable[Node]) -> list[list[Node]]:
    """The named steps by depth: a step stands one level above the deepest step it reads."""
    depth: dict[str, int] = {}
    found: dict[int, list[Node]] = {}
    for node in walk(roots):
        inner = max((depth[arg.key] for arg in node.args), default=0)
        depth[node.key] = inner + (node.op == "step")
        if node.op == "step":
            found.setdefault(inner, []).append(node)
    return [found[level] for level in sorted(found)]


def with_steps(frame: pl.LazyFrame, policy: str, roots: Sequence[Node]) -> pl.LazyFrame:
    """The frame with a working column for each named step, level by level."""
    for level in levels(roots):
        frame = frame.with_columns(**{step_column(policy, step): expression(step.args[0], policy) for step in level})
    return frame


def expression(node: Node, policy: str) -> pl.Expr:
    """The node over the frame's columns; named steps are read from their working columns."""
    import polars as pl

    if node.op == "step":
        return pl.col(step_column(policy, node))
    if node.op == "column":
        return pl.col(node.value)
    if node.op in ("const", "parameter"):
        return pl.lit(node.value, dtype=pl.Boolean if node.type is Type.FLAG else pl.Int64)
    if node.op == "awaited":
        return pl.lit(None, dtype=pl.Boolean if node.type is Type.FLAG else pl.Int64)
    return _combine(node, [expression(arg, policy) for arg in node.args])


def _combine(node: Node, args: list[pl.Expr]) -> pl.Expr:
    import polars as pl

    if node.op in OPERATORS:
        alike: pl.Expr = OPERATORS[node.op](node, args)
        return alike
    match node.op:
        case "rdiv":
            return _divide(args[0], node.value)
        case "least":
            return _guarded(args, pl.min_horizontal(*args))
        case "greatest":
            return _guarded(args, pl.max_horizontal(*args))
        case "is_known":
            return args[0].is_not_null()
        case "case":
            return pl.when(args[0]).then(args[1]).when(~args[0]).then(args[2]).otherwise(None)
        case "band" | "series":
            return _look_up(args[0], node.value)
        case "share_of":
            return _share(args, node.value)
        case "add_months":
            return _as_day(args[0]).dt.offset_by(f"{node.value}mo").cast(pl.Int32).cast(pl.Int64)
        case "year_of":
            return _as_day(args[0]).dt.year().cast(pl.Int64)
        case "month_of":
            day = _as_day(args[0])
            return day.dt.year().cast(pl.Int64) * 12 + day.dt.month().cast(pl.Int64) - 1
        case "is_listed" | "listed_value":
            return _listed(args, node.value, flag=node.op == "is_listed")
    raise NotImplementedError(f"the node kind {node.op!r} has no Polars form")


def _guarded(args: list[pl.Expr], value: pl.Expr) -> pl.Expr:
    """Unknown as soon as one of the arguments is."""
    import polars as pl

    return pl.when(pl.all_horizontal(*[arg.is_not_null() for arg in args])).then(value).otherwise(None)


def _divide(n: pl.Expr, division: Division) -> pl.Expr:
    import polars as pl

    unit = fen_in_unit(division.rounding)
    d = division.whole * unit
    q = n // d
    r = n - q * d
    match division.rounding:
        case Rounding.half_up_fen | Rounding.half_up_yuan:
            q = q + (r >= d - r).cast(pl.Int64)
        case Rounding.ceil_fen:
            q = q + (r > 0).cast(pl.Int64)
        case Rounding.floor_fen | Rounding.floor_yuan:
            pass
    return q * unit if unit != 1 else q


def _look_up(x: pl.Expr, table: Steps) -> pl.Expr:
    import polars as pl

    chain: Any = pl.when(x > table.until).then(None) if table.until is not None else pl.when(x.is_null()).then(None)
    for start, result in reversed(list(zip(table.starts, table.results, strict=True))):
        chain = chain.when(x >= start).then(pl.lit(result, dtype=pl.Int64))
    looked_up: pl.Expr = chain.otherwise(None).cast(pl.Int64)
    return looked_up


def _as_day(x: pl.Expr) -> pl.Expr:
    """Days since 1970 as dates; what lies outside any calendar stands in a row that is refused, and only must not stop the others."""
    import polars as pl

    return x.clip(FIRST_DAY, LAST_DAY - 40_000).cast(pl.Int32).cast(pl.Date)


def _share(args: list[pl.Expr], rounding: Rounding) -> pl.Expr:
    """a × b ÷ c by long division in digits of 20 bits: no product leaves int64."""
    import polars as pl

    a, b, c = args
    fits = (a >= 0) & (b >= 0) & (b <= c) & (c > 0)
    whole = pl.when(fits).then(c).otherwise(None)
    quotient, rest = pl.lit(0, dtype=pl.Int64), pl.lit(0, dtype=pl.Int64)
    for shift in (2 * LIMB, LIMB, 0):
        digit = (a // 2**shift) % 2**LIMB if shift < 2 * LIMB else a // 2**shift
        number = rest * 2**LIMB + digit * b
        quotient = quotient * 2**LIMB + number // whole
        rest = number - number // whole * whole
    match rounding:
        case Rounding.half_up_fen:
            return quotient + (rest >= whole - rest).cast(pl.Int64)
        case Rounding.ceil_fen:
            return quotient + (rest > 0).cast(pl.Int64)
        case Rounding.half_up_yuan:
            return (quotient + 50) // 100 * 100
        case Rounding.floor_yuan:
            return quotient // 100 * 100
        case Rounding.floor_fen:
            return quotient


def _listed(args: list[pl.Expr], spans: Spans, *, flag: bool) -> pl.Expr:
    import polars as pl

    place, known = args[0], pl.all_horizontal(*[arg.is_not_null() for arg in args])
    found: pl.Expr = pl.lit(None, dtype=pl.Int64)
    for (start, end), values in spans.by_span():
        here = place.replace_strict(list(values), list(values.values()), default=None, return_dtype=pl.Int64)
        found = pl.coalesce(found, here if len(args) == 1 else pl.when(args[1].is_between(start, end)).then(here).otherwise(None))
    return pl.when(known).then(found.is_not_null() if flag else found).otherwise(None)
