"""Why a figure is not there. Absent is not zero: four kinds of absence and the undefined travel to the page as themselves.

Convention N1. Source: monitoring §2.4.

>>> add([5, Absence.NOT_REPORTED, 7])
Total(value=12, covered=2, due=3)
>>> add([5, Absence.NOT_DUE]).complete
True
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

SIGN = "—"


class Absence(Enum):
    """The reasons for which a cell holds no value."""

    NOT_DUE = "not_due"
    NOT_APPLICABLE = "not_applicable"
    NOT_REPORTED = "not_reported"
    SUPPRESSED = "suppressed"
    UNDEFINED = "undefined"

    def label(self, language: str = "zh") -> str:
        """The word shown in place of the figure, in `zh` or `en`."""
        return WORDS[self][0 if language.startswith("zh") else 1]


WORDS = {
    Absence.NOT_DUE: ("未到期", "not due"),
    Absence.NOT_APPLICABLE: ("不适用", "not applicable"),
    Absence.NOT_REPORTED: ("未报", "not reported"),
    Absence.SUPPRESSED: ("保密", "suppressed"),
    Absence.UNDEFINED: ("无法计算", "undefined"),
}

Reported = int | Absence


class Total(NamedTuple):
    """A sum that says how much of what was due it covers. `value` is None when nothing is covered."""

    value: int | None
    covered: int
    due: int

    @property
    def complete(self) -> bool:
        """Whether everything due is in the sum."""
        return self.covered == self.due


def add(values: Iterable[Reported]) -> Total:
    """The sum of what is reported. What is not due or does not apply is not counted as missing; all else is."""
    total, covered, due = 0, 0, 0
    for value in values:
        if value in (Absence.NOT_DUE, Absence.NOT_APPLICABLE):
            continue
        due += 1
        if not isinstance(value, Absence):
            covered += 1
            total += value
    return Total(total if covered else None, covered, due)
