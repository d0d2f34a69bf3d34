"""Imports: receive, look, confirm, save, undo. Every step happens once, however often it is asked for; nothing is written before the person confirmed.

Small imports are looked at while the page is made, larger ones by the worker (`python -m yunxing.desk work`); either way the result stays, and the person
is told where it is. What an import does is the matter of its `Importer`: facts here, registries by their own.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone

from yunxing.desk import clock
from yunxing.desk.people import journal, outbox
from yunxing.desk.people.models import User
from yunxing.desk.reporting import in_force
from yunxing.desk.reporting.intake_models import Intake
from yunxing.desk.scoping import acting_as_system
from yunxing.desk.uploads import receive_content
from yunxing.flows import intake
from yunxing.flows.import_facts import undo_import
from yunxing.flows.import_report import UNDO
from yunxing.flows.intake import Upload
from yunxing.io import files, uploads
from yunxing.io.store import dialect, submissions
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.scope import ALL, Scope

State = Intake.State
AT_ONCE_BYTES, AT_ONCE_FILES = 200_000, 3
KINDS = uploads.KINDS | {"html"}
STALLED = timedelta(minutes=3)
Step = Callable[[int, int], None]


class Importer(Protocol):
    """What one kind of import does. `look` writes nothing but copies by content; `save` gives what to take back; `undo` takes it back."""

    def look(self, one: Intake, given: Sequence[Upload], now: datetime, step: Step) -> list[dict[str, Any]]:
        """Entries as `flows.intake.look` gives them."""
        ...

    def save(
        self, one: Intake, given: Sequence[Upload], entries: Sequence[Mapping[str, Any]], now: datetime, step: Step
    ) -> tuple[dict[str, int], list[str]]:
        """Counts of what was saved, and names to take it back by."""
        ...

    def undo(self, names: Sequence[str], now: datetime) -> None:
        """Take back what was saved under those names; a second time changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class FactsImporter:
    """Workbooks of forms to facts."""

    def look(self, one: Intake, given: Sequence[Upload], now: datetime, step: Step) -> list[dict[str, Any]]:
        """Everything the checks of the forms find."""
        may = speaks_for(one.scope)
        with dialect.using(connection):
            return intake.look(
                settings.HOME,
                given,
                in_force.forms(),
                in_force.units(),
                now=now,
                allowed=may,
                correction=one.correction,
                progress=lambda done, total, _w: step(done, total),
            )

    def save(
        self, one: Intake, given: Sequence[Upload], entries: Sequence[Mapping[str, Any]], now: datetime, step: Step
    ) -> tuple[dict[str, int], list[str]]:
        """The files that may be saved; of those with errors the other rows, where the person said so."""
        chosen = [n for n, entry in enumerate(entries) if entry["can_save"] and (entry["whole_file"] or one.rows_alone)]
        with dialect.using(connection):
            report = intake.save(
                settings.HOME, given, in_force.forms(), in_force.units(), now=now, whole=not one.rows_alone, chosen=chosen, correction=one.correction,
                progress=lambda done, total, _w: step(done, total),
            )  # fmt: skip
        counts = {name: report.total(name) for name in ("added", "revised", "unchanged", "blocked", "held", "warned")}
        # by their moment, so that a run that was killed half-way and repeated can be taken back whole
        names = [name for name, kept in submissions.read_imports(connection).items() if kept.imported == now and kept.undone is None]
        return {**counts, "files": len(chosen)}, sorted({*report.batches, *names})

    def undo(self, names: Sequence[str], now: datetime) -> None:
        """Batch by batch; refused as a whole when one of their months was closed meanwhile."""
        with dialect.using(connection):
            for name in names:
                undo_import(settings.HOME, name, now)


IMPORTERS: dict[str, Importer] = {"facts": FactsImporter()}


def speaks_for(scope: Mapping[str, Any]) -> intake.Allowed:
    """Who may hand in which workbook: those of his reporting units, those of forms that his office sends for the whole city; command staff any."""
    units, offices = scope.get("units"), scope.get("offices")

    def allowed(unit: str, form: str) -> bool:
        known = in_force.forms().get(form)
        office = getattr(known, "office", "")
        return units is None or unit in units or bool(office and (offices is None or office in offices))

    return allowed


def plain_scope(scope: Scope) -> dict[str, Any]:
    """Units and offices of a scope as data; None stands for all."""
    return {
        "units": None if scope.units is ALL else sorted(scope.units),
        "offices": None if scope.offices is ALL else sorted(scope.offices),
    }


