"""Outlooks of promises: S-curves against hand-made projects, events against the exact distribution, bounds, and the pace needed."""

from __future__ import annotations

import math
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.forecast.s_curve import Work, asked_share, share_done, year_ahead
from yunxing.engines.forecast.targets import Standing, _sums, outlook_of_events, outlook_of_projects, outlook_of_series

JUNE = date(2022, 6, 30)
YEAR = (date(2022, 1, 1), date(2022, 12, 31))


def at(reached: int, target: int = 100, month: int = 6, usual: float | None = None) -> Standing:
    return Standing("x", f"2022-01..{month:02d}", Fraction(target), reached, month, usual)


@given(
    st.dates(date(2020, 1, 1), date(2024, 12, 31)),
    st.dates(date(2020, 1, 1), date(2024, 12, 31)),
    st.dates(date(2021, 1, 1), date(2023, 12, 30)),
)
def test_curves_rise_from_nothing_to_all(start: date, finish: date, day: date) -> None:
    assert 0 <= share_done(day, start, finish) <= 1
    assert share_done(day, start, finish) <= share_done(date.fromordinal(day.toordinal() + 1), start, finish)
    asked = asked_share(day, start, finish)
    assert 0 <= asked <= 1
    if (day.month, day.day) != (12, 31):
        assert asked <= asked_share(date.fromordinal(day.toordinal() + 1), start, finish) + 1e-12
    assert asked_share(date(day.year, 12, 31), start, finish) == pytest.approx(1.0)


def test_projects_on_their_curve_reach_their_plans() -> None:
    works = [Work(str(n), *YEAR, 1000 * n, round(1000 * n * asked_share(JUNE, *YEAR))) for n in range(1, 6)]
    ahead = year_ahead(works, JUNE)
    assert ahead.expected == pytest.approx(15_000, abs=5)
    assert all(one.speed == pytest.approx(1.0, abs=0.01) for one in ahead.works)


def test_a_project_that_stands_still_falls_behind_and_the_others_do_not() -> None:
    works = [Work(str(n), *YEAR, 1000, round(1000 * asked_share(JUNE, *YEAR))) for n in range(9)] + [Work("still", *YEAR, 1000, 0)]
    ahead = year_ahead(works, JUNE)
    short = {one.party: one.short for one in ahead.works}
    assert short["still"] > 700
    assert max(value for name, value in short.items() if name != "still") < 100


def test_a_silent_project_is_taken_at_the_speed_of_all_and_widens_the_band() -> None:
    told = [Work(str(n), *YEAR, 1000, (300, 600)[n % 2]) for n in range(10)]
    silent = [*told[:-3], *(Work(one.party, *YEAR, 1000, None) for one in told[-3:])]
    known, guessed = year_ahead(told, JUNE), year_ahead(silent, JUNE)
    assert guessed.expected == pytest.approx(known.expected, rel=0.12)
    assert guessed.deviation > known.deviation


def test_a_project_that_begins_in_autumn_is_not_asked_for_anything_in_june() -> None:
    works = [Work("late", date(2022, 9, 1), date(2023, 6, 30), 500, None), *(Work(str(n), *YEAR, 1000, 450) for n in range(4))]
    late = next(one for one in year_ahead(works, JUNE).works if one.party == "late")
    assert late.asked == 0
    assert late.expected == pytest.approx(500 * late.speed, abs=1)


def test_unsteady_months_widen_the_band() -> None:
    works = [Work(str(n), *YEAR, 1000, 450) for n in range(6)]
    steady = year_ahead(works, JUNE, {month: 450 * month for month in range(2, 7)})
    jumpy = year_ahead(works, JUNE, {2: 100, 3: 1500, 4: 1510, 5: 2690, 6: 2700})
    assert jumpy.deviation > 1.5 * steady.deviation


def test_the_outlook_of_projects_names_those_behind() -> None:
    works = [Work("still", *YEAR, 40, 0), *(Work(str(n), *YEAR, 20, round(20 * asked_share(JUNE, *YEAR))) for n in range(3))]
    found = outlook_of_projects(at(30), year_ahead(works, JUNE))
    assert found.method == "projects"
    assert found.parts[0]["party"] == "still"
    assert found.low95 <= found.low80 <= found.expected <= found.high80 <= found.high95
    assert found.low95 >= found.reached
    assert found.probability == 100
    assert found.needed == Fraction(70, 6)


@pytest.mark.parametrize(("mean", "shape"), [(3.0, 2.0), (0.2, 10.0), (20.0, 0.7)])
def test_the_sums_are_those_of_the_negative_binomial(mean: float, shape: float) -> None:
    from scipy.stats import nbinom

    expected = nbinom(shape, shape / (shape + mean)).cdf(range(30))
    assert _sums(mean, shape, 29) == pytest.approx(list(expected), abs=1e-9)


def test_events_that_keep_their_rate_make_the_target_as_likely_as_not() -> None:
    found = outlook_of_events(at(50, 100), [8, 9, 8, 8, 9, 8], [])
    assert 4000 < found.probability < 6500
    assert found.low95 < 100 < found.high95
    assert found.pace == Fraction(50, 6)


def test_last_years_rush_of_december_is_expected_again() -> None:
    even = outlook_of_events(at(20, 60), [3, 4, 3, 4, 3, 3], [])
    rush = outlook_of_events(at(20, 60), [3, 4, 3, 4, 3, 3], [2, 3, 2, 4, 6, 40])
    assert rush.expected > even.expected + 10
    assert rush.probability > even.probability


def test_bursts_make_the_band_wider() -> None:
    even, bursts = (outlook_of_events(at(30, 60), counts, []) for counts in ([5] * 6, [0, 0, 15, 0, 0, 15]))
    assert bursts.high95 - bursts.low95 > even.high95 - even.low95


def test_a_target_that_is_reached_needs_nothing_and_is_certain() -> None:
    found = outlook_of_events(at(100), [17] * 6, [])
    assert (found.method, found.probability, found.needed) == ("reached", 10_000, 0)


def test_in_december_nothing_is_left_to_guess() -> None:
    found = outlook_of_series(at(99, month=12), 99.0, 5.0, 9.0)
    assert (found.expected, found.low95, found.high95, found.probability, found.needed) == (99, 99, 99, 0, 0)


@given(st.floats(0, 300), st.floats(0.1, 60), st.none() | st.floats(10, 300))
def test_what_is_open_is_neither_impossible_nor_certain(expected: float, half: float, usual: float | None) -> None:
    found = outlook_of_series(at(10, usual=usual), expected, half, 1.6 * half)
    assert 100 <= found.probability <= 9900
    assert found.reached <= found.low95 <= found.low80 <= found.high80 <= found.high95


def test_a_second_opinion_of_past_years_is_averaged_in_and_widens() -> None:
    alone, both = (outlook_of_series(at(40, usual=usual), 90.0, 6.0, 10.0) for usual in (None, 110.0))
    assert both.expected == 100
    assert both.high95 - both.low95 > alone.high95 - alone.low95
    assert math.isclose(both.probability, 5000, abs_tol=1)


def test_an_outlook_is_plain_json() -> None:
    import json

    plain = outlook_of_events(at(50), [8, 9, 8, 8, 9, 8], []).plain()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["target"] == [100, 1]
