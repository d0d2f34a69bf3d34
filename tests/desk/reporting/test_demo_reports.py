"""The demonstration's month: half way, of every state some, made through the same checks; made again it changes nothing."""

from __future__ import annotations

import json

import pytest

from desk.reporting_cast import FORM, A, B, C
from yunxing.desk import clock
from yunxing.desk.reporting import demo_reports, drafts
from yunxing.desk.reporting.report_models import Entry, Report, ReportEvent
from yunxing.desk.scoping import acting_as_system


@pytest.fixture
def made(month, monkeypatch):
    """The cast's month made anew by the demonstration, everyone's fate fixed."""
    with acting_as_system("test"):
        Report.objects.all().delete()
    fates = {B: "submitted", C: "returned"}
    monkeypatch.setattr(demo_reports, "_fate", lambda report: fates.get(report.party, "department"))
    return month, demo_reports.make("2022-10", A)


def test_the_printed_enterprise_finds_its_report_untouched(made):
    month, told = made
    assert month.report().state == "due"
    assert month.answers() == {}
    with acting_as_system("test"):
        assert told.reports == Report.objects.count()
    assert told.today.isoformat() == "2022-11-08"
    assert clock.today() == told.today
    assert json.loads((month.home / "demo_day.json").read_text(encoding="utf-8")) == {"today": "2022-11-08"}


def test_sent_ones_would_pass_their_own_checks(made):
    """What the demonstration sends has no blocking finding and a reason for every warning; figures add up to last month's."""
    month, _told = made
    report = month.report(B)
    assert (report.state, report.round, report.errors) == ("submitted", 1, 0)
    with acting_as_system("test"):
        draft = drafts.draft_of(report)
        checked = draft.checked()
        assert checked.blocking() == ()
        assert checked.asking(draft.answers) == ()
        assert draft.answers["output/value/cumulative"] != "900"


def test_a_returned_one_has_its_reason_and_its_mark(made):
    month, _told = made
    report = month.report(C)
    if report.state == "returned":  # C has no last year, so its checks may have left it a draft
        assert report.reason
        assert report.marked
    else:
        assert report.state == "drafted"
    with acting_as_system("test"):
        assert set(ReportEvent.objects.values_list("report__form", flat=True)) >= {FORM}


def test_made_again_it_changes_nothing(made):
    month, told = made
    with acting_as_system("test"):
        before = sorted(Entry.objects.values_list("report", "key", "text", "ver"))
    again = demo_reports.make("2022-10", A)
    with acting_as_system("test"):
        assert sorted(Entry.objects.values_list("report", "key", "text", "ver")) == before
    assert again == told
    assert month.report(B).round == 1


def test_fates_are_by_chance_of_their_own_and_the_same_every_time(month):
    """No clock, no random number: a report's fate hangs on its form, period and party alone."""
    with acting_as_system("test"):
        reports = [Report(form=FORM, period="2022-10", party=f"X{n}", unit="BZ-BH") for n in range(400)]
    fates = [demo_reports._fate(one) for one in reports]
    assert fates == [demo_reports._fate(one) for one in reports]
    assert set(fates) == {"due", "drafted", "returned", "submitted", "county", "department"}
    assert 0.8 < sum(fate not in {"due", "drafted", "returned"} for fate in fates) / 400 < 0.95
