"""A draft is checked by the very checks of a workbook, in place of the row and the column that were typed. 合成数据."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts_cast import FORMS, HERE, PARTIES, A, B, C, built, enterprise, history, taken
from yunxing.engines.facts.check import look_back
from yunxing.engines.facts.draft import Checked, check_draft, check_row
from yunxing.engines.facts.layout import Row, form_period
from yunxing.engines.facts.table import empty

FORM = FORMS["enterprise_month"]
AUGUST = history("enterprise_month", {8: [Row(A, "甲", enterprise("99.00", cumulative="800.00"))]})


def checked(*rows: Row, form: str = "enterprise_month", prior: pl.DataFrame | None = None, correction: str = "") -> Checked:
    before = look_back(empty() if prior is None else prior)
    known = FORMS[form]
    return check_draft(known, form_period(known, 2022, 9), HERE[0], rows, parties=PARTIES, before=before, correction=correction)


def told(found: Checked) -> list[tuple[int, str, str]]:
    return [(one.row, one.key, one.problem.rule) for one in found.findings]


def test_a_good_row_has_nothing_to_say_and_its_stored_values():
    found = check_row(FORM, form_period(FORM, 2022, 9), HERE[0], Row(A, "甲", enterprise()), parties=PARTIES, before=look_back(AUGUST))

    assert found.findings == ()
    assert found.stored[0, "output/value/month"] == 100 * 10**6
    assert found.stored[0, "profit/value/cumulative"] == -1_250 * 10**4
    assert found.blocked == frozenset()


@pytest.mark.parametrize(
    ("typed", "key", "rule"),
    [
        ({"output/value/month": "1O0"}, "output/value/month", "bad_value"),
        ({"employees/value/month": "12.5"}, "employees/value/month", "not_whole"),
        ({"output/value/month": "150", "output/value/cumulative": "900"}, "output/value/month", "difference"),
        ({"revenue/value/cumulative": -1}, "revenue/value/cumulative", "negative"),
        ({"employees/value/month": 200_001}, "employees/value/month", "out_of_range"),
        ({"tax/value/cumulative": None}, "tax/value/cumulative", "required"),
        ({"output/value/cumulative": Decimal("700.00"), "output/value/month": 0}, "output/value/cumulative", "falls"),
    ],
)
def test_a_problem_stands_at_the_row_and_the_column_that_were_typed(typed, key, rule):
    found = checked(Row(B, "乙", enterprise()), Row(A, "甲", {**enterprise(), **typed}), prior=AUGUST)

    assert (1, key, rule) in told(found)
    assert {row for row, _, _ in told(found)} == {1}
    assert found.blocked == {1}


def test_text_as_people_type_it_is_read_as_the_number_it_is():
    found = checked(
        Row(A, "甲", {**enterprise(), "output/value/month": "１，００.００万元".replace("，", ""), "revenue/value/cumulative": "1,234.5"})
    )

    assert found.stored[0, "output/value/month"] == 100 * 10**6
    assert found.stored[0, "revenue/value/cumulative"] == 123_450 * 10**4


def test_a_question_goes_once_its_cause_is_written():
    same = {**enterprise("100.00"), "electricity/value/month": Decimal("30.7")}  # as in August
    asked = checked(Row(A, "甲", same), prior=AUGUST)
    answered = checked(Row(A, "甲", same, cause="电表统一抄表"), prior=AUGUST)

    assert (0, "electricity/value/month", "stale") in told(asked)
    assert told(answered) == []


def test_keys_are_told_by_their_names():
    found = checked(Row("NOBODY", "", enterprise()), Row(A, "甲", enterprise()), Row(A, "甲", enterprise()))

    assert told(found) == [(0, "party", "unknown_party"), (2, "party", "duplicate_row")]
    day = checked(Row("COAL-01", "厂", {"opening/value/day": 1}, day=date(2022, 8, 31)), form="coal_day")
    assert (0, "day", "no_day") in told(day)
    job = checked(Row(A, "甲", {"missing_workers/value/month": 1}, detail="nothing"), form="labour_month")
    assert (0, "detail", "unknown_detail") in told(job)


def test_a_correction_lets_a_cumulative_fall():
    fallen = Row(A, "甲", enterprise("0", cumulative="700.00"))

    assert ("output/value/cumulative", "falls") in [(key, rule) for _, key, rule in told(checked(fallen, prior=AUGUST))]
    assert "falls" not in [rule for _, _, rule in told(checked(fallen, prior=AUGUST, correction="上月多报"))]


def test_an_empty_draft_is_empty():
    assert told(checked()) == []
    assert checked(Row(A, "甲")).stored == {}


cell = st.one_of(
    st.none(), st.integers(-10, 10**6), st.sampled_from(["", "abc", "1O", "12,34", "—", "不适用", "３", "5万元", "5吨", "1e5", "=A1"])
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([A, B, C, "", "X"]), st.dictionaries(st.sampled_from([c.key for c in FORM.columns()]), cell)), max_size=4
    )
)
def test_a_draft_has_the_problems_of_its_workbook_whatever_is_typed(some: list[Any]):
    """And the rows that are not blocked are the rows a workbook's import would take."""
    rows = [Row(party, "合成", {**enterprise(), **typed}) for party, typed in some]
    accepted, problems = taken(built("enterprise_month", rows), prior=AUGUST)
    found = checked(*rows, prior=AUGUST)

    assert sorted(one.problem.rule for one in found.findings) == sorted(problem.rule for problem in problems)
    blank = {n for n, row in enumerate(rows) if not row.party}
    taken_rows = {rows[n].party for n in range(len(rows)) if n not in found.blocked | blank}
    assert set(accepted.facts["party"]) <= taken_rows or not accepted.facts.height


def test_one_row_is_checked_while_a_person_waits():
    row = Row(A, "甲", enterprise())
    checked(row, prior=AUGUST)
    begun = time.perf_counter()
    for _ in range(5):
        checked(row, prior=AUGUST)

    assert (time.perf_counter() - begun) / 5 < 0.5  # 30 ms on a quiet machine
