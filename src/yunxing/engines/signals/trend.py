"""倾向: several months in one direction, before anyone sees it in the year-on-year headline.

Votes, each against the series' own history (exponentially forgotten, half in twenty years): the six-month slope of the three-month mean, the year on year, the last
month against the mean before it; and from the whole panel the spread of decline, that is the share of series whose three- and six-month slope is negative, and how
far the panel stands above its five-year mean. A panel of fewer than five series has no spread. The alarm fades by 0.3 a month, so that a flicker is one alarm.

Causal by construction: every month is scored from the months up to it. The weights are round numbers from the middle of a plateau (docs/decisions/0125).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yunxing.engines.signals.panel import MONTHS_OF_YEAR, Panel
from yunxing.engines.signals.smoothing import on_scale

WEIGHTS = {"slope": 0.7, "year": 0.3, "spread_3": 0.4, "spread_6": 0.4, "height": 0.3, "step": 0.3}
HALF_LIFE = 240  # months
LEAST = 24  # months of history before a vote counts
LEAST_SERIES = 5  # of a panel before its spread of decline says anything
FADE = 0.3
LEAST_DEVIATION = 1e-3  # log points: a series that hardly ever moved is not judged by its last digit
LEAST_SPREAD = 0.05  # as a share: a panel that never declined is not shaken by its first two series
HEIGHT_YEARS = 5


@dataclass(frozen=True, slots=True)
class Trended:
    """Per cell: the score, the six-month slope in log points, and the shares of the panel in three- and six-month decline (one figure a month)."""

    panel: Panel
    score: Any
    slope: Any
    spread_3: Any
    spread_6: Any


def trended(panel: Panel) -> Trended:
    """Every month of every series, on one calendar. Positive scores speak of decline."""
    import numpy as np

    on = panel.on_calendar()
    logs = _on_scale(on)
    mean = moving_mean(logs, 3)
    slope_3, slope_6 = mean - lagged(mean, 3), mean - lagged(mean, 6)
    spread_3, spread_6 = spread(slope_3), spread(slope_6)
    votes = {
        "slope": -standard(slope_6),
        "year": -standard(logs - lagged(logs, MONTHS_OF_YEAR)),
        "spread_3": standard(np.where(np.isfinite(slope_3), spread_3[None], np.nan), floor=LEAST_SPREAD),
        "spread_6": standard(np.where(np.isfinite(slope_6), spread_6[None], np.nan), floor=LEAST_SPREAD),
        "step": -standard(logs - lagged(mean, 1)),
        "height": _height(logs, mean),
    }
    own = WEIGHTS["slope"] * votes["slope"] + WEIGHTS["year"] * votes["year"]
    score = own + sum(weight * np.nan_to_num(votes[name]) for name, weight in WEIGHTS.items() if name not in ("slope", "year"))
    return Trended(on, faded(score), slope_6, spread_3, spread_6)


def _on_scale(panel: Panel) -> Any:
    """Each series on its own scale, chosen from its own first two years wherever on the calendar they lie."""
    import numpy as np

    found = np.full(panel.values.shape, np.nan)
    for row, values in enumerate(panel.values):
        known = np.flatnonzero(np.isfinite(values))
        if len(known):
            found[row, known[0] :] = on_scale(values[None, known[0] :], 2 * MONTHS_OF_YEAR)[0]
    return found


def _height(logs: Any, mean: Any) -> Any:
    """How far the panel as a whole stands above its five-year mean, as one row for all; NaN for a panel too small to have a spread."""
    import numpy as np

    above = standard(mean - moving_mean(logs, HEIGHT_YEARS * MONTHS_OF_YEAR))
    known = np.isfinite(above)
    count = known.sum(axis=0)
    whole = np.where(known, above, 0).sum(axis=0) / np.maximum(count, 1)
    return np.where(known, np.where(count >= LEAST_SERIES, whole, np.nan)[None], np.nan)


def spread(slope: Any) -> Any:
    """The share of series in decline, one figure a month; NaN where fewer than five have a slope."""
    import numpy as np

    known = np.isfinite(slope)
    count = known.sum(axis=0)
    return np.where(count >= LEAST_SERIES, (known & (slope < 0)).sum(axis=0) / np.maximum(count, 1), np.nan)


def moving_mean(table: Any, months: int) -> Any:
    """The mean of the last `months` columns, NaN where one of them is missing."""
    import numpy as np

    found = np.full(table.shape, np.nan)
    if table.shape[1] >= months:
        windows = np.lib.stride_tricks.sliding_window_view(table, months, axis=1)
        found[:, months - 1 :] = windows.mean(axis=2)
    return found


def lagged(table: Any, months: int) -> Any:
    """The table as it was `months` before."""
    import numpy as np

    found = np.full(table.shape, np.nan)
    if table.shape[1] > months:
        found[:, months:] = table[:, :-months]
    return found


def standard(table: Any, half_life: float = HALF_LIFE, least: int = LEAST, floor: float = LEAST_DEVIATION) -> Any:
    """Each value against the mean and standard deviation of its own row before it, the older the less; NaN with fewer than `least` before."""
    import numpy as np

    found = np.full(table.shape, np.nan)
    keep = 0.5 ** (1 / half_life)
    weight, total, squares, count = (np.zeros(len(table)) for _ in range(4))
    for at in range(table.shape[1]):
        now = table[:, at]
        known = np.isfinite(now)
        mean = total / np.maximum(weight, 1e-9)
        spread_ = np.sqrt(np.maximum(squares / np.maximum(weight, 1e-9) - mean**2, floor**2))
        found[:, at] = np.where(known & (count >= least), (now - mean) / spread_, np.nan)
        value = np.where(known, now, 0)
        weight, total, squares = (
            np.where(known, keep * old + new, old) for old, new in ((weight, 1.0), (total, value), (squares, value**2))
        )
        count += known
    return found


def faded(score: Any, fade: float = FADE) -> Any:
    """The score, but never more than `fade` under last month's: an alarm that flickers is one alarm."""
    import numpy as np

    found = score.copy()
    for at in range(1, score.shape[1]):
        found[:, at] = np.fmax(score[:, at], np.where(np.isfinite(score[:, at]), found[:, at - 1] - fade, np.nan))
    return found
