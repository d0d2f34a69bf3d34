"""Orderly power use (measure 5): which user gives up how much load on which line in which blocks, in the legal order 错峰 → 避峰 → 限电 → 拉闸.

The order is lexicographic, not a price: a later tier is opened only when the earlier ones together cannot cover the gap, and inside the last tier its
own use is made least before the loss is. Only blocks and feeders that bind become rows; all of them are tested after every round.
Loads are whole kilowatts, losses fen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from yunxing.engines.contingency.problem import Flags, Ints, Problem, Row, build
from yunxing.values.errors import BadInput, Fault

RUN, SHIFT, AVOID, LIMIT, CUT = 0, 1, 2, 3, 4
TIERS = ("run", "shift", "avoid", "limit", "cut")


@dataclass(frozen=True)
class Users:
    """Users in columns, one row a user and line. Kilowatts: `load` usual at the peak, `shift` what can be moved, `avoid` what can be dropped for a
    window, `safety` what must stay on; `loss` is fen lost for a kilowatt-hour not used; `notice` minutes needed before a cut; `last` whether the line is
    among those cut and limited first; `exempt` the clause that protects it, or empty.
    """

    party: Sequence[str]
    line: Sequence[str]
    county: Sequence[str]
    feeder: Sequence[str]
    load: Ints
    shift: Ints
    avoid: Ints
    safety: Ints
    loss: Ints
    notice: Ints
    exempt: Sequence[str]


@dataclass(frozen=True)
class Day:
    """What a day asks, by block: `demand` and `supply` in kW, `hours` of one block as a rational, feeder limits and loads, minutes of notice given,
    the reserve on top of the gap, and the windows (first block, end block) in which load can be given up.
    """

    demand: Ints
    supply: Ints
    hours: Fraction
    windows: tuple[tuple[int, int], ...]
    feeders: tuple[str, ...] = ()
    feeder_load: Ints | None = None
    feeder_limit: Ints | None = None
    notice: int = 1440
    reserve: Fraction = Fraction(105, 100)
    rebound: Fraction = Fraction(1)

    @property
    def gap(self) -> Ints:
        """What must be given up in each block, with the reserve."""
        short = np.maximum(self.demand - self.supply, 0)
        found: Ints = -(-short * self.reserve.numerator // self.reserve.denominator)
        return found

    def clock(self, block: int) -> str:
        """When a block is: `18:00—19:00`."""
        minutes = [int(at * self.hours * 60) for at in (block, block + 1)]
        return "—".join(f"{one // 60:02d}:{one % 60:02d}" for one in minutes)

    @property
    def need(self) -> Ints:
        """The gap, and where there is none the room that load shifted there may use, below 0."""
        found: Ints = np.where(self.gap > 0, self.gap, np.minimum(self.demand - self.supply, 0))
        return found


def faults_of(users: Users) -> list[Fault]:
    """Everything that makes the users unusable, by line."""
    found, seen = [], set()
    for at, (party, line) in enumerate(zip(users.party, users.line, strict=True)):
        place = f"{party} / {line}"
        if (party, line) in seen:
            found.append(Fault("users", place, "the line a second time", "each line once"))
        seen.add((party, line))
        load, safety = int(users.load[at]), int(users.safety[at])
        if load < 0 or safety < 0 or users.shift[at] < 0 or users.avoid[at] < 0 or users.loss[at] < 0:
            found.append(Fault("users", place, "a negative load or loss", "0 or more"))
        if safety > load:
            found.append(Fault("users", place, f"{safety} kW to keep of a load of {load} kW", "at most the load"))
        if max(int(users.shift[at]), int(users.avoid[at])) > load - safety:
            found.append(Fault("users", place, f"more to give up than the load above safety ({load - safety} kW)", "at most that"))
    return found


@dataclass(frozen=True)
class Ways:
    """The options of every user in columns: which user, tier, window, kilowatts given up, kilowatts taken back elsewhere (shift), loss in fen."""

    user: Ints
    tier: Ints
    window: Ints
    kilowatts: Ints
    loss: Ints

    def allowed(self, tier: int) -> Flags:
        """The options of the tiers up to one."""
        kept: Flags = self.tier <= tier
        return kept


def ways_of(users: Users, day: Day) -> Ways:
    """Every user's options: run; shift, avoid in each window; limit to safety in each; all off in each. What needs more notice than given is left out."""
    count = len(users.party)
    every = np.arange(count, dtype=np.int64)
    found: list[tuple[Ints, int, int, Ints, Ints]] = [(every, RUN, -1, np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64))]
    may = np.array([not one for one in users.exempt]) & (users.notice <= day.notice)
    spare = users.load - users.safety
    for window, (first, end) in enumerate(day.windows):
        hours = day.hours * (end - first)
        for tier, kilowatts, dearness in ((SHIFT, users.shift, 20), (AVOID, users.avoid, 60), (LIMIT, spare, 100), (CUT, users.load, 150)):
            able = np.flatnonzero(may & (kilowatts > 0) & ((users.safety == 0) | (tier != CUT)))
            loss = kilowatts[able] * users.loss[able] * hours.numerator * dearness // (hours.denominator * 100)
            found.append((able, tier, window, kilowatts[able], loss))
    user = np.concatenate([one[0] for one in found])
    order = np.argsort(user, kind="stable")
    return Ways(
        user[order],
        np.concatenate([np.full(len(one[0]), one[1]) for one in found])[order],
        np.concatenate([np.full(len(one[0]), one[2]) for one in found])[order],
        np.concatenate([one[3] for one in found])[order],
        np.concatenate([one[4] for one in found])[order],
    )


