"""When which alert level is called (measure 24): criteria are data with versions; the same air read by another version may give another level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One rule of a level: the index reaches `peak`; or it stays above `above` for `hours` on end, and within them above `and_above` for `and_hours` on end."""

    level: str
    above: int = 0
    hours: int = 0
    and_above: int = 0
    and_hours: int = 0
    peak: int = 0


@dataclass(frozen=True, slots=True)
class Criteria:
    """A version of the criteria; rules from the gravest level to the least."""

    id: str
    title: str
    first: date
    last: date | None
    rules: tuple[AlertRule, ...]

    def on(self, day: date) -> bool:
        """Whether the version is in force on a day."""
        return self.first <= day and (self.last is None or day <= self.last)


def level_of(hourly: Sequence[int], criteria: Criteria) -> str:
    """The level that an hourly series of the air quality index calls for; empty for none. The first rule that holds decides."""
    return next((rule.level for rule in criteria.rules if holds(rule, hourly)), "")


def level_of_days(daily: Sequence[int], criteria: Criteria) -> str:
    """The same from daily means: each counts twenty-four hours."""
    return level_of([value for value in daily for _hour in range(24)], criteria)


def holds(rule: AlertRule, hourly: Sequence[int]) -> bool:
    """Whether a rule holds. "Above" is strict: 200 is not above 200; a peak is reached when it is met."""
    if rule.peak:
        return max(hourly, default=0) >= rule.peak
    return any(
        last - first >= rule.hours and (not rule.and_hours or _longest(hourly[first:last], rule.and_above) >= rule.and_hours)
        for first, last in _spells(hourly, rule.above)
    )


def _spells(hourly: Sequence[int], above: int) -> list[tuple[int, int]]:
    """The stretches on end above a bound, as (first, end)."""
    found, first = [], None
    for at, value in enumerate([*hourly, -1]):
        if value > above and first is None:
            first = at
        elif value <= above and first is not None:
            found.append((first, at))
            first = None
    return found


def _longest(hourly: Sequence[int], above: int) -> int:
    return max((last - first for first, last in _spells(hourly, above)), default=0)
