"""What the contingency engines decide on, gathered from the registry, the reported facts and the pack; what was estimated is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from yunxing.engines.contingency.coal import Coal
from yunxing.engines.contingency.curtail import Law, Lines
from yunxing.engines.contingency.power import Day, Users
from yunxing.engines.contingency.units import UnitDay
from yunxing.engines.registry.parties import Party
from yunxing.io.period_facts import last_period, values_of
from yunxing.io.store.registry import read_memberships, read_parties
from yunxing.packs.contingency import CoalEntry, Contingency, PollutionEntry, PowerEntry, Season, days, grams, percent
from yunxing.values.digest import digits
from yunxing.values.errors import BadInput
from yunxing.values.money import parse_money, parse_rate
from yunxing.values.period import Month, parse_period

STATES = {"service": "service_hours", "reserve": "reserve_hours", "planned": "planned_hours", "unplanned": "unplanned_hours"}
LOST = ("coal_shortage", "coal_quality", "equipment", "environment", "heat", "grid", "other")
MOST_LINES = 12
FEEDERS = 6  # made-up lines a unit, until the grid company's list is taken in


@dataclass(frozen=True)
class Registered:
    """The parties of a day and the members of rosters."""

    parties: Mapping[str, Party]
    members: Mapping[str, Mapping[str, Mapping[str, Any]]]

    def name(self, party: str) -> str:
        """A party's name, or its id."""
        found = self.parties.get(party)
        return found.name if found else party


def registered(connection: Any, rosters: Sequence[str], on: date) -> Registered:
    """The registry as far as the engines ask."""
    members = {name: {one.party: one.attributes for one in read_memberships(connection, roster=name, on=on)} for name in rosters}
    return Registered(read_parties(connection, on=on), members)


@dataclass(frozen=True)
class Graded:
    """The lines of a list with the law, and which firms' emissions are estimates; `left_out` have neither emissions nor output."""

    lines: Lines
    law: Law
    month: Month
    estimated: frozenset[str]
    left_out: tuple[str, ...]
    reasons: Mapping[str, str] = field(default_factory=dict)


def month_of(home: Path, form: str, day: date) -> Month:
    """The last month that a form has reports for, known on a day. BadInput when it has none."""
    found = last_period(home, form, day=day)
    period = parse_period(found) if found else None
    if not isinstance(period, Month):
        raise BadInput(f"{form}: found no reported month known on {day}, expected at least one; take the workbooks in first.")
    return period


