"""One way to speak SQL to SQLite (`sqlite3`), PostgreSQL (`psycopg`) and Django's connection wrappers of both.

Every statement outside the desk's ORM goes through here. SQL is written with ``%s`` places and keeps to what old relatives of PostgreSQL
understand: no ON CONFLICT, no partial or expression index, no advisory lock, no array, lower-case names of at most 30 letters.
An invariant rests on a table's primary or unique key; "insert unless it is there" is a savepoint and a caught violation.

A raw connection is in autocommit mode: nothing is begun behind the caller's back, and what is written together stands in `transaction`.
"""

from __future__ import annotations

import json
import sqlite3
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any, Literal

from yunxing.values.errors import BadInput

DATABASE_FILE = "desk.sqlite3"
BUSY_MS = 30_000
COPY_FROM = 100
SET_OF = 500
_savepoints = count(1)

Vendor = Literal["sqlite", "postgresql"]


def connect(home: Path) -> Any:
    """An open connection to the store of this home folder.

    `database` in the home's settings.toml chooses it: absent or ``"sqlite"`` is the file desk.sqlite3 in the home (WAL, synchronous FULL,
    foreign keys on); ``"postgresql://…"`` goes through psycopg, which the extra `served` installs.

    Errors: `BadInput` for another value, or when the driver is not installed.
    """
    database = _chosen_database(home)
    if database == "sqlite":
        return connect_sqlite(home / DATABASE_FILE)
    try:
        import psycopg
    except ModuleNotFoundError as missing:
        raise BadInput("settings.toml names a PostgreSQL database, and psycopg is not installed; install yunxing[served]") from missing
    return psycopg.connect(database, autocommit=True)


_in_use: ContextVar[Any] = ContextVar("yunxing_store", default=None)


@contextmanager
def using(connection: Any) -> Iterator[None]:
    """Inside, `connected` gives this connection: a flow that the desk calls works in the desk's own connection, so that neither waits for the other's lock."""
    token = _in_use.set(connection)
    try:
        yield
    finally:
        _in_use.reset(token)


@contextmanager
def connected(home: Path) -> Iterator[Any]:
    """`connect`, closed at the end; inside `using` that connection, left open."""
    given = _in_use.get()
    if given is not None:
        yield given
        return
    connection = connect(home)
    try:
        yield connection
    finally:
        connection.close()


def connect_sqlite(file: Path) -> sqlite3.Connection:
    """The SQLite file with the settings every writer must share: WAL, one fsync a commit, foreign keys, 30 s of patience."""
    connection = sqlite3.connect(file, isolation_level=None, timeout=BUSY_MS / 1000)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_autocheckpoint = 4000")  # 16 MB: a large batch is not copied into the file at each commit
    connection.execute("PRAGMA cache_size = -65536")  # 64 MB: a sweep's transaction fits and is not spilled on the way
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    return connection


def _chosen_database(home: Path) -> str:
    settings = home / "settings.toml"
    try:
        chosen = tomllib.loads(settings.read_text(encoding="utf-8")).get("database", "sqlite") if settings.exists() else "sqlite"
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            f"{settings}: found {error}, expected valid TOML in UTF-8; mend that line, or delete the file to have it made anew."
        ) from error
    if chosen in ("", "sqlite"):
        return "sqlite"
    if isinstance(chosen, str) and chosen.startswith(("postgresql://", "postgres://")):
        return chosen
    raise BadInput(f'{settings}, database: found {chosen!r}, expected "sqlite" or "postgresql://user@host/name"')


def vendor(connection: Any) -> Vendor:
    """Which family of database is behind the connection."""
    if isinstance(connection, sqlite3.Connection) or getattr(connection, "vendor", "") == "sqlite":
        return "sqlite"
    return "postgresql"


@lru_cache(maxsize=512)
def _with_question_marks(sql: str) -> str:
    return sql.replace("%s", "?").replace("%%", "%")


def _for_sqlite(value: Any) -> Any:
    """SQLite holds days and instants as the text Django writes there: `2022-09-30`, and UTC `2022-09-30 08:00:00.123456`."""
    if isinstance(value, datetime):
        in_utc = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return in_utc.isoformat(" ")  # as Django writes it: another text for the same instant would be another instant to the database
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def execute(connection: Any, sql: str, params: Sequence[Any] = ()) -> Any:
    """Run one statement and give its cursor. Places are ``%s``; a literal per cent sign is ``%%`` on every database."""
    cursor = connection.cursor()
    sql, values = _prepared(connection, sql, params)
    cursor.execute(sql, values)
    return cursor


def executemany(connection: Any, sql: str, rows: Iterable[Sequence[Any]]) -> None:
    """Run one statement for every row of parameters."""
    cursor = connection.cursor()
    prepared = [_prepared(connection, sql, row)[1] for row in rows]
    if prepared:
        cursor.executemany(_prepared(connection, sql, ())[0], prepared)


def insert_many(connection: Any, table: str, columns: Sequence[str], lines: Sequence[Sequence[Any]]) -> None:
    """Insert these rows as one set: `executemany` on SQLite, COPY through psycopg, one statement for some rows on any other.

    Days and instants among the values are as `stored` gives them.
    """
    if not lines:
        return
    names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
    if vendor(connection) == "sqlite":
        _ready(connection, f"INSERT INTO {table} ({names}) VALUES ({places})", lines)
        return
    if len(lines) >= COPY_FROM and not hasattr(connection, "in_atomic_block"):
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for line in lines:
                copy.write_row(line)
        return
    for start in range(0, len(lines), SET_OF):
        part = lines[start : start + SET_OF]
        execute(
            connection, f"INSERT INTO {table} ({names}) VALUES {', '.join([f'({places})'] * len(part))}", [v for line in part for v in line]
        )


