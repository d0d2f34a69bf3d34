"""A column is known by its words: any order, merged or single heads, the wording of many counties; what is not understood is never guessed."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts_cast import FORMS, A, enterprise
from yunxing.engines.facts.form import Column
from yunxing.engines.facts.heads import classify, find_head, head_text
from yunxing.engines.facts.layout import Row, Style, build_book, form_period
from yunxing.engines.facts.sheet import Sheet

FORM = FORMS["enterprise_month"]
PORT = FORMS["port_month"]


def key(text: str, columns: tuple[Column, ...] = FORM.columns()) -> str:
    column, _ = classify(head_text(text), columns)
    return column.key if column else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("工业总产值本月", "output/value/month"),
        ("工业总产值 当月", "output/value/month"),
        ("一、工业总产值9月", "output/value/month"),
        ("工业总产值1—9月累计", "output/value/cumulative"),
        ("工业总产值1-9月", "output/value/cumulative"),
        ("工业总产值1～9月", "output/value/cumulative"),
        ("工业总产值本年累计", "output/value/cumulative"),
        ("工业总产值自年初累计", "output/value/cumulative"),
        ("工业总产值上年同月", "output/last_year_restated/month"),
        ("工业总产值去年同期本月", "output/last_year_restated/month"),
        ("工业总产值上年同期累计", "output/last_year_restated/cumulative"),
        ("工业总产值上年同期", "output/last_year_restated/cumulative"),
        ("营业收入", "revenue/value/cumulative"),
        ("营业收入上年同期数", "revenue/last_year_restated/cumulative"),
        ("用电量", "electricity/value/month"),
        ("期末从业人员", "employees/value/month"),
    ],
)
def test_the_words_of_counties_are_understood(text, expected):
    assert key(text) == expected


@pytest.mark.parametrize(
    "text", ["工业总产值", "工业总产值增速", "工业总产值排名", "行业代码", "主营业务收入", "工业增加值", "上年", "工业总产值（现价）占比"]
)
def test_what_is_not_fully_understood_is_no_column(text):
    """«工业总产值» alone may be the month or the cumulative figure: neither is guessed."""
    assert key(text) == ""


def test_the_longer_title_wins():
    """外贸货物吞吐量 holds 货物吞吐量."""
    columns = PORT.columns()

    assert key("外贸货物吞吐量本月", columns) == "foreign_cargo/value/month"
    assert key("货物吞吐量本月", columns) == "throughput/value/month"


def test_a_month_in_the_head_is_told():
    assert classify(head_text("工业总产值1—8月累计"), FORM.columns())[1] == 8


@given(st.integers(0, 10**6), st.booleans())
def test_any_order_of_columns_gives_the_same_cells(seed: int, merged: bool):
    keys = [column.key for column in FORM.columns()]
    random.Random(seed).shuffle(keys)
    row = Row(A, "合成", enterprise())

    book = build_book(FORM, form_period(FORM, 2022, 9), ("371681", "邹平市"), [row], Style(order=tuple(keys), merged_head=merged))
    head = find_head(book.sheets[0], FORM, first_of_year=False)

    assert head is not None
    read = {known.column.key: book.sheets[0].rows[head.body][known.index] for known in head.columns}
    assert read == enterprise()
    assert not head.extras


def test_a_head_without_merges_is_spread_over_its_columns():
    """CSV and ODS say a group's words once, in its first column."""
    rows = [
        ["统一社会信用代码", "单位名称", "工业总产值（万元）", None, "营业收入", None, "情况说明"],
        [None, None, "本月", "1-9月累计", "1-9月累计", "上年同期", None],
        [A, "合成", "1", "9", "8", "7", "无"],
    ]
    head = find_head(Sheet("csv", rows), FORM, first_of_year=False)

    assert head is not None
    assert [known.column.key for known in head.columns] == [
        "output/value/month", "output/value/cumulative", "revenue/value/cumulative", "revenue/last_year_restated/cumulative",
    ]  # fmt: skip
    assert head.columns[0].unit is not None
    assert head.columns[0].unit.name == "万元"
    assert (head.body, head.cause, head.name) == (2, 6, 1)


def test_a_countys_own_remarks_column_is_not_the_cause():
    rows = [["统一社会信用代码", "单位名称", "备注", "用电量", "情况说明"], [A, "合成", "甲", 1.0, "检修"]]
    head = find_head(Sheet("s", rows), FORM, first_of_year=False)

    assert head is not None
    assert head.cause == 4
    assert ("备注" in dict(head.extras).values()) is True


def test_a_group_row_above_the_code_is_part_of_the_head():
    rows = [["", "", "工业总产值（万元）", ""], ["统一社会信用代码", "单位名称", "本月", "1-9月累计"], [A, "合成", 1.0, 9.0]]
    head = find_head(Sheet("s", rows), FORM, first_of_year=False)

    assert head is not None
    assert [known.column.key for known in head.columns] == ["output/value/month", "output/value/cumulative"]


def test_a_sheet_without_the_code_column_has_no_head():
    assert find_head(Sheet("s", [["单位", "产值"], ["甲", 1.0]]), FORM, first_of_year=False) is None
