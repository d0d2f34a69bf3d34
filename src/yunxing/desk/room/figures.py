"""How a stored figure is printed: money in 亿元 or 万元, volumes in 万吨 or 吨, growth with one decimal. Rounded here and nowhere before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yunxing.values.absence import Absence
from yunxing.values.period import Language
from yunxing.values.quantity import format_number

# stored units in one printed unit
FACTORS = {
    ("fen", "万元"): 10**6,
    ("fen", "亿元"): 10**10,
    ("kg", "吨"): 10**3,
    ("kg", "万吨"): 10**7,
    ("kWh", "万千瓦时"): 10**4,
    ("days", "天"): 1,
    ("firms", "家"): 1,
    ("firms", "户"): 1,
}
# units of amounts that a pack writes in Chinese
UNITS_EN = {
    "天": "days",
    "次": "times",
    "家": "firms",
    "户": "firms",
    "个百分点": "points",
    "亿元": "hundred million yuan",
    "万元": "ten thousand yuan",
    "万吨": "ten thousand tonnes",
    "吨": "tonnes",
    "万千瓦时": "ten thousand kWh",
    "人": "persons",
    "艘次": "calls",
    "千卡/千克": "kcal/kg",
    "年": "years",
    "个月": "months",
    "个工作日": "working days",
}


@dataclass(frozen=True)
class Printed:
    """A figure ready for the page: its text and the unit beside it."""

    text: str
    unit: str

    def __str__(self) -> str:
        glue = "" if self.unit in {"%", ""} else " "
        return f"{self.text}{glue}{self.unit}"


def english() -> bool:
    """Whether the reader chose English."""
    return (get_language() or "").startswith("en")


def language() -> Language:
    """The reader's language as the values storey names it."""
    return "en" if english() else "zh"


def pick(zh: str, en: str) -> str:
    """The name in the reader's language, Chinese where no English is given."""
    return en if english() and en else zh


def comparison(code: str) -> str:
    """`lt 0%` in words: 「低于 0%」. The limit keeps its unit; what is no comparison stays as it is."""
    name, _space, limit = code.partition(" ")
    words = {
        "lt": _("低于 %(limit)s"),
        "le": _("不高于 %(limit)s"),
        "gt": _("超过 %(limit)s"),
        "ge": _("不低于 %(limit)s"),
        "eq": _("等于 %(limit)s"),
    }
    return words[name] % {"limit": in_words(limit)} if name in words and limit else code


def in_words(amount: str) -> str:
    """An amount as the pack writes it (`7 天`, `1200 万元`), in threes and with its unit in the reader's language."""
    number, _space, unit = amount.partition(" ")
    if not unit:
        return amount
    if number.isdecimal():
        number = f"{int(number):,}"
    return f"{number} {UNITS_EN.get(unit, unit) if english() else unit}"


def scale(value: Fraction, unit: str, shown: Mapping[str, Any] | None = None) -> tuple[Fraction, str, int]:
    """The value in the unit it is printed in, that unit's name, and the decimals shown. `shown` is the card's own choice for this unit."""
    factor = FACTORS.get((unit, str(shown["unit"]))) if shown else None
    if shown and factor:
        return value / factor, pick(str(shown["unit"]), str(shown.get("unit_en", ""))), int(shown.get("places", 0))
    size = abs(value)
    if unit == "fen":
        return (value / 10**10, _("亿元"), 2) if size >= 10**10 else (value / 10**6, _("万元"), 2)
    if unit == "kg":
        return (value / 10**7, _("万吨"), 2) if size >= 10**7 else (value / 10**3, _("吨"), 1)
    if unit == "days":
        return value, _("天"), 1
    if unit == "firms":
        return value, _("家"), 0
    if unit == "points":
        return value, _("百分点"), 1
    if unit == "points2":  # one enterprise's pull is often under a tenth of a point
        return value, _("百分点"), 2
    if unit == "kWh":
        return value / 10**4, _("万千瓦时"), 1
    return value, unit, 1 if unit == "%" else 0


def printed(value: Fraction | None, unit: str, absence: str | None = None, shown: Mapping[str, Any] | None = None) -> Printed:
    """The figure as text with its unit, or the word for why it is absent (never 0)."""
    if value is None:
        word = Absence(absence) if absence else Absence.undefined
        return Printed(word.label(language()), "")
    scaled, name, places = scale(value, unit, shown)
    return Printed(format_number(scaled, places), name)
