"""Published growth beside computed growth: no growth across bases, and the evidence of the national series."""

from __future__ import annotations

import csv
import gzip
import os
from fractions import Fraction
from pathlib import Path

import pytest

from yunxing.engines.indicators.growth import NOT_COMPARABLE, Growth, Level, growth, side_by_side, signed_words
from yunxing.values.errors import BasisMismatch
from yunxing.values.period import JanFeb, Month, Period, YearToDate

ROOT = Path(__file__).parents[3]


def test_two_levels_of_one_basis_give_growth_exactly():
    assert growth(Level(YearToDate(2022, 9), 115, "k"), Level(YearToDate(2021, 9), 100, "k")) == 15


def test_levels_of_two_bases_are_never_divided():
    with pytest.raises(BasisMismatch, match="unlike panels"):
        growth(Level(YearToDate(2022, 9), 115, "2022"), Level(YearToDate(2021, 9), 100, "2021"))


@pytest.mark.parametrize("base", [YearToDate(2021, 8), YearToDate(2020, 9), Month(2021, 9)])
def test_like_is_compared_with_like_only(base: Period):
    with pytest.raises(BasisMismatch, match=r"2021-01\.\.09"):
        growth(Level(YearToDate(2022, 9), 115, "k"), Level(base, 100, "k"))


def test_january_and_february_are_compared_with_january_and_february():
    assert growth(Level(JanFeb(2022), 110, "k"), Level(YearToDate(2021, 2), 100, "k")) == 10


def test_a_gap_to_the_published_rate_is_a_line_of_its_own():
    found = side_by_side(Level(Month(2022, 9), 106, "k"), Level(Month(2021, 9), 100, "k"), Fraction(58, 10))

    assert (found.published, found.computed, found.gap) == (Fraction(58, 10), 6, Fraction(-2, 10))


def test_without_a_base_or_over_a_base_that_is_not_positive_nothing_is_computed():
    assert side_by_side(Level(Month(2022, 9), 1, "k"), None, None).absence == "undefined"
    assert side_by_side(Level(Month(2022, 9), 1, "k"), Level(Month(2021, 9), -1, "k"), None).absence == "undefined"
    assert side_by_side(Level(Month(2022, 9), 1, "k"), None, Fraction(5)).words() == "+5.0 %"
    assert Growth("2022-09", None, None).words() == "—"


def test_losses_are_said_in_words():
    assert signed_words(-50, -50) == "亏损持平"
    assert signed_words(3, 5) is None


@pytest.mark.shared
def test_national_profits_2013_to_2019_are_published_on_restated_bases():
    """77 months: mean gap 5.25 points, the largest 26.3 in August 2018, the wrong sign in 11; December 2018 prints +10.3 % with the ratio struck."""
    shared = Path(os.environ.get("YUNXING_SHARED", ROOT.parent / "shared"))
    path = shared / "data" / "monitoring" / "china_industrial_profit_cumulative_2012_2019.csv.gz"
    if not path.exists():
        pytest.skip(f"the national series is not at {path}; set YUNXING_SHARED")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = {(int(float(row["yr"])), int(float(row["mon"]))): row for row in csv.DictReader(file)}
    found = {}
    for (year, month), row in rows.items():
        if (year - 1, month) in rows and row["cumTB"]:
            levels = [
                Level(YearToDate(at, month), int(Fraction(rows[at, month]["cumValue"]) * 10**10), f"published in {at}")
                for at in (year, year - 1)
            ]
            found[year, month] = side_by_side(levels[0], levels[1], Fraction(row["cumTB"]))
    gaps = {key: one.published - one.ratio for key, one in found.items()}

    assert len(found) == 77
    assert all(one.computed is None for one in found.values())
    assert round(float(sum(abs(gap) for gap in gaps.values()) / len(gaps)), 2) == 5.25
    worst = max(gaps, key=lambda key: abs(gaps[key]))
    assert (worst, round(float(gaps[worst]), 1)) == ((2018, 8), 26.3)
    assert sum((one.published > 0) != (one.ratio > 0) for one in found.values()) == 11
    assert found[2018, 12].words() == f"+10.3 %（−11.8 % {NOT_COMPARABLE}）"
