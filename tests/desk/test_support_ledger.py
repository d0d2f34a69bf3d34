"""The ledger on the desk's own connection, whichever database is under it: the same answers and seals as on a file of SQLite."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from ledger_cast import AT, cast, emptied, in_memory, story, told
from yunxing.engines.ledger.batch import one_transfer
from yunxing.io.store import dialect, ledger_check, postings

pytestmark = pytest.mark.django_db


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
