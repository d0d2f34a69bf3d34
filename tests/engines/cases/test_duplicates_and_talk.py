"""Requests that read alike, offices proposed for the talk, and the verdict of the next figure: the pure parts alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases_cast import FIRM as ENTERPRISE
from cases_cast import OPENED, answered, opened, table, tables, walk, with_data
from yunxing.engines.cases.duplicates import NEAR, alike, nearness
from yunxing.engines.cases.outcome import judge
from yunxing.engines.cases.talk import Missed, proposals

words = st.text(alphabet="车间缺少操作工电力土地贷款许可证0123 ，。", max_size=30)


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("车间缺少操作工20人", "车间缺操作工 20 人", True),
        ("缺少操作工", "缺少操作工！！", True),
        ("申请贷款展期", "车间停电三小时", False),
        ("申请贷款展期三个月", "申请贷款展期", True),
        ("Loan", "LOAN", True),
    ],
)
def test_texts_that_say_the_same_are_near(one, other, near):
    assert (nearness(one, other) >= NEAR) is near


@given(words, words)
def test_nearness_is_a_share_the_same_both_ways(one, other):
    near = nearness(one, other)

    assert 0 <= near <= 1
    assert near == nearness(other, one)


@given(words)
def test_a_text_is_wholly_near_itself_and_an_empty_one_to_nothing(text):
    plain = [one for one in text if one.isalnum()]

    assert nearness(text, text) == (Fraction(1) if plain else Fraction(0))
    assert nearness(text, "") == 0


def test_the_nearest_come_first_and_what_is_hardly_alike_is_left_out():
    others = [("C-3", "车间缺操作工"), ("C-1", "车间缺少操作工"), ("C-2", "车间缺少操作工"), ("C-4", "申请土地")]

    assert [one.case for one in alike("车间缺少操作工", others)] == ["C-1", "C-2", "C-3"]


def missed(office: str, count: int, definition: str = "whistle") -> list[Missed]:
    return [Missed(office, definition, f"C-{office}-{number}", "solve") for number in range(count)]


def test_an_office_is_proposed_from_the_packs_number_on_most_missed_first():
    found = proposals([*missed("DRC", 3), *missed("IIT", 5), *missed("FIN", 2)], tables())

    assert [(one.office, one.missed, one.limit) for one in found] == [("IIT", 5, 3), ("DRC", 3, 3)]
    assert found[1].cases == ("C-DRC-0", "C-DRC-1", "C-DRC-2")
    assert found[0].source


def test_each_table_counts_for_itself_and_one_without_talk_counts_nothing():
    silent = {**tables(), "whistle": replace(table(), talk=None)}

    assert proposals([*missed("DRC", 2), *missed("DRC", 2, "speed_up")], tables()) == []
    assert proposals(missed("DRC", 9), silent) == []
    assert proposals(missed("DRC", 9, "gone"), tables()) == []


def test_nobody_missed_nobody_is_proposed():
    assert proposals([], tables()) == []


SIGNAL = {"id": "S-1", "kind": "trend", "indicator": "output_growth", "scope_kind": "unit", "scope": "u1", "period": "2022-07"}


def closed(outcome: str):
    """A signal's case that ended with this outcome."""
    case = with_data(opened("check_enterprise"), signal=SIGNAL)
    return replace(case, state="closed", ended=OPENED + timedelta(days=3), outcome=outcome)


@pytest.mark.parametrize(
    ("outcome", "present", "figure", "verdict"),
    [
        ("fixed", False, True, "confirmed"),
        ("fixed", True, True, "refuted"),
        ("corrected", False, True, "confirmed"),
        ("goes_on", True, True, "confirmed"),
        ("goes_on", False, True, "refuted"),
        ("fixed", False, False, None),
        ("fixed", True, False, "refuted"),
        ("", False, True, None),
        ("unknown", False, True, None),
    ],
)
def test_what_the_next_figure_says_of_an_outcome(outcome, present, figure, verdict):
    judged = judge(table("check_enterprise"), closed(outcome), "2022-08", present=present, figure=figure)

    assert (judged.verdict if judged else None) == verdict
    if judged:
        assert judged.words.startswith("2022-08")
        assert judged.words_en.startswith("2022-08")


@pytest.mark.parametrize("month", ["2022-07", "2022-06", "2021-12"])
def test_only_a_later_month_judges(month):
    assert judge(table("check_enterprise"), closed("fixed"), month, present=True, figure=True) is None


def test_an_open_case_and_a_request_without_signal_are_not_judged():
    open_case = with_data(opened("check_enterprise"), signal=SIGNAL)
    request = walk(answered(), "confirm", ENTERPRISE)

    assert judge(table("check_enterprise"), replace(open_case, outcome="fixed"), "2022-08", present=False, figure=True) is None
    assert judge(table(), request, "2022-12", present=False, figure=True) is None
