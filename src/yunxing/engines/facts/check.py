"""The checks of a form over many rows at once: within a row, against the report before it, against the twelve months before.

Everything is columnar; `tests/facts_slow.py` says the same in plain loops. Amounts are compared exactly in stored units; only the
search for slipped units works with ratios, which decide nothing but a question to the reporter.
Source: reporting rules of the handbook (§0, §1 f, §4 f) and of the facts design (validation: block, or warn and ask why).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import polars as pl

from yunxing.engines.facts.form import Form
from yunxing.engines.facts.hits import FOUND, hit, stored
from yunxing.engines.facts.relations import RELATIONS, Registered, within_registry

HISTORY = 12  # months the slip is measured against
LEAST_HISTORY = 3  # reports needed before a ×10 or ×100 is asked about; one is enough for ×10⁴
OWN_HISTORY = 6  # reports needed before a figure is held against its own history
SCORE, LEAST_SPREAD = 5.0, 0.15  # ours: robust deviations, and the least a deviation is taken for (logs)
_NEAR = 0.15  # ours: a jump within 15 % of ×10 or ×100 is taken for a slip
_SLIPS = ((10.0, 1 - _NEAR, 1 + _NEAR), (100.0, 1 - _NEAR, 1 + _NEAR), (10_000.0, 0.2, 5.0))  # no trade grows ×2,000: 万/元 mixed


def find(
    form: Form, candidates: pl.DataFrame, before: pl.DataFrame, *, correction: bool = False, registered: Registered | None = None
) -> pl.DataFrame:
    """All problems of the candidate rows (facts columns and `book`, `row`, `col`) of one form and one month, in the order of the cells.

    `before` is `look_back` of the newest facts of the months before. With `correction` a falling cumulative is let pass. `registered`: what the registry
    holds of each party, for limits that are no figure of the form.
    """
    rows = _timed(candidates)
    if not rows.height:
        return pl.DataFrame(schema=FOUND)
    month = rows["m"].max()
    assert isinstance(month, int)  # `rows` is not empty and m is never null
    own = before.filter(pl.col("party").is_in(rows["party"].unique().implode()) & (pl.col("m") >= month - HISTORY))
    past = own.lazy().with_columns(pl.lit(month, pl.Int32).alias("now"))
    slips = _query(_slips(form, rows.lazy(), past))
    # a row whose unit slipped breaks every sum; the one question about it is enough
    sound = rows.join(slips.select("book", "row").unique(), on=["book", "row"], how="anti") if slips.height else rows
    lazy = sound.lazy()
    parts = [*_ranges(form, rows.lazy()), *([] if correction else _falls(form, lazy, past))]
    parts += [*_stale(form, lazy, past), *_growth(form, lazy, past), *_zeros(form, lazy, past)]
    for check in form.checks:
        if check.kind == "within_registry":
            parts += within_registry(form, check, lazy, registered or {})
        else:
            parts += RELATIONS[check.kind](form, check, lazy, past)
    return pl.concat([slips, _query(parts)]).sort("book", "row", "col", "rule")


def _query(parts: Iterable[pl.LazyFrame]) -> pl.DataFrame:
    """All the problems of the parts, by one query."""
    some = [part.select(list(FOUND)).cast(FOUND) for part in parts]
    return pl.concat(some).collect() if some else pl.DataFrame(schema=FOUND)


LOOKED_AT = ["party", "item", "role", "as_reported", "period", "value", "basis", "m", "span", "year"]


def look_back(facts: pl.DataFrame) -> pl.DataFrame:
    """What the checks of later months need of accepted facts: their own figures, nothing held."""
    return _timed(facts.filter(~pl.col("held") & (pl.col("role") == "value"))).select(LOOKED_AT)


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


def _ranges(form: Form, rows: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """Negative where it may not be; outside low–high, both included."""
    plain = [item.id for item in form.items if item.numeric and not item.may_be_negative]
    yield hit(rows.filter(pl.col("item").is_in(plain) & (pl.col("value") < 0)), "negative", "block", pl.lit(0, pl.Int64))
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
        yield hit(here, "out_of_range", item.range_effect)


def _falls(form: Form, rows: pl.LazyFrame, before: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
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
    yield hit(joined.filter(pl.col("value") < pl.col("last")), "falls", "block", pl.col("last"))


def _stale(form: Form, rows: pl.LazyFrame, before: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """A month's figure equal to all digits to the month before or to the same month of last year, not zero, and without a written cause."""
    items = [item.id for item in form.items if item.stale_warns]
    chosen = pl.col("item").is_in(items) & (pl.col("role") == "value") & pl.col("as_reported").is_in(["month", "event"])
    now, past = rows.filter(chosen & (pl.col("value") != 0) & (pl.col("cause") == "")), before.filter(chosen)
    for rule, months in (("stale", 1), ("copy_of_last_year", 12)):
        last = past.select("party", "item", "span", (pl.col("m") + months).alias("m"), pl.col("value").alias("last"))
        joined = now.join(last, on=["party", "item", "span", "m"])
        yield hit(joined.filter(pl.col("value") == pl.col("last")), rule, "warn")


