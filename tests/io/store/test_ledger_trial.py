"""A trial answers what posting answers, and leaves nothing behind."""

from __future__ import annotations

import copy
import sqlite3
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger_cast import AT
from yunxing.engines.ledger.batch import Group, one_transfer
from yunxing.io.store import dialect, postings
from yunxing.io.store.ledger_trial import Moved, Trial, free_of, trial

DAY = date(2022, 9, 30)
TABLES = ("account", "transfer", "posting", "resolution", "day", "seal", "obligation", "repayment", "gate")
Step = tuple[str, str, str, int, int]


def move(key: str, kind: str, source: str, target: str, amount: int) -> Group:
    return one_transfer(key, kind, "fen", {source: -amount, target: amount}, clause="c", effective=DAY)  # type: ignore[arg-type]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["move", "issue", "reserve", "retire"]),
        st.sampled_from(["pool", "a", "b", "nowhere"]),
        st.sampled_from(["pool", "a", "b"]),
        st.integers(1, 900),
        st.integers(0, 6),
    ).filter(lambda one: one[1] != one[2]),
    max_size=12,
)


def rows_of(store: Any) -> dict[str, list[Any]]:
    return {table: dialect.rows(store, f"SELECT * FROM support_{table} ORDER BY 1") for table in TABLES}


@pytest.fixture
def store(ledger: Any) -> Any:
    """The cast's ledger with five thousand fen in the pool."""
    postings.post([move("fund", "issue", "budget", "pool", 5000)], ledger, recorded=AT)
    return ledger


def test_every_trial_tells_the_answer_of_the_post_that_follows(store: Any) -> None:
    """Step by step: the answers are equal, the balances told are those found afterwards, and a trial writes nothing."""

    @given(STEPS)
    @settings(max_examples=40, deadline=None)
    def tells(steps: list[Step]) -> None:
        fresh = copied(store)
        for kind, source, target, amount, key in steps:
            group = move(f"k{key}", kind, source, target, amount)
            before = rows_of(fresh)
            found = trial([group], fresh, AT)
            assert rows_of(fresh) == before
            assert list(found.answers) == postings.post([group], fresh, recorded=AT)
            if found.answers[0].status == "accepted":
                now = {one.account: (one.posted_after, one.reserved_after) for one in found.moved}
                held = {name: (b.posted, b.reserved) for name in now for b in [postings.balance(fresh, name)]}
                assert now == held
        fresh.close()

    tells()


def copied(store: sqlite3.Connection) -> sqlite3.Connection:
    """A private copy of the store."""
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    store.backup(fresh)
    return fresh


def test_a_refused_group_shows_which_account_is_short_and_by_how_much(store: Any) -> None:
    found = trial([move("k", "move", "pool", "a", 6000)], store, AT)
    assert not found.may
    assert {one.account: one.free_after for one in found.moved} == {"pool": -1000, "a": 6000}
    held = trial([move("k", "reserve", "pool", "a", 6000)], store, AT)
    assert {one.account: one.free_after for one in held.moved}["pool"] == -1000


def test_accounts_that_a_group_needs_are_opened_for_the_trial_alone(store: Any) -> None:
    def opens() -> None:
        postings.open_account(store, "new", owner="n", book="city", unit="fen", kind="payee")

    group = move("k", "move", "pool", "new", 5)
    assert not trial([group], store, AT).may
    assert trial([group], store, AT, before=opens).may
    assert dialect.row(store, "SELECT id FROM support_account WHERE id = 'new'") is None


def test_several_groups_are_decided_in_order(store: Any) -> None:
    batch = [move("k1", "move", "pool", "a", 3000), move("k2", "move", "pool", "b", 3000), move("k3", "move", "a", "b", 3000)]
    found = trial(batch, store, AT)
    assert [one.status for one in found.answers] == ["accepted", "refused", "accepted"]


def test_an_error_inside_leaves_nothing_either(store: Any) -> None:
    before = rows_of(store)

    def fails() -> None:
        postings.open_account(store, "new", owner="n", book="city", unit="fen", kind="payee")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        trial([move("k", "move", "pool", "a", 5)], store, AT, before=fails)
    assert rows_of(store) == before


def test_what_is_free(store: Any) -> None:
    assert free_of(store, "pool") == 5000
    postings.post([move("hold", "reserve", "pool", "a", 1500)], store, recorded=AT)
    assert free_of(store, "pool") == 3500
    assert free_of(store, "nowhere") == 0


def test_a_trial_without_refusals_may() -> None:
    moved = Moved("a", "fen", -5, 1, 0, 3, 4)
    assert moved.free_after == 4
    assert Trial((), (moved,)).may
    assert copy.copy(moved) == moved
