"""Balances by day and statements beside the slow sum over all postings; many in a batch beside one by one; the migration of a ledger that was there."""

from __future__ import annotations

import importlib
import random
import sqlite3
from datetime import date, timedelta
from typing import Any

import pytest

from ledger_cast import AT, cast, in_memory, story
from yunxing.engines.ledger.batch import one_transfer
from yunxing.io.store import dialect, ledger_balances, ledger_check, postings
from yunxing.values.errors import BadInput

DAY = date(2022, 9, 1)
ACCOUNTS = ("budget", "pool", "a", "b")


@pytest.fixture(params=range(3))
def told(request: pytest.FixtureRequest) -> Any:
    """A ledger with a story of good and bad transfers."""
    store = in_memory()
    cast(store)
    for batch in story(request.param):
        postings.post(batch, store, recorded=AT)
    yield store
    store.close()


def slow(store: Any, account: str, layer: str, day: date | None = None) -> int:
    """The obvious sum over every posting."""
    sql = "SELECT p.amount, t.effective FROM support_posting p JOIN support_transfer t ON t.seq = p.transfer_id WHERE p.account_id = %s AND p.layer = %s"
    return sum(amount for amount, on in dialect.rows(store, sql, [account, layer]) if day is None or date.fromisoformat(on) <= day)


def test_a_balance_by_days_is_the_sum_of_all_postings(told: Any) -> None:
    for account in ACCOUNTS:
        for day in (None, *(DAY + timedelta(days=number) for number in range(-1, 22))):
            found = postings.balance(told, account, day)
            assert found.posted == slow(told, account, "posted", day)
            assert found.reserved == -slow(told, account, "hold_out", day)
            assert found.incoming == slow(told, account, "hold_in", day)


@pytest.mark.parametrize("size", [1, 3, 50])
def test_a_statement_runs_from_the_balance_back_to_nothing_whatever_the_page(told: Any, size: int) -> None:
    for account in ACCOUNTS:
        found: list[ledger_balances.Entry] = []
        while page := ledger_balances.statement(told, account, before=found[-1].seq if found else None, size=size):
            assert len(page) <= size
            found += page
        posted = reserved = 0
        for entry in reversed(found):
            posted, reserved = posted + entry.posted, reserved + entry.held
            assert (entry.posted_after, entry.reserved_after) == (posted, reserved)
        now = postings.balance(told, account)
        assert (posted, reserved) == (now.posted, now.reserved)
        moved = {seq for (seq,) in dialect.rows(told, "SELECT transfer_id FROM support_posting WHERE account_id = %s", [account])}
        assert [entry.seq for entry in found] == sorted(moved, reverse=True)


def test_a_statement_says_who_why_and_when() -> None:
    store = in_memory()
    cast(store)
    groups = [
        one_transfer("f", "issue", "fen", {"budget": -9, "pool": 9}, clause="156/2/4", effective=DAY, approvers=("甲", "乙")),
        one_transfer("r", "reserve", "fen", {"pool": -5, "a": 5}, clause="156/2/5", effective=DAY),
        one_transfer("p", "post", "fen", {"pool": -3, "a": 3}, clause="156/2/5", effective=DAY, refers="r"),
    ]
    postings.post(groups, store, recorded=AT)
    paid, held, funded = ledger_balances.statement(store, "pool")
    assert (paid.key, paid.kind, paid.refers, paid.clause, paid.effective, paid.recorded) == ("p#1", "post", "r#1", "156/2/5", DAY, AT)
    assert (paid.posted, paid.held, paid.posted_after, paid.reserved_after) == (-3, -5, 6, 0)
    assert (held.posted, held.held, held.posted_after, held.reserved_after) == (0, 5, 9, 5)
    assert (funded.approvers, held.approvers) == (("甲", "乙"), ())
    assert ledger_balances.statement(store, "b") == []
    with pytest.raises(BadInput, match="did you mean 'pool'"):
        ledger_balances.statement(store, "pol")
    store.close()


@pytest.mark.parametrize("seed", range(6))
def test_a_batch_of_n_gives_what_n_singles_in_order_give(seed: int) -> None:
    """On the store, not only in the decision: answers, balances of every day, obligations of nobody; only the seals are others."""
    together, apart = in_memory(), in_memory()
    cast(together)
    cast(apart)
    groups = [group for batch in story(seed) for group in batch]
    random.Random(seed).shuffle(groups)
    assert postings.post(groups, together, recorded=AT) == [postings.post([group], apart, recorded=AT)[0] for group in groups]
    for table in ("account", "day", "resolution", "posting"):
        sql = f"SELECT * FROM support_{table} ORDER BY 1, 2, 3"
        one, two = dialect.rows(together, sql), dialect.rows(apart, sql)
        if table == "day":  # its own numbers follow the order of the first touch
            one, two = sorted(row[1:] for row in one), sorted(row[1:] for row in two)
        assert one == two, table
    assert ledger_check.verify(together) == ledger_check.verify(apart) == []
    together.close()
    apart.close()


def test_the_sums_by_day_of_a_ledger_that_was_there_before_them_are_made_by_the_migration(told: Any) -> None:
    kept = dialect.rows(told, "SELECT account_id, day, posted, hold_out, hold_in FROM support_day ORDER BY 1, 2")
    told.execute("DELETE FROM support_day")
    assert ledger_check.verify(told) != []
    migration = importlib.import_module("yunxing.desk.support.migrations.0002_obligations_days_and_terms")
    migration.fill_days(None, told)  # it asks of the editor only `execute`
    assert dialect.rows(told, "SELECT account_id, day, posted, hold_out, hold_in FROM support_day ORDER BY 1, 2") == kept
    told.execute("DELETE FROM support_sealhead")
    assert ledger_check.verify(told) == []
    assert postings.post(story(9)[0], told, recorded=AT)[0].status == "repeated"
    more = one_transfer("more", "issue", "fen", {"budget": -1, "a": 1}, clause="c", effective=DAY)
    assert postings.post([more], told, recorded=AT)[0].status == "accepted"
    assert ledger_check.verify(told) == []


def test_the_database_refuses_a_second_sum_of_a_day(told: Any) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        told.execute(
            "INSERT INTO support_day (account_id, day, posted, hold_out, hold_in) SELECT account_id, day, 0, 0, 0 FROM support_day LIMIT 1"
        )


def test_verify_reads_a_ledger_of_more_than_one_window(monkeypatch: pytest.MonkeyPatch, told: Any) -> None:
    """The windows cut through seals and between them; what is located stays located."""
    for window in (1, 2, 7):
        monkeypatch.setattr(ledger_check, "WINDOW", window)
        assert ledger_check.verify(told) == []
    told.execute("UPDATE support_transfer SET clause = 'x' WHERE seq = 3")
    (no,) = told.execute("SELECT seal_id FROM support_transfer WHERE seq = 3").fetchone()
    assert [fault.place for fault in ledger_check.verify(told)] == [f"seal {no}"]
    told.execute("UPDATE support_transfer SET seal_id = 999 WHERE seq = 3")
    assert {"seal 999", f"seal {no}"} <= {fault.place for fault in ledger_check.verify(told)}
