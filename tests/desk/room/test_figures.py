"""How figures are printed: unit, decimals, groups of three, absence; and amounts of the pack in the reader's language."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.desk.room.figures import Printed, comparison, in_words, printed, scale


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (418_0000_0000_00, "fen", "418.00 亿元"),
        (99_9999_0000, "fen", "9,999.99 万元"),
        (0, "fen", "0.00 万元"),
        (186_000_000, "kg", "18.60 万吨"),
        (4_551_000, "kg", "4,551.0 吨"),
        (284_692, "kWh", "28.5 万千瓦时"),
        (8, "firms", "8 家"),
        (Fraction(36, 10), "days", "3.6 天"),
        (Fraction(-51, 10), "%", "-5.1%"),
        (Fraction(1, 4), "points", "0.3 个百分点"),
        (Fraction(-1, 30), "points2", "-0.03 个百分点"),
        (1234, "", "1,234"),
    ],
)
def test_a_stored_figure_in_its_printed_unit(value, unit, text):
    """Large money in 亿元, small in 万元; rounded half up for print only."""
    assert str(printed(Fraction(value), unit)) == text


def test_the_cards_own_unit_goes_before_size():
    """A card that prints 亿元 does so for small sums too; for another unit than its own it has no say."""
    shown = {"unit": "亿元", "unit_en": "hundred million yuan", "places": 2}

    assert str(printed(Fraction(5 * 10**8), "fen", shown=shown)) == "0.05 亿元"
    assert str(printed(Fraction(51, 10), "%", shown=shown)) == "5.1%"


@pytest.mark.parametrize(
    ("why", "word"),
    [("not_reported", "未报"), ("not_applicable", "不适用"), ("suppressed", "保密"), ("undefined", "无法计算"), (None, "无法计算")],
)
def test_absent_is_a_word_and_never_zero(why, word):
    """「未报」「不适用」「保密」 are three different things, and none of them is 0."""
    assert printed(None, "fen", why) == Printed(word, "")


@given(st.fractions(-(10**12), 10**12, max_denominator=7), st.sampled_from(["fen", "kg", "kWh", "days", "%", "points", "firms"]))
def test_scaling_loses_nothing(value, unit):
    """The scaled value times its factor is the stored one: rounding happens only in print."""
    scaled, _name, places = scale(value, unit)

    assert places >= 0
    assert scaled == 0 if value == 0 else (value / scaled) in {1, 10**3, 10**4, 10**6, 10**7, 10**10}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("lt 0%", "低于 0%"),
        ("le -20%", "不高于 -20%"),
        ("gt 3 天", "超过 3 天"),
        ("ge 1200 万元", "不低于 1,200 万元"),
        ("eq 5", "等于 5"),
        ("", ""),
        ("其他", "其他"),
    ],
)
def test_comparisons_in_words(code, words):
    """What the rule compares is a sentence; what is no comparison stays."""
    assert comparison(code) == words


def test_amounts_of_the_pack_in_english(in_english):
    """The unit is translated, the number grouped in threes, and what has no unit stays."""
    assert in_words("1200 万元") == "1,200 ten thousand yuan"
    assert in_words("7 天") == "7 days"
    assert in_words("0%") == "0%"
    assert comparison("lt 7 天") == "below 7 days"
    assert (
        str(printed(Fraction(10**11), "fen", shown={"unit": "亿元", "unit_en": "hundred million yuan", "places": 1}))
        == "10.0 hundred million yuan"
    )


def test_amounts_of_the_pack_in_chinese():
    """Grouped in threes; decimals and words are left alone."""
    assert in_words("1200 万元") == "1,200 万元"
    assert in_words("0.7 个百分点") == "0.7 个百分点"
    assert in_words("2022年底前") == "2022年底前"
