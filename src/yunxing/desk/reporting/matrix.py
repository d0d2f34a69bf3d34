"""What the review pages show: header numbers, parties × forms, whose turn it is, completeness in number and in last year's value. Reading only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from yunxing.desk.people.models import Post, Role
from yunxing.desk.reporting import asked
from yunxing.desk.reporting.filling import ICONS, state_label
from yunxing.desk.reporting.report_models import Closing, Report, Urging
from yunxing.desk.reporting.reviewing import periods_ending
from yunxing.desk.reporting.standing import reviewer_as
from yunxing.desk.reporting.urging import states_of
from yunxing.engines.facts.form import Form
from yunxing.engines.facts.review import AWAITS, EDITABLE, SENT
from yunxing.values.absence import SIGN
from yunxing.values.quantity import format_number

PAGE = 50
ACCEPTED = ("county", "department", "confirmed")


@dataclass(frozen=True)
class Filters:
    """What the address asks for."""

    month: str
    subject: str = "enterprise"
    unit: str = ""
    form: str = ""
    state: str = ""
    q: str = ""
    page: int = 1

    def chosen(self, *, states: bool = True) -> QuerySet[Report]:
        """The reports that meet the filters and that the person sees."""
        found: QuerySet[Report] = Report.objects.filter(period__in=periods_ending(self.month), subject=self.subject)
        if self.unit:
            found = found.filter(unit=self.unit)
        if self.form:
            found = found.filter(form=self.form)
        if self.q:
            found = found.filter(Q(name__icontains=self.q) | Q(party__icontains=self.q))
        if states and self.state:
            found = found.filter(of_state(self.state))
        return found


def of_state(state: str) -> Q:
    """The condition of a state filter; `owed` and `sent` are several states, `warned` any with warnings, `wants` those asked back."""
    groups = {"owed": sorted(EDITABLE), "sent": sorted(SENT), "waiting": sorted(AWAITS)}
    if state in groups:
        return Q(state__in=groups[state])
    if state == "warned":
        return Q(warnings__gt=0, state__in=sorted(SENT))
    if state == "wants":
        return ~Q(wants_return="") & Q(wants_return__isnull=False)
    return Q(state=state)


def counts_of(month: str, post: Post | None) -> dict[str, int]:
    """The header numbers over everything of the month that the person sees: due, sent, awaiting this reviewer, returned, missing."""
    found = dict(Report.objects.filter(period__in=periods_ending(month)).order_by().values_list("state").annotate(n=Count("id")))
    mine = sum(found.get(state, 0) for state in turns_of(post))
    return {
        "due": sum(found.values()),
        "sent": sum(found.get(state, 0) for state in SENT),
        "waiting": mine,
        "returned": found.get("returned", 0),
        "missing": found.get("due", 0) + found.get("drafted", 0),
    }


def turns_of(post: Post | None) -> tuple[str, ...]:
    """The states in which a report waits for someone in this post."""
    if post is None:
        return ()
    if post.role == Role.COMMAND:
        return ("department",)
    return {Role.COUNTY: ("submitted",), Role.DEPARTMENT: ("county",)}.get(Role(post.role), ())


def queue_of(month: str, post: Post | None) -> QuerySet[Report]:
    """The reports that wait for this reviewer, in the order in which he goes through them: those asked back first."""
    found: QuerySet[Report] = Report.objects.filter(period__in=periods_ending(month), state__in=turns_of(post))
    if post is not None and post.role == Role.COMMAND:
        own = Report.objects.filter(period__in=periods_ending(month), state="county", office=post.unit.code)
        found = found | own
    return found.order_by("form", "unit", "name", "id")


def matrix_of(filters: Filters, post: Post | None) -> dict[str, Any]:
    """One page of parties × forms with a cell for each report."""
    columns = [form for form in asked.forms().values() if not filters.form or form.id == filters.form]
    chosen = filters.chosen()
    parties = chosen.order_by("unit", "name", "party").values_list("unit", "name", "party").distinct()
    page: Page[Any] = Paginator(parties, PAGE).get_page(filters.page)
    wanted = [party for _unit, _name, party in page.object_list]
    cells: dict[str, dict[str, Report]] = defaultdict(dict)
    for report in Report.objects.filter(period__in=periods_ending(filters.month), party__in=wanted, subject=filters.subject):
        cells[report.party][report.form] = report
    here = [form for form in columns if any(form.id in some for some in cells.values())]
    urged = urged_words(wanted, filters.month)
    rows = [
        {
            "party": party,
            "name": name,
            "unit": asked.unit_label(unit),
            "urged": urged.get(party, ""),
            "cells": [cell_of(cells[party].get(form.id), form, post) for form in here],
        }
        for unit, name, party in page.object_list
    ]
    return {
        "page": page,
        "columns": [{"id": form.id, "title": asked.title(form)} for form in here],
        "rows": rows,
        "total": page.paginator.count,
    }


def cell_of(report: Report | None, form: Form, post: Post | None) -> dict[str, Any] | None:
    """One cell: icon, word, what a reviewer should see at a glance, and whether it can be ticked for a bulk act."""
    if report is None:
        return None
    turn = reviewer_as(post, report)
    waits = turn is not None and AWAITS.get(report.state) == turn  # type: ignore[call-overload]  # the column holds the engine's states
    clean = not (report.warnings or report.held or report.wants_return)
    words = state_label(report.state)
    if report.state == "drafted" and report.asked:
        words += f" {report.filled}/{report.asked}"
    return {
        "pk": report.pk,
        "icon": ICONS[report.state],
        "state": report.state,
        "words": words,
        "warnings": report.warnings if report.state in SENT else 0,
        "late": late_words(report),
        "waits": waits,
        "clean": clean,
        "wants": bool(report.wants_return),
        "title": asked.title(form),
        "correction": report.correction,
    }


def late_words(report: Report) -> str:
    """「迟报」 when it was first sent after its due day."""
    return _("迟报") if report.first_sent_at and timezone.localtime(report.first_sent_at).date() > report.due_reporter else ""


def urged_words(parties: Iterable[str], month: str) -> dict[str, str]:
    """Per party how often it was urged for the month and how far the last message came: 「已催报 2 次 · 已读」."""
    by_party: dict[str, list[Urging]] = defaultdict(list)
    for one in Urging.objects.filter(party__in=list(parties), period=month).order_by("day"):
        by_party[one.party].append(one)
    states = states_of([some[-1] for some in by_party.values()])
    return {
        party: _("已催报 %(n)s 次 · %(state)s") % {"n": len(some), "state": message_state(states.get(some[-1].pk, "waiting"))}
        for party, some in by_party.items()
    }


def message_state(state: str) -> str:
    """The state of a message in words."""
    return {"waiting": _("待发送"), "sent": _("已发送"), "delivered": _("已送达"), "read": _("已读"), "failed": _("发送失败")}[state]


@dataclass
class _Tally:
    due: int = 0
    accepted: int = 0
    in_time: int = 0
    sent: int = 0
    weight: int = 0
    weight_accepted: int = 0
    weight_in_time: int = 0
    unweighted: int = 0

    def add(self, *, accepted: bool, in_time: bool, sent: bool, weight: int | None, weighed: bool) -> None:
        """Count one report, and its weight where it is of a form that is weighed here."""
        self.due += 1
        self.sent += sent
        self.accepted += accepted
        self.in_time += accepted and in_time
        if weighed and weight is None:
            self.unweighted += 1
        elif weighed and weight is not None:
            self.weight += weight
            self.weight_accepted += weight if accepted else 0
            self.weight_in_time += weight if accepted and in_time else 0

    def row(self, title: str, **more: Any) -> dict[str, Any]:
        """As a row of the table. A share by value leaves out those without a last year's value, and says how many they are."""
        share = Fraction(100 * self.accepted, self.due)
        return {
            "title": title,
            "due": self.due,
            "sent": self.sent,
            "accepted": self.accepted,
            "share": percent(share),
            "bar": int(share / 10) * 10,
            "timely": percent(Fraction(100 * self.in_time, self.due)),
            "value_share": percent(Fraction(100 * self.weight_accepted, self.weight) if self.weight > 0 else None),
            "value_timely": percent(Fraction(100 * self.weight_in_time, self.weight) if self.weight > 0 else None),
            "unweighted": self.unweighted if self.weight > 0 else 0,
            **more,
        }


