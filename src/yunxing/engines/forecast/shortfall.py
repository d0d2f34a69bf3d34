"""潜在: all is well today and the year's target will be missed. The probability of that after each month, from the months up to it alone.

The year's total is what is reached plus what the forecast expects of the months to come; its distance from the target is counted in three usual sizes (the row's change
on a year, the spread of its yearly growth, the roughness of its months) and turned into a probability by weights learnt on the development series; learnt on one half and judged on
the other they are as good (docs/decisions/0121). The usual office rule, cumulative growth below the target's, has a third of this skill in March.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yunxing.engines.forecast.combine import point_forecasts
from yunxing.engines.forecast.rows import stacked

FIRST_MONTH, LAST_MONTH = 3, 11
FARTHEST = 6.0  # sizes beyond which a distance says nothing more
# weights of the three distances and of none, for the middle of the year, and how they change with the month and with its square
WEIGHTS = (
    (-0.8817, -0.5677, -2.0702, -0.0251),
    (0.0364, -0.1193, -1.3266, 0.0082),
    (-0.3498, 0.2004, -0.4219, 0.1168),
)
CHUNK = 1500
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Promise:
    """A total to be reached in a calendar year by a series of months (place = year·12 + month − 1)."""

    series: str
    year: int
    target: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a promise looked like after a month: reached so far, the expected total of the year, the probability of missing it, and the pace needed from then on.

    `needed` is what each month left must bring on average, `pace` what the months so far brought on average.
    """

    promise: Promise
    month: int
    reached: float
    expected: float
    missing: float
    needed: float
    pace: float


@dataclass(frozen=True, slots=True)
class History:
    """Months of a series up to some month, and how many of them lie in the year of the promise."""

    values: Sequence[float]
    so_far: int


def missing_probability(histories: Sequence[History], targets: Sequence[float], *, season: int = 12) -> tuple[Any, Any]:
    """For each history, the expected total of the year and the probability that it stays below its target (positive). One table, one pass.

    Histories may be of any length; a gap in the months is NaN, and one in the year so far is filled by the months around it.
    """
    import numpy as np

    expected, missing = np.full(len(histories), np.nan), np.full(len(histories), np.nan)
    for begin in range(0, len(histories), CHUNK):
        rows = range(begin, min(begin + CHUNK, len(histories)))
        ahead = max(season - histories[row].so_far for row in rows)
        said = point_forecasts(stacked([histories[row].values for row in rows]), season=season, horizon=max(ahead, 1))
        for row in rows:
            one = histories[row]
            left = season - one.so_far
            reached = _reached(one)
            expected[row] = reached + float(said[row - begin, :left].sum())
            missing[row] = _probability(one, targets[row], expected[row], season)
    return expected, missing


def _reached(one: History) -> float:
    """The year so far; a gap counts as the mean of its other months."""
    import numpy as np

    year = np.asarray(one.values[len(one.values) - one.so_far :], dtype=np.float64)
    known = year[np.isfinite(year)]
    return float(known.mean() * len(year)) if len(known) else 0.0


def _probability(one: History, target: float, expected: float, season: int) -> float:
    import numpy as np

    values = np.asarray(one.values, dtype=np.float64)
    left = (season - one.so_far) / season
    gap = expected / target - 1
    sizes = (
        _yearly_change(values, season) / (target / season) * left + 0.002,
        max(_growth_spread(values, one.so_far, season), 0.005) * left + 0.003,
        _roughness(values, season) * left**0.5 + 0.002,
    )
    distances = [float(np.clip(gap / size, -FARTHEST, FARTHEST)) for size in sizes]
    at = ((1 - left) * 12 - 7) / 4
    score = sum(at**power * sum(w * x for w, x in zip(weights, [*distances, 1.0], strict=True)) for power, weights in enumerate(WEIGHTS))
    return float(1 / (1 + np.exp(-score)))


def _yearly_change(values: Any, season: int) -> float:
    """The mean absolute change on a year."""
    import numpy as np

    change = np.abs(values[season:] - values[:-season]) if len(values) > season else np.empty(0)
    change = change[np.isfinite(change)]
    return float(change.mean()) if len(change) else float(np.nanmean(np.abs(values)) * 0.1)


def _growth_spread(values: Any, so_far: int, season: int) -> float:
    """The standard deviation of the growth of full years before this one; a tenth when there are too few."""
    import numpy as np

    past = values[: len(values) - so_far]
    whole = past[len(past) % season :].reshape(-1, season).sum(axis=1)
    whole = whole[np.isfinite(whole)]
    if len(whole) < 3 or (whole <= 0).any():
        return 0.1
    return float(np.diff(np.log(whole)).std(ddof=1))


def _roughness(values: Any, season: int) -> float:
    """How much the change on a year differs from one month to the next, as a standard deviation over three years; a tenth when there are too few."""
    import numpy as np

    known = values[np.isfinite(values)]
    usual = float(np.abs(known).mean()) if len(known) else 1.0
    scaled = np.log(values) if len(known) and (known > 0).all() else values / (usual or 1.0)
    rough = np.diff(scaled[season:] - scaled[:-season])[-3 * season :] if len(values) > season + 1 else np.empty(0)
    rough = rough[np.isfinite(rough)]
    return float(rough.std()) if len(rough) >= season // 2 else 0.1


def outlooks(
    months: Mapping[str, tuple[int, Sequence[float]]], promises: Sequence[Promise], *, progress: Progress = lambda _done, _total: None
) -> list[Outlook]:
    """Every promise after March to November, as far as its series goes; `months` gives of each series the first place and the values.

    A promise whose year the series does not reach, or reaches with less than a year before it, has no outlook.
    """
    found: list[Outlook] = []
    total = LAST_MONTH - FIRST_MONTH + 1
    for done, month in enumerate(range(FIRST_MONTH, LAST_MONTH + 1)):
        progress(done, total)
        due: list[tuple[Promise, History]] = []
        for promise in promises:
            first, values = months[promise.series]
            until = promise.year * 12 + month - first
            if until - month >= 12 and until <= len(values):
                due.append((promise, History(values[:until], month)))
        expected, missing = missing_probability([one for _, one in due], [promise.target for promise, _ in due])
        for (promise, one), total_of_year, probability in zip(due, expected, missing, strict=True):
            reached = _reached(one)
            found.append(
                Outlook(
                    promise,
                    month,
                    reached,
                    float(total_of_year),
                    float(probability),
                    (promise.target - reached) / (12 - month),
                    reached / month,
                )
            )
    progress(total, total)
    return sorted(found, key=lambda one: (one.promise.series, one.promise.year, one.month))
