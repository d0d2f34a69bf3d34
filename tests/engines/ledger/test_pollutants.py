"""Measure 17: ratios, the order of drawing, advances and the gate; the handbook's example to the last kg."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.ledger.pollutants import (
    KINDS,
    ORIGINS,
    Advance,
    AdvanceRule,
    Replacement,
    Source,
    county_balance,
    draw,
    may_start,
    needs,
    ratios,
    shortfall,
    source_faults,
)
from yunxing.values.errors import BadInput

LIST = ("SO2", "NOx", "PM", "VOCs", "COD", "NH3N")
RULES = (
    Replacement("pm25", "PM2.5", ("SO2", "NOx", "PM", "VOCs"), Fraction(2), "x"),
    Replacement("ozone", "O3", ("NOx", "VOCs"), Fraction(2), "x"),
    Replacement("water", "water", ("COD", "NH3N"), Fraction(2), "x"),
)
RULE = AdvanceRule("17/2a", date(2025, 12, 31), ("closure", "facility", "project"))


def test_a_year_without_pm25_doubles_the_four_of_the_air() -> None:
    """Emissions of 10, 20, 3, 5.5, 8 and 0.4 t need 20, 40, 6, 11, 8 and 0.4 t."""
    emissions = {"SO2": 10_000, "NOx": 20_000, "PM": 3_000, "VOCs": 5_500, "COD": 8_000, "NH3N": 400}
    found = needs(emissions, ratios(LIST, ["PM2.5"], RULES))
    assert found == {"SO2": 20_000, "NOx": 40_000, "PM": 6_000, "VOCs": 11_000, "COD": 8_000, "NH3N": 400}


def test_two_missed_standards_take_the_larger_multiple_not_their_product() -> None:
    assert ratios(LIST, ["PM2.5", "O3"], RULES)["NOx"] == 2
    assert set(ratios(LIST, [], RULES).values()) == {Fraction(1)}
    assert ratios(LIST, ["water"], RULES) == {"SO2": 1, "NOx": 1, "PM": 1, "VOCs": 1, "COD": 2, "NH3N": 2}


def test_a_part_of_a_kilogram_is_replaced_by_a_whole_one() -> None:
    assert needs({"NOx": 3}, {"NOx": Fraction(3, 2)}) == {"NOx": 5}


def test_own_cuts_come_first() -> None:
    """A need of 40 t: 12 of one's own, then 28 of the county's pool; the future is not touched."""
    found = draw(40_000, {"own_cut": 12_000, "county_pool": 50_000, "future_cut": 50_000})
    assert [found.of(origin) for origin in ORIGINS] == [12_000, 28_000, 0]
    assert found.missing == 0


def test_what_the_county_lacks_is_drawn_in_advance_and_then_missing() -> None:
    found = draw(40_000, {"own_cut": 0, "county_pool": 25_000, "future_cut": 10_000})
    assert found.parts == (("county_pool", 25_000), ("future_cut", 10_000))
    assert found.missing == 5_000


@given(st.integers(0, 10**6), st.dictionaries(st.sampled_from(ORIGINS), st.integers(0, 10**6)), st.permutations(ORIGINS))
def test_drawing_is_whole_and_exhausts_one_origin_before_the_next(need: int, available: dict, order: list) -> None:
    found = draw(need, available, order)
    assert sum(amount for _origin, amount in found.parts) + found.missing == need
    assert all(0 < amount <= available[origin] for origin, amount in found.parts)
    drawn = [origin for origin in order if found.of(origin)]
    assert [origin for origin, _amount in found.parts] == drawn
    before = order[: order.index(drawn[-1])] if drawn else []
    assert all(found.of(origin) == available.get(origin, 0) for origin in before)
    assert found.missing == 0 or all(found.of(origin) == available.get(origin, 0) for origin in order)


@pytest.mark.parametrize(
    ("verified", "short", "opens"), [(None, 10_000, False), (9_000, 1_000, False), (9_999, 1, False), (10_000, 0, True), (11_000, 0, True)]
)
def test_the_gate_opens_only_when_the_whole_advance_is_verified(verified: int | None, short: int, opens: bool) -> None:
    """NOx 10.000 t in advance and 9.000 verified: 1.000 is missing and the start is refused until it is covered."""
    assert shortfall(10_000, verified) == short
    assert may_start([Advance("P-1", "NOx", 10_000, verified or 0)]) is opens


def test_one_open_advance_keeps_the_gate_shut_for_all() -> None:
    done = Advance("P-1", "SO2", 5, 5)
    assert may_start([done])
    assert not may_start([done, Advance("P-1", "NOx", 1, 0)])
    assert may_start([])


def source(**changed) -> Source:
    return Source(
        **{
            "id": "S-1",
            "firm": "f",
            "county": "A01",
            "kind": "closure",
            "pollutant": "NOx",
            "planned_kg": 10_000,
            "planned_done": date(2023, 6, 30),
            "baseline_kg": 12_000,
        }
        | changed
    )


def test_a_planned_closure_in_the_county_may_be_drawn_on() -> None:
    assert source_faults(source(), "A01", production=date(2023, 7, 1), rule=RULE) == []


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"county": "A02"}, "county"),
        ({"kind": "voluntary"}, "kind"),
        ({"planned_done": date(2026, 1, 1)}, "planned_done"),
        ({"planned_kg": 0}, "planned_kg"),
        ({"planned_kg": 12_001}, "planned_kg"),
    ],
)
def test_what_may_not_be_drawn_on(changed: dict, place: str) -> None:
    assert [one.place for one in source_faults(source(**changed), "A01", production=date(2030, 1, 1), rule=RULE)] == [place]


def test_the_citys_decision_opens_another_county_and_the_last_day_counts() -> None:
    found = source(county="A02", decision="市政府决定〔合成〕1号", planned_done=date(2025, 12, 31))
    assert source_faults(found, "A01", production=date(2026, 1, 1), rule=RULE) == []


@pytest.mark.parametrize(("done", "faults"), [(date(2023, 6, 29), 0), (date(2023, 6, 30), 1), (date(2023, 7, 1), 1)])
def test_a_cut_on_the_day_of_production_is_too_late(done: date, faults: int) -> None:
    assert len(source_faults(source(planned_done=done), "A01", production=date(2023, 6, 30), rule=RULE)) == faults


def test_one_source_serves_one_project_and_all_faults_are_told_at_once() -> None:
    found = source_faults(source(county="A02", kind="voluntary"), "A01", production=None, rule=RULE, used_by="P-9")
    assert [one.place for one in found] == ["county", "kind", "source"]
    assert "P-9" in found[-1].found


def test_a_countys_balance_is_never_below_zero() -> None:
    assert county_balance(100, 60, 40) == 0
    with pytest.raises(BadInput, match="never below 0"):
        county_balance(100, 60, 41)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: needs({"lead": 1}, {"NOx": Fraction(1)}),
        lambda: needs({"NOx": -1}, {"NOx": Fraction(1)}),
        lambda: ratios(LIST, ["noise"], RULES),
        lambda: draw(-1, {}),
        lambda: draw(1, {"own_cut": -1}),
    ],
)
def test_what_does_not_fit_is_refused(wrong) -> None:
    with pytest.raises(BadInput):
        wrong()


def test_the_kinds_are_those_of_the_handbook() -> None:
    assert set(RULE.kinds) < set(KINDS)
