"""What the city holds of a party, beside the boxes: which period is the one before, the same of last year, the total so far, the year's range; by hand."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts_cast import FORMS
from yunxing.desk.reporting.past import Past
from yunxing.engines.facts.cells import Cell
from yunxing.engines.facts.form import Column
from yunxing.engines.facts.layout import form_period

MONTHLY, DAILY = FORMS["enterprise_month"], FORMS["coal_day"]


def column(item: str, as_reported: str, role: str = "value", form=MONTHLY) -> Column:
    return Column(next(one for one in form.items if one.id == item), role, as_reported)


def held(month: int, cells: dict, *, year: int = 2022, form=MONTHLY) -> Past:
    """A party's past, by (item, role, as reported, period) → value."""
    return Past(form, form_period(form, year, month), pl.DataFrame(), {place: Cell(value) for place, value in cells.items()})


def of(period: str, value: int = 7, item: str = "output", kind: str = "month", role: str = "value") -> dict:
    return {(item, role, kind, period): value}


def value(cell: Cell | None) -> int | None:
    return cell.value if cell else None


@pytest.mark.parametrize(
    ("month", "kind", "before", "year_before"),
    [
        (10, "month", "2022-09", "2021-10"),
        (10, "cumulative", "2022-01..09", "2021-01..10"),
        (12, "cumulative", "2022-01..11", "2021-01..12"),
        (3, "month", "2022-01..02", "2021-03"),
        (3, "cumulative", "2022-01..02", "2021-01..03"),
        (2, "cumulative", None, "2021-01..02"),
    ],
)
def test_the_period_before_and_the_same_of_last_year(month, kind, before, year_before):
    """January and February are one period: before March stands their sum; before them no period of the form that ends in January."""
    asked = column("output", kind)
    assert value(held(month, of(year_before, kind=kind)).last_year(asked)) == 7
    if before is not None:
        assert value(held(month, of(before, kind=kind)).last_period(asked)) == 7
    assert value(held(month, of("2020-01", kind=kind)).last_period(asked)) is None
    assert value(held(month, of("2020-01", kind=kind)).last_year(asked)) is None


def test_a_restated_column_stands_beside_what_it_restates():
    """Last year's restated figure is compared with the value that was reported then, not with an earlier restatement."""
    asked = column("output", "month", "last_year_restated")
    cells = of("2021-10", 11) | of("2021-10", 12, role="last_year_restated") | of("2022-10", 13, role="last_year_restated")
    assert value(held(10, cells).last_year(asked)) == 11
    assert value(held(10, cells).current(asked)) == 13


@pytest.mark.parametrize(
    ("month", "period", "found"),
    [(10, "2022-01..09", 7), (3, "2022-01..02", 7), (2, "2021-01..12", None), (10, "2021-01..09", None), (10, "2022-01..10", None)],
)
def test_the_total_so_far_is_of_the_same_year(month, period, found):
    """In the year's first period there is none, whatever December of last year added up to."""
    assert value(held(month, of(period, kind="cumulative")).last_total(column("output", "month"))) == found


@pytest.mark.parametrize(("day", "before", "year_before"), [
    (date(2022, 10, 5), "2022-10-04", "2021-10-05"), (date(2022, 10, 1), "2022-09-30", "2021-10-01"), (date(2022, 1, 1), "2021-12-31", "2021-01-01"),
    (date(2024, 3, 1), "2024-02-29", "2023-03-01"),
])  # fmt: skip
def test_a_days_neighbours(day, before, year_before):
    asked = column("opening", "day", form=DAILY)
    past = held(
        day.month,
        of(before, 1, "opening", "day") | of(year_before, 2, "opening", "day") | of(day.isoformat(), 3, "opening", "day"),
        year=day.year,
        form=DAILY,
    )
    assert (value(past.last_period(asked, day)), value(past.last_year(asked, day)), value(past.current(asked, day))) == (1, 2, 3)


def test_what_was_answered_without_a_number_is_found_and_is_no_zero():
    past = Past(
        MONTHLY, form_period(MONTHLY, 2022, 10), pl.DataFrame(), {("output", "value", "month", "2022-09"): Cell(absence="suppressed")}
    )
    found = past.last_period(column("output", "month"))
    assert found is not None
    assert (found.value, found.absence) == (None, "suppressed")
    assert past.range(column("output", "month")) is None


def test_the_range_leaves_out_this_period_other_items_kinds_and_restatements():
    cells = (
        of("2022-08", 5)
        | of("2022-09", -3)
        | of("2022-10", 1000)
        | of("2022-07", 99, "revenue")
        | of("2022-01..09", 500, kind="cumulative")
    )
    cells |= of("2022-06", -70, role="last_year_restated")
    assert held(10, cells).range(column("output", "month")) == (-3, 5)


def test_a_zero_is_a_figure_of_the_range():
    assert held(10, of("2022-09", 0)).range(column("output", "month")) == (0, 0)


@given(st.dictionaries(st.integers(1, 9), st.integers(-(10**15), 10**15), max_size=9))
def test_the_range_is_the_least_and_the_greatest_of_what_was_reported(months):
    cells = {place: one for n, number in months.items() for place, one in of(f"2022-{n:02d}", number).items()}
    wanted = (min(months.values()), max(months.values())) if months else None
    assert held(10, cells).range(column("output", "month")) == wanted
