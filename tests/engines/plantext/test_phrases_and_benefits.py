"""The naming end of a phrase, and which numbers are given to somebody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plantext_cast import one
from yunxing.engines.plantext.benefit import grants, tidy
from yunxing.engines.plantext.clean import clean
from yunxing.engines.plantext.phrases import core, generic, plain
from yunxing.engines.plantext.quantities import quantities


@pytest.mark.parametrize(
    ("words", "head"),
    [
        ("首次获得某某质量奖的企业", "某某质量奖"),
        ("企业所发生的评估费用，", "评估费用"),
        ("新认定的高新技术企业", "高新技术企业"),
        ("对通过认定的省级工业设计中心", "省级工业设计中心"),
        ("符合条件的重点外资项目", "重点外资项目"),
        ("“专精特新”中小企业", "专精特新中小企业"),
        ("", ""),
    ],
)
def test_the_naming_end(words, head):
    assert core(words) == head


@given(st.text(alphabet="对获得的企业认定（）、和支持奖一二“”", max_size=40))
def test_the_naming_end_is_short_and_taken_from_the_words(words):
    found = core(words)

    assert len(found) <= 10
    assert found in plain(words)


@pytest.mark.parametrize("words", ["企业", "部分", "项目", "", "单位", "比例"])
def test_words_that_name_nothing(words):
    assert generic(words)


@pytest.mark.parametrize("words", ["高新技术企业", "评估费用", "质量奖"])
def test_words_that_name_something(words):
    assert not generic(words)


@pytest.mark.parametrize(
    ("words", "left"), [("对于新认定的高新企业", "高新企业"), ("被认定为示范企业的企业", "示范企业"), ("对在主板上市的企业", "在主板上市")]
)
def test_the_frame_of_a_rule_is_taken_off(words, left):
    assert left in tidy(words)


def kinds(text: str) -> list[tuple[str, str]]:
    view = clean(text)
    amounts = quantities(view, 0, len(view.text))
    return [(view.text[g.amount.start : g.amount.end], g.kind) for g in grants(view, 0, len(view.text), amounts)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("对企业给予10万元奖励", [("10万元", "amount")]),
        ("对企业给予最高10万元奖励", [("10万元", "cap")]),
        ("按投资额的5%给予补助", [("5%", "rate")]),
        ("给予每人10万元至50万元资助", [("10万元至50万元", "cap")]),
        ("年销售额5000万元以上的企业给予10万元奖励", [("10万元", "amount")]),
        ("投资强度不低于100万元，给予5%奖励", [("5%", "rate")]),
        ("给予享受9折优惠", [("9折", "rate")]),
    ],
)
def test_kinds_of_benefit(text, expected):
    assert kinds(text) == expected


def test_a_list_and_its_numbers_are_paired_and_named():
    found = one("对评为省级、市级、县级示范社的，分别奖励10万元、5万元、2万元。").subsidies

    assert [(row.base, row.amount) for row in found] == [("省级示范社", 100000.0), ("市级示范社", 50000.0), ("县级示范社", 20000.0)]


def test_members_of_unlike_length_share_what_follows():
    found = one("对新认定的国家级、自治区级企业技术中心，分别给予200万元、50万元支持。").subsidies

    assert [row.base for row in found] == ["国家级企业技术中心", "自治区级企业技术中心"]


def test_members_that_are_whole_names_stay_as_they_are():
    found = one("对获得中国专利奖金奖、银奖、优秀奖的民营企业分别奖励100万元、50万元、10万元。").subsidies

    assert [row.amount for row in found] == [1e6, 5e5, 1e5]
    assert [row.base for row in found] == ["中国专利奖金奖", "银奖", "优秀奖"]


def test_a_number_given_twice_in_a_sentence_gives_two_rows():
    found = one("对首次升规的企业给予10万元奖励，对再次升规的企业给予10万元奖励。").subsidies

    assert len(found) == 2


def test_nobody_near_goes_to_a_person():
    (row,) = one("给予10万元奖励。").subsidies

    assert row.base is None
    assert "待确认" in row.reason
