"""Changing lists from the desk: a workbook is judged, looked at, confirmed, and can be taken back. All rules are those of the flow.

An uploaded workbook waits in the home's files under its digest until it is confirmed; nothing is written before that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from yunxing.desk.people import journal
from yunxing.desk.reporting.catalogue import pack
from yunxing.desk.reporting.registers import may_edit
from yunxing.engines.registry.catalogue import Column
from yunxing.flows import registry_books as books
from yunxing.io.files import write_atomic
from yunxing.io.store import registry_history as history
from yunxing.values.errors import BadInput, ScopeError


def terms() -> books.Terms:
    """Kinds, rosters, units and regions of the pack in force."""
    return books.Terms.of(pack())


def _file(digest: str) -> Path:
    name = digest.partition(":")[2] or digest
    if len(name) != 64 or not name.isalnum():
        raise BadInput("没有这个待确认的文件；请重新上传。")
    return Path(settings.HOME) / "files" / "sha256" / name[:2] / name


def _entitled(roster: str) -> None:
    if not may_edit(roster):
        raise ScopeError("只有指挥部和负责该名录的部门可以更新名录。")


def workbook(roster: str, day: date | None, at: datetime) -> bytes:
    """The list as a workbook to be edited and put back. For those who may edit it: it holds every member's row."""
    from yunxing.io.books.write import book_bytes

    _entitled(roster)
    note = "合成数据" if pack().document.synthetic.demonstration_data else ""
    return book_bytes(books.export_roster(connection, terms(), roster, day=day, at=at, note=note))


def look(roster: str, name: str, content: bytes, day: date, *, whole: bool) -> books.Preview:
    """What the workbook would change; it is kept until it is confirmed. BadInput when it is for another list or cannot be read."""
    _entitled(roster)
    seen = books.preview_book(connection, terms(), name, content, day=day, target=roster, whole=whole)
    write_atomic(_file(seen.digest), content)
    return seen


def member_row(roster: str, party: str, day: date) -> list[tuple[Column, str]] | None:
    """One member as the row of the list's workbook; None when it is not on the list that day."""
    _entitled(roster)
    return books.one_member(connection, terms(), roster, party, day=day)


def look_member(roster: str, given: Mapping[str, str], day: date, known: datetime) -> books.Preview:
    """What a form of one member would change; it waits as a workbook of one row until it is confirmed. BadInput when nothing changes."""
    from yunxing.io.books.write import book_bytes

    _entitled(roster)
    content = book_bytes(books.member_book(terms(), roster, given, day=day, known=known))
    seen = look(roster, f"{given['id']}.xlsx", content, day, whole=False)
    if not seen.faults and not seen.outcome.changes:
        raise BadInput("没有改动：各项与登记的相同。")
    return seen


def confirm(roster: str, digest: str, name: str, day: date, *, whole: bool, person: str, source: str) -> books.Imported:
    """Write what was looked at, under the person's name. BadInput when the registry moved on in between so that a cell is disputed."""
    _entitled(roster)
    file = _file(digest)
    if not file.is_file():
        raise BadInput("待确认的文件已不在；请重新上传。")
    act = history.Act(timezone.now(), person, "import", source or name)
    done = books.import_book(connection, terms(), name, file.read_bytes(), day=day, act=act, target=roster, whole=whole)
    journal.record("change", kind="roster", object_id=roster, reason=done.change)
    return done


def undo(roster: str, change: str, person: str) -> str:
    """Take back an act that touched the list. BadInput when it touched none of it or a later act stands on it."""
    _entitled(roster)
    if change not in {one.id for one in history.changes(connection, roster=roster)}:
        raise BadInput(f"变更 {change} 与本名录无关。")
    if not may_undo(change):
        raise BadInput(f"变更 {change} 还涉及其他名录，请由指挥部撤销。")
    taken = books.undo_change(connection, change, at=timezone.now(), person=person)
    journal.record("undo", kind="roster", object_id=roster, reason=change)
    return taken


def may_undo(change: str) -> bool:
    """Whether the person keeps every list that the act touched."""
    return all(may_edit(one) for one in history.rosters_of(connection, change))


def versions(roster: str) -> list[history.Change]:
    """The acts that changed a list, the newest first."""
    return history.changes(connection, roster=roster, limit=50)
