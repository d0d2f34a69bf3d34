"""A repaired reading of a text: what the passes read, and where each character of it stands in the raw text."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

OPENING: Final = "（〔《“"
CLOSING: Final = "）〕》”"


@dataclass(frozen=True, slots=True)
class View:
    """The text the passes read. ``origin[i]`` is the raw offset (code points) of ``text[i]``; offsets only rise.

    ``gaps`` are the places before which the raw text had two blanks or more, the only trace some copies keep of a paragraph.
    """

    text: str
    origin: tuple[int, ...]
    gaps: frozenset[int] = frozenset()

    def raw(self, start: int, end: int) -> tuple[int, int]:
        """The raw span of a span of the view; an empty span stays empty."""
        if start >= end:
            at = self.origin[start] if start < len(self.origin) else (self.origin[-1] + 1 if self.origin else 0)
            return at, at
        return self.origin[start], self.origin[end - 1] + 1

    def at(self, raw: int) -> int:
        """The first place of the view that stands at the raw offset or after it."""
        return bisect_left(self.origin, raw)

    def without(self, dropped: set[int]) -> View:
        """The view with some characters left out."""
        kept = [i for i in range(len(self.text)) if i not in dropped]
        moved = {old: new for new, old in enumerate(kept)}
        gaps = frozenset(moved[g] for g in self.gaps if g in moved)
        return View("".join(self.text[i] for i in kept), tuple(self.origin[i] for i in kept), gaps)


def bracket_pairs(text: str, opening: str = "（", closing: str = "）") -> list[tuple[int, int]]:
    """Spans of the outermost brackets, matched by depth and closed at a line end or a new paragraph; the brackets are included.

    >>> bracket_pairs("甲（乙（丙）丁）戊（己）")
    [(1, 8), (9, 12)]
    """
    pairs: list[tuple[int, int]] = []
    depth, start = 0, -1
    for i, sign in enumerate(text):
        if sign in opening:
            if depth == 0:
                start = i
            depth += 1
        elif sign in closing and depth:
            depth -= 1
            if depth == 0:
                pairs.append((start, i + 1))
        elif sign == "\n":
            depth = 0
    return pairs


def depths(text: str, opening: str = OPENING, closing: str = CLOSING) -> list[int]:
    """How many brackets or quotes are open at each place; a line end closes all of them."""
    out: list[int] = []
    depth = 0
    for sign in text:
        if sign in opening:
            depth += 1
        out.append(depth)
        if sign in closing:
            depth = max(0, depth - 1)
        elif sign == "\n":
            depth = 0
    return out
