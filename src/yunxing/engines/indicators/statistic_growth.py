"""`comparable_growth`: year-on-year on the same enterprises, month and cumulative, with contributions that add up and the bridge between two totals.

Rows of the closing period, at each scope: `cumulative`, `cumulative_base`, `cumulative_yoy`, `cumulative_points` (to the city); `value`, `base`, `yoy`, `points`
of the month; and the bridge `bridge_growth … bridge_stored`. Of earlier periods: `cumulative_yoy` and `yoy` only.
A cell is one industry in one unit; it has rows from five members on, and no bridge.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yunxing.engines.indicators import panel
from yunxing.engines.indicators.compute import Figures, Inputs
from yunxing.engines.indicators.definition import CITY, Indicator
from yunxing.engines.indicators.rows import NOT_APPLICABLE, NOT_REPORTED, UNDEFINED, Contribution, Row, figure, missing
from yunxing.engines.indicators.window import Slot, slots

# stat names by flavour: total, base, growth, points to the city's growth
NAMES = {
    "cumulative": ("cumulative", "cumulative_base", "cumulative_yoy", "cumulative_points"),
    "month": ("value", "base", "yoy", "points"),
}
BRIDGE = ("growth", "restatement", "entry", "exits", "unreported", "total", "stored")


def comparable_growth(definition: Indicator, inputs: Inputs) -> Figures:
    """Growth of `definition.item` over its roster. January of a form that joins January and February gives one absent city row."""
    import ibis

    window = slots(inputs.month, jan_feb=inputs.jan_feb(definition.form), history=definition.history)
    if not window:
        return Figures((missing(definition.id, ("city", CITY), inputs.month.code, "yoy", "%", NOT_APPLICABLE, "1—2月合并统计"),))
    asked = {"form": definition.form, "item": definition.item, "roster": definition.roster}
    pair_table = inputs.run(panel.pairs(inputs.facts, inputs.membership, inputs.party, slots=window, **asked))
    pairs = ibis.memtable(pair_table)
    stack = ibis.memtable(inputs.run(panel.stacked(pairs)))
    published = published_rates(definition, inputs, window)
    rows: list[Row] = []
    city: dict[tuple[int, str], int] = {}
    for scope in (kind for kind in (*panel.SCOPES, "cell") if kind in definition.scopes):
        for plain in inputs.rows(panel.sums(stack, scope)):
            if scope == "cell" and _too_small(definition, plain):
                continue
            if scope == "city":
                city[plain["slot"], plain["flavour"]] = plain["base"] or 0
            rows += growth_rows(definition, scope, plain, city.get((plain["slot"], plain["flavour"]), 0), published)
        if scope == "cell":
            continue
        bridged = panel.bridge(pairs, inputs.facts, inputs.membership, inputs.party, slot=window[0], scope=scope, **asked)
        rows += bridge_rows(definition, scope, inputs.rows(bridged), window[0])
    if not any(row.scope_kind == "city" for row in rows):
        rows.append(missing(definition.id, ("city", CITY), window[0].cumulative, "cumulative_yoy", "%", NOT_REPORTED, "名录中没有单位"))
    return Figures(tuple(rows), tuple(contributions(definition, stack, city, inputs)))


def _too_small(definition: Indicator, plain: Mapping[str, Any]) -> bool:
    """Cells of a few enterprises swing by one of them and would give it away: under `cell_least` members there is no row; earlier periods give the month only."""
    return bool(plain["due"] < definition.limit("cell_least", 5)) or (plain["slot"] != 0 and plain["flavour"] != "month")


def growth_rows(
    definition: Indicator, kind: str, sums: Mapping[str, Any], city_base: int, published: Mapping[tuple[str, str], int]
) -> list[Row]:
    """The rows of one scope, period and flavour from its sums. A base that is not positive gives no growth: undefined, with the totals shown."""
    scope, period, flavour = (kind, sums["scope"]), sums["period"], sums["flavour"]
    total_name, base_name, growth_name, points_name = NAMES[flavour]
    covered_num, covered_den, counted = covered(sums)
    rest = {"covered_num": covered_num, "covered_den": covered_den, "basis": f"{definition.roster}@{period}"}
    unit = "fen"
    rate = published.get((sums["scope"], period)) if flavour == "cumulative" else None
    if not sums["n"]:
        absent = missing(definition.id, scope, period, growth_name, "%", NOT_REPORTED, "全部未报", published=rate, **rest)
        return [absent]
    current, base = int(sums["current"]), int(sums["base"])
    if base <= 0:
        growth = missing(definition.id, scope, period, growth_name, "%", UNDEFINED, "上年同期数不为正，不计算增速", published=rate, **rest)
    else:
        growth = figure(
            definition.id, scope, period, growth_name, 100 * (current - base), base, "%", reason=counted, published=rate, **rest
        )
    if sums["slot"] != 0:
        return [growth]
    rows = [growth]
    rows.append(figure(definition.id, scope, period, total_name, current, 1, unit, reason=counted, **rest))
    rows.append(figure(definition.id, scope, period, base_name, base, 1, unit, reason=counted, **rest))
    if city_base > 0:
        rows.append(figure(definition.id, scope, period, points_name, 100 * (current - base), city_base, "points", reason=counted, **rest))
    return rows


def covered(sums: Mapping[str, Any]) -> tuple[int, int, str]:
    """The covered share: by last year's value, or by count where some member's value of last year is unknown (then the words say so)."""
    if sums["unweighted"] or not sums["weight"] or sums["weight"] <= 0:
        return int(sums["n"] or 0), int(sums["due"]), "按户数计覆盖面" if sums["n"] != sums["due"] else ""
    return int(sums["weight_in"] or 0), int(sums["weight"]), ""


def bridge_rows(definition: Indicator, kind: str, bridged: list[dict[str, Any]], slot: Slot) -> list[Row]:
    """The bridge in units at every scope of a kind; nothing when no total of last year is stored."""
    if not any(plain["stored"] for plain in bridged):
        return []
    return [
        figure(definition.id, (kind, plain["scope"]), slot.cumulative, f"bridge_{part}", int(plain[part]), 1, "fen")
        for plain in bridged
        for part in BRIDGE
    ]


def contributions(definition: Indicator, stack: Any, city: Mapping[tuple[int, str], int], inputs: Inputs) -> list[Contribution]:
    """Each enterprise's points of the city's growth in the closing period, month and cumulative; they add to it exactly."""
    closing = stack.filter(stack.slot == 0, stack.current.notnull(), stack.base.notnull())
    found = []
    for plain in inputs.rows(closing.select("party", "period", "flavour", "current", "base")):
        base = city.get((0, plain["flavour"]), 0)
        if base > 0:
            points = 100 * (plain["current"] - plain["base"])
            found.append(Contribution(definition.id, plain["period"], CITY, plain["party"], points, base, plain["current"], plain["base"]))
    if len({(one.period, one.party) for one in found}) == len(found):
        return found
    # in the first report of a year the month is the cumulative period: one set of rows is enough
    return list({(one.period, one.party): one for one in found}.values())


def published_rates(definition: Indicator, inputs: Inputs, window: list[Slot]) -> dict[tuple[str, str], int]:
    """Published growth in 0.01 %, by (scope, cumulative period): facts of role `growth_published` whose party is a unit, an industry or the city."""
    f = inputs.facts
    f = f.filter(f.form == definition.form, f.item == definition.item, f.role == "growth_published", f.value.notnull())
    f = f.filter(f.period.isin([one.cumulative for one in window]))
    return {(plain["party"], plain["period"]): plain["value"] for plain in inputs.rows(f.select("party", "period", "value"))}
