"""Bands: the coverage they claim on series they have not seen, wider further out, honest for one row, and right for sums."""

from __future__ import annotations

import numpy as np
import pytest

from engines.forecast.made import panel, seasonal
from yunxing.engines.forecast.intervals import PRIOR_RATIOS, PRIOR_SHARES, Errors, bands, earlier_errors, summed, usual_change


def walks(rows: int, months: int, seed: int = 1) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return 1000 + np.cumsum(draw.standard_normal((rows, months)) * draw.uniform(1, 20, (rows, 1)), axis=1)


def test_covers_what_it_says_on_walks() -> None:
    whole = walks(150, 102)
    made, real = bands(whole[:, :84], season=12, horizon=18), whole[:, 84:]
    assert 0.75 < ((real >= made.low80) & (real <= made.high80)).mean() < 0.88
    assert 0.92 < ((real >= made.low95) & (real <= made.high95)).mean() < 0.985
    assert made.tested > 1000
    assert made.covered[0] == pytest.approx(0.8, abs=0.03)


def test_lie_inside_each_other_and_widen() -> None:
    made = bands(panel(12), season=12, horizon=12)
    for low, high in ((made.low95, made.low80), (made.low80, made.mean), (made.mean, made.high80), (made.high80, made.high95)):
        assert (low <= high + 1e-9).all()
    assert (np.diff(made.high95 - made.mean, axis=1) >= -1e-9).all()


def test_one_short_row_leans_on_the_development_series() -> None:
    made = bands(seasonal(1, 20)[None, :], season=12, horizon=6)
    assert made.tested == 0
    assert np.isnan(made.covered[0])
    assert (made.high95 > made.high80).all()


def test_a_never_negative_row_has_no_negative_edge() -> None:
    low = np.maximum(0, np.random.default_rng(2).poisson(1, (3, 60))).astype(float)
    assert (bands(low, season=12, horizon=6).low95 >= 0).all()


def test_running_sums_begin_anew_where_told() -> None:
    values, anew = np.array([[1.0, 2.0, 3.0, 4.0, 5.0]]), np.array([[False, False, True, False, False]])
    assert summed(values, anew).tolist() == [[1, 3, 3, 7, 12]]


def test_bands_of_years_to_date_begin_anew_in_january() -> None:
    table = panel(30, 66, season=11)
    anew = np.zeros((30, 66 + 11), dtype=bool)
    anew[:, 4::11] = True
    made = bands(table, season=11, horizon=11, restarts=anew)
    width = (made.high95 - made.mean)[0]
    assert width[3] > width[0]
    assert width[4] < width[3]
    assert made.mean[0, 3] == pytest.approx(bands(table, season=11, horizon=11).mean[0, :4].sum())


def test_sums_are_covered_as_they_say() -> None:
    whole = panel(150, 88, season=11, noise=0.05)
    anew = np.zeros(whole.shape, dtype=bool)
    anew[:, 0::11] = True
    made = bands(whole[:, :80], season=11, horizon=8, restarts=anew)
    real = summed(whole[:, 80:], anew[:, 80:])
    assert 0.9 < ((real >= made.low95) & (real <= made.high95)).mean() <= 1.0


def test_the_share_of_errors_within_a_ratio_is_the_inverse_of_the_width() -> None:
    errors = earlier_errors(panel(20), season=12, horizon=6)
    for level in (0.3, 0.8, 0.95):
        assert errors.share_within(errors.width(level, 2), 2) == pytest.approx(level, abs=0.05)


def test_without_rows_the_development_ratios_decide() -> None:
    none = Errors(np.ones((1, 3)), np.full((1, 5, 3), np.nan))
    assert none.width(0.8, 1) == pytest.approx(np.interp(0.8, PRIOR_SHARES, PRIOR_RATIOS))
    assert none.share_within(np.array([0.0, 1e9]), 0).tolist() == [0.0, 1.0]


def test_the_usual_change_is_on_a_year_and_never_zero() -> None:
    rows = np.stack([np.tile(np.arange(12.0), 3), np.full(36, 4.0), np.zeros(36)])
    rows[0, 24:] += 2
    found = usual_change(rows, 12)
    assert found[0] == pytest.approx(1.0)
    assert (found > 0).all()
