"""S-curves and outlooks worked out by hand: the share of a day, the speed of a project, the edges of a band, and what is reported beside the projects once."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.forecast.s_curve import Work, asked_share, share_done, year_ahead
from yunxing.engines.forecast.targets import Z80, Z95, Standing, _sums, outlook_of_events, outlook_of_projects, outlook_of_series

JUNE, DECEMBER = date(2022, 6, 30), date(2022, 12, 31)
TEN = (date(2022, 1, 1), date(2022, 1, 10))


def at(reached: int, target: int | Fraction = 100, month: int = 6, usual: float | None = None) -> Standing:
    return Standing("x", f"2022-01..{month:02d}", Fraction(target), reached, month, usual)


@pytest.mark.parametrize(
    ("day", "share"),
    [
        (date(2021, 12, 31), 0.0),  # the day before
        (date(2022, 1, 1), 0.05**2 * 2.9),  # half of the first day is over
        (date(2022, 1, 5), 0.45**2 * 2.1),
        (date(2022, 1, 10), 0.95**2 * 1.1),
        (date(2022, 1, 11), 1.0),
        (date(2030, 1, 1), 1.0),
    ],
)
def test_the_curve_of_ten_days_at_each_end_and_in_between(day: date, share: float) -> None:
    assert share_done(day, *TEN) == pytest.approx(share)


@pytest.mark.parametrize(("start", "finish"), [(None, TEN[1]), (TEN[0], None), (TEN[1], TEN[0]), (TEN[0], TEN[0])])
def test_without_two_days_in_order_there_is_no_curve(start: date | None, finish: date | None) -> None:
    assert share_done(date(2022, 6, 1), start, finish) == 0.0


@pytest.mark.parametrize(
    ("start", "finish", "day", "share"),
    [
        (None, None, JUNE, 181 / 365),
        (*TEN, date(2022, 1, 5), 0.25 + 0.5 * 0.42525),  # half the even time, half the curve
        (date(2020, 1, 1), date(2021, 6, 30), JUNE, 181 / 365),  # was to be finished last year: by the calendar
        (date(2023, 1, 1), date(2024, 6, 30), JUNE, 181 / 365),  # begins next year: by the calendar
        (date(2022, 5, 10), date(2022, 5, 10), date(2022, 5, 9), 0.0),
        (date(2022, 5, 10), date(2022, 5, 10), date(2022, 5, 10), 1.0),
        (date(2022, 9, 1), None, JUNE, 0.0),
        (date(2022, 12, 31), None, DECEMBER, 1.0),
    ],
)
def test_what_a_curve_asks_of_the_plan_of_the_year(start: date | None, finish: date | None, day: date, share: float) -> None:
    assert asked_share(day, start, finish) == pytest.approx(share)


def test_a_project_without_dates_goes_on_at_the_speed_it_has_shown() -> None:
    """300 after 181 of 365 days is 300 · 365/181 = 604.97 a year."""
    ahead = year_ahead([Work("p", None, None, 1000, 300)], JUNE)
    (one,) = ahead.works
    assert (one.asked, one.done, one.expected, one.short, one.told) == (496, 300, 605, 395, True)
    assert one.speed == pytest.approx(300 * 365 / 181_000)


def test_more_than_twice_the_plan_is_not_believed() -> None:
    """1500 where 496 was asked is three times the plan; the rest of 504.11 is expected at twice, 1008."""
    assert year_ahead([Work("p", None, None, 1000, 1500)], JUNE).expected == 1500 + 1008


def test_a_silent_project_alone_is_taken_at_its_plan_with_half_of_it_in_doubt() -> None:
    """Plan 365 by days: 181 of it asked. Own doubt (184/2)² + (181/2)², common 0.3·√(1/6 + 1/6) of the remaining 184."""
    ahead = year_ahead([Work("p", None, None, 365, None)], JUNE)
    assert (ahead.done, ahead.expected, ahead.works[0].told) == (181, 365, False)
    assert ahead.deviation == round((92**2 + 90.5**2 + (184 * 0.3) ** 2 / 3) ** 0.5) == 133


def test_after_the_last_day_nothing_is_in_doubt() -> None:
    ahead = year_ahead([Work("p", None, None, 1000, 700), Work("q", *TEN, 50, 20)], DECEMBER, {month: 60 * month for month in range(2, 13)})
    assert (ahead.done, ahead.expected, ahead.deviation) == (720, 720, 0)


def test_no_projects_are_no_year() -> None:
    ahead = year_ahead([], JUNE)
    assert (ahead.done, ahead.expected, ahead.deviation, ahead.works) == (0, 0, 0, ())


def test_winter_widens_until_june() -> None:
    """The same speed and the same share of the plan left: only the frost of the first months differs."""
    wide = [year_ahead([Work("p", None, None, 12_000, None)], date(2022, month, 28)).deviation for month in (3, 4, 5, 6)]
    assert all(one > other for one, other in pairwise(wide))


def test_a_short_record_is_drawn_towards_the_speed_of_all() -> None:
    """Both were asked for the same; the one that began in June has a month of record against four of patience."""
    works = [Work(str(n), date(2021, 1, 1), date(2023, 12, 31), 1000, 500) for n in range(8)]
    new, old = (
        year_ahead([*works, Work("own", begin, date(2023, 12, 31), 1000, 0)], JUNE).works[-1].speed
        for begin in (date(2022, 6, 1), date(2021, 1, 1))
    )
    assert 0 < old < new


def test_what_a_project_without_a_plan_reported_counts_once() -> None:
    """Ten preparatory projects reported 50 in all and have no plan of the year: they are in the projects' sum, and not beside it again."""
    planned = Work("p", None, None, 365, 181)
    loose = [Work(f"z{n}", None, None, 0, 5) for n in range(10)]
    found = outlook_of_projects(at(231, 1000), year_ahead([planned, *loose], JUNE))
    assert (found.reached, found.expected) == (231, 365 + 50)


