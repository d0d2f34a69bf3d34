"""The checks of a form over many rows at once: within a row, against the report before it, against the twelve months before.

Everything is columnar; `tests/engines/facts/slow.py` says the same in plain loops. Amounts are compared exactly in stored units; only the
search for slipped units works with ratios, which decide nothing but a question to the reporter.
Source: reporting rules of the handbook (§0, §1 f, §4 f) and of the facts design (validation: block, or warn and ask why).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import polars as pl

from yunxing.engines.facts.form import Check, Form, Item
from yunxing.engines.facts.units import unit_of

# one found problem: the cell, the rule, and what was expected in stored units (null when it is not one number)
FOUND = {
    "book": pl.Int32,
    "row": pl.Int32,
    "col": pl.Int32,
    "party": pl.String,
    "item": pl.String,
    "role": pl.String,
    "as_reported": pl.String,
    "rule": pl.String,
    "effect": pl.String,
    "found": pl.Int64,
    "expected": pl.Int64,
    "detail": pl.String,
}
HISTORY = 12  # months the slip is measured against
LEAST_HISTORY = 3  # reports needed before a ×10 or ×100 is asked about; one is enough for ×10⁴
_NEAR = 0.15  # ours: a jump within 15 % of ×10 or ×100 is taken for a slip
_SLIPS = ((10.0, 1 - _NEAR, 1 + _NEAR), (100.0, 1 - _NEAR, 1 + _NEAR), (10_000.0, 0.2, 5.0))  # no trade grows ×2,000: 万/元 mixed


def find(form: Form, candidates: pl.DataFrame, before: pl.DataFrame, *, correction: bool = False) -> pl.DataFrame:
    """All problems of the candidate rows (facts columns and `book`, `row`, `col`) of one form and one month, in the order of the cells.

    `before` is `look_back` of the newest facts of the months before. With `correction` a falling cumulative is let pass.
    """
    rows = _timed(candidates)
    before = before.filter(pl.col("party").is_in(rows["party"].unique().implode()))
    slips = _empty_or(_slips(form, rows, before))
    slipped = slips.filter(pl.col("effect") == "hold").select("book", "row").unique()
    # a row whose unit slipped breaks every sum; the one question about it is enough
    sound = rows.join(slipped, on=["book", "row"], how="anti") if slipped.height else rows
    parts = [slips, *_ranges(form, rows)]
    if not correction:
        parts.extend(_falls(form, sound, before))
    parts.extend(_stale(form, sound, before))
    for check in form.checks:
        parts.extend(_KINDS[check.kind](form, check, sound, before))
    return (
        pl.concat([_empty_or(part) for part in parts if part.height]).sort("book", "row", "col", "rule")
        if any(part.height for part in parts)
        else _empty_or(None)
    )


LOOKED_AT = ["party", "item", "role", "as_reported", "period", "value", "basis", "m", "span", "year"]


def look_back(facts: pl.DataFrame) -> pl.DataFrame:
    """What the checks of later months need of accepted facts: their own figures, nothing held."""
    return _timed(facts.filter(~pl.col("held") & (pl.col("role") == "value"))).select(LOOKED_AT)


def _empty_or(found: pl.DataFrame | None) -> pl.DataFrame:
    return pl.DataFrame(schema=FOUND) if found is None else found.select(list(FOUND)).cast(FOUND)


def _timed(facts: pl.DataFrame) -> pl.DataFrame:
    """Numbers with the month their period ends in (`m`, counted from year 0) and how many months it holds (`span`)."""
    period = pl.col("period")
    last = pl.when(period.str.contains("..", literal=True)).then(period.str.slice(-2, 2)).otherwise(period.str.slice(5, 2)).cast(pl.Int32)
    year = period.str.slice(0, 4).cast(pl.Int32)
    single = pl.when(period.str.contains("..", literal=True) & (pl.col("as_reported") != "cumulative")).then(2).otherwise(1)
    span = pl.when(pl.col("as_reported") == "cumulative").then(last).otherwise(single)
    return facts.filter(pl.col("value").is_not_null()).with_columns(
        (year * 12 + last - 1).alias("m"), span.alias("span"), year.alias("year")
    )


def _problem(frame: pl.DataFrame, rule: str, effect: str, expected: pl.Expr | None = None, detail: pl.Expr | None = None) -> pl.DataFrame:
    return frame.with_columns(
        pl.lit(rule).alias("rule"),
        pl.lit(effect).alias("effect"),
        pl.col("value").alias("found"),
        (pl.lit(None, pl.Int64) if expected is None else expected).alias("expected"),
        (pl.lit("") if detail is None else detail).alias("detail"),
    )


def stored(item: Item, amount: Fraction) -> int:
    """An amount in the printed unit as stored units, rounded down."""
    unit = unit_of(item.unit)
    assert unit is not None  # packs.forms refuses numeric items without a known unit
    return int(amount * unit.per)


def _ranges(form: Form, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Negative where it may not be; outside low–high, both included."""
    plain = [item.id for item in form.items if item.numeric and not item.may_be_negative]
    yield _problem(rows.filter(pl.col("item").is_in(plain) & (pl.col("value") < 0)), "negative", "block", pl.lit(0, pl.Int64))
    for item in form.items:
        if item.low is None and item.high is None:
            continue
        out = pl.lit(False)
        if item.low is not None:
            out = out | (pl.col("value") < stored(item, Fraction(item.low)))
        if item.high is not None:
            out = out | (pl.col("value") > stored(item, Fraction(item.high)))
        not_negative = pl.lit(True) if item.may_be_negative else pl.col("value") >= 0
        here = rows.filter((pl.col("item") == item.id) & not_negative & out)
        yield _problem(here, "out_of_range", item.range_effect)


