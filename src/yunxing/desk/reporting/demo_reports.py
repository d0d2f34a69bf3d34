"""Reporting in progress for the month after the last closed one, so that every page of reporting has life. 合成数据: every figure is made from the
synthetic city's own last report; nothing here runs in a real installation. Idempotent.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from yunxing.desk import clock
from yunxing.desk.people import journal, outbox
from yunxing.desk.people.models import Notice, Post, Role, Unit, User
from yunxing.desk.people.selectors import Standing, scope_of_post
from yunxing.desk.reporting import asked, duties, urging
from yunxing.desk.reporting.drafts import registered
from yunxing.desk.reporting.report_models import Entry, Report, ReportEvent
from yunxing.desk.reporting.reviewing import periods_ending
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.facts.cells import Cell
from yunxing.engines.facts.form import Column, Form
from yunxing.engines.facts.layout import FormPeriod, fact_period
from yunxing.flows.check_report import answer_text, check_reports, columns_of, days_of, keys_of, prefix
from yunxing.io import tables
from yunxing.io.files import write_atomic
from yunxing.values.digest import digits
from yunxing.values.period import Day, Month

TODAY_IS = 8  # the day of the month after, on which the demonstration stands
BOOKKEEPERS = 24  # silent accounts of enterprises, so that urging reaches someone
Place = tuple[str, str, str, str, str]  # party, item, role, as reported, period


@dataclass(frozen=True)
class Told:
    """What the demonstration says about it."""

    month: str
    today: date
    reports: int
    sent: int


def make(month: str, bookkeeper: str) -> Told:
    """Open the month and let it come half way; `bookkeeper` is the enterprise of the printed account, whose report is left for the visitor to fill.

    `month` (`2022-10`) must follow a month with facts. Needs the demonstration's accounts.
    """
    last = Month(int(month[:4]), int(month[5:]))
    today = last.next().start.replace(day=TODAY_IS)
    write_atomic(Path(settings.HOME) / clock.FILE, json.dumps({"today": today.isoformat()}).encode())
    with acting_as_system("demonstration"), transaction.atomic():
        if duties.open_month(month):
            reports = list(Report.objects.filter(period__in=periods_ending(month)))
            by_form: dict[str, list[Report]] = defaultdict(list)
            for report in reports:
                if report.party != bookkeeper and report.subject != duties.OFFICE:
                    by_form[report.form].append(report)
            for form, some in sorted(by_form.items()):
                _fill(asked.forms()[form], some, today)
            _urge(month, today - timedelta(days=1), bookkeeper)
            journal.record("demonstration", kind="reporting_period", object_id=month)
        counted = Report.objects.filter(period__in=periods_ending(month))
        return Told(month, today, counted.count(), counted.filter(sent_at__isnull=False).count())


def _fate(report: Report) -> str:
    """How far the report has come, by chance of its own: the same city has the same fates."""
    units = list(asked.units())
    early = units.index(report.unit) if report.unit in units else 0
    drawn = int(digits([report.form, report.period, report.party])[:6], 16) % 100
    if drawn < 6:
        return "due"
    if drawn < 10:
        return "drafted"
    if drawn < 13:
        return "returned"
    if early < 2:  # the units of the printed county accounts have something to review
        return "submitted" if drawn < 70 else "county"
    return "submitted" if drawn < 20 else "county" if drawn < 55 else "department"


def _fill(form: Form, reports: Sequence[Report], today: date) -> None:
    """Write the entries, states and events of one form's reports."""
    period = asked.period(form, reports[0].period)
    facts, before = _facts(form, period), _before(form, period)
    by_unit: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        report.state = _fate(report)
        if form.subject != "enterprise" and report.unit == next(iter(asked.units())) and report.unit not in by_unit:
            report.state = "drafted"  # the printed county account finds one of its own of each kind to go on with
        by_unit[report.unit].append(report)
    people = {post.unit.code: post.user for post in Post.objects.filter(role=Role.COUNTY).select_related("user", "unit")}
    entries, events = [], []
    for unit, some in sorted(by_unit.items()):
        answers = {report.party: _answers(form, period, report, facts) for report in some if report.state != "due"}
        given = {report.party: (registered(report), answers[report.party]) for report in some if report.party in answers}
        checked = check_reports(form, period, unit, given, before)
        for report in some:
            if report.party not in answers:
                continue
            typed = answers[report.party]
            for finding in checked[report.party].asking(typed):
                typed[finding.cause] = "订单减少"
            blocked = bool(checked[report.party].blocking())
            if report.state == "drafted" or blocked:
                report.state = "drafted"
                typed = dict(list(typed.items())[: max(3, len(typed) // 2)])
            at = _when(report, today)
            entries += [Entry(report=report, key=key, text=text, changed_at=at) for key, text in typed.items() if text]
            events += _moved(report, at, checked[report.party].findings, typed, form, period, people.get(unit))
    Entry.objects.bulk_create(entries, batch_size=2000)
    ReportEvent.objects.bulk_create(events, batch_size=1000)
    fields = [
        "state",
        "filled",
        "asked",
        "errors",
        "warnings",
        "held",
        "round",
        "sent_at",
        "first_sent_at",
        "receipt",
        "accepted_at",
        "reason",
        "reviewer",
        "marked",
    ]
    Report.objects.bulk_update(reports, fields, batch_size=200)


def _when(report: Report, today: date) -> datetime:
    """When it was typed or sent: most on the days before it was due, some late."""
    drawn = int(digits([report.party, report.form])[6:10], 16)
    day = min(report.due_reporter - timedelta(days=drawn % 4), today - timedelta(days=1)) if drawn % 12 else today
    return datetime.combine(day, time(8 + drawn % 9, drawn % 60), ZoneInfo(settings.TIME_ZONE))


def _moved(
    report: Report, at: datetime, findings: Sequence[object], typed: Mapping[str, str], form: Form, period: FormPeriod, officer: User | None
) -> list[ReportEvent]:
    """Set the report's own fields for its state, and tell its story."""
    values = [key for key, column in keys_of(form, period).items() if column is not None and column.role == "value"]
    report.filled, report.asked = sum(1 for key in values if typed.get(key)), len(values)
    if report.state == "drafted":
        return []
    report.warnings = sum(1 for one in findings if getattr(one, "effect", "") != "block")
    report.held = sum(1 for one in findings if getattr(one, "effect", "") == "hold")
    report.round, report.sent_at, report.first_sent_at = 1, at, at
    report.receipt = f"{form.id}-{tables.month_of(report.period).replace('-', '')}-{report.pk:06d}-1"
    told = [ReportEvent(report=report, act="submit", from_state="drafted", to_state="submitted", at=at, by_name="合成·报送人员")]
    seen = at + timedelta(hours=3)
    name = str(officer or "合成·审核员")[:60]
    if report.state == "returned":
        report.reason, report.marked, report.reviewer = "与用电量变化不一致，请核对后说明。", values[0], officer
        told.append(
            ReportEvent(
                report=report, act="return", from_state="submitted", to_state="returned", at=seen, by_name=name, reason=report.reason
            )
        )
    if report.state in {"county", "department"}:
        report.accepted_at, report.reviewer = seen, officer
        told.append(ReportEvent(report=report, act="accept", from_state="submitted", to_state="county", at=seen, by_name=name))
    if report.state == "department":
        told.append(ReportEvent(report=report, act="accept", from_state="county", to_state="department", at=seen, by_name="合成·市直部门"))
    return told


def _facts(form: Form, period: FormPeriod) -> dict[Place, Cell]:
    """The facts of the month before and of a year before."""
    months = [tables.months_before(tables.month_of(period.code), 12)[at] for at in (0, -2)]
    facts = tables.facts_of_months(Path(settings.HOME), form.id, months)
    return {
        (row["party"], row["item"], row["role"], row["as_reported"], row["period"]): Cell(row["value"], row["words"], row["absence"])
        for row in facts.iter_rows(named=True)
    }


def _before(form: Form, period: FormPeriod) -> Any:
    from yunxing.engines.facts.check import look_back

    months = tables.months_before(tables.month_of(period.code), 12)[:-1]
    return look_back(tables.facts_of_months(Path(settings.HOME), form.id, months))


def _answers(form: Form, period: FormPeriod, report: Report, facts: Mapping[Place, Cell]) -> dict[str, str]:
    """Synthetic answers for the month: last month's, moved by up to 6 %; cumulative figures add up; last year's stand as the city holds them."""
    earlier = asked.period_of(form, Month.of(period.start).previous().code)
    assert earlier is not None  # the demonstration's month is no February
    shift = int(digits([report.party, report.period])[:6], 16) % 1201 - 600  # 0.01 %
    stock = _Stock(form, period, report, facts)
    found: dict[str, str] = {}
    for day in days_of(form, period):
        cells = {}
        for column in columns_of(form, period):
            cell = _held(report, column.item.id, column.role, column.as_reported, (period, earlier, day), facts)
            if cell is None:
                continue
            if cell.value is not None and column.role == "value" and column.item.type in {"money", "volume"} and day is None:
                months = facts.get((report.party, column.item.id, "value", "month", earlier.code))
                step = months.value if months and months.value is not None else cell.value // 9
                moved = _moved_by(step, shift, unit=10_000 if column.item.type == "money" else 100)  # 0.01 of the printed 万
                cell = Cell(cell.value + moved if column.as_reported == "cumulative" else moved)
            cells[column] = cell
        for column, cell in (stock.carried(cells) if day else cells).items():
            found[prefix(day) + column.key] = answer_text(cell, column.item)
    return found


class _Stock:
    """The stock of a daily form, carried from day to day: the opening is the last closing, and what would run short is topped up by the first inflow."""

    def __init__(self, form: Form, period: FormPeriod, report: Report, facts: Mapping[Place, Cell]) -> None:
        self.carry = next((check.items for check in form.checks if check.kind == "carry"), None)
        self.balance = next((dict(zip(check.items, check.signs, strict=True)) for check in form.checks if check.kind == "balance"), {})
        before = (period.start - timedelta(days=1)).isoformat()
        last = facts.get((report.party, self.carry[1], "value", "day", before)) if self.carry else None
        self.last = last.value if last else None

    def carried(self, cells: Mapping[Column, Cell]) -> dict[Column, Cell]:
        """The day's cells with its opening and closing stock put right."""
        by_id = {column.item.id: column for column in cells}
        if self.carry is None or self.last is None or not set(self.balance) <= set(by_id):
            return dict(cells)
        opening, closing = self.carry
        values = {id_: cells[by_id[id_]].value or 0 for id_ in self.balance} | {opening: self.last}
        rest = -self.balance[closing] * sum(self.balance[id_] * value for id_, value in values.items() if id_ != closing)
        if rest < 0:
            inflow = next(id_ for id_, sign in self.balance.items() if id_ not in self.carry and sign == self.balance[opening])
            values[inflow], rest = values[inflow] - rest, 0
        values[closing] = self.last = rest
        return {column: Cell(values[column.item.id]) if column.item.id in values else cell for column, cell in cells.items()}


def _moved_by(value: int, shift: int, *, unit: int) -> int:
    """The value moved by `shift` hundredths of a percent, to whole `unit`s, never equal to what it was."""
    moved = int(Fraction(value * (10_000 + shift), 10_000) / unit) * unit
    return moved + unit if moved == value and value else moved


def _held(
    report: Report,
    item: str,
    role: str,
    kind: str,
    when: tuple[FormPeriod, FormPeriod, date | None],
    facts: Mapping[Place, Cell],
) -> Cell | None:
    period, earlier, day = when
    if day is not None:
        then = period.start - timedelta(days=1)
        back = Day(then.replace(day=min(day.day, then.day))).code
        return facts.get((report.party, item, role, kind, back))
    if role != "last_year_restated":
        return facts.get((report.party, item, "value", kind, fact_period(earlier, kind)))
    held = facts.get((report.party, item, "value", kind, fact_period(period.year_before(), kind)))
    if held is None:  # a form that is younger than a year: what was restated last time, and a ninth more in a cumulative figure
        last = facts.get((report.party, item, role, kind, fact_period(earlier, kind)))
        if last is not None and last.value is not None:
            return Cell(last.value + (last.value // 9 // 10_000 * 10_000 if kind == "cumulative" else 0))
    return held


def _urge(month: str, day: date, bookkeeper: str) -> None:
    """Silent accounts for some who owe, and one urging of the day before, of which some were read."""
    officer = (
        Post.objects.filter(role=Role.COUNTY, user__is_synthetic=True).select_related("user", "unit").order_by("user__username").first()
    )
    if officer is None:
        return
    owing = Report.objects.filter(
        period__in=periods_ending(month), unit=officer.unit.code, subject="enterprise", state__in=["due", "drafted", "returned"]
    )
    chosen = list(owing.exclude(party=bookkeeper).order_by("party")[:BOOKKEEPERS])
    for number, report in enumerate(chosen, 1):
        place, _made = Unit.objects.get_or_create(
            code=report.party,
            defaults={"kind": Unit.Kind.ENTERPRISE, "name": report.name[:120], "parent": officer.unit, "is_synthetic": True},
        )
        user, made = User.objects.get_or_create(
            username=f"hecheng{number}", defaults={"name": f"合成·报送人员{number}", "is_synthetic": True}
        )
        if made:
            user.set_unusable_password()
            user.save()
        Post.objects.get_or_create(
            user=user, role=Role.ENTERPRISE, unit=place, defaults={"since": date(2022, 1, 1), "reason": "demonstration"}
        )
    standing = Standing(officer.user, (officer,), officer, scope_of_post(officer))
    at = datetime.combine(day, time(9, 5), ZoneInfo(settings.TIME_ZONE))
    plan = urging.plan_of(chosen[::2], day)
    if plan.working_day:
        urging.urge(plan, standing, today=day, at=at)
        outbox.deliver()
        for notice in Notice.objects.filter(message__dedupe_key__startswith="urge:")[::3]:
            notice.read_at = notice.arrived_at
            notice.save(update_fields=["read_at"])
