"""Shares of a whole: the sum is exact whatever is asked, against a slow twin that hands out unit by unit."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunxing.engines.ledger.splits import Shared, Split, in_steps, largest_remainder, partial_then_wait, pro_rata_within
from yunxing.values.errors import BadInput

WEIGHTS = st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 50), min_size=1).filter(lambda one: any(one.values()))
HALVES = Split("fee", "13/3b", {"province": Fraction(1, 2), "local": Fraction(1, 2)}, tie_to="province")


def one_by_one(total: int, weights: dict[str, int], first: list[str]) -> dict[str, int]:
    """The slow twin: each unit to the name that is furthest below its exact share, never above its share rounded up."""
    whole = sum(weights.values())
    given = {name: weight * total // whole for name, weight in weights.items()}
    for _ in range(total - sum(given.values())):
        rank = {
            name: (
                -(Fraction(weights[name] * total, whole) - given[name]),
                first.index(name) if name in first else len(first),
                -weights[name],
                name,
            )
            for name in weights
        }
        given[min(weights, key=lambda name: rank[name])] += 1
    return given


@given(st.integers(0, 1000), WEIGHTS, st.lists(st.sampled_from("abcdefg"), unique=True))
@settings(max_examples=200, deadline=None)
def test_largest_remainder_is_the_slow_twin(total: int, weights: dict[str, int], first: list[str]) -> None:
    assert largest_remainder(total, weights, first=first) == one_by_one(total, weights, first)


@given(st.integers(0, 10**15), WEIGHTS)
@settings(max_examples=200, deadline=None)
def test_nothing_is_lost_and_each_is_within_one_of_its_share(total: int, weights: dict[str, int]) -> None:
    found = largest_remainder(total, weights)
    whole = sum(weights.values())
    assert sum(found.values()) == total
    assert all(abs(found[name] - Fraction(total * weight, whole)) < 1 for name, weight in weights.items())
    assert largest_remainder(total, dict(reversed(weights.items()))) == found


@given(st.integers(0, 10**9), WEIGHTS, st.integers(1, 1000))
@settings(max_examples=200, deadline=None)
def test_steps_keep_the_sum_and_only_one_gets_the_odd_rest(total: int, weights: dict[str, int], step: int) -> None:
    found = in_steps(total, weights, step)
    assert sum(found.values()) == total
    assert sum(amount % step != 0 for amount in found.values()) <= 1


@given(st.integers(0, 10**12), st.integers(0, 10**12))
@settings(max_examples=200, deadline=None)
def test_a_capped_side_never_pays_more_than_is_left(total: int, remaining: int) -> None:
    shared = partial_then_wait(HALVES, "local", total, remaining)
    assert shared.paid + shared.uncovered == total
    assert 0 <= shared.capped <= remaining
    assert shared.capped <= shared.other <= shared.capped + 1  # 5:5, the odd fen is the province's
    assert shared.uncovered >= 0
    assert (shared.uncovered == 0) == (HALVES.of(total)["local"] <= remaining)


# ---- the worked examples of measures 13, 15 and 16


@pytest.mark.parametrize(
    ("fee", "local", "province"),
    [(100_01, 50_00, 50_01), (100_00, 50_00, 50_00), (1, 0, 1), (0, 0, 0)],
    ids=["odd", "even", "one fen", "none"],
)
def test_the_fee_is_shared_five_to_five_and_the_province_takes_the_odd_fen(fee: int, local: int, province: int) -> None:
    assert HALVES.of(fee) == {"province": province, "local": local}


@pytest.mark.parametrize(
    ("remaining", "shared"),
    [
        (30_000_00, Shared(30_000_00, 30_000_00, 20_000_00)),
        (40_000_00, Shared(40_000_00, 40_000_00, 0)),
        (39_999_99, Shared(39_999_99, 39_999_99, 2)),
        (0, Shared(0, 0, 80_000_00)),
    ],
    ids=["the handbook's", "exactly enough", "one fen short", "nothing left"],
)
def test_the_last_payment_of_the_pilot_is_partial(remaining: int, shared: Shared) -> None:
    """A fee of 80,000 yuan against what the place's ten million still hold."""
    assert partial_then_wait(HALVES, "local", 80_000_00, remaining) == shared


def test_a_side_without_a_share_has_nothing_to_match() -> None:
    alone = Split("alone", "c", {"local": Fraction(0), "province": Fraction(1)})
    assert partial_then_wait(alone, "local", 100, 0) == Shared(0, 100, 0)


def test_three_levels_of_finance_by_a_ratio_with_an_exact_remainder() -> None:
    """Province, city and county 5:3:2 of 100.01 yuan."""
    levels = Split("levels", "c", {"province": Fraction(5, 10), "city": Fraction(3, 10), "county": Fraction(2, 10)}, tie_to="province")
    assert levels.of(100_01) == {"province": 50_01, "city": 30_00, "county": 20_00}


def test_the_renewable_increment_to_a_hundredth_of_a_ton() -> None:
    """14,748.00 tce halve; of 14,748.01 the county keeps the odd hundredth."""
    rule = Split("renewable", "16/1", {"city": Fraction(50, 100), "county_of_project": Fraction(50, 100)}, tie_to="county_of_project")
    assert rule.of(1_474_800) == {"city": 737_400, "county_of_project": 737_400}
    assert rule.of(1_474_801) == {"city": 737_400, "county_of_project": 737_401}


def test_the_land_task_by_stocks() -> None:
    """3300 ha over stocks of 5000, 3000 and 2000 ha: 1650, 990 and 660."""
    assert in_steps(33_000_000, {"a": 50_000_000, "b": 30_000_000, "c": 20_000_000}, 100) == {
        "a": 16_500_000,
        "b": 9_900_000,
        "c": 6_600_000,
    }


def test_claims_above_a_pool_are_cut_in_proportion_to_the_last_unit() -> None:
    """Measure 2's 30/41: the sum is exactly the pool; claims below it are paid whole."""
    claims = {"a": 11, "b": 13, "c": 17}
    cut = pro_rata_within(30, claims)
    assert sum(cut.values()) == 30
    assert all(cut[name] <= claims[name] for name in claims)
    assert pro_rata_within(41, claims) == claims


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: largest_remainder(-1, {"a": 1}),
        lambda: largest_remainder(1, {"a": -1}),
        lambda: largest_remainder(1, {"a": 0}),
        lambda: in_steps(1, {"a": 1}, 0),
        lambda: in_steps(1, {"a": 0}, 5),
        lambda: Split("s", "c", {"a": Fraction(1, 2)}),
        lambda: Split("s", "c", {"a": Fraction(3, 2), "b": Fraction(-1, 2)}),
        lambda: Split("s", "c", {"a": Fraction(1)}, tie_to="b"),
        lambda: partial_then_wait(HALVES, "county", 1, 1),
        lambda: partial_then_wait(HALVES, "local", -1, 1),
        lambda: partial_then_wait(HALVES, "local", 1, -1),
    ],
)
def test_what_is_no_split_is_refused(wrong) -> None:
    with pytest.raises(BadInput):
        wrong()


def test_nothing_over_nothing_is_nothing() -> None:
    assert largest_remainder(0, {"a": 0}) == {"a": 0}
