"""Money as int64 fen (1 yuan = 100 fen), rates as exact fractions, one division with a named rounding; no float anywhere.

Rounding happens once, where a rule says so. A payment rounds half-up; where the text sets a ceiling share (不超过, 最高) it rounds down,
so that no payment ever exceeds it. Source: conventions of the trade's handbook.
"""

import re
import unicodedata
from enum import Enum
from fractions import Fraction

from yunxing.values.errors import BadInput
from yunxing.values.quantity import UNITS, format_number, parse_number

Fen = int
INT64_MAX = 2**63 - 1

_AMOUNT = re.compile(r"(?P<number>[^元角分万千百亿]*)(?P<unit>[元角分万千百亿]+)?(?:人民币)?")
_SHORT = {"亿": "亿元", "万": "万元"}
_RATE = re.compile(r"(?P<number>[^%‰]*)(?P<sign>[%‰])")


def check_fen(value: int) -> Fen:
    """The same number, if it fits in a signed 64-bit integer; else BadInput."""
    if not -INT64_MAX <= value <= INT64_MAX:
        raise BadInput(f"{value} fen is more than can be stored.")
    return value


def parse_money(text: str, unit: str | None = None) -> Fen:
    """The exact fen a person wrote, as ``2000 万元``, ``418亿元``, ``50.5元``; ``unit`` is taken when the text names none (a column head).

    No unit at all, a foreign currency, or a part of a fen is BadInput: nothing is rounded on the way in.

    >>> parse_money("2000 万元"), parse_money("50.5元"), parse_money("1,234.56", unit="元")
    (2000000000, 5050, 123456)
    """
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    found = _AMOUNT.fullmatch(folded.removeprefix("人民币").removeprefix("¥"))
    if found is None:
        raise BadInput(f"“{text}” is no amount of money; write for example 2000万元 or 50.50元.")
    name = found["unit"] or unit
    if name is None:
        raise BadInput(f"“{text}” names no unit; write 元, 万元 or 亿元.")
    known = UNITS.get(_SHORT.get(name, name))
    if known is None or known.dimension != "money":
        raise BadInput(f"“{name}” is no unit of money; write 元, 万元 or 亿元.")
    fen = parse_number(found["number"]) * known.factor
    if fen.denominator != 1:
        raise BadInput(f"“{text}” holds a part of a fen; write at most the fen (two decimals of a yuan).")
    return check_fen(fen.numerator)


def format_money(fen: Fen, unit: str = "万元", places: int = 2, with_unit: bool = True) -> str:
    """The amount for display, half-up to ``places`` decimals of ``unit``, thousands in threes, with the unit unless told otherwise.

    >>> format_money(2_000_000_000), format_money(123456, "元", with_unit=False)
    ('2,000.00万元', '1,234.56')
    """
    known = UNITS.get(unit)
    if known is None or known.dimension != "money":
        raise BadInput(f"“{unit}” is no unit of money; write 元, 万元 or 亿元.")
    return format_number(Fraction(fen) / known.factor, places) + (known.name if with_unit else "")


class Rounding(Enum):
    """How a quotient of fen becomes whole fen. A member is called with numerator ≥ 0 and denominator > 0 and answers whole fen.

    ``half_up_yuan`` and ``floor_yuan`` answer fen too: a multiple of 100. Out of range or beyond 64 bits is BadInput.

    >>> half_up_fen(19991500, 100_000), floor_fen(9999999, 100), floor_yuan(199, 1), half_up_yuan(150, 1)
    (200, 99999, 100, 200)
    """

    half_up_fen = "half_up_fen"
    floor_fen = "floor_fen"
    ceil_fen = "ceil_fen"
    half_up_yuan = "half_up_yuan"
    floor_yuan = "floor_yuan"

    def __call__(self, numerator: int, denominator: int = 1) -> Fen:
        """Round ``numerator / denominator`` fen."""
        if numerator < 0 or denominator <= 0:
            raise BadInput(f"{numerator}/{denominator} cannot be rounded: the numerator is ≥ 0 and the denominator > 0.")
        step = 100 if self in {Rounding.half_up_yuan, Rounding.floor_yuan} else 1
        whole, rest = divmod(numerator, denominator * step)
        up = (rest > 0) if self is Rounding.ceil_fen else (2 * rest >= denominator * step)
        if self in {Rounding.floor_fen, Rounding.floor_yuan}:
            up = False
        return check_fen((whole + up) * step)


half_up_fen = Rounding.half_up_fen
floor_fen = Rounding.floor_fen
ceil_fen = Rounding.ceil_fen
half_up_yuan = Rounding.half_up_yuan
floor_yuan = Rounding.floor_yuan


def parse_rate(text: str) -> Fraction:
    """The exact share of a rate with its sign: ``35%``, ``0.5‰``, ``3.70%``. A bare number is BadInput: 0.35 may mean either.

    >>> parse_rate("35%"), parse_rate("3.70％")
    (Fraction(7, 20), Fraction(37, 1000))
    """
    found = _RATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        raise BadInput(f"“{text}” is no rate; write it with its sign, for example 35% or 5‰.")
    return parse_number(found["number"]) / (100 if found["sign"] == "%" else 1000)
