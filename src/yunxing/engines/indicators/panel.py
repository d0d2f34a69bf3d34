"""Comparable growth on a changing panel, as table expressions (Ibis): pairs, sums by scope, contributions, and the bridge between two years' totals.

K is the panel on the last day of the period, P0 the panel a year before. For an enterprise: c what it reports now, b′ last year's figure as it restates it,
b what it reported a year ago. Growth is 100·(Σ_K c − Σ_K b′)/Σ_K b′; never a ratio of two years' published totals, whose panels differ.
Source: the statistics system's rule that this year's and last year's figure stand on the same set of enterprises (同期数与本期的企业统计范围相一致).

The facts are read once: a small table says which cell serves which side of which report, and one aggregation by report and enterprise lays them side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yunxing.engines.indicators.definition import CELL_MARK
from yunxing.engines.indicators.window import Slot

SCOPES = ("city", "unit", "industry")
VALUE, RESTATED = "value", "last_year_restated"
FLAVOURS = ("cumulative", "month", "quarter")
SIDES = ("c", "b", "s", "cp", "bp", "cq", "bq", "mc", "mb")
SIDES_OF = {"cumulative": ("current", "base"), "month": ("month_current", "month_base"), "quarter": ("quarter_current", "quarter_base")}


def cells(facts: Any, form: str, item: str, role: str, as_reported: str, prefix: str) -> Any:
    """One cell a party and period, its columns named `<prefix>_party`, `<prefix>_period`, `<prefix>_value`, `<prefix>_basis`.

    A held value is kept out of totals until somebody confirms it: its value reads as absent here.
    """
    import ibis

    f = facts.filter(facts.form == form, facts.item == item, facts.role == role, facts.as_reported == as_reported)
    value = ibis.ifelse(f.held, ibis.null("int64"), f.value)
    return f.select(**{f"{prefix}_party": f.party, f"{prefix}_period": f.period, f"{prefix}_value": value, f"{prefix}_basis": f.basis})


def members(membership: Any, party: Any, roster: str, slots: Any, day: str = "end") -> Any:
    """Who belongs to the roster on each slot's `day` column, with the unit, region and industry valid that day. Both ends of validity are included."""
    m = membership.filter(membership.roster == roster).select(
        m_party=membership.party, m_from=membership.valid_from, m_to=membership.valid_to
    )
    p = party.select(
        p_party=party.id, unit=party.unit, region=party.region, industry=party.industry, p_from=party.valid_from, p_to=party.valid_to
    )
    at = slots.select(n_slot=slots.slot, n_day=slots[day])
    on = at.cross_join(m).filter(lambda t: valid(t.n_day, t.m_from, t.m_to)).select("n_slot", "n_day", "m_party").distinct()
    known = on.join(p, on.m_party == p.p_party).filter(lambda t: valid(t.n_day, t.p_from, t.p_to)).drop("p_party", "p_from", "p_to")
    return slots.join(known, slots.slot == known.n_slot).drop("n_slot", "n_day").rename(party="m_party")


def valid(day: Any, since: Any, until: Any) -> Any:
    """Whether a span holds the day, both ends included; an open end is null."""
    return (since.isnull() | (since <= day)) & (until.isnull() | (until >= day))


def slot_table(slots: Sequence[Slot]) -> Any:
    """The slots as a small table."""
    import ibis
    import pyarrow as pa

    columns: dict[str, Any] = {
        name: [getattr(one, name) for one in slots] for name in ("cumulative", "single", "before", "year_before", "end", "end_before")
    }
    texts = {name: pa.array(values, pa.date32() if name.startswith("end") else pa.string()) for name, values in columns.items()}
    return ibis.memtable(pa.table({"slot": pa.array(range(len(slots)), pa.int64()), **texts}))


def wanted(slots: Sequence[Slot]) -> Any:
    """Which cell serves which side: columns `w_slot, w_role, w_as, w_period, side`, a side as its place in `SIDES` (numbers compare faster than words).

    Sides: c, b this report and last year's restated; s what was reported a year ago; cp, bp the report before; cq, bq the last of the quarter before;
    mc, mb the months as reported.
    """
    import ibis
    import pyarrow as pa

    rows = []
    for index, one in enumerate(slots):
        sides = {
            "c": (VALUE, "cumulative", one.cumulative),
            "b": (RESTATED, "cumulative", one.cumulative),
            "s": (VALUE, "cumulative", one.year_before),
            "cp": (VALUE, "cumulative", one.before),
            "bp": (RESTATED, "cumulative", one.before),
            "cq": (VALUE, "cumulative", one.quarter_before),
            "bq": (RESTATED, "cumulative", one.quarter_before),
            "mc": (VALUE, "month", one.single),
            "mb": (RESTATED, "month", one.single),
        }
        rows += [
            {"w_slot": index, "w_role": role, "w_as": as_reported, "w_period": period, "side": SIDES.index(side)}
            for side, (role, as_reported, period) in sides.items()
            if period
        ]
    numbers, texts = ("w_slot", "side"), ("w_role", "w_as", "w_period")
    schema = pa.schema([*((name, pa.int64()) for name in numbers), *((name, pa.string()) for name in texts)])
    return ibis.memtable(pa.Table.from_pylist(rows, schema=schema))


