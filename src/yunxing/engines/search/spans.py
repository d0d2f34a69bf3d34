"""Every hit is read again in the text itself: does it hold the phrases, where, in which paragraph and sentence."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from yunxing.engines.search.fold import BREAK, fold_with_map
from yunxing.engines.search.query import Query

_SENTENCE: Final = re.compile(r"[。；！？!?;]+")


@dataclass(frozen=True, slots=True)
class Mark:
    """One place where a phrase stands: raw offsets, half open, and which phrase of the query it is."""

    start: int
    end: int
    term: int


def holds(query: Query, folded: str, raw: str) -> bool:
    """Whether the text answers the query's phrases (its filters are the index's affair)."""
    if any(term not in folded for term in query.terms) or any(term in folded for term in query.without):
        return False
    if any(typed not in raw for typed in query.strict):
        return False
    if query.near == "document" or len(query.terms) < 2:
        return True
    parts = folded.split(BREAK) if query.near == "paragraph" else _SENTENCE.split(folded.replace(BREAK, "。"))
    return any(all(term in part for term in query.terms) for part in parts)


def marks(query: Query, raw: str, most: int = 200) -> list[Mark]:
    """Where the phrases stand in the raw text, in order, at most so many. Phrases may overlap each other; one phrase is counted without overlap."""
    folded = fold_with_map(raw)
    found: list[Mark] = []
    for number, term in enumerate(query.terms):
        at = folded.text.find(term)
        while at >= 0 and len(found) < most * len(query.terms):
            last = at + len(term) - 1
            found.append(Mark(folded.starts[at], folded.ends[last], number))
            at = folded.text.find(term, last + 1)
    return sorted(found, key=lambda mark: (mark.start, mark.end, mark.term))[:most]


def paragraph(raw: str, at: int) -> tuple[int, int]:
    """The raw span of the paragraph that holds offset `at`."""
    start = raw.rfind("\n", 0, at) + 1
    end = raw.find("\n", at)
    return start, len(raw) if end < 0 else end


def excerpt(raw: str, mark: Mark, wide: int = 60) -> tuple[int, int]:
    """The raw span to show around a hit: its sentence, cut to `wide` characters on either side."""
    start, end = paragraph(raw, mark.start)
    ends = [start, *(start + found.end() for found in _SENTENCE.finditer(raw[start:end])), end]
    here = bisect_right(ends, mark.start) - 1
    left = max(ends[here], mark.start - wide)
    right = next((one for one in ends if one >= mark.end), end)
    return left, min(right, mark.end + wide, end)
