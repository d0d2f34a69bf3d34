"""Made rows of the lists: labelled, of the right types, the same for the same seed, nothing of the future."""

from __future__ import annotations

import json
from datetime import date

import pytest

from city.conftest import PACK
from yunxing.city.lists import ListPlan, fill_lists
from yunxing.city.make import make_city
from yunxing.city.recipes import recipes_of
from yunxing.city.register import PARTY_COLUMNS, ROSTER_COLUMNS, register
from yunxing.engines.registry.history import overlaps
from yunxing.engines.registry.parties import Membership
from yunxing.packs.city_forms import load_city_forms
from yunxing.packs.city_lists import load_city_lists
from yunxing.packs.registers import load_registers
from yunxing.values.period import Month

FIRST, LAST = Month(2021, 1), Month(2022, 9)
REAL = {"customs_modes"}


@pytest.fixture(scope="module")
def catalogue():
    return load_registers(PACK)


@pytest.fixture(scope="module")
def plans():
    return [ListPlan(**one) for one in load_city_lists(PACK)]


@pytest.fixture(scope="module")
def town(settings, forms):
    """A city of 90 enterprises with the rosters of its further forms, which lists only give details."""
    return make_city(settings, 90, 5, recipes_of(load_city_forms(PACK / "city_forms.toml", forms), forms))


@pytest.fixture(scope="module")
def filled(town, catalogue, plans):
    return fill_lists(town, catalogue, plans, register(town, FIRST, LAST), LAST)


def rows(tables, name):
    columns, lines = tables[name]
    return [dict(zip(columns, line, strict=True)) for line in lines]


def test_every_list_has_rows_and_every_row_a_registered_party(filled, catalogue, plans):
    known = {row["id"]: row["kind"] for name in filled if name != "rosters" for row in rows(filled, name)}
    members = rows(filled, "rosters")

    assert filled["lists"][0] == PARTY_COLUMNS
    assert filled["rosters"][0] == ROSTER_COLUMNS
    assert {one.roster for one in plans} <= {row["roster"] for row in members}
    assert all(known[row["party"]] == catalogue.rosters[row["roster"]].kind for row in members)
    assert overlaps([Membership(row["roster"], row["party"], row["valid_from"], row["valid_to"]) for row in members]) == []


def test_made_names_say_so_and_public_facts_do_not(town, filled):
    word = town.settings.word
    for row in rows(filled, "lists"):
        attributes = json.loads(row["attributes"])
        assert (word in row["name"]) == attributes.get("synthetic", False) == (row["kind"] != "customs_mode"), row["name"]
        assert row["id"].startswith(town.settings.code_mark)
    assert {row["name"] for row in rows(filled, "lists") if row["kind"] == "customs_mode"} >= {"跨境电子商务零售"}


def test_values_have_the_types_of_their_columns(filled, catalogue):
    kinds = {row["id"]: row["kind"] for name in filled if name != "rosters" for row in rows(filled, name)}
    told = [(catalogue.kinds[row["kind"]].columns, json.loads(row["attributes"])) for row in rows(filled, "lists")]
    told += [(catalogue.rosters[row["roster"]].columns, json.loads(row["attributes"] or "{}")) for row in rows(filled, "rosters")]
    seen = set()
    for columns, attributes in told:
        for column in columns:
            value = attributes.get(column.id)
            assert value is not None or not column.required, column.id
            if value is None or column.common:
                continue
            seen.add(column.type)
            if column.type in ("money", "count", "rate"):
                assert isinstance(value, int), column.id
            elif column.type == "date":
                assert date(2022, 1, 1) <= date.fromisoformat(value) <= date(2022, 12, 31), column.id
            elif column.type == "choice":
                assert value in {one.id for one in column.choices}, column.id
            elif column.type == "party":
                assert kinds[value] == column.of, column.id
            elif column.type == "phone":
                assert value.startswith("000-"), column.id
    assert seen == {"money", "count", "rate", "date", "choice", "party", "phone", "text"}


def test_every_key_project_has_someone_who_answers_and_every_panel_firm_a_liaison(filled):
    members = [row for row in rows(filled, "rosters") if row["roster"] == "key_projects"]
    panel = {row["party"] for row in rows(filled, "rosters") if row["roster"] == "panel_100" and row["valid_to"] is None}
    liaison = {row["party"] for row in rows(filled, "rosters") if row["roster"] == "liaison"}

    assert members
    assert all(json.loads(row["attributes"])["answerable"].startswith("合成") for row in members)
    assert liaison == panel
    projects = {row["id"]: json.loads(row["attributes"]) for row in rows(filled, "projects")}
    assert all("need_land" in projects[row["party"]] and "project_code" in projects[row["party"]] for row in members)


def test_nothing_of_the_future_is_told(town, catalogue, plans):
    """In a city that ends in June nobody joins in July, and nobody has left by then."""
    june = fill_lists(town, catalogue, plans, register(town, FIRST, Month(2022, 6)), Month(2022, 6))
    lists = {one.roster for one in plans if one.names or one.pick}

    assert all(row["valid_from"] <= date(2022, 6, 30) for row in rows(june, "rosters") if row["roster"] in lists)
    assert all(row["valid_to"] is None for row in rows(june, "rosters") if row["roster"] in lists)
    assert all(row["valid_from"] <= date(2022, 6, 30) for row in rows(june, "lists"))


def test_some_leave_on_the_second_day_with_the_reason(filled):
    left = [row for row in rows(filled, "rosters") if row["roster"] == "training_catalogue" and row["valid_to"]]

    assert left
    assert all((row["valid_to"], row["reason"]) == (date(2022, 6, 30), "名单更新移出") for row in left)


def test_the_same_seed_gives_the_same_rows_and_one_list_does_not_move_another(town, catalogue, plans, filled):
    again = fill_lists(town, catalogue, plans, register(town, FIRST, LAST), LAST)
    fewer = fill_lists(town, catalogue, [one for one in plans if one.roster != "guarantors"], register(town, FIRST, LAST), LAST)

    def of(tables, roster):
        return [row for row in rows(tables, "rosters") if row["roster"] == roster]

    assert again == filled
    assert of(fewer, "road_closures") == of(filled, "road_closures")
    assert of(fewer, "guarantors") == [] != of(filled, "guarantors")


def test_a_pick_takes_the_largest_or_a_share_of_another_list(town, catalogue):
    tables = register(town, FIRST, LAST)
    day = (date(2022, 3, 1),)
    some = fill_lists(town, catalogue, [ListPlan("cluster_leaders", pick="largest", count=3, joined=day),
                                        ListPlan("liaison", pick="roster:above_scale", count=5, joined=day)], tables, LAST)  # fmt: skip
    sizes = {row["id"]: json.loads(row["attributes"])["revenue_fen"] for row in rows(some, "enterprises")}
    leaders = [row["party"] for row in rows(some, "rosters") if row["roster"] == "cluster_leaders"]

    assert sorted(sizes[one] for one in leaders) == sorted(sizes.values())[-3:]
    assert len([row for row in rows(some, "rosters") if row["roster"] == "liaison"]) == 5
