"""Completeness and timeliness, as table expressions: who was due, who was accepted, who was in time.

Completeness = accepted / due; timeliness = first accepted version on or before the due day / due; both counted in reporters and in shares of last year's
value. A newcomer of the panel is due from the month it enters.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from yunxing.engines.indicators.panel import members, slot_table
from yunxing.engines.indicators.window import Slot

LOCAL_HOURS = 8  # known_at is UTC; due days are days of China Standard Time, UTC+8 without summer time


def received(facts: Any, membership: Any, party: Any, *, form: str, roster: str, slot: Slot, due_on: date, weights: Any) -> Any:
    """One row a member: `accepted`, `in_time`, `weight` (last year's value of the weight item, null when unknown).

    Accepted means that some value of the form stands for the period, a held one included; a row that only says "not reported" is no report. `weights` has
    columns `w_party`, `weight`.
    """
    import ibis

    f = facts.filter(facts.form == form, facts.role == "value", facts.period.isin([slot.cumulative, slot.single]))
    f = f.filter(f.value.notnull() | (f.absence != "not_reported"))
    local = f.first_known_at + ibis.interval(hours=LOCAL_HOURS)
    f = f.mutate(local_day=local.date())
    first = f.group_by(f_party=f.party).agg(first_day=f.local_day.min())
    on = members(membership, party, roster, slot_table([slot]))
    j = on.left_join(first, on.party == first.f_party)
    j = j.left_join(weights, j.party == weights.w_party)
    return j.select(
        "party", "unit", "industry", "weight",
        accepted=j.first_day.notnull(),
        in_time=j.first_day.notnull() & (j.first_day <= ibis.literal(due_on)).fill_null(False),
    )  # fmt: skip


def sums(table: Any, scope: str, column: str) -> Any:
    """By scope: due and Σ `column` in reporters and in weight."""
    import ibis

    t = table.mutate(scope=ibis.literal("city") if scope == "city" else table[scope])
    return t.group_by("scope").agg(
        due=t.count(),
        n=t[column].sum(),
        weight=t.weight.sum(),
        weight_in=t.weight.sum(where=t[column]),
        unweighted=t.weight.isnull().sum(),
    )
