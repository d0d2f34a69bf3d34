"""The files of a pack agree with each other: a number told twice is one number, a name leads somewhere."""

import shutil
from pathlib import Path

import pytest

from pack_cast import PLAN, change
from yunxing.packs.check_links import link_faults
from yunxing.packs.pack import load_pack


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(PLAN, tmp_path / "pack"))


def test_the_first_plan_agrees_with_itself(plan):
    assert [str(fault) for fault in link_faults(plan)] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (
            "indicators.toml",
            'commitment = "investment_year", value = "418 亿元"',
            'commitment = "investment_year", value = "481 亿元"',
            "'418 亿元', as the commitment",
        ),
        ("indicators.toml", 'commitment = "listings_year"', 'commitment = "listing_year"', "did you mean 'listings_year'"),
        (
            "indicators.toml",
            'target = { commitment = "coal_days_floor", value = "7 天" }',
            'target = { commitment = "listings_year", value = "4 家" }',
            "is shown by indicator:listings",
        ),
        ("indicators.toml", 'office = "DRC"', 'office = "DRCC"', "did you mean 'DRC'"),
        ("forms/enterprise_month.toml", 'office = "IIT"', 'office = "IITT"', "did you mean 'IIT'"),
        ("signals.toml", 'owner = "TRA"', 'owner = "TRAA"', "the office 'TRAA'"),
        ("pools.toml", 'owner = "市财政局"', 'owner = "市财局"', "did you mean '市财政局'"),
        ("pools.toml", 'policies = ["m02_loan_interest"]', 'policies = ["m02_loan_intrest"]', "did you mean 'm02_loan_interest'"),
        ("pools.toml", 'clause = "156/2/4"', 'clause = "156/2/9"', "a clause of measures.toml"),
        ("bulletin/monthly.toml", '{ commitment = "coal_days_floor"', '{ commitment = "coal_days_flor"', "did you mean 'coal_days_floor'"),
        ("profile.toml", 'name = "loan_principal"', 'name = "loan_principle"', "did you mean 'loan_principle'"),
        (
            "profile.toml",
            'source = "fact:listing_month.raised"',
            'source = "fact:listing_month.raiced"',
            "did you mean 'fact:listing_month.raised'",
        ),
        ("profile.toml", 'source = "list:seed_bank"', 'source = "list:seedbank"', "did you mean 'list:seed_bank'"),
        ("city.toml", 'code = "BZ-GXQ"', 'code = "BZ-GQX"', "did you mean 'BZ-GXQ'"),
    ],
)
def test_what_does_not_agree_is_refused_where_it_stands(copy, file, old, new, says):
    line = change(copy, file, old, new)
    found = [str(fault) for fault in link_faults(load_pack(copy))]

    assert [one for one in found if says in one], found
    said = next(one for one in found if says in one)
    if file != "profile.toml" or "column" not in says:
        assert "line " in said
    assert line >= 1


def test_a_pack_without_sections_has_nothing_to_disagree_about(template):
    assert link_faults(load_pack(template)) == []


def test_a_file_that_cannot_be_read_is_left_to_its_loader(copy):
    (copy / "signals.toml").write_text("[[signal\n", encoding="utf-8")

    assert link_faults(load_pack(copy)) == []
