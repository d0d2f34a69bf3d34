"""The first abnormal month: what is planted is found, what stands is not told twice, and no later month changes an earlier score."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.signals.plain_series import cut, panel, same, seasonal
from yunxing.engines.signals.incipient import CAUSES, fresh, scored


@pytest.mark.parametrize(("factor", "cause"), [(0.5, "breach"), (2.0, "breach"), (10.0, "unit"), (1e-4, "unit"), (1e4, "unit")])
def test_a_planted_month_has_the_highest_score_of_its_series_and_its_cause(factor, cause):
    values = seasonal()
    values[3, 60] *= factor

    found = scored(panel(values))

    assert int(np.nanargmax(found.score[3])) == 60
    assert CAUSES[found.cause[3, 60]] == cause
    assert found.expected[3, 60] == pytest.approx(values[3, 60] / factor, rel=0.15)


def test_a_figure_sent_again_is_stale():
    values = seasonal()
    values[2, 70] = values[2, 69]

    found = scored(panel(values))

    assert CAUSES[found.cause[2, 70]] == "stale"
    assert found.score[2, 70] > 3


def test_a_shift_is_told_once_and_not_every_month():
    values = seasonal(noise=0.02)
    values[0, 60:] *= 0.6

    found = scored(panel(values))

    assert found.score[0, 60] > 8
    assert (found.score[0, 62:66] == 0).all()


def test_the_first_three_years_are_not_judged():
    assert np.isnan(scored(panel(seasonal())).score[:, :36]).all()


def test_a_constant_series_says_nothing_about_itself():
    assert (np.nan_to_num(scored(panel(np.full((1, 60), 7.0))).score) < 1).all()


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 83))
def test_no_score_changes_when_the_future_is_cut_off(seed, months):
    values = seasonal(6, seed=seed)
    values[0, 50:] *= 0.5
    values[1, 40] = values[1, 39]
    values[2, 60] = 0
    values[3, 10:12] = np.nan
    values[4, 55] *= 1000
    whole = scored(panel(values))

    part = scored(cut(whole.panel, months))

    assert same(part.score, whole.score[:, :months])
    assert same(part.expected, whole.expected[:, :months])
    assert (part.cause[np.isfinite(part.score)] == whole.cause[:, :months][np.isfinite(part.score)]).all()


def test_an_alarm_that_still_stands_counts_for_nothing_until_something_stronger_comes():
    found = fresh(np.array([[5.0, 4.0, 6.0, np.nan, 1.0, 5.0, 5.9, 1.0, 1.0, 2.0]]), still=3)

    assert found[0].tolist()[:3] == [5.0, 0.0, 6.0]
    assert np.isnan(found[0, 3])
    assert found[0].tolist()[4:] == [0.0, 0.0, 5.9, 0.0, 0.0, 0.0]
