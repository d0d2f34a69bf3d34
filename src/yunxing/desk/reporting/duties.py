"""Opening a month: the registry, the forms and the calendar say who owes what by when; every duty becomes a row. Opening again only adds newcomers."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import transaction

from yunxing.desk import clock
from yunxing.desk.people import journal
from yunxing.desk.reporting import asked
from yunxing.desk.reporting.drafts import note_event
from yunxing.desk.reporting.models import Membership, Party
from yunxing.desk.reporting.report_models import Report
from yunxing.desk.reporting.reviewing import periods_ending
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.facts.duties import due_days, owed
from yunxing.engines.facts.form import Form
from yunxing.engines.facts.layout import FormPeriod, fact_period
from yunxing.engines.facts.review import EDITABLE
from yunxing.engines.registry import parties as registry
from yunxing.io import tables
from yunxing.values.period import Month
from yunxing.values.workdays import Calendar

OFFICE = "office"  # the subject of a duty that one office has for the whole city


def open_month(month: str) -> int:
    """Write the duties of a month (`2022-10`) for all forms; gives how many are new. Idempotent; duties that were written once stay."""
    calendar = clock.calendar()
    parties = [
        registry.Party(
            one.id,
            one.kind,
            one.name,
            one.short_name or "",
            one.unit or "",
            one.region or "",
            one.industry or "",
            one.size or "",
            "",
            one.valid_from,
            one.valid_to,
        )
        for one in Party.objects.all()
    ]
    members = [registry.Membership(one.roster, one.party, one.valid_from, one.valid_to) for one in Membership.objects.all()]
    made = 0
    with transaction.atomic():
        for form in asked.forms().values():
            period = asked.period_of(form, month)
            if period is None:
                continue
            on = registry.on_roster(members, form.roster, period.end)
            made += _open_form(form, period, owed(form, period, parties, on, asked.units()), calendar)
        if made:
            journal.record("open", kind="reporting_period", object_id=month, after={"duties": made})
    return made


def _open_form(form: Form, period: FormPeriod, duties: list[tuple[str, str, str, str]], calendar: Calendar) -> int:
    due = due_days(form, period, calendar)
    known = set(Report.objects.filter(form=form.id, period=period.code).values_list("party", flat=True))
    new = [duty for duty in duties if duty[0] not in known]
    weights = last_year(form, period) if new else {}
    offices = asked.pack().offices
    rows = [
        Report(
            form=form.id,
            period=period.code,
            party=party,
            name=(offices[party].name if form.sender and party in offices else name)[:200],
            unit=unit,
            industry=industry,
            subject=OFFICE if form.sender else form.subject,
            office=form.sender or asked.office_of(form),
            due_reporter=due.reporter,
            due_county=due.county,
            due_city=due.city,
            provisional=due.provisional,
            weight=weights.get(party),
        )
        for party, name, unit, industry in new
    ]
    Report.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def last_year(form: Form, period: FormPeriod) -> dict[str, int]:
    """Last year's value of each party's leading amount (the form's first one reported with a cumulative figure), by which completeness is weighed."""
    leading = next((item for item in form.items if item.numeric and "cumulative" in item.reported), None)
    if leading is None:
        return {}
    code = fact_period(period.year_before(), "cumulative")
    facts = tables.facts_as_of(Path(settings.HOME), None, [form.id], [code])
    return {
        row["party"]: row["value"]
        for row in facts.iter_rows(named=True)
        if row["item"] == leading.id and row["role"] == "value" and row["as_reported"] == "cumulative" and row["value"] is not None
    }


def settle_workbooks(month: str) -> int:
    """Reports still owed whose figures came in as a workbook are taken as received; gives how many. Cheap while no new batch has come in.

    The facts say who: a party with a reported figure of the form and month. Of a form that one office sends, any figure is the office's.
    """
    home = Path(settings.HOME)
    names = tuple(path.name for path in tables.batches(home, months={month}))
    with acting_as_system("reporting"):
        reports = Report.objects.filter(period__in=periods_ending(month))
        owed_now, done = list(reports.filter(state__in=sorted(EDITABLE))), 0
        for report in reports.filter(state="confirmed", receipt="").exclude(submission=""):
            files = tuple(name for name in names if name.split(".")[1] == report.form)
            known = _received(home, report.form, month, files) if files else {}
            if ("" if report.subject == OFFICE else report.party) not in known:
                _take_back(report)
        for form in {one.form for one in owed_now} & {name.split(".")[1] for name in names}:
            known = _received(home, form, month, tuple(name for name in names if name.split(".")[1] == form))
            for report in (one for one in owed_now if one.form == form):
                came = known.get("" if report.subject == OFFICE else report.party)
                if came is not None:
                    done += _settle(report, *came)
    return done


@lru_cache(maxsize=64)
def _received(home: Path, form: str, month: str, _files: tuple[str, ...]) -> dict[str, tuple[datetime, str]]:
    """Per party, and under the empty name for all of them, when its first figure of the month came in and in which workbook."""
    import polars as pl

    facts = tables.facts_of_months(home, form, [month]).filter((pl.col("absence") != "not_reported").fill_null(value=True))
    first = facts.sort("known_at").group_by("party", maintain_order=True).agg(pl.col("known_at").first(), pl.col("submission").first())
    found = {row["party"]: (row["known_at"], row["submission"]) for row in first.iter_rows(named=True)}
    return {**found, "": min(found.values())} if found else {}


def _settle(report: Report, came: datetime, submission: str) -> bool:
    fields = {
        "state": "confirmed",
        "first_sent_at": came,
        "sent_at": came,
        "accepted_at": came,
        "confirmed_at": came,
        "submission": submission,
    }
    with transaction.atomic():
        if Report.objects.filter(pk=report.pk, state=report.state).update(**fields) != 1:
            return False
        before, report.state = report.state, "confirmed"
        note_event(report, "workbook", before, by=None, post="", at=came)
    return True


def _take_back(report: Report) -> None:
    """The import was undone: the report is owed again."""
    with transaction.atomic():
        empty = {"state": "due", "first_sent_at": None, "sent_at": None, "accepted_at": None, "confirmed_at": None, "submission": ""}
        if Report.objects.filter(pk=report.pk, state="confirmed").update(**empty) == 1:
            report.state = "due"
            note_event(report, "undone", "confirmed", by=None, post="", at=clock.now())


def newest_month(today: date) -> str:
    """The month whose reports are due now: the last one that has ended."""
    return Month.of(today).previous().code


def open_months() -> list[str]:
    """The months with duties that the person sees, newest first."""
    codes = Report.objects.order_by().values_list("period", flat=True).distinct()
    return sorted({tables.month_of(code) for code in codes}, reverse=True)


def is_open(month: str) -> bool:
    """Whether anything of the month is asked of someone the person sees."""
    return bool(Report.objects.filter(period__in=periods_ending(month)).exists())
