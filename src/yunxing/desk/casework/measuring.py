"""How cases are handled, in numbers: in time, first contact, satisfaction, reopened. Pure; rates are fractions, absent is not zero.

A percentage over fewer than five is never shown: its count stands in its place (screens S7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

LEAST = 5


@dataclass(frozen=True, slots=True)
class Handled:
    """One case as it is measured. `in_time`: its main limit was kept, missed, or nothing can be said yet; `contact_seconds`: office time to the
    first contact; `rating`: good, fair, bad, or empty; `answered`: an answer was given at least once.
    """

    office: str
    unit: str
    in_time: bool | None
    contact_seconds: int | None
    rating: str
    reopened: bool
    answered: bool


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many. `fraction` is None for none of none; `shown` says whether a percentage may be shown."""

    part: int
    whole: int

    @property
    def fraction(self) -> Fraction | None:
        """The share, exactly."""
        return Fraction(self.part, self.whole) if self.whole else None

    @property
    def shown(self) -> bool:
        """Whether there are enough for a percentage."""
        return self.whole >= LEAST


@dataclass(frozen=True, slots=True)
class Measures:
    """The numbers of one office, one county or all. `contact_seconds` is the median, None when nobody was contacted yet."""

    name: str
    cases: int
    in_time: Share
    contact_seconds: int | None
    contacted: int
    satisfied: Share
    reopened: Share


def measured(name: str, cases: Sequence[Handled]) -> Measures:
    """The numbers of these cases."""
    judged = [one.in_time for one in cases if one.in_time is not None]
    rated = [one.rating for one in cases if one.rating]
    contacts = sorted(one.contact_seconds for one in cases if one.contact_seconds is not None)
    answered = [one for one in cases if one.answered]
    return Measures(
        name,
        len(cases),
        Share(sum(judged), len(judged)),
        median(contacts),
        len(contacts),
        Share(sum(one in ("good", "fair") for one in rated), len(rated)),
        Share(sum(one.reopened for one in answered), len(answered)),
    )


def median(ordered: Sequence[int]) -> int | None:
    """The middle of numbers in order; of an even number the lower middle, so that it is one that really occurred."""
    return ordered[(len(ordered) - 1) // 2] if ordered else None


def by(cases: Iterable[Handled], key: Callable[[Handled], str]) -> list[Measures]:
    """The numbers group by group: most cases first, then by name; cases without a group are left out."""
    groups: dict[str, list[Handled]] = {}
    for one in cases:
        if name := key(one):
            groups.setdefault(name, []).append(one)
    found = [measured(name, some) for name, some in groups.items()]
    return sorted(found, key=lambda one: (-one.cases, one.name))
