"""The trace of `comparable_growth`: the enterprises' figures added up anew for growth, points, shares, quarters, estimates and every part of the bridge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from yunxing.engines.indicators.definition import CELL_MARK
from yunxing.engines.indicators.estimates import carried
from yunxing.engines.indicators.rows import Row
from yunxing.engines.indicators.statistic_growth import NAMES
from yunxing.engines.indicators.trail import Fact, Part, Traced, Trail, present, said
from yunxing.engines.indicators.window import cumulative_code, slot

ROLES = ("value", "last_year_restated")
FLAVOUR_OF = {stat: flavour for flavour, stats in NAMES.items() for stat in stats}
Card = Mapping[str, Any]


def growth_traced(trail: Trail, row: Row, card: Card) -> Traced:
    """Any figure of a growth indicator."""
    if row.stat.startswith("bridge_"):
        return _bridge(trail, row, card)
    if row.stat.startswith("estimate"):
        return _estimate(trail, row, card)
    flavour = FLAVOUR_OF.get(row.stat, "cumulative")
    if flavour == "month" and ".." not in row.period and row.period != trail.month.code:
        # the closed month keeps the reports of its own month; from those a sum of an earlier month would come out wrong
        return Traced(row, card, f"见 {row.period} 当月关账的追溯", f"traced in the closed month {row.period}", (), None)
    facts, pairs = _pairs(trail, row, card, flavour)
    return _figure(trail, row, card, flavour, facts, pairs)


@dataclass(frozen=True, slots=True)
class _Said:
    """A formula with its numbers, in both languages, and its value."""

    zh: str
    en: str
    value: Fraction | None


def _pairs(trail: Trail, row: Row, card: Card, flavour: str) -> tuple[list[Fact], dict[str, tuple[int, int]]]:
    """The facts behind a figure, and each enterprise's current and base."""
    parties = trail.members(card["roster"], row)
    here, before = cumulative_code(trail.month), cumulative_code(trail.month.previous())
    if flavour == "quarter":
        whole = slot(trail.month, jan_feb=False)
        assert whole is not None
        earlier = whole.quarter_before
        facts = trail.facts(
            card["form"], [card["item"]], [here, *([earlier] if earlier else [])], as_reported="cumulative", parties=parties
        )
        pairs = _differences(facts, here, earlier) if earlier else _both(facts)
    elif flavour == "month" and ".." not in row.period:
        facts = trail.facts(card["form"], [card["item"]], [here, before], as_reported="cumulative", parties=parties)
        facts += trail.facts(card["form"], [card["item"]], [row.period], as_reported="month", parties=parties)
        pairs = _months(facts, here, before)
    else:
        facts = trail.facts(card["form"], [card["item"]], [row.period], as_reported="cumulative", parties=parties)
        pairs = _both(facts)
    kept = [one for one in facts if one["party"] in pairs and one["role"] in ROLES]
    return kept, pairs


def _both(facts: Iterable[Fact]) -> dict[str, tuple[int, int]]:
    facts = list(facts)
    now, last = present(facts), present(facts, "last_year_restated")
    return {party: (now[party], last[party]) for party in now if party in last}


def _differences(facts: Iterable[Fact], here: str, before: str) -> dict[str, tuple[int, int]]:
    """Each party's difference of two cumulative reports, in both roles; none across two bases."""
    at = {(one["party"], one["role"], one["period"]): one for one in facts if one["value"] is not None and not one["held"]}
    found = {}
    for party in {party for party, _, _ in at}:
        sides = [(at.get((party, role, here)), at.get((party, role, before))) for role in ROLES]
        if all(now and then and now["basis"] == then["basis"] for now, then in sides):
            (now, then), (last, earlier) = sides
            assert now is not None
            assert then is not None
            assert last is not None
            assert earlier is not None
            found[party] = (now["value"] - then["value"], last["value"] - earlier["value"])
    return found


def _months(facts: list[Fact], here: str, before: str) -> dict[str, tuple[int, int]]:
    """Each party's month and last year's month: the difference of two cumulative reports on one basis, else the months it reported."""
    found = _differences([one for one in facts if one["as_reported"] == "cumulative"], here, before)
    monthly = _both(one for one in facts if one["as_reported"] == "month")
    return {**monthly, **found}


