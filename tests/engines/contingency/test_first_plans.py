"""The first plan without a solver, the search for one that holds, units' states, alert bounds: worked out by hand."""

from __future__ import annotations

import time
from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from contingency_cast import some_law, some_lines
from yunxing.engines.contingency.alert import AlertRule, Criteria, holds, level_of_days
from yunxing.engines.contingency.check import judged
from yunxing.engines.contingency.check_orders import county_shares, list_faults
from yunxing.engines.contingency.document import problem_of
from yunxing.engines.contingency.dual import gap_of
from yunxing.engines.contingency.greedy import greedy
from yunxing.engines.contingency.repair import miss, settle
from yunxing.engines.contingency.units import UnitDay


def pairs(count, bound, side="min"):
    """`count` units that run (0) or give up 10 at a cost of their place."""
    units = [
        {"id": f"u{n:03d}", "options": [{"id": "run", "value": 0}, {"id": "cut", "value": n + 1, "effect": {"x": 10}}]}
        for n in range(count)
    ]
    return {"sense": "min", "units": units, "requirements": [{"resource": "x", side: bound}]}


@pytest.mark.parametrize(("bound", "missing"), [(0, 0), (10, 0), (40, 0), (41, 1), (50, 10)])
def test_settle_reaches_what_can_be_reached_and_misses_least_beyond(bound, missing):
    """Four units of 10 reach 40: up to there nothing is missing, beyond it exactly the rest."""
    problem = problem_of(pairs(4, bound))
    found = settle(problem, problem.first[:-1].copy())

    given = float(problem.activity(found)[0]) * float(problem.scale[0])
    assert max(0.0, bound - given) == missing


def test_settle_ends_when_its_time_has_come():
    """Time that is over leaves the plan as it was given, and the argument itself untouched."""
    problem = problem_of(pairs(60, 600))
    begun = problem.first[:-1].copy()
    kept = begun.copy()

    assert settle(problem, begun, until=time.monotonic() - 1).tolist() == kept.tolist()
    assert begun.tolist() == kept.tolist()
    assert miss(problem, problem.activity(settle(problem, begun))) == 0


def test_a_first_plan_of_equal_cuts_takes_the_cheapest():
    """Thirty of sixty, each unit ten: the three cheapest, 1 + 2 + 3."""
    problem = problem_of(pairs(6, 30))
    choice, _y = greedy(problem)

    assert float(problem.value[choice].sum()) * float(problem.value_scale) == 6


def test_a_most_of_nothing_leaves_everybody_running():
    problem = problem_of(pairs(5, 0, "max"))

    assert [problem.options[one] for one in greedy(problem)[0]] == ["run"] * 5


@pytest.mark.parametrize(
    ("service", "reserve", "planned", "unplanned", "lost", "state", "available"),
    [
        (1440, 0, 0, 0, {}, "service", 300_000),
        (720, 720, 0, 0, {}, "service", 300_000),
        (719, 721, 0, 0, {}, "reserve", 300_000),
        (720, 0, 720, 0, {}, "service", 150_000),
        (719, 0, 721, 0, {}, "planned", Fraction(300_000 * 719, 1440)),
        (1439, 0, 0, 1, {}, "unplanned", Fraction(300_000 * 1439, 1440)),
        (1440, 0, 0, 0, {"heat": 240_000, "grid": 240_000}, "derated", 280_000),
        (1440, 0, 0, 0, {"other": 8_000_000}, "derated", 0),
        (0, 0, 0, 0, {}, "service", 0),
    ],
)
def test_a_unit_s_state_and_what_it_can_give(service, reserve, planned, unplanned, lost, state, available):
    """Nominal times the share of time it could run, less kilowatt-hours lost spread over the 24 hours, never below nothing."""
    unit = UnitDay("P", "一号机", 300_000, service, reserve, planned, unplanned, lost)

    assert (unit.state, unit.available_kw) == (state, available)


def test_a_unit_without_nominal_power_gives_nothing():
    assert UnitDay("P", "一号机", 0, 1440, 0, 0, 0, {}).available_kw == 0


@pytest.mark.parametrize(
    ("hourly", "rule", "held"),
    [
        ([201] * 48, AlertRule("y", above=200, hours=48), True),
        ([201] * 47, AlertRule("y", above=200, hours=48), False),
        ([200] * 48, AlertRule("y", above=200, hours=48), False),
        ([201] * 30 + [200] + [201] * 30, AlertRule("y", above=200, hours=48), False),
        ([499], AlertRule("r", peak=500), False),
        ([500], AlertRule("r", peak=500), True),
        ([], AlertRule("r", peak=500), False),
        ([201] * 24 + [301] * 24, AlertRule("o", above=200, hours=48, and_above=300, and_hours=24), True),
        ([201] * 25 + [301] * 23, AlertRule("o", above=200, hours=48, and_above=300, and_hours=24), False),
        ([201] * 48 + [0] + [301] * 24, AlertRule("o", above=200, hours=48, and_above=300, and_hours=24), False),
    ],
)
def test_a_rule_holds_on_end_and_its_second_bound_inside_the_same_spell(hourly, rule, held):
    assert holds(rule, hourly) is held


def test_the_gravest_rule_decides_and_a_version_ends_on_its_last_day():
    two = Criteria(
        "v", "版本", date(2022, 1, 2), date(2022, 1, 3), (AlertRule("red", above=300, hours=24), AlertRule("low", above=100, hours=24))
    )

    assert [level_of_days([one], two) for one in (100, 101, 300, 301)] == ["", "low", "low", "red"]
    assert [two.on(date(2022, 1, day)) for day in (1, 2, 3, 4)] == [False, True, True, False]


@pytest.mark.parametrize(("chosen", "holds_", "objective"), [(3, False, 6), (4, True, 10), (5, True, 15)])
def test_the_checker_counts_by_itself(chosen, holds_, objective):
    """Requirement 40 of ten each: three are short by ten, four and five hold; the objective is 1 + … + n."""
    document = pairs(5, 40)
    plan = {f"u{n:03d}": "cut" if n < chosen else "run" for n in range(5)}
    found = judged(document, plan)

    assert (found.holds, found.objective) == (holds_, objective)
    assert [(one.side, one.short) for one in found.missed] == ([] if holds_ else [("min", 10)])


@pytest.mark.parametrize(("value", "proven", "gap"), [(100.0, 100.0, 0.0), (100.0, 90.0, None), (0.0, 0.0, 0.0)])
def test_a_gap_is_nothing_only_when_the_bound_is_met(value, proven, gap):
    found = gap_of(value, proven)

    assert found == gap if gap is not None else found > 0


def test_a_list_of_nothing_is_short_in_every_pollutant_and_touches_nobody():
    """Nobody is cut: the guaranteed line is wrong, and each of three levels misses both pollutants; no county has a part of no cut."""
    lines = some_lines()
    law = some_law(lines)
    none = np.zeros((12, 3), dtype=np.int64).tolist()
    faults = list_faults(lines, law, none)

    assert sum("guaranteed load 70 %" in one for one in faults) == 1
    assert [one.partition(":")[0] for one in faults[-6:]] == [f"{level}/{p}" for level in law.levels for p in law.pollutants]
    assert {cut for cut, _base in county_shares(lines, law, none, 0).values()} == {0}
    assert sum(base for _cut, base in county_shares(lines, law, none, 0).values()) == 1
