"""Typed answers are checked as the row of a workbook is: the same findings as the workbook's, one by one or many at once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts_cast import FORMS, HERE, PARTIES, A, B, C, built, enterprise, history, taken
from yunxing.engines.facts.cells import Cell
from yunxing.engines.facts.check import look_back
from yunxing.engines.facts.layout import Row, form_period
from yunxing.flows.check_report import (
    answer_text,
    cause_key,
    check_report,
    check_reports,
    columns_of,
    converted,
    days_of,
    keys_of,
    prefix,
    read_answer,
    rows_of,
)  # fmt: skip

FORM = FORMS["enterprise_month"]
PERIOD = form_period(FORM, 2022, 9)
COAL = FORMS["coal_day"]


def before() -> pl.DataFrame:
    rows = {month: [Row(one, "合成", enterprise("100.00", cumulative=str(100 * month))) for one in (A, B, C)] for month in (6, 7, 8)}
    return history("enterprise_month", rows)


BEFORE = before()
LOOKED = look_back(BEFORE)


def typed(**other: str) -> dict[str, str]:
    cells = {key: str(value) for key, value in enterprise("101.00", cumulative="901.00").items()}
    return {**cells, **{key.replace("__", "/"): value for key, value in other.items()}}


def check(answers, party=A, **more):
    return check_report(FORM, PERIOD, PARTIES[party], HERE[0], answers, LOOKED, **more)


def test_a_clean_row_has_no_finding():
    found = check(typed())

    assert found.findings == ()
    assert found.cells["output/value/month"] == Cell(value=101 * 10**6)
    assert set(found.cells) == {column.key for column in columns_of(FORM, PERIOD)}


@pytest.mark.parametrize(
    ("cell", "text", "rule", "effect"),
    [
        ("output/value/month", "1,2O3", "bad_value", "block"),
        ("output/value/month", "", "required", "block"),
        ("output/value/month", "-1", "negative", "block"),
        ("output/value/cumulative", "950", "difference", "block"),
        ("output/value/month", "100", "stale", "warn"),
        ("electricity/value/month", "310000", "unit_slip", "hold"),
        ("employees/value/month", "2.5", "not_whole", "block"),
        ("employees/value/month", "300000", "out_of_range", "block"),
    ],
)
def test_each_rule_of_a_workbook_speaks_at_its_cell(cell, text, rule, effect):
    """The finding stands at the key of the grid, with where its reason is given, in both languages."""
    answers = typed() | {cell: text}
    if rule == "stale":
        answers["output/value/cumulative"] = "900"

    [found] = [one for one in check(answers).findings if one.rule == rule]

    assert (found.effect, found.cause) == (effect, cause_key(cell.split("/")[0], None))
    assert found.key.split("/")[0] == cell.split("/")[0]
    assert all(found.name)
    assert all(found.words)


def test_an_empty_report_is_no_error_of_its_own_but_every_required_cell_is_missing():
    """Nothing typed: one finding for each required column, none else."""
    found = check({})
    required = {column.key for column in columns_of(FORM, PERIOD) if column.item.required}

    assert {one.key for one in found.findings} == required
    assert {one.rule for one in found.findings} == {"required"}
    assert found.cells == {}


def test_a_correction_lets_a_cumulative_fall():
    """What was too high is corrected downwards; without the word correction it blocks."""
    answers = typed(revenue__value__cumulative="700")
    assert [one.rule for one in check(answers).blocking()] == ["falls"]
    assert check(answers, correction=True).blocking() == ()


def test_asking_is_answered_by_the_reason_of_the_same_item_only():
    answers = typed(output__value__month="100", output__value__cumulative="900")
    found = check(answers)
    assert [one.rule for one in found.asking(answers)] == ["stale"]
    assert found.asking(answers | {"electricity/cause": "x"}) == found.asking(answers)
    assert found.asking(answers | {"output/cause": " "}) == found.asking(answers)
    assert found.asking(answers | {"output/cause": "订单减少"}) == ()


AMOUNT = st.one_of(
    st.sampled_from(["", "0", "100", "101.00", "9.9", "1000000", "-3", "1,0O0", "—", "未报", "１０１", "0.01亿元"]),
    st.decimals(min_value=-10, max_value=2000, places=2).map(str),
)


@settings(max_examples=40, deadline=None)
@given(
    st.fixed_dictionaries(
        dict.fromkeys(("output/value/month", "output/value/cumulative", "tax/value/cumulative", "electricity/value/month"), AMOUNT)
    )
)
def test_the_grid_says_what_the_workbook_says(changed):
    """Whatever is typed: the rules found are those of a workbook with the same row, empty cells apart; and what both keep is the same."""
    answers = typed() | changed
    accepted, problems = taken(built("enterprise_month", rows_of(FORM, PERIOD, (A, "合成"), answers)), prior=BEFORE)

    found = check(answers)

    assert sorted(one.rule for one in found.findings) == sorted(one.rule for one in problems)
    if not found.blocking():
        values = dict(
            zip(accepted.facts["item"] + accepted.facts["role"] + accepted.facts["as_reported"], accepted.facts["value"], strict=True)
        )
        assert {key: cell.value for key, cell in found.cells.items() if cell.value is not None} == {
            key: values[key.replace("/", "")] for key, cell in found.cells.items() if cell.value is not None
        }


def test_many_at_once_are_each_as_alone():
    """Checking a whole unit over columns gives every party what it gets alone."""
    given_ = {
        A: typed(), B: typed(output__value__month="1,2O3"), C: typed(output__value__month="100", output__value__cumulative="900") | {"tax/value/cumulative": ""},
    }  # fmt: skip

    together = check_reports(FORM, PERIOD, HERE[0], {id_: (PARTIES[id_], answers) for id_, answers in given_.items()}, LOOKED)

    for id_, answers in given_.items():
        assert together[id_] == check(answers, id_), id_


def test_a_daily_form_has_a_row_a_day_and_its_reason_by_day():
    """Keys begin with the day; a stock that does not carry over is found on its day; days without any answer are one finding each."""
    period = form_period(COAL, 2022, 9)
    days = days_of(COAL, period)
    answers = {}
    for number, day in enumerate(days[:3]):
        cells = {"opening": 1000 - number * 10, "receipts": 90, "use": 95, "loss": 5, "closing": 990 - number * 10, "heat_value": 5000}
        answers |= {f"{prefix(day)}{item}/value/day": str(value) for item, value in cells.items()}
    answers[f"{prefix(days[2])}opening/value/day"] = "700"

    found = check_report(COAL, period, PARTIES["COAL-01"], HERE[0], answers, LOOKED.clear())

    assert len(days) == 30
    empty = [one for one in found.findings if one.rule == "required"]
    assert {one.key[:10] for one in empty} == {day.isoformat() for day in days[3:]}
    assert len(empty) == 27
    assert {one.key for one in found.findings if one.rule != "required"} <= {
        key for key in keys_of(COAL, period) if key.startswith("2022-09-03/")
    }
    assert {one.cause for one in found.findings if one.key.startswith("2022-09-03/")} == {"2022-09-03/day/cause"}


def test_reasons_travel_in_the_rows_column_of_explanations():
    """One reason stands alone, several with the item they are about; a day's with its row."""
    one = rows_of(FORM, PERIOD, (A, "合成"), typed(output__cause="停产检修"))[0]
    two = rows_of(FORM, PERIOD, (A, "合成"), typed(output__cause="停产检修", tax__cause="口径调整"))[0]
    assert (one.cause, two.cause) == ("停产检修", "工业总产值：停产检修；应交税金：口径调整")
    day = date(2022, 9, 1)
    row = rows_of(COAL, form_period(COAL, 2022, 9), ("COAL-01", "合成"), {f"{day}/opening/value/day": "5", f"{day}/day/cause": "盘库"})
    assert [(one.day, one.cause) for one in row] == [(day, "盘库")]


