"""Budgets of false alarms become thresholds, and replay says what a threshold would have raised."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.signals.budget import SILENT, Candidate, differences, replay, series_threshold, starts, threshold_within, within_budget

SCORES = st.lists(st.integers(0, 30).map(float), max_size=60)


@given(SCORES, st.integers(1, 5), st.integers(0, 30))
def test_a_threshold_keeps_the_budget_and_the_next_lower_score_would_not(scores, years, per_year):
    threshold = threshold_within(scores, years, per_year)
    kept = [one for one in scores if one >= threshold]
    lower = [one for one in scores if one < threshold]

    assert len(kept) <= per_year * years
    if lower and threshold:
        assert sum(one >= max(lower) for one in scores) > per_year * years


def test_no_history_has_no_threshold_to_set():
    assert threshold_within([], 1, 5) == 0.0


def many(*scores: float) -> list[Candidate]:
    return [Candidate(f"k{n}", f"firm {n}", "2022-08", one) for n, one in enumerate(scores)]


def test_alarms_marked_right_do_not_use_the_budget_up():
    found = many(9, 8, 7, 6)

    assert within_budget(found, 1, 1) == 9
    assert within_budget(found, 1, 1, right={"k0", "k1"}) == 7
    assert within_budget(found, 1, 3, least=8.5) == 8.5


def test_a_replay_counts_and_compares():
    found = many(5, 9, 7)
    old, new = replay(found, 8, 2.0), replay(found, 6, 2.0, right={"k1"})

    assert [one.key for one in new.raised] == ["k1", "k2"]
    assert (old.per_year, new.per_year) == (0.5, 0.5)
    added, gone = differences(old, new)
    assert [one.key for one in added] == ["k2"]
    assert gone == ()
    assert [one.key for one in differences(new, old)[1]] == ["k2"]


def test_an_alarm_begins_after_enough_quiet():
    score = np.array([[1.0, 9, 9, 1, 9, 1, 1, 1, 1, 9]])

    assert np.flatnonzero(starts(score, 5, 3)[0]).tolist() == [1, 9]
    assert starts(score, 5, 0).sum() == 4


def test_a_lamp_that_is_always_on_begins_once():
    assert starts(np.full((1, 50), 7.0), 5, 3).sum() == 1


def test_a_budget_of_series_years_is_kept():
    score = np.random.default_rng(2).normal(0, 1, (20, 60))

    for quiet in (0, 3):
        threshold = series_threshold(score, 0.5, quiet)
        assert starts(score, threshold, quiet).sum() <= 0.5 * score.size / 12
    assert series_threshold(np.full((2, 3), np.nan), 1) == SILENT
    assert series_threshold(score, 0) == SILENT
