"""A day of power: a later tier is opened only on proof, the plan in force is changed as little as can be. Brute force is the reference."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from contingency_cast import some_day, some_users
from yunxing.engines.contingency.power import AVOID, CUT, LIMIT, RUN, SHIFT, Day, Users, option_of, running, station, use_of
from yunxing.engines.contingency.steady import most_of
from yunxing.flows import hold_power
from yunxing.flows.hold_power import hold_day, words_of
from yunxing.io.solvers.workers import standing_by


@pytest.fixture(autouse=True, scope="module")
def _standing():
    """One solver's process stands by, so that the days of this file do not wait for its start."""
    with standing_by():
        yield


def users(shift, avoid, load=(100, 100, 100)):
    """Three users without safety load, each with so many kilowatts to shift and to avoid."""
    count = len(shift)
    zero = np.zeros(count, dtype=np.int64)
    return Users(
        [f"U{n}" for n in range(count)], ["1"] * count, ["K"] * count, ["L"] * count, np.array(load, dtype=np.int64), np.array(shift, dtype=np.int64),
        np.array(avoid, dtype=np.int64), zero, np.array([300, 200, 100][:count], dtype=np.int64), zero, [""] * count,
    )  # fmt: skip


def day(first, second=0):
    """Four blocks of an hour: a gap in the second and perhaps the fourth, a window of its own for each."""
    demand = np.array([500, 1000, 500, 1000], dtype=np.int64)
    supply = demand - np.array([-900, first, -900, second], dtype=np.int64)
    return Day(demand, supply, Fraction(1), ((1, 2), (3, 4)), reserve=Fraction(1))


def brute(work, last=CUT):
    """Every combination of options, one a user: (tier, use of it, loss, options) of the least, or None."""
    mine = [np.flatnonzero(work.ways.user == user).tolist() for user in range(len(work.users.party))]
    found = []
    for options in itertools.product(*mine):
        taken = np.array(options)
        city, feeders = work.short(taken)
        if not city.any() and not feeders.any():
            tier = max(int(work.ways.tier[taken].max()), RUN)
            if tier <= last:
                found.append((tier, use_of(work, taken, tier) if tier > SHIFT else 0, int(work.ways.loss[taken].sum()), options))
    return min(found) if found else None


@pytest.mark.parametrize(
    ("shift", "avoid", "first", "second"),
    [
        ((30, 30, 30), (50, 50, 50), 80, 0),  # shifting is enough
        ((30, 30, 30), (50, 50, 50), 90, 0),  # exactly enough
        ((30, 30, 30), (50, 50, 50), 91, 0),  # one kilowatt short: the sum of all proves it
        ((30, 30, 30), (50, 50, 50), 60, 60),  # each gap alone could be held, both together not: nobody can shift twice
        ((30, 30, 30), (50, 50, 50), 60, 30),  # one for the one, two for the other
        ((30, 0, 7), (50, 40, 0), 100, 20),
        ((0, 0, 0), (60, 50, 0), 101, 0),
    ],
)
def test_the_tier_opened_is_the_first_that_brute_force_finds_enough(shift, avoid, first, second):
    work = station(users(shift, avoid), day(first, second))
    tier, _use, loss, _options = brute(work)

    held = hold_day(work, seconds=20, gap=0.0)

    assert held.holds
    assert held.tier == tier
    assert held.unproven == ()
    assert set(held.proven_by) == set(range(SHIFT, tier))
    assert held.loss >= loss or tier > SHIFT


def test_of_the_last_tier_the_least_is_used_and_then_the_loss_is_least():
    work = station(users((30, 30, 30), (50, 45, 40)), day(110))

    held = hold_day(work, seconds=20, gap=0.0)

    assert (held.tier, use_of(work, held.options, held.tier), held.loss) == brute(work)[:3]


def slow(status):
    """A solver of the tiers before the last that ends with a status and the plan that everybody runs."""
    real = hold_power.solve

    def solved(problem, **more):
        found = real(problem, **{**more, "seconds": 0.0, "best_effort": True})
        if more.get("best_effort", True):
            return real(problem, **more)
        return replace(found, status=status, choice=problem.first[:-1].copy(), bound_by="search")

    return solved


def test_a_tier_that_merely_ran_out_of_time_is_named_and_never_called_insufficient(monkeypatch):
    """The fault that was: shifting is enough, its solver finds nothing in time, and avoiding is opened without a word."""
    work = station(users((30, 30, 30), (50, 50, 50)), day(60, 30))
    monkeypatch.setattr(hold_power, "solve", slow("unknown"))

    held = hold_day(work, seconds=3)

    assert held.tier == CUT
    assert held.unproven == (SHIFT, AVOID, LIMIT)
    assert held.proven_by == {}
    assert any("未能证明" in one for one in words_of(work, held))


