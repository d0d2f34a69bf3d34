"""The offices' duties of a month, derived from the plan; due by working days; done, open or late."""

import datetime as dt
from dataclasses import replace

import pytest

from pack_cast import PLAN
from yunxing.engines.dispatch.definition import Holiday
from yunxing.engines.dispatch.duties import Carrier, Owed, duties, months_without, slip_colour, windows
from yunxing.packs.activities import load_activities
from yunxing.values.period import Month
from yunxing.values.workdays import Calendar

D = dt.date
SEPTEMBER = Month(2022, 9)
CALENDAR = Calendar(D(2022, 9, 1))
KINDS = load_activities(PLAN)
HIRING, TALKS, SALES, VISIT = (KINDS[name] for name in ("hiring_events", "listing_training", "appliance_campaign", "diagnosis_visit"))


def asked(day, **more):
    given = {"carriers": (), "progress_days": 5, "reported": (), "activities": (), "held": {}, "owed": ()} | more
    return duties(SEPTEMBER, day, CALENDAR, **given)


def test_every_office_of_the_bracket_reports_by_the_fifth_working_day():
    """September ends on Friday the 30th; the holiday week moves the fifth working day to 12 October (Saturday 8 and Sunday 9 are worked)."""
    found = asked(D(2022, 10, 14), carriers=[Carrier(1, "提速", "Speed", ("DRC", "IIT"))], reported=[(1, "IIT")])

    assert [(one.office, one.state, one.due, one.late_days) for one in found] == [
        ("DRC", "late", D(2022, 10, 12), 2),
        ("IIT", "done", D(2022, 10, 12), 0),
    ]
    assert [one.due for one in found] == [CALENDAR.add(D(2022, 9, 30), 5).date] * 2


@pytest.mark.parametrize(
    ("day", "state", "late"), [(D(2022, 10, 11), "open", 0), (D(2022, 10, 12), "open", 0), (D(2022, 10, 13), "late", 1)]
)
def test_the_last_day_is_still_in_time(day, state, late):
    (one,) = asked(day, carriers=[Carrier(1, "提速", "Speed", ("DRC",))])

    assert (one.state, one.late_days) == (state, late)


def test_an_activity_of_every_month_is_asked_for_every_month():
    (missing,) = asked(D(2022, 10, 8), activities=[HIRING])
    (held,) = asked(D(2022, 10, 8), activities=[HIRING], held={HIRING.case_kind: [D(2022, 9, 1)]})
    (outside,) = asked(D(2022, 10, 8), activities=[HIRING], held={HIRING.case_kind: [D(2022, 8, 31), D(2022, 10, 1)]})

    assert (missing.state, held.state, outside.state) == ("late", "done", "late")
    assert missing.due == D(2022, 9, 30)
    assert missing.office == "HRSS"


def test_a_quarterly_activity_is_asked_for_in_the_quarters_last_month_only():
    assert windows(TALKS, Month(2022, 8)) == []
    ((start, end, _zh, _en),) = windows(TALKS, SEPTEMBER)

    assert (start, end) == (D(2022, 7, 1), D(2022, 9, 30))


def test_a_holiday_is_asked_for_in_the_month_in_which_its_window_ends():
    assert [end for _start, end, _zh, _en in windows(SALES, Month(2022, 5))] == [D(2022, 5, 4)]
    assert [end for _start, end, _zh, _en in windows(SALES, Month(2022, 10))] == [D(2022, 10, 7)]
    assert windows(SALES, Month(2022, 4)) == []
    assert windows(replace(SALES, holidays=(Holiday("节", "H", D(2022, 9, 30), D(2022, 10, 1)),)), SEPTEMBER) == []


def test_an_activity_without_a_rhythm_is_no_duty():
    assert asked(D(2022, 10, 8), activities=[VISIT]) == []


def owed(planned, actual=None, *, matter=False):
    return Owed("C-1", "DRC", "27/1c", "某项目", "开工", "Started", planned, actual, matter)


@pytest.mark.parametrize(
    ("one", "state"),
    [
        (owed(D(2022, 9, 20)), "late"),
        (owed(D(2022, 9, 20), D(2022, 9, 25)), "done"),
        (owed(D(2022, 8, 1)), "late"),
        (owed(D(2022, 8, 1), D(2022, 8, 2)), None),
        (owed(D(2022, 10, 1)), None),
    ],
)
def test_milestones_of_the_month_and_what_was_left_over(one, state):
    found = asked(D(2022, 10, 8), owed=[one])

    assert [two.state for two in found] == ([state] if state else [])


def test_a_milestone_on_a_rest_day_is_due_the_next_working_day():
    (one,) = asked(D(2022, 9, 19), owed=[owed(D(2022, 9, 17), matter=True)])

    assert (one.due, one.state, one.kind) == (D(2022, 9, 19), "open", "matter")


@pytest.mark.parametrize(("issued", "state"), [(True, "done"), (False, "late")])
def test_the_bulletin_is_due_on_its_day_of_the_following_month(issued, state):
    (one,) = asked(D(2022, 10, 21), bulletin=("CMD", "25/1b", 20, issued))

    assert (one.due, one.state) == (D(2022, 10, 20), state)


def test_duties_stand_by_office_day_and_id():
    found = asked(D(2022, 9, 1), carriers=[Carrier(2, "乙", "B", ("IIT", "DRC")), Carrier(1, "甲", "A", ("IIT",))], activities=[HIRING])

    assert [(one.office, one.kind) for one in found] == [
        ("DRC", "progress"),
        ("HRSS", "activity"),
        ("IIT", "progress"),
        ("IIT", "progress"),
    ]
    assert [one.about for one in found if one.office == "IIT"] == ["1", "2"]


def test_months_without_one():
    months = [Month(2022, n) for n in range(1, 5)]

    assert months_without([D(2022, 1, 31), D(2022, 3, 1), D(2021, 2, 1)], months) == [Month(2022, 2), Month(2022, 4)]


@pytest.mark.parametrize(("late", "colour"), [(0, ""), (2, ""), (3, "yellow"), (9, "yellow"), (10, "red"), (11, "red")])
def test_a_slip_may_be_sent_from_the_bound_on(late, colour):
    assert slip_colour(late, 3, 10) == colour
