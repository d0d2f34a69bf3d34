"""Load a pack's `city.toml`, the assumptions of the synthetic city: strictly, every fault at once, each number with its source or assumption."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from yunxing.packs.strict import PackFault, Strict, load
from yunxing.values.errors import BadInput, Fault, nearest
from yunxing.values.money import parse_money, parse_rate
from yunxing.values.quantity import parse_quantity

Kind = Literal[
    "stoppage",
    "decline",
    "project_stall",
    "coal_shortage",
    "unit_slip",
    "stale_repeat",
    "letter_o",
    "late_report",
    "late_workbook",
]
Board = Literal["SSE", "SZSE", "STAR", "ChiNext", "BSE", "NEEQ"]


def _rate(text: object) -> float:
    """A share of 1; the generator's own arithmetic is in floats, no figure of the plan passes here."""
    try:
        return float(parse_rate(str(text)))
    except BadInput as bad:
        raise ValueError(str(bad)) from bad


def _money(text: object) -> float:
    """万元."""
    try:
        return parse_money(str(text)) / 1_000_000
    except BadInput as bad:
        raise ValueError(str(bad)) from bad


def _tonnes(text: object) -> int:
    try:
        amount = parse_quantity(str(text)).to("吨").value
    except BadInput as bad:
        raise ValueError(str(bad)) from bad
    if amount != int(amount) or amount <= 0:
        raise ValueError(f"{text} is not a whole number of tonnes above zero")
    return int(amount)


def _day(text: object) -> str:
    return date.fromisoformat(str(text)).isoformat()


Rate = Annotated[float, BeforeValidator(_rate)]
Share = Annotated[float, BeforeValidator(_rate), Field(ge=0, le=1)]
Money = Annotated[float, BeforeValidator(_money), Field(gt=0)]
Tonnes = Annotated[int, BeforeValidator(_tonnes)]
Text = Annotated[str, Field(min_length=1)]
MonthCode = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Count = Annotated[int, Field(ge=0)]


class Reasoned(Strict):
    """A table that must say where its numbers come from."""

    source: Text | None = None
    assumption: Text | None = None

    @model_validator(mode="after")
    def _has_reason(self) -> Reasoned:
        if self.source is None and self.assumption is None:
            raise ValueError('neither source nor assumption: say where the numbers come from, or write assumption = "…"')
        return self


class CityTable(Reasoned):
    """The city as a whole: labels, range of months, number and mean size of enterprises, restatements."""

    label: Text
    label_en: Text
    word: Text
    code_mark: Annotated[str, Field(pattern=r"^[A-HJ-NP-RTUWXY]{2}$")]
    first_month: MonthCode
    last_month: MonthCode
    reference_month: MonthCode
    firms: Annotated[int, Field(ge=1)]
    mean_revenue: Money
    output_to_revenue: Annotated[float, BeforeValidator(_rate), Field(gt=0)]
    restated_share: Share
    restated_spread: Share


class UnitTable(Reasoned):
    """A reporting unit and its share of enterprises."""

    code: Text
    name: Text
    short: Text
    region: Annotated[str, Field(pattern=r"^\d{6}$")]
    firms: Share


class IndustryTable(Reasoned):
    """An industry: its shares, giants and seats, costs and seasons."""

    code: Annotated[str, Field(pattern=r"^\d{2}$")]
    word: Text
    firms: Share
    revenue: Share
    giants: Count
    giants_share: Share
    seats: tuple[Text, ...]
    homes: tuple[Text, ...]
    margin: Rate
    power: Count
    heads: Count
    season: Text
    swing: Share


class SeasonTable(Reasoned):
    """Twelve months in permille of the year's mean."""

    id: Text
    months: Annotated[tuple[Annotated[int, Field(gt=0)], ...], Field(min_length=12, max_length=12)]


class FestivalTable(Reasoned):
    """Days of Spring Festival and what they cost."""

    days: tuple[Annotated[str, BeforeValidator(_day)], ...]
    before: Count
    after: Count
    depth: Share


