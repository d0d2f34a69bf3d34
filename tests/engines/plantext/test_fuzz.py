"""No text crashes the importer, and none takes it long."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yunxing.engines.plantext import UNSURE, import_text

PIECES = st.sampled_from(
    [
        *"一二三十（）〔〕《》“”、。，；：\n 　%元年月日0123459.-—~至",
        "一、",
        "（一）",
        "1.",
        "第一条",
        "第一章",
        "万元",
        "亿元",
        "以上",
        "以下",
        "（含）",
        "最高",
        "不超过",
        "给予",
        "奖励",
        "补助",
        "分别",
        "对企业",
        "责任单位：",
        "牵头",
        "负责",
        "市财政局",
        "排在第一位的部门为牵头部门，下同",
        "2022年",
        "底前",
        "30日内",
        "全年",
        "〔2022〕1号",
        "有效期",
        "同时废止",
        "到2025年",
        "达到",
        "5:5比例",
        "八五折",
        "每家",
        "全额补贴",
    ]
)
SOUP = st.lists(PIECES, max_size=60).map("".join)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(SOUP)
def test_a_soup_of_policy_words_never_crashes(text):
    plan = import_text(text, "soup.txt")

    for measure in plan.measures:
        assert 0 <= measure.start < measure.end <= len(text)
        for quantity in measure.quantities:
            assert text[quantity.start : quantity.end] == quantity.text
    assert all(element.reason.startswith(UNSURE) for _, element in plan.questions())


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_never_crashes(text):
    assert import_text(text, "any.txt").doc == "any.txt"


@settings(max_examples=50, deadline=None)
@given(SOUP)
def test_importing_twice_gives_the_same(text):
    assert import_text(text, "a").to_json() == import_text(text, "a").to_json()


HOSTILE = {
    "opening brackets": "（",
    "opening quotes": "“",
    "titles": "《",
    "digits": "1",
    "items": "（一）",
    "points": "1.a",
    "lines of items": "\n一、啊",
    "numbers": "100万元、",
    "ceilings": "给予最高不超过",
    "years": "2022年",
    "years and words": "全年2022年6月底前",
    "labels": "责任单位：市局、",
    "offices": "（市局负责）",
    "recipients": "对企业给予10万元，",
    "rules": "排在第一位的部门为牵头部门，下同（",
    "numerals": "一二三四五六七八九十",
    "colons": "：",
    "of": "对的",
    "sentence": "加强重要时间节点调度。",
    "full": "全额补贴",
    "laws": "依据《某法》等规定",
    "effects": "自某日起施行",
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_a_hundred_kilobytes_take_less_than_a_second(kind):
    piece = HOSTILE[kind]
    text = piece * (100_000 // len(piece.encode()))
    best = 9.0
    for _ in range(3):  # noisy machines: the best of three, of the program's own time
        began = time.process_time()
        import_text(text, "big.txt")
        best = min(best, time.process_time() - began)
        if best < 1:
            break

    assert best < 1
