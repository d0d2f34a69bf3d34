"""From a printed figure back to the cells: its definition, the formula with the numbers put in, and the facts, added up anew.

`figure(source, row id)` reads one closed month. What it says is computed from the facts it lists, in plain Python that shares nothing with the statistics: `recomputed` must
equal the row. Figures of earlier periods are traced in the months that closed them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Protocol

from yunxing.engines.indicators.definition import CELL_MARK
from yunxing.engines.indicators.rows import Row, row_from
from yunxing.engines.indicators.window import cumulative_code
from yunxing.values.errors import BadInput
from yunxing.values.period import day_number, parse_month
from yunxing.values.quantity import format_number

Fact = dict[str, Any]
ROLES = ("value", "last_year_restated")
RATE_STATS = {"cumulative_yoy": "cumulative", "yoy": "month", "cumulative_points": "cumulative", "points": "month"}


class Source(Protocol):
    """A closed month: `io.snapshots.Snapshot` is one."""

    @property
    def month(self) -> str:
        """The month's code."""

    @property
    def definitions(self) -> list[dict[str, Any]]:
        """The cards of the indicators."""

    def table(self, name: str) -> Any:
        """A table of the closed month as Arrow."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A figure and where it comes from. `recomputed` is its value from `facts` alone; None where it has no value or stands on other figures (then `facts` is theirs)."""

    row: Row
    card: Mapping[str, Any]
    formula_zh: str
    formula_en: str
    facts: tuple[Fact, ...]
    recomputed: Fraction | None

    @property
    def cells(self) -> tuple[tuple[str, str, str], ...]:
        """Where the facts stood: (submission, sheet, cell)."""
        return tuple((one["submission"], one["sheet"], one["cell"]) for one in self.facts)


def figure(source: Source, row_id: str) -> Traced:
    """The trace of one figure. BadInput when the month has no row of that id."""
    trail = _Trail(source)
    row = trail.row(row_id)
    card = next((one for one in source.definitions if one["id"] == row.indicator), None)
    if card is None:
        raise BadInput(f"the closed month {source.month} has no definition of the indicator {row.indicator!r}")
    return TRACERS[card["statistic"]](trail, row, card)


