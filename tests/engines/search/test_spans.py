"""Every hit is read again in the text: where it stands, in which paragraph and sentence."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.search.entry import Effect, Entry
from yunxing.engines.search.fold import fold
from yunxing.engines.search.query import exact, parse
from yunxing.engines.search.rank import bm25
from yunxing.engines.search.spans import Mark, excerpt, holds, marks

RAW = "一、煤炭　库存不低于7天。保障电力。\n（二）电煤 库 存由市能源局负责。"


def answers(query, raw=RAW):
    return holds(query, fold(raw), raw)


def test_marks_are_raw_places_whatever_stands_between():
    found = marks(exact("库存"), RAW)
    assert [RAW[one.start : one.end] for one in found] == ["库存", "库 存"]
    assert [RAW[one.start : one.end] for one in marks(parse("煤炭库 电力"), RAW)] == ["煤炭　库", "电力"]
    assert marks(exact("㎡"), "占地100平方米，即100㎡") == [Mark(13, 14, 0)]
    assert len(marks(exact("a"), "a" * 500)) == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (parse("煤炭 市能源局"), True),
        (parse("煤炭 市能源局", near="paragraph"), False),
        (parse("煤炭 电力", near="paragraph"), True),
        (parse("煤炭 电力", near="sentence"), False),
        (parse("煤炭 7天", near="sentence"), True),
        (parse("煤炭 -负责"), False),
        (parse("煤炭 -财政"), True),
        (exact("煤炭库存"), True),
        (exact("煤炭库存", strict=True), False),
        (exact("煤炭　库存", strict=True), True),
        (exact("电力。(二)"), False),
    ],
)
def test_the_text_has_the_last_word(query, expected):
    assert answers(query) is expected


@given(st.text(alphabet="煤炭 \n（）ab", min_size=1, max_size=30), st.integers(0, 29), st.integers(1, 6))
def test_every_mark_folds_to_its_phrase(raw, at, length):
    phrase = raw[at : at + length]
    if not fold(phrase) or "\n" in phrase:
        return
    query = exact(phrase)
    found = marks(query, raw)
    assert found
    assert all(fold(raw[one.start : one.end]) == query.terms[0] for one in found)


def test_an_excerpt_is_the_sentence_around_the_hit():
    (first, *_) = marks(exact("电力"), RAW)
    start, end = excerpt(RAW, first)
    assert RAW[start:end] == "保障电力。"
    long = "长" * 500 + "煤" + "长" * 500
    start, end = excerpt(long, marks(exact("煤"), long)[0], wide=10)
    assert (start, end) == (490, 511)


DAY = date(2022, 6, 1)


@pytest.mark.parametrize(
    ("effect", "state"),
    [
        (Effect(), "unstated"),
        (Effect(since=date(2022, 6, 2)), "not_yet"),
        (Effect(since=DAY, until=date(2023, 1, 1)), "in_force"),
        (Effect(until=date(2022, 5, 31)), "ended"),
        (Effect(until=DAY), "in_force"),
        (Effect(until=date(2022, 6, 2)), "in_force"),
        (Effect(partly=date(2022, 5, 31)), "partly_ended"),
        (Effect(partly=DAY), "partly_ended"),
        (Effect(partly=date(2022, 6, 2)), "unstated"),
        (Effect(amended=DAY, until=date(2023, 1, 1)), "amended"),
        (Effect(amended=DAY, partly=DAY), "partly_ended"),
    ],
)
def test_the_state_on_a_day(effect, state):
    """The last day of force still counts, the day a part ends no longer."""
    assert effect.on(DAY) == state


def test_the_title_is_searched_and_not_twice():
    assert Entry("case", "1", "停电", "请协调").whole() == "停电\n请协调"
    assert Entry("case", "1", "停电", "关于停电的诉求").whole() == "关于停电的诉求"


def test_a_rarer_phrase_and_a_shorter_text_weigh_more():
    common = bm25("煤炭煤炭电力", ["电力"], [90], 100, 10.0)
    rare = bm25("煤炭煤炭电力", ["煤炭"], [2], 100, 10.0)
    assert rare > common > 0
    assert bm25("煤炭", ["煤炭"], [2], 100, 10.0) > bm25("煤炭" + "其他" * 50, ["煤炭"], [2], 100, 10.0)
    assert bm25("无", ["煤炭"], [0], 100, 10.0) == 0