def _figure(trail: Trail, row: Row, card: Card, flavour: str, facts: list[Fact], pairs: Mapping[str, tuple[int, int]]) -> Traced:
    current, base = sum(one for one, _ in pairs.values()), sum(one for _, one in pairs.values())
    total_name, base_name, growth_name, points_name, share_name, gap_name = NAMES[flavour]
    count = len(pairs)
    parts: tuple[Part, ...] = ()
    if row.stat == growth_name:
        value = Fraction(100 * (current - base), base) if base > 0 and current >= 0 else None
        told = _Said(
            f"100 ×（{said(current)} − {said(base)}）÷ {said(base)}", f"100 × ({said(current)} − {said(base)}) ÷ {said(base)}", value
        )
        parts = _points(pairs, base)
    elif row.stat == total_name:
        told = _Said(f"{count} 户合计 {said(current)}", f"sum over {count} enterprises: {said(current)}", Fraction(current))
    elif row.stat == base_name:
        told = _Said(f"{count} 户上年同期合计 {said(base)}", f"last year's sum over {count} enterprises: {said(base)}", Fraction(base))
    elif row.stat == gap_name:
        told = _unexplained(trail, row, growth_name, current, base)
    else:
        told = _of_city(trail, row, row.stat == points_name, (current, base), (total_name, base_name))
        parts = _points(pairs, base) if row.stat == points_name else ()
    assert row.stat in (growth_name, total_name, base_name, points_name, share_name, gap_name)
    return Traced(row, card, told.zh, told.en, tuple(facts), told.value if row.value is not None else None, parts)


def _points(pairs: Mapping[str, tuple[int, int]], base: int) -> tuple[Part, ...]:
    """Each enterprise's points of the scope's own growth, the lowest first; they add to it exactly."""
    if base <= 0:
        return ()
    lines = [Part(party, Fraction(100 * (now - last), base), "points2", party) for party, (now, last) in pairs.items()]
    return tuple(sorted(lines, key=lambda one: (one.value or 0, one.party)))


def _of_city(trail: Trail, row: Row, points: bool, mine: tuple[int, int], names: tuple[str, str]) -> _Said:
    """Points to the city's growth, or the share of it."""
    current, base = mine
    city = f"{row.indicator}/city/city/{row.period}/"
    city_current, city_base = trail.row(city + names[0]).num or 0, trail.row(city + names[1]).num or 0
    if points:
        return _Said(
            f"100 ×（{said(current)} − {said(base)}）÷ 全市上年同期 {said(city_base)}",
            f"100 × ({said(current)} − {said(base)}) ÷ {said(city_base)}, the city's base",
            Fraction(100 * (current - base), city_base),
        )
    grown = city_current - city_base
    return _Said(
        f"100 ×（{said(current)} − {said(base)}）÷ 全市增量 {said(grown)}",
        f"100 × ({said(current)} − {said(base)}) ÷ {said(grown)}, the city's increase",
        Fraction(100 * (current - base), grown) if grown else None,
    )


def _unexplained(trail: Trail, row: Row, growth_name: str, current: int, base: int) -> _Said:
    published = trail.beside(row, growth_name).published or 0
    value = Fraction(published, 100) - Fraction(100 * (current - base), base)
    return _Said(
        f"公布 {said(Fraction(published, 100))} − 企业数据 100 ×（{said(current)} − {said(base)}）÷ {said(base)}",
        f"published {said(Fraction(published, 100))} − from enterprises 100 × ({said(current)} − {said(base)}) ÷ {said(base)}",
        value,
    )


def _year_before(trail: Trail) -> str:
    return cumulative_code(trail.month.year_before())


PARTS_ZH = {
    "growth": "本期与上年同期（企业重报）之差",
    "restatement": "上年同期数的重报",
    "entry": "新进企业的上年同期数",
    "exits": "退出企业的上年数",
    "unreported": "未报企业的上年数",
    "total": "本期合计",
    "stored": "上年公布的合计",
}
PARTS_EN = {
    "growth": "this year less last year as restated",
    "restatement": "last year restated",
    "entry": "last year of those that entered",
    "exits": "last year of those that left",
    "unreported": "last year of those that did not report",
    "total": "this year's total",
    "stored": "last year's total as stored",
}


