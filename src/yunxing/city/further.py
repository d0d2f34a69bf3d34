"""The further forms of the synthetic city: who is on which roster, and the figures of every row, month by month, made from recipes.

All amounts are whole numbers of the last printed place, so that months add up to their cumulatives exactly. Each form and roster has its own stream.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yunxing.city.chance import largest_remainder, stream
from yunxing.city.ladder import Ladder
from yunxing.city.population import Population
from yunxing.city.projects import Works
from yunxing.city.recipes import FormRecipe, ItemRecipe, Recipes, RosterRecipe
from yunxing.city.settings import Settings
from yunxing.values.period import parse_month

SEASON = (0.97, 0.8, 1.02, 1.01, 1.03, 1.04, 0.99, 0.98, 1.03, 1.02, 1.05, 1.06)
STAGE_MONTHS = 5  # a project's stage moves on after so many months


@dataclass(frozen=True, slots=True)
class Member:
    """A party on a roster. `firm`: its place in the population; `years`: those in which it is on the roster (None: all)."""

    id: str
    name: str
    unit: int
    industry: str
    weight: float
    kind: str
    firm: int = -1
    attributes: Mapping[str, Any] = field(default_factory=dict)
    years: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The figures of one form. `rows`: (member, second key); `columns`: item → whole numbers (rows × months), `flows` those that are summed."""

    recipe: FormRecipe
    rows: tuple[tuple[Member, str], ...]
    columns: Mapping[str, Any]
    flows: frozenset[str]


@dataclass(frozen=True, slots=True)
class Further:
    """All rosters and sheets; `made` are the rosters whose parties exist only here."""

    recipes: Recipes = field(default_factory=Recipes)
    rosters: Mapping[str, tuple[Member, ...]] = field(default_factory=dict)
    sheets: Mapping[str, Sheet] = field(default_factory=dict)


def add_further(settings: Settings, people: Population, works: Works, ladder: Ladder, recipes: Recipes, seed: int) -> Further:
    """Members and figures of every further form; the same seed gives the same ones, whatever other forms there are."""
    rosters = {recipe.id: _members(settings, people, recipe) for recipe in recipes.rosters}
    rosters["panel_100"] = _panel(settings, people, ladder)
    rosters["key_projects"] = _projects(settings, works)
    rosters[""] = tuple(
        Member(unit.code, unit.name, place, "", unit.firms * len(settings.units), "office") for place, unit in enumerate(settings.units)
    )
    sheets = {recipe.form: _sheet(settings, recipe, rosters, seed) for recipe in recipes.forms if recipe.roster in rosters}
    return Further(recipes, rosters, sheets)


