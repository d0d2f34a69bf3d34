"""The plan's examples a lawyer can read: every bound has a value below, at and above it, and the comparator gives the same answers (convention P7)."""

import tomllib
from fractions import Fraction

import pytest

from pack_cast import PLAN, change
from yunxing.packs.examples import FILE, NEED_EXAMPLES, example_faults
from yunxing.packs.pack import load_pack

EXAMPLES = tomllib.loads((PLAN / FILE).read_text(encoding="utf-8"))["example"]


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["commitment"] for example in EXAMPLES])
def test_examples_by_plain_reading_of_the_words(plan, example):
    """Second oracle, without the comparator: 最高, 不超过 and 压减到 allow up to and including; 以上 and targets from and including; a band next to （含） ends before."""
    one = plan.commitment(example["commitment"])
    side = {"below": -1, "at": 0, "above": 1}
    for name, sign in side.items():
        number = Fraction("".join(sign for sign in example[name]["value"].split()[0] if sign in "0123456789."))
        assert (number > one.amount) - (number < one.amount) == sign
        if one.kind == "cap" or one.verb in ("压减到", "强"):
            expected = sign <= 0
        elif one.verb in ("以下", "至"):
            expected = sign < 0
        else:
            expected = sign >= 0
        assert example[name]["holds"] == expected, f"{one.id} {name}"


def test_every_bound_of_the_plan_has_its_three_examples(plan):
    bounds = {one.id for one in plan.commitments if one.kind in NEED_EXAMPLES and one.comparator != "range"}

    assert {example["commitment"] for example in EXAMPLES} == bounds
    assert len(bounds) >= 25


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('at = { value = "5 天", holds = true }', 'at = { value = "5.5 天", holds = true }', "a value at it"),
        ('at = { value = "5 天", holds = true }', 'at = { value = "5 天", holds = false }', "the example or the comparator is wrong"),
        ('below = { value = "4.96 天", holds = false }', 'below = { value = "4.96 小时", holds = false }', "a value in 天"),
        ('commitment = "coal_days_floor"', 'commitment = "coal_day_floor"', "did you mean 'coal_days_floor'"),
    ],
)
def test_an_example_that_does_not_fit_is_refused(template, old, new, says):
    change(template, FILE, old, new)
    pack = load_pack(template)

    assert any(says in str(fault) for fault in example_faults(template, pack.commitments))


def test_a_bound_without_examples_is_refused(template):
    (template / FILE).unlink()
    found = [fault.found for fault in example_faults(template, load_pack(template).commitments)]

    assert found == ["no examples of coal_days_floor", "no examples of hardship_cap", "no examples of investment_year"]