def _bridge(trail: Trail, row: Row, card: Card) -> Traced:
    """A part of the bridge, enterprise by enterprise: who entered, left, was restated, did not report. The two panels lie in the month's `panel` table."""
    part = row.stat.removeprefix("bridge_")
    then = _year_before(trail)
    facts = trail.facts(card["form"], [card["item"]], [row.period, then], as_reported="cumulative")
    now = {role: present((one for one in facts if one["period"] == row.period), role) for role in ROLES}
    stored = present(one for one in facts if one["period"] == then)
    lines: dict[str, int] = {}
    for one in trail.source.table("panel").to_pylist():
        if one["roster"] != card["roster"]:
            continue
        party = one["party"]
        here, there = _at(one, row, ""), _at(one, row, "_before") and party in stored
        both = party in now["value"] and party in now["last_year_restated"]
        amount = _line(
            part, here, there, (now["value"].get(party, 0), now["last_year_restated"].get(party, 0), stored.get(party, 0)), both=both
        )
        if amount is not None:
            lines[party] = amount
    parts = tuple(
        Part(party, Fraction(value), row.unit, party) for party, value in sorted(lines.items(), key=lambda one: (-abs(one[1]), one[0]))
    )
    total = sum(lines.values())
    behind = tuple(one for one in facts if one["party"] in lines and one["role"] in ROLES)
    zh, en = f"{len(lines)} 户{PARTS_ZH[part]}合计 {said(total)}", f"{PARTS_EN[part]}, {len(lines)} enterprises: {said(total)}"
    return Traced(row, card, zh, en, behind, Fraction(total), parts)


def _at(one: Mapping[str, Any], row: Row, suffix: str) -> bool:
    """Whether the panel's line stands in the row's scope, now or a year before."""
    unit, industry = one[f"unit{suffix}"], one[f"industry{suffix}"]
    if unit is None:
        return False
    return (
        row.scope_kind == "city"
        or {"unit": unit, "industry": industry, "cell": f"{unit}{CELL_MARK}{industry}"}.get(row.scope_kind) == row.scope
    )


def _line(part: str, here: bool, there: bool, figures: tuple[int, int, int], *, both: bool) -> int | None:
    """What one enterprise puts into a part of the bridge; None when it has no part in it."""
    current, base, stored = figures
    rules: dict[str, tuple[bool, int]] = {
        "growth": (here and both, current - base),
        "total": (here and both, current),
        "restatement": (here and both and there, base - stored),
        "entry": (here and both and not there, base),
        "unreported": (here and not both and there, stored),
        "exits": (there and not here, stored),
        "stored": (there, stored),
    }
    counts, amount = rules[part]
    return amount if counts else None


def _estimate(trail: Trail, row: Row, card: Card) -> Traced:
    """The estimate for late reporters: each one's last year carried on at the pace of its report before."""
    before, then = cumulative_code(trail.month.previous()), _year_before(trail)
    parties = trail.members(card["roster"], row)
    facts = trail.facts(card["form"], [card["item"]], [row.period, before, then], as_reported="cumulative", parties=parties)

    def of(period: str, role: str = "value") -> dict[str, int]:
        return present((one for one in facts if one["period"] == period), role)

    now, stored, last, last_base = of(row.period), of(then), of(before), of(before, "last_year_restated")
    late = [
        party
        for party in sorted(parties)
        if party not in now and stored.get(party, 0) > 0 and party in last and last_base.get(party, 0) > 0
    ]
    lines = {party: carried(stored[party], last[party], last_base[party]) for party in late}
    base = sum(stored[party] for party in late)
    pairs = _both(one for one in facts if one["period"] == row.period)
    all_current = sum(one for one, _ in pairs.values()) + sum(lines.values())
    all_base = sum(one for _, one in pairs.values()) + base
    value = {
        "estimate_firms": lambda: Fraction(len(lines)),
        "estimate": lambda: Fraction(sum(lines.values())),
        "estimate_base": lambda: Fraction(base),
        "estimate_points": lambda: Fraction(100 * (sum(lines.values()) - base), all_base),
        "estimated_yoy": lambda: Fraction(100 * (all_current - all_base), all_base),
    }[row.stat]()
    zh = f"{len(lines)} 户未报企业：上年数 × 上期累计 ÷ 上期上年同期，合计 {said(sum(lines.values()))}"
    en = f"{len(lines)} late reporters: last year × cumulative ÷ last year's of the report before, together {said(sum(lines.values()))}"
    parts = tuple(Part(party, Fraction(one), card["unit"], party) for party, one in lines.items())
    return Traced(row, card, zh, en, tuple(one for one in facts if one["party"] in lines), value, parts)


Tracer = Callable[[Trail, Row, Card], Traced]