def _growth(form: Form, rows: pl.LazyFrame, before: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """A figure beyond its own history, or beyond ±50 % of last year's restated one where there is no history; a written cause answers it.

    Own history: the logs of the twelve months before (by month held), their median ± `SCORE` robust deviations, a deviation being 1.4826 times the
    median distance and at least `LEAST_SPREAD`. The question is asked once a row and item: of the month where it is asked, else of the cumulative.
    """
    for item in form.items:
        if not item.growth_warns:
            continue
        kind = item.reported[0]
        same = (pl.col("item") == item.id) & (pl.col("as_reported") == kind)
        rate = (pl.col("value") / pl.col("span")).log()
        now = rows.filter(same & (pl.col("role") == "value") & (pl.col("value") > 0) & (pl.col("cause") == "")).with_columns(
            rate.alias("rate")
        )
        past = before.filter(same & (pl.col("value") > 0) & (pl.col("m") < pl.col("now")))
        logs = past.with_columns(rate.alias("rate")).with_columns(pl.col("rate").median().over("party").alias("middle"))
        habit = logs.group_by("party").agg(
            pl.col("middle").first(), (pl.col("rate") - pl.col("middle")).abs().median().alias("distance"), pl.len().alias("known")
        )
        joined = now.join(habit, on="party", how="left")
        spread = pl.max_horizontal(pl.col("distance") * 1.4826, pl.lit(LEAST_SPREAD))
        long = pl.col("known").fill_null(0) >= OWN_HISTORY
        usual = (pl.col("middle").exp() * pl.col("span")).round(0).cast(pl.Int64)
        yield hit(joined.filter(long & ((pl.col("rate") - pl.col("middle")).abs() > spread * SCORE)), "growth", "warn", usual)
        restated = rows.filter(same & (pl.col("role") == "last_year_restated") & (pl.col("value") > 0))
        pairs = joined.filter(~long).join(restated.select("book", "row", pl.col("value").alias("last")), on=["book", "row"])
        yield hit(pairs.filter((pl.col("value") - pl.col("last")).abs() * 2 > pl.col("last")), "growth", "warn", pl.col("last"))


def _zeros(form: Form, rows: pl.LazyFrame, before: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """A zero where the month before was none: zero is a reported value, and its reporter says why."""
    items = [item.id for item in form.items if item.growth_warns and "month" in item.reported]
    chosen = pl.col("item").is_in(items) & (pl.col("role") == "value") & (pl.col("as_reported") == "month")
    now = rows.filter(chosen & (pl.col("value") == 0) & (pl.col("cause") == ""))
    last = before.filter(chosen & (pl.col("value") != 0)).select(
        "party", "item", (pl.col("m") + pl.lit(1)).alias("m"), pl.col("value").alias("last")
    )
    joined = now.with_columns((pl.col("m") - pl.col("span") + 1).alias("begins")).join(
        last, left_on=["party", "item", "begins"], right_on=["party", "item", "m"]
    )
    yield hit(joined, "zero", "warn", pl.col("last"))


def _slips(form: Form, rows: pl.LazyFrame, before: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """Figures ×10, ×100 or ×10⁴ (or the inverse) of the median of the twelve months before, by month so that a cumulative compares too.

    A written cause answers the question for ×10 and ×100; a ×10⁴ jump is never taken as it is.
    """
    items = [item.id for item in form.items if item.unit_slip_holds]
    chosen = pl.col("item").is_in(items) & (pl.col("role") == "value") & (pl.col("value") > 0)
    rate = pl.col("value") / pl.col("span")
    now = rows.filter(chosen).with_columns(rate.alias("rate"))
    past = before.filter(chosen & (pl.col("m") < pl.col("now"))).with_columns(rate.alias("rate"))
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
    yield hit(found.filter(~answered), "unit_slip", "hold", expected, pl.col("slip"))
