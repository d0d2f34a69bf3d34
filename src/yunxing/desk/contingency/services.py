"""Scenarios are asked, carried out by a worker, frozen, executed; orders are acknowledged and checked. Every act is in the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.contingency.models import Alert, Order, Plan
from yunxing.desk.contingency.place import CASES, KINDS, office_of, rules
from yunxing.desk.people import journal
from yunxing.desk.room.shell import pack_in_force
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.cases.case import Actor
from yunxing.flows import walk_case
from yunxing.flows.hold_contingency import floor_of, hold
from yunxing.io.files import content_path, keep
from yunxing.values.digest import canonical_json
from yunxing.values.errors import BadInput, Refusal

LONGEST = 120  # seconds that a person may give a scenario


@dataclass(frozen=True, slots=True)
class Bound:
    """A number of the form: its name in words, least, most, and what stands when nothing is given."""

    words: str
    least: float
    most: float
    usual: float


def bounds(kind: str) -> dict[str, Bound]:
    """The sliders of a kind."""
    usual = {"pollution": rules().pollution.seconds, "power": rules().power.seconds, "coal": rules().coal.seconds}[kind]
    seconds = Bound(_("求解时限（秒）"), 1, LONGEST, usual)
    if kind == "power":
        return {"gap": Bound(_("电力缺口（占最大需求 %）"), 0, 40, 8), "seconds": seconds}
    if kind == "coal":
        return {"cut": Bound(_("到煤减少（%）"), 0, 100, 20), "cold": Bound(_("日耗为平时的（%）"), 50, 200, 100), "seconds": seconds}
    return {"seconds": seconds}


def asked_of(kind: str, posted: Mapping[str, Any]) -> dict[str, Any]:
    """The conditions of a form, checked. BadInput names every wrong number with what is expected."""
    found: dict[str, Any] = {}
    wrong = []
    for name, bound in bounds(kind).items():
        text = str(posted.get(name, "")).strip() or f"{bound.usual:g}"
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not bound.least <= value <= bound.most:
            wrong.append(
                _("“%(name)s”是“%(text)s”，应为 %(least)g 至 %(most)g 的数字。")
                % {"name": bound.words, "text": text, "least": bound.least, "most": bound.most}
            )
        found[name] = int(value) if value == value and float(value).is_integer() else text  # noqa: PLR0124  # NaN is not itself
    if kind == "power":
        found["season"] = str(posted.get("season", ""))
        found["tripped"] = _list(posted, "tripped")
        found["locked"] = _list(posted, "locked")
    if posted.get("after"):
        found["after"] = str(posted["after"])[:20]
        if before(kind, found["after"]) is None:
            wrong.append(_("“%(id)s”不是已完成的同类方案，不能在其基础上调整。") % {"id": found["after"]})
    if wrong:
        raise BadInput("".join(wrong))
    if kind == "pollution":
        found["same"] = posted.get("same") == "1"
        found["spread"] = posted.get("spread", "1") == "1"
    return found


def _list(posted: Mapping[str, Any], name: str) -> list[str]:
    given = posted.getlist(name) if hasattr(posted, "getlist") else posted.get(name, [])
    return sorted({str(one) for one in given if one})[:200]


@transaction.atomic
def ask(kind: str, asked: Mapping[str, Any], person: str, title: str = "") -> Plan:
    """A scenario that waits for the worker."""
    if kind not in KINDS:
        raise BadInput(_("没有这种推演。"))
    now = clock.now()
    number = Plan.objects.filter(made__year=now.year).count() + 1
    plan: Plan = Plan.objects.create(
        id=f"S{now.year}-{number:04d}", kind=kind, title=(title.strip() or str(KINDS[kind]))[:120], asked=dict(asked), office=office_of(kind), day=clock.today(),
        pack=pack_in_force().digest, person=person, made=now,
    )  # fmt: skip
    journal.record("ask", kind="scenario", object_id=plan.id, after={"kind": kind, **plan.asked})
    return plan


def carry_out(pk: str, kept: dict[str, Any] | None = None) -> bool:
    """Solve a waiting scenario; False when another worker has it. What is refused is told on the plan, never lost. `kept`: see `hold`."""
    if not Plan.objects.filter(pk=pk, state=Plan.State.WAITING).update(state=Plan.State.SOLVING, step="reading"):
        return False
    plan = Plan.objects.get(pk=pk)
    pack = pack_in_force()

    def progress(step: str) -> None:
        Plan.objects.filter(pk=pk).update(step=step)

    try:
        found = hold(
            settings.HOME,
            connection,
            rules(),
            plan.kind,
            plan.asked,
            plan.day,
            floor=floor_of(pack, rules()),
            progress=progress,
            before=before(plan.kind, plan.asked.get("after", "")),
            kept=kept,
        )
    except Refusal as refused:
        Plan.objects.filter(pk=pk).update(state=Plan.State.FAILED, trouble=refused.message[:1000], finished=clock.now())
        return True
    proof = found["proof"]
    loss = found["levels"][-1]["loss"] if plan.kind == "pollution" else found.get("loss", found.get("freight"))
    Plan.objects.filter(pk=pk).update(
        state=Plan.State.DONE, result=keep(settings.HOME, canonical_json(found)), status=proof["status"], gap=proof["gap"], loss=loss,
        holds=found["verdict"]["holds"], finished=clock.now(), step="",
    )  # fmt: skip
    return True


def work() -> int:
    """The worker's round: every scenario that waits, the oldest first; one left over by a worker that died waits again."""
    done, kept = 0, dict[str, Any]()
    with acting_as_system("scenarios"):
        stale = clock.now() - _patience()
        Plan.objects.filter(state=Plan.State.SOLVING, made__lt=stale).update(state=Plan.State.WAITING)
        for pk in list(Plan.objects.filter(state=Plan.State.WAITING).order_by("made", "id").values_list("pk", flat=True)[:20]):
            done += carry_out(pk, kept)
    return done


