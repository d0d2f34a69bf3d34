"""The least change, and proofs that there is no plan: every claim against all combinations of small problems."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contingency_cast import brute, choices, small_documents
from yunxing.engines.contingency.check import verdict
from yunxing.engines.contingency.coal import Coal, course, greedy_trains, model
from yunxing.engines.contingency.coal_steady import FIRM, columns_with, moved, moves, weights_of
from yunxing.engines.contingency.coal_steady import steadied as steadied_trains
from yunxing.engines.contingency.document import problem_of
from yunxing.engines.contingency.dual import hopeless, proves_none
from yunxing.engines.contingency.steady import COST, changed, most_of, reasons, steadied

FLOATS = st.floats(-50, 50, allow_nan=False)


@settings(max_examples=40, deadline=None)
@given(small_documents(), st.data())
def test_a_plan_of_the_steadied_problem_is_a_plan_within_the_value_and_its_value_counts_the_changes(document, data):
    problem = problem_of(document)
    every = choices(problem)
    before = data.draw(st.sampled_from(every))
    values = [float(problem.value[one].sum()) for one in every]
    most = data.draw(st.sampled_from(values))
    calm = steadied(problem, before, most)

    for one, value in zip(every, values, strict=True):
        held = verdict(calm, one)
        assert held.holds == (verdict(problem, one).holds and value <= most + float(calm.slack[-1]))
        assert held.objective == len(changed(before, one))
    assert calm.resources[-1] == COST


@pytest.mark.parametrize(("value", "most"), [(1000.0, 1001.0), (-1000.0, -999.0), (0.0, 0.0)])
def test_a_thousandth_of_the_value_may_be_given_for_fewer_changes_in_either_sense(value, most):
    assert most_of(value) == most


@settings(max_examples=40, deadline=None)
@given(small_documents(), st.data())
def test_the_reason_of_a_change_is_what_keeping_the_old_option_alone_would_do(document, data):
    problem = problem_of(document)
    every = choices(problem)
    before, now = data.draw(st.sampled_from(every)), data.draw(st.sampled_from(every))

    found = reasons(problem, before, now)

    assert [one.unit for one in found] == changed(before, now).tolist()
    for one in found:
        kept = now.copy()
        kept[one.unit] = before[one.unit]
        missed = problem.shortfall(problem.activity(kept))
        assert bool(one.resource) == bool(missed.any())
        assert one.saved == problem.objective(kept) - problem.objective(now)
        if one.resource:
            row = problem.resources.index(one.resource)
            assert missed[row] / problem.size[row] == pytest.approx((missed / problem.size).max())
            assert float(one.short) == pytest.approx(float(missed[row]) * float(problem.scale[row]))


@settings(max_examples=80, deadline=None)
@given(small_documents(), st.lists(FLOATS, min_size=3, max_size=3))
def test_multipliers_prove_that_there_is_no_plan_only_where_brute_force_finds_none(document, y):
    problem = problem_of(document)
    best, _good = brute(document)
    given_y = np.array(y[: len(problem.resources)])

    assert not proves_none(problem, given_y) or best is None


@settings(max_examples=80, deadline=None)
@given(small_documents())
def test_what_is_called_hopeless_is_proven_and_a_row_beyond_everybody_is_found(document):
    problem = problem_of(document)
    best, _good = brute(document)
    found = hopeless(problem, problem.first[:-1].copy())
    top = [max(column) for column in _reach(problem)]

    assert found is None or (best is None and proves_none(problem, found))
    beyond = any(high < low - slack for high, low, slack in zip(top, problem.lower.tolist(), problem.slack.tolist(), strict=True))
    if beyond and all(problem.whole):
        assert best is None


def _reach(problem):
    """By row the sums of all choices."""
    sums = np.array([problem.activity(one) for one in choices(problem)])
    return sums.T.tolist()


def test_multipliers_of_another_length_prove_nothing():
    problem = problem_of(
        {
            "sense": "min",
            "units": [{"id": "a", "options": [{"id": "x", "value": 1, "effect": {"r": 1}}]}],
            "requirements": [{"resource": "r", "min": 2}],
        }
    )

    assert not proves_none(problem, np.zeros(0))
    assert not proves_none(problem, np.array([-1.0]))  # the wrong side of a minimum
    assert proves_none(problem, np.array([1.0]))
    assert not proves_none(replace(problem, lower=np.array([1.0])), np.array([1.0]))  # exactly reachable


def city(days=12, sites=3):
    mean = np.array([1_400_000, 2_100_000, 700_000][:sites], dtype=np.int64)
    return Coal(
        [f"S{n}" for n in range(sites)], mean * 8, mean * 30, mean, [Fraction(7)] * sites, np.repeat(mean[:, None], days, axis=1),
        np.zeros((sites, days), dtype=np.int64), np.full(sites, 3), ["M0", "M1"], np.full((2, days), 3), np.array([[1, 2]] * sites),
        np.array([[60_000, 70_000]] * sites), 3_500_000, 5, near=6,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_the_steadied_model_holds_every_plan_within_the_cost_and_counts_its_moved_trains(seed):
    """The model's rows, its cost row and its value against trains counted one by one."""
    coal = city()
    draw = np.random.default_rng(seed)
    trains, before = greedy_trains(coal), np.zeros((3, 2, 12))
    before[:, :, :6] = draw.integers(0, 3, (3, 2, 6))
    total = course(coal, trains).total
    calm = steadied_trains(coal, model(coal), before, total, 3)
    x = columns_with(coal, before, trains)
    slow = sum(abs(trains[s, m, d] - before[s, m, d]) * (FIRM if d < 3 else 1) for s in range(3) for m in range(2) for d in range(6))

    assert calm.misses(x) == 0
    assert float(calm.cost @ x) == pytest.approx(slow) == pytest.approx(moved(coal, before, trains, 3))
    assert calm.bound(np.zeros(len(calm.row_lower))) == 0
    assert steadied_trains(coal, model(coal), before, total * 0.5, 3).misses(x) > 0


def test_trains_of_committed_days_weigh_more_and_later_parts_of_trains_nothing():
    coal = city()
    before = np.zeros((3, 2, 12))
    late = before.copy()
    late[0, 0, 8] = 2.0

    assert weights_of(coal, 2).tolist() == [FIRM, FIRM, 1, 1, 1, 1]
    assert moved(coal, before, late, 2) == 0
    assert moves(coal, before, late) == []


def test_a_move_says_what_keeping_the_announced_trains_would_do():
    """Nothing announced: without the trains the site falls below its floor. Too much announced: the mine cannot load it."""
    coal = city()
    trains, nothing = greedy_trains(coal), np.zeros((3, 2, 12))
    too_much = nothing.copy()
    too_much[0, 0, 0] = 9

    first = moves(coal, nothing, trains)
    second = [one for one in moves(coal, too_much, trains) if one.site == 0 and one.day == 0 and one.mine == 0]

    assert first
    assert all(one.below_on is not None and one.before == 0 for one in first)
    assert second[0].before == 9
    assert "M0 day 1" in second[0].fault


def test_moves_of_a_plan_that_is_cheaper_say_what_is_saved():
    coal = city()
    trains = greedy_trains(coal)
    dear = trains.copy()
    site, mine, day = (int(one[0]) for one in np.nonzero(trains[:, :1, :6]))
    dear[site, mine, day] -= 1
    dear[site, 1, max(0, day - 1)] += 1  # from the dearer mine, to arrive the same day

    found = [one for one in moves(coal, dear, trains) if one.site == site]

    assert len(found) == 2
    assert all(one.saved > 0 or one.below_on is not None or one.fault for one in found)
