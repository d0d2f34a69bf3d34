"""The template: legal heading, synthetic label, key columns, merges that cover each head once, values converted to the unit printed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import combinations

import pytest

from facts_cast import FORMS, HERE, A, built, enterprise
from yunxing.engines.facts.layout import CAUSE_TITLE, HIDDEN, KEY_TITLES, Row, Style, build_book, check_value, form_period, period_words
from yunxing.engines.facts.sheet import Sheet
from yunxing.values.errors import BadInput
from yunxing.values.period import JanFeb, Month

FILLED = [form for form in FORMS if form != "public_series"]


def texts(sheet: Sheet) -> list[str]:
    return [cell for row in sheet.rows for cell in row if isinstance(cell, str)]


@pytest.mark.parametrize("form", FILLED)
def test_the_legal_heading_is_printed_at_the_top(form):
    """表号, 制定机关, 批准（备案）文号, 有效期至: without them a respondent may refuse."""
    known = FORMS[form]
    said = texts(built(form, []).sheets[0])

    assert said[0] == known.title
    for expected in (
        f"表号：{known.legal.code}",
        f"制定机关：{known.legal.issuer}",
        f"批准（备案）文号：{known.legal.approval}",
        "有效期至：2025年12月",
    ):
        assert expected in said


def test_the_synthetic_label_stands_in_the_title_and_in_a_line_of_both_languages():
    plain, made = (texts(built("enterprise_month", [], style=Style(synthetic=flag)).sheets[0]) for flag in (False, True))

    assert not any("合成数据" in text for text in plain)
    assert made[0].endswith("（合成数据）")
    assert any("synthetic data" in text for text in made)


@pytest.mark.parametrize("form", FILLED)
@pytest.mark.parametrize("month", [2, 9])
def test_merges_never_overlap_and_stay_on_the_sheet(form, month):
    sheet = built(form, [Row(A, "合成")], month=3 if FORMS[form].cycle == "quarter" and month == 2 else month).sheets[0]
    width = max(len(row) for row in sheet.rows)

    for r1, c1, r2, c2 in sheet.merges:
        assert 0 <= r1 <= r2 < sheet.body
        assert 0 <= c1 <= c2 < width
        assert (r1, c1) != (r2, c2)
    for one, other in combinations(sheet.merges, 2):
        assert one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]


@pytest.mark.parametrize("form", FILLED)
def test_keys_come_first_and_the_cause_last(form):
    known, sheet = FORMS[form], built(form, [Row(A, "合成")]).sheets[0]
    head = sheet.rows[sheet.head[0]]

    assert tuple(head[:2]) == KEY_TITLES[known.subject]
    assert head[-1] == CAUSE_TITLE
    assert (head[2] == "日期") is (known.cycle == "day")


def test_choices_have_drop_downs_and_codes_are_text():
    sheet = built("project_month", [Row("P-001", "项目")]).sheets[0]

    assert [len(options) for options in sheet.choices.values()] == [9]
    assert sheet.formats[0] == sheet.formats[1] == "@"


def test_values_are_printed_in_the_unit_the_head_says():
    style = Style(units={"output": "元", "revenue": "亿元"})
    sheet = built("enterprise_month", [Row(A, "合成", enterprise("100.00"))], style=style).sheets[0]
    cells = sheet.rows[sheet.body]

    assert "工业总产值（元）" in sheet.rows[sheet.head[0]]
    assert cells[2] == Decimal(1_000_000)
    assert Decimal("0.088") in cells
    with pytest.raises(BadInput, match="cannot be written"):
        built("enterprise_month", [Row(A, "合成", enterprise())], style=Style(units={"output": "吨"}))


def test_what_is_typed_as_text_is_written_as_it_is():
    sheet = built("enterprise_month", [Row(A, "合成", enterprise(output__value__month="１O"))], style=Style(units={"output": "元"})).sheets[
        0
    ]

    assert sheet.rows[sheet.body][2] == "１O"


def test_an_order_that_names_a_column_twice_prints_it_once():
    keys = ("electricity/value/month", "electricity/value/month", "unknown/value/month")
    sheet = built("enterprise_month", [Row(A, "合成", enterprise())], style=Style(order=keys)).sheets[0]

    assert str(sheet.rows[sheet.head[0]]).count("用电量") == 1
    assert sheet.rows[sheet.head[0]][2] == "用电量（万千瓦时）"


def test_the_hidden_sheet_holds_what_the_book_was_made_for():
    form = FORMS["coal_day"]
    book = build_book(form, Month(2022, 9), HERE, [Row("COAL-01", "厂", day=date(2022, 9, 1))])
    hidden = book.sheets[1]
    named = dict(row[:2] for row in hidden.rows[:7])

    assert (hidden.name, hidden.hidden) == (HIDDEN, True)
    assert (named["form"], named["period"], named["unit"], named["keys"]) == ("coal_day", "2022-09", "371681", 1)
    assert named["check"] == check_value("coal_day", "1", "2022-09", "371681", ["COAL-01|2022-09-01"])
    assert named["check"] != check_value("coal_day", "1", "2022-08", "371681", ["COAL-01|2022-09-01"])
    assert len(build_book(form, Month(2022, 9), HERE, [], Style(keys=False)).sheets) == 1


def test_the_words_over_the_columns():
    columns = {column.key: column for column in FORMS["enterprise_month"].columns()}

    assert period_words(columns["output/value/month"], Month(2022, 9)) == "本月"
    assert period_words(columns["output/value/cumulative"], Month(2022, 9)) == "1—9月累计"
    assert period_words(columns["output/value/cumulative"], JanFeb(2022)) == "1—2月累计"
    assert period_words(columns["output/last_year_restated/cumulative"], Month(2022, 9)) == "上年同期累计"
    assert period_words(columns["output/last_year_restated/month"], Month(2022, 9)) == "上年同月"


def test_a_forms_period_is_its_month_or_january_and_february():
    assert form_period(FORMS["port_month"], 2022, 2) == JanFeb(2022)
    assert form_period(FORMS["listing_month"], 2022, 2) == Month(2022, 2)
