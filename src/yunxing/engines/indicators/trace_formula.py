"""The trace of a `formula` figure: its terms taken again from the closed month's facts in plain Python, one row after the other, and put into the formula.

This shares the arithmetic and the periods with the statistic, and nothing of how rows are laid and terms are taken: it is the slow twin that every closed figure is held against.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from yunxing.engines.indicators.formula import LAST_YEAR, REGISTRY, Lost, evaluate, names
from yunxing.engines.indicators.rows import Row
from yunxing.engines.indicators.statistic_formula import kind_of
from yunxing.values.period import parse_period
from yunxing.values.quantity import Comparator, holds

Fact = Mapping[str, Any]
Wide = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Piece:
    """One term of a figure: its name, its exact value or None, and the facts it stands on."""

    name: str
    value: int | None
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What the terms of one figure are taken from: its card and row, the form's facts in the closed month, the parties of the roster by id (all parties without one), the single
    periods of the year so far, and the terms of every card that reads the same form and roster.
    """

    card: Mapping[str, Any]
    row: Row
    facts: Sequence[Fact]
    registry: Mapping[str, Mapping[str, Any]]
    reports: Sequence[str]
    terms: Sequence[Mapping[str, Any]]


def pieces(ground: Ground) -> list[Piece]:
    """The terms of the figure."""
    formula = next(one["formula"] for one in ground.card["figures"] if one["stat"] == ground.row.stat)
    wanted = names(formula)
    return [_piece(term, ground) for term in ground.card["terms"] if term["name"] in wanted]


def recomputed(card: Mapping[str, Any], row: Row, found: Iterable[Piece]) -> Fraction | None:
    """The figure from its terms; None where it has no value."""
    formula = next(one["formula"] for one in card["figures"] if one["stat"] == row.stat)
    value = evaluate(formula, {one.name: one.value for one in found})
    return None if isinstance(value, Lost) else value.fitted()[0].value


def _piece(term: Mapping[str, Any], ground: Ground) -> Piece:
    row, registry = ground.row, ground.registry
    items = _asked(term)
    rostered = bool(ground.card["roster"])
    chosen = [
        one for one in ground.facts if _serves(term["over"], one, row, ground.reports) and _in_scope(one, row, registry, roster=rostered)
    ]
    # a row is a party's report: it is there where any item is that some card reads of it, this term's or not
    like = _items(one for one in ground.terms if kind_of(one["over"]) == kind_of(term["over"]))
    rows: dict[tuple[str, str], Wide] = {(one["party"], _at(term["over"], one)): {} for one in chosen if one["item"] in like}
    used: dict[tuple[str, str], list[Fact]] = {}
    for item in items:
        if item.startswith(REGISTRY):
            continue
        mine = [one for one in chosen if _is(item, one)]
        kind = term["reads"][item.removesuffix(LAST_YEAR)]
        for one in mine:
            if one["as_reported"] == kind or (kind == "month" and one["as_reported"] == "cumulative" and _first(one)):
                key = (one["party"], _at(term["over"], one))
                rows.setdefault(key, {})[item] = None if one["held"] else one["value"]
                used.setdefault(key, []).append(one)
    for (party, _), wide in rows.items():
        for item in items:
            if item.startswith(REGISTRY):
                wide[item] = registry.get(base(party), {}).get(item.removeprefix(REGISTRY))
    if term["over"] == "last_day":
        newest: dict[str, str] = {}
        for party, at in rows:
            newest[party] = max(at, newest.get(party, ""))
        rows = {key: wide for key, wide in rows.items() if newest[key[0]] == key[1]}
    kept = {key: wide for key, wide in rows.items() if not term["detail"] or detail(key[0]) in term["detail"]}
    value, behind = _take(term, kept)
    return Piece(term["name"], value, tuple(one for key in behind for one in used.get(key, ())))


def _asked(term: Mapping[str, Any]) -> list[str]:
    """Every item the term reads."""
    named = [term["item"], term["times"], *term["needs"], *(one[side] for one in term["where"] for side in ("item", "than"))]
    return [one for one in dict.fromkeys(named) if one]


def _items(terms: Iterable[Mapping[str, Any]]) -> set[str]:
    return {item.removesuffix(LAST_YEAR) for one in terms for item in _asked(one)}


def _take(term: Mapping[str, Any], rows: Mapping[tuple[str, str], Wide]) -> tuple[int | None, list[tuple[str, str]]]:
    there, here, amounts = False, [], []
    for key, wide in rows.items():
        amount: int | None = wide.get(term["item"]) if term["item"] else 1
        if amount is None and term["blank_is_zero"]:
            amount = 0
        weight = wide.get(term["times"]) if term["times"] else 1
        if amount is None or weight is None or any(wide.get(one) is None for one in term["needs"]):
            continue
        there = True
        if all(_meets(wide, one) for one in term["where"]):
            here.append(key)
            amounts.append(amount * weight)
    match term["take"]:
        case "sum":
            return (sum(amounts) if there else None), here
        case "count":
            return (len(here) if there else None), here
        case "distinct":
            return (len({base(party) for party, _ in here}) if there else None), here
        case "least":
            return min(amounts, default=None), here
        case "most":
            return max(amounts, default=None), here
    raise AssertionError(term["take"])


def _meets(wide: Wide, condition: Mapping[str, Any]) -> bool:
    left = wide.get(condition["item"])
    right = wide.get(condition["than"]) if condition["than"] else condition["value"]
    return left is not None and right is not None and holds(left, Comparator(condition["comparator"]), right)


def base(party: str) -> str:
    """The party before the second key.

    >>> base("F1/welder"), detail("F1/welder"), detail("F1")
    ('F1', 'welder', '')
    """
    return party.partition("/")[0]


def detail(party: str) -> str:
    """The second key, empty when there is none."""
    return party.partition("/")[2]


def _is(item: str, fact: Fact) -> bool:
    role = "last_year_restated" if item.endswith(LAST_YEAR) else "value"
    return bool(fact["item"] == item.removesuffix(LAST_YEAR) and fact["role"] == role)


def _first(fact: Fact) -> bool:
    period = parse_period(fact["period"])
    return period.start.month == 1 and period.end.month <= 2


def _at(over: str, fact: Fact) -> str:
    """Which row of a party the fact belongs to: one for a report, one a day, one a month of the year."""
    return "" if over in ("month", "cumulative") else str(fact["period"])


def _serves(over: str, fact: Fact, row: Row, reports: Sequence[str]) -> bool:
    """Whether the fact's period is one the term reads for the figure's own period."""
    end, period = parse_period(row.period).end, parse_period(fact["period"])
    match over:
        case "days" | "last_day":
            return period.kind == "day" and (period.end.year, period.end.month) == (end.year, end.month)
        case "year":
            return fact["period"] in reports
        case "events":
            return bool(fact["as_reported"] == "event" and period.end.year == end.year and period.end <= end)
        case _:
            return (
                period.kind != "day"
                and period.end == end
                and (period.kind == "cumulative" or period.start.month == end.month or _january(period.start, end))
            )


def _january(start: date, end: date) -> bool:
    return start.month == 1 and end.month <= 2


def _in_scope(fact: Fact, row: Row, registry: Mapping[str, Mapping[str, Any]], *, roster: bool) -> bool:
    party = base(fact["party"])
    if roster and party not in registry:
        return False
    if row.scope_kind == "city":
        return True
    if row.scope_kind == "party":
        return party == row.scope
    if row.scope_kind == "detail":
        return detail(fact["party"]) == row.scope
    place = registry[party] if roster else fact
    return bool(place[row.scope_kind] == row.scope)
