"""A ledger's cast and a story of good and bad transfers from a seed, told alike on every database."""

from __future__ import annotations

import random
import sqlite3
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from typing import Any

from yunxing.engines.ledger.batch import REFERRING, Due, Group, one_transfer
from yunxing.io.store import append_only, dialect, ledger_check, obligations, postings

AT = datetime(2022, 9, 30, 8, 0, 0, 1234, tzinfo=UTC)


def cast(connection: Any) -> None:
    postings.open_book(connection, "city", place="city", name="funds")
    postings.open_unit(connection, "fen", asset="CNY", scale=100)
    postings.open_account(connection, "budget", owner="f", book="city", unit="fen", kind="source", floor=postings.NO_FLOOR)
    postings.open_pledge(connection, "future", owner="f", book="city", unit="fen", pledged=1500)
    for name in ("pool", "a", "b"):
        postings.open_account(connection, name, owner=name, book="city", unit="fen", kind="payee")


def story(seed: int, steps: int = 90) -> list[list[Group]]:
    """Batches of groups of every kind, about half of them wrong, from a seed: a reference mostly names what it may name."""
    draw = random.Random(seed)
    start = {"clause": "c", "effective": date(2022, 9, 1)}
    funds = [one_transfer(f"fund-{name}-{seed}", "issue", "fen", {"budget": -4000, name: 4000}, **start) for name in ("pool", "a", "b")]
    batches: list[list[Group]] = [funds]
    keys: dict[str, list[str]] = {"reserve": ["none"], "moved": ["none"], "borrow": ["none"]}
    sent: dict[str, tuple[str, str]] = {}
    for number in range(steps):
        kind = draw.choice(("issue", "move", "reserve", "reserve", "post", "void", "expire", "reverse", "borrow", "repay"))
        source, target = draw.sample(("pool", "a", "b"), 2)
        amount, day = draw.randint(1, 900), date(2022, 9, 1) + timedelta(days=draw.randint(0, 20))
        wanted = {"reverse": ("moved", "borrow"), "repay": ("borrow",)}.get(kind, ("reserve",))
        refers = draw.choice(keys[draw.choice(wanted if draw.random() > 0.1 else tuple(keys))]) if kind in REFERRING else ""
        if kind == "borrow":
            source = "future"
        elif kind == "repay":
            target = "future"
        elif kind == "post" and refers in sent:
            source, target, amount = *sent[refers], min(amount, 200)
        legs = {source: -amount, target: amount} if kind not in ("void", "expire", "reverse") else {}
        key = f"k{seed}-{number}" if draw.random() > 0.07 else draw.choice(draw.choice(list(keys.values())))
        sent[key] = (source, target)
        keys["reserve" if kind == "reserve" else "borrow" if kind == "borrow" else "moved"].append(key)
        due = Due("firm", draw.choice(("P1", "P2")), "doc", "start_up") if kind == "borrow" else None
        until = day + timedelta(days=9) if kind == "reserve" and draw.random() > 0.5 else None
        people = ("甲", "乙")[: draw.randint(0, 2)]
        batches[-1].append(
            one_transfer(key, kind, "fen", legs, clause="c", effective=day, refers=refers, due=due, until=until, approvers=people)  # type: ignore[arg-type]
        )
        if draw.random() > 0.6:
            batches.append([])
    return batches


def told(connection: Any, batches: list[list[Group]]) -> list[Any]:
    answers = [postings.post(batch, connection, recorded=AT, run="r") for batch in batches if batch]
    balances = [
        postings.balance(connection, name, day) for name in ("budget", "pool", "a", "b", "future") for day in (None, date(2022, 9, 10))
    ]
    loans = [(one.id, one.amount, one.outstanding) for one in obligations.obligations(connection, all_=True)]
    return [answers, [*balances, loans], ledger_check.head(connection), ledger_check.verify(connection)]


GUARDED = {
    "support_transfer": "key", "support_posting": "layer", "support_resolution": "how", "support_seal": "root", "support_obligation": "pledge",
    "support_repayment": "obligation_id",
}  # fmt: skip


def guards(connection: Any, act: str) -> None:
    """`release` the tables that take inserts only, or `guard` them again: only tests do so, to tamper and to begin anew."""
    engine = getattr(connection, "settings_dict", {}).get("ENGINE", "django.db.backends.postgresql")
    means = append_only.means_for(dialect.vendor(connection), engine)
    with connection.cursor() if hasattr(connection, "in_atomic_block") else nullcontext(connection) as runs:
        for table, column in GUARDED.items():
            for statement in append_only.release(table, means) if act == "release" else append_only.guard(table, means, column):
                runs.execute(statement)


def emptied(connection: Any, cast_: Any = None) -> Any:
    guards(connection, "release")
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
    guards(connection, "guard")
    (cast_ or cast)(connection)
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
