"""Classes of public instances as problems of units, options and requirements: the optimum that another method finds, or a proven gap; never a wrong claim.

The references know nothing of units and options: dynamic programming, an assignment solver, branch and bound on the matrix as it is usually written.
"""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from scipy import optimize

from contingency_cast import assignment, generalised_assignment, knapsack, tight_assignment
from yunxing.engines.contingency.check import judged, verdict
from yunxing.engines.contingency.document import chosen_of, problem_of
from yunxing.engines.contingency.dual import bound, proves_none
from yunxing.io.solvers.solve import solve
from yunxing.io.solvers.workers import standing_by

LONG = 60.0  # ends by proof long before it


@pytest.fixture(autouse=True, scope="module")
def _standing():
    with standing_by():
        yield


def direct(document, seconds=60.0):
    """The optimum by the other way of writing it: a column an option, a row a unit, scipy's own branch and bound."""
    columns = [(u, option) for u, unit in enumerate(document["units"]) for option in unit["options"]]
    rows = {one["resource"]: at for at, one in enumerate(document["requirements"])}
    matrix = np.zeros((len(document["units"]) + len(rows), len(columns)))
    for at, (unit, option) in enumerate(columns):
        matrix[len(rows) + unit, at] = 1
        for name, amount in option.get("effect", {}).items():
            if name in rows:
                matrix[rows[name], at] = float(amount)
    low = [float(one.get("min", -np.inf)) for one in document["requirements"]] + [1] * len(document["units"])
    high = [float(one.get("max", np.inf)) for one in document["requirements"]] + [1] * len(document["units"])
    sign = 1 if document["sense"] == "min" else -1
    cost = sign * np.array([float(option["value"]) for _unit, option in columns])
    found = optimize.milp(
        cost, constraints=optimize.LinearConstraint(matrix, low, high), integrality=np.ones(len(columns)), bounds=(0, 1),
        options={"time_limit": seconds},
    )  # fmt: skip
    return None if found.x is None else sign * found.fun


def solved(document, seconds=LONG):
    """The answer, its plan judged from the document alone, its bound on the right side, a bound by multipliers repeated."""
    built = problem_of(document)
    answer = solve(built, seconds=seconds)
    if answer.status in ("optimal", "feasible"):
        found = judged(document, chosen_of(built, answer.choice))
        assert found.holds
        assert found.objective == built.objective(answer.choice)
        assert answer.bound <= answer.objective
        if answer.bound_by == "multipliers":
            assert bound(built, answer.multipliers) == answer.bound
    return built, answer


def test_a_knapsack_of_one_row_reaches_what_dynamic_programming_finds():
    """150 items; the table over all weights is exact."""
    document = knapsack(150, 1, 5)
    capacity = document["requirements"][0]["max"]
    best = np.zeros(capacity + 1, dtype=np.int64)
    for unit in document["units"]:
        weight, worth = unit["options"][1]["effect"]["r0"], unit["options"][1]["value"]
        best[weight:] = np.maximum(best[weight:], best[: capacity + 1 - weight] + worth)

    built, answer = solved(document)

    assert answer.status == "optimal"
    assert built.objective(answer.choice) == int(best[-1])


@pytest.mark.parametrize(
    ("document", "seconds"),
    [
        (knapsack(40, 5, 3), LONG),
        (knapsack(28, 10, 1), LONG),  # the size of the oldest public instances
        (generalised_assignment(5, 20, 2), LONG),
        (generalised_assignment(8, 32, 1), LONG),
    ],
    ids=["mknap 5x40", "mknap 10x28", "gap 5x20", "gap 8x32"],
)
def test_the_optimum_is_the_one_that_another_way_of_writing_it_gives(document, seconds):
    built, answer = solved(document, seconds)

    assert answer.status == "optimal"
    assert float(built.objective(answer.choice)) == pytest.approx(direct(document), abs=1e-6)


