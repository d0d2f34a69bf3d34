"""Samples for the living style page, made by the same functions as the real pages."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from yunxing.desk.room.charts import Point, Trend, trend
from yunxing.desk.room.figures import pick


def colours(tokens: str) -> list[dict[str, str]]:
    """Every colour token of the style sheet with its value."""
    return [{"name": name, "value": value} for name, value in re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})", tokens)]


def sample_trend() -> Trend:
    """A trend with one absent period, so that the break shows."""
    values = [61, 64, 63, None, 66, 68]
    points = [Point(f"{n} {_('期')}", None if value is None else Fraction(value), _("未报")) for n, value in enumerate(values, 1)]
    return trend(
        points,
        unit="%",
        places=1,
        sentence=_("样例：第 6 期 68.0%，比第 5 期提高 2.0 个百分点；第 4 期未报。"),
        target=Fraction(70),
        target_word=_("目标"),
    )


def sample_signal() -> dict[str, Any]:
    """A made-up signal."""
    return {
        "letter": pick("倾", "T"),
        "kind_title": _("倾向性"),
        "words": _("样例：甲县产值增速连续 3 期下降"),
        "href": "#signal",
        "scope_title": _("甲县"),
        "owner": _("乙局"),
        "deadline": "2022-10-12",
        "provisional": False,
        "light": "amber",
    }
