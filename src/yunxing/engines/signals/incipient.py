"""苗头: the first abnormal month of a series. A breach of a robust seasonal forecast, or an exact rule (`exact`), on one scale.

Causal by construction: every column is scored from the columns before it and itself. A score says by how many usual errors of this series the month is off; an alarm
is a score at or above a threshold that a person's budget of false alarms sets (`budget`). A month that stands out no more than one of the last six is the same alarm
still standing, and scores 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from yunxing.engines.signals import exact
from yunxing.engines.signals.panel import Panel
from yunxing.engines.signals.smoothing import combined, off_scale, on_scale, scale_of, standing_out

Cause = Literal["unit", "stale", "copy", "breach"]
CAUSES: tuple[Cause, ...] = ("unit", "stale", "copy", "breach")  # of equal scores the one that says more comes first
SEASON = 12
LEAST_ERRORS = 12  # months of its own past errors before a series is judged
STILL = 6  # months for which an alarm stands


@dataclass(frozen=True, slots=True)
class Scored:
    """Per cell: the score (NaN: nothing to say), the cause as an index of `CAUSES`, the expected value in the series' own unit, and the unit factor found (0: none)."""

    panel: Panel
    score: Any
    cause: Any
    expected: Any
    factor: Any


def scored(panel: Panel, season: int = SEASON) -> Scored:
    """Every cell of every series; nothing in the first three years of a monthly series (two seasons and a year of errors)."""
    import numpy as np

    values = panel.values
    warm = 2 * season
    scale = on_scale(values, warm)
    forecast = combined(scale, season)
    expected = off_scale(forecast, *scale_of(values, warm))
    breach = fresh(standing_out(scale - forecast, LEAST_ERRORS))
    judged = np.isfinite(standing_out_ready(scale - forecast))
    factor = np.where(judged, exact.slipped_unit(values, expected), 0)
    unit = np.where((factor != 0) & np.isfinite(breach), np.maximum(breach, exact.UNIT_SCORE), np.nan)
    parts = np.stack([unit, exact.repeat_score(values), exact.repeat_score(values, season, exact.COPY_WEIGHT), breach])
    filled = np.where(np.isfinite(parts), parts, -np.inf)
    cause = filled.argmax(axis=0)
    best = filled.max(axis=0)
    return Scored(panel, np.where(np.isfinite(best), best, np.nan), cause, expected, factor)


def standing_out_ready(errors: Any) -> Any:
    """The errors with enough of the series' own past behind them; NaN before."""
    import numpy as np

    known = np.isfinite(errors)
    return np.where(known & (np.cumsum(known, axis=1) - known >= LEAST_ERRORS), errors, np.nan)


def fresh(score: Any, still: int = STILL) -> Any:
    """The scores, 0 in the months in which an alarm at least as strong still stands: a month counts when it exceeds all of the `still` before it."""
    import numpy as np

    filled = np.where(np.isfinite(score), score, -np.inf)
    recent = np.full(score.shape, -np.inf)
    for back in range(1, min(still, score.shape[1] - 1) + 1):
        recent[:, back:] = np.maximum(recent[:, back:], filled[:, :-back])
    return np.where(filled > recent, score, np.where(np.isfinite(score), 0.0, np.nan))
