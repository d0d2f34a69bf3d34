"""Numerals and units: exact values, and what they are in yuan, tonnes and days."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.plantext.numerals import number, parse_han, parse_value
from yunxing.engines.plantext.units import base, is_money, is_share

DIGITS = "零一二三四五六七八九"


def slow_han(value: int) -> str:
    """The plain way to write a number below 10000 in Chinese."""
    out, zero = "", False
    for power, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // power % 10
        if digit:
            out += ("零" if zero and out else "") + DIGITS[digit] + sign
            zero = False
        else:
            zero = True
    return out


@given(st.integers(1, 9999))
def test_chinese_numerals_read_back_as_written(value):
    assert parse_han(slow_han(value)) == value


@pytest.mark.parametrize(
    ("text", "value"), [("十", 10), ("十二", 12), ("两", 2), ("二〇二二", 2022), ("百", 100), ("三万", 30000), ("一亿", 10**8)]
)
def test_short_forms(text, value):
    assert parse_han(text) == value


@pytest.mark.parametrize("bad", ["", "甲", "1", "万企", "十A"])
def test_what_is_no_numeral_is_none(bad):
    assert parse_han(bad) is None


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_arabic_values_are_exact(whole, cents):
    assert parse_value(f"{whole:,}.{cents:02d}") == Fraction(whole * 100 + cents, 100)


@pytest.mark.parametrize("bad", ["1.", "1.2.3", "a", ""])
def test_broken_numbers_are_none(bad):
    assert parse_value(bad) is None


def test_a_whole_value_is_written_as_an_integer():
    assert number(Fraction(7)) == 7
    assert isinstance(number(Fraction(7)), int)
    assert number(Fraction(1, 2)) == 0.5


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (10, "亿元", (10**9, "yuan")),
        (1000, "万", (10**7, "yuan")),
        (1, "千万", (10**7, "yuan")),
        (5, "万元/辆", (50000, "yuan")),
        (25, "万吨", (250000, "t")),
        (24, "万吨/年", (240000, "t")),
        (7, "天", (7, "d")),
        (30, "个工作日", (30, "working d")),
        (3, "家", None),
        (1000, "万美元", None),
    ],
)
def test_base_units(value, unit, expected):
    found = base(Fraction(value), unit)

    assert found == (None if expected is None else (Fraction(expected[0]), expected[1]))


def test_money_and_shares_are_told_apart():
    assert [is_money(u) for u in ("万元", "元/亩", "万", "万美元", "家")] == [True, True, True, False, False]
    assert [is_share(u) for u in ("%", "折", "‰", "个百分点")] == [True, True, True, False]
