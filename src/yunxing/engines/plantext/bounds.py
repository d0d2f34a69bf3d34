"""Pass 8, bounds: what each number limits. The nearest noun head, else the subject of the clause; a benefit names its object and kind."""

from __future__ import annotations

import re
from typing import Final

from yunxing.engines.plantext.amount import Amount
from yunxing.engines.plantext.benefit import NOUN, Grant
from yunxing.engines.plantext.phrases import core, generic, plain
from yunxing.engines.plantext.units import is_money, is_share
from yunxing.engines.plantext.view import View

_STOP: Final = "，。；：\n"
_CUE_WORDS: Final = (
    r"(?:不得?低于|不得?少于|不得?超过|不得?高于|不小于|不大于|不高于|不突破|控制在|保持在?|稳定在|维持在|提高到?|提升到?|提升至|增加到?|增至|扩大到|降低到?|降至|下降到?|压减到|压缩至|缩短至|压减至|增长到?|上浮|下浮|"
    r"达到?|完成|突破|超过|至少|最高|最多|最低|低于|高于|不足|不满|满|实现|力争|确保|争取|预计|约为|累计|年均增长|增长|减少|下降|为(?!主)|减按|按照?)"
)
_SPLIT: Final = re.compile(_CUE_WORDS)
_END_VERB: Final = re.compile(
    r"(?:安排|提供|设立|给予|新增|下达|发放|培育|建成|建设|打造|引进|认定|遴选|评选|创建|形成|聚焦|对|将|使|把|用|在|以|推进|推动|促进|支持|鼓励|引导|组织|开展|实施|加快|围绕|建立|布局|改造|由|从|到|至|近|共|有|是|约|可|应|要|再|每年|其中|原则上|一次性|分别|继续|专项)+$"
)
_LEAD: Final = re.compile(
    r"^(?:到?20\d\d年底?(?:前|之前)?|到?“?十[三四五]五”?末?|力争|确保|争取|全年|每年|年内|加快推进|加快|大力|积极|努力|计划|并|且|推动|推进|促进|实施|支持|鼓励|引导|组织|开展|实现|完成|对(?!外)|将|使|把|用|在|以|其中|和|及|新增|培育|建设|建成|打造|保障|聚焦|设立|引进|原则上|一般|均|由|但|省级|继续)+"
)
_MEASURED: Final = re.compile(
    r"(?:额|资|投入|收入|入|本|值|量|率|费|金|产|税|款|规模|强度|面积|天数|库存|比重|占比|比例|能耗|价|数|期限|期间|时间|年限|时限|周期|增速|增幅|总额|体积|产能|投资|余额|限额)$"
)
_NOUN_STOP: Final = re.compile(r"(?:进行|给予|予以|纳入|实行|跟踪|达到|，|。|；|：|（|）|\n|并|且|等方面|的企业，|作为|申报|与(?=\d))")
_TAIL: Final = re.compile(r"^(?:（[^）]{0,10}）|的|以上|以下|以内|之内|左右|内|及)+")


def bounds(view: View, start: int, end: int, amounts: list[Amount], granted: list[Grant]) -> list[str]:
    """One phrase for each quantity, empty where the text gives none."""
    by_start = {g.amount.start: g for g in granted}
    out: list[str] = []
    for i, amount in enumerate(amounts):
        grant = by_start.get(amount.start)
        out.append(_of_grant(view.text, grant) if grant is not None else _bound(view.text, start, end, amounts, i, out))
    return out


def _bound(text: str, start: int, end: int, amounts: list[Amount], i: int, done: list[str]) -> str:
    amount = amounts[i]
    floor = amounts[i - 1].cue_end if i else start
    before, cue = _before(text, start, amount.start, floor)
    after = _after(text, amount.cue_end, end)
    if not before and i and _same_clause(text, amounts[i - 1], amount) and amounts[i - 1].unit == amount.unit and cue:
        return done[i - 1]
    if (
        not before
        and i
        and amounts[i - 1].unit == amount.unit
        and done[i - 1]
        and re.match(r"^(?:、|和|或|及)$", text[amounts[i - 1].cue_end : amount.start])
    ):
        return done[i - 1]
    if not before and is_money(amount.unit) and amount.comparator != "=" and (not after or re.match(NOUN, after)):
        band = next(
            (
                done[k]
                for k in range(i - 1, -1, -1)
                if amounts[k].comparator != "=" and is_money(amounts[k].unit) and _same_sentence(text, amounts[k], amount)
            ),
            "",
        )
        if band:
            return band
    wide = "" if before else _wider(text, start, amount.start)
    if amount.unit in ("年", "个月"):
        term = _term(text, amount, end)
        if term:
            return term
    if is_share(amount.unit) or amount.unit.endswith("百分点") or amount.unit == "倍":
        if after and re.search(r"(?:按|依)$", text[max(0, amount.start - 2) : amount.start]):
            return after
        return before or wide or after
    if is_money(amount.unit):
        if after and (not _MEASURED.search(before) or before in _BARE) and (not cue or not before or before in _BARE):
            return after
        return before or (after if len(after) > 2 else "") or wide
    if amount.unit in ("年", "个月", "天", "日", "小时", "个小时", "个工作日", "工作日", "周岁"):
        of = text[amount.cue_end : amount.cue_end + 1] == "的"
        if of and after and not _MEASURED.search(before):
            return after
        return before if before and (_MEASURED.search(before) or cue or not after) else after or wide
    if amount.unit == "比例":
        return before or wide
    if before and _MEASURED.search(before) and "/" in amount.unit:
        return before
    own = re.search(r"[一-鿿]{2,6}$", text[max(floor, amount.start - 6) : amount.start])
    return after or before or (own.group() if own and generic(own.group()) else "") or wide


