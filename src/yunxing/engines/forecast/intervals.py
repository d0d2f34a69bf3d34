"""Bands whose coverage is measured, not assumed: how wrong the same forecast was at earlier origins, pooled over the rows of the table (conformal prediction).

An error is counted in the row's own usual size, a mixture of its seasonal-naive error and of its own errors at the *other* origins, and in the growth of errors with
the step ahead. Pooled quantiles of those ratios give the width. A table of few rows leans on the ratios of the development series (`PRIOR`), the more the fewer
its rows. Native intervals of the libraries cover 90 % where they say 95 (docs/decisions/0119).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from yunxing.engines.forecast.combine import point_forecasts
from yunxing.engines.forecast.rows import first_columns

ORIGINS = 5  # earlier origins, half a year apart
TRAINING = 2.5  # years a row must have before an origin
OWN = 0.3  # the weight of a row's own errors in its size, as an exponent
NEAR = 2  # steps on either side whose ratios are pooled
PRIOR_ROWS = 20  # the development ratios weigh as much as this many rows
ASKED_95 = 0.955  # errors to come are a little larger than errors at earlier origins; measured on the development half
LEVELS = (0.80, 0.95)
# Ratios of the development series at these shares, and the growth of their errors with the step, in seasonal-naive errors (bench forecast prints them)
PRIOR_SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)
PRIOR_RATIOS = (0.0, 0.14, 0.29, 0.45, 0.62, 0.81, 1.03, 1.28, 1.62, 2.12, 2.56, 3.17, 3.67, 7.8)
PRIOR_GROWTH = {12: (0.42, 0.155), 4: (0.5, 0.33)}  # at the first step, and by the square root of the steps after it


# (a table, the numbers of its rows in the whole table, steps ahead) → rows × steps; a shorter table is the same rows at an earlier origin
Forecast = Callable[[Any, Any, int], Any]


@dataclass(frozen=True)
class Bands:
    """The forecast and its bands, rows × steps. `covered` is the measured share of earlier errors inside each band, in the order of `LEVELS`."""

    mean: Any
    low80: Any
    high80: Any
    low95: Any
    high95: Any
    covered: tuple[float, float]
    tested: int


@dataclass(frozen=True)
class Errors:
    """What earlier origins taught: the unit of each row's error at each step to come (rows × steps), and the pooled ratios (rows × origins × steps, NaN where none)."""

    units: Any
    ratios: Any
    pooled: bool = False  # one width for all steps: what the ratios of sums need, whose length is another at every origin

    @cached_property
    def known_rows(self) -> int:
        """Rows with at least one earlier error."""
        import numpy as np

        return int(np.isfinite(self.ratios).any(axis=(1, 2)).sum())

    def width(self, level: float, step: int, rows: Any = slice(None)) -> float:
        """The ratio inside which `level` of the errors at a step (counted from 0) lie; from the given rows only when they are given."""
        import numpy as np

        pool = self._pool(step, rows)
        before = float(np.interp(level, PRIOR_SHARES, PRIOR_RATIOS))
        return before if not len(pool) else float(self._weight * np.quantile(pool, level) + (1 - self._weight) * before)

    def share_within(self, ratio: Any, step: int) -> Any:
        """The share of errors at a step that are smaller than `ratio` (an array of them)."""
        import numpy as np

        pool = np.sort(self._pool(step, slice(None)))
        before = np.interp(ratio, PRIOR_RATIOS, PRIOR_SHARES)
        if not len(pool):
            return before
        return self._weight * np.searchsorted(pool, ratio, side="right") / len(pool) + (1 - self._weight) * before

    @property
    def _weight(self) -> float:
        return self.known_rows / (self.known_rows + PRIOR_ROWS)

    def _pool(self, step: int, rows: Any) -> Any:
        import numpy as np

        begin = 0 if self.pooled else max(0, min(step, self.ratios.shape[2] - 1) - NEAR)
        end = None if self.pooled else begin + 2 * NEAR + 1
        pool = self.ratios[rows, :, begin:end].ravel()
        return pool[np.isfinite(pool)]