def graded_lines(
    home: Path, connection: Any, rules: Contingency, day: date, *, same: bool = False, spread: Fraction | None = None
) -> Graded:
    """The graded firms as lines, several for a large firm: emissions as reported (cumulative, by day), else by the pack's factor and marked."""
    entry = rules.pollution
    form, item = entry.output.split(".")
    month = month_of(home, form, day)
    reg = registered(connection, [entry.roster], day)
    output = {p: v for (p, _i, _t), v in values_of(home, form, [item], [month.code], day=day).items()}
    items = [one.item for one in entry.pollutant]
    through = f"{month.year}-01..{month.month:02d}"
    reported = values_of(home, entry.form, items, [through], day=day)
    month_days, year_days = (month.end - month.start).days + 1, (month.end - date(month.year, 1, 1)).days + 1
    rows, estimated, left_out, reasons = [], set(), [], {}
    for party in sorted(reg.members[entry.roster]):
        firm, grade = reg.parties.get(party), str(reg.members[entry.roster][party].get(entry.grade, ""))
        if firm is None:
            continue
        fen = output.get(party, 0) // month_days
        base = [reported.get((party, one, through)) for one in items]
        if any(one is None for one in base):
            factor = next(
                (one for one in entry.factor if one.industry == firm.industry),
                next((one for one in entry.factor if one.industry == "*"), None),
            )
            if factor is None or not fen:
                left_out.append(party)
                continue
            estimated.add(party)
            share = percent(entry.grade_factor.get(grade, "100%"))
            weights = [fen * grams(getattr(factor, one)) * share // 100_000_000 for one in items]
        else:
            weights = [int(one or 0) * 1000 // year_days for one in base]
        kept = next((one for one in entry.protected if one.industry == firm.industry), None)
        load = percent(kept.load) if kept is not None and kept.load else -1
        if kept is not None:
            reasons[party] = kept.reason
        exempt = kept.reason if kept is not None and load < 0 else ""
        lines_of = min(MOST_LINES, 1 + fen * month_days // parse_money(entry.line_output))
        for line, part in enumerate(_shares(int(lines_of)), 1):
            parts = [int(one * part) for one in weights]
            rows.append((party, firm.unit, firm.industry, grade, parts, int(fen * part), load, exempt, str(line)))
    if not rows:
        raise BadInput(f"{entry.roster}: found no graded firm with output or emissions on {day}, expected at least one.")
    lines = Lines(
        [one[0] for one in rows], [one[8] for one in rows], [one[1] for one in rows], [one[2] for one in rows], [one[3] for one in rows],
        np.array([one[4] for one in rows], dtype=np.int64), np.array([one[5] for one in rows], dtype=np.int64),
        np.array([one[6] for one in rows], dtype=np.int64), [one[7] for one in rows],
    )  # fmt: skip
    return Graded(lines, law_of(entry, lines, same=same, spread=spread), month, frozenset(estimated), tuple(left_out), reasons)


def _shares(count: int) -> list[Fraction]:
    """Made-up parts of a firm's lines, the last the largest, until the book of lines is taken in."""
    whole = count * (count + 1) // 2
    return [Fraction(one, whole) for one in range(1, count + 1)]


def law_of(entry: PollutionEntry, lines: Lines, *, same: bool, spread: Fraction | None) -> Law:
    """The pack's rules as the engine takes them."""
    levels = tuple(one.id for one in entry.level)
    cuts = {
        (f"{one.industry}/{one.grade}" if one.industry else one.grade): {
            level: tuple(percent(cut) for cut in getattr(one, level)) for level in levels
        }
        for one in entry.cut
    }
    society = lines.base.sum(axis=0) * percent(entry.society) // 100
    return Law(
        levels, tuple(one.id for one in entry.pollutant), society, {one.id: parse_rate(one.share) for one in entry.level}, cuts,
        frozenset(entry.free_grades), {one.id: one.days for one in entry.level}, spread, entry.fair_on, same,
    )  # fmt: skip


@dataclass(frozen=True)
class Supplying:
    """The units of a day and the users of a month; `demand_peak` in kW follows from what the users used."""

    units: tuple[UnitDay, ...]
    users: Users
    month: Month
    day: str
    demand_peak: int
    reasons: Mapping[str, str]


def units_on(home: Path, entry: PowerEntry, reg: Registered, day: str, known: date) -> tuple[UnitDay, ...]:
    """The state of every unit on a day, from its daily report; a unit that did not report is left out."""
    items = [*STATES.values(), *[f"lost_{one}" for one in LOST]]
    found = values_of(home, entry.form, items, [day], day=known)
    units = []
    for party in sorted(reg.members[entry.roster]):
        mine = {item: found.get((party, item, day)) for item in items}
        if all(mine[item] is None for item in STATES.values()):
            continue
        minutes = {name: mine[item] or 0 for name, item in STATES.items()}
        nominal = int(reg.parties[party].attributes.get("nominal_kw", 0))
        lost = {one: int(mine[f"lost_{one}"] or 0) for one in LOST}
        units.append(UnitDay(party, reg.name(party), nominal, lost={name: value for name, value in lost.items() if value}, **minutes))
    return tuple(units)


def power_inputs(home: Path, connection: Any, rules: Contingency, day: date) -> Supplying:
    """Users from the last reported month (a firm's use of electricity, spread over its hours), units from the last reported day."""
    entry = rules.power
    form, item = entry.electricity.split(".")
    month = month_of(home, form, day)
    reg = registered(connection, [entry.users, entry.roster], day)
    used = {p: v for (p, _i, _t), v in values_of(home, form, [item], [month.code], day=day).items()}
    out_form, out_item = entry.output.split(".")
    output = {p: v for (p, _i, _t), v in values_of(home, out_form, [out_item], [month.code], day=day).items()}
    hours = 24 * ((month.end - month.start).days + 1)
    flexible = {one.industry: tuple(percent(share) for share in (one.shift, one.avoid, one.safety)) for one in entry.flexible}
    spared = {one.industry: one.reason for one in entry.protected}
    rows, reasons = [], {}
    for party in sorted(set(reg.members[entry.users]) & used.keys()):
        firm, kwh = reg.parties.get(party), used[party]
        if firm is None or kwh <= 0:
            continue
        load = max(1, kwh * 125 // (hours * 100))
        kept = spared.get(firm.industry, "")
        if kept:
            reasons[party] = kept
        shift, avoid, safety = (load * share // 100 for share in flexible.get(firm.industry, flexible["*"]))
        feeder = f"{firm.unit}-{int(digits(party)[:8], 16) % FEEDERS + 1}"
        rows.append((party, firm.unit, feeder, load, shift, avoid, safety, max(1, output.get(party, 0) // kwh), kept))
    if not rows:
        raise BadInput(f"{entry.electricity}: found no user of {month.code}, expected at least one.")
    columns = list(zip(*rows, strict=True))
    numbers = [np.array(one, dtype=np.int64) for one in columns[3:8]]
    notice = np.full(len(rows), 240, dtype=np.int64)
    load_, shift_, avoid_, safety_, loss_ = numbers
    users = Users(
        list(columns[0]),
        ["1"] * len(rows),
        list(columns[1]),
        list(columns[2]),
        load_,
        shift_,
        avoid_,
        safety_,
        loss_,
        notice,
        list(columns[8]),
    )
    last = last_period(home, entry.form, day=day)
    units = units_on(home, entry, reg, last, day) if last else ()
    peak = int(numbers[0].sum() * 100 // percent(entry.industry_share))
    return Supplying(units, users, month, last, peak, reasons)


def day_of(
    given: Supplying, entry: PowerEntry, season: Season, gap: Fraction, tripped: Sequence[str] = (), also: Sequence[tuple[int, int]] = ()
) -> Day:
    """The day that a scenario asks: demand in the shape of the season, supply short of the peak by `gap` and by the units that trip, feeders at 105 % of
    their usual peak. `also` are windows in blocks in which load must stay possible to be given up: those of the orders in force.
    """
    per = entry.blocks // 24
    shape = np.repeat(np.array(season.shape, dtype=np.int64), per)
    demand = given.demand_peak * shape // 100
    out = sum(int(one.available_kw) for one in given.units if one.unit in tripped)
    supply = np.full(len(demand), int(given.demand_peak * (1 - gap)) - out, dtype=np.int64)
    feeders = tuple(sorted(set(given.users.feeder)))
    place = {name: at for at, name in enumerate(feeders)}
    peak = np.zeros(len(feeders), dtype=np.int64)
    np.add.at(peak, [place[name] for name in given.users.feeder], given.users.load)
    short = np.flatnonzero(demand > supply)
    runs = [(int(one[0]), int(one[-1]) + 1) for one in np.split(short, np.flatnonzero(np.diff(short) > 1) + 1) if len(one)]
    whole = [(int(short[0]), int(short[-1]) + 1)] if len(short) else []  # who is limited may have to stay so while the gap lasts
    spans = tuple(sorted({*((first * per, end * per) for first, end in season.spans()), *runs, *whole, *also}))
    return Day(
        demand, np.maximum(supply, 0), Fraction(24, entry.blocks), spans, feeders, peak[:, None] * shape // 100, peak * 105 // 100,
        entry.notice_minutes, parse_rate(entry.reserve),
    )  # fmt: skip


@dataclass(frozen=True)
class Stocked:
    """The coal problem of a day with the names and counties of its sites."""

    coal: Coal
    names: tuple[str, ...]
    counties: tuple[str, ...]
    day: date
    carried: tuple[str, ...]


def coal_inputs(
    home: Path,
    connection: Any,
    rules: Contingency,
    day: date,
    floor: Fraction,
    *,
    cut: Fraction = Fraction(0),
    cold: Fraction = Fraction(1),
) -> Stocked:
    """The sites on the last reported day: stock, mean use of the last running days, yard; `cut` is the share of trains that does not come, `cold` what
    use is multiplied by. A site that did not report that day is carried forward for at most three days and named, else left out.
    """
    entry = rules.coal
    last = last_period(home, entry.form, day=day)
    if not last:
        raise BadInput(f"{entry.form}: found no reported day known on {day}, expected at least one.")
    today, window = date.fromisoformat(last), days(entry.window)
    dates = [(today - timedelta(days=back)).isoformat() for back in range(3 * window)]
    found = values_of(home, entry.form, ["closing", "use"], dates, day=day)
    reg = registered(connection, [entry.roster], day)
    rows, carried = [], []
    for party in sorted(reg.members[entry.roster]):
        stock = next(((back, found[party, "closing", one]) for back, one in enumerate(dates[:4]) if (party, "closing", one) in found), None)
        used = [found[party, "use", one] for one in dates if found.get((party, "use", one), 0) > 0][:window]
        if stock is None or not used:
            continue
        if stock[0]:
            carried.append(party)
        site = reg.parties[party]
        mean = sum(used) // len(used)
        yard = int(site.attributes.get("yard_max_t", 0)) * 1000 or mean * 40
        rows.append(
            (party, site.name, site.unit, stock[1], mean, max(yard, stock[1]), Fraction(int(site.attributes.get("min_days") or floor)))
        )
    if not rows:
        raise BadInput(f"{entry.roster}: found no site that reported stock and use up to {last}, expected at least one.")
    return Stocked(coal_of(entry, rows, cut, cold), tuple(one[1] for one in rows), tuple(one[2] for one in rows), today, tuple(carried))


def coal_of(entry: CoalEntry, rows: Sequence[tuple[Any, ...]], cut: Fraction, cold: Fraction) -> Coal:
    """The engine's columns from rows of (id, name, county, stock, mean, yard, floor)."""
    horizon, lot = days(entry.horizon), grams(entry.lot) // 1000
    mean = np.array([one[4] for one in rows], dtype=np.int64)
    burn = np.repeat((mean * cold.numerator // cold.denominator)[:, None], horizon, axis=1)
    load = np.array([[int(one.trains * (1 - cut))] * horizon for one in entry.mine], dtype=np.int64)
    travel = np.array([[days(one.travel) for one in entry.mine] for _row in rows], dtype=np.int64)
    price = np.array([[parse_money(one.price) for one in entry.mine] for _row in rows], dtype=np.int64)
    return Coal(
        [one[0] for one in rows], np.array([one[3] for one in rows], dtype=np.int64), np.array([one[5] for one in rows], dtype=np.int64), mean,
        [one[6] for one in rows], burn, np.zeros((len(rows), horizon), dtype=np.int64), np.maximum(2, -(-mean * 3 // lot)), [one.id for one in entry.mine],
        load, travel, price, lot, int(entry.rail * (1 - cut)), days(entry.whole),
    )  # fmt: skip
