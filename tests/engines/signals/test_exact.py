"""Repeats, copies and slipped units, by exact rules."""

from __future__ import annotations

import numpy as np
import pytest

from yunxing.engines.signals import exact


def test_a_repeat_of_a_series_that_never_repeats_is_surprising_and_a_habit_is_not():
    honest = np.random.default_rng(1).normal(1000, 60, (1, 40))
    honest[0, 30] = honest[0, 29]
    habit = np.repeat(np.arange(20.0) + 5, 2)[None]

    assert np.flatnonzero(np.isfinite(exact.repeat_score(honest))[0]).tolist() == [30]
    assert exact.repeat_score(honest)[0, 30] > 3 > np.nanmax(exact.repeat_score(habit)[0, 20:])


def test_zero_and_zero_is_no_repeat():
    assert not exact.repeats(np.zeros((1, 5))).any()


def test_missing_months_repeat_nothing():
    assert not exact.repeats(np.full((1, 5), np.nan)).any()


def test_a_copy_of_last_year_is_found_where_it_stands():
    values = np.array([[float(n * n + 3) for n in range(36)]])
    values[0, 30] = values[0, 18]

    assert np.flatnonzero(exact.repeats(values, 12)[0]).tolist() == [30]


def test_few_digits_repeat_by_coincidence():
    coarse = np.random.default_rng(2).integers(100, 130, (1, 40)) * 10.0
    fine = np.random.default_rng(2).normal(1150, 90, (1, 40))

    assert exact.chance_of_repeat(coarse)[0, -1] > 4 * exact.chance_of_repeat(fine)[0, -1]


@pytest.mark.parametrize(
    ("value", "factor"),
    [
        (1000.0, 10),
        (114_000.0, 1000),
        (60_000.0, 0),
        (70_000.0, 1000),
        (1_140_000.0, 10_000),
        (0.0101, -10_000),
        (9.0, -10),
        (1e10, 100_000_000),
    ],
)
def test_a_wrong_unit_is_named_by_its_factor(value, factor):
    assert exact.slipped_unit(np.array([[value]]), np.array([[100.0]]))[0, 0] == factor


@pytest.mark.parametrize("value", [100.0, 500.0, 1260.0, 790.0, 4000.0, 0.0, np.nan])
def test_what_lies_too_far_from_a_factor_is_no_wrong_unit(value):
    assert exact.slipped_unit(np.array([[value]]), np.array([[100.0]]))[0, 0] == 0


def test_factors_are_said_in_words():
    assert [exact.factor_words(10_000), exact.factor_words(-10)] == ["×10000（万）", "÷10"]
