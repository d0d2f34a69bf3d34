r"""A sealed auction of quota, cleared exactly: sort by price, fill against what is left for the bidder, the county and the city.

Each bidder lies in one county, so the caps are nested and filling by price is optimal for divisible bids. Everything is whole: quantities in the unit's
smallest part, prices in fen for one unit. The result depends on the bids, the terms and the seed alone, not on the order of the rows.

Where bids of one price meet the end of a cap they share what is left in proportion to what each could still take, by largest remainder; units that are
still equal go by lottery: the bids with the smallest SHA-256 of ``<seed>\n<bid>``. Under `ties="time"` the earlier bid is served first, and the lottery
decides between equal times. Clearing 100,000 bids is one sort and a few sums over arrays (docs/decisions/0098).
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from yunxing.values.digest import digits
from yunxing.values.errors import BadInput

if TYPE_CHECKING:
    import numpy as np

    Whole = np.ndarray[Any, np.dtype[np.int64]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]

Rule = Literal["uniform", "pay-as-bid"]
Price = Literal["lowest-accepted", "highest-rejected"]
Ties = Literal["pro-rata", "time"]
LARGEST = 2**53
"""No quantity, price, cap or sum of quantities beyond this: sums then stay exact in 64 bits."""


SPARSE = 16
"""Where fewer than one in so many wins, the winners are picked from a heap instead of sorting all lots."""


@dataclass(frozen=True, slots=True)
class Bid:
    """One bid: its id, who bids from which county, fen for a unit, whole units, and when it came (text that sorts by time)."""

    bid: str
    bidder: str
    county: str
    price_fen: int
    quantity: int
    time: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Bids:
    """Bids as columns, checked: ids once, a bidder in one county, everything whole, above 0 and within range."""

    rows: Sequence[Bid]
    bidder: Whole
    county: Whole
    counties: tuple[str, ...]
    price: Whole
    asked: Whole

    @classmethod
    def of(cls, rows: Iterable[Bid]) -> Bids:
        """Columns of these bids. Errors: `BadInput` that names the first bid that does not fit."""
        import numpy as np

        rows = list(rows)
        _check(rows)
        bidders: dict[str, int] = {}
        counties: dict[str, int] = {}
        count = len(rows)
        return cls(
            rows,
            np.fromiter((bidders.setdefault(one.bidder, len(bidders)) for one in rows), np.int64, count),
            np.fromiter((counties.setdefault(one.county, len(counties)) for one in rows), np.int64, count),
            tuple(counties),
            np.fromiter((one.price_fen for one in rows), np.int64, count),
            np.fromiter((one.quantity for one in rows), np.int64, count),
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """What was announced: the supply, how winners pay, the reserve price (bids below it take no part), caps, and how ties are broken.

    `bidder_cap` holds for every bidder alike; `county_caps` by county, a county without one is not capped.
    """

    supply: int
    rule: Rule = "uniform"
    reserve_fen: int = 0
    bidder_cap: int | None = None
    county_caps: Mapping[str, int] = field(default_factory=dict)
    price: Price = "lowest-accepted"
    ties: Ties = "pro-rata"

    def __post_init__(self) -> None:
        """Nothing below 0, nothing beyond what is summed exactly."""
        caps = [self.supply, self.reserve_fen, *self.county_caps.values(), *([] if self.bidder_cap is None else [self.bidder_cap])]
        if any(type(cap) is not int or not 0 <= cap <= LARGEST for cap in caps):
            raise BadInput(f"an auction's supply, reserve price and caps are whole numbers from 0 to {LARGEST}; found {caps}")


@dataclass(frozen=True, slots=True)
class Filled:
    """What a bid got: units, and fen for each; a bid that got nothing pays nothing."""

    bid: str
    filled: int
    price_fen: int


@dataclass(frozen=True, slots=True, eq=False)
class Cleared:
    """The result in the order of the bids: units and fen for each; the units sold, the one price of the uniform rule, the fen due from all.

    `seed` is the lottery's; empty where none was given and none was needed.
    """

    bids: Bids
    filled: Whole
    paid: Whole
    clearing_fen: int | None
    seed: str

    @property
    def sold(self) -> int:
        """Units sold."""
        return int(self.filled.sum())

    @property
    def due_fen(self) -> int:
        """What all winners pay together, exact beyond 64 bits."""
        won = self.filled > 0
        return sum(units * fen for units, fen in zip(self.filled[won].tolist(), self.paid[won].tolist(), strict=True))

    @property
    def fills(self) -> tuple[Filled, ...]:
        """One line a bid."""
        return tuple(map(Filled, [one.bid for one in self.bids.rows], self.filled.tolist(), self.paid.tolist()))

    @property
    def digest(self) -> str:
        """A digest over the fills in the order of their ids: two people who cleared the same bids compare these."""
        return digits([[one.bid, one.filled, one.price_fen] for one in sorted(self.fills, key=lambda one: one.bid)])


def _check(rows: Sequence[Bid]) -> None:
    county_of: dict[str, str] = {}
    seen: set[str] = set()
    total = 0
    for one in rows:
        if one.bid in seen:
            raise BadInput(f"bid {one.bid}: the id stands twice")
        seen.add(one.bid)
        if county_of.setdefault(one.bidder, one.county) != one.county:
            raise BadInput(
                f"bid {one.bid}: bidder {one.bidder} bids from {one.county} and from {county_of[one.bidder]}; each bidder lies in one county"
            )
        whole = type(one.price_fen) is int and type(one.quantity) is int
        if not whole or not (0 < one.price_fen <= LARGEST and 0 < one.quantity <= LARGEST):
            raise BadInput(f"bid {one.bid}: {one.quantity} units at {one.price_fen} fen; both are whole numbers from 1 to {LARGEST}")
        total += one.quantity
    if total > LARGEST:
        raise BadInput(f"the bids ask for {total} units together; at most {LARGEST} are summed exactly")


def seed_of(bids: Bids, terms: Terms) -> str:
    """The seed where none was published: a digest of the terms and of the bids sorted by id. Nobody knows it before all bids are in."""
    lines = sorted(f"{one.bid}\t{one.bidder}\t{one.county}\t{one.price_fen}\t{one.quantity}\t{one.time}" for one in bids.rows)
    caps = sorted(terms.county_caps.items())
    head = f"{terms.supply}\t{terms.rule}\t{terms.reserve_fen}\t{terms.bidder_cap}\t{caps}\t{terms.price}\t{terms.ties}"
    return hashlib.sha256("\n".join([head, *lines]).encode()).hexdigest()


def lot(seed: str, bid: str) -> bytes:
    r"""The lot that a bid draws: the smaller wins. Anyone checks it with ``printf '%s\n%s' SEED BID | sha256sum``."""
    return hashlib.sha256(f"{seed}\n{bid}".encode()).digest()


def clear(bids: Bids, terms: Terms, seed: str = "") -> Cleared:
    """What every bid gets and pays. Without a published seed the lottery, where one is needed, takes `seed_of`.

    >>> offers = Bids.of([Bid("A", "a", "x", 260_00, 6000), Bid("B", "b", "x", 240_00, 5000), Bid("C", "c", "x", 220_00, 4000)])
    >>> found = clear(offers, Terms(10_000, reserve_fen=200_00))
    >>> found.filled.tolist(), found.paid.tolist(), found.due_fen
    ([6000, 4000, 0], [24000, 24000, 0], 240000000)
    """
    import numpy as np

    lots = _Lots(bids, terms, seed)
    order = _order(bids, terms, lots)
    level = _levels(bids, order, terms)
    left = bids.asked[order]
    if terms.bidder_cap is not None:
        left = _cut(left, level, bids.bidder[order], terms.bidder_cap, lots.at(order))
    if terms.county_caps:
        caps = np.array([terms.county_caps.get(name, LARGEST) for name in bids.counties], np.int64)
        left = _cut(left, level, bids.county[order], caps[bids.county[order]] if caps.size else 0, lots.at(order))
    within = left
    left = _cut(left, level, np.zeros(left.size, np.int64), terms.supply, lots.at(order))
    filled = np.zeros(bids.asked.size, np.int64)
    filled[order] = left
    won = filled > 0
    denied = order[within > left]  # what the caps allowed and the supply did not
    clearing = _one_price(bids.price, won, denied, terms)
    paid = np.where(won, bids.price if clearing is None else clearing, 0)
    return Cleared(bids, filled, paid, clearing, lots.drawn)


class _Lots:
    """The lots of bids; drawn only where one is needed, and the seed is then settled."""

    def __init__(self, bids: Bids, terms: Terms, seed: str) -> None:
        self._bids, self._terms, self.drawn = bids, terms, seed
        self._order: Whole | None = None

    def at(self, order: Whole) -> _Lots:
        """The same, asked by places of the sorted order."""
        self._order = order
        return self

    def _settled(self) -> str:
        if not self.drawn:
            self.drawn = seed_of(self._bids, self._terms)
        return self.drawn

    def of(self, place: int) -> bytes:
        row = place if self._order is None else int(self._order[place])
        return lot(self._settled(), self._bids.rows[row].bid)

    def winners(self, places: Whole, wanted: int) -> list[int]:
        """Of these places, by their position, those of the `wanted` smallest lots: as sorting by `of` gives them, the seed hashed once for all."""
        rows = places if self._order is None else self._order[places]
        begun, bids = hashlib.sha256(f"{self._settled()}\n".encode()), self._bids.rows

        def drawn(row: int) -> bytes:
            one = begun.copy()
            one.update(bids[row].bid.encode())
            return one.digest()

        lots = list(map(drawn, rows.tolist()))
        if wanted * SPARSE < len(lots):
            return heapq.nsmallest(wanted, range(len(lots)), key=lots.__getitem__)
        return sorted(range(len(lots)), key=lots.__getitem__)[:wanted]


def _order(bids: Bids, terms: Terms, lots: _Lots) -> Whole:
    """The bids that reach the reserve price, the highest price first; within a price by time and lot where time breaks ties."""
    import numpy as np

    taking = np.flatnonzero(bids.price >= terms.reserve_fen)
    price = bids.price[taking]
    if terms.ties != "time" or not taking.size:
        return taking[np.argsort(-price, kind="stable")]
    _names, moments = np.unique(np.array([bids.rows[at].time for at in taking.tolist()], dtype=np.str_), return_inverse=True)
    sort = np.lexsort((moments, -price))
    order, price, moments = taking[sort], price[sort], moments[sort]
    starts = np.flatnonzero(np.concatenate([[True], (price[1:] != price[:-1]) | (moments[1:] != moments[:-1])]))
    for start, end in zip(starts.tolist(), [*starts.tolist()[1:], order.size], strict=True):
        if end - start > 1:  # one price and one moment: by lot
            order[start:end] = sorted(order[start:end].tolist(), key=lots.of)
    return order


def _levels(bids: Bids, order: Whole, terms: Terms) -> Whole:
    """The number of each bid's level, the highest price 0; where time breaks ties every bid is a level of its own."""
    import numpy as np

    if terms.ties == "time" or not order.size:
        return np.arange(order.size, dtype=np.int64)
    price = bids.price[order]
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(price[1:] != price[:-1], dtype=np.int64)])


