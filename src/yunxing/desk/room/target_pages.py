"""Promises of the year ahead: expected total with its band, probability of keeping it month by month, the pace that is needed, the projects that are behind."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.room.board import CITY, Board, Card
from yunxing.desk.room.charts import AMBER, INK_2, PRIMARY, Trend, shown
from yunxing.desk.room.figures import language, printed, scale
from yunxing.desk.room.shell import board_of
from yunxing.engines.forecast.targets import PER
from yunxing.packs.pack import Pack
from yunxing.values.period import Month, parse_period
from yunxing.values.scope import ALL, Scope

PARTS_SHOWN = 10
METHODS = {
    "projects": lambda: _("按各项目计划工期的S曲线和实际进度推算"),
    "series": lambda: _("按月度序列预测"),
    "events": lambda: _("按今年各月和去年同期的发生数推算"),
    "reached": lambda: _("目标已完成"),
}
BAND = "rgba(31,95,174,0.18)"


def line_of(board: Board, name: str) -> dict[str, str] | None:
    """The outlook of one promise in words for other pages: probability, expected total with its band, needed pace; None where the month has none."""
    plain, card = board.outlooks.get(name), board.cards.get(name)
    if plain is None or card is None:
        return None
    return {
        "name": name,
        "title": card.title,
        "probability": percent(plain["probability"]),
        "expected": amount(card, plain["expected"]),
        "band": _("%(low)s—%(high)s") % {"low": amount(card, plain["bands"]["80"][0]), "high": amount(card, plain["bands"]["80"][1])},
        "needed": pace_words(card, plain),
        "level": level(plain["probability"]),
        "href": targets_href(board) + f"#{name}",
    }


def lines_of(board: Board | None) -> list[dict[str, str]]:
    """All promises that have an outlook, in the order of the pack."""
    return [line for name in board.cards if (line := line_of(board, name))] if board else []


def targets_href(board: Board) -> str:
    """The page of the closed month's promises."""
    return reverse("room:targets") + "?" + urlencode({"p": board.month.code})


def targets_page(board: Board, pack: Pack, scope: Scope) -> dict[str, Any]:
    """Every promise with an outlook, each with its chart, the probabilities of the months before, and what stands behind it."""
    clauses = {one.indicator: one for one in pack.commitments if one.is_promise and one.indicator}
    blocks = []
    for name, plain in board.outlooks.items():
        card = board.cards.get(name)
        line = line_of(board, name)
        if card is None or line is None:
            continue
        promise = clauses.get(name)
        row = board.headline(name)
        blocks.append(
            {
                **line,
                "clause": promise.clause if promise else "",
                "quote": promise.quote if promise else "",
                "target": amount(card, Fraction(*plain["target"])),
                "reached": amount(card, plain["reached"]),
                "source": reverse("room:figure", args=[board.month.code]) + "?" + urlencode({"id": row.id}) if row else "",
                "wide": _("%(low)s—%(high)s")
                % {"low": amount(card, plain["bands"]["95"][0]), "high": amount(card, plain["bands"]["95"][1])},
                "method": METHODS[plain["method"]](),
                "light": board.light(name),
                "months": months_before(board, name),
                "chart": chart(board, card, plain),
                "unit": scale(Fraction(0), card.unit, card.plain.get("shown"))[1],
                "parts": parts(board, card, plain, scope),
                "indicator": reverse("room:indicator", args=[name]) + "?" + urlencode({"p": board.month.code}),
            }
        )
    return {"blocks": blocks, "month_words": board.month.label(language())}


def amount(card: Card, value: Fraction | int) -> str:
    """A total in the unit the card prints."""
    return str(printed(Fraction(value), card.unit, shown=card.plain.get("shown")))


def mean(card: Card, value: Fraction) -> str:
    """A month's average as the card prints it; of things that are counted, with one decimal, for half a firm a month is not none."""
    of_unit = dict(card.plain.get("shown") or {})
    return str(printed(value, card.unit, shown={**of_unit, "places": max(1, int(of_unit.get("places", 0)))} if of_unit else None))


def percent(probability: int) -> str:
    """A probability as a whole percent; what is still open is never 0 or 100."""
    share = round(Fraction(100 * probability, PER))
    return "100%" if probability == PER else "0%" if probability == 0 else "<1%" if share < 1 else ">99%" if share > 99 else f"{share}%"


def level(probability: int) -> str:
    """The light of a probability: green from two thirds, amber from one third."""
    return "green" if 3 * probability >= 2 * PER else "amber" if 3 * probability >= PER else "red"


def pace_words(card: Card, plain: Mapping[str, Any]) -> str:
    """What each month left needs beside what the months so far brought, and how many times that is."""
    needed, pace = Fraction(*plain["needed"]), Fraction(*plain["pace"])
    if needed <= 0:
        return _("已完成")
    words = _("今后每月 %(needed)s，至今每月 %(pace)s") % {"needed": mean(card, needed), "pace": mean(card, pace)}
    return words + (_("，为至今的 %(times)s 倍") % {"times": f"{float(needed / pace):.1f}"} if pace > 0 else "")


