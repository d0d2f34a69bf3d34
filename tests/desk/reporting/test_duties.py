"""Opening a month: registry, forms and calendar say who owes what by when."""

from __future__ import annotations

from datetime import date

from desk.reporting_cast import FAR, FORM, MONTH, A, B, C
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.reporting import duties
from yunxing.desk.reporting.models import Membership
from yunxing.desk.reporting.report_models import Report
from yunxing.desk.scoping import acting_as_system


def rows(month=MONTH):
    with acting_as_system("test"):
        return {(one.form, one.party): one for one in Report.objects.filter(period__startswith=month[:7])}


def test_everyone_on_a_roster_owes_and_nobody_else(month):
    """Members of the forms' rosters owe them, events and published series nobody; each with its unit, office, due days and last year's value."""
    found = rows()

    assert {key for key in found if key[0] in {FORM, "project_month", "coal_day", "port_month", "growth_point_month", "public_series"}} == {
        (FORM, A), (FORM, B), (FORM, C), (FORM, FAR), ("project_month", "P-001"), ("coal_day", "COAL-01"),
    }  # fmt: skip
    mine = found[FORM, A]
    assert (mine.unit, mine.office, mine.state, mine.round) == ("371681", "IIT", "due", 0)
    # 5 November 2022 is a Saturday
    assert (mine.due_reporter, mine.due_county, mine.due_city) == (date(2022, 11, 7), date(2022, 11, 8), date(2022, 11, 10))
    assert mine.provisional is False
    assert mine.weight == 955_00 * 10_000  # 955 万元 in fen
    assert found[FORM, C].weight is None


def test_opening_again_adds_only_newcomers(month):
    """A second opening changes nothing; who enters the roster before the month's end is added, from the month of entry."""
    before = {key: one.pk for key, one in rows().items()}
    with acting_as_system("test"):
        assert duties.open_month(MONTH) == 0
        Membership.objects.create(roster="above_scale", party="OLD", valid_from=date(2022, 10, 20))  # but this party ended in 2021
        Membership.objects.create(roster="ports", party="PORT-01", valid_from=date(2022, 10, 20))
        assert duties.open_month("2022-09") > 0
        made = duties.open_month(MONTH)

    after = rows()
    assert made == len([key for key in after if key not in before]) > 0
    assert ("port_month", "PORT-01") in after
    assert (FORM, "OLD") not in after
    assert all(after[key].pk == pk for key, pk in before.items())
    assert ("port_month", "PORT-01") not in rows("2022-09")  # it was no member on 30 September


def test_january_is_reported_with_february(month):
    """A form of January and February together has no duty in January and one of both in February."""
    with acting_as_system("test"):
        duties.open_month("2023-01")
        assert not Report.objects.filter(form=FORM, period__startswith="2023").exists()
        duties.open_month("2023-02")
        assert set(Report.objects.filter(form=FORM, period__startswith="2023").values_list("period", flat=True)) == {"2023-01..02"}
        assert duties.open_months()[:2] == ["2023-02", "2023-01"]


def test_opening_is_in_the_journal_and_belongs_to_the_command(month):
    """The command's button opens the last month that has ended; another role is refused."""
    assert JournalEntry.objects.filter(act="open", object_id=MONTH).count() == 1
    with acting_as_system("test"):
        Report.objects.all().delete()
    page = month.client("command").get("/reports/").content.decode()
    assert "开通2022年10月报送" in page
    assert "开通2022年10月报送" not in month.client("county_a").get("/reports/").content.decode()
    assert month.client("county_a").post("/reports/open/").status_code == 403

    response = month.client("command").post("/reports/open/", follow=True)

    assert response.status_code == 200
    assert "已开通 2022-10 报送" in response.content.decode()
    assert (FORM, A) in rows()


def imported(month, *rows, form=FORM):
    """The rows as facts of a workbook that came in, without the desk."""
    from facts_cast import built, taken
    from yunxing.io import tables

    accepted, _problems = taken(built(form, list(rows), month=10))
    tables.append_batch(month.home, MONTH, form, accepted.facts.with_columns(version=1))
    return accepted.facts


def test_what_came_as_a_workbook_is_no_longer_owed_and_is_again_when_it_is_undone(month):
    """A county imports a workbook for its enterprises: their reports are taken as received; undoing the import opens them again."""
    from facts_cast import enterprise
    from yunxing.engines.facts.layout import Row
    from yunxing.io import tables

    with acting_as_system("test"):
        Report.objects.filter(party=B).update(state="submitted")
    facts = imported(month, Row(A, "合成", enterprise("110", cumulative="1010")), Row(B, "合成", enterprise("110", cumulative="1010")))

    assert duties.settle_workbooks(MONTH) == 1
    mine = rows()[FORM, A]
    assert (mine.state, mine.submission, mine.first_sent_at) == ("confirmed", facts["submission"][0], facts["known_at"][0])
    assert rows()[FORM, B].state == "submitted"  # what was typed and sent is reviewed all the same
    assert rows()[FORM, C].state == "due"
    assert duties.settle_workbooks(MONTH) == 0
    assert "收到工作簿" in month.client("county_a").get(f"/reports/{mine.pk}/").content.decode()

    [batch] = tables.batches(month.home, forms={FORM}, months={MONTH})
    tables.undo_batch(month.home, batch.stem)
    duties.settle_workbooks(MONTH)
    assert (rows()[FORM, A].state, rows()[FORM, A].submission) == ("due", "")


def test_a_form_that_one_office_sends_is_owed_by_that_office_alone(month):
    """One duty for the whole city, under the office's name, seen by the office and the command and by no county."""
    from yunxing.desk.reporting import asked

    sent_by = {
        form.id: form.sender for form in asked.forms().values() if form.sender and asked.period_of(form, MONTH) and form.cycle != "event"
    }
    with acting_as_system("test"):
        found = {one.form: one for one in Report.objects.filter(subject="office")}
    assert {form: one.party for form, one in found.items()} == sent_by
    assert sent_by
    for form, one in found.items():
        assert (one.unit, one.office) == ("", sent_by[form])
        assert one.name == asked.pack().offices[one.party].name
    one = next(one for one in found.values() if one.office != "IIT")
    assert month.client("command").get(f"/reports/{one.pk}/").status_code == 200
    assert month.client("county_a").get(f"/reports/{one.pk}/").status_code == 404
    assert month.client("bureau").get(f"/reports/{one.pk}/").status_code == 404
