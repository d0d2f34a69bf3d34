"""Sums against a promise, coal days, counts, completeness, changes: the handbook's vectors and the edges."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.indicators import reference
from engines.indicators.small import Place, definition
from yunxing.engines.indicators.compute import FormRule
from yunxing.engines.indicators.statistic_growth import covered
from yunxing.engines.indicators.window import codes_read, slot, slots
from yunxing.values.period import Month

YI = 10**10  # one hundred million yuan in fen
MAY, SEPTEMBER = Month(2022, 5), Month(2022, 9)


def invested(**cumulative: int | None) -> Place:
    place = Place()
    for party, value in cumulative.items():
        place.party(party, annual_plan=100 * YI, kind="project")
        place.member(party, "key_projects")
        place.fact(party, "2022-01..05", value, form="project_month", item="investment")
    return place


def test_investment_of_160_5_by_may_is_3_27_points_behind_the_time_schedule():
    """C = 38.4 %, t = 41.7 %; the gap is −3.27, not the −3.3 that the displayed parts give."""
    rows = invested(P1=16050 * YI // 100).compute(MAY, "project_investment")
    share = rows["project_investment/city/city/2022-01..05/target_share"].value
    gap = rows["project_investment/city/city/2022-01..05/gap"].value

    assert share == Fraction(16050, 418)
    assert gap == share - Fraction(500, 12)
    assert round(float(gap), 2) == -3.27


def test_the_forecast_at_this_rate_is_twelve_months_of_what_was_done():
    rows = invested(P1=160 * YI).compute(MAY, "project_investment")

    assert rows["project_investment/city/city/2022-01..05/forecast"].value == Fraction(160 * YI * 12, 5)


def test_preparatory_projects_count_for_the_promise_and_not_for_the_annual_plans():
    place = invested(P1=50 * YI, P2=10 * YI)
    place.parties[1]["preparatory"] = True
    rows = place.compute(MAY, "project_investment")

    assert rows["project_investment/city/city/2022-01..05/cumulative"].num == 60 * YI
    assert rows["project_investment/city/city/2022-01..05/plan_share"].value == 50


def test_a_silent_project_lowers_the_covered_share_by_its_plan_and_never_the_sum_unsaid():
    rows = invested(P1=50 * YI, P2=None).compute(MAY, "project_investment")
    row = rows["project_investment/city/city/2022-01..05/cumulative"]

    assert (row.num, row.covered) == (50 * YI, Fraction(1, 2))


def test_nobody_reported_is_not_zero():
    row = invested(P1=None).compute(MAY, "project_investment")["project_investment/city/city/2022-01..05/cumulative"]

    assert (row.value, row.absence) == (None, "not_reported")


def coal(stocks: dict[str, int], uses: dict[str, int]) -> Place:
    place = Place()
    for site, stock in stocks.items():
        place.party(site, kind="site")
        place.member(site, "coal_sites")
        for n in range(14):
            day = (SEPTEMBER.end - timedelta(n)).isoformat()
            place.fact(site, day, stock, form="coal_day", item="closing", as_reported="day")
            place.fact(site, day, uses[site], form="coal_day", item="use", as_reported="day")
    return place


def test_city_coal_days_are_stock_over_use_and_not_a_mean_of_days():
    """A 120,000/15,000 = 8.0, B 30,000/5,000 = 6.0: the city has 7.5, the mean of days would be 7.0; B is the lowest site."""
    rows = coal({"A": 120_000_000, "B": 30_000_000}, {"A": 15_000_000, "B": 5_000_000}).compute(SEPTEMBER, "coal_days")

    assert rows["coal_days/city/city/2022-09/value"].value == Fraction(15, 2)
    lowest = rows["coal_days/city/city/2022-09/lowest_site"]
    assert (lowest.value, lowest.reason) == (6, "B")


def test_6_96_days_show_as_7_0_and_fail_seven():
    row = coal({"A": 6_960_000}, {"A": 1_000_000}).compute(SEPTEMBER, "coal_days")["coal_days/party/A/2022-09/value"]
    card = definition("coal_days")

    assert card.shown.printed(row.value, "days").digits == "7.0"
    assert card.alarm.reached(row.value)
    assert not card.alarm.reached(Fraction(7))


def test_a_site_without_use_is_stopped_and_no_breach():
    rows = coal({"A": 5_000_000, "B": 90_000_000}, {"A": 0, "B": 9_000_000}).compute(SEPTEMBER, "coal_days")

    assert (rows["coal_days/party/A/2022-09/value"].absence, rows["coal_days/party/A/2022-09/value"].reason) == (
        "not_applicable",
        "停运，无耗用",
    )
    assert rows["coal_days/city/city/2022-09/value"].value == 10


def test_a_missing_day_is_carried_three_days_and_marked_then_it_is_not_reported():
    place = coal({"A": 70_000_000}, {"A": 7_000_000})
    last = {(SEPTEMBER.end - timedelta(n)).isoformat() for n in range(3)}
    place.facts = [one for one in place.facts if one["item"] == "use" or one["period"] not in last]
    row = place.compute(SEPTEMBER, "coal_days")["coal_days/party/A/2022-09-30/value"]
    assert (row.value, row.reason) == (10, "估：沿用2022-09-27库存")

    place.facts = [one for one in place.facts if one["item"] == "use" or one["period"] != "2022-09-27"]
    assert place.compute(SEPTEMBER, "coal_days")["coal_days/party/A/2022-09-30/value"].absence == "not_reported"


@pytest.mark.property
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.integers(0, 25), st.sampled_from("AB"), st.sampled_from(["closing", "use"]), st.one_of(st.none(), st.integers(0, 9))),
        max_size=60,
    )
)
def test_coal_expressions_and_reference_agree(reports):
    place = Place()
    for site in "AB":
        place.party(site)
        place.member(site, "coal_sites")
    for (back, site, item), amount in {(back, site, item): amount for back, site, item, amount in reports}.items():
        place.fact(site, (SEPTEMBER.end - timedelta(back)).isoformat(), amount, form="coal_day", item=item, as_reported="day")
    rows = place.compute(SEPTEMBER, "coal_days")

    for n in (0, 4, 9):
        day = SEPTEMBER.end - timedelta(n)
        sites, city = reference.coal(place, day, ["A", "B"])
        for site, expected in sites.items():
            row = rows[f"coal_days/party/{site}/{day.isoformat()}/value"]
            found = row.value if row.value is not None else {"not_applicable": "stopped"}.get(row.absence, row.absence)
            assert found == expected
        assert rows[f"coal_days/city/city/{day.isoformat()}/value"].value == city


def days(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def test_an_enterprise_listed_and_admitted_counts_once_and_only_in_its_year():
    place = Place()
    for party, day in (
        ("A", date(2022, 3, 1)),
        ("A", date(2022, 8, 1)),
        ("B", date(2022, 9, 30)),
        ("C", date(2021, 12, 31)),
        ("D", date(2022, 10, 1)),
    ):
        place.fact(party, day.isoformat()[:7], days(day), form="listing_month", item="listed_on", as_reported="event")
    rows = place.compute(SEPTEMBER, "listings")

    assert rows["listings/city/city/2022-01..09/cumulative"].num == 2
    assert rows["listings/city/city/2021-01..12/cumulative"].num == 1
    assert rows["listings/city/city/2022-01..09/gap"].value == 50 - 75


def test_no_event_is_a_true_zero():
    rows = Place().compute(SEPTEMBER, "above_scale_entries")

    assert rows["above_scale_entries/city/city/2022-01..09/cumulative"].num == 0


def reporters() -> Place:
    """A in time, B a day late, C silent, D new in the month; last year's values 60, 30, 10 and unknown for D."""
    place = Place()
    for party, stored in (("A", 60), ("B", 30), ("C", 10)):
        place.party(party)
        place.member(party)
        place.fact(party, "2021-01..09", stored)
    late = datetime(2022, 10, 9, 1, tzinfo=UTC)
    place.fact("A", "2022-01..09", 1, first_known_at=datetime(2022, 10, 8, 15, 59, tzinfo=UTC), known_at=late)
    place.fact("B", "2022-01..09", 1, first_known_at=datetime(2022, 10, 8, 16, 0, tzinfo=UTC))
    place.fact("C", "2022-01..09", None)
    return place


