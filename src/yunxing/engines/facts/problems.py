"""Problems found in workbooks, as values: where, what was found, what is expected, how to mend it, in Chinese and in English.

An error (`block`) keeps its row out of the store; `hold` keeps the row aside, out of totals, until someone confirms it; `warn` lets it pass and asks
for a written cause. All problems of a workbook come back at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from yunxing.engines.facts.form import Effect
from yunxing.engines.facts.sheet import address
from yunxing.values.errors import Fault

Language = Literal["zh", "en"]
Words = tuple[str, str]  # Chinese, English

# rule → (name, how to mend it)
RULES: dict[str, tuple[Words, Words]] = {
    "no_form": (("认不出是哪张报表", "unknown form"), ("使用平台下载的模板，或保留表名和表头", "use the platform's template, or keep the title and the head")),
    "no_head": (("找不到表头", "no head"), ("保留编号列的表头，如“统一社会信用代码”", "keep the head of the code column")),
    "no_period": (("认不出报告期", "unknown period"), ("在表题下写明报告期，如“2022年9月”", "write the period under the title")),
    "wrong_period": (("报告期不符", "wrong period"), ("换用该月的工作簿", "use the workbook of that month")),
    "closed_period": (("该月已结账", "month is closed"), ("更正已结账月份须注明更正理由", "a correction of a closed month needs its reason")),
    "future_period": (("报告期尚未结束", "period has not ended"), ("到期后再报", "report after its end")),
    "expired_form": (("报表已过有效期", "form has expired"), ("报表须重新批准或备案", "the form needs a new approval")),
    "old_version": (("模板版本不符", "template of another version"), ("下载新模板", "download the new template")),
    "no_unit": (("认不出填报单位", "unknown reporting unit"), ("在表题下写明填报单位全称", "write the reporting unit under the title")),
    "keys_changed": (("隐藏页被改动，已按表头识别", "hidden sheet was altered; read by its head"), ("不必处理；请不要删改隐藏页", "nothing; please leave the hidden sheet")),
    "missing_column": (("缺少列", "missing column"), ("补上该列", "add the column")),
    "duplicate_column": (("同一列出现两次", "column twice"), ("只保留一列", "keep one")),
    "wrong_unit": (("计量单位不符", "wrong unit"), ("改用规定的计量单位", "use the unit of the form")),
    "no_key": (("本行没有编号", "row without a code"), ("补填编号", "fill in the code")),
    "key_as_number": (("编号被存成数字，末几位已丢失", "code was turned into a number"), ("把该列设为文本格式后重新填写编号", "format the column as text and enter the code again")),
    "unknown_party": (("名录中没有此编号", "code not in the registry"), ("核对编号；新入库单位先入名录", "check the code; new parties enter the registry first")),
    "unknown_detail": (("第二编号不在目录中", "second key not in its list"), ("从下拉列表中选择", "choose from the list")),
    "other_unit": (("该主体属于另一填报单位", "party belongs to another unit"), ("由其所属填报单位报送", "its own unit reports it")),
    "not_valid": (("该主体在报告期末无效", "party is not valid at the end of the period"), ("核对名录的起止日期", "check its dates in the registry")),
    "duplicate_row": (("重复行", "duplicate row"), ("只保留一行", "keep one row")),
    "no_day": (("日期缺失或不在本月", "day missing or outside the month"), ("填写本月的日期，如 2022-09-30", "enter a day of the month")),
    "required": (("必填项为空", "required cell is empty"), ("没有发生额填 0", "enter 0 if there is nothing")),
    "bad_value": (("不能识别的值", "value cannot be read"), ("按示例填写", "write it like the example")),
    "not_whole": (("应为整数", "not a whole number"), ("填整数", "enter a whole number")),
    "too_large": (("数值过大", "number is too large"), ("核对计量单位", "check the unit")),
    "negative": (("不能为负", "may not be negative"), ("核对符号", "check the sign")),
    "out_of_range": (("超出允许范围", "outside the range"), ("核对数值和计量单位", "check the value and its unit")),
    "future_day": (("日期晚于报告期", "day after the period"), ("核对日期", "check the day")),
    "sum_mismatch": (("合计与各行之和不符", "total differs from the sum of rows"), ("核对合计或各行", "check the total or the rows")),
    "difference": (("本月数与累计差不符", "month differs from the cumulative difference"), ("核对本月数或累计数；更正前期数请作更正报送", "check both; send an earlier mistake as a correction")),
    "carry": (("期初与上期期末不符", "opening differs from last closing"), ("核对期初或上期期末", "check both")),
    "balance": (("进耗存不平", "stock does not balance"), ("核对期初、购进、消耗、损耗和期末", "check the five figures")),
    "not_above": (("大于所属总量", "part is above its whole"), ("核对两个数", "check both")),
    "within_registry": (("大于名录登记数", "above what is registered"), ("核对数值；登记有变化的先更新名录，无误请说明原因", "check it; update the register if that has changed, or state the cause")),
    "parts_make": (("合计与各部分之和不符", "whole differs from its parts"), ("核对合计和各部分", "check the whole and its parts")),
    "parts_within": (("各部分之和大于总量", "parts are above their whole"), ("核对总量和各部分", "check the whole and its parts")),
    "total": (("合计不在规定范围内", "sum is outside its bounds"), ("核对各项", "check the items")),
    "quotient": (("与计算结果不符", "differs from the calculation"), ("核对三个数及其计量单位", "check the three figures and their units")),
    "ratio": (("与本企业一贯比例相差过大", "ratio far from its own habit"), ("核对两个数；无误请说明原因", "check both; if right, state the cause")),
    "growth": (("变动超出以往范围", "beyond its own history"), ("核对数值；无误请说明原因", "check the value; if right, state the cause")),
    "zero": (("上月有数、本月填零", "zero after a month that was none"), ("确为零的请说明原因", "if it is zero indeed, state the cause")),
    "falls": (("累计数下降", "cumulative falls"), ("核对累计数；确有更正请作更正报送", "check it; send a real correction as one")),
    "unit_slip": (("疑似计量单位错位", "unit slip suspected"), ("确认计量单位；若数值无误请说明原因", "confirm the unit; if right, state the cause")),
    "stale": (("与上期完全相同", "equal to the last period"), ("核对是否照抄；无误请说明原因", "check for a copy; if right, state the cause")),
    "copy_of_last_year": (("与上年同期完全相同", "equal to the same period last year"), ("核对是否照抄；无误请说明原因", "check for a copy; if right, state the cause")),
}  # fmt: skip
EFFECTS: dict[Effect, Words] = {"block": ("错误", "error"), "hold": ("挂起待确认", "held"), "warn": ("需说明", "cause needed")}


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem. Row and column count from 0, −1 when it concerns the whole sheet; `expected` in both languages."""

    rule: str
    effect: Effect
    sheet: str
    row: int
    column: int
    title: str
    found: str
    expected: Words
    why: Words = ("", "")
    party: str = ""

    @property
    def cell(self) -> str:
        """`E12`, or empty when it concerns the whole sheet."""
        return address(self.row, self.column) if self.row >= 0 and self.column >= 0 else ""

    def name(self, language: Language = "zh") -> str:
        """The name of the rule."""
        return RULES[self.rule][0][language == "en"]

    def fix(self, language: Language = "zh") -> str:
        """How to mend it."""
        return RULES[self.rule][1][language == "en"]

    def place(self, language: Language = "zh") -> str:
        """«工作表“…” E12（本月）»."""
        sheet = (f"工作表“{self.sheet}”" if language == "zh" else f"sheet “{self.sheet}”") if self.sheet else ""
        return " ".join(part for part in (sheet, self.cell, f"（{self.title}）" if self.title else "") if part)

    def fault(self, file: str, language: Language = "zh") -> Fault:
        """The problem as a fault of that file."""
        index = language == "en"
        why = self.name(language) + (f"：{self.why[index]}" if self.why[index] else "")
        return Fault(file, self.place(language), self.found, self.expected[index], why=why, fix=self.fix(language), severity=self.effect)

    def sentence(self, language: Language = "zh") -> str:
        """What the annotated cell's comment and the command line say."""
        index = language == "en"
        reason = (f" ({self.why[1]})" if index else f"（{self.why[0]}）") if self.why[index] else ""
        if index:
            return f"[{EFFECTS[self.effect][1]}] {self.name('en')}{reason}: found {self.found or 'nothing'}, expected {self.expected[1]}; {self.fix('en')}."
        return f"【{EFFECTS[self.effect][0]}】{self.name()}{reason}：填报“{self.found or '空'}”，应为{self.expected[0]}。{self.fix()}。"

    def as_dict(self) -> dict[str, str]:
        """For JSON: stable keys, both languages."""
        return {
            "rule": self.rule,
            "effect": self.effect,
            "sheet": self.sheet,
            "cell": self.cell,
            "title": self.title,
            "party": self.party,
            "found": self.found,
            "expected": self.expected[0],
            "expected_en": self.expected[1],
            "fix": self.fix(),
            "fix_en": self.fix("en"),
            "message": self.sentence(),
            "message_en": self.sentence("en"),
        }
