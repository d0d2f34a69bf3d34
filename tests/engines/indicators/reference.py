"""Slow, obvious statistics on plain lists with Fractions: the second oracle. Shares no code with the engine but the windows' words."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

Facts = list[dict[str, Any]]


def valid(row: dict[str, Any], day: date) -> bool:
    since, until = row["valid_from"], row["valid_to"]
    return (since is None or since <= day) and (until is None or until >= day)


def roster(memberships: list[dict[str, Any]], parties: list[dict[str, Any]], name: str, day: date) -> dict[str, dict[str, Any]]:
    """The registry rows of the members on a day, by party."""
    on = {one["party"] for one in memberships if one["roster"] == name and valid(one, day)}
    return {one["id"]: one for one in parties if one["id"] in on and valid(one, day)}


def value(facts: Facts, party: str, period: str, role: str = "value", item: str = "output", as_reported: str = "cumulative") -> int | None:
    """What a party reported, or None: absent and held values alike."""
    for one in facts:
        if (one["party"], one["period"], one["role"], one["item"], one["as_reported"]) == (party, period, role, item, as_reported):
            return None if one["held"] else one["value"]
    return None


def scope_of(row: dict[str, Any], kind: str) -> str:
    return "city" if kind == "city" else row[kind]


def growth(place: Any, kind: str, period: str, end: date, year_before: str) -> dict[str, Any]:
    """By scope: Σc, Σb′, growth in percent (None when the base is not positive), n, due, covered."""
    found: dict[str, Any] = {}
    for party, row in roster(place.memberships, place.parties, "above_scale", end).items():
        scope = found.setdefault(scope_of(row, kind), {"current": 0, "base": 0, "n": 0, "due": 0, "weights": [], "here": []})
        current, base = value(place.facts, party, period), value(place.facts, party, period, "last_year_restated")
        stored = value(place.facts, party, year_before)
        weight = base if base is not None else stored
        scope["due"] += 1
        scope["weights"].append(weight)
        if current is not None and base is not None:
            scope["current"] += current
            scope["base"] += base
            scope["n"] += 1
            scope["here"].append(weight)
    for scope in found.values():
        scope["growth"] = Fraction(100 * (scope["current"] - scope["base"]), scope["base"]) if scope["n"] and scope["base"] > 0 else None
        known = all(weight is not None for weight in scope["weights"]) and sum(scope["weights"]) > 0
        scope["covered"] = Fraction(sum(scope["here"]), sum(scope["weights"])) if known else Fraction(scope["n"], scope["due"])
    return found


def bridge(place: Any, kind: str, period: str, end: date, year_before: str, end_before: date) -> dict[str, dict[str, int]]:
    """By scope the parts of Σ_K c − Σ_P0 b, party by party."""
    now = roster(place.memberships, place.parties, "above_scale", end)
    then = roster(place.memberships, place.parties, "above_scale", end_before)
    found: dict[str, dict[str, int]] = {}
    parts = ("growth", "restatement", "entry", "exits", "unreported", "total", "stored")
    for party in {*now, *then}:
        new = scope_of(now[party], kind) if party in now else None
        stored = value(place.facts, party, year_before) if party in then else None
        old = scope_of(then[party], kind) if stored is not None else None
        current, base = value(place.facts, party, period), value(place.facts, party, period, "last_year_restated")
        both = current is not None and base is not None
        if new is not None:
            line = found.setdefault(new, dict.fromkeys(parts, 0))
            if both:
                line["growth"] += current - base
                line["total"] += current
                if old == new:
                    line["restatement"] += base - stored
                else:
                    line["entry"] += base
            elif old == new:
                line["unreported"] += stored
        if old is not None:
            line = found.setdefault(old, dict.fromkeys(parts, 0))
            line["stored"] += stored
            if old != new:
                line["exits"] += stored
    return found


def coal(place: Any, day: date, sites: list[str]) -> tuple[dict[str, Fraction | str], Fraction | None]:
    """Days of each site (a fraction, 'stopped' or 'not_reported') and of the city on one day."""
    stock_sum, use_sum = 0, Fraction(0)
    found: dict[str, Fraction | str] = {}
    for site in sites:

        def of(item: str, at: date, site: str = site) -> int | None:
            return value(place.facts, site, at.isoformat(), item=item, as_reported="day")

        stock = next((of("closing", day - timedelta(n)) for n in range(4) if of("closing", day - timedelta(n)) is not None), None)
        week = [of("use", day - timedelta(n)) for n in range(7)]
        if stock is None or all(one is None for one in week):
            found[site] = "not_reported"
            continue
        if not any(one for one in week if one):
            found[site] = "stopped"
            continue
        burnt = [one for one in (of("use", day - timedelta(n)) for n in range(31)) if one][:7]
        mean = Fraction(sum(burnt), len(burnt))
        found[site] = stock / mean
        stock_sum += stock
        use_sum += mean
    return found, stock_sum / use_sum if use_sum else None
