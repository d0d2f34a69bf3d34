"""Which numbers are benefits: what is given, at what rate, up to what ceiling, and to whom. Used by the bounds and the subsidies passes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from yunxing.engines.plantext.amount import Amount
from yunxing.engines.plantext.phrases import core, generic
from yunxing.engines.plantext.units import is_money, is_share
from yunxing.engines.plantext.view import View

Kind = Literal["rate", "amount", "cap"]

NOUN: Final = r"(?:奖励|奖补|奖金|奖|补助|补贴|资助|贴息|贴补|扶持|补偿|返还|减免|优惠|让利|激励|后补助|(?:资金|经费|财政|专项)?支持|(?:专项|扶持|引导)?资金(?:支持|补助|奖励|扶持)|救助|津贴|生活费|安家费|购房券|房补)"
_VERB: Final = r"(?:给予|予以|给与|奖励|奖补|补助|补贴|资助|贴息|贴补|返还|补偿|奖(?!项|牌|金)|再给)"
_NOUN_AFTER: Final = re.compile(
    rf"^(?:的|标准|比例|额度|以内|以下|以上|（[^）]{{0,20}}）|一次性|、|和){{0,4}}(?:进行|予以|给予|实施|享受|作为|给|发放|确定)?[^，。；：\d]{{0,22}}?{NOUN}"
)
_VERB_BEFORE: Final = re.compile(
    rf"{_VERB}(?![^，。；]{{0,24}}(?:达到|设立|规模|办法|政策|总投资|投资额|营业收入|销售))[^，。；：]{{0,26}}$"
)
_SHARE_BEFORE: Final = re.compile(r"(?:给予|予以|给与|补助|奖励|补贴|奖补|资助)(?![^，。；]{0,24}(?:达到|政策))[^，。；：]{0,40}$")
_CAP_HEAD: Final = re.compile(
    r"^(?:但|且|并|最终|原则上|其中)?(?:单(?:个|一|户|家|项)|每|同一|年度|全年|累计|总额|合计|总计|最高|最多|补贴|补助|奖励|奖补|资助|支持|贴息|不超|上限|封顶|以|总|一次性|享受|额度|个人|企业|项目|试点)[^，。；]*$|^$"
)
_NOT_BENEFIT: Final = re.compile(
    r"(?:注册资本|注册资金|投资额|总投资|固定资产投资|营业收入|主营业务收入|销售(?:收入|额)|产值|纳税|税收|融资额|贷款额|参股比例|持股比例|比重|占比|利率|费率|增速|增长|增幅|提高|降低|下降|覆盖率|利用率|规模|保费收入|交易额|工资|缴费)[^，。；、\d]{0,10}$"
)
_EXTRA_RATE: Final = re.compile(r"全额(?:予以|给予|进行)?(?:补贴|补助|返还|资助|奖励|贴息|减免|承担|兑付|报销)")
_OBJECT: Final = re.compile(
    r"对(?!接|标|外|口|于其|应|比|照|称)(?:于)?(?P<obj>[^。；]*?)(?=，(?!在|且|并|其中|省|市|县|经|符合|当)|的?给予|的?，?按|的?分别|的?一次性|的?最高|的?每|的?(?:奖励|补助|补贴|资助|奖补|贴息)$|$)"
)
_UNDER: Final = re.compile(r"(?:按照?|以)(?P<base>[^，。；、]{2,40}?)(?:的|，)?$")
_LOAN: Final = re.compile(r"^(?:的|以内的?|以下的?|以上的?)?[^，。；\d]{0,12}(?:贷款|授信|信贷|担保(?!费)|保额|额度贷|增信)")


@dataclass(slots=True)
class Grant:
    """One number read as a benefit. ``piece`` is the span of the words between two ``；`` or ``。`` it stands in."""

    amount: Amount
    kind: Kind
    piece: tuple[int, int]
    clause: tuple[int, int]
    object: str = ""
    base: str = ""
    noun: str = ""
    rule: str = ""
    paired: bool = False  # 分别: one member of a list of recipients
    kindly: str = ""  # what the words after the number add to the noun: 95%税收奖补 gives 税收奖补
    series: int = 0  # how many numbers stand in the row this one belongs to


def _cut(text: str, at: int, start: int, end: int, stops: str) -> tuple[int, int]:
    depth = 0
    left = at
    while left > start:
        sign = text[left - 1]
        if sign in "）”":
            depth += 1
        elif sign in "（“" and depth:
            depth -= 1
        elif sign in stops and not depth:
            break
        left -= 1
    right, depth = at, 0
    while right < end:
        sign = text[right]
        if sign in "（“":
            depth += 1
        elif sign in "）”" and depth:
            depth -= 1
        elif sign in stops and not depth:
            break
        right += 1
    return left, right


def grants(view: View, start: int, end: int, amounts: list[Amount]) -> list[Grant]:
    """The benefits among the quantities of a stretch, in order."""
    text = view.text
    out: list[Grant] = []
    for i, amount in enumerate(amounts):
        if not (is_money(amount.unit) or is_share(amount.unit)):
            continue
        piece = _cut(text, amount.start, start, end, "。；\n")
        clause = _cut(text, amount.start, piece[0], piece[1], "，：")
        rule = _benefit(text, amounts, i, piece, clause, out)
        if rule:
            out.append(_grant(text, amount, piece, clause, rule))
    _pair(text, out)
    return out


_SERIES: Final = re.compile(r"^(?:（[^）]{1,12}）)?(?:、|和|及|或|以及)(?:最高|不超过|不少于)?$")


def _pair(text: str, found: list[Grant]) -> None:
    """分别: give each member of a list of recipients its own number; unequal lengths stay unpaired."""
    i = 0
    while i < len(found):
        j = i
        while (
            j + 1 < len(found)
            and (found[j].amount.unit == found[j + 1].amount.unit or found[j].kind != "rate" != found[j + 1].kind)
            and _SERIES.match(text[found[j].amount.cue_end : found[j + 1].amount.start])
        ):
            j += 1
        if j > i:
            members = _members(text[found[i].piece[0] : found[i].amount.start], j - i + 1)
            for k, grant in enumerate(found[i : j + 1]):
                grant.series = j - i + 1
                if members:
                    grant.object = grant.base = members[k]
                    grant.paired = True
        i = j + 1


def _members(before: str, count: int) -> list[str]:
    """The last list of exactly ``count`` members before 分别, each with what follows the list (国家、省级/企业技术中心)."""
    words = re.sub(r"（[^）]*）", "", before)
    at = max(words.rfind("分别"), words.rfind("依次"))
    head = words[:at] if at > 0 else words
    for clause in reversed(re.split(r"[，：]", head)):
        bare = re.sub(
            r"(?:的?企业(?:或团体)?|的?单位|的?个人|的?人员|的?项目|的?机构|的|称号的?|给予|每人|每年|每项|每家|一次性|按项目)+$",
            "",
            clause,
        )
        trimmed = re.sub(r"的[^、的]{0,10}$", "", re.sub(r"(?:企业|团体|单位)?(?:或|和)(?:企业|团体|单位)$", "", bare))
        for form in (trimmed, re.sub(r"的[^、的]{0,10}$", "", bare), bare):
            for signs in (r"、|和|及|或", r"、", r"、|和|及|或|以及|，"):
                pieces = [p for p in re.split(signs, form) if p]
                if len(pieces) == count:
                    return _complete(pieces)
    return []


def _complete(pieces: list[str]) -> list[str]:
    last = pieces[-1]
    short = max(len(p) for p in pieces[1:-1]) if len(pieces) > 2 else min(len(re.sub(r"^.*(?:为|的|获得|设立|引进)", "", pieces[0])), 4)
    suffix = last[short:] if len(last) > short + 1 else ""
    first = re.sub(r"^.*(?:认定为?|评定为?|评为|获得|设立的?|引进的?|升级为?|入选|批准为?|主持|晋级|对)(?:的)?(?=.)", "", pieces[0])
    names = [first or pieces[0], *pieces[1:]]
    alike = len(names[0]) >= 2 and (names[0][:2] == last[:2] or names[0][-1:] == last[-1:] or names[0][-2:] in last)
    stem = "" if alike else suffix
    return [tidy(n if n == last or not stem or n.endswith(stem[-2:]) else n + stem) for n in names]


def _benefit(text: str, amounts: list[Amount], i: int, piece: tuple[int, int], clause: tuple[int, int], before: list[Grant]) -> str:
    amount = amounts[i]
    left = text[clause[0] : amount.start]
    right = text[amount.cue_end : clause[1]]
    series_end = _series_end(text, amounts, i)
    tail = text[amounts[series_end].cue_end : clause[1]]
    threshold = "以上 after" in amount.rule or "以下 after" in amount.rule or amount.rule == "band with （含）"
    if _LOAN.match(right) and not re.search(r"贴息|保费|担保费", right):
        return ""
    if is_money(amount.unit) and re.search(
        r"(?:贷款|授信|信贷|担保|保额)(?:额度|金额|规模|支持)?(?:可达|最高|不超过|上限|为)*[^，。；、\d]{0,3}$", left
    ):
        return ""
    given = bool(re.search(r"(?:给予|予以|奖励|补助|补贴|奖补|资助)[^，。；]*$", left))
    by_rate = (
        is_share(amount.unit)
        and re.search(r"按照?[^，。；]*$", left)
        and re.match(r"^(?:的)?(?:比例|标准)?(?:给予|予以|进行)?[^，。；\d]{0,8}(?:给予|予以|奖励|补助|补贴|资助|奖补|支持)", right)
    )
    by_rate = by_rate or (is_share(amount.unit) and re.search(rf"{NOUN}按照?[^，。；]*$", left))
    if _NOT_BENEFIT.search(left) and not given and not by_rate:
        return ""
    if is_share(amount.unit) and re.match(r"^的?(?:费率|税率|利率|征收率|股权|股份|比重)", right):
        return ""
    if not threshold:
        if _NOUN_AFTER.match(tail) and not _condition(tail):
            return "benefit word after"
        if _VERB_BEFORE.search(left) and not re.search(r"(?:达到|超过(?<!不超过)|满)[^，。；]*$", left.rsplit("给予", 1)[-1]):
            return "benefit verb before"
        if is_share(amount.unit):
            by = re.search(r"(?:按照?|依据)[^，。；]*$", left) and re.search(rf"{NOUN}|给予|予以", text[amount.end : piece[1]])
            by = by or re.search(rf"{NOUN}按照?[^，。；]*$", left)
            if by and not re.search(r"(?:征收|计征|缴纳|计入|扣除|利率|下调|上浮)", text[amount.end : clause[1]]):
                return "rate by 按"
            if _SHARE_BEFORE.search(left):
                return "share of something given"
        return _ceiling(text, amounts, i, piece, left, before)
    if re.match(r"^的?[^，。；\d]{0,12}(?:奖励|补助|补贴|资助|奖补|支持)[^，。；\d]{0,6}\d", tail):
        return ""  # the benefit is the number after: 10亿元以上的奖补1200万元
    if re.match(r"^的?[^，。；\d的]{0,8}(?:奖励|补助|补贴|资助|奖补|资金支持)", tail) or re.search(
        r"(?:给予|奖励|补助|补贴)[^，。；\d]{0,12}$", left
    ):
        return "benefit with an open bound"
    return ""


def _ceiling(text: str, amounts: list[Amount], i: int, piece: tuple[int, int], left: str, before: list[Grant]) -> str:
    """Rules for a number that limits a benefit named before it."""
    amount = amounts[i]
    if is_money(amount.unit) and amount.comparator == "<=":
        if before and _same_sentence(text, before[-1], amount) and _CAP_HEAD.match(_bare(left)):
            return "ceiling of the benefit before"
        if _EXTRA_RATE.search(text[piece[0] : amount.start]) and re.search(NOUN, left):
            return "ceiling of a full benefit"
    joined = bool(i and before) and before[-1].amount is amounts[i - 1] and "<=" in (amounts[i - 1].comparator, amount.comparator)
    if joined and text[amounts[i - 1].cue_end : amount.start].startswith("、"):
        return "joined to the benefit before"
    return ""


def _condition(tail: str) -> bool:
    """投资500万元的企业给予…: the noun belongs to a later number or the number describes who may claim."""
    head = re.match(rf"^[^，。；\d]*?(?={NOUN})", tail)
    words = head.group() if head else ""
    return bool(re.search(r"(?:的(?:企业|项目|单位|机构|个人|纳税人|产品|平台|高校|团队|部分)|给予$|，)", words)) and not re.search(
        r"^(?:的)?(?:给予|予以|标准|比例)", words
    )


def _bare(left: str) -> str:
    return re.sub(r"^[，、（\s]+", "", left)


def _same_sentence(text: str, grant: Grant, amount: Amount) -> bool:
    return not re.search(r"\n|[。；].*[。；]", text[grant.amount.end : amount.start]) and amount.start - grant.amount.end < 90


def _series_end(text: str, amounts: list[Amount], i: int) -> int:
    while (
        i + 1 < len(amounts)
        and (amounts[i + 1].unit == amounts[i].unit or (is_money(amounts[i + 1].unit) and is_money(amounts[i].unit)))
        and re.match(r"^(?:、|和|或|及|以及)(?:最高|不超过)?$", text[amounts[i].cue_end : amounts[i + 1].start])
    ):
        i += 1
    return i


def _grant(text: str, amount: Amount, piece: tuple[int, int], clause: tuple[int, int], rule: str) -> Grant:
    if is_share(amount.unit):
        kind: Kind = "rate"
    elif amount.comparator in ("<=", "range") or amount.comparator == "<":
        kind = "cap"
    else:
        kind = "amount"
    before = text[piece[0] : amount.start]
    right = text[amount.cue_end : piece[1]]
    noun = re.search(NOUN, right[:30].split("，")[0]) or next(iter(reversed(list(re.finditer(NOUN, before)))), None)
    grant = Grant(amount, kind, piece, clause, rule=rule, noun=noun.group() if noun else "")
    named = re.match(rf"^(?:的|以内|一次性|标准|比例|（[^）]*）)*(?P<k>[^，。；：、\d的给予]{{2,10}}?)(?=(?:{NOUN}))", right)
    given = re.match(NOUN, right[named.end() :]) if named else None
    if named and given and "资金" not in given.group() and not _WEAK.search(named["k"]) and not re.fullmatch(NOUN, named["k"]):
        grant.kindly = named["k"][-8:] + given.group()
    objects = list(_OBJECT.finditer(before))
    grant.object = tidy(objects[-1]["obj"]) if objects and objects[-1]["obj"] else tidy(_subject(before))
    base = _UNDER.search(re.sub(r"(?:最高|不超过|不高于|不低于|最低|不少于|上限|比例)+$", "", text[clause[0] : amount.start]).rstrip("的"))
    between = re.search(
        r"(?:给予|补助|补贴|奖励|支付|缴纳|按照|按(?!照)|超过|低于|达到)(?!不超过|最高)(?P<base>[^，。；、\d]{2,24}?)(?:的)?(?:最高|不超过|最低)?$",
        text[clause[0] : amount.start],
    )
    if kind == "rate":
        found = tidy(base["base"]) if base else (tidy(between["base"]) if between else "")
        if generic(core(found)) or re.search(r"方式|其中|形式|标准|起$", found):
            by = list(re.finditer(r"按照?(?:其)?(?P<base>[^，。；、\d]{2,24}?)(?=，|的|给予)", before))
            found = tidy(by[-1]["base"]) if by else ""
        by_kind = re.sub(rf"{NOUN}$", "", grant.kindly) if grant.kindly and not found else ""
        grant.base = (
            found
            or (by_kind if len(by_kind) > 1 and amount.unit in ("折", "%") and not objects else "")
            or (by_kind if amount.unit == "折" else "")
            or grant.object
        )
    else:
        own = re.split(_FRAME, text[clause[0] : amount.start])[0]
        if re.search(r"\d", own) and not re.search(r"对(?!接|外)", own) and len(own) <= 30:
            grant.object = tidy(own)
        grant.base = grant.object
    return grant


_WEAK: Final = re.compile(r"(?:资金|经费|专项|后|配套|扶持|给予|予以|进行|企业|单位|一次性|省级|市级|县级|标准)$|^投保")
_FRAME: Final = r"(?:的?(?:，)?(?:给予|予以|奖励|奖补|补助|补贴|资助|一次性|分别|最高|不超过|再))"


def _subject(before: str) -> str:
    clauses = [c for c in re.split(r"[，：]", before) if c]
    for clause in reversed(clauses[:-1]):
        if len(clause) > 3 and not re.match(r"(?:最高|不超过|按|给予|一次性|分别|其中)", clause):
            return clause
    return re.split(r"(?:给予|予以|奖励|补助|补贴|资助|奖补|一次性|最高|不超过)", clauses[-1])[0] if clauses else ""


def tidy(words: str) -> str:
    """The words without the frame of a rule: leading 对, trailing 的企业 and 的."""
    words = re.sub(r"^(?:对于?|支持|鼓励|凡|首次|初次|新)+", "", words.strip("，、 的"))
    words = re.sub(r"^(?:被)?(?:认定|评定|评选|获评)(?:为|的)?", "", words)
    words = re.sub(r"(?:，.*)$", "", words) if len(words) > 30 else words
    return re.sub(r"的(?:企业|单位|项目|个人|机构)?$", "", words).strip("，、 ")
