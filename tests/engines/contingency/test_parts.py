"""Parts of a problem, what holds a plan back, what it cannot do, and linear models: each against a slow count over all choices."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from contingency_cast import choices, generalised_assignment, knapsack, small_documents
from yunxing.engines.contingency.check import verdict
from yunxing.engines.contingency.document import problem_of
from yunxing.engines.contingency.dual import bound
from yunxing.engines.contingency.explain import binding, furthest, shorts, written
from yunxing.engines.contingency.greedy import greedy
from yunxing.engines.contingency.linear import Linear
from yunxing.engines.contingency.restrict import doubt, freed, master_of, part_of, survivors

FLOATS = st.floats(-20, 20, allow_nan=False)


@settings(max_examples=50, deadline=None)
@given(small_documents(), st.data())
def test_a_part_holds_exactly_the_plans_of_the_whole_that_keep_the_rest_fixed(document, data):
    problem = problem_of(document)
    every = choices(problem)
    base = data.draw(st.sampled_from(every))
    kept = np.array(sorted(data.draw(st.sets(st.integers(0, len(problem.options) - 1)))), dtype=np.int64)
    part = part_of(problem, kept, base)

    for inner in choices(part.problem) if len(part.units) else [np.zeros(0, dtype=np.int64)]:
        whole = part.whole(inner)
        assert problem.unit_of[whole].tolist() == list(range(len(problem.units)))
        if len(part.units):
            assert part.part(whole).tolist() == inner.tolist()
            rest = float(problem.value[whole].sum() - part.problem.value[inner].sum())
            assert rest == pytest.approx(float(problem.value[part.fixed].sum() - problem.value[part.fixed[part.units]].sum()))
            shortfall = np.maximum(
                np.maximum(part.problem.lower - part.problem.activity(inner), part.problem.activity(inner) - part.problem.upper), 0
            )
            direct = np.maximum(np.maximum(problem.lower - problem.activity(whole), problem.activity(whole) - problem.upper), 0)
            assert shortfall.tolist() == pytest.approx(direct.tolist())


def test_a_choice_with_an_option_outside_the_part_is_none_of_its_choices():
    problem = problem_of(knapsack(6, 1, 1))
    part = part_of(problem, np.array([0, 1, 2, 3]), problem.first[:-1].copy())
    outside = problem.first[:-1].copy()

    assert part.part(outside) is not None
    assert part_of(problem, np.array([1, 2, 3]), outside).part(outside) is not None
    assert part_of(replace(problem), np.array([2, 3]), outside).units.tolist() == [1]
    three = problem_of(
        {**knapsack(2, 1, 1), "units": [{"id": "a", "options": [{"id": str(n), "value": n, "effect": {"r0": n}} for n in range(3)]}]}
    )
    assert part_of(three, np.array([1, 2]), np.array([0])).part(np.array([0])) is None


@settings(max_examples=50, deadline=None)
@given(small_documents(), st.lists(FLOATS, min_size=3, max_size=3))
def test_what_reduced_costs_leave_out_is_in_no_better_plan(document, y):
    problem = problem_of(document)
    multipliers = np.array(y[: len(problem.resources)])
    good = [(float(problem.value[one].sum()), one) for one in choices(problem) if verdict(problem, one).holds]
    if not good:
        return
    worst = max(value for value, _ in good)
    kept = set(survivors(problem, multipliers, worst).tolist())

    for value, choice in good:
        assert value >= worst or set(choice.tolist()) <= kept
    assert bound(problem, multipliers) <= min(value for value, _ in good)


@settings(max_examples=50, deadline=None)
@given(small_documents(), st.lists(FLOATS, min_size=3, max_size=3))
def test_doubt_is_how_much_dearer_the_second_option_is(document, y):
    problem = problem_of(document)
    multipliers = np.zeros(len(problem.resources)) + np.abs(np.array(y[: len(problem.resources)]))
    multipliers[~np.isfinite(problem.lower)] = 0.0
    cost = problem.value - problem.effects @ multipliers
    best, distance = doubt(problem, multipliers)

    for unit, (first, last) in enumerate(itertools.pairwise(problem.first.tolist())):
        ordered = sorted(cost[first:last].tolist())
        assert cost[best[unit]] == ordered[0]
        assert distance[unit] == (ordered[1] - ordered[0] if last - first > 1 else np.inf)


def test_the_units_in_most_doubt_are_freed_and_those_asked_for():
    problem = problem_of(knapsack(30, 2, 3))
    _choice, y = greedy(problem)
    _best, distance = doubt(problem, y)
    options, fixed = freed(problem, y, 5, np.array([int(np.argmax(distance))]))
    units = set(problem.unit_of[options].tolist())

    assert units == {*np.argsort(distance, kind="stable")[:5].tolist(), int(np.argmax(distance))}
    assert fixed.tolist() == _best.tolist()


def test_the_master_spreads_its_shares_over_the_whole_problem():
    problem = problem_of(generalised_assignment(3, 8, 1))
    plans = [problem.first[:-1].copy(), problem.first[1:] - 1]
    sums = [problem.activity(one) for one in plans]
    units = np.array([1, 4], dtype=np.int64)
    master = master_of(problem, units, plans, sums)
    shares = np.zeros(len(master.problem.options))
    shares[[0, 3]] = 1.0  # an option of each unit in doubt
    shares[-2:] = (0.25, 0.75)

    found, weights = master.spread(problem, shares, plans)

    assert weights.tolist() == [0.25, 0.75]
    assert np.add.reduceat(found, problem.first[:-1]).tolist() == [1.0] * 8
    assert (problem.effects.T @ found).tolist() == pytest.approx((master.problem.effects.T @ shares).tolist())
    assert float(problem.value @ found) == pytest.approx(float(master.problem.value @ shares))


@settings(max_examples=50, deadline=None)
@given(small_documents(), st.data())
def test_what_is_short_is_said_with_how_far_the_row_alone_could_go(document, data):
    problem = problem_of(document)
    every = choices(problem)
    choice = data.draw(st.sampled_from(every))
    sums = np.array([problem.activity(one) for one in every])

    found = {(one.resource, one.side): one for one in shorts(problem, choice)}

    missed = {(one.resource, one.side) for one in verdict(problem, choice).missed}
    assert set(found) == missed
    for (resource, side), one in found.items():
        row = problem.resources.index(resource)
        reach = sums[:, row].max() if side == "min" else sums[:, row].min()
        assert float(one.reachable) == pytest.approx(float(reach) * float(problem.scale[row]))
        assert one.alone == (one.reachable < one.asked if side == "min" else one.reachable > one.asked)
        assert one.relax_to == one.given
        assert ("即使只顾这一项" in one.words()) == one.alone


def test_what_holds_a_plan_back_names_the_next_unit_and_its_price():
    """Three firms of 10 kg at 1, 2 and 3: 20 kg take the first two, and a tighter target would take the third."""
    units = [{"id": f"f{n}", "options": [{"id": "run", "value": 0}, {"id": "stop", "value": n, "effect": {"kg": 10}}]} for n in (1, 2, 3)]
    problem = problem_of({"sense": "min", "units": units, "requirements": [{"resource": "kg", "min": 20}]})
    choice = np.array([1, 3, 4], dtype=np.int64)

    found = binding(problem, choice, np.array([2.0]))

    assert [(one.resource, one.next_unit, one.next_option, one.next_cost) for one in found] == [("kg", "f3", "stop", 3.0)]
    assert found[0].worth == pytest.approx(0.2)
    assert binding(problem, choice, np.zeros(0)) == []
    assert binding(problem, choice, np.array([0.0])) == []
    assert binding(problem, np.array([1, 3, 5], dtype=np.int64), np.array([2.0])) == []  # nobody is left
    assert furthest(problem, 0, up=True) * float(problem.scale[0]) == 30


@pytest.mark.parametrize(
    ("number", "words"),
    [(Fraction(1234567), "1,234,567"), (Fraction(1, 3), "0.3333"), (Fraction(-5, 2), "-2.5"), (Fraction(1, 10**6), "0")],
)
def test_numbers_of_a_sentence(number, words):
    assert written(number) == words


def line(whole=False):
    """Two columns, one row: x + 2y ≥ 3."""
    return Linear(
        np.array([1.0, 1.0]), np.zeros(2), np.array([4.0, 4.0]), np.array([whole, whole]), sparse.csc_array(np.array([[1.0, 2.0]])), np.array([3.0]),
        np.array([np.inf]),
    )  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(FLOATS, st.integers(0, 4), st.integers(0, 4))
def test_any_multiplier_bounds_every_solution_of_a_linear_model(y, one, two):
    model, x = line(), np.array([one, two], dtype=np.float64)

    assert model.misses(x) > 0 or model.bound(np.array([y])) <= float(model.cost @ x) + 1e-12


@pytest.mark.parametrize(
    ("x", "whole", "misses"),
    [
        ((1.0, 1.0), False, 0), ((0.0, 1.5), False, 0), ((0.0, 1.5), True, 0.5), ((1.0, 0.9), False, 0.05), ((-0.5, 2.0), False, 0.1), ((4.5, 0.0), False, 0.1),
        ((1.0, 1.0 - 1e-8), False, 0),
    ],
)  # fmt: skip
def test_a_linear_model_says_how_far_a_solution_misses(x, whole, misses):
    assert line(whole).misses(np.array(x)) == pytest.approx(misses)


def test_the_best_multiplier_reaches_the_optimum_and_any_change_changes_the_digest():
    model = line()

    assert model.bound(np.array([0.5])) == pytest.approx(1.5)
    assert model.digest == line().digest
    assert model.digest != line(whole=True).digest
    assert model.digest != replace(model, row_lower=np.array([2.0])).digest
