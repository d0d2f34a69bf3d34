"""The numbers of the case desk against a slow obvious count, and the bounds: five for a percentage, the lower middle for a median."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.desk.casework.dashboard import hours_words, light_of, share_words
from yunxing.desk.casework.measuring import Handled, Share, by, measured, median
from yunxing.desk.casework.similar import alike, most_alike, pairs

handled = st.builds(
    Handled,
    st.sampled_from(["A", "B", ""]),
    st.sampled_from(["U", "V", ""]),
    st.sampled_from([True, False, None]),
    st.one_of(st.none(), st.integers(0, 10**6)),
    st.sampled_from(["good", "fair", "bad", ""]),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(handled, max_size=30))
def test_the_numbers_are_a_plain_count(cases):
    """One by one, as a person would tick them off."""
    found = measured("x", cases)
    kept = judged = satisfied = rated = again = answered = 0
    for one in cases:
        judged += one.in_time is not None
        kept += one.in_time is True
        rated += one.rating != ""
        satisfied += one.rating in ("good", "fair")
        answered += one.answered
        again += one.answered and one.reopened

    assert (found.cases, found.in_time, found.satisfied, found.reopened) == (
        len(cases), Share(kept, judged), Share(satisfied, rated), Share(again, answered),
    )  # fmt: skip


@given(st.lists(handled, max_size=30))
def test_the_groups_add_up_to_those_that_have_a_group(cases):
    found = by(cases, lambda one: one.office)

    assert sum(one.cases for one in found) == sum(1 for one in cases if one.office)
    assert [one.cases for one in found] == sorted((one.cases for one in found), reverse=True)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=20))
def test_the_median_is_one_that_occurred_and_splits_the_rest(numbers):
    ordered = sorted(numbers)
    middle = median(ordered)

    assert middle in numbers
    assert sum(one < middle for one in numbers) <= len(numbers) // 2
    assert sum(one > middle for one in numbers) <= len(numbers) - len(numbers) // 2


@pytest.mark.parametrize(
    ("share", "words", "light"),
    [
        (Share(0, 0), "—", "none"),
        (Share(3, 4), "3/4", "none"),
        (Share(4, 5), "80.0%（4/5）", "amber"),
        (Share(19, 20), "95.0%（19/20）", "green"),
        (Share(79, 100), "79.0%（79/100）", "red"),
        (Share(949, 1000), "94.9%（949/1,000）".replace("1,000", "1000"), "amber"),
    ],
)
def test_no_percentage_under_five_and_the_light_by_the_unrounded_rate(share, words, light):
    """Absent is not zero; four cases are a count; 94.9 % is not 95 %."""
    assert share_words(share) == words
    assert light_of(share) == light
    assert share.fraction == (Fraction(share.part, share.whole) if share.whole else None)


def test_nobody_contacted_yet_is_no_zero_hours():
    assert hours_words(None) == "—"
    assert hours_words(0) == "0.0 小时"
    assert hours_words(5400) == "1.5 小时"


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_even_and_between_nothing_and_the_same(one, other):
    assert alike(one, other) == alike(other, one)
    assert 0 <= alike(one, other) <= 1
    if pairs(one):
        assert alike(one, one) == 1


def test_the_likest_comes_first_and_strangers_are_left_out():
    """Words shared count, punctuation does not; what has hardly anything in common is not shown."""
    others = [
        ("a", "车间停电，希望提前通知"),
        ("b", "车间短时停电，请求错峰安排提前通知"),
        ("c", "招聘焊工困难"),
        ("d", "车间 停电 希望 提前 通知"),
    ]

    assert most_alike("车间停电，希望提前通知。", others, 5) == ["a", "d", "b"]
    assert most_alike("车间停电，希望提前通知。", others, 1) == ["a"]
    assert most_alike("", others, 5) == []
