"""The city's register as tables: enterprises, projects, sites and rosters with their dates, in the columns of the registry contract.

Only what is known at the end of the range is told: no later exit, admission or plan.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from yunxing.city.make import City
from yunxing.city.population import ANNUAL, CANDIDATE, MONTHLY, NEVER
from yunxing.values.codes import size_class
from yunxing.values.period import Month

PARTY_COLUMNS = ("id", "kind", "name", "short_name", "unit", "region", "industry", "size", "parent", "valid_from", "valid_to", "attributes")
ROSTER_COLUMNS = ("roster", "party", "valid_from", "valid_to", "reason", "attributes")
LONG_AGO = date(2010, 1, 1)
FEN = 1_000_000  # fen to 万元

Cell = str | int | date | None
Table = tuple[tuple[str, ...], list[tuple[Cell, ...]]]


def register(city: City, first: Month, last: Month) -> dict[str, Table]:
    """The four tables by name; every party of the range, the candidates among them."""
    parties = [
        ("enterprises", list(_enterprises(city, first, last))),
        ("projects", list(_projects(city, first, last))),
        ("sites", list(_sites(city))),
        ("further", list(_further(city))),
    ]
    tables: dict[str, Table] = {name: (PARTY_COLUMNS, rows) for name, rows in parties}
    known = {str(row[0]) for _, rows in parties for row in rows}
    rosters = [row for row in _rosters(city, last) if str(row[1]) in known]
    tables["rosters"] = (ROSTER_COLUMNS, sorted(rosters, key=lambda row: (str(row[0]), str(row[1]), str(row[2]))))
    return tables


def present(city: City, firm: int, first: Month, last: Month) -> bool:
    """Whether the register of the range holds the enterprise: on the list at some time in it, or admitted or near it."""
    people, settings = city.people, city.settings
    if people.route[firm] == CANDIDATE:
        return True
    day = people.admitted[firm]
    come = day <= last.end if day is not None else True
    return bool(come and people.left[firm] > settings.index(first))


def site_id(city: City, kind: str, place: int) -> str:
    """The own id of a coal site or port area."""
    return f"{city.settings.code_mark}-{kind}-{place + 1:02d}"


def _enterprises(city: City, first: Month, last: Month) -> Iterator[tuple[Cell, ...]]:
    people, settings = city.people, city.settings
    for firm in range(len(people)):
        if not present(city, firm, first, last):
            continue
        unit = settings.units[people.unit[firm]]
        born = _day(city, int(people.born[firm])) if people.route[firm] == MONTHLY else LONG_AGO
        attributes = {
            "synthetic": True,
            "employees": int(people.heads[firm]),
            "revenue_fen": round(float(people.size[firm])) * FEN,
            "near_line": bool(people.route[firm] == CANDIDATE),
        }
        size = size_class(int(people.heads[firm]), round(float(people.size[firm])) * FEN).value
        industry = settings.industries[people.industry[firm]].code
        name = people.name[firm]
        yield (people.usci[firm], "enterprise", name, name, unit.code, unit.region, industry, size, None, born, None, _json(attributes))


def _projects(city: City, first: Month, last: Month) -> Iterator[tuple[Cell, ...]]:
    settings, works = city.settings, city.works
    for place, project in enumerate(works.projects):
        years = [year for year in project.years if year <= last.year]
        if not years or years[-1] < first.year:
            continue
        unit = settings.units[project.unit]
        plans = {str(year): int(works.plan[place, year - settings.origin]) * FEN for year in years}
        month = settings.month(project.start)
        attributes = {
            "synthetic": True,
            "project_code": f"{month.year % 100:02d}{month.month:02d}-{unit.region}-04-01-9{int(project.id[-4:]):05d}",
            "total_investment_fen": int(works.total[place]) * FEN,
            "annual_plan_fen": plans[str(years[-1])],
            "annual_plans_fen": plans,
            "level": project.level,
            "is_preparatory": years[-1] in project.preparatory,
            "planned_start": month.start.isoformat(),
            "planned_finish": settings.month(min(project.finish, settings.length - 1)).end.isoformat(),
            "named": project.named,
        }
        owner = city.people.usci[project.owner] if project.owner is not None and present(city, project.owner, first, last) else None
        industry = settings.industries[project.industry].code
        began = date(years[0], 1, 1)
        yield (
            project.id,
            "project",
            project.name,
            project.name,
            unit.code,
            unit.region,
            industry,
            "",
            owner,
            began,
            None,
            _json(attributes),
        )


def _sites(city: City) -> Iterator[tuple[Cell, ...]]:
    settings = city.settings
    start = settings.first.start
    for place, site in enumerate(settings.coal_sites):
        unit = settings.units[settings.unit_at(site.unit)]
        peak = max(settings.seasons[site.season])
        attributes = {
            "synthetic": True,
            "min_days": settings.coal_min_days,
            "design_daily_t": site.daily * peak * 115 // 100_000,
            "yard_max_t": site.daily * peak * 45 // 1000,
        }
        name = f"{unit.short}{settings.word}{site.name}"
        yield (
            site_id(city, "COAL", place),
            "site",
            name,
            name,
            unit.code,
            unit.region,
            site.industry,
            "",
            None,
            start,
            None,
            _json(attributes),
        )
    for place, port in enumerate(settings.ports):
        unit = settings.units[settings.unit_at(port.unit)]
        name = f"{unit.short}{settings.word}{port.name}"
        yield (
            site_id(city, "PORT", place),
            "site",
            name,
            name,
            unit.code,
            unit.region,
            "55",
            "",
            None,
            start,
            None,
            _json({"synthetic": True}),
        )


def _further(city: City) -> Iterator[tuple[Cell, ...]]:
    """The parties that only the further forms know: banks, clusters, power units, train services, channels, renovations."""
    for recipe in city.further.recipes.rosters:
        for member in city.further.rosters[recipe.id]:
            if member.kind == "enterprise":
                continue
            unit = city.settings.units[member.unit] if member.unit >= 0 else None
            owner = city.people.usci[member.firm] if member.firm >= 0 else None
            where = (unit.code, unit.region) if unit else ("", "")
            about = (member.name, member.name, *where, member.industry, "", owner)
            yield (
                member.id,
                member.kind,
                *about,
                city.settings.first.start,
                None,
                _json({"synthetic": True, **({"small_renovation": True} if member.kind == "project" else {}), **member.attributes}),
            )


def _rosters(city: City, last: Month) -> Iterator[tuple[Cell, ...]]:
    people, settings, end = city.people, city.settings, city.settings.index(last)
    for firm in range(len(people)):
        entered, left = int(people.entered[firm]), int(people.left[firm])
        if entered == NEVER or entered > end + 1:
            continue
        begun = _day(city, entered) if entered >= 0 else LONG_AGO
        gone = _day(city, left) - timedelta(days=1) if left <= end else None
        reason = {MONTHLY: "新投产", ANNUAL: "升规"}.get(int(people.route[firm]), "")
        entry = _json({"entry": reason}) if reason else "{}"
        yield ("above_scale", people.usci[firm], begun, gone, reason if gone is None else "退规", entry)
    for firm, runs in _runs({year: firms for year, firms in city.ladder.panel.items() if year <= last.year}).items():
        for begin, finish in runs:
            yield ("panel_100", people.usci[firm], date(begin, 1, 1), None if finish == last.year else date(finish, 12, 31), "", "{}")
    listed = {place: project.years for place, project in enumerate(city.works.projects)}
    for place, years in listed.items():
        known = [year for year in years if year <= last.year]
        if known:
            gone = None if known[-1] == last.year else date(known[-1], 12, 31)
            yield ("key_projects", city.works.projects[place].id, date(known[0], 1, 1), gone, "", "{}")
    out = {listing.firm: listing.on for listing in city.ladder.listings if listing.on <= last.end}
    for firm, entered_on in city.ladder.seeds:
        if entered_on <= last.end:
            yield ("seed_bank", people.usci[firm], entered_on, out.get(firm), "", "{}")
    for recipe in city.further.recipes.rosters:
        for member in city.further.rosters[recipe.id]:
            yield (recipe.id, member.id, settings.first.start, None, "", "{}")
    for roster, kind, count in (("coal_sites", "COAL", len(settings.coal_sites)), ("ports", "PORT", len(settings.ports))):
        for place in range(count):
            yield (roster, site_id(city, kind, place), settings.first.start, None, "", "{}")


def _runs(years: dict[int, tuple[int, ...]]) -> dict[int, list[tuple[int, int]]]:
    """Unbroken runs of years for each enterprise."""
    runs: dict[int, list[tuple[int, int]]] = {}
    for year, firms in sorted(years.items()):
        for firm in firms:
            held = runs.setdefault(firm, [])
            if held and held[-1][1] == year - 1:
                held[-1] = (held[-1][0], year)
            else:
                held.append((year, year))
    return dict(sorted(runs.items()))


def _day(city: City, index: int) -> date:
    """The first day of a month by its index, before the origin too."""
    year, month = divmod(index, 12)
    return date(city.settings.origin + year, month + 1, 1)


def _json(attributes: Mapping[str, object]) -> str:
    return json.dumps(attributes, ensure_ascii=False, sort_keys=True)
