"""What must hold inside the contingency section of a pack, each fault with its line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from yunxing.engines.contingency.alert import level_of_days
from yunxing.packs.contingency import CoalFile, PollutionFile, PowerFile, criteria_of, days, kilograms, percent
from yunxing.packs.lines import Lines
from yunxing.packs.strict import located
from yunxing.values.errors import BadInput, Fault
from yunxing.values.money import parse_rate


def _at(path: Path, *where: str | int) -> str:
    return located(Lines.of(path.read_text(encoding="utf-8")), where)


def pollution_faults(path: Path, file: PollutionFile) -> Iterator[Fault]:
    """Levels out of order, grades without cuts, cuts that fall, examples of the criteria that do not come out."""
    levels = [one.id for one in file.pollution.level]
    shares = [parse_rate(one.share) for one in file.pollution.level]
    if levels != ["yellow", "orange", "red"]:
        yield Fault(str(path), _at(path, "pollution", "level"), ", ".join(levels), "yellow, orange, red, from the lowest")
    if shares != sorted(shares):
        yield Fault(str(path), _at(path, "pollution", "level"), "shares that fall as the level rises", "shares that do not fall")
    if file.pollution.fair_on not in [one.id for one in file.pollution.pollutant]:
        yield Fault(str(path), _at(path, "pollution", "fair_on"), repr(file.pollution.fair_on), "one of the pollutants")
    for at, cut in enumerate(file.pollution.cut):
        place = _at(path, "pollution", "cut", at)
        most = [max(map(percent, getattr(cut, level)), default=-1) for level in ("yellow", "orange", "red")]
        if min(most) < 0:
            yield Fault(str(path), place, f"grade {cut.grade}: a level without cuts", "at least one cut for each level")
        elif most != sorted(most) or most[-1] > 100:
            yield Fault(
                str(path), place, f"grade {cut.grade}: cuts up to {most} %", "cuts that do not fall as the level rises, at most 100 %"
            )
        if cut.grade in file.pollution.free_grades:
            yield Fault(
                str(path),
                place,
                f"grade {cut.grade} both free and cut",
                "one of the two",
                why="firms of these grades reduce of their own will",
            )
    for at, criteria in enumerate(file.criteria):
        place = _at(path, "criteria", at)
        for one in criteria.example:
            found = level_of_days(one.days, criteria_of(criteria))
            if found != one.level:
                yield Fault(
                    str(path),
                    place,
                    f"{criteria.id}: {list(one.days)} gives {found or 'no level'!r}",
                    f"{one.level or 'no level'!r}, as its example says",
                )
        unknown = [rule.level for rule in criteria.rule if rule.level not in levels]
        if unknown:
            yield Fault(str(path), place, f"the level {unknown[0]!r}", "one of " + ", ".join(levels))
    spans = sorted((one.in_force_from, one.in_force_until or dt.date.max, one.id) for one in file.criteria)
    for before, after in pairwise(spans):
        if after[0] <= before[1]:
            yield Fault(str(path), "criteria", f"{before[2]} and {after[2]} in force on the same day", "one version a day")


def power_faults(path: Path, file: PowerFile) -> Iterator[Fault]:
    """Levels out of order, a day without its peak, windows upside down, more to give up than there is."""
    bounds = [parse_rate(one.least) for one in file.power.level]
    if bounds != sorted(bounds, reverse=True) or len(set(bounds)) < len(bounds):
        yield Fault(str(path), _at(path, "power", "level"), "bounds out of order", "the gravest level first, bounds falling")
    for at, season in enumerate(file.power.season):
        if max(season.shape) != 100:
            yield Fault(
                str(path), _at(path, "power", "season", at), f"a day whose largest hour is {max(season.shape)} %", "100 % in the peak hour"
            )
        if any(first >= end for first, end in season.spans()):
            yield Fault(str(path), _at(path, "power", "season", at), "a window that ends before it begins", "a window such as 10:00-13:00")
    for at, one in enumerate(file.power.flexible):
        kept = percent(one.safety)
        if max(percent(one.shift), percent(one.avoid)) + kept > 100:
            yield Fault(
                str(path),
                _at(path, "power", "flexible", at),
                "more to give up than the load above safety",
                "shift and avoid each at most 100 % less safety",
            )
    if not any(one.industry == "*" for one in file.power.flexible):
        yield Fault(
            str(path), _at(path, "power", "flexible"), "no row for industries without one of their own", 'a row with industry = "*"'
        )


def coal_faults(path: Path, file: CoalFile) -> Iterator[Fault]:
    """Horizons that contradict each other, mines beyond them, numbers without their unit."""
    coal = file.coal
    try:
        horizon, whole, committed = days(coal.horizon), days(coal.whole), days(coal.committed)
        if not committed <= whole <= horizon:
            yield Fault(
                str(path), _at(path, "coal"), f"{committed} days committed, {whole} whole, {horizon} planned", "committed ≤ whole ≤ horizon"
            )
        for at, mine in enumerate(coal.mine):
            if days(mine.travel) >= horizon:
                yield Fault(str(path), _at(path, "coal", "mine", at), f"{mine.travel} under way", "less than the horizon")
        kilograms(coal.lot)
    except BadInput as bad:
        yield Fault(str(path), _at(path, "coal"), bad.message, "a number with its unit")