def _cut(amounts: Whole, level: Whole, group: Whole, caps: Whole | int, lots: _Lots) -> Whole:
    """Amounts in the order of price, cut so that no group exceeds its cap: whole levels while they fit, a share of the level that crosses, nothing after."""
    import numpy as np

    if not amounts.size:
        return amounts
    order = np.argsort(group, kind="stable")  # by group, inside it by price
    of_group, of_level, amount = group[order], level[order], amounts[order]
    starts = np.flatnonzero(np.concatenate([[True], (of_group[1:] != of_group[:-1]) | (of_level[1:] != of_level[:-1])]))
    ends = np.concatenate([starts[1:], [amount.size]])
    sums = np.add.reduceat(amount, starts)
    run = np.cumsum(sums) - sums  # before each level, over all groups
    first = np.concatenate([[True], of_group[starts[1:]] != of_group[starts[:-1]]])
    before = run - run[np.flatnonzero(first)][np.cumsum(first) - 1]  # before each level, inside its group
    cap = caps[order][starts] if isinstance(caps, np.ndarray) else np.full(starts.size, caps, np.int64)
    room = np.clip(cap - before, 0, sums)  # what each level may take
    share = np.repeat(room == sums, ends - starts) * amount
    crossing = (room > 0) & (room < sums)
    alone = crossing & (ends - starts == 1)
    share[starts[alone]] = room[alone]
    for at in np.flatnonzero(crossing & ~alone).tolist():
        one = slice(int(starts[at]), int(ends[at]))
        share[one] = _shared(amount[one], int(room[at]), order[one], lots)
    cut = np.empty_like(amounts)
    cut[order] = share
    return cut


