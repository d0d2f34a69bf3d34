"""Three-valued verdicts (Kleene): yes, no, needs data. A missing figure never becomes a refusal.

>>> Verdict.YES & Verdict.NEEDS_DATA
<Verdict.NEEDS_DATA: 'needs_data'>
>>> Verdict.NO & Verdict.NEEDS_DATA
<Verdict.NO: 'no'>
>>> ~Verdict.NEEDS_DATA
<Verdict.NEEDS_DATA: 'needs_data'>
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Verdict(Enum):
    """The answer to a condition. It has no truth value: ask `is Verdict.YES`."""

    YES = "yes"
    NO = "no"
    NEEDS_DATA = "needs_data"

    @classmethod
    def of(cls, known: bool | None) -> Verdict:
        """The verdict of a truth value, where None means that the fact is not known."""
        if known is None:
            return cls.NEEDS_DATA
        return cls.YES if known else cls.NO

    def __and__(self, other: Verdict) -> Verdict:
        if Verdict.NO in (self, other):
            return Verdict.NO
        return Verdict.NEEDS_DATA if Verdict.NEEDS_DATA in (self, other) else Verdict.YES

    def __or__(self, other: Verdict) -> Verdict:
        if Verdict.YES in (self, other):
            return Verdict.YES
        return Verdict.NEEDS_DATA if Verdict.NEEDS_DATA in (self, other) else Verdict.NO

    def __invert__(self) -> Verdict:
        return {Verdict.YES: Verdict.NO, Verdict.NO: Verdict.YES}.get(self, Verdict.NEEDS_DATA)

    def __bool__(self) -> bool:
        raise TypeError("a Verdict has no truth value: compare it with `is Verdict.YES`")


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Yes when every verdict is yes; the empty list is yes."""
    answer = Verdict.YES
    for verdict in verdicts:
        answer &= verdict
    return answer


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Yes when one verdict is yes; the empty list is no."""
    answer = Verdict.NO
    for verdict in verdicts:
        answer |= verdict
    return answer
