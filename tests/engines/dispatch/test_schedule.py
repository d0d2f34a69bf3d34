"""Early and late in days, overdue milestones and their colours, what stands still; each against a plain reading."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.dispatch.small import SMALL
from yunxing.engines.dispatch.definition import Slips
from yunxing.engines.dispatch.schedule import Milestone, colour_of, counts_by_stage, schedule_gap, standing, stands_still

D = dt.date
DAYS = st.dates(D(2022, 1, 1), D(2022, 12, 31))


@pytest.mark.parametrize(
    ("planned", "actual", "lead"),
    [(D(2022, 6, 30), D(2022, 6, 20), 10), (D(2022, 6, 30), D(2022, 6, 30), 0), (D(2022, 6, 30), D(2022, 7, 5), -5), (None, D(2022, 1, 1), None),
     (D(2022, 1, 1), None, None)],
)  # fmt: skip
def test_lead_days_are_planned_minus_actual(planned, actual, lead):
    """Positive is early (27/1c); an absent day gives no number, never zero."""
    assert Milestone("s", planned, actual).lead_days == lead


@pytest.mark.parametrize(
    ("late", "colour"), [(0, ""), (1, "blue"), (30, "blue"), (31, "yellow"), (60, "yellow"), (61, "red"), (400, "red")]
)
def test_colours_begin_strictly_above_their_bounds(late, colour):
    assert colour_of(SMALL.slips, late) == colour


def test_without_bounds_nothing_is_coloured():
    assert colour_of(None, 1000) == ""


def test_an_item_on_its_way():
    milestones = [
        Milestone("listed", D(2022, 1, 1), D(2022, 1, 3)),
        Milestone("open", D(2022, 3, 1), None),
        Milestone("closed", D(2022, 6, 1), None),
    ]
    at = standing(SMALL, "listed", milestones, D(2022, 4, 15))

    assert (at.age_days, at.next_stage, at.next_planned) == (102, "open", D(2022, 3, 1))
    assert (at.late_days, at.late_stage, at.colour) == (45, "open", "yellow")
    assert at.lead_days == -2


def test_an_ended_item_is_late_for_nothing():
    at = standing(SMALL, "dropped", [Milestone("closed", D(2022, 1, 1), None)], D(2022, 12, 31))

    assert (at.late_days, at.next_stage, at.colour) == (0, "", "")


def test_an_item_aside_is_measured_on_the_whole_way():
    at = standing(
        SMALL, "paused", [Milestone("open", D(2022, 1, 1), D(2022, 1, 1)), Milestone("closed", D(2022, 2, 1), None)], D(2022, 2, 3)
    )

    assert (at.late_days, at.late_stage) == (2, "closed")


def test_an_item_without_any_day_is_neither_early_nor_late():
    at = standing(SMALL, "listed", [], D(2022, 5, 1))

    assert (at.age_days, at.next_stage, at.next_planned, at.late_days, at.lead_days) == (None, "open", None, 0, None)


@given(st.dictionaries(st.sampled_from(["open", "closed"]), st.tuples(st.none() | DAYS, st.none() | DAYS)), DAYS)
def test_lateness_is_the_greatest_of_the_open_milestones_ahead(dates, day):
    """A slow reading: walk the stages ahead one by one."""
    milestones = [Milestone(name, planned, actual) for name, (planned, actual) in dates.items()]
    slow = 0
    for one in milestones:
        if one.planned is not None and one.actual is None and one.planned < day:
            slow = max(slow, (day - one.planned).days)

    assert standing(SMALL, "listed", milestones, day).late_days == slow


@given(DAYS, DAYS)
def test_a_day_later_never_makes_less_late(planned, day):
    milestones = [Milestone("open", planned, None)]

    assert standing(SMALL, "listed", milestones, day + dt.timedelta(1)).late_days >= standing(SMALL, "listed", milestones, day).late_days


@pytest.mark.parametrize(
    ("done", "plan", "month", "gap"), [(239, 1000, 6, Fraction(-261, 10)), (489, 1000, 6, Fraction(-11, 10)), (50, 100, 6, 0)]
)
def test_the_schedule_gap_of_the_handbook(done, plan, month, gap):
    """23.9 % done in June is 26.1 points behind, 48.9 % is 1.1 behind (measure 1)."""
    assert schedule_gap(done, plan, month) == gap


def test_without_a_plan_there_is_no_gap():
    assert schedule_gap(10, 0, 6) is None


@pytest.mark.parametrize(("gap", "still"), [(Fraction(-20), False), (Fraction(-2001, 100), True), (None, False), (Fraction(5), False)])
def test_a_gap_exactly_at_the_bound_does_not_stand_still(gap, still):
    quiet = standing(SMALL, "listed", [], D(2022, 5, 1))

    assert stands_still(quiet, gap, Fraction(-20), aside=False) is still


def test_red_or_aside_stands_still():
    late = standing(SMALL, "listed", [Milestone("open", D(2022, 1, 1), None)], D(2022, 12, 1))

    assert late.colour == "red"
    assert stands_still(late, None, Fraction(-20), aside=False)
    assert stands_still(standing(SMALL, "paused", [], D(2022, 1, 1)), None, Fraction(-20), aside=True)


def test_counts_keep_the_order_and_the_zeros():
    assert counts_by_stage(SMALL, {"closed": 3}) == [("listed", 0), ("open", 0), ("closed", 3), ("paused", 0), ("dropped", 0)]


def test_colours_agree_with_a_table_of_every_day():
    slips = Slips(5, 10, 20, "room")
    slow = ["" if n <= 5 else "blue" if n <= 10 else "yellow" if n <= 20 else "red" for n in range(40)]

    assert [colour_of(slips, n) for n in range(40)] == slow
