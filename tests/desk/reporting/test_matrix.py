"""The review pages: numbers, matrix, queue, completeness, what an empty page says; each role sees its own and nothing else."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from desk.reporting_cast import AT, FAR, FORM, MONTH, ZONE, A, B, C
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.reporting import asked, matrix
from yunxing.desk.reporting.matrix import Filters
from yunxing.desk.reporting.report_models import Closing, Report, ReportEvent
from yunxing.desk.scoping import acting_as_system

STATES = ["due", "drafted", "submitted", "county", "department", "confirmed", "returned"]


def put(month, party, state, *, form=FORM, first=AT, **more):
    with acting_as_system("test"):
        sent = state not in {"due", "drafted"}
        fields = {
            "state": state,
            "first_sent_at": first if sent else None,
            "sent_at": first if sent else None,
            "receipt": "R" if sent else "",
        }
        Report.objects.filter(form=form, party=party).update(**{**fields, **more})


def body(month, member, address="/reports/"):
    response = month.client(member).get(address)
    assert response.status_code == 200, response.content.decode()[:500]
    return response.content.decode()


def test_the_header_counts_what_the_person_sees_and_waits_for_him(month):
    """Due, sent, awaiting this reviewer, returned, missing: the county's own, the office's forms, the command's everything."""
    put(month, A, "submitted")
    put(month, B, "county")
    put(month, C, "returned")
    put(month, FAR, "department")
    with acting_as_system("test"):
        everything = Report.objects.count()

    assert f"应报 {everything} · 已报 3 · 待我审 1 · 退回 1 · 未报 {everything - 4}" in body(month, "command")
    with acting_as_system("test"):
        here = Report.objects.filter(unit="371681").count()
    assert f"应报 {here} · 已报 2 · 待我审 1 · 退回 1 · 未报 {here - 3}" in body(month, "county_a")
    with acting_as_system("test"):
        theirs = Report.objects.filter(office="IIT").count()
    assert f"应报 {theirs} · 已报 3 · 待我审 1 · 退回 1 · 未报 {theirs - 4}" in body(month, "bureau")  # the forms of its office alone
    assert "待我审 0" in body(month, "county_b")


def test_a_county_sees_its_own_enterprises_only(month):
    """Acceptance 11: not in the matrix, not in the count, not by search, not by address."""
    assert "合成015" not in body(month, "county_a")
    assert "合成015" in body(month, "county_b")
    assert "合成015" not in body(month, "county_a", f"/reports/?q={FAR}")
    pk = month.report(FAR).pk
    assert month.client("county_a").get(f"/reports/{pk}/").status_code == 404
    assert month.client("county_a").post(f"/reports/{pk}/accept/").status_code == 404
    assert month.client("analyst").get("/reports/").status_code == 403
    with acting_as_system("test"):
        analyst = month.standing("analyst").scope
        assert not Report.seen_by(analyst).exists()


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, {A, B, C}),
        ({"state": "owed"}, {B, C}),
        ({"state": "sent"}, {A}),
        ({"state": "submitted"}, {A}),
        ({"state": "returned"}, {C}),
        ({"state": "warned"}, {A}),
        ({"state": "wants"}, {A}),
        ({"q": "88H"}, {C}),
        ({"q": "没有这家"}, set()),
        ({"form": "project_month", "subject": "project"}, {"P-001"}),
        ({"subject": "site"}, {"COAL-01"}),
        ({"unit": "BZ-BH"}, set()),
    ],
)
def test_filters(month, filters, found):
    """Each filter keeps what it names, all of them at once, within the scope."""
    put(month, A, "submitted", warnings=1, wants_return="漏报")
    put(month, C, "returned")
    from yunxing.desk.scoping import acting_in

    with acting_in(month.standing("county_a").scope):
        assert set(Filters(MONTH, **filters).chosen().values_list("party", flat=True)) == found


def test_the_matrix_pages_and_the_cells_say_what_they_are(month):
    """Icon and word; drafts with how much is filled; late, warned, asked back and corrected ones say so; only clean ones can be ticked."""
    put(month, A, "submitted", warnings=2, wants_return="漏报", correction=True, first=datetime(2022, 11, 8, 9, tzinfo=ZONE))
    put(month, B, "drafted", filled=4, asked=9)
    put(month, C, "submitted")
    page = body(month, "county_a")

    row = page.split(month.report().name)[1].split("</tr>")[0]
    for words in ("◐", "待审", "⚠ 2", "迟报", "申请退回", "更正"):
        assert words in row
    assert 'type="checkbox"' not in row
    assert "填报中 4/9" in page
    assert f'value="{month.report(C).pk}"' in page
    assert page.count('type="checkbox"') == 1


