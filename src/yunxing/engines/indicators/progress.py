"""Sums and counts against a promise of the year, as table expressions: what is done so far, by scope, and how much of the roster stands behind it.

Completed investment is work done, cumulative in the year. Preparatory projects are left out of both sides of the share of the annual plan, and count towards
the plan's own target. Time schedule (时序进度) is month/12.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yunxing.engines.indicators.panel import cells, members, slot_table
from yunxing.engines.indicators.window import Slot


def reported(facts: Any, membership: Any, party: Any, *, form: str, item: str, roster: str, slots: Sequence[Slot]) -> Any:
    """One row a slot and member: `cumulative` and `month` as reported, `annual_plan`, `preparatory`; absent values are null."""
    table = slot_table(slots)
    joined = members(membership, party, roster, table)
    for prefix, as_reported, on in (("c", "cumulative", "cumulative"), ("m", "month", "single")):
        right = cells(facts, form, item, "value", as_reported, prefix)
        joined = joined.left_join(right, [joined.party == right[f"{prefix}_party"], joined[on] == right[f"{prefix}_period"]])
        joined = joined.drop(f"{prefix}_party", f"{prefix}_period", f"{prefix}_basis")
    plans = party.group_by(p_id=party.id).agg(annual_plan=party.annual_plan.max(), preparatory=party.preparatory.any())
    j = joined.left_join(plans, joined.party == plans.p_id)
    return j.select(
        "slot", "cumulative", "single", "party", "unit", "industry",
        value=j.c_value, month=j.m_value, annual_plan=j.annual_plan, preparatory=j.preparatory.fill_null(False),
    )  # fmt: skip


def sums(table: Any, scope: str) -> Any:
    """By slot and scope: due, reported, Σ value, Σ month, and on the projects that are not preparatory Σ value and Σ plan, with the plan that is covered."""
    import ibis

    t = table.mutate(scope=ibis.literal("city") if scope == "city" else table[scope], here=table.value.notnull(), real=~table.preparatory)
    return t.group_by("slot", "cumulative", "single", "scope").agg(
        due=t.count(),
        n=t.here.sum(),
        value=t.value.sum(),
        month=t.month.sum(),
        plan=t.annual_plan.sum(where=t.real),
        plan_in=t.annual_plan.sum(where=t.real & t.here),
        value_real=t.value.sum(where=t.real & t.annual_plan.notnull()),
    )


def events(facts: Any, *, form: str, item: str, spans: Sequence[tuple[int, int]], scope: str) -> Any:
    """By span (its index `slot`) and scope: distinct parties whose date `item` lies between the span's days, both included.

    Spans are (first, last) in days since 1970-01-01. An enterprise that does both of two things counts once.
    """
    import ibis
    import pyarrow as pa

    firsts, lasts = zip(*spans, strict=True)
    table = pa.table(
        {"slot": pa.array(range(len(spans)), pa.int64()), "first": pa.array(firsts, pa.int64()), "last": pa.array(lasts, pa.int64())}
    )
    f = facts.filter(facts.form == form, facts.item == item, facts.role == "value", ~facts.held)
    f = f.select("party", "value", scope=ibis.literal("city") if scope == "city" else f[scope])
    j = ibis.memtable(table).cross_join(f)
    j = j.filter(j.value.between(j["first"], j["last"]))
    return j.group_by("slot", "scope").agg(n=j.party.nunique())
