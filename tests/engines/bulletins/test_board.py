"""Places, look-ups and revisions: equals share the better place, what is not there is absent, a changed figure is found."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bulletin_cast as cast
from yunxing.engines.bulletins.board import revisions, told
from yunxing.engines.indicators.rows import ranks
from yunxing.values.period import Month

VALUES = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.none() | st.fractions(-9, 9, max_denominator=4), max_size=12)


def slow_ranks(values: dict[str, Fraction | None]) -> dict[str, int | None]:
    """One more than how many are strictly better."""
    return {
        name: None if own is None else 1 + sum(other is not None and other > own for other in values.values())
        for name, own in values.items()
    }


@pytest.mark.property
@given(VALUES)
def test_a_place_is_one_more_than_the_number_of_better_ones(values: dict[str, Fraction | None]) -> None:
    assert ranks(values) == slow_ranks(values)


def test_equals_share_the_better_place() -> None:
    assert list(ranks({"a": Fraction(9), "b": Fraction(7), "c": Fraction(7), "d": Fraction(1)}).values()) == [1, 2, 2, 4]


def test_places_use_unrounded_values() -> None:
    assert ranks({"a": Fraction(751, 100), "b": Fraction(752, 100)}) == {"a": 2, "b": 1}


def test_a_row_that_does_not_exist_is_absent_and_never_zero() -> None:
    row = cast.board(rows=()).city("output_growth", "cumulative_yoy")
    assert (told(row), row.absence, row.num) == (None, "not_reported", None)


def test_a_cumulative_figure_is_looked_for_under_the_span() -> None:
    board = cast.board()
    assert board.city("output_growth", "cumulative_yoy").period == "2022-01..09"
    assert board.city("output_growth", "yoy").period == "2022-09"
    assert board.city("output_growth", "cumulative_yoy", back=1).period == "2022-01..08"


def test_the_month_before_march_is_january_and_february_together() -> None:
    assert cast.board(month=Month(2022, 3)).periods("cumulative_yoy", back=1) == ("2022-01..02", "2022-02")


def test_a_figure_of_last_year_is_not_taken_for_the_month_before() -> None:
    """January's bulletin does not exist, and February's has no month before it."""
    assert cast.board(month=Month(2022, 2)).periods("cumulative_yoy", back=2) == ("2021-12",)


def test_a_published_rate_goes_before_the_computed_one() -> None:
    row = replace(cast.rows()[3], published=812)
    assert told(row) == Fraction(812, 100)


def test_revisions_are_those_told_otherwise_before() -> None:
    now = cast.rows()
    then = [replace(now[0], num=now[0].num + 1), now[1], replace(now[2], period="2022-08")]
    found = revisions(now, then)
    assert [(one.row.id, one.was.num) for one in found] == [(now[0].id, then[0].num)]
