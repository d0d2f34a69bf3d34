"""Suspected withdrawal of credit: the exact rule at its bounds, banks that withdraw from several, the use of the facilities."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.matching.credit import Example, WithdrawalRule, facility_use, suspected, suspicions

RULE = WithdrawalRule(3, Fraction(1, 5), Fraction(0), 3)
HIT = Example(1000, 700, 5000, 5000, 0, baseline=True)


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (HIT, True),
        (replace(HIT, now=801), False),
        (replace(HIT, now=800), True),
        (replace(HIT, now=799), True),
        (replace(HIT, others_now=4999), False),
        (replace(HIT, others_now=5000), True),
        (replace(HIT, others_now=5001), True),
        (replace(HIT, overdue=1), False),
        (replace(HIT, baseline=False), False),
        (replace(HIT, baseline=None), False),
        (replace(HIT, before=0, now=0), False),
        (replace(HIT, others_before=0), False),
        (replace(HIT, now=0), True),
        (replace(HIT, now=1200), False),
    ],
)
def test_every_bound_counts_as_reached_and_every_duty_must_be_kept(facts, found):
    assert suspected(RULE, facts) is found


@given(st.integers(1, 10**13), st.integers(0, 10**13), st.integers(1, 10**13), st.integers(0, 10**13))
@pytest.mark.property
def test_a_rule_in_whole_numbers_agrees_with_exact_fractions(before, now, others_before, others_now):
    facts = Example(before, now, others_before, others_now, 0, baseline=True)
    exact = Fraction(before - now, before) >= Fraction(1, 5) and Fraction(others_before - others_now, others_before) <= 0
    assert suspected(RULE, facts) is exact


@given(st.integers(0, 700), st.integers(0, 100))
@pytest.mark.property
def test_a_deeper_fall_is_never_less_suspect(now, deeper):
    facts = replace(HIT, now=now)
    assert not suspected(RULE, facts) or suspected(RULE, replace(facts, now=max(0, now - deeper)))


def test_a_bank_that_withdraws_from_several_is_marked_and_the_deepest_stands_first():
    pairs = {(f"f{at}", "b1"): replace(HIT, now=700 - at) for at in range(3)} | {
        ("f9", "b2"): replace(HIT, now=100),
        ("f8", "b2"): replace(HIT, now=900),
    }

    found = suspicions(RULE, pairs)

    assert [(one.party, one.bank, one.several) for one in found] == [
        ("f9", "b2", False),
        ("f2", "b1", True),
        ("f1", "b1", True),
        ("f0", "b1", True),
    ]
    assert found[0].fall == Fraction(9, 10)
    assert [one.several for one in suspicions(replace(RULE, several=4), pairs)] == [False] * 4


def test_a_facility_funds_sixty_percent_of_what_was_lent():
    """Handbook 9 (d): a loan of 1 亿 is funded with 0.6 亿, or with all of it."""
    hundred_million = 10**10
    used = facility_use({"b": hundred_million, "c": 0}, {"b": 3 * 10**9}, Fraction(3, 5), ["b", "c", "d"])

    assert [(one.bank, one.due, one.share) for one in used] == [("b", 6 * 10**9, Fraction(1, 2)), ("c", 0, None)]
    assert facility_use({"b": hundred_million}, {}, Fraction(1), ["b"])[0].due == hundred_million
