"""Find the numbers of a Chinese text: digits in any width and numerals (百户, 二级, 五一), each with its place and value.

Used to hold the plan to its text: every number found is claimed by a commitment or explained as none (convention P4).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_NUMERAL = "".join([*_DIGITS, *_TENS, *_MYRIADS])
# A numeral that directly follows digits is the unit's multiplier (2000万元): it belongs to the unit, not to a number of its own.
_TOKEN = re.compile(rf"\d+(?:\.\d+)?|(?<![\d{_NUMERAL}])[{_NUMERAL}]+")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as printed: code points `start` to `end`, and its value; a run such as 三四 that is no numeral has none."""

    start: int
    end: int
    text: str
    value: Fraction | None


def numbers_in(text: str) -> tuple[Number, ...]:
    """Every number of the text in the order of the text.

    >>> [(n.text, n.value) for n in numbers_in("百户企业，最高2000万元的３５%")]
    [('百', Fraction(100, 1)), ('2000', Fraction(2000, 1)), ('３５', Fraction(35, 1))]
    """
    return tuple(Number(found.start(), found.end(), found[0], _value(found[0])) for found in _TOKEN.finditer(text))


def values_of(text: str) -> frozenset[Fraction]:
    """The values named in a text, such as the two of `3-5 年`."""
    return frozenset(number.value for number in numbers_in(text) if number.value is not None)


def _value(text: str) -> Fraction | None:
    folded = unicodedata.normalize("NFKC", text)
    if folded[0].isdigit():
        return Fraction(folded)
    return chinese_numeral(text)


def chinese_numeral(text: str) -> Fraction | None:
    """The value of a numeral written in characters; None where the characters do not make one (三四, 一一).

    >>> chinese_numeral("百"), chinese_numeral("二十五"), chinese_numeral("一万二千"), chinese_numeral("三四")
    (Fraction(100, 1), Fraction(25, 1), Fraction(12000, 1), None)
    """
    total = section = 0
    digit: int | None = None
    for sign in text:
        if sign in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[sign]
        elif sign in _TENS:
            section += (digit or 1) * _TENS[sign]  # 一万零十: the 零 holds a place, it is no factor
            digit = None
        else:
            section += digit or 0
            total = ((total + section) or 1) * _MYRIADS[sign] if sign == "亿" else total + (section or 1) * _MYRIADS[sign]
            section, digit = 0, None
    return Fraction(total + section + (digit or 0))
