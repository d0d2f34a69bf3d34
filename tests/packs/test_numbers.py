"""The numbers of a Chinese text, each with its place and value (convention P4)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.packs.numbers import chinese_numeral, numbers_in, values_of

DIGITS = "零一二三四五六七八九"


def spelled(n):
    """The numeral of a number below 10000 the slow, plain way."""
    if n == 0:
        return "零"
    parts, zero = [], False
    for place, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, n = divmod(n, place)
        if digit:
            parts.append(("零" if zero else "") + DIGITS[digit] + word)
            zero = False
        elif parts:
            zero = True
    return "".join(parts)


@given(st.integers(0, 9999))
def test_a_spelled_number_has_its_value(n):
    assert chinese_numeral(spelled(n)) == n


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_a_number_with_myriads_has_its_value(high, low):
    low_word = spelled(low) if low >= 1000 else "零" + spelled(low)

    assert chinese_numeral(f"{spelled(high)}万{low_word}") == high * 10_000 + low


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("百", 100),
        ("十", 10),
        ("十四", 14),
        ("两", 2),
        ("二十", 20),
        ("一百零五", 105),
        ("亿", 10**8),
        ("一亿二千万", 120_000_000),
        ("三四", None),
        ("一一", None),
    ],
)
def test_numerals_of_the_trade(text, value):
    assert chinese_numeral(text) == value


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("全年完成投资418亿元", ["418"]),
        ("最高补贴5.04万元/辆", ["5.04"]),
        ("按照5:5比例", ["5", "5"]),
        ("计划(2022-2025)", ["2022", "2025"]),
        ("百户企业、五一假期", ["百", "五一"]),
        ("１０％", ["１０"]),
        ("推进工作", []),
    ],
)
def test_every_number_is_found_and_a_multiplier_of_a_unit_is_none(text, tokens):
    """2000万元 is one number and a unit: 万 behind digits is no number of its own."""
    found = numbers_in(text)

    assert [number.text for number in found] == tokens
    assert [text[number.start : number.end] for number in found] == tokens


@given(st.lists(st.one_of(st.integers(0, 10**6).map(str), st.sampled_from(["万元", "工业", "，", "百户", "不超过"]))))
def test_digits_are_never_missed(pieces):
    """Against the plain way: every digit of the text lies in exactly one token."""
    text = "".join(pieces)
    inside = [at for number in numbers_in(text) for at in range(number.start, number.end)]

    assert len(inside) == len(set(inside))
    assert {at for at, sign in enumerate(text) if sign.isdigit()} <= set(inside)


def test_values_are_exact():
    assert values_of("0.5%") == {Fraction(1, 2)}
    assert values_of("3-5 年") == {Fraction(3), Fraction(5)}
