"""Similar solved cases: which of the cases that ended well read most like this one. Pure: words in, order out."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

LEAST = Fraction(12, 100)


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring letters of a text, spaces and punctuation left out: short Chinese texts share words by sharing pairs."""
    plain = "".join(one for one in text if one.isalnum())
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))


def alike(one: str, other: str) -> Fraction:
    """How alike two texts are, from 0 to 1: the share of pairs they have in common (Dice)."""
    a, b = pairs(one), pairs(other)
    return Fraction(2 * len(a & b), len(a) + len(b)) if a or b else Fraction(0)


def most_alike(text: str, others: Iterable[tuple[str, str]], limit: int) -> list[str]:
    """The ids of the texts most like this one, the likest first, at most `limit`; what is hardly alike is left out. Ties by id."""
    scored = [(alike(text, words), id_) for id_, words in others]
    return [id_ for score, id_ in sorted(scored, key=lambda one: (-one[0], one[1])) if score >= LEAST][:limit]
