"""Cleaning and joining: the raw text is never edited, and every place of the view says where it stands in the raw text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunxing.engines.plantext.clean import clean
from yunxing.engines.plantext.lines import lines
from yunxing.engines.plantext.view import View, bracket_pairs, depths

POLICY_SIGNS = st.text(alphabet="一二三（）()〔〕[]1２ 　\n。，,：:%％万元\u200b\ufeff", max_size=80)


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("２０２２年", "2022年"),
        ("第 1 2 条", "第12条"),
        ("2 0 0 万元", "200万元"),
        ("(市局负责)", "（市局负责）"),
        ("[甲]【乙】", "〔甲〕〔乙〕"),
        ("甲,乙:丙;丁", "甲，乙：丙；丁"),
        ("1,500万元", "1,500万元"),
        ("5:5比例", "5:5比例"),
        ("big data", "big data"),
        ("一\r\n二", "一\n二"),
        ("一\n\n\n二", "一\n二"),
        ("５０％", "50%"),
        ("１０～２０", "10~20"),
    ],
)
def test_widths_brackets_and_gaps_are_folded(raw, read):
    assert clean(raw).text == read


def test_a_year_and_a_word_after_a_comma_are_no_thousands():
    assert clean("10,30").text == "10，30"


def test_a_wide_gap_is_remembered_as_a_possible_paragraph():
    view = clean("执行。　　为深入")

    assert view.text == "执行。为深入"
    assert view.gaps == {3}


@given(POLICY_SIGNS)
def test_every_place_of_the_view_stands_in_the_raw_text_in_order(raw):
    view = lines(clean(raw))

    assert len(view.text) == len(view.origin)
    assert list(view.origin) == sorted(view.origin)
    assert all(0 <= at < len(raw) for at in view.origin)


@given(POLICY_SIGNS)
def test_cleaning_what_is_clean_changes_nothing(raw):
    once = clean(raw).text

    assert clean(once).text == once


@given(st.text(max_size=60))
def test_any_text_can_be_cleaned(raw):
    assert "\r" not in clean(raw).text


def test_a_span_of_the_view_gives_the_span_of_the_raw_text():
    raw = "补助 2 0 0 万元"
    view = clean(raw)
    at = view.text.index("200万元")
    start, end = view.raw(at, at + 5)

    assert raw[start:end] == "2 0 0 万元"
    assert view.raw(3, 3) == (view.origin[3], view.origin[3])
    assert view.at(start) == at


def test_a_bracket_broken_over_a_line_is_joined():
    view = lines(clean("一、甲\n1.做好工作。（市发展\n改革委负责）\n2.做好其他。\n"))

    assert "（市发展改革委负责）" in view.text


def test_lines_broken_by_a_page_width_are_joined_and_headings_are_not():
    body = "加强重要时间节点煤炭进耗存的调度监测保障库存天数"
    raw = "一、总的任务\n1.保障供应。" + "\n".join([body] * 12) + "。\n2.强化调度。\n"
    view = lines(clean(raw))

    assert view.text.count("\n") < raw.count("\n") - 8
    assert "一、总的任务\n1." in view.text


def test_a_date_line_is_never_joined():
    assert "\n2022年5月27日" in lines(clean("一、甲\n做好，\n2022年5月27日\n")).text


@pytest.mark.parametrize(
    ("text", "pairs"), [("甲（乙（丙）丁）戊（己）", [(1, 8), (9, 12)]), ("（甲", []), ("甲）", []), ("（甲\n乙）", [])]
)
def test_brackets_are_matched_by_depth_and_within_a_line(text, pairs):
    assert bracket_pairs(text) == pairs


@settings(max_examples=60)
@given(st.text(alphabet="（）甲\n", max_size=30))
def test_bracket_pairs_agree_with_a_slow_count(text):
    for a, b in bracket_pairs(text):
        piece = text[a:b]
        assert piece[0] == "（"
        assert piece[-1] == "）"
        assert piece.count("（") == piece.count("）")
        assert "\n" not in piece


def test_depth_counts_open_brackets_and_a_line_end_closes_all():
    assert depths("（“甲\n乙") == [1, 2, 2, 2, 0]


def test_leaving_characters_out_keeps_gaps_and_origins():
    view = View("甲乙丙", (0, 2, 4), frozenset({2})).without({1})

    assert view == View("甲丙", (0, 4), frozenset({1}))


def test_a_number_cut_by_a_line_end_is_joined():
    view = lines(clean("一、甲\n1.对年纳税500万\n元以上的企业奖励1\n0万元。\n2.乙。\n"))

    assert "500万元以上" in view.text


def test_a_paragraph_that_ends_with_its_offices_is_not_joined_to_the_next():
    body = "加强重要时间节点煤炭进耗存的调度监测，保障供应（市发展改革委负责）"
    text = "一、甲\n（一）" + "\n".join([body] * 6) + "\n"

    assert lines(clean(text)).text == text
