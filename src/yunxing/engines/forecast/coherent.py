"""Forecasts that add up: the city is the sum of its counties in every month to come, as it is in every month that was.

Each series is forecast by itself, and the forecasts are then moved as little as possible until the sums hold. Four ways of "as little": the parts alone decide
(bottom-up); all series count alike (OLS); by the spread of their errors (WLS); by the shrunken covariance of their errors (MinT, Wickramasuriya, Athanasopoulos and
Hyndman 2019). The way is chosen by errors at earlier origins, each judged with what the other origins taught.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from yunxing.engines.forecast.intervals import ORIGINS, TRAINING, Forecast
from yunxing.engines.forecast.rows import first_columns
from yunxing.values.errors import BadInput

Way = Literal["bottom_up", "ols", "wls", "mint"]
WAYS: tuple[Way, ...] = ("bottom_up", "ols", "wls", "mint")
AGREES = 0.005  # how far a total may be from the sum of its parts in the past, as a share of the total


@dataclass(frozen=True)
class Tree:
    """Which series are sums of which. `matrix` (series × lowest parts) holds 1 where the part is in the series; `names` and `lowest` say the order."""

    names: tuple[str, ...]
    lowest: tuple[str, ...]
    matrix: Any


@dataclass(frozen=True)
class Coherent:
    """Forecasts that add up, the way that was chosen, and the mean scaled error of each way at the earlier origins (empty when none could be judged)."""

    mean: Any
    way: Way
    errors: Mapping[Way, float]


def tree_of(sums: Mapping[str, Sequence[str]]) -> Tree:
    """The tree of `sums` (a total → its parts, which may be totals). Errors: `BadInput` when a series is part of itself or of two totals."""
    import numpy as np

    above: dict[str, str] = {}
    for total, parts in sums.items():
        for part in parts:
            if part in above:
                raise BadInput(f"{part} is a part of {above[part]} and of {total}: a series has one total")
            above[part] = total

    def lowest_of(name: str, seen: tuple[str, ...]) -> list[str]:
        if name in seen:
            raise BadInput(f"{name} is a part of itself: {' ← '.join((*seen, name))}")
        return [low for part in sums[name] for low in lowest_of(part, (*seen, name))] if name in sums else [name]

    names = list(dict.fromkeys([*sums, *above]))
    below = {name: lowest_of(name, ()) for name in names}
    lowest = [name for name in names if name not in sums]
    matrix = np.array([[1.0 if low in below[name] else 0.0 for low in lowest] for name in names])
    return Tree(tuple(names), tuple(lowest), matrix)


def disagreements(tree: Tree, table: Any) -> list[tuple[str, int, float, float]]:
    """Where a total is not the sum of its parts in the past: (series, column, total, sum). A month in which a part is absent is not judged."""
    import numpy as np

    low = table[[tree.names.index(name) for name in tree.lowest]]
    added = tree.matrix @ np.where(np.isfinite(low), low, 0.0)
    absent = tree.matrix @ (~np.isfinite(low)).astype(float) > 0
    wrong = np.isfinite(table) & ~absent & (np.abs(table - added) > AGREES * np.maximum(np.abs(table), 1e-12))
    return [(tree.names[row], int(column), float(table[row, column]), float(added[row, column])) for row, column in np.argwhere(wrong)]


def coherent(tree: Tree, table: Any, mean: Any, *, season: int, forecast: Forecast) -> Coherent:
    """`mean` (the forecasts of `tree.names`, rows × steps) moved until it adds up. `table` holds the past of the same rows, all ending in the last column."""
    import numpy as np

    missed, scale = _missed(table, season, mean.shape[1], forecast)
    judged = [origin for origin in range(len(missed)) if np.isfinite(missed[origin]).all(axis=1).any()]
    errors: dict[Way, float] = {}
    if len(judged) >= 2:
        for way in WAYS:
            errors[way] = float(np.mean([_error(tree, way, missed, origin, scale) for origin in judged]))
    chosen: Way = min(WAYS, key=lambda way: (errors[way], WAYS.index(way))) if errors else "ols"
    return Coherent(tree.matrix @ (_weights(tree, chosen, missed) @ mean), chosen, errors)


def _missed(table: Any, season: int, horizon: int, forecast: Forecast) -> tuple[list[Any], Any]:
    """Forecast less truth at the earlier origins (each rows × steps), and each row's usual size of it."""
    import numpy as np

    columns, missed = table.shape[1], []
    every = np.arange(len(table))
    for origin in range(ORIGINS):
        back = max(1, round((origin + 1) * season / 2))
        if columns - back - int(first_columns(table).max()) < TRAINING * season:
            continue
        ahead = min(back, horizon)
        missed.append(forecast(table[:, : columns - back], every, ahead) - table[:, columns - back : columns - back + ahead])
    if not missed:
        return [], np.ones(len(table))
    whole = np.concatenate(missed, axis=1)
    known = np.isfinite(whole)
    spread = np.sqrt(np.where(known, whole**2, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))
    return missed, np.maximum(spread, 1e-12)


def _error(tree: Tree, way: Way, missed: Sequence[Any], origin: int, scale: Any) -> float:
    """The mean scaled absolute error at one origin when the other origins teach the way its weights. What the forecasts miss is moved as the forecasts are."""
    import numpy as np

    others = [one for at, one in enumerate(missed) if at != origin]
    here = missed[origin]
    here = here[:, np.isfinite(here).all(axis=0)]
    if not here.shape[1]:
        return float("nan")
    moved = tree.matrix @ (
        _weights(tree, way, others) @ here
    )  # the truth adds up already, so the error of the moved forecast is the moved error
    return float(np.mean(np.abs(moved) / scale[:, None]))


def _weights(tree: Tree, way: Way, missed: Sequence[Any]) -> Any:
    """The matrix that makes the lowest parts out of all forecasts (parts × series)."""
    import numpy as np

    if way == "bottom_up":
        return np.array([[1.0 if name == low else 0.0 for name in tree.names] for low in tree.lowest])
    spread = np.eye(len(tree.names))
    if way != "ols" and missed:
        whole = np.concatenate(missed, axis=1)
        whole = whole[:, np.isfinite(whole).all(axis=0)]
        if whole.shape[1] >= 2:
            spread = _shrunk(whole) if way == "mint" else np.diag((whole**2).mean(axis=1))
    spread = spread / np.trace(spread) * len(spread) + 1e-8 * np.eye(len(spread))
    left = np.linalg.solve(spread, tree.matrix)
    return np.linalg.solve(tree.matrix.T @ left, left.T)


def _shrunk(missed: Any) -> Any:
    """The covariance of errors, correlations shrunk towards none by as much as their own noise asks (Schäfer and Strimmer 2005)."""
    import numpy as np

    number = missed.shape[1]
    deviation = np.maximum(np.sqrt((missed**2).mean(axis=1)), 1e-12)
    unit = missed / deviation[:, None]
    correlation = unit @ unit.T / number
    noise = ((unit**2) @ (unit**2).T / number - correlation**2) / max(number - 1, 1)
    off = ~np.eye(len(missed), dtype=bool)
    total = float((correlation[off] ** 2).sum())
    keep = 1.0 - (min(1.0, float(noise[off].sum()) / total) if total > 0 else 1.0)
    correlation = np.where(off, keep * correlation, 1.0)
    return correlation * deviation[:, None] * deviation[None, :]
