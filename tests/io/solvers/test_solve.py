"""Solving in a process of its own: optimal where it can be proven, a plan in any case, whatever happens to the solver."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from contingency_cast import assignment, brute, generalised_assignment, knapsack, shuffled
from yunxing.engines.contingency.check import verdict
from yunxing.engines.contingency.document import problem_of
from yunxing.engines.contingency.dual import bound
from yunxing.engines.contingency.problem import plan_digest
from yunxing.io.solvers import solve as solving
from yunxing.io.solvers.solve import solve

LONG = 60.0  # ends by proof long before it


def test_small_problems_are_solved_to_the_optimum_that_brute_force_finds():
    """Both senses; with requirements, without, with equalities, with negative values."""
    documents = [
        knapsack(9, 2, 3),
        generalised_assignment(2, 5, 1),
        generalised_assignment(3, 5, 2),
        {"sense": "min", "units": [{"id": "a", "options": [{"id": "x", "value": -3}, {"id": "y", "value": 2.5}]}], "requirements": []},
    ]
    for document in documents:
        built = problem_of(document)
        answer = solve(built, seconds=LONG)
        best, _good = brute(document)
        assert answer.status == ("infeasible" if best is None else "optimal")
        assert best is None or built.objective(answer.choice) == best


def test_an_assignment_with_equalities_reaches_the_known_optimum_with_a_bound_anyone_can_recompute():
    document, cost = assignment(40, 1)
    built = problem_of(document)
    rows, columns = linear_sum_assignment(cost)

    answer = solve(built, seconds=LONG)

    assert answer.status == "optimal"
    assert built.objective(answer.choice) == int(cost[rows, columns].sum())
    assert answer.bound_by == "multipliers"
    assert bound(built, answer.multipliers) == answer.bound


def test_a_knapsack_is_proven_and_the_order_of_its_rows_changes_nothing():
    document = knapsack(40, 3, 2)
    first, mixed = problem_of(document), problem_of(shuffled(document, 5))

    answers = [solve(one, seconds=LONG) for one in (first, mixed)]

    assert [one.status for one in answers] == ["optimal", "optimal"]
    assert plan_digest(first, answers[0].choice) == plan_digest(mixed, answers[1].choice)


def test_an_infeasible_problem_is_proven_and_the_least_missing_effort_is_given():
    document = knapsack(10, 2, 1)
    document["requirements"] = [{"resource": "r0", "max": 100}, {"resource": "r1", "min": 4000}]

    answer = solve(problem_of(document), seconds=LONG)

    assert answer.status == "infeasible"
    assert len(answer.choice) == 10


def test_the_first_plan_stands_when_there_is_no_time_for_a_solver():
    built = problem_of(knapsack(200, 5, 1))
    begun = time.monotonic()

    answer = solve(built, seconds=0.2)

    assert answer.status == "feasible"
    assert answer.solver == "none"
    assert verdict(built, answer.choice).holds
    assert answer.bound <= answer.objective
    assert time.monotonic() - begun < 5


def test_the_deadline_is_kept_and_plans_are_told_as_they_improve():
    """A problem that is not proven in the time given: the best plan by then, its gap, and values that only fall."""
    built = problem_of(knapsack(300, 20, 4))
    told = []

    answer = solve(built, seconds=4.0, on_plan=lambda _choice, value, proven: told.append((value, proven)))

    assert answer.status in ("feasible", "optimal")
    assert answer.seconds < 4.0 + 1.0
    assert [value for value, _ in told] == sorted((value for value, _ in told), reverse=True)
    assert all(proven <= value for value, proven in told)


def test_a_worker_killed_in_the_middle_leaves_the_best_plan_so_far(monkeypatch):
    """kill -9 of the solver's process: what was checked before counts, and the answer says what happened."""
    built = problem_of(knapsack(300, 20, 4))
    begin = solving.Worker.begin

    def killed(worker, task):
        begin(worker, task)
        os.kill(worker.process.pid, signal.SIGKILL)

    monkeypatch.setattr(solving.Worker, "begin", killed)
    answer = solve(built, seconds=20.0)

    assert answer.status == "feasible"
    assert verdict(built, answer.choice).holds
    assert answer.cut_by == "worker"
    assert "signal 9" in answer.notes[0]


def test_a_worker_without_memory_ends_and_the_first_plan_stands():
    built = problem_of(knapsack(60, 3, 1))

    answer = solve(built, seconds=20.0, memory=64 * 2**20)

    assert answer.status == "feasible"
    assert verdict(built, answer.choice).holds


def test_what_a_worker_says_is_believed_only_after_the_checker(monkeypatch):
    """A plan that breaks a requirement, options of other units, noise and half a line: nothing of it counts."""
    built = problem_of(knapsack(12, 2, 1))
    run = solving._Run(built, time.monotonic(), 0.0, None)
    everything = (built.first[1:] - 1).tolist()

    run.hear({"kind": "plan", "choice": everything, "method": "liar"})
    run.hear({"kind": "plan", "choice": [0] * 12, "method": "liar"})
    run.hear({"kind": "multipliers", "y": [float("nan"), 5.0]})

    assert run.choice is None
    assert any("not its own" in note for note in run.notes)
    assert run.bound <= 0


def test_no_units_at_all_is_a_plan_of_nothing():
    answer = solve(problem_of({"sense": "max", "units": [], "requirements": []}), seconds=1.0)

    assert answer.status == "optimal"
    assert answer.choice.tolist() == []


def test_no_solver_library_is_loaded_by_whoever_asks():
    """After a solve in a fresh interpreter neither library stands among the parent's modules."""
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from contingency_cast import knapsack\n"
        "from yunxing.engines.contingency.document import problem_of\n"
        "from yunxing.io.solvers.solve import solve\n"
        "print(solve(problem_of(knapsack(12, 2, 1)), seconds=30).status, [n for n in ('highspy', 'ortools') if n in sys.modules])"
    )

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()

    assert found == "optimal []"


@pytest.mark.parametrize("rows", [1, 4])
def test_a_large_problem_is_relaxed_by_whole_plans_of_the_rest_to_the_same_bound(rows, monkeypatch):
    """The piecewise relaxation and the whole one agree."""
    from yunxing.engines.contingency.greedy import greedy
    from yunxing.io.solvers import highs, strategy

    built = problem_of(knapsack(400, rows, 7))
    monkeypatch.setattr(strategy, "sampled", lambda problem, _limit: (np.arange(0, len(problem.units), 2), 2.0))
    choice, y = greedy(built)
    found = []
    for pieces in (False, True):
        state = strategy.Attack(built, highs, time.monotonic() + 60, 0.0, lambda *_a: None, lambda _y: None, lambda _b: None, y=y)
        monkeypatch.setattr(strategy, "LARGE", 0 if pieces else 10**9)
        strategy._relaxed(state, choice)
        found.append(state.proven)

    assert abs(found[0] - found[1]) <= 1e-4 * abs(found[0])