def profile(day: Day) -> Ints:
    """By (tier is shift, window) and block, in hundredths: what a kilowatt given up does. Shifted load comes back in the blocks of least gap."""
    blocks = len(day.demand)
    shapes = np.zeros((2, len(day.windows), blocks), dtype=np.int64)
    room = day.supply - day.demand
    for window, (first, end) in enumerate(day.windows):
        shapes[:, window, first:end] = 100
        outside = np.ones(blocks, dtype=bool)
        for begin, stop in day.windows:
            outside[begin:stop] = False
        calm = np.flatnonzero(outside & (room > 0))
        calm = calm[np.argsort(-room[calm], kind="stable")][: 2 * (end - first)]
        if len(calm):
            shapes[1, window, calm] = -int(100 * (end - first) * day.rebound / len(calm))
    return shapes


@dataclass(frozen=True)
class Station:
    """The day with its options, from which problems of a tier and of some rows are made."""

    users: Users
    day: Day
    ways: Ways
    shapes: Ints

    def given(self, options: Ints) -> Ints:
        """Kilowatts (in hundredths) given up by block, for chosen options (indices into the ways)."""
        ways = self.ways
        used = options[ways.tier[options] != RUN]
        totals = np.zeros((2, len(self.day.windows)), dtype=np.int64)
        np.add.at(totals, ((ways.tier[used] == SHIFT).astype(np.int64), ways.window[used]), ways.kilowatts[used])
        found: Ints = np.tensordot(totals, self.shapes, axes=2)
        return found

    def feeder_given(self, options: Ints) -> Ints:
        """The same by feeder and block."""
        ways, feeders = self.ways, self.day.feeders
        place = {name: at for at, name in enumerate(feeders)}
        of = np.array([place.get(name, -1) for name in self.users.feeder], dtype=np.int64)
        used = options[(ways.tier[options] != RUN) & (of[ways.user[options]] >= 0)]
        totals = np.zeros((len(feeders), 2, len(self.day.windows)), dtype=np.int64)
        np.add.at(totals, (of[ways.user[used]], (ways.tier[used] == SHIFT).astype(np.int64), ways.window[used]), ways.kilowatts[used])
        found: Ints = np.tensordot(totals, self.shapes, axes=2)
        return found

    def short(self, options: Ints) -> tuple[Ints, Ints]:
        """What is missing by block, and by feeder and block, in hundredths of a kilowatt."""
        city = np.maximum(self.day.need * 100 - self.given(options), 0)
        if self.day.feeder_load is None or self.day.feeder_limit is None:
            return city, np.zeros((0, len(self.day.demand)), dtype=np.int64)
        over = (self.day.feeder_load - self.day.feeder_limit[:, None]) * 100
        return city, np.maximum(over - self.feeder_given(options), 0)

    def first_rows(self) -> list[tuple[int, int]]:
        """The rows to begin with: the city's worst block in each window, and each overloaded feeder's worst block. (-1, block) is the city."""
        gap, rows = self.day.gap, []
        if len(gap) <= 24:  # by hours all of the city's blocks are few enough
            rows = [(-1, int(block)) for block in np.flatnonzero(gap)]
            return rows + self._feeder_rows()
        for first, end in self.day.windows:
            if end > first and gap[first:end].max() > 0:
                rows.append((-1, first + int(np.argmax(gap[first:end]))))
        outside = gap.copy()
        for first, end in self.day.windows:
            outside[first:end] = 0
        if outside.max(initial=0) > 0:
            rows.append((-1, int(np.argmax(outside))))
        return rows + self._feeder_rows()

    def _feeder_rows(self) -> list[tuple[int, int]]:
        """Each overloaded feeder's worst block."""
        if self.day.feeder_load is None or self.day.feeder_limit is None:
            return []
        over = self.day.feeder_load - self.day.feeder_limit[:, None]
        return [(feeder, int(np.argmax(over[feeder]))) for feeder in range(len(over)) if over[feeder].max() > 0]

    def violated(self, options: Ints, known: set[tuple[int, int]], most: int = 40) -> list[tuple[int, int]]:
        """Rows that do not hold and are not in the model yet: each window's worst block, and the worst of each feeder."""
        city, feeders = self.short(options)
        found = [(-1, int(at)) for at in np.argsort(-city, kind="stable")[:3] if city[at] > 0]
        worst = feeders.max(axis=1) if feeders.size else np.zeros(0)
        found += [(int(at), int(np.argmax(feeders[at]))) for at in np.argsort(-worst, kind="stable")[:most] if worst[at] > 0]
        return [one for one in found if one not in known]


