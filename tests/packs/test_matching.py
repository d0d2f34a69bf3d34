"""`matching/*.toml`: what is read, and a fault planted wherever one can stand."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from yunxing.packs.matching import load_matching
from yunxing.packs.pack import load_pack
from yunxing.packs.strict import PackFault
from yunxing.values.errors import BadInput

PLAN = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
FINANCE, INDUSTRY, STEPS, CREDIT = "finance.toml", "industry.toml", "steps.toml", "credit.toml"


@pytest.fixture
def copy(tmp_path):
    """A copy of the section that a test may damage."""
    shutil.copytree(PLAN / "matching", tmp_path / "matching")
    return tmp_path


def test_the_section_of_the_first_plan_is_read_whole():
    found = load_matching(PLAN)

    assert sorted(found.kinds) == [
        "carbon_technologies", "chain_suppliers", "finance_needs", "labour", "needs", "renovation_by_county", "research_teams", "tagged_finance", "vessel_space",
    ]  # fmt: skip
    assert found.withdrawal.fall == Fraction(1, 5)
    assert found.withdrawal.months == 3
    assert [one.share for one in found.facilities] == ["60%", "100%"]
    for kind in found.kinds.values():
        assert kind.full == 100, f"{kind.id}: points add up to a hundred, so that scores of kinds can be compared"
        assert kind.steps[0][0] == "contacted"
        assert {one[0] for one in kind.refusals} >= {"price", "collateral", "withdrawn"}
    assert [kind.id for kind in found.kinds.values() if kind.consent] == ["finance_needs", "tagged_finance"]
    assert found.kinds["research_teams"].proposer == "offer"


def test_every_kind_that_a_measure_names_is_there_and_stands_on_its_clause():
    pack = load_pack(PLAN)
    claims = {
        claim: part.clause for measure in pack.measures for part in measure.part for claim in part.executed_by if "matching:" in claim
    }

    assert {f"matching:{name}": one.clause for name, one in load_matching(PLAN).kinds.items()} == claims


def test_what_the_clauses_leave_open_is_marked():
    """No weight stands in the plan; of the conditions only those of fields, trades and counties do."""
    found = load_matching(PLAN)
    stated = {(kind.id, one.id) for kind in found.kinds.values() for one in kind.hard if not one.expected}

    assert ("research_teams", "field") in stated
    assert ("finance_needs", "most") not in stated
    assert [one.id for kind in found.kinds.values() for one in kind.parts if not one.expected] == ["key"]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (FINANCE, 'need = "purpose", offer = "purposes"', 'need = "purpos", offer = "purposes"', "the column 'purpos', expected a column of its need (nearest: purpose)"),
        (FINANCE, 'test = "in", need = "purpose"', 'test = "at_most", need = "purpose"', "at_most of text and list, expected two numbers of one type"),
        (FINANCE, 'test = "meets", need = "tags"', 'test = "in", need = "tags"', "in of list and list, expected text and list"),
        (FINANCE, 'test = "at_most", need = "amount", offer = "most", source = "156/19", expected = true },\n  { id = "least"', 'test = "covers", need = "amount", offer = "most", source = "156/19", expected = true },\n  { id = "least"', "the graded test covers"),
        (FINANCE, "low = 300, high = 650", "low = 650, high = 650", "a range that rises"),
        (FINANCE, 'test = "less", offer = "rate", low = 300, high = 650', 'test = "less", need = "amount", offer = "rate", low = 300, high = 650', "a column of one side alone"),
        (FINANCE, 'test = "yes", offer = "unsecured"', 'test = "yes", offer = "rate"', "yes of a column that is no flag"),
        (FINANCE, 'id = "tagged_finance"', 'id = "finance_needs"', "a second time"),
        (FINANCE, '{ id = "standing", title = "信用评分"', '{ id = "unit", title = "信用评分"', "none with the name of a common column"),
        (FINANCE, 'term = "12..72"', 'tern = "12..72"', "made for the column 'tern'"),
        (FINANCE, 'columns = { amount = "loan_need" }', 'columns = { sum = "loan_need" }', "drawn for the column 'sum'"),
        (FINANCE, "keep = 6", "keep = 0", "greater than or equal to 1"),
        (FINANCE, 'roster = "key_projects", count', "count", "without a list and without names"),
        (FINANCE, 'owner = "LFS"', 'ownr = "LFS"', "ownr"),
        (INDUSTRY, 'test = "equal", need = "direction"', 'test = "at_least", need = "ready"', "two numbers of one type"),
        (INDUSTRY, 'test = "equal", need = "factor", offer = "factor"', 'test = "equal", need = "factor", offer = "areas"', "no list"),
        (INDUSTRY, 'id = "near", title', 'id = "key", title', "a second time"),
        (STEPS, 'id = "visited"', 'id = "contacted"', "'contacted' a second time"),
        (CREDIT, 'now = "800 万元"', 'now = "801 万元"', "the rule gives False, expected True"),
        (CREDIT, 'now = "800 万元"', 'now = "790 万元"', "do not stand on both sides of fall and on it"),
        (CREDIT, 'others_now = "4999.99 万元", suspected = false', 'others_now = "5000 万元", suspected = true', "do not stand on both sides of others_fall"),
        (CREDIT, 'before = "1000 万元", now = "800.01 万元"', 'before = "1000 吨", now = "800.01 万元"', "amounts such as 1000 万元"),
        (CREDIT, 'fall = "20%"', 'fall = "0.2"', "fall"),
    ],
)  # fmt: skip
def test_a_planted_fault_is_named_with_its_line(copy, file, old, new, said):
    path = copy / "matching" / file
    text = path.read_text(encoding="utf-8")
    assert old in text, "the fault must be planted somewhere"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(PackFault) as refused:
        load_matching(copy)

    assert said in refused.value.message
    assert file in refused.value.message or "matching" in refused.value.message
    assert "line " in refused.value.message or file == STEPS


def test_a_section_without_steps_and_reasons_is_refused(copy):
    (copy / "matching" / STEPS).unlink()
    with pytest.raises(PackFault) as refused:
        load_matching(copy)
    assert "step" in refused.value.message
    assert "refusal" in refused.value.message


def test_a_pack_without_the_watch_over_credit_has_none(copy):
    (copy / "matching" / CREDIT).unlink()
    found = load_matching(copy)
    assert found.credit is None
    with pytest.raises(BadInput, match="expected the rule on withdrawn credit"):
        _ = found.withdrawal
