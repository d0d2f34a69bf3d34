"""Who gets how much of a pool: first come, first served; the claim that meets the end of the money gets what is left.

Pure: claims and a balance in, awards out. The order is total (instant, then claim id), so any order of input gives the same awards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from yunxing.values.errors import BadInput


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
    ordered = sorted(claims, key=lambda claim: (claim.arrived, claim.id))
    ids = [claim.id for claim in ordered]
    if len(set(ids)) < len(ids):
        raise BadInput(f"the claim {next(each for each in ids if ids.count(each) > 1)} stands twice")
    if balance < 0 or any(claim.amount <= 0 for claim in ordered):
        raise BadInput("a pool's balance is not below zero, and every claim asks for more than nothing")
    awards, left = [], balance
    for claim in ordered:
        given = min(claim.amount, left)
        left -= given
        outcome: Literal["granted", "reduced", "queued"] = "granted" if given == claim.amount else "reduced" if given else "queued"
        awards.append(Award(claim, outcome, given, left))
    return awards
