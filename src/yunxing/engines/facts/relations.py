"""Checks across the cells of one row, or between a row and the report before it: `find(form, check, rows, before)` for every kind of check.

Frames are lazy: a form's checks are one query. `before` holds the twelve months before, the month itself for what came earlier, and the month as `now`.
All amounts are compared exactly, in stored units; `ratio` alone works with quotients, which decide nothing but a question to the reporter.
Source: reporting rules of the handbook and of the facts design (validation: block, or warn and ask why).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import polars as pl

from yunxing.engines.facts.form import Check, Form
from yunxing.engines.facts.hits import allowed, hit, stored, values_of
from yunxing.engines.facts.units import unit_of

RATIO_HISTORY = 3  # quotients of earlier months needed before a ratio is asked about


def difference(form: Form, check: Check, rows: pl.LazyFrame, before: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """|cumulative − last cumulative − month| ≤ tolerance × the larger of month and difference. Not checked when either end is absent."""
    num, den = check.tolerance.numerator, check.tolerance.denominator
    for item_id in check.items:
        least = stored(form.item(item_id), Fraction(check.least))
        months = rows.filter((pl.col("item") == item_id) & (pl.col("role") == "value") & (pl.col("as_reported") == "month"))
        now = rows.filter((pl.col("item") == item_id) & (pl.col("role") == "value") & (pl.col("as_reported") == "cumulative"))
        total = now.select("book", "row", pl.col("value").alias("total"), pl.col("basis").alias("total_basis"))
        last = before.filter((pl.col("item") == item_id) & (pl.col("role") == "value") & (pl.col("as_reported") == "cumulative"))
        last = last.select("party", (pl.col("m") + 1).alias("m"), pl.col("value").alias("last"), pl.col("basis").alias("total_basis"))
        joined = months.join(total, on=["book", "row"]).join(last, on=["party", "m", "total_basis"], how="left")
        joined = joined.with_columns(pl.when(pl.col("m") % 12 == 0).then(0).otherwise(pl.col("last")).alias("last"))
        joined = joined.filter(pl.col("last").is_not_null()).with_columns((pl.col("total") - pl.col("last")).alias("derived"))
        gap = (pl.col("derived") - pl.col("value")).abs().cast(pl.Int128)
        base = pl.max_horizontal(pl.col("derived").abs(), pl.col("value").abs()).cast(pl.Int128)
        yield hit(joined.filter((gap * den > base * num) & (gap > least)), check.kind, check.effect, pl.col("derived"))


def carry(form: Form, check: Check, rows: pl.LazyFrame, before: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """Opening = the closing of the day (or month) before. Not checked when that is absent."""
    opening, closing = check.items
    kind = form.item(opening).reported[0]
    columns = ["party", "period", "m", "item", "role", "as_reported", "value"]
    both = pl.concat([before.select(columns), rows.select(columns)])
    last = both.filter((pl.col("item") == closing) & (pl.col("role") == "value"))
    mine = rows.filter((pl.col("item") == opening) & (pl.col("role") == "value"))
    if kind == "day":
        step = pl.col("period").str.to_date()
        last = last.select("party", (step + pl.duration(days=1)).alias("at"), pl.col("value").alias("last"))
        mine = mine.with_columns(step.alias("at"))
    else:
        months = 3 if form.cycle == "quarter" else 1
        last = last.select("party", (pl.col("m") + months).alias("at"), pl.col("value").alias("last"))
        mine = mine.with_columns(pl.col("m").alias("at"))
    joined = mine.join(last.unique(["party", "at"], keep="last"), on=["party", "at"])
    gap = (pl.col("value") - pl.col("last")).abs().cast(pl.Int128)
    broken = gap * check.tolerance.denominator > allowed(form.item(opening), check, pl.col("last"))
    yield hit(joined.filter(broken), check.kind, check.effect, pl.col("last"))


def balance(form: Form, check: Check, rows: pl.LazyFrame, _: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """Σ sign × item = 0 within the larger of `least` and tolerance × the first item. An absent optional item counts as nothing."""
    signs = dict(zip(check.items, check.signs, strict=True))
    wanted = rows.filter(pl.col("item").is_in(list(signs)) & (pl.col("role") == "value"))
    signed = wanted.with_columns((pl.col("value") * pl.col("item").replace_strict(signs, return_dtype=pl.Int64)).alias("signed"))
    needed = [item_id for item_id in check.items if form.item(item_id).required]
    first = pl.col("value").filter(pl.col("item") == check.items[0]).first().fill_null(0)
    sums = signed.group_by("book", "row").agg(
        pl.col("signed").sum().alias("gap"),
        first.alias("base"),
        pl.col("item").filter(pl.col("item").is_in(needed)).n_unique().alias("present"),
    )
    broken = sums.filter(pl.col("present") == len(needed)).with_columns(
        (pl.col("gap").abs().cast(pl.Int128) * check.tolerance.denominator).alias("left"),
        allowed(form.item(check.items[0]), check, pl.col("base")).alias("allowed"),
    )
    broken = broken.filter(pl.col("left") > pl.col("allowed")).select("book", "row", "gap")
    last_sign = check.signs[-1]
    at = wanted.filter(pl.col("item") == check.items[-1]).join(broken, on=["book", "row"])
    yield hit(at, check.kind, check.effect, pl.col("value") - last_sign * pl.col("gap"))


def not_above(form: Form, check: Check, rows: pl.LazyFrame, _: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """The part is not above its whole, in each kind of period both are given for; equal is allowed."""
    part, whole = check.items
    mine = rows.filter((pl.col("item") == part) & (pl.col("role") == "value"))
    other = rows.filter((pl.col("item") == whole) & (pl.col("role") == "value"))
    joined = mine.join(other.select("book", "row", "as_reported", pl.col("value").alias("whole")), on=["book", "row", "as_reported"])
    gap = ((pl.col("value") - pl.col("whole")).cast(pl.Int128)) * check.tolerance.denominator
    excess = joined.filter((gap > 0) & (gap > allowed(form.item(part), check, pl.col("whole"))))
    yield hit(excess, check.kind, check.effect, pl.col("whole"))


def _sums(rows: pl.LazyFrame, parts: tuple[str, ...]) -> pl.LazyFrame:
    """Σ of the parts by row and kind of period, with how many of them are there; an absent part counts as nothing."""
    some = rows.filter(pl.col("item").is_in(list(parts)) & (pl.col("role") == "value"))
    return some.group_by("book", "row", "as_reported").agg(pl.col("value").sum().alias("sum"), pl.len().alias("present"))


def parts_make(form: Form, check: Check, rows: pl.LazyFrame, _: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """`items[0]` = Σ of the others, in each kind of period in which all required parts are given."""
    whole, *parts = check.items
    needed = sum(form.item(part).required for part in parts)
    joined = values_of(rows, whole).join(_sums(rows, tuple(parts)), on=["book", "row", "as_reported"])
    gap = (pl.col("value") - pl.col("sum")).abs().cast(pl.Int128) * check.tolerance.denominator
    broken = joined.filter((pl.col("present") >= needed) & (gap > allowed(form.item(whole), check, pl.col("value"))))
    yield hit(broken, check.kind, check.effect, pl.col("sum"))


def parts_within(form: Form, check: Check, rows: pl.LazyFrame, _: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """Σ of the others ≤ `items[0]`; equal is allowed. What is expected is what the parts make."""
    whole, *parts = check.items
    joined = values_of(rows, whole).join(_sums(rows, tuple(parts)), on=["book", "row", "as_reported"])
    gap = (pl.col("sum") - pl.col("value")).cast(pl.Int128) * check.tolerance.denominator
    broken = joined.filter((gap > 0) & (gap > allowed(form.item(whole), check, pl.col("value"))))
    yield hit(broken, check.kind, check.effect, pl.col("sum"))


def total(form: Form, check: Check, rows: pl.LazyFrame, _: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """`low` ≤ Σ ≤ `high`, both included; shown at the first item. Not checked while a required item is absent."""
    first = check.items[0]
    needed = sum(form.item(item).required for item in check.items)
    joined = values_of(rows, first).join(_sums(rows, check.items), on=["book", "row", "as_reported"]).filter(pl.col("present") >= needed)
    low, high = (None if bound is None else stored(form.item(first), Fraction(bound)) for bound in (check.low, check.high))
    out = pl.lit(False)
    if low is not None:
        out = out | (pl.col("sum") < low)
    if high is not None:
        out = out | (pl.col("sum") > high)
    bound = (
        pl.when(pl.col("sum") < (low if low is not None else high))
        .then(low if low is not None else high)
        .otherwise(high if high is not None else low)
    )
    # the first item is expected to be what brings the sum to its bound
    yield hit(joined.filter(out), check.kind, check.effect, (pl.col("value") + bound - pl.col("sum")).cast(pl.Int64))


def quotient(form: Form, check: Check, rows: pl.LazyFrame, _: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """`items[0]` = scale × `items[1]` ÷ `items[2]` in printed units, whatever kinds of period they are of; not checked where the divisor is 0."""
    result, numerator, denominator = check.items
    per = {item: _per(form, item) for item in check.items}
    num = values_of(rows, numerator).select("book", "row", pl.col("value").cast(pl.Int128).alias("num"))
    den = values_of(rows, denominator).select("book", "row", pl.col("value").cast(pl.Int128).alias("den")).filter(pl.col("den") != 0)
    joined = values_of(rows, result).join(num, on=["book", "row"]).join(den, on=["book", "row"])
    # result/per_r = scale · (num/per_n) ÷ (den/per_d)  ⇔  result · den · per_n = scale · num · per_d · per_r
    left = pl.col("value").cast(pl.Int128) * pl.col("den") * per[numerator]
    right = pl.col("num") * check.scale * per[denominator] * per[result]
    share, of = check.tolerance.numerator, check.tolerance.denominator
    least = stored(form.item(result), Fraction(check.least))
    gap = (left - right).abs()
    broken = joined.filter((gap * of > right.abs() * share) & (gap > pl.col("den").abs() * (per[numerator] * least)))
    expected = (pl.col("num") * check.scale * per[denominator] * per[result] // (pl.col("den") * per[numerator])).cast(pl.Int64)
    yield hit(broken, check.kind, check.effect, expected)


def _per(form: Form, item: str) -> int:
    unit = unit_of(form.item(item).unit)
    assert unit is not None  # packs.forms refuses a check over items without a unit
    return unit.per


def ratio(_form: Form, check: Check, rows: pl.LazyFrame, before: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """`items[0]` ÷ `items[1]` against its own median of the twelve months before, for pairs above zero; a written cause answers it.

    Compared for the kinds of period both are asked in, by months held, so that a cumulative pair compares too.
    """
    over, under = check.items
    keys = ["party", "as_reported", "m"]

    def paired(frame: pl.LazyFrame) -> pl.LazyFrame:
        own = frame.filter((pl.col("role") == "value") & (pl.col("value") > 0))
        below = own.filter(pl.col("item") == under).select(*keys, pl.col("value").alias("under")).unique(keys)
        return own.filter(pl.col("item") == over).join(below, on=keys).with_columns((pl.col("value") / pl.col("under")).alias("quotient"))

    now = paired(rows)
    past = paired(before.filter(pl.col("m") < pl.col("now")))
    habit = past.group_by("party", "as_reported").agg(pl.col("quotient").median().alias("habit"), pl.len().alias("known"))
    joined = now.join(habit.filter(pl.col("known") >= RATIO_HISTORY), on=["party", "as_reported"])
    times = pl.col("quotient") / pl.col("habit")
    beyond = joined.filter((pl.col("cause") == "") & ((times > check.band) | (times * check.band < 1)))
    expected = (pl.col("value") / times).round(0).cast(pl.Int64)
    yield hit(beyond, check.kind, check.effect, expected, times.round(2).cast(pl.String))


def within_registry(form: Form, check: Check, rows: pl.LazyFrame, registered: Registered) -> Iterator[pl.LazyFrame]:
    """Each item ≤ scale × what the registry holds of the party; equal is allowed. Who has no such attribute, or one that is no number, is not asked."""
    limits = {party: check.scale * limit for party, held in registered.items() if (limit := _whole(held.get(check.registry))) is not None}
    if not limits:
        return
    known = pl.LazyFrame({"party": list(limits), "limit": list(limits.values())}, schema={"party": pl.String, "limit": pl.Int64})
    for item in check.items:
        joined = values_of(rows, item).join(known, on="party")
        gap = (pl.col("value") - pl.col("limit")).cast(pl.Int128) * check.tolerance.denominator
        over = (gap > 0) & (gap > allowed(form.item(item), check, pl.col("limit")))
        asked = over & (pl.col("cause") == "") if check.effect == "warn" else over
        yield hit(joined.filter(asked), check.kind, check.effect, pl.col("limit"))


def _whole(held: object) -> int | None:
    """A registry value as a whole number; None for nothing, words and parts."""
    try:
        return int(str(held)) if held not in (None, "") else None
    except ValueError:
        return None


Registered = Mapping[str, Mapping[str, Any]]
RelationCheck = Callable[[Form, Check, pl.LazyFrame, pl.LazyFrame], Iterator[pl.LazyFrame]]
RELATIONS: dict[str, RelationCheck] = {
    "difference": difference,
    "carry": carry,
    "balance": balance,
    "not_above": not_above,
    "parts_make": parts_make,
    "parts_within": parts_within,
    "total": total,
    "quotient": quotient,
    "ratio": ratio,
}
