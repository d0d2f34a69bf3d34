"""Rows: stacked to the right, gaps drawn without their season, a season only where there is one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.forecast.made import seasonal
from yunxing.engines.forecast.rows import filled, first_columns, season_of, stacked, steps_of


def slow_season(row: list[float], season: int) -> list[float]:
    """The season of a complete row, with plain loops."""
    half, weights = season // 2, [1 / season] * season if season % 2 else [0.5 / season] + [1 / season] * (season - 1) + [0.5 / season]
    away: dict[int, list[float]] = {at: [] for at in range(season)}
    for at in range(half, len(row) - len(weights) + 1 + half):
        middle = sum(w * row[at - half + k] for k, w in enumerate(weights))
        away[at % season].append(row[at] - middle)
    means = [sum(one) / len(one) for one in away.values()]
    level = sum(means) / season
    means = [one - level for one in means]
    count = sum(len(one) for one in away.values())
    rest = sum((value - means[at]) ** 2 for at, values in away.items() for value in values) / (count - season)
    chance = rest / (count / season)
    total = sum(one**2 for one in means) / (season - 1)
    share = min(1.0, max(0.0, 1 - chance / total))
    return [one * share for one in means]


@pytest.mark.parametrize("season", [4, 11, 12])
def test_the_season_is_that_of_plain_loops(season: int) -> None:
    row = seasonal(3, 6 * season, season=season)
    np.testing.assert_allclose(season_of(row[None, :], season)[0], slow_season(list(row), season), rtol=1e-9)


def test_noise_is_given_hardly_any_season() -> None:
    noise = 100 + np.random.default_rng(1).standard_normal((40, 60))
    assert np.abs(season_of(noise, 12)).mean() < 0.25


def test_less_than_two_years_have_no_season() -> None:
    assert not season_of(seasonal(1, 23)[None, :], 12).any()


def test_a_gap_is_drawn_with_the_season_of_the_row() -> None:
    row = seasonal(5, 72, noise=0.0)
    hole = row.copy()
    hole[30:33] = math.nan
    assert np.abs(filled(hole[None, :], 12)[0] / row - 1).max() < 0.03


def test_nothing_is_added_before_a_row_begins() -> None:
    table = stacked([[1.0, 2.0], [1.0, 2.0, 3.0, 4.0]])
    assert np.isnan(filled(table, 4)[0, :2]).all()
    assert first_columns(table).tolist() == [2, 0]


def test_an_empty_row_begins_after_the_last_column() -> None:
    assert first_columns(stacked([[], [1.0, 2.0]])).tolist() == [2, 0]


@settings(max_examples=50)
@given(st.sampled_from([4, 7, 11, 12]), st.integers(1, 120))
def test_steps_reach_no_further_than_asked_or_half_a_year(season: int, horizon: int) -> None:
    steps = steps_of(season, horizon)
    assert steps[0] == 1
    assert max(steps) <= max(horizon, season // 2)
