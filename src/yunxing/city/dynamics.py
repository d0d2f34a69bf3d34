"""How the made enterprises move: trend, season, Spring Festival, shocks of industry, unit and firm, and what the events take away.

All amounts are whole numbers of 0.01 万元 (10,000 fen) or 1 kWh, one row an enterprise and one column a month, January and
February apart; what is reported is made from them in `reports.py`, where the two become one period. Before the events the total follows the
pack's planned path: in each month the enterprises on the list grow together by the quarter's rate on their own figures of a year before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from yunxing.city.chance import stream
from yunxing.city.events import Plan
from yunxing.city.population import ANNUAL, MONTHLY, Population
from yunxing.city.settings import Settings

UNIT = 100  # whole numbers to 1 万元


@dataclass(frozen=True, slots=True)
class Months:
    """Monthly figures, enterprises × months. `restated` is the factor by which an enterprise restates last year's figures in that year."""

    output: Any
    revenue: Any
    profit: Any
    tax: Any
    electricity: Any
    employees: Any
    shortage: Any
    stop_days: Any
    restated: Any  # enterprises × years


def move(settings: Settings, people: Population, plan: Plan, seed: int) -> Months:
    """Every figure of every month of the city, in the units of this module."""
    import numpy as np

    level = _calibrated(settings, people, seed)
    rng = stream(seed, "noise")
    size = len(people), settings.length
    noise = np.where(people.giant[:, None] > 0, 0.012, 0.025)
    level = level * np.exp(rng.normal(0, 1, size) * noise)
    events, stop_days = _events(settings, people, plan)
    produced = level * events
    output = np.rint(produced * UNIT).astype(np.int64)
    rng = stream(seed, "money")
    sold = np.exp(rng.normal(0, 0.02, (size[0], 1))) * np.exp(rng.normal(0, 0.015, size)) / settings.output_to_revenue
    revenue = np.rint(produced * sold * UNIT).astype(np.int64)
    margin = np.array([industry.margin for industry in settings.industries])[people.industry]
    margin = np.where(people.giant > 0, margin, margin + rng.normal(0, 0.03, size[0]))
    cycle = _wave(rng, size, 0.9, 0.012)
    profit = np.rint((produced * sold * (margin[:, None] + cycle) - 0.04 * (level - produced)) * UNIT).astype(np.int64)
    tax = np.rint(produced * sold * rng.uniform(0.012, 0.045, (size[0], 1)) * UNIT).astype(np.int64)
    power = np.array([industry.power for industry in settings.industries])[people.industry]  # kWh to 1 万元
    own = np.exp(rng.normal(0, 0.35, size[0]))
    idle = 0.03 * (level - produced)
    prices = _price_level(settings)
    electricity = np.rint((produced + idle) / prices * (power * own)[:, None] * np.exp(rng.normal(0, 0.015, size))).astype(np.int64)
    employees, shortage = _staff(settings, people, level, rng)
    for table in (output, electricity):
        _apart(table)
    for event in plan.of("stale_repeat"):  # what was sent stands: later cumulative figures of the enterprise carry it on
        output[event.firm, event.month] = output[event.firm, event.month - 1]
        electricity[event.firm, event.month] = electricity[event.firm, event.month - 1]
    return Months(output, revenue, profit, tax, electricity, employees, shortage, stop_days, _restatements(settings, people, seed))


