"""`contingency/pollution.toml`, `power.toml`, `coal.toml`: who yields by which rules, each with its source, read strictly (design: operations, part A)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from yunxing.engines.contingency.alert import AlertRule, Criteria
from yunxing.engines.contingency.power import Level
from yunxing.packs.command import Id
from yunxing.packs.plan import ClauseText, Words
from yunxing.packs.strict import PackFault, Strict, load
from yunxing.values.errors import BadInput, Fault
from yunxing.values.money import parse_rate
from yunxing.values.quantity import parse_quantity

FOLDER = "contingency"
Kind = Literal["pollution", "power", "coal"]
Percent = Annotated[str, Field(pattern=r"^\d+(\.\d+)?%$")]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$")]
MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-([0-2]\d|3[01])$")]


class Entry(Strict):
    """One `[[contingency]]`: what a measure's part names."""

    id: Id
    kind: Kind
    title: Words
    title_en: Words
    clause: ClauseText
    owner: Words
    source: Words


class Named(Strict):
    """Something with an id and names in both languages."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,30}$")]
    title: Words
    title_en: Words
    source: Words = "156"


class Pollutant(Named):
    """A pollutant and the item of the emission form that reports it."""

    item: Id


class AlertLevel(Named):
    """An alert level: the share of society's emissions to be cut, and the days of a season expected at it."""

    share: Percent
    days: int = Field(ge=0, le=200)


class CutEntry(Strict):
    """The cuts that a grade (of an industry, or of all) may have at each level."""

    grade: Words
    industry: str = ""
    yellow: tuple[Percent, ...]
    orange: tuple[Percent, ...]
    red: tuple[Percent, ...]
    source: Words


class Protected(Strict):
    """An industry that is not cut, or runs at a guaranteed load."""

    industry: Words
    load: Percent | None = None
    reason: Words
    source: Words


class Factor(Strict):
    """Emissions for 10,000 yuan of output where a firm reports none."""

    industry: Words
    so2: Words
    nox: Words
    vocs: Words
    source: Words


class PollutionEntry(Strict):
    """`[pollution]`."""

    roster: Id
    grade: Id
    form: Id
    output: Words
    free_grades: tuple[Words, ...]
    grade_factor: dict[str, Percent]
    society: Percent
    spread: Percent
    fair_on: Id
    seconds: int = Field(ge=1, le=600)
    line_output: Words
    source: Words
    pollutant: Annotated[tuple[Pollutant, ...], Field(min_length=1)]
    level: Annotated[tuple[AlertLevel, ...], Field(min_length=1)]
    cut: tuple[CutEntry, ...]
    protected: tuple[Protected, ...] = ()
    factor: tuple[Factor, ...] = ()


class RuleEntry(Strict):
    """One rule of an alert level."""

    level: Id
    above: int = 0
    hours: int = 0
    and_above: int = 0
    and_hours: int = 0
    peak: int = 0


class ExampleEntry(Strict):
    """Daily means and the level they must give."""

    days: tuple[int, ...]
    level: str


class CriteriaEntry(Strict):
    """One `[[criteria]]`."""

    id: Id
    title: Words
    in_force_from: dt.date
    in_force_until: dt.date | None = None
    source: Words
    rule: tuple[RuleEntry, ...]
    example: Annotated[tuple[ExampleEntry, ...], Field(min_length=3)]


class PollutionFile(Strict):
    """`contingency/pollution.toml`."""

    contingency: tuple[Entry, ...]
    pollution: PollutionEntry
    criteria: Annotated[tuple[CriteriaEntry, ...], Field(min_length=1)]


class LevelEntry(Named):
    """A warning level by the gap's share of demand."""

    least: Percent


class Season(Named):
    """A season: its days, the windows in which load can be given up, the shape of a day in percent of the peak, by hour."""

    first: MonthDay = Field(alias="from")
    until: MonthDay
    windows: Annotated[tuple[Clock, ...], Field(min_length=1)]
    shape: Annotated[tuple[int, ...], Field(min_length=24, max_length=24)]

    def spans(self) -> tuple[tuple[int, int], ...]:
        """The windows as hours (first, end)."""
        return tuple((int(one[:2]), int(one[6:8])) for one in self.windows)

    def holds(self, day: dt.date) -> bool:
        """Whether a day lies in the season, also over the turn of a year."""
        mark = f"{day:%m-%d}"
        return self.first <= mark <= self.until if self.first <= self.until else mark >= self.first or mark <= self.until


class Flexible(Strict):
    """What of a load can be moved, dropped for a window, and must stay on."""

    industry: Words
    shift: Percent
    avoid: Percent
    safety: Percent
    source: Words


