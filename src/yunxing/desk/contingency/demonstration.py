"""What the demonstration shows of contingency: a signed list with an alert under way, a summer and a winter plan, a drill, coal. Idempotent, synthetic."""

from __future__ import annotations

from yunxing.desk.contingency import services
from yunxing.desk.contingency.models import Alert, Order, Plan
from yunxing.engines.cases.case import SYSTEM

PERSON = "demonstration"
QUICK, FIRST_PLAN = "1.5", "0.8"  # seconds: the demonstration is made quickly, a visitor may ask again with more


def make(tripped: str = "") -> dict[str, int]:
    """Hold the scenarios, sign the list, execute it at yellow; cases are opened for power and coal."""
    if not Plan.objects.exists():
        asked = [
            ("pollution", "秋冬季应急减排清单", {"same": False, "spread": False, "seconds": QUICK}),
            ("power", "迎峰度夏有序用电方案", {"season": "summer", "gap": 6, "seconds": FIRST_PLAN}),
            ("power", "迎峰度冬有序用电方案", {"season": "winter", "gap": 3, "seconds": FIRST_PLAN}),
            ("power", "机组非停推演", {"season": "summer", "gap": 3, "tripped": [tripped] if tripped else [], "seconds": FIRST_PLAN}),
            ("coal", "电煤到货与调剂方案", {"cut": 30, "cold": 105, "seconds": FIRST_PLAN}),
        ]
        for kind, title, conditions in asked:
            plan = services.ask(kind, conditions, PERSON, title)
            services.carry_out(plan.pk)
            if kind != "pollution":
                services.open_case(Plan.objects.get(pk=plan.pk), SYSTEM)
    _alert()
    return {"scenarios": Plan.objects.count(), "orders": Order.objects.count()}


def _alert() -> None:
    """The list is signed and executed; a third of the orders is acknowledged, a few are checked."""
    found = Plan.objects.filter(kind="pollution", state=Plan.State.DONE, holds=True).first()
    if found is None or Alert.objects.exists():
        return
    services.open_case(found, SYSTEM)
    services.freeze(Plan.objects.get(pk=found.pk), PERSON)
    alert = services.issue(Plan.objects.get(pk=found.pk), "yellow", "合成会商结论（演示）", PERSON)
    for at, order in enumerate(Order.objects.filter(alert=alert)):
        if at % 3 == 0:
            services.answer(order, "acknowledge")
        if at % 6 == 0:
            services.answer(order, "kept", actual=order.amount, basis="用电")
