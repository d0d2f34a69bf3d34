"""`pack trace` walks both ways: from a clause to what executes it, from anything that executes to its clauses."""

import pytest

from pack_cast import PLAN
from yunxing.packs.plan import bare
from yunxing.packs.trace import trace
from yunxing.values.errors import BadInput


def test_a_measure_lists_parts_executors_commitments_with_file_and_line(plan):
    steps = trace(plan, "156/18").steps
    kinds = {step.kind for step in steps}

    assert kinds == {"measure", "offices", "promise", "narrative", "executed by", "commitment"}
    assert [step.id for step in steps if step.kind == "promise"] == [f"156/18/{n}" for n in ("1a", "1b", "1c", "2a", "2b", "3", "4", "5")]
    assert {"listings_year", "bonus_low", "band_high_from"} <= {step.id for step in steps if step.kind == "commitment"}
    assert all(", line " in step.place for step in steps)


def test_lines_lead_to_the_place(plan):
    for step in trace(plan, "156/18/3").steps:
        file, _, line = step.place.partition(", line ")
        text = (PLAN / file).read_text(encoding="utf-8").splitlines()
        assert 1 <= int(line) <= len(text)
        if step.kind == "promise":
            assert text[int(line) - 1] == "[[measure.part]]"
            assert text[int(line)] == 'clause = "18/3"'


@pytest.mark.parametrize("asked", ["156/4/1c", "4/1c", "滨发改工业〔2022〕156号/4/1c"])
def test_a_clause_may_be_cited_with_or_without_the_document(plan, asked):
    steps = trace(plan, asked).steps

    assert [step.id for step in steps if step.kind == "promise"] == ["156/4/1c"]
    assert [step.id for step in steps if step.kind == "commitment"] == ["coal_days_floor"]


def test_from_an_indicator_back_to_its_clauses(plan):
    steps = trace(plan, "indicator:listings").steps

    assert steps[0].kind == "definition"
    assert steps[0].place.startswith("indicators.toml, line ")
    assert [step.id for step in steps if step.kind == "clause"] == ["156/18/2b"]
    assert [step.id for step in steps if step.kind == "commitment"] == ["listings_year"]


def test_both_ways_agree_for_everything_the_plan_names(plan):
    """Second oracle: whatever a clause names leads back to that clause."""
    for part in plan.parts.values():
        for claim in part.executed_by:
            back = trace(plan, bare(claim)).steps
            assert str(plan.cite(part.key)) in [step.id for step in back if step.kind == "clause"]


def test_an_office_lists_its_measures_with_its_role(plan):
    steps = trace(plan, "IIT").steps

    assert len(steps) == 15
    assert {step.id: step.state for step in steps}["156/25"] == "lead"


def test_a_commitment_leads_to_its_clause(plan):
    assert [step.id for step in trace(plan, "commitment:hedging_split").steps] == ["hedging_split", "156/13/3b"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("156/99", "1 to 28"),
        ("156/4/9", "4/1a, 4/1b, 4/1c, 4/2"),
        ("267/4/1", "not this plan"),
        ("indicator:lisings", "indicator:listings"),
        ("???", "156/18/3"),
    ],
)
def test_what_is_not_there_is_refused_with_help(plan, asked, says):
    with pytest.raises(BadInput, match=says):
        trace(plan, asked)


@pytest.mark.shared
def test_with_the_text_attached_the_sentence_is_shown_verbatim(plan, attached):
    steps = trace(plan, "156/4/1", attached).steps
    shown = [step for step in steps if step.kind == "text"]

    assert [step.id for step in shown] == ["156/4/1"]
    assert "煤炭库存天数7天以上" in shown[0].zh