def test_two_thousand_parties_are_paged_by_the_server(month, django_assert_max_num_queries):
    """Fifty rows a page with a number of queries that does not grow with them; the last page is there too."""
    with acting_as_system("test"):
        one = month.report()
        many = [
            Report(
                form=FORM, period=MONTH, party=f"X{n:05d}", name=f"合成批量{n:05d}", unit="371681", office="IIT", subject="enterprise", state="submitted",
                due_reporter=one.due_reporter, due_county=one.due_county, due_city=one.due_city,
            )
            for n in range(2000)
        ]  # fmt: skip
        Report.objects.bulk_create(many)
    client = month.client("county_a")
    with django_assert_max_num_queries(45):
        page = client.get("/reports/").content.decode()
    assert page.count("data-row") == 50
    assert "共 2,003 户，显示 1—50" in page
    last = client.get("/reports/?page=41").content.decode()
    assert last.count("data-row") == 3
    ticks = re.findall(r'name="pk" value="([^"]*)"', page + client.get("/reports/?page=30").content.decode())
    assert len(ticks) == 97  # all but the three that nobody has sent
    assert all(one.isdigit() for one in ticks)  # never 1,234


def test_the_queue_leads_through_what_waits_and_ends_in_words(month):
    """逐张审核 opens the first, accepting opens the next, and at the end stands what was done."""
    client = month.client("county_a")
    for party in (A, B):
        month.fill(party)
        put(month, party, "submitted")
    first = client.get("/reports/queue/")
    assert first.status_code == 302
    pk = int(first["Location"].split("/")[2])
    following = client.post(f"/reports/{pk}/accept/")
    second = int(following["Location"].split("/")[2])
    assert {pk, second} == {month.report(A).pk, month.report(B).pk}
    end = client.post(f"/reports/{second}/accept/", follow=True).content.decode()
    assert "没有待您审核的报表" in end
    with acting_as_system("test"):
        Report.objects.filter(unit="371681").update(state="county", accepted_at=AT)
        ReportEvent.objects.create(report=month.report(A), act="return", at=AT)
        count = Report.objects.filter(unit="371681").count()
    share = matrix.format_number(Fraction(100, count), 1)
    assert f"全部审结。最早 11月4日，最晚 11月4日；退回率 {share} %。" in client.get("/reports/queue/").content.decode()


def test_the_review_shows_values_change_range_and_reasons_side_by_side(month):
    """The period, the one before, last year, the change, the range of twelve months, the reporter's reason; marked cells can be returned."""
    month.fill(output__value__month="100", output__value__cumulative="1,000", output__cause="订单减少")
    put(month, A, "submitted", warnings=1)
    client = month.client("county_a")
    page = client.get(f"/reports/{month.report().pk}/").content.decode()

    for words in ("100", "96 — 100", "持平", "订单减少", "与上期完全相同", "已说明", "↑ 4.2 %"):
        assert words in page, words
    done = client.post(f"/reports/{month.report().pk}/return/", {"reason": "核对用电", "cell": ["output/value/month"]})
    assert done.status_code == 302
    assert (month.report().state, month.report().marked) == ("returned", "output/value/month")
    assert JournalEntry.objects.filter(act="view", object_kind="report").exists()


def test_a_reviewer_finds_no_box_to_edit(month):
    """No input of a figure on the review page, and the grid's address refuses an officer in words."""
    month.fill()
    put(month, A, "submitted")
    page = body(month, "county_a", f"/reports/{month.report().pk}/")
    assert 'name="c:' not in page
    refused = month.client("county_a").get(f"/report/{month.report().pk}/")
    assert refused.status_code == 409
    assert "审核人员只退回，不代改" in refused.content.decode()


