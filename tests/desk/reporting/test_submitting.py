"""Sending, asking back, correcting: what blocks, what needs a reason, the receipt, and old → new with why for all to see."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from desk.reporting_cast import AT, CLEAN, A, B
from yunxing.desk.people.models import JournalEntry, Message
from yunxing.desk.reporting import drafts, filling, submitting
from yunxing.desk.reporting.drafts import Typed
from yunxing.desk.reporting.models import Party
from yunxing.desk.reporting.proxies import record
from yunxing.desk.reporting.report_models import Closing, Entry, EntryChange, Report, ReportEvent
from yunxing.desk.scoping import acting_as_system
from yunxing.values.errors import Refusal

KEY = "output/value/month"


def send(month, party=A, member="enterprise", at=AT, reason=""):
    with acting_as_system("test"):
        return submitting.submit(month.report(party), month.standing(member), at=at, reason=reason)


def correct(month, why="上期错报", member="enterprise", at=AT, **answers):
    with acting_as_system("test"):
        report = month.report()
        versions = dict(Entry.objects.filter(report=report).values_list("key", "ver"))
        cells = [Typed(key.replace("__", "/"), text, versions.get(key.replace("__", "/"), 0)) for key, text in answers.items()]
        return submitting.correct(report, cells, month.standing(member), at=at, why=why)


def test_a_clean_report_is_sent_with_number_and_time(month):
    """The receipt names form, month, report and round; last year's figures that the city holds are written down as given."""
    month.fill()
    report = send(month)

    assert (report.state, report.round, report.sent_at, report.first_sent_at) == ("submitted", 1, AT, AT)
    assert report.receipt == f"enterprise_month-202210-{report.pk:06d}-1"
    with acting_as_system("test"):
        given = dict(Entry.objects.filter(report=report, given=True).values_list("key", "text"))
        assert given["output/last_year_restated/cumulative"] == "955"
        assert set(given).isdisjoint(CLEAN)
        assert ReportEvent.objects.filter(report=report, act="submit", by_name="测试enterprise").count() == 1
    assert JournalEntry.objects.filter(act="submit", object_kind="report", object_id=str(report.pk)).count() == 1


@pytest.mark.parametrize(
    ("answers", "rule"),
    [
        ({"output__value__month": "12x"}, "bad_value"),
        ({"employees__value__month": ""}, "required"),
        ({"output__value__cumulative": "1500"}, "difference"),
        ({"output__value__month": "-110"}, "negative"),
        ({"revenue__value__cumulative": "800"}, "falls"),
    ],
)
def test_an_error_blocks(month, answers, rule):
    """Nothing with an error is sent; the error stands at its cell with what is expected."""
    month.fill(**answers)
    with acting_as_system("test"):
        found = drafts.draft_of(month.report()).checked().blocking()
    assert rule in {one.rule for one in found}
    assert all(one.words[0] and one.words[1] for one in found)
    with pytest.raises(Refusal, match="需要处理"):
        send(month)
    assert month.report().state == "drafted"


def test_a_warning_passes_with_its_reason_and_only_with_its_own(month):
    """Output equal to last month's to all digits is asked about; a reason at another item is no answer, one at its own lets it pass."""
    month.fill(output__value__month="100", output__value__cumulative="1,000")
    with acting_as_system("test"):
        draft = drafts.draft_of(month.report())
        [warning] = draft.checked().asking(draft.answers)
    assert (warning.rule, warning.key, warning.cause) == ("stale", KEY, "output/cause")
    with pytest.raises(Refusal):
        send(month)
    month.fill(output__value__month="100", output__value__cumulative="1,000", electricity__cause="订单减少")
    with pytest.raises(Refusal):
        send(month)
    month.fill(output__value__month="100", output__value__cumulative="1,000", output__cause="订单减少")

    assert send(month).state == "submitted"
    assert month.report().warnings == 1


def test_only_the_reporter_sends(month):
    """Not the county for its enterprises, not another enterprise, not the command; each is refused in words."""
    month.fill()
    for member in ("county_a", "county_b", "command", "bureau"):
        with pytest.raises(Refusal, match="代报须先登记授权"):
            send(month, member=member)
    assert month.report().state == "drafted"


def test_entering_for_another_needs_a_recorded_authority_in_force(month):
    """With one the county officer may; the receipt and the timeline say so; after its last day he may not."""
    month.fill()
    with acting_as_system("test"):
        party = Party.objects.get(pk=A)
        officer = month.standing("county_a")
        record(officer, party, agent=officer.user, since=AT.date(), until=AT.date(), basis="授权书", at=AT)
    with pytest.raises(Refusal):
        send(month, member="county_a", at=AT + timedelta(days=1))
    report = send(month, member="county_a")

    assert report.by_proxy
    assert report.sent_by == month.cast.people.county_a


def test_sending_twice_is_refused(month):
    """A sent report cannot be sent again, also when the page was open twice."""
    month.fill()
    with acting_as_system("test"):
        stale = month.report()
    send(month)
    with acting_as_system("test"), pytest.raises(Refusal, match="刚刚被别人提交"):
        submitting.submit(stale, month.standing("enterprise"), at=AT)
    assert month.report().round == 1


def test_after_the_county_has_closed_a_late_report_needs_its_reason(month):
    """Late after closing is a revision with its reason."""
    month.fill()
    with acting_as_system("test"):
        Closing.objects.create(unit="371681", period="2022-10", at=AT)
    with pytest.raises(Refusal, match="审结"):
        send(month)
    report = send(month, reason="财务人员住院")

    assert report.reason == "财务人员住院"