def _patience() -> Any:
    from datetime import timedelta

    return timedelta(seconds=4 * LONGEST)


def result_of(plan: Plan) -> dict[str, Any] | None:
    """The result of a finished scenario."""
    if not plan.result:
        return None
    found: dict[str, Any] = json.loads(content_path(settings.HOME, plan.result).read_bytes())
    return found


def before(kind: str, name: str) -> dict[str, Any] | None:
    """The result that a scenario begins from: of the same kind and finished; None otherwise."""
    found = Plan.objects.filter(pk=name, kind=kind, state=Plan.State.DONE).first() if name else None
    return result_of(found) if found else None


@transaction.atomic
def freeze(plan: Plan, person: str) -> Plan:
    """Sign a plan: from now on it is what is executed. Refused unless the checker accepted it; the frozen one before it is replaced."""
    if plan.state != Plan.State.DONE or not plan.holds:
        raise Refusal(_("方案未通过核验，不能签发冻结。"))
    if not order_proven(result_of(plan)):
        raise Refusal(_("错峰、避峰、限电、拉闸的先后未得证明，不能签发冻结；请加长求解时限再推演。"))
    if plan.frozen_on:
        return plan
    plan.frozen_on, plan.frozen_by = clock.today(), person
    plan.save(update_fields=["frozen_on", "frozen_by"])
    journal.record("freeze", kind="scenario", object_id=plan.id, after={"result": plan.result})
    return plan


def frozen(kind: str) -> Plan | None:
    """The newest signed plan of a kind."""
    found: Plan | None = Plan.objects.filter(kind=kind, frozen_on__isnull=False).order_by("-frozen_on", "-made").first()
    return found


def order_proven(result: Mapping[str, Any] | None) -> bool:
    """Whether every tier before the one used is proven insufficient; a plan without tiers has nothing to prove."""
    return bool((result or {}).get("order", {}).get("proven", True))


@transaction.atomic
def open_case(plan: Plan, actor: Actor) -> str:
    """The case that the plan's result asks for; the same plan again gives the case that is there."""
    from yunxing.desk.casework import acting

    if plan.state != Plan.State.DONE:
        raise Refusal(_("推演尚未完成。"))
    result = result_of(plan) or {}
    acting.newest(CASES[plan.kind])
    short = "；".join(one["words"] for one in result.get("short", [])[:3])
    words = f"{plan.title}（{plan.id}）：{len(result.get('rows', []))} 项安排。{short}"
    done = walk_case.new_case(
        connection, CASES[plan.kind], actor, clock.now(), key=f"plan/{plan.id}", title=f"{plan.title} {plan.id}"[:80], words=words,
        subject=f"contingency:{plan.kind}", lead=plan.office, origin=f"contingency:{plan.id}",
    )  # fmt: skip
    if done.won:
        journal.record("open", kind=CASES[plan.kind], object_id=done.case, reason=plan.id)
    Plan.objects.filter(pk=plan.pk).update(case=done.case)
    return done.case


# ---- an alert executes the frozen list --------------------------------------------------------------------------------------------------------------------
@transaction.atomic
def issue(plan: Plan, level: str, basis: str, person: str) -> Alert:
    """Issue an alert: the frozen list is executed at a level, nothing is solved again. Refused without a signed list or a basis, or while one is in force."""
    if plan.frozen_on is None:
        raise Refusal(_("清单尚未签发，不能据以发布预警。"))
    result = result_of(plan)
    levels = levels_of(plan)
    if result is None or level not in levels:
        raise BadInput(_("级别应为：%(levels)s。") % {"levels": "、".join(levels.values())})
    if not basis.strip():
        raise BadInput(_("请写明发布依据（会商结论、签发文件）。"))
    if Alert.objects.filter(lifted_on__isnull=True, plan__kind=plan.kind).exists():
        raise Refusal(_("已有生效的同类预警；请先调整级别或解除。"))
    today = clock.today()
    criteria = rules().criteria_on(today)
    number = Alert.objects.filter(first__year=today.year).count() + 1
    alert: Alert = Alert.objects.create(
        id=f"W{today.year}-{number:02d}", plan=plan, level=level, criteria=criteria.id if criteria and plan.kind == "pollution" else "", basis=basis.strip()[:300],
        first=today, signed_by=person,
    )  # fmt: skip
    _tell(alert, result)
    journal.record("issue", kind="alert", object_id=alert.id, reason=basis.strip()[:300], after={"level": level, "plan": plan.id})
    return alert


