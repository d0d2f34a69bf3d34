"""Opening a month: the registry, the forms and the calendar say who owes what by when; every duty becomes a row. Opening again only adds newcomers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction

from yunxing.desk.people import journal
from yunxing.desk.reporting import asked
from yunxing.desk.reporting.models import Membership, Party
from yunxing.desk.reporting.report_models import Report
from yunxing.desk.reporting.reviewing import periods_ending
from yunxing.engines.facts.duties import due_days, owed
from yunxing.engines.facts.form import Form
from yunxing.engines.facts.layout import FormPeriod, fact_period
from yunxing.engines.registry import parties as registry
from yunxing.io import tables
from yunxing.values.period import Month
from yunxing.values.workdays import Calendar


def open_month(month: str) -> int:
    """Write the duties of a month (`2022-10`) for all forms; gives how many are new. Idempotent; duties that were written once stay."""
    calendar = Calendar()
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
    rows = [
        Report(
            form=form.id,
            period=period.code,
            party=party,
            name=name[:200],
            unit=unit,
            industry=industry,
            subject=form.subject,
            office=asked.office_of(form),
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