class PathTable(Reasoned):
    """Planned growth of a year, by quarter."""

    year: int
    quarters: Annotated[tuple[Rate, ...], Field(min_length=4, max_length=4)]


class TurnoverTable(Reasoned):
    """Admissions and exits of a year."""

    year: int
    annual: Count
    monthly: Count
    exits: Count


class CandidatesTable(Reasoned):
    """Enterprises near the line."""

    near: Count


class ProjectYearTable(Strict):
    """Planned investment of a year's list and the share carried out."""

    year: int
    planned: Money
    done: Rate


class NamedTable(Reasoned):
    """A stand-in for a project the plan names."""

    title: Text
    unit: Text
    industry: Text
    total: Money
    start: MonthCode
    months: Annotated[int, Field(ge=1)]


class ProjectsTable(Reasoned):
    """Key projects."""

    count: Annotated[int, Field(ge=1)]
    carried: Share
    provincial: Share
    preparatory: Share
    largest_plan: Money
    years: tuple[ProjectYearTable, ...]
    named: tuple[NamedTable, ...]


class CoalSiteTable(Reasoned):
    """A site that burns coal."""

    name: Text
    unit: Text
    industry: Text
    daily: Tonnes
    season: Text


class CoalTable(Reasoned):
    """Coal stocks."""

    min_days: Count
    target_days: Count
    heat_value: Count
    sites: tuple[CoalSiteTable, ...]


class PortTable(Reasoned):
    """A port area."""

    name: Text
    unit: Text
    foreign_year: Tonnes
    throughput_year: Tonnes
    ship: Tonnes
    growth: Rate


class SeedBankTable(Reasoned):
    """The reserve of enterprises that may be listed."""

    firms: Count


class ListingTable(Reasoned):
    """Months and boards of the listings of a year."""

    year: int
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...]
    boards: tuple[Board, ...]


class PanelTable(Reasoned):
    """The panel of key enterprises."""

    firms: Count


class EventTable(Reasoned):
    """How often a kind of event happens in a year."""

    kind: Kind
    yearly: Count


class PlantedTable(Strict):
    """One event of the demonstration's story."""

    kind: Kind
    month: MonthCode
    unit: Text
    industry: str = ""
    months: Annotated[int, Field(ge=1)] = 1
    size: Share = 0.0


class TargetTable(Reasoned):
    """A target the truth compares the made year with: `value` in `unit`, which is 万元, 户 or 吨."""

    indicator: Literal["project_investment", "above_scale_entries", "listings", "port_foreign_cargo"]
    year: int
    value: Annotated[int, Field(gt=0)]
    unit: Literal["万元", "户", "吨"]


class CityFile(Strict):
    """`city.toml` as a whole."""

    city: CityTable
    units: Annotated[tuple[UnitTable, ...], Field(min_length=1)]
    industries: Annotated[tuple[IndustryTable, ...], Field(min_length=1)]
    seasons: Annotated[tuple[SeasonTable, ...], Field(min_length=1)]
    festival: FestivalTable
    path: tuple[PathTable, ...]
    turnover: tuple[TurnoverTable, ...]
    candidates: CandidatesTable
    projects: ProjectsTable
    coal: CoalTable
    ports: tuple[PortTable, ...]
    seed_bank: SeedBankTable
    listings: tuple[ListingTable, ...]
    panel: PanelTable
    events: tuple[EventTable, ...]
    planted: tuple[PlantedTable, ...]
    targets: tuple[TargetTable, ...]


def load_city(pack: Path) -> CityFile:
    """The pack's `city.toml`. Raises `PackFault` with every problem: wrong keys, shares that do not add to 100 %, names that are not there."""
    path = pack / "city.toml"
    city = load(path, CityFile)
    faults = [Fault(str(path), place, found, expected) for place, found, expected in _problems(city)]
    if faults:
        raise PackFault(faults)
    return city


def city_tables(city: CityFile) -> dict[str, Any]:
    """The checked tables as plain values, for the generator (which knows no pack)."""
    return city.model_dump()


