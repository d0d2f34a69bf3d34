"""Triggers of the quarterly talk: the worked examples of the handbook (measure 25), below, at and above every bound."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pack_cast import PLAN
from yunxing.engines.dispatch.talks import Seen, propose, ranks
from yunxing.packs.command import load_command

TRIGGERS = load_command(PLAN).triggers
F = Fraction


def fired(**known):
    return [one.trigger for one in propose(TRIGGERS, [Seen("X", "unit", **known)])]


@pytest.mark.parametrize(
    ("growth", "rank", "fires"),
    [(F(36, 10), 9, True), (F(36, 10), 10, True), (F(36, 10), 8, False), (F(37, 10), 10, False), (F(35, 10), 9, True)],
)
def test_two_points_behind_and_in_the_last_two_places(growth, rank, fires):
    """City 5.6 %, county 3.6 %, place 9 of 10: the gap is exactly two points and it fires; in place 8, or 1.9 behind, it does not."""
    assert ("behind_and_last" in fired(growth=growth, city_growth=F(56, 10), rank=rank, ranked=10)) is fires


@pytest.mark.parametrize(("months", "fires"), [(2, False), (3, True), (4, True)])
def test_falling_three_months_running(months, fires):
    assert ("falling" in fired(falling_months=months)) is fires


@pytest.mark.parametrize(
    ("overdue", "longest", "fires"), [(2, 30, False), (3, 1, True), (4, 1, True), (1, 30, False), (1, 31, True), (0, 0, False)]
)
def test_three_overdue_or_one_by_more_than_thirty_days(overdue, longest, fires):
    assert ("overdue" in fired(overdue=overdue, longest_overdue_days=longest)) is fires


@pytest.mark.parametrize(
    ("cases", "late", "fires"), [(5, 1, True), (4, 1, False), (6, 1, False), (10, 2, True), (10, 1, False), (0, 0, False), (5, 0, False)]
)
def test_a_fifth_of_five_cases_overdue(cases, late, fires):
    """One of five fires, one of four does not, for four are too few to say anything."""
    assert ("whistles" in fired(cases=cases, cases_overdue=late)) is fires


@pytest.mark.parametrize(("late", "false", "fires"), [(1, 0, False), (2, 0, True), (3, 0, True), (0, 1, True)])
def test_late_twice_or_false_once(late, false, fires):
    assert ("late_data" in fired(late_reports=late, false_data=false)) is fires


def test_what_is_not_known_fires_nothing():
    """Absent is not zero: a county without a figure is not the last one."""
    assert fired() == []
    assert fired(growth=None, city_growth=F(5), rank=None, ranked=10) == []


def test_words_hold_the_numbers():
    (one,) = propose(TRIGGERS, [Seen("X", "unit", growth=F(36, 10), city_growth=F(56, 10), rank=9, ranked=10)])

    assert one.zh == "累计增速 3.6%，低于全市（5.6%）2.0 个百分点，居第 9 位（共 10）"
    assert "2.0 points below" in one.en


def test_every_subject_in_the_given_order():
    found = propose(TRIGGERS, [Seen("B", "office", overdue=3), Seen("A", "unit", falling_months=3)])

    assert [(one.subject, one.trigger) for one in found] == [("B", "overdue"), ("A", "falling")]


def test_ties_share_the_better_rank():
    assert ranks({"a": F(9), "b": F(7), "c": F(7), "d": F(1)}) == {"a": 1, "b": 2, "c": 2, "d": 4}


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.fractions(), min_size=1, max_size=12))
def test_ranks_equal_a_sorted_list(values):
    ordered = sorted(values.values(), reverse=True)

    assert ranks(values) == {name: ordered.index(value) + 1 for name, value in values.items()}