_BARE: Final = ("规模", "金额", "总额", "数量", "比例", "额度", "期限", "资金", "投资")


def _term(text: str, amount: Amount, end: int) -> str:
    """The years for which something is given: 给予五年奖励, 前三年给予80%的奖励, 2年50%的资金支持."""
    after = re.split(r"[，。；]", text[amount.end : min(end, amount.end + 16)])[0]
    given = re.match(rf"^(?:给予)?(?:按)?(?:\d[\d.]*%)?的?(?P<noun>[^，。；\d的]{{0,4}}?{NOUN})", after)
    return f"{given['noun']}期" if given else ""


def _same_clause(text: str, left: Amount, right: Amount) -> bool:
    return not re.search(r"[，。；\n]", text[left.end : right.start])


def _same_sentence(text: str, left: Amount, right: Amount) -> bool:
    return not re.search(r"[。\n]", text[left.end : right.start])


def _before(text: str, start: int, at: int, floor: int) -> tuple[str, bool]:
    """(the noun before the number, whether a cue stands between): 参股比例原则上不超过总股本的25% gives 参股比例."""
    left, depth = at, 0
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
    words = plain(text[left:at]).strip("、和及 ")
    last = re.split(r"、|且|并且", words)[-1]
    words = last if len(last) >= 4 else words
    cues = list(_SPLIT.finditer(words))
    if not cues:
        return _clean(words), False
    cuts = [0, *(p for c in cues for p in c.span()), len(words)]
    parts = [_clean(words[x:y]) for x, y in zip(cuts[::2], cuts[1::2], strict=True)]
    named = next((p for p in reversed(parts[:-1]) if _MEASURED.search(p)), "")
    tail = parts[-1] if _MEASURED.search(parts[-1]) and cues[0].start() > 0 else ""
    return named or tail or next((p for p in parts[:-1] if p), "") or (
        "" if cues[-1].start() < 4 and len(parts) == 2 and cues[-1].group() not in _DOING else parts[-1]
    ), True


_DOING: Final = ("完成", "实现", "力争", "确保", "争取", "累计")


def _clean(words: str) -> str:
    for _ in range(3):
        words = _END_VERB.sub("", words.strip("的、“” "))
        words = _LEAD.sub("", words)
    words = words.strip("的、“” ")
    if "的" in words and len(words.rsplit("的", 1)[1]) >= 3 and len(words) > 9:
        words = words.rsplit("的", 1)[1]
    if len(words) > 12 and "、" in words:
        words = words.rsplit("、", 1)[1] if len(words.rsplit("、", 1)[1]) > 2 else words
    return "" if generic(words) or len(words) < 2 else words[-14:]


def _after(text: str, at: int, end: int) -> str:
    rest = text[at : min(end, at + 40)]
    lead = _TAIL.match(rest)
    rest = rest[lead.end() :] if lead else rest
    if rest[:1] in "，。；：、\n）":
        return ""
    stop = _NOUN_STOP.search(rest)
    words = rest[: stop.start()] if stop else rest
    if "、" in words[5:]:
        words = words[: words.index("、", 5)]
    words = re.sub(r"\d.*$", "", words).strip("的、和及“” ")
    words = re.split(r"[和及]", words)[0] if len(words) > 10 and len(re.split(r"[和及]", words)[0]) >= 4 else words
    words = re.sub(r"(?:建设|申报|认定)$", "", words) if len(words) > 6 else words
    return "" if generic(words) or len(words) < 2 else words[:14]


def _wider(text: str, start: int, at: int) -> str:
    """The subject of the clause before, when the number stands alone in its own."""
    stretch = text[max(start, at - 90) : at]
    stretch = stretch[stretch.rfind("\n") + 1 :]
    clauses = re.split(r"[，。；：]", stretch)
    for clause in reversed(clauses[:-1]):
        words = re.sub(r"[\d.]+[^，。；]{0,3}(?:以上|以下|以内)?", "", plain(clause))
        cues = _SPLIT.search(words, 2)
        words = _clean(words[: cues.start()] if cues else words)
        if len(words) > 1:
            return words[-12:]
    return ""


def _of_grant(text: str, grant: Grant) -> str:
    noun = grant.noun or "支持"
    if grant.kindly and not grant.paired:
        return grant.kindly
    if grant.kind == "rate":
        head = core(grant.base or grant.object)
        return f"{head}{noun}"
    clause = text[grant.clause[0] : grant.amount.start]
    if grant.kind == "cap" and (
        grant.rule.startswith("ceiling") or re.match(r"^[，、]?(?:但|且)?(?:给予)?(?:单|每|同一|年度|累计)", clause)
    ):
        own = re.sub(r"(?:最高|不超过|不高于|最多|上限|可|达|为|给予|再)+", "", plain(clause)).strip("，、的 ")
        if 2 <= len(own) <= 14:
            return own if re.search(r"(?:额|金|费|补|奖|贴|支持|资助)", own) else f"{own}{noun}"
    head = re.sub(rf"(?:{noun})+$", "", core(grant.object))
    return noun if generic(head) or re.search(r"\d[\d.]*[万亿%元]", head) else f"{head}{noun}"
