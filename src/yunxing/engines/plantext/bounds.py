"""Pass 8, bounds: what each number limits. The nearest noun head, else the subject of the clause; a benefit names its object and kind."""

from __future__ import annotations

import re
from typing import Final

from yunxing.engines.plantext.benefit import Grant, tidy
from yunxing.engines.plantext.quantities import Amount
from yunxing.engines.plantext.units import is_money, is_share
from yunxing.engines.plantext.view import View

_STOP: Final = "，。；：\n"
_CUES: Final = re.compile(
    r"(?:力争|确保|争取|预计|计划|累计|实现|达到?|完成|突破|超过|不低于|不少于|不超过|不高于|不得超过|至少|最高|最多|最低|低于|高于|提高到?|增加到?|降低到?|降至|压减到|压缩至|控制在|保持在?|稳定在|增长到?|"
    r"年均|新增|培育|建成|建设|打造|引进|认定|为|在|约|近|到|至|按|按照|给予|奖励|可|应|要|有|是|了|的|约为|其中|分别|每年|原则上|一次性|满|由|再|以)+$"
)
_LEADING: Final = re.compile(
    r"^(?:到?20\d\d年底?(?:前|之前)?|到?“?十[三四五]五”?末?|力争|确保|争取|全年|每年|年内|加快推进|加快|大力|积极|努力|计划|并|且|推动|推进|促进|实施|支持|鼓励|引导|组织|开展|实现|完成|对(?!外)|将|使|把|用|在|以|其中|达到|和|及|新增|培育|建设|建成|打造|保障|聚焦|设立|引进)+"
)
_NOUN_STOP: Final = re.compile(r"(?:进行|给予|予以|纳入|实行|实施|开展|建设|跟踪|达到|以上的?企业，|，|。|；|：|（|）|\n|、并|且|等方面)")
_TAIL: Final = re.compile(r"^(?:（[^）]{0,10}）|的|以上|以下|以内|之内|左右|内|及)+")


def bounds(view: View, start: int, end: int, amounts: list[Amount], granted: list[Grant]) -> list[str]:
    """One phrase for each quantity, empty where the text gives none."""
    by_start = {g.amount.start: g for g in granted}
    return [_bounds(view.text, start, end, amounts, i, by_start.get(amounts[i].start)) for i in range(len(amounts))]


def _bounds(text: str, start: int, end: int, amounts: list[Amount], i: int, grant: Grant | None) -> str:
    amount = amounts[i]
    if grant is not None:
        return _of_grant(text, grant)
    floor = amounts[i - 1].cue_end if i else start
    before = _before(text, start, amount.start, floor)
    after = _after(text, amount.cue_end or amount.end, end)
    if is_money(amount.unit) or is_share(amount.unit) or amount.unit.endswith("个百分点"):
        if is_money(amount.unit) and text[amount.cue_end : amount.cue_end + 1] == "的" and len(after) > 1 and len(before) < 3:
            return after
        return before or after or _wider(text, start, amount.start)
    if "/" in amount.unit:
        return before or after or _wider(text, start, amount.start)
    if amount.unit in ("年", "个月", "天", "日", "小时", "个工作日", "工作日", "周岁"):
        of = text[amount.cue_end : amount.cue_end + 1] == "的"
        return (after if of and after else before) or after or _wider(text, start, amount.start)
    return after or before or _wider(text, start, amount.start)


def _before(text: str, start: int, at: int, floor: int) -> str:
    left = at
    depth = 0
    while left > max(start, floor):
        sign = text[left - 1]
        if sign == "）":
            depth += 1
        elif sign == "（":
            if not depth:
                break
            depth -= 1
        elif sign in _STOP and not depth:
            break
        left -= 1
    words = re.sub(r"（[^）]*）", "", text[left:at]).strip("、和及 ")
    for _ in range(3):
        words = _CUES.sub("", words)
        words = _LEADING.sub("", words)
    words = words.strip("的、“” ")
    return words.rsplit("的", 1)[-1] if len(words) > 18 and "的" in words[:-2] else words[-18:]


def _after(text: str, at: int, end: int) -> str:
    rest = text[at : min(end, at + 40)]
    lead = _TAIL.match(rest)
    rest = rest[lead.end() :] if lead else rest
    stop = _NOUN_STOP.search(rest)
    words = rest[: stop.start()] if stop else rest
    words = words.split("、")[0] if len(words) > 16 else words
    words = re.sub(r"\d.*$", "", words)
    return words.strip("的、和及 ")[:16] if len(words.strip()) > 1 else ""


def _wider(text: str, start: int, at: int) -> str:
    """The subject of the clause before, when the number stands alone in its own."""
    clauses = re.split(r"[，。；：\n]", text[max(start, at - 80) : at])
    for clause in reversed(clauses[:-1]):
        words = _LEADING.sub("", _CUES.sub("", re.sub(r"（[^）]*）|[\d.]+[^，。；]{0,4}$", "", clause))).strip("的、 ")
        if len(words) > 1:
            return words[-16:]
    return ""


def _of_grant(text: str, grant: Grant) -> str:
    noun = grant.noun or "支持"
    if grant.kind == "rate":
        head = grant.base or grant.object
        return f"{_short(head)}{noun}" if "比例" in noun else f"{_short(head)}{noun}比例" if not noun.endswith("奖励") else f"{_short(head)}{noun}"
    clause = text[grant.clause[0] : grant.amount.start]
    own = tidy(_CUES.sub("", _CUES.sub("", re.sub(r"（[^）]*）", "", clause))))
    if grant.rule.startswith("ceiling") and 2 <= len(own) <= 16:
        return own if re.search(r"(?:额|金|费|补|奖)", own) else f"{own}{noun}"
    return f"{_short(grant.object)}{noun}"


def _short(words: str) -> str:
    words = re.sub(r"（[^）]*）|[“”]", "", words)
    words = words.rsplit("的", 1)[-1] if len(words) > 14 and "的" in words[:-1] else words
    return words[-14:]
