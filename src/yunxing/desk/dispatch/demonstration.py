"""What the demonstration shows of the command: meetings, progress, contacts, visits, and a past emergency whose personal data was deleted by rule. Idempotent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from yunxing.desk.casework.models import Case
from yunxing.desk.dispatch import command_services, emergency, services
from yunxing.desk.dispatch.models import Contact, Decision, Meeting, Mode, Operation, Progress, VehiclePass, Visit, WhiteFirm
from yunxing.desk.dispatch.place import emergency_rules, walked
from yunxing.desk.reporting.models import Membership, Party
from yunxing.engines.cases.case import Actor
from yunxing.engines.dispatch.definition import Pipeline
from yunxing.engines.dispatch.passes import Pass, mask_plate
from yunxing.flows.walk_item import Given
from yunxing.io import pass_codes
from yunxing.io.fields import FieldCipher
from yunxing.packs.pack import Pack
from yunxing.values.office_hours import BEIJING
from yunxing.values.period import Month

WHO = Actor("demonstration", "", frozenset({"command"}))
LABEL = "（合成）"
PASSES, FIRMS, CONTACTS = 24, 12, 40


@transaction.atomic
def fill(home: Path, pack: Pack, month: Month, day: dt.date) -> dict[str, int]:
    """Everything, as it stood on `day`; a second run adds nothing. Needs the registry and the items."""
    if Meeting.objects.exists():
        return {}
    panel = Membership.objects.filter(roster="panel_100", valid_to__isnull=True).values("party")
    firms = list(Party.objects.filter(id__in=panel).order_by("id")[:CONTACTS]) or list(
        Party.objects.filter(kind="enterprise").order_by("id")[:CONTACTS]
    )
    return {
        "progress": progress(pack, month, day),
        "meetings": meetings(pack, day),
        "visits": liaison(pack, firms, day),
        "passes": past_emergency(home, firms, day),
    }


def progress(pack: Pack, month: Month, day: dt.date) -> int:
    """Two months of progress from most offices; the newest month lacks some, so that there is something late."""
    rows = []
    for back in (1, 0):
        of = month.plus(-back)
        for measure in pack.measures:
            for at, office in enumerate(measure.offices):
                if back == 0 and (measure.number + at) % 5 == 0:
                    continue
                words = f"{measure.title}：按月推进，重点事项均已落实到人{LABEL}。"
                on = min(day, of.end + dt.timedelta(days=6))
                rows.append(
                    Progress(
                        measure=measure.number, office=office, month=of.code, words=words, submitted_on=on, submitted_by="demonstration"
                    )
                )
    Progress.objects.bulk_create(rows)
    return len(rows)


def meetings(pack: Pack, day: dt.date) -> int:
    """Three meetings whose matters stand at asked, answered and verified; and last quarter's recorded none."""
    offices = [code for code, one in pack.offices.items() if one.kind == "city"]
    pipeline = walked()["pipeline_meeting_items"]
    for number, back in enumerate((75, 40, 12)):
        held = day - dt.timedelta(days=back)
        matters = [
            command_services.Matter(
                f"第{number + 1}次调度会议定事项之{n + 1}{LABEL}",
                offices[(3 * number + n) % len(offices)],
                held + dt.timedelta(days=10 + 5 * n),
            )
            for n in range(4)
        ]
        made = command_services.hold_meeting(
            WHO, f"工业运行调度会第{number + 1}次会议{LABEL}", held, "市领导（合成）", f"听取上月运行情况，议定四项事项{LABEL}。", matters
        )
        for n, case in enumerate(Case.objects.filter(origin=f"meeting:{made.id}").order_by("id")):
            if number == 2 and n:
                break
            on = held + dt.timedelta(days=8 + n)
            move(pipeline, case, "to_answered", on, {"done": f"已办理并书面反馈{LABEL}"})
            if number == 0:
                move(pipeline, case, "to_verified", on + dt.timedelta(days=3), {"checked_by": f"现场核验{LABEL}"})
    quarter = f"{day.year}Q{(day.month - 1) // 3 - 1}" if day.month > 6 else f"{day.year - 1}Q4"
    reason = f"各县、各部门均未触发，经研究本季不约谈{LABEL}"
    Decision.objects.create(
        quarter=quarter, subject="none", outcome="none", reason=reason, decided_on=day - dt.timedelta(days=90), decided_by="demonstration"
    )
    return Meeting.objects.count()


