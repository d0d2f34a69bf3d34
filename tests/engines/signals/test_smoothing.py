"""The smoothers against an obvious scalar reference, their weights, and that nothing looks ahead."""

from __future__ import annotations

import numpy as np
import pytest

from engines.signals.plain_series import same, seasonal
from yunxing.engines.signals import smoothing
from yunxing.engines.signals.smoothing import (
    SMOOTHERS,
    Smoother,
    combined,
    holt_winters,
    on_scale,
    seasonal_naive,
    standing_out,
    tail_scale,
)


def plain_holt_winters(logs: list[float], season: int, way: Smoother) -> list[float]:
    """One series, step by step."""
    first, second = logs[:season], logs[season : 2 * season]
    level = sum(first) / season
    slope = (sum(second) / season - level) / season
    pattern = [one - level for one in first]
    scale = weight = 0.0
    found = [float("nan")] * len(logs)
    for at in range(season, len(logs)):
        forecast = level + way.damping * slope + pattern[at % season]
        if at >= 2 * season:
            found[at] = forecast
        step = logs[at] - forecast
        if at > 2 * season:
            limit = 3 * 1.2533 * scale / weight
            step = max(-limit, min(limit, step))
        if at >= season + 3:
            scale, weight = 0.94 * scale + abs(step), 0.94 * weight + 1
        level, old = level + way.damping * slope + way.level * step, level
        slope = way.damping * slope + way.slope * way.level * step
        pattern[at % season] += way.season * (1 - way.level) * step
        assert old is not None
    return found


@pytest.mark.parametrize("way", SMOOTHERS)
@pytest.mark.parametrize("season", [4, 11, 12])
def test_the_table_of_smoothers_is_the_plain_one_row_by_row(way, season):
    logs = np.log(seasonal(4, 60))
    logs[1, 40] += 3  # an outlier, to reach the clipping

    found = holt_winters(logs, season, way)

    for row in range(len(logs)):
        assert same(found[row], np.array(plain_holt_winters(logs[row].tolist(), season, way)))


def test_a_short_series_has_no_forecast():
    assert np.isnan(combined(np.log(seasonal(3, 23)), 12)).all()


def test_a_missing_month_leaves_the_state_as_forecast():
    logs = np.log(seasonal(2, 60))
    hole = logs.copy()
    hole[0, 45] = np.nan

    found, whole = holt_winters(hole, 12, SMOOTHERS[0]), holt_winters(logs, 12, SMOOTHERS[0])

    assert same(found[1], whole[1])
    assert same(found[0, :46], whole[0, :46])
    assert np.isfinite(found[0, 46:]).all()


def test_the_seasonal_naive_repeats_a_regular_year():
    year = np.log(np.arange(10.0, 22.0))
    logs = np.tile(year, (1, 4)) + 0.01 * np.repeat(np.arange(4), 12)

    assert np.allclose(seasonal_naive(logs, 12)[0, 25:], logs[0, 25:])


def test_the_weights_follow_who_was_right(monkeypatch):
    logs = np.log(seasonal(2, 72, noise=0.0))
    monkeypatch.setattr(smoothing, "seasonal_naive", lambda table, season: np.full(table.shape, 99.0))  # always far off

    assert np.allclose(combined(logs, 12)[:, 40:], logs[:, 40:], atol=0.02)


def test_forecasts_rest_on_the_past_alone():
    logs = np.log(seasonal(5, 80))
    whole = combined(logs, 12)

    for months in (30, 47, 79):
        assert same(combined(logs[:, :months], 12), whole[:, :months])


def test_a_later_zero_does_not_change_the_scale_of_earlier_months():
    values = seasonal(1, 40)
    later = values.copy()
    later[0, 39] = 0

    assert same(on_scale(later, 24)[:, :39], on_scale(values, 24)[:, :39])
    assert np.isfinite(on_scale(later, 24)).all()


def test_series_with_losses_are_smoothed_on_levels():
    losses = np.array([[-5.0, 3.0, 0.0, 7.0] * 8])

    assert np.allclose(on_scale(losses, 24), np.arcsinh(losses / 4))


def test_a_scale_grows_with_rare_wild_errors_and_never_reaches_zero():
    calm, wild = np.full((1, 20), 0.1), np.full((1, 20), 0.1)
    wild[0, ::5] = 5

    assert tail_scale(wild) > tail_scale(calm)
    assert tail_scale(np.zeros((1, 20))) > 0


def test_what_stands_out_is_judged_by_the_errors_before_it():
    errors = np.full((1, 30), np.nan)
    errors[0, 10:] = 0.1
    errors[0, 25] = 1.0

    found = standing_out(errors, 12)

    assert np.isnan(found[0, :22]).all()
    assert found[0, 25] == np.nanmax(found) > 6
    assert same(standing_out(errors[:, :26], 12), found[:, :26])
