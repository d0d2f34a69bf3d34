"""S1, the overview of a month: what is happening, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.room.board import Board, Card, shades
from yunxing.desk.room.charts import Point, Trend, spark, trend
from yunxing.desk.room.figures import in_words, language, pick, printed, scale
from yunxing.desk.room.plan_pages import measure_lights
from yunxing.desk.room.signal_pages import SHAPES, WORDS, Filters, figure_href, signals_of
from yunxing.engines.indicators.rows import Row, ranks
from yunxing.packs.pack import Pack
from yunxing.values.period import parse_period
from yunxing.values.scope import Scope

CARDS_SHOWN = 4
SPARK_PERIODS, TREND_PERIODS, SIGNALS_SHOWN = 13, 13, 7


@dataclass(frozen=True)
class Choice:
    """What the address asks for: the period, the indicator of map and trend, the area."""

    period: str
    indicator: str
    area: str = ""

    def href(self, **changes: str) -> str:
        """The overview's address with some of it changed."""
        asked = {"p": self.period, "i": self.indicator, "a": self.area, **changes}
        return reverse("room:overview") + "?" + urlencode({name: value for name, value in asked.items() if value})


def overview(board: Board, pack: Pack, scope: Scope, choice: Choice) -> dict[str, Any]:
    """Everything the overview page shows of one closed month."""
    card = board.cards.get(choice.indicator) or next(iter(board.cards.values()))
    area = ("unit", choice.area) if choice.area else ("city", "city")
    tiles = map_tiles(board, pack, card, choice, scope)
    signals = signals_of(board, pack, scope, Filters(area=choice.area))
    headline = board.headline(card.id)
    unit = pack.regions.unit(choice.area) if choice.area else None
    return {
        "month": board.month,
        "heading": _("%(period)s运行总览") % {"period": board.month.label(language())},
        "state": state_line(board),
        "provisional": provisional_line(board),
        "cards": [kpi(board, board.cards[name], choice) for name in pinned(board)],
        "chosen": {
            "title": card.title,
            "unit": headline_unit(board, card),
            "source": figure_href(board, headline.id) if headline else "",
            "area": pick(unit.name, unit.name_en) if unit else "",
            "whole_city": choice.href(a=""),
        },
        "tiles": tiles,
        "tile_columns": max((tile["x"] for tile in tiles), default=0) + 1,
        "ranked": sorted(tiles, key=lambda tile: (tile["rank"] is None, tile["rank"] or 0)),
        "legend": _("颜色按本期位次分四档，由高到低；虚线框为市属开发区；数字为累计数。"),
        "trend_title": f"{card.title} · {pick(unit.name, unit.name_en)}" if unit else card.title,
        "trend": trend_of(board, card, area, scope),
        "signals": signals[:SIGNALS_SHOWN],
        "signal_count": len(signals),
        "signals_href": reverse("room:signals") + "?" + urlencode({"p": choice.period, **({"a": choice.area} if choice.area else {})}),
        "measures_href": reverse("room:measures") + "?" + urlencode({"p": choice.period}),
        "matrix": matrix(board, pack, choice),
    }


def pinned(board: Board) -> list[str]:
    """The indicators of the first row: the first four of the pack, whose order is the city's own."""
    return list(board.cards)[:CARDS_SHOWN]


def kpi(board: Board, card: Card, choice: Choice) -> dict[str, Any]:
    """One card: figure, light, a line of reason, and thirteen periods without an axis."""
    row = board.headline(card.id)
    figure = board.shown(row)
    points = [Point(one.period, one.value) for one in board.series(card.id)[-SPARK_PERIODS:]]
    return {
        "title": card.title,
        "figure": figure.text,
        "unit": figure.unit,
        "light": board.light(card.id),
        "reason": reason(board, card, row),
        "spark": spark(points),
        "current": card.id == choice.indicator,
        "provisional": is_provisional(row),
        "href": choice.href(i=card.id),
        "source": figure_href(board, row.id) if row else "",
        "missing": row is None or row.value is None,
    }


def reason(board: Board, card: Card, row: Row | None) -> str:
    """The one line under a figure: against the target with the pace, else against the alarm, else what it covers."""
    if row is None or row.value is None:
        return (row.reason if row else "") or _("本期没有报送")
    target, pace = card.limit("target"), board.pace(card)
    if target and pace is not None:
        share = 100 * row.value / target[1]
        gap = share - 100 * pace
        word = _("快于") if gap >= 0 else _("慢于")
        return _("目标 %(target)s，完成 %(share)s，%(word)s时序进度 %(gap)s 个百分点") % {
            "target": in_words(str(card.plain["target"]["text"])),
            "share": printed(share, "%").text + "%",
            "word": word,
            "gap": printed(abs(gap), "points").text,
        }
    alarm = card.plain.get("alarm")
    if alarm:
        return _("警戒线 %(limit)s") % {"limit": in_words(str(alarm["text"]))}
    return pick(str(card.plain["meaning"]), str(card.plain.get("meaning_en", "")))


