"""What comes next, as several plain smoothers see it, and how far off they were: one pass over all series at once, each column from the columns before it.

Additive Holt–Winters on logs with innovations clipped at three robust scales (an outlier does not drag the state), six ways of smoothing, and the seasonal naive
with median drift. Their forecasts are weighted by their own past errors, series by series. Sources: Holt 1957 and Winters 1960; clipping after Gelper, Fried and
Croux 2010; weights after Bates and Granger 1969, sharpened.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

CLIP = 3.0  # robust scales beyond which an innovation is cut
MEMORY = 0.94  # of the scale of innovations, a month
FORGET = 0.97  # of the record by which smoothers are weighted, a month
SHARPNESS = 8  # weights are past errors to the power of minus this
ABS_TO_SCALE = 1.2533  # mean absolute deviation of a normal variable to its standard deviation
MAD_TO_SCALE = 1.4826
TINY = 1e-6
FLOOR = 0.01  # of a positive series' usual size: what a later zero or negative value counts as on the log scale


class Smoother(NamedTuple):
    """Smoothing of level, slope and season, and how much of a slope lives on to the next month."""

    level: float
    slope: float
    season: float
    damping: float = 1.0


SMOOTHERS = (
    Smoother(0.1, 0.05, 0.1),
    Smoother(0.3, 0.05, 0.2),
    Smoother(0.5, 0.05, 0.2, 0.9),
    Smoother(0.7, 0.0, 0.3),
    Smoother(0.2, 0.0, 0.3),
    Smoother(0.3, 0.0, 0.05),
)
FEW = (SMOOTHERS[1], SMOOTHERS[2], SMOOTHERS[5])  # for hundreds of thousands of series


def scale_of(values: Any, warm: int) -> tuple[Any, Any]:
    """Per row: whether the first `warm` reports are all positive, and their usual size (1 where nothing is known), as columns.

    The choice looks at the first `warm` columns alone, so that a later value never changes an earlier one.
    """
    import numpy as np

    head = values[:, :warm]
    known = np.isfinite(head)
    usual = _median(np.abs(np.where(known, head, np.nan)))
    return np.all(~known | (head > 0), axis=1)[:, None], np.where(usual > 0, usual, 1.0)[:, None]


def on_scale(values: Any, warm: int) -> Any:
    """The values on the scale that is smoothed: logs where the first reports are all positive (a later zero counts as 1 % of their usual size), else arsinh in
    units of their usual size.
    """
    import numpy as np

    positive, usual = scale_of(values, warm)
    with np.errstate(invalid="ignore"):
        return np.where(positive, np.log(np.maximum(values, FLOOR * usual)), np.arcsinh(values / usual))


def off_scale(scaled: Any, positive: Any, usual: Any) -> Any:
    """Figures in the series' own unit: the inverse of `on_scale`."""
    import numpy as np

    bounded = np.clip(scaled, -700, 700)
    return np.where(positive, np.exp(bounded), np.sinh(bounded) * usual)


def _median(table: Any) -> Any:
    """The median of each row's known values, 0 for a row without one; no warning for empty rows."""
    import numpy as np

    known = np.isfinite(table).any(axis=1)
    found = np.zeros(len(table), dtype=table.dtype)
    if known.any():
        found[known] = np.nanmedian(table[known], axis=1)
    return found


def holt_winters(logs: Any, season: int, way: Smoother) -> Any:
    """One-step forecasts, NaN in the first two seasons; a missing report leaves the state as forecast."""
    import numpy as np

    rows, columns = logs.shape
    found = np.full((rows, columns), np.nan, dtype=logs.dtype)
    if columns < 2 * season:
        return found
    first, second = logs[:, :season], logs[:, season : 2 * season]
    level, later = _mean(first), _mean(second)
    slope = (later - level) / season
    pattern = np.nan_to_num(first - level[:, None])
    scale, weight = np.zeros(rows, dtype=logs.dtype), 0.0
    for at in range(season, columns):
        here = at % season
        ahead = level + way.damping * slope
        forecast = ahead + pattern[:, here]
        found[:, at] = forecast
        step = np.nan_to_num(logs[:, at] - forecast)
        if at > 2 * season:
            limit = CLIP * ABS_TO_SCALE * scale / weight
            step = np.clip(step, -limit, limit)
        if at >= season + 3:
            scale, weight = MEMORY * scale + np.abs(step), MEMORY * weight + 1
        level = ahead + way.level * step
        slope = way.damping * slope + way.level * way.slope * step
        pattern[:, here] += way.season * (1 - way.level) * step
    found[:, : 2 * season] = np.nan
    return found


