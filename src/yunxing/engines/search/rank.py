"""BM25 as SQLite's FTS5 defines it (k1 = 1.2, b = 0.75, a rare floor under the weight of very common phrases), so that every database ranks alike.

Source: Robertson and Zaragoza, The Probabilistic Relevance Framework (2009); the floor and constants: SQLite FTS5, section 5.1.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from yunxing.engines.search.fold import BREAK

K1, B, FLOOR = 1.2, 0.75, 1e-6


def bm25(folded: str, terms: Sequence[str], held: Sequence[int], total: int, average: float) -> float:
    """The score of one text, higher is better. `held[i]` of `total` texts hold `terms[i]`; `average` is the mean length of a text in characters."""
    length = len(folded) - folded.count(BREAK)
    score = 0.0
    for term, count in zip(terms, held, strict=True):
        weight = max(log((total - count + 0.5) / (count + 0.5)), FLOOR)
        often = _count(folded, term)
        score += weight * often * (K1 + 1) / (often + K1 * (1 - B + B * length / max(average, 1.0)))
    return score


def _count(folded: str, term: str) -> int:
    """How often the phrase stands there, overlapping ones counted."""
    count, at = 0, folded.find(term)
    while at >= 0:
        count += 1
        at = folded.find(term, at + 1)
    return count
