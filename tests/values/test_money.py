"""Fen exactly: reading, showing, named roundings against fractions, splits that add up, rates."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.values.errors import BadInput
from yunxing.values.money import (
    INT64_MAX,
    Rounding,
    ceil_fen,
    check_fen,
    floor_fen,
    floor_yuan,
    format_money,
    half_up_fen,
    half_up_yuan,
    parse_money,
    parse_rate,
)

WAN, YI = 10**6, 10**10


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("2000 万元", 2000 * WAN), ("418亿元", 418 * YI), ("50.5元", 5050), ("0元", 0), ("1,234.56 元", 123456), ("￥12元", 1200), ("¥12元", 1200),
        ("-3.07万元", -3_070_000), ("２０００万元", 2000 * WAN), ("5分", 5), ("3角", 30), ("500万", 500 * WAN), ("0.000001亿元", 10000), ("6.48万元", 6_480_000), ("人民币10万元", 10 * WAN),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(text, fen):
    assert parse_money(text) == fen


@pytest.mark.parametrize(
    "text", ["", "元", "50.5", "50.555元", "2O00万元", "100美元", "一百元", "1,23元", "12 吨", "3元5角", "0.00000001万元"]
)
def test_what_is_no_exact_amount_is_refused(text):
    with pytest.raises(BadInput):
        parse_money(text)


def test_a_column_head_gives_the_unit_and_the_text_wins():
    assert parse_money("1.5", unit="万元") == 1_500_000
    assert parse_money("1.5元", unit="万元") == 150
    with pytest.raises(BadInput):
        parse_money("1.5", unit="吨")


@pytest.mark.parametrize(
    ("fen", "ok"), [(INT64_MAX - 1, True), (INT64_MAX, True), (INT64_MAX + 1, False), (-INT64_MAX, True), (-INT64_MAX - 1, False)]
)
def test_amounts_fit_in_64_bits_or_are_refused(fen, ok):
    if ok:
        assert check_fen(fen) == fen
        assert parse_money(f"{fen}分") == fen
    else:
        for act in (lambda: check_fen(fen), lambda: parse_money(f"{fen}分")):
            with pytest.raises(BadInput, match="more than can be stored"):
                act()


@pytest.mark.parametrize(
    ("fen", "unit", "places", "text"),
    [
        (2000 * WAN, "万元", 2, "2,000.00万元"),
        (418 * YI, "亿元", 2, "418.00亿元"),
        (123456, "元", 2, "1,234.56元"),
        (4999, "万元", 2, "0.00万元"),
        (5000, "万元", 2, "0.01万元"),
        (5001, "万元", 2, "0.01万元"),
        (-5000, "万元", 2, "-0.01万元"),
        (0, "万元", 0, "0万元"),
        (156_984_406, "元", 2, "1,569,844.06元"),
    ],
)
def test_amounts_are_shown_half_up_in_threes(fen, unit, places, text):
    assert format_money(fen, unit, places) == text


def test_the_unit_can_stand_in_the_column_head():
    assert format_money(2000 * WAN, with_unit=False) == "2,000.00"
    with pytest.raises(BadInput):
        format_money(1, "吨")


@given(st.integers(-INT64_MAX, INT64_MAX))
def test_what_is_shown_to_the_fen_reads_back(fen):
    assert parse_money(format_money(fen, "元", 2)) == fen
    assert parse_money(format_money(fen, "万元", 6)) == fen
    assert parse_money(format_money(fen, "亿元", 10)) == fen


numerators = st.integers(0, 10**18)
denominators = st.integers(1, 10**9)


@given(numerators, denominators)
def test_roundings_agree_with_fractions(n, d):
    exact = Fraction(n, d)
    assert floor_fen(n, d) == math.floor(exact)
    assert ceil_fen(n, d) == math.ceil(exact)
    assert half_up_fen(n, d) == math.floor(exact + Fraction(1, 2)) == (2 * n + d) // (2 * d)
    assert floor_yuan(n, d) == math.floor(exact / 100) * 100
    assert half_up_yuan(n, d) == math.floor(exact / 100 + Fraction(1, 2)) * 100


@given(st.integers(0, 10**6), st.integers(1, 1000))
def test_roundings_at_halves_and_one_beside(k, d):
    for n in {2 * k * d - 1, 2 * k * d, 2 * k * d + 1, (2 * k + 1) * d - 1, (2 * k + 1) * d, (2 * k + 1) * d + 1}:
        if n >= 0:
            assert half_up_fen(n, 2 * d) == math.floor(Fraction(n, 2 * d) + Fraction(1, 2))


@pytest.mark.parametrize(
    ("rounding", "below", "at", "above"),
    [(half_up_fen, 0, 1, 1), (floor_fen, 0, 0, 0), (ceil_fen, 1, 1, 1)],
)
def test_half_a_fen_below_at_and_above(rounding, below, at, above):
    assert [rounding(n, 100) for n in (49, 50, 51)] == [below, at, above]


@pytest.mark.parametrize(("rounding", "below", "at", "above"), [(half_up_yuan, 0, 100, 100), (floor_yuan, 0, 0, 0)])
def test_half_a_yuan_below_at_and_above(rounding, below, at, above):
    assert [rounding(n) for n in (49, 50, 51)] == [below, at, above]


@pytest.mark.parametrize(("gross", "net"), [(100_000, 85_000), (23_333, 19_833), (19_990, 16_992)])
def test_toll_at_85_percent_rounds_as_the_handbook(gross, net):
    assert half_up_fen(gross * 85, 100) == net


@pytest.mark.parametrize(
    ("fee", "paid"), [(20_000_000, 6_000_000), (33_333_333, 9_999_999), (33_333_334, 10_000_000), (40_000_000, 10_000_000)]
)
def test_a_ceiling_share_of_30_percent_rounds_down_to_the_cap(fee, paid):
    assert min(floor_fen(fee * 30, 100), 10 * WAN) == paid


@pytest.mark.parametrize(("n", "d"), [(-1, 1), (1, 0), (1, -1)])
def test_roundings_refuse_negative_numerators_and_no_denominator(n, d):
    for rounding in Rounding:
        with pytest.raises(BadInput):
            rounding(n, d)


def test_roundings_refuse_what_does_not_fit_and_keep_what_does():
    assert half_up_fen(INT64_MAX) == INT64_MAX
    with pytest.raises(BadInput):
        half_up_fen(INT64_MAX + 1)
    with pytest.raises(BadInput):
        ceil_fen(2 * INT64_MAX + 1, 2)


def test_rounding_is_found_by_its_name_in_a_rule():
    assert Rounding("half_up_fen") is half_up_fen
    assert {r.value for r in Rounding} == {"half_up_fen", "floor_fen", "ceil_fen", "half_up_yuan", "floor_yuan"}


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("35%", Fraction(35, 100)),
        ("3.70%", Fraction(37, 1000)),
        ("0.5‰", Fraction(1, 2000)),
        ("3.70％", Fraction(37, 1000)),
        ("100%", Fraction(1)),
        ("0%", Fraction(0)),
        (" 0.5 %", Fraction(1, 200)),
        ("-20%", Fraction(-1, 5)),
    ],
)
def test_rates_are_exact(text, rate):
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["35", "0.35", "", "%", "35%%", "3O%", "三成", "0.1个百分点", "35%以上"])
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(BadInput):
        parse_rate(text)
