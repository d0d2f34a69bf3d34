"""The two-year average, by the handbook's example and against a float in the range where floats serve."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.indicators.growth import two_year_average


def test_growth_of_13_5_percent_over_two_years_is_6_5_a_year():
    assert two_year_average(Fraction(135, 10), Fraction(0), 1) == Fraction(65, 10)
    assert two_year_average(Fraction(135, 10), Fraction(0), 2) == Fraction(654, 100)


def test_equal_years_average_to_themselves_and_a_fall_to_nothing_is_told():
    assert two_year_average(Fraction(-3, 10), Fraction(-3, 10)) == Fraction(-3, 10)
    assert two_year_average(Fraction(-100), Fraction(50)) == -100
    assert two_year_average(Fraction(-101), Fraction(50)) is None


@pytest.mark.property
@given(st.fractions(-100, 300, max_denominator=1000), st.fractions(-100, 300, max_denominator=1000))
def test_it_is_the_geometric_mean_half_up(now, before):
    exact = math.sqrt(float((100 + now) * (100 + before))) - 100
    assert math.isclose(float(two_year_average(now, before, 4)), exact, abs_tol=0.5001e-4)
    assert two_year_average(now, before) == two_year_average(before, now)