def test_completeness_counts_reporters_and_last_years_value():
    rows = reporters().compute(SEPTEMBER, "completeness")

    assert rows["completeness/city/city/2022-09/share"].value == Fraction(200, 3)
    assert rows["completeness/city/city/2022-09/value_share"].value == 90


def test_timeliness_is_judged_by_the_first_accepted_version_in_local_days():
    """15:59 UTC on the 8th is 23:59 in China, one minute later is the 9th; a later revision of A changes nothing."""
    rows = reporters().compute(SEPTEMBER, "timeliness")

    assert rows["timeliness/city/city/2022-09/received"].num == 1
    assert rows["timeliness/city/city/2022-09/share"].basis == "2022-10-08"


def test_a_newcomer_is_due_from_its_month_and_has_no_share_by_value():
    place = reporters()
    place.party("D")
    place.member("D", since=date(2022, 9, 15))
    rows = place.compute(SEPTEMBER, "completeness")

    assert rows["completeness/city/city/2022-09/due"].num == 4
    assert rows["completeness/city/city/2022-09/value_share"].absence == "undefined"


def test_a_change_keeps_both_sides_readable_and_march_has_none():
    place = Place()
    place.party("A")
    place.member("A")
    for period, amount in (("2022-08", 1000), ("2022-09", 700), ("2022-03", 5), ("2022-01..02", 9)):
        place.fact("A", period, amount, item="electricity", as_reported="month")
    row = place.compute(SEPTEMBER, "electricity_change")["electricity_change/party/A/2022-09/change"]

    assert (row.value, row.den, row.den + Fraction(row.num, 100)) == (-30, 1000, 700)
    assert place.compute(Month(2022, 3), "electricity_change") == {}


def test_windows_step_over_the_new_year_and_over_january():
    assert [one.cumulative for one in slots(Month(2022, 3), jan_feb=True, history=3)] == [
        "2022-01..03",
        "2022-01..02",
        "2021-01..12",
        "2021-01..11",
    ]
    assert slot(Month(2022, 1), jan_feb=False).cumulative == "2022-01"
    assert slots(Month(2022, 1), jan_feb=True, history=3) == []
    assert {"2022-09", "2021-01..09", "2020-01..09", "2022-08-31"} <= set(codes_read(SEPTEMBER))


def test_an_unknown_weight_makes_the_covered_share_one_by_count():
    assert covered({"unweighted": 1, "weight": 10, "cumulative_in": 10, "cumulative_n": 1, "due": 2}) == (1, 2, "按户数计覆盖面")
    assert FormRule(jan_feb=True).cycle == "month"
