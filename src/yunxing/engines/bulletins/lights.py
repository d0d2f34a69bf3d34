"""The light of a promise (目标承诺): green on or above the pace, amber below it within tolerance, red below tolerance, none without a value."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from yunxing.engines.bulletins.board import Commitment
from yunxing.engines.bulletins.template import LightRule
from yunxing.values.quantity import holds

Light = Literal["green", "amber", "red", "none"]
WORDS: dict[Light, str] = {"green": "绿灯", "amber": "黄灯", "red": "红灯", "none": "未报"}


def light(value: Fraction | None, commitment: Commitment, rule: LightRule, month: int) -> Light:
    """The light at the end of `month` (1 to 12). Comparisons are unrounded; the bound itself is inside.

    A linear promise is measured in points of its target against the pace month / 12 (时序进度); a level one by its comparator.
    """
    if value is None:
        return "none"
    target = Fraction(commitment.num, commitment.den)
    if rule.pace == "level":
        return "green" if holds(value, commitment.comparator, target) else "red"
    behind = Fraction(100 * month, 12) - 100 * value / target
    if behind <= 0:
        return "green"
    return "amber" if behind <= rule.tolerance else "red"
