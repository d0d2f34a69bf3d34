"""Every registry column and roster of the first plan says how it is handled: level, origin, personal, retention (convention P8)."""

import dataclasses

import pytest

from yunxing.engines.registry.parties import Party


def test_every_column_of_a_party_is_described(plan):
    described = {item.id for item in plan.rosters.item}
    columns = {field.name for field in dataclasses.fields(Party)} - {"attributes"}

    assert columns - described == set()


@pytest.mark.parametrize(
    ("party", "attributes"),
    [
        (
            "project",
            {"project_code", "total_investment_fen", "annual_plan_fen", "level", "is_preparatory", "planned_start", "planned_finish"},
        ),
        ("site", {"min_days", "yard_max_t", "design_daily_t"}),
    ],
)
def test_every_attribute_of_the_architecture_is_described(plan, party, attributes):
    assert attributes <= {item.id for item in plan.rosters.item if item.party == party}


def test_a_column_is_described_once_for_a_kind_of_party(plan):
    keys = [(item.party or item.list, item.id) for item in plan.rosters.item]

    assert len(set(keys)) == len(keys)


def test_rosters_are_those_of_the_architecture_with_an_owner_and_a_clause(plan):
    assert [roster.id for roster in plan.rosters.list][:6] == [
        "above_scale",
        "panel_100",
        "key_projects",
        "seed_bank",
        "coal_sites",
        "ports",
    ]
    assert all(roster.owner in plan.offices and roster.clause for roster in plan.rosters.list)


def test_what_firms_want_kept_to_themselves_is_not_open(plan):
    """Who prepares a listing moves markets: level 3."""
    levels = {roster.id: roster.level for roster in plan.rosters.list}

    assert levels["seed_bank"] >= 3
    assert levels["ports"] == 1


def test_what_tells_of_a_person_is_never_open(plan):
    """Names and telephones of contacts, chain leaders and specialists are internal at least (convention P8)."""
    told = [one for one in plan.rosters.item if one.personal]

    assert {"answerable", "chain_leader", "specialist_phone", "liaison_person"} <= {one.id for one in told}
    assert all(one.level >= 2 for one in told)


def test_statistics_are_walled_by_their_origin(plan):
    """A column whose origin is statistics is used for statistics alone; the plan has few and names them."""
    assert {one.id for one in (*plan.rosters.list, *plan.rosters.item) if one.origin == "statistics"} == {"above_scale", "industry"}


def test_forms_carry_what_a_respondent_may_ask_for(plan):
    """Number, issuer, approval and end of validity are printed on every survey form; level, origin, personal and retention stand on every item."""
    for form in plan.load_section("forms").values():
        assert form.legal.code, form.id
        assert form.legal.issuer, form.id
        assert form.legal.kind in ("survey", "dispatch", "administrative"), form.id
        for item in form.items:
            assert 1 <= item.level <= 4
            assert item.origin
            assert item.retain
            assert isinstance(item.personal, bool)
