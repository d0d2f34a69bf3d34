"""Acts of the first plan as groups of transfers: every worked example of measures 12, 13, 15, 16 and 17 through the pack's own rules."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunxing.engines.ledger.acts import ADVANCED, OWN, Balances, Given, Loan, Planned, Pledge, plan
from yunxing.engines.ledger.pollutants import Source
from yunxing.engines.ledger.quota_book import Quotas
from yunxing.packs.quotas import load_quotas
from yunxing.values.errors import BadInput

PACK = Path(__file__).parents[3] / "plans" / "binzhou_2022_156"
DAY = date(2022, 9, 30)
COUNTY, OTHER, FIRM, PROJECT = "371602", "371621", "91990000MA00000A0X", "P-1"


@cache
def quotas() -> Quotas:
    return load_quotas(PACK)


def planned(act: str, amount: int = 0, balances: dict[str, int] | None = None, pledges=(), loans=(), **more) -> Planned:
    known = balances or {}
    given_now = Given("k", DAY, amount, more.pop("unit", ""), document="某文件", **more)
    return plan(quotas(), quotas().acts[act], given_now, Balances(lambda account: known.get(account, 0), pledges, loans))


def legs(found: Planned, number: int = 0) -> dict[str, int]:
    return {leg.account: leg.amount for leg in found.group.transfers[number].legs}


def pledge(name: str, left: int, county: str = COUNTY, done: date = date(2023, 3, 31)) -> Pledge:
    return Pledge(f"m17_advance/kg-NOx/{name}", Source(name, FIRM, county, "closure", "kg-NOx", 10_000, done), left, "第3号方案")


def test_every_act_of_the_plan_moves_nothing_but_what_sums_to_zero() -> None:
    """Each act with plain input: legs of every transfer sum to zero, every account they name is opened, the clause is the plan's."""
    rich = Balances(
        lambda _account: 10**12, [pledge("S1", 10**9)], [Loan("l#1", "m17_advance/kg-NOx/S1", PROJECT, "m17_gate/kg-NOx/P-1", 5)]
    )
    there = {one.account for one in rich.pledges} | {one.holder for one in rich.loans}  # they were opened when they were pledged and lent
    done = set()
    for act in quotas().acts.values():
        unit = "kg-NOx" if "unit" in act.asks else ""
        more = {"purpose": act.purposes[0]} if act.purposes else {}
        given_now = Given(
            "k",
            DAY,
            40_000,
            unit,
            COUNTY,
            FIRM,
            PROJECT,
            "某文件",
            refers="r",
            weights={COUNTY: 3, OTHER: 2},
            production=date(2024, 1, 1),
            **more,
        )
        found = plan(quotas(), act, given_now, rich)
        opened = {one.account for one in found.openings}
        for transfer in found.group.transfers:
            assert sum(leg.amount for leg in transfer.legs) == 0, act.id
            assert {leg.account for leg in transfer.legs} <= opened | there, act.id
            assert transfer.clause.startswith("156/"), act.id
        done.add(act.does)
    assert done == {"issue", "split", "spread", "move", "retire", "hold", "settle", "release", "fee", "draw", "certify", "import"}


# ---- 13: the hedging fee


def test_a_fee_is_paid_half_by_the_province_and_half_by_the_place() -> None:
    found = planned("pay_hedging_fee", 100_01, {"m13_hedging_local/city": 10_000_000_00}, county=OTHER, party=FIRM)
    assert legs(found) == {"m13_hedging_local/city": -50_00, "m13_hedging_split/source": -50_01, f"m13_hedging_split/{FIRM}": 100_01}
    assert found.uncovered == 0
    assert len(found.group.transfers) == 1  # this county's share with the city is not settled: it is told, not guessed
    assert any("尚未确定" in zh for zh, _en in found.notes)


def test_where_the_fiscal_share_is_known_city_and_county_bear_it() -> None:
    """40 % of 50.01 by the city, to the fen, the rest by the county."""
    found = planned("pay_hedging_fee", 100_03, {"m13_hedging_local/city": 10_000_000_00}, county=COUNTY, party=FIRM)
    assert legs(found)["m13_hedging_local/city"] == -50_01
    assert legs(found, 1) == {
        "m13_hedging_split/borne-city": -20_00,
        f"m13_hedging_split/borne-{COUNTY}": -30_01,
        "m13_hedging_split/borne-place": 50_01,
    }
    assert {one.account: one.floor for one in found.openings}["m13_hedging_split/borne-city"] is None


