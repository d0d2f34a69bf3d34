"""The dialect: one way to write SQL for raw sqlite3, psycopg and Django's wrappers."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from yunxing.io.store import dialect
from yunxing.values.errors import BadInput


@pytest.fixture
def connection(tmp_path: Path):
    opened = dialect.connect(tmp_path)
    dialect.execute(opened, "CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT UNIQUE, day TEXT)")
    yield opened
    opened.close()


def insert_and_fail(connection, name: str) -> None:
    with dialect.transaction(connection):
        dialect.execute(connection, "INSERT INTO thing (name) VALUES (%s)", [name])
        1 / 0


def names(connection) -> list[str]:
    return [name for (name,) in dialect.rows(connection, "SELECT name FROM thing ORDER BY id")]


def test_the_embedded_store_is_durable_and_keeps_foreign_keys(connection, tmp_path: Path) -> None:
    """A commit reaches the disk before it is acknowledged (FULL), readers do not wait for the writer (WAL)."""
    assert dialect.row(connection, "PRAGMA journal_mode") == ("wal",)
    assert dialect.row(connection, "PRAGMA synchronous") == (2,)
    assert dialect.row(connection, "PRAGMA foreign_keys") == (1,)
    assert (tmp_path / "desk.sqlite3").exists()


def test_places_and_per_cent_signs_mean_the_same_everywhere(connection) -> None:
    dialect.executemany(connection, "INSERT INTO thing (id, name) VALUES (%s, %s)", [(1, "a"), (2, "ab")])
    dialect.executemany(connection, "INSERT INTO thing (id, name) VALUES (%s, %s)", [])
    assert dialect.rows(connection, "SELECT id FROM thing WHERE name LIKE 'a%%' AND id > %s", [1]) == [(2,)]


def test_a_failed_transaction_leaves_nothing_and_a_failed_savepoint_only_undoes_itself(connection) -> None:
    with dialect.transaction(connection):
        dialect.execute(connection, "INSERT INTO thing (name) VALUES (%s)", ["kept"])
        with pytest.raises(ZeroDivisionError):
            insert_and_fail(connection, "undone")
    with pytest.raises(ZeroDivisionError):
        insert_and_fail(connection, "never")
    assert names(connection) == ["kept"]
    assert not connection.in_transaction


def test_a_transaction_takes_the_write_lock_before_it_reads(connection, tmp_path: Path) -> None:
    """What is read inside is still true when it is written: a second writer must wait."""
    other = dialect.connect(tmp_path)
    other.execute("PRAGMA busy_timeout = 0")
    with dialect.transaction(connection), pytest.raises(sqlite3.OperationalError, match="locked"), dialect.transaction(other):
        pass
    other.close()


def test_insert_new_tells_a_taken_key_from_another_fault(connection) -> None:
    sql = "INSERT INTO thing (id, name) VALUES (%s, %s)"
    with dialect.transaction(connection):
        assert dialect.insert_new(connection, sql, [1, "a"])
        assert not dialect.insert_new(connection, sql, [1, "b"])
        assert not dialect.insert_new(connection, sql, [2, "a"])
        with pytest.raises(sqlite3.OperationalError):
            dialect.insert_new(connection, "INSERT INTO absent (id) VALUES (%s)", [1])
    assert names(connection) == ["a"]


def test_a_unique_violation_is_known_in_every_guise() -> None:
    class FromServer(Exception):
        sqlstate = "23505"

    class OtherFromServer(Exception):
        sqlstate = "23514"

    wrapped = RuntimeError("Django's wrapping")
    wrapped.__cause__ = FromServer()
    assert dialect.is_unique_violation(wrapped)
    assert not dialect.is_unique_violation(OtherFromServer())
    assert not dialect.is_unique_violation(ValueError("UNIQUE constraint failed"))
    assert not dialect.is_unique_violation(None)


def test_a_check_violation_is_not_a_taken_key(connection) -> None:
    dialect.execute(connection, "CREATE TABLE narrow (n INTEGER CHECK (n > 0))")
    with pytest.raises(sqlite3.IntegrityError) as caught:
        dialect.execute(connection, "INSERT INTO narrow VALUES (%s)", [0])
    assert not dialect.is_unique_violation(caught.value)


def test_days_and_instants_are_stored_as_django_stores_them_and_read_back(connection) -> None:
    east = datetime(2022, 9, 30, 16, 0, 0, 120, tzinfo=timezone(timedelta(hours=8)))
    stored = dialect.row(connection, "SELECT %s, %s, %s", [date(2022, 9, 30), east, Decimal("1.50")])
    assert stored == ("2022-09-30", "2022-09-30 08:00:00.000120", "1.50")
    assert dialect.as_date(stored[0]) == date(2022, 9, 30)
    assert dialect.as_instant(stored[1]) == east
    assert dialect.as_instant(east).tzinfo == UTC
    assert dialect.as_date(None) is None
    assert dialect.as_instant(None) is None
    assert dialect.as_date(date(2022, 1, 1)) == date(2022, 1, 1)
    assert dialect.as_json('{"a": 1}') == dialect.as_json({"a": 1})


def test_a_table_is_there_or_not(connection) -> None:
    assert dialect.has_table(connection, "thing")
    assert not dialect.has_table(connection, "nothing")


@pytest.mark.parametrize("text", ['database = "mysql://x"', "database = 3"])
def test_an_unknown_database_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=r"settings\.toml, database: found"):
        dialect.connect(tmp_path)


def test_settings_without_a_word_on_the_database_mean_sqlite(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('secret_key = "x"', encoding="utf-8")
    opened = dialect.connect(tmp_path)
    assert dialect.vendor(opened) == "sqlite"
    opened.close()


@pytest.mark.database
@pytest.mark.django_db
def test_the_desks_own_connection_takes_the_same_calls() -> None:
    """The desk may hand over its connection: same SQL, and its transaction is joined as a savepoint."""
    from django.db import connection as wrapper

    assert dialect.vendor(wrapper) == wrapper.vendor
    dialect.execute(wrapper, "CREATE TEMPORARY TABLE thing (id INTEGER PRIMARY KEY, name TEXT)")
    with dialect.transaction(wrapper):
        assert dialect.insert_new(wrapper, "INSERT INTO thing (id, name) VALUES (%s, %s)", [1, "kept"])
        assert not dialect.insert_new(wrapper, "INSERT INTO thing (id, name) VALUES (%s, %s)", [1, "late"])
        with pytest.raises(ZeroDivisionError):
            insert_and_fail(wrapper, "undone")
    dialect.executemany(wrapper, "INSERT INTO thing (id, name) VALUES (%s, %s)", [(2, "second")])
    assert dialect.rows(wrapper, "SELECT id FROM thing WHERE name LIKE 'k%%' AND id = %s", [1]) == [(1,)]
    assert names(wrapper) == ["kept", "second"]
    assert dialect.has_table(wrapper, "support_seal")
    assert not dialect.has_table(wrapper, "nothing")
