"""The ledger on the desk's own connection, whichever database is under it: the same answers and seals as on a file of SQLite."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from ledger_cast import AT, cast, emptied, story, told
from yunxing.engines.ledger.batch import one_transfer
from yunxing.io.store import dialect, ledger_check, postings

pytestmark = pytest.mark.django_db


def in_memory() -> sqlite3.Connection:
    """The same tables in a private SQLite, without any of Django's wrapping."""
    from django.db.backends.sqlite3.base import DatabaseWrapper

    settings = {"NAME": ":memory:", "OPTIONS": {}, "TIME_ZONE": None, "CONN_HEALTH_CHECKS": False, "CONN_MAX_AGE": 0, "AUTOCOMMIT": True}
    editor: Any = DatabaseWrapper({**settings, "ATOMIC_REQUESTS": False}, alias="m").schema_editor(collect_sql=True, atomic=False)
    editor.deferred_sql = []
    for model in apps.get_app_config("support").get_models():
        editor.create_model(model)
    store = sqlite3.connect(":memory:", isolation_level=None)
    store.executescript("\n".join([*editor.collected_sql, *(f"{each};" for each in editor.deferred_sql)]))
    return store


@pytest.mark.parametrize("seed", range(3))
def test_the_desks_connection_tells_the_same_story(seed: int) -> None:
    alone = in_memory()
    cast(alone)
    assert told(emptied(connection), story(seed)) == told(alone, story(seed))
    alone.close()


def test_a_transfer_joins_the_desks_transaction_and_leaves_with_it() -> None:
    """An approval and its money are one transaction: when the page fails, nothing was posted."""
    from django.db import transaction

    emptied(connection)
    fund = one_transfer("fund", "issue", "fen", {"budget": -5, "pool": 5}, clause="c", effective=date(2022, 9, 1))

    def approve_and_fail() -> None:
        with transaction.atomic():
            assert postings.post([fund], connection, recorded=AT)[0].status == "accepted"
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        approve_and_fail()
    assert postings.balance(connection, "pool").posted == 0
    assert ledger_check.head(connection) == (0, "")
    assert postings.post([fund], connection, recorded=AT)[0].status == "accepted"


def test_an_insert_that_meets_a_taken_key_does_not_spoil_the_transaction() -> None:
    """On PostgreSQL a failed statement aborts everything unless it stood in a savepoint."""
    emptied(connection)
    sql = "INSERT INTO support_book (id, place, name) VALUES (%s, %s, %s)"
    with dialect.transaction(connection):
        assert not dialect.insert_new(connection, sql, ["city", "p", "n"])
        assert dialect.insert_new(connection, sql, ["other", "p", "n"])
    assert dialect.rows(connection, "SELECT id FROM support_book ORDER BY id") == [("city",), ("other",)]
