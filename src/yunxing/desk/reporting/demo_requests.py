"""Two ad hoc requests for the demonstration: one open with gaps and answers, one finished. 合成数据; idempotent; nothing here runs in a real installation."""

from __future__ import annotations

from typing import Any

from yunxing.desk import clock
from yunxing.desk.people.models import User
from yunxing.desk.people.selectors import standing_of
from yunxing.desk.reporting import adhoc, adhoc_services, in_force
from yunxing.desk.reporting.adhoc import Spec
from yunxing.desk.reporting.adhoc_models import AdhocGap, AdhocRequest
from yunxing.desk.reporting.asked import leading_form
from yunxing.desk.scoping import acting_as_system, acting_in
from yunxing.engines.facts.adhoc import FORM, YOY
from yunxing.values.digest import digits

ASKER, COLUMNS = "zhihui", 3
REASON = "演示：专题会用表（合成数据）"


def make_requests(month: str) -> dict[str, Any]:
    """The requests for a closed month; what is there already stays. Gives how many figures each wanted and how many were held."""
    asker = User.objects.filter(username=ASKER, is_synthetic=True).first()
    if asker is None:
        return {}
    item = adhoc_services.make_item("夜班在岗人数", "count", "人", level="2", basis="演示：运行调度通知", person=ASKER, now=clock.now())
    columns = summed_columns(month)
    units = tuple(in_force.units())
    made = {
        "open": _send(asker, Spec("重点指标和夜班情况", REASON, "unit", month, (*columns, f"{FORM}.{item.pk}.value.month"), units, days=1)),
        "done": _send(asker, Spec("重点指标一览", REASON, "unit", month, columns, units, days=1)),
    }
    _answer_some(made["open"])
    with acting_in(standing_of(asker, clock.today()).scope):
        adhoc_services.close(made["done"])
    return {name: {"wanted": one.wanted, "held": one.held_at_start} for name, one in made.items()}


def summed_columns(month: str) -> tuple[str, ...]:
    """A cumulative figure, its growth, and one more sum of the first form that has a growth: what a leader asks most."""
    offered = adhoc.offered(month)
    growing = [one for one in offered.values() if one.role == YOY and one.as_reported == "cumulative" and one.summable]
    growth = next((one for one in growing if one.form == leading_form()), next(iter(growing), None))
    if growth is None:
        return tuple(list(offered)[:COLUMNS])
    same = [
        one.id
        for one in offered.values()
        if one.form == growth.form and one.role == "value" and one.summable and one.as_reported == "cumulative"
    ]
    own = f"{growth.form}.{growth.item.id}.value.cumulative"
    return (own, growth.id, *[name for name in same if name != own][: COLUMNS - 2])


def _send(asker: User, spec: Spec) -> AdhocRequest:
    standing = standing_of(asker, clock.today())
    office = standing.post.unit.code if standing.post else ""
    with acting_in(standing.scope):
        return adhoc_services.send(
            spec, person=asker, office=office, scope=standing.scope, key=digits(f"demo {spec.title} {spec.month}")[:32], now=clock.now()
        )


def _answer_some(one: AdhocRequest) -> None:
    """The counties with an account of the demonstration answer theirs; the other gaps stay open."""
    for number, username in enumerate(("xian1", "xian2"), start=1):
        person = User.objects.filter(username=username, is_synthetic=True).first()
        if person is None:
            continue
        standing = standing_of(person, clock.today())
        with acting_as_system("demo"):
            gaps = [
                gap
                for gap in AdhocGap.objects.filter(request=one.pk, state=AdhocGap.State.ASKED)
                if standing.scope.sees_unit(gap.unit) and gap.party == gap.unit
            ]
        if gaps:
            with acting_in(standing.scope):
                adhoc_services.answer(
                    one, {gap.pk: str(1000 + 37 * number) for gap in gaps}, {}, person=person, scope=standing.scope, now=clock.now()
                )
