"""Measure 16: the handbook's vectors to the last digit, and what must be refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.ledger.energy import (
    Coefficient,
    CountyYear,
    assess_county,
    drop,
    in_centi,
    increment,
    is_exempt,
    quota_price,
    renewable_shares,
    standard_coal,
)
from yunxing.engines.ledger.splits import Split
from yunxing.values.errors import BadInput

HALVES = Split("renewable", "16/1", {"city": Fraction(1, 2), "county_of_project": Fraction(1, 2)}, tie_to="county_of_project")
TABLE = {
    name: Coefficient(name, unit, Fraction(tce), basis)
    for name, unit, tce, basis in (
        ("raw_coal", "t", "0.7143", ""),
        ("coke", "t", "0.9714", ""),
        ("diesel", "t", "1.4571", ""),
        ("heat", "GJ", "0.03412", ""),
        ("electricity", "万kWh", "1.229", "heat"),
        ("electricity_equivalent", "万kWh", "2.9", "equivalent"),
    )
}
WAN = 10_000 * 100  # 万tce in 0.01 tce
YI = 10**10  # 亿元 in fen


def year(number: int, total: int, gdp: int, feedstock: int = 0, renewable: int = 0) -> CountyYear:
    return CountyYear("A01", number, total * WAN, feedstock * WAN, renewable * WAN, gdp * YI)


def percent(value: Fraction) -> str:
    return f"{float(value * 100):.2f}"


def test_the_mix_of_the_handbook_is_13313_12_tce() -> None:
    mix = {"raw_coal": 10_000, "coke": 500, "electricity": 3_000, "diesel": 200, "heat": 50_000}
    parts = [in_centi(standard_coal({name: amount}, TABLE)) for name, amount in mix.items()]
    assert parts == [714_300, 48_570, 368_700, 29_142, 170_600]
    assert in_centi(standard_coal(mix, TABLE)) == 1_331_312


def test_a_hundred_megawatts_for_1200_hours() -> None:
    found = increment(100_000, 1200, TABLE["electricity"])
    assert found == 1_474_800
    assert renewable_shares(found, HALVES, "A05") == {"city": 737_400, "A05": 737_400}
    assert renewable_shares(found + 1, HALVES, "A05") == {"city": 737_400, "A05": 737_401}


def test_intensity_drops_with_and_without_feedstock() -> None:
    plain = (year(2021, 2000, 2500), year(2022, 2080, 2700))
    less = (year(2021, 2000, 2500, 200), year(2022, 2080, 2700, 260))
    assert [f"{float(one.intensity * YI / WAN):.4f}" for one in (*plain, *less)] == ["0.8000", "0.7704", "0.7200", "0.6741"]
    assert percent(drop(*plain)) == "3.70"
    assert percent(drop(*less)) == "6.38"


def test_new_renewables_leave_the_total_and_stay_in_intensity() -> None:
    """2080 − 260 − 30 = 1790 万tce; the intensity is the same with them and without."""
    now = year(2022, 2080, 2700, 260, 30)
    assert now.assessed_total == 1790 * WAN
    assert now.intensity == year(2022, 2080, 2700, 260).intensity


@pytest.mark.parametrize(
    ("reached", "cut", "exempt"),
    [("3.20", "50.01", False), ("3.21", "50.01", True), ("3.21", "50.00", False), ("3.19", "60", False), ("3.2000001", "50.0000001", True)],
)
def test_only_over_fulfilling_both_exempts(reached: str, cut: str, exempt: bool) -> None:
    """3.20 against 3.20 is fulfilled and not over-fulfilled; 「和」 asks for both."""
    assert is_exempt(Fraction(reached), Fraction("3.20"), Fraction(cut), Fraction("50.00")) is exempt


def test_the_other_reading_is_a_switch() -> None:
    even = (Fraction("3.20"), Fraction("3.20"), Fraction(50), Fraction(50))
    assert not is_exempt(*even)
    assert is_exempt(*even, strict=False)


def test_a_countys_year_is_assessed_unless_it_is_exempt() -> None:
    base, now = year(2021, 2000, 2500, 200), year(2022, 2080, 2700, 260, 30)
    terms = {"coal_cut": Fraction("50.01"), "coal_target": Fraction(50), "cap": 1789 * WAN}
    free = assess_county(base, now, drop_target=Fraction("0.0637"), **terms)
    bound = assess_county(base, now, drop_target=Fraction("0.0639"), **terms)
    assert (free.exempt, free.within_cap) == (True, None)
    assert (bound.exempt, bound.within_cap, bound.assessed_total) == (False, False, 1790 * WAN)
    assert assess_county(base, now, drop_target=Fraction(1), **{**terms, "cap": 1790 * WAN}).within_cap is True
    assert assess_county(base, now, drop_target=Fraction(1), **{**terms, "cap": None}).within_cap is None


@pytest.mark.parametrize(
    ("amount", "price", "fen"), [(500_000, 200_00, 100_000_000), (1, 200_00, 200_00 // 100), (1, 50, 1), (1, 49, 0), (0, 9, 0)]
)
def test_the_price_of_quota_on_application(amount: int, price: int, fen: int) -> None:
    """5000 tce at 200 yuan are a million; a hundredth of a ton is charged half up to the fen."""
    assert quota_price(amount, price) == fen


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 10**6))
def test_excluding_more_never_raises_what_is_assessed(plain: int, feedstock: int, renewable: int, gdp: int) -> None:
    total = plain + feedstock + renewable
    all_in, excluded = CountyYear("c", 1, total, 0, 0, gdp), CountyYear("c", 1, total, feedstock, renewable, gdp)
    assert excluded.assessed_total == plain <= all_in.assessed_total
    assert excluded.intensity <= all_in.intensity


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: standard_coal({"peat": 1}, TABLE),
        lambda: standard_coal({"coke": -1}, TABLE),
        lambda: standard_coal({"electricity": 1, "electricity_equivalent": 1}, TABLE),
        lambda: increment(0, 1200, TABLE["electricity"]),
        lambda: in_centi(Fraction(-1)),
        lambda: year(2022, 100, 10, 60, 50),
        lambda: year(2022, 100, 0),
        lambda: year(2022, -1, 10),
        lambda: drop(year(2021, 0, 10), year(2022, 1, 10)),
        lambda: drop(year(2021, 1, 10), CountyYear("A02", 2022, 1, 0, 0, 1)),
        lambda: quota_price(-1, 1),
    ],
)
def test_what_does_not_fit_is_refused(wrong) -> None:
    """A fuel without a coefficient, two bases in one total, F above E, no GDP, two counties."""
    with pytest.raises(BadInput):
        wrong()


def test_a_basis_that_carries_nothing_does_not_count_as_mixed() -> None:
    assert standard_coal({"electricity": 1, "electricity_equivalent": 0}, TABLE) == Fraction("1.229")
