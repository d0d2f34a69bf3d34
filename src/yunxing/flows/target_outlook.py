"""The outlook of every promise that is a sum or a count of the year, for `outlook.json` of a closed month. Rows and tables of the month in, plain records out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import isfinite
from typing import Any

from yunxing.engines.forecast.s_curve import Work, year_ahead
from yunxing.engines.forecast.series import forecast_lines
from yunxing.engines.forecast.targets import Outlook, Standing, outlook_of_events, outlook_of_projects, outlook_of_series
from yunxing.engines.forecast.timeline import Point, line_of
from yunxing.engines.indicators import progress
from yunxing.engines.indicators.compute import Inputs
from yunxing.engines.indicators.definition import CITY, Indicator
from yunxing.engines.indicators.rows import Row
from yunxing.engines.indicators.window import slots
from yunxing.engines.registry.parties import Party
from yunxing.values.period import Month, parse_period

USUAL = "seasonal_forecast"  # the year's total by past years' normal share of it


def target_outlooks(definitions: Iterable[Indicator], rows: Sequence[Row], inputs: Inputs, parties: Mapping[str, Party]) -> list[Outlook]:
    """One outlook for each indicator of the city with a target for the year's sum; none where the month has no figure."""
    found = []
    for definition in definitions:
        if definition.target is None or definition.statistic not in ("sum_to_target", "distinct_in_year"):
            continue
        totals = city_totals(definition.id, rows)
        month = inputs.month
        if month not in totals:
            continue
        usual = next(
            (float(row.value) for row in rows if (row.indicator, row.scope_kind, row.stat) == (definition.id, "city", USUAL) and row.value is not None), None
        )  # fmt: skip
        code = next(row.period for row in rows if row.indicator == definition.id and row.scope_kind == "city" and _closes(row, month))
        at = Standing(definition.id, code, definition.target.value, int(totals[month]), month.month, usual)
        found.append(_outlook(definition, at, totals, inputs, parties))
    return found


def _outlook(
    definition: Indicator, at: Standing, totals: Mapping[Month, Fraction], inputs: Inputs, parties: Mapping[str, Party]
) -> Outlook:
    if definition.statistic == "distinct_in_year":
        return outlook_of_events(at, *event_counts(totals, inputs.month))
    works = works_of(definition, inputs, parties)
    if sum(one.plan > 0 for one in works) * 2 >= max(1, len(works)) and any(one.start for one in works):
        return outlook_of_projects(
            at, year_ahead(works, inputs.month.end, {m.month: int(v) for m, v in totals.items() if m.year == inputs.month.year})
        )
    return _series_outlook(at, totals, inputs.month)


def _series_outlook(at: Standing, totals: Mapping[Month, Fraction], month: Month) -> Outlook:
    left = 12 - month.month
    points = [Point(parse_period(f"{one.year:04d}-01..{one.month:02d}"), float(value)) for one, value in totals.items() if one.month >= 2]
    if not left or not points:
        return outlook_of_series(at, float(at.reached), 0.0, 0.0)
    last = forecast_lines({at.indicator: line_of(points)}, left).series[0].steps[-1]
    if not all(map(isfinite, (last.mean, last.high80, last.high95))):  # too short a history to forecast from: the pace so far, as unsure as what is to come is large
        pace = float(at.reached) * 12 / month.month
        return outlook_of_series(at, pace, (pace - at.reached) * 0.64, pace - at.reached)
    return outlook_of_series(at, last.mean, last.high80 - last.mean, last.high95 - last.mean)


def city_totals(indicator: str, rows: Iterable[Row]) -> dict[Month, Fraction]:
    """The city's cumulative figure by the month it ends with, oldest first; absent ones are left out."""
    found = {
        Month.of(parse_period(row.period).end): row.value
        for row in rows
        if (row.indicator, row.scope_kind, row.scope, row.stat) == (indicator, "city", CITY, "cumulative") and row.value is not None
    }
    return {month: found[month] for month in sorted(found)}


def _closes(row: Row, month: Month) -> bool:
    return row.stat == "cumulative" and Month.of(parse_period(row.period).end) == month


def event_counts(totals: Mapping[Month, Fraction], month: Month) -> tuple[list[int], list[int]]:
    """Counts of the months of this year so far, and of last year's months that are still to come this year, as far as they are known."""

    def count(at: Month) -> int | None:
        if at not in totals or (at.month > 1 and at.previous() not in totals):
            return None
        return int(totals[at] - (totals[at.previous()] if at.month > 1 else 0))

    this = [count(Month(month.year, number)) for number in range(1, month.month + 1)]
    before = [count(Month(month.year - 1, number)) for number in range(month.month + 1, 13)]
    known = [one for one in this if one is not None]
    if None in this:  # what the missing months hold together is spread evenly over them
        rest, missing = int(totals[month]) - sum(known), this.count(None)
        known += [rest // missing + (place < rest % missing) for place in range(missing)]
    return known, [one for one in before if one is not None]


def works_of(definition: Indicator, inputs: Inputs, parties: Mapping[str, Party]) -> list[Work]:
    """The roster's projects with their plan of the year, planned days, and what they report done this year; preparatory ones without a plan are left out."""
    window = slots(inputs.month, jan_feb=inputs.jan_feb(definition.form), history=0)
    asked = {"form": definition.form, "item": definition.item, "roster": definition.roster}
    works = []
    for plain in inputs.rows(progress.reported(inputs.facts, inputs.membership, inputs.party, slots=window, **asked)):
        known: Mapping[str, Any] = parties[plain["party"]].attributes if plain["party"] in parties else {}
        plan = int(plain["annual_plan"] or 0)
        if plan <= 0 and plain["value"] is None:
            continue
        done = None if plain["value"] is None else int(plain["value"])
        works.append(Work(plain["party"], _day(known.get("planned_start")), _day(known.get("planned_finish")), plan, done))
    return sorted(works, key=lambda one: one.party)


def _day(text: object) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) and text else None
