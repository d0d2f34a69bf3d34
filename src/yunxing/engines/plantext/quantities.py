"""Pass 7, quantities: numbers with a unit. Thresholds, benefits and ceilings look alike here; the cue words tell them apart.

Not quantities: dates, numbering, names and slogans in quotes (“1个图谱”), ranks (前三), plans named by their years (三年行动计划).
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from yunxing.engines.plantext.amount import Amount
from yunxing.engines.plantext.comparators import AFTER, BEFORE, MARKED, compare
from yunxing.engines.plantext.numerals import parse_han, parse_value
from yunxing.engines.plantext.units import UNIT, is_share
from yunxing.engines.plantext.view import View, depths

_NUM: Final = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_ARABIC: Final = re.compile(
    rf"(?P<a>{_NUM})(?P<more>多|余|来)?(?P<ua>{UNIT})?(?P<amore>多|余)?(?P<am>{MARKED})?"
    rf"(?:(?P<dash>[—~\-]{{1,2}}|至|到)(?P<b>{_NUM})(?P<ub>{UNIT}))?"
)
_RATIO: Final = re.compile(r"(?<![\d:.])\d{1,3}:\d{1,3}(?::\d{1,3})*(?![\d:])")
_HAN: Final = "一二两三四五六七八九十百千"
_HAN_TIME: Final = re.compile(
    rf"(?P<h>[{_HAN}]{{1,4}})(?:[至到—~-](?P<hb>[{_HAN}]{{1,4}}))?(?P<u>年|个月|个工作日|个小时|个季度|周岁|天|日(?=内|以内))"
)
_HAN_COUNT: Final = re.compile(rf"(?P<h>[{_HAN}]{{1,5}})(?P<u>次|家|个|户|项|名|人|种|批|倍|折|成|场|件|台|套|吨|亩|升|万元|亿元|元)")
_PERCENT_HAN: Final = re.compile(r"百分之(?P<h>[一二三四五六七八九十百零点]+)")
_BARE: Final = re.compile(
    r"(?<![\d一二两三四五六七八九十百千万亿多数逾])(?P<u>[百千万](?:户|家|亩|吨|升|头|只|羽|台|辆|项|平方米)|[百千万]?亿元|[百千]?万元)(?![\w]{0,1}(?:大战|千))"
)
# A bare great number counts after a verb or a stop (建立百户…), not inside a name.
_BARE_AFTER: Final = re.compile(
    r"(?:^|[，。；：、（\n的在约近超对把将为]|建立|实施|推进|推动|启动|组织|开展|培育|打造|建设|遴选|选择|扶持|支持|新增|完成|达到?|突破|超过|安排|聚焦|围绕|提供|服务|带动|引导|形成|建成|省|市|县|全市|全县|其中)$"
)
# Words that make a period a name: 三年行动计划, 五年规划.
_NAMED: Final = re.compile(r"^(?:行动|计划|规划|攻坚|方案|滚动|倍增|提升|改造|工程|任务|一|级|制|期(?!限)|来|前|上|度|代|生(?!产))")
_SKIP_LATIN: Final = re.compile(r"[A-Za-z+#Ⅰ-ⅿ第\d.№]$")


def quantities(view: View, start: int, end: int) -> list[Amount]:
    """The quantities of a stretch of the view, in order."""
    text = view.text[start:end]
    quoted = depths(text, "“《〔", "”》〕")
    found = [a for a in _arabic(text) if not quoted[a.start]] + [a for a in _chinese(text) if not quoted[a.start]]
    found.sort(key=lambda a: (a.start, -a.end))
    kept: list[Amount] = []
    for amount in found:
        if kept and amount.start < kept[-1].end:
            continue
        if not _inside_marker(text, amount.start):
            kept.append(amount)
    compare(text, kept)
    for amount in kept:
        amount.start += start
        amount.end += start
        amount.cue_end += start
    return kept


def _inside_marker(text: str, at: int) -> bool:
    """Inside （含5个） or （不含…）: it repeats a bound, it sets none."""
    open_at = text.rfind("（", max(0, at - 12), at)
    return open_at >= 0 and "）" not in text[open_at:at] and text[open_at + 1 : open_at + 3].startswith(("含", "不含"))


def _arabic(text: str) -> list[Amount]:
    out = [
        Amount(m.start(), m.end(), m.group(), Fraction(0), Fraction(0), "比例", rule="ratio", cue_end=m.end(), ratio=m.group())
        for m in _RATIO.finditer(text)
        if re.search(r"(?:比例|按|分担|配比|配套)", text[max(0, m.start() - 14) : m.end() + 6])
    ]
    for m in _ARABIC.finditer(text):
        ua, ub, a, b = m["ua"], m["ub"], m["a"], m["b"]
        if b is None and ua is None:
            continue
        before = text[max(0, m.start() - 8) : m.start()]
        if (_SKIP_LATIN.search(before) and not re.search(r"[到至]$", before)) or (
            before[-1:] in tuple("—-~/") and before[-2:-1].isdecimal()
        ):
            continue
        low, high = parse_value(a), parse_value(b or a)
        if low is None or high is None:
            continue
        if b is not None and _is_two(m):
            out += _two(m, low, high)
            continue
        if (
            ua is not None
            and b is not None
            and ua != ub
            and not (ua in ("万", "亿", "千", "百") and (ub or "").startswith(ua))
            and not _mixed(ua, ub or "")
        ):
            out += [_one(m.start("a"), m.end("ua"), text, low, ua)] if _allowed(text, m.start("a"), m.end("ua"), low, ua) else []
            if _allowed(text, m.start("b"), m.end("ub"), high, ub or ""):
                out.append(_one(m.start("b"), m.end("ub"), text, high, ub or ""))
            continue
        unit = ub or ua or ""
        minus = b is None and re.search(r"(?:为|至|到|是)[-—]$", before) is not None
        if minus:
            low = high = -low
        end = m.end("ub") if b else (m.end("amore") if m["amore"] else m.end("ua"))
        if not _allowed(text, m.start(), end, high, unit, low):
            continue
        at = m.start() - 1 if minus else m.start()
        amount = Amount(at, end, text[at:end], low, high, unit, rule="number and unit", cue_end=end)
        if low != high:
            amount.comparator, amount.rule = "range", "range"
        elif m["more"] or m["amore"]:
            amount.comparator = ">"
        elif re.match(r"[百千万亿]$", unit):
            amount.note = "no unit is printed"
        out.append(amount)
    return out


def _mixed(ua: str, ub: str) -> bool:
    """1亿元至… of one money family with unlike powers stay two numbers."""
    return False if ua.endswith("元") != ub.endswith("元") else ua == ub


def _is_two(m: re.Match[str]) -> bool:
    """A band whose ends say whether they are inside is two bounds, not a range."""
    tail = m.string[m.end() : m.end() + 5]
    return bool(m["am"]) or (m["ua"] is not None and bool(re.match(MARKED, tail)) and "含）" in tail[:4])


def _two(m: re.Match[str], low: Fraction, high: Fraction) -> list[Amount]:
    ua, ub = m["ua"] or m["ub"] or "", m["ub"] or ""
    tail = m.string[m.end() : m.end() + 5]
    first_in = not (m["am"] or "").startswith("（不含")
    second_in = tail.startswith("（含")
    one = _one(m.start("a"), m.end("ua") if m["ua"] else m.end("a"), m.string, low, ua)
    two = _one(m.start("b"), m.end("ub"), m.string, high, ub)
    one.comparator = ">=" if m["am"] and first_in else ">"
    two.comparator = "<=" if second_in else "<"
    one.rule = two.rule = "band with （含）"
    return [one, two]


def _one(start: int, end: int, text: str, value: Fraction, unit: str) -> Amount:
    return Amount(start, end, text[start:end], value, value, unit, rule="number and unit", cue_end=end)


def _allowed(text: str, start: int, end: int, value: Fraction, unit: str, low: Fraction | None = None) -> bool:
    before, after = text[max(0, start - 10) : start], text[end : end + 8]
    printed = text[start:end]
    if unit == "年":
        return not (1900 <= value <= 2100 or _NAMED.match(after) or (low is not None and 1900 <= low <= 2100))
    if unit in {"天", "日"}:
        return not before.endswith("月")
    if before.endswith("前") and unit not in ("个月", "天", "%"):
        return False
    per_one = (
        value == 1
        and re.search(r"每[^，。；、\d]{0,8}$", before)
        and not re.search(r"(?:不超过|至少|最多|不少于|最高|限)[^，。；]{0,4}$", before)
    )
    if per_one and not is_share(unit):
        return False
    if re.search(
        r"每(?:(?:净|新)?增加?|增长|提高|超过?|超出|完成|投资|满|达到?|引进|实现|减少|降低|节约|消耗|处理|销售|采购|缴纳)?$", before
    ) and not is_share(unit):
        return False  # 每新增1000万元奖励2万元: the unit of a benefit
    if after.startswith(("强", "周年")) or printed.endswith("周年"):
        return False
    return not (unit in ("个", "条", "项", "部", "期", "门", "处", "本", "名") and re.search(r"[“（]\s*$", before) and after[:1] == "”")


def _chinese(text: str) -> list[Amount]:
    out: list[Amount] = []
    for m in _PERCENT_HAN.finditer(text):
        value = parse_han(m["h"].split("点")[0])
        if value is not None and "点" not in m["h"]:
            out.append(Amount(m.start(), m.end(), m.group(), Fraction(value), Fraction(value), "%", rule="百分之", cue_end=m.end()))
    for m in _HAN_TIME.finditer(text):
        low, high = parse_han(m["h"]), parse_han(m["hb"] or m["h"])
        before, after = text[max(0, m.start() - 6) : m.start()], text[m.end() : m.end() + 6]
        if (
            low is None
            or high is None
            or before[-1:] in ("第", "十", "百", "零", "〇", "每", "周", "一")
            or re.search(r"[〇○\d]$|二[〇○零]", before)
        ):
            continue
        if m["u"] == "年" and (
            _NAMED.match(after)
            or (low == 1 and not re.search(r"[满近为期过少]$", before) and not re.match(r"(?:以|内|的|（|给|，|。|期)", after))
        ):
            continue
        if (m["u"] in ("天", "日") and low == 1) or "二〇" in m.group() or low > 99:
            continue
        amount = Amount(m.start(), m.end(), m.group(), Fraction(low), Fraction(high), m["u"], rule="Chinese numeral, time", cue_end=m.end())
        if low != high:
            amount.comparator = "range"
        out.append(amount)
    out += _han_counts(text)
    for m in _BARE.finditer(text):
        unit = m["u"]
        great = unit[0] in "百千"
        exact = Fraction({"百": 100, "千": 1000}[unit[0]]) if great else Fraction(1)
        shown = unit[1:] if great else unit
        if shown in ("亿元", "万元") and not (
            AFTER.match(text, m.end()) or any(p.search(text[max(0, m.start() - 8) : m.start()]) for p, _ in BEFORE[:5])
        ):
            continue
        after = text[m.end() : m.end() + 2]
        if after[:1] in ("千", "百", "万", "级") or not _BARE_AFTER.search(text[max(0, m.start() - 6) : m.start()]):
            continue
        out.append(Amount(m.start(), m.end(), m.group(), exact, exact, shown, rule="bare great number", cue_end=m.end()))
    return out


def _han_counts(text: str) -> list[Amount]:
    """Counts in Chinese numerals are mostly rhetoric (一批, 三大); they count with a comparator beside them, as 次, or as money."""
    out: list[Amount] = []
    for m in _HAN_COUNT.finditer(text):
        unit, value = m["u"], parse_han(m["h"])
        before, after = text[max(0, m.start() - 8) : m.start()], text[m.end() : m.end() + 6]
        if (
            value is None
            or before[-1:] in ("第", "前", "每", "“", "十", "新", "又", "再", "某", "这", "那", "同", "首", "统")
            or ("百千".find(m["h"][0]) >= 0 and len(m["h"]) == 1)
        ):
            continue
        if (unit == "批" and value == 1) or (
            unit == "次" and (before.endswith("届") or re.match(r"[^，。；]{0,8}(?:全会|会议|大会)", text[m.end() : m.end() + 14]))
        ):
            continue
        bounded = bool(AFTER.match(after)) or any(p.search(before) for p, _ in BEFORE[:4])
        if unit == "折" and len(m["h"]) == 2:
            value = int("".join(str(parse_han(c)) for c in m["h"]))
        if unit == "次":
            fits = bounded or (after[:1] in ("，", "。", "；", "、", "的", "）", "") and before[-1:] not in ("一", "多", "此", "最"))
            fits = fits and not after.startswith("性")
        elif unit in ("元", "万元", "亿元", "倍", "折"):
            fits = True
        else:
            fits = bounded
        if fits:
            out.append(
                Amount(
                    m.start(), m.end(), m.group(), Fraction(value), Fraction(value), unit, rule="Chinese numeral, count", cue_end=m.end()
                )
            )
    return out
