"""Reporting's part of the to-do list: what one owes by when, and one line for all that waits."""

from __future__ import annotations

from datetime import date

from desk.reporting_cast import AT, A, stand_on
from yunxing.desk.people import todo
from yunxing.desk.reporting.report_models import Report
from yunxing.desk.scoping import acting_in


def todos(month, member):
    standing = month.standing(member)
    with acting_in(standing.scope):
        return list(todo._providers["reports"].list(standing, AT, 200)), todo._providers["reports"].count(standing, AT, 200)


def test_an_enterprise_owes_its_report_until_the_end_of_the_due_day(month):
    [one], count = todos(month, "enterprise")
    assert (one.title, one.href, one.light, count) == ("规模以上工业企业运行月报", f"/report/{month.report().pk}/", "amber", 1)
    assert one.due.isoformat() == "2022-11-07T23:59:59+08:00"
    stand_on(month.home, date(2022, 11, 8))
    assert todos(month, "enterprise")[0][0].light == "red"


def test_a_county_owes_its_own_forms_and_one_line_for_the_queue(month):
    owed, count = todos(month, "county_a")
    assert {one.note for one in owed} >= {"合成001", "合成-01"}
    assert count == len(owed)
    with acting_in(month.standing("county_a").scope):
        Report.objects.filter(party=A).update(state="submitted")
    owed, count = todos(month, "county_a")
    assert "1 张报表待审" in [one.title for one in owed]
    assert count == len(owed)
    assert not {"合成001", "合成-01"} & {one.note for one in todos(month, "county_b")[0]}


def test_before_any_month_is_open_nobody_owes(cast, settings, tmp_path):
    settings.HOME = tmp_path
    from yunxing.desk.people import selectors

    standing = selectors.standing_of(cast.people.command, date.today())
    with acting_in(standing.scope):
        assert list(todo._providers["reports"].list(standing, AT, 10)) == []
        assert todo._providers["reports"].count(standing, AT, 10) == 0
