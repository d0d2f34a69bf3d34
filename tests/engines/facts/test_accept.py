"""bad/ workbooks: what must be refused is refused at its cell, all problems at once, and never enters the facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from facts_cast import FAR, A, B, C, built, enterprise, laid, read, rules, taken, values
from yunxing.engines.facts.layout import Row, Style
from yunxing.engines.facts.problems import EFFECTS, RULES, Problem
from yunxing.engines.facts.table import SCHEMA


def one(**cells: Any) -> Row:
    return Row(A, "甲", enterprise(**cells))


def test_a_good_workbook_becomes_facts_in_the_schema():
    accepted, problems = taken(built("enterprise_month", [one(), Row(B, "乙", enterprise("50.00"))]))

    assert problems == []
    assert accepted.facts.schema == SCHEMA
    assert accepted.facts.height == 2 * 13
    first = accepted.facts.row(0, named=True)
    assert (first["form"], first["unit"], first["region"], first["industry"], first["basis"]) == (
        "enterprise_month",
        "371681",
        "371681",
        "32",
        "above_scale",
    )
    assert values(accepted.facts)["output/value/month"] == 100 * 10**6
    assert values(accepted.facts)["profit/value/cumulative"] == -1250 * 10**4
    assert values(accepted.facts)["electricity/value/month"] == 31 * 10**4


def test_every_fact_names_the_cell_it_came_from():
    book = built("enterprise_month", [one()])
    facts = taken(book)[0].facts
    sheet = book.sheets[0]

    for fact in facts.filter((facts["item"] == "output") & (facts["role"] == "value") & (facts["as_reported"] == "month")).iter_rows(
        named=True
    ):
        column = ord(fact["cell"][0]) - 65
        assert sheet.rows[int(fact["cell"][1:]) - 1][column] == Decimal("100.00")
        assert fact["sheet"] == sheet.name


def test_a_letter_o_blocks_its_row_and_no_other():
    accepted, problems = taken(built("enterprise_month", [one(output__value__month="1O0.00"), Row(B, "乙", enterprise("50.00"))]))

    assert rules(problems) == ["bad_value"]
    assert problems[0].cell == "C8"
    assert problems[0].found == "1O0.00"
    assert set(accepted.facts["party"]) == {B}
    assert accepted.blocked == [1]


def test_full_width_digits_thousands_marks_and_blanks_are_no_problem():
    row = Row(f"{A} ", "甲　", enterprise(output__value__month="１００．００", revenue__value__cumulative="1,880.00 "))
    accepted, problems = taken(built("enterprise_month", [row]))

    assert problems == []
    assert values(accepted.facts)["output/value/month"] == 100 * 10**6


def test_all_problems_of_a_workbook_come_at_once():
    rows = [
        one(output__value__month="1O0", employees__value__month=26.5, tax__value__cumulative=None),
        Row("9137NOBODY", "无", enterprise()),
        Row(B, "乙", enterprise("50.00")),
        Row(B, "乙", enterprise("50.00")),
        Row(C, "丙", enterprise(output__value__month=Decimal(-5))),
        Row(FAR, "丁", enterprise()),
    ]
    accepted, problems = taken(built("enterprise_month", rows))

    assert rules(problems) == sorted(["bad_value", "not_whole", "required", "unknown_party", "duplicate_row", "negative", "other_unit"])
    assert set(accepted.facts["party"]) == {B}
    assert accepted.blocked == [5]


def test_a_code_turned_into_a_number_is_told_with_the_code_that_was_issued():
    book = built("enterprise_month", [one()])
    sheet = book.sheets[0]
    sheet.rows[sheet.body][0] = 9.13716001234568e17

    problems = read(book).problems

    assert rules(problems) == ["key_as_number"]
    assert A in problems[0].why[0]


def test_a_party_that_has_ended_is_refused():
    assert rules(taken(built("enterprise_month", [Row("OLD", "旧", enterprise())]))[1]) == ["not_valid"]


def test_a_missing_column_refuses_the_workbook_and_names_its_likeness():
    style = Style(leave_out=("electricity/value/month",), extra=("用电总量",))
    accepted, problems = taken(built("enterprise_month", [one()], style=style))

    assert rules(problems) == ["missing_column"]
    assert "用电总量" in problems[0].why[0]
    assert accepted.facts.height == 0


def test_an_optional_column_may_be_missing_and_extra_columns_are_named_and_ignored():
    row = replace(one(), extra={"联系电话": "保密"})
    book = built("enterprise_month", [row], style=Style(leave_out=("shortage/value/month",), extra=("联系电话",)))
    accepted, problems = taken(book)

    assert problems == []
    assert laid(book).extras == ("联系电话",)
    assert accepted.facts.height == 12


def test_workbooks_without_the_same_columns_are_accepted_side_by_side():
    full = built("enterprise_month", [one()])
    short = built(
        "enterprise_month", [Row(B, "乙", enterprise("50.00"))], style=Style(leave_out=("shortage/value/month", "stop_days/value/month"))
    )
    facts = taken(full, short)[0].facts

    assert facts.filter(facts["party"] == A).height == 13
    assert facts.filter(facts["party"] == B).height == 11


def test_a_column_twice_refuses_the_workbook():
    twice = "用电量（万千瓦时）"
    book = built("enterprise_month", [replace(one(), extra={twice: 31})], style=Style(extra=(twice,)))

    accepted, problems = taken(book)

    assert rules(problems) == ["duplicate_column"]
    assert accepted.facts.height == 0


def test_a_unit_of_another_kind_in_the_head_refuses_the_workbook():
    book = built("enterprise_month", [one()])
    sheet = book.sheets[0]
    sheet.rows = [
        [cell.replace("工业总产值（万元）", "工业总产值（吨）") if isinstance(cell, str) else cell for cell in row] for row in sheet.rows
    ]

    accepted, problems = taken(book)

    assert set(rules(problems)) == {"wrong_unit"}
    assert accepted.facts.height == 0


def test_a_unit_said_once_for_the_sheet_holds_where_the_head_says_none():
    book = built("enterprise_month", [one()])
    sheet = book.sheets[0]
    sheet.rows = [[cell.replace("（万元）", "") if isinstance(cell, str) else cell for cell in row] for row in sheet.rows]
    sheet.rows[1][0] = "填报单位：邹平市"
    sheet.rows[3][0] = "计量单位：千元"

    assert values(taken(book)[0].facts)["output/value/month"] == 100 * 10**5


def test_the_month_in_the_head_must_be_the_month_of_the_workbook():
    book = built("enterprise_month", [one()])
    sheet = book.sheets[0]
    sheet.rows = [[cell.replace("1—9月累计", "1—8月累计") if isinstance(cell, str) else cell for cell in row] for row in sheet.rows]

    accepted, problems = taken(book)

    assert set(rules(problems)) == {"wrong_period"}
    assert accepted.facts.height == 0


@pytest.mark.parametrize(("total", "broken"), [("150.00", []), ("150.90", []), ("151.01", ["sum_mismatch"]), ("100.00", ["sum_mismatch"])])
def test_a_total_row_must_add_up_to_one_printed_unit(total, broken):
    rows = [one(), Row(B, "乙", enterprise("50.00"))]
    accepted, problems = taken(built("enterprise_month", rows, style=Style(total={"output/value/month": Decimal(total)})))

    assert rules(problems) == broken
    assert (accepted.facts.height == 0) is bool(broken)


def test_a_blank_row_is_not_reported_and_leaves_no_fact():
    reading = read(built("enterprise_month", [one(), Row(B, "乙")]))

    assert (reading.rows, reading.blank, reading.problems) == (2, 1, [])


def test_an_empty_optional_cell_is_not_reported_and_never_zero():
    facts = taken(built("enterprise_month", [one(shortage__value__month=None)]))[0].facts
    cell = facts.filter(facts["item"] == "shortage").row(0, named=True)

    assert (cell["value"], cell["absence"]) == (None, "not_reported")


def test_words_have_their_own_column_and_empty_words_no_row():
    cells = {"investment/value/month": 10, "investment/value/cumulative": 90, "progress/value/cumulative": 35, "stage/value/month": "在建"}
    said, silent = ({**cells, "problem/value/month": text} for text in ("用地未批", None))
    facts = [taken(built("project_month", [Row("P-001", "项目", some)]))[0].facts for some in (said, silent)]

    assert facts[0].filter(facts[0]["item"] == "problem")["words"].to_list() == ["用地未批"]
    assert "problem" not in facts[1]["item"].to_list()


def test_a_day_after_the_period_is_refused():
    row = Row(A, "甲", {"admitted_on/value/event": date(2022, 10, 1), "route/value/event": "月度"})

    assert rules(taken(built("growth_point_month", [row]))[1]) == ["future_day"]


@pytest.mark.parametrize("day", [None, date(2022, 8, 31), date(2022, 10, 1)])
def test_a_daily_row_must_lie_in_the_month(day):
    cells = {f"{name}/value/day": 1 for name in ("opening", "receipts", "use", "loss", "closing")}

    assert "no_day" in rules(taken(built("coal_day", [Row("COAL-01", "厂", cells, day=day)]))[1])


def test_a_party_may_have_a_row_a_day():
    cells = {"opening/value/day": 100, "receipts/value/day": 10, "use/value/day": 10, "loss/value/day": 0, "closing/value/day": 100}
    facts, problems = taken(built("coal_day", [Row("COAL-01", "厂", cells, day=date(2022, 9, day)) for day in (1, 2, 3)]))

    assert problems == []
    assert set(facts.facts["period"]) == {"2022-09-01", "2022-09-02", "2022-09-03"}


def test_every_rule_speaks_both_languages_and_every_problem_both_sentences():
    for name, mending in RULES.values():
        assert all((*name, *mending))
        assert name[1].isascii()
    problem = Problem("bad_value", "block", "表1", 7, 2, "工业总产值", "1O0", ("数字", "a number"), ("含字符 O", "it holds O"), A)

    assert problem.sentence() == "【错误】不能识别的值（含字符 O）：填报“1O0”，应为数字。按示例填写。"
    assert problem.sentence("en").startswith("[error] value cannot be read (it holds O): found 1O0, expected a number")
    assert problem.place() == "工作表“表1” C8 （工业总产值）"
    fault = problem.fault("九月.xlsx", "en")
    assert (fault.file, fault.found, fault.expected, fault.severity) == ("九月.xlsx", "1O0", "a number", "block")
    assert set(problem.as_dict()) >= {"rule", "sheet", "cell", "found", "expected", "expected_en", "fix", "message"}
    assert set(EFFECTS) == {"block", "hold", "warn"}


def test_a_head_without_any_column_of_the_form_gives_problems_and_no_fact():
    """A first row without a code right below an unmerged head is read as part of it: the workbook is refused, it breaks nothing."""
    book = built("enterprise_month", [Row("", "甲", enterprise()), Row(A, "乙", enterprise())], style=Style(merged_head=False, keys=False))

    accepted, problems = taken(book)

    assert accepted.facts.height == 0
    assert "missing_column" in rules(problems)