def add_many(connection: Any, table: str, sums: Sequence[str], keys: Sequence[str], lines: Sequence[Sequence[Any]]) -> None:
    """Add to the columns `sums` of the rows found by `keys`; a line is the amounts and then the keys' values, as `stored` gives them."""
    sets, found = ", ".join(f"{name} = {name} + %s" for name in sums), " AND ".join(f"{name} = %s" for name in keys)
    _ready(connection, f"UPDATE {table} SET {sets} WHERE {found}", lines)


def stored(connection: Any, value: Any) -> Any:
    """A day or an instant as the database holds it, for `insert_many` and `add_many`, which look at no value."""
    return _for_sqlite(value) if vendor(connection) == "sqlite" else value


def _ready(connection: Any, sql: str, lines: Sequence[Sequence[Any]]) -> None:
    if lines:
        raw = isinstance(connection, sqlite3.Connection)
        connection.cursor().executemany(_with_question_marks(sql) if raw else sql, lines)


def rows(connection: Any, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    found: list[tuple[Any, ...]] = execute(connection, sql, params).fetchall()
    return found


def row(connection: Any, sql: str, params: Sequence[Any] = ()) -> tuple[Any, ...] | None:
    """The first row of a query, or None."""
    found: tuple[Any, ...] | None = execute(connection, sql, params).fetchone()
    return found


def _prepared(connection: Any, sql: str, params: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
    if isinstance(connection, sqlite3.Connection):
        return _with_question_marks(sql), tuple(map(_for_sqlite, params))
    if vendor(connection) == "sqlite":
        return sql, tuple(map(_for_sqlite, params))
    return sql, tuple(params)


@contextmanager
def together(connection: Any, *, small: bool = True) -> Iterator[None]:
    """What is asked inside goes to the server in one round trip, in order; answers are fetched afterwards from the cursors that `execute` gave.

    Only psycopg does so, and only without COPY, which is for what is not small; on any other connection nothing is different.
    """
    if not small or not hasattr(connection, "pipeline"):
        yield
        return
    with connection.pipeline():
        yield


def transaction(connection: Any) -> AbstractContextManager[None]:
    """All or nothing. On SQLite it begins with BEGIN IMMEDIATE, so that what is read inside is still true when it is written.

    Inside an open transaction it is a savepoint. On Django's wrapper it is `atomic`; the project sets ``transaction_mode = "IMMEDIATE"``.
    """
    if isinstance(connection, sqlite3.Connection):
        return _sqlite_transaction(connection)
    if hasattr(connection, "in_atomic_block"):
        from django.db.transaction import atomic

        joined: AbstractContextManager[None] = atomic(using=connection.alias)
        return joined
    return _psycopg_transaction(connection)


@contextmanager
def _psycopg_transaction(connection: Any) -> Iterator[None]:
    with connection.transaction():
        yield


@contextmanager
def _sqlite_transaction(connection: sqlite3.Connection) -> Iterator[None]:
    name = f"p{next(_savepoints)}" if connection.in_transaction else ""
    connection.execute(f"SAVEPOINT {name}" if name else "BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        # a full disk or a lost lock may have ended the transaction already
        if connection.in_transaction:
            connection.execute(f"ROLLBACK TO {name}" if name else "ROLLBACK")
            if name:
                connection.execute(f"RELEASE {name}")
        raise
    connection.execute(f"RELEASE {name}" if name else "COMMIT")


def refresh_statistics(connection: Any) -> None:
    """Let the database look again at how its rows are spread, so that it chooses the index that fits. PostgreSQL does so by itself; SQLite is asked, and looks at little."""
    if vendor(connection) == "sqlite":
        execute(connection, "PRAGMA analysis_limit = 1000")
        execute(connection, "PRAGMA optimize(0x10002)")  # all tables, whether this connection read them or not


def has_table(connection: Any, name: str) -> bool:
    """Whether the store has a table of this name."""
    places = {
        "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = %s",
        "postgresql": "SELECT 1 FROM pg_tables WHERE tablename = %s",
    }
    return row(connection, places[vendor(connection)], [name]) is not None


def insert_new(connection: Any, sql: str, params: Sequence[Any]) -> bool:
    """Insert unless a row with the same primary or unique key is there: True when it was inserted. Call it inside `transaction`."""
    try:
        with transaction(connection):
            execute(connection, sql, params)
    except Exception as error:
        if is_unique_violation(error):
            return False
        raise
    return True


def is_unique_violation(error: BaseException | None) -> bool:
    """Whether the error says that a primary or unique key is already taken; looks through Django's wrapping."""
    while error is not None:
        if isinstance(error, sqlite3.IntegrityError):
            return error.sqlite_errorcode in (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
        if getattr(error, "sqlstate", None) == "23505":
            return True
        error = error.__cause__
    return False


def as_date(value: Any) -> date | None:
    """A day read from any of the databases."""
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    return date.fromisoformat(str(value)[:10])


def as_instant(value: Any) -> datetime | None:
    """An instant read from any of the databases, in UTC."""
    if value is None:
        return None
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def as_json(value: Any) -> Any:
    """A JSON column read from any of the databases; text on SQLite, already parsed by psycopg."""
    return json.loads(value) if isinstance(value, str | bytes) else value
