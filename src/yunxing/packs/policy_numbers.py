"""The numbers of a policy's data file: what a written number is, by its unit, and whether its quote holds it."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from unicodedata import normalize

from yunxing.engines.entitlements.tree import Type
from yunxing.values.errors import BadInput
from yunxing.values.money import parse_money, parse_rate
from yunxing.values.period import day_number

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def number_of(text: str | int) -> tuple[Type, Fraction]:
    """What a number of the text is, by its unit: money, dollars, a rate, days, months, a date, or a plain count.

    >>> number_of("36 个月"), number_of("3 年"), number_of("300 人"), number_of("6.4512 元/美元")
    ((<Type.MONTHS: 'months'>, Fraction(36, 1)), (<Type.MONTHS: 'months'>, Fraction(36, 1)), (<Type.COUNT: 'count'>, Fraction(300, 1)), (<Type.RATE: 'rate'>, Fraction(4032, 625)))
    """
    if isinstance(text, int):
        return Type.COUNT, Fraction(text)
    folded = "".join(normalize("NFKC", text).split())
    if counted := re.fullmatch(r"(\d+)(人|人次|次|家|户|个|项|辆|件|台)?", folded):
        return Type.COUNT, Fraction(int(counted[1]))
    if DAY.fullmatch(folded):
        try:
            return Type.DATE, Fraction(day_number(date.fromisoformat(folded)))
        except ValueError:
            raise BadInput(f"{text!r} is no day of the calendar") from None
    if months := re.fullmatch(r"(\d+)(个月|年)", folded):
        return Type.MONTHS, Fraction(int(months[1]) * (12 if months[2] == "年" else 1))
    if price := re.fullmatch(r"([\d.]+)元/美元", folded):
        return Type.RATE, Fraction(price[1])
    if folded.endswith("美元"):
        return Type.USD, Fraction(parse_money(folded.removesuffix("美元") + "元"))
    if folded.endswith(("%", "‰")):
        return Type.RATE, parse_rate(folded)
    if days := re.fullmatch(r"(\d+)[天日]", folded):
        return Type.DAYS, Fraction(int(days[1]))
    return Type.FEN, Fraction(parse_money(folded))


def number_in(written: str, quote: str) -> bool:
    """Whether the number with its unit stands in the phrase; 200万元 does not stand in 1200万元.

    >>> number_in("2000 万元", "最高2000万元确定"), number_in("200 万元", "奖补1200万元")
    (True, False)
    """
    folded = ["".join(normalize("NFKC", text).split()) for text in (written, quote)]
    if DAY.fullmatch(folded[0]):
        year, month, day = (int(part) for part in folded[0].split("-"))
        folded[0] = f"{year}年{month}月{day}日"
    return re.search(r"(?<![\d.])" + re.escape(folded[0]), folded[1]) is not None