def _members(settings: Settings, people: Population, recipe: RosterRecipe) -> tuple[Member, ...]:
    if recipe.members:
        made = []
        for place, one in enumerate(recipe.members, start=1):
            id_ = f"{settings.code_mark}-{recipe.prefix}-{place:02d}"
            unit = settings.unit_at(one.unit) if one.unit else -1
            name = f"{settings.units[unit].short if one.unit else ''}{settings.word}{one.name}"
            made.append(Member(id_, name, unit, one.industry, one.weight, recipe.kind, attributes=one.attributes))
        return tuple(made)
    wanted = {settings.industry_at(code) for code in recipe.industries}
    listed = people.on_list(settings.index(settings.reference)) & people.on_list(settings.index(settings.reference) - 20)
    able = [
        int(firm) for firm in (-people.size).argsort(kind="stable") if listed[firm] and (not wanted or int(people.industry[firm]) in wanted)
    ]
    chosen = able[recipe.skip : recipe.skip + max(1, recipe.firms * int(listed.sum()) // settings.firms)]
    mean = sum(float(people.size[firm]) for firm in chosen) / max(1, len(chosen))
    made = []
    for place, firm in enumerate(chosen, start=1):
        industry = settings.industries[people.industry[firm]].code
        plain = (int(people.unit[firm]), industry, float(people.size[firm]) / mean)
        if recipe.kind == "enterprise":
            made.append(Member(people.usci[firm], people.name[firm], *plain, "enterprise", firm))
        else:
            made.append(
                Member(f"{settings.code_mark}-{recipe.prefix}-{place:04d}", f"{people.name[firm]}技术改造", *plain, recipe.kind, firm)
            )
    return tuple(made)


def _panel(settings: Settings, people: Population, ladder: Ladder) -> tuple[Member, ...]:
    years: dict[int, set[int]] = {}
    for year, firms in ladder.panel.items():
        for firm in firms:
            years.setdefault(firm, set()).add(year)
    mean = sum(float(people.size[firm]) for firm in years) / max(1, len(years))
    return tuple(
        Member(
            people.usci[firm],
            people.name[firm],
            int(people.unit[firm]),
            settings.industries[people.industry[firm]].code,
            float(people.size[firm]) / mean,
            "enterprise",
            firm,
            years=frozenset(some),
        )
        for firm, some in sorted(years.items())
    )


def _projects(settings: Settings, works: Works) -> tuple[Member, ...]:
    mean = float(works.total.mean()) if len(works.projects) else 1.0
    return tuple(
        Member(
            project.id,
            project.name,
            project.unit,
            settings.industries[project.industry].code,
            float(works.total[place]) / mean,
            "project",
            years=frozenset(project.years),
        )
        for place, project in enumerate(works.projects)
    )


def _sheet(settings: Settings, recipe: FormRecipe, rosters: Mapping[str, tuple[Member, ...]], seed: int) -> Sheet:
    members = rosters[recipe.roster]
    rng = stream(seed, f"further {recipe.form}")
    rows: list[tuple[Member, str]] = []
    keys = tuple(member.id for member in rosters[recipe.detail_roster]) if recipe.detail_roster else recipe.details
    for member in members:
        if not keys:
            rows.append((member, ""))
            continue
        picks = (
            keys
            if not recipe.picks
            else [keys[int(place)] for place in sorted(rng.choice(len(keys), size=min(recipe.picks, len(keys)), replace=False))]
        )
        rows.extend((member, key) for key in picks)
    columns: dict[str, Any] = {}
    flows: set[str] = set()
    for item in recipe.items:
        columns[item.id], flow = _column(settings, item, rows, columns, flows, rng)
        if flow:
            flows.add(item.id)
    return Sheet(recipe, tuple(rows), columns, frozenset(flows))


def _column(
    settings: Settings, item: ItemRecipe, rows: list[tuple[Member, str]], done: Mapping[str, Any], flows: set[str], rng: Any
) -> tuple[Any, bool]:
    """Whole numbers of the last printed place (rows × months), and whether they are a flow."""
    import numpy as np

    shape = len(rows), settings.length
    scale = 10**item.places
    months = np.arange(settings.length)
    years = (months - settings.index(settings.reference)) / 12
    if item.kind in ("flow", "stock"):
        weight = np.array([member.weight for member, _ in rows]) * np.exp(rng.normal(0, item.spread, len(rows)))
        season = np.array(SEASON)[months % 12] if item.seasonal else 1.0
        made = item.base * weight[:, None] * (1 + item.growth) ** years * season * np.exp(rng.normal(0, item.noise, shape))
        if item.falls is not None:
            fallen = [row for row in item.falls["rows"] if row < len(rows)]
            made[fallen, settings.index(parse_month(item.falls["since"])) :] *= item.falls["share"]
        return np.rint(made * scale).astype(np.int64), item.kind == "flow"
    if item.kind == "level":
        middle = rng.uniform(item.low, item.high, (len(rows), 1))
        made = np.clip(middle + rng.normal(0, item.noise * (item.high - item.low), shape), item.low, item.high)
        return np.rint(made * scale).astype(np.int64), False
    if item.kind == "share":
        of, share = done[item.of], rng.uniform(item.low, item.high, (len(rows), 1))
        wobble = np.clip(share * np.exp(rng.normal(0, item.noise, shape)), 0, min(1.0, item.high))
        return np.floor(of * wobble).astype(np.int64), item.of in flows
    if item.kind == "rest":
        return done[item.of] - sum(done[part] for part in item.less), item.of in flows
    if item.kind == "quotient":
        over, under = (_cumulated(done[name], months) for name in (item.of, item.less[0]))
        return np.where(under > 0, np.rint(over / np.maximum(under, 1) * item.scale * scale), 0).astype(np.int64), False
    answers = len(item.weights or {})
    if item.kind == "stage":
        begun = rng.integers(0, answers * STAGE_MONTHS, (len(rows), 1))
        moved = (begun + months - settings.index(settings.reference)) // STAGE_MONTHS
        return np.clip(moved, 0, answers - 1), False
    if item.kind in ("choice", "flag"):
        counts = largest_remainder(list((item.weights or {}).values()), len(rows))
        answer = np.repeat(np.arange(answers), counts)[rng.permutation(len(rows))] if len(rows) else np.zeros(0, dtype=np.int64)
        return np.repeat(answer[:, None], settings.length, axis=1), False
    return np.repeat(rng.integers(0, 6, (len(rows), 1)), settings.length, axis=1), False  # days before the month's end


def _cumulated(column: Any, months: Any) -> Any:
    """Sums from January to each month."""
    import numpy as np

    sums = np.cumsum(column, axis=1)
    january = months - months % 12
    before = np.where(january > 0, sums[:, january - 1], 0)
    return sums - before
