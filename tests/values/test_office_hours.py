"""Office hours: working time in seconds, against a slow count minute by minute, and the laws that limits rest on."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.values.errors import BadInput
from yunxing.values.office_hours import BEIJING, ROUND_THE_CLOCK, OfficeHours, WorkingTime, instant, local
from yunxing.values.workdays import Calendar

HOURS = OfficeHours.parse(["8:30-12:00", "13:30-17:30"])
TIME = WorkingTime(Calendar(), HOURS)
moments = st.datetimes(dt.datetime(2019, 12, 1), dt.datetime(2027, 6, 1)).map(lambda one: one.replace(microsecond=0, tzinfo=BEIJING))
spans = st.integers(1, 40 * 27_000)


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def test_hours_are_read_and_written_back():
    assert HOURS.spans == ((30600, 43200), (48600, 63000))
    assert HOURS.seconds == 27_000
    assert HOURS.closing == 63_000
    assert OfficeHours.parse(HOURS.texts) == HOURS


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["8:30"],
        ["8:30-8:30"],
        ["12:00-8:30"],
        ["8:30-12:00", "12:00-17:30"],
        ["13:30-17:30", "8:30-12:00"],
        ["8:30-12:60"],
        ["8:30-25:00"],
        ["8:30 to 12:00"],
        ["8:30-12:00", "9:00-10:00"],
    ],
)
def test_hours_that_are_none_are_refused(texts):
    with pytest.raises(BadInput, match="office hours"):
        OfficeHours.parse(texts)


@pytest.mark.parametrize(
    ("second", "worked"),
    [(0, 0), (30_600, 0), (30_601, 1), (43_200, 12_600), (45_000, 12_600), (48_600, 12_600), (63_000, 27_000), (86_400, 27_000)],
)
def test_seconds_worked_by_a_time_of_day(second, worked):
    assert HOURS.worked(second) == worked


@given(st.integers(1, 27_000))
def test_the_second_of_the_day_undoes_the_seconds_worked(worked):
    assert HOURS.worked(HOURS.second_of(worked)) == worked


def test_a_full_morning_ends_at_noon_and_not_after_lunch():
    assert HOURS.second_of(12_600) == 43_200
    assert HOURS.second_of(12_601) == 48_601


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2022-09-28 09:00", 60, "2022-09-28 10:00"),
        ("2022-09-28 11:30", 60, "2022-09-28 14:00"),
        ("2022-09-28 11:00", 60, "2022-09-28 12:00"),
        ("2022-09-28 12:30", 60, "2022-09-28 14:30"),
        ("2022-09-28 17:00", 60, "2022-09-29 09:00"),
        ("2022-09-28 17:30", 60, "2022-09-29 09:30"),
        ("2022-09-28 23:59", 60, "2022-09-29 09:30"),
        ("2022-09-28 03:00", 60, "2022-09-28 09:30"),
        ("2022-09-30 16:30", 240, "2022-10-08 11:30"),  # eight days off between; 8 October, a Saturday, is worked
        ("2022-10-03 10:00", 30, "2022-10-08 09:00"),
        ("2022-10-09 17:00", 31, "2022-10-10 08:31"),  # 9 October, a Sunday, is worked
        ("2022-09-28 08:30", 450, "2022-09-28 17:30"),
        ("2022-09-28 08:30", 900, "2022-09-29 17:30"),
        ("2022-01-28 16:30", 120, "2022-01-29 09:30"),  # a Saturday made up for the Spring Festival
    ],
)
def test_office_minutes(start, minutes, due):
    assert TIME.after(at(start), minutes * 60) == at(due)
    assert TIME.between(at(start), at(due)) == minutes * 60


def slow_between(time, a, b):
    """Minute by minute: a minute counts when it begins in office hours of a working day."""
    count = 0
    moment = a
    while moment < b:
        day, second = local(moment)
        if time.calendar.is_workday(day) and any(low <= second < high for low, high in time.hours.spans):
            count += 60
        moment += dt.timedelta(minutes=1)
    return count


@given(moments.map(lambda one: one.replace(second=0)), st.integers(0, 4 * 24 * 60))
def test_counting_agrees_with_counting_minute_by_minute(start, minutes):
    end = start + dt.timedelta(minutes=minutes)
    assert TIME.between(start, end) == slow_between(TIME, start, end)


@given(moments, spans)
def test_counting_undoes_adding(start, seconds):
    due = TIME.after(start, seconds)
    assert TIME.between(start, due) == seconds
    assert TIME.between(due, start) == -seconds
    day, second = local(due)
    assert TIME.calendar.is_workday(day)
    assert any(low < second <= high for low, high in HOURS.spans)


@given(moments, spans, spans)
def test_adding_twice_is_adding_the_sum_and_more_is_later(start, a, b):
    once = TIME.after(start, a)
    assert TIME.after(once, b) == TIME.after(start, a + b)
    assert once < TIME.after(start, a + b)


@given(moments, spans, st.integers(0, 30 * 86_400), st.integers(0, 30 * 86_400))
def test_a_pause_adds_exactly_the_working_time_that_was_paused(start, budget, wait, length):
    due = TIME.after(start, budget)
    paused = min(start + dt.timedelta(seconds=wait), due)
    resumed = paused + dt.timedelta(seconds=length)
    remaining = TIME.between(paused, due)
    again = TIME.after(resumed, remaining) if remaining else due
    if remaining:
        assert TIME.between(start, again) == budget + TIME.between(paused, resumed)
        assert TIME.between(due, again) == TIME.between(paused, resumed)


@given(moments, spans)
def test_going_back_is_the_inverse_of_going_on(start, seconds):
    due = TIME.after(start, seconds)
    assert TIME.position(TIME.after(due, -seconds)) == TIME.position(start)


def test_zero_seconds_later_is_the_same_instant_wherever_it_lies():
    for text in ("2022-10-03 10:00", "2022-09-28 12:30", "2022-09-28 09:00"):
        assert TIME.after(at(text), 0) == at(text)


def test_round_the_clock_is_every_second_of_a_working_day():
    time = WorkingTime(Calendar(), ROUND_THE_CLOCK)
    assert time.between(at("2022-09-30 00:00"), at("2022-10-08 00:00")) == 86_400
    assert time.after(at("2022-09-30 12:00"), 86_400) == at("2022-10-08 12:00")
    assert time.closing(dt.date(2022, 9, 30)) == at("2022-10-01 00:00")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2022-09-28 09:00", "2022-09-28"),
        ("2022-09-28 17:30", "2022-09-28"),
        ("2022-09-28 17:31", "2022-09-29"),
        ("2022-09-30 18:00", "2022-10-08"),
        ("2022-10-01 09:00", "2022-10-08"),
        ("2022-10-08 09:00", "2022-10-08"),
        ("2022-09-24 10:00", "2022-09-26"),
        ("2022-09-28 00:10", "2022-09-28"),
    ],
)
def test_what_comes_after_closing_or_on_a_rest_day_is_received_on_the_next_working_day(text, day):
    assert TIME.receipt_day(at(text)) == dt.date.fromisoformat(day)


def test_where_the_plan_says_so_the_day_of_receipt_is_the_day_itself():
    time = WorkingTime(Calendar(), OfficeHours.parse(["8:30-17:30"], receipt_next_day=False))
    assert time.receipt_day(at("2022-10-01 20:00")) == dt.date(2022, 10, 1)


def test_an_instant_without_zone_is_refused():
    with pytest.raises(BadInput, match="no time zone"):
        TIME.position(dt.datetime(2022, 9, 28, 9, 0))


def test_instants_of_other_zones_are_counted_in_beijing_time():
    utc = dt.datetime(2022, 9, 28, 1, 0, tzinfo=dt.UTC)
    assert TIME.after(utc, 3600) == at("2022-09-28 10:00")
    assert local(utc) == (dt.date(2022, 9, 28), 9 * 3600)
    assert instant(dt.date(2022, 9, 28), 86_400) == at("2022-09-29 00:00")
