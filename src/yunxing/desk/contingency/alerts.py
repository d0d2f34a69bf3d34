"""What the page of an alert shows, and which level a row of daily means calls for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from yunxing.desk.contingency import services
from yunxing.desk.contingency.models import Alert, Order
from yunxing.desk.contingency.place import KINDS, TIERS, rules
from yunxing.desk.contingency.selectors import SHOWN, percents
from yunxing.desk.dispatch.place import unit_name
from yunxing.flows.order_sheets import said


def alert_page(alert: Alert) -> dict[str, Any]:
    """An alert with the orders the person sees, counts by state and by area, and the rate of execution: kept against checked."""
    orders = list(Order.objects.filter(alert=alert))
    states = {state: sum(one.state == state for one in orders) for state in Order.State.values}
    units: dict[str, list[Order]] = {}
    for one in orders:
        units.setdefault(one.unit, []).append(one)
    by_unit = [
        (
            unit_name(unit),
            len(some),
            sum(one.state != "told" for one in some),
            sum(one.state == "kept" for one in some),
            sum(one.state == "broken" for one in some),
        )
        for unit, some in sorted(units.items())
    ]
    known = [one for one in orders if one.actual is not None and one.amount]
    asked, done = sum(one.amount for one in known), sum(min(int(one.actual or 0), one.amount) for one in known)
    return {
        "alert": alert, "plan": alert.plan, "kind": KINDS[alert.plan.kind], "level": services.levels_of(alert.plan).get(alert.level, alert.level),
        "levels": services.levels_of(alert.plan), "orders": [order_row(one) for one in orders[:SHOWN]], "count": len(orders), "more": max(0, len(orders) - SHOWN),
        "states": [(Order.State(state).label, count) for state, count in states.items()], "by_unit": by_unit, "open": alert.lifted_on is None,
        "rate": percents(done * 1_000_000 // asked, 1) if asked else "—",
    }  # fmt: skip


def order_row(order: Order) -> dict[str, Any]:
    """An order in words."""
    words = []
    for one in order.asked:
        if "tier" in one:
            words.append(f"{one['line']} {TIERS[one['tier']]} {one['from']:02d}:00—{one['until']:02d}:00 {one['amount']:,} kW")
        else:
            words.append(f"{one['line']} 号线 {said(one['cut'])}")
    return {
        "order": order,
        "words": "；".join(words) or _("恢复正常生产"),
        "unit": unit_name(order.unit),
        "state": order.get_state_display(),
    }


def called(text: str, on: date) -> dict[str, Any]:
    """What a row of daily means calls for, for the small form on the page of scenarios."""
    numbers = [int(one) for one in text.replace("，", ",").replace(" ", ",").split(",") if one.strip().isdecimal()][:60]
    level, version = services.called_for(numbers, on)
    title = next((one.title for one in rules().pollution.level if one.id == level), _("不预警"))
    return {"days": numbers, "level": title if numbers else "", "version": version}
