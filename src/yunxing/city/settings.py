"""The assumptions of the synthetic city as plain values. They come from a pack's `city.toml`; nothing here names a place.

Shares are fractions of 1, money is in 万元 of a year, months count from January of the year before the first reportable month
(the generator needs last year's figures of its first year).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yunxing.values.errors import BadInput
from yunxing.values.period import Month, parse_month


@dataclass(frozen=True, slots=True)
class Unit:
    """A reporting unit: a county, district or city-run zone; `region` is the GB/T 2260 code it lies in, `firms` its share of enterprises."""

    code: str
    name: str
    short: str
    region: str
    firms: float


@dataclass(frozen=True, slots=True)
class Industry:
    """A division of GB/T 4754. `power` is kWh to 万元 of output, `heads` staff to 1 亿元 of revenue; the others are shares (city.toml)."""

    code: str
    word: str
    firms: float
    revenue: float
    giants: int
    giants_share: float
    seats: tuple[str, ...]
    homes: tuple[str, ...]
    margin: float
    power: int
    heads: int
    season: str
    swing: float


@dataclass(frozen=True, slots=True)
class Turnover:
    """Admissions and exits of one year, for the default number of enterprises."""

    year: int
    annual: int
    monthly: int
    exits: int


@dataclass(frozen=True, slots=True)
class ProjectYear:
    """Planned investment of a year's list (万元) and the share of it carried out."""

    year: int
    planned: float
    done: float


@dataclass(frozen=True, slots=True)
class NamedProject:
    """A stand-in for a project the plan names: kind and capacity only."""

    title: str
    unit: str
    industry: str
    total: float
    start: str
    months: int


@dataclass(frozen=True, slots=True)
class CoalSite:
    """A site that burns coal; `daily` is tonnes a day in a mean month."""

    name: str
    unit: str
    industry: str
    daily: int
    season: str


@dataclass(frozen=True, slots=True)
class Port:
    """A port area: yearly tonnes at the level of the reference year, tonnes of a mean call, yearly growth."""

    name: str
    unit: str
    foreign_year: int
    throughput_year: int
    ship: int
    growth: float


@dataclass(frozen=True, slots=True)
class Planted:
    """One event of the story told by the demonstration."""

    kind: str
    month: str
    unit: str
    industry: str
    months: int
    size: float  # share of output lost, of a decline each month


@dataclass(frozen=True, slots=True)
class Target:
    """A target of a year, in the unit the city counts it: 万元, enterprises, tonnes."""

    indicator: str
    year: int
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything `city.toml` says, checked and converted."""

    label: str
    label_en: str
    word: str
    code_mark: str
    first: Month
    last: Month
    reference: Month
    firms: int
    mean_revenue: float
    output_to_revenue: float
    restated_share: float
    restated_spread: float
    units: tuple[Unit, ...]
    industries: tuple[Industry, ...]
    seasons: Mapping[str, tuple[int, ...]]
    festival_days: tuple[date, ...]
    festival_before: int
    festival_after: int
    festival_depth: float
    path: Mapping[int, tuple[float, ...]]
    turnover: tuple[Turnover, ...]
    near: int
    projects: int
    carried: float
    provincial: float
    preparatory: float
    largest_plan: float
    project_years: tuple[ProjectYear, ...]
    named: tuple[NamedProject, ...]
    coal_min_days: int
    coal_target_days: int
    coal_heat: int
    coal_sites: tuple[CoalSite, ...]
    ports: tuple[Port, ...]
    seed_bank: int
    listings: Mapping[int, tuple[tuple[int, str], ...]]
    panel: int
    events: Mapping[str, int]
    planted: tuple[Planted, ...]
    targets: tuple[Target, ...]

    @property
    def origin(self) -> int:
        """The year whose January has index 0: the year before the first reportable month."""
        return self.first.year - 1

    @property
    def length(self) -> int:
        """How many months the generator makes, whatever part of them is asked for."""
        return self.index(self.last) + 1

    def index(self, month: Month) -> int:
        """Months since January of the origin year."""
        return (month.year - self.origin) * 12 + month.month - 1

    def month(self, index: int) -> Month:
        """The month of an index."""
        return Month(self.origin + index // 12, index % 12 + 1)

    def unit_at(self, code: str) -> int:
        """The position of a reporting unit."""
        return [unit.code for unit in self.units].index(code)

    def industry_at(self, code: str) -> int:
        """The position of an industry."""
        return [industry.code for industry in self.industries].index(code)


def check_range(settings: Settings, first: Month, last: Month) -> None:
    """Refuse months the city does not reach, and an empty range."""
    if last < first:
        raise BadInput(f"The range {first.code} to {last.code} is empty: --from must not lie after --to.")
    if first < settings.first or settings.last < last:
        raise BadInput(
            f"The range {first.code} to {last.code} lies outside the synthetic city, which reaches from {settings.first.code} "
            f"to {settings.last.code} (first_month and last_month of city.toml)."
        )


def settings_of(tables: Mapping[str, Any]) -> Settings:
    """The settings from the pack's tables, whose texts ("12%", "46000 万元") the pack's loader has already turned into numbers."""
    city, festival, projects, coal = tables["city"], tables["festival"], tables["projects"], tables["coal"]
    return Settings(
        label=city["label"],
        label_en=city["label_en"],
        word=city["word"],
        code_mark=city["code_mark"],
        first=parse_month(city["first_month"]),
        last=parse_month(city["last_month"]),
        reference=parse_month(city["reference_month"]),
        firms=city["firms"],
        mean_revenue=city["mean_revenue"],
        output_to_revenue=city["output_to_revenue"],
        restated_share=city["restated_share"],
        restated_spread=city["restated_spread"],
        units=tuple(_make(Unit, table) for table in tables["units"]),
        industries=tuple(_make(Industry, table) for table in tables["industries"]),
        seasons={table["id"]: tuple(table["months"]) for table in tables["seasons"]},
        festival_days=tuple(date.fromisoformat(day) for day in festival["days"]),
        festival_before=festival["before"],
        festival_after=festival["after"],
        festival_depth=festival["depth"],
        path={table["year"]: tuple(table["quarters"]) for table in tables["path"]},
        turnover=tuple(_make(Turnover, table) for table in tables["turnover"]),
        near=tables["candidates"]["near"],
        projects=projects["count"],
        carried=projects["carried"],
        provincial=projects["provincial"],
        preparatory=projects["preparatory"],
        largest_plan=projects["largest_plan"],
        project_years=tuple(_make(ProjectYear, table) for table in projects["years"]),
        named=tuple(_make(NamedProject, table) for table in projects["named"]),
        coal_min_days=coal["min_days"],
        coal_target_days=coal["target_days"],
        coal_heat=coal["heat_value"],
        coal_sites=tuple(_make(CoalSite, table) for table in coal["sites"]),
        ports=tuple(_make(Port, table) for table in tables["ports"]),
        seed_bank=tables["seed_bank"]["firms"],
        listings={table["year"]: tuple(zip(table["months"], table["boards"], strict=True)) for table in tables["listings"]},
        panel=tables["panel"]["firms"],
        events={table["kind"]: table["yearly"] for table in tables["events"]},
        planted=tuple(_make(Planted, table) for table in tables["planted"]),
        targets=tuple(_make(Target, table) for table in tables["targets"]),
    )


def _make(kind: Any, table: Mapping[str, Any]) -> Any:
    values = {name: table[name] for name in kind.__dataclass_fields__}
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})
