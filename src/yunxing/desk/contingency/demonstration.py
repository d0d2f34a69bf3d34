"""What the demonstration shows of contingency: a signed list with an alert under way, a summer and a winter plan, a drill, coal. Idempotent, synthetic."""

from __future__ import annotations

from typing import Any

from yunxing.desk.contingency import services
from yunxing.desk.contingency.models import Alert, Order, Plan
from yunxing.engines.cases.case import SYSTEM
from yunxing.io.solvers.workers import standing_by

PERSON = "demonstration"
LONGEST = "2.5"  # seconds at most: each ends sooner by its proof, and a visitor may ask again with more


def make(tripped: str = "") -> dict[str, int]:
    """Hold the scenarios, sign the list, execute it at yellow; cases are opened for power and coal. The unit's failure begins from the summer plan."""
    if not Plan.objects.exists():
        asked: list[tuple[str, str, dict[str, Any]]] = [
            ("pollution", "秋冬季应急减排清单", {"same": False, "spread": False}),
            ("power", "迎峰度夏有序用电方案", {"season": "summer", "gap": 6}),
            ("power", "迎峰度冬有序用电方案", {"season": "winter", "gap": 3}),
            ("power", "机组非停推演", {"season": "summer", "gap": 6, "tripped": [tripped] if tripped else []}),
            ("coal", "电煤到货与调剂方案", {"cut": 30, "cold": 105}),
        ]
        kept: dict[str, Any] = {}
        with standing_by():
            names: dict[str, str] = {}
            for kind, title, conditions in asked:
                after = {"after": names["迎峰度夏有序用电方案"]} if title == "机组非停推演" else {}
                plan = services.ask(kind, {**conditions, "seconds": LONGEST, **after}, PERSON, title)
                names[title] = plan.pk
                services.carry_out(plan.pk, kept)
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