def months_before(board: Board, name: str) -> list[dict[str, str]]:
    """The probability as it stood in each closed month of the year, the newest first: what was known then, not what is known now."""
    found = []
    for number in range(board.month.month, 0, -1):
        then = board if number == board.month.month else board_of(Month(board.month.year, number).code)
        plain = then.outlooks.get(name) if then else None
        if then is not None and plain is not None and name in then.cards:
            found.append({"month": then.month.label(language()), "probability": percent(plain["probability"]), "expected": amount(then.cards[name], plain["expected"]),
                          "level": level(plain["probability"])})  # fmt: skip
    return found


def parts(board: Board, card: Card, plain: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    """The projects that fall furthest behind their plans, those the reader may see by name, the others as a count."""
    rows: list[dict[str, str]] = []
    hidden = 0
    for one in plain["parts"]:
        party = board.parties.get(one["party"])
        if scope.parties is not ALL and (party is None or not scope.sees_unit(str(party["unit"]))):
            hidden += 1
            continue
        if len(rows) < PARTS_SHOWN:
            rows.append(
                {
                    "name": str(party["name"]) if party else one["party"],
                    "href": reverse("registers:project", args=[one["party"]]),
                    **{key: amount(card, one[key]) for key in ("plan", "done", "asked", "expected")},
                    "short": amount(card, one["plan"] - one["expected"]),
                }
            )
    return {"rows": rows, "hidden": hidden}


def _top(values: list[Fraction]) -> float:
    """A round number above all values, so that the line of the target is always in the picture."""
    highest = max(values)
    if highest <= 0:
        return 1.0
    size = Fraction(10) ** (len(str(int(highest))) - 1)
    return float(size * next(step for step in (Fraction(n, 4) for n in range(1, 60)) if size * step > highest))


def chart(board: Board, card: Card, plain: Mapping[str, Any]) -> Trend:
    """The year's total month by month, and the fan to its end; the months between are drawn straight."""
    of_unit = card.plain.get("shown")
    totals = {Month.of(parse_period(row.period).end): row for row in board.series(card.id, CITY)}
    months = [Month(board.month.year, number) for number in range(1, 13)]
    known = {month: scale(row.value, row.unit, of_unit)[0] for month, row in totals.items() if month in months and row.value is not None}
    unit, places = scale(Fraction(0), card.unit, of_unit)[1:]
    expected, low, high = (scale(Fraction(one), card.unit, of_unit)[0] for one in (plain["expected"], *plain["bands"]["80"]))
    now = known.get(board.month)
    left = 12 - board.month.month
    if now is None:
        return Trend({}, "", [])

    def fan(end: Fraction) -> list[float | None]:
        return [
            None if month < board.month else float(round(now + (end - now) * (month.month - board.month.month) / max(left, 1), 6))
            for month in months
        ]

    lows, highs = fan(low), fan(high)
    spread = [None if low is None or high is None else round(high - low, 6) for low, high in zip(lows, highs, strict=True)]
    target = scale(Fraction(*plain["target"]), card.unit, of_unit)[0]
    quiet = {"type": "line", "symbol": "none", "silent": True, "lineStyle": {"opacity": 0}}
    option = {
        "animation": False,
        "grid": {"left": 56, "right": 24, "top": 28, "bottom": 32},
        "tooltip": {"trigger": "axis", "renderMode": "richText"},
        "xAxis": {"type": "category", "data": [month.label(language()) for month in months], "axisLabel": {"color": INK_2, "fontSize": 12}},
        "yAxis": {"type": "value", "max": _top([target, expected, high, *known.values()]), "name": unit, "nameTextStyle": {"color": INK_2, "align": "right"}, "axisLabel": {"color": INK_2, "fontSize": 12}},
        "series": [
            {**quiet, "name": _("区间下沿（80%）"), "stack": "band", "data": lows},
            {**quiet, "name": _("80%区间"), "stack": "band", "data": spread, "areaStyle": {"color": BAND}},
            {"type": "line", "name": _("预计"), "data": fan(expected), "symbol": "none", "lineStyle": {"color": PRIMARY, "type": "dashed", "width": 2}},
            {
                "type": "line", "name": _("已完成"), "symbol": "circle", "symbolSize": 6, "itemStyle": {"color": PRIMARY}, "lineStyle": {"color": PRIMARY, "width": 2},
                "data": [float(round(known[month], 6)) if month in known else None for month in months],
                "markLine": {
                    "symbol": "none", "silent": True, "lineStyle": {"color": AMBER, "type": "dotted", "width": 2},
                    "label": {"formatter": f"{_('目标')} {shown(target, places)}", "color": AMBER, "position": "insideEndTop"},
                    "data": [{"yAxis": float(round(target, 6))}],
                },
            },
        ],
    }  # fmt: skip
    sentence = _("%(title)s：已完成 %(now)s，预计全年 %(expected)s，目标 %(target)s，完成概率 %(p)s。") % {
        "title": card.title, "now": amount(card, plain["reached"]), "expected": amount(card, plain["expected"]),
        "target": amount(card, Fraction(*plain["target"])), "p": percent(plain["probability"]),
    }  # fmt: skip
    rows = [(month.label(language()), shown(known[month], places)) for month in months if month in known]
    rows.append((_("预计全年"), f"{shown(expected, places)}（{shown(low, places)}—{shown(high, places)}）"))
    return Trend(option, sentence, rows)
