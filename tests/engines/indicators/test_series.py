"""The algebra of periods: cumulative ↔ month, quarters, January–February, restatement, absence; held against a slow twin on drawn years."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.indicators.series import Absent, Level, Series, comparable, derived_month, negative_months
from yunxing.values.errors import BadInput, BasisMismatch
from yunxing.values.period import Day, JanFeb, Month, Period, Quarter, Year, YearToDate, parse_period


def series(jan_feb: bool = True, basis: str = "k", **values: int) -> Series:
    """`c09=1` is January–September, `m09=1` September; every level on one basis."""
    found = []
    for name, value in values.items():
        number = int(name[1:])
        code = f"2022-{number:02d}" if name[0] == "m" or number == 1 else f"2022-01..{number:02d}"
        found.append(Level(parse_period(code), value, basis))
    return Series(tuple(found), jan_feb)


def value(found: Level | Absent) -> int | str:
    return found.value if isinstance(found, Level) else found.reason


def test_a_month_is_the_difference_of_two_cumulative_figures():
    made = series(c08=800, c09=910)
    month = made.month(Month(2022, 9))

    assert (value(month), month.derived, month.basis) == (110, True, "k")


def test_march_is_january_to_march_less_january_and_february():
    assert value(series(c02=120, c03=200).month(Month(2022, 3))) == 80


def test_a_reported_month_goes_before_a_derived_one_and_both_are_kept():
    made = series(c08=800, c09=910, m09=111)
    assert (value(made.month(Month(2022, 9))), made.month(Month(2022, 9)).derived) == (111, False)
    assert made.reported(YearToDate(2022, 9)).value == 910
    assert made.disagreement(Month(2022, 9)) == Fraction(1, 910)


def test_across_a_restatement_the_month_is_undefined_and_both_totals_are_shown():
    made = Series((Level(YearToDate(2022, 8), 800, "old"), Level(YearToDate(2022, 9), 910, "new")))
    lost = made.month(Month(2022, 9))

    assert isinstance(lost, Absent)
    assert (lost.reason, [(one.value, one.basis) for one in lost.totals]) == ("restated", [(910, "new"), (800, "old")])
    assert made.quarter(Quarter(2022, 3)).reason == "not_reported"


def test_a_correction_in_the_cumulative_figure_lands_in_the_month_which_may_be_negative():
    """Flagged, not rejected: 当月 = 累计(m) − 累计(m−1)."""
    made = series(c08=800, c09=790)

    assert value(made.month(Month(2022, 9))) == -10
    assert [one.period.code for one in negative_months(made, 2022)] == ["2022-09"]


def test_a_series_with_an_absent_month_has_no_cumulative_figure_from_there_on():
    made = series(jan_feb=False, m01=1, m02=2, m04=4)

    assert (value(made.cumulative(2022, 2)), value(made.cumulative(2022, 3)), value(made.cumulative(2022, 4))) == (
        3,
        "not_reported",
        "not_reported",
    )


def test_the_sum_of_months_never_crosses_a_basis():
    made = Series((Level(JanFeb(2022), 10, "a"), Level(Month(2022, 3), 5, "b")))
    lost = made.cumulative(2022, 3)
    assert isinstance(lost, Absent)
    assert lost.reason == "restated"


@pytest.mark.parametrize("month", [1, 2])
def test_january_and_february_alone_are_refused_not_filled(month: int):
    with pytest.raises(BadInput, match=r"2022-01\.\.02"):
        Series((Level(Month(2022, month), 5, "k"),))
    with pytest.raises(BadInput, match="merges January and February"):
        series(c02=5).month(Month(2022, month))
    assert value(Series((Level(Month(2022, month), 5, "k"),), jan_feb=False).month(Month(2022, month))) == 5


def test_a_price_index_has_a_january_of_its_own():
    """Prices are published for January and February apart."""
    made = series(jan_feb=False, c01=3, c02=8)
    assert (value(made.month(Month(2022, 1))), value(made.month(Month(2022, 2)))) == (3, 5)
    assert value(series(jan_feb=False, c02=8).month(Month(2022, 1))) == "not_reported"


@pytest.mark.parametrize(("quarter", "expected"), [(1, 30), (2, 30), (3, 40), (4, 50)])
def test_quarters_are_differences_of_cumulative_figures(quarter: int, expected: int):
    made = series(c03=30, c06=60, c09=100, c12=150)
    assert value(made.quarter(Quarter(2022, quarter))) == expected


def test_a_reported_quarter_stands_and_a_part_of_a_year_is_no_year():
    made = Series((Level(Quarter(2022, 2), 7, "k"), Level(YearToDate(2022, 9), 100, "k")))
    assert value(made.quarter(Quarter(2022, 2))) == 7
    assert value(made.year(2022)) == "not_reported"
    assert value(series(c12=150).year(2022)) == 150


def test_a_figure_twice_is_refused():
    with pytest.raises(BadInput, match="twice"):
        Series((Level(JanFeb(2022), 5, "k"), Level(YearToDate(2022, 2), 6, "k")))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Month(2022, 3), JanFeb(2022)),
        (Month(2022, 3), YearToDate(2022, 3)),
        (YearToDate(2022, 9), YearToDate(2021, 8)),
        (YearToDate(2022, 12), Year(2021)),
        (Quarter(2022, 1), YearToDate(2022, 3)),
        (Day(Month(2022, 1).start), Month(2022, 1)),
    ],
)
def test_unlike_periods_are_not_compared(a: Period, b: Period):
    with pytest.raises(BasisMismatch, match="not alike"):
        comparable(a, b)


def test_like_periods_are_compared():
    comparable(Month(2022, 3), Month(2021, 3))
    comparable(JanFeb(2022), YearToDate(2021, 2))
    comparable(YearToDate(2022, 9), YearToDate(2021, 9))


@pytest.mark.parametrize("month", [1, 2])
def test_the_first_months_have_no_difference(month: int):
    with pytest.raises(BadInput, match="cannot be derived"):
        derived_month(Month(2022, month))


def test_a_disagreement_needs_both_figures():
    assert series(m09=5).disagreement(Month(2022, 9)) is None
    assert series(c02=5).disagreement(Month(2022, 2)) is None
    assert series(c08=5, c09=0, m09=0).disagreement(Month(2022, 9)) == 1
    assert series(c08=0, c09=0, m09=0).disagreement(Month(2022, 9)) == 0


@given(st.lists(st.one_of(st.none(), st.integers(-50, 500)), min_size=11, max_size=11), st.booleans())
def test_months_and_cumulative_figures_lead_back_to_each_other(parts: list[int | None], by_month: bool):
    """From months to totals and back, or from totals to months and back: nothing is lost and nothing is made up where something is absent."""
    first, *rest = parts  # January–February, then March … December
    levels, total, broken = [], 0, False
    for number, part in zip(range(2, 13), (first, *rest), strict=True):
        broken = broken or part is None
        if part is None:
            continue
        total += part
        if by_month:
            levels.append(Level(JanFeb(2022) if number == 2 else Month(2022, number), part, "k"))
        elif not broken:
            levels.append(Level(JanFeb(2022) if number == 2 else YearToDate(2022, number), total, "k"))
    made = Series(tuple(levels))
    so_far: int | None = 0
    for number, part in zip(range(2, 13), (first, *rest), strict=True):
        so_far = None if so_far is None or part is None else so_far + part
        assert value(made.cumulative(2022, number)) == ("not_reported" if so_far is None else so_far)
        if number > 2 and (by_month or so_far is not None):
            assert value(made.month(Month(2022, number))) == ("not_reported" if part is None else part)
