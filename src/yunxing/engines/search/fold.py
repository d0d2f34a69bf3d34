"""Two spellings of one phrase become one: full and half width, upper and lower case, the many brackets, quotation marks and dashes, white space.

Folding goes character by character (a letter together with the accents that follow it), so every folded character knows the raw one it came
from. A paragraph end stays, as one newline; all other white space and what has no width goes. Conventions: docs/conventions (search).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

BREAK: Final = "\n"

_ALIKE: Final = {
    '"': "“”„‟‘’‚‛'「」『』﹁﹂﹃﹄〝〞〟`´",
    "(": "〔[【〖｟⟨",
    ")": "〕]】〗｠⟩",
    "《": "〈«",
    "》": "〉»",
    "-": "‐‑‒–—―−─━﹘",
    "~": "〜∼",
    "·": "•・‧∙⋅●",
    "¯": "￣",
    BREAK: "\r\v\f\x85\u2028\u2029",
}
_ONE: Final = {char: one for one, chars in _ALIKE.items() for char in chars}
_MARKS: Final = r"[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u093c\u0e31\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f\uff9e\uff9f]+"  # fmt: skip
_ACCENTED: Final = re.compile("." + _MARKS, re.DOTALL)
_LEFT_ALONE: Final = re.compile(_MARKS)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; its character i came from the raw characters `starts[i]` to `ends[i]` (half open)."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def fold(text: str) -> str:
    """The text as it is compared. Equal folded texts are the same to exact search; ``""`` when nothing visible is left."""
    if _ACCENTED.search(text):
        return "".join(_folded(piece) for piece, _, _ in _pieces(text))
    return "".join(map(_folded, text))


def fold_with_map(text: str) -> Folded:
    """`fold`, with the way back to the raw text."""
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece, start, end in _pieces(text):
        for letter in _folded(piece):
            letters.append(letter)
            starts.append(start)
            ends.append(end)
    return Folded("".join(letters), tuple(starts), tuple(ends))


def _pieces(text: str) -> list[tuple[str, int, int]]:
    """Single characters, and letters with their accents, with their raw spans."""
    found: list[tuple[str, int, int]] = []
    at = 0
    for accented in _ACCENTED.finditer(text):
        found += [(text[i], i, i + 1) for i in range(at, accented.start())]
        found.append((accented[0], accented.start(), accented.end()))
        at = accented.end()
    return found + [(text[i], i, i + 1) for i in range(at, len(text))]


@lru_cache(maxsize=1 << 16)
def _folded(piece: str) -> str:
    piece = _ONE.get(piece, piece)
    plain = unicodedata.normalize("NFKC", piece)
    if len(piece) == 1 and len(plain) > 1 and plain[0] == " ":
        return piece  # an accent that stands alone, such as a cedilla: parted from its space it would fall upon the letter before
    folded = "".join(map(_alike, plain.casefold()))
    left = _LEFT_ALONE.match(folded)
    return folded[left.end() :] if left else folded


@lru_cache(maxsize=1 << 16)
def _alike(char: str) -> str:
    """One character after NFKC and case: a paragraph end, nothing, or its one form."""
    one = _ONE.get(char, char)
    if one == BREAK:
        return BREAK
    return "" if one.isspace() or unicodedata.category(one) in ("Cc", "Cf", "Cs") or "\ufe00" <= one <= "\ufe0f" else one
