"""Decline ahead of the headline: it is found early, shared decline counts more, a flicker is one alarm, and nothing looks ahead."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.signals.plain_series import cut, panel, same
from yunxing.engines.signals.panel import Panel
from yunxing.engines.signals.trend import faded, moving_mean, spread, standard, trended


def growing(rows: int = 8, months: int = 180, seed: int = 3) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return np.exp(4 + 0.004 * np.arange(months) + np.cumsum(draw.normal(0, 0.004, (rows, months)), axis=1))


def fall(values: np.ndarray, rows: slice, start: int) -> np.ndarray:
    values = values.copy()
    down = np.minimum(np.arange(values.shape[1] - start), 12)
    values[rows, start:] *= np.exp(-0.012 * down)
    return values


def test_a_decline_is_seen_before_the_year_on_year_turns_negative():
    values = fall(growing(), slice(0, 8), 150)
    found = trended(panel(values))
    headline = next(at for at in range(152, 180) if all(values[0, k] < values[0, k - 12] for k in (at - 2, at - 1, at)))
    usual = np.nanquantile(found.score[0, :150], 0.95)

    seen = next(at for at in range(150, 180) if found.score[0, at] > usual)

    assert seen <= headline - 3


def test_a_decline_of_all_scores_higher_than_that_of_one():
    alone, together = (trended(panel(fall(growing(), rows, 150))).score[0, 156] for rows in (slice(0, 1), slice(0, 8)))

    assert together > alone + 0.5


def test_a_panel_of_four_has_no_spread_and_is_judged_by_itself():
    found = trended(panel(growing(4)))

    assert np.isnan(found.spread_6).all()
    assert np.isfinite(found.score[:, 60:]).all()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 179))
def test_no_score_changes_when_the_future_is_cut_off(seed, months):
    values = growing(7, seed=seed)
    values[2, 100] = np.nan
    values[3, 170] = 0
    whole = panel(values)

    assert same(trended(cut(whole, months)).score[:, :months], trended(whole).score[:, :months])


def test_series_that_begin_later_join_the_calendar():
    values = growing(6, 120)
    late = Panel(("a", *"bcdef"), (24_000, *(24_060,) * 5), np.vstack([values[:1], np.hstack([values[1:, 60:], np.full((5, 60), np.nan)])]))

    found = trended(late)

    assert found.panel.values.shape == (6, 120)
    assert np.isnan(found.spread_3[:60]).all()
    assert np.isfinite(found.spread_3[66:]).all()


def test_a_constant_lamp_never_begins():
    assert np.ptp(trended(panel(np.full((6, 90), 5.0))).score[:, 40:]) == pytest.approx(0, abs=1e-6)


def test_the_share_in_decline_counts_only_series_that_have_a_slope():
    slope = np.array([[-1.0, np.nan]] * 3 + [[1.0, 1.0]] * 3)

    assert spread(slope)[0] == 0.5
    assert np.isnan(spread(slope)[1])


def test_standardising_is_the_plain_weighted_mean_and_deviation_of_what_came_before():
    draw = np.random.default_rng(1).normal(0, 1, 60)

    found = standard(draw[None], half_life=10, least=5)[0]

    for at in (5, 20, 59):
        weight = 0.5 ** (np.arange(at, 0, -1) / 10)
        mean = np.average(draw[:at], weights=weight)
        deviation = np.sqrt(np.average(draw[:at] ** 2, weights=weight) - mean**2)
        assert found[at] == pytest.approx((draw[at] - mean) / deviation)
    assert np.isnan(found[:5]).all()


def test_an_alarm_fades_and_does_not_flicker():
    assert faded(np.array([[2.0, -1.0, 1.9, np.nan, 0.0]]))[0].tolist()[:3] == pytest.approx([2.0, 1.7, 1.9])


def test_a_mean_over_a_hole_is_no_mean():
    found = moving_mean(np.array([[1.0, 2.0, np.nan, 4.0, 5.0, 6.0]]), 3)

    assert np.isnan(found[0, :5]).all()
    assert found[0, 5] == 5
