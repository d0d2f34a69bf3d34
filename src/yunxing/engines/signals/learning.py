"""What handled signals teach: precision, lead time and false alarms, by rule and by month. Exact counts; a share of nothing is no share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median

from yunxing.engines.signals.parts import months_between

TRUE_MARKS = ("right", "early", "late")


@dataclass(frozen=True, slots=True)
class Handled:
    """One signal: its rule, the month of its first alarm, what people marked it (empty: nothing yet), and the month the matter really began (empty: unknown)."""

    rule: str
    month: str
    mark: str = ""
    began: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One rule: signals raised, how many were marked and as what, and the lead times in months (positive: before the matter was plain)."""

    rule: str
    raised: int
    marks: Counter[str] = field(default_factory=Counter)
    leads: tuple[int, ...] = ()
    false_by_month: Counter[str] = field(default_factory=Counter)

    @property
    def marked(self) -> int:
        """How many have an answer."""
        return sum(self.marks.values())

    @property
    def precision(self) -> Fraction | None:
        """The share of the marked ones that were no false alarm."""
        return Fraction(sum(self.marks[one] for one in TRUE_MARKS), self.marked) if self.marked else None

    @property
    def lead(self) -> Fraction | None:
        """The median lead of those whose real beginning is known."""
        return Fraction(median(self.leads)) if self.leads else None


def lessons(signals: Iterable[Handled]) -> list[Lesson]:
    """By rule, in the order of their ids."""
    groups: dict[str, list[Handled]] = {}
    for one in signals:
        groups.setdefault(one.rule, []).append(one)
    return [
        Lesson(
            rule,
            len(group),
            Counter(one.mark for one in group if one.mark),
            tuple(months_between(one.month, one.began) for one in group if one.mark in TRUE_MARKS and one.began),
            Counter(one.month for one in group if one.mark == "false"),
        )
        for rule, group in sorted(groups.items())
    ]
