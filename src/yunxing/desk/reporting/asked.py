"""What is asked: the forms of the pack in force, the reporting units by name, the office that reviews a form."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_language

from yunxing.desk.reporting.in_force import forms, pack, units
from yunxing.engines.facts.form import Form, Item
from yunxing.engines.facts.layout import FormPeriod, form_period
from yunxing.io.tables import month_of
from yunxing.packs.indicators import load_indicators
from yunxing.packs.pack import load_pack
from yunxing.values.errors import BadInput
from yunxing.values.period import Period, parse_month

__all__ = ["forms", "pack", "units"]  # as the room has them, and what stands below


def unit_label(code: str) -> str:
    """A unit's short name in the language of the page."""
    unit = next((one for one in pack().regions.units if one.id == code), None)
    if unit is None:
        return code
    return unit.name_en if english() and unit.name_en else unit.short or unit.name


@lru_cache(maxsize=2)
def _leading(given: str) -> str:
    found = next((one for one in load_indicators(load_pack(given or None).folder) if one.statistic == "completeness"), None)
    return found.form if found else ""


def leading_form() -> str:
    """The form whose completeness the plan watches: its last year's values are the weights across forms."""
    return _leading(settings.PACK)


def office_of(form: Form) -> str:
    """The office that reviews the form after the counties: the one it names, else the command office."""
    return form.office or next((id_ for id_, one in pack().offices.items() if one.kind == "command"), "")


def period_of(form: Form, month: str) -> FormPeriod | None:
    """The form's period that ends in the month; None where the form has none (January of a form that reports January and February together)."""
    try:
        return form_period(form, int(month[:4]), int(month[5:7]))
    except BadInput:
        return None


def period(form: Form, code: str) -> FormPeriod:
    """The form's period of a stored code."""
    month = month_of(code)
    return form_period(form, int(month[:4]), int(month[5:7]))


def english() -> bool:
    """Whether the page is shown in English."""
    return (get_language() or "").startswith("en")


def title(form: Form) -> str:
    """The form's title in the language of the page."""
    return form.title_en if english() else form.title


def item_title(item: Item) -> str:
    """The item's title in the language of the page."""
    return item.title_en if english() else item.title


def day_words(day: date) -> str:
    """「10月12日」, «12 Oct»."""
    return f"{day.day} {day:%b}" if english() else f"{day.month}月{day.day}日"


def period_words(period: Period) -> str:
    """A period's name in the language of the page."""
    return period.label("en" if english() else "zh")


def month_words(month: str) -> str:
    """A month's name in the language of the page."""
    return parse_month(month).label("en" if english() else "zh")
