"""Whom the quarterly talk should be proposed for (季约谈): triggers of the pack, each with its numbers put in. A trigger proposes, a person decides.

A quarter in which nothing fires still gets a recorded decision: none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from yunxing.values.quantity import format_number

SubjectKind = Literal["unit", "office"]
Rule = Literal["behind_and_last", "falling", "overdue", "whistles", "data"]


@dataclass(frozen=True, slots=True)
class Trigger:
    """One trigger: its rule and the bounds of the pack (`at_least` unless said otherwise), and what they rest on.

    behind_and_last: `points` below the city and among the last `places`; falling: `months` running; overdue: `count` promises, or one by more
    than `days`; whistles: overdue share of `percent` with at least `count` cases; data: `count` late reports, or one found false.
    """

    id: str
    title: str
    title_en: str
    rule: Rule
    source: str
    points: Fraction = Fraction(0)
    places: int = 0
    months: int = 0
    count: int = 0
    days: int = 0
    percent: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one county or office at the quarter's end; None where a figure does not exist for it."""

    subject: str
    kind: SubjectKind
    growth: Fraction | None = None
    city_growth: Fraction | None = None
    rank: int | None = None
    ranked: int = 0
    falling_months: int = 0
    overdue: int = 0
    longest_overdue_days: int = 0
    cases: int = 0
    cases_overdue: int = 0
    late_reports: int = 0
    false_data: int = 0


@dataclass(frozen=True, slots=True)
class Fired:
    """A trigger that fires for a subject, in words with the numbers put in."""

    subject: str
    kind: SubjectKind
    trigger: str
    zh: str
    en: str


def propose(triggers: Sequence[Trigger], seen: Sequence[Seen]) -> list[Fired]:
    """Everything that fires, by subject and trigger in the given order."""
    found = []
    for one in seen:
        for trigger in triggers:
            words = _RULES[trigger.rule](trigger, one)
            if words is not None:
                found.append(Fired(one.subject, one.kind, trigger.id, *words))
    return found


def ranks(values: Mapping[str, Fraction]) -> dict[str, int]:
    """The rank of each, the greatest first; ties share the better rank (1, 2, 2, 4).

    >>> ranks({"a": Fraction(3), "b": Fraction(2), "c": Fraction(2), "d": Fraction(1)})
    {'a': 1, 'b': 2, 'c': 2, 'd': 4}
    """
    return {name: 1 + sum(other > value for other in values.values()) for name, value in values.items()}


def _behind_and_last(trigger: Trigger, one: Seen) -> tuple[str, str] | None:
    if one.growth is None or one.city_growth is None or one.rank is None:
        return None
    gap = one.city_growth - one.growth
    if gap < trigger.points or one.rank <= one.ranked - trigger.places:
        return None
    growth, city, below = (format_number(value, 1) for value in (one.growth, one.city_growth, gap))
    return (
        f"累计增速 {growth}%，低于全市（{city}%）{below} 个百分点，居第 {one.rank} 位（共 {one.ranked}）",
        f"cumulative growth {growth}%, {below} points below the city's {city}%, place {one.rank} of {one.ranked}",
    )


def _falling(trigger: Trigger, one: Seen) -> tuple[str, str] | None:
    if not trigger.months or one.falling_months < trigger.months:
        return None
    return f"增速连续 {one.falling_months} 个月回落", f"growth has fallen {one.falling_months} months running"


def _overdue(trigger: Trigger, one: Seen) -> tuple[str, str] | None:
    if one.overdue < trigger.count and one.longest_overdue_days <= trigger.days:
        return None
    return (
        f"{one.overdue} 项任务超期，最长 {one.longest_overdue_days} 天",
        f"{one.overdue} tasks are overdue, the longest by {one.longest_overdue_days} days",
    )


def _whistles(trigger: Trigger, one: Seen) -> tuple[str, str] | None:
    if one.cases < trigger.count or Fraction(one.cases_overdue, one.cases) < trigger.percent:
        return None
    return f"{one.cases} 件诉求中 {one.cases_overdue} 件超期", f"{one.cases_overdue} of {one.cases} cases are overdue"


def _data(trigger: Trigger, one: Seen) -> tuple[str, str] | None:
    if one.late_reports < trigger.count and not one.false_data:
        return None
    return f"报送迟 {one.late_reports} 次、查实不实 {one.false_data} 次", f"{one.late_reports} late reports, {one.false_data} found false"


_RULES: dict[Rule, Callable[[Trigger, Seen], tuple[str, str] | None]] = {
    "behind_and_last": _behind_and_last,
    "falling": _falling,
    "overdue": _overdue,
    "whistles": _whistles,
    "data": _data,
}