def station(users: Users, day: Day) -> Station:
    """The day made ready. BadInput with every fault of the users."""
    found = faults_of(users)
    if found:
        raise BadInput.from_faults(found[:50])
    return Station(users, day, ways_of(users, day), profile(day))


@dataclass(frozen=True)
class Staged:
    """A problem of one tier on some rows; `options[o]` is the index into the ways of the problem's option o."""

    problem: Problem
    options: Ints

    def choice_of(self, options: Ints) -> Ints:
        """The choice of the problem for options of the ways (one a user); a user whose option is not in the problem runs as normal."""
        running = np.char.startswith(np.array(self.problem.options, dtype=np.str_), f"{TIERS[RUN]}/")
        return self.problem.cheapest(np.where(np.isin(self.options, options), 0.0, np.where(running, 1.0, 2.0)))


def staged(work: Station, tier: int, rows: Sequence[tuple[int, int]], *, least_use: bool = False, use_most: int | None = None) -> Staged:
    """The problem of the tiers up to `tier` on rows (feeder or -1, block). `least_use` minimises the kilowatt-hours of the last tier instead of the loss;
    `use_most` bounds them.
    """
    ways, day, users = work.ways, work.day, work.users
    kept = np.flatnonzero(ways.allowed(tier))
    user, shifted, window = ways.user[kept], (ways.tier[kept] == SHIFT).astype(np.int64), ways.window[kept]
    names = [f"{TIERS[t]}/{w}" for t, w in zip(ways.tier[kept].tolist(), window.tolist(), strict=True)]
    units = [f"{p}\x1f{n}" for p, n in zip(users.party, users.line, strict=True)]
    at_option, at_row, amount, bounds = [], [], [], []
    feeder_of = np.array(users.feeder)
    running = ways.tier[kept] == RUN
    for n, (feeder, block) in enumerate(rows):
        effect = np.where(running, 0, ways.kilowatts[kept] * work.shapes[shifted, np.maximum(window, 0), block])
        if feeder >= 0:
            effect = np.where(feeder_of[user] == day.feeders[feeder], effect, 0)
            assert day.feeder_load is not None
            assert day.feeder_limit is not None
            need = int(day.feeder_load[feeder, block] - day.feeder_limit[feeder]) * 100
            bounds.append(Row(f"feeder {day.feeders[feeder]} block {block:03d}", least=Fraction(need), rank=0))
        else:
            bounds.append(Row(f"city block {block:03d}", least=Fraction(int(day.need[block]) * 100), rank=0))
        used = np.flatnonzero(effect)
        at_option.append(used)
        at_row.append(np.full(len(used), n))
        amount.append(effect[used])
    spans = np.array([end - first for first, end in day.windows] or [0], dtype=np.int64)
    use = (
        np.where(ways.tier[kept] == tier, ways.kilowatts[kept] * spans[np.maximum(window, 0)], 0)
        if tier
        else np.zeros(len(kept), dtype=np.int64)
    )
    if use_most is not None:
        used = np.flatnonzero(use)
        at_option.append(used)
        at_row.append(np.full(len(used), len(bounds)))
        amount.append(use[used])
        bounds.append(Row(f"use of {TIERS[tier]}", most=Fraction(use_most), rank=1))
    counts = np.bincount(user, minlength=len(units))
    effects = _joined(at_option), _joined(at_row), _joined(amount)
    problem = build("min", units, counts, names, use if least_use else ways.loss[kept], effects, bounds)
    unit_rank = np.unique(np.array(units), return_inverse=True)[1]
    order = np.lexsort((np.unique(np.array(names), return_inverse=True)[1], unit_rank[user]))
    return Staged(problem, kept[order])


