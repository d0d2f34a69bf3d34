"""How a stored figure is printed: money in 亿元 or 万元, volumes in 万吨 or 吨, growth with one decimal. Rounded here and nowhere before."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yunxing.values.absence import Absence
from yunxing.values.quantity import format_number

FEN_PER_WAN, FEN_PER_YI = 10**6, 10**10
KG_PER_TON, KG_PER_WAN_TON = 10**3, 10**7


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


def pick(zh: str, en: str) -> str:
    """The name in the reader's language, Chinese where no English is given."""
    return en if english() and en else zh


def scale(value: Fraction, unit: str) -> tuple[Fraction, str, int]:
    """The value in the unit it is printed in, that unit's name, and the decimals shown."""
    size = abs(value)
    if unit == "fen":
        return (value / FEN_PER_YI, _("亿元"), 2) if size >= FEN_PER_YI else (value / FEN_PER_WAN, _("万元"), 2)
    if unit == "kg":
        return (value / KG_PER_WAN_TON, _("万吨"), 2) if size >= KG_PER_WAN_TON else (value / KG_PER_TON, _("吨"), 1)
    if unit == "days":
        return value, _("天"), 1
    if unit == "firms":
        return value, _("家"), 0
    if unit == "points":
        return value, _("百分点"), 1
    return value, unit, 1 if unit == "%" else 0


def printed(value: Fraction | None, unit: str, absence: str | None = None) -> Printed:
    """The figure as text with its unit, or the word for why it is absent (never 0)."""
    if value is None:
        word = Absence(absence) if absence else Absence.UNDEFINED
        return Printed(word.label("en" if english() else "zh"), "")
    scaled, name, places = scale(value, unit)
    return Printed(format_number(scaled, places), name)
