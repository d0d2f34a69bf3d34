"""The ledgers' tests on what items and reports hold: each branch by a hand-made case, the comparison shown beside the verdict agreeing with it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pack_cast import PLAN
from yunxing.engines.ledger.land import IdleRule, Parcel, comparisons, idle
from yunxing.flows.assess_factors import county_tests, newest_period, parcel_test, supply_of
from yunxing.packs.quotas import load_quotas

QUOTAS = load_quotas(PLAN)
RULE = QUOTAS.land
TODAY = date(2022, 9, 30)
STARTED = {
    "agreed_start": "2020-01-01", "actual_start": "2020-02-01", "suspended_since": "2021-03-01", "area_due": 39_000, "area_started": 13_000,
    "total_invest": 6_000_000, "invested": 1_500_000, "cause": "企业原因", "kind": "闲置土地",
}  # fmt: skip


def verdict(**changed) -> tuple[str, str]:
    found = parcel_test(RULE, "P", {**STARTED, **changed}, TODAY)
    assert found.verdict is not None, found.missing
    return found.verdict.state, found.verdict.follows


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({}, ("no", "")),  # exactly a third and exactly a quarter are not too little
        ({"area_started": 12_999}, ("may_be", "negotiate")),
        ({"invested": 1_499_999}, ("may_be", "negotiate")),
        ({"area_started": 1, "suspended_since": "2021-09-30"}, ("no", "")),  # the year ends today: not over
        ({"area_started": 1, "suspended_since": "2021-09-29"}, ("may_be", "negotiate")),
        ({"area_started": 1, "suspended_since": None}, ("no", "")),
        ({"actual_start": None, "agreed_start": "2021-09-30"}, ("no", "")),
        ({"actual_start": None, "agreed_start": "2021-09-29"}, ("idle", "fee")),
        ({"actual_start": None, "agreed_start": "2020-09-29"}, ("idle", "take_back")),
        ({"actual_start": None, "agreed_start": "2020-09-29", "cause": "政府原因"}, ("idle", "negotiate")),
        ({"actual_start": None, "agreed_start": "2020-09-29", "cause": "不可抗力"}, ("idle", "negotiate")),
    ],
)
def test_a_parcel_is_judged_at_its_edges(changed, answer):
    """One m², one fen and one day decide."""
    assert verdict(**changed) == answer


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"kind": "批而未供"}, "not_supplied"),
        ({"agreed_start": None}, "agreed_start"),
        ({"area_due": None}, "area_due"),
        ({"total_invest": 0}, "total_invest"),
    ],
)
def test_what_cannot_be_tested_says_what_is_missing(changed, missing):
    """Absent is not zero: a started parcel without its area due is not idle, it is not tested."""
    found = parcel_test(RULE, "P", {**STARTED, **changed}, TODAY)

    assert (found.verdict, found.missing) == (None, missing)


def test_more_started_than_due_is_told_as_a_fault():
    found = parcel_test(RULE, "P", {**STARTED, "area_started": 39_001}, TODAY)

    assert found.verdict is None
    assert "39001 m² started of 39000 m² due" in found.missing


def test_the_comparison_shows_the_numbers_multiplied_crosswise():
    """In square metres and in yuan, with the sign that holds."""
    lines = parcel_test(RULE, "P", {**STARTED, "area_started": 12_000}, TODAY).comparisons

    assert [one.zh for one in lines] == [
        "中止建设满 1 年：2022-09-30 > 2022-03-01", "已动工面积（平方米）：3 × 12,000 = 36,000 < 39,000 = 1 × 39,000",
        "已投资额（元）：4 × 15,000 = 60,000 = 60,000 = 1 × 60,000",
    ]  # fmt: skip
    assert [one.holds for one in lines] == [True, True, False]
    odd = parcel_test(RULE, "P", {**STARTED, "invested": 1_499_999}, TODAY).comparisons[2]
    assert odd.en == "money invested (yuan): 4 × 14,999.99 = 59,999.96 < 60,000.00 = 1 × 60,000.00"


amount = st.integers(0, 10_000)


@given(amount, amount, amount, amount, st.dates(date(2018, 1, 1), date(2023, 1, 1)), st.booleans(), st.booleans())
def test_the_comparisons_are_the_verdict(due, started, total, invested, since, begun, suspended):
    """Second oracle: the verdict follows from the comparisons shown, whatever the parcel."""
    parcel = Parcel(
        "P", since, 100, max(due, started), started, total, invested, since if begun else None, since if begun and suspended else None
    )
    shown = {one.id: one.holds for one in comparisons(parcel, RULE, TODAY)}
    state = idle(parcel, RULE, TODAY).state

    if not begun:
        assert (state == "idle") == shown["time"]
    elif not suspended:
        assert (state, shown) == ("no", {"time": False})
    else:
        assert (state == "may_be") == (shown["time"] and (shown["started"] or shown["invested"]))


def supply(**fields):
    full = {f"limit_{one.id}": "10" for one in QUOTAS.land_items}
    return supply_of("S", {"project": "某项目", "key_area": True, "standard": True, **full, **fields}, QUOTAS.land_items)


def test_a_full_supply_has_every_limit_as_an_exact_number():
    found, faults = supply(limit_tax="22.5", value_tax="22.49")

    assert faults == []
    assert (found.limits["tax"], found.values["tax"]) == (Fraction(45, 2), Fraction(2249, 100))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"limit_tax": ""}, "no limit"),
        ({"standard": False}, "not as standard land"),
        ({"limit_tax": "约二十"}, "约二十"),
        ({"value_green": "—"}, "—"),
    ],
)
def test_what_keeps_a_supply_from_being_standard_land_is_told(fields, words):
    _found, faults = supply(**fields)

    assert any(words in one.found for one in faults)


def facts(**changed):
    """A county's nine months: 3.25 % less energy to a yuan, 60 t of coal less."""
    now = {"energy_total": 967_500, "feedstock": 0, "new_renewables": 100, "gdp_constant": 1000, "coal_used": 940_000} | changed
    before = {"energy_total": 1_000_000, "feedstock": 0, "gdp_constant": 1000, "coal_used": 1_000_000}
    for role, values in (("value", now), ("last_year_restated", before)):
        for item, value in values.items():
            yield {
                "form": "q",
                "period": "2022-01..09",
                "as_reported": "cumulative",
                "held": False,
                "role": role,
                "party": "A",
                "item": item,
                "value": value,
            }


