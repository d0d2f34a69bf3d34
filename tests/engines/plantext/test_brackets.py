"""Responsible offices: every form of bracket, the roles, 等部门, nested names, and rules with 下同."""

import pytest

from plantext_cast import imported, one


def offices(bracket: str) -> list[tuple[str, str]]:
    return [(b.dept, b.role) for b in one(f"抓好落实。{bracket}").responsible]


@pytest.mark.parametrize(
    ("bracket", "expected"),
    [
        ("（市发展改革委负责）", [("市发展改革委", "responsible")]),
        ("(市自然资源规划局)", [("市自然资源规划局", "responsible")]),
        ("（市财政局、市商务局按职责分工负责）", [("市财政局", "shared"), ("市商务局", "shared")]),
        ("（市财政局牵头，市商务局、市税务局配合）", [("市财政局", "lead"), ("市商务局", "support"), ("市税务局", "support")]),
        ("（市工业和信息化局牵头负责）", [("市工业和信息化局", "lead")]),
        (
            "（甲部牵头，乙部、丙部等部门和各省级人民政府按职责分工负责）",
            [("甲部", "lead"), ("乙部", "shared"), ("丙部", "shared"), ("各省级人民政府", "shared")],
        ),
        ("（责任单位：市财政局、市商务局）", [("市财政局", "responsible"), ("市商务局", "responsible")]),
        (
            "（牵头单位：市财政局；责任单位：市商务局，各县政府）",
            [("市财政局", "lead"), ("市商务局", "responsible"), ("各县政府", "responsible")],
        ),
        ("（牵头单位：市财政局，配合单位：市商务局）", [("市财政局", "lead"), ("市商务局", "support")]),
        (
            "[责任单位：市财政局，各市政府（含甲、乙市政府，下同）、新区管委会]",
            [("市财政局", "responsible"), ("各市政府", "responsible"), ("新区管委会", "responsible")],
        ),
        ("〔市财政局、市商务局负责〕", [("市财政局", "responsible"), ("市商务局", "responsible")]),
        ("（负责部门：市财政局，适用范围：自贸试验区）", [("市财政局", "responsible")]),
        (
            "（市发展和改革委员会、市住房和城乡建设局和市文化和旅游局负责）",
            [("市发展和改革委员会", "responsible"), ("市住房和城乡建设局", "responsible"), ("市文化和旅游局", "responsible")],
        ),
        ("（市民政局和市残联分别负责）", [("市民政局", "responsible"), ("市残联", "responsible")]),
        ("（各县（市、区）人民政府负责）", [("各县人民政府", "responsible")]),
        ("（市商务局会同有关部门负责）", [("市商务局", "responsible")]),
        ("（市财政局负责。以下均需各县政府落实，不再列出）", [("市财政局", "responsible")]),
        ("（市财政局市商务局 市税务局负责）", [("市财政局", "responsible"), ("市商务局", "responsible"), ("市税务局", "responsible")]),
        ("（市财政局主办，市商务局协办）", [("市财政局", "lead"), ("市商务局", "support")]),
        ("（责任领导：张某，责任单位：市财政局；完成时限：2022年底）", [("市财政局", "responsible")]),
        (
            "（责任领导：甲某、乙某；牵头单位：市财政局；责任单位：市商务局，各乡镇办）",
            [("市财政局", "lead"), ("市商务局", "responsible"), ("各乡镇办", "responsible")],
        ),
        ("（市财政局、市商务局，列第一位的为牵头单位）", [("市财政局", "lead"), ("市商务局", "responsible")]),
        ("（生态环境部牵头，国家统计局参与）", [("生态环境部", "lead"), ("国家统计局", "support")]),
    ],
)
def test_forms_and_roles(bracket, expected):
    assert offices(bracket) == expected


@pytest.mark.parametrize(
    "bracket",
    ["（以下简称试点城市）", "（2020—2022年）", "（含高新区）", "（试行）", "（国发〔2018〕1号）", "（不含采矿、选矿）", "（略）"],
)
def test_other_brackets_name_no_office(bracket):
    assert one(f"抓好{bracket}落实。").responsible == []


@pytest.mark.parametrize(
    ("bracket", "is_open"),
    [
        ("（甲局等部门负责）", True),
        ("（甲局、乙局等单位按职责分工负责）", True),
        ("（甲局会同有关部门负责）", True),
        ("（甲局、乙局负责）", False),
    ],
)
def test_an_open_list_is_said_to_be_open(bracket, is_open):
    assert one(f"抓好落实。{bracket}").responsible_open is is_open


def test_labels_without_any_bracket_are_read():
    text = "某措施\n一、发放消费券\n安排资金发放消费券。\n牵头单位：市商务局；配合单位：市财政局、各区政府\n二、支持汽车消费\n给予支持。\n责任单位：市商务局\n"
    plan = imported(text)

    assert [[(b.dept, b.role) for b in m.responsible] for m in plan.measures] == [
        [("市商务局", "lead"), ("市财政局", "support"), ("各区政府", "support")],
        [("市商务局", "responsible")],
    ]


RULES = ["，排在第一位的部门为牵头部门，下同", "，排名第1为牵头单位，下同", "，列第一位的为牵头单位，下同"]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_with_the_same_below_makes_every_later_first_body_the_lead(rule):
    text = f"某意见\n一、任务\n1.甲事。办好。（甲局、乙局负责）\n2.乙事。办好。（乙局、丙局负责{rule}）\n3.丙事。办好。（丙局、甲局负责）\n"
    roles = [[b.role for b in m.responsible] for m in imported(text).measures]

    assert roles == [["responsible", "responsible"], ["lead", "responsible"], ["lead", "responsible"]]


def test_without_a_rule_position_makes_no_lead():
    measure = one("办好。（甲局、乙局负责）")

    assert {b.role for b in measure.responsible} == {"responsible"}
    assert {b.lead_basis for b in measure.responsible} == {"none"}


def test_the_same_below_of_a_name_is_no_rule_of_leads():
    text = (
        "某意见\n一、任务\n1.甲事。办好。（责任单位：甲局，各市（含丁市、戊市，下同）政府）\n2.乙事。办好。（责任单位：甲局，各市政府）\n"
    )

    assert {b.role for m in imported(text).measures for b in m.responsible} == {"responsible"}


def test_several_brackets_of_one_measure_are_joined_without_doubles():
    measure = one("推进改革。（甲局负责）加强教育。（乙局、甲局负责）")

    assert [b.dept for b in measure.responsible] == ["甲局", "乙局"]
    assert measure.responsible_text == "（甲局负责）（乙局、甲局负责）"


def test_every_office_stands_where_its_span_says():
    text = "某意见\n一、任务\n1.甲事。办好。（甲局、各县(市、区)政府 和乙局按职责分工负责）\n2.乙事。办好。\n"
    first = imported(text).measures[0]

    assert [text[b.start : b.end] for b in first.responsible] == ["甲局", "各县(市、区)政府", "乙局"]
