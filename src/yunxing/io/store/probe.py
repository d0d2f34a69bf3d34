"""What kind of database answers: asked by `yunxing doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Server:
    """The database behind a connection. `empty_is_null`: it takes '' for NULL (Oracle-like modes), `mode`: its compatibility mode if it names one."""

    version: str
    empty_is_null: bool
    mode: str


def server(connection: Any) -> Server:
    """Ask a Django connection for its server's version, `SELECT '' IS NULL`, and the compatibility mode where such a setting exists."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT '' IS NULL")
        empty = bool(cursor.fetchone()[0])
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sqlite_version()")
            return Server(f"SQLite {cursor.fetchone()[0]}", empty, "")
        cursor.execute("SELECT version()")
        version = str(cursor.fetchone()[0])
        # relatives of PostgreSQL keep their mode in a setting of one of these names; a plain server has none of them
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name IN ('sql_compatibility', 'database_mode')")
        return Server(version, empty, ", ".join(f"{name}={value}" for name, value in cursor.fetchall()))
