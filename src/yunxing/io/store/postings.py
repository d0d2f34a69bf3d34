"""`post(batch, connection)`: the only path by which money or quota moves. One transaction a batch; all of it is durable, or none.

The engine decides (`engines.ledger.decide`); the store fetches, locks (`ledger_locked`) and writes down (`ledger_write`). Order on every
database: read what is referred to, lock gates and accounts in ascending id, look up the keys under the lock, decide, take the head of the seals,
insert transfers and postings as sets, move days and account rows by their net change, seal. On SQLite the lock is BEGIN IMMEDIATE; on PostgreSQL
it is SELECT … FOR UPDATE, and the unique keys are the last guard: whoever loses a race on them starts again and finds the other's rows.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

from yunxing.engines.ledger.batch import Group
from yunxing.engines.ledger.decide import decide
from yunxing.engines.ledger.model import Answer
from yunxing.io.store.dialect import is_unique_violation, transaction
from yunxing.io.store.ledger_balances import Balance, balance, written_amounts
from yunxing.io.store.ledger_books import NO_FLOOR, book_of, close_through, open_account, open_book, open_pledge, open_term, open_unit
from yunxing.io.store.ledger_locked import locked_state
from yunxing.io.store.ledger_write import write
from yunxing.values.digest import Algorithm
from yunxing.values.errors import BadInput

__all__ = [
    "NO_FLOOR", "Balance", "balance", "book_of", "close_through", "open_account", "open_book", "open_pledge", "open_term", "open_unit", "post",
    "written_amounts",
]  # fmt: skip

ATTEMPTS = 5
LARGE = 50
Mode = Literal["each", "all"]


def post(
    batch: Sequence[Group], connection: Any, *, recorded: datetime, mode: Mode = "each", run: str = "", suite: Algorithm | None = None
) -> list[Answer]:
    """Write the groups, in order; one answer each. When it returns, everything accepted is durable.

    `each`: a bad group is refused alone. `all`: one bad group and none is written; the others then answer `withheld`.
    The same key with the same body answers `repeated` and writes nothing; with another body it is refused before any write.
    `recorded` is the instant to write down (with its zone); `suite` the digest of the seal, by default that of the seal before
    it (SHA-256 for the first): one batch with "sm3" turns the chain to SM3, and what is sealed already verifies as before. Errors: the database's own, after nothing was written.
    """
    if recorded.tzinfo is None:
        raise BadInput("post: `recorded` must have a time zone")
    for attempt in range(ATTEMPTS):
        try:
            with transaction(connection), _uncollected(len(batch)):
                return _post(batch, connection, recorded, mode=mode, run=run, suite=suite)
        except Exception as error:
            # two writers met on a key or in a deadlock: the second starts again and sees the first's rows
            if not _lost_a_race(error) or attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


@contextmanager
def _uncollected(groups: int) -> Iterator[None]:
    """A large batch makes many objects and no cycles: the collector, looking through all of Django meanwhile, would double its time."""
    if groups < LARGE or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _lost_a_race(error: BaseException) -> bool:
    codes = {getattr(error, "sqlstate", None), getattr(error.__cause__, "sqlstate", None)}
    return is_unique_violation(error) or bool(codes & {"40001", "40P01"})


def _post(batch: Sequence[Group], connection: Any, recorded: datetime, *, mode: Mode, run: str, suite: Algorithm | None) -> list[Answer]:
    state = locked_state(connection, batch, recorded)
    before = {name: (account.posted, account.reserved) for name, account in state.accounts.items()}
    answers, accepted = decide(batch, state)
    if mode == "all" and any(answer.status == "refused" for answer in answers):
        return [
            Answer(a.key, "refused", "withheld", "another group of the batch was refused") if a.status == "accepted" else a for a in answers
        ]
    if accepted:
        write(connection, accepted, (before, state.accounts), recorded=recorded, run=run, suite=suite)
    return answers
