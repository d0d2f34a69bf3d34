"""As whom someone meets a report: every member of the cast at every state, against a table by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk.reporting_cast import AT, FORM, TODAY, A, B
from yunxing.desk.reporting import drafts, proxies, reviewing, standing, submitting
from yunxing.desk.reporting.drafts import Typed
from yunxing.desk.reporting.models import Party
from yunxing.desk.reporting.report_models import Authority, Entry, EntryChange, Report, ReportEvent
from yunxing.desk.scoping import acting_as_system, acting_in
from yunxing.engines.facts.review import STATES, may
from yunxing.values.errors import Refusal

MEMBERS = ("command", "bureau", "county_a", "county_b", "enterprise", "analyst", "sysadmin", "newcomer")
# who reviews A's enterprise month, by the state it is in; everyone else never does
TURNS = {"submitted": "county_a", "county": "bureau", "department": "command"}


def at_state(month, state, party=A, form=FORM):
    with acting_as_system("test"):
        Report.objects.filter(party=party, form=form).update(state=state, round=1, receipt="R")
    return month.report(party, form)


@pytest.mark.parametrize("state", STATES)
def test_whose_turn_it_is(month, state):
    """Exactly one member may accept or return in a waiting state, nobody in any other; nobody but the enterprise may write."""
    report = at_state(month, state)
    with acting_as_system("test"):
        for member in MEMBERS:
            post = month.standing(member).post
            actor = standing.reviewer_as(post, report)
            turn = actor is not None and may(state, "accept", actor)
            assert turn == (TURNS.get(state) == member), member
            assert turn == (actor is not None and may(state, "return", actor)), member
            user = getattr(month.cast.people, member)
            assert standing.may_report(user, post, report, TODAY) == (member == "enterprise"), member


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", ["accept", "return"])
def test_the_pages_refuse_who_is_not_on_turn(month, state, act):
    """By address: who sees the report and is not on turn is refused in words, who does not see it finds nothing; only the one on turn moves it."""
    month.fill()
    report = at_state(month, state)
    for member in ("bureau", "county_a", "county_b", "command", "enterprise"):
        if TURNS.get(state) == member:
            continue
        response = month.client(member).post(f"/reports/{report.pk}/{act}/", {"reason": "x"})
        assert response.status_code in {403, 404, 409}, (member, response.status_code)
        assert month.report().state == state, member
    if state in TURNS and act == "return":
        assert month.client(TURNS[state]).post(f"/reports/{report.pk}/return/", {"reason": "x"}).status_code == 302
        assert month.report().state == "returned"


def test_a_county_reports_its_own_forms_and_not_its_enterprises(month):
    """Projects and sites are the county's to fill in; its enterprises' reports and offices' forms are not, nor another county's anything."""
    with acting_as_system("test"):
        post = month.standing("county_a").post
        user = month.cast.people.county_a
        for report in Report.objects.all():
            own = report.unit == "371681" and report.subject not in {"enterprise", "office"}
            assert standing.may_report(user, post, report, TODAY) == own, report


def test_the_command_reviews_as_the_office_only_of_forms_that_name_no_other(month):
    """A form of the command office waits for it twice: as its office, then as the command."""
    with acting_as_system("test"):
        Report.objects.filter(party=A, form=FORM).update(state="county", office="CMD")
        post = month.standing("command").post
        report = month.report()
        assert standing.reviewer_as(post, report) == "department"
        assert standing.reviewer_as(month.standing("bureau").post, report) is None
        report.state = "department"
        assert standing.reviewer_as(post, report) == "command"
        Report.objects.filter(party=B, form=FORM).update(state="county")
        assert standing.reviewer_as(post, month.report(B)) == "command"
        assert not may("county", "accept", "command")


def test_what_belongs_to_a_report_is_seen_with_it(month):
    """Cells, changes and events follow the report's scope, also for those who guess a key."""
    month.fill()
    month.fill(output__value__month="111", output__value__cumulative="1,011")
    with acting_as_system("test"):
        submitting.submit(month.report(), month.standing("enterprise"), at=AT)
    counts = {}
    for member in ("enterprise", "county_a", "bureau", "command", "county_b", "analyst", "sysadmin"):
        with acting_in(month.standing(member).scope):
            counts[member] = (Entry.objects.count() > 0, EntryChange.objects.count() > 0, ReportEvent.objects.count() > 0)
    assert {member for member, seen in counts.items() if all(seen)} == {"enterprise", "county_a", "bureau", "command"}
    assert {member for member, seen in counts.items() if not any(seen)} == {"county_b", "analyst", "sysadmin"}


