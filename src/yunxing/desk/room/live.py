"""Figures that are counted from items on their way instead of from a closed month: other rooms register who counts them, the plan's pages show them.

A live figure changes when an item does; it is the city's as of the desk's day, and carries no name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Live:
    """One figure now: its value as printed, the light of the promise it shows, what stands beside it in words, and the page that explains it."""

    value: str
    light: str
    words: str
    href: str


Counter = Callable[[str], Live | None]
_counters: list[Counter] = []


def counted_by(counter: Counter) -> Counter:
    """Register who counts figures by the indicator's id; None for one that is not his."""
    if counter not in _counters:
        _counters.append(counter)
    return counter


def live(name: str) -> Live | None:
    """The figure of that indicator, or None where nobody counts it."""
    return next((found for counter in _counters if (found := counter(name)) is not None), None)
