"""The first abnormal month among very many enterprises: each against its own past and against what its peers did in the same month.

One table, a row an enterprise and a column a report (January–February is one of eleven in a year), all on one calendar. The error of a report is, by how long the
enterprise has reported: off the robust seasonal forecast (two seasons and a year), off last year's change (a year), or off last month (less). From it the median
error of the peers (same industry, same month, same way) is taken away: a season, a festival or a price that moves them all is no sign of one of them.
The scale is the enterprise's own where it has a past, and its peers' where it has not. Causal: a report is judged by it and those before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yunxing.engines.signals.smoothing import FEW, TINY, combined, off_scale, on_scale, scale_of, tail_scale

PEERS_LEAST = 5  # fewer say nothing about a season
OWN_LEAST = 3  # errors of its own before an enterprise's scale counts
PEERS_WEIGHT = 6  # in errors: how much the peers' scale counts beside n of its own
CHUNK = 20_000  # rows at once: what stays in the processor's cache
LONG, YEARLY, MONTHLY, NONE = 0, 1, 2, 3  # how a report was judged
RECENT = 36  # reports of own errors a scale is taken from


@dataclass(frozen=True, slots=True)
class Screened:
    """Per row and asked column: `score` (signed, in usual errors; NaN: not judged), `way`, the error and its peers' median, all on the log scale, and the expected value."""

    columns: tuple[int, ...]
    score: Any
    way: Any
    error: Any
    peers: Any
    expected: Any


def screened(values: Any, groups: Sequence[int] | Any, season: int, columns: Sequence[int] | None = None) -> Screened:
    """Judge the asked columns (default: the last). `values` rows × reports, NaN where nothing was reported; `groups` the peers' number of each row."""
    import numpy as np

    table = np.asarray(values, dtype=np.float64)
    rows, width = table.shape
    asked = tuple(range(width))[-1:] if columns is None else tuple(columns)
    positive, usual = np.ones((rows, 1), dtype=bool), np.ones((rows, 1))
    logs, raw, way = (
        np.full((rows, width), np.nan, np.float32),
        np.full((rows, width), np.nan, np.float32),
        np.full((rows, width), NONE, np.int8),
    )
    for start, chunk in _chunks(table):
        mine = table[chunk, start:]
        positive[chunk], usual[chunk] = scale_of(mine, 2 * season)
        scale = on_scale(mine, 2 * season).astype(np.float32)
        logs[chunk, start:] = scale
        raw[chunk, start:], way[chunk, start:] = _errors(scale, season)
    peers = _peers(raw, way, np.asarray(groups))
    error = raw - np.nan_to_num(peers)
    error[(way != LONG) & ~np.isfinite(peers)] = np.nan  # a short past without peers says nothing
    picked = list(asked)
    score = np.stack([_score(error, way, at, np.asarray(groups)) for at in picked], axis=1) if picked else np.empty((rows, 0))
    expected = off_scale(logs[:, picked].astype(np.float64) - error[:, picked], positive, usual)
    return Screened(asked, score, way[:, picked], error[:, picked], peers[:, picked], expected)


def _chunks(table: Any) -> list[tuple[int, Any]]:
    """The rows by their first report, in pieces."""
    import numpy as np

    known = np.isfinite(table)
    first = np.where(known.any(axis=1), known.argmax(axis=1), table.shape[1])
    found = []
    for start in np.unique(first[first < table.shape[1]]):
        mine = np.flatnonzero(first == start)
        found += [(int(start), mine[at : at + CHUNK]) for at in range(0, len(mine), CHUNK)]
    return found


def _errors(logs: Any, season: int) -> tuple[Any, Any]:
    """The error of every report of rows that begin together, and the way it was judged."""
    import numpy as np

    rows, width = logs.shape
    error, way = np.full((rows, width), np.nan, np.float32), np.full((rows, width), NONE, np.int8)

    def fill(found: Any, name: int) -> None:
        take = np.isfinite(found)
        error[take], way[take] = found[take], name

    if width > 1:
        monthly = np.full((rows, width), np.nan, np.float32)
        monthly[:, 1:] = logs[:, 1:] - logs[:, :-1]
        fill(monthly, MONTHLY)
        if width > season + 1:
            yearly = np.full((rows, width), np.nan, np.float32)
            yearly[:, season + 1 :] = monthly[:, season + 1 :] - monthly[:, 1:-season]
            fill(yearly, YEARLY)
        if width > 3 * season:
            off = logs - combined(logs, season, FEW, naive=False)
            off[:, : 3 * season] = np.nan
            fill(off, LONG)
    return error, way


def _peers(error: Any, way: Any, groups: Any) -> Any:
    """The median error of the row's peers judged the same way in the same report; NaN with fewer than five of them."""
    import numpy as np

    found = np.full(error.shape, np.nan, np.float32)
    order = np.argsort(groups, kind="stable")
    cuts = np.flatnonzero(np.diff(groups[order])) + 1
    for mine in np.split(order, cuts):
        slab, ways = error[mine], way[mine]
        for name in (LONG, YEARLY, MONTHLY):
            here = ways == name
            enough = np.flatnonzero(here.sum(axis=0) >= PEERS_LEAST)
            for at in enough:
                take = here[:, at]
                found[mine[take], at] = np.median(slab[take, at])
    return found


def _score(error: Any, way: Any, at: int, groups: Any) -> Any:
    """The errors of one column in usual errors of the row judged the same way, of its peers' where the row has few."""
    import numpy as np

    recent = slice(max(0, at - RECENT), at)
    past = np.where(way[:, recent] == way[:, at, None], error[:, recent], np.nan)
    known = np.isfinite(past)
    count = known.sum(axis=1)
    found = np.full(len(error), np.nan)
    own = np.zeros(len(error))
    for start in range(0, len(error), CHUNK):
        piece = slice(start, start + CHUNK)
        full = count[piece] == past.shape[1]
        some = (count[piece] >= OWN_LEAST) & ~full
        if full.any() and past.shape[1] >= OWN_LEAST:
            own[piece][full] = tail_scale(past[piece][full])
        if some.any():
            own[piece][some] = tail_scale(past[piece][some])
    common = np.zeros(len(error))
    with_own = own > 0
    for group in np.unique(groups):
        mine = groups == group
        if (mine & with_own).sum() >= PEERS_LEAST:
            common[mine] = np.median(own[mine & with_own])
        else:  # nobody has a past: this month's own spread
            now = error[mine, at]
            now = now[np.isfinite(now)]
            common[mine] = tail_scale(now[None])[0] if len(now) >= PEERS_LEAST else 0
    share = np.where(with_own, np.where(common > 0, count / (count + PEERS_WEIGHT), 1.0), 0.0)
    scale = share * own + (1 - share) * common
    judged = np.isfinite(error[:, at]) & (scale > 0)
    found[judged] = error[judged, at] / np.maximum(scale[judged], TINY)
    return found
