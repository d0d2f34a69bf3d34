"""The recipes of the synthetic city's further forms are held against the forms; planted faults are named together."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pack_cast import PLAN, change
from yunxing.packs.city_forms import load_city_forms
from yunxing.packs.forms import load_forms
from yunxing.packs.strict import PackFault

FORMS = load_forms(PLAN)


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(PLAN, tmp_path / "pack"))


def test_the_first_plan_has_a_recipe_for_every_further_form():
    tables = load_city_forms(PLAN / "city_forms.toml", FORMS)

    by_hand = {"enterprise_month", "project_month", "coal_day", "port_month", "growth_point_month", "listing_month", "public_series"}
    assert {table["id"] for table in tables["forms"]} == set(FORMS) - by_hand
    assert all(table.get("assumption") or table.get("source") for kind in tables.values() for table in kind)


def test_a_pack_without_recipes_has_none(tmp_path):
    assert load_city_forms(tmp_path / "city_forms.toml", FORMS) == {"rosters": (), "forms": (), "faults": ()}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('id = "bank_month"', 'id = "bank_mouth"', "did you mean bank_month"),
        ('{ id = "orders"', '{ id = "order"', "no such item"),
        ('of = "orders"', 'of = "order"', "made of order, which does not stand above it"),
        ('{ id = "receivable", kind = "stock", base = "61000", spread = "30%", noise = "3%" },\n', "", "no recipe for receivable"),
        ('base = "60000"', "base = 60000.5", "decimal point"),
        ('base = "60000"', 'base = "sixty"', "no number and no share"),
        ('kind = "flow"', 'kind = "flew"', "flow"),
        ('{ none = "30%", ', "{ ", "one for each option, in order"),
        ('form = "rail_month"', 'form = "listing_month"', "no recipe of that form"),
        ('assumption = "eleven banks; weights"\n', "", "neither source nor assumption"),
    ],
)
def test_planted_faults_are_named(copy, old, new, says):
    change(copy, "city_forms.toml", old, new)

    with pytest.raises(PackFault) as refused:
        load_city_forms(copy / "city_forms.toml", FORMS)

    assert any(says in str(fault) for fault in refused.value.faults), [str(fault) for fault in refused.value.faults]
