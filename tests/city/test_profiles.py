"""Synthetic profiles: plainly labelled, the same for ever, and wide enough to reach every outcome."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from yunxing.city.profiles import SOURCE, declared_rows, listing_rows, loan_rows
from yunxing.engines.entitlements.assess import assess
from yunxing.engines.entitlements.policy import Policy
from yunxing.engines.registry.parties import Party
from yunxing.flows.run_round import profile_frame
from yunxing.packs.policies import load_policies
from yunxing.packs.policy_examples import bases_of

PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
ON = date(2022, 9, 30)


def projects(count: int) -> list[Party]:
    begun = date(2020, 1, 1)
    return [
        Party(
            f"P{n:04d}",
            "project",
            f"项目{n}",
            "",
            "u",
            "r",
            "26",
            "",
            f"E{n}",
            begun,
            None,
            {"total_investment_fen": 10**10 * (1 + n % 90)},
        )
        for n in range(count)
    ]


def test_profiles_say_that_they_are_synthetic_and_do_not_depend_on_the_others() -> None:
    all_rows = loan_rows(projects(40), ON)
    assert {row["source"] for row in all_rows} == {SOURCE}
    assert loan_rows(projects(40)[7:8], ON) == [all_rows[7]]
    assert loan_rows(projects(40), ON) == all_rows


def test_the_projects_of_a_city_reach_every_outcome_and_every_cap() -> None:
    rules = load_policies(PACK).only(["m02_loan_interest"])
    found = assess(profile_frame(rules.policies[0], loan_rows(projects(182), ON)).drop("payee", "name", "source", "arrived"), rules, ON)
    outcomes = dict(found["outcome"].cast(str).value_counts().iter_rows())
    assert set(outcomes) == {"yes", "no", "needs_data"}
    assert 20 <= outcomes["yes"] <= 80


def test_a_project_that_has_not_begun_has_no_profile() -> None:
    late = Party("L", "project", "迟", "", "u", "r", "26", "", "", date(2023, 1, 1))
    assert loan_rows([late], ON) == []


def test_every_enterprise_has_a_listing_row_and_only_reported_listings_have_a_board() -> None:
    firms = [Party(f"E{n}", "enterprise", f"企业{n}", "", "u", "r", "26", "", "", date(2020, 1, 1)) for n in range(3)]
    rows = listing_rows(firms, {"E1": ("BSE", date(2022, 6, 1), 10**11), "E2": ("NEEQ", date(2022, 6, 1), 0)}, ON)
    assert [row["board"] for row in rows] == ["none", "BSE", "NEEQ"]
    assert [row["raised"] for row in rows] == [None, 10**11, None]


def firms(count: int) -> list[Party]:
    begun = date(2020, 1, 1)
    return [Party(f"E{n:04d}", "enterprise", f"企业{n}", "", "u", "r", "26", "small", "", begun, None, {}) for n in range(count)]


def declared(name: str, count: int = 900, surely: frozenset[str] = frozenset()) -> tuple[Policy, list[dict[str, Any]]]:
    rules = load_policies(PACK)
    policy = rules.policy(name)
    parties = projects(count) if policy.sheet.party == "project" else firms(count)
    return policy, declared_rows(policy, bases_of(PACK, rules)[name], parties, ON, surely=surely)


def test_what_a_firm_declares_depends_on_itself_alone_and_is_marked() -> None:
    _, rows = declared("m08_dcmm")
    assert {row["source"] for row in rows} == {SOURCE}
    assert 0 < len(rows) < 900
    policy, again = declared("m08_dcmm", 450)
    assert again == [row for row in rows if int(row["party"][1:]) < 450]
    assert all(policy.sheet.columns.keys() <= row.keys() for row in rows)
    assert all(row["arrived"] < ON for row in rows)


@pytest.mark.parametrize(
    "name", ["m08_dcmm", "m02_smart_equipment", "m06_toll_discount", "m13_hedging_fee", "m20_hr_firm", "m23_deferral", "m23_six_taxes"]
)
def test_every_policy_has_some_who_have_it_some_who_have_not_and_some_who_must_tell_more(name: str) -> None:
    policy, rows = declared(name, 1800)
    frame = profile_frame(policy, rows).drop("payee", "name", "source", "arrived")
    found = assess(frame, load_policies(PACK).only([name]), ON)
    assert {"yes", "no", "needs_data"} <= {str(value) for value in found["outcome"]}


def test_one_answer_is_the_same_for_every_policy_that_asks() -> None:
    _, guarantee = declared("m13_hedging_guarantee", 3000)
    _, fee = declared("m13_hedging_fee", 3000)
    by_party = {row["party"]: row for row in guarantee}
    both = [(by_party[row["party"]], row) for row in fee if row["party"] in by_party]
    assert both
    assert all(a[name] == b[name] for a, b in both for name in ("deposit_waived", "hedging_kind", "hedging_size", "is_trading_firm"))


def test_a_visitor_declares_the_ordinary_case() -> None:
    policy, rows = declared("m08_dcmm", 40, frozenset({"E0007"}))
    (mine,) = [row for row in rows if row["party"] == "E0007"]
    assert (mine["dcmm_fee"], mine["dcmm_level"], mine["dcmm_first"], mine["dcmm_valid"]) == (20 * 10**6, "L2", True, True)
    assert all(policy.sheet.columns[name].low <= mine[name] for name in ("dcmm_fee",))


def test_nothing_is_declared_before_a_firm_exists() -> None:
    rules = load_policies(PACK)
    unborn = [replace(one, valid_from=date(2023, 1, 1)) for one in firms(50)]
    assert declared_rows(rules.policy("m08_dcmm"), bases_of(PACK, rules)["m08_dcmm"], unborn, ON, surely=frozenset({"E0001"})) == []
