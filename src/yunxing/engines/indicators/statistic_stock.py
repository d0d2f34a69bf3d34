"""`stock_days`: days of coal for every site and the city, each day of the month; the month's closing figure and its lowest.

Rows: `value` for each day (period a day) and for the month (its last day with a figure), `minimum` of the month at site and city; the city's `lowest_site` is the
least of the sites' minimums, the figure a card shows beside the red line. Compared unrounded: 6.96 shows as 7.0 and breaches 7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from yunxing.engines.indicators import stock
from yunxing.engines.indicators.compute import Figures, Inputs
from yunxing.engines.indicators.definition import CITY, Indicator
from yunxing.engines.indicators.rows import NOT_APPLICABLE, NOT_REPORTED, Row, figure, missing

STOPPED = "停运，无耗用"
LIMITS = {"trailing": 7, "carry": 3, "look_back": 30}


def stock_days(definition: Indicator, inputs: Inputs) -> Figures:
    """`definition.item` is the stock at the day's end, `definition.other` the use of the day, both in one unit."""
    import ibis
    import pyarrow as pa

    month = inputs.month
    days = [month.start + timedelta(days=n) for n in range((month.end - month.start).days + 1)]
    table = ibis.memtable(pa.table({"day": pa.array(days, pa.date32())}))
    limits = {name: definition.limit(name, default) for name, default in LIMITS.items()}
    if limits["trailing"] > 7:
        raise ValueError(f"{definition.id}: at most 7 trailing days are exact in common parts, found {limits['trailing']}")
    expression = stock.site_days(
        inputs.facts, inputs.membership, inputs.party, table,
        form=definition.form, stock=definition.item, use=definition.other, roster=definition.roster, limits=limits,
    )  # fmt: skip
    plain = sorted(inputs.rows(expression), key=lambda one: (one["party"], one["day"]))
    rows = [site_row(definition, one) for one in plain]
    rows += [city_row(definition, day, [one for one in plain if one["day"] == day]) for day in days]
    closing: list[Row] = []
    for scope in sorted({(row.scope_kind, row.scope) for row in rows}):
        mine = sorted((row for row in rows if (row.scope_kind, row.scope) == scope), key=lambda row: row.period)
        closing += month_rows(definition, scope, month.code, mine)
    sites = [row for row in closing if row.scope_kind == "party" and row.stat == "minimum" and row.value is not None]
    if sites:
        least = min(sites, key=lambda row: (row.value or Fraction(0), row.scope))
        assert least.num is not None
        assert least.den is not None
        closing.append(
            figure(
                definition.id,
                ("city", CITY),
                month.code,
                "lowest_site",
                least.num,
                least.den,
                "days",
                reason=least.scope,
                basis=least.basis,
            )
        )
    return Figures((*rows, *closing))


def site_row(definition: Indicator, one: Mapping[str, Any]) -> Row:
    """One site on one day. No use in the last seven days is a stop, not a breach; no stock within three days is not reported."""
    scope, period = ("party", one["party"]), one["day"].isoformat()
    if one["stock"] is None or not one["reported"]:
        return missing(definition.id, scope, period, "value", "days", NOT_REPORTED, "库存或耗用未报")
    if not one["recent"]:
        return missing(definition.id, scope, period, "value", "days", NOT_APPLICABLE, STOPPED)
    carried = one["stock_day"] != one["day"]
    reason = f"估：沿用{one['stock_day'].isoformat()}库存" if carried else ""
    return figure(definition.id, scope, period, "value", int(one["stock"]) * int(one["running"]), int(one["use"]), "days", reason=reason)


def city_row(definition: Indicator, day: date, sites: Iterable[Mapping[str, Any]]) -> Row:
    """Σ stock / Σ mean daily use over the running sites; the covered share counts sites that reported (stopped ones did)."""
    sites = list(sites)
    heard = [one for one in sites if one["stock"] is not None and one["reported"]]
    running = [one for one in heard if one["recent"]]
    scope, period = ("city", CITY), day.isoformat()
    rest = {"covered_num": len(heard), "covered_den": max(len(sites), 1)}
    if not heard:
        return missing(definition.id, scope, period, "value", "days", NOT_REPORTED, "全部未报", **rest)
    if not running:
        return missing(definition.id, scope, period, "value", "days", NOT_APPLICABLE, STOPPED, **rest)
    stock_sum = sum(int(one["stock"]) for one in running)
    use_parts = sum(int(one["use"]) * (stock.STEP // int(one["running"])) for one in running)
    return figure(definition.id, scope, period, "value", stock_sum * stock.STEP, use_parts, "days", **rest)


def month_rows(definition: Indicator, scope: tuple[str, str], month: str, days: list[Row]) -> list[Row]:
    """The month's `value` (its last day that has a figure; the row's basis names the day) and `minimum` (basis: the day it happened)."""
    present = [row for row in days if row.value is not None]
    if not present:
        last = days[-1]
        return [missing(definition.id, scope, month, "value", "days", last.absence or NOT_REPORTED, last.reason)]
    last, least = present[-1], min(present, key=lambda row: (row.value or Fraction(0), row.period))
    found = []
    for stat, row in (("value", last), ("minimum", least)):
        assert row.num is not None
        assert row.den is not None
        rest = {"covered_num": row.covered_num, "covered_den": row.covered_den}
        found.append(figure(definition.id, scope, month, stat, row.num, row.den, "days", reason=row.reason, basis=row.period, **rest))
    return found
