"""How a number is meant: the cue words before it, after it, or at the end of its series.

A cue may stand before the number (最高, 不超过), after it (以上, 以内), or close a series (低于标准30%、50%以上), whose members then all take it.
The comparator of 以下 is ``<`` by the scorer's convention; legal text reads it inclusive, so it carries that remark for the rules.
"""

from __future__ import annotations

import re
from typing import Final

from yunxing.engines.plantext.amount import Amount
from yunxing.engines.plantext.model import Comparator
from yunxing.engines.plantext.units import is_money

MARKED: Final = r"（(?:含|不含)[^）]{0,8}）"
AFTER: Final = re.compile(
    r"(?P<mark>（含[^）]{0,8}）|（不含[^）]{0,8}）)?(?P<and>及)?(?P<cue>以上|以下|以内|之内|以外|左右|上下)(?P<mark2>（含[^）]{0,8}）|（不含[^）]{0,8}）)?"
)
_WITHIN: Final = re.compile(r"内(?![部地资外容需陆])")
BEFORE: Final[tuple[tuple[re.Pattern[str], Comparator], ...]] = (
    (
        re.compile(
            r"(?:不得?超过|不高于|不多于|不大于|不超出|不突破|不得高于|最高(?!人民)|最多|至多|以不超过|≤)[^，。；\d]{0,22}$|(?:上限|封顶|限额)(?:为|是|：|不超过)?$"
        ),
        "<=",
    ),
    (re.compile(r"(?:不得?少于|不得?低于|不小于|至少|最低|不得低于|≥)[^，。；\d]{0,14}$|下限(?:为|是|：)?$"), ">="),
    (re.compile(r"(?<!不)(?<!不得)(?:超过|突破|高于|大于|多于|超)(?:了|其|当年|上年|全[国省市县])?[^，。；\d给予奖补]{0,6}$"), ">"),
    (re.compile(r"(?<!不)(?<!不得)(?:低于|小于|少于|不足|不满|未满|未达到)[^，。；\d给予奖补]{0,6}$"), "<"),
    (re.compile(r"(?:达到?(?!标)|年满|满|达成)(?:了|全[国省市县]的?)?[^，。；\d的给予奖补]{0,4}$"), ">="),
    (re.compile(r"(?:约|大约|接近|将近|近)$"), "~"),
    (re.compile(r"(?<![不超通])过$"), ">"),
)
_JOIN: Final = re.compile(r"^(?:（[^）]{1,12}）)?(?:、|和|及|或|以及|或者|与)$")
_STOPS: Final = "，。；：\n（）"


def compare(text: str, found: list[Amount]) -> None:
    """Set comparators from the cues around, then carry them through each series."""
    after_cued: set[int] = set()
    before_cued: set[int] = set()
    for i, amount in enumerate(found):
        if amount.rule == "band with （含）":
            continue
        cue = AFTER.match(text, amount.end)
        own = _after(cue)
        if own is not None and cue is not None:
            amount.cue_end = cue.end()
            if amount.comparator != "range":
                amount.comparator = own
                amount.rule += f", {cue['cue']} after"
                after_cued.add(i)
            continue
        if amount.comparator != "=":
            continue
        if amount.unit in ("年", "个月", "小时") and _WITHIN.match(text, amount.end):
            amount.comparator = "<="
            amount.rule += ", 内 after"
            continue
        seg = text[_left(text, amount.start, found[i - 1].cue_end if i else 0) : amount.start]
        hit = _before(seg)
        if hit is not None:
            if hit == "~" and amount.unit == "年":
                continue
            marked = re.match(MARKED, text[amount.end :])
            if marked and marked.group().startswith("（含"):
                hit = {">": ">=", "<": "<="}.get(hit, hit)  # type: ignore[assignment]
            amount.comparator = hit
            amount.rule += ", cue before"
            before_cued.add(i)
    _carry(text, found, after_cued, before_cued)


def _after(cue: re.Match[str] | None) -> Comparator | None:
    if cue is None:
        return None
    marks = (cue["mark"] or "") + (cue["mark2"] or "")
    inside = "（含" in marks or bool(cue["and"])
    word = cue["cue"]
    if word == "以上":
        return ">" if "（不含" in marks else ">="
    if word == "以下":
        return "<=" if inside else "<"
    if word in ("以内", "之内"):
        return "<="
    return ">" if word == "以外" else "~"


def _left(text: str, at: int, floor: int) -> int:
    """Where the words that may hold a cue begin: after the nearest stop, or after the number before. Brackets of （…） are passed over."""
    i = at
    while i > floor:
        sign = text[i - 1]
        if sign == "）":
            back = text.rfind("（", floor, i - 1)
            if back < 0:
                return i
            i = back
            continue
        if sign in _STOPS:
            return i
        i -= 1
    return floor


def _before(seg: str) -> Comparator | None:
    best: tuple[int, Comparator] | None = None
    for pattern, value in BEFORE:
        hit = pattern.search(seg)
        if hit is None:
            continue
        if value == "<=" and re.search(r"的.{0,3}(?:给予|奖励|予以)", hit.group()):
            continue
        if best is None or hit.start() > best[0]:
            best = (hit.start(), value)
    return best[1] if best else None


def _carry(text: str, found: list[Amount], after_cued: set[int], before_cued: set[int]) -> None:
    for i in range(len(found) - 1, 0, -1):
        left, right = found[i - 1], found[i]
        if (
            i in after_cued
            and left.comparator != "range"
            and _alike(left, right)
            and i - 1 not in after_cued
            and _JOIN.match(text[left.end : right.start])
        ):
            left.comparator, left.rule = right.comparator, left.rule + ", cue closes the series"
            after_cued.add(i - 1)
    for i in range(1, len(found)):
        left, right = found[i - 1], found[i]
        if (
            i - 1 in before_cued
            and right.comparator == "="
            and _alike(left, right)
            and i not in after_cued
            and _JOIN.match(text[left.cue_end : right.start])
        ):
            right.comparator, right.rule = left.comparator, right.rule + ", cue opens the series"
            before_cued.add(i)


def _alike(left: Amount, right: Amount) -> bool:
    """Members of one series: the same unit, or both of money (5000万元、1亿元)."""
    return left.unit == right.unit or (is_money(left.unit) and is_money(right.unit))