def map_tiles(board: Board, pack: Pack, card: Card, choice: Choice, scope: Scope) -> list[dict[str, Any]]:
    """A square for every reporting unit, placed roughly as on the ground; empty when the indicator has no unit rows.

    A total of fewer than three parties is 「保密」 to those who may not see them, and then has neither rank nor shade.
    """
    rows = {name: row for name, row in board.units(card.id).items() if not board.is_confidential(card, name, scope)}
    if not rows:
        return []
    values: dict[str, Fraction | None] = {unit.id: rows[unit.id].value if unit.id in rows else None for unit in pack.regions.units}
    place, shade = ranks(values), shades(values)
    return [
        {
            "title": pick(unit.label, unit.name_en),
            "figure": str(
                printed(None, "", "suppressed") if board.is_confidential(card, unit.id, scope) else board.shown(rows.get(unit.id))
            ),
            "source": figure_href(board, rows[unit.id].id) if unit.id in rows else "",
            "x": unit.tile[0],
            "y": unit.tile[1],
            "shade": shade[unit.id],
            "rank": place[unit.id],
            "zone": unit.kind == "zone",
            "current": unit.id == choice.area,
            "href": choice.href(a="" if unit.id == choice.area else unit.id),
        }
        for unit in pack.regions.units
    ]


def trend_of(board: Board, card: Card, area: tuple[str, str], scope: Scope) -> Trend:
    """The line of the chosen indicator for the city or the chosen area, with its target where that is a level of the same kind."""
    if area[0] == "unit" and board.is_confidential(card, area[1], scope):
        return Trend({}, "", [])
    rows = board.series(card.id, area)[-TREND_PERIODS:]
    shown = card.plain.get("shown")
    points, unit, places = [], headline_unit(board, card), 1
    for row in rows:
        value = None
        if row.value is not None:
            value, unit, places = scale(row.value, row.unit, shown)
        points.append(Point(parse_period(row.period).label(language()), value, printed(None, "", row.absence).text))
    known = [point for point in points if point.value is not None]
    if len(known) < 2:
        return Trend({}, "", [])
    target = card.limit("target") if area[0] == "city" else None  # the promise is the city's
    bound = scale(target[1], card.unit, shown)[0] if target and rows[-1].unit == card.unit else None
    sentence = said(card, points, known, unit, places)
    return trend(points, unit=unit, places=places, sentence=sentence, target=bound, target_word=_("目标"))


def said(card: Card, points: Sequence[Point], known: Sequence[Point], unit: str, places: int) -> str:
    """The sentence under a trend, written from the last two known points."""
    last, before = known[-1], known[-2]
    if last.value is None or before.value is None:
        raise ValueError(f"{card.id}: a point without a value was taken for a known one")
    change = last.value - before.value
    if points[-1].value is None:
        return _("%(label)s%(title)s未报；最近一期是 %(known)s。") % {"label": points[-1].label, "title": card.title, "known": last.label}
    word = _("持平") if change == 0 else (_("提高") if change > 0 else _("回落"))
    step = _("个百分点") if unit == "%" else unit
    amount = "" if change == 0 else f" {printed_plain(abs(change), places)} {step}"
    figure = f"{printed_plain(last.value, places)}{'' if unit == '%' else ' '}{unit}"
    return _("%(label)s%(title)s为 %(figure)s，比%(before)s%(word)s%(amount)s。") % {
        "label": last.label,
        "title": card.title,
        "figure": figure,
        "before": before.label,
        "word": word,
        "amount": amount,
    }


def printed_plain(value: Fraction, places: int) -> str:
    """A scaled value with its decimals, rounded for display."""
    from yunxing.values.quantity import format_number

    return format_number(value, places)


def headline_unit(board: Board, card: Card) -> str:
    """The unit printed beside the headline figure."""
    row = board.headline(card.id)
    return board.shown(row).unit if row else ""


def matrix(board: Board, pack: Pack, choice: Choice) -> list[Mapping[str, Any]]:
    """One dot a measure: number, shape, word and where it leads."""
    lights = measure_lights(board, pack)
    return [
        {
            "number": measure.number,
            "title": f"{measure.number}. {pick(measure.title, measure.title_en)}",
            "light": lights[measure.number],
            "shape": SHAPES[lights[measure.number]],
            "word": WORDS[lights[measure.number]](),
            "href": reverse("room:measure", args=[measure.number]) + "?" + urlencode({"p": choice.period}),
        }
        for measure in pack.measures
    ]


def is_provisional(row: Row | None) -> bool:
    """Whether the figure covers less than the share from which it counts as final (80 %, monitoring §2.4)."""
    return row is not None and row.covered is not None and row.covered * 5 < 4


def state_line(board: Board) -> str:
    """As of when, and how complete."""
    complete = board.headline("completeness") if "completeness" in board.cards else None
    line = _("数据截止 %(when)s") % {"when": str(board.manifest["as_of"])[:10]}
    if complete is None:
        return line
    counted = [board.rows.get(("completeness", *("city", "city"), complete.period, stat)) for stat in ("received", "due")]
    line = _("%(line)s · 报送完整率 %(share)s") % {"line": line, "share": str(board.shown(complete))}
    received, due = (int(row.value) if row is not None and row.value is not None else None for row in counted)
    if received is None or due is None:
        return line
    return line + _("（应报 %(due)s 户，已报 %(received)s 户，未报 %(missing)s 户）") % {
        "due": f"{due:,}",
        "received": f"{received:,}",
        "missing": f"{due - received:,}",
    }


def provisional_line(board: Board) -> str:
    """The amber strip when the month is not complete enough to be final; empty otherwise."""
    complete = board.headline("completeness") if "completeness" in board.cards else None
    if complete is None or complete.value is None or complete.value >= 100:
        return ""
    return _("本月报送尚未齐全，以下为初步汇总（报送完整率 %(share)s）。") % {"share": str(board.shown(complete))}
