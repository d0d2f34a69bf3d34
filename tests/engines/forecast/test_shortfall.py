"""The latent detector: sure when a target is far, undecided when it is near, causal, and beside it the pace that is needed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.forecast.made import seasonal
from yunxing.engines.forecast.shortfall import FIRST_MONTH, LAST_MONTH, History, Promise, missing_probability, outlooks

FIRST = 2015 * 12


def months(seed: int, years: int = 8) -> tuple[int, list[float]]:
    return FIRST, list(seasonal(seed, 12 * years))


def total(seed: int, year: int) -> float:
    _, values = months(seed)
    at = year * 12 - FIRST
    return sum(values[at : at + 12])


def test_a_target_out_of_reach_is_missed_and_a_low_one_is_not() -> None:
    found = outlooks({"a": months(1)}, [Promise("a", 2021, total(1, 2021) * 1.5), Promise("a", 2022, total(1, 2022) * 0.6)])
    assert all(one.missing > 0.97 for one in found if one.promise.year == 2021)
    assert all(one.missing < 0.03 for one in found if one.promise.year == 2022)


def test_the_nearer_december_the_surer() -> None:
    wrong = {month: [] for month in range(FIRST_MONTH, LAST_MONTH + 1)}
    given = {str(seed): months(seed) for seed in range(40)}
    for factor in (0.97, 1.03):
        for one in outlooks(given, [Promise(name, 2022, total(int(name), 2022) * factor) for name in given]):
            wrong[one.month].append((one.missing - (factor > 1)) ** 2)
    brier = [np.mean(wrong[month]) for month in (3, 6, 9, 11)]
    assert brier == sorted(brier, reverse=True)
    assert brier[0] < 0.25
    assert brier[-1] < 0.02


def test_every_month_from_march_to_november_once() -> None:
    found = outlooks({"a": months(2)}, [Promise("a", 2020, 1000.0)])
    assert [one.month for one in found] == list(range(FIRST_MONTH, LAST_MONTH + 1))


def test_the_pace_needed_reaches_the_target_exactly() -> None:
    promise = Promise("a", 2021, total(3, 2021) * 1.04)
    for one in outlooks({"a": months(3)}, [promise]):
        assert one.reached + one.needed * (12 - one.month) == pytest.approx(promise.target)
        assert one.pace * one.month == pytest.approx(one.reached)


def test_nothing_is_said_before_a_year_is_behind_or_after_the_series_ends() -> None:
    first, values = months(4)
    found = outlooks({"a": (first, values[:89])}, [Promise("a", 2015, 1.0), Promise("a", 2022, 1.0), Promise("a", 2023, 1.0)])
    assert {(one.promise.year, one.month) for one in found} == {(2022, month) for month in range(3, 6)}


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 100), st.integers(3, 11), st.floats(0.5, 2.0))
def test_a_later_month_changes_nothing(seed: int, month: int, scale: float) -> None:
    first, values = months(seed)
    until = 2021 * 12 + month - first
    changed = values[:until] + [one * scale for one in values[until:]]
    promise = Promise("a", 2021, total(seed, 2021))
    before, after = ([one for one in outlooks({"a": (first, given)}, [promise]) if one.month <= month] for given in (values, changed))
    assert [one.missing for one in before] == pytest.approx([one.missing for one in after], rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.3, 3.0), st.floats(0.3, 3.0))
def test_a_higher_target_is_never_likelier_kept(one: float, other: float) -> None:
    _, values = months(5)
    history = History(values[:80], 8)
    _, (low, high) = missing_probability([history, history], sorted((one * 1200, other * 1200)))
    assert low <= high + 1e-12
    assert 0 <= low <= high <= 1


def test_a_gap_in_the_year_counts_as_its_other_months() -> None:
    values = [100.0] * 41
    values[38] = math.nan
    expected, missing = missing_probability([History(values, 5)], [1300.0])
    assert expected[0] == pytest.approx(1200, rel=0.02)
    assert missing[0] > 0.9