def test_an_expired_form_closes_itself(month, monkeypatch):
    """A form past its legal validity takes no report."""
    from dataclasses import replace

    from yunxing.desk.reporting import asked

    form = asked.forms()["enterprise_month"]
    old = replace(form, legal=replace(form.legal, valid_until=date(2022, 6, 30)))
    month.fill()
    monkeypatch.setitem(asked.forms(), "enterprise_month", old)
    with pytest.raises(Refusal):
        send(month)


def test_asking_back_tells_the_county_and_changes_nothing_else(month):
    """申请退回 needs a reason, reaches the county's officer once, and the report waits as before."""
    month.fill()
    send(month)
    with acting_as_system("test"):
        with pytest.raises(Refusal, match="原因"):
            submitting.ask_return(month.report(), month.standing("enterprise"), at=AT, reason=" ")
        submitting.ask_return(month.report(), month.standing("enterprise"), at=AT, reason="漏了一个车间")
        submitting.ask_return(month.report(), month.standing("enterprise"), at=AT, reason="漏了一个车间")

    report = month.report()
    assert (report.state, report.wants_return) == ("submitted", "漏了一个车间")
    assert list(Message.objects.values_list("recipient__username", flat=True)) == ["county_a"]
    assert A not in str(Message.objects.get().parameters)


def test_a_correction_keeps_old_new_and_why_for_all_to_see(month):
    """Moment 7: the reporter corrects what was sent; everyone who sees the report reads old → new, who and why; it is reviewed again."""
    month.fill()
    send(month)
    assert correct(month, output__value__month="111", output__value__cumulative="1011", why="漏记一批") == []

    report = month.report()
    assert (report.state, report.round, report.reason, report.correction) == ("submitted", 2, "漏记一批", False)
    assert report.receipt.endswith("-2")
    with acting_as_system("test"):
        changes = EntryChange.objects.filter(report=report, round=1).values_list("key", "old", "new", "why")
        assert set(changes) == {(KEY, "110", "111", "漏记一批"), ("output/value/cumulative", "1,010", "1,011", "漏记一批")}
        told = filling.history_of(report)
    assert {(row["change"], row["why"]) for row in told if row["change"]} == {("110 → 111", "漏记一批"), ("1,010 → 1,011", "漏记一批")}
    assert list(Message.objects.values_list("recipient__username", flat=True)) == ["county_a"]
    for member in ("enterprise", "county_a", "command", "bureau"):
        page = month.client(member).get(f"/report/{report.pk}/receipt/").content.decode()
        assert "110 → 111" in page, member
        assert "漏记一批" in page, member
    assert month.client("county_b").get(f"/report/{report.pk}/receipt/").status_code == 404


def test_a_correction_without_a_reason_or_with_an_error_changes_nothing(month):
    """No reason, no change at all, or figures that no longer add up: refused, and not one cell is written."""
    month.fill()
    send(month)
    before = month.answers()
    with pytest.raises(Refusal, match="原因"):
        correct(month, why="", output__value__month="111")
    with pytest.raises(Refusal, match="没有改动"):
        correct(month, output__value__month="110")
    with pytest.raises(Refusal, match="本月数与累计差不符"):
        correct(month, output__value__month="200")
    with pytest.raises(Refusal, match="没有提交"), acting_as_system("test"):
        submitting.correct(_drafted(month), [Typed(KEY, "1", 0)], month.standing("enterprise"), at=AT, why="x")

    assert month.answers() == before


def _drafted(month):
    report = month.report()
    report.state = "drafted"
    return report


def test_a_correction_that_meets_another_one_is_told(month):
    """Two people correct the same figure: the second gets who, old and new, and nothing of his is written, also not his other cells."""
    month.fill()
    send(month)
    with acting_as_system("test"):
        typed = [Typed(KEY, "111", 1), Typed("output/value/cumulative", "1011", 1), Typed("tax/value/cumulative", "28", 1)]
        submitting.correct(month.report(), typed[:2], month.standing("enterprise"), at=AT, why="一")
        clashes = submitting.correct(month.report(), [Typed(KEY, "112", 1), typed[2]], month.standing("enterprise"), at=AT, why="二")

    assert [(one.old, one.new, one.yours) for one in clashes] == [("110", "111", "112")]
    assert month.answers()["tax/value/cumulative"] == "27.5"
    assert month.report().round == 2


def test_only_its_own_reporter_corrects(month):
    """Reviewers return, they never edit."""
    month.fill()
    send(month)
    for member in ("county_a", "command", "bureau"):
        with pytest.raises(Refusal, match="不代改"):
            correct(month, member=member, output__value__month="111")


def test_a_report_of_another_enterprise_does_not_exist(month):
    """Screens 10.3 and acceptance 11: B's report is 404 for A's clerk on every address."""
    pk = month.report(B).pk
    client = month.client("enterprise")
    assert client.get(f"/report/{pk}/").status_code == 404
    assert client.post(f"/report/{pk}/cells/", "{}", content_type="application/json").status_code == 404
    for act in ("send", "receipt", "correct"):
        assert client.get(f"/report/{pk}/{act}/").status_code == 404, act
    assert Report.seen_by(month.standing("enterprise").scope).values_list("party", flat=True).distinct().get() == A
