"""Comparable growth: the handbook's vectors, absence, the bridge, and the second oracle on random panels."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.indicators import reference
from engines.indicators.small import Place, definition
from yunxing.engines.indicators.compute import compute
from yunxing.engines.indicators.definition import Indicator
from yunxing.values.period import Month

SEPTEMBER = Month(2022, 9)
CITY = "output_growth/city/city/2022-01..09/"


def handbook() -> Place:
    """P0 = A 100, B 50, D 30; K = A 108 (b′ 100), B 60 (b′ 55), E 22 (b′ 20)."""
    place = Place()
    for party, current, base, stored in (("A", 108, 100, 100), ("B", 60, 55, 50), ("D", None, None, 30), ("E", 22, 20, None)):
        place.party(party, unit="u2" if party == "E" else "u1")
        place.member(party, since=date(2022, 5, 1) if party == "E" else None, until=date(2022, 3, 1) if party == "D" else None)
        if current is not None:
            place.output(party, "2022-01..09", current, base)
        if stored is not None:
            place.fact(party, "2021-01..09", stored)
    return place


def test_growth_stands_on_the_same_enterprises_and_never_on_two_totals():
    """15/175 = 8.571 %; the forbidden ratio of the two years' totals would be 5.56 %."""
    rows = handbook().compute(SEPTEMBER, "output_growth")

    assert rows[CITY + "cumulative_yoy"].value == Fraction(1500, 175)
    assert (rows[CITY + "cumulative_yoy"].num, rows[CITY + "cumulative_yoy"].den) == (1500, 175)


def test_the_bridge_leads_from_the_stored_total_to_the_current_one_exactly():
    rows = handbook().compute(SEPTEMBER, "output_growth")
    part = {
        name: rows[CITY + f"bridge_{name}"].num for name in ("growth", "restatement", "entry", "exits", "unreported", "total", "stored")
    }

    assert part == {"growth": 15, "restatement": 5, "entry": 20, "exits": 30, "unreported": 0, "total": 190, "stored": 180}
    assert part["total"] - part["stored"] == part["growth"] + part["restatement"] + part["entry"] - part["exits"] - part["unreported"]


def test_contributions_of_enterprises_add_to_the_citys_growth():
    """4.571 + 2.857 + 1.143 points."""
    found = compute([definition("output_growth")], handbook().inputs(SEPTEMBER))
    points = {one.party: one.points for one in found.contributions.of("output_growth", "2022-01..09")}
    rows = {row.id: row for row in found.rows}

    assert points == {"A": Fraction(800, 175), "B": Fraction(500, 175), "E": Fraction(200, 175)}
    assert sum(points.values()) == rows[CITY + "cumulative_yoy"].value


def test_points_of_counties_and_of_industries_add_to_the_citys_growth():
    rows = handbook().compute(SEPTEMBER, "output_growth").values()

    for kind in ("unit", "industry"):
        total = sum(row.value for row in rows if row.scope_kind == kind and row.stat == "cumulative_points")
        assert total == Fraction(1500, 175)


def test_a_move_between_counties_is_exit_and_entry_below_the_city_and_nothing_at_it():
    place = Place()
    place.party("A", unit="u1", until=date(2021, 12, 31))
    place.party("A", unit="u2", since=date(2022, 1, 1))
    place.member("A")
    place.output("A", "2022-01..09", 110, 100)
    place.fact("A", "2021-01..09", 100)
    rows = place.compute(SEPTEMBER, "output_growth")

    assert (rows[CITY + "bridge_entry"].num, rows[CITY + "bridge_exits"].num) == (0, 0)
    assert rows["output_growth/unit/u1/2022-01..09/bridge_exits"].num == 100
    assert rows["output_growth/unit/u2/2022-01..09/bridge_entry"].num == 100


