"""What a signal rule is: data of a pack. Plain thresholds of the room and statistical detectors make the same record."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from yunxing.engines.indicators.definition import ScopeKind, Threshold

Kind = Literal["incipient", "trend", "latent"]
Test = Literal["limit", "run", "repeat", "misses_target", "breach", "spread", "share"]
STATISTICAL: tuple[Test, ...] = ("breach", "spread")  # their threshold follows from a budget of false alarms
Sign = Literal["negative", "positive"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One `[[signal]]`.

    `test`: `limit` holds `stat` of `indicator` against `threshold`; `run` asks the same of the last `periods` reports together; `repeat` fires when a party's
    month equals its last to all digits (silent where it did so more than `habit` times before); `misses_target` when the `stat` (a forecast) falls short
    of the indicator's target by more than `threshold` percent.
    `breach` asks whether a party's month falls short of what its past and its peers lead to expect; `spread` whether an industry of a place falls behind the same
    industry elsewhere; both need a shortfall of `threshold` at least and keep `budget` alarms a year for the whole city. `share` fires when at least `threshold`
    of a scope's reporters (and no fewer than `reporters` of them) have a change of `each`, their habit of the season left out.
    `of` is the indicator whose party figures are read, the rule's own where empty. `peers` counts only what a change has beyond the median of the same industry.
    `season` silences a `limit` on a change that the same enterprise made a year before as well: its habit of the season.
    `words` and `words_en` are templates whose places are filled from the evidence alone. `deadline` counts working days from the day the figures were known.
    `worse` raises the severity to its own where its limit is reached. `first_month` is the first month of the year in which the rule speaks.
    """

    id: str
    kind: Kind
    indicator: str
    stat: str
    scopes: tuple[ScopeKind, ...]
    test: Test
    threshold: Threshold
    severity: int
    owner: str
    deadline: int
    words: str
    words_en: str
    sign: Sign = "negative"
    periods: int = 1
    habit: int = 0
    season: bool = False
    first_month: int = 1
    worse: tuple[tuple[Threshold, int], ...] = ()
    case: str = ""
    source: str = ""
    of: str = ""
    budget: int = 0
    peers: bool = False
    each: Threshold | None = None
    reporters: int = 5

    @property
    def reads(self) -> str:
        """The indicator whose party figures the rule reads."""
        return self.of or self.indicator

    def grade(self, value: Fraction) -> int:
        """The severity 0–3 of a value: the highest whose limit it reaches, at least the rule's own."""
        return max((level for limit, level in self.worse if limit.reached(value)), default=self.severity)
