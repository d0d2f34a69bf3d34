"""One-step predictions: equal to a slow obvious recursion, causal, indifferent to where a series begins, robust to one wrong report."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from yunxing.engines.forecast.one_step import CLIP, LEAST_SCALE, LEVEL, MAD, SEASON, TREND, one_step


def slow(y: list[float], season: int = 12, warm: int = 24) -> list[tuple[float, float, float]]:
    """The same for one complete series that begins in the first column, month by month with plain numbers: (predicted, error, scale)."""
    begin = y[:warm]
    usual = sum(abs(v) for v in begin) / len(begin) or 1.0
    unit = usual * 1e-3 if min(begin) > 0 else usual
    z = [math.asinh(v / unit) for v in y]
    level = sum(z[:season]) / season
    slope = (sum(z[season : 2 * season]) / season - level) / season
    seasonal = [v - level for v in z[:season]]
    spread, found = None, [(math.nan, math.nan, math.nan)] * season
    for i in range(season, len(y)):
        here = level + slope
        said = here + seasonal[i % season]
        e = z[i] - said
        size = abs(e) * MAD * 0.845347
        if spread is None:
            moved, after = e, size
        else:
            bound = CLIP * max(spread, LEAST_SCALE)
            moved = min(max(e, -bound), bound)
            after = spread + max(0.06, 1 / (i - season + 1)) * (min(size, CLIP * spread) - spread)
        found.append((math.sinh(said) * unit, e, max(spread, LEAST_SCALE)) if i >= warm else (math.nan,) * 3)
        level, slope = here + LEVEL * moved, slope + TREND * LEVEL * moved
        seasonal[i % season] += SEASON * (1 - LEVEL) * moved
        spread = after
    return found


def seasonal_series(seed: int, months: int = 72) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return 100 * np.exp(0.005 * np.arange(months) + 0.1 * np.sin(np.arange(months) / 6 * np.pi) + 0.03 * draw.standard_normal(months))


@pytest.mark.parametrize("seed", range(4))
def test_equals_the_slow_recursion(seed: int) -> None:
    y = seasonal_series(seed)
    y[50] *= 0.2 if seed % 2 else 1.0
    fast = one_step(y[None, :])
    expected = np.array(slow(list(y)))
    for column, name in enumerate(("predicted", "error", "scale")):
        np.testing.assert_allclose(getattr(fast, name)[0], expected[:, column], rtol=1e-9, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(arrays(np.float64, (3, 40), elements=st.floats(-1e6, 1e6) | st.just(math.nan)), st.integers(1, 39))
def test_says_the_same_of_a_month_whatever_comes_after(y: np.ndarray, cut: int) -> None:
    whole, part = one_step(y), one_step(y[:, :cut])
    for name in ("predicted", "error", "scale"):
        np.testing.assert_array_equal(getattr(whole, name)[:, :cut], getattr(part, name))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 20), st.integers(0, 5))
def test_a_series_that_begins_later_is_counted_from_its_own_beginning(later: int, seed: int) -> None:
    y = seasonal_series(seed)
    moved = np.concatenate([np.full(later, np.nan), y])
    np.testing.assert_allclose(one_step(moved[None, :]).error[0, later:], one_step(y[None, :]).error[0], rtol=1e-12)


def test_one_wrong_report_does_not_drag_the_months_after_it() -> None:
    y = seasonal_series(1)
    wrong = y.copy()
    wrong[40] *= 10
    clean, hurt = one_step(y[None, :]), one_step(wrong[None, :])
    assert hurt.score[0, 40] > 20
    assert np.abs(hurt.error[0, 41:] - clean.error[0, 41:]).max() < 0.12


def test_an_absent_month_has_no_error_and_moves_nothing() -> None:
    y = seasonal_series(2)
    gap = y.copy()
    gap[45] = np.nan
    found = one_step(gap[None, :])
    assert np.isnan(found.error[0, 45])
    assert abs(found.predicted[0, 45] / y[45] - 1) < 0.2
    assert np.isfinite(found.error[0, 46:]).all()


def test_a_stopped_plant_is_far_below_and_finite() -> None:
    y = seasonal_series(3)
    y[60] = 0
    found = one_step(y[None, :])
    assert -math.inf < found.score[0, 60] < -20


def test_a_series_around_zero_is_read_on_its_own_scale() -> None:
    y = seasonal_series(4) - 100
    found = one_step(y[None, :])
    assert np.isfinite(found.predicted[0, 24:]).all()
    assert np.abs(found.predicted[0, 24:] - y[24:]).mean() < 20


def test_a_warm_up_shorter_than_two_years_is_refused() -> None:
    with pytest.raises(ValueError, match="two seasons"):
        one_step(np.ones((1, 30)), warm=20)


def test_an_empty_table_and_an_absent_series_say_nothing() -> None:
    assert one_step(np.empty((0, 30))).error.shape == (0, 30)
    assert np.isnan(one_step(np.full((2, 30), np.nan)).error).all()
