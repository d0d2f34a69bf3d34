"""A returned text against its figures: what was edited is found, what only moved is not, and nothing is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.bulletins import trace

LINES = ("一、总体情况", "2022年1—9月产值⟦a_1⟧，同比⟦a_2⟧。", "投资⟦b_1⟧。", "2022年10月20日")
FIGURES = {
    "figures": [
        {"id": "a_1", "bookmark": "fig_a_1", "display": "2318.40亿元", "sources": ["output/city/city/2022-01..09/cumulative"]},
        {"id": "a_2", "bookmark": "fig_a_2", "display": "增长7.6%", "sources": ["output/city/city/2022-01..09/cumulative_yoy"]},
        {"id": "b_1", "bookmark": "fig_b_1", "display": "301.70亿元", "sources": []},
    ],
    "lines": list(LINES),
}
SHOWN = {figure["id"]: figure["display"] for figure in FIGURES["figures"]}


def kinds(shown: dict[str, str], lines: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(change.kind, change.figure or change.place) for change in trace.compare(FIGURES, shown, lines)]


def test_an_untouched_text_has_no_changes() -> None:
    assert kinds(SHOWN, LINES) == []


def test_an_edited_figure_is_changed_with_both_words_and_its_source() -> None:
    (change,) = trace.compare(FIGURES, SHOWN | {"a_2": "增长8.6%"}, LINES)
    assert (change.kind, change.was, change.now, change.place) == (
        "changed",
        "增长7.6%",
        "增长8.6%",
        "output/city/city/2022-01..09/cumulative_yoy",
    )
    assert change.breaks


def test_edited_words_break_nothing() -> None:
    (change,) = trace.compare(FIGURES, SHOWN, (LINES[0], LINES[1].replace("产值", "总产值达到"), *LINES[2:]))
    assert (change.kind, change.breaks) == ("text", False)
    assert change.was == "2022年1—9月产值2318.40亿元，同比增长7.6%。"


def test_a_figure_whose_line_was_deleted_is_removed() -> None:
    shown = {id_: words for id_, words in SHOWN.items() if id_ != "b_1"}
    assert kinds(shown, (*LINES[:2], LINES[3]))[0] == ("removed", "b_1")


def test_a_lost_bookmark_in_an_untouched_line_is_no_change_of_the_figure() -> None:
    shown = {"b_1": SHOWN["b_1"]}
    lines = (LINES[0], trace.plain_line(LINES[1], SHOWN), *LINES[2:])
    assert kinds(shown, lines) == [("unmarked", "a_1"), ("unmarked", "a_2")]


def test_a_lost_bookmark_in_an_edited_line_is_not_guessed() -> None:
    shown = {"b_1": SHOWN["b_1"]}
    lines = (LINES[0], "2022年1—9月产值2318.40亿元，同比增长8.6%。", *LINES[2:])
    assert kinds(shown, lines) == [("removed", "a_1"), ("removed", "a_2"), ("added", "8.6")]


def test_a_digit_typed_beside_a_figure_is_found() -> None:
    """12318.40: the bookmark still reads 2318.40."""
    assert kinds(SHOWN, (LINES[0], LINES[1].replace("⟦a_1⟧", "1⟦a_1⟧"), *LINES[2:])) == [("added", "1")]


def test_a_number_in_a_new_sentence_is_added_even_when_another_figure_shows_it() -> None:
    assert kinds(SHOWN, (*LINES, "另外增长7.6%。")) == [("added", "7.6")]


def test_a_new_date_is_words() -> None:
    assert kinds(SHOWN, (*LINES[:3], "2022年10月21日")) == [("text", "")]


@pytest.mark.property
@given(st.dictionaries(st.sampled_from(sorted(SHOWN)), st.text("0123456789.%增长", max_size=8), max_size=3))
def test_every_edit_of_a_bookmark_is_found_once(edits: dict[str, str]) -> None:
    found = {change.figure: change.now for change in trace.compare(FIGURES, SHOWN | edits, LINES) if change.kind == "changed"}
    assert found == {id_: words for id_, words in edits.items() if words != SHOWN[id_]}


@pytest.mark.parametrize("source", ["commitment:investment_year", "signal:S-1", "project:p/1/2/3/4", "a/b/c"])
def test_what_is_no_indicator_row_has_no_facts_key(source: str) -> None:
    assert trace.facts_key(source) is None
