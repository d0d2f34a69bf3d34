"""The pair tokeniser: every character begins exactly one token, itself and the next; at a paragraph end itself and BREAK.

A phrase of n characters is then n - 1 tokens in a row, and it stands in a text if and only if those tokens stand there in a row: nothing is
cut differently in the question than in the text, two-character words are as quick as long ones, and no phrase runs over a paragraph end.
Tokens are twelve hex digits, so what a user types never reaches an index's own query language.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from yunxing.engines.search.fold import BREAK

NONE = "000000"
PAIR_BITS = 21
"""Bits of one character in a pair written as a number."""


@lru_cache(maxsize=1 << 16)
def six(char: str) -> str:
    """A character as six hex digits; the paragraph end is six zeros."""
    return NONE if char == BREAK else f"{ord(char):06x}"


def tokens(folded: str) -> list[str]:
    """The tokens of a folded text, in order; empty paragraphs give none."""
    hexes = [six(char) for char in folded]
    return [first + second for first, second in pairwise([*hexes, NONE]) if first != NONE]


def of_phrase(folded: str) -> list[str]:
    """The tokens a text must hold in a row; for one character its six digits, with which a token must begin.

    ValueError for an empty phrase and for one with a paragraph end in it: neither stands in any text.
    """
    if not folded or BREAK in folded:
        raise ValueError(f"found {folded!r}, expected at least one character and no paragraph end")
    if len(folded) == 1:
        return [six(folded)]
    return [six(first) + six(second) for first, second in pairwise(folded)]


def as_number(token: str) -> int:
    """A token as one number: the first character in the high bits, so that the pairs it begins are one range."""
    return (int(token[:6], 16) << PAIR_BITS) | int(token[6:], 16)
