"""Writing items: open, step, plan, many at once. Each act is one transaction, journaled; every obstacle comes back at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.casework.models import Case
from yunxing.desk.dispatch.place import tables
from yunxing.desk.people import journal
from yunxing.desk.reporting.models import Party
from yunxing.desk.room.figures import pick
from yunxing.desk.uploads import receive
from yunxing.engines.cases.case import Actor
from yunxing.engines.dispatch.definition import By, Pipeline
from yunxing.engines.dispatch.tiers import tier_of
from yunxing.engines.dispatch.walk import Obstacle, Value, parse_field
from yunxing.flows import walk_case
from yunxing.flows.walk_item import Given, open_item, plan_days, walk_item
from yunxing.io import files, uploads
from yunxing.values.errors import BadInput

TEXT_KINDS = uploads.KINDS


@dataclass
class Answer:
    """What became of an act: the item, or what is to be mended, field by field; `lost` when somebody else was faster."""

    case: str = ""
    faults: dict[str, str] = field(default_factory=dict)
    lost: str = ""

    @property
    def done(self) -> bool:
        """Whether it was written."""
        return bool(self.case) and not self.faults and not self.lost


def typed_fields(
    pipeline: Pipeline, posted: Mapping[str, str], names: Collection[str] | None = None
) -> tuple[dict[str, Value], dict[str, str]]:
    """The fields as typed (`f_<id>`), and what is wrong with them. An absent box is no value; an emptied one takes the value away only by another one."""
    found: dict[str, Value] = {}
    wrong: dict[str, str] = {}
    for one in pipeline.fields:
        if names is not None and one.id not in names:
            continue
        typed = posted.get(f"f_{one.id}")
        if typed is None:
            continue
        try:
            value = parse_field(one, typed)
        except ValueError as error:
            wrong[f"f_{one.id}"] = f"{pick(one.title, one.title_en)}：{error}"
            continue
        if value is not None:
            found[one.id] = value
    return found, wrong


def day_of(text: str, otherwise: date, wrong: dict[str, str], name: str = "on") -> date:
    """A typed day; the other one where nothing was typed."""
    if not text.strip():
        return otherwise
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        wrong[name] = _("“%(text)s”不是日期，应写作 2022-09-30") % {"text": text}
        return otherwise


def keep_papers(uploaded: Sequence[UploadedFile[Any]]) -> list[tuple[str, str]]:
    """The papers kept by content: digest and name. What must not be stored is refused before it is (BadInput)."""
    received = [receive(one) for one in uploaded]
    return [(files.keep(settings.HOME, one.content), one.name) for one in received]


def publish() -> None:
    """Keep the pack's pipelines among the published case tables; nothing to do when they are there."""
    walk_case.publish(connection, tables().values(), clock.now())


def start(
    pipeline: Pipeline,
    actor: Actor,
    *,
    key: str,
    title: str,
    unit: str,
    party: str = "",
    office: str = "",
    words: str = "",
    origin: str = "",
    fields: Mapping[str, Value],
    planned: Mapping[str, date] | None = None,
    on: date,
) -> Answer:
    """Open an item; the same key gives the one that is there."""
    publish()
    with transaction.atomic():
        done = open_item(
            connection, pipeline, actor, clock.now(), key=key, title=title, unit=unit, party=party, office=office, words=words, origin=origin,
            fields=fields, planned=planned, on=on,
        )  # fmt: skip
        if done.won:
            journal.record("open", kind=pipeline.case_kind, object_id=done.case, reason=title)
    return Answer(done.case)


