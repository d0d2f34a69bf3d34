"""Shares of a whole, exact to the last unit: nothing is lost, nothing appears, and who gets the odd unit is written in the pack.

Pure integers in the unit's smallest part (fen, 0.01 tce, m²); shares are exact fractions. Sources: plan 156/13/3 (5:5, the place's side capped),
156/16/1 (50 % and 50 %), 156/15/1 (the city's task handed on to counties).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from yunxing.values.errors import BadInput


def largest_remainder(total: int, weights: Mapping[str, int | Fraction], *, first: Sequence[str] = ()) -> dict[str, int]:
    """`total` units over the names in proportion to their weights: each gets its share rounded down, the units left go to the largest remainders.

    Equal remainders: the names in `first` come before the others, in that order, then the larger weight, then the name. The sum is `total`, each
    differs from its exact share by less than 1, and the order of `weights` does not matter. Errors: `BadInput` for a total or a weight below 0, or
    weights that are all 0 with something to hand out.

    >>> largest_remainder(330000, {"a": 5000, "b": 3000, "c": 2000})
    {'a': 165000, 'b': 99000, 'c': 66000}
    >>> largest_remainder(1474801, {"city": 1, "county": 1}, first=["county"])
    {'city': 737400, 'county': 737401}
    """
    if total < 0 or any(weight < 0 for weight in weights.values()):
        raise BadInput(f"a split needs a total and weights that are not below 0; found {total} over {dict(weights)}")
    whole = sum(weights.values(), Fraction(0))
    if whole == 0:
        if total:
            raise BadInput(f"a split of {total} needs at least one weight above 0")
        return dict.fromkeys(weights, 0)
    exact = {name: Fraction(weight) * total / whole for name, weight in weights.items()}
    given = {name: int(share) for name, share in exact.items()}
    left = total - sum(given.values())
    places = {name: place for place, name in enumerate(first)}

    def turn(name: str) -> tuple[Fraction, int, Fraction, str]:
        return -(exact[name] - given[name]), places.get(name, len(places)), -Fraction(weights[name]), name

    for name in sorted(weights, key=turn)[:left]:
        given[name] += 1
    return given


@dataclass(frozen=True, slots=True)
class Split:
    """A rule of the pack: shares that sum to 1, and who gets the unit of an equal remainder."""

    id: str
    clause: str
    shares: Mapping[str, Fraction]
    tie_to: str = ""

    def __post_init__(self) -> None:
        """Shares sum to 1, none is below 0, and `tie_to` is one of them."""
        if sum(self.shares.values(), Fraction(0)) != 1 or any(share < 0 for share in self.shares.values()):
            raise BadInput(
                f"split {self.id}: shares {', '.join(f'{name} {share}' for name, share in self.shares.items())} do not make a whole"
            )
        if self.tie_to and self.tie_to not in self.shares:
            raise BadInput(f"split {self.id}: tie_to {self.tie_to!r} is none of {', '.join(self.shares)}")

    def of(self, total: int) -> dict[str, int]:
        """The total over the shares; the sum is the total."""
        return largest_remainder(total, self.shares, first=[self.tie_to] if self.tie_to else [])


@dataclass(frozen=True, slots=True)
class Shared:
    """A payment borne by two sides while one has a cap: what each pays, and what nobody pays."""

    capped: int
    other: int
    uncovered: int

    @property
    def paid(self) -> int:
        """What reaches the payee."""
        return self.capped + self.other


def partial_then_wait(split: Split, capped: str, total: int, remaining: int) -> Shared:
    """A total shared by two sides of which `capped` may pay at most `remaining`: both pay in full, or the capped side gives what it has left,
    the other matches it in the ratio of the split (rounded down), and the rest waits for a decision. Reading of 156/13/3: the text is silent.

    Errors: `BadInput` for a split of other than two sides, a total below 0 or a remaining below 0.

    >>> fee = Split("fee", "13/3b", {"province": Fraction(1, 2), "local": Fraction(1, 2)}, tie_to="province")
    >>> partial_then_wait(fee, "local", 80_000_00, 30_000_00)
    Shared(capped=3000000, other=3000000, uncovered=2000000)
    """
    others = [name for name in split.shares if name != capped]
    if capped not in split.shares or len(others) != 1:
        raise BadInput(f"split {split.id}: a cap on {capped!r} needs exactly one other side; found {', '.join(split.shares)}")
    if total < 0 or remaining < 0:
        raise BadInput(f"a payment of {total} against a remaining {remaining}: neither may be below 0")
    parts = split.of(total)
    if parts[capped] <= remaining:
        return Shared(parts[capped], parts[others[0]], 0)
    other = int(Fraction(remaining) * split.shares[others[0]] / split.shares[capped]) if split.shares[capped] else 0
    return Shared(remaining, other, total - remaining - other)


def in_steps(total: int, weights: Mapping[str, int | Fraction], step: int) -> dict[str, int]:
    """As `largest_remainder`, but in whole steps (a task to 0.01 ha is handed out in steps of 100 m²); what is less than a step goes to the
    largest weight, the smaller name where two are alike, so that the sum stays exact. Errors: as there, and a step below 1.
    """
    if step < 1:
        raise BadInput(f"a step of {step}; it is at least 1")
    steps, rest = divmod(total, step)
    given = {name: count * step for name, count in largest_remainder(steps, weights).items()}
    if rest:
        if not any(weights.values()):
            raise BadInput(f"a split of {total} needs at least one weight above 0")
        given[min(weights, key=lambda name: (-Fraction(weights[name]), name))] += rest
    return given


def pro_rata_within(total: int, claims: Mapping[str, int]) -> dict[str, int]:
    """Claims on a pool: all of them where the pool suffices, else cut in proportion with the sum exactly the pool (2/4: «not above» allows less).

    >>> pro_rata_within(30, {"a": 20, "b": 21})
    {'a': 15, 'b': 15}
    """
    if sum(claims.values()) <= total:
        return dict(claims)
    return largest_remainder(total, claims)
