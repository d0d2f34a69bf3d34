"""Two plans side by side: what they share, what changed, what one alone has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.plantext import import_text
from yunxing.engines.plantext.compare import compare

PLAN = """甲市人民政府关于稳定工业的若干措施
甲政发〔2022〕7号
一、保供应
1.保障煤炭库存。电厂煤炭库存天数保持7天以上。（市能源局负责）
2.支持技术改造。对设备投资给予20%补助，最高500万元。（市财政局、市工业和信息化局按职责分工负责）
3.降低物流成本。推广使用新能源货车，减免通行费用。（市交通运输局负责）
甲市人民政府
2022年5月20日
"""


def read(text):
    return import_text(text, "a.txt").to_json()


def between(was, now):
    return compare(read(was), read(now), was, now)


def fates(found):
    return {(one.was, one.now): one.fate for one in found.measures}


def test_a_plan_and_itself_are_the_same():
    found = between(PLAN, PLAN)
    assert found.counts() == {"same": 3, "changed": 0, "added": 0, "dropped": 0}
    assert all(one.alike == 1 for one in found.measures)


@pytest.mark.parametrize(
    ("old", "new", "measure", "piece"),
    [
        ("7天以上", "10天以上", "1", ("number", "changed", ">=7天", ">=10天")),
        ("20%补助", "25%补助", "2", ("subsidy", "changed", "20%", "25%")),
        ("（市能源局负责）", "（市能源局、市财政局按职责分工负责）", "1", ("office", "added", "", "市财政局（分工负责）")),
        ("（市交通运输局负责）", "（市交通运输局牵头负责）", "3", ("office", "changed", "市交通运输局（负责）", "市交通运输局（牵头）")),
        ("，最高500万元", "", "2", ("number", "dropped", "500万元", "")),
    ],
)
def test_what_changed_inside_a_measure_is_named(old, new, measure, piece):
    found = between(PLAN, PLAN.replace(old, new))
    (changed,) = [one for one in found.measures if one.fate == "changed"]
    kind, fate, was, now = piece
    assert changed.now == measure
    hits = [one for one in changed.pieces if one.kind == kind and one.fate == fate]
    assert [one for one in hits if was in one.was and now in one.now and bool(one.was) == bool(was) and bool(one.now) == bool(now)]


def test_measures_keep_their_identity_when_they_move():
    """The second plan puts the third measure first and drops the second: partners are found by their words, not by their numbers."""
    lines = PLAN.splitlines()
    moved = "\n".join([*lines[:3], lines[5].replace("3.", "1.", 1), lines[3].replace("1.", "2.", 1), *lines[6:]]) + "\n"
    found = between(PLAN, moved)
    assert fates(found) == {("3", "1"): "same", ("1", "2"): "same", ("2", ""): "dropped"}


def test_a_new_measure_is_added_with_all_it_holds():
    new = "4.发展数字经济。培育数字化车间30家。（市大数据局负责）\n甲市人民政府\n2022"
    found = between(PLAN, PLAN.replace("甲市人民政府\n2022", new))
    (added,) = [one for one in found.measures if one.fate == "added"]
    assert (added.now, added.now_title) == ("4", "发展数字经济")
    assert {(one.kind, one.was) for one in added.pieces} == {("office", ""), ("number", "")}


def test_without_texts_titles_offices_and_numbers_decide():
    found = compare(read(PLAN), read(PLAN.replace("7天", "9天")))
    assert found.counts() == {"same": 2, "changed": 1, "added": 0, "dropped": 0}


def test_of_two_plans_that_share_nothing_all_is_dropped_and_added():
    other = "乙县关于教育的意见\n一、办学\n1.新建学校。改善校舍。（县教育局负责）\n乙县人民政府\n2021年1月1日\n"
    assert between(PLAN, other).counts() == {"same": 0, "changed": 0, "added": 1, "dropped": 3}


@given(st.sets(st.sampled_from([0, 1, 2])), st.sets(st.sampled_from([0, 1, 2])))
def test_every_measure_of_both_is_told_exactly_once(kept_first, kept_second):
    lines = PLAN.splitlines()

    def only(kept):
        return "\n".join([*lines[:3], *(lines[3 + i] for i in sorted(kept)), *lines[6:]]) + "\n"

    was, now = read(only(kept_first)), read(only(kept_second))
    found = compare(was, now, only(kept_first), only(kept_second))
    assert sorted(one.was for one in found.measures if one.was) == sorted(one["id"] for one in was["measures"])
    assert [one.now for one in found.measures if one.now] == [one["id"] for one in now["measures"]]
    backwards = compare(now, was, only(kept_second), only(kept_first)).counts()
    assert (backwards["added"], backwards["dropped"]) == (found.counts()["dropped"], found.counts()["added"])
