"""The permit's two clocks: every worked example of the handbook (measure 21, working days §2), and counting day by day as the slow reference."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.dispatch.permits import accepted_on, due, summary, used
from yunxing.values.errors import BadInput
from yunxing.values.workdays import Calendar

D = dt.date
CALENDAR = Calendar(D(2022, 5, 27))
ONE = dt.timedelta(1)


ACCEPTED = D(2022, 6, 1)


def clock(allowed, decided, pauses=(), accepted=ACCEPTED):
    return used(CALENDAR, "promise", allowed, accepted, decided, pauses, decided=True)


def test_accepted_on_1_june_is_due_on_30_june():
    """The dragon-boat holiday of 3 June is skipped."""
    assert due(CALENDAR, D(2022, 6, 1), 20).date == D(2022, 6, 30)


def test_the_promise_is_missed_by_one_and_the_statute_met():
    """Decided on 8 July with the pause [13 June, 20 June): 21 days used; 20 are promised, 30 lawful."""
    pauses = [(D(2022, 6, 13), D(2022, 6, 20))]
    promise, statute = clock(20, D(2022, 7, 8), pauses), clock(30, D(2022, 7, 8), pauses)

    assert (promise.used, promise.missed_by, promise.left) == (21, 1, -1)
    assert (statute.used, statute.missed_by, statute.left) == (21, 0, 9)


def test_without_the_pause_26_days_were_used():
    assert clock(20, D(2022, 7, 8)).used == 26


@pytest.mark.parametrize(("decided", "missed"), [(D(2022, 6, 29), 0), (D(2022, 6, 30), 0), (D(2022, 7, 1), 1)])
def test_the_last_day_is_still_in_time(decided, missed):
    assert clock(20, decided).missed_by == missed


def test_a_pause_moves_the_due_day_by_the_working_days_it_took():
    """[13 June, 20 June) holds five working days."""
    assert due(CALENDAR, D(2022, 6, 1), 20, [(D(2022, 6, 13), D(2022, 6, 20))]).date == D(2022, 7, 7)


def test_a_pause_after_the_due_day_moves_nothing():
    assert due(CALENDAR, D(2022, 6, 1), 20, [(D(2022, 7, 4), D(2022, 7, 8))]).date == D(2022, 6, 30)


@pytest.mark.parametrize(("days", "last_quiet", "day_after"), [(3, D(2022, 6, 7), D(2022, 6, 8)), (5, D(2022, 6, 9), D(2022, 6, 10))])
def test_silence_accepts_on_the_day_of_receipt(days, last_quiet, day_after):
    """Received on 1 June: told by 7 June (three days; 9 June under the general five) it is not accepted, later or never it is."""
    received = D(2022, 6, 1)

    assert accepted_on(CALENDAR, received, None, days) == (received, True)
    assert accepted_on(CALENDAR, received, last_quiet, days) == (last_quiet, False)
    assert accepted_on(CALENDAR, received, day_after, days) == (received, True)


def test_overlapping_pauses_and_a_decision_before_acceptance_are_refused():
    with pytest.raises(BadInput, match="重叠"):
        clock(20, D(2022, 7, 8), [(D(2022, 6, 13), D(2022, 6, 20)), (D(2022, 6, 17), D(2022, 6, 22))])
    with pytest.raises(BadInput, match="早于受理"):
        clock(20, D(2022, 5, 31))


def test_pauses_that_touch_do_not_overlap():
    assert clock(20, D(2022, 7, 8), [(D(2022, 6, 13), D(2022, 6, 15)), (D(2022, 6, 15), D(2022, 6, 20))]).used == 21


def slow_count(accepted, until, pauses):
    """Day by day: worked, after acceptance, up to and with the last, in no pause."""
    count, day = 0, accepted
    while day < until:
        day += ONE
        if CALENDAR.is_workday(day) and not any(start <= day < end for start, end in pauses):
            count += 1
    return count


@st.composite
def paused(draw):
    accepted = draw(st.dates(D(2022, 3, 1), D(2022, 6, 30)))
    at, pauses = accepted, []
    for _ in range(draw(st.integers(0, 3))):
        start = at + ONE * draw(st.integers(1, 10))
        at = start + ONE * draw(st.integers(0, 10))
        pauses.append((start, at))
    return accepted, pauses, at + ONE * draw(st.integers(0, 40))


@given(paused())
def test_used_days_equal_a_count_day_by_day(case):
    accepted, pauses, until = case

    assert used(CALENDAR, "c", 20, accepted, until, pauses, decided=True).used == slow_count(accepted, until, pauses)


@given(paused())
def test_the_clock_is_missed_exactly_after_its_due_day(case):
    """The due day with its pauses and the count of used days agree about lateness when all pauses lie before the due day."""
    accepted, pauses, until = case
    limit = due(CALENDAR, accepted, 20, pauses)
    found = used(CALENDAR, "c", 20, accepted, until, pauses, decided=True)

    if all(end <= limit.date for _start, end in pauses):
        assert (found.missed_by > 0) == (until > limit.date and CALENDAR.between(limit.date, until) > 0)


def test_the_summary_counts_decided_permits_only():
    found = [(clock(20, D(2022, 6, 10)), False), (clock(20, D(2022, 6, 30)), True), (clock(20, D(2022, 7, 8)), True)]
    open_one = used(CALENDAR, "promise", 20, D(2022, 6, 1), D(2022, 7, 20), decided=False)
    told = summary([*found, (open_one, True)])

    assert (told.count, told.median, told.ninetieth, told.missed, told.paused_share) == (3, 20, 26, 1, Fraction(2, 3))
    assert summary([(open_one, False)]) == summary([])
    assert summary([]).median is None


def test_the_median_of_an_even_number_lies_between():
    assert summary([(clock(20, D(2022, 6, 10)), False), (clock(20, D(2022, 6, 13)), False)]).median == Fraction(13, 2)
