"""Pass 10, deadlines: the last day something is due, or a span such as 30日内.

A date with 起 is a start. A text without a year takes the plan's year and says so.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from typing import Final

from yunxing.engines.plantext.model import UNSURE
from yunxing.engines.plantext.numerals import parse_han
from yunxing.engines.plantext.view import View

_Y: Final = r"(?P<y>20\d\d|二[〇○零]\d?[〇○零一二三四五六七八九十]{1,2})年"
_DATE: Final = re.compile(
    rf"(?:(?P<span>20\d\d)年?[—~\-至到])?{_Y}(?:(?P<m>\d{{1,2}})月(?:(?P<d>\d{{1,2}})[日号]|(?P<mend>底|末|中旬|上旬|下旬)|份)?|(?P<yend>年?底|末)|第?(?P<q>[一二三四1-4])季度末?|(?P<half>上半年|下半年))?(?P<before>之?前|以前)?"
)
_MONTH: Final = re.compile(r"(?<![\d年—~\-至每个])(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})[日号]|(?P<mend>底|末))?(?P<before>之?前|以前)?")
_SPAN: Final = re.compile(
    r"(?P<n>\d{1,3}|[一二三四五六七八九十]{1,3}|两)(?P<u>个工作日|工作日|个自然日|自然日|个月|个小时|小时|日|天)(?P<in>之内|以内|内(?![部地外资容需陆]))"
)
_YEAR_WORDS: Final = re.compile(r"(?P<w>全年|年底前|今年年?底前?|年内|本年度(?:内|末)?|今年|年底)")
_PART: Final = re.compile(r"(?<!年)(?:第?(?P<q>[一二三四])季度(?P<end>末|底)?|上半年)(?P<before>之?前)?")
_PLAN_FIVE: Final = re.compile(r"“?十(?P<n>[三四五六])五”?(?:规划)?(?:期)?末")
_START: Final = re.compile(r"^(?:起|开始|以来|以后|之后|后|出台|印发|发布|公布|修订|版|度|第|召开|签订|制定|初|实际|以前年度|的)")
_TARGET: Final = (
    r"(?:实现|达到|达|完成|力争|建成|新增|培育|突破|超过|累计|计划|基本|全面|全部|形成|打造|引进|推动|建设|取得|增长|提高|提升|降低|控制|投产|竣工|开工|覆盖|启动|组织|开展|争取|推广|认定|成为|确保|不低于|不少于|进入|总产值|规模|营业收入|产值|数量|"
    r"比重|占比|率|家|个|全[省市县国])"
)
_LEAD: Final = re.compile(
    r"(?:^|[，。；：、\n（”]|到|至|截至|截止|力争|确保|争取|于|在|从而|并|期至|延长至|延续至|顺延至|有效期至|至|前|底|计划|或|和|用\d年)$"
)


@dataclass(slots=True)
class Due:
    """A deadline in view offsets."""

    start: int
    end: int
    text: str
    date: str
    rule: str
    derived: bool = False
    reason: str = ""
    confidence: float = 0.95


def last_day(year: int, month: int) -> str:
    """The last day of a month as YYYY-MM-DD.

    >>> last_day(2024, 2)
    '2024-02-29'
    """
    return f"{year:04d}-{month:02d}-{monthrange(year, month)[1]:02d}"


def deadlines(view: View, start: int, end: int, year: int | None) -> list[Due]:
    """The deadlines of a stretch in order; ``year`` is the plan's, for texts that name none."""
    text = view.text[start:end]
    out: list[Due] = []
    taken = bytearray(len(text) + 1)
    for m in _DATE.finditer(text):
        taken[m.start() : m.end()] = b"\1" * (m.end() - m.start())
        due = _dated(text, m)
        if due is not None:
            out.append(due)
    out += [_five_year(m) for m in _PLAN_FIVE.finditer(text)]
    for m in _SPAN.finditer(text):
        due = _span(text, m)
        if due is not None:
            out.append(due)
    if year is not None:
        out += _undated(text, year, taken)
    for due in out:
        due.start += start
        due.end += start
    return sorted(out, key=lambda d: (d.start, d.end))


def _five_year(m: re.Match[str]) -> Due:
    reason = f"{UNSURE}：the end of a five-year plan is read as its last day"
    return Due(
        m.start(), m.end(), m.group(), f"{2005 + 5 * (parse_han(m['n']) or 0)}-12-31", "five-year plan", reason=reason, confidence=0.8
    )


def _year(words: str) -> int | None:
    if words.isdecimal():
        return int(words)
    han = parse_han(words.replace("○", "〇"))
    return han if han is not None and 1990 <= han <= 2100 else None


def _quoted(text: str, at: int) -> bool:
    line = text[max(0, at - 60) : at]
    return any(line.rfind(o) > line.rfind(c) for o, c in ("《》", "〔〕"))


