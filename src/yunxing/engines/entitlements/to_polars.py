"""The Polars target: the same tree as expressions over int64 columns, one `with_columns` for each level of working columns.

Working columns are the named steps, and whatever would otherwise be written out several times: Polars finds only some of the parts that
expressions share. Polars answers unknown otherwise than the law: `min_horizontal` skips nulls and `when(null)` takes the else branch. Both are
guarded here. Division is by int64 `//` on numbers proved non-negative, where every engine agrees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yunxing.engines.entitlements.operators import OPERATORS
from yunxing.engines.entitlements.policy import FIRST_DAY, LAST_DAY, Policy
from yunxing.engines.entitlements.proofs import INT64_MAX
from yunxing.engines.entitlements.tree import LIMB, Division, Node, Spans, Steps, Type, fen_in_unit, walk
from yunxing.values.money import Rounding

if TYPE_CHECKING:
    import polars as pl

_PAIRWISE = 3  # each pair writes out what stands before it twice
_READS_TWICE = ("band", "series", "case", "is_listed", "listed_value", "share_of")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a policy's trees are laid out: `kept` nodes have a working column; a `roomy` division may add to its dividend and stay in int64."""

    policy: str
    kept: frozenset[str] = frozenset()
    roomy: frozenset[str] = frozenset()

    @classmethod
    def of(cls, policy: Policy) -> Layout:
        """The layout of a policy whose ranges are proved."""
        nodes, in_conditions = list(walk(policy.roots())), {node.key for node in walk(policy.roots()[:-1])}
        # the ranges are those of the amount, which rests on promises that conditions do not have
        roomy = frozenset(
            node.key
            for node in nodes
            if node.op == "rdiv" and node.key not in in_conditions and _has_room(node, policy.ranges.get(node.args[0].key))
        )
        readers = Counter(key for node in nodes for key in {arg.key for arg in node.args})
        readers.update(root.key for root in policy.roots())
        twice = {key for key, number in readers.items() if number > 1}
        for node in nodes:
            if node.op in _READS_TWICE or (node.op == "rdiv" and node.key not in roomy):
                twice |= {arg.key for arg in node.args}
        return cls(policy.id, frozenset(node.key for node in nodes if node.args and node.op != "step" and node.key in twice), roomy)

    def holds(self, node: Node) -> bool:
        """Whether the node has a working column of its own."""
        return node.op == "step" or node.key in self.kept

    def column(self, node: Node) -> str:
        """The name of its working column."""
        return f"__{self.policy}__{node.name}__{node.key[:16]}"


def _has_room(node: Node, dividend: tuple[int, int] | None) -> bool:
    return dividend is not None and dividend[1] + node.value.whole * fen_in_unit(node.value.rounding) <= INT64_MAX


def levels(roots: Iterable[Node], holds: Callable[[Node], bool] = lambda node: node.op == "step") -> list[list[Node]]:
    """The nodes with working columns by depth: one stands a level above the deepest that it reads."""
    depth: dict[str, int] = {}
    found: dict[int, list[Node]] = {}
    for node in walk(roots):
        inner = max((depth[arg.key] for arg in node.args), default=0)
        depth[node.key] = inner + holds(node)
        if holds(node):
            found.setdefault(inner, []).append(node)
    return [found[level] for level in sorted(found)]


def with_steps(frame: pl.LazyFrame, policy: Policy, layout: Layout) -> pl.LazyFrame:
    """The frame with every working column of the policy, level by level."""
    for level in levels(policy.roots(), layout.holds):
        frame = frame.with_columns(**{layout.column(node): _formed(node, layout) for node in level})
    return frame


def expression(node: Node, layout: Layout) -> pl.Expr:
    """The node over the frame's columns; what has a working column is read from there."""
    import polars as pl

    return pl.col(layout.column(node)) if layout.holds(node) else _formed(node, layout)


def _formed(node: Node, layout: Layout) -> pl.Expr:
    import polars as pl

    if node.op == "step":
        return expression(node.args[0], layout)
    if node.op == "column":
        return pl.col(node.value)
    if node.op in ("const", "parameter"):
        return pl.lit(node.value, dtype=pl.Boolean if node.type is Type.FLAG else pl.Int64)
    if node.op == "awaited":
        return pl.lit(None, dtype=pl.Boolean if node.type is Type.FLAG else pl.Int64)
    args = [expression(arg, layout) for arg in node.args]
    if node.op == "rdiv":
        return _divide(args[0], node.value, roomy=node.key in layout.roomy)
    return _combine(node, args)


def _combine(node: Node, args: list[pl.Expr]) -> pl.Expr:
    import polars as pl

    if node.op in OPERATORS:
        alike: pl.Expr = OPERATORS[node.op](node, args)
        return alike
    match node.op:
        case "least" | "greatest":
            return _extreme(node, args)
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


def _extreme(node: Node, args: list[pl.Expr]) -> pl.Expr:
    """Unknown as soon as one of the arguments is. A number that is known clips, and is not asked whether it is unknown."""
    import polars as pl

    known, found = _loose(node, args)
    return pl.when(known).then(found).otherwise(None) if known is not None else found


def _loose(node: Node, args: list[pl.Expr]) -> tuple[pl.Expr | None, pl.Expr]:
    """The least or greatest of what is known, and whether all of it is (None: it says so itself)."""
    import polars as pl

    fixed = [arg.value for arg in node.args if _is_number(arg)]
    others = [expr for arg, expr in zip(node.args, args, strict=True) if not _is_number(arg)]
    if not others:
        return None, pl.lit(min(fixed) if node.op == "least" else max(fixed), dtype=pl.Int64)
    found, known = others[0], None
    if len(others) > _PAIRWISE:
        found = pl.min_horizontal(*others) if node.op == "least" else pl.max_horizontal(*others)
        known = pl.all_horizontal(*[one.is_not_null() for one in others])
    elif len(others) > 1:
        # by pairs it costs a third; the first stays unknown by itself, as an unknown test takes what stands behind `otherwise`
        for one in others[1:]:
            found = pl.when(one <= found if node.op == "least" else one >= found).then(one).otherwise(found)
        known = pl.all_horizontal(*[one.is_not_null() for one in others[1:]])
    if fixed:
        found = found.clip(upper_bound=min(fixed)) if node.op == "least" else found.clip(lower_bound=max(fixed))
    return known, found


def _is_number(node: Node) -> bool:
    return node.op in ("const", "parameter") and node.type is not Type.FLAG


def only_where(node: Node, layout: Layout, test: pl.Expr) -> pl.Expr:
    """The node where the test holds, unknown elsewhere: with the guard of `least` and `greatest` in the same choice."""
    import polars as pl

    known, found = None, expression(node, layout)
    if node.op in ("least", "greatest") and not layout.holds(node):
        known, found = _loose(node, [expression(arg, layout) for arg in node.args])
    return pl.when(test if known is None else test & known).then(found).otherwise(None)


def _divide(n: pl.Expr, division: Division, *, roomy: bool) -> pl.Expr:
    """One division where the dividend has room for what the rounding adds; else a quotient and its remainder, which need none."""
    import polars as pl

    unit = fen_in_unit(division.rounding)
    d = division.whole * unit
    half, ceil = division.rounding in (Rounding.half_up_fen, Rounding.half_up_yuan), division.rounding is Rounding.ceil_fen
    if roomy or not (half or ceil):
        q = (n + d // 2 if half else n + (d - 1) if ceil else n) // d
    else:
        q = n // d
        r = n - q * d
        q = q + ((r >= d - r) if half else (r > 0)).cast(pl.Int64)
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
