"""Decline that spreads: in one industry of one place the enterprises fall behind the same industry elsewhere, together, for several reports.

For every place and span (two to six reports) the change of each enterprise over the span is set against the median change of its industry outside the place: season,
festival, price and demand of the industry fall out. The score is how far the mean of the place's enterprises (each cut at three usual changes) lies under zero, in its
own standard errors; the spans vote by their greatest. Causal: a report is judged by it and those before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

SPANS = (2, 3, 4, 6)
FIRMS_LEAST = 5  # in the place: fewer are enterprises, not a spread
PEERS_LEAST = 5  # elsewhere
CUT = 2.0
MAD_TO_SCALE = 1.4826
TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Spread:
    """Per place (rows, in the order of `places`) and asked column: the score (higher: declining together), the span that speaks, the mean shortfall against peers
    on the log scale, how many enterprises were compared and how many of them fell behind their peers. NaN: not judged.
    """

    places: tuple[tuple[int, int], ...]  # (place, industry)
    columns: tuple[int, ...]
    score: Any
    span: Any
    shortfall: Any
    firms: Any
    behind: Any


def spreading(values: Any, industry: Sequence[int] | Any, place: Sequence[int] | Any, columns: Sequence[int] | None = None) -> Spread:
    """Judge every industry of every place in the asked columns (default: the last). `values` is enterprises × reports, NaN where nothing was reported."""
    import numpy as np

    table = np.asarray(values, dtype=np.float64)
    kinds, homes = np.asarray(industry), np.asarray(place)
    asked = tuple(range(table.shape[1]))[-1:] if columns is None else tuple(columns)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(table > 0, np.log(np.where(table > 0, table, 1)), np.nan)
    pairs = sorted({(int(home), int(kind)) for home, kind in zip(homes, kinds, strict=True)})
    at = {pair: row for row, pair in enumerate(pairs)}
    shape = len(pairs), len(asked)
    score, shortfall = np.full(shape, np.nan), np.full(shape, np.nan)
    span, firms, behind = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for kind in np.unique(kinds):
        mine = np.flatnonzero(kinds == kind)
        if len(mine) < FIRMS_LEAST + PEERS_LEAST:
            continue
        for where, column in enumerate(asked):
            for length in SPANS:
                if column < length:
                    continue
                change = logs[mine, column] - logs[mine, column - length]
                for home, judged in _judged(change, homes[mine]).items():
                    row = at[home, int(kind)]
                    if not score[row, where] >= judged[0]:
                        score[row, where], shortfall[row, where], firms[row, where], behind[row, where] = judged
                        span[row, where] = length
    return Spread(tuple(pairs), asked, score, span, shortfall, firms, behind)


def _judged(change: Any, homes: Any) -> dict[int, tuple[float, float, int, int]]:
    """For one industry, report and span, by place: score, mean shortfall, enterprises compared, enterprises behind their peers."""
    import numpy as np

    known = np.isfinite(change)
    change, homes = change[known], homes[known]
    found = {}
    for home in np.unique(homes):
        here = homes == home
        inside, outside = change[here], change[~here]
        if len(inside) < FIRMS_LEAST or len(outside) < PEERS_LEAST:
            continue
        usual = float(np.median(outside))
        scale = max(MAD_TO_SCALE * float(np.median(np.abs(outside - usual))), TINY)
        off = np.clip(inside - usual, -CUT * scale, CUT * scale)
        mean = float(off.mean())
        error = scale * (1 / len(inside) + 1.57 / len(outside)) ** 0.5  # the variance of a median is 1.57 times a mean's
        found[int(home)] = (-mean / error, mean, len(inside), int((inside < usual).sum()))
    return found
