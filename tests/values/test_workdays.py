"""Working days: the built-in notices, both handbooks' fixed cases, what was known when, pauses, and laws of counting."""

import datetime as dt
from itertools import pairwise

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.values.errors import BadInput
from yunxing.values.workdays import Calendar, DueDate, Notice, built_in_notices, parse_notices

NOW = Calendar()
dates = st.dates(dt.date(2015, 1, 1), dt.date(2035, 12, 31))
counts = st.integers(1, 400)


def day(text):
    return dt.date.fromisoformat(text)


def every_day(first, last):
    start = day(first)
    return [start + dt.timedelta(days=i) for i in range((day(last) - start).days + 1)]


def test_the_table_agrees_with_the_library_on_every_day_of_2020_to_2026():
    differ = [d for d in every_day("2020-01-01", "2026-12-31") if NOW.is_workday(d) != chinese_calendar.is_workday(d)]
    assert differ == []


def test_every_make_up_day_of_the_library_is_named_by_a_notice():
    named = {d for n in built_in_notices() for d in n.work} - {day("2020-02-01")}
    assert named == {d for d in chinese_calendar.constants.workdays if d.year >= 2020}


def test_make_up_days_fall_on_weekends():
    assert all(d.weekday() >= 5 for n in built_in_notices() for d in n.work)


def test_notices_are_numbered_dated_and_issued_before_what_they_settle():
    notices = built_in_notices()
    assert [n.year for n in notices] == [2020, 2020, 2021, 2022, 2023, 2024, 2025, 2026]
    assert len({n.number for n in notices}) == len(notices)
    assert all(n.issued < min(n.off) for n in notices)
    assert [n.issued for n in notices] == sorted(n.issued for n in notices)


def test_the_notice_for_2022_is_the_checked_one():
    (notice,) = [n for n in built_in_notices() if n.year == 2022]
    assert (notice.number, notice.issued, notice.checked) == ("国办发明电〔2021〕11号", day("2021-10-25"), True)


def test_2022_has_249_working_days_in_these_months():
    ends = [day(f"2022-{m:02d}-01") - dt.timedelta(days=1) for m in range(1, 13)] + [day("2022-12-31")]
    by_month = [NOW.between(a, b) for a, b in pairwise(ends)]
    assert by_month == [21, 16, 23, 21, 20, 21, 21, 23, 21, 18, 22, 22]
    assert NOW.between(ends[0], ends[-1]) == sum(by_month) == 249


@pytest.mark.parametrize(
    "text",
    [
        "2022-01-03",
        "2022-01-31",
        "2022-02-01",
        "2022-02-02",
        "2022-02-03",
        "2022-02-04",
        "2022-04-04",
        "2022-04-05",
        "2022-05-02",
        "2022-05-03",
        "2022-05-04",
        "2022-06-03",
        "2022-09-12",
        "2022-10-03",
        "2022-10-07",
    ],
)
def test_weekdays_off_in_2022(text):
    assert day(text).weekday() < 5
    assert not NOW.is_workday(day(text))


@pytest.mark.parametrize("text", ["2022-01-29", "2022-01-30", "2022-04-02", "2022-04-24", "2022-05-07", "2022-10-08", "2022-10-09"])
def test_weekend_days_worked_in_2022(text):
    assert day(text).weekday() >= 5
    assert NOW.is_workday(day(text))


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2022-04-29", 20, "2022-05-31"),
        ("2022-09-28", 5, "2022-10-10"),
        ("2022-01-28", 1, "2022-01-29"),
        ("2022-04-01", 3, "2022-04-07"),
        ("2022-05-27", 20, "2022-06-27"),
        ("2022-05-27", 30, "2022-07-11"),
        ("2022-12-30", 3, "2023-01-05"),
        ("2024-04-26", 5, "2024-05-07"),
        ("2026-02-13", 3, "2026-02-25"),
        ("2025-09-26", 10, "2025-10-16"),
        ("2022-05-28", 0, "2022-05-28"),
    ],
)
def test_fixed_due_days_of_the_handbooks(start, n, due):
    assert NOW.add(day(start), n) == DueDate(day(due), provisional=False)