def _shared(claims: Whole, room: int, places: Whole, lots: _Lots) -> Whole:
    """`room` units over claims that ask for more, by largest remainder; equal remainders by lot."""
    import numpy as np

    total = int(claims.sum())
    if int(claims.max()) * room < 2**63:
        given, rest = np.divmod(claims * room, total)
    else:  # beyond 64 bits: the same in Python's whole numbers
        pairs = [divmod(claim * room, total) for claim in claims.tolist()]
        given = np.array([whole for whole, _ in pairs], np.int64)
        rest = np.array([part for _, part in pairs], np.int64)
    odd = room - int(given.sum())
    if odd:
        bound = int(np.partition(rest, rest.size - odd)[rest.size - odd])  # the smallest remainder that may still win
        above = rest > bound
        given = given + above
        tied = np.flatnonzero(rest == bound)
        wanted = odd - int(above.sum())
        if wanted < tied.size:
            tied = tied[lots.winners(places[tied], wanted)]
        given[tied] += 1
    return given


def _one_price(price: Whole, won: Flags, denied: Whole, terms: Terms) -> int | None:
    """The one price of the uniform rule: the lowest accepted, or the highest that the supply alone denied (the reserve price where it denied none)."""
    if terms.rule == "pay-as-bid" or not won.any():
        return None
    if terms.price == "lowest-accepted":
        return int(price[won].min())
    return max(terms.reserve_fen, int(price[denied].max())) if denied.size else terms.reserve_fen
