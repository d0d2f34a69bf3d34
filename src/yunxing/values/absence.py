"""Absent is not zero: why a figure is missing, and sums that say how much of them is covered.

Zero is a reported value. A figure that was not due, does not apply, was not reported, is kept back or cannot be formed is none.
"""

from collections.abc import Iterable
from enum import Enum
from fractions import Fraction
from typing import Literal, NamedTuple

SIGN = "—"


class Absence(Enum):
    """Why there is no figure. Every page shows the sign 「—」 with the words as its title.

    >>> Absence.not_reported.zh, Absence.not_reported.en, Absence.not_reported.sign
    ('未报', 'not reported', '—')
    """

    not_due = "not_due"
    not_applicable = "not_applicable"
    not_reported = "not_reported"
    suppressed = "suppressed"
    undefined = "undefined"

    @property
    def zh(self) -> str:
        """The Chinese words."""
        return _ZH[self.value]

    @property
    def en(self) -> str:
        """The English words."""
        return self.value.replace("_", " ")

    def label(self, language: Literal["zh", "en"] = "zh") -> str:
        """The words in either language, as every period has them."""
        return self.zh if language == "zh" else self.en

    @property
    def sign(self) -> str:
        """What stands in the cell: 「—」."""
        return SIGN


_ZH = {"not_due": "未到期", "not_applicable": "不适用", "not_reported": "未报", "suppressed": "保密", "undefined": "无法计算"}

Reported = int | Absence


def is_reported(value: Reported) -> bool:
    """Whether there is a figure; zero is one."""
    return not isinstance(value, Absence)


class Covered(NamedTuple):
    """A sum together with how many of its members it rests on; ``value`` is an absence when it rests on none."""

    value: Reported
    covered: int
    total: int

    @property
    def complete(self) -> bool:
        """Whether every member that should report has, and there is one."""
        return self.covered == self.total > 0

    @property
    def share(self) -> Fraction:
        """The covered part of the members, 0 to 1; 0 when there are none."""
        return Fraction(self.covered, self.total) if self.total else Fraction(0)


def add(values: Iterable[Reported]) -> Covered:
    """The sum of the reported values with the number they rest on and the number of members.

    A member to whom the figure does not apply is no member. When nothing is reported the sum is the one absence that all share,
    else ``undefined``; of no members at all it is ``not_applicable``. So a smaller total is never silent and nothing is never zero.

    >>> add([3, 0, Absence.not_reported, Absence.not_applicable])
    Covered(value=3, covered=2, total=3)
    """
    members = [value for value in values if value is not Absence.not_applicable]
    reported = [value for value in members if not isinstance(value, Absence)]
    if reported:
        return Covered(sum(reported), len(reported), len(members))
    if not members:
        return Covered(Absence.not_applicable, 0, 0)
    shared = members[0] if len(set(members)) == 1 else Absence.undefined
    return Covered(shared, 0, len(members))
