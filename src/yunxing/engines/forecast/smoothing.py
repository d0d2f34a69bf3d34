"""Exponential smoothing of a whole table at once: every row under every smoothing of a grid, weighed by how each did several steps ahead in the past.

statsforecast's AutoETS fits one form by an optimiser, row after row, about fourteen rows a CPU-second; a grid of 135 smoothings walked once through all rows
gives better forecasts on the development series (docs/decisions/0118) at some thousand rows a second. Nothing here is fitted by iteration, so the same table
gives the same figures on every machine up to rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from yunxing.engines.forecast.rows import first_columns

BEGIN = 18  # values from which the first level and slope are read
LEVELS, SLOPES, SEASONS, DAMPINGS = (0.03, 0.08, 0.2, 0.4, 0.7), (0.02, 0.08, 0.2), (0.0, 0.08, 0.25), (0.85, 0.93, 0.98)
FLAT_LEVELS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9)


@dataclass(frozen=True)
class Smoothings:
    """A grid: how much of an innovation enters level, slope and season, and how the slope fades, one entry a smoothing."""

    level: Any
    slope: Any
    season: Any
    fade: Any

    @property
    def moves(self) -> Any:
        """Which smoothings have a slope at all."""
        return (self.slope > 0) | (self.fade < 1)


@cache
def damped() -> Smoothings:
    """Level, fading slope and season: 135 smoothings."""
    import numpy as np

    cells = [(a, a * b, g * (1 - a), f) for a in LEVELS for b in SLOPES for g in SEASONS for f in DAMPINGS]
    return Smoothings(*np.array(cells).T)


@cache
def flat() -> Smoothings:
    """Level alone: seven smoothings."""
    import numpy as np

    return Smoothings(*np.array([(a, 0.0, 0.0, 1.0) for a in FLAT_LEVELS]).T)


def smoothed(table: Any, profile: Any, grid: Smoothings, *, horizon: int, steps: Sequence[int]) -> Any:
    """Forecasts (rows × horizon) of a table of rows with gaps (NaN), `profile` their season by column modulo its width.

    Each smoothing's weight is exp(−n/2 · log of its mean squared error over `steps` ahead), as a likelihood would weigh it.
    """
    import numpy as np

    first = first_columns(table)
    level, slope = _begin(table - profile[:, np.arange(table.shape[1]) % profile.shape[1]], first, grid)
    seasons = np.repeat(profile[:, :, None], len(grid.level), axis=2)
    reach = _reach(grid, max(horizon, *steps))
    loss, counted = np.zeros(level.shape), np.zeros((len(table), 1))
    width, known = profile.shape[1], np.isfinite(table)
    for column in range(table.shape[1]):
        place, live = column % width, (first <= column)[:, None]
        here = level + grid.fade * slope
        missed = np.where(known[:, column, None], table[:, column, None] - here - seasons[:, place], 0.0)
        level = np.where(live, here + grid.level * missed, level)
        slope = np.where(live, grid.fade * slope + grid.slope * missed, slope)
        seasons[:, place] += grid.season * missed
        warm = (column - first >= width)[:, None]
        for step in steps:
            if column + step < table.shape[1]:
                ahead = table[:, column + step, None] - level - reach[step] * slope - seasons[:, (column + step) % width]
                shown = warm & known[:, column + step, None]
                loss += np.where(shown, ahead**2, 0.0)
                counted += shown
    weights = _weights(loss / np.maximum(counted, 1), counted / len(steps))
    return np.stack(
        [((level + reach[h] * slope + seasons[:, (table.shape[1] + h - 1) % width]) * weights).sum(axis=1) for h in range(1, horizon + 1)],
        axis=1,
    )


def _begin(plain: Any, first: Any, grid: Smoothings) -> tuple[Any, Any]:
    """Level and slope before the first value, from a straight line through the first values; a smoothing without slope starts at their mean."""
    import numpy as np

    at = np.arange(BEGIN)[None, :] + first[:, None]
    inside = at < plain.shape[1]
    begin = np.where(inside, np.take_along_axis(plain, np.minimum(at, max(plain.shape[1] - 1, 0)), axis=1), np.nan)
    known = np.isfinite(begin)
    number = np.maximum(known.sum(axis=1), 1)
    order = np.where(known, np.arange(BEGIN)[None, :], 0.0)
    middle, mean = order.sum(axis=1) / number, np.where(known, begin, 0.0).sum(axis=1) / number
    off = np.where(known, order - middle[:, None], 0.0)
    rise = (off * np.where(known, begin, 0.0)).sum(axis=1) / np.maximum((off**2).sum(axis=1), 1e-9)
    start = mean - rise * (middle + 1)
    moves = grid.moves[None, :]
    return np.where(moves, start[:, None], mean[:, None]), np.where(moves, rise[:, None], 0.0)


def _reach(grid: Smoothings, furthest: int) -> Any:
    """How many slopes lie between the last level and each step ahead: fade + fade² + … ."""
    import numpy as np

    reach = np.zeros((furthest + 1, len(grid.fade)))
    for step in range(1, furthest + 1):
        reach[step] = reach[step - 1] + grid.fade**step
    return reach


def _weights(loss: Any, counted: Any) -> Any:
    import numpy as np

    least = np.maximum(loss.max(axis=1, keepdims=True) * 1e-12, 1e-300)
    chance = -0.5 * counted * np.log(np.maximum(loss, least))
    weights = np.exp(chance - chance.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def theta(table: Any, profile: Any, share: float, *, horizon: int, steps: Sequence[int]) -> Any:
    """A smoothed level plus `share` of the straight line through the whole row (Assimakopoulos and Nikolopoulos 2000: one half), season put back."""
    import numpy as np

    columns, width = np.arange(table.shape[1]), profile.shape[1]
    plain = table - profile[:, columns % width]
    known = np.isfinite(plain)
    number = np.maximum(known.sum(axis=1), 1)
    middle = (columns * known).sum(axis=1) / number
    off = np.where(known, columns - middle[:, None], 0.0)
    rise = share * (off * np.where(known, plain, 0.0)).sum(axis=1) / np.maximum((off**2).sum(axis=1), 1e-9)
    level = smoothed(plain - rise[:, None] * columns, np.zeros((len(table), width)), flat(), horizon=horizon, steps=steps)
    later = table.shape[1] + np.arange(horizon)
    return level + rise[:, None] * later + profile[:, later % width]