def percent(share: Fraction | None) -> str:
    """One decimal, or the sign of absence; never rounded up to 100 nor down to 0."""
    if share is None:
        return SIGN
    if 0 < share < Fraction(1, 10):
        return "< 0.1 %"
    if Fraction(999, 10) < share < 100:
        return "> 99.9 %"
    return f"{format_number(share, 1)} %"


def completeness(month: str) -> dict[str, Any]:
    """Accepted over due and in time over due, by unit, by form and by reviewer, in number and in shares of last year's value.

    Accepted: by the county at least. In time: of those accepted, the first sending lay on or before the reporter's due day.
    """
    tables: dict[str, dict[str, _Tally]] = {"unit": defaultdict(_Tally), "form": defaultdict(_Tally), "reviewer": defaultdict(_Tally)}
    rows = Report.objects.filter(period__in=periods_ending(month)).order_by()
    leading = asked.leading_form()
    fields = ("unit", "form", "reviewer__name", "state", "first_sent_at", "due_reporter", "weight")
    for unit, form, reviewer, state, first, due, weight in rows.values_list(*fields):
        in_time = first is not None and timezone.localtime(first).date() <= due
        counted = {"accepted": state in ACCEPTED, "sent": state in SENT, "in_time": in_time}
        tables["form"][form].add(**counted, weight=weight, weighed=True)
        # values of different forms are different things: across forms only the leading one weighs
        tables["unit"][unit].add(**counted, weight=weight, weighed=form == leading)
        if reviewer:
            tables["reviewer"][reviewer].add(**counted, weight=weight, weighed=form == leading)
    closings = {one.unit: one for one in Closing.objects.filter(period=month)}
    forms = asked.forms()
    units = [code for code in asked.units() if code in tables["unit"]]
    return {
        "units": [tables["unit"][code].row(asked.unit_label(code), closing=closings.get(code), code=code) for code in units],
        "forms": [tables["form"][id_].row(asked.title(forms[id_])) for id_ in forms if id_ in tables["form"]],
        "reviewers": [tally.row(name) for name, tally in sorted(tables["reviewer"].items())],
    }


def finished_words(month: str) -> str:
    """The empty queue in words: 「全部审结。最早 10月8日，最晚 10月11日；退回率 1.6 %。」, empty while something is missing or waits."""
    reports = Report.objects.filter(period__in=periods_ending(month))
    if not reports.exists() or reports.exclude(state__in=ACCEPTED).exists():
        return ""
    days = sorted(timezone.localtime(at).date() for at in reports.filter(accepted_at__isnull=False).values_list("accepted_at", flat=True))
    returned = reports.filter(events__act="return").distinct().count()
    share = format_number(Fraction(100 * returned, reports.count()), 1)
    if not days:
        return _("全部审结。")
    return _("全部审结。最早 %(first)s，最晚 %(last)s；退回率 %(share)s %%。") % {
        "first": asked.day_words(days[0]),
        "last": asked.day_words(days[-1]),
        "share": share,
    }
