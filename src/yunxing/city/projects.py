"""Key projects: a list for each year, S-curves of investment, stages, and the stalls of the event plan. All projects are made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yunxing.city.chance import stream
from yunxing.city.events import Plan
from yunxing.city.population import Population
from yunxing.city.settings import Settings
from yunxing.values.period import Month

WINTER = (0.5, 0.5, 1.0, 1.1, 1.15, 1.15, 1.1, 1.1, 1.15, 1.15, 1.1, 0.9)  # building weather, January to December
PROBLEMS = ("用地指标尚未批复", "环评报告修改中", "设备到货推迟", "贷款审批中", "施工用工不足", "能评尚未批复")


@dataclass(frozen=True, slots=True)
class Project:
    """A project on one or more yearly lists. Months are indices, money is in whole 万元."""

    id: str
    name: str
    unit: int
    industry: int
    owner: int | None  # place of the enterprise
    level: str  # provincial or city
    start: int
    finish: int
    years: tuple[int, ...]  # on the list of these years
    preparatory: tuple[int, ...]  # preparatory in these years
    named: bool


@dataclass(frozen=True, slots=True)
class Stall:
    """What the event plan did: this project got no money in these months."""

    project: int
    first: int
    last: int
    planted: bool


@dataclass(frozen=True, slots=True)
class Works:
    """Projects with their figures. `plan` is 万元 by project and year, `invested` 万元 by project and month, `progress` 0.1 % by project and month."""

    projects: tuple[Project, ...]
    plan: Any
    total: Any  # planned total investment, 万元
    invested: Any
    progress: Any
    stalls: tuple[Stall, ...]

    def listed(self, year: int) -> list[int]:
        """The places of the projects on the list of a year."""
        return [place for place, project in enumerate(self.projects) if year in project.years]

    def stage(self, place: int, month: int, origin: int) -> str:
        """The stage at the month's end, as an option of the form."""
        project, progress = self.projects[place], int(self.progress[place, month])
        if origin + month // 12 in project.preparatory or month < project.start:
            return "preparatory"
        if progress >= 1000:
            return "commissioned"
        if progress >= 950:
            return "completed"
        return "started" if progress < 100 else "under_construction"


def build(settings: Settings, people: Population, plan: Plan, seed: int) -> Works:
    """The lists of all years and every month's investment."""
    import numpy as np

    projects = _lists(settings, people, seed)
    years = settings.length // 12
    curve = np.stack([_curve(project, settings.length) for project in projects])
    share = np.diff(np.concatenate([np.zeros((len(projects), 1)), curve], axis=1), axis=1)
    rng = stream(seed, "works")
    weight = np.exp(rng.normal(0, 0.9, len(projects)))
    planned = np.zeros((len(projects), years))
    monthly = np.zeros(share.shape)
    for described in settings.project_years:
        year = described.year - settings.origin
        inside = slice(year * 12, year * 12 + 12)
        working = np.array([described.year in project.years and described.year not in project.preparatory for project in projects])
        wanted = np.where(working, weight * share[:, inside].sum(axis=1), 0.0)
        fixed = _named_plans(settings, projects, working, share[:, inside].sum(axis=1))
        planned[:, year] = _plans(settings, wanted, fixed, described.planned)
        pace = planned[:, year] * np.exp(rng.normal(0, 0.2, len(projects)))
        pace *= described.planned * described.done / max(1.0, pace.sum())
        months = share[:, inside] * np.array(WINTER) * np.exp(rng.normal(0, 0.25, (len(projects), 12)))
        sums = months.sum(axis=1, keepdims=True)
        monthly[:, inside] = np.where(sums > 0, months / np.where(sums > 0, sums, 1), 0) * pace[:, None]
    stalls = _stall(settings, projects, plan, monthly)
    invested = np.rint(monthly).astype(np.int64)
    total = np.maximum(1000, np.rint(np.maximum(invested.sum(axis=1), planned.sum(axis=1)) * rng.uniform(1.02, 1.2, len(projects)))).astype(
        np.int64
    )
    done = np.cumsum(invested, axis=1) / np.maximum(1, invested.sum(axis=1))[:, None]
    progress = np.minimum(np.rint(done * 1000).astype(np.int64), 1000)
    return Works(tuple(projects), np.rint(planned).astype(np.int64), total, invested, progress, stalls)


def _lists(settings: Settings, people: Population, seed: int) -> list[Project]:
    """Projects year by year: those still running are carried over, new ones fill the list up to its number."""
    import numpy as np

    projects: list[Project] = []
    weights = np.array([unit.firms for unit in settings.units])
    running: list[int] = []
    for year in range(settings.first.year, settings.last.year + 1):
        rng = stream(seed, f"projects {year}")
        january = (year - settings.origin) * 12
        running = [place for place in running if projects[place].finish >= january]
        rest = [place for place in running if not projects[place].named]
        kept = [place for place in running if projects[place].named] + rest[: int(settings.carried * settings.projects)]
        for place in kept:
            projects[place] = _also(projects[place], year)
        fresh = [_named(settings, people, number, year) for number, named in enumerate(settings.named) if int(named.start[:4]) == year]
        while len(kept) + len(fresh) < settings.projects:
            unit = int(rng.choice(len(weights), p=weights / weights.sum()))
            fresh.append(_fresh(settings, people, year, len(fresh) + 1, unit=unit, rng=rng))
        running = kept + list(range(len(projects), len(projects) + len(fresh)))
        projects += fresh
    return projects