def take_step(
    pipeline: Pipeline, case: Case, step: str, actor: Actor, given: Given, *, roles: Collection[By], seen: int | None = None
) -> Answer:
    """Take one step of an item, or say everything that is missing."""
    with transaction.atomic():
        done = walk_item(connection, pipeline, case.id, step, actor, clock.now(), given, roles=roles, seen=seen)
        if isinstance(done, tuple):
            return Answer(case.id, {box_of(pipeline, one): said(one) for one in done})
        if not done.won:
            return Answer(
                case.id, lost=_("%(who)s 已先办理（%(edge)s），本次未写入，请看最新状态。") % {"who": done.actor, "edge": done.edge}
            )
        journal.record("step", kind=pipeline.case_kind, object_id=case.id, reason=step, after={"state": done.state, "ver": done.ver})
    return Answer(case.id)


def box_of(pipeline: Pipeline, one: Obstacle) -> str:
    """The form control that an obstacle belongs to."""
    return f"f_{one.where}" if any(field.id == one.where for field in pipeline.fields) else one.where


def said(one: Obstacle) -> str:
    """An obstacle in the page's language, with its clause."""
    return pick(one.zh, one.en) + (f"（{one.clause}）" if one.clause else "")


def plan(pipeline: Pipeline, case: Case, posted: Mapping[str, str]) -> Answer:
    """The planned days of the stages still ahead; they may be changed, never those of a stage that was reached."""
    wrong: dict[str, str] = {}
    days: dict[str, date | None] = {}
    for one in pipeline.way:
        typed = posted.get(f"p_{one.id}")
        if typed is None:
            continue
        if not typed.strip():
            days[one.id] = None
            continue
        try:
            days[one.id] = date.fromisoformat(typed.strip())
        except ValueError:
            wrong[f"p_{one.id}"] = _("“%(text)s”不是日期，应写作 2022-09-30") % {"text": typed}
    order = [day for one in pipeline.way if (day := days.get(one.id)) is not None]
    if order != sorted(order):
        wrong["plan"] = _("计划日期须依次不早于前一阶段。")
    if wrong:
        return Answer(case.id, wrong)
    with transaction.atomic():
        plan_days(connection, case.id, days)
        journal.record(
            "plan", kind=pipeline.case_kind, object_id=case.id, after={name: day.isoformat() if day else "" for name, day in days.items()}
        )
    return Answer(case.id)


def tiers_from_reports(pipeline: Pipeline, actor: Actor, firms: Sequence[tuple[Party, int, int, str]]) -> int:
    """One item a firm that misses workers (一人一企、一企一案), its tier written beside the number; gives how many were opened."""
    count = 0
    for firm, shortage, headcount, month in firms:
        tier = tier_of(pipeline.tiers, shortage)
        if tier is None:
            continue
        fields: dict[str, Value] = {"shortage": shortage, "headcount": headcount, "tier": tier.title}
        made = start(
            pipeline, actor, key=f"{month}/{firm.id}", title=f"{firm}：缺工 {shortage} 人", unit=firm.unit, party=firm.id, origin=f"month:{month}", fields=fields,
            on=clock.today(),
        )  # fmt: skip
        count += bool(made.case)
    return count


@dataclass(frozen=True, slots=True)
class Bulk:
    """What a step of many items did: how many moved, and the ones that did not with the reason."""

    moved: int
    stayed: tuple[tuple[str, str], ...]


def step_many(pipeline: Pipeline, cases: Sequence[Case], step: str, actor: Actor, given: Given, *, roles_of: Any) -> Bulk:
    """The same step for many items, each in its own transaction: one that cannot move does not hold the others back."""
    moved, stayed = 0, []
    for case in cases:
        answer = take_step(pipeline, case, step, actor, given, roles=roles_of(case))
        if answer.done:
            moved += 1
        else:
            stayed.append((case.title, answer.lost or "；".join(answer.faults.values())))
    return Bulk(moved, tuple(stayed))


def paper_content(digest: str) -> bytes:
    """The bytes of a kept paper; BadInput when it is gone."""
    path = files.content_path(settings.HOME, digest)
    if not path.is_file():
        raise BadInput(_("文件不在库中：%(digest)s") % {"digest": digest})
    return path.read_bytes()
