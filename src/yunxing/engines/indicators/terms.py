"""The rows a formula's terms are taken from, and the terms, as table expressions (Ibis).

A row is one party (with its second key) in one report: the month's and the year's figures side by side, one column an item, absent and held ones null. Daily forms have a row a day,
event forms a row a month in which something happened. `slot` 0 is the closing report, higher ones are before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from yunxing.engines.indicators.formula import LAST_YEAR, REGISTRY, Term
from yunxing.engines.indicators.panel import members
from yunxing.engines.indicators.window import Slot
from yunxing.values.quantity import Comparator

# how the items of a formula are read: (item, as_reported)
Read = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Report:
    """Where the rows of one report lie: the slot it belongs to, a name `at` within it (the day, the month), and the period codes of its cells.

    `first` says that it is the year's first report, whose month is its cumulative figure where January and February are one.
    """

    slot: int
    at: str
    codes: tuple[str, ...]
    first: bool = False


def monthly(slots: Sequence[Slot]) -> list[Report]:
    """One report a slot: its month and its cumulative figure."""
    return [_report(index, one) for index, one in enumerate(slots)]


def of_year(slots: Sequence[Slot], count: int) -> list[Report]:
    """For each of the first `count` slots every report of its year so far. `slots` reaches back to the January of the oldest of them."""
    return [_report(index, two) for index, one in enumerate(slots[:count]) for two in slots[index:] if two.month.year == one.month.year]


def _report(index: int, slot: Slot) -> Report:
    return Report(index, slot.single, tuple(dict.fromkeys((slot.single, slot.cumulative))), slot.before is None)


def daily(first: date, last: date) -> list[Report]:
    """The days of the closing month."""
    days = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    return [Report(0, day, (day,)) for day in days]


def column(read: Read) -> str:
    """The column of an item in the rows.

    >>> column(("exports@last_year", "cumulative")), column(("registry.planned_start", ""))
    ('exports__last_year__cumulative', 'registry__planned_start')
    """
    item, as_reported = read
    if item.startswith(REGISTRY):
        return item.replace(REGISTRY, "registry__")
    return f"{item.replace(LAST_YEAR, '__last_year')}__{as_reported}"


def rows(facts: Any, form: str, items: Iterable[Read], reports: Iterable[Report]) -> Any:
    """The wide rows: `slot, at, party, base_party, detail, r_unit, r_industry`, and one column an item.

    The same cell may serve several slots (a year's reports do). A row exists where any of the items stands, held or absent ones included.
    """
    import ibis
    import pyarrow as pa

    plain = [{"w_slot": one.slot, "w_at": one.at, "w_period": code, "w_first": one.first} for one in reports for code in one.codes]
    schema = pa.schema([("w_slot", pa.int64()), ("w_at", pa.string()), ("w_period", pa.string()), ("w_first", pa.bool_())])
    w = ibis.memtable(pa.Table.from_pylist(plain, schema=schema))
    asked = sorted({read for read in items if not read[0].startswith(REGISTRY)})
    bare = sorted({item.removesuffix(LAST_YEAR) for item, _ in asked})
    codes = sorted({one["w_period"] for one in plain})
    f = facts.filter(facts.form == form, facts.item.isin(bare), facts.period.isin(codes), facts.role != "growth_published")
    amount = ibis.ifelse(f.held, ibis.null("int64"), f.value)
    f = f.select("item", "role", "party", "unit", "industry", "as_reported", f_period=f.period, amount=amount)
    j = f.join(w, f.f_period == w.w_period)
    values = {}
    for item, as_reported in asked:
        role = "last_year_restated" if item.endswith(LAST_YEAR) else "value"
        said = j.as_reported == as_reported
        if as_reported == "month":
            said = said | (j.w_first & (j.as_reported == "cumulative"))
        values[column((item, as_reported))] = j.amount.max(where=(j.item == item.removesuffix(LAST_YEAR)) & (j.role == role) & said)
    laid = j.group_by(slot=j.w_slot, at=j.w_at, party=j.party).agg(r_unit=j.unit.max(), r_industry=j.industry.max(), **values)
    parts = laid.party.split("/")
    return laid.mutate(base_party=parts[0], detail=ibis.ifelse(laid.party.contains("/"), parts[1], ibis.literal("")))


def placed(row_table: Any, membership: Any, party: Any, roster: str, slot_table: Any) -> Any:
    """The rows of the roster's members with the unit and industry valid at each slot's end; without a roster, those that the facts carry. Registry columns beside."""
    r = row_table
    if roster:
        on = members(membership, party, roster, slot_table).select(o_slot="slot", o_party="party", unit="unit", industry="industry")
        r = on.join(r, [on.o_slot == r.slot, on.o_party == r.base_party]).drop("o_slot", "o_party", "r_unit", "r_industry")
    else:
        r = r.rename(unit="r_unit", industry="r_industry")
    p = party.group_by(g_party=party.id).agg(
        registry__annual_plan=party.annual_plan.max(),
        registry__min_days=party.min_days.max(),
        registry__planned_start=party.planned_start.max(),
        registry__planned_finish=party.planned_finish.max(),
        registry__small=party.small.max(),
    )
    return r.left_join(p, r.base_party == p.g_party).drop("g_party")


def due(membership: Any, party: Any, roster: str, slot_table: Any, scope: str) -> Any:
    """How many members each scope has, by slot."""
    import ibis

    on = members(membership, party, roster, slot_table)
    on = on.mutate(scope=ibis.literal("city") if scope == "city" else on[scope])
    return on.group_by("slot", "scope").agg(due=on.party.nunique())


def scoped(row_table: Any, scope: str) -> Any:
    """The rows with the column `scope`."""
    import ibis

    r = row_table
    keys = {"city": ibis.literal("city"), "unit": r.unit, "industry": r.industry, "party": r.base_party, "detail": r.detail}
    return r.mutate(scope=keys[scope])


def taken(row_table: Any, terms: Sequence[Term]) -> Any:
    """By slot and scope: one column a term, and `reported`, the distinct parties that have a row."""
    r = row_table
    found: dict[str, Any] = {"reported": r.base_party.nunique()}
    for term in terms:
        found[f"t_{term.name}"] = _aggregate(r, term)
    return r.group_by("slot", "scope").agg(**found)


def _aggregate(r: Any, term: Term) -> Any:
    """One term as an aggregate over the rows of a group."""
    import ibis

    def of(item: str) -> Any:
        return r[column(term.read(item))]

    value = of(term.item) if term.item else ibis.literal(1, type="int64")
    if term.blank_is_zero:
        value = value.fill_null(0)
    asked = [value] if term.item else []
    if term.times:
        asked.append(of(term.times))
        value = value * of(term.times)
    there = ibis.literal(True)
    for one in (*asked, *(of(item) for item in term.needs)):
        there = there & one.notnull()
    if term.detail:
        there = there & r.detail.isin(list(term.detail))
    here = there
    for condition in term.where:
        right = of(condition.than) if condition.than else ibis.literal(condition.value, type="int64")
        here = here & _holds(of(condition.item), condition.comparator, right)
    here, there = here.fill_null(False), there.fill_null(False)
    match term.take:
        case "sum":
            return ibis.ifelse(there.sum() > 0, value.sum(where=here).fill_null(0), ibis.null("int64"))
        case "count":
            return here.sum()
        case "distinct":
            return r.base_party.nunique(where=here)
        case "least":
            return value.min(where=here)
        case "most":
            return value.max(where=here)


def _holds(left: Any, comparator: Comparator, right: Any) -> Any:
    return {
        Comparator.ge: left >= right,
        Comparator.gt: left > right,
        Comparator.le: left <= right,
        Comparator.lt: left < right,
        Comparator.eq: left == right,
    }[comparator]


def last_days(row_table: Any) -> Any:
    """Of daily rows each party's newest one."""
    newest = row_table.group_by(n_slot=row_table.slot, n_party=row_table.party).agg(newest=row_table["at"].max())
    r = row_table.join(newest, [row_table.slot == newest.n_slot, row_table.party == newest.n_party])
    return r.filter(r["at"] == r.newest).drop("n_slot", "n_party", "newest")
