"""Units, exact conversion and comparison, numbers as people write them, display, comparators."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.values.errors import BadInput
from yunxing.values.quantity import UNITS, Comparator, Quantity, format_number, half_up, holds, parse_number, parse_quantity, unit

fractions = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**4)
unit_names = st.sampled_from(sorted(UNITS))


@pytest.mark.parametrize(
    ("value", "name", "other", "expected"),
    [
        (1, "亿元", "万元", Fraction(10000)),
        (1, "元", "分", Fraction(100)),
        (25, "万吨", "吨", Fraction(250000)),
        (1, "吨", "kg", Fraction(1000)),
        (1, "公顷", "亩", Fraction(15)),
        (1, "亩", "平方米", Fraction(2000, 3)),
        (3, "亩", "m²", Fraction(2000)),
        (1, "万吨标准煤", "tce", Fraction(10000)),
        (1, "万千瓦时", "kWh", Fraction(10000)),
        (1, "kWh", "MJ", Fraction(18, 5)),
        (1, "GJ", "kWh", Fraction(2500, 9)),
        (1, "MW", "kW", Fraction(1000)),
        (1, "万千瓦", "MW", Fraction(10)),
        (5, "‰", "%", Fraction(1, 2)),
        (1, "万标箱", "TEU", Fraction(10000)),
        (90, "分钟", "小时", Fraction(3, 2)),
        (1, "万吨/年", "t/a", Fraction(10000)),
    ],
)
def test_conversion_is_exact(value, name, other, expected):
    assert Quantity(value, name).to(other).value == expected


@pytest.mark.parametrize(
    "name",
    [
        "天",
        "家",
        "户",
        "个",
        "公顷",
        "亩",
        "m²",
        "MW",
        "kW",
        "%",
        "百分点",
        "TEU",
        "辆",
        "小时",
        "工作日",
        "艘次",
        "列",
        "吨",
        "tce",
        "GJ",
        "万元",
    ],
)
def test_every_unit_of_the_trade_is_in_the_table(name):
    assert unit(name).factor > 0


@pytest.mark.parametrize(
    ("a", "b"),
    [("%", "百分点"), ("天", "工作日"), ("家", "户"), ("tce", "kWh"), ("元", "美元"), ("吨", "万吨/年"), ("kW", "kWh"), ("亩", "吨")],
)
def test_unlike_dimensions_are_refused_and_never_equal(a, b):
    x, y = Quantity(1, a), Quantity(1, b)
    assert x != y
    for act in (lambda: x < y, lambda: x <= y, lambda: x > y, lambda: x >= y, lambda: x + y, lambda: x - y, lambda: x.to(b)):
        with pytest.raises(BadInput, match="cannot be put together"):
            act()


def test_unknown_unit_names_the_nearest():
    with pytest.raises(BadInput, match="万吨标准煤"):
        unit("万吨标准媒")
    with pytest.raises(BadInput, match="no known unit"):
        unit("zzzz")


def test_full_width_units_are_known():
    assert unit("ＭＷ").name == unit("MW").name
    assert unit("％").name == "%"


@pytest.mark.parametrize("value", [1.5, "1", True, None])
def test_inexact_values_are_refused(value):
    with pytest.raises(BadInput, match="not exact"):
        Quantity(value, "吨")


@given(fractions, unit_names)
def test_conversion_goes_there_and_back(value, name):
    quantity = Quantity(value, name)
    for other in UNITS:
        if UNITS[other].dimension == quantity.dimension:
            again = quantity.to(other)
            assert again == quantity
            assert hash(again) == hash(quantity)
            assert again.to(name).value == value


@given(fractions, fractions)
def test_comparison_and_sum_are_those_of_fractions_in_any_unit(a, b):
    x, y = Quantity(a, "吨"), Quantity(b / 10000, "万吨")
    assert (x < y, x <= y, x > y, x >= y, x == y) == (a < b, a <= b, a > b, a >= b, a == b)
    assert (x + y).value == a + b
    assert (x - y).value == a - b
    assert -x + x == Quantity(0, "千克")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", Fraction(0)), ("1203", Fraction(1203)), ("1,203", Fraction(1203)), ("1,203.50 ", Fraction(2407, 2)), ("１２０３", Fraction(1203)), ("１，２０３．５", Fraction(2407, 2)),
        ("  7", Fraction(7)), ("-7.25", Fraction(-29, 4)), ("－7", Fraction(-7)), ("−7", Fraction(-7)), ("+7", Fraction(7)), ("1,234,567", Fraction(1234567)), ("　12　", Fraction(12)), ("007", Fraction(7)),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text, value):
    assert parse_number(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1,2O3", "the letter O"),
        ("12o", "the letter o"),
        ("l2", "the letter l"),
        ("1〇", "the sign 〇"),
        ("1,23", "thousands"),
        ("12,34,567", "thousands"),
        ("", "nothing"),
        ("   ", "nothing"),
        ("1e5", "“e”"),
        ("35%", "“%”"),
        ("二十", "“二”"),
        ("1 203", "“ ”"),
        ("1.2.3", "no number"),
        (".5", "no number"),
        ("5.", "no number"),
        ("--5", "no number"),
        ("nan", "no number"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(text, reason):
    with pytest.raises(BadInput, match=reason) as caught:
        parse_number(text)
    assert f"“{text}”" in str(caught.value)


@given(st.integers(-(10**15), 10**15), st.integers(0, 6))
def test_what_is_shown_exactly_reads_back(n, places):
    value = Fraction(n, 10**places)
    assert parse_number(format_number(value, places)) == value
    assert parse_number(format_number(value, places, grouped=False)) == value


@given(fractions, st.integers(0, 6))
def test_display_is_within_half_a_step_and_symmetric(value, places):
    shown = parse_number(format_number(value, places))
    assert abs(shown - value) <= Fraction(1, 2 * 10**places)
    assert parse_number(format_number(-value, places)) == -shown


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(2145, 100), 1, "21.5"),  # 4.29 Mt at 0.20 Mt a day; a float gives 21.4
        (Fraction(2144999, 100000), 1, "21.4"),
        (Fraction(696, 100), 1, "7.0"),
        (Fraction(-5, 2), 0, "-3"),
        (Fraction(-1, 100), 1, "0.0"),
        (Fraction(1, 3), 4, "0.3333"),
        (999, 0, "999"),
        (1000, 0, "1,000"),
        (Fraction(99995, 100), 0, "1,000"),
        (Fraction(1005, 1000), 2, "1.01"),
    ],
)
def test_display_rounds_half_up(value, places, text):
    assert format_number(value, places) == text


def test_negative_places_are_refused():
    with pytest.raises(BadInput):
        format_number(1, -1)


BELOW, AT, ABOVE = Fraction(699, 100), Fraction(7), Fraction(701, 100)


@pytest.mark.parametrize(
    ("comparator", "below", "at", "above"),
    [
        (Comparator.ge, False, True, True),
        (Comparator.gt, False, False, True),
        (Comparator.le, True, True, False),
        (Comparator.lt, True, False, False),
        (Comparator.eq, False, True, False),
    ],
)
def test_each_comparator_below_at_and_above_its_bound(comparator, below, at, above):
    assert [holds(v, comparator, 7) for v in (BELOW, AT, ABOVE)] == [below, at, above]


def test_what_shows_as_seven_still_fails_seven_or_more():
    stock = Fraction(696, 100)
    assert format_number(stock, 1) == "7.0"
    assert not holds(stock, Comparator.ge, 7)
    assert not holds(Quantity(stock, "天"), Comparator.ge, Quantity(7, "天"))


@pytest.mark.parametrize(("value", "result"), [(Fraction(299, 100), False), (3, True), (5, True), (7, True), (Fraction(701, 100), False)])
def test_a_range_includes_both_ends(value, result):
    assert holds(value, Comparator.range, (3, 7)) is result


@pytest.mark.parametrize(("value", "result"), [(Fraction(94), False), (95, True), (100, True), (105, True), (106, False)])
def test_about_holds_within_five_percent(value, result):
    assert holds(value, Comparator.approx, 100) is result


def test_about_takes_another_tolerance_and_a_negative_bound():
    assert holds(110, Comparator.approx, 100, tolerance=Fraction(1, 10))
    assert holds(-98, Comparator.approx, -100)


@pytest.mark.parametrize(
    ("value", "comparator", "bound"),
    [
        (1, Comparator.range, 2),
        (1, Comparator.ge, (1, 2)),
        (1, Comparator.ge, Quantity(1, "天")),
        (Quantity(1, "天"), Comparator.ge, Quantity(1, "家")),
    ],
)
def test_comparisons_that_make_no_sense_are_refused(value, comparator, bound):
    with pytest.raises(BadInput):
        holds(value, comparator, bound)


def test_every_comparator_has_chinese_words():
    assert all(c.zh for c in Comparator)


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("25万吨", Quantity(25, "万吨")),
        ("１，３７２ 个", Quantity(1372, "个")),
        ("0.5%", Quantity(Fraction(1, 2), "%")),
        ("-3 百分点", Quantity(-3, "百分点")),
        ("7天", Quantity(7, "天")),
        ("418亿元", Quantity(418, "亿元")),
    ],
)
def test_quantities_as_people_write_them(text, quantity):
    assert parse_quantity(text) == quantity


@pytest.mark.parametrize("text", ["", "25", "万吨", "2O 家", "25 光年", "1,23 家"])
def test_what_is_no_quantity_is_refused(text):
    with pytest.raises(BadInput):
        parse_quantity(text)


def test_multiples():
    assert 3 * Quantity(5, "家") == Quantity(15, "家")


@given(fractions)
def test_half_up_is_the_nearest_whole_number_away_from_zero_at_halves(value):
    whole = half_up(value)
    assert abs(value - whole) <= Fraction(1, 2)
    assert half_up(-value) == -whole