def bands(values: Any, *, season: int, horizon: int, restarts: Any = None, forecast: Forecast | None = None) -> Bands:
    """Forecast every row `horizon` steps ahead with bands of 80 and 95 percent.

    `values` as `point_forecasts` takes them; `forecast` is the point forecast, also tested at the earlier origins (None: `point_forecasts`). With `restarts` (rows × (columns + horizon), true
    where a new year begins) the bands are those of the sums since the last restart or the last known value, and so is the mean. Rows that were never negative get no
    negative edge.
    """
    import numpy as np

    table = np.asarray(values, dtype=np.float64)
    ahead = forecast or plain_forecast(season)
    mean = ahead(table, np.arange(len(table)), horizon)
    errors = earlier_errors(table, season=season, horizon=horizon, restarts=restarts, forecast=ahead)
    if restarts is not None:
        mean = summed(mean, restarts[:, table.shape[1] :])
    halves: list[Any] = []
    for level in (LEVELS[0], ASKED_95):
        half = np.array([errors.width(level, step) for step in range(horizon)]) * errors.units
        halves.append(half if restarts is not None else np.maximum.accumulate(half, axis=1))
    never_negative = (np.where(np.isfinite(table), table, 0.0).min(axis=1, initial=0.0) >= 0)[:, None]

    def low(half: Any) -> Any:
        return np.where(never_negative, np.maximum(mean - half, 0.0), mean - half)

    shares, tested = _covered(errors)
    return Bands(mean, low(halves[0]), mean + halves[0], low(halves[1]), mean + halves[1], shares, tested)


def summed(values: Any, restarts: Any) -> Any:
    """Running sums along the last axis that begin anew where `restarts` is true."""
    import numpy as np

    total = np.cumsum(values, axis=-1)
    before = total - values
    at = np.where(restarts, np.arange(values.shape[-1]), 0)
    last = np.maximum.accumulate(at, axis=-1)
    return total - np.take_along_axis(before, last, axis=-1)


def plain_forecast(season: int) -> Forecast:
    """The combination of `combine.point_forecasts`, whatever rows are asked."""
    return lambda table, _rows, horizon: point_forecasts(table, season=season, horizon=horizon)


def earlier_errors(table: Any, *, season: int, horizon: int, restarts: Any = None, forecast: Forecast | None = None) -> Errors:
    """Forecast again from earlier origins, half a year apart, and keep the errors (of sums, with `restarts`)."""
    import numpy as np

    predict = forecast or plain_forecast(season)
    columns, first = table.shape[1], first_columns(table)
    naive = usual_change(table, season)
    reach = max(1, min(horizon, round(ORIGINS * season / 2)))
    missed = np.full((len(table), ORIGINS, reach), np.nan)
    begins = np.zeros(missed.shape, dtype=bool)
    for origin in range(ORIGINS):
        back = max(1, round((origin + 1) * season / 2))
        rows = np.flatnonzero(columns - back - first >= TRAINING * season)
        if not len(rows):
            continue
        ahead = min(reach, back)
        here = slice(columns - back, columns - back + ahead)
        missed[rows, origin, :ahead] = predict(table[rows, : columns - back], rows, ahead) - table[rows, here]
        if restarts is not None:
            begins[:, origin, :ahead] = restarts[:, here]
    growth = _growth(np.abs(missed) / naive[:, None, None], season, horizon)
    size = _mixed(_own(np.abs(missed), growth), naive)[:, None]
    ones = np.ones((len(table), 1))
    if restarts is None:
        return Errors(size * growth, _ratios(np.abs(missed), growth[:reach] * ones[:, :, None], growth, naive))
    units = summed(growth[:reach] * np.ones(missed.shape), begins)
    ratios = _ratios(np.abs(summed(missed, begins)), units, growth, naive, np.abs(missed))
    return Errors(size * summed(growth * ones, restarts[:, columns:]), ratios, pooled=True)


