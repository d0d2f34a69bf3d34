"""Measure 15: the task, the rate, the idle tests at their edges, standard land; the handbook's vectors to the last m²."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.ledger.land import (
    IdleRule,
    LandItem,
    Parcel,
    Supply,
    breaches,
    city_task,
    county_tasks,
    coverage,
    disposal_rate,
    early_and_above,
    idle,
    started_too_little,
    supply_faults,
    year_after,
)
from yunxing.values.errors import BadInput
from yunxing.values.quantity import Comparator

RULE = IdleRule("15/1a", Fraction(1, 3), Fraction(1, 4), 1, Fraction(1, 5), 2)
TENTH = Fraction(1, 10)
ITEMS = (
    LandItem("investment", "投资强度", "Investment intensity", Comparator.ge, "万元/亩"),
    LandItem("plot_ratio", "容积率", "Plot ratio", Comparator.ge, ""),
    LandItem("office_share", "办公用地占比", "Share of office land", Comparator.le, "%"),
)
LIMITS = {"investment": Fraction(250), "plot_ratio": Fraction(1), "office_share": Fraction(7)}


def parcel(**changed) -> Parcel:
    return Parcel(
        **{"id": "L-1", "agreed_start": date(2021, 5, 27), "price_fen": 1_000_000_000, "area_due": 100_000, "total_invest_fen": 400}
        | changed
    )


@pytest.mark.parametrize(("provincial", "city"), [(30_000_000, 33_000_000), (12_345_600, 13_580_160), (0, 0), (5, 6), (4, 4)])
def test_the_city_raises_the_provincial_task_by_a_tenth(provincial: int, city: int) -> None:
    """3000.00 ha → 3300.00; 1234.56 → 1358.0160 ha, to the m²."""
    assert city_task(provincial, TENTH) == city


def test_the_task_over_the_counties_keeps_its_sum() -> None:
    assert county_tasks(33_000_000, {"a": 5000, "b": 3000, "c": 2000}) == {"a": 16_500_000, "b": 9_900_000, "c": 6_600_000}
    odd = county_tasks(13_580_160, {"a": 5000, "b": 3000, "c": 2000})
    assert sum(odd.values()) == 13_580_160
    assert [amount % 100 for amount in odd.values()] == [60, 0, 0]


def test_the_rate_of_a_window() -> None:
    """112.98 ha of 336.95 ha are 33.53 %."""
    rate = disposal_rate([1_000_000, 129_800], 3_369_500)
    assert rate is not None
    assert f"{float(rate * 100):.2f}" == "33.53"
    assert disposal_rate([], 0) is None
    with pytest.raises(BadInput, match="counted twice"):
        disposal_rate([10, 11], 20)


@pytest.mark.parametrize(
    ("closed", "on", "found"),
    [
        (3000, date(2022, 12, 30), (True, False)),
        (3001, date(2022, 12, 30), (True, True)),
        (3001, date(2022, 12, 31), (False, True)),
        (2999, date(2022, 1, 1), (False, False)),
    ],
)
def test_early_and_above_are_strict(closed: int, on: date, found: tuple[bool, bool]) -> None:
    """On the last day it is done, not early; the task itself is reached, not surpassed."""
    assert early_and_above(closed, 3000, on, date(2022, 12, 31)) == found


@pytest.mark.parametrize(
    ("today", "state", "follows"),
    [
        (date(2022, 5, 27), "no", ""),
        (date(2022, 5, 28), "idle", "fee"),
        (date(2023, 5, 27), "idle", "fee"),
        (date(2023, 5, 28), "idle", "take_back"),
    ],
)
def test_not_started_after_a_year_costs_and_after_two_is_taken_back(today: date, state: str, follows: str) -> None:
    """Agreed for 27 May 2021: suspect from 28 May 2022. The fee is a fifth of the price: 10 million yuan → 2 million."""
    found = idle(parcel(), RULE, today)
    assert (found.state, found.follows) == (state, follows)
    assert found.fee_fen == (200_000_000 if follows == "fee" else 0)


@pytest.mark.parametrize("cause", ["government", "force_majeure"])
def test_what_the_firm_did_not_cause_is_negotiated(cause: str) -> None:
    found = idle(parcel(cause=cause), RULE, date(2025, 1, 1))
    assert (found.state, found.follows, found.fee_fen) == ("idle", "negotiate", 0)


@pytest.mark.parametrize(
    ("due", "started", "little"), [(100_000, 33_333, True), (100_000, 33_334, False), (99_999, 33_333, False), (99_999, 33_332, True)]
)
def test_a_third_is_compared_exactly(due: int, started: int, little: bool) -> None:
    """3.3333 ha of 10.0000 are below a third, 3.3334 are not; exactly a third is not below."""
    assert started_too_little(parcel(area_due=due, area_started=started, invested_fen=100), RULE) is little


@pytest.mark.parametrize(("invested", "little"), [(99, True), (100, False), (101, False)])
def test_a_quarter_is_compared_exactly(invested: int, little: bool) -> None:
    assert started_too_little(parcel(area_started=100_000, invested_fen=invested), RULE) is little


@pytest.mark.parametrize(
    ("changed", "today", "state"),
    [
        ({"suspended_since": None}, date(2030, 1, 1), "no"),
        ({"suspended_since": date(2021, 6, 1)}, date(2022, 6, 1), "no"),
        ({"suspended_since": date(2021, 6, 1)}, date(2022, 6, 2), "may_be"),
        ({"suspended_since": date(2021, 6, 1), "area_started": 50_000, "invested_fen": 200}, date(2024, 6, 2), "no"),
    ],
)
def test_started_land_may_be_recognised_only_when_suspended_a_full_year(changed: dict, today: date, state: str) -> None:
    """Neither fee nor taking back follows for land that was started: the words give neither."""
    found = idle(parcel(**({"actual_start": date(2021, 5, 1), "area_started": 100} | changed)), RULE, today)
    assert found.state == state
    assert found.fee_fen == 0
    assert found.follows in ("", "negotiate")


@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_the_test_of_a_third_is_multiplication_in_whole_numbers(due: int, started: int) -> None:
    started = min(started, due)
    assert started_too_little(parcel(area_due=due, area_started=started, total_invest_fen=0), RULE) == (3 * started < due)


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)))
def test_a_year_is_the_corresponding_day(day: date) -> None:
    later = year_after(day)
    assert (later.month, later.day) == (day.month, day.day) or (day.month, day.day, later) == (2, 29, date(day.year + 1, 2, 28))
    assert timedelta(365) <= later - day <= timedelta(366)


@pytest.mark.parametrize("changed", [{"area_started": 100_001}, {"price_fen": -1}, {"area_due": -5, "area_started": -9}])
def test_a_parcel_that_cannot_be_is_refused(changed: dict) -> None:
    with pytest.raises(BadInput):
        idle(parcel(**changed), RULE, date(2022, 1, 1))


def supply(**changed) -> Supply:
    return Supply(**{"parcel": "L-1", "project": "P-1", "in_key_area": True, "standard": True, "limits": LIMITS, "values": {}} | changed)


def test_a_supply_in_a_key_area_is_standard_land_with_every_limit() -> None:
    assert supply_faults(supply(), ITEMS) == []
    (fault,) = supply_faults(supply(standard=False), ITEMS)
    assert "P-1" in fault.found
    assert supply_faults(supply(standard=False, in_key_area=False), ITEMS) == []
    assert [one.place for one in supply_faults(supply(limits={"plot_ratio": Fraction(1), "noise": Fraction(1)}), ITEMS)] == [
        "Investment intensity", "Share of office land", "noise",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({"investment": "250", "plot_ratio": "1", "office_share": "7"}, []),
        ({"investment": "249.99", "plot_ratio": "0.99", "office_share": "7.01"}, ["investment", "plot_ratio", "office_share"]),
        ({"investment": "250.01"}, []),
        ({}, []),
    ],
)
def test_limits_hold_at_their_bound_and_what_was_not_measured_is_not_judged(values: dict, broken: list) -> None:
    found = breaches(supply(values={name: Fraction(value) for name, value in values.items()}), ITEMS)
    assert [item.id for item, _value, _limit in found] == broken


def test_coverage_counts_the_key_areas_alone() -> None:
    supplies = [supply(), supply(standard=False), supply(standard=False, in_key_area=False)]
    assert coverage(supplies) == Fraction(1, 2)
    assert coverage(supplies[2:]) is None


def test_a_task_below_zero_is_refused() -> None:
    with pytest.raises(BadInput):
        city_task(-1, TENTH)
