"""From a printed figure back to the cells: its definition, the formula with the numbers put in, and the facts, added up anew.

`figure(source, row id)` reads one closed month. What it says is computed from the facts it lists, in plain Python that shares nothing with the statistics: `recomputed` must
equal the row. Figures of earlier periods are traced in the months that closed them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from yunxing.engines.indicators.formula import filled, names
from yunxing.engines.indicators.rows import Row
from yunxing.engines.indicators.trace_formula import Ground, pieces, recomputed
from yunxing.engines.indicators.trace_further import index_traced, seasonal_traced
from yunxing.engines.indicators.trace_growth import growth_traced
from yunxing.engines.indicators.trail import Fact, Part, Source, Traced, Trail, present, said
from yunxing.engines.indicators.window import slots
from yunxing.values.errors import BadInput
from yunxing.values.period import day_number, parse_period

__all__ = ["Part", "Source", "Traced", "Trail", "figure", "traced"]


def figure(source: Source, row_id: str) -> Traced:
    """The trace of one figure. BadInput when the month has no row of that id."""
    return traced(Trail(source), row_id)


def traced(trail: Trail, row_id: str) -> Traced:
    """The same on a trail that several figures of one month share."""
    row = trail.row(row_id)
    card = trail.cards.get(row.indicator)
    if card is None:
        raise BadInput(f"the closed month {trail.source.month} has no definition of the indicator {row.indicator!r}")
    return TRACERS[card["statistic"]](trail, row, card)


def _target(trail: Trail, row: Row, card: Mapping[str, Any]) -> Traced:
    parties = trail.members(card["roster"], row)
    monthly = row.stat == "value"
    facts = trail.facts(card["form"], [card["item"]], [row.period], as_reported="month" if monthly else "cumulative", parties=parties)
    done = sum(present(facts).values())
    if row.stat.startswith("seasonal_"):
        return seasonal_traced(trail, row, card, done, facts)
    month = trail.month.month
    target = Fraction(*card["target"]["value"]) if card["target"] else None
    value: Fraction | None = None
    zh, en = f"合计 {said(done)}", f"sum {said(done)}"
    if row.stat in ("cumulative", "value"):
        value = Fraction(done)
    elif row.stat == "target_share" and target:
        value, zh = 100 * done / target, f"100 × {said(done)} ÷ {said(target)}"
    elif row.stat == "gap" and target:
        value, zh = 100 * done / target - Fraction(100 * month, 12), f"100 × {said(done)} ÷ {said(target)} − 100 × {month} ÷ 12"
    elif row.stat == "forecast":
        value, zh = Fraction(done * 12, month), f"{said(done)} × 12 ÷ {month}"
    elif row.stat == "time_schedule":
        value, zh, facts = Fraction(100 * month, 12), f"100 × {month} ÷ 12", []
    elif row.stat in ("planned", "plan_share", "plan_gap") and row.num is not None:
        zh = "与各项目年度计划合计相比（前期项目除外）"
        en = "against the sum of the projects' annual plans, preparatory projects left out"
    if zh.startswith(("100", said(done))):
        en = zh
    return Traced(row, card, zh, en, tuple(facts), value if row.value is not None else None)


def _events(trail: Trail, row: Row, card: Mapping[str, Any]) -> Traced:
    start, end = (day_number(day) for day in (date(trail.month.year, 1, 1), trail.month.end))
    facts = [
        one
        for one in trail.facts(card["form"], [card["item"]], set(trail.source.table("facts")["period"].to_pylist()))
        if one["value"] is not None
        and not one["held"]
        and start <= one["value"] <= end
        and (row.scope_kind == "city" or one["unit"] == row.scope)
    ]
    if row.stat.startswith("seasonal_"):
        return seasonal_traced(trail, row, card, len({one["party"] for one in facts}), facts)
    if row.stat != "cumulative":
        return _counted(trail, row, card, facts)
    count = len({one["party"] for one in facts})
    return Traced(row, card, f"{count} 家不同企业", f"{count} distinct enterprises", tuple(facts), Fraction(count))


def _counted(trail: Trail, row: Row, card: Mapping[str, Any], facts: list[Fact]) -> Traced:
    """A rate on a count."""
    count, month, target = len({one["party"] for one in facts}), trail.month.month, Fraction(*card["target"]["value"])
    schedule = Fraction(100 * month, 12)
    value, words = {
        "target_share": (100 * count / target, f"100 × {count} ÷ {said(target)}"),
        "gap": (100 * count / target - schedule, f"100 × {count} ÷ {said(target)} − 100 × {month} ÷ 12"),
        "forecast": (Fraction(count * 12, month), f"{count} × 12 ÷ {month}"),
        "time_schedule": (schedule, f"100 × {month} ÷ 12"),
    }[row.stat]
    return Traced(row, card, words, words, tuple(facts), value)


def _stock(trail: Trail, row: Row, card: Mapping[str, Any]) -> Traced:
    limits = {"trailing": 7, "carry": 3, "look_back": 30} | card["limits"]
    day = date.fromisoformat(row.basis if len(row.period) == 7 else row.period)
    sites = {row.reason} if row.stat == "lowest_site" else trail.members(card["roster"], row)
    days = [(day - timedelta(n)).isoformat() for n in range(limits["look_back"] + 1)]
    facts = trail.facts(card["form"], [card["item"], card["other"]], days, parties=sites)
    at = {(one["party"], one["item"], one["period"]): one for one in facts if one["value"] is not None and not one["held"]}
    used: list[Fact] = []
    stock, mean = 0, Fraction(0)
    for site in sorted(sites):
        held = next((at[site, card["item"], code] for code in days[: limits["carry"] + 1] if (site, card["item"], code) in at), None)
        burnt = [at[site, card["other"], code] for code in days if at.get((site, card["other"], code), {"value": 0})["value"] > 0][
            : limits["trailing"]
        ]
        if held is None or not any(one["period"] in days[: limits["trailing"]] for one in burnt):
            continue
        used += [held, *burnt]
        stock += held["value"]
        mean += Fraction(sum(one["value"] for one in burnt), len(burnt))
    value = stock / mean if mean else None
    words = f"{said(stock)} ÷ {said(mean)}"
    return Traced(row, card, f"库存 {said(stock)} ÷ 日均耗用 {said(mean)}", words, tuple(used), value if row.value is not None else None)


def _reporting(trail: Trail, row: Row, card: Mapping[str, Any]) -> Traced:
    base = f"{row.indicator}/{row.scope_kind}/{row.scope}/{row.period}/"
    due, n = trail.row(base + "due").num or 0, trail.row(base + "received").num or 0
    value = {"due": Fraction(due), "received": Fraction(n), "share": Fraction(100 * n, due) if due else None}.get(row.stat)
    words = f"100 × {n} ÷ {due}" if row.stat == "share" else str(n if row.stat == "received" else due)
    return Traced(row, card, words, words, (), value if row.stat == "share" and row.value is not None else None)


def _party(trail: Trail, row: Row, card: Mapping[str, Any]) -> Traced:
    previous = trail.month.previous().code
    facts = trail.facts(card["form"], [card["item"]], [row.period, previous], as_reported="month", parties={row.scope})
    at = {one["period"]: one["value"] for one in facts if one["value"] is not None and not one["held"] and one["role"] == "value"}
    now, then = at.get(row.period), at.get(previous)
    if row.stat == "value" or now is None or not then:
        facts = [one for one in facts if one["period"] == row.period]
        words = "" if now is None else said(now)
        return Traced(row, card, words, words, tuple(facts), Fraction(now) if row.stat == "value" and now is not None else None)
    words = f"100 × ({said(now)} − {said(then)}) ÷ {said(then)}"
    return Traced(row, card, words, words, tuple(facts), Fraction(100 * (now - then), then) if row.stat == "change" else None)


def _formula(trail: Trail, row: Row, card: Mapping[str, Any]) -> Traced:
    """The terms taken again from the facts, put into the formula."""
    end = parse_period(row.period).end
    if end != trail.newest(row.indicator):
        return Traced(row, card, f"见 {end:%Y-%m} 关账的追溯", f"traced in the closed month {end:%Y-%m}", (), None)
    in_roster = [one for one in trail.registry if not card["roster"] or card["roster"] in one["rosters"].split(",")]
    registry = {one["id"]: one for one in in_roster}
    facts = trail.form(card["form"])
    joined = any(fact["period"] == f"{trail.month.year}-01..02" for fact in facts)
    reports = [one.single for one in slots(trail.month, jan_feb=joined, history=12) if one.month.year == trail.month.year]
    alike = [
        one
        for one in trail.cards.values()
        if one["statistic"] == "formula" and (one["form"], one["roster"]) == (card["form"], card["roster"])
    ]
    terms = [term for one in alike for term in one["terms"]]
    found = pieces(Ground(card, row, facts, registry, reports, terms))
    formula = next(one["formula"] for one in card["figures"] if one["stat"] == row.stat)
    words = filled(formula, {one.name: "—" if one.value is None else said(one.value) for one in found})
    parts = tuple(Part(one.name, None if one.value is None else Fraction(one.value), "") for one in found if one.name in names(formula))
    behind = {id(fact): dict(fact) for one in found for fact in one.facts}
    return Traced(row, card, words, words, tuple(behind.values()), recomputed(card, row, found), parts)


TRACERS: dict[str, Callable[[Trail, Row, Mapping[str, Any]], Traced]] = {
    "comparable_growth": growth_traced,
    "formula": _formula,
    "sum_to_target": _target,
    "distinct_in_year": _events,
    "stock_days": _stock,
    "completeness": _reporting,
    "timeliness": _reporting,
    "party_change": _party,
    "party_value": _party,
    "weighted_index": index_traced,
}
