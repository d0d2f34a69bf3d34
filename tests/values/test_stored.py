"""One table for printing stored figures: every unit prints, converts exactly, and is called something in English."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.values.errors import BadInput
from yunxing.values.quantity import UNITS, half_up
from yunxing.values.stored import ENGLISH, RATES, STORED, fits, in_english, own, per, printing, stored

names = st.sampled_from(sorted(STORED))
values = st.fractions(-(10**15), 10**15, max_denominator=10**4)


@pytest.mark.parametrize(
    ("value", "name", "wanted", "places", "zh", "en"),
    [
        (418_0000_0000_00, "fen", "", None, "418.00亿元", "418.00 hundred million yuan"),
        (99_9999_0000, "fen", "", None, "9,999.99万元", "9,999.99 ten thousand yuan"),
        (99_9999_0000, "fen", "亿元", 2, "1.00亿元", "1.00 hundred million yuan"),
        (186_000_000, "kg", "", None, "18.60万吨", "18.60 ten thousand tonnes"),
        (4_551_000, "kg", "", None, "4,551.0吨", "4,551.0 tonnes"),
        (284_692, "kWh", "万千瓦时", 1, "28.5万千瓦时", "28.5 ten thousand kWh"),
        (Fraction(696, 100), "days", "天", 1, "7.0天", "7.0 days"),
        (Fraction(-51, 10), "%", "亿元", 2, "-5.1%", "-5.1%"),
        (Fraction(-33, 10), "points", "", None, "-3.3个百分点", "-3.3 points"),
        (Fraction(1, 4), "points2", "", None, "0.25个百分点", "0.25 points"),
        (812, "0.01%", "", None, "8.12%", "8.12%"),
        (8, "firms", "户", 0, "8户", "8 firms"),
        (12_345_600, "m2", "公顷", 2, "1,234.56公顷", "1,234.56 hectares"),
        (2400, "TEU", "", None, "2,400TEU", "2,400 TEU"),
        (Fraction(30), "times", "", None, "30.00倍", "30.00 times"),
    ],
)
def test_a_stored_figure_is_printed(value, name, wanted, places, zh, en):
    one = printing(Fraction(value), name, wanted, places)
    assert (one.text(), one.text("en")) == (zh, en)


def test_a_choice_of_another_dimension_has_no_say():
    """A card that prints its money in 亿元 does not print days so."""
    assert printing(7, "days", "亿元", 2).text() == "7.0天"


@pytest.mark.parametrize(("printed", "name"), [("吨", "fen"), ("天", "kg"), ("亿元", "%"), ("斗", "kg")])
def test_unlike_things_are_never_converted(printed, name):
    with pytest.raises(BadInput, match="is not printed in"):
        per(printed, name)
    assert not fits(printed, name)


def test_an_unknown_stored_unit_is_named_with_the_nearest():
    with pytest.raises(BadInput, match="Did you mean 'firms'"):
        stored("firm")


@given(values, names)
def test_printing_loses_nothing_before_rounding(value, name):
    """The printed value times what one printed unit holds is the stored value; the digits are it, rounded half up once."""
    one = printing(value, name)
    size = Fraction(100) if name == "0.01%" else Fraction(1) if name in RATES else per(one.unit, name)

    assert one.value * size == value
    assert one.digits.replace(",", "").replace("-", "").replace(".", "").lstrip("0") == str(
        abs(half_up(one.value * 10**one.places))
    ).lstrip("0")


@given(values, names)
def test_the_largest_unit_of_which_there_is_one_is_chosen(value, name):
    known = STORED[name]
    one = printing(value, name)
    larger = [printed for printed, _ in known.printed[: [printed for printed, _ in known.printed].index(one.unit)]]

    assert all(abs(value) < per(printed, name) for printed in larger)


@pytest.mark.parametrize("name", sorted(STORED))
def test_every_unit_of_the_table_is_known_and_has_an_english_name(name):
    one = STORED[name]
    assert not one.unit or one.unit in UNITS
    for printed, places in one.printed:
        assert places >= 0
        assert name in RATES or per(printed, name) >= 1
        assert printed in ENGLISH or in_english(printed) in ("TEU", "%", "")  # an index has no unit


def test_a_formula_shows_whole_numbers_whole():
    assert (own(1_569_844, "fen"), own(Fraction(2, 3), "%")) == ("1,569,844", "0.6667")
    with pytest.raises(BadInput):
        own(1, "斗")
