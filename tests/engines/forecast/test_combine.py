"""The combination: sensible for every kind of row, causal in nothing but its past, robust to one wrong value, indifferent to the unit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.forecast.made import panel, seasonal
from yunxing.engines.forecast.combine import point_forecasts
from yunxing.engines.forecast.rows import stacked


def ahead(*rows: list[float] | np.ndarray, season: int = 12, horizon: int = 6) -> np.ndarray:
    return point_forecasts(stacked([list(row) for row in rows]), season=season, horizon=horizon)


def test_follows_season_and_growth() -> None:
    whole = panel(20, 96)
    said = point_forecasts(whole[:, :84], season=12, horizon=12)
    naive = whole[:, 72:84]
    assert np.abs(said - whole[:, 84:]).mean() < 0.75 * np.abs(naive - whole[:, 84:]).mean()


@pytest.mark.parametrize("season", [4, 11, 12])
def test_every_length_has_a_finite_forecast(season: int) -> None:
    whole = list(seasonal(1, 4 * season, season=season))
    said = ahead(*[whole[-length:] for length in range(1, 4 * season)], season=season, horizon=5)
    mean = np.array([[np.mean(whole[-length:])] for length in range(1, 4 * season)])
    assert (np.abs(said / mean - 1) < 1).all()


def test_no_value_no_forecast_and_one_value_stays() -> None:
    said = ahead([], [5.0])
    assert np.isnan(said[0]).all()
    assert said[1] == pytest.approx(5.0)


def test_a_value_ten_times_off_changes_little() -> None:
    right = seasonal(2)
    wrong = right.copy()
    wrong[50] *= 10
    np.testing.assert_allclose(ahead(wrong)[0], ahead(right)[0], rtol=0.05)


def test_a_level_that_lasts_is_a_fact() -> None:
    row = seasonal(2)
    row[-8:] *= 10
    assert ahead(row)[0].mean() > 5 * row[:60].mean()


def test_gaps_are_bridged() -> None:
    row = seasonal(3)
    hole = row.copy()
    hole[[20, 21, 47, 60]] = math.nan
    np.testing.assert_allclose(ahead(hole)[0], ahead(row)[0], rtol=0.04)


def test_non_negative_rows_get_no_negative_forecast() -> None:
    falling = np.maximum(0.0, 100 - 2.0 * np.arange(48))
    assert (ahead(falling, horizon=24) >= 0).all()


def test_rows_around_zero_may_be_negative() -> None:
    swing = 50 * np.sin(2 * np.pi * np.arange(72) / 12)
    np.testing.assert_allclose(ahead(swing, horizon=12)[0], 50 * np.sin(2 * np.pi * np.arange(72, 84) / 12), atol=6)


def test_an_intermittent_row_is_forecast_by_its_mean() -> None:
    row = np.where(np.arange(60) % 5 == 0, 10.0, 0.0)
    assert ahead(row)[0] == pytest.approx(np.full(6, 2.0), rel=0.5)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 50), st.sampled_from([1e-6, 1e-2, 1e3, 1e9]))
def test_the_unit_does_not_matter(seed: int, unit: float) -> None:
    row = seasonal(seed, 60)
    np.testing.assert_allclose(ahead(row * unit)[0], ahead(row)[0] * unit, rtol=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-1e9, 1e9) | st.just(math.nan) | st.just(0.0), min_size=1, max_size=70), st.sampled_from([4, 11, 12]))
def test_any_row_has_a_bounded_forecast_or_none(row: list[float], season: int) -> None:
    said = ahead(row, season=season, horizon=8)[0]
    known = [one for one in row if not math.isnan(one)]
    if not known:
        assert np.isnan(said).all()
        return
    assert np.isfinite(said).all()
    assert (np.abs(said) <= 25 * max(1e-300, max(abs(one) for one in known))).all()


def test_neighbours_do_not_matter() -> None:
    rows = [seasonal(seed, 40 + 13 * seed) for seed in range(5)]
    together = ahead(*rows)
    for at, row in enumerate(rows):
        np.testing.assert_allclose(ahead(row)[0], together[at], rtol=1e-9)


def test_an_empty_table_is_an_empty_forecast() -> None:
    assert point_forecasts(np.empty((0, 0)), season=12, horizon=3).shape == (0, 3)
