"""The words of a promise's light in an official document, and the light by the rule that every page uses."""

from __future__ import annotations

from fractions import Fraction

from yunxing.engines.bulletins.board import Commitment
from yunxing.engines.bulletins.template import LightRule
from yunxing.engines.indicators import lights
from yunxing.engines.indicators.lights import Light

WORDS: dict[Light, str] = {"green": "绿灯", "amber": "黄灯", "red": "红灯", "none": "未报"}


def light(value: Fraction | None, commitment: Commitment, rule: LightRule, month: int) -> Light:
    """The light of a promise at the end of `month`."""
    return lights.light(value, Fraction(commitment.num, commitment.den), commitment.comparator, rule.pace, month, rule.tolerance)