def _joined(pieces: list[Ints]) -> Ints:
    return np.concatenate(pieces).astype(np.int64) if pieces else np.zeros(0, dtype=np.int64)


def option_of(work: Station, user: int, tier: int, window: tuple[int, int]) -> int | None:
    """The option of a user for a tier in a window of blocks, as an index into the ways; None where the user has it no more."""
    if window not in work.day.windows:
        return None
    ways, first = work.ways, int(np.searchsorted(work.ways.user, user))
    last = int(np.searchsorted(ways.user, user, side="right"))
    at = np.flatnonzero((ways.tier[first:last] == tier) & (ways.window[first:last] == work.day.windows.index(window)))
    return first + int(at[0]) if len(at) else None


def running(work: Station) -> Ints:
    """Everybody's option to run as normal."""
    return np.flatnonzero(work.ways.tier == RUN)


def use_of(work: Station, options: Ints, tier: int) -> int:
    """The use of a tier in kilowatt-blocks."""
    ways = work.ways
    mine = options[ways.tier[options] == tier]
    spans = np.array([end - first for first, end in work.day.windows] or [0], dtype=np.int64)
    return int((ways.kilowatts[mine] * spans[ways.window[mine]]).sum()) if tier else 0


def reach(work: Station, tier: int) -> Ints:
    """The most that the tiers up to one could give in each block, for saying what is short (hundredths of a kilowatt)."""
    ways = work.ways
    kept = np.flatnonzero(ways.allowed(tier) & (ways.tier != RUN))
    gives = ways.kilowatts[kept][:, None] * work.shapes[(ways.tier[kept] == SHIFT).astype(np.int64), ways.window[kept]]
    most = np.zeros((len(work.users.party), len(work.day.demand)), dtype=np.int64)
    np.maximum.at(most, ways.user[kept], gives)
    found: Ints = most.sum(axis=0)
    return found


@dataclass(frozen=True, slots=True)
class Level:
    """A warning level by the gap's share of demand: red I, orange II, yellow III, blue IV."""

    id: str
    least: Fraction


def level_of(demand: int, supply: int, levels: Sequence[Level]) -> str:
    """The level of a gap: the first whose bound the unrounded share reaches (bounds included); empty without a gap."""
    if demand <= 0 or supply >= demand:
        return ""
    share = Fraction(demand - supply, demand)
    return next((one.id for one in sorted(levels, key=lambda one: -one.least) if share >= one.least), "")
