"""The seasonal pace of a target: learned from past full years on the same units, beside the linear one, never guessed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.indicators.small import PACK, Place
from yunxing.engines.indicators import reads, seasonal
from yunxing.engines.indicators.seasonal import PastYear, normal_share, past_codes
from yunxing.packs.indicators import load_indicators
from yunxing.values.period import Month, day_number

MAY = Month(2022, 5)
YI = 10**10
KEY = "project_investment/city/city/2022-01..05/"


def invest(place: Place, party: str, period: str, value: int | None, **rest: object) -> None:
    place.fact(party, period, value, form="project_month", item="investment", **rest)


def years(**past: tuple[int | None, int | None]) -> Place:
    """One project P with 100 亿元 done by May 2022, and what it had done by May and in December of past years."""
    place = Place()
    place.party("P", kind="project")
    place.member("P", "key_projects")
    invest(place, "P", "2022-01..05", 100 * YI)
    for year, (done, whole) in past.items():
        invest(place, "P", f"{year[1:]}-01..05", done)
        invest(place, "P", f"{year[1:]}-01..12", whole)
    return place


def test_the_share_is_last_years_where_there_is_one_year():
    rows = years(y2021=(25, 100)).compute(MAY, "project_investment")

    assert rows[KEY + "seasonal_schedule"].value == 25
    assert rows[KEY + "seasonal_schedule"].basis == "years@2021"
    assert rows[KEY + "seasonal_gap"].value == Fraction(100 * 100, 418) - 25
    assert rows[KEY + "seasonal_forecast"].value == 400 * YI
    assert rows[KEY + "time_schedule"].value == Fraction(500, 12), "the linear pace stays beside it"


def test_a_year_back_weighs_seven_tenths_and_a_gap_year_keeps_its_distance():
    two = normal_share([PastYear(2021, 1, 4, 4), PastYear(2020, 1, 2, 2)], 2022)
    gap = normal_share([PastYear(2021, 1, 4, 4), PastYear(2019, 1, 2, 2)], 2022)

    assert two == (Fraction(1, 4) + Fraction(7, 10) * Fraction(1, 2)) / Fraction(17, 10)
    assert gap == (Fraction(1, 4) + Fraction(49, 100) * Fraction(1, 2)) / Fraction(149, 100)


def test_without_a_full_year_there_is_no_seasonal_pace_and_nothing_else_changes():
    bare = years().compute(MAY, "project_investment")
    half = years(y2021=(25, None)).compute(MAY, "project_investment")

    assert set(bare) == set(half)
    assert not [name for name in bare if "seasonal" in name]


def test_units_that_did_not_report_both_ends_are_left_out_of_both():
    place = years(y2021=(25, 100))
    invest(place, "Q", "2021-01..05", 9)
    invest(place, "R", "2021-01..12", 5)
    invest(place, "S", "2021-01..05", 9, held=True)
    invest(place, "S", "2021-01..12", 5)

    assert place.compute(MAY, "project_investment")[KEY + "seasonal_schedule"].value == 25


def test_a_year_of_which_less_than_four_fifths_reported_in_the_month_is_not_used():
    place = years(y2021=(25, 100), y2020=(50, 100))
    invest(place, "R", "2021-01..12", 25)  # 100 of 125 = 80 %: still used
    assert place.compute(MAY, "project_investment")[KEY + "seasonal_schedule"].basis == "years@2021,2020"

    invest(place, "T", "2021-01..12", 1)
    row = place.compute(MAY, "project_investment")[KEY + "seasonal_schedule"]
    assert (row.value, row.basis) == (50, "years@2020")


def test_by_december_the_whole_year_is_normally_done():
    place = Place()
    place.party("P", kind="project")
    place.member("P", "key_projects")
    invest(place, "P", "2022-01..12", 100 * YI)
    invest(place, "P", "2021-01..12", 77)
    rows = place.compute(Month(2022, 12), "project_investment")

    assert rows["project_investment/city/city/2022-01..12/seasonal_schedule"].value == 100


def test_counts_learn_from_the_days_of_past_events_each_party_once_a_year():
    from datetime import date

    place = Place()
    for party, day in (
        ("A", date(2021, 3, 1)),
        ("B", date(2021, 5, 31)),
        ("C", date(2021, 6, 1)),
        ("D", date(2021, 12, 31)),
        ("A", date(2021, 11, 2)),
    ):
        place.fact(party, f"{day:%Y-%m}", day_number(day), form="listing_month", item="listed_on", as_reported="event")
    place.fact("Z", "2022-02", day_number(date(2022, 2, 2)), form="listing_month", item="listed_on", as_reported="event")
    rows = place.compute(MAY, "listings")

    assert rows["listings/city/city/2022-01..05/seasonal_schedule"].value == 50
    assert rows["listings/city/city/2022-01..05/seasonal_gap"].value == Fraction(100, 4) - 50


def test_a_year_that_began_with_nothing_asks_for_nothing_and_gives_no_forecast():
    rows = years(y2021=(0, 100)).compute(MAY, "project_investment")

    assert rows[KEY + "seasonal_schedule"].value == 0
    assert KEY + "seasonal_forecast" not in rows


@pytest.mark.property
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from("PQR"),
            st.integers(2017, 2021),
            st.sampled_from(["05", "12"]),
            st.one_of(st.none(), st.integers(0, 50)),
            st.booleans(),
        ),
        unique_by=lambda one: one[:3],
        max_size=24,
    )
)
def test_expressions_and_a_plain_loop_agree(cells):
    place = years()
    for party, year, end, value, held in cells:
        invest(place, party, f"{year}-01..{end}", value, held=held)
    rows = place.compute(MAY, "project_investment")

    known = {(party, year, end): value for party, year, end, value, held in cells if value is not None and not held}
    top, bottom = Fraction(0), Fraction(0)
    for year in range(2017, 2022):
        both = [party for party in "PQR" if (party, year, "05") in known and (party, year, "12") in known]
        whole, everybody = (sum(known.get((party, year, "12"), 0) for party in group) for group in (both, "PQR"))
        if whole and 5 * whole >= 4 * everybody:
            weight = Fraction(7, 10) ** (2021 - year)
            top += weight * Fraction(sum(known[party, year, "05"] for party in both), whole)
            bottom += weight
    found = rows.get(KEY + "seasonal_schedule")
    assert (found.value if found else None) == (100 * top / bottom if bottom else None)


def test_what_is_read_of_past_years_is_the_items_of_targets_and_nothing_of_others():
    also = {one.form: one for one in reads.also_read(load_indicators(PACK), MAY, {"listing_month": "event"})}

    assert also["port_month"].items == {"foreign_cargo"}
    assert also["port_month"].periods == {code for pair in past_codes(MAY).values() for code in pair}
    assert also["listing_month"].periods >= {"2021-01", "2021-12", "2017-06"}
    assert "coal_day" not in also, "a floor is no sum of the year"


def test_years_back_are_five():
    assert sorted(past_codes(MAY)) == list(range(2022 - seasonal.YEARS_BACK, 2022))
