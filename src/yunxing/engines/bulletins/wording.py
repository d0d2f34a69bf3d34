"""Exact values to the words of a Chinese statistical bulletin. Every function is total: it never prints a figure that the value does not bear.

Wording rules (statistics conventions of the handbook): growth of 100 % and more is told in 倍, below it in %; the difference of two rates is told in
百分点, never in %; a percentage is never printed on a negative base, words are (由盈转亏 …); what is absent is told, never shown as 0.
Rounding is half up by magnitude and happens here, once, for display; nothing is computed from what is displayed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from yunxing.engines.indicators.growth import signed_words
from yunxing.values.errors import BadInput, nearest
from yunxing.values.quantity import format_number
from yunxing.values.stored import per

ABSENT = {
    "not_reported": "未报",
    "not_due": "未到报送期",
    "not_applicable": "不适用",
    "suppressed": "不予公布",
    "undefined": "—",
}
# words an indicator may give as the reason why a growth rate is undefined
UNDEFINED_WORDS = ("由盈转亏", "由亏转盈", "增亏", "减亏", "亏损持平")
FEN_IN_WAN, FEN_IN_YI, KG_IN_WAN_TONS = per("万元", "fen"), per("亿元", "fen"), per("万吨", "kg")


def fixed(value: Fraction, digits: int) -> str:
    """The value with `digits` decimals, half up by magnitude, without thousands marks, as Chinese documents print it; never a negative zero.

    >>> fixed(Fraction(-1, 20), 1), fixed(Fraction(1, 20), 1), fixed(Fraction(-1, 100), 1), fixed(Fraction(5, 2), 0)
    ('-0.1', '0.1', '0.0', '3')
    """
    return format_number(value, digits, grouped=False)


def growth(percent: Fraction) -> str:
    """A growth rate in words.

    >>> growth(Fraction(82, 10)), growth(Fraction(-31, 10)), growth(Fraction(110)), growth(Fraction(0)), growth(Fraction(1, 100))
    ('增长8.2%', '下降3.1%', '增长1.10倍', '持平', '基本持平')
    """
    if percent == 0:
        return "持平"
    if percent < 0:  # a fall is never told in 倍
        fall = fixed(-percent, 1)
        return "基本持平" if fall == "0.0" else f"下降{fall}%"
    rise = growth_short(percent)
    return "基本持平" if rise == "0.0%" else f"增长{rise}"


def growth_short(percent: Fraction) -> str:
    """A growth rate in a table cell: 8.2%, -3.1%, 1.10倍 from 100 % up.

    >>> growth_short(Fraction(999, 10)), growth_short(Fraction(100)), growth_short(Fraction(-120))
    ('99.9%', '1.00倍', '-120.0%')
    """
    return f"{fixed(percent / 100, 2)}倍" if percent >= 100 else f"{fixed(percent, 1)}%"


def change(points: Fraction) -> str:
    """How a rate moved, in points.

    >>> change(Fraction(-1, 10)), change(Fraction(2)), change(Fraction(0))
    ('回落0.1个百分点', '加快2.0个百分点', '持平')
    """
    return _directed(points, "加快", "回落", "持平")


def difference(points: Fraction) -> str:
    """How a share moved, in points.

    >>> difference(Fraction(-3, 10))
    '下降0.3个百分点'
    """
    return _directed(points, "提高", "下降", "持平")


def gap(points: Fraction) -> str:
    """How far from the pace of the year (时序进度), in points.

    >>> gap(Fraction(-327, 100)), gap(Fraction(0))
    ('低于时序进度3.3个百分点', '与时序进度持平')
    """
    return _directed(points, "高于时序进度", "低于时序进度", "与时序进度持平")


def _directed(points: Fraction, more: str, less: str, level: str) -> str:
    if points == 0:
        return level
    size = fixed(abs(points), 1)
    if size == "0.0":
        return level.replace("持平", "基本持平")
    return f"{more if points > 0 else less}{size}个百分点"


def yuan(fen: Fraction) -> str:
    """Money in 亿元 from one 亿元 up, else in 万元; two decimals.

    >>> yuan(Fraction(30170 * 10**8)), yuan(Fraction(99 * 10**8))
    ('301.70亿元', '9900.00万元')
    """
    return f"{fixed(fen / FEN_IN_YI, 2)}亿元" if abs(fen) >= FEN_IN_YI else f"{fixed(fen / FEN_IN_WAN, 2)}万元"


FORMS: dict[str, Callable[[Fraction], str]] = {
    "growth": growth,
    "growth_short": growth_short,
    "change": change,
    "difference": difference,
    "gap": gap,
    "gap_short": lambda points: fixed(points, 1),
    "points": lambda points: f"{fixed(points, 1)}个百分点",
    "percent": lambda percent: f"{fixed(percent, 1)}%",
    "yuan": yuan,
    "yi": lambda fen: f"{fixed(fen / FEN_IN_YI, 2)}亿元",
    "yi_short": lambda fen: fixed(fen / FEN_IN_YI, 2),
    "wan": lambda fen: f"{fixed(fen / FEN_IN_WAN, 2)}万元",
    "wan_tons": lambda kg: f"{fixed(kg / KG_IN_WAN_TONS, 2)}万吨",
    "days": lambda days: f"{fixed(days, 1)}天",
    "days_fine": lambda days: f"{fixed(days, 2)}天",  # where one decimal would show 7.0 for a stock that misses 7
    "plain": lambda value: fixed(value, 0) if value.denominator == 1 else fixed(value, 2),
    "count": lambda count: fixed(count, 0),
    "firms": lambda count: f"{fixed(count, 0)}家",
    "rank": lambda place: f"第{fixed(place, 0)}位",
    "rank_short": lambda place: fixed(place, 0),
}
# what a form may be given: a rate worded as money would be a silent lie
FORM_UNITS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("growth", "growth_short", "change", "difference", "gap", "gap_short", "points", "percent"), ("percent", "%", "point", "points")
    ),
    **dict.fromkeys(("yuan", "yi", "yi_short", "wan"), ("fen",)),
    "wan_tons": ("kg",),
    **dict.fromkeys(("days", "days_fine"), ("days",)),
}


def say(form: str, value: Fraction) -> str:
    """`value` in the words of `form`; an unknown form is refused with the nearest one."""
    if form not in FORMS:
        near = nearest(form, FORMS)
        raise BadInput(
            f"the sentence library asks for the unknown form {form!r}; it may be one of {', '.join(sorted(FORMS))}"
            + (f"; did you mean {near!r}?" if near else "")
        )
    return FORMS[form](value)


def official(words: str) -> str:
    """A platform's sentence as a document prints it: no rule in brackets, no thousands marks, a full stop at its end.

    >>> official("甲厂产值343.57万元，比上月3,533.06万元减少90.3%（规则：较上月 ≤ -50.0%）")
    '甲厂产值343.57万元，比上月3533.06万元减少90.3%。'
    """
    bare = re.sub(r"（规则：[^（）]*）", "", words)
    return re.sub(r"(?<=\d),(?=\d{3})", "", bare).rstrip("。") + "。"


def say_target(form: str, value: Fraction) -> str:
    """A promise as its clause writes it: no decimals where there are none.

    >>> say_target("days", Fraction(7)), say_target("yi", Fraction(5 * 10**9))
    ('7天', '0.50亿元')
    """
    return re.sub(r"\.0+(?=\D|$)", "", say(form, value))


def absent(absence: str, reason: str = "") -> str:
    """The words for a value that is not there. An undefined growth whose reason is told in words (由盈转亏 …) is told so.

    >>> absent("not_reported"), absent("undefined"), absent("undefined", "由盈转亏"), absent("suppressed")
    ('未报', '—', '由盈转亏', '不予公布')
    """
    if absence == "undefined":
        for words in UNDEFINED_WORDS:
            if reason.startswith(words):
                return reason
    return ABSENT.get(absence, ABSENT["not_reported"])


def signed_growth(current: Fraction, base: Fraction) -> str:
    """Growth of a figure that may be negative, such as profit (利润): a percentage stands on a positive base only.

    >>> f = Fraction
    >>> signed_growth(f(80), f(50)), signed_growth(f(-80), f(50)), signed_growth(f(80), f(-50)), signed_growth(f(-80), f(-50)), signed_growth(f(-30), f(-50)), signed_growth(f(1), f(0))
    ('增长60.0%', '由盈转亏', '由亏转盈', '增亏60.0%', '减亏40.0%', '—')
    """
    return signed_words(current, base) or growth(100 * (current - base) / base)
