"""Power: the legal order, protected users, every block and feeder; coal: balances, floors, lending, the bound anyone can recompute."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contingency_cast import some_day, some_users
from yunxing.engines.contingency.check_orders import power_faults
from yunxing.engines.contingency.coal import (
    Coal,
    columns_of,
    course,
    days_of,
    days_to_floor,
    faults_of,
    greedy_trains,
    lend,
    model,
    trains_of,
)
from yunxing.engines.contingency.explain import binding, furthest, shorts
from yunxing.engines.contingency.greedy import greedy
from yunxing.engines.contingency.power import CUT, LIMIT, RUN, SHIFT, Level, Users, level_of, reach, staged, station, use_of
from yunxing.engines.contingency.units import UnitDay, equivalent_availability
from yunxing.values.errors import BadInput

LEVELS = (Level("I", Fraction(20, 100)), Level("II", Fraction(10, 100)), Level("III", Fraction(5, 100)), Level("IV", Fraction(0)))


@pytest.mark.parametrize(
    ("demand", "supply", "level"),
    [(8000, 7280, "III"), (100, 80, "I"), (100, 90, "II"), (100, 95, "III"), (1000, 951, "IV"), (100, 100, ""), (0, 0, "")],
)
def test_levels_by_the_unrounded_share_bounds_included(demand, supply, level):
    assert level_of(demand, supply, LEVELS) == level


def test_availability_of_a_unit_follows_its_hours_and_losses():
    """The handbook's 95.28 %; a unit out half a day gives half; a derating takes its mean output off."""
    assert round(float(equivalent_availability(720, Fraction(0), Fraction(24), Fraction(10))) * 100, 2) == 95.28
    half = UnitDay("u", "一号", 300_000, 720, 0, 0, 720, {})
    derated = UnitDay("u", "一号", 300_000, 1440, 0, 0, 0, {"coal_quality": 1_440_000})
    assert (half.available_kw, half.state) == (150_000, "unplanned")
    assert (derated.available_kw, derated.state) == (240_000, "derated")
    assert UnitDay("u", "一号", 300_000, 0, 0, 0, 0, {}).available_kw == 0
    assert [UnitDay("u", "", 1, *minutes, {}).state for minutes in ((0, 0, 1440, 0), (1440, 0, 0, 0), (0, 1440, 0, 0))] == [
        "planned",
        "service",
        "reserve",
    ]


def first_plan(work, tier, rows):
    stage = staged(work, tier, rows)
    choice, y = greedy(stage.problem)
    return stage, stage.options[choice], choice, y


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 300), st.sampled_from([0.02, 0.06, 0.12]), st.sampled_from([1, 2, 3]))
def test_a_day_s_orders_never_touch_the_protected_and_keep_safety_load(seed, gap, tier):
    users = some_users(20, seed)
    day = some_day(users, gap)
    work = station(users, day)
    _stage, options, _choice, _y = first_plan(work, tier, work.first_rows())
    orders = [
        {
            "user": int(work.ways.user[o]),
            "tier": int(work.ways.tier[o]),
            "window": int(work.ways.window[o]),
            "kilowatts": int(work.ways.kilowatts[o]),
        }
        for o in options
        if work.ways.tier[o] != RUN
    ]

    faults = [one for one in power_faults(users, day, orders, tier) if " short" not in one]

    assert faults == []
    assert len(options) == len(users.party)
    assert all(one["user"] not in (0, 1) for one in orders)


def test_what_is_given_up_by_block_is_the_sum_of_the_orders_shifts_returned():
    """The fast sums by shape against a walk over every order."""
    users = some_users(20, 2)
    work = station(users, some_day(users, 0.08))
    _stage, options, _choice, _y = first_plan(work, LIMIT, work.first_rows())
    slow = np.zeros(24, dtype=np.int64)
    feeders = np.zeros((4, 24), dtype=np.int64)
    for one in options.tolist():
        if work.ways.tier[one] != RUN:
            part = work.ways.kilowatts[one] * work.shapes[int(work.ways.tier[one] == SHIFT), work.ways.window[one]]
            slow += part
            feeders[int(users.feeder[work.ways.user[one]][1:])] += part

    assert (work.given(options) == slow).all()
    assert (work.feeder_given(options) == feeders).all()


def test_more_tiers_reach_further_and_use_is_counted_by_tier():
    users = some_users(20, 2)
    work = station(users, some_day(users, 0.1, feeders=True))
    reaches = [reach(work, tier).max() for tier in range(SHIFT, CUT + 1)]

    assert reaches == sorted(reaches)
    assert len(work.first_rows()) > 6
    stage, options, choice, y = first_plan(work, LIMIT, work.first_rows())
    used = options[work.ways.tier[options] == LIMIT]
    assert use_of(work, options, LIMIT) == sum(
        int(work.ways.kilowatts[o]) * (work.day.windows[work.ways.window[o]][1] - work.day.windows[work.ways.window[o]][0]) for o in used
    )
    least = staged(work, LIMIT, work.first_rows(), least_use=True, use_most=10**6)
    assert least.problem.resources[-1] == "use of limit"
    assert binding(stage.problem, choice, y)[0].worth > 0


