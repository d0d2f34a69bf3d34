"""Reviewing: accept, return with a reason and the cell marked, accept many clean ones, close a unit's period, confirm into facts.

A reviewer never edits a figure. Each act names the state it was decided on, so that of two who decide at once the second is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yunxing.desk.people import journal, outbox
from yunxing.desk.people.models import Role
from yunxing.desk.people.selectors import Standing
from yunxing.desk.reporting import asked
from yunxing.desk.reporting.drafts import draft_of, note_event
from yunxing.desk.reporting.report_models import Closing, Report
from yunxing.desk.reporting.standing import reviewer_as
from yunxing.desk.reporting.submitting import reporters_of, subject_line
from yunxing.engines.facts.layout import Row
from yunxing.engines.facts.review import after, may
from yunxing.flows.check_report import rows_of
from yunxing.io import snapshots
from yunxing.io.tables import month_of
from yunxing.values.errors import Refusal


@dataclass(frozen=True, slots=True)
class Bulk:
    """What a bulk act did: how many it moved, and how many it left because of warnings, or because it was not their turn."""

    done: int
    warned: int
    other: int


def accept(report: Report, standing: Standing, *, at: datetime) -> Report:
    """Accept a report in the reviewer's own step; the command's acceptance makes it facts."""
    actor = reviewer_as(standing.post, report)
    before = report.state
    if actor is None:
        raise Refusal(_("这张报表不归你审核。"))
    moved = after(before, "accept", actor)  # type: ignore[arg-type]  # the column holds the engine's states
    if moved == "confirmed":
        confirm([report], standing, at=at)
        return report
    with transaction.atomic():
        fields = {"state": moved, "reviewer": standing.user, "wants_return": "", **({"accepted_at": at} if moved == "county" else {})}
        _move(report, before, fields)
        note_event(report, "accept", before, by=standing.user, post=str(standing.post or ""), at=at)
    return report


def _move(report: Report, before: str, fields: Mapping[str, object]) -> None:
    """Change the report if it is still in the state that was decided on, else refuse."""
    if Report.objects.filter(pk=report.pk, state=before, round=report.round).update(ver=F("ver") + 1, **fields) != 1:
        raise Refusal(_("《%(name)s》刚刚有变化，请刷新后再办。") % {"name": report.name})
    for name, value in fields.items():
        setattr(report, name, value)


def send_back(report: Report, standing: Standing, *, at: datetime, reason: str, cells: Sequence[str] = ()) -> Report:
    """Return a report to its reporter with a reason and the cells marked; the reporter is told."""
    actor = reviewer_as(standing.post, report)
    before = report.state
    if actor is None:
        raise Refusal(_("这张报表不归你审核。"))
    moved = after(before, "return", actor)  # type: ignore[arg-type]
    if not reason.strip():
        raise Refusal(_("退回须写明原因。"))
    with transaction.atomic():
        fields = {
            "state": moved, "reviewer": standing.user, "reason": reason.strip()[:400], "marked": ",".join(cells)[:400], "wants_return": "",
        }  # fmt: skip
        _move(report, before, fields)
        note_event(report, "return", before, by=standing.user, post=str(standing.post or ""), at=at, reason=reason)
        for person in reporters_of(report):
            title = _("已退回：%(what)s") % {"what": subject_line(report)}
            key = f"return:{report.pk}:{report.round}:{person.pk}"
            outbox.send(
                key=key,
                recipient=person,
                parameters={"title": title, "link": reverse("reporting:fill", args=[report.pk])},
                sender=standing.user,
            )
    return report


def accept_many(reports: Iterable[Report], standing: Standing, *, at: datetime) -> Bulk:
    """Accept those without warnings and without a wish to have them back, each in the reviewer's own step; the rest are left and counted."""
    done = warned = other = 0
    to_confirm = []
    for report in reports:
        actor = reviewer_as(standing.post, report)
        if actor is None or not may(report.state, "accept", actor):  # type: ignore[arg-type]
            other += 1
            continue
        moved = after(report.state, "accept", actor)  # type: ignore[arg-type]
        if report.warnings or report.held or report.wants_return:
            warned += 1
        elif moved == "confirmed":
            to_confirm.append(report)
        else:
            accept(report, standing, at=at)
            done += 1
    if to_confirm:
        done += confirm(to_confirm, standing, at=at)
    return Bulk(done, warned, other)


