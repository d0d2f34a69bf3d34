"""Entry into statistics: the worked examples of the handbook (measure 27), qualification apart from forecast."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pack_cast import PLAN
from yunxing.engines.dispatch import growth
from yunxing.packs.command import load_command
from yunxing.packs.pipelines import load_pipelines
from yunxing.values.errors import BadInput

D = dt.date
WAN = 1_000_000  # fen
RULE = load_command(PLAN).entry
JUNE = D(2022, 6, 30)


REGISTERED, COMMISSIONED = D(2020, 11, 15), D(2021, 10, 1)


def asked(vat=2000 * WAN, revenue=2100 * WAN, *, new=True, registered=REGISTERED, commissioned=COMMISSIONED, on=JUNE):
    return growth.route(RULE, vat_fen=vat, revenue_fen=revenue, new_built=new, registered=registered, commissioned=commissioned, on=on)


def test_the_line_of_the_pack_is_twenty_million_yuan():
    assert RULE.line_fen == 2000 * WAN
    assert (RULE.near_share, RULE.registered_years, RULE.commissioned_month) == (Fraction(3, 4), 2, 10)


@pytest.mark.parametrize(
    ("changed", "route"),
    [
        ({}, "monthly"),
        ({"commissioned": D(2021, 9, 30)}, "annual"),
        ({"commissioned": D(2021, 10, 1)}, "monthly"),
        ({"vat": 2000 * WAN - 1}, "not_yet"),
        ({"vat": 2000 * WAN}, "monthly"),
        ({"vat": 2000 * WAN + 1}, "monthly"),
        ({"revenue": 2000 * WAN - 1}, "not_yet"),
        ({"new": False}, "annual"),
        ({"registered": D(2020, 6, 30)}, "monthly"),
        ({"registered": D(2020, 6, 29)}, "annual"),
        ({"registered": None}, "annual"),
        ({"commissioned": None}, "annual"),
        ({"commissioned": D(2022, 7, 1), "registered": D(2021, 1, 1)}, "annual"),
        ({"vat": None}, "not_yet"),
        ({"revenue": None}, "not_yet"),
    ],
)
def test_the_route_of_each_worked_example(changed, route):
    assert asked(**changed) == route


def test_a_commissioning_before_the_registration_is_refused():
    with pytest.raises(BadInput, match="早于注册"):
        asked(registered=D(2022, 1, 1), commissioned=D(2021, 12, 31))


def test_registered_on_a_leap_day_counts_from_the_28th():
    assert growth.route(
        RULE, vat_fen=2000 * WAN, revenue_fen=2000 * WAN, new_built=True, registered=D(2022, 2, 28), commissioned=D(2023, 11, 1), on=D(2024, 2, 29)
    ) == "monthly"  # fmt: skip


def test_a_run_rate_is_a_forecast_and_no_qualification():
    """1800万 in nine months come to 2400万 a year, and the firm is still not qualified."""
    assert growth.run_rate(1800 * WAN, 9) == 2400 * WAN
    assert not growth.qualifies(RULE, 1800 * WAN, 1900 * WAN)
    assert asked(vat=1800 * WAN, revenue=1900 * WAN) == "not_yet"


@pytest.mark.parametrize("months", [0, 13, -1])
def test_a_year_has_twelve_months(months):
    with pytest.raises(BadInput):
        growth.run_rate(1, months)


@pytest.mark.parametrize(("smaller", "near"), [(1499, False), (1500, True), (1999, True), (2000, False)])
def test_near_the_line_is_from_three_quarters_up_to_below_it(smaller, near):
    assert growth.near_line(RULE, smaller * WAN, 9000 * WAN) is near


def test_the_forecast_of_the_handbook():
    """120 in, 20 in review, 30 qualified, 60 near, 100 cultivated → 232."""
    pipeline = load_pipelines(PLAN)["above_scale_candidates"]
    counts = {"in_bank": 120, "county_checked": 12, "city_checked": 5, "province_checked": 3, "qualified": 30, "near_line": 60, "cultivated": 100, "lead": 900,
              "fell_out": 7}  # fmt: skip

    assert growth.forecast(pipeline, counts) == 232


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_both_figures_must_reach_the_line(vat, revenue):
    assert growth.qualifies(RULE, vat, revenue) == (vat >= RULE.line_fen and revenue >= RULE.line_fen)
    assert growth.near_line(RULE, vat, revenue) + growth.qualifies(RULE, vat, revenue) <= 1
    assert growth.qualifying(vat, None) is None


@given(st.integers(0, 10**9), st.integers(1, 12))
def test_the_pace_of_a_whole_year_is_the_year(so_far, months):
    assert growth.run_rate(so_far, 12) == so_far
    assert growth.run_rate(so_far, months) * months == so_far * 12
