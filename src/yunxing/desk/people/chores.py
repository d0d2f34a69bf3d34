"""Work that waits beside the pages: a room says here what its worker does, and `python -m yunxing.desk work` does it."""

from __future__ import annotations

from collections.abc import Callable

Chore = Callable[[], int]
_chores: list[Chore] = []


def also(chore: Chore) -> None:
    """Carry out `chore` on every round of the worker; it says how much it did. The same one twice is one."""
    if chore not in _chores:
        _chores.append(chore)


def run() -> int:
    """One round: how much was done in all."""
    return sum(chore() for chore in _chores)
