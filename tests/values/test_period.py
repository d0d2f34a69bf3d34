"""Periods: codes, labels, bounds, order, the January–February rule, like compared with like."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.values.errors import BadInput
from yunxing.values.period import (
    Day,
    JanFeb,
    Month,
    Quarter,
    Year,
    YearToDate,
    chronological,
    day_number,
    day_of,
    parse_month,
    parse_period,
)

years = st.integers(1901, 2198)
months = st.builds(Month, years, st.integers(1, 12))
cumulative = st.builds(YearToDate, years, st.integers(2, 12))
quarters = st.builds(Quarter, years, st.integers(1, 4))
days = st.builds(Day, st.dates(dt.date(1901, 1, 1), dt.date(2198, 12, 31)))
periods = st.one_of(months, cumulative, st.builds(JanFeb, years), quarters, st.builds(Year, years), days)

TABLE = [
    (Month(2022, 9), "2022-09", "2022年9月", "September 2022", "2022-09-01", "2022-09-30", 1),
    (JanFeb(2022), "2022-01..02", "2022年1—2月", "January–February 2022", "2022-01-01", "2022-02-28", 2),
    (JanFeb(2024), "2024-01..02", "2024年1—2月", "January–February 2024", "2024-01-01", "2024-02-29", 2),
    (YearToDate(2022, 9), "2022-01..09", "2022年1—9月", "January–September 2022", "2022-01-01", "2022-09-30", 9),
    (Quarter(2022, 3), "2022Q3", "2022年第三季度", "Q3 2022", "2022-07-01", "2022-09-30", 3),
    (Year(2022), "2022", "2022年", "2022", "2022-01-01", "2022-12-31", 12),
    (Day(dt.date(2022, 9, 30)), "2022-09-30", "2022年9月30日", "30 September 2022", "2022-09-30", "2022-09-30", 0),
]


@pytest.mark.parametrize(("period", "code", "zh", "en", "start", "end", "count"), TABLE)
def test_code_labels_bounds_and_months(period, code, zh, en, start, end, count):
    assert (period.code, str(period)) == (code, code)
    assert (period.label("zh"), period.label(), period.label("en")) == (zh, zh, en)
    assert (period.start.isoformat(), period.end.isoformat(), period.months) == (start, end, count)
    assert parse_period(code) == period


@pytest.mark.parametrize(
    "code",
    [
        "",
        "22-09",
        "2022-9",
        "2022-13",
        "2022-00",
        "2022-01..01",
        "2022-01..13",
        "2022-02..09",
        "2022Q0",
        "2022Q5",
        "2022-02-30",
        "２０２２",
        "2022 ",
        "1899",
        "2200",
    ],
)
def test_what_is_no_period_is_refused(code):
    with pytest.raises(BadInput):
        parse_period(code)


@pytest.mark.parametrize("month", [0, 13])
def test_a_month_outside_the_year_is_refused(month):
    with pytest.raises(BadInput):
        Month(2022, month)


@pytest.mark.parametrize("month", [1, 13])
def test_months_to_date_begin_with_february(month):
    with pytest.raises(BadInput):
        YearToDate(2022, month)


def test_january_february_is_the_year_to_date_of_february_in_equality_and_hash():
    assert JanFeb(2022) == YearToDate(2022, 2)
    assert hash(JanFeb(2022)) == hash(YearToDate(2022, 2))
    assert len({JanFeb(2022), YearToDate(2022, 2)}) == 1
    assert JanFeb(2022).month == 2
    assert JanFeb(2022) != YearToDate(2022, 3)


def test_twelve_months_to_date_are_not_the_year():
    assert YearToDate(2022, 12) != Year(2022)
    assert Month(2022, 9) != "2022-09"


@given(years)
def test_january_february_equals_year_to_date_two_in_every_year(year):
    assert JanFeb(year) == YearToDate(year, 2)
    assert JanFeb(year) < YearToDate(year, 3)
    assert JanFeb(year).year_before() == YearToDate(year, 2).year_before()


@given(periods)
def test_every_code_reads_back(period):
    again = parse_period(period.code)
    assert again == period
    assert hash(again) == hash(period)


@given(periods, periods)
def test_order_within_a_kind_is_total_and_across_kinds_refused(a, b):
    if a.kind == b.kind:
        assert (a < b) + (a == b) + (a > b) == 1
        assert (a <= b) == (not a > b)
    else:
        assert a != b
        with pytest.raises(TypeError):
            assert a < b


@given(months, months)
def test_order_of_months_is_order_of_days(a, b):
    assert (a < b) == (a.start < b.start)


@given(months, st.integers(-300, 300))
def test_plus_goes_there_and_back(month, n):
    if 1900 <= month.year + (month.month - 1 + n) // 12 <= 2199:
        assert month.plus(n).plus(-n) == month


def test_next_and_previous_cross_the_new_year():
    assert Month(2022, 12).next() == Month(2023, 1)
    assert Month(2022, 1).previous() == Month(2021, 12)
    assert Month.of(dt.date(2022, 5, 27)) == Month(2022, 5)


def test_periods_are_immutable():
    with pytest.raises(AttributeError):
        Month(2022, 1).year = 2023


def test_leap_day_a_year_before_is_the_28th():
    assert Day(dt.date(2024, 2, 29)).year_before() == Day(dt.date(2023, 2, 28))
    assert Day(dt.date(2024, 3, 1)).year_before() == Day(dt.date(2023, 3, 1))


def test_mixed_periods_sort_by_their_last_day():
    mixed = [Month(2022, 3), JanFeb(2022), Month(2021, 12), YearToDate(2022, 3)]
    assert [p.code for p in sorted(mixed, key=chronological)] == ["2021-12", "2022-01..02", "2022-01..03", "2022-03"]


@given(periods)
def test_the_year_before_is_like_its_period_and_earlier(period):
    before = period.year_before()
    assert (before.kind, before.months) == (period.kind, period.months)
    assert before < period
    assert before.end.year == period.end.year - 1


@given(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)))
def test_days_are_numbered_from_1970_and_read_back(day):
    assert day_of(day_number(day)) == day
    assert day_number(day) == (day - dt.date(1970, 1, 1)).days


@pytest.mark.parametrize("code", ["2022", "2022-01..09", "2022Q3", "2022-09-30", "September"])
def test_what_is_no_month_is_refused_where_a_month_is_asked(code):
    with pytest.raises(BadInput):
        parse_month(code)
