"""Who answers for a firm that misses workers: the tier by their number; and the shortage as a share of all jobs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from yunxing.engines.dispatch.definition import Tier


def tier_of(tiers: Sequence[Tier], number: int | None) -> Tier | None:
    """The highest tier whose first number is reached; None below the first, and for an absent number."""
    if number is None:
        return None
    reached = [one for one in tiers if number >= one.start]
    return reached[-1] if reached else None


def shortage_rate(shortage: int | None, headcount: int | None) -> Fraction | None:
    """Missing workers over all jobs (missing + present); None when one is absent or there are no jobs.

    >>> shortage_rate(10, 90)
    Fraction(1, 10)
    """
    if shortage is None or headcount is None or shortage + headcount <= 0:
        return None
    return Fraction(shortage, shortage + headcount)