def test_fixed_counts_of_the_handbook_without_and_with_a_pause():
    a, b = day("2022-06-01"), day("2022-07-08")
    assert NOW.between(a, b) == 26
    assert NOW.between(a, b, [(day("2022-06-13"), day("2022-06-20"))]) == 21


def test_the_five_days_after_28_september_2022_one_by_one():
    days = [NOW.add(day("2022-09-28"), n).date.isoformat() for n in range(1, 6)]
    assert days == ["2022-09-29", "2022-09-30", "2022-10-08", "2022-10-09", "2022-10-10"]


def test_without_the_notice_the_answer_is_provisional_and_with_it_final():
    before = Calendar(day("2022-12-07")).add(day("2022-12-30"), 3)
    assert before == DueDate(day("2023-01-04"), provisional=True)
    for known in ("2022-12-08", "2022-12-09"):
        assert Calendar(day(known)).add(day("2022-12-30"), 3) == DueDate(day("2023-01-05"), provisional=False)


def test_in_january_2020_the_make_up_day_of_1_february_was_withdrawn():
    first = day("2020-02-01")
    assert Calendar(day("2020-01-25")).is_workday(first)
    assert not Calendar(day("2020-01-26")).is_workday(first)
    assert not Calendar(day("2020-01-27")).is_workday(first)
    start = day("2020-01-23")
    assert Calendar(day("2020-01-25")).add(start, 1).date == day("2020-01-31")
    assert NOW.add(start, 1).date == day("2020-02-03")


def test_a_calendar_known_before_any_notice_is_monday_to_friday_and_provisional():
    early = Calendar(day("2019-11-20"))
    assert early.in_force == ()
    assert early.is_workday(day("2020-01-24"))
    assert early.add(day("2020-01-23"), 1) == DueDate(day("2020-01-24"), provisional=True)
    assert Calendar(day("2019-11-21")).in_force[0].number == "国办发明电〔2019〕16号"


@pytest.mark.parametrize(
    ("text", "provisional"),
    [("2019-12-31", True), ("2020-01-01", False), ("2026-12-31", False), ("2027-01-01", True), ("2080-06-03", True)],
)
def test_days_that_no_notice_settles_are_provisional(text, provisional):
    assert NOW.provisional(day(text)) is provisional


def test_past_the_last_notice_monday_to_friday_answers_and_nothing_is_raised():
    assert NOW.is_workday(day("2027-10-01"))
    assert not NOW.is_workday(day("2027-10-02"))
    assert NOW.add(day("2026-12-31"), 1) == DueDate(day("2027-01-01"), provisional=True)
    assert NOW.add(day("2060-01-01"), 5).date == day("2060-01-08")
    assert NOW.add(day("2026-12-31"), 2600).date > day("2036-01-01")
    assert NOW.between(day("1990-01-01"), day("1990-01-08")) == 5


@pytest.mark.parametrize(
    ("given_day", "rolled"),
    [
        ("2022-05-06", "2022-05-06"),
        ("2022-05-07", "2022-05-07"),
        ("2022-05-08", "2022-05-09"),
        ("2022-10-01", "2022-10-08"),
        ("2022-12-31", "2023-01-03"),
    ],
)
def test_a_limit_in_calendar_days_rolls_to_the_next_working_day_and_a_make_up_saturday_is_one(given_day, rolled):
    assert NOW.next_workday(day(given_day)) == day(rolled)


def slow_add(calendar, start, n):
    while n:
        start += dt.timedelta(days=1)
        n -= calendar.is_workday(start)
    return start


def slow_between(calendar, a, b, pauses=()):
    days = (a + dt.timedelta(days=i) for i in range(1, (b - a).days + 1))
    return sum(calendar.is_workday(d) and not any(p <= d < r for p, r in pauses) for d in days)