def test_an_authority_is_seen_by_its_county_and_its_enterprise(month):
    """The enterprise sees who may report for it; another county sees nothing of it."""
    with acting_as_system("test"):
        officer = month.standing("county_a")
        terms = {"since": TODAY, "until": TODAY + timedelta(days=9), "basis": "授权书"}
        proxies.record(officer, Party.objects.get(pk=A), agent=officer.user, at=AT, **terms)
    for member, seen in (("county_a", 1), ("enterprise", 1), ("command", 1), ("county_b", 0)):
        with acting_in(month.standing(member).scope):
            assert Authority.objects.count() == seen, member


def test_an_officers_writing_under_an_authority_is_his_own_in_the_history(month):
    """The change names the person who typed, not the enterprise."""
    with acting_as_system("test"):
        officer = month.standing("county_a")
        terms = {"since": TODAY, "until": TODAY, "basis": "授权书"}
        proxies.record(officer, Party.objects.get(pk=A), agent=officer.user, at=AT, **terms)
        drafts.save_cells(month.report(), [Typed("stop_days/value/month", "1", 0)], by=officer.user, at=AT)
        assert EntryChange.objects.get().by_name == "测试county_a"


def test_the_timeline_tells_the_whole_way(month):
    """Sent, accepted, returned, sent again, accepted: newest first, each with person, post and reason."""
    from yunxing.desk.reporting import filling

    month.fill()
    county, own = month.standing("county_a"), month.standing("enterprise")
    with acting_as_system("test"):
        submitting.submit(month.report(), own, at=AT)
        reviewing.send_back(month.report(), county, at=AT + timedelta(hours=1), reason="核对用电", cells=["electricity/value/month"])
        month.fill(electricity__value__month="34")
        submitting.submit(month.report(), own, at=AT + timedelta(hours=2))
        reviewing.accept(month.report(), county, at=AT + timedelta(hours=3))
        told = filling.history_of(month.report())

    assert [row["what"] for row in told] == ["通过", "提交", "退回", "用电量 · 本月", "提交"] or [row["what"] for row in told if not row["change"]] == [
        "通过", "提交", "退回", "提交",
    ]  # fmt: skip
    [back] = [row for row in told if row["what"] == "退回"]
    assert (back["who"], back["why"]) == ("测试county_a", "核对用电")
    assert "县" in back["post"]
    assert [row["change"] for row in told if row["change"]] == ["33.3 → 34"]


@pytest.mark.parametrize("member", ["command", "bureau", "county_b"])
def test_a_refusal_of_writing_is_words_and_no_crash(month, member):
    """A reviewer who opens or posts to a grid reads why not; nothing is written."""
    client = month.client(member)
    pk = month.report().pk
    page = client.get(f"/report/{pk}/")
    assert page.status_code in {403, 404, 409}
    posted = client.post(f"/report/{pk}/cells/", {"c:stop_days/value/month": "3", "v:stop_days/value/month": "0"})
    assert posted.status_code in {403, 404, 409}
    with acting_as_system("test"):
        assert not Entry.objects.exists()
        with pytest.raises(Refusal):
            standing.must_report(getattr(month.cast.people, member), month.standing(member).post, month.report(), TODAY)
