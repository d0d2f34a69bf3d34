"""What a person wrote becomes an integer, an unknown or a fault with place, found and expected; hostile input is refused like any other."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from engines.entitlements.small import D0, sheet
from yunxing.engines.entitlements.intake import from_mapping, place_of, read_value, refusal_names, show, unknown_keys
from yunxing.engines.entitlements.policy import Column
from yunxing.engines.entitlements.tree import Type
from yunxing.values.errors import BadInput

MONEY, COUNT, DAYS, MONTHS = (Column("x", kind, -(10**15), 10**15) for kind in (Type.FEN, Type.COUNT, Type.DAYS, Type.MONTHS))
DOLLARS, DAY, FLAG = Column("x", Type.USD, 0, 10**12), Column("x", Type.DATE, 0, 10**6), Column("x", Type.FLAG, 0, 1)
RATE = Column("x", Type.RATE, 0, 10**6, denominator=10**6)
CODE = Column("x", Type.CODE, 0, 1, ("a", "b"))
BEGINS, WHOLE = (Column("x", Type.TEXT, -1, 2, ("84", "8471", "90"), whole=whole) for whole in (False, True))


@pytest.mark.parametrize(
    ("column", "written", "value"),
    [
        (MONEY, "1.5 亿元", 15 * 10**9), (MONEY, "0.01 元", 1), (MONEY, -7, -7), (MONEY, " 3 元 ", 300), (COUNT, "12 家", 12), (COUNT, "-3", -3),
        (COUNT, "3 人次", 3), (COUNT, 0, 0), (DAYS, "7 天", 7), (DAYS, "7", 7), (MONTHS, "3 年", 36), (MONTHS, "18 个月", 18), (MONTHS, "0 个月", 0),
        (DOLLARS, "300 万美元", 3 * 10**8), (DOLLARS, "0.01 美元", 1), (DOLLARS, 5, 5), (DAY, "1970-01-01", 0), (DAY, date(1969, 12, 31), -1),
        (FLAG, " 是 ", True), (FLAG, "false", False), (FLAG, True, True), (RATE, "3.85%", 38500), (RATE, "0.0001%", 1), (RATE, 7, 7),
        (CODE, "b", 1), (CODE, "B", -1), (BEGINS, "847130", 1), (BEGINS, "8470", 0), (BEGINS, "85", -1), (WHOLE, "847130", -1), (WHOLE, "90", 2),
        (COUNT, "  ", None), (COUNT, "未知", None), (DAY, "not_due", None), (FLAG, "not_applicable", None), (CODE, " undefined ", None),
    ],
)  # fmt: skip
def test_every_type_is_read_as_it_is_written(column: Column, written: Any, value: int | None) -> None:
    found = read_value(column, written)
    assert found == value
    assert (found is None) is (value is None)


@pytest.mark.parametrize(
    ("column", "written", "says"),
    [
        (COUNT, "9" * 5000, "expected a whole number, or unknown"),
        (COUNT, "-" + "9" * 31, "expected a whole number, or unknown"),
        (MONTHS, "9" * 5000 + "年", "expected a whole number of months, or unknown"),
        (MONTHS, "半年", "found '半年', expected a whole number of months, or unknown"),
        (COUNT, "1e3", "found '1e3', expected a whole number, or unknown"),
        (COUNT, "٣", "found '٣', expected a whole number, or unknown"),
        (COUNT, "--5", "found '--5'"),
        (COUNT, "-", "found '-'"),
        (COUNT, True, "found True, expected a whole number, or unknown"),
        (COUNT, 1.0, "found the float 1.0, expected a whole number, or unknown"),
        (COUNT, float("nan"), "found the float nan"),
        (DAY, datetime(2022, 1, 1), "expected a day such as 2022-04-02, or unknown"),
        (DAY, "2022-13-01", "found '2022-13-01', expected a day such as 2022-04-02, or unknown"),
        (DAY, 5, "found 5, expected a day"),
        (FLAG, 0, "found 0, expected true or false (是, 否), or unknown"),
        (FLAG, "Y", "found 'Y', expected true or false"),
        (CODE, 1, "found 1, expected one of a, b, or unknown"),
        (BEGINS, 8471, "found 8471, expected text, such as a customs code, or unknown"),
        (DOLLARS, "300 万元", "expected whole US cents"),
        (RATE, "0.00001%", "expected a rate such as"),
        (MONEY, {"a": 1}, "expected whole fen or text with a unit"),
    ],
)
def test_what_is_no_value_of_the_column_is_refused_with_found_and_expected(column: Column, written: Any, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_value(column, written)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (MONEY, None, "未知"), (MONEY, 2 * 10**9, "2,000万元"), (DAYS, 7, "7 天"), (MONTHS, 36, "36 个月"), (FLAG, 1, "是"), (FLAG, 0, "否"),
        (DAY, 0, "1970-01-01"), (CODE, 1, "b"), (CODE, -1, "?"), (CODE, 2, "?"), (BEGINS, 1, "8471"), (BEGINS, -1, "名录外"), (RATE, 38500, "3.85%"),
        (DOLLARS, 3 * 10**8, "300万美元"),
    ],
)  # fmt: skip
def test_a_value_is_shown_with_its_unit_and_one_outside_its_list_as_such(column: Column, value: int | None, words: str) -> None:
    assert show(column, value) == words


def test_the_longest_key_wins_and_an_empty_text_begins_with_none() -> None:
    assert [place_of(BEGINS, text) for text in ("", "8", "84", "847", "8471", "84719", "900")] == [-1, -1, 0, 0, 1, 1, 2]
    assert [place_of(WHOLE, text) for text in ("", "84", "847", "8471")] == [-1, 0, -1, 1]


@pytest.mark.parametrize(("value", "faulty"), [(-1, True), (0, False), (1000, False), (1001, True)])
def test_a_range_includes_both_ends_and_a_value_beyond_stays_for_the_refusal(value: int, faulty: bool) -> None:
    row, faults = from_mapping(sheet(), {"count": value}, "p.json")
    assert row["count"] == value
    assert [(fault.place, fault.found, fault.expected) for fault in faults] == ([("count", str(value), "0 to 1000")] if faulty else [])


@pytest.mark.parametrize(("start", "end", "faulty"), [(5, 6, False), (5, 5, False), (6, 5, True), (6, None, False), (None, 5, False)])
def test_days_in_the_wrong_order_are_a_fault_only_where_both_are_known(start: int | None, end: int | None, faulty: bool) -> None:
    given = {
        name: None if at is None else date.fromordinal(date(1970, 1, 1).toordinal() + D0 + at)
        for name, at in (("start", start), ("end", end))
    }
    _, faults = from_mapping(sheet(), given, "p")
    assert [(one.place, one.found, one.expected) for one in faults] == (
        [("start", "2020-01-07", "not after end, 2020-01-06")] if faulty else []
    )


def test_a_strange_code_is_out_of_range_and_its_names_are_told() -> None:
    row, (fault,) = from_mapping(sheet(), {"board": "z"}, "p")
    assert row["board"] == -1
    assert (fault.place, fault.expected) == ("board", "one of a, b, c")


def test_the_bits_of_a_refusal_are_named_in_order_without_flags_and_with_the_checks_last() -> None:
    names = refusal_names(sheet())
    assert names[:3] == ["money", "other", "count"]
    assert "flag" not in names
    assert names[-1] == "start <= end"
    assert len(names) == 13 + 1


def test_a_misspelt_key_is_a_warning_unless_the_right_one_stands_beside_it() -> None:
    (fault,) = unknown_keys(sheet(), {"mony": 1}, "p")
    assert (fault.place, fault.severity, fault.fix) == ("mony", "warn", "did you mean 'money'?")
    assert unknown_keys(sheet(), {"mony": 1, "money": 2}, "p") == []
    assert unknown_keys(sheet(), {"entirely_other": 1}, "p") == []
