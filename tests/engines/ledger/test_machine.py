"""The state machine of the ledger on SQLite in memory; `tests/io/store/test_postings_postgres.py` runs it on PostgreSQL."""

from __future__ import annotations

import sqlite3

from hypothesis import settings

from ledger_cast import in_memory
from ledger_machine import Ledger, open_cast


class OnSqlite(Ledger):
    """An empty ledger in memory for each run."""

    def opened(self) -> sqlite3.Connection:
        store = in_memory()
        open_cast(store)
        return store

    def teardown(self) -> None:
        self.store.close()


TestLedger = OnSqlite.TestCase
TestLedger.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
