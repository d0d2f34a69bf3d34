"""The light of a promise (目标承诺), one rule for every page and document: green on or above the pace, amber below it within tolerance, red below that."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from yunxing.values.quantity import Comparator, holds

Light = Literal["green", "amber", "red", "none"]
Pace = Literal["linear", "level"]
TOLERANCE_POINTS = Fraction(5)  # a platform default: a pack may set another for a promise


def light(
    value: Fraction | None, target: Fraction, comparator: Comparator, pace: Pace, month: int, tolerance: Fraction = TOLERANCE_POINTS
) -> Light:
    """The light at the end of `month` (1 to 12), `none` without a value. Comparisons are unrounded; the bound itself is inside.

    A linear promise is measured in points of its target against the pace month / 12 (时序进度); a level one by its comparator.

    >>> light(Fraction(272), Fraction(418), Comparator.ge, "linear", 9), light(Fraction(696, 100), Fraction(7), Comparator.ge, "level", 9)
    ('red', 'red')
    >>> light(Fraction(70), Fraction(100), Comparator.ge, "linear", 9), light(Fraction(75), Fraction(100), Comparator.ge, "linear", 9)
    ('amber', 'green')
    """
    if value is None:
        return "none"
    if pace == "level":
        return "green" if holds(value, comparator, target) else "red"
    behind = Fraction(100 * month, 12) - 100 * value / target
    if behind <= 0:
        return "green"
    return "amber" if behind <= tolerance else "red"
