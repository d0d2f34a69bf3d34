"""Many series, each reported in its own way, to forecasts of their next periods with bands: what `yunxing forecast` and the closed month call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yunxing.engines.forecast.festival import Decision, decide, festival_forecasts
from yunxing.engines.forecast.intervals import ORIGINS, Bands, Forecast, bands, plain_forecast
from yunxing.engines.forecast.rows import stacked
from yunxing.engines.forecast.timeline import Line, Way, period_at
from yunxing.values.period import Period

LONGEST = 120  # steps ahead
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One period to come: the expected value and the bands of 80 and 95 percent."""

    period: Period
    mean: float
    low80: float
    high80: float
    low95: float
    high95: float


@dataclass(frozen=True, slots=True)
class Ahead:
    """The forecast of one series. `festival`: days before and from Spring Festival on that it takes into account, (0, 0) when it does not."""

    name: str
    steps: tuple[Step, ...]
    festival: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Forecasts:
    """All series in their order, and by way of reporting how often earlier errors lay inside the bands (80 %, 95 %) and how many were tested."""

    series: tuple[Ahead, ...]
    covered: Mapping[Way, tuple[float, float, int]]


def forecast_lines(
    lines: Mapping[str, Line], horizon: int, *, festival: bool = True, progress: Progress = lambda _done, _total: None
) -> Forecasts:
    """Forecast each series `horizon` periods ahead. Series of one way are one table: their errors at earlier origins make each other's bands.

    Years to date are forecast month by month and given as years to date; `festival` lets a monthly series take Spring Festival into account if that helped it.
    """
    found: dict[str, Ahead] = {}
    covered: dict[Way, tuple[float, float, int]] = {}
    ways = sorted({line.way for line in lines.values()})
    total = len(ways) * (ORIGINS + 1)
    for number, way in enumerate(ways):
        group = {name: line for name, line in lines.items() if line.way == way}
        table = stacked([line.values for line in group.values()])
        ends = [line.last for line in group.values()]
        decision = _decision(table, ends) if festival and way == "month" else None
        told = [number * (ORIGINS + 1)]
        made = bands(
            table,
            season=next(iter(group.values())).season,
            horizon=horizon,
            restarts=_restarts(ends, table.shape[1], horizon) if way == "cumulative" else None,
            forecast=_counting(_forecast(next(iter(group.values())).season, table.shape[1], ends, decision), told, total, progress),
        )
        covered[way] = (*made.covered, made.tested)
        for row, (name, line) in enumerate(group.items()):
            taken = decision is not None and bool(decision.taken[row])
            days = (int(decision.before[row]), int(decision.after[row])) if decision is not None and taken else (0, 0)
            found[name] = Ahead(name, _steps(line, made, row, horizon), days)
        progress((number + 1) * (ORIGINS + 1), total)
    return Forecasts(tuple(found[name] for name in lines), covered)


def _decision(table: Any, ends: Sequence[int]) -> Decision | None:
    import numpy as np

    decision = decide(table, np.array(ends, dtype=np.int64))
    return decision if decision.taken.any() else None


def _forecast(season: int, columns: int, ends: Sequence[int], decision: Decision | None) -> Forecast:
    """The point forecast of the group: freed of Spring Festival where the decision says so."""
    import numpy as np

    if decision is None:
        return plain_forecast(season)
    last = np.array(ends, dtype=np.int64)

    def ahead(table: Any, rows: Any, horizon: int) -> Any:
        part = Decision(decision.taken[rows], decision.before[rows], decision.after[rows], decision.ratio[rows])
        return festival_forecasts(table, last[rows] - (columns - table.shape[1]), horizon=horizon, decision=part)

    return ahead


def _counting(inner: Forecast, told: list[int], total: int, progress: Progress) -> Forecast:
    def ahead(table: Any, rows: Any, horizon: int) -> Any:
        progress(told[0], total)
        told[0] += 1
        return inner(table, rows, horizon)

    return ahead


def _restarts(ends: Sequence[int], columns: int, horizon: int) -> Any:
    """Where a year begins, on lines of eleven places a year that end at `ends` in column `columns − 1`."""
    import numpy as np

    places = np.array(ends)[:, None] + np.arange(-columns + 1, horizon + 1)[None, :]
    return places % 11 == 0


def _steps(line: Line, made: Bands, row: int, horizon: int) -> tuple[Step, ...]:
    steps = []
    base = line.total if line.way == "cumulative" else 0.0
    for step in range(horizon):
        period = period_at(line.last + step + 1, line.way)
        if line.way == "cumulative" and period.months == 2:
            base = 0.0
        five = (made.mean, made.low80, made.high80, made.low95, made.high95)
        steps.append(Step(period, *(base + float(one[row, step]) for one in five)))
    return tuple(steps)
