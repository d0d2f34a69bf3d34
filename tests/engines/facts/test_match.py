"""Template → fill → read gives the same values, for every form; form, month and unit are known with and without the hidden sheet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts_cast import FORMS, HERE, NOW, PARTIES, UNITS, A, B, built, enterprise, laid, rules, values
from yunxing.engines.facts.accept import accept
from yunxing.engines.facts.check import look_back
from yunxing.engines.facts.layout import HIDDEN, Row, Style, build_book, fact_period, form_period
from yunxing.engines.facts.match import match_book
from yunxing.engines.facts.reading import read_rows
from yunxing.engines.facts.sheet import Book, Sheet, address
from yunxing.engines.facts.table import empty
from yunxing.values.errors import BadInput
from yunxing.values.period import JanFeb, Month

FORM = FORMS["enterprise_month"]


@pytest.mark.parametrize("form", [form for form in FORMS if form != "public_series"])
@pytest.mark.parametrize("month", [2, 9, 12])
@pytest.mark.parametrize(
    "style", [Style(), Style(merged_head=False, keys=False), Style(synthetic=True, foot=("填表人：合成    审核人：合成",))]
)
def test_every_template_is_read_back_as_what_it_is(form, month, style):
    known = FORMS[form]
    if known.cycle == "quarter" and month == 2:
        with pytest.raises(BadInput, match="每季一次"):
            form_period(known, 2022, month)
        return
    key = {"enterprise": A, "project": "P-001", "site": "COAL-01", "unit": HERE[0], "bank": "BANK-01", "cluster": "CLUSTER-01"}[
        known.subject
    ]
    period = form_period(known, 2022, month)

    found = laid(built(form, [Row(key, "合成", {known.items[0].id: 1}, day=date(2022, month, 1))], month=month, style=style))

    assert (found.form, found.period, found.unit) == (known, period, known.sender or HERE[0])
    assert [column.column.key for column in found.head.columns] == [c.key for c in known.columns(first_of_year=isinstance(period, JanFeb))]
    assert found.problems == []
    assert len(found.rows) == 1
    assert (found.head.detail is None) == (known.detail is None)


amount = st.decimals(min_value=0, max_value=10**6, places=2)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(amount, amount, st.integers(0, 9999)), min_size=1, max_size=2),
    st.sampled_from(
        [Style(), Style(merged_head=False), Style(units={"output": "元", "revenue": "亿元"}), Style(keys=False, extra=("行业代码",))]
    ),
    st.permutations([c.key for c in FORM.columns()]),
)
def test_template_filled_and_read_gives_the_same_values(rows, style, order):
    """In any order of columns and any unit of the same dimension, to the fen."""
    from dataclasses import replace

    filled = [
        Row(party, "合成", enterprise(revenue__value__cumulative=revenue, output__value__cumulative=total, employees__value__month=staff))
        for party, (total, revenue, staff) in zip((A, B), rows, strict=False)
    ]
    facts = accept(
        [
            read_rows(
                laid(built("enterprise_month", filled, style=replace(style, order=tuple(order)))), PARTIES, submission="s", known_at=NOW
            )
        ],
        look_back(empty()),
    ).facts

    for row in filled:
        expected = {
            key: int(Fraction(value) * (10**6 if "employees" not in key and "s" else 1))
            for key, value in row.values.items()
            if key.split("/")[0] in {"output", "revenue", "profit", "tax"}
        }
        found = values(facts, row.party)
        assert {key: found[key] for key in expected} == expected
        assert found["employees/value/month"] == row.values["employees/value/month"]


def test_january_of_a_joint_form_is_refused_and_february_is_both():
    with pytest.raises(BadInput, match="1—2月合并"):
        form_period(FORM, 2022, 1)
    assert form_period(FORM, 2022, 2) == JanFeb(2022)
    assert form_period(FORMS["coal_day"], 2022, 1) == Month(2022, 1)


def test_periods_of_facts():
    assert fact_period(Month(2022, 9), "month") == "2022-09"
    assert fact_period(Month(2022, 9), "cumulative") == "2022-01..09"
    assert fact_period(JanFeb(2022), "month") == fact_period(JanFeb(2022), "cumulative") == "2022-01..02"
    assert fact_period(Month(2022, 1), "cumulative") == "2022-01"


def test_the_hidden_sheet_is_a_proof_not_a_crutch():
    """A moved period on the hidden sheet breaks its check value: the head is believed, and the reporter is told."""
    book = built("enterprise_month", [Row(A, "甲", enterprise())])
    hidden = next(sheet for sheet in book.sheets if sheet.name == HIDDEN)
    hidden.rows[2][1] = "2022-08"

    found = laid(book)

    assert found.period == Month(2022, 9)
    assert rules(found.problems) == ["keys_changed"]
    assert found.problems[0].effect == "warn"


def test_another_version_of_the_template_is_told():
    from dataclasses import replace

    book = build_book(replace(FORM, version=7), Month(2022, 9), HERE, [Row(A, "甲", enterprise())])

    assert rules(laid(book).problems) == ["old_version"]


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([["职工花名册"], ["姓名", "年龄"]], "no_form"),
        ([["规模以上工业企业运行月报"], ["2022年9月"], ["单位", "产值"]], "no_head"),
        ([["规模以上工业企业运行月报"], ["统一社会信用代码"]], "no_period"),
        ([["规模以上工业企业运行月报"], ["2022年1月"], ["统一社会信用代码"]], "no_period"),
    ],
)
def test_a_wrong_workbook_is_named(rows, rule):
    found = match_book(Book([Sheet("表1", rows)]), FORMS, UNITS)

    assert isinstance(found, list)
    assert [problem.rule for problem in found] == [rule]


def test_an_unknown_unit_is_asked_for_with_the_nearest():
    book = build_book(FORM, Month(2022, 9), ("X", "邹平"), [Row(A, "甲", enterprise())], Style(keys=False))
    book.name = ""

    found = laid(book)

    assert rules(found.problems) == ["no_unit"]
    assert "邹平市" in found.problems[0].expected[0]


def test_total_rows_marks_and_footnotes_are_no_parties():
    style = Style(total={"output/value/month": Decimal("100.00")}, foot=("说明：合成数据", "填表人：甲"))
    book = built("enterprise_month", [Row(A, "甲", enterprise())], style=style)
    sheet = book.sheets[0]
    sheet.rows.insert(sheet.body, ["甲", "乙", 1, 2])

    found = laid(book)

    assert len(found.rows) == 1
    assert len(found.totals) == 1


def test_figures_without_a_code_are_an_error():
    book = built("enterprise_month", [Row("", "没有代码的企业", enterprise())])

    assert rules(laid(book).problems) == ["no_key"]


def test_addresses_are_those_of_a_spreadsheet():
    assert [address(0, column) for column in (0, 25, 26, 701, 702)] == ["A1", "Z1", "AA1", "ZZ1", "AAA1"]
