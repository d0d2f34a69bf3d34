"""Spring Festival: a new moon, in its season, and the day of the official holiday notices."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import chinese_calendar
import pytest

from yunxing.values.spring_festival import FIRST_YEAR, LAST_YEAR, share_in_month, spring_festival

YEARS = range(FIRST_YEAR, LAST_YEAR + 1)
NEW_MOON, MONTH = datetime(2000, 1, 6, 18, 14), 29.530588853  # a known new moon, and the mean length of a lunar month


@pytest.mark.parametrize("year", YEARS)
def test_is_a_new_moon_between_21_january_and_20_february(year: int) -> None:
    day = spring_festival(year)
    assert day is not None
    assert date(year, 1, 21) <= day <= date(year, 2, 20)
    noon = datetime(day.year, day.month, day.day, 4)  # noon in China
    age = ((noon - NEW_MOON) / timedelta(days=1)) % MONTH
    assert min(age, MONTH - age) < 1.2  # the true moon strays up to 0.6 days from the mean one


def test_years_are_12_or_13_moons_long() -> None:
    days = [spring_festival(year) for year in YEARS]
    gaps = [(after - before).days for before, after in pairwise(days) if before and after]
    assert set(gaps) <= {353, 354, 355, 383, 384, 385}


@pytest.mark.parametrize("year", range(2004, 2026))
def test_is_a_spring_festival_holiday_of_the_notices(year: int) -> None:
    day = spring_festival(year)
    assert day is not None
    assert chinese_calendar.get_holiday_detail(day) == (True, "Spring Festival")


def test_years_outside_the_table_have_none() -> None:
    assert spring_festival(FIRST_YEAR - 1) is None
    assert spring_festival(LAST_YEAR + 1) is None
    assert share_in_month(LAST_YEAR + 1, 2, after=10) == 0


@pytest.mark.parametrize("year", [1950, 1966, 1985, 2022, 2023])
@pytest.mark.parametrize(("before", "after"), [(7, 0), (0, 14), (21, 21)])
def test_shares_of_the_months_add_up_to_one(year: int, before: int, after: int) -> None:
    shares = [share_in_month(year, month, before=before, after=after) for month in (1, 2, 3, 4)]
    assert 1 - 1 / (before + after) - 1e-9 <= sum(shares) <= 1 + 1e-9  # one day may lie in December, as in 1966
    assert all(0 <= one <= 1 for one in shares)
