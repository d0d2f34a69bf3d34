"""Processes that stand by, the steps of an attack, and what a broken solver cannot do to an answer."""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from contingency_cast import brute, generalised_assignment, knapsack
from yunxing.engines.contingency.check import verdict
from yunxing.engines.contingency.document import problem_of
from yunxing.engines.contingency.dual import proves_none
from yunxing.engines.contingency.greedy import greedy
from yunxing.flows.solve_document import solve_document
from yunxing.io.solvers import highs, strategy
from yunxing.io.solvers import solve as solving
from yunxing.io.solvers.highs import Solved
from yunxing.io.solvers.solve import solve
from yunxing.io.solvers.workers import MEMORY, Worker, begun_worker, standing_by, stands_by
from yunxing.values.errors import BadInput


def test_a_process_stands_by_is_taken_once_and_another_takes_its_place():
    assert not stands_by()
    with standing_by():
        with standing_by():  # inside another nothing more is begun
            first, second = begun_worker("highs", MEMORY), begun_worker("highs", MEMORY)
            other = begun_worker("highs", MEMORY // 2)
        assert stands_by()
        assert len({first.process.pid, second.process.pid, other.process.pid}) == 3
        for one in (first, second, other):
            one.stop()
    assert not stands_by()


def test_who_stood_by_is_ended_at_the_end_also_after_an_error(monkeypatch):
    begun = []
    init = Worker.__init__
    monkeypatch.setattr(Worker, "__init__", lambda self, *some: (init(self, *some), begun.append(self))[0])

    with pytest.raises(ZeroDivisionError), standing_by():
        raise ZeroDivisionError

    assert [one.process.poll() is not None for one in begun] == [True]


def test_a_process_that_died_while_it_stood_by_leaves_the_first_plan():
    built = problem_of(knapsack(300, 20, 4))
    with standing_by():
        worker = begun_worker("highs", MEMORY)
        os.kill(worker.process.pid, signal.SIGKILL)
        worker.process.wait()
        worker.begin({"folder": "/nowhere"})  # nobody reads it
        messages, closed = worker.messages()
        worker.stop()
        answer = solve(built, seconds=0.2)

    assert (messages, closed) == ([], True)
    assert verdict(built, answer.choice).holds


def test_a_solver_killed_after_its_first_plans_leaves_the_best_of_them(monkeypatch):
    """kill -9 in the middle of the search: what was checked counts, its bound too."""
    built = problem_of(knapsack(200, 10, 6))
    hear = solving._Run.hear
    workers = []
    begin = Worker.begin
    monkeypatch.setattr(Worker, "begin", lambda self, task: (workers.append(self), begin(self, task))[1])

    def killed(run, message):
        ended = hear(run, message)
        if message["kind"] in ("plan", "multipliers"):
            os.kill(workers[0].process.pid, signal.SIGKILL)
        return ended

    monkeypatch.setattr(solving._Run, "hear", killed)
    answer = solve(built, seconds=30.0)

    assert answer.status == "feasible"
    assert verdict(built, answer.choice).holds
    assert answer.bound <= answer.objective
    assert answer.cut_by == "worker"


@pytest.mark.parametrize("message", [
    {"kind": "infeasible", "y": [1.0, 1.0]}, {"kind": "infeasible"}, {"kind": "infeasible", "y": [float("nan")] * 2}, {"kind": "infeasible", "y": [1.0] * 9},
])  # fmt: skip
def test_that_there_is_none_is_proven_by_multipliers_only_where_the_sum_says_so(message):
    run = solving._Run(problem_of(knapsack(8, 2, 1)), time.monotonic(), 0.0, None)

    run.hear(message)

    assert run.infeasible
    assert len(run.none) == 0
    assert solving._answer(run, "search").bound_by == "search"


def test_a_plan_known_already_is_where_a_solve_begins():
    document = generalised_assignment(4, 12, 3)
    built = problem_of(document)
    best = solve(built, seconds=60.0)

    again = solve(built, seconds=0.0, start=best.choice)
    wrong = solve(built, seconds=0.0, start=built.first[:-1] - 1)

    assert built.objective(again.choice) == built.objective(best.choice)
    assert wrong.status in ("feasible", "unknown", "optimal")
    assert verdict(built, wrong.choice).holds or wrong.status == "unknown"


def attack_of(built, seconds=60.0, gap=0.0):
    told = {"plans": [], "bounds": []}
    choice, y = greedy(built)
    state = strategy.Attack(
        built, highs, time.monotonic() + seconds, gap, lambda plan, method: told["plans"].append((method, float(built.value[plan].sum()))), lambda _y: None,
        told["bounds"].append, y=y,
    )  # fmt: skip
    return state, choice, y, told


def test_an_attack_tells_plans_that_only_fall_and_bounds_that_only_rise():
    built = problem_of(knapsack(40, 4, 9))
    state, choice, y, told = attack_of(built)

    status = strategy.attack(state, choice, y)

    values = [value for _method, value in told["plans"]]
    assert status == "optimal"
    assert values == sorted(values, reverse=True)
    assert told["bounds"] == sorted(told["bounds"])
    assert state.proven == state.value == values[-1]


def test_neighbourhoods_only_better_a_plan_in_an_order_that_the_problem_alone_gives(monkeypatch):
    monkeypatch.setattr(strategy, "STALE", 4)
    built = problem_of(generalised_assignment(4, 14, 5))
    found = []
    for _ in range(2):
        state, choice, _y, told = attack_of(built)
        state.take(choice, "greedy")
        state.price(_y)
        before = state.value
        strategy._neighbourhoods(state, time.monotonic() + 60)
        assert state.value <= before
        assert verdict(built, state.choice).holds
        found.append(told["plans"])

    assert found[0] == found[1]
    assert strategy.many_seed(built) == strategy.many_seed(problem_of(generalised_assignment(4, 14, 5)))


@pytest.mark.parametrize("by_rows", [True, False])
def test_units_to_free_are_as_many_as_asked_each_once(by_rows):
    built = problem_of(generalised_assignment(6, 30, 5))
    state, choice, y, _told = attack_of(built)
    state.take(choice, "greedy")
    state.price(y)

    units = strategy._drawn(state, np.random.default_rng(1), 11, by_rows=by_rows)

    assert len(set(units.tolist())) == 11
    assert units.tolist() == sorted(units.tolist())


def test_pieces_of_a_large_problem_without_a_plan_prove_it_for_the_whole(monkeypatch):
    """The relaxation piece by piece ends with multipliers, not with a search that never ends."""
    document = generalised_assignment(5, 60, 1)
    document["requirements"] = [{"resource": one["resource"], "max": one["max"] // 2} for one in document["requirements"]]
    built = problem_of(document)
    monkeypatch.setattr(strategy, "LARGE", 0)
    monkeypatch.setattr(strategy, "SIFTED", 10)
    state, choice, y, _told = attack_of(built)

    assert strategy.attack(state, choice, y) == "infeasible"
    assert proves_none(built, state.none)


class Stubborn:
    """A solver that ends nothing in time."""

    @staticmethod
    def relax(_problem, _seconds):
        return Solved("limit")

    @staticmethod
    def farkas(_problem, _seconds):
        return np.zeros(0)

    @staticmethod
    def search(*_some, **_more):
        return Solved("limit")


@pytest.mark.parametrize("large", [0, 10**9])
def test_a_solver_that_ends_nothing_claims_nothing(large, monkeypatch):
    built = problem_of(knapsack(20, 2, 1))
    monkeypatch.setattr(strategy, "LARGE", large)
    state, choice, y, told = attack_of(built)
    state.solver = Stubborn()

    assert strategy.attack(state, choice, y) == "limit"
    assert told["bounds"] == []
    assert state.proven <= state.value


def test_an_infeasible_relaxation_whose_proof_ran_out_of_time_is_the_search_s_word(monkeypatch):
    built = problem_of({**knapsack(8, 1, 1), "requirements": [{"resource": "r0", "min": 10**7}]})
    monkeypatch.setattr(highs, "farkas", lambda _problem, _seconds: np.zeros(0))
    state, choice, y, _told = attack_of(built)

    assert strategy.attack(state, choice, y) == "infeasible"
    assert len(state.none) == 0


@pytest.mark.parametrize("seed", range(4))
def test_farkas_of_the_solver_proves_what_brute_force_finds(seed):
    document = generalised_assignment(2, 6, seed)
    document["requirements"] = [{"resource": f"r{i}", "max": 25 + 8 * seed} for i in range(2)]
    built = problem_of(document)
    relaxed = highs.relax(built, 30)
    best, _good = brute(document)

    assert (relaxed.status == "infeasible") == proves_none(built, highs.farkas(built, 30))
    assert relaxed.status != "infeasible" or best is None


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "p.json"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_a_document_that_is_not_finite_is_refused_before_any_solver(word, tmp_path, monkeypatch):
    monkeypatch.setattr(solving, "begun_worker", lambda *_some: pytest.fail("a solver was begun"))
    text = json.dumps(knapsack(4, 1, 1)).replace('"max": ', f'"max": {word}, "was": ')

    with pytest.raises(BadInput, match="a finite number"):
        solve_document(written(tmp_path, text), seconds=1, memory=2**31)


def test_a_second_is_enough_for_an_answer_with_its_gap(tmp_path):
    plan = solve_document(written(tmp_path, json.dumps(knapsack(250, 10, 3))), seconds=1.0, memory=2**31)

    assert plan["status"] in ("feasible", "optimal")
    assert plan["gap"] >= 0
    assert plan["bound"] >= plan["objective"]
    assert len(plan["choice"]) == 250


def test_an_infeasible_document_carries_the_multipliers_that_prove_it(tmp_path):
    document = {**knapsack(8, 2, 1), "requirements": [{"resource": "r0", "min": 10**7}, {"resource": "r1", "max": 9000}]}

    plan = solve_document(written(tmp_path, json.dumps(document)), seconds=20, memory=2**31)

    built = problem_of(document)
    y = np.array([plan["multipliers"].get(name, 0.0) * float(scale) for name, scale in zip(built.resources, built.scale, strict=True)])
    assert (plan["status"], plan["bound_by"], plan["gap"]) == ("infeasible", "multipliers", None)
    assert proves_none(built, y)
    assert not proves_none(replace(built, lower=np.full(2, -np.inf)), y)
