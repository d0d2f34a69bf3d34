"""Quantities: value, unit and comparator. 最高2000万元 read as a grant of 2000万元 is a money error, so every cue is read below, at and above."""

from fractions import Fraction

import pytest

from plantext_cast import numbers, one
from yunxing.values.quantity import Comparator, holds

AS_VALUE = {"=": Comparator.eq, "<=": Comparator.le, ">=": Comparator.ge, "<": Comparator.lt, ">": Comparator.gt}


@pytest.mark.parametrize(
    ("words", "comparator", "below", "at", "above"),
    [
        ("最高200万元", "<=", True, True, False),
        ("不超过200万元", "<=", True, True, False),
        ("不高于200万元", "<=", True, True, False),
        ("最多200万元", "<=", True, True, False),
        ("200万元以内", "<=", True, True, False),
        ("上限为200万元", "<=", True, True, False),
        ("200万元以上", ">=", False, True, True),
        ("200万元（含）以上", ">=", False, True, True),
        ("200万元及以上", ">=", False, True, True),
        ("200万元（不含）以上", ">", False, False, True),
        ("不低于200万元", ">=", False, True, True),
        ("不少于200万元", ">=", False, True, True),
        ("至少200万元", ">=", False, True, True),
        ("达到200万元", ">=", False, True, True),
        ("200万元以下", "<", True, False, False),
        ("200万元（含）以下", "<=", True, True, False),
        ("200万元及以下", "<=", True, True, False),
        ("超过200万元", ">", False, False, True),
        ("突破200万元", ">", False, False, True),
        ("过200万元", ">", False, False, True),
        ("超过200万元（含）", ">=", False, True, True),
        ("低于200万元", "<", True, False, False),
        ("不足200万元", "<", True, False, False),
    ],
)
def test_each_comparator_reads_below_at_and_above(words, comparator, below, at, above):
    ((value, unit, found),) = numbers(f"年销售额{words}的企业优先办理。")

    assert (value, unit, found) == (200, "万元", comparator)
    bound = Fraction(200)
    assert [holds(Fraction(x), AS_VALUE[found], bound) for x in (199, 200, 201)] == [below, at, above]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("约20家", [(20, "家", "~")]),
        ("增长10%左右", [(10, "%", "~")]),
        ("8至10家", [("8-10", "家", "range")]),
        ("10万元—100万元", [("10-100", "万元", "range")]),
        ("5%-20%", [("5-20", "%", "range")]),
        ("100—500亩（含500亩）", [("100-500", "亩", "range")]),
        ("融资额10亿元（含）至20亿元", [(10, "亿元", ">="), (20, "亿元", "<")]),
        ("污染物低于标准30%、50%以上", [(30, "%", ">="), (50, "%", ">=")]),
        ("分别最高100万元、50万元、30万元", [(100, "万元", "<="), (50, "万元", "<="), (30, "万元", "<=")]),
        ("按5:5比例分担", [("5:5", "比例", "=")]),
        ("百户重点企业", [(100, "户", "=")]),
        ("连续两年（含）以上", [(2, "年", ">=")]),
        ("近3-5年可能上市", [("3-5", "年", "range")]),
        ("每年至少开展一次检查", [(1, "次", ">=")]),
        ("最多不超过六批", [(6, "批", "<=")]),
        ("享受85折优惠", [(85, "折", "=")]),
        ("完成投资418亿元", [(418, "亿元", "=")]),
        ("24万吨/年磷酸铁项目", [(24, "万吨/年", "=")]),
        ("最高补贴5.04万元/辆", [(5.04, "万元/辆", "<=")]),
        ("能耗为-10千克标准煤/吨", [(-10, "千克标准煤/吨", "=")]),
        ("产值超百亿元", [(100, "亿元", ">")]),
        ("达到1千万以上", [(1, "千万", ">=")]),
        ("百分之三十以上", [(30, "%", ">=")]),
        ("1,500万元以上", [(1500, "万元", ">=")]),
        ("由30个工作日压减到20个工作日", [(30, "个工作日", "="), (20, "个工作日", "=")]),
    ],
)
def test_numbers_with_their_units(text, expected):
    assert numbers(f"其中{text}。") == expected


@pytest.mark.parametrize(
    "text",
    [
        "2022年实现新突破",
        "世界500强企业",
        "“1个图谱、N张清单”",
        "“3+4”贯通培养",
        "加快开展9610、1210等业务",
        "十四五期间",
        "前三名企业",
        "前3家企业优先",
        "三年行动计划",
        "制造业五年规划",
        "建党100周年",
        "突破一批关键技术",
        "一次性奖励",
        "省委九届五次全会",
        "5G网络",
        "（国办发〔2018〕1号）",
        "落实《三年100项任务清单》",
        "服务“最后一公里”",
        "2020-2022年度",
    ],
)
def test_names_ranks_dates_and_slogans_are_no_quantities(text):
    assert numbers(f"{text}的有关工作要做好。") == []


def test_the_unit_of_a_per_unit_subsidy_is_no_quantity():
    assert numbers("每引进1人给予2000元补助。") == [(2000, "元", "=")]


def test_the_step_of_a_rising_benefit_is_no_quantity():
    assert numbers("产值每新增1000万元奖励2万元。") == [(2, "万元", "=")]


def test_a_ceiling_of_one_each_time_is_a_quantity():
    assert numbers("每次表彰不超过1个。") == [(1, "个", "<=")]


def test_a_series_of_money_in_unlike_units_takes_the_cue():
    assert numbers("年收入首次突破5000万元、1亿元的企业。") == [(5000, "万元", ">"), (1, "亿元", ">")]


def test_a_number_is_kept_as_printed_with_base_units_beside_it():
    quantity = one("完成投资４１８ 亿元。").quantities[0]

    assert quantity.text == "４１８ 亿元"
    assert (quantity.value, quantity.unit, quantity.base_value, quantity.base_unit) == (418, "亿元", 41_800_000_000, "yuan")


def test_a_bare_number_of_ten_thousands_says_that_no_unit_is_printed():
    quantity = one("规模达到1000万以上。").quantities[0]

    assert (quantity.value, quantity.unit) == (1000, "万")
    assert "待确认" in quantity.reason
    assert quantity.confidence < 0.9


def test_below_asks_whether_the_bound_is_inside():
    assert "以下" in one("销售额10万元以下的企业。").quantities[0].reason


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("保障煤炭库存天数7天以上", "煤炭库存天数"),
        ("参股比例原则上不超过企业总股本的25%", "参股比例"),
        ("力争全年完成投资418亿元", "投资"),
        ("对7个集群领军企业跟踪服务", "集群领军企业"),
        ("年销售额5000万元以上大品种", "年销售额"),
        ("培育新型示范集群10个以上", "新型示范集群"),
        ("到2025年，智能快件箱数量达到1万组", "智能快件箱数量"),
        ("审核办理时限不超过24小时", "审核办理时限"),
        ("提供1亿元以上的增信担保", "增信担保"),
    ],
)
def test_what_a_number_bounds(text, bounds):
    found = one(f"{text}。").quantities[0].bounds

    assert bounds in found or found in bounds
    assert len(found) >= 2