@given(st.integers(-(10**15), 10**15), st.sampled_from(["output", "electricity", "employees"]))
def test_what_is_printed_reads_back_to_the_same_stored_value(value, item_id):
    """A stored figure shown in the printed unit and typed again is the same figure, to the last stored unit."""
    item = FORM.item(item_id)

    assert read_answer(answer_text(Cell(value=value), item), item) == Cell(value=value)


@pytest.mark.parametrize("word", ["not_applicable", "not_reported", "suppressed", "not_due"])
def test_absences_read_back_too(word):
    item = FORM.item("output")
    assert read_answer(answer_text(Cell(absence=word), item), item) == Cell(absence=word)


def test_choices_dates_and_texts_read_back():
    stage = FORMS["project_month"].item("stage")
    for index in range(len(stage.options)):
        assert read_answer(answer_text(Cell(value=index), stage), stage) == Cell(value=index)
    started = FORMS["project_month"].item("started_on")
    for number in (0, 19266, 19266 + 365):
        assert read_answer(answer_text(Cell(value=number), started), started) == Cell(value=number)
    problem = FORMS["project_month"].item("problem")
    assert read_answer(answer_text(Cell(words="缺资金"), problem), problem) == Cell(words="缺资金")


@given(st.decimals(min_value="0.01", max_value=10**6, places=2), st.sampled_from(["10", "100", "10000"]))
def test_a_converted_unit_is_exact_and_goes_back(amount, factor):
    """Ten thousand times too much divided, too little multiplied; what is no number stays as typed."""
    item = FORM.item("output")
    typed_text = str(amount * int(factor))
    right = converted(typed_text, item, f"×{factor}")

    assert Decimal(right.replace(",", "")) == amount
    assert Decimal(converted(right, item, f"÷{factor}").replace(",", "")) == amount * int(factor)
    assert converted("一百", item, f"×{factor}") == "一百"


def test_days_and_keys_cover_the_period_once():
    period = form_period(COAL, 2022, 9)
    days = days_of(COAL, period)
    assert days == [date(2022, 9, 1) + timedelta(days=n) for n in range(30)]
    assert len(keys_of(COAL, period)) == 30 * (len(columns_of(COAL, period)) + 1)
    assert len(keys_of(FORM, PERIOD)) == len(columns_of(FORM, PERIOD)) + len(FORM.items)
