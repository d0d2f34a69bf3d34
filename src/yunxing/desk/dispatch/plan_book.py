"""Planned days by workbook: the items of a board leave as a sheet whose planned days may be changed, and come back; nothing is written before it was looked at.

Only items in the person's hands are in the sheet, and only stages that were not reached may get another day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from yunxing.desk.casework.models import Case
from yunxing.desk.dispatch import services
from yunxing.desk.dispatch.models import Milestone
from yunxing.desk.dispatch.place import desk_day, roles_towards, unit_name
from yunxing.desk.room.figures import pick
from yunxing.desk.takeaway import Column, Table
from yunxing.engines.dispatch.definition import Pipeline
from yunxing.io import files
from yunxing.io.books.read import read_bytes
from yunxing.io.books.takeaway import Change, put_back
from yunxing.values.errors import BadInput

MOST = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """One changed day, in words: which item and stage, before and after, and why it cannot be taken, if so."""

    case: str
    title: str
    stage: str
    stage_title: str
    before: str
    after: str
    trouble: str = ""


def table_of(pipeline: Pipeline, *, command: bool) -> Table:
    """The open items that the person may plan, one row each, one column for each stage after the first; the days may be changed and put back."""
    cases = [
        one
        for one in Case.objects.filter(definition=pipeline.case_kind, is_open=True).order_by("unit", "id")[:MOST]
        if roles_towards(one.lead, one.unit, command=command)
    ]
    days: dict[tuple[str, str], date | None] = {}
    for one in Milestone.objects.filter(case_id__in=[case.id for case in cases]):
        days[one.case_id, one.stage] = one.planned
    stages = pipeline.way[1:]
    columns = [Column(_("名称"), key="title"), Column(_("单位"), key="unit"), Column(_("阶段"), key="stage")]
    columns += [Column(pick(one.title, one.title_en) + _("（计划）"), kind="date", key=one.id, editable=True, level=2) for one in stages]
    rows = [
        [one.title, unit_name(one.unit), pick(*_titles(pipeline, one.state)), *(days.get((one.id, stage.id)) for stage in stages)] for one in cases
    ]  # fmt: skip
    return Table(
        f"plan_{pipeline.case_kind}", f"{pick(pipeline.title, pipeline.title_en)} · {_('计划日期')}", columns, rows, as_of=desk_day().isoformat(),
        source=_("项目推进与培育库"), keys=[one.id for one in cases], words=[_("共 %(n)s 条。") % {"n": f"{len(rows):,}"}], level=2,
    )  # fmt: skip


def _titles(pipeline: Pipeline, state: str) -> tuple[str, str]:
    stage = pipeline.stage(state)
    return stage.title, stage.title_en


def look(pipeline: Pipeline, name: str, content: bytes, *, command: bool) -> tuple[str, list[Line]]:
    """What the workbook would change, and the digest under which it waits. Errors: `BadInput` for another table, altered rows or a locked column."""
    table = table_of(pipeline, command=command)
    lines = lines_of(pipeline, table, put_back(read_bytes(name, content), table))
    (kept,) = files.keep_all(Path(settings.HOME), [content])
    return kept, lines


def lines_of(pipeline: Pipeline, table: Table, changes: list[Change]) -> list[Line]:
    """The changes in words; a day that is none, and a stage that was reached, cannot be taken."""
    titles = {key: str(row[0]) for key, row in zip(table.keys, table.rows, strict=True)}
    reached = {
        (case, stage)
        for case, stage in Milestone.objects.filter(case_id__in={one.key for one in changes}, actual__isnull=False).values_list(
            "case_id", "stage"
        )
    }
    found = []
    for one in changes:
        text, trouble = day_text(one.after)
        if (one.key, one.column) in reached:
            trouble = _("该阶段已到达，计划日期不再更改")
        stage = _titles(pipeline, one.column)
        found.append(Line(one.key, titles[one.key], one.column, pick(*stage), str(one.before or "")[:10], text, trouble))
    return found


def day_text(value: Any) -> tuple[str, str]:
    """A cell as an ISO day (empty for none), and what is wrong with it."""
    text = "" if value is None else str(value).strip()[:10]
    try:
        return (date.fromisoformat(text).isoformat() if text else ""), ""
    except ValueError:
        return text, _("“%(text)s”不是日期，应写作 2022-09-30") % {"text": text}


def confirm(pipeline: Pipeline, kept: str, *, command: bool) -> tuple[int, dict[str, str]]:
    """Write what was looked at, item by item; how many days were changed, and by item why it was refused. Errors: `BadInput` as in `look`."""
    digest = kept.rpartition(":")[2]
    path = Path(settings.HOME) / "files" / "sha256" / digest[:2] / digest
    if len(digest) != 64 or not digest.isalnum() or not path.is_file():  # a SHA-256 in hexadecimal
        raise BadInput(_("待确认的文件已不在；请重新上传。"))
    table = table_of(pipeline, command=command)
    by_case: dict[str, dict[str, str]] = {}
    refused: dict[str, str] = {}
    for one in lines_of(pipeline, table, put_back(read_bytes("plan.xlsx", path.read_bytes()), table)):
        if one.trouble:
            refused[one.title] = one.trouble
        else:
            by_case.setdefault(one.case, {})[f"p_{one.stage}"] = one.after
    changed = 0
    cases = {one.id: one for one in Case.objects.filter(pk__in=list(by_case))}
    for id_, posted in by_case.items():
        answer = services.plan(pipeline, cases[id_], posted | _kept_days(pipeline, id_, posted))
        if answer.done:
            changed += len(posted)
        else:
            refused[cases[id_].title] = "；".join(answer.faults.values())
    return changed, refused


def _kept_days(pipeline: Pipeline, case: str, posted: Mapping[str, str]) -> dict[str, str]:
    """The other planned days of the item, so that the order of all of them is judged."""
    held = dict(Milestone.objects.filter(case_id=case, planned__isnull=False).values_list("stage", "planned"))
    names = {one.id for one in pipeline.way}
    return {f"p_{stage}": day.isoformat() for stage, day in held.items() if stage in names and f"p_{stage}" not in posted}