def pairs(facts: Any, membership: Any, party: Any, *, form: str, item: str, roster: str, slots: Sequence[Slot]) -> Any:
    """One row a slot and member: `current`, `base`, `stored` cumulative, `month_current`, `month_base`, `quarter_current`, `quarter_base`; absent values are null.

    The month is the difference of two cumulative reports on one basis; for the first report of a year it is that report itself; otherwise the
    reported month stands in (a newcomer of this month, a changed basis), if the form asks for it. The quarter is such a difference or undefined.
    """
    import ibis

    nothing = ibis.null("int64")
    joined = members(membership, party, roster, slot_table(slots))
    laid = _laid(facts, form, item, slots)
    j = joined.left_join(laid, [joined.slot == laid.l_slot, joined.party == laid.l_party])
    first, whole = j.before.isnull(), _one_basis(j, "month", "cp", "bp")
    newest = slots[0]
    if newest.quarter is None:
        quarter = (nothing, nothing)
    elif newest.quarter_before is None:
        quarter = (j.c, j.b)
    else:
        even = _one_basis(j, "quarter", "cq", "bq")
        quarter = (ibis.ifelse(even, j.c - j.cq, nothing), ibis.ifelse(even, j.b - j.bq, nothing))
    return j.select(
        "slot", "cumulative", "single", "party", "unit", "region", "industry",
        current=j.c, base=j.b, stored=j.s,
        month_current=ibis.cases((first, j.c), (whole, j.c - j.cp), else_=j.mc),
        month_base=ibis.cases((first, j.b), (whole, j.b - j.bp), else_=j.mb),
        quarter_current=ibis.ifelse(j.slot == 0, quarter[0], nothing),
        quarter_base=ibis.ifelse(j.slot == 0, quarter[1], nothing),
    )  # fmt: skip


def _one_basis(j: Any, name: str, current: str, base: str) -> Any:
    """Whether all four figures are there, and each role stands on one basis: only then a difference of two cumulative figures is a figure."""
    there = j.c.notnull() & j.b.notnull() & j[current].notnull() & j[base].notnull()
    return there & (j[f"{name}_c0"] == j[f"{name}_c1"]) & (j[f"{name}_b0"] == j[f"{name}_b1"])


def _laid(facts: Any, form: str, item: str, slots: Sequence[Slot]) -> Any:
    """The sides of each slot and party in one row: one scan of the facts, one aggregation."""
    import ibis

    w = wanted(slots)
    periods = sorted({code for one in slots for code in one.codes})
    f = facts.filter(facts.form == form, facts.item == item, facts.role.isin([VALUE, RESTATED]), facts.period.isin(periods))
    amount = ibis.ifelse(f.held, ibis.null("int64"), f.value)
    f = f.select(f_role=f.role, f_as=f.as_reported, f_period=f.period, l_party=f.party, amount=amount, f_basis=f.basis)
    j = f.join(w, [f.f_role == w.w_role, f.f_as == w.w_as, f.f_period == w.w_period])
    found = {side: j.amount.max(where=j.side == number) for number, side in enumerate(SIDES)}
    spans = {"month": ("cp", "bp")} | ({"quarter": ("cq", "bq")} if slots[0].quarter_before else {})
    for name, (current, base) in spans.items():
        for letter, sides in (("c", ["c", current]), ("b", ["b", base])):
            here = j.side.isin([SIDES.index(side) for side in sides]) & j.amount.notnull()
            found |= {f"{name}_{letter}0": j.f_basis.min(where=here), f"{name}_{letter}1": j.f_basis.max(where=here)}
    return j.group_by(l_slot=j.w_slot, l_party=j.l_party).agg(**found)


def by_scope(table: Any, kinds: Sequence[str]) -> Any:
    """The rows once for every kind of scope, with `scope_kind` and `scope`: all scopes are summed in one statement."""
    import ibis
    import pyarrow as pa

    each = table.cross_join(ibis.memtable(pa.table({"scope_kind": pa.array(list(kinds), pa.string())})))
    named = {"unit": each.unit, "industry": each.industry, "cell": each.unit + CELL_MARK + each.industry}
    scope = ibis.cases(*((each.scope_kind == kind, name) for kind, name in named.items()), else_=ibis.literal("city"))
    return each.mutate(scope=scope)


