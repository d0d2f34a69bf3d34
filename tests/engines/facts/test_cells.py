"""One cell to one stored value: what people type is read exactly or refused with the reason."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts_cast import FORMS
from yunxing.engines.facts.cells import Cell, Misread, fold, good, printed, read_cell, read_date, shown
from yunxing.engines.facts.units import unit_of

OUTPUT = FORMS["enterprise_month"].item("output")
STAFF = FORMS["enterprise_month"].item("employees")
STAGE = FORMS["project_month"].item("stage")
STARTED = FORMS["project_month"].item("started_on")
PROBLEM = FORMS["project_month"].item("problem")
PROGRESS = FORMS["project_month"].item("progress")
WAN = unit_of("万元")


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        (12345.67, 12345_670000),
        (0.29, 290000),
        (0, 0),
        (-320.0, -320_000000),
        ("12,345.67", 12345_670000),
        ("１２３４５．６７", 12345_670000),
        (" 12345.67　", 12345_670000),
        ("−320", -320_000000),
        ("12345.67万元", 12345_670000),
        ("1.2345亿元", 12345_000000),
        ("5000 元", 500000),
        (1234.5600000000002, 1234_560000),
    ],
)
def test_numbers_as_counties_write_them_are_read_to_the_fen(written, fen):
    assert read_cell(written, OUTPUT, WAN) == Cell(value=fen)


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("193.5O", "bad_value"),
        ("1,23.4", "bad_value"),
        ("约100", "bad_value"),
        ("1e5", "bad_value"),
        ("12 吨", "wrong_unit"),
        (True, "bad_value"),
        (datetime(2022, 9, 1), "bad_value"),
        (float("nan"), "bad_value"),
        (float("inf"), "bad_value"),
        (1e30, "too_large"),
        ("9" * 40, "too_large"),
    ],
)
def test_what_is_no_figure_is_refused(written, rule):
    read = read_cell(written, OUTPUT, WAN)

    assert isinstance(read, Misread)
    assert read.rule == rule
    assert "万元" in read.expected[0]


def test_a_letter_that_looks_like_a_digit_is_named():
    """«193.5O»: the message says which letter and which digit."""
    read = read_cell("193.5O", OUTPUT, WAN)

    assert isinstance(read, Misread)
    assert read.why == ("含字符 O，应为数字 0", "it holds O where the digit 0 should stand")


@pytest.mark.parametrize(
    ("written", "absence"), [("—", "not_applicable"), ("/", "not_applicable"), ("未报", "not_reported"), ("保密", "suppressed")]
)
def test_a_reason_for_no_figure_is_an_absence_and_never_zero(written, absence):
    assert read_cell(written, OUTPUT, WAN) == Cell(absence=absence)


@pytest.mark.parametrize("nothing", [None, "", "  ", "　"])
def test_an_empty_cell_says_nothing(nothing):
    assert read_cell(nothing, OUTPUT, WAN) == Cell()


@pytest.mark.parametrize(("written", "rule"), [(268.5, "not_whole"), ("268.5", "not_whole"), ("二百", "bad_value")])
def test_heads_are_counted_in_whole_numbers(written, rule):
    read = read_cell(written, STAFF, unit_of("人"))

    assert isinstance(read, Misread)
    assert read.rule == rule


def test_percent_is_stored_in_hundredths():
    assert read_cell("62.5%", PROGRESS, unit_of("%")) == Cell(value=6250)
    assert read_cell(62.5, PROGRESS, unit_of("%")) == Cell(value=6250)


def test_a_choice_is_its_place_in_the_list():
    assert read_cell("在建", STAGE, None) == Cell(value=3)
    assert read_cell("under_construction", STAGE, None) == Cell(value=3)
    refused = read_cell("建设中", STAGE, None)
    assert isinstance(refused, Misread)
    assert "竣工" in refused.expected[0]


@pytest.mark.parametrize(
    "written",
    [
        date(2022, 3, 15),
        datetime(2022, 3, 15),
        "2022-03-15",
        "2022/3/15",
        "2022.3.15",
        "2022年3月15日",
        "20220315",
        44635,
        44635.0,
        "２０２２-03-15",
    ],
)
def test_days_are_read_in_the_forms_people_use(written):
    """44635 is the spreadsheet's own number of 2022-03-15."""
    assert read_cell(written, STARTED, None) == Cell(value=(date(2022, 3, 15) - date(1970, 1, 1)).days)


@pytest.mark.parametrize("written", ["2022-02-30", "三月", "2022", 12.0, "15/3/2022"])
def test_what_is_no_day_is_refused(written):
    assert isinstance(read_cell(written, STARTED, None), Misread)


def test_words_stay_words():
    assert read_cell(" 用地指标尚未批复 ", PROBLEM, None) == Cell(words="用地指标尚未批复")
    assert read_cell("/", PROBLEM, None) == Cell(words="/")


@given(st.decimals(min_value=-(10**7), max_value=10**7, places=2), st.sampled_from(["元", "万元", "亿元"]))
def test_a_double_of_two_decimals_is_the_decimal_that_was_typed(amount: Decimal, name: str):
    """Spreadsheets hold doubles; up to 10^7 in any unit with two decimals the exact value comes back."""
    unit = unit_of(name)
    assert unit is not None
    exact = Fraction(amount) * unit.per

    assert read_cell(float(amount), OUTPUT, unit) == Cell(value=int(exact))
    assert read_cell(f"{amount:,}", OUTPUT, unit) == Cell(value=int(exact))


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_what_is_printed_is_read_back(stored: int):
    assert read_cell(printed(stored, OUTPUT).removesuffix(" 万元"), OUTPUT, WAN) == Cell(value=stored)


def test_more_decimals_than_are_stored_round_half_up_once():
    assert read_cell("0.0000005", OUTPUT, WAN) == Cell(value=1)
    assert read_cell("-0.0000005", OUTPUT, WAN) == Cell(value=-1)
    assert read_cell(0.00000049, OUTPUT, WAN) == Cell(value=0)


def test_messages_print_stored_values_as_people_read_them():
    assert printed(12345_670000, OUTPUT) == "12,345.67 万元"
    assert printed(3, STAGE) == "在建"
    assert printed(19066, STARTED) == "2022-03-15"
    assert shown(Fraction(7), "人") == "7 人"
    assert good(OUTPUT) == ("数字（万元），如 12345.67", "a number（万元） such as 12345.67")


def test_fold_makes_one_form_of_a_text():
    assert fold("９１３７１６００　") == "91371600"
    assert fold(12.0) == "12"
    assert fold(None) == ""
    assert read_date("") is None
