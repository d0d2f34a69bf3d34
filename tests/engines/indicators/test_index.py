"""Weighted indices: links by hand, chains over years, parts that add up, a slow reference, planted faults of the card, and the trace."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.indicators.small import Place, definition
from yunxing.engines.indicators.compute import compute
from yunxing.engines.indicators.statistic_index import Link, codes_read, deflated, kept_points, link_of
from yunxing.values.period import Month

SEPTEMBER, OVER = Month(2022, 9), "2022-01..09"


def city(*, by_unit: bool = False) -> Place:
    """Industry 32 weighs 300, industry 17 weighs 100 in 2021; 32 grew by 10 %, 17 fell by 50 %."""
    place = Place()
    for party, industry, weight, now, base in (("A", "32", 200, 66, 60), ("B", "32", 100, 44, 40), ("C", "17", 100, 10, 20)):
        place.party(party, industry=industry, unit="u2" if by_unit and party == "C" else "u1")
        place.member(party)
        unit = "u2" if by_unit and party == "C" else "u1"
        place.fact(party, "2021-01..12", weight, industry=industry, unit=unit)
        place.output(party, OVER, now, base, industry=industry, unit=unit)
    return place


def rows_of(place: Place, month: Month = SEPTEMBER, **changes: object):
    card = replace(definition("output_index"), **changes)
    return {row.id: row for row in compute([card], place.inputs(month)).rows}


def test_a_link_weighs_the_relatives_and_its_parts_add_to_it():
    """(0.75 × 1.1 + 0.25 × 0.5) × 100 = 95; the plain total grew to 120/120 = 100: the shift between industries is the difference."""
    rows = rows_of(city())

    assert rows[f"output_index/city/city/{OVER}/link"].value == 95
    assert rows[f"output_index/city/city/{OVER}/index"].value == 95
    points = {row.scope: row.value for row in rows.values() if row.stat == "points"}
    assert points == {"32": Fraction(15, 2), "17": Fraction(-25, 2)}
    assert sum(points.values()) == 95 - 100


def test_the_handbooks_vector_weights_times_growth():
    """w = (0.40, 0.35, 0.25), g = (8, −2, 4) %: pulls 3.2, −0.7, 1.0; total 3.5 %."""
    one = link_of({"a": (108, 100), "b": (98, 100), "c": (104, 100)}, {"a": Fraction(40), "b": Fraction(35), "c": Fraction(25)})

    assert [one.points(part) for part in "abc"] == [Fraction(16, 5), Fraction(-7, 10), Fraction(1)]
    assert one.value == Fraction(207, 2)


def test_links_of_two_years_are_multiplied_and_chained_weights_move_on():
    place = city()
    for party, industry, weight, now, base in (("A", "32", 100, 60, 60), ("B", "32", 100, 40, 40), ("C", "17", 600, 30, 20)):
        place.fact(party, "2022-01..12", weight, industry=industry)
        place.output(party, "2023-01..09", now, base, industry=industry)
    fixed = rows_of(place, Month(2023, 9), chained=False)["output_index/city/city/2023-01..09/index"]
    chained = rows_of(place, Month(2023, 9))["output_index/city/city/2023-01..09/index"]

    assert fixed.value == Fraction(95, 100) * (75 + Fraction(25) * Fraction(3, 2))
    assert chained.value == Fraction(95, 100) * (25 + Fraction(75) * Fraction(3, 2))


def test_the_base_year_is_100_and_years_before_it_have_no_row():
    place = city()
    place.output("A", "2021-01..09", 50, 40)
    assert rows_of(place, Month(2021, 9))["output_index/city/city/2021-01..09/index"].value == 100
    assert not [name for name in rows_of(place, Month(2020, 9)) if name.startswith("output_index/unit")]


def test_an_industry_nobody_reports_is_left_out_and_lowers_the_covered_share():
    place = city()
    place.facts = [one for one in place.facts if not (one["party"] == "C" and one["period"] == OVER)]
    row = rows_of(place)[f"output_index/city/city/{OVER}/link"]

    assert (row.value, row.covered) == (110, Fraction(3, 4))


def test_an_industry_without_weight_waits_for_the_next_weighting_and_a_base_of_zero_is_no_relative():
    place = city()
    place.party("D", industry="25")
    place.member("D")
    place.output("D", OVER, 500, 100, industry="25")
    place.party("E", industry="13")
    place.member("E")
    place.fact("E", "2021-01..12", 50, industry="13")
    place.output("E", OVER, 5, 0, industry="13")
    rows = rows_of(place)

    assert rows[f"output_index/city/city/{OVER}/link"].value == 95
    assert rows[f"output_index/city/city/{OVER}/link"].covered == Fraction(400, 450)
    assert not [name for name in rows if "/industry/25/" in name or "/industry/13/" in name]


def test_no_weights_is_no_index_never_a_guess():
    place = city()
    place.facts = [one for one in place.facts if one["period"] != "2021-01..12"]
    row = rows_of(place)[f"output_index/city/city/{OVER}/index"]

    assert (row.value, row.absence) == (None, "not_reported")


def test_units_are_weighed_by_their_own_industries():
    rows = rows_of(city(by_unit=True))

    assert rows[f"output_index/unit/u1/{OVER}/index"].value == 110
    assert rows[f"output_index/unit/u2/{OVER}/index"].value == 50


def test_declared_shares_serve_instead_of_an_item():
    rows = rows_of(city(), weight="", chained=False, weights={"32": Fraction(1, 2), "17": Fraction(1, 2)})

    assert rows[f"output_index/city/city/{OVER}/link"].value == 80


def test_held_weights_and_held_figures_do_not_count():
    place = city()
    for one in place.facts:
        if one["party"] == "B":
            one["held"] = True

    assert rows_of(place)[f"output_index/city/city/{OVER}/link"].value == (200 * 110 + 100 * 50) // 300


def test_single_deflation_takes_the_price_out():
    """Base 1000 at 22 % → 220; current 1200, price index 120 → 1200 × 0.22 ÷ 1.2 = 220: no growth in volume though 20 % nominal."""
    assert deflated(Fraction(120), Fraction(120)) == 100
    place = city()
    place.fact("示例价格/出厂价格指数_累计", OVER, 95 * 10_000, form="public_series", item="value")
    rows = rows_of(place, deflator="示例价格/出厂价格指数_累计")

    assert rows[f"output_index/city/city/{OVER}/real_link"].value == 100
    assert f"output_index/city/city/{OVER}/real_link" not in rows_of(city(), deflator="示例价格/出厂价格指数_累计"), (
        "not published yet: no row"
    )


def test_influence_of_a_part_gives_its_weight_back():
    """生产资料 +11.4 % adds 8.56 points: its weight is 75.1 %."""
    weight = Fraction(856, 100) / Fraction(114, 1000) / 100
    assert f"{float(100 * weight):.1f}" == "75.1"
    assert Link({"a": Fraction(1114, 1000)}, {"a": weight}, Fraction(1)).points("a") == Fraction(856, 100)


@pytest.mark.property
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.sampled_from(["13", "17", "32"]), *[st.one_of(st.none(), st.integers(0, 10**15)) for _ in range(3)]), max_size=8)
)
def test_expressions_and_a_plain_loop_agree_and_parts_add_up_whatever_the_size(firms):
    place = Place()
    weights: dict[str, int] = {}
    sums: dict[str, list[int]] = {}
    for number, (industry, weight, now, base) in enumerate(firms):
        party = f"F{number}"
        place.party(party, industry=industry)
        place.member(party)
        place.fact(party, "2021-01..12", weight, industry=industry)
        place.output(party, OVER, now, base, industry=industry)
        weights[industry] = weights.get(industry, 0) + (weight or 0)
        if now is not None and base is not None:
            pair = sums.setdefault(industry, [0, 0])
            pair[0] += now
            pair[1] += base
    rows = rows_of(place)
    used = [one for one in weights if weights[one] > 0 and sums.get(one, [0, 0])[1] > 0]
    row = rows[f"output_index/city/city/{OVER}/index"]
    if not used:
        assert row.value is None
        return
    whole = sum(weights[one] for one in used)
    exact = sum(Fraction(100 * weights[one] * sums[one][0], whole * sums[one][1]) for one in used)
    link = rows[f"output_index/city/city/{OVER}/link"]
    assert abs(link.value - exact) <= Fraction(1, 2) * max(Fraction(1, 10**9), abs(exact) / 2**60)
    points = sum(one.value for one in rows.values() if one.stat == "points")
    assert abs(points - (exact - 100)) <= Fraction(1, 10**9) * len(used) or abs(exact) > 10**9


def test_parts_too_long_to_store_still_add_to_the_kept_link():
    primes = {"a": Fraction(10**17 + 3, 10**17 + 7), "b": Fraction(10**17 + 9, 10**17 + 13), "c": Fraction(3, 7)}
    link = Link(primes, dict.fromkeys(primes, Fraction(1, 3)), Fraction(1))
    kept = kept_points(link)
    scale = 10**9

    assert sum(kept.values()) * scale == round((link.value - 100) * scale)
    assert all((one * scale).denominator == 1 for one in kept.values())


def test_what_an_index_reads_is_its_reports_of_every_linked_year_and_the_weighing_decembers():
    card = replace(definition("output_index"), history=0)

    assert codes_read(card, Month(2024, 9)) == {f"{year}-01..09" for year in (2022, 2023, 2024)} | {
        f"{year}-01..12" for year in (2021, 2022, 2023)
    }
    assert codes_read(replace(card, chained=False), Month(2024, 9)) == {f"{year}-01..09" for year in (2022, 2023, 2024)} | {"2021-01..12"}
