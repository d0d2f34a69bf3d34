"""A number of the plan is told once: what a commitment promises is the number that the rule, pool, clock or list computes with."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from yunxing.engines.entitlements.tree import Type
from yunxing.packs.pack import load_pack
from yunxing.packs.pipelines import load_figures, load_pipelines
from yunxing.packs.plan import PLANNED
from yunxing.packs.policy_numbers import number_of
from yunxing.packs.quotas import load_quotas
from yunxing.packs.strict import read_toml
from yunxing.values.errors import BadInput

PLAN = Path(__file__).resolve().parents[2] / "plans" / "binzhou_2022_156"
PACK = load_pack(PLAN)
BY_POLICY = [one for one in PACK.commitments if one.shown_by.startswith("policy:")]
# What a rule tells otherwise than as a parameter of the same number, each read by hand: the codes a condition accepts, a share for 85 折, a year's first and last day.
OTHERWISE = {
    "toll_rate": ("pays", "85%"),
    "toll_until": ("last_day", "2022-12-31"),
    "nev_year": ("first_day last_day", "2022-01-01 2022-12-31"),
    "tax_year": ("first_day last_day", "2022-01-01 2022-12-31"),
    "listing_horizon": ("within", "5"),
    "dcmm_level": ("condition.level", "L2 L3 L4 L5"),
    "hr_firm_global": ("column.hr_ranking", "global100"),
    "hr_firm_china": ("column.hr_ranking", "china50"),
}


def numbers(tables):
    """Every number a rule computes with: values, ends and results of bands, as (kind, number)."""
    for one in tables.get("parameter", {}).values():
        texts = [one[key] for key in ("value",) if key in one]
        texts += [band[key] for band in one.get("bands", ()) for key in ("from", "value")]
        for text in texts:
            try:
                yield number_of(text)
            except BadInput:
                continue


def plain(text):
    """A commitment's number as a rule writes it: 万元/辆 and 万元/场 are amounts each."""
    return number_of(re.sub(r"/(辆|场)$", "", text))


def told_otherwise(tables, place, text):
    """Whether the rule tells the commitment's number in the words named."""
    kind, _, name = place.partition(".")
    if kind == "condition":
        return tables["condition"][name]["one_of"] == text.split()
    if kind == "column":
        return text in tables["columns"][name]["type"].split()
    return [str(tables["parameter"][name]["value"]) for name in place.split()] == text.split()


@pytest.mark.parametrize("commitment", BY_POLICY, ids=lambda one: one.id)
def test_the_rule_computes_with_the_number_that_is_promised(commitment):
    """Each number of the plan stands in its rule, in the same unit and of the same size."""
    tables = read_toml(PLAN / "policies" / f"{commitment.shown_by.removeprefix('policy:')}.toml")
    if commitment.id in OTHERWISE:
        assert told_otherwise(tables, *OTHERWISE[commitment.id])
        return
    found = set(numbers(tables))

    assert plain(commitment.value) in found, f"{commitment.id}: {commitment.value} is none of {commitment.shown_by}'s numbers"


def test_another_number_is_found_out():
    """What the test above would say of a cap that is one yuan higher, and of a rate told as another share."""
    tables = read_toml(PLAN / "policies" / "m08_dcmm.toml")

    assert (Type.FEN, Fraction(10_000_000)) in set(numbers(tables))
    assert plain("10.0001 万元") not in set(numbers(tables))
    assert not told_otherwise(tables, "condition.level", "L1 L2 L3 L4 L5")
    assert not told_otherwise(read_toml(PLAN / "policies" / "m06_toll_discount.toml"), "pays", "80%")


def test_the_exceptions_are_commitments_of_rules():
    """No line of the table above outlives its commitment."""
    assert set(OTHERWISE) <= {one.id for one in BY_POLICY}


def test_a_pool_or_quota_holds_the_number_that_is_promised():
    """Splits, caps and the uplift: the commitment is named by the rule that `pack check` compares it with, or by the pool that carries it."""
    quotas = load_quotas(PLAN)
    named = {
        "hedging_split": quotas.splits["hedging_fee"].shares == {"province": Fraction(1, 2), "local": Fraction(1, 2)},
        "hedging_local_cap": quotas.thresholds["hedging_local_cap"].text == "1000 万元",
        "land_uplift": quotas.numbers["land_uplift"] == Fraction(1, 10),
        "renewable_city": quotas.splits["renewable_increment"].shares["city"] == Fraction(1, 2),
        "renewable_county": quotas.splits["renewable_increment"].shares["county_of_project"] == Fraction(1, 2),
        "advance_period": quotas.thresholds["advance_until"].text == "2025-12-31",
    }
    promised = {one.id for one in PACK.commitments if one.shown_by.startswith("pool:")}

    assert promised <= set(named)
    assert all(named.values())


def test_a_count_of_a_list_is_what_the_list_expects():
    """The plan's own counts stand beside the list's members; where one list carries two counts, neither is its expected number."""
    lists = {f"list:{one.id}": one for one in PACK.rosters.list}
    counts = {}
    for one in PACK.commitments:
        if one.shown_by.startswith("list:"):
            counts.setdefault(one.shown_by, []).append(int(one.amount))

    for name, wanted in counts.items():
        if len(wanted) == 1:
            assert lists[name].expected == wanted[0], name


def test_the_permit_clock_runs_the_days_that_are_promised():
    """20 working days promised where 30 were allowed: the clocks of the pipeline whose time the indicator measures."""
    figure = load_figures(PLAN)["permit_days"]
    limits = {one.name: one.days for one in load_pipelines(PLAN)[figure.of].limits}
    value = {one.id: one.amount for one in PACK.commitments}

    assert limits[figure.clock] == value["permit_days"] == 20
    assert limits[figure.law] == value["permit_days_before"] == 30


def test_every_commitment_is_shown_by_something_that_exists():
    """No number of the plan waits for a later step."""
    assert [one.id for one in PACK.commitments if one.shown_by.startswith(PLANNED) or one.shown_by not in PACK.entries] == []
