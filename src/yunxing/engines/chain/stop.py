"""If this firm stops: who is hit, on which day, how hard. A discrete simulation by days in whole numbers, so that every figure can be done by hand.

A firm's level on a day is its running in ten-thousandths of normal. It may run as far as each input reaches: the stock it began with and all that
has arrived, less what it has used. A supplier's goods of one day arrive on the next. What a supplier has delivered by a day is rounded down over its
whole delivery, never day by day, so that nothing is lost to rounding. The part of a link that others can cover (`switch`) is covered from the first
day; what is not reported, and what comes from outside the city, arrives as always. Stock that nobody reported counts as none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from yunxing.engines.chain.network import WHOLE, Array, Firm, Network
from yunxing.values.errors import BadInput

MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Hit:
    """A firm that runs below normal: from `day` (the day of the stop is 0), its lowest level on `lowest_day`, its level on the last day.

    `product` and `supplier` are the input that first ran short and its supplier by whom (empty for the firms that stopped), `wave` how many
    deliveries away from the stop the firm stands by that way, `told` whether its stock of that input was reported, `lost` the normal days lost.
    """

    firm: str
    day: int
    lowest: int
    lowest_day: int
    last: int
    lost: Fraction
    product: str
    supplier: str
    wave: int
    told: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """The answer: the firms that stop, the days looked at, and the hits, earliest first. `levels` has a firm's level on the last day, by place."""

    firms: tuple[str, ...]
    days: int
    stopped_for: int
    hits: tuple[Hit, ...]
    sellers: tuple[tuple[str, Fraction | None], ...]
    levels: tuple[int, ...]

    @property
    def hit(self) -> tuple[Hit, ...]:
        """Those hit, without those that stopped."""
        return tuple(one for one in self.hits if one.supplier or one.firm not in self.firms)


def stop(network: Network, firms: Iterable[str], *, days: int = 90, stopped_for: int | None = None, stocks: bool = True) -> Stopped:
    """Stop the firms for `stopped_for` days (None: for good) and look at `days` days. `stocks=False` sets every stock to nothing.

    BadInput for a firm that is not there and for days outside 1–366.
    """
    names = tuple(sorted(set(firms)))
    unknown = [name for name in names if name not in network.index]
    if unknown or not names:
        raise BadInput(
            f"{'、'.join(unknown) or 'no firm'}: found no such firm on a chain, expected the id of one; see the list of firms on chains."
        )
    still = days if stopped_for is None else stopped_for
    if not 1 <= days <= MOST_DAYS or still < 1:
        raise BadInput(f"found {days} days and a stop of {still} days, expected 1 to {MOST_DAYS} days and a stop of at least one.")
    run = _Run(network, np.array([network.index[name] for name in names]), stocks=stocks)
    for day in range(days):
        run.step(day, stopped=day < still)
    return Stopped(names, days, still, run.hits(), _sellers(network, names), tuple(int(one) for one in run.level))