def test_users_that_cannot_be_used_are_refused_all_at_once():
    users = some_users(6, 1)
    users.safety[2] = users.load[2] + 5
    users.loss[3] = -1
    users.avoid[4] = users.load[4]
    users.party[5] = "U004"

    with pytest.raises(BadInput) as caught:
        station(users, some_day(some_users(6, 1), 0.1))

    for words in ("at most the load", "negative", "above safety", "a second time"):
        assert words in str(caught.value), words


def test_planted_faults_of_orders_are_each_named():
    users = some_users(8, 1)
    day = some_day(users, 0.3)
    orders = [
        {"user": 0, "tier": 1, "window": 0, "kilowatts": 1}, {"user": 1, "tier": 3, "window": 0, "kilowatts": 1},
        {"user": 2, "tier": 1, "window": 0, "kilowatts": int(users.load[2])}, {"user": 2, "tier": 1, "window": 0, "kilowatts": 1},
    ]  # fmt: skip

    text = " ".join(power_faults(users, day, orders, 2))

    for words in ("protected (医院)", "limit before it was opened", "minutes of notice", "safety load", "two orders", "kW short"):
        assert words in text, words


def test_infeasibility_is_said_row_by_row_with_what_could_be_reached():
    users = some_users(6, 1)
    work = station(users, some_day(users, 0.9))
    stage, _options, choice, _y = first_plan(work, SHIFT, work.first_rows())
    found = shorts(stage.problem, choice)

    assert found
    assert all(one.short > 0 and one.side == "min" for one in found)
    assert all(one.alone for one in found)
    assert "缺" in found[0].words()
    assert "short by" in found[0].words()
    assert furthest(stage.problem, 0, up=True) >= furthest(stage.problem, 0, up=False)


def city(sites: int = 4, days: int = 20, seed: int = 1, *, load: int = 6) -> Coal:
    draw = np.random.default_rng(seed)
    mean = draw.integers(1_000_000, 4_000_000, sites)
    return Coal(
        [f"S{n}" for n in range(sites)], mean * draw.integers(6, 12, sites), mean * 40, mean, [Fraction(7)] * sites, np.repeat(mean[:, None], days, axis=1),
        np.zeros((sites, days), dtype=np.int64), np.full(sites, 4), ["M0", "M1"], np.full((2, days), load), draw.integers(1, 4, (sites, 2)),
        draw.integers(60_000, 90_000, (sites, 2)), 3_500_000, 2 * load, near=5,
    )  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 300), st.sampled_from([1, 3, 8]))
def test_a_plan_of_trains_keeps_every_capacity_and_its_columns_fit_the_model(seed, load):
    """The day-by-day balance and the linear model say the same of the first plan; any multipliers bound it from below."""
    coal = city(seed=seed, load=load)
    trains = greedy_trains(coal)
    linear, columns = model(coal), columns_of(coal, trains)

    assert faults_of(coal, trains) == []
    assert linear.misses(columns) == 0
    assert abs(float(linear.cost @ columns) - course(coal, trains).total) <= 1e-6 * max(1.0, course(coal, trains).total)
    assert (trains_of(coal, columns) == trains).all()
    draw = np.random.default_rng(seed)
    assert linear.bound(draw.normal(0, 1000, len(linear.row_lower))) <= course(coal, trains).total * (1 + 1e-9) + 1


def test_planted_faults_of_trains_are_each_named():
    coal = city()
    trains = np.zeros((4, 2, 20))
    trains[0, 0, 1], trains[1, 0, 6], trains[2, 1, 7] = 0.5, 9.0, -1.0

    text = " ".join(faults_of(replace(coal, yard=coal.stock), trains))

    for words in ("not whole", "mine M0 day 7", "negative", "to unload", "in a yard"):
        assert words in text, words
    assert "rail day" in " ".join(faults_of(replace(coal, rail=2), trains))


def test_days_of_stock_as_the_handbook_counts_them():
    """Σ stock ÷ Σ use; a site that does not burn is no breach; days to the floor."""
    assert days_of(120_000 + 30_000, 15_000 + 5_000) == Fraction(15, 2)
    assert days_of(1000, 0) is None
    assert days_to_floor(150_000, 20_000, 18_000, 7) == 5
    assert days_to_floor(150_000, 18_000, 18_000, 7) is None


def test_lending_helps_the_shortest_first_from_its_own_county_and_never_below_rich():
    loans = lend(
        list("abcd"),
        [3000, 40_000, 60_000, 0],
        [1000, 1000, 2000, 0],
        [Fraction(7)] * 4,
        ["K1", "K2", "K1", "K1"],
        rich=Fraction(15),
        step=100,
    )

    assert [(one.lender, one.borrower, one.kilograms) for one in loans] == [("c", "a", 4000)]
    assert (loans[0].borrower_days, loans[0].lender_days) == (7, 28)
    assert lend(["a", "b"], [0, 15_000], [1000, 1000], [Fraction(7)] * 2, ["K", "K"], rich=Fraction(15), step=100) == []


def test_the_same_coal_is_the_same_model():
    assert model(city()).digest == model(city()).digest != model(city(seed=2)).digest


def test_protecting_everyone_leaves_only_running():
    users = some_users(5, 1)
    work = station(Users(**{**vars(users), "exempt": ["x"] * 5}), some_day(users, 0.1))

    assert work.ways.tier.tolist() == [RUN] * 5
