"""Spring Festival in a monthly series: two regressors (the days before it, the days from it on), taken only by a series that was forecast better with them.

The festival wanders between January and February, so a season fixed by months cannot hold it. Yet such a regressor helps some series and harms others, so each series
decides by itself, on what was known at the time: rolling forecasts with and without it, and it is taken when the errors of January to March fall by `GAIN`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from yunxing.engines.forecast.combine import point_forecasts
from yunxing.engines.forecast.rows import first_columns
from yunxing.values.spring_festival import FIRST_YEAR, LAST_YEAR, share_in_month

WINDOWS = ((7, 14), (14, 14), (21, 21))  # days before, days from the festival on; few, so that chance finds little to choose from
LEAST_YEARS = 7  # of history: five to learn from, two to be judged by
CLEAR = 1.8  # usual errors of an estimate that its size must reach before the series is tried at all
GAIN = 0.95  # errors with the regressor over errors without it
TRIALS = 5  # years of January–March that judge
MONTHS = 12


@dataclass(frozen=True)
class Decision:
    """Which rows take the regressor, with which windows (days before, from it on), and the ratio of errors that decided (NaN where the row was not tried)."""

    taken: Any
    before: Any
    after: Any
    ratio: Any


@cache
def _shares(first: int, last: int, before: int, after: int) -> Any:
    """The regressor by month from place `first` to `last` (year·12 + month − 1), less the month's own mean over all years of the table."""
    import numpy as np

    def plain(place: int) -> float:
        return share_in_month(place // MONTHS, place % MONTHS + 1, before=before, after=after)

    years = range(FIRST_YEAR, LAST_YEAR + 1)
    means = [float(np.mean([plain(year * MONTHS + month) for year in years])) for month in range(MONTHS)]
    known = range(FIRST_YEAR * MONTHS, (LAST_YEAR + 1) * MONTHS)
    return np.array([plain(place) - means[place % MONTHS] if place in known else 0.0 for place in range(first, last + 1)])


def regressors(ends: Any, columns: int, horizon: int, before: int, after: int) -> Any:
    """The two regressors (rows × (columns + horizon) × 2) of rows whose last known month stands at the places `ends`."""
    import numpy as np

    if not len(ends):
        return np.zeros((0, columns + horizon, 2))
    low, high = int(min(ends)) - columns + 1, int(max(ends)) + horizon
    line = np.stack([_shares(low, high, before, 0), _shares(low, high, 0, after)], axis=1)
    at = np.asarray(ends)[:, None] - columns + 1 - low + np.arange(columns + horizon)[None, :]
    return line[at]


def festival_forecasts(values: Any, ends: Any, *, horizon: int, decision: Decision | None = None) -> Any:
    """Point forecasts of monthly rows that end in the months `ends`; rows that the decision takes are freed of the festival, forecast, and given it back."""
    import numpy as np

    table = np.asarray(values, dtype=np.float64)
    chosen = decide(table, ends) if decision is None else decision
    said = point_forecasts(table, season=MONTHS, horizon=horizon)
    for before, after in sorted({(int(b), int(a)) for b, a in zip(chosen.before[chosen.taken], chosen.after[chosen.taken], strict=True)}):
        rows = np.flatnonzero(chosen.taken & (chosen.before == before) & (chosen.after == after))
        said[rows] = _with(table[rows], np.asarray(ends)[rows], before, after, horizon=horizon)
    return said


def decide(table: Any, ends: Any) -> Decision:
    """Which rows take the regressor, by rolling January–March forecasts of the last years that use nothing later than their origin."""
    import numpy as np

    count, columns = table.shape
    ends = np.asarray(ends)
    taken, ratio = np.zeros(count, dtype=bool), np.full(count, np.nan)
    before, after = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    long = columns - first_columns(table) >= LEAST_YEARS * MONTHS
    dated = (ends // MONTHS <= LAST_YEAR) & ((ends - columns) // MONTHS >= FIRST_YEAR)
    tried = np.flatnonzero(long & dated)
    for row, (clear, days_before, days_after) in zip(tried, _clearest(table[tried], ends[tried]), strict=True):
        if clear >= CLEAR:
            before[row], after[row] = days_before, days_after
    chosen = np.flatnonzero(before + after > 0)
    ratio[chosen] = _trial(table[chosen], ends[chosen], before[chosen], after[chosen])
    taken[chosen] = ratio[chosen] <= GAIN
    return Decision(taken, before, after, ratio)


def _clearest(table: Any, ends: Any) -> list[tuple[float, int, int]]:
    """For each row the windows whose regression explains most of its changes on a year, and how clearly (the larger of the two t-values)."""
    import numpy as np

    best: list[tuple[float, float, int, int]] = [(np.inf, 0.0, 0, 0)] * len(table)
    for days_before, days_after in WINDOWS:
        shown = regressors(ends, table.shape[1], 0, days_before, days_after)
        for row in range(len(table)):
            rest, clear = _regressed(_scaled(table[row]), shown[row])[1:]
            if rest < best[row][0]:
                best[row] = (rest, clear, days_before, days_after)
    return [(clear, days_before, days_after) for _, clear, days_before, days_after in best]


def _scaled(row: Any) -> Any:
    """Logarithms of a positive row; another in units of its mean size."""
    import numpy as np

    known = row[np.isfinite(row)]
    return np.log(row) if (known > 0).all() else row / max(float(np.abs(known).mean()), 1e-12)


def _regressed(row: Any, shown: Any) -> tuple[Any, float, float]:
    """Weights of the two regressors from changes on a year, large changes held back; the spread that is left, and the larger t-value."""
    import numpy as np

    change, moved = row[MONTHS:] - row[:-MONTHS], shown[MONTHS:] - shown[:-MONTHS]
    usable = np.isfinite(change)
    change, moved = change[usable], moved[usable]
    if len(change) < 3 * MONTHS:
        return np.zeros(2), float("inf"), 0.0
    change = change - np.median(change)
    usual = 1.4826 * float(np.median(np.abs(change))) + 1e-12
    change = np.clip(change, -3 * usual, 3 * usual)
    square = moved.T @ moved + 1e-9 * np.eye(2)
    weights = np.linalg.solve(square, moved.T @ change)
    left = change - moved @ weights
    spread = float(left @ left) / (len(change) - 2)
    deviation = np.sqrt(np.maximum(spread * np.diag(np.linalg.inv(square)), 1e-300))
    return weights, spread, float(np.max(np.abs(weights) / deviation))


def _with(table: Any, ends: Any, before: int, after: int, *, horizon: int) -> Any:
    """Forecasts of rows freed of the festival, and given it back."""
    import numpy as np

    shown = regressors(ends, table.shape[1], horizon, before, after)
    free, back = table.copy(), np.zeros((len(table), horizon))
    positive = np.where(np.isfinite(table), table, 1.0).min(axis=1) > 0
    for row in range(len(table)):
        weights = _regressed(_scaled(table[row]), shown[row, : table.shape[1]])[0]
        effect = shown[row] @ weights
        if positive[row]:
            free[row], back[row] = table[row] / np.exp(effect[: table.shape[1]]), np.exp(effect[table.shape[1] :])
        else:
            size = np.abs(table[row][np.isfinite(table[row])]).mean()
            free[row], back[row] = table[row] - size * effect[: table.shape[1]], size * effect[table.shape[1] :]
    said = point_forecasts(free, season=MONTHS, horizon=horizon)
    return np.where(positive[:, None], said * back, said + back)


def _trial(table: Any, ends: Any, before: Any, after: Any) -> Any:
    """By row, errors of January–March with the regressor over those without it, each forecast from the December before; NaN when no year could be judged."""
    import numpy as np

    count, columns = table.shape
    errors = np.zeros((2, count))
    length = columns - first_columns(table)
    for back in range(TRIALS):
        december = ends - (ends % MONTHS + 1) - MONTHS * back  # the last December before the newest month, and those before it
        cut = columns - (ends - december)
        rows = np.flatnonzero((cut - (columns - length) >= (LEAST_YEARS - 2) * MONTHS) & (cut < columns))
        if not len(rows):
            continue
        past = _cut(table[rows], cut[rows])
        real = np.stack(
            [np.where(cut[rows] + step < columns, table[rows, np.minimum(cut[rows] + step, columns - 1)], np.nan) for step in range(3)],
            axis=1,
        )
        decision = Decision(np.ones(len(rows), dtype=bool), before[rows], after[rows], np.ones(len(rows)))
        for at, said in enumerate(
            (festival_forecasts(past, december[rows], horizon=3, decision=decision), point_forecasts(past, season=MONTHS, horizon=3))
        ):
            errors[at, rows] += np.nansum(np.abs(said - real), axis=1)
    return np.where(errors[1] > 0, errors[0] / np.maximum(errors[1], 1e-300), np.nan)


def _cut(table: Any, cut: Any) -> Any:
    """Rows that end before their column `cut`, moved to the right so that all end in the last column."""
    import numpy as np

    columns = table.shape[1]
    at = np.arange(columns)[None, :] - (columns - np.asarray(cut))[:, None]
    return np.where(at >= 0, np.take_along_axis(table, np.maximum(at, 0), axis=1), np.nan)
