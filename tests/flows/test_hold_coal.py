"""Arrivals of coal: a checked plan with its bound, and as few announced trains moved as can be."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from yunxing.engines.contingency.coal import Coal, course, faults_of
from yunxing.engines.contingency.coal_steady import moved
from yunxing.engines.contingency.steady import most_of
from yunxing.flows.hold_coal import Announced, supply
from yunxing.flows.plan_changes import announced, coal_changes
from yunxing.io.solvers.workers import standing_by


@pytest.fixture(autouse=True, scope="module")
def _standing():
    with standing_by():
        yield


def city(burn=100, days=24, sites=4):
    """Sites with eight to eleven days of stock, two mines; `burn` percent of the mean is used."""
    mean = np.array([1_500_000, 2_300_000, 900_000, 3_100_000][:sites], dtype=np.int64)
    return Coal(
        [f"S{n}" for n in range(sites)], mean * np.array([8, 9, 10, 11][:sites]), mean * 35, mean, [Fraction(7)] * sites,
        np.repeat((mean * burn // 100)[:, None], days, axis=1), np.zeros((sites, days), dtype=np.int64), np.full(sites, 4), ["M0", "M1"],
        np.full((2, days), 4), np.array([[1, 3]] * sites), np.array([[72_000, 65_000]] * sites), 3_500_000, 7, near=8,
    )  # fmt: skip


def test_a_plan_is_accepted_by_the_balance_and_its_bound_is_below_its_cost():
    done = supply(city(), seconds=6)

    assert faults_of(done.coal, done.trains) == []
    assert done.answer.bound <= course(done.coal, done.trains).total == done.answer.objective
    assert done.dearer == 0
    assert all(days is None or days >= 0 for days in done.lowest_days)


def test_trains_announced_before_are_moved_as_little_as_can_be_within_a_thousandth_of_the_cost():
    """A city small enough for both searches to end by proof."""
    before = Announced(supply(city(100, 10, 2), seconds=60, gap=0.0001).trains, firm=3)

    free = supply(city(106, 10, 2), seconds=60, gap=0.0001)
    calm = supply(city(106, 10, 2), seconds=150, gap=0.0001, before=before)

    assert faults_of(calm.coal, calm.trains) == []
    assert moved(calm.coal, before.trains, calm.trains, 3) <= moved(calm.coal, before.trains, free.trains, 3)
    assert calm.course.total <= most_of(calm.course.total - calm.dearer) + 1
    assert calm.answer.bound <= calm.course.total


def test_the_same_day_again_moves_nothing():
    first = supply(city(), seconds=10, gap=0.001)

    again = supply(city(), seconds=40, gap=0.05, before=Announced(first.trains, 3))

    assert moved(again.coal, first.trains, again.trains, 3) == 0


def test_a_site_that_does_not_burn_has_no_days():
    coal = city()
    idle = Coal(**{**coal.__dict__, "mean": np.array([0, *coal.mean[1:]]), "burn": coal.burn * np.array([[0], [1], [1], [1]])})

    assert supply(idle, seconds=3).lowest_days[0] is None


RESULT = {
    "day": "2022-09-28",
    "trains": [
        {"day": 1, "party": "S0", "mine": "M0", "trains": 4},  # gone by
        {"day": 3, "party": "S0", "mine": "M0", "trains": 2},
        {"day": 4, "party": "S9", "mine": "M0", "trains": 2},  # no site of the plan at hand
        {"day": 10, "party": "S1", "mine": "M1", "trains": 1},
        {"day": 11, "party": "S1", "mine": "M1", "trains": 5},  # beyond the whole days
    ],
}


def test_trains_announced_are_laid_on_the_days_of_the_plan_at_hand():
    """Two days later the third day is the first; what has gone by and what is further than whole days is left out."""
    found = announced(RESULT, city(), date(2022, 9, 30), 3)

    assert [(int(s), int(m), int(d), found.trains[s, m, d]) for s, m, d in zip(*np.nonzero(found.trains), strict=True)] == [
        (0, 0, 0, 2.0),
        (1, 1, 7, 1.0),
    ]


def test_changes_of_trains_are_told_by_site_day_and_mine_with_their_kind():
    coal = city()
    before = announced(RESULT, coal, date(2022, 9, 30), 3)
    trains = before.trains.copy()
    trains[0, 0, 0], trains[1, 1, 7], trains[2, 0, 1] = 3.0, 0.0, 1.0

    found = coal_changes(coal, before, trains, ["甲", "乙", "丙", "丁"], {"M0": "矿一", "M1": "矿二"}, 500)

    assert [(one["name"], one["before"], one["now"], one["kind"]) for one in found["rows"]] == [
        ("甲", "第 1 日 矿一 2 列", "第 1 日 矿一 3 列", "other"),
        ("乙", "第 8 日 矿二 1 列", "第 8 日 矿二 0 列", "gone"),
        ("丙", "第 2 日 矿一 0 列", "第 2 日 矿一 1 列", "new"),
    ]
    assert all(one["why"] for one in found["rows"])
    assert (found["same"], found["dearer"]) == (0, 500)
