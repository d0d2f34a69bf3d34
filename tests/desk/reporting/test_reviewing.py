"""Review from county to office to command; confirmed reports become facts by the path of a workbook; closing; late and corrected ones keep both values."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from desk.reporting_cast import AT, FORM, MONTH, ZONE, A, B, C
from yunxing.desk.people.models import JournalEntry, Message
from yunxing.desk.reporting import drafts, reviewing, submitting
from yunxing.desk.reporting.drafts import Typed
from yunxing.desk.reporting.models import Submission
from yunxing.desk.reporting.report_models import Closing, Entry, Report, ReportEvent
from yunxing.desk.scoping import acting_as_system
from yunxing.io import tables
from yunxing.io.files import content_path
from yunxing.values.errors import Refusal

KEY = "output/value/month"
STEPS = (("county_a", "county"), ("bureau", "department"), ("command", "confirmed"))


def sent(month, party=A, at=AT, **answers):
    """A report as its enterprise has sent it (B and C have no account in the cast: entered as A's clerk, sent by the system's hand)."""
    month.fill(party, **answers)
    with acting_as_system("test"):
        report = month.report(party)
        for key, text in drafts.draft_of(report).given().items():
            Entry.objects.get_or_create(report=report, key=key, defaults={"text": text, "given": True, "changed_at": at})
        if party == C:  # no last year is held of it
            for key in ("output", "revenue", "profit"):
                for kind in ("month", "cumulative") if key == "output" else ("cumulative",):
                    Entry.objects.get_or_create(
                        report=report, key=f"{key}/last_year_restated/{kind}", defaults={"text": "90", "changed_at": at}
                    )
        Report.objects.filter(pk=report.pk).update(
            state="submitted",
            round=1,
            sent_at=at,
            first_sent_at=at,
            receipt=f"{FORM}-202210-{report.pk:06d}-1",
            sent_by=month.cast.people.enterprise,
        )
    return month.report(party)


def accept(month, member, party=A, at=AT):
    with acting_as_system("test"):
        return reviewing.accept(month.report(party), month.standing(member), at=at)


def through(month, party=A, at=AT):
    for member, _state in STEPS:
        accept(month, member, party, at)


def facts(month, party=A):
    found = tables.facts_as_of(month.home, None, [FORM], ["2022-10", "2022-01..10"])
    return {(row["item"], row["role"], row["as_reported"]): row for row in found.iter_rows(named=True) if row["party"] == party}


def test_three_reviewers_and_then_it_is_a_fact(month):
    """County, office, command, each in its turn; only then the figures stand in the facts, with submission, sheet, cell and cause."""
    sent(month, output__cause="")
    for member, state in STEPS:
        assert facts(month) == {}
        assert accept(month, member).state == state

    found = facts(month)
    value = found["output", "value", "month"]
    assert (value["value"], value["unit"], value["origin"], value["status"], value["version"]) == (
        110 * 10**6,
        "371681",
        "dispatch",
        "reported",
        1,
    )
    assert value["held"] is False
    assert found["output", "last_year_restated", "cumulative"]["value"] == 955 * 10**6
    report = month.report()
    assert report.submission == value["submission"]
    assert content_path(month.home, report.submission).is_file()  # the workbook that the figure's source names
    assert value["cell"]
    with acting_as_system("test"):
        assert Submission.objects.get(digest=report.submission).unit == "371681"
        assert list(ReportEvent.objects.filter(report=report).values_list("act", "to_state")) == [
            ("accept", "county"), ("accept", "department"), ("confirm", "confirmed"),
        ]  # fmt: skip
    assert JournalEntry.objects.filter(object_kind="report", act__in=["accept", "confirm"]).count() == 3


def test_nobody_reviews_out_of_turn(month):
    """The office before the county, the county twice, another county, the reporter itself: refused."""
    sent(month)
    for member in ("bureau", "command", "county_b", "enterprise"):
        with pytest.raises(Refusal):
            accept(month, member)
    accept(month, "county_a")
    with pytest.raises(Refusal):
        accept(month, "county_a")
    assert month.report().state == "county"


def test_of_two_reviewers_at_once_the_second_is_told(month):
    """Both have the page open; one returns, the other's acceptance no longer meets what he saw."""
    sent(month)
    with acting_as_system("test"):
        stale = month.report()
        reviewing.send_back(month.report(), month.standing("county_a"), at=AT, reason="核对")
        with pytest.raises(Refusal, match="刚刚有变化"):
            reviewing.accept(stale, month.standing("county_a"), at=AT)
    assert month.report().state == "returned"