def sums(pair_table: Any, kinds: Sequence[str]) -> Any:
    """Σ of the pairs that have both sides, by slot, kind of scope and scope, one column a flavour: `<flavour>_n, _current, _base, _in`, and `due`, `weight`, `unweighted`.

    `_in` is the weight of the members behind the figure: its share of `weight` is the covered share.
    """
    import ibis

    s = by_scope(pair_table, kinds)
    s = s.mutate(weighs=ibis.coalesce(s.base, s.stored))
    found: dict[str, Any] = {}
    for flavour in FLAVOURS:
        current, base = SIDES_OF[flavour]
        both = s[current].notnull() & s[base].notnull()
        found |= {
            f"{flavour}_n": both.sum(),
            f"{flavour}_current": s[current].sum(where=both),
            f"{flavour}_base": s[base].sum(where=both),
            f"{flavour}_in": s.weighs.sum(where=both),
        }
    return s.group_by("slot", "scope_kind", "scope").agg(due=s.count(), weight=s.weighs.sum(), unweighted=s.weighs.isnull().sum(), **found)


def contributions(pair_table: Any, flavour: str, base: int) -> Any:
    """Each enterprise's points of the city's growth in the closing period: columns `party, points_num, points_den, current, base`, by party."""
    import ibis

    current, before = SIDES_OF[flavour]
    p = pair_table
    p = p.filter(p.slot == 0, p[current].notnull(), p[before].notnull())
    hundred = ibis.literal(100, type="int64")
    return p.select(
        "party", points_num=hundred * (p[current] - p[before]), points_den=ibis.literal(base, type="int64"), current=p[current], base=p[before]
    ).order_by("party")  # fmt: skip


def moves(pair_table: Any, facts: Any, membership: Any, party: Any, *, form: str, item: str, roster: str, slot: Slot) -> Any:
    """K beside P0, one row an enterprise of either: `party, here, unit, industry, current, base`, and of a year before `there, unit_before, industry_before, stored`.

    `there` says that the year before is stored; a member of P0 without a stored figure has nothing to bridge.
    """
    p = pair_table.filter(pair_table.slot == 0)
    now = p.select(k_party=p.party, unit=p.unit, industry=p.industry, current=p.current, base=p.base)
    old = members(membership, party, roster, slot_table([slot]), "end_before")
    last = cells(facts.filter(facts.period == slot.year_before), form, item, VALUE, "cumulative", "s")
    old = old.join(last, old.party == last.s_party)
    old = old.filter(old.s_value.notnull())
    before = old.select(o_party=old.party, unit_before=old.unit, industry_before=old.industry, stored=old.s_value)
    j = now.outer_join(before, now.k_party == before.o_party)
    import ibis

    return j.select(
        "unit", "industry", "current", "base", "unit_before", "industry_before", "stored",
        party=ibis.coalesce(j.k_party, j.o_party), here=j.k_party.notnull(), there=j.stored.notnull(),
    )  # fmt: skip


def bridge(move_table: Any, kinds: Sequence[str]) -> tuple[Any, Any]:
    """By kind of scope and scope, in the item's stored unit: of the panel of now growth, restatement, entry, unreported, total; of the panel of then exits and stored.

    Σ_K c − Σ_P0 b = growth + restatement + entry − exits − unreported, exactly. An enterprise that moved between counties is an exit of one and an entry
    of the other, and nothing for the city. Members that have not reported are a line of their own: never a smaller total unsaid.
    """
    m = by_scope(move_table, kinds)
    before = {"unit": m.unit_before, "industry": m.industry_before}
    import ibis

    scope_before = ibis.cases(*((m.scope_kind == kind, name) for kind, name in before.items()), else_=ibis.literal("city"))
    m = m.mutate(scope_before=scope_before, both=m.current.notnull() & m.base.notnull())
    m = m.mutate(same=(m.here & m.there & (m.scope == m.scope_before)).fill_null(False))
    now, then = m.filter(m.here), m.filter(m.there)
    return (
        now.group_by("scope_kind", "scope").agg(
            growth=(now.current - now.base).sum(where=now.both).fill_null(0),
            restatement=(now.base - now.stored).sum(where=now.both & now.same).fill_null(0),
            entry=now.base.sum(where=now.both & ~now.same).fill_null(0),
            unreported=now.stored.sum(where=~now.both & now.same).fill_null(0),
            total=now.current.sum(where=now.both).fill_null(0),
        ),
        then.group_by("scope_kind", scope=then.scope_before).agg(
            exits=then.stored.sum(where=~then.same).fill_null(0),
            stored=then.stored.sum().fill_null(0),
        ),
    )


def both_panels(membership: Any, party: Any, roster: str, slot: Slot) -> Any:
    """K and P0 of a roster: `roster, party`, unit and industry now (null for who left) and `unit_before, industry_before` (null for who entered), by party."""
    import ibis

    now = members(membership, party, roster, slot_table([slot])).select(k_party="party", unit="unit", industry="industry")
    old = members(membership, party, roster, slot_table([slot]), "end_before")
    old = old.select(o_party="party", unit_before="unit", industry_before="industry")
    j = now.outer_join(old, now.k_party == old.o_party)
    found = j.select(
        "unit", "industry", "unit_before", "industry_before", roster=ibis.literal(roster), party=ibis.coalesce(j.k_party, j.o_party)
    )  # fmt: skip
    return found.select("roster", "party", "unit", "industry", "unit_before", "industry_before").order_by("party")
