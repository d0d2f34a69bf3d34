"""Examples and planted faults of pipelines: what `pack check` runs, and what it must refuse."""

import re
import shutil
from pathlib import Path

import pytest

from pack_cast import PLAN, change
from yunxing.packs.pipeline_examples import example_faults
from yunxing.packs.pipelines import load_pipelines
from yunxing.packs.strict import PackFault

BAD = sorted((PLAN / "pipelines" / "bad").glob("*.toml"))
EXAMPLES = "pipelines/examples"


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(PLAN, tmp_path / "pack"))


def told(folder):
    return [str(one) for one in example_faults(folder, load_pipelines(folder))]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_planted_fault_is_refused_in_its_own_words(tmp_path, path):
    """Each file of `pipelines/bad/` says on its second line what the refusal must say."""
    said = re.search(r"^# Says: (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert said is not None
    folder = tmp_path / "pipelines"
    folder.mkdir()
    shutil.copy(path, folder)
    with pytest.raises(PackFault) as refused:
        load_pipelines(tmp_path)

    assert said[1] in "\n".join(str(one) for one in refused.value.faults)


def test_the_planted_pipeline_without_its_fault_is_good(tmp_path):
    """What is refused is the fault, not the rest: the same file without it loads."""
    folder = tmp_path / "pipelines"
    folder.mkdir()
    text = (PLAN / "pipelines" / "bad" / "unknown_key.toml").read_text(encoding="utf-8").replace('owners = ["IIT"]\n', "")
    (folder / "good.toml").write_text(text, encoding="utf-8")

    assert list(load_pipelines(tmp_path)) == ["planted"]


def test_every_gate_and_tier_of_the_plan_has_its_examples():
    assert told(PLAN) == []


def test_examples_and_bad_files_are_no_pipelines():
    assert "planted" not in load_pipelines(PLAN)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("matters", "opens = true", "opens = false", "it opens"),
        ("matters", "opens = false", "opens = true", "it is kept shut"),
        ("matters", 'of = "open_calls"', 'of = "open_call"', "open_call to posted"),
        ("matters", 'to = "posted"', 'to = "selected"', "a stage of it that a guard keeps"),
        (
            "matters",
            "facts = { fiscal_part = 499999999, reward = 500000000 }",
            "facts = { reward = 500000000 }",
            "a fact that a guard of posted compares",
        ),
        ("tiers", 'title = "县级专员"', 'title = "市局领导"', "县级专员"),
        ("tiers", 'of = "labour_tier"', 'of = "listing"', "a pipeline with tiers"),
        ("tiers", "number = 49", "number = 48", "below, at and above 50"),
    ],
)
def test_an_example_that_is_not_true_is_told(copy, file, old, new, said):
    change(copy, f"{EXAMPLES}/{file}.toml", old, new)

    assert any(said in one for one in told(copy)), told(copy)


def test_a_bound_that_moved_contradicts_its_examples(copy):
    """Whoever changes a number of a gate has to change its examples: nothing moves silently."""
    change(copy, "pipelines/firms.toml", "value = 2000000000", "value = 1500000000")

    assert any("above_scale_candidates to qualified" in one and "it opens" in one for one in told(copy))


def test_a_tier_that_moved_contradicts_its_examples(copy):
    change(copy, "pipelines/matters.toml", "{ from = 50, title", "{ from = 60, title")

    assert any("50 in 县级专员" in one for one in told(copy))
    assert any("below, at and above 60" in one for one in told(copy))


def test_a_gate_without_examples_is_told(copy):
    (copy / EXAMPLES / "permits.toml").unlink()

    assert any("first_permits to accepted" in one and "0 examples of first_time" in one for one in told(copy))


def test_a_pack_without_examples_is_asked_for_none(copy):
    shutil.rmtree(copy / EXAMPLES)

    assert told(copy) == []
