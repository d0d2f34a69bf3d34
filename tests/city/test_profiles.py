"""Synthetic profiles: plainly labelled, the same for ever, and wide enough to reach every outcome."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from yunxing.city.profiles import SOURCE, listing_rows, loan_rows
from yunxing.engines.entitlements.assess import assess
from yunxing.engines.registry.parties import Party
from yunxing.flows.run_round import profile_frame
from yunxing.packs.policies import load_policies

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