class _Run:
    """The state after each day: levels, cumulative output, and for the touched part of the network what has arrived."""

    def __init__(self, network: Network, stopped: Array, *, stocks: bool) -> None:
        columns, count = network.columns, len(network.firms)
        self.network, self.stopped = network, stopped
        self.level = np.full(count, WHOLE, np.int64)
        self.done = np.zeros(count, np.int64)  # cumulative output, ten-thousandths of a day
        touched = _reached(count, columns["supplier"], columns["need_buyer"][columns["need"]], stopped)
        keep = touched[columns["supplier"]]
        self.supplier, self.lose = columns["supplier"][keep], columns["lose"][keep]
        self.need, self.slot = np.unique(columns["need"][keep], return_inverse=True)
        self.buyer = columns["need_buyer"][self.need]  # rising: needs stand in the order of their buyers
        self.who, self.first = np.unique(self.buyer, return_index=True)
        sure = np.full(len(self.need), WHOLE, np.int64)
        np.subtract.at(sure, self.slot, self.lose)
        self.sure = sure
        self.stock = columns["need_days"][self.need] * WHOLE if stocks else np.zeros(len(self.need), np.int64)
        self.links = np.flatnonzero(keep)
        self.hit_day = np.full(count, -1, np.int64)
        self.lowest, self.lowest_day = self.level.copy(), np.zeros(count, np.int64)
        self.by: dict[int, tuple[int, int]] = {}  # firm → need and supplier that ran short first
        self.days = 0

    def step(self, day: int, *, stopped: bool) -> None:
        """One day: what has arrived by its morning, then how far everyone can run."""
        level = np.full(len(self.level), WHOLE, np.int64)
        if len(self.need):
            arrived = self.stock + (day + 1) * self.sure
            np.add.at(arrived, self.slot, self.lose * (WHOLE + self.done[self.supplier]) // WHOLE)
            left = arrived - self.done[self.buyer]
            level[self.who] = np.minimum(WHOLE, np.minimum.reduceat(left, self.first))
        else:
            left = self.stock
        if stopped:
            level[self.stopped] = 0
        fresh = np.flatnonzero((level < WHOLE) & (self.hit_day < 0))
        self.hit_day[fresh] = day
        for firm in fresh:
            self.by[int(firm)] = self._cause(int(firm), left)
        lower = level < self.lowest
        self.lowest[lower], self.lowest_day[lower] = level[lower], day
        self.done += level
        self.level = level
        self.days = day + 1

    def _cause(self, firm: int, left: Array) -> tuple[int, int]:
        """The need that ran short first and its supplier of the largest lost share that runs low; −1 for the firms that stopped."""
        at = int(np.searchsorted(self.who, firm))
        if firm in self.stopped or at == len(self.who) or self.who[at] != firm:
            return -1, -1
        end = int(self.first[at + 1]) if at + 1 < len(self.first) else len(self.need)
        short = int(self.first[at]) + int(np.argmin(left[self.first[at] : end]))
        links = np.flatnonzero(self.slot == short)
        lost = self.lose[links] * (self.days * WHOLE - self.done[self.supplier[links]])
        return int(self.need[short]), int(self.supplier[links[int(np.argmax(lost))]])

    def hits(self) -> tuple[Hit, ...]:
        """Everyone hit, earliest first, then hardest, then by id."""
        network, waves = self.network, {int(one): 0 for one in self.stopped}
        found = []
        rows = np.flatnonzero(self.hit_day >= 0)
        for at in rows[np.lexsort((rows, self.hit_day[rows]))]:
            firm = int(at)
            need, supplier = self.by[firm]
            waves[firm] = 0 if supplier < 0 else waves.get(supplier, 0) + 1
            product = network.needs[need][1] if need >= 0 else ""
            told = bool(network.columns["need_told"][need]) if need >= 0 else True
            lost = Fraction(self.days * WHOLE - int(self.done[firm]), WHOLE)
            found.append(
                Hit(
                    network.firms[firm].id, int(self.hit_day[firm]), int(self.lowest[firm]), int(self.lowest_day[firm]), int(self.level[firm]), lost, product,
                    network.firms[supplier].id if supplier >= 0 else "", waves[firm], told,
                )
            )  # fmt: skip
        return tuple(sorted(found, key=lambda one: (one.day, one.lowest, one.firm)))


def _reached(count: int, supplier: Array, buyer: Array, stopped: Array) -> Array:
    """Which firms goods of the stopped ones can reach, by whatever way; a breadth-first walk over columns."""
    seen = np.zeros(count, bool)
    seen[stopped] = True
    front = seen.copy()
    while front.any():
        following = np.zeros(count, bool)
        following[buyer[front[supplier]]] = True
        front = following & ~seen
        seen |= front
    return seen


def _sellers(network: Network, names: tuple[str, ...]) -> tuple[tuple[str, Fraction | None], ...]:
    """Who sells to the stopped firms, with the part of its sales in the city that goes there; None where no amounts are told. Largest part first."""
    found: list[tuple[str, Fraction | None]] = []
    sellers = sorted({one.supplier for name in names for one in network.buys.get(name, ()) if one.local} - set(names))
    for seller in sellers:
        rows = network.sells[seller]
        total = sum(one.amount or 0 for one in rows)
        there = sum(one.amount or 0 for one in rows if one.buyer in names)
        found.append((seller, Fraction(there, total) if total else None))
    return tuple(sorted(found, key=lambda one: (-(one[1] if one[1] is not None else Fraction(-1)), one[0])))


def lost_output(firm: Firm, hit: Hit, year: int = 365) -> int | None:
    """What a hit costs in fen: the normal days lost of a year's output, rounded down; None where the output is unknown."""
    return None if firm.output is None else int(hit.lost * firm.output / year)
