"""The checks said again in plain loops, to hold the columnar ones against. Slow on purpose; one fact is one dictionary."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from statistics import median
from typing import Any

from yunxing.engines.facts.form import Check, Form
from yunxing.engines.facts.units import unit_of

Fact = dict[str, Any]
Hit = tuple[int, int, str]  # row, column, rule


def month(fact: Fact) -> int:
    period = fact["period"]
    last = period[-2:] if ".." in period else period[5:7]
    return int(period[:4]) * 12 + int(last) - 1


def months_held(fact: Fact) -> int:
    if fact["as_reported"] == "cumulative":
        return month(fact) % 12 + 1
    return 2 if ".." in fact["period"] else 1


def per(form: Form, item: str) -> int:
    unit = unit_of(form.item(item).unit)
    assert unit is not None
    return unit.per


def find_slowly(form: Form, rows: list[Fact], prior: list[Fact]) -> set[Hit]:
    rows = [fact for fact in rows if fact["value"] is not None]
    prior = [fact for fact in prior if fact["value"] is not None and not fact["held"] and fact["role"] == "value"]
    hits = {
        (f["row"], f["col"], "negative")
        for f in rows
        if form.item(f["item"]).numeric and not form.item(f["item"]).may_be_negative and f["value"] < 0
    }
    hits |= set(_ranges(form, rows))
    slips = set(_slips(form, rows, prior))
    slipped = {row for row, _, _ in slips}
    sound = [fact for fact in rows if fact["row"] not in slipped]
    hits |= slips | set(_falls(form, sound, prior)) | set(_stale(form, sound, prior))
    hits |= set(_growth(form, sound, prior)) | set(_zeros(form, sound, prior))
    for check in form.checks:
        hits |= set(RELATIONS[check.kind](form, check, sound, prior))
    return hits


def _ranges(form: Form, rows: list[Fact]) -> Iterator[Hit]:
    for fact in rows:
        item = form.item(fact["item"])
        if not item.numeric:
            continue
        value = Fraction(fact["value"], per(form, item.id))
        low, high = (None if bound is None else Fraction(bound) for bound in (item.low, item.high))
        outside = (low is not None and value < low) or (high is not None and value > high)
        if outside and (value >= 0 or item.may_be_negative):
            yield fact["row"], fact["col"], "out_of_range"


def _same(a: Fact, b: Fact) -> bool:
    return (a["party"], a["item"], a["as_reported"]) == (b["party"], b["item"], b["as_reported"])


def _slips(form: Form, rows: list[Fact], prior: list[Fact]) -> Iterator[Hit]:
    firsts = [month(fact) for fact in rows]
    for fact in rows:
        if not form.item(fact["item"]).unit_slip_holds or fact["role"] != "value" or fact["value"] <= 0:
            continue
        past = [
            p["value"] / months_held(p) for p in prior if _same(p, fact) and p["value"] > 0 and min(firsts) - 12 <= month(p) < min(firsts)
        ]
        if not past:
            continue
        ratio = fact["value"] / months_held(fact) / median(past)
        for factor, low, high in ((10, 0.85, 1.15), (100, 0.85, 1.15), (10_000, 0.2, 5.0)):
            slip = low <= ratio / factor <= high or low <= ratio * factor <= high
            if slip and (factor == 10_000 or (len(past) >= 3 and not fact["cause"])):
                yield fact["row"], fact["col"], "unit_slip"


def _falls(form: Form, rows: list[Fact], prior: list[Fact]) -> Iterator[Hit]:
    for fact in rows:
        item = form.item(fact["item"])
        if fact["role"] != "value" or fact["as_reported"] != "cumulative" or item.may_fall or not item.numeric:
            continue
        past = [p for p in prior if _same(p, fact) and p["period"][:4] == fact["period"][:4] and month(p) < month(fact)]
        if past and fact["value"] < max(past, key=month)["value"]:
            yield fact["row"], fact["col"], "falls"


def _stale(form: Form, rows: list[Fact], prior: list[Fact]) -> Iterator[Hit]:
    for fact in rows:
        if (
            fact["role"] != "value"
            or fact["as_reported"] != "month"
            or not form.item(fact["item"]).stale_warns
            or not fact["value"]
            or fact["cause"]
        ):
            continue
        for rule, back in (("stale", 1), ("copy_of_last_year", 12)):
            for p in prior:
                if (
                    _same(p, fact)
                    and month(p) == month(fact) - back
                    and months_held(p) == months_held(fact)
                    and p["value"] == fact["value"]
                ):
                    yield fact["row"], fact["col"], rule


def _difference(form: Form, check: Check, rows: list[Fact], prior: list[Fact]) -> Iterator[Hit]:
    for fact in rows:
        if fact["item"] not in check.items or fact["role"] != "value" or fact["as_reported"] != "month":
            continue
        totals = [
            f
            for f in rows
            if f["row"] == fact["row"] and f["item"] == fact["item"] and f["role"] == "value" and f["as_reported"] == "cumulative"
        ]
        if not totals:
            continue
        total = totals[0]
        last = 0
        if month(fact) % 12:
            before = [p for p in prior if _same(p, total) and month(p) == month(fact) - 1 and p["basis"] == total["basis"]]
            if not before:
                continue
            last = before[0]["value"]
        derived = total["value"] - last
        gap = abs(derived - fact["value"])
        if gap > check.tolerance * max(abs(derived), abs(fact["value"])) and gap > Fraction(check.least) * per(form, fact["item"]):
            yield fact["row"], fact["col"], "difference"


def _carry(form: Form, check: Check, rows: list[Fact], prior: list[Fact]) -> Iterator[Hit]:
    opening, closing = check.items
    closings = {(f["party"], f["period"]): f["value"] for f in [*prior, *rows] if f["item"] == closing}
    for fact in rows:
        if fact["item"] != opening:
            continue
        yesterday = (date.fromisoformat(fact["period"]) - timedelta(days=1)).isoformat()
        last = closings.get((fact["party"], yesterday))
        if last is not None:
            allowed = max(Fraction(check.least) * per(form, opening), check.tolerance * abs(last))
            if abs(fact["value"] - last) > allowed:
                yield fact["row"], fact["col"], "carry"


def _balance(form: Form, check: Check, rows: list[Fact], _: list[Fact]) -> Iterator[Hit]:
    for number in sorted({fact["row"] for fact in rows}):
        cells = {fact["item"]: fact for fact in rows if fact["row"] == number}
        if any(form.item(item).required and item not in cells for item in check.items):
            continue
        gap = sum(sign * cells[item]["value"] for item, sign in zip(check.items, check.signs, strict=True) if item in cells)
        allowed = max(Fraction(check.least) * per(form, check.items[0]), check.tolerance * abs(cells[check.items[0]]["value"]))
        if abs(gap) > allowed:
            yield number, cells[check.items[-1]]["col"], "balance"


def _not_above(_: Form, check: Check, rows: list[Fact], __: list[Fact]) -> Iterator[Hit]:
    part, whole = check.items
    for fact in rows:
        if fact["item"] != part or fact["role"] != "value":
            continue
        for other in rows:
            if (
                other["row"] == fact["row"]
                and other["item"] == whole
                and other["as_reported"] == fact["as_reported"]
                and fact["value"] > other["value"]
            ):
                yield fact["row"], fact["col"], "not_above"


def _row(rows: list[Fact], like: Fact, *, same_kind: bool = True) -> dict[str, Fact]:
    """The reported values beside a fact, by item."""
    return {
        f["item"]: f
        for f in rows
        if f["row"] == like["row"] and f["role"] == "value" and (not same_kind or f["as_reported"] == like["as_reported"])
    }


def _parts(form: Form, check: Check, rows: list[Fact], *, equal: bool) -> Iterator[Hit]:
    whole, *parts = check.items
    for fact in rows:
        if fact["item"] != whole or fact["role"] != "value":
            continue
        beside = {item: f for item, f in _row(rows, fact).items() if item in parts}
        needed = len([part for part in parts if form.item(part).required]) if equal else 1
        if len(beside) < needed:
            continue
        gap = sum(f["value"] for f in beside.values()) - fact["value"]
        allowed = max(Fraction(check.least) * per(form, whole), check.tolerance * abs(fact["value"]))
        if (abs(gap) if equal else gap) > allowed:
            yield fact["row"], fact["col"], check.kind


def _parts_make(form: Form, check: Check, rows: list[Fact], _: list[Fact]) -> Iterator[Hit]:
    yield from _parts(form, check, rows, equal=True)


def _parts_within(form: Form, check: Check, rows: list[Fact], _: list[Fact]) -> Iterator[Hit]:
    yield from _parts(form, check, rows, equal=False)


def _total(form: Form, check: Check, rows: list[Fact], _: list[Fact]) -> Iterator[Hit]:
    for fact in rows:
        if fact["item"] != check.items[0] or fact["role"] != "value":
            continue
        beside = {item: f for item, f in _row(rows, fact).items() if item in check.items}
        if len(beside) < len([item for item in check.items if form.item(item).required]):
            continue
        made = Fraction(sum(f["value"] for f in beside.values()), per(form, check.items[0]))
        if (check.low is not None and made < Fraction(check.low)) or (check.high is not None and made > Fraction(check.high)):
            yield fact["row"], fact["col"], "total"


def _quotient(form: Form, check: Check, rows: list[Fact], _: list[Fact]) -> Iterator[Hit]:
    result, over, under = check.items
    for fact in rows:
        if fact["item"] != result or fact["role"] != "value":
            continue
        beside = _row(rows, fact, same_kind=False)
        if over not in beside or under not in beside or not beside[under]["value"]:
            continue
        top, bottom = (Fraction(beside[item]["value"], per(form, item)) for item in (over, under))
        exact = check.scale * top / bottom
        gap = abs(Fraction(fact["value"], per(form, result)) - exact)
        if gap > check.tolerance * abs(exact) and gap > Fraction(check.least):
            yield fact["row"], fact["col"], "quotient"


def _ratio(form: Form, check: Check, rows: list[Fact], prior: list[Fact]) -> Iterator[Hit]:
    over, under = check.items
    firsts = [
        month(f)
        for f in rows
        if f["item"] == over and f["role"] == "value" and f["value"] > 0 and _row(rows, f).get(under, {"value": 0})["value"] > 0
    ]
    for fact in rows:
        below = _row(rows, fact).get(under)
        if fact["item"] != over or fact["role"] != "value" or fact["value"] <= 0 or below is None or below["value"] <= 0 or fact["cause"]:
            continue
        past = [
            p["value"] / q["value"]
            for p in prior
            for q in prior
            if _same(p, fact) and (q["party"], q["item"], q["as_reported"], month(q)) == (p["party"], under, p["as_reported"], month(p))
            if p["value"] > 0 and q["value"] > 0 and min(firsts) - 12 <= month(p) < min(firsts)
        ]
        if len(past) >= 3:
            times = fact["value"] / below["value"] / median(past)
            if times > check.band or times * check.band < 1:
                yield fact["row"], fact["col"], "ratio"


def _growth(form: Form, rows: list[Fact], prior: list[Fact]) -> Iterator[Hit]:
    for item in form.items:
        if not item.growth_warns:
            continue
        asked = [
            f
            for f in rows
            if f["item"] == item.id and f["as_reported"] == item.reported[0] and f["role"] == "value" and f["value"] > 0 and not f["cause"]
        ]
        for fact in asked:
            first = min(month(f) for f in asked)
            past = [
                math.log(p["value"] / months_held(p)) for p in prior if _same(p, fact) and p["value"] > 0 and first - 12 <= month(p) < first
            ]
            if len(past) >= 6:
                middle = median(past)
                spread = max(1.4826 * median(abs(one - middle) for one in past), 0.15)
                if abs(math.log(fact["value"] / months_held(fact)) - middle) > 5 * spread:
                    yield fact["row"], fact["col"], "growth"
                continue
            for last in rows:
                same = (last["row"], last["item"], last["as_reported"]) == (fact["row"], fact["item"], fact["as_reported"])
                if (
                    same
                    and last["role"] == "last_year_restated"
                    and last["value"] > 0
                    and abs(fact["value"] - last["value"]) * 2 > last["value"]
                ):
                    yield fact["row"], fact["col"], "growth"


def _zeros(form: Form, rows: list[Fact], prior: list[Fact]) -> Iterator[Hit]:
    for fact in rows:
        item = form.item(fact["item"])
        if not item.growth_warns or fact["role"] != "value" or fact["as_reported"] != "month" or fact["value"] or fact["cause"]:
            continue
        begins = month(fact) - months_held(fact) + 1
        if any(_same(p, fact) and p["value"] and month(p) == begins - 1 for p in prior):
            yield fact["row"], fact["col"], "zero"


RELATIONS = {
    "difference": _difference,
    "carry": _carry,
    "balance": _balance,
    "not_above": _not_above,
    "parts_make": _parts_make,
    "parts_within": _parts_within,
    "total": _total,
    "quotient": _quotient,
    "ratio": _ratio,
    "within_registry": lambda _form, _check, _sound, _prior: (),  # no registry is given here; tests of its own hold it
}
