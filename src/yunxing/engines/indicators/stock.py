"""Days of coal stock, as table expressions: stock of the day over the mean use of the last seven running days.

A site's days are stock·n/Σuse with n ≤ 7 running days; the city's are Σ stock / Σ mean use, not a mean of days. A site without use is stopped: no breach.
A missing day is carried forward at most three days and marked 「估」. Source: the handbook's measure 4; the 7 days stand in the plan.
"""

from __future__ import annotations

from typing import Any

STEP = 420  # least common multiple of 1..7: Σ use·(420/n) is a whole number for every n ≤ 7


def site_days(
    facts: Any, membership: Any, party: Any, days: Any, *, form: str, stock: str, use: str, roster: str, limits: dict[str, int]
) -> Any:
    """One row a day and site of the roster: `stock`, `stock_day` it was reported for, `use` summed over `running` days, `reported` days seen.

    `days` is a table with a column `day` (date). Limits: `trailing` running days, `carry` days a stock is carried forward, `look_back` days searched.
    """
    import ibis

    f = facts.filter(facts.form == form, facts.role == "value", facts.as_reported == "day")
    f = f.mutate(at=f.period.cast("date"), amount=ibis.ifelse(f.held, ibis.null("int64"), f.value))
    stocks = f.filter(f.item == stock, f.amount.notnull()).select(s_party="party", s_at="at", amount="amount")
    uses = f.filter(f.item == use, f.amount.notnull()).select(u_party="party", u_at="at", burnt="amount")
    m = membership.filter(membership.roster == roster)
    on = days.cross_join(m.select(party=m.party, m_from=m.valid_from, m_to=m.valid_to))
    on = (
        on.filter((on.m_from.isnull() | (on.m_from <= on.day)) & (on.m_to.isnull() | (on.m_to >= on.day))).select("day", "party").distinct()
    )
    held = _newest(on, stocks, "s", limits["carry"], 1)
    held = held.select(h_day=held.day, h_party=held.party, stock=held.amount, stock_day=held.s_at)
    seen = _newest(on, uses, "u", limits["trailing"] - 1, limits["trailing"])
    seen = seen.group_by(r_day=seen.day, r_party=seen.party).agg(reported=seen.burnt.count())
    running = _newest(on, uses.filter(uses.burnt > 0), "u", limits["look_back"], limits["trailing"])
    running = running.group_by(n_day=running.day, n_party=running.party).agg(use=running.burnt.sum(), running=running.burnt.count())
    recent = _newest(on, uses.filter(uses.burnt > 0), "u", limits["trailing"] - 1, limits["trailing"])
    recent = recent.group_by(c_day=recent.day, c_party=recent.party).agg(recent=recent.burnt.count())
    j = on.left_join(held, [on.day == held.h_day, on.party == held.h_party]).drop("h_day", "h_party")
    j = j.left_join(seen, [j.day == seen.r_day, j.party == seen.r_party]).drop("r_day", "r_party")
    j = j.left_join(running, [j.day == running.n_day, j.party == running.n_party]).drop("n_day", "n_party")
    j = j.left_join(recent, [j.day == recent.c_day, j.party == recent.c_party]).drop("c_day", "c_party")
    p = party.group_by(p_id=party.id).agg(unit=party.unit.max(), min_days=party.min_days.max())
    j = j.left_join(p, j.party == p.p_id).drop("p_id")
    return j.select(
        "day", "party", "unit", "min_days", "stock", "stock_day", "use",
        running=j.running.fill_null(0), reported=j.reported.fill_null(0), recent=j.recent.fill_null(0),
    )  # fmt: skip


def _newest(on: Any, series: Any, prefix: str, back: int, keep: int) -> Any:
    """For each (day, party): the newest `keep` rows of the series dated from `back` days before the day up to it."""
    import ibis

    at, who = f"{prefix}_at", f"{prefix}_party"
    j = on.join(series, [on.party == series[who], series[at] <= on.day])
    j = j.filter(j[at] >= j.day - ibis.interval(days=back))
    ranked = j.mutate(rank=ibis.row_number().over(ibis.window(group_by=[j.day, j.party], order_by=j[at].desc())))
    return ranked.filter(ranked.rank < keep)
