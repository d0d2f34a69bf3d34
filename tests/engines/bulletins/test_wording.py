"""Words of figures: rounding half up by magnitude, 倍 from 100 %, 百分点 for differences, words on a negative base, absence told and never 0."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.bulletins import wording
from yunxing.values.errors import BadInput

getcontext().prec = 60
EXACT = st.fractions(min_value=-(10**15), max_value=10**15, max_denominator=1000)


def slow_fixed(value: Fraction, digits: int) -> str:
    """The plain reference: decimal arithmetic of the standard library."""
    shown = (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return str(abs(shown) if shown == 0 else shown)


@pytest.mark.property
@given(EXACT, st.integers(0, 4))
def test_fixed_equals_decimal_arithmetic(value: Fraction, digits: int) -> None:
    assert wording.fixed(value, digits) == slow_fixed(value, digits)


@pytest.mark.property
@given(EXACT)
def test_growth_never_prints_a_sign_and_says_the_direction(percent: Fraction) -> None:
    words = wording.growth(percent)
    assert "-" not in words
    assert words.startswith("增长") == (percent > 0 and "持平" not in words)
    assert ("倍" in words) == (percent >= 100)


@pytest.mark.parametrize(
    ("percent", "words"),
    [
        (Fraction(110), "增长1.10倍"),
        (Fraction(100), "增长1.00倍"),
        (Fraction(9999, 100), "增长100.0%"),
        (Fraction(-100), "下降100.0%"),
        (Fraction(5, 100), "增长0.1%"),
        (Fraction(4, 100), "基本持平"),
        (Fraction(0), "持平"),
    ],
)
def test_growth_around_its_edges(percent: Fraction, words: str) -> None:
    """99.99 % is below 100 %, so it stays in percent although it rounds to 100.0."""
    assert wording.growth(percent) == words


@pytest.mark.parametrize(
    ("form", "value", "words"),
    [
        ("change", Fraction(-1, 10), "回落0.1个百分点"),
        ("change", Fraction(1, 100), "基本持平"),
        ("gap", Fraction(-261, 10), "低于时序进度26.1个百分点"),
        ("gap", Fraction(1, 100), "与时序进度基本持平"),
        ("difference", Fraction(3), "提高3.0个百分点"),
        ("points", Fraction(42, 10), "4.2个百分点"),
        ("yuan", Fraction(4653 * 10**8), "46.53亿元"),
        ("yuan", Fraction(10**10 - 1), "10000.00万元"),
        ("wan", Fraction(30_000_000_00), "3000.00万元"),
        ("wan_tons", Fraction(253 * 10**6), "25.30万吨"),
        ("days", Fraction(696, 100), "7.0天"),
        ("days_fine", Fraction(696, 100), "6.96天"),
        ("rank", Fraction(2), "第2位"),
        ("firms", Fraction(200), "200家"),
    ],
)
def test_forms(form: str, value: Fraction, words: str) -> None:
    assert wording.say(form, value) == words


def test_the_handbook_gap_is_computed_before_rounding() -> None:
    """160.5 of 418 by the end of May: 38.397 − 41.667 = −3.27, told 3.3, not the 3.3 of displayed parts by luck."""
    gap = Fraction(100 * 1605, 4180) - Fraction(500, 12)
    assert wording.say("gap", gap) == "低于时序进度3.3个百分点"


@pytest.mark.parametrize(
    ("current", "base", "words"),
    [
        (80, 50, "增长60.0%"),
        (-80, 50, "由盈转亏"),
        (80, -50, "由亏转盈"),
        (-80, -50, "增亏60.0%"),
        (-30, -50, "减亏40.0%"),
        (-50, -50, "亏损持平"),
        (9, 0, "—"),
        (0, 50, "下降100.0%"),
    ],
)
def test_a_percentage_stands_on_a_positive_base_only(current: int, base: int, words: str) -> None:
    assert wording.signed_growth(Fraction(current), Fraction(base)) == words


@pytest.mark.parametrize("absence", sorted(wording.ABSENT))
def test_no_word_for_what_is_absent_holds_a_digit(absence: str) -> None:
    assert not re.search(r"\d", wording.absent(absence))


def test_an_unknown_absence_is_told_as_not_reported() -> None:
    assert wording.absent("something new") == "未报"


def test_an_unknown_form_names_the_nearest() -> None:
    with pytest.raises(BadInput, match="did you mean 'growth'"):
        wording.say("grwth", Fraction(1))


def test_a_promise_loses_its_empty_decimals_only() -> None:
    assert wording.say_target("yi", Fraction(418 * 10**10)) == "418亿元"
    assert wording.say_target("wan_tons", Fraction(255 * 10**6)) == "25.50万吨"
