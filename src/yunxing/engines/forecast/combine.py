"""The point forecast: five views of a row on its own scale and the same five on logarithms, and the mean of the middle ones at each step.

Views: damped smoothing with season; theta with half and with the whole straight line; autoregression on values and on changes. Chosen on half of the development
series, judged on the other half (docs/decisions/0118). Short rows have fewer views, rows with zeros or negative values no logarithms; a row that is mostly zeros has
one: a smoothed level. A single value ten times off is set aside before anything is fitted.
"""

from __future__ import annotations

from typing import Any

from yunxing.engines.forecast.autoregression import autoregressed
from yunxing.engines.forecast.rows import filled, first_columns, season_of, steps_of
from yunxing.engines.forecast.smoothing import damped, flat, smoothed, theta

WILD = 12.0  # usual distances from a year's neighbours beyond which a single value is set aside
MANY_ZEROS = 0.3  # share of zeros from which a row is intermittent
LEAST_ROOM = 0.01  # of the usual size: a row that falls below it cannot be read on logarithms
CHUNK = 2000


def point_forecasts(values: Any, *, season: int, horizon: int) -> Any:
    """Forecasts (rows × horizon) of a table whose rows end in the last column (`rows.stacked`); gaps are NaN.

    A row without any value gets NaN. Non-negative rows get no negative forecast.
    """
    import numpy as np

    table = np.asarray(values, dtype=np.float64)
    result = np.full((len(table), horizon), np.nan)
    if not table.size:
        return result
    table = np.where(_wild(table, season), np.nan, table)
    length = np.where(np.isfinite(table).any(axis=1), table.shape[1] - first_columns(table), 0)
    number = np.isfinite(table).sum(axis=1)
    zeros = (table == 0).sum(axis=1) >= np.maximum(MANY_ZEROS * number, 1)
    kinds = {
        "full": (length >= 3 * season) & (number >= 2.5 * season) & ~zeros,
        "some": (length >= 2 * season) & ~zeros,
        "short": (length >= 4) & ~zeros,
        "flat": length > 0,
    }
    open_ = np.ones(len(table), dtype=bool)
    for kind, mask in kinds.items():
        rows = np.flatnonzero(mask & open_)
        open_ &= ~mask
        for begin in range(0, len(rows), CHUNK):
            part = rows[begin : begin + CHUNK]
            result[part] = _views(table[part][:, -int(length[part].max()) :], kind, season=season, horizon=horizon)
    never_negative = np.where(np.isfinite(table), table, 0.0).min(axis=1, initial=0.0) >= 0
    return np.where(never_negative[:, None], np.maximum(result, 0.0), result)


def _wild(table: Any, season: int) -> Any:
    """Single values far from all neighbours, a year before and after included; two such values in a row are a fact and stay."""
    import numpy as np

    if table.shape[1] < 2 * season + 1:
        return np.zeros(table.shape, dtype=bool)
    around = np.stack([_moved(table, by) for by in (-season, -2, -1, 1, 2, season)], axis=0)
    known = np.isfinite(around)
    ordered = np.sort(np.where(known, around, np.inf), axis=0)
    count = known.sum(axis=0)
    middle = np.take_along_axis(ordered, np.maximum((count - 1) // 2, 0)[None], axis=0)[0]
    away = np.where((count >= 4) & np.isfinite(table), np.abs(table - middle), np.nan)
    spread = _middle(away)
    size = _middle(np.abs(table))
    far = (away > np.maximum(WILD * 1.4826 * spread, 2 * size)[:, None]) & (size > 0)[:, None]  # mostly zeros: what is not zero is the row
    alone = ~(_moved_mask(far, 1) | _moved_mask(far, -1))
    inner = np.arange(table.shape[1]) < table.shape[1] - 1
    return far & alone & inner[None, :]


def _middle(table: Any) -> Any:
    """The median of each row's values; 0 for a row without any."""
    import numpy as np

    known = np.isfinite(table)
    ordered = np.sort(np.where(known, table, np.inf), axis=1)
    place = np.maximum((known.sum(axis=1) - 1) // 2, 0)
    found = ordered[np.arange(len(table)), place]
    return np.where(known.any(axis=1), found, 0.0)


def _moved(table: Any, by: int) -> Any:
    import numpy as np

    result = np.full(table.shape, np.nan)
    if by > 0:
        result[:, by:] = table[:, :-by]
    else:
        result[:, :by] = table[:, -by:]
    return result


def _moved_mask(mask: Any, by: int) -> Any:
    import numpy as np

    result = np.zeros(mask.shape, dtype=bool)
    if by > 0:
        result[:, by:] = mask[:, :-by]
    else:
        result[:, :by] = mask[:, -by:]
    return result


def _views(table: Any, kind: str, *, season: int, horizon: int) -> Any:
    """The combination for rows of one kind, all read on their own scale and, where all values allow it, on logarithms."""
    import numpy as np

    known = np.isfinite(table)
    size = np.where(known, np.abs(table), 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    size = np.where(size > 0, size, 1.0)[:, None]
    plain = [one * size for one in _of_scale(table / size, kind, season=season, horizon=horizon)]
    if kind in ("short", "flat"):
        return np.mean(plain, axis=0)
    views = np.stack(plain)
    result = _trimmed(views)
    lowest = np.where(known, table, np.inf).min(axis=1)
    roomy = np.flatnonzero(lowest > LEAST_ROOM * size[:, 0])
    if len(roomy):
        logs = _of_scale(np.log(table[roomy] / size[roomy]), kind, season=season, horizon=horizon)
        both = np.concatenate([views[:, roomy], np.stack([np.exp(np.clip(one, -20, 20)) * size[roomy] for one in logs])])
        result[roomy] = _trimmed(both)
    return result


def _trimmed(views: Any) -> Any:
    """The mean of the middle views at each step: a fifth of them is left out at each end."""
    import numpy as np

    cut = len(views) // 5
    return np.sort(views, axis=0)[cut : len(views) - cut].mean(axis=0)


def _of_scale(table: Any, kind: str, *, season: int, horizon: int) -> list[Any]:
    import numpy as np

    steps = steps_of(season, horizon)
    if kind == "flat":
        return [smoothed(table, np.zeros((len(table), 1)), flat(), horizon=horizon, steps=(1, 2, 3))]
    if kind == "short":
        none = np.zeros((len(table), 1))
        return [smoothed(table, none, flat(), horizon=horizon, steps=(1, 2, 3)), theta(table, none, 0.5, horizon=horizon, steps=(1, 2, 3))]
    whole = filled(table, season)
    profile = season_of(whole, season)
    views = [smoothed(table, profile, damped(), horizon=horizon, steps=steps)]
    views += [theta(table, profile, share, horizon=horizon, steps=steps) for share in (0.5, 1.0)]
    if kind == "full":
        views += [autoregressed(whole, season=season, horizon=horizon, differences=changes) for changes in (False, True)]
    return views
