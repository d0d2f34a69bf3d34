"""Daily forms of the synthetic city: hours make days, energy stays within the nominal, every day has its row; and the sixty requests."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from yunxing.city.daily import CAUSES, MODES, continuity_rows, power_rows
from yunxing.city.further import Member
from yunxing.city.requests import REQUESTS, WAYS, ways
from yunxing.values.period import Month

MONTHS = [Month(2022, month) for month in (2, 4, 7, 10)] + [Month(2024, 2)]
HOURS = ("service_hours", "reserve_hours", "planned_hours", "unplanned_hours")


def unit(name: str, kilowatts: int = 600_000) -> Member:
    return Member(name, f"机组{name}", 0, "44", 1.0, "site", attributes={"nominal_kw": kilowatts})


UNITS = [unit(f"P{n}") for n in range(12)]


@pytest.fixture(scope="module")
def power(settings):
    return {month: power_rows(settings, 7, UNITS, month) for month in MONTHS}


@pytest.mark.parametrize("month", MONTHS, ids=lambda month: month.code)
def test_every_unit_has_one_row_for_every_day_of_the_month(power, month):
    days = Counter((row.party, row.day) for row in power[month])

    assert set(days.values()) == {1}
    assert len(days) == len(UNITS) * month.end.day
    assert {day for _, day in days} == {date(month.year, month.month, n + 1) for n in range(month.end.day)}


@pytest.mark.parametrize("month", MONTHS, ids=lambda month: month.code)
def test_the_hours_of_a_day_make_twenty_four_and_none_is_negative(power, month):
    for row in power[month]:
        hours = [row.values[f"{name}/value/day"] for name in HOURS]
        assert sum(hours) == 24
        assert min(hours) >= 0


@pytest.mark.parametrize("month", MONTHS, ids=lambda month: month.code)
def test_energy_made_and_lost_stays_within_what_the_hours_of_service_allow(power, month):
    for row in power[month]:
        made, whole = row.values["generated/value/day"], row.values["capacity_energy/value/day"]
        lost = [row.values[f"lost_{name}/value/day"] for name in CAUSES]
        assert whole == 1440  # 600 MW for a day, in 万千瓦时
        assert made + sum(lost) <= whole * row.values["service_hours/value/day"] / 24
        assert sum(one > 0 for one in lost) <= 1


def test_a_unit_starts_an_outage_only_on_a_day_that_has_one(power):
    for row in (row for rows in power.values() for row in rows):
        if row.values["unplanned_starts/value/day"]:
            assert row.values["unplanned_hours/value/day"] > 0


def test_overhauls_are_out_of_season_and_no_reserve_stands_in_summer(power):
    planned = {month.month for month, rows in power.items() if any(row.values["planned_hours/value/day"] for row in rows)}

    assert planned <= {4, 10}
    assert planned
    assert all(row.values["reserve_hours/value/day"] == 0 for row in power[Month(2022, 7)])


def test_a_unit_has_the_same_month_whoever_else_reports(settings, power):
    alone = power_rows(settings, 7, UNITS[3:4], MONTHS[0])

    assert alone == [row for row in power[MONTHS[0]] if row.party == "P3"]
    assert power_rows(settings, 8, UNITS[3:4], MONTHS[0]) != alone
    assert power_rows(settings, 7, [], MONTHS[0]) == []


@pytest.mark.parametrize(("weight", "needed"), [(0.0, 120), (0.5, 560), (1.0, 1000), (3.0, 2760), (50.0, 2760)])
def test_the_staff_a_firm_needs_grows_with_its_weight_up_to_three(settings, weight, needed):
    firm = Member("F", "合成", 0, "32", weight, "enterprise")
    rows = continuity_rows(settings, 7, [firm], Month(2022, 4))

    assert {row.values["staff_needed/value/day"] for row in rows} == {needed}
    assert len(rows) == 30


def test_staff_return_over_the_month_and_the_mode_follows_them(settings):
    firms = [Member(f"F{n}", "合成", 0, "32", 1.0, "enterprise") for n in range(20)]
    rows = continuity_rows(settings, 7, firms, Month(2022, 4))
    for firm in firms:
        mine = [row for row in rows if row.party == firm.id]
        staff = [row.values["staff_in/value/day"] for row in mine]
        modes = [MODES.index(row.values["mode/value/day"]) for row in mine]
        assert staff == sorted(staff)
        assert modes == sorted(modes, reverse=True)
        assert staff[0] < 1000 == staff[-1]
        assert modes[-1] == 0
        assert all(3 <= row.values["supply_days/value/day"] <= 11 for row in mine)


@pytest.mark.parametrize(
    ("least", "below", "mode"), [(0.0, 0.119, "停产"), (0.121, 0.399, "部分停产"), (0.401, 0.949, "闭环"), (0.951, 1.0, "正常")]
)
def test_the_mode_is_that_of_the_share_of_staff(settings, least, below, mode):
    firms = [Member(f"F{n}", "合成", 0, "32", 3.0, "enterprise") for n in range(40)]
    told = [row for row in continuity_rows(settings, 7, firms, Month(2022, 4)) if least <= row.values["staff_in/value/day"] / 2760 <= below]

    assert told
    assert {row.values["mode/value/day"] for row in told} == {mode}


def test_sixty_requests_go_the_ways_they_are_counted_for():
    assert Counter(ways()) == dict(WAYS)
    assert len(ways()) == 60
    assert all(one != after for one, after in zip(ways()[:12], ways()[1:13], strict=True))


def test_every_request_has_words_and_another_answer_and_none_stands_twice():
    assert all(one.words.endswith("。") or one.words.endswith("？") for one in REQUESTS)
    assert all(one.answer and one.answer != one.words for one in REQUESTS)
    assert len({one.words for one in REQUESTS}) == len(REQUESTS)