def planned_growth(settings: Settings) -> Any:
    """The planned path as growth on a year before, one figure a month; 0 in the origin year."""
    import numpy as np

    growth = np.zeros(settings.length)
    for month in range(12, settings.length):
        growth[month] = settings.path[settings.origin + month // 12][month % 12 // 3]
    return growth


def festival_factor(settings: Settings) -> Any:
    """The share of a month's normal work that Spring Festival leaves, one figure a month."""
    import numpy as np

    factor = np.ones(settings.length)
    for day in settings.festival_days:
        for shift in range(-settings.festival_before, settings.festival_after + 1):
            lost = day + timedelta(days=shift)
            month = (lost.year - settings.origin) * 12 + lost.month - 1
            if 0 <= month < settings.length:
                length = (lost.replace(day=28) + timedelta(days=4)).replace(day=1) - lost.replace(day=1)
                factor[month] -= settings.festival_depth / length.days
    return factor


def _calibrated(settings: Settings, people: Population, seed: int) -> Any:
    """Monthly output in 万元 before noise and events, scaled month by month to the planned path."""
    import numpy as np

    raw = _raw(settings, people, seed)
    festival = festival_factor(settings)
    growth = planned_growth(settings)
    wobble = _wave(stream(seed, "wobble"), (1, settings.length), 0.5, 0.004)[0]
    years = np.array([np.mean(1 + growth[start : start + 12]) for start in range(0, settings.length, 12)])
    at_reference = np.prod(years[: settings.reference.year - settings.origin + 1])
    level = raw * (settings.output_to_revenue / 12 / at_reference)
    for month in range(12, settings.length):
        here = people.on_list(month)
        base = level[here, month - 12].sum() * festival[month] / festival[month - 12]
        now = level[here, month].sum()
        if base > 0 and now > 0:
            level[:, month] *= (1 + growth[month] + wobble[month]) * base / now
    return level


def _raw(settings: Settings, people: Population, seed: int) -> Any:
    """Size times season, festival, and the shocks of industry, unit and firm; nothing before birth, a ramp after it, a slide before exit."""
    import numpy as np

    months = np.arange(settings.length)
    rng = stream(seed, "shocks")
    swings = np.array([industry.swing for industry in settings.industries])
    by_industry = _wave(rng, (len(settings.industries), settings.length), 0.95, 1.0) * swings[:, None]
    by_unit = _wave(rng, (len(settings.units), settings.length), 0.9, 0.015)
    own = _wave(rng, (len(people), settings.length), 0.92, 1.0) * np.where(people.giant > 0, 0.04, 0.1)[:, None]
    seasons = np.array([settings.seasons[industry.season] for industry in settings.industries]) / 1000
    season = seasons[people.industry][:, months % 12]
    depth = np.where(people.giant > 0, 0.5, 1.0)[:, None]
    festival = 1 - (1 - festival_factor(settings))[None, :] * depth
    raw = people.size[:, None] * season * festival * np.exp(by_industry[people.industry] + by_unit[people.unit] + own)
    age = months[None, :] - people.born[:, None]
    ramp = np.where(age < 0, 0.0, np.minimum(1.0, (age + 1) / 8))
    raw *= np.where(people.route[:, None] == MONTHLY, ramp, 1.0)
    before = np.clip(people.entered[:, None] - months[None, :], 0, 36)
    raw *= np.where(people.route[:, None] == ANNUAL, np.exp(-0.02 * before), 1.0)
    return raw * np.exp(-0.04 * np.clip(12 - (people.left[:, None] - months[None, :]), 0, 24))


def _wave(rng: Any, shape: tuple[int, int], memory: float, spread: float) -> Any:
    """Rows of a first-order autoregression with stationary standard deviation `spread`."""
    import numpy as np

    steps = rng.normal(0, spread, shape)
    for month in range(1, shape[1]):
        steps[:, month] = memory * steps[:, month - 1] + np.sqrt(1 - memory**2) * steps[:, month]
    return steps


def _apart(table: Any) -> None:
    """Lift a figure by one unit where chance made it equal to last month's or last year's: a repeat is planted or it is none."""
    for month in range(1, table.shape[1]):
        year = table[:, max(0, month - 12)]
        for _ in range(2):
            same = (table[:, month] > 0) & ((table[:, month] == table[:, month - 1]) | ((month >= 12) & (table[:, month] == year)))
            table[same, month] += 1


def _events(settings: Settings, people: Population, plan: Plan) -> tuple[Any, Any]:
    """The share of output that events leave, and days stopped, enterprises × months."""
    import numpy as np

    left = np.ones((len(people), settings.length))
    stopped = np.zeros(left.shape, dtype=np.int64)
    for event in plan.of("stoppage"):
        until = min(settings.length, event.month + event.months)
        left[event.firm, event.month : until] *= 1 - event.size
        stopped[event.firm, event.month : until] = round(30 * event.size)
    for cell in plan.cells:
        inside = (people.unit == cell.unit) & (people.industry == cell.industry)
        sunk = np.clip(np.arange(settings.length) - cell.month + 1, 0, cell.months)
        left[inside] *= ((1 - cell.size) ** sunk)[None, :]
    return left, stopped


def _price_level(settings: Settings) -> Any:
    """A made price level, so that electricity does not follow dear raw materials: half of the planned growth above 6 % is price."""
    import numpy as np

    growth = planned_growth(settings)
    level = np.ones(settings.length)
    for month in range(12, settings.length):
        level[month] = level[month - 12] * (1 + 0.5 * max(0.0, growth[month] - 0.06))
    return level


def _staff(settings: Settings, people: Population, level: Any, rng: Any) -> tuple[Any, Any]:
    """Employees at the month's end and unfilled posts; posts stand open after the festival."""
    import numpy as np

    drift = np.cumsum(rng.normal(0, 0.006, level.shape), axis=1)
    working = np.maximum(3, np.rint(people.heads[:, None] * np.exp(drift))).astype(np.int64)
    month = np.arange(settings.length) % 12
    open_share = np.where((month == 1) | (month == 2), 0.03, 0.012)
    shortage = rng.poisson(np.minimum(working, 20000) * open_share[None, :]).astype(np.int64)
    return working, np.where(rng.random(level.shape) < 0.4, 0, shortage)


def _restatements(settings: Settings, people: Population, seed: int) -> Any:
    """By what factor an enterprise restates last year's figures in each year: 1 for most."""
    import numpy as np

    rng = stream(seed, "restatements")
    shape = len(people), settings.length // 12
    touched = rng.random(shape) < settings.restated_share
    return np.where(touched, np.exp(rng.normal(0, settings.restated_spread, shape)), 1.0)
