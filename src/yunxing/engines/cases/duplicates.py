"""Cases that may be the same request twice: the same subject or party, and texts that are near. Pure; a person decides, nothing is merged by itself.

Nearness is the share of character pairs two texts have in common (Dice): it needs no word list, and Chinese has no spaces.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

NEAR = Fraction(3, 5)
"""From this share on two texts count as near: the room's setting, found on the demonstration's requests."""
_NOISE = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Alike:
    """A case that may be the same request, and how near its text is (0 to 1)."""

    case: str
    nearness: Fraction


def nearness(one: str, other: str) -> Fraction:
    """The share of character pairs in common, 0 to 1; case, spaces and marks do not count.

    >>> nearness("车间缺少操作工20人", "车间缺操作工 20 人")
    Fraction(14, 17)
    """
    a, b = _pairs(one), _pairs(other)
    total = sum(a.values()) + sum(b.values())
    return Fraction(2 * sum((a & b).values()), total) if total else Fraction(0)


def _pairs(text: str) -> Counter[str]:
    plain = _NOISE.sub("", text).casefold()
    return Counter(plain[at : at + 2] for at in range(len(plain) - 1)) if len(plain) > 1 else Counter({plain: 1} if plain else {})


def alike(text: str, others: Iterable[tuple[str, str]], *, least: Fraction = NEAR) -> list[Alike]:
    """Of the (case, text) given those at least so near, nearest first; equal ones by id."""
    found = [Alike(case, near) for case, words in others if (near := nearness(text, words)) >= least]
    return sorted(found, key=lambda one: (-one.nearness, one.case))
