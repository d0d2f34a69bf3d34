"""How well the signals find what was planted in a synthetic city: by kind and size of event, within two reports, at the budgets of the pack; and a calm city's alarms.

The city's figures go straight from the generator into the same detectors, thresholds and rules that close a month; workbooks are left out, so that many cities and years
can be scored. Typing errors enter as typed. Events that are caught on the way in (a letter in a number, a row or workbook that is late) are no matter of signals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from yunxing.city.make import City, make_city
from yunxing.city.reports import slip_factor
from yunxing.city.settings import Settings
from yunxing.engines.indicators.definition import CELL_MARK
from yunxing.engines.signals.budget import Candidate
from yunxing.engines.signals.exact import repeats, slipped_unit
from yunxing.engines.signals.history import History
from yunxing.engines.signals.rule import Rule
from yunxing.engines.signals.screening import screened
from yunxing.engines.signals.watch import DETECTORS, threshold_of

SEASON = 11  # reports of a year: January and February are one
WITHIN = 2  # reports after the first in which an event is still found in time
STOPPED = 3  # days that an enterprise reports, as the pack's rule reads them
COAL_TRAILING = 7


@dataclass(frozen=True, slots=True)
class Outcome:
    """One planted event: its kind and size, and after how many reports it was found by any rule (None: not within the time), and by the statistical ones alone."""

    kind: str
    size: str
    delay: int | None
    by_figures: int | None


@dataclass(frozen=True, slots=True)
class CityScore:
    """One city: its events, the statistical alarms of each scored year by rule, and the budgets."""

    seed: int
    outcomes: tuple[Outcome, ...]
    alarms: Mapping[str, tuple[int, ...]]
    budgets: Mapping[str, int]


def calm(settings: Settings) -> Settings:
    """The same city with nothing planted."""
    return replace(settings, events={}, planted=())


def reports_of(table: Any) -> Any:
    """Months as reports: January and February are added up."""
    import numpy as np

    years = table.reshape(len(table), -1, 12)
    return np.concatenate([years[:, :, :2].sum(axis=2, keepdims=True), years[:, :, 2:]], axis=2).reshape(len(table), -1)


def report_at(month: int) -> int:
    """The report that holds a month's index."""
    year, place = divmod(month, 12)
    return year * SEASON + max(0, place - 1)


def score_city(settings: Settings, rules: Iterable[Rule], firms: int, seed: int, first: int, years: int) -> CityScore:
    """Score `years` years from `first` on; the year before them sets the first thresholds."""
    city = make_city(settings, firms, seed)
    wanted = [rule for rule in rules if rule.test in DETECTORS]
    begin = (first - settings.origin) * SEASON
    end = begin + years * SEASON
    tables = {name: _reported(city, name)[:, :end] for name in ("output", "electricity")}
    found: dict[str, dict[str, list[int]]] = {}
    alarms: dict[str, tuple[int, ...]] = {}
    for rule in wanted:
        table = tables["electricity" if rule.reads.startswith("electricity") else "output"]
        raised = _raised(rule, city, table, begin)
        alarms[rule.id] = tuple(sum(begin + SEASON * n <= at < begin + SEASON * (n + 1) for _, at in raised) for n in range(years))
        found[rule.id] = {}
        for scope, at in raised:
            found[rule.id].setdefault(scope, []).append(at)
    outcomes = [
        *_firms(city, tables["output"], found, begin, end),
        *_cells(city, found, begin, end),
        *_stalls(city, begin, end),
        *_coal(city, begin, end),
    ]
    return CityScore(seed, tuple(outcomes), alarms, {rule.id: rule.budget for rule in wanted})


def _reported(city: City, name: str) -> Any:
    """What the enterprises on the list reported, as typed; NaN off the list."""
    import numpy as np

    table = getattr(city.months, name).astype(float)
    if name == "output":
        for event in city.plan.of("unit_slip"):
            table[event.firm, event.month] *= float(slip_factor(int(city.people.unit[event.firm])))
    months = np.arange(table.shape[1])
    on = (city.people.entered[:, None] <= months) & (months < city.people.left[:, None])
    years = on.reshape(len(on), -1, 12)
    listed = np.concatenate([years[:, :, 1:2], years[:, :, 2:]], axis=2).reshape(len(on), -1)
    return np.where(listed, reports_of(table), np.nan)


def _raised(rule: Rule, city: City, table: Any, begin: int) -> list[tuple[str, int]]:
    """(scope, report) of every alarm, each report with the threshold of the year that ends with it, as closing the months one by one gives."""
    held = _without_slips(city, table)
    periods = tuple(str(at) for at in range(table.shape[1]))
    names = tuple(str(at) for at in range(len(table)))
    past = History(names, periods, SEASON, held, {}, span=table.shape[1] - begin + SEASON)
    places = {str(at): (str(unit), str(kind)) for at, (unit, kind) in enumerate(zip(city.people.unit, city.people.industry, strict=True))}
    candidates = [(one, int(one.period)) for one in DETECTORS[rule.test](rule, past, places).candidates]
    raised = []
    for at in range(begin, table.shape[1]):
        year: list[Candidate] = [one for one, when in candidates if at - SEASON < when <= at]
        threshold = threshold_of(rule, year, 1.0, rule.budget)
        raised += [(one.scope, at) for one, when in candidates if when == at and one.score >= threshold]
    return raised


