"""Chinese and Arabic numerals as they stand in policy texts."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

DIGITS: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3, "伍": 5}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_GREAT: Final = {"万": 10**4, "亿": 10**8}
HAN: Final = "零〇一二三四五六七八九十百千两"


def parse_han(text: str) -> int | None:
    """The number Chinese numerals say, or None when they say none.

    >>> parse_han("二十一"), parse_han("一百零五"), parse_han("两"), parse_han("百"), parse_han("二〇二二"), parse_han("万企")
    (21, 105, 2, 100, 2022, None)
    """
    if not text or any(c not in DIGITS and c not in _TENS and c not in _GREAT for c in text):
        return None
    if len(text) > 1 and all(c in DIGITS for c in text):
        return int("".join(str(DIGITS[c]) for c in text))
    total, section, digit = 0, 0, None
    for c in text:
        if c in DIGITS:
            digit = DIGITS[c]
        elif c in _TENS:
            section += (digit or 1) * _TENS[c]  # 一万零十: the 零 holds a place, it is no factor
            digit = None
        else:
            section += digit or 0
            total = ((total + section) or 1) * _GREAT[c] if c == "亿" else total + (section or 1) * _GREAT[c]
            section, digit = 0, None
    return total + section + (digit or 0)


def parse_value(text: str) -> Fraction | None:
    """The exact value of an Arabic or Chinese numeral, thousands marks taken out; None when it is none.

    >>> parse_value("1,500"), parse_value("0.5"), parse_value("三十")
    (Fraction(1500, 1), Fraction(1, 2), Fraction(30, 1))
    """
    plain = text.replace(",", "")
    if plain and plain[0].isdecimal() and plain.isascii():
        return Fraction(plain) if plain.replace(".", "", 1).isdecimal() and not plain.endswith(".") else None
    han = parse_han(text)
    return None if han is None else Fraction(han)


def number(value: Fraction) -> int | float:
    """The value as JSON writes it: an integer when it is one."""
    return int(value) if value.denominator == 1 else float(value)