def usual_change(table: Any, season: int) -> Any:
    """The mean absolute change on a year (the seasonal-naive error); on a step where there is no year; a row's size where it never moved or has one value."""
    import numpy as np

    def mean(part: Any) -> Any:
        known = np.isfinite(part)
        return np.where(known.any(axis=1), np.where(known, np.abs(part), 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1), np.nan)

    empty = np.full((len(table), 1), np.nan)
    year = mean(table[:, season:] - table[:, :-season]) if table.shape[1] > season else mean(empty)
    step = mean(np.diff(table, axis=1)) if table.shape[1] > 1 else mean(empty)
    change = np.where(year > 0, year, step)
    return np.where(change > 0, change, np.where(np.isfinite(year), 1e-9, 0.2) * np.nan_to_num(mean(table)) + 1e-12)


def _growth(ratios: Any, season: int, horizon: int) -> Any:
    """How errors grow with the step: means over the rows, smoothed, never falling, leaning on the development series where there are few rows."""
    import numpy as np

    at, rise = PRIOR_GROWTH[4 if season <= 6 else 12]
    prior = at + rise * np.sqrt(np.arange(horizon))
    known = np.isfinite(ratios)
    number = known.sum(axis=(0, 1))
    mean = np.where(number > 0, np.where(known, ratios, 0.0).sum(axis=(0, 1)) / np.maximum(number, 1), np.nan)
    seen = np.isfinite(mean)
    if not seen.any():
        return prior
    growth = prior.copy()
    last = int(np.flatnonzero(seen)[-1])
    mean = np.interp(np.arange(last + 1), np.flatnonzero(seen), mean[seen])
    smooth = np.convolve(np.r_[mean[0], mean, mean[-1]], np.ones(3) / 3, "valid")
    rows = int(known.any(axis=(1, 2)).sum())
    weight = rows / (rows + PRIOR_ROWS)
    growth[: last + 1] = weight * smooth + (1 - weight) * prior[: last + 1]
    if last + 1 < horizon:
        growth[last + 1 :] *= growth[last] / prior[last]
    return np.maximum.accumulate(np.maximum(growth, 1e-9))


def _own(missed: Any, growth: Any) -> Any:
    """Each row's mean error in units of growth, by origin and in all: (rows × origins, with NaN)."""
    import numpy as np

    units = missed / growth[: missed.shape[2]]
    known = np.isfinite(units)
    number = known.sum(axis=2)
    return np.where(number > 0, np.where(known, units, 0.0).sum(axis=2) / np.maximum(number, 1), np.nan)


def _mixed(by_origin: Any, naive: Any) -> Any:
    import numpy as np

    known = np.isfinite(by_origin)
    number = known.sum(axis=1)
    own = np.where(known, by_origin, 0.0).sum(axis=1) / np.maximum(number, 1)
    return np.where((number > 0) & (own > 0), own, naive) ** OWN * naive ** (1 - OWN)


def _ratios(missed: Any, units: Any, growth: Any, naive: Any, single: Any = None) -> Any:
    """Every error over what the row's unit would be without the origin it comes from: as a new error would be counted. `single`: the errors of single steps."""
    import numpy as np

    by_origin = _own(missed if single is None else single, growth)
    result = np.full(missed.shape, np.nan)
    for origin in range(missed.shape[1]):
        others = by_origin.copy()
        others[:, origin] = np.nan
        result[:, origin] = missed[:, origin] / (_mixed(others, naive)[:, None] * np.broadcast_to(units, missed.shape)[:, origin])
    return result


def _covered(errors: Errors) -> tuple[tuple[float, float], int]:
    """The share of earlier errors inside the bands that the other half of the rows would have given; NaN when there are none."""
    import numpy as np

    inside, tested = [0, 0], 0
    for half in (0, 1):
        judged = errors.ratios[half::2]
        teachers = slice(1 - half, None, 2) if len(errors.ratios) > 1 else slice(None)
        for step in range(errors.ratios.shape[2]):
            shown = judged[:, :, step]
            shown = shown[np.isfinite(shown)]
            tested += len(shown)
            for at, level in enumerate((LEVELS[0], ASKED_95)):
                inside[at] += int((shown <= errors.width(level, step, teachers)).sum())
    if not tested:
        return (float("nan"), float("nan")), 0
    return (inside[0] / tested, inside[1] / tested), tested
