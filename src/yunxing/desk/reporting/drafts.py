"""Writing drafts: cells are saved one by one, each with the version it was typed over. The second of two who changed one cell is told, and chooses.

A cell's text is kept as it is typed when it cannot be read, so that nothing typed is ever lost; the checks say what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.people import journal
from yunxing.desk.people.models import User
from yunxing.desk.reporting import asked
from yunxing.desk.reporting.past import Past, past_of
from yunxing.desk.reporting.report_models import Entry, EntryChange, Report, ReportEvent
from yunxing.engines.facts.cells import Cell
from yunxing.engines.facts.form import Column, Form
from yunxing.engines.facts.layout import FormPeriod
from yunxing.engines.facts.review import EDITABLE, after
from yunxing.engines.registry.parties import Party as RegistryParty
from yunxing.flows.check_report import Checked, answer_text, check_report, columns_of, converted, days_of, keys_of, prefix, read_answer
from yunxing.values.errors import Refusal

LONGEST = 400


@dataclass(frozen=True, slots=True)
class Typed:
    """One cell as it was typed over version `ver` (0: an empty cell)."""

    key: str
    text: str
    ver: int


@dataclass(frozen=True, slots=True)
class Clash:
    """Someone else changed the cell in between: from `old` to `new`, at `at`; `yours` was not written. Saving again over `ver` keeps yours."""

    key: str
    title: str
    who: str
    at: datetime
    old: str
    new: str
    yours: str
    ver: int


@dataclass(frozen=True)
class Saved:
    """What became of typed cells: text and version of those written, and the clashes."""

    cells: Mapping[str, tuple[str, int]]
    clashes: Sequence[Clash]


@dataclass(frozen=True)
class Draft:
    """A report with everything its page and its checks need."""

    report: Report
    form: Form
    period: FormPeriod
    past: Past
    entries: Mapping[str, Entry]

    @property
    def answers(self) -> dict[str, str]:
        """The text of every cell that has one, with last year's figures that the city holds where they must be restated and nothing was typed."""
        typed = {key: entry.text or "" for key, entry in self.entries.items() if entry.text}
        return {**{key: text for key, text in self.given().items() if key not in self.entries}, **typed}

    def given(self) -> dict[str, str]:
        """Last year's figures as the city holds them, for the columns that restate them: nothing held is typed again."""
        found = {}
        for day in days_of(self.form, self.period):
            for column in self.columns():
                held = self.past.last_year(column, day) if column.role == "last_year_restated" else None
                if held is not None and held.value is not None:
                    found[prefix(day) + column.key] = answer_text(held, column.item)
        return found

    def columns(self) -> tuple[Column, ...]:
        """The form's columns in this period."""
        return columns_of(self.form, self.period)

    def checked(self) -> Checked:
        """The checks over the answers as they stand."""
        return check_report(
            self.form, self.period, registered(self.report), self.report.unit, self.answers, self.past.before,
            correction=self.report.correction,
        )  # fmt: skip


def registered(report: Report) -> RegistryParty:
    """The party as the checks of a row need it; that it is in the registry was settled when the duty was written."""
    start = asked.period(asked.forms()[report.form], report.period).start
    return RegistryParty(report.party, "enterprise", report.name, "", report.unit, "", report.industry, "", "", start)


def draft_of(report: Report) -> Draft:
    """The report's draft as it stands."""
    form = asked.forms()[report.form]
    period = asked.period(form, report.period)
    entries = {one.key: one for one in Entry.objects.filter(report=report).select_related("changed_by")}
    return Draft(report, form, period, past_of(form, period, report.party), entries)


def save_cells(report: Report, typed: Sequence[Typed], *, by: User, at: datetime) -> Saved:
    """Write typed cells into a draft. Cells whose version has moved on are not written and come back as clashes; equal texts never clash.

    Refused: a report that was sent (申请退回 or a correction changes it), a key the form does not have.
    """
    if report.state not in EDITABLE:
        raise Refusal(_("报表已提交，不能再改。需要修改请“申请退回”或“更正”。"))
    form = asked.forms()[report.form]
    columns = keys_of(form, asked.period(form, report.period))
    unknown = [one.key for one in typed if one.key not in columns]
    if unknown:
        raise Refusal(_("本表没有这些格：%(keys)s。请刷新页面。") % {"keys": "、".join(unknown[:5])})
    cells: dict[str, tuple[str, int]] = {}
    clashes: list[Clash] = []
    changed: dict[str, str] = {}
    with transaction.atomic():
        for one in typed:
            written = write_cell(report, one, columns[one.key], by=by, at=at)
            if isinstance(written, Clash):
                clashes.append(written)
            else:
                cells[one.key] = written
                changed[one.key] = written[0]
        if changed:
            moved = after(report.state, "save", "reporter")
            if Report.objects.filter(pk=report.pk, state__in=EDITABLE).update(state=moved, ver=F("ver") + 1) != 1:
                raise Refusal(_("报表刚刚已提交，没有保存。请刷新页面。"))
            report.state = moved
            journal.record("save", kind="report", object_id=report.pk, after=changed)
    return Saved(cells, clashes)


