"""How a stored figure stands on a page: the table of `values.stored`, in the reader's language, and a word where there is no figure."""

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
from yunxing.values.stored import STORED, in_english, printing


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
    return f"{number} {in_english(unit) if english() else unit}"


def scale(value: Fraction, unit: str, shown: Mapping[str, Any] | None = None) -> tuple[Fraction, str, int]:
    """The value in the unit it is printed in, that unit's name, and the decimals shown. `shown` is the card's own choice for this unit."""
    if unit not in STORED:
        return value, unit, 0
    choice = (str(shown["unit"]), int(shown.get("places", 0))) if shown else ("", None)
    one = printing(value, unit, *choice)
    return one.value, one.unit if not english() else in_english(one.unit), one.places


def printed(value: Fraction | None, unit: str, absence: str | None = None, shown: Mapping[str, Any] | None = None) -> Printed:
    """The figure as text with its unit, or the word for why it is absent (never 0)."""
    if value is None:
        word = Absence(absence) if absence else Absence.undefined
        return Printed(word.label(language()), "")
    scaled, name, places = scale(value, unit, shown)
    return Printed(format_number(scaled, places), name)
