"""From when to when a document holds: stated days, spans, what staff know; nothing is guessed."""

from __future__ import annotations

from datetime import date

import pytest

from yunxing.engines.search.effect import EffectFact, after, effect_of, last_day, named_in
from yunxing.engines.search.entry import Effect

DAY = date(2021, 8, 20)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2022年6月1日", date(2022, 6, 1)),
        ("2022年6月", date(2022, 6, 30)),
        ("2023年", date(2023, 12, 31)),
        ("2023年底", date(2023, 12, 31)),
        ("2024年2月", date(2024, 2, 29)),
        ("2022-06-01", date(2022, 6, 1)),
        ("2022年13月", None),
        ("2022年2月30日", None),
        ("印发", None),
        ("", None),
    ],
)
def test_the_last_day_a_date_means(written, day):
    assert last_day(written) == day


@pytest.mark.parametrize(
    ("since", "span", "day"),
    [
        (DAY, "1年", date(2022, 8, 19)),
        (DAY, "三年", date(2024, 8, 19)),
        (DAY, "十年", date(2031, 8, 19)),
        (DAY, "6个月", date(2022, 2, 19)),
        (date(2021, 8, 31), "6个月", date(2022, 2, 28)),
        (date(2020, 2, 29), "两年", date(2022, 2, 28)),
        (date(2020, 3, 1), "1年", date(2021, 2, 28)),
        (date(2022, 1, 1), "1年", date(2022, 12, 31)),
        (DAY, "十二个月", date(2022, 8, 19)),
        (DAY, "长期", None),
        (DAY, "9999年", None),
    ],
)
def test_a_span_ends_the_day_before_it_began(since, span, day):
    """From 1 January one year is to 31 December; where the month is shorter, its last day."""
    assert after(since, span) == day


@pytest.mark.parametrize(
    ("facts", "effect"),
    [
        ([], Effect()),
        ([EffectFact("in_force_from", "发布")], Effect(since=DAY)),
        ([EffectFact("in_force_from", "2021年9月1日"), EffectFact("valid_for", "1年")], Effect(date(2021, 9, 1), date(2022, 8, 31))),
        ([EffectFact("valid_for", "1年")], Effect(until=date(2022, 8, 19))),
        ([EffectFact("valid_for", "1年"), EffectFact("valid_until", "2022年底")], Effect(until=date(2022, 12, 31))),
        ([EffectFact("valid_until", "2022年底"), EffectFact("ends", "2022-03-01")], Effect(until=date(2022, 3, 1))),
        (
            [EffectFact("partly_ends", "2022-01-01"), EffectFact("amended", "2021-10-01")],
            Effect(partly=date(2022, 1, 1), amended=date(2021, 10, 1)),
        ),
        ([EffectFact("suspends", "", "某条")], Effect()),
    ],
)
def test_what_the_facts_give(facts, effect):
    assert effect_of(facts, DAY) == effect


def test_without_a_day_of_the_document_a_span_has_no_end():
    assert effect_of([EffectFact("valid_for", "1年"), EffectFact("in_force_from", "印发")], None) == Effect()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("《甲市煤炭储备管理暂行规定》", True),
        ("甲政发〔2018〕9号", True),
        ("原《通知》（甲政发[2018] 09号）", True),
        ("甲政发〔2018〕8号", False),
        ("《甲市电力管理暂行规定》", False),
        ("《通知》", False),
        ("以前出台的相关政策", False),
    ],
)
def test_a_later_document_names_an_earlier_one_by_title_or_number(words, named):
    assert named_in(words, title="甲市人民政府关于印发甲市煤炭储备管理暂行规定的通知", number="甲政发〔2018〕9号") is named
