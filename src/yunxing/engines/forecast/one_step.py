"""What the next month would have been: one-step-ahead predictions of many monthly series at once, each made from the months before it alone.

A robust additive Holt–Winters recursion on a log-like scale with fixed smoothing, so that thousands of enterprises are screened in one pass and no series is fitted.
An innovation is clipped at three robust scales before it moves the state: one wrong report does not drag the months after it. An absent month moves nothing.
Causal: column t of every result reads columns before t (and, for `error`, column t itself); the first `warm` months after a series begins have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LEVEL, TREND, SEASON = 0.3, 0.05, 0.2  # the smoothing measured in the design of the monitoring engine
CLIP = 3.0
MAD = 1.4826  # turns a median absolute error into a standard deviation of a normal law
FLOOR = 1e-3  # of the usual size: below it the log-like scale turns linear, so that a zero is very far down and not infinitely far
LEAST_SCALE = 1e-4


@dataclass(frozen=True, slots=True)
class OneStep:
    """Of each series (row) and month (column): the prediction in the series' own unit, the error on the log-like scale, and the usual size of errors before it.

    `error` and `scale` are relative (0.1 is about ten percent). All are NaN in the warm-up; an absent month has a prediction and no error.
    """

    predicted: Any
    error: Any
    scale: Any

    @property
    def score(self) -> Any:
        """The error in usual errors: −4 is four usual errors below the prediction."""
        return self.error / self.scale


def one_step(values: Any, *, season: int = 12, warm: int = 24) -> OneStep:
    """Predict every month of `values` (series × months, NaN for absent) from the months before it.

    `season` is the months (or quarters) of a year; `warm`, at least two seasons, is how much a series must have before it is predicted.
    Series that begin later in the table are counted from their own first value. Zero and negative values are allowed.
    """
    import numpy as np

    if warm < 2 * season:
        message = f"warm is {warm}, expected at least two seasons ({2 * season})"
        raise ValueError(message)
    y = np.asarray(values, dtype=np.float64)
    first = np.where(np.isfinite(y).any(axis=1), np.isfinite(y).argmax(axis=1), y.shape[1])
    left = _shifted(y, first)
    size, z = _log_like(left, warm)
    said, scale = _walk(z, season, warm)
    return OneStep(_shifted(np.sinh(said) * size[:, None], -first), _shifted(z - said, -first), _shifted(scale, -first))


def _shifted(table: Any, by: Any) -> Any:
    """Each row moved left by its own number of columns (right when negative); NaN comes in."""
    import numpy as np

    at = np.arange(table.shape[1])[None, :] + np.asarray(by)[:, None]
    inside = (at >= 0) & (at < table.shape[1])
    return np.where(inside, np.take_along_axis(table, np.clip(at, 0, max(table.shape[1] - 1, 0)), axis=1), np.nan)


def _log_like(y: Any, warm: int) -> tuple[Any, Any]:
    """The unit of the scale, from the warm-up alone, and asinh(y / unit): the logarithm for a series that was positive, nearly linear for one that was not."""
    import numpy as np

    begin = y[:, :warm]
    shown = np.isfinite(begin)
    counted = np.maximum(shown.sum(axis=1), 1)
    usual = np.where(shown, np.abs(begin), 0.0).sum(axis=1) / counted
    positive = np.where(shown, begin, np.inf).min(axis=1, initial=np.inf) > 0
    usual = np.where(usual > 0, usual, 1.0)
    size = np.where(positive, FLOOR * usual, usual)
    return size, np.arcsinh(y / size[:, None])


def _walk(z: Any, season: int, warm: int) -> tuple[Any, Any]:
    """The recursion over the months: predictions and scales of their errors, one column at a time for all series together."""
    import numpy as np

    count, months = z.shape
    said, scale = np.full(z.shape, np.nan), np.full(z.shape, np.nan)
    if months <= season:
        return said, scale
    level, slope, seasonal = _start(z, season)
    spread = np.full(count, np.nan)
    for month in range(season, months):
        place = month % season
        here = level + slope
        e = z[:, month] - here - seasonal[:, place]
        known = np.isfinite(e)
        usual = np.maximum(spread, LEAST_SCALE)
        if month >= warm:
            said[:, month], scale[:, month] = here + seasonal[:, place], usual
        bound = CLIP * usual
        moved = np.where(known, np.where(np.isfinite(bound), np.clip(e, -bound, bound), e), 0.0)
        spread = _spread_after(spread, e, known, month - season)
        level, slope = here + LEVEL * moved, slope + TREND * LEVEL * moved
        seasonal[:, place] += SEASON * (1 - LEVEL) * moved
    return said, scale


def _start(z: Any, season: int) -> tuple[Any, Any, Any]:
    """Level, slope and season from the first two seasons; an absent month has no season of its own yet."""
    import numpy as np

    def mean(part: Any) -> Any:
        known = np.isfinite(part)
        return np.where(known, part, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)

    one = mean(z[:, :season])
    two = z[:, season : 2 * season]
    slope = np.where(np.isfinite(two).any(axis=1), (mean(two) - one) / season, 0.0)
    start = z[:, :season] - one[:, None]
    return one, slope, np.where(np.isfinite(start), start, 0.0)


def _spread_after(spread: Any, error: Any, known: Any, steps: int) -> Any:
    """The usual size of errors after one more: a slow mean of absolute errors, each counted at most three times the present size."""
    import numpy as np

    size = np.abs(np.where(known, error, 0.0)) * MAD * 0.845347  # the mean absolute error of a normal law is .6745/.845 of its median's
    rate = max(0.06, 1.0 / (steps + 1.0))
    fresh = np.isnan(spread)
    grown = np.where(fresh, size, spread + rate * (np.minimum(size, CLIP * np.where(fresh, 1.0, spread)) - spread))
    return np.where(known, grown, spread)
