"""The Polars target: the same tree as expressions over int64 columns, one `with_columns` for each level of named steps.

Polars answers unknown otherwise than the law: `min_horizontal` skips nulls and `when(null)` takes the else branch. Both are guarded here.
Division is by int64 `//` on numbers proved non-negative, where every engine agrees.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from yunxing.engines.entitlements.operators import OPERATORS
from yunxing.engines.entitlements.tree import Division, Node, Steps, Type, fen_in_unit, walk
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
