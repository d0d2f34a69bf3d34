"""The rows that formulas are taken from, and the terms, as table expressions (Ibis). The facts of all formulas are read once.

A row is one party (with its second key) in one report: the month's and the year's figures side by side, one column an item, absent and held ones null. Daily forms have a row a day,
event forms a row a month in which something happened. `slot` 0 is the closing report, higher ones are before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from yunxing.engines.indicators.formula import LAST_YEAR, REGISTRY, Read, Term
from yunxing.engines.indicators.panel import valid
from yunxing.engines.indicators.window import Slot
from yunxing.values.quantity import Comparator

SCOPES = ("city", "unit", "industry", "party", "detail")
HELD = ("annual_plan", "min_days", "planned_start", "planned_finish", "small")  # what formulas may read of the registry


@dataclass(frozen=True, slots=True)
class Report:
    """Where the rows of one report lie: the slot it belongs to, a name `at` within it (the day, the month), the period codes of its cells, and its last day.

    `first` says that it is the year's first report, whose month is its cumulative figure where January and February are one.
    """

    slot: int
    at: str
    codes: tuple[str, ...]
    end: date
    first: bool = False


def monthly(slots: Sequence[Slot]) -> list[Report]:
    """One report a slot: its month and its cumulative figure."""
    return [_report(index, one, one.end) for index, one in enumerate(slots)]


def of_year(slots: Sequence[Slot], count: int) -> list[Report]:
    """For each of the first `count` slots every report of its year so far. `slots` reaches back to the January of the oldest of them."""
    return [
        _report(index, two, one.end) for index, one in enumerate(slots[:count]) for two in slots[index:] if two.month.year == one.month.year
    ]


def _report(index: int, slot: Slot, end: date) -> Report:
    return Report(index, slot.single, tuple(dict.fromkeys((slot.single, slot.cumulative))), end, slot.before is None)


def daily(first: date, last: date) -> list[Report]:
    """The days of the closing month."""
    days = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    return [Report(0, day, (day,), last) for day in days]


@dataclass(frozen=True, slots=True)
class Group:
    """Terms that read the same rows: one form, one roster (empty for whoever reported), one set of reports."""

    number: int
    form: str
    roster: str
    kind: str
    terms: tuple[tuple[str, Term], ...]  # (name of the column, term)
    reports: tuple[Report, ...]

    @property
    def reads(self) -> tuple[Read, ...]:
        """Every item, and how it is reported."""
        return tuple(sorted({term.read(item) for _, term in self.terms for item in term.items}))


def column(read: Read) -> str:
    """The column of an item in the rows.

    >>> column(("exports@last_year", "cumulative")), column(("registry.planned_start", ""))
    ('exports__last_year__cumulative', 'registry__planned_start')
    """
    item, as_reported = read
    if item.startswith(REGISTRY):
        return item.replace(REGISTRY, "registry__")
    return f"{item.replace(LAST_YEAR, '__last_year')}__{as_reported}"


def on_days(membership: Any, party: Any, rosters: Iterable[str], days: Iterable[date]) -> Any:
    """Who stood on each roster on each day: `m_roster, m_end, m_party, unit, industry`."""
    import ibis
    import pyarrow as pa

    ends = ibis.memtable(pa.table({"m_end": pa.array(sorted(set(days)), pa.date32())}))
    m = membership.filter(membership.roster.isin(sorted(set(rosters))))
    m = m.select(m_roster=m.roster, m_party=m.party, m_from=m.valid_from, m_to=m.valid_to)
    on = ends.cross_join(m).filter(lambda t: valid(t.m_end, t.m_from, t.m_to)).select("m_end", "m_roster", "m_party").distinct()
    p = party.select(p_party=party.id, unit=party.unit, industry=party.industry, p_from=party.valid_from, p_to=party.valid_to)
    known = on.join(p, on.m_party == p.p_party).filter(lambda t: valid(t.m_end, t.p_from, t.p_to))
    return known.drop("p_party", "p_from", "p_to")


def cells(facts: Any, groups: Sequence[Group], on: Any | None) -> Any:
    """Every cell that some term reads, with its group, slot, row and place: one scan of the facts for all formulas.

    Columns: `g, slot, at, first, party, base_party, detail, unit, industry, item, role, as_reported, amount`. Of a group with a roster only its members' cells, with the unit and
    industry valid at the report's end; of one without, those that the facts carry.
    """
    import ibis

    w = ibis.memtable(_wanted(groups))
    items = sorted({item.removesuffix(LAST_YEAR) for one in groups for item, _ in one.reads})
    codes = sorted({code for one in groups for report in one.reports for code in report.codes})
    f = facts.filter(facts.form.isin(sorted({one.form for one in groups})), facts.item.isin(items), facts.period.isin(codes))
    f = f.filter(f.role != "growth_published")
    amount = ibis.ifelse(f.held, ibis.null("int64"), f.value)
    f = f.select(
        "item", "role", "party", "as_reported", f_form=f.form, f_unit=f.unit, f_industry=f.industry, f_period=f.period, amount=amount
    )
    j = f.join(w, [f.f_form == w.w_form, f.f_period == w.w_period])
    parts = j.party.split("/")
    keyed = j.party.contains("/")
    j = j.mutate(base_party=ibis.ifelse(keyed, parts[0], j.party), detail=ibis.ifelse(keyed, parts[1], ibis.literal("")))
    names = ("g", "slot", "at", "first", "party", "base_party", "detail", "item", "role", "as_reported", "amount")
    if on is None:
        return j.select(*names, unit=j.f_unit, industry=j.f_industry)
    placed = j.left_join(on, [j.w_roster == on.m_roster, j.w_end == on.m_end, j.base_party == on.m_party])
    placed = placed.filter((placed.w_roster == "") | placed.m_party.notnull())
    free = placed.w_roster == ""
    return placed.select(
        *names,
        unit=ibis.ifelse(free, placed.f_unit, placed.unit),
        industry=ibis.ifelse(free, placed.f_industry, placed.industry),
    )


def _wanted(groups: Sequence[Group]) -> Any:
    """Which period of which form serves which group, slot and row."""
    import pyarrow as pa

    rows = [
        {"g": group.number, "w_form": group.form, "w_roster": group.roster, "slot": one.slot, "at": one.at, "w_period": code, "w_end": one.end, "first": one.first}
        for group in groups
        for one in group.reports
        for code in one.codes
    ]  # fmt: skip
    texts = ("w_form", "w_roster", "at", "w_period")
    whole = {"g": pa.int64(), "slot": pa.int64(), "w_end": pa.date32(), "first": pa.bool_()}
    schema = pa.schema([*((name, pa.string()) for name in texts), *whole.items()])
    return pa.Table.from_pylist(rows, schema=schema)


def held_by_registry(party: Any) -> Any:
    """What formulas read of the registry: `g_party` and `registry__…`."""
    return party.group_by(g_party=party.id).agg(**{f"registry__{name}": party[name].max() for name in HELD})


def wide(cell_table: Any, group: Group, registry: Any) -> Any:
    """The group's rows: one column an item. A row exists where any of the items stands, held or absent ones included."""
    c = cell_table.filter(cell_table.g == group.number)
    values = {}
    for item, as_reported in group.reads:
        if item.startswith(REGISTRY):
            continue
        role = "last_year_restated" if item.endswith(LAST_YEAR) else "value"
        said = c.as_reported == as_reported
        if as_reported == "month":
            said = said | (c["first"] & (c.as_reported == "cumulative"))
        here = (c.item == item.removesuffix(LAST_YEAR)) & (c.role == role) & said
        values[column((item, as_reported))] = c.amount.max(where=here)
    keys = ("slot", "at", "party", "base_party", "detail", "unit", "industry")
    found = c.group_by(*keys).agg(**values)
    if group.kind == "last_day":
        found = _last_days(found)
    if any(item.startswith(REGISTRY) for item, _ in group.reads):
        found = found.left_join(registry, found.base_party == registry.g_party).drop("g_party")
    return found