class PowerEntry(Strict):
    """`[power]`."""

    form: Id
    roster: Id
    electricity: Words
    output: Words
    users: Id
    reserve: Percent
    industry_share: Percent
    notice_minutes: int = Field(ge=0)
    blocks: Literal[24, 96]
    seconds: int = Field(ge=1, le=600)
    source: Words
    level: Annotated[tuple[LevelEntry, ...], Field(min_length=1)]
    season: Annotated[tuple[Season, ...], Field(min_length=1)]
    protected: tuple[Protected, ...] = ()
    flexible: Annotated[tuple[Flexible, ...], Field(min_length=1)]

    def levels(self) -> tuple[Level, ...]:
        """The levels as the engine takes them."""
        return tuple(Level(one.id, parse_rate(one.least)) for one in self.level)


class PowerFile(Strict):
    """`contingency/power.toml`."""

    contingency: tuple[Entry, ...]
    power: PowerEntry


class Mine(Named):
    """Where coal comes from: trains a day, price of a tonne delivered, days under way."""

    trains: int = Field(ge=1)
    price: Words
    travel: Words


class CoalEntry(Strict):
    """`[coal]`."""

    commitment: Id
    form: Id
    roster: Id
    window: Words
    horizon: Words
    whole: Words
    committed: Words
    rich: Words
    lot: Words
    rail: int = Field(ge=1)
    seconds: int = Field(ge=1, le=600)
    source: Words
    mine: Annotated[tuple[Mine, ...], Field(min_length=1)]


class CoalFile(Strict):
    """`contingency/coal.toml`."""

    contingency: tuple[Entry, ...]
    coal: CoalEntry


@dataclass(frozen=True)
class Contingency:
    """The section; `entries` are what the measures name, by id."""

    pollution: PollutionEntry
    criteria: tuple[Criteria, ...]
    power: PowerEntry
    coal: CoalEntry
    entries: dict[str, Entry]

    def criteria_on(self, day: dt.date) -> Criteria | None:
        """The version of the alert criteria in force on a day."""
        return next((one for one in self.criteria if one.on(day)), None)


def percent(text: str) -> int:
    """A whole percentage of a pack file."""
    rate = parse_rate(text) * 100
    if rate.denominator != 1:
        raise BadInput(f"found {text}, expected a whole percentage")
    return int(rate)


def days(text: str) -> int:
    """A number of days such as `7 天`."""
    return _whole(text, "天")


def kilograms(text: str) -> int:
    """A weight such as `3500 吨` or `0.02 千克`, in grams for the latter's sake of small factors: see `grams`."""
    return grams(text) // 1000


def grams(text: str) -> int:
    """A weight in whole grams."""
    found = re.fullmatch(r"([\d.]+) (吨|千克|克)", text)
    if found is None:
        raise BadInput(f"found {text!r}, expected a weight such as 3500 吨 or 0.02 千克")
    value = Fraction(found[1]) * {"吨": 1_000_000, "千克": 1000, "克": 1}[found[2]]
    if value.denominator != 1:
        raise BadInput(f"found {text!r}, expected whole grams")
    return int(value)


def _whole(text: str, unit: str) -> int:
    quantity = parse_quantity(text)
    if quantity.unit != unit or quantity.value.denominator != 1:
        raise BadInput(f"found {text!r}, expected a whole number of {unit}")
    return int(quantity.value)


def load_contingency(pack: Path) -> Contingency:
    """The section of a pack. Errors: `PackFault` with every fault: a level without cuts, cuts that fall, examples that do not come out."""
    folder = pack / FOLDER
    pollution = load(folder / "pollution.toml", PollutionFile)
    power = load(folder / "power.toml", PowerFile)
    coal = load(folder / "coal.toml", CoalFile)
    from yunxing.packs.check_contingency import coal_faults, pollution_faults, power_faults

    faults = [
        *pollution_faults(folder / "pollution.toml", pollution),
        *power_faults(folder / "power.toml", power),
        *coal_faults(folder / "coal.toml", coal),
    ]
    entries = [*pollution.contingency, *power.contingency, *coal.contingency]
    twice = sorted({one.id for one in entries if sum(other.id == one.id for other in entries) > 1})
    faults += [Fault(str(folder), f"the id {one!r}", "it stands twice", "each id once") for one in twice]
    if faults:
        raise PackFault(faults)
    return Contingency(
        pollution.pollution, tuple(criteria_of(one) for one in pollution.criteria), power.power, coal.coal, {one.id: one for one in entries}
    )


def criteria_of(entry: CriteriaEntry) -> Criteria:
    """A version of the criteria as the engine takes it."""
    rules = tuple(AlertRule(one.level, one.above, one.hours, one.and_above, one.and_hours, one.peak) for one in entry.rule)
    return Criteria(entry.id, entry.title, entry.in_force_from, entry.in_force_until, rules)