def test_completeness_is_counted_in_number_and_in_last_years_value(month):
    """Accepted and in time over due, by unit, form and reviewer; across forms only the leading form weighs; who has no last year is left out and counted."""
    officer = month.cast.people.county_a
    put(month, A, "county", reviewer=officer)  # 955 last year, in time
    put(month, B, "department", reviewer=officer, first=datetime(2022, 11, 9, 9, tzinfo=ZONE))  # 955 too, late
    put(month, C, "submitted")
    with acting_as_system("test"):
        Report.objects.filter(form=FORM, party=B).update(weight=3 * 955_00 * 10_000)
        found = matrix.completeness(MONTH)
        due = Report.objects.filter(unit="371681").count()

    [form] = [row for row in found["forms"] if row["title"] == asked.title(asked.forms()[FORM])]
    assert (form["due"], form["sent"], form["accepted"]) == (4, 3, 2)
    assert (form["share"], form["timely"], form["value_share"], form["value_timely"]) == ("50.0 %", "25.0 %", "100.0 %", "25.0 %")
    assert form["unweighted"] == 2
    [unit] = [row for row in found["units"] if row["code"] == "371681"]
    assert (unit["due"], unit["accepted"], unit["value_share"], unit["unweighted"]) == (due, 2, "100.0 %", 1)
    [reviewer] = found["reviewers"]
    assert (reviewer["title"], reviewer["due"], reviewer["share"]) == ("测试county_a", 2, "100.0 %")
    assert "25.0 %" in body(month, "command", "/reports/completeness/")


@given(st.lists(st.tuples(st.sampled_from(STATES), st.booleans(), st.one_of(st.none(), st.integers(0, 10**12))), max_size=25))
def test_the_tally_against_plain_counting(rows):
    """Slow reference: lists and sums."""
    tally = matrix._Tally()
    for state, in_time, weight in rows:
        tally.add(accepted=state in matrix.ACCEPTED, in_time=in_time, sent=state in matrix.SENT, weight=weight, weighed=True)
    accepted = [row for row in rows if row[0] in {"county", "department", "confirmed"}]

    assert (tally.due, tally.accepted) == (len(rows), len(accepted))
    assert tally.in_time == len([row for row in accepted if row[1]])
    assert tally.weight == sum(row[2] or 0 for row in rows)
    assert tally.weight_accepted == sum(row[2] or 0 for row in accepted)
    assert tally.unweighted == len([row for row in rows if row[2] is None])


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_never_rounded_into_all_or_nothing(part, whole):
    """100.0 % is said only of all, 0.0 % only of none."""
    share = Fraction(100 * min(part, whole), whole)
    said = matrix.percent(share)
    assert (said == "100.0 %") == (share == 100)
    assert (said == "0.0 %") == (share == 0)


def test_the_closing_shows_to_the_city(month):
    """The county's button, what it says before and after, and the tick on the city's page."""
    with acting_as_system("test"):
        Report.objects.filter(unit="371681").update(state="county", accepted_at=AT, first_sent_at=AT)
    client = month.client("county_a")
    assert "审结后锁定" in client.get("/reports/").content.decode()
    client.post("/reports/close/", {"m": MONTH})
    assert "本县已审结（" in client.get("/reports/").content.decode()
    with acting_as_system("test"):
        assert Closing.objects.get().unit == "371681"
    assert "✓" in body(month, "command", "/reports/completeness/")
    assert month.client("command").post("/reports/close/", {"m": MONTH}).status_code == 403


def test_the_calendar_says_due_days_and_what_is_provisional(month):
    """Every form of the coming months; an enterprise sees its own forms."""
    page = body(month, "command", "/reports/calendar/")
    assert "2022-11-07" in page
    assert "重点工业项目进展月报" in page
    assert "重点工业项目进展月报" not in body(month, "enterprise", "/reports/calendar/")
    assert timezone.is_aware(AT + timedelta(0))


def test_before_anything_is_opened_the_pages_say_what_to_do(cast, settings, tmp_path):
    """Screens 6.14: what would be here, why it is not, what to do."""
    settings.HOME = tmp_path
    assert "开通后按名录、报表和工作日历列出" in cast.client("command").get("/reports/").content.decode()
    assert "由指挥部开通" in cast.client("county_a").get("/reports/").content.decode()
    assert "现在没有要报的报表" in cast.client("enterprise").get("/report/").content.decode()
    assert "还没有开通报送" in cast.client("county_a").get("/reports/completeness/").content.decode()
