"""First come, first served, the last one in part: against brute force, and the same for any order of input."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunxing.engines.ledger.allocate import Claim, fcfs_partial_last
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
