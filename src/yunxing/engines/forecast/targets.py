"""Will a promise of the year be kept? Expected total with bands, probability of keeping it, and the pace that every month left would need.

Three ways to look ahead, by what is known: projects with planned days (their S-curves, `s_curve.py`), a plain series of months (the forecast engine), single events such as
admissions and listings (a Poisson process whose rate is not known exactly). Where past years taught a normal share of the year, the total it gives is averaged in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import NormalDist
from typing import Any, Literal

from yunxing.engines.forecast.s_curve import YearAhead

Method = Literal["projects", "series", "events", "reached"]
NORMAL = NormalDist()
Z80, Z95 = NORMAL.inv_cdf(0.9), NORMAL.inv_cdf(0.975)
PER = 10_000  # probabilities are kept in 0.0001
LEAST, MOST = 0.01, 0.99  # nothing that is still open is called impossible or certain
PARTS = 20


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a promise stands after a month. Totals are in the indicator's stored unit; `probability` is that of reaching the target, in 0.0001.

    `needed` is what each month left must bring on average (0 when reached), `pace` what the months so far brought; `parts` are the projects that fall furthest behind
    their own plans: `{party, plan, done, asked, expected}`.
    """

    indicator: str
    period: str
    method: Method
    target: Fraction
    reached: int
    expected: int
    low80: int
    high80: int
    low95: int
    high95: int
    probability: int
    months_left: int
    needed: Fraction
    pace: Fraction
    parts: tuple[Mapping[str, Any], ...] = field(default=())

    def plain(self) -> dict[str, Any]:
        """As JSON; rationals as numerator and denominator."""
        return {
            "indicator": self.indicator,
            "period": self.period,
            "method": self.method,
            "target": _pair(self.target),
            "reached": self.reached,
            "expected": self.expected,
            "bands": {"80": [self.low80, self.high80], "95": [self.low95, self.high95]},
            "probability": self.probability,
            "months_left": self.months_left,
            "needed": _pair(self.needed),
            "pace": _pair(self.pace),
            "parts": [dict(one) for one in self.parts],
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """What every way needs: the indicator, its period, the target, what is reached after `month` months, and the total by past years' normal share, if there is one."""

    indicator: str
    period: str
    target: Fraction
    reached: int
    month: int
    usual_total: float | None = None


def outlook_of_projects(at: Standing, ahead: YearAhead) -> Outlook:
    """By the S-curves of the projects. What is reported and belongs to no planned project is added as it is."""
    beside = at.reached - sum(one.done for one in ahead.works if one.told)
    expected = float(ahead.expected + max(0, beside))
    expected, deviation = _with_usual(at, expected, float(ahead.deviation))
    behind = sorted(ahead.works, key=lambda one: (-one.short, one.party))[:PARTS]
    parts = [
        {"party": one.party, "plan": one.plan, "done": one.done, "asked": one.asked, "expected": one.expected}
        for one in behind
        if one.short > 0
    ]
    return _normal(at, "projects", expected, deviation, tuple(parts))


def outlook_of_series(at: Standing, expected: float, half80: float, half95: float) -> Outlook:
    """By the forecast of the year to date at its end, with the half widths of its bands."""
    expected, deviation = _with_usual(at, expected, (half80 / Z80 + half95 / Z95) / 2)
    return _normal(at, "series", expected, deviation)


def outlook_of_events(at: Standing, counts: Sequence[int], year_before: Sequence[int]) -> Outlook:
    """By counts of single events: `counts` of each month so far, `year_before` of the months of last year that are still to come this year (may be empty).

    The rate is a Gamma after the events seen (bursts count as fewer), so the rest of the year is negative binomial. Half of the rate comes from last year's same months.
    """
    left = 12 - at.month
    seen, months = sum(counts), max(1, len(counts))
    rate = (seen + 0.5) / months
    if year_before and left:
        rate = (rate + (sum(year_before) + 0.5) / len(year_before)) / 2
    if at.usual_total is not None and left:
        rate = (rate + max(0.0, at.usual_total - at.reached) / left) / 2
    mean = sum(counts) / months
    bursts = max(1.0, sum((one - mean) ** 2 for one in counts) / max(1, months - 1) / mean) if mean > 0 else 1.0
    shape = max(0.5, (seen + 0.5 + sum(year_before)) / bursts)
    expected = rate * left
    missing = max(0, math.ceil(at.target) - at.reached)
    sums = _sums(expected, shape, max(missing, math.ceil(expected * 4 + 12 * math.sqrt(expected + 1) + 12)))

    def at_share(share: float) -> int:
        return next((number for number, total in enumerate(sums) if total >= share), len(sums) - 1) + at.reached

    probability = 1.0 - sums[missing - 1] if missing else 1.0
    bands = (at_share(0.1), at_share(0.9), at_share(0.025), at_share(0.975))
    return _made(at, "events", at.reached + expected, bands, probability)


def _sums(mean: float, shape: float, furthest: int) -> list[float]:
    """P(N ≤ n) for n = 0 … furthest of a negative binomial with that mean and shape (a Gamma rate under a Poisson count)."""
    if mean <= 0:
        return [1.0] * (furthest + 1)
    share, total, sums = mean / (mean + shape), 0.0, []
    for n in range(furthest + 1):
        log = math.lgamma(shape + n) - math.lgamma(shape) - math.lgamma(n + 1) + shape * math.log1p(-share) + n * math.log(share)
        total += math.exp(log)
        sums.append(min(1.0, total))
    return sums


def _with_usual(at: Standing, expected: float, deviation: float) -> tuple[float, float]:
    """The mean of two totals where past years give a second one; half their distance is added to the spread."""
    if at.usual_total is None or at.month == 12:
        return expected, deviation
    middle = (expected + at.usual_total) / 2
    return middle, math.hypot(deviation, (expected - at.usual_total) / 2)


def _normal(at: Standing, method: Method, expected: float, deviation: float, parts: tuple[Mapping[str, Any], ...] = ()) -> Outlook:
    least = float(at.reached)  # a year's sum does not fall
    expected = max(expected, least)

    def edge(z: float) -> int:
        return round(max(least, expected + z * deviation))

    bands = (edge(-Z80), edge(Z80), edge(-Z95), edge(Z95))
    distance = expected - float(at.target)
    probability = NORMAL.cdf(distance / deviation) if deviation > 0 else float(distance >= 0)
    return _made(at, method, expected, bands, probability, parts)


def _made(
    at: Standing,
    method: Method,
    expected: float,
    bands: tuple[int, int, int, int],
    probability: float,
    parts: tuple[Mapping[str, Any], ...] = (),
) -> Outlook:
    left = 12 - at.month
    done = at.reached >= at.target
    chance = 1.0 if done else 0.0 if not left else min(MOST, max(LEAST, probability))
    needed = Fraction(0) if done or not left else (at.target - at.reached) / left
    low80, high80, low95, high95 = bands if left else (at.reached,) * 4
    return Outlook(
        at.indicator, at.period, "reached" if done else method, at.target, at.reached, round(expected) if left else at.reached,
        low80, high80, low95, high95, round(chance * PER), left, needed, Fraction(at.reached, at.month), parts,
    )  # fmt: skip


def _pair(value: Fraction) -> list[int]:
    return [value.numerator, value.denominator]
