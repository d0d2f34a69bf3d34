"""Alarms on plain series as records: severity by share of the budget, words of each cause in both languages, deadlines in working days."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pytest

from yunxing.engines.signals.incipient import CAUSES, Scored
from yunxing.engines.signals.panel import Panel
from yunxing.engines.signals.records import Alarm, Answering, alarms
from yunxing.engines.signals.trend import Trended
from yunxing.values.workdays import Calendar

WHO = Answering("office", 3, Calendar())
FIRST = 2022 * 12
SPIKE = [0.0, 9.0, *[0.0] * 4, *[float("nan")] * 4, *[0.0] * 6]  # the gap makes two alarms of a threshold of 0: over a budget of one


def one(score: list[float], cause: str = "breach", value: float = 50.0, expected: float = 100.0, factor: int = 0) -> Scored:
    """One series from January 2022, every cell with the same value and cause."""
    shape = (1, len(score))
    panel = Panel(("a",), (FIRST,), np.full(shape, value))
    return Scored(panel, np.array([score]), np.full(shape, CAUSES.index(cause)), np.full(shape, expected), np.full(shape, factor))


def single(**about: object) -> Alarm:
    (found,) = alarms(one([0.0, 9.0, *[0.0] * 10], **about), 1.0, WHO)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("about", "zh", "en"),
    [
        ({}, "数值50，低于预计值100，超出往常波动", "50, below the expected 100 by more than usual"),
        ({"value": 150.0}, "数值150，高于预计值100，超出往常波动", "150, above the expected 100 by more than usual"),
        (
            {"cause": "stale"},
            "数值50与上期完全相同，请核实是否沿用旧数",
            "50, equal to the report before to all digits; check whether it was copied",
        ),
        ({"cause": "copy"}, "数值50与上年同期完全相同，请核实", "50, equal to the same month of last year to all digits; check it"),
        (
            {"cause": "unit", "factor": 10_000},
            "为预计值的×10000（万），请核实计量单位",
            "×10000（万） of what was expected; check the unit",
        ),
        ({"cause": "unit", "factor": -1000}, "为预计值的÷1000，请核实计量单位", "÷1000 of what was expected; check the unit"),
    ],
)
def test_each_cause_has_its_words_in_both_languages(about, zh, en):
    found = single(**about)

    assert (found.words_zh, found.words_en) == (f"a：2022年2月{zh}", f"a: February 2022: {en}")
    assert (found.rule, found.kind, found.period, found.subject) == (about.get("cause", "breach"), "incipient", "2022-02", "a")
    assert re.search(r"[\u4e00-\u9fff]", found.words_en.replace("（万）", "")) is None


def test_what_cannot_be_expected_is_no_evidence():
    """An exact rule may speak before anything can be expected: the record holds no number that is none."""
    assert single(cause="stale", expected=float("nan")).evidence == {"value": 50.0}
    assert single(cause="stale").evidence == {"value": 50.0, "expected": 100.0}


def test_an_answer_is_due_working_days_after_the_months_end():
    """28 February 2022 is a Monday: three working days later is Thursday, 3 March."""
    assert WHO.deadline("2022-02") == date(2022, 3, 3)
    assert (single().deadline, single().owner) == ("2022-03-03", "office")


def test_the_severity_is_by_the_share_of_the_budget_that_would_still_raise_it():
    """Twelve months, a budget of ten alarms a year: the highest stands within a tenth of it, the next three within four tenths, six more within the whole."""
    found = alarms(one([float(n + 1) for n in range(12)]), 10.0, WHO)

    assert [alarm.score for alarm in found] == [float(n) for n in range(3, 13)]
    assert [alarm.severity for alarm in found] == [1] * 6 + [2] * 3 + [3]
    assert {alarm.threshold for alarm in found} == {3.0}


def test_no_budget_is_no_alarm():
    assert alarms(one([1.0, 9.0, 3.0]), 0.0, WHO) == []


def test_nothing_scored_is_no_alarm():
    assert alarms(one([float("nan")] * 24), 5.0, WHO) == []


def test_alarms_come_oldest_first_and_then_by_series():
    panel = Panel(("b", "a"), (FIRST, FIRST), np.full((2, 3), 5.0))
    score = np.array([[1.0, 9.0, 8.0], [7.0, 9.0, 1.0]])
    found = alarms(Scored(panel, score, np.full((2, 3), 3), np.full((2, 3), 9.0), np.zeros((2, 3), int)), 8.0, WHO)

    assert [(alarm.period, alarm.subject) for alarm in found] == [("2022-01", "a"), ("2022-02", "a"), ("2022-02", "b"), ("2022-03", "b")]


def turned(score: list[float], spread: float) -> Trended:
    shape = (1, len(score))
    whole = np.full(len(score), spread)
    return Trended(Panel(("a",), (FIRST,), np.ones(shape)), np.array([score]), np.full(shape, np.log(0.95)), whole, whole)


def test_a_turn_tells_its_slope_and_how_many_decline_with_it():
    (found,) = alarms(turned(SPIKE, 0.625), 1.0, WHO)

    assert found.evidence == {"six_month_change_percent": -5.0, "declining_share_percent": 62.5}
    assert found.words_zh == "a：2022年2月近三月均值比半年前变动-5.0%，同组62%的序列下行"
    assert found.words_en.endswith("the mean of three months is -5.0 % on half a year before, and 62 % of the series with it decline")


def test_a_turn_in_a_small_panel_says_nothing_about_others():
    (found,) = alarms(turned(SPIKE, float("nan")), 1.0, WHO)

    assert set(found.evidence) == {"six_month_change_percent"}
    assert "同组" not in found.words_zh


def test_a_record_is_plain_json_of_all_its_fields():
    assert set(single().plain()) == set(Alarm.__dataclass_fields__)
