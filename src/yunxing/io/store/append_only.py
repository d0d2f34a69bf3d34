"""SQL that makes a table append-only in the database itself, so that not even the application alters what it wrote.

SQLite and PostgreSQL raise from triggers. Relatives of PostgreSQL (a vendor's backend) get rewrite rules, which need no procedural language:
an UPDATE or DELETE becomes a conversion that fails and names the reason. Nothing here replaces the operator's duty to run the desk as a
database user that does not own the tables.
"""

from __future__ import annotations

from typing import Literal

Means = Literal["sqlite", "postgresql", "rules"]
SAYING = "this table is append-only"


def means_for(vendor: str, engine: str) -> Means:
    """How a database of this family refuses: by its own triggers, or by rules when it is only a relative of PostgreSQL."""
    if vendor == "sqlite":
        return "sqlite"
    return "postgresql" if engine == "django.db.backends.postgresql" else "rules"


def guard(table: str, means: Means, column: str = "digest") -> list[str]:
    """Statements after which `table` takes inserts only. `column` is any text column of it that never reads as a number."""
    if means == "sqlite":
        return [
            f"CREATE TRIGGER {table}_keep_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{SAYING}'); END"
            for act in ("UPDATE", "DELETE")
        ]
    if means == "postgresql":
        return [
            f"CREATE FUNCTION {table}_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{SAYING}'; END $$",
            f"CREATE TRIGGER {table}_keep_row BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE PROCEDURE {table}_keep()",
            f"CREATE TRIGGER {table}_keep_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE PROCEDURE {table}_keep()",
        ]
    return [
        # the column keeps the planner from folding the conversion away, so it fails for a row that would change, and only then
        f"CREATE RULE {table}_keep_{act.lower()} AS ON {act} TO {table} DO INSTEAD SELECT CAST('{SAYING}: ' || OLD.{column} AS integer)"
        for act in ("UPDATE", "DELETE")
    ]


def release(table: str, means: Means) -> list[str]:
    """Statements that undo `guard`; harmless where it was not applied. Only migrations and tests use them."""
    if means == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {table}_keep_{act}" for act in ("update", "delete")]
    if means == "postgresql":
        triggers = [f"DROP TRIGGER IF EXISTS {table}_keep_{which} ON {table}" for which in ("row", "all")]
        return [*triggers, f"DROP FUNCTION IF EXISTS {table}_keep()"]
    return [f"DROP RULE IF EXISTS {table}_keep_{act} ON {table}" for act in ("update", "delete")]
