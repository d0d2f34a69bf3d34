"""Chart options, the sentence that says the same in words, and the table with the same numbers.

A chart is never the only bearer of a figure (screens §6.3): `Trend` holds option, sentence and rows together, built from one list of points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from yunxing.values.quantity import format_number

SPARK_WIDTH, SPARK_HEIGHT = 120, 28
INK_2, PRIMARY, AMBER = "#56657a", "#1f5fae", "#8a5a00"


@dataclass(frozen=True)
class Point:
    """One period of a series; `value` is None where nothing was reported, and then `absent` says why."""

    label: str
    value: Fraction | None
    absent: str = "—"


@dataclass(frozen=True)
class Trend:
    """What a trend box needs: ECharts option, the sentence, and the rows of its table."""

    option: dict[str, Any]
    sentence: str
    rows: list[tuple[str, str]]


def shown(value: Fraction | None, places: int, absent: str = "—") -> str:
    """A figure as printed, rounded for display only; the absence mark where there is none."""
    return absent if value is None else format_number(value, places)


def spark(points: Sequence[Point]) -> str:
    """The `d` of an SVG path through the known points, broken where a value is absent; empty when fewer than two are known."""
    known = [point.value for point in points if point.value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    spread = high - low or Fraction(1)
    step = Fraction(SPARK_WIDTH, max(len(points) - 1, 1))
    path, pen_down = [], False
    for index, point in enumerate(points):
        if point.value is None:
            pen_down = False
            continue
        x = format_number(step * index, 1).replace(",", "")
        y = format_number(Fraction(SPARK_HEIGHT - 4) * (high - point.value) / spread + 2, 1).replace(",", "")
        path.append(f"{'L' if pen_down else 'M'}{x} {y}")
        pen_down = True
    return " ".join(path)


def trend(
    points: Sequence[Point], *, unit: str, places: int, sentence: str, target: Fraction | None = None, target_word: str = ""
) -> Trend:
    """A line of the points with the target as a dotted line. Numbers leave exact arithmetic only here, to be drawn."""
    values = [None if point.value is None else float(round(point.value, 6)) for point in points]
    series: dict[str, Any] = {
        "type": "line",
        "data": values,
        "symbol": "circle",
        "symbolSize": 6,
        "connectNulls": False,
        "itemStyle": {"color": PRIMARY},
        "lineStyle": {"color": PRIMARY, "width": 2},
    }
    if target is not None:
        series["markLine"] = {
            "symbol": "none",
            "silent": True,
            "lineStyle": {"color": AMBER, "type": "dotted", "width": 2},
            "label": {"formatter": f"{target_word} {shown(target, places)}", "color": AMBER, "position": "insideEndTop"},
            "data": [{"yAxis": float(round(target, 6))}],
        }
    option = {
        "animation": False,
        "grid": {"left": 56, "right": 24, "top": 28, "bottom": 32},
        "tooltip": {"trigger": "axis", "renderMode": "richText"},
        "xAxis": {"type": "category", "data": [point.label for point in points], "axisLabel": {"color": INK_2, "fontSize": 12}},
        "yAxis": {
            "type": "value",
            "name": unit,
            "nameTextStyle": {"color": INK_2, "align": "right"},
            "axisLabel": {"color": INK_2, "fontSize": 12},
        },
        "series": [series],
    }
    return Trend(option, sentence, [(point.label, shown(point.value, places, point.absent)) for point in points])
