"""A year's investment from its projects: each follows an S between its planned start and finish, at the speed it has shown, until the year ends.

What a project has done over what its S-curve asked by now is its speed. A speed seen for few months is drawn towards the speed of all projects together. The rest of the
year is the rest of the project's plan at that speed. The spread has two parts: projects differ from their drawn speed (their sum averages out), and all slow down or
speed up together from month to month (which does not). Money is in fen; results are estimates, rounded to whole fen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

PATIENCE = 4.0  # months of own record that weigh as much as the speed of all
FASTEST = 2.0  # times the plan, beyond which a speed is a mistake of the plan and not believed
COMMON_LEAST = 0.15  # the least spread of the common speed in a month, as a share
WINTER = 0.25  # of the rest: how far the speed of January to March may be from the year's, for frost and the holiday; fades out by June
UNKNOWN_SPREAD = 0.5  # of a single project's speed, before there is a record


@dataclass(frozen=True, slots=True)
class Work:
    """One project in the year: planned first and last day, the year's plan, and what is reported done this year (None: nothing reported yet)."""

    party: str
    start: date | None
    finish: date | None
    plan: int
    done: int | None


@dataclass(frozen=True, slots=True)
class WorkAhead:
    """A project's year: what its curve asked by now, its speed (done over asked), and the total it is heading for. `told`: `done` was reported, not guessed."""

    party: str
    plan: int
    done: int
    asked: int
    speed: float
    expected: int
    told: bool = True

    @property
    def short(self) -> int:
        """How far the total it is heading for lies under its plan; negative when above."""
        return self.plan - self.expected


@dataclass(frozen=True, slots=True)
class YearAhead:
    """All projects together: done, expected total, the standard deviation of it, and each project."""

    done: int
    expected: int
    deviation: int
    works: tuple[WorkAhead, ...]


def share_done(day: date, start: date | None, finish: date | None) -> float:
    """The share of a project's works that is done by the end of a day on its S-curve (3x² − 2x³ of the time between start and finish).

    >>> share_done(date(2022, 7, 2), date(2022, 1, 1), date(2022, 12, 31))
    0.5
    """
    if start is None or finish is None or finish <= start:
        return 0.0
    place = min(1.0, max(0.0, ((day - start).days + 0.5) / ((finish - start).days + 1)))
    return place * place * (3 - 2 * place) if place not in (0.0, 1.0) else place


def asked_share(day: date, start: date | None, finish: date | None) -> float:
    """The share of the year's plan that the curve asks by the end of a day of that year; by the calendar when the project has no dates inside the year.

    Half of it is the S-curve and half the time of the year in which the project runs: plans of a year are drawn more evenly than the works of a project.
    """
    first, last = date(day.year, 1, 1), date(day.year, 12, 31)
    begin, end = max(first, start or first), min(last, finish or last)
    if begin > end:
        begin, end = first, last
    even = min(1.0, max(0.0, ((day - begin).days + 1) / ((end - begin).days + 1)))
    before, after = (share_done(one, start, finish) for one in (date(day.year - 1, 12, 31), last))
    if after - before < 1e-6:
        return even
    return 0.5 * even + 0.5 * (share_done(day, start, finish) - before) / (after - before)


def year_ahead(works: Sequence[Work], day: date, totals: Mapping[int, int] | None = None) -> YearAhead:
    """The year's total that the projects are heading for, seen at the end of `day` (a month's last day).

    `totals` gives what all of them together had done by the end of earlier months of the year (month → fen): how unsteady the common speed is.
    """
    asked = [one.plan * asked_share(day, one.start, one.finish) for one in works]
    known = [(one, need) for one, need in zip(works, asked, strict=True) if one.done is not None and need > 0]
    pooled_asked = sum(need for _, need in known)
    pooled = min(FASTEST, sum(one.done or 0 for one, _ in known) / pooled_asked) if pooled_asked else 1.0
    ahead, variance = [], 0.0
    spread = _spread(known, pooled)
    for one, need in zip(works, asked, strict=True):
        rest = max(0.0, one.plan - need)
        record = _months_running(one, day) if one.done is not None and need > 0 else 0.0
        own = min(FASTEST, (one.done or 0) / need) if record else pooled
        speed = (record * own + PATIENCE * pooled) / (record + PATIENCE)
        done = one.done if one.done is not None else round(pooled * need)
        missing = 0.0 if one.done is not None else (spread * need) ** 2
        variance += (spread * rest) ** 2 * PATIENCE / (record + PATIENCE) + missing
        ahead.append(WorkAhead(one.party, one.plan, done, round(need), speed, done + round(rest * speed), one.done is not None))
    done, expected = sum(one.done for one in ahead), sum(one.expected for one in ahead)
    left = 12 - day.month
    rest = sum(max(0.0, one.plan - need) for one, need in zip(works, asked, strict=True))
    common = _common(works, day, totals or {}) * math.sqrt(1 / max(left, 1) + 1 / max(day.month, 1)) if left else 0.0
    winter = WINTER * min(1.0, max(0.0, (6 - day.month) / 3))
    return YearAhead(done, expected, round(math.sqrt(variance + (common * rest) ** 2 + (winter * rest) ** 2)), tuple(ahead))


def _months_running(one: Work, day: date) -> float:
    begin = max(one.start or date(day.year, 1, 1), date(day.year, 1, 1))
    return max(0.0, ((day - begin).days + 1) / 30.4)


def _spread(known: Sequence[tuple[Work, float]], pooled: float) -> float:
    """How much single projects differ from the common speed, weighed by what was asked of them."""
    total = sum(need for _, need in known)
    if len(known) < 3 or not total:
        return UNKNOWN_SPREAD
    return math.sqrt(sum(need * (min(FASTEST, (one.done or 0) / need) - pooled) ** 2 for one, need in known) / total)


def _common(works: Sequence[Work], day: date, totals: Mapping[int, int]) -> float:
    """The spread of the months' common speed: what was done in each month over what the curves asked in it."""
    months = sorted(month for month in totals if month <= day.month)
    speeds = []
    for before, month in pairwise(months):
        ends = [_month_end(day.year, one) for one in (before, month)]
        low, high = (sum(one.plan * asked_share(end, one.start, one.finish) for one in works) for end in ends)
        if high > low:
            speeds.append((totals[month] - totals[before]) / (high - low))
    if len(speeds) < 3:
        return 2 * COMMON_LEAST
    mean = sum(speeds) / len(speeds)
    return max(COMMON_LEAST, math.sqrt(sum((one - mean) ** 2 for one in speeds) / (len(speeds) - 1)))


def _month_end(year: int, month: int) -> date:
    return date(year, 12, 31) if month == 12 else date.fromordinal(date(year, month + 1, 1).toordinal() - 1)