def _without_slips(city: City, table: Any) -> Any:
    """A slipped unit is held on the way in and stays out until it is confirmed: to the other rules that report is missing."""
    import numpy as np

    found = table.copy()
    for event in city.plan.of("unit_slip"):
        at = report_at(event.month)
        if at < found.shape[1]:
            found[event.firm, at] = np.nan
    return found


def _delay(found: Sequence[int], first: int) -> int | None:
    """Reports from the first of the event to the first alarm in time."""
    inside = [at - first for at in found if first <= at <= first + WITHIN]
    return min(inside) if inside else None


def _firms(city: City, output: Any, found: Mapping[str, Mapping[str, list[int]]], begin: int, end: int) -> list[Outcome]:
    """Stoppages, repeated figures and slipped units."""
    outcomes = []
    stopped, same = reports_of(city.months.stop_days), repeats(output)
    slips = [event for event in city.plan.of("unit_slip") if begin <= report_at(event.month) < end]
    units = _slips_found(city, output, [(event.firm, report_at(event.month)) for event in slips])
    for event in city.plan.firms:
        first, scope = report_at(event.month), str(event.firm)
        if not begin <= first < end - WITHIN or not city.people.on_list(event.month)[event.firm]:
            continue
        figures = _delay([at for rule in found.values() for at in rule.get(scope, ())], first)
        if event.kind == "stoppage":
            told = [at for at in range(first, first + WITHIN + 1) if stopped[event.firm, at] > STOPPED]
            delay = _delay([*told, *([] if figures is None else [first + figures])], first)
            outcomes.append(Outcome("stoppage", f"-{event.size:.0%}", delay, figures))
        elif event.kind == "stale_repeat":
            outcomes.append(Outcome("stale_repeat", "", 0 if same[event.firm, first] else None, None))
        elif event.kind == "unit_slip":
            size = f"×{float(slip_factor(int(city.people.unit[event.firm]))):g}"
            outcomes.append(Outcome("unit_slip", size, 0 if (event.firm, first) in units else None, None))
    return outcomes


def _slips_found(city: City, output: Any, wanted: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Which of those reports the exact rule names as a wrong unit of what was expected."""
    columns = sorted({at for _, at in wanted})
    if not columns:
        return set()
    judged = screened(output, city.people.industry, SEASON, columns)
    factor = slipped_unit(output[:, columns], judged.expected)
    place = {at: n for n, at in enumerate(columns)}
    return {(firm, at) for firm, at in wanted if factor[firm, place[at]]}


def _cells(city: City, found: Mapping[str, Mapping[str, list[int]]], begin: int, end: int) -> list[Outcome]:
    outcomes = []
    for cell in city.plan.cells:
        first, scope = report_at(cell.month), f"{cell.unit}{CELL_MARK}{cell.industry}"
        if begin <= first < end - WITHIN:
            delay = _delay([at for rule in found.values() for at in rule.get(scope, ())], first)
            outcomes.append(Outcome("decline", f"-{cell.size:.0%} a month", delay, delay))
    return outcomes


def _stalls(city: City, begin: int, end: int) -> list[Outcome]:
    """A project under construction that gets no money: the rule on the month's investment."""
    outcomes = []
    for stall in city.works.stalls:
        at_work = city.works.stage(stall.project, stall.first - 1, city.settings.origin)
        if not begin <= report_at(stall.first) < end - WITHIN or at_work == "commissioned":
            continue  # a project that was finished before is not stalled
        idle = [
            month - stall.first
            for month in range(stall.first, stall.last + 1)
            if city.works.invested[stall.project, month] == 0
            and city.works.stage(stall.project, month, city.settings.origin) in ("started", "under_construction")
        ]
        outcomes.append(
            Outcome("project_stall", f"{stall.last - stall.first + 1} months", idle[0] if idle and idle[0] <= WITHIN else None, None)
        )
    return outcomes


def _coal(city: City, begin: int, end: int) -> list[Outcome]:
    """Days of stock under the floor: stock over the mean use of seven days."""
    outcomes = []
    for shortage in city.coal.shortages:
        if not shortage.breached:
            continue
        day = shortage.breached[0]
        first = report_at((day.year - city.settings.origin) * 12 + day.month - 1)
        if begin <= first < end - WITHIN:
            at = (day - city.coal.start).days
            use = city.coal.use[shortage.site, max(0, at - COAL_TRAILING + 1) : at + 1]
            mean = use[use > 0].mean() if (use > 0).any() else 0
            low = mean > 0 and city.coal.closing[shortage.site, at] / mean < city.settings.coal_min_days
            outcomes.append(Outcome("coal_shortage", f"{shortage.lowest:.0f} days", 0 if low else None, None))
    return outcomes


def recall(outcomes: Iterable[Outcome], *, figures: bool = False) -> dict[tuple[str, str], tuple[int, int]]:
    """Found in time and planted, by kind and by kind and size (the empty size is the whole kind). `figures`: by the statistical rules alone."""
    counted: dict[tuple[str, str], list[int]] = {}
    for one in outcomes:
        hit = (one.by_figures if figures else one.delay) is not None
        for size in dict.fromkeys(("", one.size)):
            mine = counted.setdefault((one.kind, size), [0, 0])
            mine[0] += hit
            mine[1] += 1
    return {key: (hit, planted) for key, (hit, planted) in sorted(counted.items())}
