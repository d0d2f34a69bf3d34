"""The share of a year that is normally done by a month, from past full years: the seasonal pace of a target, read beside the linear one (month/12).

Winter stops building sites and ships; half a year's work is not half by June. Of each past year only units count that reported both January–m and January–December, so
the share stands on one set of units; a year behind weighs seven tenths of the one after it. Without a full year behind there is no seasonal pace, never a guessed one.
Source: the share-of-the-year method of the room's latent signals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from yunxing.engines.indicators import progress
from yunxing.engines.indicators.compute import Inputs
from yunxing.engines.indicators.definition import Indicator
from yunxing.engines.indicators.rows import Row, figure
from yunxing.engines.indicators.window import cumulative_code
from yunxing.values.period import Month, day_number

YEARS_BACK = 5
LEARNED = "years@"  # the basis of a seasonal figure: the past years it was learned from
PER_YEAR = Fraction(7, 10)  # the weight of a year against the one after it
LEAST_COVERED = Fraction(4, 5)  # a year in which less of the December total reported in the month too is not used


@dataclass(frozen=True, slots=True)
class PastYear:
    """What was done by the month and in the whole year by the units that reported both; `all` is everybody's total of the year."""

    year: int
    done: int
    whole: int
    all: int

    @property
    def usable(self) -> bool:
        """Whether the year may be learned from: something was done, and the units behind it did most of it."""
        return self.whole > 0 and self.done >= 0 and Fraction(self.whole, self.all) >= LEAST_COVERED


def normal_share(years: Sequence[PastYear], year: int) -> Fraction | None:
    """The share 0..1 of a year normally done, weighted towards the last years; None when no past year is usable.

    >>> normal_share([PastYear(2021, 60, 100, 100), PastYear(2020, 50, 100, 100)], 2022)
    Fraction(19, 34)
    """
    used = [(PER_YEAR ** (year - 1 - one.year), Fraction(one.done, one.whole)) for one in years if one.usable]
    if not used:
        return None
    return sum((weight * share for weight, share in used), Fraction(0)) / sum((weight for weight, _ in used), Fraction(0))


def past_codes(month: Month, years: int = YEARS_BACK) -> dict[int, tuple[str, str]]:
    """By year the codes of January–m and January–December.

    >>> past_codes(Month(2022, 9), 1)
    {2021: ('2021-01..09', '2021-01..12')}
    """
    return {
        year: (cumulative_code(Month(year, month.month)), cumulative_code(Month(year, 12)))
        for year in range(month.year - 1, month.year - 1 - years, -1)
    }


def past_sums(definition: Indicator, inputs: Inputs) -> list[PastYear]:
    """The past years of a sum, from the cumulative figures of its form."""
    import ibis
    import pyarrow as pa

    codes = past_codes(inputs.month)
    rows = [
        {"w_year": year, "w_side": side, "w_period": code} for year, pair in codes.items() for side, code in zip("mw", pair, strict=True)
    ]
    w = ibis.memtable(
        pa.Table.from_pylist(rows, schema=pa.schema([("w_year", pa.int64()), ("w_side", pa.string()), ("w_period", pa.string())]))
    )
    f = inputs.facts.filter(
        inputs.facts.form == definition.form,
        inputs.facts.item == definition.item,
        inputs.facts.role == "value",
        inputs.facts.as_reported == "cumulative",
        inputs.facts.value.notnull(),
        ~inputs.facts.held,
        inputs.facts.period.isin(sorted({code for pair in codes.values() for code in pair})),
    ).select("party", "period", "value")
    j = f.join(w, f.period == w.w_period)
    each = j.group_by("w_year", "party").agg(done=j.value.max(where=j.w_side == "m"), whole=j.value.max(where=j.w_side == "w"))
    both = each.done.notnull() & each.whole.notnull()
    found = each.group_by("w_year").agg(done=each.done.sum(where=both), whole=each.whole.sum(where=both), everybody=each.whole.sum())
    years = [
        PastYear(int(one["w_year"]), int(one["done"] or 0), int(one["whole"] or 0), int(one["everybody"] or 0))
        for one in inputs.rows(found)
    ]
    return sorted((one for one in years if one.all > 0), key=lambda one: -one.year)


def past_events(definition: Indicator, inputs: Inputs) -> list[PastYear]:
    """The past years of a count of distinct parties, from the days of its events."""
    years = list(past_codes(inputs.month))
    parts = [(day_number(date(year, 1, 1)), day_number(Month(year, inputs.month.month).end)) for year in years]
    wholes = [(day_number(date(year, 1, 1)), day_number(date(year, 12, 31))) for year in years]
    expression = progress.events(inputs.facts, form=definition.form, item=definition.item, spans=[*parts, *wholes], scope="city")
    counts = {int(one["slot"]): int(one["n"]) for one in inputs.rows(expression)}
    return [
        PastYear(year, counts.get(index, 0), whole, whole)
        for index, year in enumerate(years)
        if (whole := counts.get(index + len(years), 0))
    ]


def seasonal_rows(
    definition: Indicator,
    years: Sequence[PastYear],
    scope: tuple[str, str],
    period: str,
    done: Fraction,
    month: Month,
    rest: Mapping[str, Any],
) -> list[Row]:
    """`seasonal_schedule` %, and with a target `seasonal_gap` in points and `seasonal_forecast`, the year's total at that pace. No row without a usable year."""
    share = normal_share(years, month.year)
    if share is None or not definition.target:
        return []
    used = [str(one.year) for one in years if one.usable]
    said = {**rest, "basis": f"{LEARNED}{','.join(used)}", "reason": f"按{'、'.join(used)}年同期占全年的比重，每早一年权重乘0.7"}
    pace, gap = 100 * share, 100 * done / definition.target.value - 100 * share
    rows = [
        _row(definition, scope, period, "seasonal_schedule", pace, "%", said),
        _row(definition, scope, period, "seasonal_gap", gap, "points", said),
    ]
    if share > 0:
        rows.append(_row(definition, scope, period, "seasonal_forecast", done / share, definition.unit, said))
    return rows


def _row(definition: Indicator, scope: tuple[str, str], period: str, stat: str, value: Fraction, unit: str, rest: Mapping[str, Any]) -> Row:
    from yunxing.engines.indicators.formula import Ratio

    kept, _exact = Ratio.of(value.numerator, value.denominator).fitted()
    return figure(definition.id, scope, period, stat, kept.num, kept.den, unit, **rest)