def confirm(reports: Sequence[Report], standing: Standing, *, at: datetime) -> int:
    """Make reports facts, by form, unit and punctuality one workbook each, through the same path as a workbook that came in; gives how many.

    A workbook's facts are known since the county accepted them, so that punctuality is judged by the county's due day; of a month that is closed, or
    with a later one closed already, since now. Facts are written before the states: a kill between the two is mended by confirming again.
    """
    if standing.post is None or standing.post.role != Role.COMMAND:
        raise Refusal(_("只有指挥部可以确认。"))
    groups: dict[tuple[str, str, str, bool, str], list[Report]] = defaultdict(list)
    for report in reports:
        after(report.state, "accept", "command")  # type: ignore[arg-type]
        in_time = report.accepted_at is not None and timezone.localtime(report.accepted_at).date() <= report.due_county
        why = f"{report.pk}\n{report.reason}" if report.correction else ""
        groups[report.form, report.period, report.unit, in_time, why].append(report)
    done = 0
    for (form_id, period, unit, _in_time, why), group in sorted(groups.items()):
        digest = _write_facts(form_id, period, unit, group, why.partition("\n")[2], at)
        with transaction.atomic():
            for report in group:
                before = report.state
                fields = {
                    "state": "confirmed", "confirmed_at": at, "reviewer": standing.user, "submission": digest, "correction": False,
                }  # fmt: skip
                _move(report, before, fields)
                note_event(report, "confirm", before, by=standing.user, post=str(standing.post or ""), at=at)
                done += 1
    return done


def _write_facts(form_id: str, period_code: str, unit: str, group: Sequence[Report], correction: str, at: datetime) -> str:
    """The reports of one unit as facts; gives the digest of the workbook they stand in. Refused when the common path finds an error in them."""
    from yunxing.flows.accept_reports import Accepted, accept_reports

    form = asked.forms()[form_id]
    period, units = asked.period(form, period_code), asked.units()
    rows: list[Row] = [row for report in group for row in rows_of(form, period, (report.party, report.name), draft_of(report).answers)]
    month, home = month_of(period_code), Path(settings.HOME)
    closed = snapshots.closed_months(home)
    late = any(one >= month for one in closed)
    if month in closed and not correction:
        correction = next((report.reason for report in group if report.reason), "") or _("结账后补报")
    known_at = at if late or correction else max((report.accepted_at or at) for report in group)
    result = accept_reports(
        home, form, period, Accepted((unit, units.get(unit, unit)), rows, known_at, correction), units=units, now=at, connection=connection
    )
    if result.blocked or result.state == "refused":
        said = "；".join(one.sentence("en" if asked.english() else "zh") for one in result.problems if one.effect == "block")
        raise Refusal(_("入库检查未通过，没有确认：%(why)s") % {"why": said or result.state})
    return result.digest


def close_unit(unit: str, month: str, standing: Standing, *, at: datetime) -> Closing:
    """The unit has closed its review of the month (本县已审结). Refused while sent reports still wait for the county; closing twice changes nothing."""
    if standing.post is None or standing.post.role != Role.COUNTY or standing.post.unit.code != unit:
        raise Refusal(_("只有本县（市、区）审核人员可以审结本县。"))
    waiting = Report.objects.filter(unit=unit, state="submitted", period__in=periods_ending(month)).count()
    if waiting:
        raise Refusal(_("还有 %(n)s 张报表待审，审完才能审结。") % {"n": waiting})
    with transaction.atomic():
        closing, made = Closing.objects.get_or_create(unit=unit, period=month, defaults={"by": standing.user, "at": at})
        if made:
            journal.record("close", kind="reporting_period", object_id=f"{unit} {month}")
    found: Closing = closing
    return found


def periods_ending(month: str) -> list[str]:
    """The period codes of reports that end in the month: the month itself and, in February, January and February together."""
    return [month, f"{month[:4]}-01..02"] if month.endswith("-02") else [month]
