"""Codes: check digits warn, malformed codes say why, regions have a history, sizes need both floors."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.values.codes import (
    USCI_SYMBOLS,
    Region,
    RegionTable,
    SizeClass,
    check_organisation_code,
    check_usci,
    industries,
    industry_of,
    organisation_with_check,
    size_class,
    usci_with_check,
)
from yunxing.values.errors import BadInput

VALID = ["91350100M000100Y43", "913716001234567887", "91371600MA3C00003X", "91371681123456788H", "914403001922038216", "91330100799655058B"]
symbols = st.sampled_from(USCI_SYMBOLS)
heads = st.text(symbols, min_size=8, max_size=8)


@pytest.mark.parametrize("code", VALID)
def test_known_codes_are_valid(code):
    assert check_usci(code).status == "valid"
    assert check_usci(code).normalised == code
    assert usci_with_check(code[:17]) == code


@pytest.mark.parametrize("code", VALID)
def test_another_last_character_is_suspect_and_says_the_right_one(code):
    wrong = code[:17] + ("0" if code[17] != "0" else "1")
    result = check_usci(wrong)
    assert result.status == "suspect"
    assert f"should be {code[17]}" in result.why


def test_width_case_and_spaces_are_folded_before_checking():
    assert check_usci(" ９１35 0100m000100y43\u3000").normalised == VALID[0]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("91350100M000100Y4", "has 17"),
        ("91350100M000100Y433", "has 19"),
        ("", "has 0"),
        *[(f"91350100M00010{c}Y43", c) for c in "IOSVZ"],
        ("91350100M000100-43", "-"),
    ],
)
def test_malformed_codes_say_why(code, why):
    result = check_usci(code)
    assert result.status == "malformed"
    assert why in result.why


def test_a_wrong_organisation_code_inside_is_suspect():
    code = usci_with_check("91371600MA0000000")
    assert code[-1] == "3"
    assert check_usci(code).status == "suspect"
    assert "organisation code" in check_usci(code).why


@given(heads, heads)
def test_made_codes_are_valid(first8, organisation8):
    assert check_usci(usci_with_check(first8 + organisation_with_check(organisation8))).status == "valid"


@given(heads, heads, st.integers(0, 17), symbols)
def test_a_change_of_one_character_is_never_valid(first8, organisation8, at, other):
    code = usci_with_check(first8 + organisation_with_check(organisation8))
    if code[at] != other:
        assert check_usci(code[:at] + other + code[at + 1 :]).status != "valid"


@pytest.mark.parametrize("head", ["", "9" * 16, "9" * 18, "I" * 17])
def test_a_start_that_is_no_code_is_refused(head):
    with pytest.raises(BadInput):
        usci_with_check(head)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("M000100Y4", "valid"),
        ("12345678-8", "valid"),
        ("123456788", "valid"),
        ("192203821", "valid"),
        ("123456787", "suspect"),
        ("12345678", "malformed"),
        ("12345678中", "malformed"),
    ],
)
def test_organisation_codes(code, status):
    assert check_organisation_code(code).status == status


@pytest.mark.parametrize("head", ["1234567", "123456789", "1234-678"])
def test_a_start_that_is_no_organisation_code_is_refused(head):
    with pytest.raises(BadInput):
        organisation_with_check(head)


def test_there_are_41_divisions_of_industry_in_three_sections():
    table = industries()
    assert list(table) == [f"{n:02d}" for n in range(6, 47)]
    by_section = {s: [c for c, i in table.items() if i.section == s] for s in "BCD"}
    assert (len(by_section["B"]), len(by_section["C"]), len(by_section["D"])) == (7, 31, 3)
    assert (by_section["C"][0], by_section["C"][-1]) == ("13", "43")
    assert len({i.zh for i in table.values()}) == len({i.en for i in table.values()}) == 41


@pytest.mark.parametrize(
    ("code", "division"),
    [("32", "32"), ("3216", "32"), ("321", "32"), ("C3216", "32"), ("c32", "32"), ("06", "06"), ("D4411", "44"), ("46", "46")],
)
def test_an_industry_code_belongs_to_its_division(code, division):
    assert industry_of(code).code == division


@pytest.mark.parametrize("code", ["05", "47", "6", "", "B3216", "CC32", "32167", "3a", "A01", "C"])
def test_codes_outside_industry_are_refused(code):
    with pytest.raises(BadInput):
        industry_of(code)


WAN = 10**6


@pytest.mark.parametrize(
    ("staff", "wan", "expected"),
    [
        (1000, 40000, "large"), (1500, 1500, "small"), (250, 90000, "small"), (19, 90000, "micro"), (500, 299, "micro"),
        (999, 40000, "medium"), (1001, 40001, "large"), (299, 2000, "small"), (300, 2000, "medium"), (301, 2001, "medium"),
        (20, 300, "small"), (21, 301, "small"), (19, 300, "micro"), (0, 0, "micro"), (300, 1999, "small"), (20, 299, "micro"), (1000, 39999, "medium"),
    ],
)  # fmt: skip
def test_size_classes_below_at_and_above_each_floor(staff, wan, expected):
    assert size_class(staff, wan * WAN) is SizeClass(expected)


def test_a_fen_below_the_floor_drops_a_class():
    assert size_class(1200, 39999_990_000) is SizeClass.medium
    assert size_class(1000, 40000 * WAN - 1) is SizeClass.medium
    assert SizeClass.large.zh == "大型"
    with pytest.raises(BadInput):
        size_class(-1, 0)


@given(st.integers(0, 3000), st.integers(0, 60000 * WAN), st.integers(0, 500), st.integers(0, 10000 * WAN))
def test_growing_never_makes_an_enterprise_smaller(staff, revenue, more_staff, more_revenue):
    order = [SizeClass.micro, SizeClass.small, SizeClass.medium, SizeClass.large]
    assert order.index(size_class(staff + more_staff, revenue + more_revenue)) >= order.index(size_class(staff, revenue))


OLD = Region("990024", "甲县", None, dt.date(2013, 12, 31), successor="990003", parent="990000")
NEW = Region("990003", "甲区", dt.date(2014, 1, 1), parent="990000", kind="district")
CITY = Region("990000", "乙市", kind="city")
ZONE = Region("BZ-JKQ", "乙市开发区", parent="990000", kind="zone", statistical=False)
TABLE = RegionTable([CITY, OLD, NEW, ZONE])


@pytest.mark.parametrize(("text", "codes"), [("2013-12-30", "990024"), ("2013-12-31", "990024"), ("2014-01-01", "990003")])
def test_a_region_is_replaced_on_its_day(text, codes):
    assert {r.code for r in TABLE.on(dt.date.fromisoformat(text))} == {"990000", "BZ-JKQ", codes}


def test_get_finds_a_code_only_while_it_holds():
    assert TABLE.get("990024", dt.date(2013, 12, 31)) is OLD
    assert TABLE.get("990024", dt.date(2014, 1, 1)) is None
    assert TABLE.get("990003", dt.date(2013, 12, 31)) is None
    assert TABLE.get("unknown", dt.date(2022, 1, 1)) is None


def test_current_follows_successors():
    assert TABLE.current("990024", dt.date(2022, 1, 1)) is NEW
    assert TABLE.current("990024", dt.date(2010, 1, 1)) is OLD
    assert TABLE.current("unknown", dt.date(2022, 1, 1)) is None


def test_successors_in_a_circle_end():
    a = Region("1", "a", None, dt.date(2000, 1, 1), successor="2")
    b = Region("2", "b", None, dt.date(2000, 1, 1), successor="1")
    assert RegionTable([a, b]).current("1", dt.date(2022, 1, 1)) is None


def test_a_zone_has_its_own_id_and_no_statistics_of_its_own():
    zone = TABLE.get("BZ-JKQ", dt.date(2022, 5, 27))
    assert (zone.kind, zone.statistical, zone.parent) == ("zone", False, "990000")


@pytest.mark.parametrize(
    "regions",
    [
        [Region("1", "a", parent="2")],
        [Region("1", "a", successor="2")],
        [Region("1", "a"), Region("1", "b")],
        [Region("1", "a", None, dt.date(2014, 1, 1)), Region("1", "b", dt.date(2014, 1, 1))],
    ],
)
def test_tables_that_contradict_themselves_are_refused(regions):
    with pytest.raises(BadInput):
        RegionTable(regions)


def test_one_code_may_hold_twice_in_different_times():
    first = Region("1", "a", None, dt.date(2013, 12, 31))
    second = Region("1", "b", dt.date(2014, 1, 1))
    table = RegionTable([second, first])
    assert table.get("1", dt.date(2013, 12, 31)).name == "a"
    assert table.get("1", dt.date(2014, 1, 1)).name == "b"


@given(st.text(max_size=20))
def test_any_text_gets_an_answer(text):
    assert check_usci(text).status in {"valid", "suspect", "malformed"}
    assert check_organisation_code(text).status in {"valid", "suspect", "malformed"}
