"""Spring Festival in a series: taken where it moves the series, left where it does not, and never by what came later."""

from __future__ import annotations

import numpy as np
import pytest

from engines.forecast.made import seasonal
from yunxing.engines.forecast.combine import point_forecasts
from yunxing.engines.forecast.festival import Decision, decide, festival_forecasts, regressors

END = 2019 * 12 + 11  # December 2019


def moved(seed: int, months: int = 192, *, by: float = 0.3, noise: float = 0.02) -> np.ndarray:
    """A series that loses `by` of its logarithm in step with the days from the festival on."""
    shown = regressors(np.array([END + 6]), months + 6, 0, 14, 14)[0]
    return seasonal(seed, months + 6, noise=noise) * np.exp(-by * shown[:, 1] + 0.5 * by * shown[:, 0])


def test_a_series_that_the_festival_moves_takes_it_and_is_forecast_better() -> None:
    rows = np.stack([moved(seed) for seed in range(6)])
    past, real = rows[:, :-6], rows[:, -6:-3]
    decision = decide(past, np.full(6, END))
    assert decision.taken.sum() >= 5
    better = np.abs(festival_forecasts(past, np.full(6, END), horizon=3, decision=decision) - real).mean()
    plain = np.abs(point_forecasts(past, season=12, horizon=3) - real).mean()
    assert better < 0.7 * plain


def test_series_without_it_leave_it() -> None:
    rows = np.stack([seasonal(seed, 150, noise=0.05) for seed in range(30)])
    decision = decide(rows, np.full(30, END))
    assert decision.taken.sum() <= 2
    left = ~decision.taken
    said = festival_forecasts(rows, np.full(30, END), horizon=4, decision=decision)
    np.testing.assert_array_equal(said[left], point_forecasts(rows, season=12, horizon=4)[left])


def test_short_series_and_years_outside_the_table_are_not_tried() -> None:
    assert not decide(moved(1)[None, -60:], np.array([END])).taken.any()
    assert np.isnan(decide(moved(1)[None, :], np.array([2150 * 12])).ratio).all()


def test_the_regressors_stand_in_january_february_and_march_and_mean_nothing_over_the_years() -> None:
    shown = regressors(np.array([2020 * 12 + 11]), 12 * 60, 0, 21, 21)[0].reshape(60, 12, 2)
    assert np.abs(shown[:, 4:11]).max() == 0
    assert np.abs(shown[:, 1:3]).max() > 0.3
    assert np.abs(shown.mean(axis=0)).max() < 0.05


def test_a_series_with_negative_values_is_freed_by_addition() -> None:
    row = moved(3) - 100
    one = Decision(np.array([True]), np.array([14]), np.array([14]), np.array([0.5]))
    said = festival_forecasts(row[None, :-6], np.array([END]), horizon=3, decision=one)[0]
    assert np.isfinite(said).all()
    assert np.abs(said - row[-6:-3]).mean() < 40


def test_where_a_row_stands_in_the_table_changes_no_decision() -> None:
    drop = 5
    row = moved(2)[:-6]
    now = decide(row[None, :-drop], np.array([END - drop]))
    padded = np.concatenate([np.full(drop, np.nan), row[:-drop]])
    again = decide(padded[None, :], np.array([END - drop]))
    assert now.taken[0] == again.taken[0]
    assert now.ratio[0] == pytest.approx(again.ratio[0], rel=1e-9)
