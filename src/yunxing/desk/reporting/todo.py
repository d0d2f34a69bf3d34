"""Reporting's part of the to-do list: what one owes, and what waits for one's review. Recorded authorities end with the one who held them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yunxing.desk import clock
from yunxing.desk.people import handover
from yunxing.desk.people.models import User
from yunxing.desk.people.selectors import Standing
from yunxing.desk.people.todo import Todo, owes
from yunxing.desk.reporting import asked, duties, matrix, pages
from yunxing.desk.reporting.report_models import Authority, Report
from yunxing.engines.facts import duties as days
from yunxing.engines.facts.review import EDITABLE


def end_of(day: date) -> datetime:
    """The last moment of a due day."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(settings.TIME_ZONE))


def _owed(standing: Standing) -> list[Report]:
    months = duties.open_months()
    return [one for one in pages.own_reports(standing, months[0]) if one.state in EDITABLE] if months else []


def _count(standing: Standing, _now: datetime, limit: int) -> int:
    months = duties.open_months()
    waiting = bool(months) and matrix.queue_of(months[0], standing.post).exists()
    return min(len(_owed(standing)) + waiting, limit)


@owes("reports", count=_count)
def _listed(standing: Standing, _now: datetime, limit: int) -> Iterable[Todo]:
    """Each report one owes, and one line for all that wait for one's review."""
    today, calendar = clock.today(), clock.calendar()
    for report in _owed(standing)[:limit]:
        form = asked.forms().get(report.form)
        if form is not None:
            light = days.clock(report.due_reporter, today, calendar).light
            note = report.name if report.subject != "enterprise" else ""
            yield Todo(_("报送"), asked.title(form), reverse("reporting:fill", args=[report.pk]), end_of(report.due_reporter), note, light)
    months = duties.open_months()
    waiting = matrix.queue_of(months[0], standing.post) if months else Report.objects.none()
    if count := waiting.count():
        due = waiting.order_by("due_county").values_list("due_county", flat=True)[0]
        title = ngettext("%(n)s 张报表待审", "%(n)s 张报表待审", count) % {"n": count}
        yield Todo(
            _("报送审核"), title, f"{reverse('reporting:queue')}?m={months[0]}", end_of(due), light=days.clock(due, today, calendar).light
        )


def _held(user: User) -> list[handover.Held]:
    return [
        handover.Held(str(one.pk), f"{one.name} {one.until}") for one in Authority.objects.filter(agent=user, withdrawn_at__isnull=True)
    ]


@handover.holds("reporting_authority", title=lambda: _("代报授权"), held=_held)
def _end_authorities(old: User, _new: User) -> list[str]:
    """An authority names a person: it ends, and the enterprise gives another one."""
    open_ones = list(Authority.objects.filter(agent=old, withdrawn_at__isnull=True))
    Authority.objects.filter(pk__in=[one.pk for one in open_ones]).update(withdrawn_at=clock.now())
    return [str(one.pk) for one in open_ones]
