"""Periods on their line: there and back, months out of years to date, breaks of basis, mixtures refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.forecast.timeline import Point, Way, line_of, number_of, period_at, way_of
from yunxing.values.errors import BadInput
from yunxing.values.period import Period, chronological, parse_period


def points(*pairs: tuple[str, float] | tuple[str, float, str]) -> list[Point]:
    return [Point(parse_period(pair[0]), float(pair[1]), pair[2] if len(pair) == 3 else "") for pair in pairs]


@given(st.sampled_from(["month", "merged", "cumulative", "quarter"]), st.integers(1950, 2100), st.integers(0, 40))
def test_places_and_periods_are_each_others_inverse_and_in_order(way: Way, year: int, step: int) -> None:
    first = number_of(period_at({"month": 12, "quarter": 4}.get(way, 11) * year, way), way)
    period, after = period_at(first + step, way), period_at(first + step + 1, way)
    assert number_of(period, way) == first + step
    assert chronological(period) < chronological(after)
    assert way_of([period_at(first + k, way) for k in range(20)]) == way


def test_months_come_out_of_years_to_date() -> None:
    line = line_of(points(("2022-01..02", 30), ("2022-01..03", 50), ("2022-01..04", 65)))
    assert line.way == "cumulative"
    assert line.values == (30, 20, 15)
    assert (line.total, line.season) == (65, 11)
    assert period_at(line.last + 1, line.way).code == "2022-01..05"


def test_an_absent_total_leaves_two_gaps_and_a_new_basis_one() -> None:
    absent = line_of(points(("2022-01..02", 30), ("2022-01..04", 65), ("2022-01..05", 80)))
    assert [math.isnan(one) for one in absent.values] == [False, True, True, False]
    other = line_of(points(("2022-01..02", 30, "a"), ("2022-01..03", 70, "b"), ("2022-01..04", 90, "b")))
    assert [math.isnan(one) for one in other.values] == [False, True, False]
    assert other.values[2] == 20


def test_january_february_stands_before_march() -> None:
    line = line_of(points(("2022-03", 12), ("2022-01..02", 20), ("2021-12", 11)))
    assert line.way == "merged"
    assert line.values == (11, 20, 12)
    assert period_at(line.last, "merged").code == "2022-03"


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (["2022-01", "2022-01..02"], "apart or together"),
        (["2022Q1", "2022-03"], "one kind of period"),
        (["2022-03-05"], "neither a month"),
        (["2022"], "neither a month"),
    ],
)
def test_unlike_periods_are_refused(codes: list[str], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        way_of(parse_period(one) for one in codes)


def test_months_and_later_years_to_date_are_not_mixed() -> None:
    with pytest.raises(BadInput, match="cannot stand in this series"):
        line_of(points(("2022-03", 1), ("2022-01..05", 2)))


def test_a_period_twice_and_an_empty_series_are_refused() -> None:
    with pytest.raises(BadInput, match="twice"):
        line_of(points(("2022-03", 1), ("2022-03", 2)))
    with pytest.raises(BadInput, match="no value"):
        line_of([])


def test_the_year_to_date_of_january_february_is_one_period_under_both_names() -> None:
    period: Period = parse_period("2022-01..02")
    assert number_of(period, "merged") == 2022 * 11 == number_of(period, "cumulative")
