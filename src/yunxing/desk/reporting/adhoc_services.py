"""Ad hoc requests: send the gaps to their owners, take answers as facts, send back, urge, close. Nothing held is asked; one figure is asked once at a time."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from yunxing.desk import clock
from yunxing.desk.people import journal, outbox
from yunxing.desk.people.models import Post, Role, User
from yunxing.desk.reporting import adhoc
from yunxing.desk.reporting.adhoc import Spec
from yunxing.desk.reporting.adhoc_models import AdhocGap, AdhocItem, AdhocOpen, AdhocRequest
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.facts.adhoc import FORM, Ask, AskColumn, Filled, Missing, alias, completeness, gaps
from yunxing.engines.facts.cells import Cell, Misread, read_cell
from yunxing.engines.facts.units import STORED, unit_of
from yunxing.io import files, tables
from yunxing.io.store import registry
from yunxing.values.errors import BadInput, Fault, Refusal
from yunxing.values.scope import Scope

State = AdhocGap.State
DUE_HOUR = time(17)
TYPES = {"money": "万元", "count": "个", "volume": "吨", "rate": "%", "text": ""}


def make_item(title: str, type_: str, unit: str, *, level: str, basis: str, person: str, now: datetime | None = None) -> AdhocItem:
    """A new item. It must say its level and on what basis it is asked; an item of the same words is the same item."""
    faults = []
    if not title.strip():
        faults.append("新指标要有名称")
    if type_ not in TYPES:
        faults.append(f"“{title}”的类型应为：金额、数量、个数、比率或文字")
    if level not in ("1", "2", "3", "4"):
        faults.append(f"“{title}”要注明级别（1 公开、2 内部、3 敏感、4 高敏）")
    if len(basis.strip()) < 4:
        faults.append(f"“{title}”要写明依据（文件或职责）")
    printed = unit.strip() or TYPES.get(type_, "")
    known = unit_of(printed) if type_ != "text" else None
    if type_ != "text" and known is None:
        faults.append(f"“{title}”的计量单位“{printed}”不认识")
    if faults:
        raise BadInput("；".join(faults) + "。")
    same = AdhocItem.objects.filter(title=title.strip(), type=type_, unit=printed).first()
    if same is not None:
        return same
    stored = known.stored if known else STORED[type_][0]  # type: ignore[index]
    at = now or clock.now()
    made = AdhocItem.objects.create(id=f"x{uuid.uuid4().hex[:12]}", title=title.strip(), type=type_, unit=printed, stored=stored, level=int(level), basis=basis.strip(), person=person, created=at)  # fmt: skip
    journal.record("adhoc_item", kind="adhoc_item", object_id=made.pk, reason=f"{title} level {level}: {basis}")
    return made


def due_of(days: int, now: datetime) -> datetime:
    """The clock: 17:00 of the n-th working day from now; 0 is today's, or the next working day's when that is past."""
    here = timezone.localtime(now)
    calendar = clock.calendar()
    day = calendar.add(here.date(), days).date if days else calendar.next_workday(here.date())
    due = timezone.make_aware(datetime.combine(day, DUE_HOUR))
    return due if due > now else timezone.make_aware(datetime.combine(calendar.add(day, 1).date, DUE_HOUR))


def preview(spec: Spec, scope: Scope) -> tuple[Ask, list[list[Filled]]]:
    """The table as it would start: what is held, and what would be asked."""
    ask = adhoc.ask_of(spec, scope)
    return ask, adhoc.table_of(ask)


def send(spec: Spec, *, person: User, office: str, scope: Scope, key: str = "", now: datetime | None = None) -> AdhocRequest:
    """Write the request and its gaps and tell their owners. `key` makes a second click the same request. Only what is missing goes out."""
    at = now or clock.now()
    pk = key or uuid.uuid4().hex
    with acting_as_system("adhoc"):
        again: AdhocRequest | None = AdhocRequest.objects.filter(pk=pk, asker=person.username).first()
    if again is not None:
        return again
    ask, table = preview(spec, scope)
    have, wanted = completeness(table)
    plain_rows = [{"id": row.id, "title": row.title, "unit": row.unit, "party": row.party} for row in ask.rows]
    with acting_as_system("adhoc"), transaction.atomic():
        one: AdhocRequest = AdhocRequest.objects.create(
            id=pk, title=spec.title.strip(), reason=spec.reason.strip(), asker=person.username, office=office, subject=spec.subject, period=spec.month,
            columns=[column.id for column in ask.columns], rows=plain_rows, total=spec.total and spec.subject == "unit", asked=at, due=due_of(spec.days, at),
            held_at_start=have, wanted=wanted,
        )  # fmt: skip
        owned = _write_gaps(one, gaps(table))
        for unit, count in owned.items():
            _tell(one, unit, count, f"adhoc:{pk}:asked:{unit}")
        journal.record(
            "adhoc_send",
            kind="adhoc_request",
            object_id=pk,
            reason=f"{wanted} figures, {have} held, {sum(owned.values())} asked of {len(owned)} units",
        )
    return one


def _write_gaps(one: AdhocRequest, missing: Sequence[Missing]) -> dict[str, int]:
    """The gaps, and how many went to each unit; a figure that another request asks already stands in both and is asked once."""
    asked: dict[str, int] = {}
    for gap in missing:
        row = AdhocGap.objects.create(
            request=one.pk, cell=gap.cell, unit=gap.unit, party=gap.party, column=f"{gap.form}.{gap.item}.{gap.role}.{gap.as_reported}"
        )
        try:
            with transaction.atomic():
                AdhocOpen.objects.create(cell=gap.cell, gap=row.pk)
        except IntegrityError:
            continue  # being asked already: its answer fills this request too
        asked[gap.unit] = asked.get(gap.unit, 0) + 1
    return asked


def owners(unit: str, parties: Sequence[str] = ()) -> list[User]:
    """Who answers for a unit today: its county officers, and the clerks of the enterprises asked."""
    today = timezone.localdate()
    counties = Post.objects.on(today).filter(unit__code=unit, role=Role.COUNTY, user__is_active=True)
    firms = Post.objects.on(today).filter(unit__code__in=list(parties), role=Role.ENTERPRISE, user__is_active=True)
    return list(User.objects.filter(posts__in=counties).distinct()) + list(User.objects.filter(posts__in=firms).distinct())


def _tell(one: AdhocRequest, unit: str, count: int, key: str) -> int:
    """One message to each owner of a unit. Outside messages hold no figure: a sentence and a link behind the login."""
    title = f"临时报表：{one.title}，请于 {timezone.localtime(one.due):%m-%d %H:%M} 前补 {count} 个数"
    people = owners(unit, list(AdhocGap.objects.filter(request=one.pk, unit=unit).values_list("party", flat=True).distinct()[:50]))
    sender = User.objects.filter(username=one.asker).first()
    for person in people:
        outbox.send(
            key=f"{key}:{person.pk}", recipient=person, sender=sender, parameters={"title": title, "link": f"/requests/{one.pk}/answer/"}
        )
    return len(people)


def open_gaps(one: AdhocRequest) -> Any:
    """The gaps that still wait for an answer, also those that another request asks."""
    return AdhocGap.objects.filter(request=one.pk).exclude(state=State.ANSWERED)


def answer(
    one: AdhocRequest, given: Mapping[int, str], notes: Mapping[int, str], *, person: User, scope: Scope, now: datetime | None = None
) -> int:
    """Take answers, by gap, as facts of the ad hoc form; gives how many. Everything wrong comes back at once as `BadInput`, and then nothing is written.

    Who answers: the owner whose scope holds the figure. An empty answer is none; 「—」 or 「不适用」 is an answer.
    """
    at = now or clock.now()
    if one.state != AdhocRequest.State.OPEN:
        raise Refusal("这张临时报表已完成，不再接收填报。")
    ask = adhoc.stored_ask(one)
    columns = {f"{c.form}.{c.item.id}.{role}.{c.as_reported}": c for c in ask.columns for role in c.roles}
    seen = AdhocGap.seen_by(scope).filter(request=one.pk, pk__in=list(given))
    own = [gap for gap in seen if scope.sees_party(gap.party, gap.unit) or (scope.sees_unit(gap.unit) and gap.party == gap.unit)]
    if len(own) != len(given):
        raise Refusal("有的数不归您填报，或已不在这张表里；请刷新后再填。")
    read, faults = _read(own, given, columns)
    if faults:
        raise BadInput.from_faults(faults)
    if not read:
        return 0
    with acting_as_system("adhoc"), transaction.atomic():
        content = json.dumps({"request": one.pk, "by": person.username, "at": at.isoformat(), "answers": {gap.cell: given[gap.pk] for gap, _c, _v in read}}, ensure_ascii=False, sort_keys=True)  # fmt: skip
        sheet = files.keep(settings.HOME, content.encode())
        for gap, _column, _cell in read:
            AdhocGap.objects.filter(pk=gap.pk).update(
                state=State.ANSWERED,
                answer=given[gap.pk].strip(),
                answered_by=person.username,
                answered=at,
                note=notes.get(gap.pk, "")[:200],
                why="",
            )
            # the same figure in another open request is answered with it
            waiting = AdhocRequest.objects.filter(state=AdhocRequest.State.OPEN).values("pk")
            AdhocGap.objects.filter(cell=gap.cell, state=State.ASKED, request__in=waiting).update(
                state=State.ANSWERED, answer=given[gap.pk].strip(), answered_by=person.username, answered=at
            )
            AdhocOpen.objects.filter(cell=gap.cell).delete()
        _append(one, read, notes, submission=sheet, at=at)
        journal.record("adhoc_answer", kind="adhoc_request", object_id=one.pk, reason=f"{len(read)} figures", after={"sheet": sheet})
    return len(read)


Read = tuple[AdhocGap, AskColumn, Cell]


def _read(own: Sequence[AdhocGap], given: Mapping[int, str], columns: Mapping[str, AskColumn]) -> tuple[list[Read], list[Fault]]:
    """The answers as stored values, and what cannot be read."""
    read: list[Read] = []
    faults: list[Fault] = []
    for gap in own:
        text = given[gap.pk]
        column = columns[gap.column]
        cell = read_cell(text, column.item, unit_of(column.item.unit) if column.item.numeric else None)
        if isinstance(cell, Misread):
            faults.append(Fault("", f"gap-{gap.pk}", text, cell.expected[0], why=cell.why[0], fix="改正后再提交"))
        elif cell.absence == "not_reported":
            faults.append(Fault("", f"gap-{gap.pk}", text, "数，或“不适用”“保密”", fix="没有数的先留空"))
        elif cell != Cell():
            if cell.value is not None and cell.value < 0 and not column.item.may_be_negative:
                faults.append(Fault("", f"gap-{gap.pk}", text, "不小于 0", fix="核对符号"))
                continue
            read.append((gap, column, cell))
    return read, faults


def _append(one: AdhocRequest, read: Sequence[Read], notes: Mapping[int, str], *, submission: str, at: datetime) -> None:
    """Append the answers to the facts store, each with who it is about, the request as its sheet, and a version of its own."""
    import polars as pl

    from yunxing.engines.facts.table import SCHEMA, next_versions

    parties = registry.read_parties(connection)
    rows = []
    for gap, column, cell in read:
        known = parties.get(gap.party)
        form, item, role, party, as_reported, period = gap.cell.split("|")
        rows.append(
            {
                "form": FORM, "item": alias(form, item), "role": role, "party": party, "unit": gap.unit, "region": known.region if known else "",
                "industry": known.industry if known else "", "period": period, "as_reported": as_reported, "value": cell.value, "words": cell.words,
                "absence": cell.absence, "basis": column.roster, "origin": "dispatch", "status": "reported", "held": False, "cause": notes.get(gap.pk, "")[:200],
                "known_at": at, "version": 1, "submission": submission, "sheet": one.title[:31], "cell": f"{column.title or column.item.title}",
            }
        )  # fmt: skip
    frame = pl.DataFrame(rows, schema=SCHEMA)
    for month in sorted({tables.month_of(str(row["period"])) for row in rows}):
        here = frame.filter(tables.month_column() == month)
        fresh, _added, _revised = next_versions(here, tables.facts_of_months(settings.HOME, FORM, [month]))
        if fresh.height:
            tables.append_batch(settings.HOME, month, FORM, fresh)


def give_back(one: AdhocRequest, gap: AdhocGap, why: str) -> None:
    """「退回」 with its reason: the answer no longer counts, its owner is asked again. The asker never changes a figure himself."""
    if not why.strip():
        raise BadInput("退回要写明原因。")
    if one.state != AdhocRequest.State.OPEN:
        raise Refusal("这张临时报表已完成。")
    with acting_as_system("adhoc"), transaction.atomic():
        if AdhocGap.objects.filter(pk=gap.pk, request=one.pk, state=State.ANSWERED).update(state=State.RETURNED, why=why.strip()[:200]):
            AdhocOpen.objects.get_or_create(cell=gap.cell, defaults={"gap": gap.pk})
            _tell(one, gap.unit, 1, f"adhoc:{one.pk}:returned:{gap.pk}:{clock.now():%Y%m%d%H%M}")
            journal.record("adhoc_return", kind="adhoc_request", object_id=one.pk, reason=why)


def urge(one: AdhocRequest, now: datetime | None = None) -> int:
    """「催办」: one message to every owner who still owes figures, at most once a day; gives how many units were written to today."""
    at = now or clock.now()
    if one.state != AdhocRequest.State.OPEN:
        raise Refusal("这张临时报表已完成，不再催办。")
    with acting_as_system("adhoc"), transaction.atomic():
        owed: dict[str, int] = {}
        for unit in open_gaps(one).values_list("unit", flat=True):
            owed[unit] = owed.get(unit, 0) + 1
        for unit, count in owed.items():
            _tell(one, unit, count, f"adhoc:{one.pk}:urge:{unit}:{timezone.localtime(at):%Y%m%d}")
        if owed:
            journal.record("adhoc_urge", kind="adhoc_request", object_id=one.pk, reason=f"{len(owed)} units")
    return len(owed)


def close(one: AdhocRequest, now: datetime | None = None) -> AdhocRequest:
    """The request ends: the table is kept as it stood, and nobody is asked any more. A second time changes nothing."""
    at = now or clock.now()
    if one.state == AdhocRequest.State.CLOSED:
        return one
    table = adhoc.table_of(adhoc.stored_ask(one), adhoc.returned_cells(one))
    frozen = files.keep(settings.HOME, json.dumps(frozen_table(table), ensure_ascii=False).encode())
    with acting_as_system("adhoc"), transaction.atomic():
        cells = list(AdhocGap.objects.filter(request=one.pk).values_list("cell", flat=True))
        AdhocRequest.objects.filter(pk=one.pk, state=AdhocRequest.State.OPEN).update(
            state=AdhocRequest.State.CLOSED, closed=at, frozen=frozen
        )
        still = set(
            AdhocGap.objects.filter(
                cell__in=cells, request__in=AdhocRequest.objects.filter(state=AdhocRequest.State.OPEN).values("pk")
            ).values_list("cell", flat=True)
        )
        AdhocOpen.objects.filter(cell__in=[cell for cell in cells if cell not in still]).delete()
        journal.record("adhoc_close", kind="adhoc_request", object_id=one.pk, after={"table": frozen})
        one.refresh_from_db()
    return one


def frozen_table(table: Sequence[Sequence[Filled]]) -> list[list[dict[str, Any]]]:
    """The table as plain data: exact values and the facts behind them by submission, sheet, cell and version."""
    return [
        [
            {
                "value": [cell.value.numerator, cell.value.denominator] if cell.value is not None else None,
                "words": cell.words, "absence": cell.absence, "have": cell.have, "of": cell.of,
                "facts": [[fact["form"], fact["item"], fact["role"], fact["party"], fact["period"], fact["version"], fact["submission"], fact["cell"]] for fact in cell.facts],
            }
            for cell in row
        ]
        for row in table
    ]  # fmt: skip


def late(one: AdhocRequest, now: datetime) -> timedelta | None:
    """How long the request is past its clock; None while it is not, or when it is closed."""
    return now - one.due if one.state == AdhocRequest.State.OPEN and now > one.due else None