def take(
    sent: Sequence[UploadedFile[Any]],
    pasted: str,
    *,
    person: User,
    unit: str,
    scope: Scope,
    kind: str = "facts",
    now: datetime | None = None,
    correction: str = "",
) -> Intake:
    """A new import of what was sent, with the cause of a correction where it is one; archives are unpacked, every file is judged before it is kept. Looked at here and now when it is small."""
    at = now or clock.now()
    if kind not in IMPORTERS:
        raise BadInput(f"没有“{kind}”这种导入。")
    given = [(one.name or "文件", one.read()) for one in sent]
    if pasted.strip():
        given.append(("粘贴的表格.csv", pasted.encode()))
    if not given:
        raise BadInput("没有收到文件：请选择文件或文件夹，或粘贴表格内容。")
    kept = [entry for name, content in given for entry in _unpacked(name, content)]
    size = sum(len(content) for _name, content in given)
    with transaction.atomic():
        one: Intake = Intake.objects.create(
            id=uuid.uuid4().hex, kind=kind, person=person.username, unit=unit, files=kept, scope=plain_scope(scope), total=len(kept), created=at, touched=at, correction=correction.strip()[:400],
        )  # fmt: skip
        journal.record(
            "import_upload",
            kind="import",
            object_id=one.id,
            reason=f"{len(kept)} files" + (f"; {correction.strip()[:200]}" if correction.strip() else ""),
        )
    if size <= AT_ONCE_BYTES and len(kept) <= AT_ONCE_FILES:
        check(one.id, now=at)
        one.refresh_from_db()
    return one


def _unpacked(name: str, content: bytes) -> list[dict[str, str]]:
    """The file, or each file of an archive, kept by content; one that may not be kept is named with the reason and its bytes are forgotten."""
    if uploads.kind_of(content) != "zip":
        return [_kept(name, content)]
    try:
        return [
            _kept(f"{name}/{inner}", held) for inner, held in uploads.members(name, content, limit_bytes=settings.UPLOAD_LIMIT_BYTES)
        ] or [{"name": name, "trouble": "空的压缩包"}]
    except BadInput as refusal:
        return [_refused(name, refusal)]


def _kept(name: str, content: bytes | BadInput) -> dict[str, str]:
    if isinstance(content, BadInput):
        return _refused(name, content)
    try:
        accepted = receive_content(name, content, kinds=KINDS)
    except BadInput as refusal:
        return _refused(name, refusal)
    return {"name": name, "kind": accepted.kind, "digest": files.keep(settings.HOME, content)}


def _refused(name: str, refusal: BadInput) -> dict[str, str]:
    return {
        "name": name,
        "trouble": "；".join(f"{fault.found}，应为{fault.expected}。{fault.fix}" for fault in refusal.faults) or str(refusal),
    }


def check(pk: str, *, now: datetime | None = None) -> bool:
    """Look at a waiting import; False when another took it. What goes wrong is said on its page, and it can be looked at again."""
    at = now or clock.now()
    if not _claim(pk, State.WAITING, State.CHECKING, at):
        return False
    with acting_as_system("import"):
        one = Intake.objects.get(pk=pk)
        given = [Upload(**entry) for entry in one.files if "digest" in entry]
        try:
            found = IMPORTERS[one.kind].look(one, given, at, _step(pk))
        except Refusal as refusal:
            return _failed(pk, refusal)
        entries = _in_order(one.files, found)
        digest = files.keep(settings.HOME, json.dumps(entries, ensure_ascii=False).encode())
        with transaction.atomic():
            Intake.objects.filter(pk=pk, state=State.CHECKING).update(
                state=State.CHECKED, result=digest, done=one.total, touched=clock.now()
            )
    return True


