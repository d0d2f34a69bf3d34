"""Formulas over forms: the handbook's vectors, what a term takes, what is absent, and every card of the first plan against the slow twin on drawn facts."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.indicators.filled import AsClosed, Filled, formulas
from engines.indicators.small import Place, definition
from yunxing.engines.indicators.compute import compute
from yunxing.engines.indicators.formula import Lost, Ratio, evaluate, filled, names, parse
from yunxing.engines.indicators.rows import Row
from yunxing.engines.indicators.trace import Trail, traced
from yunxing.values.errors import BadInput
from yunxing.values.period import Month

SEPTEMBER = Month(2022, 9)
WAN = 10**6


@pytest.mark.parametrize("month", [Month(2022, 9), Month(2022, 2)])
def test_every_card_of_the_plan_agrees_with_its_slow_twin(month: Month):
    """Drawn facts with blanks, held rows and second keys: every figure of the closing report, at every scope, is taken again row by row in plain Python."""
    cards = formulas()
    place = Filled(month, seed=month.month).fill(*sorted({one.form for one in cards}))
    rows = list(compute(cards, place.inputs(month)).rows)
    trail = Trail(AsClosed(place, month, cards, rows))
    agreed, seen = 0, set()
    for row in rows:
        found = traced(trail, row.id)
        if found.formula_en.startswith("traced in"):
            continue
        assert found.recomputed == row.value, f"{row.id}: {found.formula_zh} {found.recomputed} {row}"
        agreed += row.value is not None
        seen |= {(row.indicator, row.scope_kind)} if row.value is not None else set()
    assert agreed > 300
    assert month.month == 2 or {one.id for one in cards} == {one for one, _ in seen}
    assert month.month == 2 or {("tax_relief", "detail"), ("discount_coverage", "party"), ("stopped_firms", "industry")} <= seen


def at(place: Place, indicator: str, stat: str, scope: str = "city/city", period: str = "2022-01..09", month: Month = SEPTEMBER) -> Row:
    return place.compute(month, indicator)[f"{indicator}/{scope}/{period}/{stat}"]


def reported(
    form: str, party: str, period: str = "2022-01..09", place: Place | None = None, *, as_reported: str = "cumulative", **values: int | None
) -> Place:
    place = place or Place()
    for item, value in values.items():
        role = "last_year_restated" if item.endswith("_ly") else "value"
        place.fact(party, period, value, form=form, item=item.removesuffix("_ly"), role=role, as_reported=as_reported)
    return place


def test_leverage_is_social_capital_over_fiscal_money():
    """3.6亿 / 0.12亿 = 30.0."""
    place = reported(
        "special_fund_month", "u1", social_capital=36_000 * WAN, fiscal_received=1_200 * WAN, fiscal_paid=600 * WAN, funded_projects=3
    )
    row = at(place, "social_capital_leverage", "leverage")

    assert (row.value, row.unit) == (30, "times")
    assert at(place, "social_capital_leverage", "paid_share").value == 50


def test_local_purchases_are_forty_percent_of_all_purchases():
    """46亿 / 115亿 = 40.0 %: a ratio of sums."""
    place = Place()
    for party, local, bought in (("A", 40, 65), ("B", 6, 50)):
        place.party(party)
        place.member(party, "chain_leaders")
        reported("chain_quarter", party, place=place, local_purchases=local * 10**10, purchases=bought * 10**10)

    assert at(place, "local_purchase_share", "local_share").value == 40


def unit_days(place: Place, unit: str, days: int, **values: int) -> Place:
    place.party(unit, kind="site")
    place.member(unit, "power_units")
    for day in range(1, days + 1):
        reported("power_unit_day", unit, f"2022-09-{day:02d}", place, as_reported="day", **values)
    return place


def test_availability_of_a_unit_is_686_of_720_hours():
    """300 MW, 720 hours, 24 of them unplanned, 60 MW less for 50 hours: EUNDH 10, EAF 95.28 %."""
    rated = 300_000 * 24
    place = unit_days(Place(), "S1", 30, capacity_energy=rated, planned_hours=0, unplanned_hours=0, unplanned_starts=0)
    for one in place.facts:
        if one["period"] == "2022-09-10" and one["item"] == "unplanned_hours":
            one["value"] = 24 * 60
        if one["period"] == "2022-09-10" and one["item"] == "unplanned_starts":
            one["value"] = 1
    reported("power_unit_day", "S1", "2022-09-20", place, as_reported="day", lost_coal_shortage=60_000 * 50)

    assert at(place, "unit_outage", "availability", period="2022-09").value == Fraction(68600, 720)
    assert at(place, "unit_outage", "outages", period="2022-09").value == 1
    assert at(place, "unit_outage", "derated_coal_shortage", period="2022-09").value == Fraction(100 * 10, 720)
    assert at(place, "unit_outage", "derated_equipment", period="2022-09").value == 0
    assert at(place, "unit_outage", "availability", "party/S1", "2022-09").value == Fraction(68600, 720)


def test_availability_of_two_units_is_weighted_by_capacity():
    """A 600 MW unit that stands still all month weighs twice one of 300 MW that runs."""
    place = unit_days(Place(), "S1", 30, capacity_energy=300_000 * 24, planned_hours=0, unplanned_hours=0, unplanned_starts=0)
    unit_days(place, "S2", 30, capacity_energy=600_000 * 24, planned_hours=1440, unplanned_hours=0, unplanned_starts=0)

    assert at(place, "unit_outage", "availability", period="2022-09").value == Fraction(100, 3)


def processes(**intensity: int) -> Place:
    place = Place()
    for name, value in intensity.items():
        party = name.partition("_")[0]
        if not any(one["id"] == party for one in place.parties):
            place.party(party)
            place.member(party, "efficiency_firms")
        reported(
            "efficiency_quarter",
            name.replace("_", "/"),
            "2022-09",
            place,
            as_reported="month",
            intensity=value,
            benchmark=100,
            baseline=150,
        )
    return place


def test_the_class_of_a_process_counts_equality_as_reached():
    """Value ≤ benchmark → 标杆; ≤ baseline → 合格; above → 限期改造; lower is better."""
    place = processes(A_clinker=100, B_clinker=101, C_clinker=150, A_coke=151)
    found = {
        stat: at(place, "efficiency_class", stat, period="2022-09").value
        for stat in ("benchmark", "qualified", "below", "processes", "benchmark_share")
    }

    assert found == {"benchmark": 1, "qualified": 2, "below": 1, "processes": 4, "benchmark_share": 25}
    assert at(place, "efficiency_class", "below", "detail/coke", "2022-09").value == 1


def test_a_quarterly_form_gives_the_last_quarter_that_has_ended():
    place = Place()
    place.party("A")
    place.member("A", "chain_leaders")
    reported("chain_quarter", "A", "2022-01..06", place, local_purchases=40, purchases=100)
    rows = place.compute(Month(2022, 8), "local_purchase_share")

    assert rows["local_purchase_share/city/city/2022-01..06/local_share"].value == 40


def test_shortage_tiers_include_their_bounds():
    """9 → town, 10 and 49 → county specialist, 50 → county bureau, 100 → city; rate = shortage/(headcount + shortage)."""
    place = Place()
    for party, missing in (("A", 9), ("B", 10), ("C", 49), ("D", 50), ("E", 100), ("F", 0)):
        place.party(party)
        place.member(party)
        reported("enterprise_month", party, "2022-09", place, as_reported="month", shortage=missing, employees=100)
    found = {
        stat: at(place, "labour_shortage", stat, period="2022-09").value
        for stat in ("tier_one", "tier_two", "tier_three", "tier_four", "missing", "rate")
    }

    assert found == {"tier_one": 1, "tier_two": 2, "tier_three": 1, "tier_four": 1, "missing": 218, "rate": Fraction(21800, 818)}


def test_land_is_disposed_of_in_hectares_and_share():
    """112.98 of 336.95 ha is 33.53 %."""
    place = reported("land_month", "u1", unsupplied_done=1_129_800, idle_done=736_300, standard_supplies=9, key_area_supplies=10)
    reported("land_month", "u1", "2022-09", place, as_reported="month", unsupplied_base=3_369_500, idle_base=2_253_100)

    assert round(float(at(place, "land_disposal", "unsupplied_rate").value), 2) == 33.53
    assert round(float(at(place, "land_disposal", "idle_rate").value), 2) == 32.68
    assert at(place, "standard_land_share", "share").value == 90
    assert at(place, "standard_land_share", "missing").value == 1


def test_the_channel_is_judged_by_its_least_depth():
    place = Place()
    for party, depth in (("S1", 10_500), ("S2", 9_900)):
        place.party(party, kind="site")
        place.member(party, "channels")
        reported("channel_month", party, "2022-09", place, as_reported="month", least_depth=depth, design_depth=10_000)

    assert at(place, "channel_depth", "depth", period="2022-09").value == 9_900
    assert at(place, "channel_depth", "shallow", period="2022-09").value == 1
    assert at(place, "channel_depth", "shallow", "party/S1", "2022-09").value == 0


def test_trains_and_their_load_rate():
    place = Place()
    place.party("S1", kind="site")
    place.member("S1", "rail_services")
    reported("rail_month", "S1", place=place, trains=120, trains_ly=100, teu=960_000, teu_capacity=1_000_000, return_trains=30)

    assert at(place, "train_services", "trains_growth").value == 20
    assert at(place, "train_services", "load_rate").value == 96
    assert at(place, "train_services", "teu").value == 9600


def test_months_without_a_hiring_event_are_counted_over_the_year():
    """January and February are one report; a month that nobody reported is not a month without an event."""
    place = Place()
    for code, events in (("2022-01..02", 0), ("2022-03", 2), ("2022-04", 0), ("2022-06", 1), ("2022-09", 0)):
        kind = "cumulative" if ".." in code else "month"
        reported("hiring_month", "u1", code, place, as_reported=kind, hiring_events=events)
    reported("hiring_month", "u1", "2021-12", place, as_reported="month", hiring_events=0)

    assert at(place, "months_without_hiring", "without").value == 3


def test_holiday_sales_stand_on_aligned_windows_and_the_same_sellers():
    place = Place()
    for party, now, last in (("u1/may_day", 110, 100), ("u2/may_day", 50, None), ("u1/national", 0, 0)):
        reported(
            "holiday_sales_event",
            party,
            "2022-05",
            place,
            as_reported="event",
            appliance_sales=now,
            window_from=19112,
            window_to=19116,
            sold_units=100,
            tradein_units=25,
        )
        if last is not None:
            place.fact(
                party, "2022-05", last, form="holiday_sales_event", item="appliance_sales", role="last_year_restated", as_reported="event"
            )

    assert at(place, "holiday_appliance_sales", "sales_growth").value == 10
    assert at(place, "holiday_appliance_sales", "sales", "detail/may_day").value == 160
    assert at(place, "holiday_appliance_sales", "daily_sales", "detail/may_day").value == Fraction(160, 10)
    assert at(place, "holiday_appliance_sales", "conversion").value == 25


def test_days_early_are_planned_less_actual():
    place = Place()
    for party, planned, actual in (("P1", 100, 90), ("P2", 100, 130), ("P3", None, 50), ("P4", 100, None)):
        place.party(party, kind="project", planned_start=planned)
        place.member(party, "key_projects")
        reported("project_month", party, "2022-09", place, as_reported="month", started_on=actual)

    assert at(place, "lead_days", "lead", period="2022-09").value == Fraction(-20, 2)
    assert (at(place, "lead_days", "early", period="2022-09").value, at(place, "lead_days", "late", period="2022-09").value) == (1, 1)


def test_insurance_covers_small_exporters_and_penetrates_exports():
    place = Place()
    for party, small, exports, insured in (("A", 1, 100, 50), ("B", 1, 100, 0), ("C", 0, 800, 100), ("D", 1, 0, 0)):
        place.party(party, small=small)
        place.member(party, "trading_firms")
        reported("trade_firm_month", party, place=place, firm_exports=exports, insured_exports=insured)

    assert at(place, "credit_insurance_coverage", "coverage").value == 50
    assert at(place, "credit_insurance_coverage", "penetration").value == 15
    assert at(place, "credit_insurance_coverage", "not_insured").value == 1


def test_energy_intensity_falls_by_what_product_grew_more_than_energy():
    place = reported(
        "county_energy_quarter", "u1", energy_total=990, energy_total_ly=1000, feedstock=0, feedstock_ly=0, gdp_constant=110, gdp_constant_ly=100, coal_used=90, coal_used_ly=100,
        new_renewables=40, renewables=100, new_feedstock=10,
    )  # fmt: skip

    assert at(place, "county_energy_light", "intensity_fall").value == 10
    assert at(place, "county_energy_light", "coal_cut").value == 10
    assert at(place, "energy_total", "controlled").value == 950
    assert at(place, "energy_total", "controlled_growth").value == -5
    assert at(place, "energy_dual_control", "assessed").value == 980


def test_growth_over_a_base_that_is_not_positive_is_told_in_words():
    place = reported("trade_month", "u1", exports=5, exports_ly=0, imports=5, imports_ly=0)
    row = at(place, "trade_value", "trade_growth")
    assert (row.absence, row.reason) == ("undefined", "上年同期数为零，不计算增速")


def test_only_reporters_of_both_sides_are_compared():
    place = reported("trade_month", "u1", exports=110, exports_ly=100, imports=10, imports_ly=10)
    place.fact("u2", "2022-01..09", 999, form="trade_month", item="exports")

    assert at(place, "trade_value", "exports_growth").value == 10


def test_nobody_reported_is_absent_and_nobody_meets_is_zero():
    place = Place()
    place.party("A")
    place.member("A")
    assert at(place, "loss_share", "loss_share").absence == "not_reported"

    reported("enterprise_month", "A", place=place, profit=5, revenue=10)
    assert at(place, "loss_share", "loss_share").value == 0
    assert at(place, "loss_share", "lost").value == 0
    assert at(place, "loss_share", "margin").value == 50


def test_a_held_value_is_out_and_the_covered_share_says_so():
    place = Place()
    for party, held in (("A", False), ("B", True), ("C", False)):
        place.party(party)
        place.member(party)
        if party != "C":
            place.fact(party, "2022-01..09", -5, item="profit", held=held)
    row = at(place, "loss_share", "losing")

    assert (row.value, row.covered) == (1, Fraction(2, 3))


def test_earlier_reports_give_the_headline_alone():
    place = reported("trade_month", "u1", exports=110, exports_ly=100, imports=10, imports_ly=10)
    reported("trade_month", "u1", "2022-01..08", place, exports=100, exports_ly=100, imports=10, imports_ly=10)
    rows = place.compute(SEPTEMBER, "trade_value")

    assert rows["trade_value/city/city/2022-01..08/trade_growth"].value == 0
    assert "trade_value/city/city/2022-01..08/exports" not in rows


def test_january_alone_does_not_apply():
    rows = list(Place().compute(Month(2022, 1), "trade_value").values())
    assert [(row.stat, row.absence) for row in rows] == [("trade_growth", "not_applicable")]


def test_parts_too_large_for_the_store_are_reduced_and_then_kept_to_nine_decimals():
    assert Ratio(10**20, 10**19).fitted() == (Ratio(10, 1), True)
    kept, exact = Ratio(2 * 10**40 + 1, 3 * 10**40).fitted()
    assert (kept, exact) == (Ratio(666_666_667, 10**9), False)
    assert Ratio(3, 7).fitted() == (Ratio(3, 7), True)


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("a +", "cannot be read"),
        ("a ** 2", "holds"),
        ("a % b", "holds"),
        ("1.5 * a", "holds 1.5"),
        ("growth(a)", "holds growth"),
        ("open('x')", "holds"),
        ("a.b", "holds"),
        ("[a]", "holds"),
        ("True", "holds True"),
        ("a if b else c", "holds"),
    ],
)
def test_only_arithmetic_is_read(formula: str, says: str):
    with pytest.raises(BadInput, match=says):
        parse(formula)


def test_a_formula_names_its_terms_and_is_shown_with_their_numbers():
    assert names("100 * growth(a, b) / max(c, 2)") == {"a", "b", "c"}
    assert filled("100 * ab / (a - b)", {"a": "3", "b": "1", "ab": "50"}) == "100 × 50 ÷ (3 − 1)"


TERMS = ("a", "b", "c")
LEAVES = st.one_of(st.sampled_from(TERMS), st.integers(0, 50).map(str))
FORMULAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda t: f"(-{t})"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
    ),
    max_leaves=8,
)


@given(FORMULAS, st.lists(st.one_of(st.none(), st.integers(-1000, 1000)), min_size=3, max_size=3))
def test_unreduced_parts_give_what_fractions_give(formula: str, drawn: list[int | None]):
    """Against Python's own evaluation over Fractions; an absent term and a division by zero have their own words."""
    terms = dict(zip(TERMS, drawn, strict=True))
    found = evaluate(formula, terms)
    known = {name: None if value is None else Fraction(value) for name, value in terms.items()}
    try:
        expected = eval(re.sub(r"\b(\d+)\b", r"Fraction(\1)", formula), {"min": min, "max": max, "Fraction": Fraction}, known)
    except ZeroDivisionError:
        expected = "zero"
    except TypeError:
        expected = "absent"
    if isinstance(found, Lost):
        assert expected in ("zero", "absent", None)
    elif isinstance(expected, str):
        pytest.fail(f"{formula} of {terms} is {found}")
    else:
        assert found.value == expected
        assert found.den > 0


def test_the_card_carries_terms_and_figures_for_the_closed_month():
    card = definition("discount_coverage").card()
    assert card["terms"][0]["item"] == "discounted_loans"
    assert card["figures"][0]["formula"] == "100 * discounted / loans"