def test_a_member_that_did_not_report_lowers_the_covered_share_and_is_a_line_of_the_bridge():
    place = handbook()
    place.party("F")
    place.member("F")
    place.fact("F", "2021-01..09", 25)
    row = place.compute(SEPTEMBER, "output_growth")

    assert row[CITY + "cumulative_yoy"].value == Fraction(1500, 175)
    assert row[CITY + "cumulative_yoy"].covered == Fraction(175, 200)
    assert row[CITY + "bridge_unreported"].num == 25


def test_a_held_value_is_out_of_totals_until_confirmed():
    place = handbook()
    place.facts[0]["held"] = True
    row = place.compute(SEPTEMBER, "output_growth")[CITY + "cumulative_yoy"]

    assert row.value == Fraction(100 * 7, 75)


def test_a_zero_is_a_report_and_an_absence_is_not():
    stopped, silent = Place(), Place()
    for place, current in ((stopped, 0), (silent, None)):
        for party in "AB":
            place.party(party)
            place.member(party)
        place.output("A", "2022-01..09", 110, 100)
        place.fact("B", "2022-01..09", current)
        place.fact("B", "2022-01..09", 100, role="last_year_restated")

    assert stopped.compute(SEPTEMBER, "output_growth")[CITY + "cumulative_yoy"].value == -45
    row = silent.compute(SEPTEMBER, "output_growth")[CITY + "cumulative_yoy"]
    assert (row.value, row.covered) == (10, Fraction(1, 2))


@pytest.mark.parametrize("base", [0, -5])
def test_a_base_that_is_not_positive_gives_no_growth_but_the_totals(base):
    place = Place()
    place.party("A")
    place.member("A")
    place.output("A", "2022-01..09", 10, base)
    rows = place.compute(SEPTEMBER, "output_growth")

    assert (rows[CITY + "cumulative_yoy"].absence, rows[CITY + "cumulative"].num) == ("undefined", 10)


def test_the_month_is_the_difference_of_two_cumulative_reports_on_one_basis():
    place = Place()
    place.party("A")
    place.member("A")
    place.output("A", "2022-01..08", 800, 700)
    place.output("A", "2022-01..09", 910, 800)
    rows = place.compute(SEPTEMBER, "output_growth")

    assert rows["output_growth/city/city/2022-09/yoy"].value == 10


def test_across_a_restatement_the_month_is_not_derived():
    place = Place()
    place.party("A")
    place.member("A")
    place.output("A", "2022-01..08", 800, 700)
    place.output("A", "2022-01..09", 910, 800, basis="restated")
    rows = place.compute(SEPTEMBER, "output_growth")

    assert rows["output_growth/city/city/2022-09/yoy"].absence == "not_reported"
    assert rows[CITY + "cumulative_yoy"].value == Fraction(100 * 110, 800)


def test_a_newcomers_own_month_stands_where_no_difference_can_be_formed():
    place = Place()
    place.party("A")
    place.member("A")
    place.output("A", "2022-01..09", 910, 800)
    place.fact("A", "2022-09", 110, as_reported="month")
    place.fact("A", "2022-09", 100, as_reported="month", role="last_year_restated")

    assert place.compute(SEPTEMBER, "output_growth")["output_growth/city/city/2022-09/yoy"].value == 10


def test_january_and_february_are_one_period_whose_month_is_the_cumulative_figure():
    place = Place()
    place.party("A")
    place.member("A")
    place.output("A", "2022-01..02", 120, 100)
    rows = place.compute(Month(2022, 2), "output_growth")

    assert rows["output_growth/city/city/2022-01..02/cumulative_yoy"].value == 20
    assert rows["output_growth/city/city/2022-01..02/yoy"].value == 20
    assert not any("2022-02/" in one or "2022-01/" in one for one in rows)


def test_january_alone_does_not_apply():
    place = Place()
    rows = list(place.compute(Month(2022, 1), "output_growth").values())

    assert [(row.stat, row.absence) for row in rows] == [("yoy", "not_applicable")]


def test_a_published_rate_stands_beside_the_computed_one_and_replaces_nothing():
    place = handbook()
    place.fact("city", "2022-01..09", 1030, role="growth_published", origin="public")
    row = place.compute(SEPTEMBER, "output_growth")[CITY + "cumulative_yoy"]

    assert (row.value, row.published) == (Fraction(1500, 175), 1030)


