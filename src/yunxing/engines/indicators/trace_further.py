"""The traces of the seasonal pace and of weighted indices: past years' and base-year figures added up anew, in plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from yunxing.engines.indicators import seasonal
from yunxing.engines.indicators.formula import Ratio
from yunxing.engines.indicators.rows import Row
from yunxing.engines.indicators.seasonal import PastYear
from yunxing.engines.indicators.statistic_index import Link, kept_points, link_of
from yunxing.engines.indicators.trail import Fact, Part, Traced, Trail, present, said
from yunxing.values.period import day_number, parse_period

Card = Mapping[str, Any]


def seasonal_traced(trail: Trail, row: Row, card: Card, done: int, facts: list[Fact]) -> Traced:
    """A figure of the seasonal pace: `done` and `facts` are the year's own."""
    events = card["statistic"] == "distinct_in_year"
    past, years = (_past_events if events else _past_sums)(trail, card)
    share = seasonal.normal_share(years, trail.month.year)
    if share is None or not card["target"]:
        return Traced(row, card, "", "", tuple(past), None)
    target = Fraction(*card["target"]["value"])
    each = "；".join(f"{one.year}：{said(one.done)} ÷ {said(one.whole)}" for one in years if one.usable)
    value, words = {
        "seasonal_schedule": (100 * share, f"100 × {said(share)}"),
        "seasonal_gap": (100 * done / target - 100 * share, f"100 × {said(done)} ÷ {said(target)} − 100 × {said(share)}"),
        "seasonal_forecast": (done / share if share else Fraction(0), f"{said(done)} ÷ {said(share)}"),
    }[row.stat]
    kept, _ = Ratio(value.numerator, value.denominator).fitted()
    mine = [] if row.stat == "seasonal_schedule" else facts
    return Traced(
        row,
        card,
        f"{words}（{each}，每早一年权重乘0.7）",
        f"{words} ({each}; each year back weighs 0.7 of the next)",
        (*past, *mine),
        kept.value,
    )


def _past_sums(trail: Trail, card: Card) -> tuple[list[Fact], list[PastYear]]:
    facts, years = [], []
    for year, (part, whole) in seasonal.past_codes(trail.month).items():
        sides = [trail.facts(card["form"], [card["item"]], [code], as_reported="cumulative") for code in (part, whole)]
        done, all_year = (present(one) for one in sides)
        both = set(done) & set(all_year)
        if sum(all_year.values()) > 0:
            years.append(PastYear(year, sum(done[one] for one in both), sum(all_year[one] for one in both), sum(all_year.values())))
            facts += [one for side in sides for one in side if one["party"] in both and one["role"] == "value"]
    return _once(facts), years


def _past_events(trail: Trail, card: Card) -> tuple[list[Fact], list[PastYear]]:
    facts, years = [], []
    every = [one for one in trail.form(card["form"]) if one["item"] == card["item"] and one["value"] is not None and not one["held"]]
    for year in seasonal.past_codes(trail.month):
        first, last = day_number(date(year, 1, 1)), day_number(date(year, 12, 31))
        until = day_number(type(trail.month)(year, trail.month.month).end)
        mine = [one for one in every if first <= one["value"] <= last]
        whole = len({one["party"] for one in mine})
        if whole:
            years.append(PastYear(year, len({one["party"] for one in mine if one["value"] <= until}), whole, whole))
            facts += mine
    return facts, years


def _once(facts: Iterable[Fact]) -> list[Fact]:
    """Each fact once: in December both sides are the same cells."""
    return list({(one["party"], one["period"], one["item"]): one for one in facts}.values())


def index_traced(trail: Trail, row: Row, card: Card) -> Traced:
    """A figure of a weighted index. Earlier reports are traced in their own months; the index itself is last year's index times the link."""
    period = parse_period(row.period)
    if period.end != trail.newest(row.indicator):
        return Traced(row, card, f"见 {period.end:%Y-%m} 关账的追溯", f"traced in the closed month {period.end:%Y-%m}", (), None)
    scope = row if row.scope_kind != "industry" else _city(row)
    year = trail.month.year
    if year == card["base_year"]:
        return Traced(row, card, "基期=100", "base = 100", (), Fraction(100) if row.stat == "index" else None)
    facts, link = _link(trail, scope, card, year)
    if link is None:
        return Traced(row, card, "", "", tuple(facts), None)
    parts = tuple(Part(name, link.points(name), "points2") for name in sorted(link.relatives))
    value, zh, en = _index_words(trail, row, card, link)
    kept = None if value is None else Ratio(value.numerator, value.denominator).fitted()[0].value
    return Traced(row, card, zh, en, tuple(facts), kept, parts if row.stat in ("index", "link") else ())


def _index_words(trail: Trail, row: Row, card: Card, link: Link) -> tuple[Fraction | None, str, str]:
    part = row.scope
    if row.stat == "link":
        return (
            link.value,
            f"100 × Σ 权数 × 本期 ÷ 上年同期 = {said(link.value)}",
            f"100 × Σ weight × current ÷ last year = {said(link.value)}",
        )
    if row.stat == "real_link":
        price = 100 * link.value / (row.value or 1)
        return None, f"100 × {said(link.value)} ÷ 价格指数 {said(price)}", f"100 × {said(link.value)} ÷ price index {said(price)}"
    if row.stat in ("relative", "weight", "points"):
        value = {"relative": 100 * link.relatives[part], "weight": 100 * link.shares[part], "points": kept_points(link)[part]}[row.stat]
        words = {
            "relative": f"100 × {said(link.relatives[part])}",
            "weight": f"100 × {said(link.shares[part])}",
            "points": f"100 × {said(link.shares[part])} × ({said(link.relatives[part])} − 1)",
        }[row.stat]
        return value, words, words
    if trail.month.year - card["base_year"] == 1:
        return link.value, f"100 × {said(link.value)} ÷ 100", f"100 × {said(link.value)} ÷ 100"
    return None, f"上年同期指数 × {said(link.value)} ÷ 100", f"last year's index × {said(link.value)} ÷ 100"


def _city(row: Row) -> Row:
    from dataclasses import replace

    return replace(row, scope_kind="city", scope="city")


def _link(trail: Trail, row: Row, card: Card, year: int) -> tuple[list[Fact], Link | None]:
    """The closing year's link of a scope, from this year's facts of the members and the weighing year's December facts."""
    industry = {one["id"]: one["industry"] for one in trail.registry}
    parties = trail.members(card["roster"], row)
    facts = trail.facts(card["form"], [card["item"]], [row.period], as_reported="cumulative", parties=parties)
    now, last = present(facts), present(facts, "last_year_restated")
    sums: dict[str, tuple[int, int]] = {}
    for party in set(now) & set(last):
        before = sums.get(industry[party], (0, 0))
        sums[industry[party]] = (before[0] + now[party], before[1] + last[party])
    weights = {name: Fraction(*share) for name, share in card["weights"].items()}
    if not weights:
        december = f"{year - 1 if card['chained'] else card['base_year']}-01..12"
        weighing = trail.facts(card["form"], [card["weight"]], [december], as_reported="cumulative")
        weighing = [one for one in weighing if one["role"] == "value" and (row.scope_kind == "city" or one["unit"] == row.scope)]
        for one in weighing:
            if one["value"] is not None and not one["held"]:
                weights[one["industry"]] = weights.get(one["industry"], Fraction(0)) + one["value"]
        facts = [*facts, *weighing]
    return [one for one in facts if one["value"] is not None], link_of(sums, weights)