def _mean(table: Any) -> Any:
    import numpy as np

    known = np.isfinite(table)
    return np.where(known, table, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)


def seasonal_naive(logs: Any, season: int) -> Any:
    """Last year's report plus the median change on a year before over the last year, NaN in the first two seasons and one report."""
    import numpy as np

    found = np.full(logs.shape, np.nan, dtype=logs.dtype)
    for at in range(2 * season + 1, logs.shape[1]):
        found[:, at] = logs[:, at - season] + _median(logs[:, at - season : at] - logs[:, at - 2 * season : at - season])
    return found


def combined(logs: Any, season: int, ways: Sequence[Smoother] = SMOOTHERS, *, naive: bool = True) -> Any:
    """The forecasts weighted by their own past absolute errors, each cut at three times the usual, series by series. `naive` adds the seasonal naive, the slowest."""
    import numpy as np

    each = [holt_winters(logs, season, way) for way in ways] + ([seasonal_naive(logs, season)] if naive else [])
    found = np.full(logs.shape, np.nan, dtype=logs.dtype)
    lost, weight = np.zeros((len(each), len(logs)), dtype=logs.dtype), 0.0
    for at in range(2 * season, logs.shape[1]):
        now = np.stack([one[:, at] for one in each])
        known = np.isfinite(now)
        mean = np.maximum(lost / max(weight, 1e-9), TINY)
        ratio = mean.min(axis=0) / mean  # the best one weighs 1: no power overflows
        share = np.where(known, ratio**SHARPNESS if weight else 1.0, 0.0)
        whole = share.sum(axis=0)
        found[:, at] = np.where(whole > 0, (np.where(known, now, 0) * share).sum(axis=0) / np.where(whole > 0, whole, 1), np.nan)
        off = np.nan_to_num(np.abs(logs[:, at] - now))
        cap = 3 * np.maximum(np.median(lost, axis=0) / max(weight, 1e-9), TINY) if weight > 5 else np.inf
        lost, weight = FORGET * lost + np.minimum(off, cap), FORGET * weight + 1
    return found


def tail_scale(history: Any) -> Any:
    """How far a series' errors usually reach: the geometric mean of its median and of its ninth decile, both as standard deviations.

    A series with rare wild errors gets a larger scale than its median alone says, so that all series cry wolf about equally often.
    `history` holds one row a series; NaN is left out.
    """
    import numpy as np

    size = np.abs(history)
    if np.isfinite(size).all():
        middle, high = np.median(size, axis=1), np.quantile(size, 0.9, axis=1)
    else:
        middle, high = np.nanmedian(size, axis=1), np.nanquantile(size, 0.9, axis=1)
    return np.maximum(np.sqrt(MAD_TO_SCALE * middle * high / 1.645), TINY)


def standing_out(errors: Any, least: int) -> Any:
    """|error| over the scale of the series' own errors before it; NaN with fewer than `least` of them."""
    import numpy as np

    found = np.full(errors.shape, np.nan)
    known = np.isfinite(errors)
    before = np.cumsum(known, axis=1) - known
    begin = int(np.argmax(known.any(axis=0)))
    for at in range(begin + least, errors.shape[1]):
        rows = known[:, at] & (before[:, at] >= least)
        if rows.any():
            found[rows, at] = np.abs(errors[rows, at]) / tail_scale(errors[rows, begin:at])
    return found