@pytest.mark.parametrize("count", [60, 200])
def test_assignments_are_optimal_at_the_relaxation(count):
    """200 × 200 with equalities: forty thousand options, and the bound can be repeated by anyone."""
    document, cost = assignment(count, 3)
    rows, columns = optimize.linear_sum_assignment(cost)

    built, answer = solved(document)

    assert answer.status == "optimal"
    assert answer.bound_by == "multipliers"
    assert built.objective(answer.choice) == int(cost[rows, columns].sum())


@pytest.mark.parametrize(
    ("document", "most"),
    [
        (knapsack(100, 10, 3), 0.03),
        (knapsack(500, 30, 2), 0.03),
        (tight_assignment(10, 60, 1), 0.06),
        (generalised_assignment(10, 60, 1), 0.06),
    ],
    ids=["mknap 10x100", "mknap 30x500", "gap D 10x60", "gap C 10x60"],
)
def test_hard_instances_have_a_plan_and_a_proven_gap_within_a_few_seconds(document, most):
    """These are open for hours: a plan, a bound, and no false claim, at any speed of the machine."""
    built, answer = solved(document, 3.0)

    assert answer.status in ("optimal", "feasible")
    assert answer.gap <= most
    assert verdict(built, answer.choice).holds


def general(seed, units=14, options=4, rows=5, *, equal=False, decimals=False, huge=1, negative=True):
    """Small mixed programs: any signs, bounds on both sides, equalities around a hidden plan so that there is one."""
    draw = random.Random(seed)

    def number(low, high):
        value = draw.randint(low, high) * huge
        return Decimal(value) / 1000 if decimals else value

    made = [
        {
            "id": f"u{u}",
            "options": [
                {
                    "id": f"o{o}", "value": number(-50 if negative else 0, 90),
                    "effect": {f"r{r}": number(-20 if negative else 0, 60) for r in range(rows) if draw.random() < 0.7},
                }
                for o in range(options)
            ],
        }
        for u in range(units)
    ]  # fmt: skip
    hidden = [draw.choice(unit["options"]) for unit in made]
    requirements = []
    for r in range(rows):
        total = sum((option["effect"].get(f"r{r}", 0) for option in hidden), Decimal(0) if decimals else 0)
        if equal and r == 0:
            requirements.append({"resource": f"r{r}", "min": total, "max": total})
        else:
            requirements.append({"resource": f"r{r}", **({"min": total - 40 * huge} if r % 2 else {"max": total + 40 * huge})})
    return {"sense": draw.choice(["min", "max"]), "units": made, "requirements": requirements}


@pytest.mark.parametrize(
    "more",
    [{}, {"equal": True}, {"decimals": True}, {"decimals": True, "equal": True}, {"huge": 10**9}, {"huge": 10**7, "equal": True}, {"negative": False}],
    ids=["signs", "equality", "decimals", "decimal equality", "huge", "huge equality", "positive"],
)  # fmt: skip
@pytest.mark.parametrize("seed", [1, 2])
def test_small_mixed_programs_reach_the_optimum_whatever_their_numbers(more, seed):
    document = general(seed, **more)
    reference = direct(small(document, more.get("huge", 1)))

    built, answer = solved(document)

    assert answer.status == "optimal"
    assert float(built.objective(answer.choice)) / more.get("huge", 1) == pytest.approx(reference, abs=1e-5)


def small(document, by):
    """The same program in larger units, for a reference that does not scale."""
    if by == 1:
        return document
    units = [
        {
            **unit,
            "options": [{**o, "value": o["value"] / by, "effect": {k: v / by for k, v in o["effect"].items()}} for o in unit["options"]],
        }
        for unit in document["units"]
    ]
    rows = [{k: v / by if k != "resource" else v for k, v in one.items()} for one in document["requirements"]]
    return {**document, "units": units, "requirements": rows}


def one_unit(options, requirements, sense="min"):
    return {"sense": sense, "units": [{"id": "u", "options": options}], "requirements": requirements}


