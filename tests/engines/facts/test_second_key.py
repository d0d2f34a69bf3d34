"""Rows with a second key (a bank, a process, an occupation), forms one office sends for the whole city, and quarterly forms. 合成数据."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from facts_cast import FORMS, NOW, PARTIES, UNITS, A, B, built, laid, party, rules
from yunxing.engines.facts.accept import accept
from yunxing.engines.facts.check import look_back
from yunxing.engines.facts.layout import HIDDEN, Row, Style, build_book, fact_period, form_period
from yunxing.engines.facts.match import match_book
from yunxing.engines.facts.reading import read_rows
from yunxing.engines.facts.sheet import Book
from yunxing.engines.facts.table import empty
from yunxing.values.errors import BadInput

FAR = "913716810000000015"  # of the other reporting unit
BANKS = {one.id: one for one in (party("BANK-01", "bank", name="合成银行一"), party("BANK-02", "bank", name="合成银行二"))}
KNOWN = {**PARTIES, **BANKS}
CENTRAL = ("PBC", "人民银行")


def loan(firm: str, bank: str, balance: int = 100, **rest) -> Row:
    return Row(
        firm, "合成", {"balance/value/month": balance, "overdue/value/month": 0, "meets_baseline/value/month": "是"}, detail=bank, **rest
    )


def job(firm: str, occupation: str, missing: int = 3) -> Row:
    cells = {"missing_workers/value/month": missing, "wage_low/value/month": 4200, "wage_high/value/month": 6000}
    return Row(firm, "合成", {**cells, "skill/value/month": "中级工", "hard_to_hire/value/month": "否"}, detail=occupation)


def took(book: Book):
    reading = read_rows(laid(book), KNOWN, submission="sha256:1", known_at=NOW)
    return accept([reading], look_back(empty())).facts, reading


def balances(facts: pl.DataFrame) -> dict[str, int]:
    return dict(facts.filter(pl.col("item") == "balance").select("party", "value").iter_rows())


def test_a_party_has_a_row_for_each_second_key_and_facts_of_its_own():
    facts, reading = took(
        built("loan_balance_month", [loan(A, "BANK-01", 100), loan(A, "BANK-02", 250), loan(B, "BANK-01", 7)], unit=CENTRAL)
    )

    assert reading.problems == []
    assert balances(facts) == {f"{A}/BANK-01": 100 * 10**6, f"{A}/BANK-02": 250 * 10**6, f"{B}/BANK-01": 7 * 10**6}


def test_the_same_pair_twice_is_a_duplicate_row():
    _, reading = took(built("loan_balance_month", [loan(A, "BANK-01"), loan(A, "BANK-01")], unit=CENTRAL))

    assert rules(reading.problems) == ["duplicate_row"]


@pytest.mark.parametrize("said", ["BANK-01", "bank-01", " 合成银行一 ", "合成银行一"])
def test_a_bank_is_known_by_its_id_and_by_its_name(said):
    book = built("loan_balance_month", [loan(A, "BANK-01")], unit=CENTRAL, style=Style(keys=False))
    place = next((r, c) for r, row in enumerate(book.sheets[0].rows) for c, value in enumerate(row) if value == "BANK-01")
    book.sheets[0].rows[place[0]][place[1]] = said

    facts, reading = took(book)

    assert reading.problems == []
    assert set(balances(facts)) == {f"{A}/BANK-01"}


@pytest.mark.parametrize("said", ["", "某银行", "BANK-09", None])
def test_an_unknown_second_key_blocks_its_row_alone(said):
    book = built("loan_balance_month", [loan(A, "BANK-01"), loan(B, "BANK-02")], unit=CENTRAL)
    place = next((r, c) for r, row in enumerate(book.sheets[0].rows) for c, value in enumerate(row) if value == "BANK-01")
    book.sheets[0].rows[place[0]][place[1]] = said

    facts, reading = took(book)

    assert rules(reading.problems) == ["unknown_detail"]
    assert (reading.problems[0].row, reading.problems[0].column) == place
    assert set(balances(facts)) == {f"{B}/BANK-02"}


def test_options_are_known_by_title_id_and_english_title_and_listed_in_the_template():
    for said in ("焊工", "welder"):
        facts, reading = took(built("labour_month", [job(A, said)]))
        assert reading.problems == []
        assert set(facts["party"]) == {f"{A}/welder"}
    assert "焊工" in built("labour_month", [job(A, "welder")]).sheets[0].choices[2]
    assert rules(took(built("labour_month", [job(A, "电焊")]))[1].problems) == ["unknown_detail"]


def test_a_workbook_without_the_second_key_is_refused_whole():
    book = built("labour_month", [job(A, "welder")], style=Style(merged_head=False, keys=False))
    for row in book.sheets[0].rows:
        del row[2]
    book.sheets[0].merges.clear()

    _, reading = took(book)

    assert reading.refused
    assert "missing_column" in rules(reading.problems)


def test_one_office_sends_parties_of_every_unit_and_each_fact_keeps_its_own():
    facts, reading = took(built("loan_balance_month", [loan(A, "BANK-01"), loan(FAR, "BANK-01")], unit=CENTRAL))

    assert reading.problems == []
    assert reading.matched.unit == "PBC"
    assert dict(facts.select("party", "unit").unique().iter_rows()) == {f"{A}/BANK-01": "371681", f"{FAR}/BANK-01": "BZ-BH"}


def test_a_form_of_the_units_still_refuses_another_units_party():
    _, reading = took(built("panel_month", [Row(FAR, "合成", {"inventory/value/month": 1})]))

    assert "other_unit" in rules(reading.problems)


def test_the_hidden_sheet_keeps_both_keys():
    book = built("loan_balance_month", [loan(A, "BANK-01")], unit=CENTRAL)

    assert [row[0] for row in book.sheets[-1].rows[7:]] == [f"{A}/BANK-01|"]
    assert book.sheets[-1].name == HIDDEN
    assert laid(book).keys == {book.sheets[0].body: f"{A}/BANK-01"}


@pytest.mark.parametrize(("month", "good"), [(1, False), (2, False), (3, True), (4, False), (6, True), (9, True), (11, False), (12, True)])
def test_a_quarterly_form_is_of_the_quarters_last_month(month, good):
    form = FORMS["chain_quarter"]
    if good:
        period = form_period(form, 2022, month)
        assert fact_period(period, "cumulative") == f"2022-01..{month:02d}"
        assert fact_period(period, "month") == f"2022-{month:02d}"
    else:
        with pytest.raises(BadInput, match="每季一次"):
            form_period(form, 2022, month)


def test_a_quarterly_workbook_that_names_another_month_is_not_known():
    form = FORMS["chain_quarter"]
    book = build_book(form, form_period(form, 2022, 9), ("371681", "邹平市"), [Row(A, "合成")], Style(keys=False))
    for row in book.sheets[0].rows:
        row[:] = ["报告期：2022年8月" if isinstance(value, str) and value.startswith("报告期") else value for value in row]

    found = match_book(book, FORMS, UNITS)

    assert isinstance(found, list)
    assert [problem.rule for problem in found] == ["no_period"]


def test_a_day_stands_behind_the_second_key():
    form = FORMS["coal_day"]
    book = build_book(form, form_period(form, 2022, 9), ("371681", "邹平市"), [Row("COAL-01", "合成", {}, day=date(2022, 9, 1))])

    assert book.sheets[0].formats[2] == "yyyy-mm-dd"
    assert book.sheets[0].rows[book.sheets[0].body][2] == date(2022, 9, 1)
