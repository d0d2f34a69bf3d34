"""Subsidies: rates, amounts and ceilings stay apart; 分别 pairs one to one; per unit is never a total."""

import pytest

from plantext_cast import grants, one


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("对企业的评估费用，给予不超过10万元、最高30%的财政补贴", [(30.0, None, 100000.0)]),
        ("按实际投资额的20%给予补助，最高不超过500万元", [(20.0, None, 5e6)]),
        ("对引进的平台，最高给予1000万元支持", [(None, None, 1e7)]),
        ("对首次认定的企业给予50万元奖励", [(None, 500000.0, None)]),
        ("对中药新品种给予企业10万元—100万元资金支持", [(None, None, 1e6)]),
        ("按投资额度给企业5%-20%奖励支持", [(20.0, None, None)]),
        ("货车用户实行85折通行费优惠", [(85.0, None, None)]),
        ("通行费实行八五折优惠", [(85.0, None, None)]),
        ("贷款贴息按银行最新一期LPR的35%、最高2000万元确定", [(35.0, None, 2e7)]),
        ("对担保费由两级财政按照5:5比例全额补贴，企业所在地财政补贴金额不超过1000万元", [(100.0, None, 1e7)]),
        ("前三年给予80%的奖励，后两年给予50%的奖励，每年最高奖励不超过5000万元", [(80.0, None, 5e7), (50.0, None, 5e7)]),
        (
            "融资额10亿元以下的奖补200万元；融资额10亿元（含）至20亿元的奖补700万元；融资额20亿元（含）以上的奖补1200万元",
            [(None, 2e6, None), (None, 7e6, None), (None, 1.2e7, None)],
        ),
        ("给予融资额1%且不超过50万元补助", [(1.0, None, 500000.0)]),
        ("给予实际投资额的20%，单个项目不超过200万元专项资金支持", [(20.0, None, 2e6)]),
    ],
)
def test_rates_amounts_and_ceilings(text, rows):
    assert grants(f"{text}。") == rows


@pytest.mark.parametrize(
    "text",
    [
        "固定资产投资5000万元以上的项目优先保障",
        "设立规模不低于1亿元的引导资金",
        "提供1亿元以上的增信担保",
        "参股比例不超过25%",
        "上浮10%作为市级任务",
        "单户担保金额500万元及以下的担保费率不超过1%",
        "对月销售额10万元以下的纳税人免征增值税",
        "专项安排30亿元再贷款额度",
        "覆盖率达到90%",
        "减按15%的税率征收企业所得税",
        "对重点项目给予贷款额度最高3000万元",
        "发放消费券300万元",
    ],
)
def test_thresholds_targets_and_taxes_are_no_subsidies(text):
    assert grants(f"{text}。") == []


def test_a_ceiling_alone_never_becomes_an_amount():
    row = one("单户企业最高补助500万元。").subsidies[0]

    assert row.amount is None
    assert row.cap == 5e6


def test_lists_with_respective_amounts_pair_one_to_one():
    rows = one("对初次认定的国家、省级企业技术中心，分别给予100万元、30万元奖励。").subsidies

    assert [(row.base, row.amount) for row in rows] == [("国家企业技术中心", 1e6), ("省级企业技术中心", 3e5)]
    assert all(not row.reason for row in rows)


def test_lists_of_unequal_length_go_to_a_person():
    rows = one("对国家级、省级研发平台，分别给予100万元、30万元、10万元奖励。").subsidies

    assert [row.amount for row in rows] == [1e6, 3e5, 1e5]
    assert all("待确认" in row.reason for row in rows)


@pytest.mark.parametrize(
    ("text", "per", "amount"),
    [
        ("对新发展的种植基地一次性奖励企业100元/亩", "亩", 100.0),
        ("对新认定的企业每家给予10万元支持", "家", 100000.0),
        ("对引进的能繁母牛每头补贴1000元", "头", 1000.0),
    ],
)
def test_a_sum_for_each_unit_is_no_total(text, per, amount):
    (row,) = one(f"{text}。").subsidies

    assert (row.per, row.amount, row.cap) == (per, amount, None)


def test_a_sum_for_each_unit_with_a_ceiling_keeps_both():
    (row,) = one("对新建圈舍的养殖场，按每平方米200元给予补助，单个养殖场最高不超过30万元。").subsidies

    assert (row.per, row.amount, row.cap) == ("平方米", 200.0, 300000.0)


def test_a_step_is_no_sum_and_a_ceiling_joins_a_sum_for_each_step():
    assert grants("每净增1000万元奖励2万元，最高奖励50万元。") == [(None, 20000.0, 500000.0)]


def test_a_ceiling_a_year_is_a_ceiling():
    assert grants("按运费的30%给予补贴，每户不超过20万元/年。") == [(30.0, None, 200000.0)]


def test_a_discount_is_marked_as_what_is_paid():
    assert one("实行85折优惠。").subsidies[0].discount
    assert not one("给予85%的补贴。").subsidies[0].discount


def test_a_ceiling_does_not_join_the_benefit_of_another_recipient():
    assert grants("对甲类企业按投资额的20%给予补助；对乙类企业给予最高100万元补助。") == [(20.0, None, None), (None, None, 1e6)]