def test_what_was_done_before_the_planned_start_counts_once() -> None:
    early = Work("e", date(2022, 9, 1), date(2022, 12, 31), 0, 40)
    assert outlook_of_projects(at(221, 1000), year_ahead([Work("p", None, None, 365, 181), early], JUNE)).expected == 365 + 40


def test_a_guess_for_a_silent_project_takes_nothing_from_what_is_reported_beside() -> None:
    """181 of a planned project and 100 of none are reported; the silent project's guessed 181 was never in the reported sum."""
    works = [Work("p", None, None, 365, 181), Work("s", None, None, 365, None)]
    assert outlook_of_projects(at(281, 1000), year_ahead(works, JUNE)).expected == 365 + 365 + 100


def test_less_in_all_than_its_projects_reported_takes_nothing_away() -> None:
    assert outlook_of_projects(at(100, 1000), year_ahead([Work("p", None, None, 365, 181)], JUNE)).expected == 365


def test_only_projects_that_fall_short_are_named_worst_first_and_at_most_twenty() -> None:
    works = [Work(f"{n:02d}", None, None, 1000, 10 * n) for n in range(25)] + [Work("well", None, None, 1000, 900)]
    found = outlook_of_projects(at(3900, 26_000), year_ahead(works, JUNE))
    assert [one["party"] for one in found.parts] == [f"{n:02d}" for n in range(20)]
    assert set(found.parts[0]) == {"party", "plan", "done", "asked", "expected"}


def test_equal_shortfalls_are_named_by_id() -> None:
    works = [Work(name, None, None, 1000, 100) for name in "cab"]
    assert [one["party"] for one in outlook_of_projects(at(300, 3000), year_ahead(works, JUNE)).parts] == ["a", "b", "c"]


def test_a_band_of_one_deviation_by_the_normal_table() -> None:
    """Expected 90, deviation 10, target 100: Φ(−1) = 0.1587; edges 90 ± 12.8 and 90 ± 19.6."""
    found = outlook_of_series(at(40), 90.0, 10 * Z80, 10 * Z95)
    assert (found.method, found.expected, found.probability) == ("series", 90, 1587)
    assert (found.low95, found.low80, found.high80, found.high95) == (70, 77, 103, 110)
    assert (found.needed, found.pace, found.months_left) == (Fraction(10), Fraction(40, 6), 6)


@pytest.mark.parametrize(("expected", "probability"), [(100.0, 9900), (99.9, 100), (5000.0, 9900)])
def test_without_a_spread_the_target_decides_and_stays_open(expected: float, probability: int) -> None:
    assert outlook_of_series(at(40), expected, 0.0, 0.0).probability == probability


