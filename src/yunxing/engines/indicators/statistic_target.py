"""`sum_to_target` and `distinct_in_year`: how far the year's promise is kept, against the time schedule.

Rows: `cumulative` (stored unit), `value` (the month), `time_schedule` %; at the city against the promise `target_share` %, `gap` in points and `forecast` at this
rate (cumulative·12/month), and beside the linear pace the seasonal one (`seasonal.py`): `seasonal_schedule`, `seasonal_gap`, `seasonal_forecast`; at every scope against the annual plans of the projects, preparatory ones left out, `planned`, `plan_share` % and `plan_gap`.
Of earlier periods: `cumulative` only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from yunxing.engines.indicators import progress, seasonal
from yunxing.engines.indicators.compute import Figures, Inputs
from yunxing.engines.indicators.definition import CITY, Indicator
from yunxing.engines.indicators.rows import NOT_APPLICABLE, NOT_REPORTED, Row, figure, missing
from yunxing.engines.indicators.window import Slot, cumulative_code, slots
from yunxing.values.period import day_number


def sum_to_target(definition: Indicator, inputs: Inputs) -> Figures:
    """Σ of the cumulative item over the roster."""
    import ibis

    window = slots(inputs.month, jan_feb=inputs.jan_feb(definition.form), history=definition.history)
    if not window:
        return Figures(
            (missing(definition.id, ("city", CITY), inputs.month.code, "cumulative", definition.unit, NOT_APPLICABLE, "1—2月合并统计"),)
        )
    asked = {"form": definition.form, "item": definition.item, "roster": definition.roster}
    table = ibis.memtable(inputs.run(progress.reported(inputs.facts, inputs.membership, inputs.party, slots=window, **asked)))
    rows: list[Row] = []
    for kind in (kind for kind in ("city", "unit") if kind in definition.scopes):
        for plain in inputs.rows(progress.sums(table, kind)):
            rows += sum_rows(definition, kind, plain, window[plain["slot"]])
    city = next((row for row in rows if (row.scope_kind, row.stat, row.period) == ("city", "cumulative", window[0].cumulative)), None)
    if city is not None and city.value is not None and definition.target is not None:
        rest = {"covered_num": city.covered_num, "covered_den": city.covered_den, "basis": city.basis}
        past = seasonal.past_sums(definition, inputs)
        rows += seasonal.seasonal_rows(definition, past, ("city", CITY), city.period, city.value, inputs.month, rest)
    if not any(row.scope_kind == "city" and row.period == window[0].cumulative for row in rows):
        rows.append(
            missing(definition.id, ("city", CITY), window[0].cumulative, "cumulative", definition.unit, NOT_REPORTED, "名录中没有单位")
        )
    return Figures(tuple(rows))


def sum_rows(definition: Indicator, kind: str, plain: Mapping[str, Any], slot: Slot) -> list[Row]:
    """The rows of one scope and period from its sums."""
    scope, period = (kind, plain["scope"]), slot.cumulative
    by_plan = bool(plain["plan"]) and plain["plan"] > 0
    share = (int(plain["plan_in"] or 0), int(plain["plan"])) if by_plan else (int(plain["n"] or 0), int(plain["due"]))
    rest = {"covered_num": share[0], "covered_den": share[1], "basis": f"{definition.roster}@{period}"}
    if not plain["n"]:
        return [missing(definition.id, scope, period, "cumulative", definition.unit, NOT_REPORTED, "全部未报", **rest)]
    done = int(plain["value"])
    rows = [figure(definition.id, scope, period, "cumulative", done, 1, definition.unit, **rest)]
    if plain["slot"] != 0:
        return rows
    if plain["month"] is not None:
        rows.append(figure(definition.id, scope, slot.single, "value", int(plain["month"]), 1, definition.unit, **rest))
    schedule = Fraction(100 * slot.month.month, 12)
    rows.append(figure(definition.id, scope, period, "time_schedule", 100 * slot.month.month, 12, "%", **rest))
    if kind == "city":
        rows += target_rows(definition, scope, period, Fraction(done), month=slot.month.month, rest=rest)
    if by_plan:
        real, plan = int(plain["value_real"] or 0), int(plain["plan"])
        behind = Fraction(100 * real, plan) - schedule
        rows.append(figure(definition.id, scope, period, "planned", plan, 1, definition.unit, **rest))
        rows.append(figure(definition.id, scope, period, "plan_share", 100 * real, plan, "%", **rest))
        rows.append(figure(definition.id, scope, period, "plan_gap", behind.numerator, behind.denominator, "points", **rest))
    return rows


def target_rows(
    definition: Indicator, scope: tuple[str, str], period: str, done: Fraction, *, month: int, rest: Mapping[str, Any]
) -> list[Row]:
    """Share of the target, gap to the time schedule in points, and the year's total at this rate. All exact; displayed parts may differ by rounding."""
    if definition.target is None:
        return []
    share = 100 * done / definition.target.value
    gap = share - Fraction(100 * month, 12)
    forecast = done * 12 / month
    return [
        figure(definition.id, scope, period, "target_share", share.numerator, share.denominator, "%", **rest),
        figure(definition.id, scope, period, "gap", gap.numerator, gap.denominator, "points", **rest),
        figure(definition.id, scope, period, "forecast", forecast.numerator, forecast.denominator, definition.unit, **rest),
    ]


def distinct_in_year(definition: Indicator, inputs: Inputs) -> Figures:
    """Distinct parties with an event in the calendar year so far: gross new entries, each enterprise once. No event is a true zero."""
    months = [inputs.month.plus(-back) for back in range(definition.history + 1)]
    spans = [(day_number(date(at.year, 1, 1)), day_number(at.end)) for at in months]
    rows: list[Row] = []
    for kind in (kind for kind in ("city", "unit") if kind in definition.scopes):
        expression = progress.events(inputs.facts, form=definition.form, item=definition.item, spans=spans, scope=kind)
        counts = {(plain["slot"], plain["scope"]): int(plain["n"]) for plain in inputs.rows(expression)}
        if kind == "city":
            counts = {(index, CITY): 0 for index in range(len(months))} | counts
        for (index, scope), count in counts.items():
            rows.append(figure(definition.id, (kind, scope), cumulative_code(months[index]), "cumulative", count, 1, definition.unit))
    at = inputs.month
    scope, period = ("city", CITY), cumulative_code(at)
    done = next((row.value for row in rows if (row.scope_kind, row.period) == ("city", period)), None) or Fraction(0)
    rows.append(figure(definition.id, scope, period, "time_schedule", 100 * at.month, 12, "%"))
    rows += target_rows(definition, scope, period, done, month=at.month, rest={})
    if definition.target is not None:
        rows += seasonal.seasonal_rows(definition, seasonal.past_events(definition, inputs), scope, period, done, at, {})
    return Figures(tuple(rows))
