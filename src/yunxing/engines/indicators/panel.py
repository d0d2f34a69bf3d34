"""Comparable growth on a changing panel, as table expressions (Ibis): pairs, sums by scope, and the bridge between two years' totals.

K is the panel on the last day of the period, P0 the panel a year before. For an enterprise: c what it reports now, b′ last year's figure as it restates it,
b what it reported a year ago. Growth is 100·(Σ_K c − Σ_K b′)/Σ_K b′; never a ratio of two years' published totals, whose panels differ.
Source: the statistics system's rule that this year's and last year's figure stand on the same set of enterprises (同期数与本期的企业统计范围相一致).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yunxing.engines.indicators.definition import CELL_MARK
from yunxing.engines.indicators.window import Slot

SCOPES = ("city", "unit", "industry")


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
    on = slots.cross_join(m).filter(lambda t: _valid(t[day], t.m_from, t.m_to)).drop("m_from", "m_to").distinct()
    known = on.join(p, on.m_party == p.p_party).filter(lambda t: _valid(t[day], t.p_from, t.p_to))
    return known.drop("p_party", "p_from", "p_to").rename(party="m_party")


def _valid(day: Any, since: Any, until: Any) -> Any:
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


def pairs(facts: Any, membership: Any, party: Any, *, form: str, item: str, roster: str, slots: Sequence[Slot]) -> Any:
    """One row a slot and member: `current`, `base`, `stored` cumulative, and `month_current`, `month_base`; absent values are null.

    The month is the difference of two cumulative reports on one basis; for the first report of a year it is that report itself; otherwise the
    reported month stands in (a newcomer of this month, a changed basis), if the form asks for it.
    """
    import ibis

    table = slot_table(slots)
    joined = members(membership, party, roster, table)
    sources = {
        "c": ("value", "cumulative", "cumulative"),
        "b": ("last_year_restated", "cumulative", "cumulative"),
        "s": ("value", "cumulative", "year_before"),
        "cp": ("value", "cumulative", "before"),
        "bp": ("last_year_restated", "cumulative", "before"),
        "mc": ("value", "month", "single"),
        "mb": ("last_year_restated", "month", "single"),
    }
    for prefix, (role, as_reported, on) in sources.items():
        right = cells(facts, form, item, role, as_reported, prefix)
        joined = joined.left_join(right, [joined.party == right[f"{prefix}_party"], joined[on] == right[f"{prefix}_period"]])
        joined = joined.drop(f"{prefix}_party", f"{prefix}_period")
    j = joined
    derivable = (j.c_basis == j.cp_basis) & (j.b_basis == j.bp_basis)
    first = j.before.isnull()
    derived_c = ibis.ifelse(derivable, j.c_value - j.cp_value, ibis.null("int64"))
    derived_b = ibis.ifelse(derivable, j.b_value - j.bp_value, ibis.null("int64"))
    whole = derived_c.notnull() & derived_b.notnull()
    month_current = ibis.cases((first, j.c_value), (whole, derived_c), else_=j.mc_value)
    month_base = ibis.cases((first, j.b_value), (whole, derived_b), else_=j.mb_value)
    return j.select(
        "slot", "cumulative", "single", "party", "unit", "region", "industry",
        current=j.c_value, base=j.b_value, stored=j.s_value, month_current=month_current, month_base=month_base,
        basis=ibis.coalesce(j.c_basis, j.b_basis, ""),
    )  # fmt: skip


def stacked(pair_table: Any) -> Any:
    """The pairs with one row a flavour: `cumulative` and `month`, columns `period`, `flavour`, `current`, `base`, `weight`.

    The weight of an enterprise in the covered share is last year's value: restated if it gave one, else as stored. For a month that has no base of its own
    the cumulative weight stands in, so that a missing enterprise never weighs nothing.
    """
    import ibis

    p = pair_table
    keys = ("slot", "party", "unit", "industry")
    whole = p.select(
        *keys, "current", "base", period=p.cumulative, flavour=ibis.literal("cumulative"), weight=ibis.coalesce(p.base, p.stored)
    )
    month = p.select(
        *keys,
        current=p.month_current,
        base=p.month_base,
        period=p.single,
        flavour=ibis.literal("month"),
        weight=ibis.coalesce(p.base, p.stored),
    )
    return whole.union(month.select(*whole.columns))


def sums(stack: Any, scope: str) -> Any:
    """Σ of the pairs that have both sides, by slot, flavour and scope: n, due, current, base, and the weights that tell the covered share."""
    import ibis

    keys = {"city": ibis.literal("city"), "unit": stack.unit, "industry": stack.industry, "cell": stack.unit + CELL_MARK + stack.industry}
    s = stack.mutate(scope=keys[scope], both=stack.current.notnull() & stack.base.notnull())
    return s.group_by("slot", "flavour", "period", "scope").agg(
        due=s.count(),
        n=s.both.sum(),
        current=s.current.sum(where=s.both),
        base=s.base.sum(where=s.both),
        weight=s.weight.sum(),
        weight_in=s.weight.sum(where=s.both),
        unweighted=s.weight.isnull().sum(),
    )


def bridge(pair_table: Any, facts: Any, membership: Any, party: Any, *, form: str, item: str, roster: str, slot: Slot, scope: str) -> Any:
    """By scope: growth, restatement, entry, exits, unreported, total and stored, in the item's stored unit.

    Σ_K c − Σ_P0 b = growth + restatement + entry − exits − unreported, exactly. An enterprise that moved between counties is an exit of one and an entry
    of the other, and nothing for the city. Members that have not reported are a line of their own: never a smaller total unsaid.
    """
    import ibis

    def key(table: Any) -> Any:
        return ibis.literal("city") if scope == "city" else table[scope]

    p = pair_table.filter(pair_table.slot == 0)
    now = p.select(k_party=p.party, k_scope=key(p), current=p.current, base=p.base, both=p.current.notnull() & p.base.notnull())
    old = members(membership, party, roster, slot_table([slot]), "end_before")
    stored = cells(facts, form, item, "value", "cumulative", "s")
    old = old.join(stored, [old.party == stored.s_party, old.year_before == stored.s_period])
    old = old.filter(old.s_value.notnull())
    before = old.select(o_party=old.party, o_scope=key(old), stored=old.s_value)
    j = now.outer_join(before, [now.k_party == before.o_party, now.k_scope == before.o_scope])
    j = j.mutate(
        scope=ibis.coalesce(j.k_scope, j.o_scope), both=j.both.fill_null(False), here=j.k_party.notnull(), there=j.stored.notnull()
    )
    return j.group_by("scope").agg(
        growth=(j.current - j.base).sum(where=j.both).fill_null(0),
        restatement=(j.base - j.stored).sum(where=j.both & j.there).fill_null(0),
        entry=j.base.sum(where=j.both & ~j.there).fill_null(0),
        exits=j.stored.sum(where=~j.here).fill_null(0),
        unreported=j.stored.sum(where=j.here & ~j.both & j.there).fill_null(0),
        total=j.current.sum(where=j.both).fill_null(0),
        stored=j.stored.sum().fill_null(0),
    )
