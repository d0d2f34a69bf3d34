"""The page of numbers on cases: the whole, by office, by county. The figures are `measuring`'s; here they are read and put into words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yunxing.desk.casework import acting
from yunxing.desk.casework.clock_words import main_clock
from yunxing.desk.casework.measuring import Handled, Measures, Share, by, measured
from yunxing.desk.casework.models import Case, Clock
from yunxing.values.quantity import format_number

MOST = 20_000
CHUNK = 400


def dashboard_page(now: datetime) -> dict[str, Any]:
    """The numbers of this year's cases, as far as the person may see them."""
    since = now.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    cases = list(
        Case.objects.filter(definition__in=acting.names_of_kind(), opened__gte=since).exclude(
            state__in=("proposed", "declined", "refused", "withdrawn")
        )[:MOST]
    )
    handled = handled_of(cases, now)
    names = acting.names_for([code for one in handled for code in (one.office, one.unit)])
    return {
        "since": since,
        "cases": len(cases),
        "cut": len(cases) == MOST,
        "whole": words_of(measured(_("全部"), handled), ""),
        "offices": [words_of(one, names(one.name), office=one.name) for one in by(handled, lambda one: one.office)],
        "counties": [words_of(one, names(one.name), unit=one.name) for one in by(handled, lambda one: one.unit)],
    }


def handled_of(cases: Iterable[Case], now: datetime) -> list[Handled]:
    """The cases as they are measured: their clocks read in bulk."""
    found = list(cases)
    clocks: dict[str, list[Any]] = {}
    for start in range(0, len(found), CHUNK):
        for clock in Clock.objects.filter(case__in=[one.pk for one in found[start : start + CHUNK]], office=""):
            clocks.setdefault(clock.case_id, []).append(clock)
    return [_handled(one, clocks.get(one.pk, []), now) for one in found]


def _handled(case: Case, clocks: list[Any], now: datetime) -> Handled:
    definition = acting.definition_of(case.definition, case.version)
    main = [one for one in clocks if one.name == main_clock(definition)]
    contact = next((one for one in clocks if one.name == "contact" and one.stopped), None)
    data, walked = case.fields, case.walks
    seconds = acting.working_time(definition).between(case.opened, contact.stopped) if contact else None
    return Handled(
        case.lead,
        case.unit,
        kept(main, now),
        seconds,
        str(data.get("satisfaction", "")),
        bool(walked.get("reopen")),
        bool(walked.get("answer")),
    )


def kept(clocks: Iterable[Any], now: datetime) -> bool | None:
    """Whether the limit was kept: missed once is missed; running past its day is missed; met is kept; else nothing can be said yet."""
    states = [("missed" if one.state == "running" and one.due < now else one.state) for one in clocks]
    if "missed" in states:
        return False
    return True if "met" in states and not {"running", "paused"} & set(states) else None


def words_of(one: Measures, title: str, **filters: str) -> dict[str, Any]:
    """A line of the table: every share with its count, a percentage only over five."""
    query = "&".join(f"{name}={value}" for name, value in {"queue": "all", **filters}.items() if value)
    return {
        "title": title or one.name,
        "cases": one.cases,
        "in_time": share_words(one.in_time),
        "light": light_of(one.in_time),
        "contact": hours_words(one.contact_seconds),
        "contacted": one.contacted,
        "satisfied": share_words(one.satisfied),
        "reopened": share_words(one.reopened),
        "href": f"{reverse('casework:cases')}?{query}",
    }


def share_words(share: Share) -> str:
    """「92.3%（12/13）」; under five 「3/4」; none of none 「—」."""
    if share.fraction is None:
        return "—"
    count = f"{share.part}/{share.whole}"
    return f"{format_number(share.fraction * 100, 1)}%（{count}）" if share.shown else count


def light_of(share: Share) -> str:
    """The light of a rate of cases in time, where there are enough to judge."""
    if share.fraction is None or not share.shown:
        return "none"
    return "green" if share.fraction * 100 >= 95 else "amber" if share.fraction * 100 >= 80 else "red"


def hours_words(seconds: int | None) -> str:
    """Office time in hours, one decimal."""
    return "—" if seconds is None else ngettext("%(n)s 小时", "%(n)s 小时", 2) % {"n": format_number(Fraction(seconds, 3600), 1)}
