"""Published growth beside computed growth: no growth across bases, and the evidence of the national series."""

from __future__ import annotations

import csv
import gzip
import os
from fractions import Fraction
from pathlib import Path

import pytest

from yunxing.engines.indicators.growth import NOT_COMPARABLE, Growth, from_rows, growth, in_english, level_ratio, side_by_side, signed_words
from yunxing.engines.indicators.rows import figure, missing
from yunxing.engines.indicators.series import Level
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
    with pytest.raises(BasisMismatch, match=r"2022-01\.\.09"):
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


@pytest.mark.parametrize(
    ("current", "base", "zh", "en"),
    [
        (-80, -50, "增亏60.0%", "loss up 60.0%"),
        (-20, -50, "减亏60.0%", "loss down 60.0%"),
        (0, -50, "减亏100.0%", "loss down 100.0%"),
        (10, -5, "由亏转盈", "from loss to profit"),
        (-1, 5, "由盈转亏", "from profit to loss"),
        (-50, -50, "亏损持平", "loss unchanged"),
        (5, 0, "—", "—"),
        (-50_001, -50_000, "增亏0.0%", "loss up 0.0%"),
    ],
)
def test_losses_are_said_in_words(current: int, base: int, zh: str, en: str):
    """−50 → −80 is 增亏 60.0 %; a percentage is never printed on a negative base, nor for a fall into loss."""
    assert signed_words(current, base) == zh
    assert in_english(zh) == en
    assert growth(Level(Month(2022, 9), current, "k"), Level(Month(2021, 9), base, "k")) is None
    found = side_by_side(Level(Month(2022, 9), current, "k"), Level(Month(2021, 9), base, "k"), None)
    assert (found.note, found.note_en, found.absence) == (zh, en, "undefined")


def test_a_gain_on_a_gain_is_a_percentage():
    assert signed_words(3, 5) is None
    assert signed_words(0, 5) is None
    assert growth(Level(Month(2022, 9), 0, "k"), Level(Month(2021, 9), 5, "k")) == -100


def test_the_bureaus_own_example_of_2018_implies_a_base_that_nobody_printed():
    """27,298.3 against the 29,047.6 printed a year before is −6.0 %; published +16.5 % implies a base of 23,432.0."""
    current, printed, published = 272983, 290476, Fraction(165, 10)
    found = side_by_side(Level(YearToDate(2018, 5), current, "2018"), Level(YearToDate(2017, 5), printed, "2017"), published)

    assert (round(float(found.ratio), 1), found.computed, found.told) == (-6.0, None, published)
    assert found.words() == "+16.5 %（−6.0 % 口径不可比）"
    assert round(float(Fraction(current, 10) / (1 + published / 100)), 1) == 23432.0


@pytest.mark.parametrize(("gap", "noted"), [("0.1", False), ("0.11", True), ("-0.1", False), ("-2", True)])
def test_a_gap_is_worth_a_note_above_a_tenth_of_a_point(gap: str, noted: bool):
    one = Growth("2022-09", Fraction(6) + Fraction(gap), Fraction(6), gap=Fraction(gap))
    assert one.worth_a_note is noted
    assert ("未解释" in one.words()) is noted
    assert ("unexplained" in one.words("en")) is noted


def row(**rest):
    plain = {"covered_num": 175, "covered_den": 200, "basis": "k@2022-01..09", **rest}
    return figure("output_growth", ("city", "city"), "2022-01..09", "cumulative_yoy", 1500, 175, "%", **plain)


def test_a_closed_months_row_tells_published_computed_and_the_ratio_that_must_not_be_used():
    total, stored = (
        figure("output_growth", ("city", "city"), "2022-01..09", f"bridge_{name}", value, 1, "fen")
        for name, value in (("total", 190), ("stored", 180))
    )
    found = from_rows(row(published=820), {"bridge_total": total, "bridge_stored": stored})

    assert (found.published, found.computed, found.told) == (Fraction(82, 10), Fraction(1500, 175), Fraction(82, 10))
    assert found.gap == Fraction(82, 10) - Fraction(1500, 175)
    assert (found.covered_share, found.basis) == (Fraction(7, 8), "k@2022-01..09")
    assert (found.ratio, found.note) == (Fraction(100 * 10, 180), NOT_COMPARABLE)
    assert found.words() == "+8.2 %（企业数据 +8.6 %，未解释 −0.4 个百分点；+5.6 % 口径不可比）"
    assert found.words("en") == "+8.2 % (from enterprises +8.6 %, −0.4 points unexplained; +5.6 % not comparable)"


def test_without_a_published_rate_the_computed_one_is_told_alone():
    found = from_rows(row(), {})
    assert (found.published, found.gap, found.ratio, found.words()) == (None, None, None, "+8.6 %")


def test_an_undefined_growth_keeps_its_words():
    lost = missing("profit_growth", ("city", "city"), "2022-01..09", "cumulative_yoy", "%", "undefined", "由盈转亏")
    found = from_rows(lost, {})
    assert (found.computed, found.note, found.note_en, found.absence, found.words()) == (
        None,
        "由盈转亏",
        "from profit to loss",
        "undefined",
        "—",
    )


def test_a_ratio_of_totals_needs_a_positive_base():
    assert (level_ratio(5, 0), level_ratio(5, -1), level_ratio(90, 100)) == (None, None, -10)


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
