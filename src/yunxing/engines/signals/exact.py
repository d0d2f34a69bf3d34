"""Exact rules that statistics cannot replace: a figure sent again, a figure copied from last year, a figure in the wrong unit.

They score on the same scale as a breach (`incipient`), so that one threshold and one budget serve all: a repeat is as surprising as it is improbable for this series.
"""

from __future__ import annotations

from typing import Any

# 万元 for 元 and back, 亿元 for 万元, a thousand for a unit, and a slipped decimal point
UNIT_FACTORS = {10: "×10", 100: "×100", 1_000: "×1000", 10_000: "×10000（万）", 100_000_000: "×100000000（亿）"}
UNIT_WITHIN = {
    10: 0.25,
    100: 0.35,
}  # how near a factor counts; from a hundred on nothing else comes near, and a month's own move is allowed for
UNIT_WITHIN_MORE = 0.5
UNIT_SCORE = 12.0  # at least: no honest month is so near to ten times the expected one
LEAST_SEEN = 12  # reports before a repeat of a series means anything
PRIOR, DOUBT = 0.25, 8.0  # a quarter of a repeat in eight reports is believed of a series before anything is known
STALE_WEIGHT = 0.9  # of -log(chance): a repeat of a series that never repeats scores about 3.5 after three years
COPY_WEIGHT = 0.35  # a copy of last year's figure proves little by itself: many series come back to it


def chance_of_repeat(values: Any) -> Any:
    """How likely the series is to give one figure twice by coincidence: its smallest past step over its usual step (few digits repeat often). Past columns only."""
    import numpy as np

    found = np.zeros(values.shape)
    steps = np.abs(np.diff(values, axis=1))
    steps[~(steps > 0)] = np.nan
    for at in range(12, values.shape[1]):
        past = steps[:, : at - 1]
        rows = np.isfinite(past).any(axis=1)
        if rows.any():
            usual = 2.5 * 1.4826 * np.nanmedian(past[rows], axis=1)
            found[rows, at] = np.minimum(np.nanmin(past[rows], axis=1) / usual, 1)
    return found


def repeats(values: Any, back: int = 1) -> Any:
    """Where a figure equals the one `back` reports before it to all digits and is not zero."""
    import numpy as np

    found = np.zeros(values.shape, dtype=bool)
    if back < values.shape[1]:
        found[:, back:] = (values[:, back:] == values[:, :-back]) & (values[:, back:] != 0)
    return found


def repeat_score(values: Any, back: int = 1, weight: float = STALE_WEIGHT) -> Any:
    """How surprising each repeat is: −weight·log(chance) with the series' own habit and its coincidence; NaN where nothing repeats."""
    import numpy as np

    same = repeats(values, back)
    found = np.full(values.shape, np.nan)
    if not same.any():
        return found
    seen = np.maximum(np.cumsum(np.isfinite(values), axis=1) - 1 - back, 1)
    habit = (np.cumsum(same, axis=1) - same + PRIOR) / (seen + DOUBT)
    chance = np.minimum(np.maximum(habit, chance_of_repeat(values)), 1)
    return np.where(same & (seen >= LEAST_SEEN), -weight * np.log(chance), found)


def slipped_unit(values: Any, expected: Any) -> Any:
    """The factor by which a figure is a wrong unit of what was expected: 10, 100, …; negative when it is that many times too small; 0 where none fits."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log10(np.abs(values / expected))
    found = np.zeros(values.shape, dtype=np.int64)
    for factor in UNIT_FACTORS:
        near = np.log10(1 + UNIT_WITHIN.get(factor, UNIT_WITHIN_MORE))
        found = np.where(np.abs(ratio - np.log10(factor)) <= near, factor, found)
        found = np.where(np.abs(ratio + np.log10(factor)) <= near, -factor, found)
    return found


def factor_words(factor: int) -> str:
    """A factor as printed: `×10`, `÷1000`."""
    words = UNIT_FACTORS[abs(factor)]
    return words if factor > 0 else words.replace("×", "÷")
