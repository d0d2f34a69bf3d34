"""Bulk assessment: every party against every policy in force, by Polars or, as its slow twin, row by row in Python.

One row per party, claim and policy: outcome, condition masks and amount; every step is recomputed on demand by `explain`.
Outcome is `refused` where the row lies outside its declared ranges; else `no` if a condition failed; else `needs_data` if a condition or the
amount is unknown; else `yes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from yunxing.engines.entitlements.intake import any_of, from_frame, mask, refusal_names, refusals, refused_bits
from yunxing.engines.entitlements.policy import Policy
from yunxing.engines.entitlements.proofs import INT64_MAX
from yunxing.engines.entitlements.ruleset import RuleSet, in_force, regime
from yunxing.engines.entitlements.to_polars import Layout, expression, only_where, with_steps
from yunxing.engines.entitlements.to_scalar import Program, Value
from yunxing.engines.entitlements.tree import Type
from yunxing.values.errors import BadInput
from yunxing.values.period import day_number

if TYPE_CHECKING:
    import polars as pl

OUTCOMES = ("yes", "no", "needs_data", "refused")
Outcome = Literal["yes", "no", "needs_data", "refused"]
AS_OF = "as_of"
Engine = Callable[["pl.LazyFrame", Policy], "pl.DataFrame"]


@dataclass(frozen=True, slots=True)
class Result:
    """One party against one policy: what the bulk row holds."""

    outcome: Outcome
    failed: int
    unknown: int
    refused: int
    amount_fen: int | None


@dataclass(frozen=True, slots=True)
class Scalar:
    """A policy compiled for one party at a time."""

    policy: Policy
    program: Program

    @classmethod
    def of(cls, policy: Policy) -> Scalar:
        """Compile once, then call `decide` for each row."""
        return cls(policy, Program(policy.roots()))

    def decide(self, row: Mapping[str, Value]) -> tuple[Result, list[Value]]:
        """The result for a row of column values, and the value of every node; a refused row is not computed."""
        refused = refusal_mask(self.policy, row)
        if refused:
            return Result("refused", 0, 0, refused, None), []
        values = self.program.run(row)
        failed = unknown = 0
        for i, (_, node) in enumerate(self.policy.conditions):
            held = values[self.program.place[node.key]]
            if held is None:
                unknown |= 1 << i
            elif not held:
                failed |= 1 << i
        amount = values[self.program.place[self.policy.amount.key]] if not failed and not unknown else None
        outcome: Outcome = "no" if failed else "needs_data" if unknown or amount is None else "yes"
        return Result(outcome, failed, unknown, 0, amount), values


def refusal_mask(policy: Policy, row: Mapping[str, Value]) -> int:
    """The bits of `intake.refusals` for one row."""
    bits, at = 0, 0
    for column in policy.sheet.columns.values():
        if column.type is Type.FLAG:
            continue
        value = row.get(column.name)
        if value is not None and not column.low <= value <= column.high:
            bits |= 1 << at
        at += 1
    for a, b in policy.sheet.row_checks:
        left, right = row.get(a), row.get(b)
        if left is not None and right is not None and left > right:
            bits |= 1 << at
        at += 1
    return bits


def assess(frame: pl.LazyFrame | pl.DataFrame, rules: RuleSet, on: date, *, engine: str | Engine = "polars") -> pl.DataFrame:
    """The assessment rows of every party for the policies in force on the application date, ordered by policy, party, claim.

    `frame` has `party` (text), perhaps `claim` (text, where a party may hold several rows), and the columns the policies read: money in int64
    fen, days as dates, flags as booleans, codes as text. A missing `as_of` is the application date. A policy none of whose own columns is
    there is left out. `engine` is `polars`, `python`, or a function such as `io.entitlement_tables.on_duckdb`. Errors: `BadInput` for wrong types, a missing `party`, two rows of one party and claim, or an unknown engine.
    """
    import polars as pl

    lazy = prepare(frame, on)
    names = set(lazy.collect_schema().names())
    chosen = [policy for policy in in_force(rules, on) if names & (set(policy.sheet.columns) - {AS_OF})]
    one = {"polars": _with_polars, "python": _with_python}.get(engine) if isinstance(engine, str) else engine
    if one is None:
        raise BadInput(f"engine: found {engine!r}, expected polars or python")
    by = ["party", "claim"] if "claim" in frame.lazy().collect_schema() else ["party"]
    parts = [one(lazy, policy).sort(by) for policy in sorted(chosen, key=lambda policy: policy.id)]
    empty = pl.DataFrame(schema=assessment_schema())
    rows = pl.concat([empty, *parts]) if parts else empty
    labels = {"ruleset": pl.lit(rules.id), "applied_on": pl.lit(on)}
    return rows.with_columns(**labels).select(*_order())


def prepare(frame: pl.LazyFrame | pl.DataFrame, on: date) -> pl.LazyFrame:
    """The frame with `claim` and `as_of` filled in. Errors: `BadInput` when `party` is missing, unknown somewhere or not unique."""
    import polars as pl

    lazy = frame.lazy()
    names = lazy.collect_schema().names()
    if "party" not in names:
        raise BadInput(
            f"profiles: found the columns {', '.join(names) or 'none'}, expected a column 'party' with the registry id of each row"
        )
    if "claim" not in names:
        lazy = lazy.with_columns(claim=pl.lit(""))
    if AS_OF not in names:
        lazy = lazy.with_columns(pl.lit(on).alias(AS_OF))
    keys = lazy.select(pl.col("party").cast(pl.String), pl.col("claim").cast(pl.String)).collect()
    if keys["party"].null_count():
        raise BadInput(f"profiles: {keys['party'].null_count()} rows have no party")
    if keys.select(pl.struct("party", "claim").n_unique() if "claim" in names else pl.col("party").n_unique()).item() < len(keys):
        twice = keys.filter(keys.is_duplicated()).unique().sort("party", "claim")
        shown = "; ".join(f"party {party}" + (f", claim {claim}" if claim else "") for party, claim in twice.head(5).iter_rows())
        raise BadInput(f"profiles: {len(twice)} parties stand more than once ({shown}); give each row of a party its own claim")
    return lazy


def assessment_schema() -> dict[str, Any]:
    """The columns of an assessment that differ from row to row, and their types; `ruleset` and `applied_on` are added to all."""
    import polars as pl

    text = dict.fromkeys(("party", "claim", "policy", "regime", "certainty"), pl.String())
    numbers = dict.fromkeys(("failed", "unknown", "refused", "amount_fen"), pl.Int64())
    return {**text, AS_OF: pl.Date(), "outcome": pl.Enum(OUTCOMES), **numbers}


def _order() -> list[str]:
    return (
        "party claim policy ruleset regime applied_on as_of outcome failed unknown refused amount_fen certainty".split()  # noqa: SIM905
    )


def _labels(policy: Policy) -> dict[str, pl.Expr]:
    import polars as pl

    return {"policy": pl.lit(policy.id), "regime": pl.lit(regime(policy)), "certainty": pl.lit(policy.sheet.certainty)}


def _with_polars(lazy: pl.LazyFrame, policy: Policy) -> pl.DataFrame:
    return lazy_rows(lazy, policy).collect()


def _judged(lazy: pl.LazyFrame, policy: Policy) -> pl.LazyFrame:
    """The profiles with what decides: `__fine` (inside every range), `__held_i` of the conditions, `__no`, `__open`, and `amount_fen` where open."""
    import polars as pl

    layout, held = Layout.of(policy), _held(policy)
    frame = from_frame(lazy, policy.sheet)
    frame = with_steps(frame.with_columns(__fine=~any_of(refused_bits(policy.sheet))), policy, layout)
    frame = frame.with_columns(**{name: expression(node, layout) for name, (_, node) in zip(held, policy.conditions, strict=True)})
    fine = pl.col("__fine")
    frame = frame.with_columns(
        __no=fine & any_of([~pl.col(name) for name in held]),
        __open=fine & pl.all_horizontal(*[pl.col(name) for name in held]).fill_null(False),
    )
    return frame.with_columns(amount_fen=only_where(policy.amount, layout, pl.col("__open")))


def _held(policy: Policy) -> list[str]:
    return [f"__held_{i}" for i in range(len(policy.conditions))]


def lazy_rows(lazy: pl.LazyFrame, policy: Policy) -> pl.LazyFrame:
    """The assessment rows of one policy as a plan, in the order of the profiles: nothing runs before it is collected or written."""
    import polars as pl

    held, fine = _held(policy), pl.col("__fine")
    # truth values decide; the masks that say which bit are worked out only where somebody reads them
    frame = _judged(lazy, policy).with_columns(
        refused=refusals(policy.sheet),
        failed=pl.when(fine).then(mask([~pl.col(name) for name in held])).otherwise(0),
        unknown=pl.when(fine).then(mask([pl.col(name).is_null() for name in held])).otherwise(0),
    )
    kind = pl.Enum(OUTCOMES)
    outcome = (
        pl.when(~fine).then(pl.lit("refused", dtype=kind))
        .when(pl.col("__no")).then(pl.lit("no", dtype=kind))
        .when(pl.col("amount_fen").is_null()).then(pl.lit("needs_data", dtype=kind))
        .otherwise(pl.lit("yes", dtype=kind))
    )  # fmt: skip
    as_of = pl.from_epoch(pl.col(AS_OF), time_unit="d") if AS_OF in policy.sheet.columns else pl.col(AS_OF)
    return frame.select(
        pl.col("party").cast(pl.String),
        pl.col("claim").cast(pl.String).fill_null(""),
        **_labels(policy),
        **{AS_OF: as_of, "outcome": outcome},
        refused="refused",
        failed="failed",
        unknown="unknown",
        amount_fen="amount_fen",
    ).select(*assessment_schema())  # fmt: skip


def _with_python(lazy: pl.LazyFrame, policy: Policy) -> pl.DataFrame:
    import polars as pl

    scalar = Scalar.of(policy)
    read = from_frame(lazy.with_columns(__as_of=pl.col(AS_OF)), policy.sheet).collect()
    rows = []
    for row in read.iter_rows(named=True):
        result, _ = scalar.decide(row)
        rows.append(
            {
                "party": row["party"],
                "claim": row["claim"] or "",
                AS_OF: row["__as_of"],
                "outcome": result.outcome,
                "failed": result.failed,
                "unknown": result.unknown,
                "refused": result.refused,
                "amount_fen": result.amount_fen,
            },
        )
    schema = {name: kind for name, kind in assessment_schema().items() if name not in _labels(policy)}
    return pl.DataFrame(rows, schema=schema).with_columns(**_labels(policy)).select(*assessment_schema())


def refused_names(policy: Policy, bits: int) -> list[str]:
    """The columns out of range, and the row checks that failed, of a refusal mask."""
    return [name for i, name in enumerate(refusal_names(policy.sheet)) if bits >> i & 1]


def today_row(row: Mapping[str, Value], on: date) -> dict[str, Value]:
    """The row with `as_of` set to the application date where it is not given."""
    return {**row, AS_OF: row[AS_OF] if row.get(AS_OF) is not None else day_number(on)}


def totals(lazy: pl.LazyFrame, policy: Policy, on: date) -> pl.DataFrame:
    """Rows and the sum granted, by outcome, of one policy: streamed, so that memory does not grow with the rows.

    Columns `outcome, rows, amount_fen`, a line for each outcome that occurs. The profiles' keys are not looked at here: `assess` refuses a party
    that stands twice.
    """
    import polars as pl

    if AS_OF not in lazy.collect_schema().names():
        lazy = lazy.with_columns(pl.lit(on).alias(AS_OF))
    granted = pl.col("amount_fen")
    # a sum leaves int64 before a single amount does; 128 bits are taken where a thousand million rows could
    wide = policy.ranges.get(policy.amount.key, (0, INT64_MAX))[1] > INT64_MAX // 10**9
    counted = _judged(lazy, policy).select(
        all=pl.len(),
        no=pl.col("__no").sum(),
        yes=granted.is_not_null().sum(),
        refused=(~pl.col("__fine")).sum(),
        fen=(granted.cast(pl.Int128) if wide else granted).sum(),
    )
    found = counted.collect(engine="streaming").row(0, named=True)
    rows = {name: int(found[name]) for name in ("yes", "no", "refused")}
    rows["needs_data"] = int(found["all"]) - sum(rows.values())
    lines = [(name, rows[name], int(found["fen"]) if name == "yes" else 0) for name in OUTCOMES if rows[name]]
    return pl.DataFrame(lines, schema={"outcome": pl.Enum(OUTCOMES), "rows": pl.Int64(), "amount_fen": pl.Int128()}, orient="row")
