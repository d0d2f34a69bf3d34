"""Due days in working days, clocks, and who owes: against plain counting, and against days looked up by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts_cast import FORMS, PARTIES, UNITS, A, B
from yunxing.engines.facts.duties import clock, due_days, owed
from yunxing.engines.facts.layout import form_period
from yunxing.values.workdays import Calendar

FORM = FORMS["enterprise_month"]
CALENDAR = Calendar()
DAYS = st.dates(date(2021, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("month", "reporter", "county", "city"),
    [
        ((2022, 9), "2022-10-08", "2022-10-08", "2022-10-10"),  # National Day to the 7th; Saturday the 8th is made up
        ((2022, 10), "2022-11-07", "2022-11-08", "2022-11-10"),  # the 5th is a Saturday
        ((2022, 12), "2023-01-05", "2023-01-09", "2023-01-10"),  # the 8th is a Sunday
        ((2022, 4), "2022-05-05", "2022-05-09", "2022-05-10"),  # Labour Day to the 4th; Saturday the 7th made up, Sunday the 8th off
        ((2023, 2), "2023-03-06", "2023-03-08", "2023-03-10"),  # January and February together
    ],
)
def test_due_days_move_to_the_next_working_day(month, reporter, county, city):
    due = due_days(FORM, form_period(FORM, *month), CALENDAR)

    assert (due.reporter.isoformat(), due.county.isoformat(), due.city.isoformat()) == (reporter, county, city)
    assert not due.provisional


def test_past_the_last_notice_a_due_day_is_provisional():
    """Monday to Friday is taken and said to be provisional; it is never an error."""
    last = max(notice.year for notice in CALENDAR.in_force)
    due = due_days(FORM, form_period(FORM, last + 1, 3), CALENDAR)

    assert due.provisional
    assert due.reporter.weekday() < 5
    assert not due_days(FORM, form_period(FORM, last, 3), CALENDAR).provisional
    assert due_days(FORM, form_period(FORM, last, 12), CALENDAR).provisional  # it is due in the year after


@given(st.integers(2021, 2024), st.integers(2, 12))
def test_a_due_day_is_worked_never_early_and_no_working_day_lies_before_it(year, month):
    """Slow reference: from the printed day on, the first day that is worked."""
    period = form_period(FORM, year, month)
    due = due_days(FORM, period, CALENDAR)
    for printed, found in ((5, due.reporter), (8, due.county), (10, due.city)):
        day = (period.end + timedelta(days=1)).replace(day=printed)
        while not CALENDAR.is_workday(day):
            day += timedelta(days=1)
        assert found == day
    assert due.reporter <= due.county <= due.city


@given(DAYS, st.integers(-40, 40))
def test_a_clock_counts_as_a_person_with_a_wall_calendar_does(due, shift):
    """Working days left or past, days off listed, the light by what is left."""
    today = due + timedelta(days=shift)
    one = clock(due, today, CALENDAR)
    first, last = sorted((today, due))
    days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    worked = sum(CALENDAR.is_workday(day) for day in days)

    assert one.skipped == tuple(day for day in days if not CALENDAR.is_workday(day))
    if today > due:
        assert (one.light, one.left) == ("red", min(-worked, -1))
    else:
        assert one.left == worked
        assert one.light == ("amber" if worked <= 1 else "green")


@given(DAYS, DAYS)
def test_a_matter_that_is_done_has_no_light(due, today):
    assert clock(due, today, CALENDAR, done=True).light == "none"


def test_a_due_day_is_whole():
    """On the day itself nothing is overdue; the day after it is, also when that is a Saturday."""
    friday = date(2022, 11, 4)
    assert clock(friday, friday, CALENDAR).light == "amber"
    assert clock(friday, friday, CALENDAR).left == 0
    saturday = clock(friday, friday + timedelta(days=1), CALENDAR)
    assert (saturday.light, saturday.left) == ("red", -1)


def test_members_owe_and_those_who_left_do_not():
    """In the order of ids, with name, unit and industry; a member that ended before the period's end owes nothing."""
    period = form_period(FORM, 2022, 9)
    parties = [*PARTIES.values(), replace(PARTIES[A], id="GONE", valid_to=date(2022, 9, 29))]

    found = owed(FORM, period, parties, {A, B, "GONE", "OLD"}, UNITS)

    assert [one[0] for one in found] == sorted([A, B])
    assert found[0][1:] == (PARTIES[A].name, "371681", "32")


def test_events_and_published_series_are_owed_by_nobody_and_a_form_about_units_by_each():
    period = form_period(FORM, 2022, 9)
    series, event = FORMS["public_series"], FORMS["growth_point_month"]
    everyone = set(PARTIES)
    assert owed(series, period, PARTIES.values(), everyone, UNITS) == []
    assert owed(event, period, PARTIES.values(), everyone, UNITS) == []
    about_units = replace(FORM, subject="unit", roster="")
    assert owed(about_units, period, [], frozenset(), UNITS) == [(code, name, code, "") for code, name in sorted(UNITS.items())]


def test_a_form_that_one_office_sends_is_owed_by_it_alone():
    """Whoever is on the roster: the office sends one workbook for the whole city."""
    period = form_period(FORM, 2022, 9)
    assert owed(replace(FORM, sender="PBC"), period, PARTIES.values(), set(PARTIES), UNITS) == [("PBC", "PBC", "", "")]
