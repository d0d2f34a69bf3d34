"""What stands beside a headline: the linear and the seasonal pace of a target, the two-year average of a growth, the links and parts of a weighted index."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from yunxing.desk.room.board import CITY, Board, Card
from yunxing.desk.room.figures import printed
from yunxing.desk.room.signal_pages import figure_href, scope_title
from yunxing.engines.indicators.growth import two_year_average
from yunxing.engines.indicators.rows import Row
from yunxing.engines.indicators.seasonal import LEARNED
from yunxing.packs.pack import Pack
from yunxing.values.period import parse_period
from yunxing.values.scope import ALL, Scope


def lines(board: Board, card: Card, row: Row | None) -> list[dict[str, str]]:
    """The lines under the headline figure of the city, each with its source; a stat the month does not have gives none."""
    if row is None or row.value is None:
        return []
    if card.plain["statistic"] == "weighted_index":
        return [
            one
            for one in (_index(board, row, "link", _("上年同期=100")), _index(board, row, "real_link", _("扣除价格因素，上年同期=100")))
            if one
        ]
    paced = (_paced(board, row, "", _("时序进度")), _paced(board, row, "seasonal_", _("按往年进度")))
    found = [one for one in paced if one]
    average = _two_years(board, row)
    return [*found, average] if average else found


def _paced(board: Board, row: Row, prefix: str, name: str) -> dict[str, str] | None:
    """「75.0%（慢 48.0 个百分点）」, with the year's total at that pace; the past years it was learned from as a note."""
    schedule = beside(board, row, f"{prefix}schedule" if prefix else "time_schedule")
    gap, forecast = beside(board, row, f"{prefix}gap"), beside(board, row, f"{prefix}forecast")
    if schedule is None or schedule.value is None or gap is None or gap.value is None:
        return None
    words = (_("快 %(gap)s 个百分点") if gap.value >= 0 else _("慢 %(gap)s 个百分点")) % {"gap": printed(abs(gap.value), "points").text}
    text = f"{printed(schedule.value, '%').text}%，{words}"
    if forecast is not None and forecast.value is not None:
        text += _("；照此全年 %(total)s") % {"total": str(board.shown(forecast))}
    return {"name": name, "text": text, "source": figure_href(board, gap.id), "note": years_of(schedule)}


def years_of(schedule: Row) -> str:
    """Which past years the seasonal pace was learned from; empty for the linear one."""
    kind, _at, years = schedule.basis.partition(LEARNED)
    return _("由%(years)s年学得") % {"years": years.replace(",", "、")} if not kind and years else ""


def _two_years(board: Board, row: Row) -> dict[str, str] | None:
    """The two-year average of a growth whose row of a year before stands in the month too."""
    before = board.rows.get((row.indicator, *CITY, parse_period(row.period).year_before().code, row.stat))
    if row.unit != "%" or not row.stat.endswith("yoy") or row.value is None or before is None or before.value is None:
        return None
    average = two_year_average(row.value, before.value)
    if average is None:
        return None
    note = _("上年同期 %(before)s") % {"before": str(board.shown(before))}
    return {"name": _("两年平均"), "text": f"{printed(average, '%').text}%", "source": "", "note": note}


def _index(board: Board, row: Row, stat: str, name: str) -> dict[str, str] | None:
    found = beside(board, row, stat)
    return (
        None
        if found is None
        else {"name": name, "text": printed(found.value, "index").text, "source": figure_href(board, found.id), "note": ""}
    )


def beside(board: Board, row: Row, stat: str) -> Row | None:
    """Another stat of the same indicator, scope and period."""
    return board.rows.get((row.indicator, row.scope_kind, row.scope, row.period, stat))


def _kept_back(board: Board, card: Card, rows: Sequence[Row], scope: Scope) -> set[str]:
    if scope.units is ALL and scope.parties is ALL:
        return set()
    found = {one.scope for one in rows if board.is_confidential_industry(card, one.scope, scope)}
    others = [one for one in rows if one.scope not in found]
    if len(found) == 1 and others:
        weights = {one.scope: weight.value or Fraction(0) for one in others if (weight := beside(board, one, "weight"))}
        found.add(min(others, key=lambda one: (weights.get(one.scope, Fraction(0)), one.scope)).scope)
    return found


def index_parts(board: Board, pack: Pack, card: Card, row: Row | None, scope: Scope) -> list[dict[str, Any]]:
    """The industries of a weighted index by what they add to it, the strongest first: weight, relative, points. They add up to the link minus 100.

    An industry of few or dominant enterprises shows its weight alone; where it is the only one, so does the lightest other, whose points the sum would tell.
    """
    if row is None or card.plain["statistic"] != "weighted_index":
        return []
    found = [one for key, one in board.rows.items() if key[:2] == (card.id, "industry") and key[3:] == (row.period, "points")]
    ordered = sorted(found, key=lambda one: (-(one.value or Fraction(0)), one.scope))
    kept_back = _kept_back(board, card, ordered, scope)
    lines = []
    for one in ordered:
        hidden = one.scope in kept_back
        weight, relative = beside(board, one, "weight"), beside(board, one, "relative")
        lines.append(
            {
                "title": scope_title(pack, "industry", one.scope, board.parties),
                "weight": f"{printed(weight.value, '%').text}%" if weight else "—",
                "relative": printed(None, "", "suppressed").text if hidden else printed(relative.value, "index").text if relative else "—",
                "points": printed(None, "", "suppressed").text if hidden else printed(one.value, "points2").text,
                "source": "" if hidden else figure_href(board, (relative or one).id),
            }
        )
    return lines
