"""What handled signals teach: counts of marks, leads and false alarms by rule, against a plain count by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.signals.learning import TRUE_MARKS, Handled, lessons
from yunxing.engines.signals.parts import months_between

MONTHS = st.builds(lambda year, month: f"{year}-{month:02d}", st.integers(2019, 2023), st.integers(1, 12))
HANDLED = st.builds(
    Handled, st.sampled_from("abc"), MONTHS, st.sampled_from(["", "right", "early", "late", "false"]), st.one_of(st.just(""), MONTHS)
)


def test_nothing_handled_teaches_nothing():
    assert lessons([]) == []


def test_rules_come_in_the_order_of_their_ids_whatever_came_first():
    assert [one.rule for one in lessons([Handled("b", "2022-05"), Handled("a", "2022-05"), Handled("b", "2022-06")])] == ["a", "b"]


@pytest.mark.parametrize("mark", ["right", "early", "late"])
def test_each_true_mark_counts_for_precision(mark):
    (one,) = lessons(
        [Handled("a", "2022-05", mark), Handled("a", "2022-05", "false"), Handled("a", "2022-05", "false"), Handled("a", "2022-05")]
    )

    assert (one.raised, one.marked, one.precision) == (4, 3, Fraction(1, 3))


def test_all_false_is_a_precision_of_nothing_and_not_none():
    (one,) = lessons([Handled("a", "2022-05", "false")])

    assert one.precision == Fraction(0)
    assert one.lead is None


def test_a_false_alarm_has_no_lead_even_when_a_beginning_was_noted():
    (one,) = lessons([Handled("a", "2022-05", "false", "2022-09")])

    assert one.leads == ()


def test_an_unmarked_signal_has_no_lead_even_when_a_beginning_was_noted():
    (one,) = lessons([Handled("a", "2022-05", "", "2022-09")])

    assert (one.leads, one.precision) == ((), None)


@pytest.mark.parametrize(
    ("began", "lead"),
    [
        (["2022-06", "2022-08", "2022-09"], Fraction(3)),
        (["2022-06", "2022-09"], Fraction(5, 2)),
        (["2022-05"], Fraction(0)),
        (["2022-03"], Fraction(-2)),
    ],
)
def test_the_lead_is_the_median_in_months_exactly(began, lead):
    (one,) = lessons([Handled("a", "2022-05", "right", month) for month in began])

    assert one.lead == lead


def test_false_alarms_are_counted_by_the_month_of_the_alarm():
    (one,) = lessons(
        [
            Handled("a", "2022-05", "false"),
            Handled("a", "2022-05", "false"),
            Handled("a", "2022-07", "false"),
            Handled("a", "2022-07", "late"),
        ]
    )

    assert dict(one.false_by_month) == {"2022-05": 2, "2022-07": 1}


@given(st.lists(HANDLED, max_size=25))
def test_lessons_are_a_plain_count(signals):
    found = {one.rule: one for one in lessons(signals)}

    assert set(found) == {one.rule for one in signals}
    for rule, one in found.items():
        mine = [signal for signal in signals if signal.rule == rule]
        true = [signal for signal in mine if signal.mark in TRUE_MARKS]
        marked = [signal for signal in mine if signal.mark]
        assert (one.raised, one.marked) == (len(mine), len(marked))
        assert one.precision == (Fraction(len(true), len(marked)) if marked else None)
        assert sum(one.false_by_month.values()) == len(marked) - len(true)
        assert list(one.leads) == [months_between(signal.month, signal.began) for signal in true if signal.began]


@given(MONTHS, MONTHS, MONTHS)
def test_months_between_adds_up_and_turns_its_sign(one, two, three):
    assert months_between(one, two) + months_between(two, three) == months_between(one, three)
    assert months_between(one, two) == -months_between(two, one)
    assert (months_between(one, two) > 0) == (two > one)