def write_cell(report: Report, one: Typed, column: Column | None, *, by: User, at: datetime, why: str = "") -> tuple[str, int] | Clash:
    """Write one cell over the version it was typed on, in the caller's transaction; its change is kept beside it."""
    text = tidied(one.text, column)
    found = Entry.objects.filter(report=report, key=one.key).first()
    if found is None:
        if one.ver:
            return _clash(report, one, column, None)
        if not text:
            return text, 0
        try:
            with transaction.atomic():
                Entry.objects.create(report=report, key=one.key, text=text, changed_by=by, changed_at=at)
        except IntegrityError:
            return _clash(report, one, column, Entry.objects.filter(report=report, key=one.key).first())
        _note(report, one.key, "", text, 1, by=by, at=at, why=why)
        return text, 1
    old = found.text or ""
    if old == text:
        return text, found.ver
    fields = {"text": text, "given": False, "ver": one.ver + 1, "changed_by": by, "changed_at": at}
    if Entry.objects.filter(pk=found.pk, ver=one.ver).update(**fields) != 1:
        return _clash(report, one, column, Entry.objects.filter(pk=found.pk).first())
    _note(report, one.key, old, text, one.ver + 1, by=by, at=at, why=why)
    return text, one.ver + 1


def tidied(text: str, column: Column | None) -> str:
    """The text in the one form in which it is kept: a readable figure as it is printed, everything else as typed, without spaces around."""
    plain = text.replace("\r", " ").replace("\n", " ").strip()[:LONGEST]
    if column is None or not plain:
        return plain
    read = read_answer(plain, column.item)
    return answer_text(read, column.item) if isinstance(read, Cell) else plain


def _note(report: Report, key: str, old: str, new: str, ver: int, *, by: User, at: datetime, why: str) -> None:
    EntryChange.objects.create(
        report=report, key=key, old=old, new=new, ver=ver, round=report.round, why=why[:LONGEST], by=by, by_name=str(by)[:60], at=at
    )


def _clash(report: Report, one: Typed, column: Column | None, now: Entry | None) -> Clash:
    last = EntryChange.objects.filter(report=report, key=one.key).order_by("-id").first()
    title = cell_title(asked.forms()[report.form], one.key, column)
    new, ver = (now.text or "", now.ver) if now else ("", 0)
    who = (last.by_name if last else "") or _("他人")
    return Clash(one.key, title, who, last.at if last else report_time(now, report), last.old if last else "", new, one.text.strip(), ver)


def report_time(entry: Entry | None, report: Report) -> datetime:
    """When the cell was last written."""
    return entry.changed_at if entry else report.sent_at or clock.now()


def cell_title(form: Form, key: str, column: Column | None) -> str:
    """What a cell is called: the item, and which of its columns where it has several."""
    if column is None:
        parts = key.split("/")
        item = next((one for one in form.items if one.id == parts[-2]), None)
        return f"{asked.item_title(item)} · {_('说明')}" if item else f"{parts[0]} · {_('说明')}"
    day = f"{key.split('/', maxsplit=1)[0]} " if form.cycle == "day" else ""
    words = {"month": _("本月"), "cumulative": _("本年累计"), "day": "", "event": ""}[column.as_reported]
    if column.role == "last_year_restated":
        words = {"month": _("上年同月"), "cumulative": _("上年同期累计")}.get(column.as_reported, _("上年同期"))
    return f"{day}{asked.item_title(column.item)}" + (f" · {words}" if words else "")


def copy_previous(report: Report, *, by: User, at: datetime) -> Saved:
    """Fill the empty cells that stand for a level (counts and choices) with the period before's; amounts of a month are never copied unseen."""
    draft = draft_of(report)
    typed = []
    for day in days_of(draft.form, draft.period):
        for column in draft.columns():
            key = prefix(day) + column.key
            held = draft.past.last_period(column, day)
            if (
                column.role == "value"
                and column.item.type in {"count", "choice", "flag", "date", "text"}
                and key not in draft.entries
                and held
            ):
                typed.append(Typed(key, answer_text(held, column.item), 0))
    return save_cells(report, typed, by=by, at=at)


def convert_unit(report: Report, key: str, slip: str, *, by: User, at: datetime) -> Saved:
    """Put the unit of one cell right after 「是否把“元”填成了“万元”？」."""
    entry = Entry.objects.filter(report=report, key=key).first()
    form = asked.forms()[report.form]
    column = keys_of(form, asked.period(form, report.period)).get(key)
    if entry is None or column is None:
        raise Refusal(_("这一格没有填数，无从换算。"))
    return save_cells(report, [Typed(key, converted(entry.text, column.item, slip), entry.ver)], by=by, at=at)


def refresh_counts(draft: Draft) -> Checked:
    """Count what is filled and what the checks find, for the matrix; gives the checks."""
    checked = draft.checked()
    answers = draft.answers
    keys = [key for key, column in keys_of(draft.form, draft.period).items() if column is not None and column.role == "value"]
    counts = {
        "filled": sum(1 for key in keys if answers.get(key)),
        "asked": len(keys),
        "errors": len(checked.blocking()),
        "warnings": sum(1 for one in checked.findings if one.effect != "block"),
        "held": sum(1 for one in checked.findings if one.effect == "hold"),
    }
    Report.objects.filter(pk=draft.report.pk).update(**counts)
    for name, count in counts.items():
        setattr(draft.report, name, count)
    return checked


def note_event(report: Report, act: str, before: str, *, by: User | None, post: str, at: datetime, reason: str = "") -> ReportEvent:
    """What happened to the report as a whole, for its timeline and the journal."""
    event: ReportEvent = ReportEvent.objects.create(
        report=report, act=act, from_state=before, to_state=report.state, by=by, by_name=str(by or "")[:60], post=post[:200],
        reason=reason[:LONGEST], at=at,
    )  # fmt: skip
    journal.record(act, kind="report", object_id=report.pk, reason=reason, before={"state": before}, after={"state": report.state})
    return event