def _last_days(rows: Any) -> Any:
    """Of daily rows each party's newest one."""
    newest = rows.group_by(n_party=rows.party).agg(newest=rows["at"].max())
    found = rows.join(newest, [rows.party == newest.n_party, rows["at"] == newest.newest])
    return found.drop("n_party", "newest")


def taken(rows: Any, terms: Sequence[tuple[str, Term]], scopes: Sequence[str]) -> Any:
    """By slot and scope: one column a term, and `reported`, the distinct parties that have a row. All scopes in one statement."""
    import ibis
    import pyarrow as pa

    kinds = ibis.memtable(pa.table({"scope_kind": pa.array(list(scopes), pa.string())}))
    r = rows.cross_join(kinds)
    names = {"unit": r.unit, "industry": r.industry, "party": r.base_party, "detail": r.detail}
    scope = ibis.cases(*((r.scope_kind == kind, name) for kind, name in names.items()), else_=ibis.literal("city"))
    r = r.mutate(scope=scope)
    found: dict[str, Any] = {"reported": r.base_party.nunique()}
    for name, term in terms:
        found[name] = _aggregate(r, term)
    return r.group_by("slot", "scope_kind", "scope").agg(**found)


def due(on: Any, scopes: Sequence[str]) -> Any:
    """How many members each roster has on each day, by scope: `m_roster, m_end, scope_kind, scope, due`."""
    import ibis
    import pyarrow as pa

    kinds = ibis.memtable(pa.table({"scope_kind": pa.array(list(scopes), pa.string())}))
    r = on.cross_join(kinds)
    scope = ibis.cases((r.scope_kind == "unit", r.unit), (r.scope_kind == "industry", r.industry), else_=ibis.literal("city"))
    return r.mutate(scope=scope).group_by("m_roster", "m_end", "scope_kind", "scope").agg(due=r.m_party.nunique())


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
    if term.where:
        here = here.fill_null(False)
    match term.take:
        case "sum" if term.where:
            return ibis.ifelse(there.sum() > 0, value.sum(where=here).fill_null(0), ibis.null("int64"))
        case "sum":
            return value.sum(where=there)
        case "count":
            return ibis.ifelse(there.sum() > 0, here.sum(), ibis.null("int64"))
        case "distinct":
            return ibis.ifelse(there.sum() > 0, r.base_party.nunique(where=here), ibis.null("int64"))
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