def test_a_years_sum_does_not_fall_below_what_is_reached() -> None:
    found = outlook_of_series(at(80), 50.0, 10 * Z80, 10 * Z95)
    assert (found.expected, found.low95, found.low80, found.high80, found.high95) == (80, 80, 80, 93, 100)


@pytest.mark.parametrize(("usual", "expected"), [(None, 90), (110.0, 100), (90.0, 90), (40.0, 65)])
def test_past_years_are_half_of_the_answer(usual: float | None, expected: int) -> None:
    assert outlook_of_series(at(40, usual=usual), 90.0, 5.0, 8.0).expected == expected


@pytest.mark.parametrize(("reached", "method", "probability"), [(99, "series", 0), (100, "reached", 10_000), (101, "reached", 10_000)])
def test_december_decides_at_the_target_itself(reached: int, method: str, probability: int) -> None:
    found = outlook_of_series(at(reached, month=12, usual=500.0), 300.0, 5.0, 8.0)
    assert (found.method, found.probability, found.expected, found.high95, found.needed) == (method, probability, reached, reached, 0)


def test_no_event_yet_is_half_an_event_in_the_time_so_far() -> None:
    """Mean ½ and shape ½: P(0) = √½, P(≤1) = 0.884, P(≤2) = 0.950, P(≤3) = 0.978; one more is 1 − √½ likely."""
    found = outlook_of_events(at(0, 1), [0] * 6, [])
    assert found.probability == 2929
    assert (found.low80, found.high80, found.low95, found.high95) == (0, 2, 0, 3)


def test_half_an_event_short_is_one_event_short() -> None:
    halves, ones = (outlook_of_events(at(2, target), [0, 0, 0, 0, 0, 2], []) for target in (Fraction(5, 2), Fraction(3)))
    assert halves.probability == ones.probability
    assert (halves.needed, ones.needed) == (Fraction(1, 12), Fraction(1, 6))


def test_half_of_the_rate_is_last_years_and_half_of_that_the_usual_share() -> None:
    """6.5/6 so far; with last year's 18.5/6 in 2.083 a month; with 36 more by the usual share, 6 a month, 4.042."""
    counts, before = [1] * 6, [3] * 6
    assert outlook_of_events(at(6), counts, []).expected == round(6 + 6.5)
    assert outlook_of_events(at(6), counts, before).expected == round(6 + 12.5)
    assert outlook_of_events(at(6, usual=42.0), counts, before).expected == round(6 + 24.25)
    assert outlook_of_events(at(6, usual=3.0), counts, []).expected == round(6 + 3.25)  # a usual total that is passed brings nothing more


def test_the_last_month_brings_no_further_event() -> None:
    found = outlook_of_events(at(12, 20, month=12), [1] * 12, [])
    assert (found.expected, found.low80, found.high95, found.probability, found.needed) == (12, 12, 12, 0, 0)


@given(st.floats(0.01, 200), st.floats(0.5, 50), st.integers(1, 80))
def test_sums_rise_to_one_and_never_above(mean: float, shape: float, furthest: int) -> None:
    sums = _sums(mean, shape, furthest)
    assert len(sums) == furthest + 1
    assert all(0 <= one <= other <= 1 for one, other in pairwise(sums))
    assert sums[0] == pytest.approx((shape / (mean + shape)) ** shape)


def test_a_mean_of_nothing_is_certain_nothing() -> None:
    assert _sums(0.0, 3.0, 2) == [1.0, 1.0, 1.0]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=11), st.lists(st.integers(0, 30), max_size=11), st.integers(1, 400))
def test_a_nearer_target_is_never_less_likely(counts: list[int], before: list[int], target: int) -> None:
    reached = sum(counts)
    near, far = (outlook_of_events(at(reached, reached + target + more, month=len(counts)), counts, before) for more in (0, 1))
    assert near.probability >= far.probability
    assert near.low95 <= near.low80 <= near.high80 <= near.high95
    assert reached <= near.low95


@given(st.integers(0, 99), st.integers(1, 11), st.floats(0, 300), st.floats(0, 50))
def test_the_pace_needed_closes_the_gap_exactly(reached: int, month: int, expected: float, half: float) -> None:
    found = outlook_of_series(at(reached, month=month), expected, half, 1.5 * half)
    assert reached + found.needed * found.months_left == 100
    assert found.pace * month == reached
