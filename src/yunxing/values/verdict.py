"""Three-valued truth (Kleene): yes, no, needs data. What is unknown decides nothing unless the known part already does."""

from enum import Enum
from typing import Never


class Verdict(Enum):
    """The answer to a condition. Combine with ``&``, ``|`` and ``~``; it has no truth of its own, so ``if verdict:`` is an error.

    >>> Verdict.no & Verdict.needs_data, Verdict.yes & Verdict.needs_data, Verdict.yes | Verdict.needs_data
    (<Verdict.no: 'no'>, <Verdict.needs_data: 'needs_data'>, <Verdict.yes: 'yes'>)
    """

    yes = "yes"
    no = "no"
    needs_data = "needs_data"

    @classmethod
    def of(cls, known: bool | None) -> "Verdict":
        """Yes for True, no for False, needs data for None."""
        return cls.needs_data if known is None else cls.yes if known else cls.no

    @property
    def zh(self) -> str:
        """The words of a page."""
        return {"yes": "是", "no": "否", "needs_data": "待补材料"}[self.value]

    def __and__(self, other: "Verdict") -> "Verdict":
        """No if either is no; yes if both are yes; else needs data."""
        return min(self, other, key=_ORDER.index)

    def __or__(self, other: "Verdict") -> "Verdict":
        """Yes if either is yes; no if both are no; else needs data."""
        return max(self, other, key=_ORDER.index)

    def __invert__(self) -> "Verdict":
        """The opposite; what is unknown stays unknown."""
        return _ORDER[2 - _ORDER.index(self)]

    def __bool__(self) -> Never:
        message = "a verdict has three values; compare it with Verdict.yes"
        raise TypeError(message)


_ORDER = (Verdict.no, Verdict.needs_data, Verdict.yes)
