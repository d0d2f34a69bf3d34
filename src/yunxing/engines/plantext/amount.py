"""A quantity as the passes hand it on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from yunxing.engines.plantext.model import Comparator
from yunxing.engines.plantext.numerals import number


@dataclass(slots=True)
class Amount:
    """A quantity as a span of the view. ``low``/``high`` are equal except in a range; ``note`` is a doubt in words."""

    start: int
    end: int
    text: str
    low: Fraction
    high: Fraction
    unit: str
    comparator: Comparator = "="
    rule: str = ""
    cue_end: int = 0  # where the cue after the number ends
    note: str = ""
    ratio: str = ""

    @property
    def value(self) -> int | float | str:
        """The printed value: a number, ``low-high`` or a ratio."""
        if self.ratio:
            return self.ratio
        if self.low != self.high:
            return f"{_plain(self.low)}-{_plain(self.high)}"
        return number(self.low)


def _plain(value: Fraction) -> str:
    return f"{float(value):g}" if value.denominator != 1 else str(int(value))
