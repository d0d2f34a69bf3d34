"""One cell to one value and back, and what a person may write in it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from registry_cast import PROJECT, STAGES
from yunxing.engines.registry.catalogue import Column
from yunxing.engines.registry.typed import Unreadable, printed, read_value, shown

COLUMNS = {one.id: one for one in PROJECT.columns}


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("total", "１,２３４．５", 1_234_500_000), ("total", 0.1, 100_000), ("total", Decimal("0.000001"), 1), ("total", 10**9, 10**15), ("total", -3.5, -3_500_000),
        ("share", "12.34", 1234), ("share", 0.005, 1), ("staff", 12.0, 12), ("staff", "1,200", 1200), ("named", "√", True), ("named", "否", False), ("named", True, True),
        ("stage", "在建", "built"), ("stage", "Early", "early"), ("stage", "early", "early"), ("start", "2022年3月1日", "2022-03-01"),
        ("start", datetime(2022, 3, 1), "2022-03-01"), ("start", 44621.0, "2022-03-01"), ("code", "22039999990401123456", "2203-999999-04-01-123456"),
        ("owner", 12345.0, "12345"), ("words", " 全角（） ", "全角（）"), ("words", 7.0, "7"), ("total", None, None), ("words", "  ", None),
    ],
)  # fmt: skip
def test_what_people_write_is_read(column, cell, value):
    assert read_value(cell, COLUMNS[column]) == value


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("total", "1,2O3", "数字（万元）"), ("total", "12,34", "数字"), ("total", True, "数字"), ("total", float("inf"), "数字"), ("total", date(2022, 1, 1), "数字"),
        ("total", "9" * 30, "数字"), ("staff", 1.5, "整数（人）"), ("staff", "两千", "数字（人）"), ("share", "10%", "数字（%）"), ("named", "也许", "“是”或“否”"),
        ("stage", "拆除", "前期、在建之一"), ("start", "2022-02-30", "日期"), ("code", "2213", "24 位"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_what_would_be_good(column, cell, said):
    found = read_value(cell, COLUMNS[column])

    assert isinstance(found, Unreadable)
    assert said in found.expected


@pytest.mark.parametrize(
    ("column", "value", "zh", "en"),
    [
        ("total", 1_234_500_000, "1,234.50 万元", "1,234.50 ten thousand yuan"), ("share", 1234, "12.34%", "12.34%"), ("staff", 1200, "1,200 人", "1,200 人"),
        ("named", False, "否", "no"), ("stage", "built", "在建", "Building"), ("stage", "gone", "gone", "gone"), ("total", None, "—", "—"), ("words", "", "—", "—"),
        ("start", "2022-03-01", "2022-03-01", "2022-03-01"), ("total", 0, "0.00 万元", "0.00 ten thousand yuan"),
    ],
)  # fmt: skip
def test_a_value_is_printed_with_its_unit_and_absence_is_not_zero(column, value, zh, en):
    assert printed(value, COLUMNS[column]) == zh
    assert printed(value, COLUMNS[column], english=True) == en


def test_the_head_names_the_unit():
    assert [COLUMNS[one].head for one in ("total", "share", "staff", "words")] == ["总投资（万元）", "股比（%）", "用工（人）", "备注"]
    assert shown("built", Column("s", "阶段", "s", "choice", choices=STAGES)) == "在建"
    assert shown("", COLUMNS["words"]) is None
    assert shown(0, COLUMNS["total"]) == 0
