"""Worked-out lists: read strictly, and what they name exists; planted faults are told with their place."""

from __future__ import annotations

import shutil

import pytest

from pack_cast import PLAN
from yunxing.packs.generated import load_generated
from yunxing.packs.pack import load_pack
from yunxing.packs.pipelines import load_figures
from yunxing.packs.quotas import load_quotas
from yunxing.packs.strict import PackFault


def faults(tmp_path, file, old, new, load):
    """What a loader says of the plan with one text replaced."""
    shutil.copytree(PLAN, tmp_path / "pack", dirs_exist_ok=True)
    path = tmp_path / "pack" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackFault) as caught:
        load(tmp_path / "pack")
    return "\n".join(str(one) for one in caught.value.faults)


def test_the_plan_has_the_two_lists_its_clauses_name():
    found = load_generated(PLAN)

    assert {name: (one.clause, one.made_of) for name, one in found.items()} == {
        "eligible_not_applied": ("2/6", "entitled_not_applied"), "not_insured": ("13/4", "reported_without"),
    }  # fmt: skip
    assert {f"list:{name}" for name in found} <= set(load_pack(PLAN).entries)


def test_a_pack_without_the_file_has_none(tmp_path):
    assert load_generated(tmp_path) == {}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('policies = ["m02_loan_interest"', 'policies = ["m02_loan_intrest"', "nearest: m02_loan_interest"),
        ('roster = "trading_firms"', 'roster = "trading_firm"', "nearest: trading_firms"),
        ('form = "trade_firm_month"', 'form = "trade_firm_mont"', "nearest: trade_firm_month"),
        ('lacks = "insured_exports"', 'lacks = "insured_export"', "an item of trade_firm_month"),
        ('lacks = "insured_exports"\n', "", "reported_without takes form, has, lacks, roster"),
        ('id = "not_insured"', 'id = "eligible_not_applied"', "a second time"),
        ('id = "not_insured"', 'id = "key_projects"', "an id of its own"),
        ("small = true", "smal = true", "unknown key"),
    ],
)
def test_a_planted_fault_is_told(tmp_path, old, new, told):
    assert told in faults(tmp_path, "lists/generated.toml", old, new, load_generated)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('of = "first_permits"', 'of = "first_permit"', "first_permits"),
        ('law = "statute"', 'law = "statut"', "a clock of first_permits: promise, statute"),
    ],
)
def test_a_figure_names_a_pipeline_and_its_clocks(tmp_path, old, new, told):
    assert told in faults(tmp_path, "pipelines/permits.toml", old, new, load_figures)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('coal_cut = "7 万吨"', 'coal_cut = "7 公顷"', "an amount in 吨"),
        ('drop = "3.2%"', 'drop = "320%"', "a share from 0 to 1"),
        ('county = "371603"\nyear = 2022', 'county = "371602"\nyear = 2022', "one a county and year"),
        ('does = "idle_land"', 'does = "idle_lamp"', "idle_lamp"),
        ('reads = "pipeline:land_parcels"', 'reads = "table:land_parcels"', "table:land_parcels"),
    ],
)
def test_a_planted_fault_in_a_test_of_the_ledgers_is_told(tmp_path, old, new, told):
    assert told in faults(tmp_path, "quotas/rules.toml", old, new, load_quotas)


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("quotas/rules.toml", 'reads = "pipeline:land_parcels"', 'reads = "pipeline:land_parcel"', "did you mean 'pipeline:land_parcels'?"),
        ("quotas/rules.toml", 'county = "371602"\nyear', 'county = "371699"\nyear', "a reporting unit"),
        ("pipelines/permits.toml", 'days = 20, from = ["accepted"], until = ["granted", "refused"], source = "21/1b', 'days = 21, from = ["accepted"], until = ["granted", "refused"], source = "21/1b', "a clock of 21 working days"),
        ("pipelines/permits.toml", 'law = "statute"\ncommitment = "permit_days"', 'law = "statute"\ncommitment = "permit_day"', "permit_day"),
    ],
)  # fmt: skip
def test_what_one_file_names_another_defines(tmp_path, file, old, new, told):
    """`pack check` holds the sections to each other."""
    from yunxing.packs.check import check

    shutil.copytree(PLAN, tmp_path / "pack")
    path = tmp_path / "pack" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    assert any(told in str(one) for one in check(load_pack(tmp_path / "pack"), None).faults)
