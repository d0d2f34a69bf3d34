"""What the synthetic city's enterprises ask for: sixty requests with the way each went, for demonstrations and drills. 合成数据 · synthetic data.

Pure data: the desk walks them through the real tables (`desk.demo_cases`), so that every state a case can have is there to be looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Way = Literal[
    "submitted", "accepted", "assigned", "overdue_sign", "returned", "disputed", "signed", "working", "overdue", "paused", "joint",
    "one_matter", "answered", "satisfied", "fair", "reopened", "withdrawn", "refused",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """One request: its kind (a value of the table's field `kind`), what was written, and an answer that would close it."""

    kind: str
    words: str
    answer: str


REQUESTS: tuple[Request, ...] = (
    Request(
        "energy",
        "车间上周两次短时停电，铸造线报废一炉，希望错峰安排提前一天通知。",
        "已与供电单位商定检修提前三日书面通知，并增设备用回路。",
    ),
    Request("energy", "天然气日指定量不够，热处理炉只能开一半，请协调增加气量。", "已协调增加日指定量，自下周起执行。"),
    Request("energy", "蒸汽价格上调后成本增加较多，想了解直供电和绿电交易怎么参加。", "已安排专人上门讲解交易规则，并协助完成注册。"),
    Request("energy", "光伏并网手续卡在图纸审查，已经等了三周。", "图纸审查已通过，并网验收排在本月。"),
    Request("labour", "缺焊工和数控操作工二十多人，招了两个月只来五个。", "已列入专场招聘会并对接两所职业院校，首批十二人到岗。"),
    Request("labour", "新员工岗前培训补贴材料交了一个多月没有回音。", "补贴材料缺一份花名册，补齐后已审核通过。"),
    Request("labour", "夜班公交太少，住得远的员工留不住，希望调整班次。", "公交公司已增开两个夜班班次，试运行一个月。"),
    Request("fund", "订单增加但流动资金紧，抵押物不足，银行不愿增加授信。", "担保机构已受理，授信增加五百万元。"),
    Request("fund", "有一笔货款被外地客户拖欠半年，想问有没有调解渠道。", "已转商事调解，对方承诺分三期付清。"),
    Request("fund", "贷款到期需要过桥，时间只有两周。", "转贷资金已到位，手续三个工作日办结。"),
    Request("land", "二期项目用地规划已批，指标还没有落实，影响年内开工。", "用地指标已在本批次落实，可以办理供地手续。"),
    Request("land", "厂区门口道路积水，大货车进出困难。", "排水管道已疏通，路面月底前修复。"),
    Request("land", "旧厂房加层需要调整容积率，不知道找哪个部门。", "已说明调整条件和所需材料，窗口专人跟进。"),
    Request("logistics", "港口集装箱提箱排队要两天，出口交货期受影响。", "已协调开通重点企业提箱预约通道。"),
    Request("logistics", "货车进城通行证只能办三天，希望按合同期限办理。", "通行证可按月办理，已现场办结。"),
    Request("logistics", "铁路专用线车皮申请连续三周没有批下来。", "已与铁路部门对接，下旬起每周安排两列。"),
    Request("permit", "环评批复后设备有调整，要不要重新报批。", "经核对不属于重大变动，书面答复已送达。"),
    Request("permit", "特种设备检验预约不上，新生产线无法投用。", "检验机构已增派人员，设备检验完成。"),
    Request("permit", "食品生产许可变更已经补正三次，希望一次告知清楚。", "已一次性列明缺项并上门辅导，变更办结。"),
    Request("other", "想申请首台（套）装备认定，不清楚目录和流程。", "已发送目录和办事指南，并安排专家预审。"),
    Request("other", "上级奖补资金兑现时间不明确，影响资金安排。", "奖补资金已列入本季度拨付计划。"),
    Request("other", "园区网络不稳定，工业互联网平台经常掉线。", "运营商已更换汇聚设备，连续一周无中断。"),
    Request("other", "统计报表口径和去年不一致，希望有人讲一次。", "已组织线上培训，口径说明已发放。"),
    Request("other", "周边居民反映噪声，愿意整改但需要时间安排。", "已商定分两期整改，夜间工序已停。"),
)

# how many requests went each way: sixty in all, one with joint offices, one decided by itself
WAYS: tuple[tuple[Way, int], ...] = (
    ("submitted", 3), ("accepted", 2), ("assigned", 4), ("overdue_sign", 2), ("returned", 2), ("disputed", 1), ("signed", 3), ("working", 8), ("overdue", 4),
    ("paused", 2), ("joint", 1), ("one_matter", 1), ("answered", 4), ("satisfied", 12), ("fair", 4), ("reopened", 3), ("withdrawn", 2), ("refused", 2),
)  # fmt: skip


def ways() -> tuple[Way, ...]:
    """The way of each of the sixty requests, mixed so that neighbours differ."""
    plain = [way for way, count in WAYS for _ in range(count)]
    step = 23  # has no factor in common with sixty, so every place is visited once
    return tuple(plain[(at * step) % len(plain)] for at in range(len(plain)))
