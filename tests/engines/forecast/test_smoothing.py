"""Smoothing of a table: the same as one row and one smoothing at a time; theta and autoregression do what they say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engines.forecast.made import panel, seasonal
from yunxing.engines.forecast.autoregression import autoregressed, lags_of
from yunxing.engines.forecast.rows import season_of
from yunxing.engines.forecast.smoothing import BEGIN, Smoothings, damped, flat, smoothed, theta

STEPS = (1, 3, 6)


def slow(row: list[float], profile: list[float], grid: Smoothings, horizon: int) -> list[float]:
    """One complete row, one smoothing after the other, with plain numbers."""
    width, results, losses, counts = len(profile), [], [], 0
    begin = [row[at] - profile[at % width] for at in range(min(BEGIN, len(row)))]
    mean, middle = sum(begin) / len(begin), (len(begin) - 1) / 2
    rise = sum((at - middle) * (one - mean) for at, one in enumerate(begin)) / sum((at - middle) ** 2 for at in range(len(begin)))
    for a, b, g, f in zip(grid.level, grid.slope, grid.season, grid.fade, strict=True):
        moves = b > 0 or f < 1
        level, slope = (mean - rise * (middle + 1), rise) if moves else (mean, 0.0)
        seasons, loss, counts = list(profile), 0.0, 0
        for at, value in enumerate(row):
            here = level + f * slope
            missed = value - here - seasons[at % width]
            level, slope = here + a * missed, f * slope + b * missed
            seasons[at % width] += g * missed
            for step in STEPS:
                if at >= width and at + step < len(row):
                    reach = sum(f**k for k in range(1, step + 1))
                    loss += (row[at + step] - level - reach * slope - seasons[(at + step) % width]) ** 2
                    counts += 1
        losses.append(loss / counts)
        results.append(
            [level + sum(f**k for k in range(1, h + 1)) * slope + seasons[(len(row) + h - 1) % width] for h in range(1, horizon + 1)]
        )
    number = counts / len(STEPS)
    chances = [-0.5 * number * math.log(one) for one in losses]
    weights = [math.exp(one - max(chances)) for one in chances]
    return [sum(w * one[h] for w, one in zip(weights, results, strict=True)) / sum(weights) for h in range(horizon)]


@pytest.mark.parametrize("grid", [damped, flat])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_table_equals_one_smoothing_at_a_time(grid: type, seed: int) -> None:
    row = seasonal(seed, 40)
    profile = season_of(row[None, :], 12)
    fast = smoothed(row[None, :], profile, grid(), horizon=6, steps=STEPS)[0]
    np.testing.assert_allclose(fast, slow(list(row), list(profile[0]), grid(), 6), rtol=1e-7)


def test_a_row_is_forecast_alike_alone_and_among_others() -> None:
    table = panel(5, 60)
    alone = smoothed(table[2:3], season_of(table[2:3], 12), damped(), horizon=8, steps=STEPS)
    among = smoothed(table, season_of(table, 12), damped(), horizon=8, steps=STEPS)
    np.testing.assert_allclose(among[2], alone[0], rtol=1e-9)


def test_a_straight_line_goes_on_straight() -> None:
    line = np.arange(60, dtype=float)[None, :] + 10
    none = np.zeros((1, 1))
    whole = theta(line, none, 1.0, horizon=5, steps=(1, 2))
    np.testing.assert_allclose(whole[0], 70 + np.arange(5), atol=0.01)
    half = theta(line, none, 0.5, horizon=4, steps=(1, 2))[0]
    np.testing.assert_allclose(np.diff(half), 0.5, atol=1e-6)


def test_a_constant_row_stays_constant() -> None:
    flat_row = np.full((1, 50), 7.0)
    assert smoothed(flat_row, np.zeros((1, 12)), damped(), horizon=3, steps=(1,)) == pytest.approx(7.0)
    assert autoregressed(flat_row, season=12, horizon=3, differences=False) == pytest.approx(7.0)


def test_autoregression_is_the_ridge_of_textbooks() -> None:
    row = seasonal(4, 72)
    lags, mean = lags_of(12), row.mean()
    plain = row - mean
    rows = [[plain[at - lag] for lag in lags] for at in range(max(lags), len(row))]
    left, right = np.array(rows), plain[max(lags) :]
    weights = np.linalg.solve(left.T @ left + (5.0 * plain.var() + 1e-12) * np.eye(len(lags)), left.T @ right)
    path = list(plain)
    for _ in range(4):
        path.append(sum(w * path[-lag] for w, lag in zip(weights, lags, strict=True)))
    np.testing.assert_allclose(
        autoregressed(row[None, :], season=12, horizon=4, differences=False)[0], np.array(path[72:]) + mean, rtol=1e-9
    )


def test_a_regression_that_explodes_is_held_near_its_past() -> None:
    wild = np.exp(np.linspace(0, 12, 60))[None, :]
    ahead = autoregressed(wild, season=12, horizon=60, differences=True)
    assert ahead.max() <= 2 * wild.max()
