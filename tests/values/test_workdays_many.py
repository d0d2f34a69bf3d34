"""The vector path of due days, the numbering of working days, and notices that became known later than they were issued."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.values.errors import BadInput
from yunxing.values.workdays import Calendar, Notice, built_in_notices, parse_notices

NOW = Calendar()
dates = st.dates(dt.date(2012, 1, 1), dt.date(2035, 12, 31))


@given(st.lists(st.tuples(dates, st.integers(0, 300)), max_size=30))
def test_many_due_days_are_what_each_is(pairs):
    starts = np.array([one.toordinal() for one, _ in pairs], np.int64)
    counts = np.array([n for _, n in pairs], np.int64)
    assert NOW.add_many(starts, counts).tolist() == [NOW.add(one, n).date.toordinal() for one, n in pairs]


def test_one_count_for_all_starts():
    starts = np.array([dt.date(2022, 9, 28).toordinal(), dt.date(2022, 4, 29).toordinal()], np.int64)
    assert [dt.date.fromordinal(one).isoformat() for one in NOW.add_many(starts, np.int64(5))] == ["2022-10-10", "2022-05-10"]


def test_none_at_all_and_a_negative_count():
    assert NOW.add_many(np.array([], np.int64), np.array([], np.int64)).tolist() == []
    with pytest.raises(BadInput, match="-3 working days"):
        NOW.add_many(np.array([738_000], np.int64), np.array([-3], np.int64))


def test_many_days_beyond_the_tables_are_counted_too():
    far = [dt.date(1999, 12, 30), dt.date(2060, 1, 1), dt.date(2029, 12, 30)]
    starts = np.array([one.toordinal() for one in far], np.int64)
    assert NOW.add_many(starts, np.array([3, 5, 30], np.int64)).tolist() == [
        NOW.add(one, n).date.toordinal() for one, n in zip(far, (3, 5, 30), strict=True)
    ]


@given(st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1)))
def test_a_numbered_working_day_is_found_again(day):
    number = NOW.worked_up_to(day)
    found = NOW.workday_numbered(number)
    assert NOW.worked_up_to(found) == number
    assert NOW.is_workday(found)
    assert found <= day
    assert found == day or not NOW.is_workday(day)


def test_there_is_no_working_day_number_nought():
    with pytest.raises(BadInput, match="counted from 1"):
        NOW.workday_numbered(0)


LATE = Notice(
    "late", dt.date(2026, 11, 3), 2027, frozenset({dt.date(2027, 1, 1)}), frozenset({dt.date(2027, 1, 2)}), known_from=dt.date(2026, 11, 20)
)


def test_a_notice_loaded_late_was_not_known_before():
    notices = (*built_in_notices(), LATE)
    assert LATE.known == dt.date(2026, 11, 20)
    assert Calendar(dt.date(2026, 11, 19), notices).is_workday(dt.date(2027, 1, 1))
    assert not Calendar(dt.date(2026, 11, 20), notices).is_workday(dt.date(2027, 1, 1))
    assert Calendar(dt.date(2026, 11, 20), notices).is_workday(dt.date(2027, 1, 2))


def test_of_two_notices_about_a_day_the_one_known_later_holds():
    first = Notice("a", dt.date(2026, 11, 3), 2027, frozenset({dt.date(2027, 5, 3)}), frozenset())
    second = Notice("b", dt.date(2026, 10, 1), 2027, frozenset(), frozenset({dt.date(2027, 5, 3)}), known_from=dt.date(2027, 2, 1))
    assert not Calendar(dt.date(2027, 1, 31), (first, second)).is_workday(dt.date(2027, 5, 3))
    assert Calendar(dt.date(2027, 2, 1), (first, second)).is_workday(dt.date(2027, 5, 3))


def test_a_notice_file_may_say_since_when_it_is_known_and_by_whom():
    text = '[[notice]]\nnumber = "N"\nissuer = "国务院办公厅"\nissued = 2026-11-03\nknown_from = 2026-11-20\nyear = 2027\noff = ["2027-01-01"]\nwork = []\n'
    (notice,) = parse_notices(text)
    assert (notice.known, notice.issuer) == (dt.date(2026, 11, 20), "国务院办公厅")
    assert parse_notices(text.replace("known_from = 2026-11-20\n", ""))[0].known == dt.date(2026, 11, 3)


def test_a_built_in_notice_is_known_from_its_day_of_issue():
    assert all(one.known == one.issued for one in built_in_notices())
