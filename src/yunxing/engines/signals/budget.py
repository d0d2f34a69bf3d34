"""A person says how many false alarms a year he will hear; the threshold follows from history. Replay shows what a threshold would have raised.

Without anyone's marks every alarm of history counts as false: the threshold is then on the safe side. Alarms that people marked right are left out of the count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

SILENT = float("inf")  # no alarm at all fits the budget


@dataclass(frozen=True, slots=True)
class Candidate:
    """A scored moment that some budget would raise: whom it is about, the period, the score. `key` tells candidates apart."""

    key: str
    scope: str
    period: str
    score: float


@dataclass(frozen=True, slots=True)
class Replay:
    """What a threshold would have raised in history."""

    threshold: float
    raised: tuple[Candidate, ...]
    counted: int  # of them, those that count against the budget
    years: float

    @property
    def per_year(self) -> float:
        """Alarms against the budget, a year."""
        return self.counted / self.years if self.years else 0.0


def threshold_within(scores: Iterable[float], years: float, per_year: float) -> float:
    """The lowest threshold at which no more than `per_year` alarms a year would have been raised; equal scores stand or fall together.

    >>> threshold_within([9, 7, 7, 5, 3], years=1, per_year=3)
    7.0
    >>> threshold_within([9, 7, 7, 5, 3], years=1, per_year=2)
    9.0
    >>> threshold_within([9, 9], years=1, per_year=1)
    inf
    """
    found = sorted((float(one) for one in scores), reverse=True)
    allowed = int(per_year * years + 1e-9)
    if allowed >= len(found):
        return found[-1] if found else 0.0
    while allowed and found[allowed - 1] == found[allowed]:
        allowed -= 1
    return found[allowed - 1] if allowed else SILENT


def replay(candidates: Sequence[Candidate], threshold: float, years: float, right: Collection[str] = ()) -> Replay:
    """The candidates a threshold raises, the highest first; those marked `right` (by key) do not count against the budget."""
    raised = tuple(sorted((one for one in candidates if one.score >= threshold), key=lambda one: (-one.score, one.period, one.key)))
    return Replay(threshold, raised, sum(one.key not in right for one in raised), years)


def within_budget(candidates: Sequence[Candidate], years: float, per_year: float, right: Collection[str] = (), least: float = 0.0) -> float:
    """The threshold of a budget over history: alarms marked right are not counted, and no threshold is under `least`."""
    return max(least, threshold_within((one.score for one in candidates if one.key not in right), years, per_year))


def differences(old: Replay, new: Replay) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
    """What the new threshold would add and what it would take away, each the highest score first."""
    before, after = {one.key for one in old.raised}, {one.key for one in new.raised}
    return tuple(one for one in new.raised if one.key not in before), tuple(one for one in old.raised if one.key not in after)


def starts(score: Any, threshold: float, quiet: int) -> Any:
    """Where an alarm begins: at or above the threshold after more than `quiet` months under it (0: every month at or above it)."""
    import numpy as np

    on = np.nan_to_num(score, nan=-np.inf) >= threshold
    begun = on.copy()
    for back in range(1, min(quiet, score.shape[1] - 1) + 1):
        begun[:, back:] &= ~on[:, :-back]
    return begun


def series_threshold(score: Any, per_series_year: float, quiet: int = 0) -> float:
    """The lowest threshold whose alarms begin at most `per_series_year` times a scored series-year; thresholds are tried from the highest score down."""
    import numpy as np

    known = score[np.isfinite(score)]
    if not len(known):
        return SILENT
    allowed = per_series_year * len(known) / 12
    found = SILENT
    for threshold in np.unique(known)[::-1][: int(allowed * (1 + 4 * bool(quiet))) + 2]:
        if starts(score, float(threshold), quiet).sum() > allowed:
            break
        found = float(threshold)
    return found