@pytest.mark.parametrize(
    ("left", "local", "province", "uncovered"), [(30_000_00, 30_000_00, 30_000_00, 20_000_00), (40_000_00, 40_000_00, 40_000_00, 0)]
)
def test_the_last_fee_of_the_pilot_is_paid_in_part(left: int, local: int, province: int, uncovered: int) -> None:
    found = planned("pay_hedging_fee", 80_000_00, {"m13_hedging_local/city": left}, county=OTHER, party=FIRM)
    assert (legs(found)["m13_hedging_local/city"], legs(found)["m13_hedging_split/source"]) == (-local, -province)
    assert found.uncovered == uncovered
    assert any("待决定" in zh for zh, _en in found.notes) == bool(uncovered)


def test_with_the_cap_used_up_nothing_is_paid_and_it_is_said() -> None:
    with pytest.raises(BadInput, match=r"超出试点期上限、待决定 80,000\.00"):
        planned("pay_hedging_fee", 80_000_00, {}, county=OTHER, party=FIRM)


# ---- 12: imports within the confirmed total


def test_the_import_that_crosses_the_confirmed_total_is_split() -> None:
    found = planned("import_equipment", 50_00, {"m12_confirmed_total/P-1": 20_00}, project=PROJECT, county=COUNTY)
    assert legs(found) == {"m12_confirmed_total/P-1": -20_00, "m12_confirmed_total/used": 20_00}
    assert found.uncovered == 30_00
    with pytest.raises(BadInput, match="照章征税"):
        planned("import_equipment", 50_00, {"m12_confirmed_total/P-1": 20_00}, project=PROJECT, county=COUNTY, excluded=True)


# ---- 15: the land task


def test_the_land_task_is_raised_and_handed_on_to_the_square_metre() -> None:
    found = planned("set_land_task", 12_345_600, weights={COUNTY: 5000, OTHER: 3000, "371622": 2000})
    assert legs(found)["m15_land_task/source"] == -13_580_160
    assert sum(amount for account, amount in legs(found).items() if amount > 0) == 13_580_160
    assert all(one.floor is None for one in found.openings)  # more than the task may be done


# ---- 16: halves


@pytest.mark.parametrize(("total", "city", "county"), [(1_474_800, 737_400, 737_400), (1_474_801, 737_400, 737_401), (1, 0, 1)])
def test_a_renewable_increment_is_halved_and_the_county_keeps_the_odd_hundredth(total: int, city: int, county: int) -> None:
    found = planned("commission_renewable", total, county=COUNTY, project=PROJECT)
    given_now = legs(found)
    assert given_now.get("m16_renewable_split/city", 0) == city
    assert given_now[f"m16_renewable_split/{COUNTY}"] == county
    assert found.group.transfers[0].kind == "issue"


# ---- 17: own cuts, the county's, then in advance


def drawn(need_halved: int, own: int, pool: int, pledges=()) -> Planned:
    return planned(
        "allocate_pollutants", need_halved, {f"m17_own_first/kg-NOx/{FIRM}": own, f"m17_county_balance/kg-NOx/{COUNTY}": pool}, pledges,
        unit="kg-NOx", county=COUNTY, party=FIRM, project=PROJECT, missed=("PM2.5",), production=date(2023, 6, 30),
    )  # fmt: skip


def test_a_need_of_forty_tons_takes_twelve_of_ones_own_and_then_the_countys() -> None:
    found = drawn(20_000, 12_000, 90_000)
    assert [(one.kind, one.clause) for one in found.group.transfers] == [("move", "156/17/3"), ("move", "156/17/1")]
    assert legs(found, 0) == {f"m17_own_first/kg-NOx/{FIRM}": -12_000, "m17_gate/kg-NOx/P-1": 12_000}
    assert legs(found, 1) == {f"m17_county_balance/kg-NOx/{COUNTY}": -28_000, "m17_gate/kg-NOx/P-1": 28_000}


def test_the_rest_is_borrowed_against_pledged_cuts_and_is_due_before_production() -> None:
    found = drawn(20_000, 12_000, 20_000, [pledge("S1", 5_000), pledge("S2", 9_000)])
    loans = [one for one in found.group.transfers if one.kind == "borrow"]
    assert [{leg.account: leg.amount for leg in one.legs}["m17_gate/kg-NOx/P-1"] for one in loans] == [5_000, 3_000]
    assert all(one.due.gate == "P-1/start_up" and one.due.pledge == "第3号方案" and one.clause == "156/17/2" for one in loans)


@pytest.mark.parametrize(
    "unfit", [pledge("S1", 9_000, county=OTHER), pledge("S1", 9_000, done=date(2026, 1, 1)), pledge("S1", 9_000, done=date(2023, 6, 30)), pledge("S1", 0)],
    ids=["another county", "after the five-year plan", "not before production", "nothing left"],
)  # fmt: skip
def test_what_does_not_qualify_is_not_borrowed_and_the_gap_refuses_the_act(unfit: Pledge) -> None:
    with pytest.raises(BadInput, match=r"无来源、缺口 8\.000"):
        drawn(20_000, 12_000, 20_000, [unfit])