def _dated(text: str, m: re.Match[str]) -> Due | None:
    year = _year(m["y"])
    before, after = text[: m.start()][-12:], text[m.end() : m.end() + 24]
    if year is None or _quoted(text, m.start()) or _START.match(after) or re.match(r"[—~\-至到]", after):
        return None
    if re.search(r"(?:自|从|始于)$", before):
        return None
    month = int(m["m"]) if m["m"] else None
    exact = bool(m["d"] or m["mend"] or m["yend"] or m["before"] or m["q"] or m["half"])
    if month is not None and not 1 <= month <= 12:
        return None
    if not exact and not _target(m, before, after):
        return None
    reason = ""
    if m["d"] and month:
        day = int(m["d"])
        if not 1 <= day <= monthrange(year, month)[1]:
            return None
        date = f"{year:04d}-{month:02d}-{day:02d}"
        if not m["before"] and re.match(r"[，、]?[^，。；]{0,4}(?:印发|发布|会议|实施|施行)", after):
            return None
    elif month:
        date = last_day(year, month) if m["mend"] != "中旬" else f"{year:04d}-{month:02d}-20"
        reason = f"{UNSURE}：{m.group()} is read as the last day of the month" if m["before"] and not m["mend"] else ""
    elif m["q"]:
        date = last_day(year, 3 * (int(m["q"]) if m["q"].isdecimal() else (parse_han(m["q"]) or 4)))
    elif m["half"]:
        date = f"{year:04d}-06-30" if m["half"] == "上半年" else f"{year:04d}-12-31"
    else:
        date = f"{year:04d}-12-31"
        reason = f"{UNSURE}：{m.group()} is read as the end of that year" if m["before"] and not m["yend"] else ""
    return Due(m.start(), m.end(), m.group(), date, "date", reason=reason, confidence=0.6 if reason else 0.95)


def _target(m: re.Match[str], before: str, after: str) -> bool:
    """A bare year or month is a deadline where a target hangs on it, not where it names a version or describes who may claim."""
    if not _LEAD.search(before) and before != "":
        return False
    if re.search(r"(?:[到至]|力争|确保|截[至止]|(?:时限|时间|节点|期限)[：为]?)$", before):
        return True
    if m["span"]:
        return after.startswith(("，", "期间", "，每")) and bool(re.search(_TARGET, after))
    clause = re.split(r"[。；]", after)[0]
    return bool(re.search(_TARGET, clause)) and not re.match(r"[^，。；]{0,10}的(?:企业|项目|通知|意见)", after)


def _span(text: str, m: re.Match[str]) -> Due | None:
    n = int(m["n"]) if m["n"].isdecimal() else parse_han(m["n"])
    before = text[max(0, m.start() - 8) : m.start()]
    if not n or before[-1:].isdecimal() or before.endswith(("近", "过去", "月", "每", "第", "前")):
        return None
    unit = m["u"]
    iso = f"P{n}M" if unit == "个月" else f"PT{n}H" if "小时" in unit else f"P{n}D"
    reason = f"{UNSURE}：working days, written as days" if "工作日" in unit else ""
    return Due(m.start(), m.end(), m.group(), iso, "span", reason=reason, confidence=0.7 if reason else 0.9)


def _undated(text: str, year: int, taken: bytearray) -> list[Due]:
    """Dates that name no year: 全年, 年底前, 上半年, 6月底前. They take the plan's year, and say so."""
    found = [(m, f"{year}-12-31", 0.85) for m in _YEAR_WORDS.finditer(text) if not taken[m.start()] and _whole_year(text, m)]
    for m in _PART.finditer(text):
        if not taken[m.start()] and re.match(r"[^，。；]{0,14}(?:完成|达到|实现|力争|全部|基本|开工|投产)", text[m.end() : m.end() + 20]):
            month = 6 if m["q"] is None else 3 * (parse_han(m["q"]) or 4)
            found.append((m, last_day(year, month), 0.7))
    for m in _MONTH.finditer(text):
        if not taken[m.start()] and _month(text, m):
            month = int(m["m"])
            day = min(int(m["d"]), monthrange(year, month)[1]) if m["d"] else 0
            found.append((m, f"{year}-{month:02d}-{day:02d}" if day else last_day(year, month), 0.8))
    reason = f"{UNSURE}：the year is the plan's own"
    return [
        Due(m.start(), m.end(), m.group(), date, "the plan's year", derived=True, confidence=sure, reason=reason) for m, date, sure in found
    ]


def _whole_year(text: str, m: re.Match[str]) -> bool:
    after, before = text[m.end() : m.end() + 24], text[max(0, m.start() - 8) : m.start()]
    word = m["w"]
    if word == "年底" or re.search(r"[\d每]$|20\d\d年$", before) or (word == "年内" and before[-1:] in tuple("一二三四五两")):
        return False
    if word.endswith("前") or word in ("年内", "今年年底", "今年底"):
        return True
    clause = re.split(r"[。；]", after)[0]
    aims = re.match(r"[^，。；]{0,14}(?:完成|达到|实现|新增|力争|不少于|不低于|突破|培育|争取|确保|超过)", clause)
    return bool(aims and re.search(r"\d", clause))


def _month(text: str, m: re.Match[str]) -> bool:
    if not 1 <= int(m["m"]) <= 12 or not (m["mend"] or m["before"]) or _quoted(text, m.start()):
        return False
    return not re.search(r"(?:次|翌|每)年?$", text[max(0, m.start() - 3) : m.start()])
