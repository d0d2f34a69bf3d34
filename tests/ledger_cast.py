"""A ledger's cast and a story of good and bad transfers from a seed, told alike on every database."""

from __future__ import annotations

import random
import sqlite3
from datetime import UTC, date, datetime, timedelta
from typing import Any

from yunxing.engines.ledger.batch import Group, one_transfer
from yunxing.io.store import dialect, ledger_check, postings

AT = datetime(2022, 9, 30, 8, 0, 0, 1234, tzinfo=UTC)


def cast(connection: Any) -> None:
    postings.open_book(connection, "city", place="city", name="funds")
    postings.open_unit(connection, "fen", asset="CNY", scale=100)
    postings.open_account(connection, "budget", owner="f", book="city", unit="fen", kind="source", floor=postings.NO_FLOOR)
    for name in ("pool", "a", "b"):
        postings.open_account(connection, name, owner=name, book="city", unit="fen", kind="payee")


def story(seed: int) -> list[list[Group]]:
    """Batches of groups of every kind, many of them wrong, from a seed."""
    draw = random.Random(seed)
    batches: list[list[Group]] = [
        [one_transfer("fund", "issue", "fen", {"budget": -5000, "pool": 5000}, clause="c", effective=date(2022, 9, 1))]
    ]
    keys = ["fund"]
    for number in range(60):
        kind = draw.choice(("issue", "reserve", "reserve", "post", "void", "expire", "reverse"))
        source, target = draw.sample(("pool", "a", "b"), 2)
        amount = draw.randint(1, 900)
        refers = draw.choice(keys) if kind in ("post", "void", "expire", "reverse") else ""
        legs = {source: -amount, target: amount} if kind in ("issue", "reserve", "post") else {}
        key = f"k{number}" if draw.random() > 0.1 else draw.choice(keys)
        day = date(2022, 9, 1) + timedelta(days=draw.randint(0, 20))
        keys.append(key)
        batches[-1].append(one_transfer(key, kind, "fen", legs, clause="c", effective=day, refers=refers))
        if draw.random() > 0.6:
            batches.append([])
    return batches


def told(connection: Any, batches: list[list[Group]]) -> list[Any]:
    answers = [postings.post(batch, connection, recorded=AT, run="r") for batch in batches if batch]
    balances = [postings.balance(connection, name, day) for name in ("budget", "pool", "a", "b") for day in (None, date(2022, 9, 10))]
    return [answers, balances, ledger_check.head(connection), ledger_check.verify(connection)]


def emptied(connection: Any) -> Any:
    for table in (
        "repayment",
        "obligation",
        "gate",
        "term",
        "day",
        "posting",
        "resolution",
        "transfer",
        "seal",
        "sealhead",
        "account",
        "unit",
        "book",
    ):
        dialect.execute(connection, f"DELETE FROM support_{table}")
    cast(connection)
    return connection


_STATEMENTS: list[str] = []


def in_memory() -> sqlite3.Connection:
    """The ledger's tables, and those of cases, in a private SQLite, without any of Django's wrapping."""
    if not _STATEMENTS:
        from django.apps import apps
        from django.db.backends.sqlite3.base import DatabaseWrapper

        terms = {"NAME": ":memory:", "OPTIONS": {}, "TIME_ZONE": None, "CONN_HEALTH_CHECKS": False, "CONN_MAX_AGE": 0, "AUTOCOMMIT": True}
        editor: Any = DatabaseWrapper({**terms, "ATOMIC_REQUESTS": False}, alias="m").schema_editor(collect_sql=True, atomic=False)
        editor.deferred_sql = []
        for app in ("support", "casework"):
            for model in apps.get_app_config(app).get_models():
                editor.create_model(model)
        _STATEMENTS.append("\n".join([*editor.collected_sql, *(f"{each};" for each in editor.deferred_sql)]))
    store = sqlite3.connect(":memory:", isolation_level=None)
    store.executescript(_STATEMENTS[0])
    return store
