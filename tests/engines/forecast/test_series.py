"""Whole series ahead: labels of the periods to come, years to date that begin anew, one answer whatever else is in the file."""

from __future__ import annotations

import numpy as np
import pytest

from engines.forecast.made import seasonal
from yunxing.engines.forecast.series import forecast_lines
from yunxing.engines.forecast.timeline import Line, Point, Way, line_of, period_at


def line(way: Way, first: int, values: np.ndarray) -> Line:
    total = float(np.nansum(values[-((first + len(values) - 1) % 11 + 1) :])) if way == "cumulative" else 0.0
    return Line(way, first, tuple(values), total)


def test_periods_follow_the_last_known_one() -> None:
    lines: dict[str, Line] = {
        "m": line("month", 2015 * 12, seasonal(1, 82)),
        "q": line("quarter", 2010 * 4, seasonal(2, 41, season=4)),
        "j": line("merged", 2016 * 11, seasonal(3, 66, season=11)),
    }
    made = forecast_lines(lines, 4)
    codes = {one.name: [step.period.code for step in one.steps] for one in made.series}
    assert codes == {
        "m": ["2021-11", "2021-12", "2022-01", "2022-02"],
        "q": ["2020Q2", "2020Q3", "2020Q4", "2021Q1"],
        "j": ["2022-01..02", "2022-03", "2022-04", "2022-05"],
    }
    assert [one.name for one in made.series] == ["m", "q", "j"]


def test_a_year_to_date_grows_until_december_and_begins_anew() -> None:
    months = seasonal(4, 64, season=11)
    steps = forecast_lines({"c": line("cumulative", 2016 * 11, months)}, 6).series[0].steps
    assert [step.period.code for step in steps] == [
        "2021-01..11",
        "2021-01..12",
        "2022-01..02",
        "2022-01..03",
        "2022-01..04",
        "2022-01..05",
    ]
    assert steps[0].mean > sum(months[-9:])
    assert steps[2].mean < 0.3 * steps[1].mean
    assert steps[0].high95 - steps[0].mean < steps[1].high95 - steps[1].mean


def test_years_to_date_and_their_months_are_forecast_alike() -> None:
    months = seasonal(5, 64, season=11)
    points, total = [], 0.0
    for at, value in enumerate(months):
        place = 2016 * 11 + at
        total = value if place % 11 == 0 else total + value
        points.append(Point(period_at(place, "cumulative"), total))
    by_total = forecast_lines({"c": line_of(points)}, 2).series[0].steps
    by_month = forecast_lines({"j": line("merged", 2016 * 11, months)}, 2).series[0].steps
    assert by_total[0].mean == pytest.approx(total + by_month[0].mean)
    assert by_total[1].mean == pytest.approx(total + by_month[0].mean + by_month[1].mean)


def test_progress_runs_to_its_end() -> None:
    seen: list[tuple[int, int]] = []
    forecast_lines({"m": line("month", 2015 * 12, seasonal(1))}, 3, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1]
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_a_series_ends_where_it_ends() -> None:
    """Series of one way may end in different months; each is forecast from its own end."""
    early, late = seasonal(6, 60), seasonal(7, 72)
    both = forecast_lines({"a": line("month", 2010 * 12, early), "b": line("month", 2010 * 12, late)}, 1).series
    assert [one.steps[0].period.code for one in both] == ["2015-01", "2016-01"]
    alone = forecast_lines({"a": line("month", 2010 * 12, early)}, 1).series[0]
    assert both[0].steps[0].mean == pytest.approx(alone.steps[0].mean, rel=1e-9)
