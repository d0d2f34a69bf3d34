"""A file of series to a file of forecasts: read as known on a day, forecast with bands, made to add up, written whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from yunxing.engines.forecast.coherent import Tree, coherent, disagreements, tree_of
from yunxing.engines.forecast.intervals import plain_forecast
from yunxing.engines.forecast.rows import stacked
from yunxing.engines.forecast.series import LONGEST, Ahead, Forecasts, Progress, Step, forecast_lines
from yunxing.engines.forecast.timeline import SEASONS, Line, Way, period_at
from yunxing.io.forecast_files import OUT_COLUMNS, read_lines, read_sums, write_rows
from yunxing.values.errors import BadInput, Fault


@dataclass(frozen=True, slots=True)
class Done:
    """What was written: series and rows, measured coverage by way of reporting, series that take Spring Festival into account, and how sums were made to hold."""

    series: int
    rows: int
    covered: Mapping[Way, tuple[float, float, int]]
    festival: tuple[str, ...]
    coherent: str


def forecast_file(
    source: Path,
    horizon: int,
    out: Path,
    *,
    as_of: date | None = None,
    sums: Path | None = None,
    festival: bool = True,
    progress: Progress = lambda _done, _total: None,
) -> Done:
    """Forecast every series of `source` and write `out`. Errors: `BadInput` with every fault of the files; nothing is written then."""
    if not 1 <= horizon <= LONGEST:
        raise BadInput(f"--horizon: found {horizon}, expected 1 to {LONGEST} periods.")
    lines = read_lines(source, as_of=as_of)
    tree = tree_of(read_sums(sums, lines)) if sums is not None else None
    if tree is not None:
        _check(source, tree, lines)
    made = forecast_lines(lines, horizon, festival=festival, progress=progress)
    way = ""
    if tree is not None:
        made, way = _added_up(made, tree, lines, horizon)
    rows = [
        (one.name, step.period.code, step.mean, step.low80, step.high80, step.low95, step.high95)
        for one in made.series
        for step in one.steps
    ]
    write_rows(out, OUT_COLUMNS, rows)
    taken = tuple(one.name for one in made.series if one.festival != (0, 0))
    return Done(len(lines), len(rows), made.covered, taken, way)


def _check(source: Path, tree: Tree, lines: Mapping[str, Line]) -> None:
    """All series of a sum must be reported one way, end in one period and have added up so far."""
    one = lines[tree.names[0]]
    faults = [
        Fault(str(source), f"series {name}", f"ends with {period_at(line.last, line.way).code}, reported by {line.way}",
              f"{period_at(one.last, one.way).code} and {one.way}, as {tree.names[0]}", why="sums hold between series of the same periods")
        for name in tree.names if ((line := lines[name]).way, line.last) != (one.way, one.last)
    ]  # fmt: skip
    if one.way == "cumulative":
        faults.append(Fault(str(source), f"series {tree.names[0]}", "years to date", "single months where sums are to hold"))
    if not faults:
        table = stacked([lines[name].values for name in tree.names])
        for name, column, total, added in disagreements(tree, table)[:20]:
            code = period_at(one.last - table.shape[1] + 1 + column, one.way).code
            faults.append(Fault(str(source), f"series {name}, {code}", f"{total:.10g}", f"the sum of its parts, {added:.10g}"))
    if faults:
        raise BadInput.from_faults(faults)


def _added_up(made: Forecasts, tree: Tree, lines: Mapping[str, Line], horizon: int) -> tuple[Forecasts, str]:
    import numpy as np

    named = {one.name: one for one in made.series}
    season = SEASONS[lines[tree.names[0]].way]
    mean = np.array([[step.mean for step in named[name].steps] for name in tree.names])
    found = coherent(tree, stacked([lines[name].values for name in tree.names]), mean, season=season, forecast=plain_forecast(season))
    for row, name in enumerate(tree.names):
        steps = [_moved(step, float(found.mean[row, at])) for at, step in enumerate(named[name].steps[:horizon])]
        named[name] = replace(named[name], steps=tuple(steps))
    return Forecasts(_in_order(named, made.series), made.covered), found.way


def _in_order(named: Mapping[str, Ahead], order: Sequence[Ahead]) -> tuple[Ahead, ...]:
    return tuple(named[one.name] for one in order)


def _moved(step: Step, mean: float) -> Step:
    by = mean - step.mean
    return Step(step.period, mean, step.low80 + by, step.high80 + by, step.low95 + by, step.high95 + by)
