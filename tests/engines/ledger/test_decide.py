"""The decisions alone, without a store: a batch of n is n batches of one, an accepted group moves the state, a refused one leaves no trace."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunxing.engines.ledger.batch import Group, Leg, Transfer, one_transfer
from yunxing.engines.ledger.decide import accounts_touched, decide
from yunxing.engines.ledger.model import Account, Posting, State, Unit, Written
from yunxing.engines.ledger.payment_list import STATES, Payment, table, workbook, yuan
from yunxing.engines.ledger.seal import FIRST, root, transfer_row

DAY = date(2022, 9, 1)
NAMES = ("pool", "a", "b")


def state(**posted: int) -> State:
    """Accounts in fen that may not go below zero, and one in another unit."""
    accounts = {name: Account(name, "fen", 0, posted.get(name, 0), 0) for name in NAMES}
    accounts["energy"] = Account("energy", "tce", 0, 5, 0)
    return State(accounts, {"fen": Unit("fen"), "tce": Unit("tce", date(2022, 12, 31))})


def move(key: str, kind: str, refers: str = "", **legs: int) -> Group:
    return one_transfer(key, kind, "fen", legs, clause="c", effective=DAY, refers=refers)  # type: ignore[arg-type]


kinds = st.sampled_from(("issue", "reserve", "post", "void", "expire", "reverse"))
groups = st.lists(
    st.builds(
        lambda key, kind, pair, amount, refers: move(
            f"k{key}",
            kind,
            refers=f"k{refers}" if kind in ("post", "void", "expire", "reverse") else "",
            **({pair[0]: -amount, pair[1]: amount} if kind in ("issue", "reserve", "post") else {}),
        ),
        st.integers(0, 12),
        kinds,
        st.sampled_from([("pool", "a"), ("a", "b"), ("b", "pool")]),
        st.integers(1, 60),
        st.integers(0, 12),
    ),
    max_size=14,
)


@pytest.mark.property
@settings(deadline=None)
@given(groups)
def test_a_batch_of_n_is_n_batches_of_one_in_order(batch: list[Group]) -> None:
    together, apart = state(pool=100), state(pool=100)
    answers, _ = decide(batch, together)
    singles = [decide([group], apart)[0][0] for group in batch]
    assert answers == singles
    assert together == apart


@pytest.mark.property
@settings(deadline=None)
@given(groups)
def test_nothing_is_made_or_lost_and_no_account_goes_below_its_floor(batch: list[Group]) -> None:
    """L2 and L3: sums of zero in every accepted transfer, the whole stays the whole, available is never negative."""
    now = state(pool=100)
    _, accepted = decide(batch, now)
    for decided in accepted:
        for lines in [line.postings for line in decided.lines]:
            assert sum(line.amount for line in lines) == 0
            assert sum(line.amount for line in lines if line.layer == "posted") == 0
            assert all(line.amount for line in lines)
    assert sum(now.accounts[name].posted for name in NAMES) == 100
    assert all(account.available >= 0 for account in now.accounts.values())


@pytest.mark.property
@settings(deadline=None)
@given(groups)
def test_a_refused_group_leaves_no_trace(batch: list[Group]) -> None:
    now = state(pool=100)
    for group in batch:
        before = deepcopy(now)
        (answer,), _ = decide([group], now)
        if answer.status != "accepted":
            assert now == before


def group_of(*transfers: Transfer) -> Group:
    return Group("g", transfers)


def transfer(number: int, kind: str, refers: str = "", unit: str = "fen", **legs: int) -> Transfer:
    return Transfer(f"g#{number}", kind, unit, tuple(Leg(*leg) for leg in legs.items()), "c", DAY, refers)  # type: ignore[arg-type]


def test_transfers_of_a_group_see_each_other() -> None:
    """A reservation and its payment in one group, as an approval does it."""
    now = state(pool=100)
    both = group_of(transfer(1, "reserve", pool=-70, a=70), transfer(2, "post", "g#1", pool=-60, a=60))
    (answer,), (decided,) = decide([both], now)
    assert answer.status == "accepted"
    assert [how for *_, how in decided.resolves] == ["post"]
    assert (now.accounts["pool"].posted, now.accounts["pool"].reserved, now.accounts["a"].posted) == (40, 0, 60)


def test_a_group_is_judged_by_its_end() -> None:
    """An account may dip below its floor inside a group that ends well: nobody outside ever sees it."""
    now = state(pool=10)
    dip = group_of(transfer(1, "issue", a=-10, b=10), transfer(2, "issue", pool=-10, a=10))
    assert decide([dip], now)[0][0].status == "accepted"


def test_a_payment_may_be_split_over_receivers_within_what_was_held() -> None:
    now = state(pool=100)
    split = group_of(transfer(1, "reserve", pool=-70, a=40, b=30), transfer(2, "post", "g#1", pool=-50, a=30, b=20))
    assert decide([split], now)[0][0].status == "accepted"
    too_much = state(pool=100)
    wrong = group_of(transfer(1, "reserve", pool=-70, a=40, b=30), transfer(2, "post", "g#1", pool=-50, a=10, b=40))
    (answer,), _ = decide([wrong], too_much)
    assert (answer.code, "b: 40 is not within the 30" in answer.message) == ("beyond_reserve", True)


def test_refusals_name_what_and_by_how_much() -> None:
    (answer,), _ = decide([move("x", "issue", pool=-130, a=130)], state(pool=100))
    assert answer.message == "account pool: -30 posted less 0 reserved would be below its floor of 0 by 30"
    now = state(pool=100)
    now.accounts["pool"] = replace(now.accounts["pool"], closed_through=DAY)
    (answer,), _ = decide([move("x", "issue", pool=-1, a=1)], now)
    assert answer.message == "the book of account pool is closed through 2022-09-01; date the correction later"


def test_a_balance_beyond_64_bits_is_refused() -> None:
    now = state()
    now.accounts["pool"] = replace(now.accounts["pool"], floor=-(2**63) + 1)
    now.accounts["a"] = replace(now.accounts["a"], posted=2**62)
    (answer,), _ = decide([move("x", "issue", pool=-(2**62), a=2**62)], now)
    assert answer.code == "too_large"


def test_every_account_a_batch_may_change_is_named_for_the_lock() -> None:
    held = Written("r#1", "t1", "reserve", "fen", (Posting("pool", "hold_out", -5), Posting("b", "hold_in", 5)))
    assert accounts_touched([move("v", "void", refers="r"), move("i", "issue", pool=-1, a=1)], {"r#1": held}) == {"pool", "b", "a"}


def test_a_group_key_may_end_in_a_number_and_still_be_referred_to() -> None:
    now = state(pool=100)
    answers, _ = decide([move("reserve/p/2022", "reserve", pool=-5, a=5), move("v", "void", refers="reserve/p/2022")], now)
    assert [answer.status for answer in answers] == ["accepted", "accepted"]


def test_a_seal_depends_on_every_field_and_on_the_order_and_not_on_the_order_of_postings() -> None:
    """L8; and an empty text and an absent one are the same, as they are on databases that cannot tell them apart."""
    rows = [transfer_row([1, "t", "k", ""], [("a", "posted", 5), ("b", "posted", -5)]), transfer_row([2, "u", "l", "x"], [])]
    seal = root(FIRST, rows)
    assert seal.startswith("sha256:")
    assert root(FIRST, [transfer_row([1, "t", "k", None], [("b", "posted", -5), ("a", "posted", 5)]), rows[1]]) == seal
    assert root(FIRST, rows[::-1]) != seal
    assert root(seal, rows) != seal
    assert root(FIRST, [transfer_row([1, "t", "k", ""], [("a", "posted", 6), ("b", "posted", -5)]), rows[1]]) != seal
    assert root(FIRST, rows, "sm3").startswith("sm3:")


def payment(**changes: Any) -> Payment:
    plain = {
        "party": "P1",
        "name": "甲",
        "payee": "E1",
        "policy": "p",
        "title": "补助",
        "clause": "1/1",
        "assessed_fen": 123456789,
        "reserved_fen": 100,
    }
    return Payment(**{**plain, "state": "reserved", "words": "因为", **changes})


def test_the_payment_list_adds_up_to_the_fen_and_carries_its_marks() -> None:
    book = workbook(
        [payment(), payment(party="P2", assessed_fen=11, reserved_fen=0, state="queued")], "支付清单", DAY, ["合成数据 synthetic data"]
    )
    (sheet,) = book.sheets
    assert sheet.rows[1] == ["核定日期 2022-09-01", "合成数据 synthetic data"]
    assert sheet.rows[-1][6:8] == [yuan(123456800), yuan(100)]
    assert [row[8] for row in sheet.rows[3:5]] == [STATES["reserved"], STATES["queued"]]
    assert len(table([])) == 2
