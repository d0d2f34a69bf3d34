"""Quiet hours against a slow obvious reference: walk forward minute by minute until the door is open."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.io.messages.hours import Hours
from yunxing.values.errors import BadInput
from yunxing.values.workdays import Calendar

CALENDAR = Calendar()
quarter_hours = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))


@given(
    st.datetimes(datetime(2022, 1, 1), datetime(2022, 12, 1)).map(lambda at: at.replace(second=0, microsecond=0)),
    quarter_hours,
    quarter_hours,
    st.booleans(),
)
def test_the_next_opening_is_the_first_open_minute(at, one, other, working_days):
    """Never earlier than asked, open, and nothing between was open (the reference walks quarter of an hour by quarter)."""
    opens, closes = sorted((one, other))
    if opens == closes:
        return
    hours = Hours(opens, closes, working_days)
    found = hours.next_open(at, CALENDAR)

    assert found >= at
    assert hours.is_open(found, CALENDAR)
    walk = at
    while not hours.is_open(walk, CALENDAR):
        # openings lie on quarters of an hour
        walk = (walk + timedelta(minutes=15)).replace(minute=(walk + timedelta(minutes=15)).minute // 15 * 15)
    assert found == walk


def test_the_bounds_are_inclusive_at_the_opening_only():
    """08:00 is open, 21:00 is not, the minute before it is."""
    hours = Hours(time(8), time(21), working_days=False)
    day = datetime(2022, 9, 28)

    assert [hours.is_open(day.replace(hour=h, minute=m), CALENDAR) for h, m in ((7, 59), (8, 0), (20, 59), (21, 0))] == [
        False,
        True,
        True,
        False,
    ]


def test_a_make_up_saturday_is_worked_and_a_holiday_wednesday_is_not():
    """国庆 2022: 8 October is a working Saturday, 5 October a free Wednesday."""
    hours = Hours(time(8), time(21))

    assert hours.is_open(datetime(2022, 10, 8, 9), CALENDAR)
    assert not hours.is_open(datetime(2022, 10, 5, 9), CALENDAR)
    assert hours.next_open(datetime(2022, 10, 5, 9), CALENDAR) == datetime(2022, 10, 8, 8)


@pytest.mark.parametrize(("opens", "closes"), [(time(21), time(8)), (time(8), time(8))])
def test_hours_over_midnight_are_refused(opens, closes):
    with pytest.raises(BadInput, match="expected an opening before the closing"):
        Hours(opens, closes)
