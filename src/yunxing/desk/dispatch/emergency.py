"""Emergency mode: declared with a basis and a last day, passes signed and checkable offline, personal data encrypted and deleted by rule.

Reading and writing stand together here: each act is small. A mode that is over is read-only; what is personal in it goes `retain_days` after its end.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.casework.models import Case
from yunxing.desk.dispatch import selectors, services
from yunxing.desk.dispatch.models import Mode, Operation, VehiclePass, WhiteFirm
from yunxing.desk.dispatch.place import command_rules, desk_day, emergency_rules, unit_name, walked
from yunxing.desk.people import journal
from yunxing.desk.reporting.models import Party
from yunxing.desk.room.figures import pick
from yunxing.engines.cases.case import Actor
from yunxing.engines.dispatch.passes import Pass, mask_plate, refusals
from yunxing.flows.walk_item import Given
from yunxing.io import pass_codes
from yunxing.io.fields import FieldCipher
from yunxing.packs.command import ModeEntry
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.office_hours import BEIJING

PERSONAL = ("plate_sealed", "driver_sealed", "phone_sealed", "plate_key", "plate_shown", "code")


def kind_of(mode: Mode) -> ModeEntry | None:
    """The pack's rules of a mode's kind."""
    return next((one for one in emergency_rules().mode if one.id == mode.kind), None)


def in_force(mode: Mode, day: dt.date) -> bool:
    """Whether the mode is on: between its first and last day, and not ended before. It expires by itself."""
    return mode.first <= day <= mode.last and (mode.ended_on is None or day < mode.ended_on)


def last_day(mode: Mode) -> dt.date:
    """The day on which the mode was or will be over."""
    return mode.last if mode.ended_on is None else min(mode.ended_on, mode.last)


def clears_on(mode: Mode) -> dt.date:
    """The day by which its personal data is deleted."""
    return last_day(mode) + dt.timedelta(days=emergency_rules().emergency.retain_days)


# ---- declaring and ending -------------------------------------------------------------------------------------------------------------------------
@transaction.atomic
def declare(actor: Actor, kind: str, basis: str, first: dt.date, last: dt.date, words: str) -> Mode:
    """Declare a mode. Refused: without one of its legal bases, upside down, longer than the kind allows, or while one of its kind is on."""
    rules = next((one for one in emergency_rules().mode if one.id == kind), None)
    if rules is None:
        raise BadInput(_("没有这类应急状态。"))
    if basis not in rules.bases:
        raise BadInput(_("请选择法定依据：%(bases)s。") % {"bases": "、".join(rules.bases)})
    days = (last - first).days + 1
    if days < 1 or days > rules.longest_days:
        raise BadInput(
            _("期限 %(n)s 天，应为 1 至 %(most)s 天；到期自动解除，需要延长的重新宣布。") % {"n": days, "most": rules.longest_days}
        )
    meeting = [one for one in Mode.objects.filter(kind=kind) if one.first <= last and first <= last_day(one)]
    if meeting:
        raise Refusal(_("%(id)s 已在此期间宣布同类应急状态。") % {"id": meeting[0].id})
    number = Mode.objects.filter(first__year=first.year).count() + 1
    mode: Mode = Mode.objects.create(
        id=f"E{first.year}-{number:02d}", kind=kind, basis=basis, first=first, last=last, words=words.strip(), declared_by=actor.id
    )
    answer = services.start(
        walked()["pipeline_emergency_mode"], actor, key=f"mode/{mode.id}", title=f"{rules.title}应急状态 {mode.id}", unit="", office=command_rules().rules.office,
        origin=f"mode:{mode.id}", fields={"mode": rules.title, "basis": basis, "last": last.isoformat()}, on=min(first, desk_day()),
    )  # fmt: skip
    mode.case = answer.case
    mode.save(update_fields=["case"])
    journal.record("declare", kind="emergency", object_id=mode.id, reason=basis)
    return mode


@transaction.atomic
def end(actor: Actor, mode: Mode, day: dt.date, reason: str = "") -> Mode:
    """End a mode. What was issued for it ends with it; pages of it are read-only from then on."""
    if mode.ended_on is not None:
        raise Refusal(_("应急状态 %(id)s 已解除。") % {"id": mode.id})
    if day < mode.first:
        raise BadInput(_("解除日期不能早于起日。"))
    mode.ended_on = day
    mode.save(update_fields=["ended_on"])
    VehiclePass.objects.filter(mode=mode, state="applied").update(state="refused", note=_("应急状态已解除"))
    case = Case.objects.filter(pk=mode.case).first()
    if case is not None and case.state == "declared":
        services.take_step(walked()["pipeline_emergency_mode"], case, "to_ended", actor, Given(day, {}, reason), roles={"room"})
    journal.record("end", kind="emergency", object_id=mode.id, reason=reason)
    return mode


@transaction.atomic
def clear_expired(actor: Actor, day: dt.date) -> dict[str, int]:
    """Delete the personal data of every mode whose time of keeping is over, by rule; gives how many passes of which mode. A second run finds nothing."""
    found = {}
    for mode in Mode.objects.filter(cleared_on__isnull=True):
        if day <= clears_on(mode):
            continue
        blank: dict[str, str] = dict.fromkeys(PERSONAL, "")
        count = VehiclePass.objects.filter(mode=mode).update(**blank, test_until=None)
        if mode.ended_on is None:
            mode.ended_on = mode.last
        mode.cleared_on = day
        mode.save(update_fields=["ended_on", "cleared_on"])
        case = Case.objects.filter(pk=mode.case).first()
        pipeline = walked()["pipeline_emergency_mode"]
        for step in ("to_ended", "to_cleared"):
            if case is not None and step in [one.name for one in pipeline.steps_from(case.state)]:
                services.take_step(pipeline, case, step, actor, Given(day, {}, ""), roles={"room"})
                case = Case.objects.get(pk=mode.case)
        journal.record(
            "delete_personal",
            kind="emergency",
            object_id=mode.id,
            reason=f"{count} passes",
            after={"passes": count, "fields": len(PERSONAL)},
        )
        found[mode.id] = count
    return found


# ---- firms ----------------------------------------------------------------------------------------------------------------------------------------
@transaction.atomic
def list_firm(mode: Mode, firm: Party, document: str) -> WhiteFirm:
    """Put a firm on the white list of a mode that is on."""
    must_be_on(mode)
    if WhiteFirm.objects.filter(mode=mode, party=firm.id).exists():
        raise Refusal(_("%(firm)s 已在白名单。") % {"firm": firm})
    made: WhiteFirm = WhiteFirm.objects.create(
        mode=mode,
        party=firm.id,
        unit=firm.unit,
        since=max(mode.first, min(desk_day(), mode.last)),
        until=mode.last,
        document=document.strip(),
    )
    journal.record("list", kind="emergency", object_id=f"{mode.id} {firm.id}")
    return made


@transaction.atomic
def report_operation(
    mode: Mode, firm: Party, day: dt.date, running: str, staff: tuple[int, int], supply: tuple[str, int | None, int | None]
) -> Operation:
    """How a firm runs on a day; reported again it is corrected. More staff in than needed, or a day outside the mode, is refused."""
    must_be_on(mode)
    needed, present = staff
    if running not in ("open", "closed_loop", "stopped"):
        raise BadInput(_("生产方式应为正常、闭环或停产。"))
    if present > needed or present < 0:
        raise BadInput(_("已到岗 %(a)s 人，应在 0 与应到岗 %(b)s 人之间。") % {"a": present, "b": needed})
    if not mode.first <= day <= last_day(mode):
        raise BadInput(_("日期不在应急状态期间。"))
    name, stock, use = supply
    fields = {
        "unit": firm.unit,
        "running": running,
        "staff_needed": needed,
        "staff_in": present,
        "supply": name,
        "supply_stock": stock,
        "supply_use": use,
    }
    made: Operation = Operation.objects.update_or_create(mode=mode, party=firm.id, day=day, defaults=fields)[0]
    journal.record("report", kind="emergency", object_id=f"{mode.id} {firm.id} {day}")
    return made


def must_be_on(mode: Mode) -> None:
    """Refuse what is written into a mode that is over."""
    if not in_force(mode, desk_day()):
        raise Refusal(
            _("应急状态 %(id)s 不在有效期内（%(first)s 至 %(last)s），只能查看。")
            % {"id": mode.id, "first": mode.first, "last": last_day(mode)}
        )


# ---- passes ---------------------------------------------------------------------------------------------------------------------------------------
@transaction.atomic
def apply_for_pass(
    mode: Mode,
    firm: Party,
    *,
    plate: str,
    driver: str,
    phone: str,
    route: str,
    goods: str,
    first: dt.date,
    last: dt.date,
    tested: dt.datetime | None,
) -> VehiclePass:
    """Apply for a pass; refused with all reasons at once. What is personal is sealed before it is stored; of a test only until when it holds is kept."""
    must_be_on(mode)
    rules, plate = emergency_rules().emergency, plate.strip().upper()
    kind = kind_of(mode)
    cipher = FieldCipher.in_home(settings.HOME)
    standing = [
        plain(one, cipher)
        for one in VehiclePass.objects.filter(mode=mode, plate_key=cipher.found_by(plate), state__in=("applied", "issued"))
    ]
    number = f"{mode.id}-{VehiclePass.objects.filter(mode=mode).count() + 1:05d}"
    wanted = Pass(number, plate, route.strip(), goods, first, last, "")
    wrong = refusals(wanted, standing, mode.first, last_day(mode), rules.pass_longest_days)
    if kind is not None and (not kind.passes or goods not in kind.goods):
        wrong.append(_("物资类别应为：%(goods)s") % {"goods": "、".join(kind.goods)} if kind.passes else _("本类应急状态不发通行证"))
    if not driver.strip() or not phone.strip():
        wrong.append(_("请填写驾驶员和电话"))
    if wrong:
        raise BadInput("；".join(wrong))
    made: VehiclePass = VehiclePass.objects.create(
        number=number, mode=mode, party=firm.id, unit=firm.unit, goods=goods, route=route.strip(), first=first, last=last, state="applied",
        applied_at=clock.now(), plate_shown=mask_plate(plate), plate_key=cipher.found_by(plate), plate_sealed=cipher.seal(plate, f"{number}.plate"),
        driver_sealed=cipher.seal(driver.strip(), f"{number}.driver"), phone_sealed=cipher.seal(phone.strip(), f"{number}.phone"),
        test_until=tested + dt.timedelta(hours=rules.test_hours) if tested else None,
    )  # fmt: skip
    journal.record("apply", kind="pass", object_id=number)
    return made


def plain(one: VehiclePass, cipher: FieldCipher | None = None) -> Pass:
    """The pass as a value, its plate opened. A pass whose data was deleted has no plate."""
    cipher = cipher or FieldCipher.in_home(settings.HOME)
    return Pass(one.number, cipher.open(one.plate_sealed, f"{one.number}.plate"), one.route, one.goods, one.first, one.last, one.issuer)


@transaction.atomic
def issue(actor: Actor, one: VehiclePass, *, refuse: str = "") -> VehiclePass:
    """Issue a pass with its signed code, or refuse it with the reason. An issued one may be revoked with a reason."""
    must_be_on(one.mode)
    if refuse.strip() and one.state in ("applied", "issued"):
        one.state = "revoked" if one.state == "issued" else "refused"
        one.note = refuse.strip()[:200]
    elif one.state == "applied":
        one.issuer = actor.unit[:32]
        one.state, one.issued_at = "issued", clock.now()
        one.code = pass_codes.signed_code(settings.HOME, plain(one))
    else:
        words = _("证号 %(n)s 现为“%(s)s”，不能收回。") if refuse.strip() else _("证号 %(n)s 现为“%(s)s”，不能签发。")
        raise Refusal(words % {"n": one.number, "s": STATES()[one.state]})
    one.save()
    journal.record("issue" if one.state == "issued" else "refuse", kind="pass", object_id=one.number, reason=refuse)
    return one


def STATES() -> dict[str, str]:  # noqa: N802  # a table of words in the page's language
    """The states of a pass in words."""
    return {"applied": _("待签发"), "issued": _("已签发"), "refused": _("未准"), "revoked": _("已收回")}


def RUNNING() -> dict[str, str]:  # noqa: N802  # a table of words in the page's language
    """The ways a firm runs in words."""
    return {"open": _("正常"), "closed_loop": _("闭环"), "stopped": _("停产")}


def pass_page(one: VehiclePass, *, whole: bool) -> dict[str, Any]:
    """A pass for its page: whole for who issues it and its own firm, masked for the others."""
    cipher = FieldCipher.in_home(settings.HOME)
    opened = (
        {name: cipher.open(getattr(one, f"{name}_sealed"), f"{one.number}.{name}") for name in ("plate", "driver", "phone")}
        if whole
        else {}
    )
    return {
        "one": one,
        "state": STATES()[one.state],
        "plate": opened.get("plate") or one.plate_shown or _("已删除"),
        "driver": opened.get("driver", ""),
        "phone": opened.get("phone", ""),
        "unit": unit_name(one.unit),
        "valid": one.state == "issued" and one.first <= desk_day() <= one.last and in_force(one.mode, desk_day()),
        "on": in_force(one.mode, desk_day()),
    }


# ---- the page of a mode ---------------------------------------------------------------------------------------------------------------------------
def mode_row(mode: Mode, day: dt.date) -> dict[str, Any]:
    """One mode in a list."""
    kind = kind_of(mode)
    state = _("生效中") if in_force(mode, day) else _("未生效") if day < mode.first else _("已解除") if mode.ended_on else _("已到期")
    return {
        "mode": mode,
        "title": pick(kind.title, kind.title_en) if kind else mode.kind,
        "state": state,
        "on": in_force(mode, day),
        "last": last_day(mode),
        "clears_on": clears_on(mode),
    }


def mode_page(mode: Mode, *, command: bool) -> dict[str, Any]:
    """Stopped firms and return rate of the newest day, passes by state and hours to issue, blocked shipments, the white list."""
    day = desk_day()
    row = mode_row(mode, day)
    rules = emergency_rules().emergency
    newest = Operation.objects.filter(mode=mode).order_by("-day").values_list("day", flat=True).first()
    operations = list(Operation.objects.filter(mode=mode, day=newest)) if newest else []
    passes: QuerySet[VehiclePass] = VehiclePass.objects.filter(mode=mode)
    counts = Counter(passes.order_by().values_list("state", flat=True))
    hours = [(one.issued_at - one.applied_at).total_seconds() / 3600 for one in passes.filter(issued_at__isnull=False) if one.issued_at]
    within = sum(one <= rules.pass_hours for one in hours)
    troubles = Case.objects.filter(definition="pipeline_return_and_transport").order_by("-changed")[:10]
    names = {
        one.id: str(one)
        for one in Party.objects.filter(
            id__in={one.party for one in operations} | set(WhiteFirm.objects.filter(mode=mode).values_list("party", flat=True))
        )
    }
    rate = return_rate(operations)
    return {
        **row,
        "kind": kind_of(mode),
        "newest": newest,
        "stopped": [names.get(one.party, "—") for one in operations if one.running == "stopped"],
        "reporting": len(operations),
        "rate": f"{float(100 * rate):.1f}%" if rate is not None else "—",
        "by_unit": by_unit(operations),
        "supplies": [
            {"firm": names.get(one.party, "—"), "what": one.supply, "days": days}
            for one in operations
            if (days := supply_days(one)) is not None and days < 7
        ],
        "counts": [(words, counts[state]) for state, words in STATES().items()],
        "issued_in_time": (within, len(hours), rules.pass_hours),
        "white": [{"name": names.get(one.party, "—"), "unit": unit_name(one.unit), "until": one.until, "document": one.document} for one in WhiteFirm.objects.filter(mode=mode)[:200]],
        "passes": [{"one": one, "state": STATES()[one.state], "unit": unit_name(one.unit)} for one in passes[:50]],
        "troubles": selectors.rows_of(walked()["pipeline_return_and_transport"], troubles, day),
        "day": day,
        "command": command,
        "key": pass_codes.public_key(settings.HOME),
        "running": list(RUNNING().items()),
        "retain": rules.retain_days,
    }  # fmt: skip


def return_rate(operations: list[Operation]) -> Fraction | None:
    """Staff in over staff needed, sums over all firms; None when nobody is needed."""
    needed = sum(one.staff_needed for one in operations)
    return Fraction(sum(one.staff_in for one in operations), needed) if needed else None


def by_unit(operations: list[Operation]) -> list[tuple[str, int, int, str]]:
    """Each unit: firms reporting, stopped, return rate."""
    units: dict[str, list[Operation]] = {}
    for one in operations:
        units.setdefault(one.unit, []).append(one)
    found = []
    for unit, rows in sorted(units.items()):
        rate = return_rate(rows)
        found.append(
            (
                unit_name(unit),
                len(rows),
                sum(one.running == "stopped" for one in rows),
                f"{float(100 * rate):.1f}%" if rate is not None else "—",
            )
        )
    return found


def supply_days(one: Operation) -> Fraction | None:
    """Days of supply: stock over daily use; None without use."""
    return Fraction(one.supply_stock, one.supply_use) if one.supply_stock is not None and one.supply_use else None


def checked(text: str, on: dt.date) -> dict[str, Any]:
    """What a checkpoint sees of a code: the pass, whether it is genuine and whether it covers the day. A forgery is BadInput."""
    found = pass_codes.checked(text, pass_codes.public_key(settings.HOME))
    return {"pass": found, "valid": found.valid_on(on)}


def instant_of(text: str) -> dt.datetime | None:
    """A typed local moment (`2022-04-01T08:00`); None for none. BadInput when it is no moment."""
    if not text.strip():
        return None
    try:
        return dt.datetime.fromisoformat(text.strip()).replace(tzinfo=BEIJING)
    except ValueError as wrong:
        raise BadInput(_("“%(text)s”不是时间，应写作 2022-04-01T08:00") % {"text": text}) from wrong
