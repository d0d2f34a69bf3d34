"""The canonical problem and the checker: what is read, what is refused and where, and that the checker says what brute force says."""

from __future__ import annotations

import itertools
import json
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contingency_cast import brute, knapsack, shuffled, small_documents
from yunxing.engines.contingency.check import judged, verdict
from yunxing.engines.contingency.document import chosen_of, parse, problem_of, read_document
from yunxing.engines.contingency.dual import bound
from yunxing.engines.contingency.greedy import greedy
from yunxing.engines.contingency.problem import plan_digest, scaled
from yunxing.values.errors import BadInput

QUICK = settings(max_examples=40, deadline=None)


def one(value=1, effect=None, id_="o"):
    return {"id": id_, "value": value, "effect": effect or {}}


def problem(units, requirements=(), sense="min"):
    return {"sense": sense, "units": units, "requirements": list(requirements)}


@QUICK
@given(small_documents())
def test_the_checker_accepts_exactly_what_brute_force_accepts(document):
    """Both readers of the law, over every one of the plans of a problem of at most a few options."""
    built = problem_of(document)
    _best, good = brute(document)
    accepted = {tuple(sorted(plan.items())) for plan in good}
    for choice in itertools.product(*[range(int(a), int(b)) for a, b in itertools.pairwise(built.first.tolist())]):
        at = np.array(choice, dtype=np.int64)
        chosen = chosen_of(built, at)
        expected = tuple(sorted(chosen.items())) in accepted
        assert verdict(built, at).holds is expected
        assert judged(document, chosen).holds is expected
        assert verdict(built, at).objective == judged(document, chosen).objective


@QUICK
@given(small_documents(), st.integers(0, 99))
def test_the_same_input_in_any_order_is_the_same_problem_and_the_same_plan(document, seed):
    """Units, options, effects and requirements may be mixed: digest, first plan and its digest stay."""
    built, mixed = problem_of(document), problem_of(shuffled(document, seed))

    assert built.digest == mixed.digest
    assert plan_digest(built, greedy(built)[0]) == plan_digest(mixed, greedy(mixed)[0])


@QUICK
@given(small_documents(), st.sampled_from([2, 10, 1000, 7]), st.sampled_from([1, 10, 3]))
def test_scaling_units_changes_nothing(document, factor, worth):
    """Kilograms for tonnes, fen for yuan: the canonical problem is the same, so the plan is."""
    other = json.loads(json.dumps(document))
    for unit in other["units"]:
        for option in unit["options"]:
            option["value"] = float(Decimal(str(option["value"])) * worth)
            option["effect"] = {name: float(Decimal(str(amount)) * factor) for name, amount in option["effect"].items()}
    for requirement in other["requirements"]:
        requirement.update({key: float(Decimal(str(requirement[key])) * factor) for key in ("min", "max") if key in requirement})

    built, changed = problem_of(document), problem_of(other)

    assert built.digest == changed.digest
    assert plan_digest(built, greedy(built)[0]) == plan_digest(changed, greedy(changed)[0])


@QUICK
@given(small_documents(), st.lists(st.floats(-50, 50), min_size=3, max_size=3))
def test_any_multipliers_give_a_bound_below_the_optimum(document, y):
    """Whatever solver made them: the bound is proven by the sum alone."""
    built = problem_of(document)
    best, _good = brute(document)
    if best is not None:
        lowest = best if document["sense"] == "min" else -best
        proven = bound(built, np.array(y[: len(built.resources)]))
        assert Fraction(proven) * abs(built.value_scale) <= lowest + Fraction(1, 10**9)


@QUICK
@given(small_documents())
def test_the_first_plan_is_a_plan_and_no_better_than_the_optimum(document):
    """What greedy calls good brute force accepts, and its value is not below the best."""
    built = problem_of(document)
    best, _good = brute(document)
    choice, y = greedy(built)
    found = judged(document, chosen_of(built, choice))
    if found.holds:
        assert best is not None
        assert (found.objective >= best) if document["sense"] == "min" else (found.objective <= best)
    assert Fraction(bound(built, y)) <= Fraction(float(built.value[choice].sum())) or not found.holds


def test_adding_a_firm_never_raises_the_optimum_of_a_pure_cut_target_in_units():
    """A firm that may also run as normal only adds ways to reach a cut."""
    units = [{"id": f"u{n}", "options": [one(0, id_="run"), one(3 + n, {"cut": 2 + n}, "cut")]} for n in range(4)]
    before = brute(problem(units[:3], [{"resource": "cut", "min": 5}]))[0]
    after = brute(problem(units, [{"resource": "cut", "min": 5}]))[0]

    assert after <= before


def refused(document):
    with pytest.raises(BadInput) as caught:
        problem_of(document, "P.json")
    return caught.value