def test_a_verified_cut_makes_good_what_was_borrowed_on_it_before_anything_else() -> None:
    """9 t verified of 10 borrowed: all of it goes back, 1 t stays outstanding."""
    loans = [Loan("k0#3", "m17_advance/kg-NOx/S1", PROJECT, "m17_gate/kg-NOx/P-1", 10_000)]
    found = planned("certify_cut", 9_000, loans=loans, unit="kg-NOx", county=COUNTY, purpose=ADVANCED, source="S1")
    assert [one.kind for one in found.group.transfers] == ["issue", "repay"]
    assert found.group.transfers[1].refers == "k0#3"
    assert legs(found, 1) == {"m17_gate/kg-NOx/P-1": -9_000, "m17_advance/kg-NOx/S1": 9_000}

    more = planned("certify_cut", 11_000, loans=loans, unit="kg-NOx", county=COUNTY, purpose=ADVANCED, source="S1")
    assert legs(more, 2) == {"m17_county_balance/kg-NOx/source": -1_000, f"m17_county_balance/kg-NOx/{COUNTY}": 1_000}


def test_a_voluntary_cut_is_the_firms_own_and_any_other_the_countys() -> None:
    own = planned("certify_cut", 5, unit="kg-NOx", county=COUNTY, party=FIRM, purpose=OWN)
    assert f"m17_own_first/kg-NOx/{FIRM}" in legs(own)
    closed = planned("certify_cut", 5, unit="kg-NOx", county=COUNTY, party=FIRM, purpose="关停替代")
    assert f"m17_county_balance/kg-NOx/{COUNTY}" in legs(closed)
    with pytest.raises(BadInput, match="没有未归还的预支"):
        planned("certify_cut", 5, unit="kg-NOx", county=COUNTY, purpose=ADVANCED, source="S1")


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.lists(st.integers(0, 10**5), max_size=4))
@settings(max_examples=100, deadline=None)
def test_a_project_gets_exactly_its_need_or_nothing(emission: int, own: int, pool: int, lent: list[int]) -> None:
    """What reaches the project is twice its emission to the kg, never more from an origin than it has, or the act is refused."""
    pledges = [pledge(f"S{number}", left) for number, left in enumerate(lent)]
    if 2 * emission > own + pool + sum(lent):
        with pytest.raises(BadInput, match="缺口"):
            drawn(emission, own, pool, pledges)
        return
    found = drawn(emission, own, pool, pledges)
    taken = {leg.account: leg.amount for one in found.group.transfers for leg in one.legs if leg.amount < 0}
    assert -sum(taken.values()) == 2 * emission
    assert -taken.get(f"m17_own_first/kg-NOx/{FIRM}", 0) == min(own, 2 * emission)
    assert all(-taken.get(one.account, 0) <= one.left for one in pledges)


# ---- what is missing is said


@pytest.mark.parametrize(
    ("act", "more", "says"),
    [
        ("bank_quota", {"amount": 0}, "必须大于 0"),
        ("bank_quota", {"amount": -5}, "必须大于 0"),
        ("commission_renewable", {"amount": 5}, "the county"),
        ("use_award", {"amount": 5, "county": COUNTY, "purpose": "修路"}, "不在允许范围"),
        ("set_land_task", {"amount": 5}, "存量"),
        ("return_application", {}, "预留的编号"),
        ("certify_cut", {"amount": 5, "unit": "fen", "county": COUNTY, "purpose": "关停替代"}, "expected one of"),
        ("certify_cut", {"amount": 5, "county": COUNTY, "purpose": "关停替代"}, "expected one of"),
        ("spend_county_trade", {"amount": 5, "county": COUNTY}, "the enterprise"),
    ],
)
def test_what_is_missing_is_said(act: str, more: dict, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        planned(act, **more)


def test_a_paper_is_needed() -> None:
    act = quotas().acts["bank_quota"]
    with pytest.raises(BadInput, match="依据文件"):
        plan(quotas(), act, Given("k", DAY, 5), Balances(lambda _account: 0))


def test_an_unknown_act_is_told_with_the_nearest() -> None:
    with pytest.raises(BadInput, match="did you mean 'bank_quota'"):
        quotas().act("bank_qota")


def test_units_print_and_read_back_to_the_smallest_part() -> None:
    for unit in quotas().units.values():
        for amount in (0, 1, 99, 123_456_789):
            assert unit.parsed(unit.shown(amount)) == amount
    with pytest.raises(BadInput, match="decimals"):
        quotas().units["fen"].parsed("0.001")