def levels_of(plan: Plan) -> dict[str, str]:
    """The levels at which a plan may be executed, with their titles."""
    if plan.kind == "pollution":
        return {one.id: one.title for one in rules().pollution.level}
    return {one.id: one.title for one in rules().power.level}


def asked_by(plan: Plan, result: Mapping[str, Any], level: str) -> dict[str, list[dict[str, Any]]]:
    """What each enterprise is asked at a level: the rows of the frozen list that name it and ask something."""
    found: dict[str, list[dict[str, Any]]] = {}
    place = list(levels_of(plan)).index(level)
    for row in result["rows"]:
        if plan.kind == "pollution":
            if not row["cuts"][place]:
                continue
            one = {"line": row["line"], "cut": row["cuts"][place], "amount": sum(row["base"]) * row["cuts"][place] // 100}
        else:
            one = {"line": row["feeder"], "tier": row["tier"], "from": row["from"], "until": row["until"], "amount": row["kilowatts"]}
        found.setdefault(row["party"], []).append({**one, "name": row["name"], "unit": row["unit"]})
    return found


def _tell(alert: Alert, result: Mapping[str, Any]) -> int:
    """Write the orders of an alert's level. An order whose content stays is left alone, so that a change of level changes as few as it must."""
    wanted = asked_by(alert.plan, result, alert.level)
    now, changed = clock.now(), 0
    present = {one.party: one for one in Order.objects.filter(alert=alert)}
    for party, lines in wanted.items():
        asked = [{key: value for key, value in one.items() if key not in ("name", "unit")} for one in lines]
        order = present.pop(party, None)
        if order is not None and order.asked == asked:
            continue
        changed += 1
        fields = {
            "asked": asked,
            "amount": sum(one["amount"] for one in asked),
            "level": alert.level,
            "told": now,
            "state": Order.State.TOLD,
            "answered": None,
        }
        if order is None:
            Order.objects.create(alert=alert, party=party, name=lines[0]["name"], unit=lines[0]["unit"], **fields)
        else:
            Order.objects.filter(pk=order.pk).update(**fields)
    for order in present.values():  # nothing is asked of these any more
        if order.asked:
            changed += 1
            Order.objects.filter(pk=order.pk).update(asked=[], amount=0, level=alert.level, told=now, state=Order.State.TOLD, answered=None)
    return changed


@transaction.atomic
def change_level(alert: Alert, level: str, reason: str) -> int:
    """Raise or lower an alert: the same frozen list at another level. Gives how many orders changed."""
    if alert.lifted_on is not None:
        raise Refusal(_("预警 %(id)s 已解除。") % {"id": alert.id})
    if level not in levels_of(alert.plan):
        raise BadInput(_("级别应为：%(levels)s。") % {"levels": "、".join(levels_of(alert.plan).values())})
    before, alert.level = alert.level, level
    alert.save(update_fields=["level"])
    changed = _tell(alert, result_of(alert.plan) or {"rows": []})
    journal.record("change", kind="alert", object_id=alert.id, reason=reason, after={"from": before, "to": level, "orders": changed})
    return changed


@transaction.atomic
def lift(alert: Alert, reason: str) -> None:
    """Lift an alert; its orders stay as they are, read-only."""
    if alert.lifted_on is not None:
        raise Refusal(_("预警 %(id)s 已解除。") % {"id": alert.id})
    alert.lifted_on = clock.today()
    alert.save(update_fields=["lifted_on"])
    journal.record("lift", kind="alert", object_id=alert.id, reason=reason)


@transaction.atomic
def answer(order: Order, act: str, *, actual: int | None = None, basis: str = "", note: str = "") -> Order:
    """Acknowledge an order (the enterprise), or record its check (an officer): kept or broken, with the data it rests on."""
    if order.alert.lifted_on is not None:
        raise Refusal(_("预警 %(id)s 已解除。") % {"id": order.alert_id})
    states = {"acknowledge": Order.State.ACKNOWLEDGED, "kept": Order.State.KEPT, "broken": Order.State.BROKEN}
    if act not in states:
        raise BadInput(_("没有这个操作。"))
    if act != "acknowledge" and not basis.strip():
        raise BadInput(_("请选择核查依据：用电、在线监测或现场。"))
    order.state, order.note = states[act], note.strip()[:300]
    if act == "acknowledge":
        order.answered = clock.now()
    else:
        order.actual, order.basis = actual, basis.strip()[:20]
    order.save()
    journal.record(act, kind="order", object_id=f"{order.alert_id}/{order.party}", reason=order.note)
    return order


def called_for(days: list[int], on: date) -> tuple[str, str]:
    """The level that daily means call for by the criteria in force on a day, and which version was read; empty for none."""
    from yunxing.engines.contingency.alert import level_of_days

    criteria = rules().criteria_on(on)
    if criteria is None:
        return "", ""
    return level_of_days(days, criteria), criteria.id
