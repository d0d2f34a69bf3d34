"""What closing a month reads besides its reports of the last two years: past years for the seasonal pace and for linked indices, and published series.

Read by form and item, so that sixty months of one item cost one item. The same rows are kept in the closed month, so that the figures can be traced.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yunxing.engines.indicators import seasonal, statistic_index
from yunxing.engines.indicators.definition import Indicator
from yunxing.values.period import Month


@dataclass(frozen=True, slots=True)
class Also:
    """Items of a form in further periods."""

    form: str
    items: frozenset[str]
    periods: frozenset[str]


def also_read(indicators: Iterable[Indicator], month: Month, cycles: Mapping[str, str]) -> list[Also]:
    """Of each form the further items and periods; `cycles` says which forms report events (`event`), whose days stand under the month they were reported for."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for one in indicators:
        items, periods = {one.item}, set()
        if one.statistic in ("sum_to_target", "distinct_in_year") and one.target is not None:
            periods = past(month, events=cycles.get(one.form) == "event")
        elif one.statistic == "weighted_index":
            items, periods = {one.item, one.weight} - {""}, statistic_index.codes_read(one, month)
        if periods:
            mine = found.setdefault(one.form, (set(), set()))
            mine[0].update(items)
            mine[1].update(periods)
    return [Also(form, frozenset(items), frozenset(periods)) for form, (items, periods) in sorted(found.items())]


def past(month: Month, *, events: bool) -> set[str]:
    """The codes of the past years a seasonal pace is learned from: January–m and January–December, or every month where days of events are counted."""
    codes = seasonal.past_codes(month)
    if events:
        return {Month(year, number).code for year in codes for number in range(1, 13)}
    return {code for pair in codes.values() for code in pair}


def public_read(indicators: Iterable[Indicator]) -> set[str]:
    """The published series that some card names."""
    asked = list(indicators)
    return {series for one in asked for series in one.published.values()} | {one.deflator for one in asked if one.deflator}