def _difference(form: Form, check: Check, rows: pl.DataFrame, before: pl.DataFrame) -> Iterator[pl.DataFrame]:
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
        yield _problem(joined.filter((gap * den > base * num) & (gap > least)), check.kind, check.effect, pl.col("derived"))


def _carry(form: Form, check: Check, rows: pl.DataFrame, before: pl.DataFrame) -> Iterator[pl.DataFrame]:
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
        last = last.select("party", (pl.col("m") + 1).alias("at"), pl.col("value").alias("last"))
        mine = mine.with_columns(pl.col("m").alias("at"))
    joined = mine.join(last.unique(["party", "at"], keep="last"), on=["party", "at"])
    gap = (pl.col("value") - pl.col("last")).abs().cast(pl.Int128)
    allowed = _allowed(form.item(opening), check, pl.col("last"))
    yield _problem(joined.filter(gap * check.tolerance.denominator > allowed), check.kind, check.effect, pl.col("last"))


def _balance(form: Form, check: Check, rows: pl.DataFrame, _: pl.DataFrame) -> Iterator[pl.DataFrame]:
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
        _allowed(form.item(check.items[0]), check, pl.col("base")).alias("allowed"),
    )
    broken = broken.filter(pl.col("left") > pl.col("allowed")).select("book", "row", "gap")
    last_sign = check.signs[-1]
    at = wanted.filter(pl.col("item") == check.items[-1]).join(broken, on=["book", "row"])
    yield _problem(at, check.kind, check.effect, pl.col("value") - last_sign * pl.col("gap"))


def _allowed(item: Item, check: Check, base: pl.Expr) -> pl.Expr:
    """max(least, tolerance × |base|), times the tolerance's denominator so that it stays whole."""
    least = stored(item, Fraction(check.least)) * check.tolerance.denominator
    return pl.max_horizontal(pl.lit(least, pl.Int128), base.abs().cast(pl.Int128) * check.tolerance.numerator)