def move(pipeline: Pipeline, case: Case, step: str, on: dt.date, fields: dict[str, str]) -> None:
    """One step of a made-up matter."""
    services.take_step(pipeline, Case.objects.get(pk=case.pk), step, WHO, Given(on, fields), roles={"room"})


def liaison(pack: Pack, firms: Sequence[Party], day: dt.date) -> int:
    """Contacts of most key firms, and visits to half of them."""
    office = next(code for code, one in pack.offices.items() if one.kind == "city")
    contacts, visits = [], []
    for n, firm in enumerate(firms):
        if n % 9 == 8:
            continue
        contacts.append(
            Contact(party=firm.id, unit=firm.unit, leader=f"市领导{1 + n % 6}{LABEL}", officer=f"联络员{1 + n % 11}{LABEL}", office=office, since=dt.date(day.year, 6, 1))
        )  # fmt: skip
        if n % 2 == 0:
            words = f"生产正常，反映用工和融资需求各一项{LABEL}"
            visits.append(Visit(party=firm.id, unit=firm.unit, office=office, held_on=day - dt.timedelta(days=5 + n), visitor=f"联络员{1 + n % 11}{LABEL}", words=words,
                                next_step=f"转相关部门，两周内回复{LABEL}"))  # fmt: skip
    Contact.objects.bulk_create(contacts)
    Visit.objects.bulk_create(visits)
    return len(visits)


def past_emergency(home: Path, firms: Sequence[Party], day: dt.date) -> int:
    """A mode of the spring: white list, passes, daily reports; over long ago, so that the rule has deleted what was personal."""
    rules = emergency_rules()
    kind = rules.mode[0]
    first = dt.date(day.year, 3, 21)
    last = first + dt.timedelta(days=25)
    mode = Mode.objects.create(
        id=f"E{day.year}-01",
        kind=kind.id,
        basis=kind.bases[0],
        words=f"春季疫情防控{LABEL}",
        first=first,
        last=last,
        ended_on=last,
        declared_by="demonstration",
    )
    cipher = FieldCipher.in_home(home)
    at = dt.datetime.combine(first, dt.time(9), BEIJING)
    listed = firms[:FIRMS] or list(firms)
    WhiteFirm.objects.bulk_create(
        [WhiteFirm(mode=mode, party=one.id, unit=one.unit, since=first, until=last, document=f"白名单第一批{LABEL}") for one in listed]
    )
    passes = []
    for n in range(PASSES if listed else 0):
        firm, number, plate = listed[n % len(listed)], f"{mode.id}-{n + 1:05d}", f"鲁X{10000 + 37 * n}"
        route = f"园区{1 + n % 4} — 港口{1 + n % 2}{LABEL}"
        value = Pass(number, plate, route, kind.goods[n % len(kind.goods)], first, first + dt.timedelta(days=9), "demonstration")
        passes.append((firm, value, at + dt.timedelta(hours=7 * n)))
    codes = pass_codes.signed_codes(home, [value for _firm, value, _at in passes])
    VehiclePass.objects.bulk_create(
        [
            VehiclePass(
                number=value.number, mode=mode, party=firm.id, unit=firm.unit, goods=value.goods, route=value.route, first=value.first, last=value.last,
                state="issued", applied_at=applied, issued_at=applied + dt.timedelta(hours=3 + n % 26), issuer=value.issuer, plate_shown=mask_plate(value.plate),
                plate_key=cipher.found_by(value.plate), plate_sealed=cipher.seal(value.plate, f"{value.number}.plate"),
                driver_sealed=cipher.seal("驾驶员", f"{value.number}.driver"), phone_sealed=cipher.seal("13800000000", f"{value.number}.phone"), code=code,
            )
            for n, ((firm, value, applied), code) in enumerate(zip(passes, codes, strict=True))
        ]
    )  # fmt: skip
    rows = [
        Operation(mode=mode, party=one.id, unit=one.unit, day=first + dt.timedelta(days=7 * week), running=("open", "closed_loop", "closed_loop", "stopped")[(n + week) % 4],
                  staff_needed=200 + 10 * n, staff_in=min(200 + 10 * n, 90 + 35 * week + 9 * n), supply=f"主要原料{LABEL}", supply_stock=90_000 - 8_000 * n, supply_use=9_000)
        for week in range(4)
        for n, one in enumerate(listed)
    ]  # fmt: skip
    Operation.objects.bulk_create(rows)
    emergency.clear_expired(WHO, day)
    return len(passes)