class _Trail:
    """What the tracers look things up in."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.month = parse_month(source.month)

    def row(self, row_id: str) -> Row:
        import pyarrow.compute as pc

        table = self.source.table("indicators")
        parts = row_id.split("/")
        names = ("indicator", "scope_kind", "scope", "period", "stat")
        if len(parts) == len(names):
            for name, part in zip(names, parts, strict=True):
                table = table.filter(pc.equal(table[name], part))
            if table.num_rows:
                return row_from(table.to_pylist()[0])
        raise BadInput(
            f"the closed month {self.source.month} has no figure {row_id!r}; a figure is named indicator/scope_kind/scope/period/stat"
        )

    def members(self, roster: str, row: Row) -> set[str]:
        """The members of the roster at the month's end that lie in the row's scope."""
        found = set()
        for one in self.source.table("registry").to_pylist():
            places = {
                "unit": one["unit"],
                "industry": one["industry"],
                "party": one["id"],
                "cell": one["unit"] + CELL_MARK + one["industry"],
            }
            if roster in one["rosters"].split(",") and (row.scope_kind == "city" or places[row.scope_kind] == row.scope):
                found.add(one["id"])
        return found

    def facts(
        self, form: str, items: Iterable[str], periods: Iterable[str], *, as_reported: str = "", parties: set[str] | None = None
    ) -> list[Fact]:
        """The facts of those items and periods, as rows."""
        import pyarrow.compute as pc

        table = self.source.table("facts")
        keep = pc.and_(
            pc.equal(table["form"], form), pc.and_(pc.is_in(table["item"], _array(items)), pc.is_in(table["period"], _array(periods)))
        )
        if as_reported:
            keep = pc.and_(keep, pc.equal(table["as_reported"], as_reported))
        found: list[Fact] = table.filter(keep).to_pylist()
        return [one for one in found if parties is None or one["party"] in parties]


def _array(values: Iterable[str]) -> Any:
    import pyarrow as pa

    return pa.array(sorted(set(values)), pa.string())


def _present(facts: Iterable[Fact], role: str = "value") -> dict[str, int]:
    """Party → value, held and absent ones left out."""
    return {one["party"]: one["value"] for one in facts if one["role"] == role and one["value"] is not None and not one["held"]}


def _said(number: Fraction | int) -> str:
    return format_number(Fraction(number), 0 if Fraction(number).denominator == 1 else 4)


def _growth(trail: _Trail, row: Row, card: Mapping[str, Any]) -> Traced:
    flavour = RATE_STATS.get(row.stat, "month" if row.stat in ("value", "base") else "cumulative")
    if flavour == "month" and ".." not in row.period and row.period != trail.month.code:
        # the closed month keeps the reports of its own month; from those a sum of an earlier month would come out wrong
        return Traced(row, card, f"见 {row.period} 当月关账的追溯", f"traced in the closed month {row.period}", (), None)
    parties = trail.members(card["roster"], row)
    facts = trail.facts(card["form"], [card["item"]], [row.period], parties=parties)
    facts = [one for one in facts if one["role"] in ("value", "last_year_restated") and one["as_reported"] == "cumulative"]
    if flavour == "month" and ".." not in row.period:
        before = cumulative_code(trail.month.previous())
        facts = trail.facts(card["form"], [card["item"]], [cumulative_code(trail.month), before], as_reported="cumulative", parties=parties)
        facts += trail.facts(card["form"], [card["item"]], [row.period], as_reported="month", parties=parties)
        pairs = _months(facts, cumulative_code(trail.month), before)
    else:
        now, last = _present(facts), _present(facts, "last_year_restated")
        pairs = {party: (now[party], last[party]) for party in now if party in last}
    current, base = sum(one for one, _ in pairs.values()), sum(one for _, one in pairs.values())
    facts = [one for one in facts if one["party"] in pairs]
    zh, en = f"100 ×（{_said(current)} − {_said(base)}）÷ {_said(base)}", f"100 × ({_said(current)} − {_said(base)}) ÷ {_said(base)}"
    value: Fraction | None = None
    match row.stat:
        case "cumulative_yoy" | "yoy":
            value = Fraction(100 * (current - base), base) if base > 0 else None
        case "cumulative" | "value":
            value, zh, en = (
                Fraction(current),
                f"{len(pairs)} 户合计 {_said(current)}",
                f"sum over {len(pairs)} enterprises: {_said(current)}",
            )
        case "cumulative_base" | "base":
            value, zh, en = (
                Fraction(base),
                f"{len(pairs)} 户上年同期合计 {_said(base)}",
                f"last year's sum over {len(pairs)} enterprises: {_said(base)}",
            )
        case "cumulative_points" | "points":
            city = trail.row(f"{row.indicator}/city/city/{row.period}/{'cumulative_base' if flavour == 'cumulative' else 'base'}").num or 0
            value = Fraction(100 * (current - base), city)
            zh, en = (
                f"100 ×（{_said(current)} − {_said(base)}）÷ 全市上年同期 {_said(city)}",
                f"100 × ({_said(current)} − {_said(base)}) ÷ {_said(city)}, the city's base",
            )
        case _:
            zh, en = "两年总量之差的分解", "a part of the bridge between the two years' totals"
    return Traced(row, card, zh, en, tuple(facts), value if row.value is not None else None)


def _months(facts: list[Fact], code: str, before: str) -> dict[str, tuple[int, int]]:
    """Each party's month and last year's month: the difference of two cumulative reports on one basis, else the months it reported."""
    at = {
        (one["party"], one["role"], one["period"], one["as_reported"]): one for one in facts if one["value"] is not None and not one["held"]
    }
    monthly = {(party, role): one["value"] for (party, role, _, kind), one in at.items() if kind == "month"}
    found = {}
    for party in {one["party"] for one in facts}:
        sides: list[int | None] = []
        for role in ROLES:
            now, then = at.get((party, role, code, "cumulative")), at.get((party, role, before, "cumulative"))
            sides.append(now["value"] - then["value"] if now and then else None)
        if None in sides or _restated(at, party, (code, before)):
            sides = [monthly.get((party, role)) for role in ROLES]
        if sides[0] is not None and sides[1] is not None:
            found[party] = (sides[0], sides[1])
    return found


def _restated(at: Mapping[tuple[str, str, str, str], Fact], party: str, periods: tuple[str, str]) -> bool:
    """Whether the basis changed between the two periods, in either role."""
    for role in ROLES:
        bases = {at[party, role, period, "cumulative"]["basis"] for period in periods if (party, role, period, "cumulative") in at}
        if len(bases) > 1:
            return True
    return False


def _target(trail: _Trail, row: Row, card: Mapping[str, Any]) -> Traced:
    parties = trail.members(card["roster"], row)
    monthly = row.stat == "value"
    facts = trail.facts(card["form"], [card["item"]], [row.period], as_reported="month" if monthly else "cumulative", parties=parties)
    done = sum(_present(facts).values())
    month = trail.month.month
    target = Fraction(*card["target"]["value"]) if card["target"] else None
    value: Fraction | None = None
    zh, en = f"合计 {_said(done)}", f"sum {_said(done)}"
    if row.stat in ("cumulative", "value"):
        value = Fraction(done)
    elif row.stat == "target_share" and target:
        value, zh = 100 * done / target, f"100 × {_said(done)} ÷ {_said(target)}"
    elif row.stat == "gap" and target:
        value, zh = 100 * done / target - Fraction(100 * month, 12), f"100 × {_said(done)} ÷ {_said(target)} − 100 × {month} ÷ 12"
    elif row.stat == "forecast":
        value, zh = Fraction(done * 12, month), f"{_said(done)} × 12 ÷ {month}"
    elif row.stat == "time_schedule":
        value, zh, facts = Fraction(100 * month, 12), f"100 × {month} ÷ 12", []
    elif row.stat in ("planned", "plan_share", "plan_gap") and row.num is not None:
        zh = "与各项目年度计划合计相比（前期项目除外）"
        en = "against the sum of the projects' annual plans, preparatory projects left out"
    if zh.startswith(("100", _said(done))):
        en = zh
    return Traced(row, card, zh, en, tuple(facts), value if row.value is not None else None)


def _events(trail: _Trail, row: Row, card: Mapping[str, Any]) -> Traced:
    start, end = (day_number(day) for day in (date(trail.month.year, 1, 1), trail.month.end))
    facts = [
        one
        for one in trail.facts(card["form"], [card["item"]], set(trail.source.table("facts")["period"].to_pylist()))
        if one["value"] is not None
        and not one["held"]
        and start <= one["value"] <= end
        and (row.scope_kind == "city" or one["unit"] == row.scope)
    ]
    if row.stat != "cumulative":
        return _counted(trail, row, card, facts)
    count = len({one["party"] for one in facts})
    return Traced(row, card, f"{count} 家不同企业", f"{count} distinct enterprises", tuple(facts), Fraction(count))


def _counted(trail: _Trail, row: Row, card: Mapping[str, Any], facts: list[Fact]) -> Traced:
    """A rate on a count."""
    count, month, target = len({one["party"] for one in facts}), trail.month.month, Fraction(*card["target"]["value"])
    schedule = Fraction(100 * month, 12)
    value, said = {
        "target_share": (100 * count / target, f"100 × {count} ÷ {_said(target)}"),
        "gap": (100 * count / target - schedule, f"100 × {count} ÷ {_said(target)} − 100 × {month} ÷ 12"),
        "forecast": (Fraction(count * 12, month), f"{count} × 12 ÷ {month}"),
        "time_schedule": (schedule, f"100 × {month} ÷ 12"),
    }[row.stat]
    return Traced(row, card, said, said, tuple(facts), value)


def _stock(trail: _Trail, row: Row, card: Mapping[str, Any]) -> Traced:
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
    said = f"{_said(stock)} ÷ {_said(mean)}"
    return Traced(row, card, f"库存 {_said(stock)} ÷ 日均耗用 {_said(mean)}", said, tuple(used), value if row.value is not None else None)


def _reporting(trail: _Trail, row: Row, card: Mapping[str, Any]) -> Traced:
    base = f"{row.indicator}/{row.scope_kind}/{row.scope}/{row.period}/"
    due, n = trail.row(base + "due").num or 0, trail.row(base + "received").num or 0
    value = {"due": Fraction(due), "received": Fraction(n), "share": Fraction(100 * n, due) if due else None}.get(row.stat)
    said = f"100 × {n} ÷ {due}" if row.stat == "share" else str(n if row.stat == "received" else due)
    return Traced(row, card, said, said, (), value if row.stat == "share" and row.value is not None else None)


def _party(trail: _Trail, row: Row, card: Mapping[str, Any]) -> Traced:
    previous = trail.month.previous().code
    facts = trail.facts(card["form"], [card["item"]], [row.period, previous], as_reported="month", parties={row.scope})
    at = {one["period"]: one["value"] for one in facts if one["value"] is not None and not one["held"] and one["role"] == "value"}
    now, then = at.get(row.period), at.get(previous)
    if row.stat == "value" or now is None or not then:
        facts = [one for one in facts if one["period"] == row.period]
        said = "" if now is None else _said(now)
        return Traced(row, card, said, said, tuple(facts), Fraction(now) if row.stat == "value" and now is not None else None)
    said = f"100 × ({_said(now)} − {_said(then)}) ÷ {_said(then)}"
    return Traced(row, card, said, said, tuple(facts), Fraction(100 * (now - then), then) if row.stat == "change" else None)


TRACERS: dict[str, Callable[[_Trail, Row, Mapping[str, Any]], Traced]] = {
    "comparable_growth": _growth,
    "sum_to_target": _target,
    "distinct_in_year": _events,
    "stock_days": _stock,
    "completeness": _reporting,
    "timeliness": _reporting,
    "party_change": _party,
    "party_value": _party,
}
