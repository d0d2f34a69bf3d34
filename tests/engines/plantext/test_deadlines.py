"""Deadlines: the last day, or a span; a start is none, a name is none."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plantext_cast import imported
from yunxing.engines.plantext.deadlines import last_day


def dates(text: str, signed: bool = True) -> list[str]:
    tail = "某市人民政府\n2022年5月27日\n" if signed else ""
    plan = imported(f"某市若干措施\n一、任务\n（一）一件事。{text}。\n（二）另一件事。按规定办理。\n{tail}")
    return [d.date for d in plan.measures[0].deadlines]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("到2025年，覆盖率达到90%", ["2025-12-31"]),
        ("力争2025年形成优势", ["2025-12-31"]),
        ("2022年底前，新增10家实验室", ["2022-12-31"]),
        ("2022年底，引进企业30家", ["2022-12-31"]),
        ("2019年6月底前建立制度", ["2019-06-30"]),
        ("2020年2月底前完成", ["2020-02-29"]),
        ("政策执行期至2022年12月31日", ["2022-12-31"]),
        ("2021年12月31日前，免征增值税", ["2021-12-31"]),
        ("2019年上半年，印发实施方案", ["2019-06-30"]),
        ("2022年三季度末全部完成", ["2022-09-30"]),
        ("自2021年1月1日至2022年12月31日，免征税款", ["2022-12-31"]),
        ("力争全年完成投资418亿元", ["2022-12-31"]),
        ("年底前完成土建工程", ["2022-12-31"]),
        ("6月底前发放完毕", ["2022-06-30"]),
        ("2月20日前到位", ["2022-02-20"]),
        ("应当在收到申请后30日内办结", ["P30D"]),
        ("在3个月内兑付", ["P3M"]),
        ("24小时内答复", ["PT24H"]),
        ("“十四五”末，建成体系", ["2025-12-31"]),
    ],
)
def test_the_last_day_or_the_span(text, expected):
    assert dates(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "自2024年起支持创新",
        "2022年度继续免征税款",
        "对2022年符合条件的汽车给予补贴",
        "延续执行2020年出台的政策",
        "落实《规划（2016-2020年）》",
        "预支使用2021年计划指标",
        "2022年以来形成的经验",
        "2022年5月1日印发的办法",
        "“十四五”期间形成的削减量",
        "国发〔2018〕1号文件",
    ],
)
def test_starts_names_and_claims_are_no_deadlines(text):
    assert dates(text) == []


def test_a_text_without_a_year_takes_the_plans_and_says_so():
    plan = imported("某市若干措施\n一、任务\n（一）一件事。全年完成投资418亿元。\n（二）另一件事。办理。\n某市人民政府\n2022年5月27日\n")
    (due,) = plan.measures[0].deadlines

    assert due.derived
    assert "待确认" in due.reason
    assert dates("全年完成投资418亿元", signed=False) == []


def test_the_year_of_the_title_counts_where_no_date_stands():
    plan = imported("某市2023年工作计划\n一、任务\n（一）一件事。9月底前开工100个项目。\n（二）另一件事。办理。\n")

    assert [d.date for d in plan.measures[0].deadlines] == ["2023-09-30"]


def test_a_time_limit_in_the_bracket_of_offices_is_a_deadline():
    assert dates("抓好落实。（责任单位：市财政局；完成时限：2022年9月）") == ["2022-09-30"]


def test_a_span_is_no_quantity_as_well():
    plan = imported("某办法\n一、任务\n（一）一件事。30日内办结，补助200万元。\n（二）另一件事。办理。\n")

    assert [(q.value, q.unit) for q in plan.measures[0].quantities] == [(200, "万元")]


@given(st.integers(1990, 2100), st.integers(1, 12))
def test_the_last_day_of_a_month_is_the_day_before_the_next_month(year, month):
    after = date(year + month // 12, month % 12 + 1, 1)

    assert date.fromisoformat(last_day(year, month)) == after - timedelta(days=1)


@pytest.mark.parametrize("text", ["2022年13月31日前完成", "2022年2月30日前完成"])
def test_days_that_do_not_exist_are_not_invented(text):
    assert dates(text) == []
