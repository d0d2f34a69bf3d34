"""Screening many enterprises: a move of all peers is no sign of one, a short past is judged by its peers, and nothing looks ahead."""

from __future__ import annotations

import time

import numpy as np
import pytest

from engines.signals.plain_series import same, seasonal
from yunxing.engines.signals.screening import LONG, MONTHLY, NONE, YEARLY, screened


def firms(rows: int = 60, months: int = 48, seed: int = 4) -> np.ndarray:
    return seasonal(rows, months, seed)


GROUPS = np.repeat([0, 1, 2], 20)


def test_the_one_that_falls_is_found_among_its_peers():
    values = firms()
    values[7, -1] *= 0.5

    found = screened(values, GROUPS, 12)

    assert int(np.nanargmin(found.score)) == 7
    assert found.score[7, 0] < -5
    assert found.expected[7, 0] == pytest.approx(2 * values[7, -1], rel=0.2)
    assert found.columns == (47,)


@pytest.mark.parametrize("months", [5, 20, 48])
def test_a_season_that_moves_all_peers_is_no_sign(months):
    values = firms(months=months)
    values[:20, -1] *= 0.55  # heating ends for the whole industry
    values[3, -1] *= 0.5

    found = screened(values, GROUPS, 12)

    assert (np.abs(np.delete(found.score[:20, 0], 3)) < 5).all()
    assert int(np.nanargmin(found.score)) == 3


def test_the_way_of_judging_follows_the_length_of_the_past():
    values = firms()
    values[:6, :10] = np.nan
    values[6:12, :30] = np.nan
    values[12:18, :45] = np.nan
    values[18, :47] = np.nan

    way = screened(values, GROUPS, 12).way[:, 0]

    assert set(way[:6]) == {LONG}
    assert set(way[6:12]) == {YEARLY}
    assert set(way[12:18]) == {MONTHLY}
    assert way[18] == NONE
    assert set(way[19:]) == {LONG}


def test_a_short_past_without_peers_says_nothing():
    values = firms(3, 10)

    assert np.isnan(screened(values, np.zeros(3, int), 12).score).all()


def test_history_is_scored_as_each_month_would_have_scored_itself():
    values = firms()
    values[30:, :5] = np.nan
    values[40, 33] = 0
    whole = screened(values, GROUPS, 12, columns=range(2, 48))

    for at in (2, 13, 25, 37, 47):
        assert same(screened(values[:, : at + 1], GROUPS, 12).score[:, 0], whole.score[:, at - 2])


def test_who_did_not_report_is_not_judged():
    values = firms()
    values[4, -1] = np.nan

    assert np.isnan(screened(values, GROUPS, 12).score[4, 0])


def test_a_twentieth_of_the_target_in_less_than_its_share_of_time():
    values = np.tile(firms(500, 60), (50, 1))
    groups = np.arange(len(values)) % 31
    begun = time.process_time()

    screened(values, groups, 12)

    assert time.process_time() - begun < 60 / 20 * 2  # 25,000 of 500,000; twice the share, for a busy machine
