"""Pools: strict data, and the assumed budget of the first plan is marked as one."""

from __future__ import annotations

from pathlib import Path

import pytest

from yunxing.packs.policies import load_policies
from yunxing.packs.pools import load_pools
from yunxing.packs.strict import PackFault

PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"


def test_every_pool_of_the_plan_serves_policies_that_exist_and_says_what_its_budget_rests_on() -> None:
    pools = load_pools(PACK)
    known = {policy.id for policy in load_policies(PACK)}
    assert {policy for pool in pools.values() for policy in pool.policies} <= known
    assert pools["m02_loan_interest"].budget_fen == 6000 * 10**6
    assert all(pool.basis == "assumption" and "假设" in pool.note and "assumed" in pool.note_en for pool in pools.values())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('budget = "6000 万元"', 'budget = "6000"', "an amount with its unit"),
        ('budget = "6000 万元"', "budget = 6000.5", "decimal point"),
        ('id = "m18_listing_ladder"', 'id = "m02_loan_interest"', "a second pool of this id"),
        ('policies = ["m18_listing_ladder"]', 'policies = ["m02_loan_interest"]', "a policy that no other pool has"),
        ('mode = "fcfs_partial_last"', 'mode = "lottery"', "fcfs_partial_last"),
        ("basis =", "bases =", "did you mean 'basis'?"),
        ('period = "2022"', 'period = "22"', "pattern"),
    ],
)
def test_a_bad_pool_is_refused_where_it_is_bad(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = (PACK / "pools.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "pools.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackFault) as caught:
        load_pools(tmp_path)
    assert says in str(caught.value)