def quotas(drop="3.25%", coal="59.999 吨", cap=""):
    """The plan's rules with one county's target."""
    from dataclasses import replace

    from yunxing.engines.ledger.quota_book import EnergyTarget
    from yunxing.values.money import parse_rate
    from yunxing.values.quantity import parse_quantity

    tons = parse_quantity(coal).to("吨").value
    target = EnergyTarget("A", 2022, parse_rate(drop), tons, int(cap) if cap else None, "assumption")
    return replace(QUOTAS, energy_targets={("A", 2022): target})


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        ({"drop": "3.24%"}, "exempt"),
        ({}, "no_cap"),  # the drop equals its target: fulfilled, not over-fulfilled
        ({"drop": "3.24%", "coal": "60 吨"}, "no_cap"),
        ({"cap": "96740"}, "within"),
        ({"cap": "96739"}, "over"),
        ({"drop": "3.24%", "cap": "1"}, "exempt"),  # an exempt county's total is not assessed
    ],
)
def test_a_county_is_exempt_only_when_both_targets_are_strictly_exceeded(terms, found):
    """The assessed total leaves out feedstock and new renewables: 967.4 t."""
    (one,) = county_tests(quotas(**terms), "q", "2022-01..09", list(facts()), ["A"])

    assert one.verdict == found


@pytest.mark.parametrize(
    ("rows", "missing"),
    [(list(facts(coal_used=None)), "report"), ([], "report"), ([one | {"held": True} for one in facts()], "report")],
)
def test_a_county_without_its_report_is_not_assessed(rows, missing):
    (one,) = county_tests(quotas(), "q", "2022-01..09", rows, ["A"])

    assert (one.verdict, one.missing) == ("open", missing)


def test_a_county_without_targets_is_not_assessed():
    (one,) = county_tests(quotas(), "q", "2021-01..09", list(facts()), ["A"])

    assert (one.verdict, one.missing) == ("open", "target")


def test_the_newest_report_of_the_form_is_taken():
    rows = [{"form": form, "period": period, "as_reported": kind} for form, period, kind in (
        ("q", "2022-01..06", "cumulative"), ("q", "2022-01..09", "cumulative"), ("q", "2022-12", "month"), ("x", "2022-01..12", "cumulative"),
    )]  # fmt: skip

    assert newest_period("q", rows) == "2022-01..09"
    assert newest_period("q", []) == ""


def test_the_rule_of_the_plan_is_the_one_these_edges_are_about():
    assert IdleRule(RULE.clause, Fraction(1, 3), Fraction(1, 4), 1, Fraction(1, 5), 2) == RULE
