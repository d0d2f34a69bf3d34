"""Coal (measure 4): which trains from which mine to which site on which day, so that days of stock stay at or above the floor; who lends to whom.

Days of stock = stock ÷ mean daily use (the pack's window). The city's days are Σ stock ÷ Σ use, never a mean of days. Coal on the way is not stock.
Trains are whole for the first days and parts of trains after them; the first days are committed, and the plan is made again each day.
Weights are whole kilograms, money fen; x is trains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy import sparse

from yunxing.engines.contingency.linear import Linear
from yunxing.engines.contingency.problem import Floats, Ints


@dataclass(frozen=True)
class Coal:
    """Sites and mines in columns. `burn` kg by site and day; `coming` kg already under way by site and day; `floor` days of stock to keep; `unload` trains
    a day at a site; `load` trains a day at a mine by day; `travel` days and `price` fen a tonne by (site, mine); `lot` kg a train; `rail` trains a day
    for all sites together.
    """

    sites: Sequence[str]
    stock: Ints
    yard: Ints
    mean: Ints
    floor: Sequence[Fraction]
    burn: Ints
    coming: Ints
    unload: Ints
    mines: Sequence[str]
    load: Ints
    travel: Ints
    price: Ints
    lot: int
    rail: int
    near: int = 14
    late: int = 100_000  # fen a tonne and day below the floor: far above any freight
    dark: int = 3_000_000  # fen a tonne of use that cannot be met

    @property
    def days(self) -> int:
        """The horizon."""
        return int(self.burn.shape[1])

    @property
    def keep(self) -> Ints:
        """Kilograms that a site should have at each day's end."""
        found = [-(-int(mean) * floor.numerator // floor.denominator) for mean, floor in zip(self.mean, self.floor, strict=True)]
        return np.minimum(np.array(found, dtype=np.int64), self.yard)


@dataclass(frozen=True)
class Course:
    """What follows from trains: stock at each day's end, what is missing to the floor, use not met, arrivals and cost in fen (penalties beside it)."""

    stock: Floats
    below: Floats
    unmet: Floats
    arrivals: Floats
    freight: float
    penalty: float

    @property
    def total(self) -> float:
        """What is minimised."""
        return self.freight + self.penalty


def course(coal: Coal, trains: Floats) -> Course:
    """The course of all sites under trains (site, mine, day of loading), computed day by day from the balance alone."""
    sites, days = len(coal.sites), coal.days
    arrivals = coal.coming.astype(np.float64).copy()
    for site in range(sites):
        for mine in range(len(coal.mines)):
            lag = int(coal.travel[site, mine])
            if lag < days:
                arrivals[site, lag:] += coal.lot * trains[site, mine, : days - lag]
    stock = np.zeros((sites, days))
    unmet = np.zeros((sites, days))
    now = coal.stock.astype(np.float64)
    for day in range(days):
        now = now + arrivals[:, day] - coal.burn[:, day]
        unmet[:, day] = np.maximum(-now, 0.0)
        now = np.maximum(now, 0.0)
        stock[:, day] = now
    below = np.maximum(coal.keep[:, None] - stock, 0.0)
    freight = float((trains.sum(axis=2) * coal.price).sum() * coal.lot / 1000)
    return Course(stock, below, unmet, arrivals, freight, float(below.sum() * coal.late / 1000 + unmet.sum() * coal.dark / 1000))


def faults_of(coal: Coal, trains: Floats) -> list[str]:
    """The independent check of an arrivals plan: whole trains near, loading, unloading and rail capacities, the yard. Shares no code with the model."""
    found = []
    near = trains[:, :, : coal.near]
    if (np.abs(near - np.round(near)) > 1e-6).any():
        found.append("trains of the first days are not whole")
    if (trains < -1e-9).any():
        found.append("a negative number of trains")
    for day in range(coal.days):
        sent = trains[:, :, day].sum(axis=0)
        found += [
            f"mine {coal.mines[m]} day {day + 1}: {sent[m]:.2f} trains of {int(coal.load[m, day])}"
            for m in np.flatnonzero(sent > coal.load[:, day] + 1e-5).tolist()
        ]
        if trains[:, :, day].sum() > coal.rail + 1e-5:
            found.append(f"rail day {day + 1}: {trains[:, :, day].sum():.2f} trains of {coal.rail}")
    done = course(coal, trains)
    came = (done.arrivals - coal.coming) / coal.lot
    for site, day in zip(*np.nonzero(came > coal.unload[:, None] + 1e-5), strict=True):
        found.append(f"site {coal.sites[site]} day {day + 1}: {came[site, day]:.2f} trains to unload of {int(coal.unload[site])}")
    for site, day in zip(*np.nonzero(done.stock > coal.yard[:, None] + 1.0), strict=True):
        if done.arrivals[site, day] > coal.coming[site, day]:
            found.append(
                f"site {coal.sites[site]} day {day + 1}: {done.stock[site, day] / 1000:,.0f} t in a yard of {coal.yard[site] / 1000:,.0f} t"
            )
    return found[:20]


def model(coal: Coal) -> Linear:
    """The linear model. Columns: trains by site, mine, day; then stock, below and unmet by site and day."""
    sites, mines, days = len(coal.sites), len(coal.mines), coal.days
    trains, cells = sites * mines * days, sites * days
    site, mine, day = (one.ravel() for one in np.meshgrid(np.arange(sites), np.arange(mines), np.arange(days), indexing="ij"))
    arrives = day + coal.travel[site, mine]
    inside = arrives < days
    ton = coal.lot / 1000.0
    cell = np.arange(cells)
    rows, columns, data = [], [], []

    def put(row: Ints, column: Ints, amount: Floats) -> None:
        rows.append(row)
        columns.append(column)
        data.append(np.broadcast_to(amount, row.shape).astype(np.float64))

    column = np.arange(trains)
    # balance, tonnes: stock - stock before - unmet - arrivals = coming - burn
    put(cell, trains + cell, np.array(1.0))
    later = cell[cell % days > 0]
    put(later, trains + later - 1, np.array(-1.0))
    put(cell, trains + 2 * cells + cell, np.array(-1.0))
    put((site * days + arrives)[inside], column[inside], np.array(-ton))
    balance = (coal.coming - coal.burn).ravel() / 1000.0
    balance[cell % days == 0] += coal.stock / 1000.0
    # floor: stock + below >= keep
    put(cells + cell, trains + cell, np.array(1.0))
    put(cells + cell, trains + cells + cell, np.array(1.0))
    keep = np.repeat(coal.keep, days) / 1000.0
    # loading, rail, unloading
    base = 2 * cells
    put(base + mine * days + day, column, np.array(1.0))
    put(base + mines * days + day, column, np.array(1.0))
    put((base + mines * days + days + site * days + arrives)[inside], column[inside], np.array(1.0))
    count = base + mines * days + days + cells
    matrix = sparse.csc_array((np.concatenate(data), (np.concatenate(rows), np.concatenate(columns))), shape=(count, trains + 3 * cells))
    lower = np.concatenate([balance, keep, np.full(mines * days + days + cells, -np.inf)])
    upper = np.concatenate(
        [
            balance,
            np.full(cells, np.inf),
            coal.load.ravel().astype(float),
            np.full(days, float(coal.rail)),
            np.repeat(coal.unload, days).astype(float),
        ]
    )
    most = np.minimum(np.minimum(coal.unload[site], coal.load[mine, day]), coal.rail).astype(np.float64)
    most[~inside] = 0.0
    burn = coal.burn.ravel() / 1000.0
    over = np.maximum.accumulate(_idle_stock(coal), axis=1)
    cap = np.maximum(coal.yard[:, None], over).ravel() / 1000.0
    cost = np.concatenate(
        [(coal.price[site, mine] * ton), np.zeros(cells), np.full(cells, float(coal.late)), np.full(cells, float(coal.dark))]
    )
    return Linear(
        cost, np.zeros(trains + 3 * cells), np.concatenate([most, cap, keep, burn]), np.concatenate([day < coal.near, np.zeros(3 * cells, dtype=bool)]),
        matrix, lower, upper,
    )  # fmt: skip


def _idle_stock(coal: Coal) -> Ints:
    """The stock without any train: a yard that what is already coming overfills is no fault of the plan."""
    found = course(coal, np.zeros((len(coal.sites), len(coal.mines), coal.days))).stock
    return np.ceil(found).astype(np.int64)


def columns_of(coal: Coal, trains: Floats) -> Floats:
    """The model's columns for trains, for a solver to begin from."""
    done = course(coal, trains)
    return np.concatenate([trains.ravel(), done.stock.ravel() / 1000, done.below.ravel() / 1000, done.unmet.ravel() / 1000])


def trains_of(coal: Coal, x: Floats) -> Floats:
    """The trains of the model's columns, whole where they must be."""
    shape = (len(coal.sites), len(coal.mines), coal.days)
    found = np.maximum(x[: shape[0] * shape[1] * shape[2]].reshape(shape), 0.0)
    found[:, :, : coal.near] = np.round(found[:, :, : coal.near])
    return np.where(np.abs(found - np.round(found)) < 1e-7, np.round(found), found)


def greedy_trains(coal: Coal) -> Floats:
    """A plan within the first second: day by day a train to the site whose stock at arrival is lowest in days, from the mine that costs least and can load."""
    sites, mines, days = len(coal.sites), len(coal.mines), coal.days
    trains = np.zeros((sites, mines, days))
    unload = np.repeat(coal.unload[:, None], days, axis=1)
    course_now = coal.stock[:, None] + np.cumsum(coal.coming - coal.burn, axis=1)
    order = [[int(m) for m in np.lexsort((coal.travel[s], coal.price[s]))] for s in range(sites)]
    burn = np.maximum(coal.mean, 1)
    for day in range(days):
        load, rail = coal.load[:, day].copy(), coal.rail
        stuck = np.zeros(sites, dtype=bool)
        while rail > 0 and not stuck.all():
            at = np.minimum(day + coal.travel.min(axis=1) + 1, days - 1)
            spare = (course_now[np.arange(sites), at] - coal.keep) / burn
            spare[stuck] = np.inf
            site = int(np.argmin(spare))
            if spare[site] > coal.lot / burn[site] * 0.5 + 1:
                break
            sent = False
            for mine in order[site]:
                when = day + int(coal.travel[site, mine])
                if (
                    when >= days
                    or load[mine] <= 0
                    or unload[site, when] <= 0
                    or (course_now[site, when:] + coal.lot).max() > coal.yard[site]
                ):
                    continue
                trains[site, mine, day] += 1
                load[mine] -= 1
                unload[site, when] -= 1
                rail -= 1
                course_now[site, when:] += coal.lot
                sent = True
                break
            stuck[site] |= not sent
    return trains


@dataclass(frozen=True, slots=True)
class Loan:
    """Coal lent from a site to another, in kilograms; days of stock of both after it."""

    lender: str
    borrower: str
    kilograms: int
    lender_days: Fraction
    borrower_days: Fraction


def lend(
    sites: Sequence[str],
    stock: Sequence[int],
    mean: Sequence[int],
    floor: Sequence[Fraction],
    county: Sequence[str],
    *,
    rich: Fraction,
    step: int = 100_000,
) -> list[Loan]:
    """Who lends to whom today: sites below their floor borrow, the shortest first, from sites above `rich` days, of the same county first, then the
    richest; no lender falls below `rich`. Whole steps of kilograms (100 t); a site that does not burn neither lends nor borrows.
    """
    held = list(stock)
    running = [at for at in range(len(sites)) if mean[at] > 0]
    short = sorted(
        (at for at in running if Fraction(held[at], mean[at]) < floor[at]), key=lambda at: (Fraction(held[at], mean[at]), sites[at])
    )
    found = []
    for one in short:
        while True:
            need = -(-(floor[one] * mean[one] - held[one]) // step) * step
            if need <= 0:
                break
            givers = [at for at in running if held[at] - rich * mean[at] >= step and at != one]
            if not givers:
                break
            giver = min(givers, key=lambda at: (county[at] != county[one], -Fraction(held[at], mean[at]), sites[at]))
            amount = int(min(need, (held[giver] - rich * mean[giver]) // step * step))
            held[giver] -= amount
            held[one] += amount
            found.append(Loan(sites[giver], sites[one], amount, Fraction(held[giver], mean[giver]), Fraction(held[one], mean[one])))
    return found


def days_of(stock: int, mean: int) -> Fraction | None:
    """Days of stock; None for a site that does not burn, which is no breach.

    >>> str(days_of(150_000, 20_000))
    '15/2'
    """
    return Fraction(stock, mean) if mean > 0 else None


def days_to_floor(stock: int, use: int, inflow: int, floor: int) -> Fraction | None:
    """Days until the stock reaches the floor of so many days; None when it does not fall.

    >>> days_to_floor(150_000, 20_000, 18_000, 7)
    Fraction(5, 1)
    """
    return Fraction(stock - floor * use, use - inflow) if use > inflow else None