def _in_order(sent: Sequence[Mapping[str, str]], found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries of all files as they were sent; of a file that was refused before reading only its name and why."""
    rest = iter(found)
    return [next(rest) if "digest" in one else refused_entry(one["name"], one["trouble"]) for one in sent]


def refused_entry(name: str, trouble: str) -> dict[str, Any]:
    """The entry of a file whose bytes were not kept."""
    zero = dict.fromkeys(("rows", "blank", "added", "revised", "unchanged", "blocked", "held", "warned"), 0)
    fault = {"place": "", "found": trouble, "expected": "", "why": "", "fix": ""}
    return {
        "name": name, "state": "refused", "digest": "", "form": "", "unit": "", "period": "", **zero, "annotated": "", "annotated_name": "", "batch": "",
        "extras": [], "problems": [], "faults": [fault], "can_save": False, "whole_file": False,
    }  # fmt: skip


def entries_of(one: Intake) -> list[dict[str, Any]]:
    """What looking found, file by file; nothing while it was not looked at."""
    if not one.result:
        return []
    found: list[dict[str, Any]] = json.loads(files.content_path(settings.HOME, one.result).read_bytes())
    return found


def confirm(one: Intake, *, rows_alone: bool, now: datetime | None = None) -> Intake:
    """The person says yes. A second click finds it confirmed and changes nothing; small imports are saved at once."""
    at = now or clock.now()
    entries = entries_of(one)
    if one.state == State.CHECKED and not any(entry["can_save"] and (entry["whole_file"] or rows_alone) for entry in entries):
        raise Refusal("没有可以整份写入的文件：改正错误后重新上传，或勾选“也写入其中没有错误的行”。")
    with transaction.atomic():
        taken = Intake.objects.filter(pk=one.pk, state=State.CHECKED).update(
            state=State.CONFIRMED, rows_alone=rows_alone, confirmed=at, touched=at, done=0
        )
        if taken:
            journal.record("import_confirm", kind="import", object_id=one.pk, reason="rows without errors" if rows_alone else "whole files")
    if taken and sum(entry["rows"] for entry in entries) <= 500 and len(one.files) <= AT_ONCE_FILES:
        carry_out(one.pk, now=at)
    one.refresh_from_db()
    return one


def carry_out(pk: str, *, now: datetime | None = None) -> bool:
    """Save a confirmed import; False when another took it. A kill in the middle is mended by saving again: the same rows twice are one."""
    at = now or clock.now()
    if not _claim(pk, State.CONFIRMED, State.SAVING, at):
        return False
    with acting_as_system("import"):
        one = Intake.objects.get(pk=pk)
        given = [Upload(**entry) for entry in one.files if "digest" in entry]
        entries = [entry for entry, sent in zip(entries_of(one), one.files, strict=True) if "digest" in sent]
        try:
            counts, names = IMPORTERS[one.kind].save(one, given, entries, one.confirmed or at, _step(pk))
        except Refusal as refusal:
            return _failed(pk, refusal)
        with transaction.atomic():
            Intake.objects.filter(pk=pk, state=State.SAVING).update(
                state=State.SAVED, saved=counts, batches=names, undo_until=at + UNDO, done=one.total, touched=clock.now()
            )
            journal.record("import_save", kind="import", object_id=pk, after=counts, reason=one.person)
    return True


def undo(one: Intake, *, now: datetime | None = None) -> Intake:
    """Take a saved import back within its window; a second time changes nothing."""
    at = now or clock.now()
    if one.state == State.UNDONE:
        return one
    if one.state != State.SAVED or one.undo_until is None:
        raise Refusal("这次导入还没有保存，不需要撤销。")
    if at > one.undo_until:
        raise Refusal(f"已过撤销时限（{timezone.localtime(one.undo_until):%Y-%m-%d %H:%M}）；请作更正报送。")
    IMPORTERS[one.kind].undo(one.batches, at)
    with transaction.atomic():
        if Intake.objects.filter(pk=one.pk, state=State.SAVED).update(state=State.UNDONE, touched=at):
            journal.record("import_undo", kind="import", object_id=one.pk, before=one.saved)
    one.refresh_from_db()
    return one


def look_again(one: Intake, *, now: datetime | None = None, correction: str | None = None) -> Intake:
    """An import that failed, stalled or waits for its confirmation is looked at anew, against what is held by now; with the cause of a correction when one is given."""
    at = now or clock.now()
    again = [State.CHECKED, State.FAILED]
    with transaction.atomic():
        waiting = Intake.objects.filter(pk=one.pk, state__in=again) | Intake.objects.filter(
            pk=one.pk, state=State.CHECKING, touched__lt=at - STALLED
        )
        said = {} if correction is None else {"correction": correction.strip()[:400]}
        if waiting.update(state=State.WAITING, result="", trouble="", done=0, touched=at, **said):
            journal.record("import_again", kind="import", object_id=one.pk, reason=said.get("correction", ""))
    one.refresh_from_db()
    return one


def work(*, now: datetime | None = None) -> int:
    """What the worker does in one turn: every import that waits to be looked at or saved, the oldest first; gives how many it carried out."""
    with acting_as_system("import"):
        stalled = (now or clock.now()) - STALLED
        Intake.objects.filter(state=State.SAVING, touched__lt=stalled).update(
            state=State.CONFIRMED
        )  # killed while saving: the same rows twice are one
        Intake.objects.filter(state=State.CHECKING, touched__lt=stalled).update(state=State.WAITING)
        waiting = list(Intake.objects.filter(state__in=[State.WAITING, State.CONFIRMED]).order_by("created").values_list("pk", "state"))
    done = 0
    for pk, state in waiting:
        if check(pk, now=now) if state == State.WAITING else carry_out(pk, now=now):
            done += 1
            _tell(pk)
    return done


def _tell(pk: str) -> None:
    """A notice in the person's box: what the worker finished, with the way to it."""
    with acting_as_system("import"), transaction.atomic():
        one = Intake.objects.get(pk=pk)
        person = User.objects.filter(username=one.person).first()
        if person is not None:
            title = f"导入{one.get_state_display()}：{len(one.files)} 个文件"
            outbox.send(
                key=f"import:{pk}:{one.state}", recipient=person, parameters={"title": title, "link": f"/imports/{pk}/"}, channels=["site"]
            )


def _claim(pk: str, before: str, after: str, at: datetime) -> bool:
    with acting_as_system("import"), transaction.atomic():
        return Intake.objects.filter(pk=pk, state=before).update(state=after, touched=at) == 1


def _step(pk: str) -> Step:
    """Progress for the page, written at most once a second."""
    last = [clock.now()]

    def step(done: int, total: int) -> None:
        at = clock.now()
        if at - last[0] >= timedelta(seconds=1):
            last[0] = at
            Intake.objects.filter(pk=pk).update(done=done, total=max(total, 1), touched=at)

    return step


def _failed(pk: str, refusal: Refusal) -> bool:
    Intake.objects.filter(pk=pk).update(state=State.FAILED, trouble=str(refusal)[:1000], touched=clock.now())
    return True