@pytest.mark.parametrize(
    ("document", "status", "objective"),
    [
        (one_unit([{"id": "a", "value": 3}], []), "optimal", 3),
        (one_unit([{"id": "a", "value": -3}, {"id": "b", "value": 1}], [], "max"), "optimal", 1),
        (one_unit([{"id": "a", "value": 3, "effect": {"r": 1}}, {"id": "b", "value": 1}], [{"resource": "r", "min": 1}]), "optimal", 3),
        (one_unit([{"id": "a", "value": 3, "effect": {"r": 1}}], [{"resource": "r", "min": 1, "max": 1}]), "optimal", 3),
        (one_unit([{"id": "a", "value": 3, "effect": {"r": 2}}], [{"resource": "r", "min": 1, "max": 1}]), "infeasible", None),
        (one_unit([{"id": "a", "value": 0, "effect": {"r": 5, "unasked": 9}}, {"id": "b", "value": 0}], [{"resource": "r", "max": 4}]), "optimal", 0),
        ({"sense": "max", "units": [{"id": str(n), "options": [{"id": "only", "value": n}]} for n in range(9)], "requirements": []}, "optimal", 36),
        (one_unit([{"id": "a", "value": 1e15, "effect": {"r": 1e15}}, {"id": "b", "value": 1e15 - 1, "effect": {"r": 1}}], [{"resource": "r", "max": 10}]),
         "optimal", 10**15 - 1),
        (one_unit([{"id": "a", "value": 0.1, "effect": {"r": 0.3}}, {"id": "b", "value": 0.2, "effect": {"r": 0.1}}], [{"resource": "r", "max": 0.3}]),
         "optimal", Fraction(1, 10)),
    ],
    ids=["one option", "two, best", "forced", "equal met", "equal missed", "resource unasked", "one option each", "huge", "decimal edge"],
)  # fmt: skip
def test_degenerate_problems_are_answered(document, status, objective):
    built, answer = solved(document)

    assert answer.status == status
    assert objective is None or built.objective(answer.choice) == objective


def test_many_equal_plans_are_one_of_them_proven():
    """Every plan of the right size is optimal: symmetry must not keep the proof away."""
    units = [{"id": f"u{n}", "options": [{"id": "0", "value": 0}, {"id": "1", "value": 7, "effect": {"r": 3}}]} for n in range(60)]

    built, answer = solved({"sense": "min", "units": units, "requirements": [{"resource": "r", "min": 88}]})

    assert answer.status == "optimal"
    assert built.objective(answer.choice) == 30 * 7


def test_the_same_input_in_another_run_is_the_same_plan():
    document = generalised_assignment(4, 14, 4)

    plans = [solved(document)[1].choice.tolist() for _ in range(2)]

    assert plans[0] == plans[1]


@pytest.mark.parametrize(
    "document",
    [
        {**knapsack(40, 3, 1), "requirements": [{"resource": "r0", "max": 9000}, {"resource": "r1", "min": 40_000}]},
        {**generalised_assignment(4, 12, 1), "requirements": [{"resource": f"r{i}", "max": 20} for i in range(4)]},
    ],
    ids=["one row beyond all", "all rows together"],
)
def test_that_there_is_no_plan_is_proven_by_multipliers_that_anyone_can_repeat(document):
    built, answer = solved(document)

    assert answer.status == "infeasible"
    assert answer.bound_by == "multipliers"
    assert proves_none(built, answer.multipliers)
    assert len(answer.choice) == len(built.units)


def test_that_there_is_no_plan_in_whole_options_alone_rests_on_the_search_and_says_so():
    """Shares of options would hold: no multipliers can prove it, only the search."""
    units = [{"id": f"u{n}", "options": [{"id": "0", "value": 0}, {"id": "1", "value": 1, "effect": {"r": 2}}]} for n in range(5)]

    _built, answer = solved({"sense": "min", "units": units, "requirements": [{"resource": "r", "min": 3, "max": 3}]})

    assert answer.status == "infeasible"
    assert answer.bound_by == "search"


@pytest.mark.parametrize("seconds", [0.05, 1.0])
def test_a_limit_of_a_second_or_less_gives_a_usable_answer(seconds):
    built, answer = solved(tight_assignment(10, 60, 2), seconds)

    assert len(answer.choice) == len(built.units)
    assert answer.status in ("feasible", "optimal", "unknown")