@given(dates, st.integers(0, 120))
def test_adding_agrees_with_walking_day_by_day(start, n):
    assert NOW.add(start, n).date == slow_add(NOW, start, n)


@given(dates, dates, st.lists(st.tuples(dates, st.integers(0, 500)), max_size=4))
def test_counting_agrees_with_walking_whatever_the_pauses_overlap(a, b, raw):
    a, b = min(a, b), min(max(a, b), min(a, b) + dt.timedelta(days=700))
    pauses = [(p, p + dt.timedelta(days=n)) for p, n in raw]
    assert NOW.between(a, b, pauses) == slow_between(NOW, a, b, pauses)


@given(dates, counts)
def test_counting_undoes_adding(start, n):
    due = NOW.add(start, n).date
    assert NOW.between(start, due) == n
    assert NOW.between(due, start) == -n
    assert NOW.is_workday(due)


@given(dates, counts, counts)
def test_adding_twice_is_adding_the_sum_and_more_is_later(start, a, b):
    assert NOW.add(NOW.add(start, a).date, b) == NOW.add(start, a + b)
    assert NOW.add(start, a).date < NOW.add(start, a + b).date


@given(dates, st.integers(2, 60), st.integers(0, 40), st.integers(0, 40))
def test_a_pause_adds_exactly_the_paused_working_days(start, n, wait, length):
    due = NOW.add(start, n).date
    pause = min(start + dt.timedelta(days=1 + wait), due)
    resume = pause + dt.timedelta(days=length)
    remaining = NOW.between(pause - dt.timedelta(days=1), due)
    new_due = NOW.add(resume - dt.timedelta(days=1), remaining).date
    assert NOW.between(start, new_due, [(pause, resume)]) == n


def test_a_pause_that_ends_before_it_starts_is_refused():
    with pytest.raises(BadInput):
        NOW.between(day("2022-06-01"), day("2022-07-01"), [(day("2022-06-20"), day("2022-06-13"))])


def test_a_wrong_calendar_is_wrong_about_half_of_the_time():
    """Why a holiday list without make-up days must not be used for limits."""
    off = frozenset(d for n in built_in_notices() for d in n.off)
    naive = Calendar(notices=(Notice("x", day("2019-01-01"), 2026, off, frozenset()),))
    starts = [day("2022-01-04") + dt.timedelta(days=i) for i in range(0, 360, 3)]
    wrong = sum(naive.add(s, n).date != NOW.add(s, n).date for s in starts for n in (10, 30, 60))
    assert wrong / (3 * len(starts)) > 0.3


GOOD = '[[notice]]\nnumber = "N"\nissued = 2026-11-01\nyear = 2027\noff = ["2027-01-01", "2027-02-05..2027-02-11"]\nwork = ["2027-02-14"]\n'


def test_a_new_notice_settles_a_further_year():
    calendar = Calendar(notices=built_in_notices() + parse_notices(GOOD))
    assert not calendar.is_workday(day("2027-01-01"))
    assert calendar.is_workday(day("2027-02-14"))
    assert not calendar.provisional(day("2027-12-31"))
    assert Calendar(day("2026-10-31"), calendar.notices).provisional(day("2027-01-01"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml",
        GOOD.replace("number", "nummer"),
        GOOD.replace("2027-02-05..", "2027-02-31.."),
        GOOD.replace('work = ["2027-02-14"]', 'work = ["2027-01-01"]'),
        GOOD.replace('work = ["2027-02-14"]', 'work = ["2029-01-01"]'),
        GOOD.replace('work = ["2027-02-14"]', "work = 3"),
    ],
)
def test_notices_that_cannot_be_read_are_refused(text):
    with pytest.raises(BadInput):
        parse_notices(text)


def test_two_calendars_of_the_same_knowledge_are_equal_and_can_be_keys():
    known = day("2022-05-27")
    assert Calendar(known) == Calendar(known)
    assert len({Calendar(known), Calendar(known), Calendar()}) == 2


def test_negative_limits_are_refused():
    with pytest.raises(BadInput):
        NOW.add(day("2022-01-01"), -1)