def test_a_corrected_report_is_not_the_one_that_was_accepted(month):
    """The reporter corrects while the reviewer reads: his acceptance of the old round is refused."""
    sent(month)
    with acting_as_system("test"):
        stale = month.report()
        versions = dict(Entry.objects.filter(report=stale).values_list("key", "ver"))
        cells = [Typed(KEY, "111", versions[KEY]), Typed("output/value/cumulative", "1011", versions["output/value/cumulative"])]
        assert submitting.correct(month.report(), cells, month.standing("enterprise"), at=AT, why="漏记") == []
        with pytest.raises(Refusal, match="刚刚有变化"):
            reviewing.accept(stale, month.standing("county_a"), at=AT)


def test_a_return_names_reason_and_cells_and_reaches_the_reporter(month):
    """退回 with a reason and the cell marked; the reporter is told on the site, sees both, mends and sends again."""
    sent(month)
    with acting_as_system("test"):
        with pytest.raises(Refusal, match="原因"):
            reviewing.send_back(month.report(), month.standing("county_a"), at=AT, reason="  ")
        reviewing.send_back(month.report(), month.standing("county_a"), at=AT, reason="与用电量不符", cells=[KEY])
    report = month.report()
    assert (report.state, report.reason, report.marked) == ("returned", "与用电量不符", KEY)
    assert list(Message.objects.values_list("recipient__username", flat=True)) == ["enterprise"]

    page = month.client("enterprise").get(f"/report/{report.pk}/").content.decode()
    assert "与用电量不符" in page
    assert page.count("审核人员标记了这一格") == 1
    with acting_as_system("test"):
        submitting.submit(month.report(), month.standing("enterprise"), at=AT + timedelta(hours=1))
    report = month.report()
    assert (report.state, report.round, report.marked) == ("submitted", 2, "")
    assert report.first_sent_at == AT  # punctuality is that of the first sending


def test_bulk_acceptance_takes_only_clean_ones(month):
    """批量通过: those with warnings, held ones and those asked back are left; what is another's turn is counted apart."""
    sent(month)
    sent(month, B, output__value__month="100", output__value__cumulative="1,000", output__cause="订单减少")
    sent(month, C)
    with acting_as_system("test"):
        Report.objects.filter(party=C).update(wants_return="漏报")
        everything = list(Report.objects.filter(form=FORM))
        bulk = reviewing.accept_many(everything, month.standing("county_a"), at=AT)

    assert (bulk.done, bulk.warned, bulk.other) == (1, 2, 1)
    assert [month.report(one).state for one in (A, B, C)] == ["county", "submitted", "submitted"]


def test_the_command_confirms_a_unit_as_one_workbook(month):
    """Many reports of one unit become one submission; confirming again in a broken-off run changes no fact."""
    for party in (A, B, C):
        sent(month, party)
        accept(month, "county_a", party)
        accept(month, "bureau", party)
    with acting_as_system("test"):
        bulk = reviewing.accept_many(list(Report.objects.filter(form=FORM, state="department")), month.standing("command"), at=AT)
        assert bulk.done == 3
        assert len(set(Report.objects.filter(form=FORM, state="confirmed").values_list("submission", flat=True))) == 1
        before = {one: facts(month, one) for one in (A, B, C)}
        Report.objects.filter(form=FORM, state="confirmed").update(state="department")  # as after a kill between facts and states
        reviewing.accept_many(
            list(Report.objects.filter(form=FORM, state="department")), month.standing("command"), at=AT + timedelta(hours=2)
        )
    assert {one: facts(month, one) for one in (A, B, C)} == before


