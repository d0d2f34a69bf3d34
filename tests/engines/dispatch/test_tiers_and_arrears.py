"""Tiers of missing workers (measure 20): three examples at every bound; due days of arrears (measure 23)."""

import datetime as dt
from fractions import Fraction

import pytest

from pack_cast import PLAN
from yunxing.engines.dispatch.arrears import due_on, overdue_days
from yunxing.engines.dispatch.tiers import shortage_rate, tier_of
from yunxing.packs.pipelines import load_pipelines
from yunxing.values.workdays import Calendar

TIERS = load_pipelines(PLAN)["labour_tier"].tiers
D = dt.date
CALENDAR = Calendar(D(2022, 6, 1))


@pytest.mark.parametrize(
    ("missing", "who"),
    [
        (0, None), (1, "镇街、园区"), (2, "镇街、园区"),
        (9, "镇街、园区"), (10, "县级专员"), (11, "县级专员"),
        (49, "县级专员"), (50, "县局领导和市级专员"), (51, "县局领导和市级专员"),
        (99, "县局领导和市级专员"), (100, "市局领导"), (101, "市局领导"),
    ],
)  # fmt: skip
def test_below_at_and_above_every_bound(missing, who):
    found = tier_of(TIERS, missing)

    assert (found.title if found else None) == who


def test_an_absent_number_has_no_tier():
    assert tier_of(TIERS, None) is None


@pytest.mark.parametrize(
    ("shortage", "headcount", "rate"),
    [(10, 90, Fraction(1, 10)), (0, 50, 0), (5, 0, 1), (0, 0, None), (None, 5, None), (5, None, None)],
)
def test_the_shortage_rate_counts_all_jobs(shortage, headcount, rate):
    assert shortage_rate(shortage, headcount) == rate


@pytest.mark.parametrize(
    ("term", "due"),
    [(None, D(2022, 7, 1)), (30, D(2022, 7, 1)), (60, D(2022, 8, 1)), (61, D(2022, 8, 1)), (10, D(2022, 6, 13))],
)
def test_due_days_roll_to_the_next_working_day(term, due):
    """Delivered on 1 June 2022: 30 days are 1 July, 60 days fall on a Sunday; beyond sixty a term says nothing; ten days fall on a Saturday."""
    assert due_on(CALENDAR, D(2022, 6, 1), term) == due


def test_the_first_overdue_day_is_the_day_after():
    assert overdue_days(CALENDAR, D(2022, 6, 1), 30, D(2022, 7, 1)) == 0
    assert overdue_days(CALENDAR, D(2022, 6, 1), 30, D(2022, 7, 2)) == 1
    assert overdue_days(CALENDAR, D(2022, 6, 1), 30, D(2022, 6, 1)) == 0
