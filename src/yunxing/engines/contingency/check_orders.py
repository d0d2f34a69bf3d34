"""The independent checkers of the trade: a list of cuts and a day of power orders, read from lines, users and law alone, in whole numbers.

They share no code with what builds the problems; a plan is called good only after its own reading here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from yunxing.engines.contingency.curtail import Law, Lines
from yunxing.engines.contingency.power import Day, Users

ORDER = ("run", "shift", "avoid", "limit", "cut")


def list_faults(lines: Lines, law: Law, cuts: Sequence[Sequence[int]]) -> list[str]:
    """Everything wrong with a list: a cut outside the grade's range, a protected line touched, a cut that falls as the level rises, lines of a group
    cut differently, a pollutant short, a county outside its spread.
    """
    found: list[str] = []
    groups: dict[tuple[str, str], tuple[int, ...]] = {}
    for at, given in enumerate(cuts):
        mine = tuple(int(one) for one in given)
        name = f"{lines.party[at]}/{lines.line[at]}"
        load = int(lines.load[at])
        if load >= 0:
            if any(one != 100 - load for one in mine):
                found.append(f"{name}: guaranteed load {load} % but cut {mine}")
            continue
        if lines.exempt[at] or lines.grade[at] in law.free_grades:
            if any(mine):
                found.append(f"{name}: protected or free ({lines.exempt[at] or lines.grade[at]}) but cut {mine}")
            continue
        table = law.cuts.get(f"{lines.industry[at]}/{lines.grade[at]}", law.cuts.get(lines.grade[at]))
        for level, one in zip(law.levels, mine, strict=True):
            if table is None or one not in table[level]:
                found.append(f"{name}: {one} % at {level} is no cut of grade {lines.grade[at]}")
        if any(after < before for before, after in pairwise(mine)):
            found.append(f"{name}: the cut falls as the level rises {mine}")
        if law.same_in_group and groups.setdefault((lines.industry[at], lines.grade[at]), mine) != mine:
            found.append(f"{name}: not cut as its group")
    found += _sums(lines, law, cuts)
    return found


def _sums(lines: Lines, law: Law, cuts: Sequence[Sequence[int]]) -> list[str]:
    found = []
    for n, level in enumerate(law.levels):
        for p, pollutant in enumerate(law.pollutants):
            cut = sum(int(lines.base[at, p]) * int(given[n]) for at, given in enumerate(cuts))
            if cut < law.share[level] * int(law.society[p]) * 100:
                found.append(f"{level}/{pollutant}: {cut // 100} g of {int(law.share[level] * int(law.society[p]))} g")
    return found


def county_shares(lines: Lines, law: Law, cuts: Sequence[Sequence[int]], level: int) -> dict[str, tuple[Fraction, Fraction]]:
    """By county its part of the cut of the pollutant that fairness is counted on, and its part of the controlled emissions."""
    if not law.fair_on:
        return {}
    p = law.pollutants.index(law.fair_on)
    cut: dict[str, int] = {}
    base: dict[str, int] = {}
    for at, given in enumerate(cuts):
        county = lines.county[at]
        cut[county] = cut.get(county, 0) + int(lines.base[at, p]) * int(given[level])
        base[county] = base.get(county, 0) + int(lines.base[at, p])
    whole, all_base = sum(cut.values()) or 1, sum(base.values()) or 1
    return {county: (Fraction(cut[county], whole), Fraction(base[county], all_base)) for county in sorted(base)}


def power_faults(users: Users, day: Day, orders: Sequence[Mapping[str, int]], tier: int) -> list[str]:
    """Everything wrong with a day's orders: `orders` are {user, tier, window, kilowatts} by row of the users. A protected user touched, less than the
    safety load left, a later tier than opened, notice too short, two orders for one line, a block short.
    """
    found: list[str] = []
    seen: set[int] = set()
    given = [0] * len(day.demand)
    for one in orders:
        at, name = one["user"], users.party[one["user"]]
        if at in seen:
            found.append(f"{name}: two orders for one line")
        seen.add(at)
        if users.exempt[at]:
            found.append(f"{name}: protected ({users.exempt[at]}) but ordered")
        if one["tier"] > tier:
            found.append(f"{name}: {ORDER[one['tier']]} before it was opened")
        kept = int(users.load[at]) - one["kilowatts"]
        if kept < int(users.safety[at]):
            found.append(f"{name}: {kept} kW left of {int(users.safety[at])} kW safety load")
        if users.notice[at] > day.notice:
            found.append(f"{name}: {int(users.notice[at])} minutes of notice needed")
        first, end = day.windows[one["window"]]
        for block in range(first, end):
            given[block] += one["kilowatts"]
    for block, (demand, supply) in enumerate(zip(day.demand.tolist(), day.supply.tolist(), strict=True)):
        short = max(0, demand - supply) * day.reserve - given[block]
        inside = any(first <= block < end for first, end in day.windows)
        if inside and short > 1:
            found.append(f"block {block + 1}: {int(short)} kW short")
    return found[:50]
