"""Pass 9, subsidies: rate, fixed amount, ceiling, counted unit and base, one row a benefit.

A ceiling alone never becomes an amount. A ceiling joins the rates before it in its sentence; bands give one row each. 分别 pairs a list of
recipients with a list of numbers one to one; unequal lengths go to a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from yunxing.engines.plantext.benefit import Grant, tidy
from yunxing.engines.plantext.model import UNSURE
from yunxing.engines.plantext.phrases import core
from yunxing.engines.plantext.units import base as in_base
from yunxing.engines.plantext.view import View

_PER: Final = re.compile(
    r"每(?:新?(?:增|引进|培育|认定|建|招|吸纳|举办|完成)?)?(?:\d+|[一二三四五六七八九十])?(个|家|户|人|名|项|台|件|场|次|亩|吨|头|只|辆|套|平方米|公里|班|篇|条|人次|公顷|千瓦|标箱|株|羽|座|处|生)"
)
_FULL: Final = re.compile(r"全额(?:予以|给予|进行)?(?:补贴|补助|返还|资助|奖励|贴息|承担|兑付|报销)")
_RESTART: Final = re.compile(r"(?:^|[，；])对(?!接|标|外|口|应)")


@dataclass(slots=True)
class Row:
    """A subsidy in view offsets."""

    start: int
    end: int
    rule: str
    rate: float | None = None
    amount: float | None = None
    cap: float | None = None
    per: str | None = None
    base: str = ""
    discount: bool = False
    reason: str = ""
    confidence: float = 0.9


def subsidies(view: View, start: int, end: int, granted: list[Grant]) -> list[Row]:
    """The rows of one measure in the order of the text."""
    text = view.text
    rows: list[tuple[Row, Grant | None]] = []
    full = list(_FULL.finditer(text, start, end))
    for grant in granted:
        while full and full[0].start() < grant.amount.start:
            rows.append((_full(text, start, full.pop(0)), None))
        _place(text, rows, grant)
    rows += [(_full(text, start, f), None) for f in full]
    return [row for row, _ in rows]


def _full(text: str, start: int, found: re.Match[str]) -> Row:
    left = max(text.rfind("，", start, found.start()), text.rfind("。", start, found.start()), start)
    before = text[max(start, left - 40) : found.start()]
    base = re.findall(r"([^，。；]{2,16}?(?:费|费用|款|税|保费|利息))(?=，|由|按)", before)
    reason = f"{UNSURE}：全额 is read as a rate of 100 %"
    return Row(found.start(), found.end(), "全额", rate=100.0, base=core(tidy(base[-1])) if base else "", confidence=0.7, reason=reason)


def _yuan(grant: Grant, *, upper: bool = True) -> float:
    value = in_base(grant.amount.high if upper else grant.amount.low, grant.amount.unit)
    return float(value[0]) if value else 0.0


def _rate(grant: Grant) -> float:
    value = float(grant.amount.high)
    unit = grant.amount.unit
    if unit == "折":
        return value if value >= 10 else value * 10
    return {"‰": value / 10, "成": value * 10}.get(unit, value)


def _place(text: str, rows: list[tuple[Row, Grant | None]], grant: Grant) -> None:
    amount = grant.amount
    clause = text[grant.clause[0] : amount.start]
    if grant.kind == "cap" and not _counted(amount.unit):
        takers = _takers(text, rows, grant, clause)
        if takers:
            for row in takers:
                row.cap = _yuan(grant)
                row.end = max(row.end, amount.end)
            return
    row = Row(amount.start, amount.end, grant.rule, base=_named(grant))
    row.per = amount.unit.split("/", 1)[1].replace("每", "") if "/" in amount.unit else _per(clause)
    if grant.kind == "rate":
        joined = rows[-1] if rows and _touches(text, rows[-1][1], grant) else None
        if joined and joined[0].cap is not None and joined[0].rate is None:
            joined[0].rate, joined[0].base, joined[0].end = _rate(grant), _named(grant) or joined[0].base, amount.end
            joined[0].discount = amount.unit == "折"
            return
        row.rate, row.discount = _rate(grant), amount.unit == "折"
    elif grant.kind == "cap":
        row.cap = _yuan(grant)
    else:
        row.amount = _yuan(grant)
    if grant.series > 1 and not grant.paired:
        row.confidence, row.reason = 0.5, f"{UNSURE}：{grant.series} numbers in a row, no list of {grant.series} recipients before them"
    elif not grant.base:
        row.confidence, row.reason = 0.6, f"{UNSURE}：no earner is named near the number"
    rows.append((row, grant))


def _counted(unit: str) -> bool:
    """Whether a unit is for each counted thing (元/亩); 万元/年 is a sum in a time."""
    return "/" in unit and unit.rsplit("/", 1)[1] not in ("年", "月", "次")


def _named(grant: Grant) -> str:
    """The base, cut to its naming end where it is long; a band keeps its numbers (融资额10亿元以下), a paired recipient its words."""
    if grant.paired or len(grant.base) <= 12 or re.search(r"\d", grant.base):
        return grant.base
    return core(grant.base, 12)


def _touches(text: str, left: Grant | None, right: Grant) -> bool:
    return left is not None and bool(re.match(r"^(?:、|，|且|并)?(?:最高|不超过)?$", text[left.amount.cue_end : right.amount.start]))


def _per(clause: str) -> str | None:
    found = list(_PER.finditer(clause))
    return found[-1][1] if found else None


def _takers(text: str, rows: list[tuple[Row, Grant | None]], grant: Grant, clause: str) -> list[Row]:
    """The rows a ceiling belongs to: those without one, in its sentence, with no new recipient between."""
    piece = grant.piece[0]
    own_object = bool(_RESTART.search(clause))
    if own_object:
        return []
    out: list[Row] = []
    for row, before in reversed(rows):
        same = row.start >= piece
        between = text[row.end : grant.amount.start]
        near = same or (not out and re.fullmatch(r"[^。；\n]{0,30}[。；][^，。；\d]{0,24}", between) is not None and _ceiling_words(clause))
        if (
            not near
            or _RESTART.search(between)
            or (before is not None and before.kind == "cap" and not _counted(before.amount.unit) and row.rate is None)
        ):
            break
        if row.cap is not None:
            break
        if row.amount is not None and not (
            _ceiling_words(clause)
            and not re.search(
                r"(?:给予|奖励|补助|资助)(?!资金|额|总额|最高)[^，。；]{0,12}$",
                re.sub(r"(?:最高|最多|累计)可?(?:获得?|累计)?(?:奖励|补助|补贴|资助|支持)", "", clause),
            )
        ):
            break
        out.append(row)
    return out


def _ceiling_words(clause: str) -> bool:
    return bool(
        re.match(
            r"^[，、（]*(?:但|且|并|原则上)?(?:单|每|同一|年度|全年|累计|总额|合计|总计|最高|最多|补贴|补助|奖励|奖补|资助|支持额|贴息|不超|上限|封顶|总)",
            clause,
        )
    )
