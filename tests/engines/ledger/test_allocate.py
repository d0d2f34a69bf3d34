"""First come, first served, the last one in part: against brute force, and the same for any order of input."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunxing.engines.ledger.allocate import MODES, Claim, fcfs_partial_last, fcfs_whole_or_skip, pro_rata
from yunxing.values.errors import BadInput

START = datetime(2022, 9, 1, tzinfo=UTC)

claims = st.lists(st.builds(lambda minute, amount: (minute, amount), st.integers(0, 5), st.integers(1, 50)), max_size=12).map(
    lambda pairs: [Claim(f"c{i:02d}", START + timedelta(minutes=minute), amount) for i, (minute, amount) in enumerate(pairs)]
)


@settings(deadline=None)
@given(claims, st.integers(0, 200), st.randoms())
def test_each_fen_goes_to_the_earliest_claim_that_still_lacks_it(given_claims, balance, chance) -> None:
    """The slow twin hands out fen by fen."""
    ordered = sorted(given_claims, key=lambda claim: (claim.arrived, claim.id))
    slow = dict.fromkeys((claim.id for claim in ordered), 0)
    for _ in range(balance):
        open_ = next((claim for claim in ordered if slow[claim.id] < claim.amount), None)
        if open_ is None:
            break
        slow[open_.id] += 1
    shuffled = list(given_claims)
    chance.shuffle(shuffled)
    awards = fcfs_partial_last(shuffled, balance)
    assert {award.claim.id: award.amount for award in awards} == slow
    assert sum(award.amount for award in awards) == min(balance, sum(claim.amount for claim in given_claims))
    assert [award.outcome for award in awards].count("reduced") <= 1
    assert all((award.outcome == "granted") == (award.amount == award.claim.amount) for award in awards)
    assert all(award.left >= 0 for award in awards)


def test_ties_of_the_clock_go_by_claim_id() -> None:
    awards = fcfs_partial_last([Claim("b", START, 10), Claim("a", START, 10)], 15)
    assert [(award.claim.id, award.outcome, award.amount, award.left) for award in awards] == [
        ("a", "granted", 10, 5),
        ("b", "reduced", 5, 0),
    ]


@pytest.mark.parametrize(
    ("given_claims", "balance"),
    [([Claim("a", START, 1), Claim("a", START, 2)], 5), ([Claim("a", START, 0)], 5), ([Claim("a", START, 1)], -1)],
)
def test_nonsense_is_refused(given_claims, balance) -> None:
    with pytest.raises(BadInput):
        fcfs_partial_last(given_claims, balance)


@settings(deadline=None)
@given(claims, st.integers(0, 200), st.randoms())
def test_whole_or_skip_gives_each_in_turn_all_or_nothing(given_claims, balance, chance) -> None:
    shuffled = list(given_claims)
    chance.shuffle(shuffled)
    left, slow = balance, {}
    for claim in sorted(given_claims, key=lambda one: (one.arrived, one.id)):
        slow[claim.id] = claim.amount if claim.amount <= left else 0
        left -= slow[claim.id]
    awards = fcfs_whole_or_skip(shuffled, balance)
    assert {award.claim.id: award.amount for award in awards} == slow
    assert {award.outcome for award in awards} <= {"granted", "queued"}


@settings(deadline=None)
@given(claims, st.integers(0, 300), st.integers(1, 7), st.randoms())
def test_pro_rata_is_fair_to_a_step_and_exact_in_sum(given_claims, balance, step, chance) -> None:
    """Nobody is more than a step away from his exact share, nobody gets more than he asks, and less than a step stays."""
    shuffled = list(given_claims)
    chance.shuffle(shuffled)
    awards = pro_rata(shuffled, balance, step)
    asked = sum(claim.amount for claim in given_claims)
    paid = sum(award.amount for award in awards)
    assert paid <= balance
    assert [award.claim.id for award in awards] == [award.claim.id for award in pro_rata(given_claims, balance, step)]
    assert {award.claim.id: award.amount for award in awards} == {a.claim.id: a.amount for a in pro_rata(given_claims, balance, step)}
    if asked <= balance:
        assert all(award.outcome == "granted" for award in awards)
        return
    for award in awards:
        exact = Fraction(award.claim.amount * balance, asked)
        assert award.amount <= award.claim.amount
        assert exact - step < award.amount < exact + step
    if all(claim.amount % step == 0 for claim in given_claims):
        assert balance - paid < step


def test_the_worked_pro_rata() -> None:
    """30 over claims of 41: k = 30/41; each down to the yuan, the yuan left to the largest fraction, exactly 30 in all."""
    yuan = [Claim(name, START, amount * 100) for name, amount in (("a", 20), ("b", 11), ("c", 10))]
    assert {one.claim.id: one.amount // 100 for one in pro_rata(yuan, 3000)} == {"a": 15, "b": 8, "c": 7}
    assert sum(one.amount for one in pro_rata(yuan, 3000)) == 3000


@pytest.mark.parametrize("mode", sorted(MODES))
def test_every_mode_refuses_what_makes_no_sense(mode) -> None:
    allocate = MODES[mode]
    with pytest.raises(BadInput, match="stands twice"):
        allocate([Claim("a", START, 1), Claim("a", START, 2)], 5)
    with pytest.raises(BadInput, match="below zero"):
        allocate([Claim("a", START, 1)], -1)
    with pytest.raises(BadInput, match="more than nothing"):
        allocate([Claim("a", START, 0)], 1)
    assert allocate([], 5) == []
    assert [one.outcome for one in allocate([Claim("a", START, 5)], 0)] == ["queued"]


def test_a_step_below_one_is_refused() -> None:
    with pytest.raises(BadInput, match="at least 1"):
        pro_rata([Claim("a", START, 1)], 1, 0)
