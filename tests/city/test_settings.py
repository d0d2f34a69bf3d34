"""Indices of months, places of units, and tables turned into plain values."""

import itertools

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.city.settings import check_range
from yunxing.values.errors import BadInput
from yunxing.values.period import Month


def test_indices_begin_a_year_before_the_first_month(settings):
    assert settings.index(settings.first) == 12
    assert settings.index(Month(settings.origin, 1)) == 0
    assert settings.length == settings.index(settings.last) + 1 == 120


def test_every_index_is_one_month_and_back(settings):
    months = [settings.month(index) for index in range(settings.length)]

    assert [settings.index(month) for month in months] == list(range(settings.length))
    assert all(a.next() == b for a, b in itertools.pairwise(months))


@pytest.mark.parametrize("code", ["371602", "BZ-BH"])
def test_units_are_found_by_their_code(settings, code):
    assert settings.units[settings.unit_at(code)].code == code


def test_a_unit_that_is_not_there_is_not_found(settings):
    with pytest.raises(ValueError, match="999999"):
        settings.unit_at("999999")
    with pytest.raises(ValueError, match="99"):
        settings.industry_at("99")


def test_shares_are_parts_of_one(settings):
    assert sum(unit.firms for unit in settings.units) == pytest.approx(1)
    assert sum(industry.firms for industry in settings.industries) == pytest.approx(1)
    assert sum(industry.revenue for industry in settings.industries) == pytest.approx(1)


def test_seasons_are_about_their_mean(settings):
    for name, months in settings.seasons.items():
        assert sum(months) / 12 == pytest.approx(1000, abs=12), name


def test_money_is_in_ten_thousand_yuan(settings):
    year = next(one for one in settings.project_years if one.year == 2022)

    assert year.planned == 4_260_000
    assert next(one for one in settings.targets if one.indicator == "project_investment").value == 4_180_000


def test_settings_cannot_be_changed(settings):
    with pytest.raises(AttributeError):
        settings.firms = 3


@given(st.integers(2015, 2029), st.integers(1, 12), st.integers(2015, 2029), st.integers(1, 12))
@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
def test_a_range_is_taken_exactly_when_it_is_in_order_and_inside(settings, y1, m1, y2, m2):
    """Against plain comparison of year-month pairs."""
    inside = (2018, 1) <= (y1, m1) <= (y2, m2) <= (2026, 12)
    try:
        check_range(settings, Month(y1, m1), Month(y2, m2))
        taken = True
    except BadInput:
        taken = False

    assert taken == inside