def _fresh(settings: Settings, people: Population, year: int, number: int, *, unit: int, rng: Any) -> Project:
    import numpy as np

    january = (year - settings.origin) * 12
    able = np.flatnonzero(people.on_list(january) & (people.unit == unit))
    owner = int(able[int(rng.integers(len(able)))]) if len(able) else None
    industry = int(people.industry[owner]) if owner is not None else int(rng.integers(len(settings.industries)))
    preparatory = bool(rng.random() < settings.preparatory)
    start = january + (12 if preparatory else 0) + int(rng.integers(1, 8))
    if not preparatory and rng.random() < 0.35:
        start -= int(rng.integers(2, 9))  # begun before it came on the list
    word = settings.industries[industry].word
    return Project(
        id=f"{settings.code_mark}P{year}-{number:04d}",
        name=f"{settings.units[unit].short}{settings.word}{word}项目{year}-{number:03d}",
        unit=unit,
        industry=industry,
        owner=owner,
        level="provincial" if rng.random() < settings.provincial else "city",
        start=start,
        finish=start + int(rng.integers(10, 26)),
        years=(year,),
        preparatory=(year,) if preparatory else (),
        named=False,
    )


def _named(settings: Settings, people: Population, number: int, year: int) -> Project:
    import numpy as np

    named = settings.named[number]
    unit, industry = settings.unit_at(named.unit), settings.industry_at(named.industry)
    start = settings.index(Month(int(named.start[:4]), int(named.start[5:])))
    able = np.flatnonzero(people.on_list(start) & (people.unit == unit) & (people.industry == industry))
    owner = int(able[int(np.argmax(people.size[able]))]) if len(able) else None
    name = f"{settings.units[unit].short}{settings.word}{named.title}项目"
    return Project(
        f"{settings.code_mark}P{year}-9{number + 1:03d}",
        name,
        unit,
        industry,
        owner,
        "provincial",
        start,
        start + named.months,
        (year,),
        (),
        named=True,
    )


def _also(project: Project, year: int) -> Project:
    from dataclasses import replace

    return replace(project, years=(*project.years, year))


def _curve(project: Project, length: int) -> Any:
    """The share of the works done by each month's end: an S between start and finish, half of it a straight line so that no month is tiny."""
    import numpy as np

    place = np.clip((np.arange(length) + 1 - project.start) / max(1, project.finish - project.start), 0, 1)
    return (place + (np.tanh(2 * (2 * place - 1)) / np.tanh(2) + 1) / 2) / 2


def _named_plans(settings: Settings, projects: list[Project], working: Any, share: Any) -> Any:
    """The year's plan of a named project follows from its total in city.toml and the share of its works that falls in the year; NaN for the others."""
    import numpy as np

    fixed = np.full(len(projects), np.nan)
    for place, project in enumerate(projects):
        if project.named and working[place]:
            fixed[place] = settings.named[int(project.id[-3:]) - 1].total * share[place]
    return fixed


def _plans(settings: Settings, wanted: Any, fixed: Any, total: float) -> Any:
    """Annual plans in whole 万元 that add up to the year's total: the named as given, the others in proportion, none above the largest."""
    import numpy as np

    named = ~np.isnan(fixed) & (wanted > 0)
    plans = np.where(named, np.nan_to_num(fixed), 0.0)
    open_ones = ~named & (wanted > 0)
    while open_ones.any():
        free = total - plans[~open_ones].sum()
        share = np.where(open_ones, wanted * free / wanted[open_ones].sum(), 0.0)
        above = open_ones & (share > settings.largest_plan)
        if not above.any():
            plans = np.where(open_ones, share, plans)
            break
        plans = np.where(above, settings.largest_plan, plans)
        open_ones &= ~above
    return np.rint(plans)


def _stall(settings: Settings, projects: list[Project], plan: Plan, monthly: Any) -> tuple[Stall, ...]:
    """Carry out the stalls: a project with money in all the months of the event gets none; what it lost is not made up."""
    done: list[Stall] = []
    for event in plan.at("project_stall"):
        last = min(event.month + event.months, event.month - event.month % 12 + 12)
        year = settings.origin + event.month // 12
        able = [
            place
            for place, project in enumerate(projects)
            if year in project.years
            and event.unit in (None, project.unit)
            and not project.named
            and monthly[place, event.month - 1] > 0
            and (monthly[place, event.month : last] > 0).all()
            and all(stall.project != place for stall in done)
        ]
        if not able:
            continue
        able.sort(key=lambda place: (-float(monthly[place, event.month : last].sum()), place))
        place = able[0] if event.planted else able[int(event.pick * len(able))]
        monthly[place, event.month : last] = 0
        done.append(Stall(place, event.month, last - 1, event.planted))
    return tuple(done)
