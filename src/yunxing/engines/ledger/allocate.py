"""Who gets how much of a pool: first come, first served, or every claim cut alike.

`fcfs_partial_last` the claim that meets the end of the money gets what is left · `fcfs_whole_or_skip` it is passed over for a smaller later one ·
`pro_rata` every claim gets the same share in whole yuan, the yuan left go to the largest remainders, and the sum is exact.
Pure: claims and a balance in, awards out. The order is total (instant, then claim id), so any order of input gives the same awards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from yunxing.values.errors import BadInput

YUAN = 100


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim on a pool: who asks, when it arrived, how much in fen."""

    id: str
    arrived: datetime
    amount: int


@dataclass(frozen=True, slots=True)
class Award:
    """What a claim got: all of it, a part, or a place in the queue; `left` is the pool's balance after it."""

    claim: Claim
    outcome: Literal["granted", "reduced", "queued"]
    amount: int
    left: int


def fcfs_partial_last(claims: Iterable[Claim], balance: int) -> list[Award]:
    """First come, first served; the last one served may get a part, those after it wait.

    Errors: `BadInput` for a balance below zero, an amount not above zero, or two claims of one id.
    """
    awards, left = [], balance
    for claim in _in_order(claims, balance):
        left -= (given := min(claim.amount, left))
        awards.append(_award(claim, given, left))
    return awards


def fcfs_whole_or_skip(claims: Iterable[Claim], balance: int) -> list[Award]:
    """First come, first served, each in full or not at all: what no longer fits waits, and a smaller claim behind it may still fit.

    Errors: as `fcfs_partial_last`.
    """
    awards, left = [], balance
    for claim in _in_order(claims, balance):
        left -= (given := claim.amount if claim.amount <= left else 0)
        awards.append(_award(claim, given, left))
    return awards


def pro_rata(claims: Iterable[Claim], balance: int, step: int = YUAN) -> list[Award]:
    """All of them in full where the pool suffices; else each the same share of what it asks, in whole `step`s (yuan), and the steps left over
    to the largest remainders (the earlier claim of equals), none beyond what it asked. What is given adds up to the pool, less than a step short of it.

    Source: 156/2/5 不超过10%的比例: a short pool allows less. Errors: as `fcfs_partial_last`, and a step below 1.
    """
    ordered = _in_order(claims, balance)
    if step < 1:
        raise BadInput(f"a step of {step} fen; it is at least 1")
    asked = sum(claim.amount for claim in ordered)
    if asked <= balance:
        return fcfs_partial_last(ordered, balance)
    given = {claim.id: claim.amount * balance // asked // step * step for claim in ordered}
    rest = {claim.id: claim.amount * balance - given[claim.id] * asked for claim in ordered}
    steps = (balance - sum(given.values())) // step
    for claim in sorted(ordered, key=lambda one: -rest[one.id]):  # stable: the earlier of equals first
        if steps and given[claim.id] + step <= claim.amount:
            given[claim.id] += step
            steps -= 1
    awards, left = [], balance
    for claim in ordered:
        left -= given[claim.id]
        awards.append(_award(claim, given[claim.id], left))
    return awards


Mode = Literal["fcfs_partial_last", "fcfs_whole_or_skip", "pro_rata"]
MODES: dict[str, Callable[[Iterable[Claim], int], list[Award]]] = {
    "fcfs_partial_last": fcfs_partial_last,
    "fcfs_whole_or_skip": fcfs_whole_or_skip,
    "pro_rata": pro_rata,
}


def _award(claim: Claim, given: int, left: int) -> Award:
    return Award(claim, "granted" if given == claim.amount else "reduced" if given else "queued", given, left)


def _in_order(claims: Iterable[Claim], balance: int) -> list[Claim]:
    ordered = sorted(claims, key=lambda claim: (claim.arrived, claim.id))
    ids = [claim.id for claim in ordered]
    if len(set(ids)) < len(ids):
        raise BadInput(f"the claim {next(each for each in ids if ids.count(each) > 1)} stands twice")
    if balance < 0 or any(claim.amount <= 0 for claim in ordered):
        raise BadInput("a pool's balance is not below zero, and every claim asks for more than nothing")
    return ordered