def test_everything_wrong_is_told_at_once_with_its_place():
    """Sense, ids twice, empty options, not numbers, infinite, unknown keys and resources: each with where it stands."""
    bad = {
        "sense": "mn",
        "units": [
            {
                "id": "a",
                "options": [{"id": "x", "value": float("nan"), "effect": {"k": float("inf")}}, {"id": "x", "value": "3", "effect": []}],
            },
            {"id": "a", "options": []},
            {"options": [{"id": "y", "value": True, "weight": 3}], "id": ""},
            7,
        ],
        "requirements": [{"resource": "k", "min": 5, "max": 3}, {"resource": "k"}, {"rsource": "k"}, 3],
        "unit": [],
    }

    text = str(refused(bad))

    for place in (
        "sense", "units › 1 (a) › options › 1 › value", "effect › k", "options › 2 › id", "'3'", "units › 2 › id", "units › 2 (a) › options", "units › 3 › id",
        "True", "'weight'", "units › 4", "min 5 above max 3", "neither min nor max", "'rsource'", "requirements › 4", "did you mean 'units'?",
    ):  # fmt: skip
        assert place in text, place


def test_a_requirement_on_a_resource_that_no_option_has_is_refused_with_the_nearest():
    """A slip of the pen would otherwise silently ask nothing."""
    assert "did you mean 'water'?" in str(
        refused(problem([{"id": "a", "options": [one(1, {"water": 2})]}], [{"resource": "watr", "max": 3}]))
    )


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_json_that_is_not_finite_is_refused_with_its_line(word):
    with pytest.raises(BadInput, match=r"line 2: found -?(NaN|Infinity)"):
        parse('{"sense": "min",\n "units": [{"id": "a", "options": [{"id": "x", "value": ' + word + "}]}]}", "P.json")


@pytest.mark.parametrize(
    ("text", "words"), [("{", "line 1"), ("[]", "an object"), ('{"a": 1, "a": 2}', "twice in one object"), ("[" * 100_000, "nested")]
)
def test_what_is_no_problem_is_refused(text, words):
    with pytest.raises(BadInput, match=words):
        parse(text, "P.json")


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path):
    (tmp_path / "b.json").write_bytes(b"\xff\xfe")
    for path, words in ((tmp_path / "a.json", "no file"), (tmp_path / "b.json", "UTF-8")):
        with pytest.raises(BadInput, match=words):
            read_document(path)


def test_a_huge_number_is_refused_and_many_faults_are_counted():
    assert "at most 1e15" in str(refused(problem([{"id": "a", "options": [one(Decimal("1e300"))]}])))
    many = problem([{"id": "", "options": []} for _ in range(60)])
    assert "more faults" in str(refused(many))


def test_two_requirements_of_one_resource_are_both_kept():
    built = problem_of(
        problem(
            [{"id": "a", "options": [one(0, {"k": 3}), one(1, {"k": 5}, "p")]}],
            [{"resource": "k", "min": 2}, {"resource": "k", "max": 4, "min": 3}],
        )
    )

    assert (built.lower * [float(s) for s in built.scale] <= 3).all()
    assert verdict(built, np.array([0])).holds
    assert not verdict(built, np.array([1])).holds


def test_numbers_as_ids_are_taken_and_clash_with_the_same_text():
    built = problem_of(problem([{"id": 7, "options": [one(id_=1), one(2, id_=2)]}]))
    assert built.units == ("7",)
    assert "'7' a second time" in str(refused(problem([{"id": 7, "options": [one()]}, {"id": "7", "options": [one()]}])))


@pytest.mark.parametrize(
    ("numbers", "scale", "whole"),
    [
        ([2, 4, 6], Fraction(2), True),
        ([Decimal("0.1"), Decimal("0.25")], Fraction(5, 100), True),
        ([Decimal("0.1234567891"), 1], Fraction(1), False),
        ([0, 0], Fraction(1), True),
    ],
)
def test_numbers_become_whole_multiples_of_one_scale_where_they_can(numbers, scale, whole):
    """Up to nine decimals exactly; beyond that as measured."""
    found, got, is_whole = scaled(np.array([*numbers, None], dtype=object)[:-1])

    assert (got, is_whole) == (scale, whole)
    assert [Fraction(float(one)) * got for one in found] == [Fraction(str(one)) for one in numbers] or not whole


def test_a_measured_equality_holds_within_a_billionth():
    """0.1 + 0.2 as a computer adds it is the 0.30000000000000004 that was asked."""
    units = [{"id": "a", "options": [one(1, {"k": 0.1})]}, {"id": "b", "options": [one(1, {"k": 0.2})]}]
    document = problem(units, [{"resource": "k", "min": 0.1 + 0.2, "max": 0.1 + 0.2}])
    built = problem_of(document)

    assert verdict(built, np.array([0, 1])).holds
    assert judged(document, {"a": "o", "b": "o"}).holds


def test_the_checker_says_what_is_wrong():
    document = knapsack(6, 2, 1)
    built = problem_of(document)

    assert verdict(built, np.array([0])).faults == ("1 options for 6 units",)
    assert "not its own" in verdict(built, np.zeros(6, dtype=np.int64)).faults[0]
    assert "is not one of its options" in judged(document, {"x0": "9"}).faults[0]
    assert "not in the problem" in judged(document, {**{f"x{n}": "0" for n in range(6)}, "y": "0"}).faults[0]
    everything = judged(document, {f"x{n}": "1" for n in range(6)})
    assert {missed.side for missed in everything.missed} == {"max"}
    assert everything.missed[0].short == everything.missed[0].given - everything.missed[0].asked