def _not_above(form: Form, check: Check, rows: pl.DataFrame, _: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The part is not above its whole, in each kind of period both are given for; equal is allowed."""
    part, whole = check.items
    mine = rows.filter((pl.col("item") == part) & (pl.col("role") == "value"))
    other = rows.filter((pl.col("item") == whole) & (pl.col("role") == "value"))
    joined = mine.join(other.select("book", "row", "as_reported", pl.col("value").alias("whole")), on=["book", "row", "as_reported"])
    gap = ((pl.col("value") - pl.col("whole")).cast(pl.Int128)) * check.tolerance.denominator
    excess = joined.filter((gap > 0) & (gap > _allowed(form.item(part), check, pl.col("whole"))))
    yield _problem(excess, check.kind, check.effect, pl.col("whole"))


def _falls(form: Form, rows: pl.DataFrame, before: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """A cumulative figure below the last one of the same year, where the item may not fall; equal is allowed."""
    items = [item.id for item in form.items if item.numeric and not item.may_fall and "cumulative" in item.reported]
    chosen = pl.col("item").is_in(items) & (pl.col("role") == "value") & (pl.col("as_reported") == "cumulative")
    now, past = rows.filter(chosen), before.filter(chosen)
    last = (
        now.select("party", "item", "year", "m")
        .unique()
        .join(past.select("party", "item", "year", pl.col("m").alias("then"), pl.col("value").alias("last")), on=["party", "item", "year"])
    )
    last = last.filter(pl.col("then") < pl.col("m")).sort("then").unique(["party", "item", "m"], keep="last")
    joined = now.join(last.select("party", "item", "m", "last"), on=["party", "item", "m"])
    yield _problem(joined.filter(pl.col("value") < pl.col("last")), "falls", "block", pl.col("last"))


def _stale(form: Form, rows: pl.DataFrame, before: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """A month's figure equal to all digits to the month before or to the same month of last year, not zero, and without a written cause."""
    items = [item.id for item in form.items if item.stale_warns]
    chosen = pl.col("item").is_in(items) & (pl.col("role") == "value") & pl.col("as_reported").is_in(["month", "event"])
    now, past = rows.filter(chosen & (pl.col("value") != 0) & (pl.col("cause") == "")), before.filter(chosen)
    for rule, months in (("stale", 1), ("copy_of_last_year", 12)):
        last = past.select("party", "item", "span", (pl.col("m") + months).alias("m"), pl.col("value").alias("last"))
        joined = now.join(last, on=["party", "item", "span", "m"])
        yield _problem(joined.filter(pl.col("value") == pl.col("last")), rule, "warn")


def _slips(form: Form, rows: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame | None:
    """Figures ×10, ×100 or ×10⁴ (or the inverse) of the median of the twelve months before, by month so that a cumulative compares too.

    A written cause answers the question for ×10 and ×100; a ×10⁴ jump is never taken as it is.
    """
    items = [item.id for item in form.items if item.unit_slip_holds]
    chosen = pl.col("item").is_in(items) & (pl.col("role") == "value") & (pl.col("value") > 0)
    rate = pl.col("value") / pl.col("span")
    now = rows.filter(chosen).with_columns(rate.alias("rate"))
    if not now.height or not before.height:
        return None
    first = now["m"].min()
    assert isinstance(first, int)  # `now` has rows and m is never null
    past = before.filter(chosen & pl.col("m").is_between(first - HISTORY, first - 1)).with_columns(rate.alias("rate"))
    keys = ["party", "item", "as_reported"]
    habit = past.group_by(keys).agg(pl.col("rate").median().alias("habit"), pl.len().alias("known"))
    joined = now.join(habit, on=keys).with_columns((pl.col("rate") / pl.col("habit")).alias("ratio"))
    detail = pl.lit(None, pl.String)
    for factor, low, high in _SLIPS:
        detail = pl.when((pl.col("ratio") / factor).is_between(low, high)).then(pl.lit(f"×{factor:.0f}")).otherwise(detail)
        detail = pl.when((pl.col("ratio") * factor).is_between(low, high)).then(pl.lit(f"÷{factor:.0f}")).otherwise(detail)
    found = joined.with_columns(detail.alias("slip")).filter(pl.col("slip").is_not_null())
    gross = pl.col("slip").str.ends_with("10000")
    found = found.filter(gross | (pl.col("known") >= LEAST_HISTORY))
    answered = (pl.col("cause") != "") & ~gross
    expected = (pl.col("habit") * pl.col("span")).round(0).cast(pl.Int64)
    return _problem(found.filter(~answered), "unit_slip", "hold", expected, pl.col("slip"))


_KINDS = {"difference": _difference, "carry": _carry, "balance": _balance, "not_above": _not_above}
