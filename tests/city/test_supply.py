"""The made-up supply of the chains: labelled, consistent, the same for the same seed, with gaps to find."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest

from city.conftest import PACK
from yunxing.city.lists import ListPlan, fill_lists
from yunxing.city.make import make_city
from yunxing.city.recipes import recipes_of
from yunxing.city.register import register
from yunxing.city.supply import FIRMS, LINKS, add_supply
from yunxing.engines.chain.network import build
from yunxing.engines.registry.parties import Membership, Party
from yunxing.flows.read_chains import link_of, segments_of
from yunxing.packs.chains import load_chains
from yunxing.packs.city_forms import load_city_forms
from yunxing.packs.city_lists import load_city_lists
from yunxing.packs.registers import load_registers
from yunxing.values.period import Month

FIRST, LAST = Month(2022, 8), Month(2022, 9)


@pytest.fixture(scope="module")
def rules():
    return load_chains(PACK)


@pytest.fixture(scope="module")
def town(settings, forms):
    return make_city(settings, 120, 5, recipes_of(load_city_forms(PACK / "city_forms.toml", forms), forms))


@pytest.fixture(scope="module")
def listed(town):
    plans = [ListPlan(**one) for one in load_city_lists(PACK)]
    return fill_lists(town, load_registers(PACK), plans, register(town, FIRST, LAST), LAST)


@pytest.fixture(scope="module")
def supplied(town, listed, rules):
    return add_supply(town, list(rules.chains.values()), listed, FIRST.start, LAST)


def rows(tables, name):
    columns, lines = tables[name]
    return [dict(zip(columns, line, strict=True)) for line in lines]


def links(tables):
    return [one for one in rows(tables, "lists") if one["kind"] == "supply"]


def test_every_row_is_marked_and_named_as_made_up(supplied, town):
    found = links(supplied)

    assert len(found) > 100
    assert all(json.loads(one["attributes"])["synthetic"] is True for one in found)
    assert all(one["name"].startswith(town.settings.word) for one in found)
    assert len({one["id"] for one in found}) == len(found)


def test_the_made_rows_are_a_network_without_a_single_fault(supplied, rules):
    parties = {one["id"]: one for name in ("enterprises", "lists") for one in rows(supplied, name)}
    members = [
        Membership(one["roster"], one["party"], one["valid_from"], None, "", json.loads(one["attributes"]))
        for one in rows(supplied, "rosters")
        if one["roster"] == FIRMS
    ]
    assert all(one.party in parties for one in members)
    made = [
        link_of(
            Party(one["id"], "supply", one["name"], "", one["unit"], "", "", "", "", one["valid_from"], None, json.loads(one["attributes"]))
        )
        for one in links(supplied)
    ]
    from yunxing.engines.chain.network import Firm

    network = build(rules.chains.values(), [Firm(one.party, "", "U", segments_of(one)) for one in members], made)

    assert network.faults == ()
    assert len(network.links) == len(made)
    assert {one["party"] for one in rows(supplied, "rosters") if one["roster"] == LINKS} == {one.id for one in made}


def test_shares_of_every_need_sum_to_a_whole_and_its_unit_is_the_buyers(supplied):
    sums = defaultdict(int)
    units = {one["id"]: one["unit"] for one in rows(supplied, "enterprises")}
    for one in links(supplied):
        told = json.loads(one["attributes"])
        sums[told["supply_buyer"], told["supply_product"]] += told["supply_share"]
        assert one["unit"] == units[told["supply_buyer"]]

    assert set(sums.values()) == {10_000}


def test_there_are_gaps_thin_stocks_and_stocks_not_told(supplied):
    told = [json.loads(one["attributes"]) for one in links(supplied)]

    assert any("supply_supplier" not in one for one in told)
    assert any("supply_days" not in one for one in told)
    assert any(one.get("supply_days", 99) < 7 for one in told)
    assert any(one["supply_switch"] for one in told)


def test_each_chain_has_its_id_and_a_lead_firm_that_is_on_it(supplied, rules):
    placed = {one["party"]: json.loads(one["attributes"])["chain_segments"] for one in rows(supplied, "rosters") if one["roster"] == FIRMS}
    chains = [json.loads(one["attributes"]) for one in rows(supplied, "lists") if one["kind"] == "chain"]

    assert {one["chain_key"] for one in chains} == set(rules.chains)
    for one in chains:
        assert f"{one['chain_key']}." in placed[one["chain_firm"]]


def test_the_same_seed_gives_the_same_rows_and_the_other_tables_stay(town, listed, supplied, rules):
    again = add_supply(town, list(rules.chains.values()), listed, FIRST.start, LAST)

    assert again == supplied
    assert again["enterprises"] == listed["enterprises"]
    before = [one for one in rows(listed, "lists") if one["kind"] != "chain"]
    assert [one for one in rows(again, "lists") if one["kind"] not in ("chain", "supply")] == before


def test_nothing_is_known_before_the_day_it_joins(town, listed, rules):
    assert add_supply(town, list(rules.chains.values()), listed, LAST.next().start, LAST) == listed