def test_a_tier_proven_by_the_search_alone_says_so(monkeypatch):
    work = station(users((30, 30, 30), (50, 50, 50)), day(60, 30))
    monkeypatch.setattr(hold_power, "solve", slow("infeasible"))

    held = hold_day(work, seconds=3)

    assert held.proven_by == {SHIFT: "search", AVOID: "search", LIMIT: "search"}
    assert held.unproven == ()


def test_without_time_the_plan_of_the_earlier_tier_that_holds_is_kept():
    """The first plan of shifting holds: no later tier, whatever the deadline."""
    some = some_users(60, 4)
    work = station(some, some_day(some, 0.02))

    held = hold_day(work, seconds=0.4)

    assert held.holds
    assert (held.tier, held.unproven) == (SHIFT, ())


def test_a_gap_beyond_all_tiers_is_a_best_effort_with_every_tier_before_ruled_out():
    work = station(users((10, 10, 10), (20, 20, 20)), day(400))

    held = hold_day(work, seconds=3)

    assert not held.holds
    assert held.tier == CUT
    assert held.proven_by == {SHIFT: "sum", AVOID: "sum", LIMIT: "sum", CUT: "multipliers"}
    assert "01:00—02:00 缺口 400 kW" in words_of(work, held)[0]


def changes_of(work, held, before):
    return int((held.options != before).sum())


def test_the_plan_in_force_is_changed_as_little_as_brute_force_can():
    """Among all plans of the same tier and use within a thousandth of the loss, the fewest users are told something else."""
    some = users((40, 40, 40), (60, 60, 60))
    old = hold_day(station(some, day(40)), seconds=10, gap=0.0)
    work = station(some, day(75))
    free = hold_day(work, seconds=10, gap=0.0)
    mine = [np.flatnonzero(work.ways.user == user).tolist() for user in range(3)]
    fewest = min(
        sum(one != before for one, before in zip(options, old.options.tolist(), strict=True))
        for options in itertools.product(*mine)
        if not work.short(np.array(options))[0].any()
        and work.ways.tier[list(options)].max() <= free.tier
        and work.ways.loss[list(options)].sum() <= most_of(free.loss)
    )

    calm = hold_day(work, seconds=10, gap=0.0, before=old.options)

    assert calm.holds
    assert changes_of(work, calm, old.options) == fewest
    assert calm.loss == free.loss + calm.dearer <= most_of(free.loss)


@pytest.mark.parametrize("seed", [3, 8])
def test_a_gap_that_moves_a_little_moves_few_users(seed):
    some = some_users(120, seed)
    old = hold_day(station(some, some_day(some, 0.06)), seconds=6)
    work = station(some, some_day(some, 0.065))

    free, calm = hold_day(work, seconds=6), hold_day(work, seconds=6, before=old.options)

    assert calm.holds
    assert changes_of(work, calm, old.options) <= changes_of(work, free, old.options)
    assert calm.loss <= most_of(most_of(free.loss, Fraction(6, 1000)))


def test_a_day_that_stays_the_same_changes_nobody():
    some = some_users(60, 5)
    work = station(some, some_day(some, 0.05))
    old = hold_day(work, seconds=6)

    again = hold_day(work, seconds=6, before=old.options)

    assert changes_of(work, again, old.options) == 0


def test_options_are_found_again_by_tier_and_window_and_a_plan_as_its_choice():
    some = some_users(12, 2)
    work = station(some, some_day(some, 0.08))
    held = hold_day(work, seconds=6)
    ways, windows = work.ways, work.day.windows

    again = [
        int(running(work)[user])
        if ways.tier[option] == RUN
        else option_of(work, user, int(ways.tier[option]), windows[int(ways.window[option])])
        for user, option in enumerate(held.options[np.argsort(ways.user[held.options])].tolist())
    ]

    assert sorted(again) == sorted(held.options.tolist())
    assert option_of(work, 0, SHIFT, windows[0]) is None  # protected: it can only run
    assert option_of(work, 3, SHIFT, (0, 1)) is None  # no such window
    assert (held.stage.options[held.stage.choice_of(held.options)] == held.options).all()
    assert (ways.tier[held.stage.options[held.stage.choice_of(np.zeros(0, dtype=np.int64))]] == RUN).all()
