"""Fuzz the importer with coverage guidance: whatever text comes in, a plan comes out, in time, with every span inside the text.

python tests/fuzz/importer.py FOLDER -max_total_time=600        (`make fuzz`; FOLDER keeps what was interesting)

A program of its own, because the fuzzer owns the process it runs in.
"""

from __future__ import annotations

import sys
import time

import atheris

with atheris.instrument_imports(include=["yunxing.engines.plantext"]):
    from yunxing.engines.plantext import import_text
    from yunxing.engines.plantext.model import Plan

PIECES = (
    "一、", "二、", "十二、", "（一）", "（二）", "1.", "2.", "第三条", "\n", "。", "，", "；", "、", "：", "（", "）", "〔", "〕", "《", "》", "“", "”",
    "（市财政局、市能源局按职责分工负责）", "（责任单位：省科技厅）", "牵头", "配合", "下同", "排在第一位的部门为牵头部门，下同", "分别", "不超过", "最高", "以上",
    "以下", "（含）", "不低于", "达到", "左右", "每", "给予", "奖励", "补助", "2000万元", "418亿元", "30%", "5%—20%", "百户", "3-5家", "10万吨/年", "85折",
    "2022年底前", "30日内", "全年", "自印发之日起施行", "有效期3年", "同时废止", "国发〔2019〕3号", "甲政发〔2022〕 7号", "甲市人民政府", "2022年5月27日",
    "基本原则", "保障措施", "工业和信息化局", "第 1 2 条", "2 0 0 万元", "\u3000", "\x0b", "０１２", "㎡", "𠮷",
)  # fmt: skip
SECONDS_A_CHARACTER = 1.0 / 100_000


def text_of(data: bytes) -> str:
    """Half of the bytes choose pieces of policy language, the rest are letters as they come."""
    given = atheris.FuzzedDataProvider(data)
    parts = []
    while given.remaining_bytes() > 0 and len(parts) < 4_000:
        choice = given.ConsumeIntInRange(0, 2 * len(PIECES))
        parts.append(PIECES[choice] if choice < len(PIECES) else given.ConsumeUnicodeNoSurrogates(6))
    return "".join(parts)


def one(data: bytes) -> None:
    """One text: no crash, no more than a second for 100,000 characters (and a quarter of one to begin), spans inside, the JSON comes back."""
    text = text_of(data)
    begun = time.process_time()
    plan = import_text(text, "fuzz.txt")
    taken = time.process_time() - begun
    assert taken <= 0.25 + 10 * SECONDS_A_CHARACTER * len(text), (
        f"{taken:.2f} s for {len(text)} characters"
    )  # ten times: it runs instrumented
    for measure in plan.measures:
        for part in (measure, *measure.responsible, *measure.quantities, *measure.deadlines, *measure.subsidies):
            assert 0 <= part.start <= part.end <= len(text), part
    assert Plan.from_json(plan.to_json()).to_json() == plan.to_json()


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
