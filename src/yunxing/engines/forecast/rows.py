"""Series as rows of one table that end in the same column, and what every view of a row needs: its season, its filled gaps, its steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

STEPS = {12: (1, 2, 3, 4, 6, 9, 12, 15, 18), 11: (1, 2, 3, 4, 6, 8, 11, 14, 17), 4: (1, 2, 3, 4, 6, 8)}


def stacked(series: Sequence[Sequence[float]]) -> Any:
    """A table with one series a row, newest value in the last column, NaN before a series begins."""
    import numpy as np

    table = np.full((len(series), max((len(one) for one in series), default=0)), np.nan)
    for row, one in enumerate(series):
        if len(one):
            table[row, -len(one) :] = one
    return table


def steps_of(season: int, horizon: int) -> tuple[int, ...]:
    """The steps ahead at which a smoothing is judged on the past: as far as it will be asked, and never fewer than half a year."""
    steps = STEPS.get(season, tuple(range(1, 9)))
    return tuple(step for step in steps if step <= max(horizon, season // 2, 1))


def first_columns(table: Any) -> Any:
    """The column in which each row begins; the number of columns for a row without a value."""
    import numpy as np

    known = np.isfinite(table)
    return np.where(known.any(axis=1), known.argmax(axis=1), table.shape[1])


def filled(table: Any, season: int) -> Any:
    """Gaps inside a row drawn straight between their neighbours after the season was taken off; nothing is added before a row begins."""
    import numpy as np

    known = np.isfinite(table)
    first = first_columns(table)
    holes = ~known & (np.arange(table.shape[1])[None, :] >= first[:, None])
    if not holes.any():
        return table
    rough = _drawn(table, known, holes)
    profile = season_of(rough, season)
    months = profile[:, np.arange(table.shape[1]) % season]
    return np.where(holes, _drawn(table - months, known, holes) + months, table)


def _drawn(table: Any, known: Any, holes: Any) -> Any:
    import numpy as np

    result, columns = table.copy(), np.arange(table.shape[1])
    for row in np.flatnonzero(holes.any(axis=1)):
        result[row, holes[row]] = np.interp(columns[holes[row]], columns[known[row]], table[row, known[row]])
    return result


def season_of(table: Any, season: int) -> Any:
    """The additive season of each row, by column modulo `season`: means over all years of the distance from a centred one-year average.

    Shrunk towards none by what chance alone would show (James and Stein), so that a short or noisy row is not given a season it does not have.
    A row with fewer than two years has none. Gaps must be filled before.
    """
    import numpy as np

    count, columns = table.shape
    if season < 2 or columns < 2 * season:
        return np.zeros((count, max(season, 1)))
    away = table - _centred(table, season)
    known = np.isfinite(away)
    held = np.where(known, away, 0.0)
    number = np.stack([known[:, at::season].sum(axis=1) for at in range(season)], axis=1)
    profile = np.stack([held[:, at::season].sum(axis=1) for at in range(season)], axis=1) / np.maximum(number, 1)
    profile -= profile.mean(axis=1, keepdims=True)
    left = np.where(known, away - profile[:, np.arange(columns) % season], 0.0)
    chance = (left**2).sum(axis=1) / np.maximum(known.sum(axis=1) - season, 1) / np.maximum(number.mean(axis=1), 1)
    total = (profile**2).sum(axis=1) / (season - 1)
    share = np.clip(1 - chance / np.maximum(total, 1e-300), 0.0, 1.0)
    return np.where((number.min(axis=1) > 0)[:, None], profile * share[:, None], 0.0)


def _centred(table: Any, season: int) -> Any:
    """The centred average over one year (2×m when m is even); NaN where the year is not whole."""
    import numpy as np

    half = season // 2
    weights = np.ones(season) if season % 2 else np.r_[0.5, np.ones(season - 1), 0.5]
    windows = np.lib.stride_tricks.sliding_window_view(table, len(weights), axis=1)
    average = np.full(table.shape, np.nan)
    average[:, half : half + windows.shape[1]] = windows @ (weights / season)
    return average