def _problems(city: CityFile) -> Iterator[tuple[str, str, str]]:
    for name, shares in (
        ("units › firms", [unit.firms for unit in city.units]),
        ("industries › firms", [industry.firms for industry in city.industries]),
        ("industries › revenue", [industry.revenue for industry in city.industries]),
    ):
        if abs(sum(shares) - 1) > 1e-9:
            yield name, f"shares that add up to {sum(shares):.2%}", "100%"
    yield from _repeated("units › code", [unit.code for unit in city.units])
    yield from _repeated("industries › code", [industry.code for industry in city.industries])
    units, industries = {unit.code for unit in city.units}, {industry.code for industry in city.industries}
    seasons = {season.id for season in city.seasons}
    for place, code in _unit_names(city):
        yield from _known(place, code, units)
    for place, code in _industry_names(city):
        yield from _known(place, code, industries)
    for place, season in (
        *((f"industries {industry.code} › season", industry.season) for industry in city.industries),
        *((f"coal.sites {site.name} › season", site.season) for site in city.coal.sites),
    ):
        yield from _known(place, season, seasons)
    for industry in city.industries:
        if len(industry.seats) < industry.giants:
            yield f"industries {industry.code} › seats", f"{len(industry.seats)} seats", f"{industry.giants}, one for each giant"
    for listing in city.listings:
        if len(listing.months) != len(listing.boards):
            yield f"listings {listing.year}", f"{len(listing.months)} months and {len(listing.boards)} boards", "as many of each"
    for planted in city.planted:
        if planted.kind in {"decline", "stoppage"} and not planted.size:
            yield f"planted {planted.kind} {planted.month} › size", "nothing", 'how much output is lost, such as "5%" a month or "75%"'
        if planted.kind == "decline" and not planted.industry:
            yield f"planted {planted.kind} {planted.month} › industry", "nothing", "the industry that declines"
    yield from _years(city)


def _years(city: CityFile) -> Iterator[tuple[str, str, str]]:
    """Every year from the first to the last month needs a path, a turnover, a list of projects and a festival."""
    first, last = int(city.city.first_month[:4]), int(city.city.last_month[:4])
    if not city.city.first_month <= city.city.reference_month <= city.city.last_month:
        yield "city › reference_month", city.city.reference_month, f"a month from {city.city.first_month} to {city.city.last_month}"
    for name, years in (
        ("path", [table.year for table in city.path]),
        ("turnover", [table.year for table in city.turnover]),
        ("projects.years", [table.year for table in city.projects.years]),
        ("listings", [table.year for table in city.listings]),
        ("festival › days", [int(day[:4]) for day in city.festival.days if int(day[:4]) >= first]),
    ):
        if years != list(range(first, last + 1)):
            yield name, f"the years {', '.join(map(str, years))}", f"each year from {first} to {last} once, in order"


def _unit_names(city: CityFile) -> Iterator[tuple[str, str]]:
    for industry in city.industries:
        for code in (*industry.seats, *industry.homes):
            yield f"industries {industry.code}", code
    for named in city.projects.named:
        yield f"projects.named {named.title}", named.unit
    for site in city.coal.sites:
        yield f"coal.sites {site.name}", site.unit
    for port in city.ports:
        yield f"ports {port.name}", port.unit
    for planted in city.planted:
        yield f"planted {planted.kind} {planted.month}", planted.unit


def _industry_names(city: CityFile) -> Iterator[tuple[str, str]]:
    for named in city.projects.named:
        yield f"projects.named {named.title}", named.industry
    for site in city.coal.sites:
        yield f"coal.sites {site.name}", site.industry
    for planted in city.planted:
        if planted.industry:
            yield f"planted {planted.kind} {planted.month}", planted.industry


def _repeated(place: str, codes: list[str]) -> Iterator[tuple[str, str, str]]:
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield place, f"{code} more than once", "each code once"


def _known(place: str, name: str, valid: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    names = sorted(valid)
    if name not in names:
        guess = nearest(name, names)
        yield place, name, f"one of {', '.join(names)}" + (f" (did you mean {guess}?)" if guess else "")