VALUES = st.one_of(st.none(), st.integers(0, 500))


@st.composite
def panels(draw: st.DrawFn) -> Place:
    """Up to eight enterprises that enter, leave, move, stop, stay silent or are restated."""
    place = Place()
    for n in range(draw(st.integers(1, 8))):
        party = f"E{n}"
        industry = draw(st.sampled_from(["17", "32"]))
        if draw(st.booleans()):
            place.party(party, unit=draw(st.sampled_from(["u1", "u2"])), industry=industry)
        else:
            place.party(party, unit="u1", industry=industry, until=date(2021, 12, 31))
            place.party(party, unit="u2", industry=industry, since=date(2022, 1, 1))
        place.member(
            party,
            since=draw(st.sampled_from([None, date(2022, 6, 1)])),
            until=draw(st.sampled_from([None, date(2022, 7, 1)])),
        )
        place.fact(party, "2022-01..09", draw(VALUES), held=draw(st.sampled_from([False, False, False, True])))
        place.fact(party, "2022-01..09", draw(VALUES), role="last_year_restated")
        if draw(st.booleans()):
            place.fact(party, "2021-01..09", draw(st.integers(0, 500)))
    return place


@pytest.mark.property
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(panels())
def test_expressions_and_reference_agree_on_random_panels(place):
    found = compute([definition("output_growth")], place.inputs(SEPTEMBER))
    rows = {row.id: row for row in found.rows}

    for kind in ("city", "unit", "industry"):
        for scope, expected in reference.growth(place, kind, "2022-01..09", date(2022, 9, 30), "2021-01..09").items():
            row = rows[f"output_growth/{kind}/{scope}/2022-01..09/cumulative_yoy"]
            assert row.value == expected["growth"]
            assert row.covered == expected["covered"]
            if expected["n"]:
                assert rows[f"output_growth/{kind}/{scope}/2022-01..09/cumulative"].num == expected["current"]
        bridges = reference.bridge(place, kind, "2022-01..09", date(2022, 9, 30), "2021-01..09", date(2021, 9, 30))
        known = any(parts["stored"] for parts in bridges.values())
        for scope, parts in bridges.items():
            assert parts["total"] - parts["stored"] == (
                parts["growth"] + parts["restatement"] + parts["entry"] - parts["exits"] - parts["unreported"]
            )
            for name, value in parts.items() if known else ():
                assert rows[f"output_growth/{kind}/{scope}/2022-01..09/bridge_{name}"].num == value
    city = rows.get("output_growth/city/city/2022-01..09/cumulative_yoy")
    if city is not None and city.value is not None:
        points = [one.points for one in found.contributions.of("output_growth", "2022-01..09")]
        assert sum(points) == city.value


@pytest.mark.property
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(panels(), st.integers(0, 300))
def test_if_every_enterprise_grows_alike_so_does_the_city_whatever_enters_or_leaves(place, percent):
    restated = {one["party"]: one["value"] for one in place.facts if one["role"] == "last_year_restated"}
    for one in place.facts:
        if one["role"] == "value" and one["period"] == "2022-01..09":
            base = restated[one["party"]]
            one["value"] = None if base is None else base * percent
            one["absence"] = None if base is not None else "not_reported"
    for one in place.facts:
        if one["role"] == "last_year_restated" and one["value"] is not None:
            one["value"] *= 100
    row = place.compute(SEPTEMBER, "output_growth").get(CITY + "cumulative_yoy")

    if row is not None and row.value is not None:
        assert row.value == percent - 100


def test_only_one_row_may_have_an_id():
    """A definition listed twice would print two figures of one name."""
    from yunxing.engines.indicators.rows import indicators_table

    one: Indicator = definition("output_growth")
    rows = compute([one, one], handbook().inputs(SEPTEMBER)).rows
    with pytest.raises(ValueError, match="two figures are called"):
        indicators_table(rows)