def test_a_fact_is_known_since_the_county_accepted_it(month):
    """Punctuality is the county's: what it accepted in time is known in time although the command confirms days later."""
    sent(month)
    accept(month, "county_a", at=AT)
    later = AT + timedelta(days=6)
    accept(month, "bureau", at=later)
    accept(month, "command", at=later)

    assert {row["known_at"] for row in facts(month).values()} == {AT}


def test_late_and_punctual_ones_of_a_unit_do_not_share_a_moment(month):
    """One late report does not make its whole unit late."""
    sent(month)
    sent(month, B)
    late = datetime(2022, 11, 9, 10, 0, tzinfo=ZONE)  # the county's day is the 8th
    accept(month, "county_a", A, AT)
    accept(month, "county_a", B, late)
    for member in ("bureau",):
        accept(month, member, A, late)
        accept(month, member, B, late)
    with acting_as_system("test"):
        reviewing.accept_many(
            list(Report.objects.filter(form=FORM, state="department")), month.standing("command"), at=late + timedelta(days=1)
        )

    assert {row["known_at"] for row in facts(month, A).values()} == {AT}
    assert {row["known_at"] for row in facts(month, B).values()} == {late}


def test_a_correction_of_a_fact_is_a_new_version_with_its_reason_and_the_old_one_stays(month):
    """Both values are kept: the newest is the corrected one, what was known before is still answered."""
    sent(month)
    through(month)
    then = AT + timedelta(days=3)
    with acting_as_system("test"):
        versions = dict(Entry.objects.filter(report=month.report()).values_list("key", "ver"))
        cells = [Typed(KEY, "90", versions[KEY]), Typed("output/value/cumulative", "990", versions["output/value/cumulative"])]
        assert submitting.correct(month.report(), cells, month.standing("enterprise"), at=then, why="重复计入") == []
    assert month.report().correction
    assert facts(month)["output", "value", "month"]["value"] == 110 * 10**6  # not before it is reviewed
    through(month, at=then)

    now = facts(month)["output", "value", "month"]
    assert (now["value"], now["version"], now["status"], now["cause"], now["known_at"]) == (90 * 10**6, 2, "revised", "重复计入", then)
    old = tables.facts_as_of(month.home, AT.date(), [FORM], ["2022-10"])
    assert old.filter((old["party"] == A) & (old["item"] == "output") & (old["role"] == "value"))["value"].to_list() == [110 * 10**6]


def test_what_the_common_path_finds_wrong_is_not_confirmed(month):
    """A report whose figures went bad between review and confirmation stays where it was, and no fact is written."""
    sent(month)
    accept(month, "county_a")
    accept(month, "bureau")
    with acting_as_system("test"):
        Entry.objects.filter(report=month.report(), key="output/value/cumulative").update(text="5,000")
        with pytest.raises(Refusal, match="入库检查未通过"):
            reviewing.accept(month.report(), month.standing("command"), at=AT)
    assert month.report().state == "department"
    assert facts(month) == {}


def test_closing_waits_for_the_last_review_and_belongs_to_the_county(month):
    """本县已审结: refused while something waits, by another, and harmless twice."""
    sent(month)
    with acting_as_system("test"):
        with pytest.raises(Refusal, match="还有 1 张"):
            reviewing.close_unit("371681", MONTH, month.standing("county_a"), at=AT)
        for member in ("county_b", "command"):
            with pytest.raises(Refusal, match="只有本县"):
                reviewing.close_unit("371681", MONTH, month.standing(member), at=AT)
        accept(month, "county_a")
        first = reviewing.close_unit("371681", MONTH, month.standing("county_a"), at=AT)
        again = reviewing.close_unit("371681", MONTH, month.standing("county_a"), at=AT + timedelta(days=1))
        assert first == again
        assert Closing.objects.get().at == AT
    assert JournalEntry.objects.filter(act="close").count() == 1


def test_only_the_command_confirms(month):
    """The door into the facts asks for the role itself, whoever calls it."""
    sent(month)
    accept(month, "county_a")
    accept(month, "bureau")
    with acting_as_system("test"), pytest.raises(Refusal, match="只有指挥部"):
        reviewing.confirm([month.report()], month.standing("county_a"), at=AT)
