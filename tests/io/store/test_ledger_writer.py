"""The writer: one commit for many callers, each his own answers, and nobody left waiting whatever happens to it."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from ledger_cast import cast
from yunxing.engines.ledger.batch import Group, one_transfer
from yunxing.io.store import dialect, ledger_check, postings
from yunxing.io.store import writer as writing
from yunxing.io.store.writer import Writer
from yunxing.values.errors import Refusal

AT = datetime(2022, 9, 30, 8, 0, tzinfo=UTC)
DAY = date(2022, 9, 30)


def fund(key: str, amount: int = 10) -> Group:
    return one_transfer(key, "issue", "fen", {"budget": -amount, "pool": amount}, clause="c", effective=DAY)


@pytest.fixture
def funded(home: Path) -> Path:
    with dialect.connected(home) as connection:
        cast(connection)
    return home


@pytest.fixture
def writer(funded: Path) -> Any:
    with Writer(lambda: dialect.connect(funded), clock=lambda: AT, run="w") as opened:
        yield opened


def test_each_caller_gets_the_answers_to_his_own_groups_in_order(funded: Path, writer: Writer) -> None:
    bad = one_transfer("bad", "move", "fen", {"a": -1, "b": 1}, clause="c", effective=DAY)
    answers = writer.post([fund("one"), bad, fund("two"), fund("one")])
    assert [(one.key, one.status, one.code) for one in answers] == [
        ("one", "accepted", ""),
        ("bad", "refused", "overdrawn"),
        ("two", "accepted", ""),
        ("one", "repeated", ""),
    ]
    with dialect.connected(funded) as connection:
        assert dialect.rows(connection, "SELECT DISTINCT run, recorded FROM support_transfer") == [("w", "2022-09-30 08:00:00")]


def test_what_queues_during_a_commit_goes_into_the_next_together(funded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one commit is slow twenty callers queue: two commits serve twenty-one."""
    slowly, real = threading.Event(), postings.post
    batches: list[int] = []

    def slow(groups: Any, *given: Any, **more: Any) -> Any:
        batches.append(len(groups))
        if len(batches) == 1:
            assert slowly.wait(30)
        return real(groups, *given, **more)

    monkeypatch.setattr(writing, "post", slow)
    with Writer(lambda: dialect.connect(funded), clock=lambda: AT) as opened:
        threads = [threading.Thread(target=opened.post, args=([fund(f"k{number}")],)) for number in range(21)]
        threads[0].start()
        while not batches:
            time.sleep(0.001)
        for thread in threads[1:]:
            thread.start()
        while len(opened._queue) < 20:
            time.sleep(0.001)
        slowly.set()
        for thread in threads:
            thread.join()
        assert (batches, opened.commits) == ([1, 20], 2)
    with dialect.connected(funded) as connection:
        assert postings.balance(connection, "pool").posted == 210


def test_a_transaction_takes_no_more_groups_than_it_may_and_a_large_batch_still_goes_whole(
    funded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    real = postings.post
    monkeypatch.setattr(writing, "post", lambda groups, *a, **k: (sizes.append(len(groups)), real(groups, *a, **k))[1])
    with Writer(lambda: dialect.connect(funded), clock=lambda: AT, most=3) as opened:
        opened.post([fund(f"big{number}") for number in range(7)])
        threads = [threading.Thread(target=opened.post, args=([fund(f"k{number}")],)) for number in range(9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sizes[0] == 7
    assert max(sizes[1:]) <= 3
    assert sum(sizes[1:]) == 9


def test_an_error_of_the_database_reaches_the_caller_and_the_next_is_served_by_a_new_connection(
    funded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []
    real, errors = postings.post, [None, OSError("the disk is gone")]

    def connect() -> Any:
        opened.append(dialect.connect(funded))
        return opened[-1]

    def post(*given: Any, **more: Any) -> Any:
        if error := (errors.pop(0) if errors else None):
            raise error
        return real(*given, **more)

    monkeypatch.setattr(writing, "post", post)
    with Writer(connect, clock=lambda: AT) as served:
        assert served.post([fund("one")])[0].status == "accepted"
        with pytest.raises(OSError, match="the disk is gone"):
            served.post([fund("two")])
        assert served.post([fund("two")])[0].status == "accepted"
        assert len(opened) == 2


def test_a_database_that_cannot_be_reached_is_told_to_the_caller(tmp_path: Path) -> None:
    with (
        Writer(lambda: dialect.connect(tmp_path / "nowhere"), clock=lambda: AT) as opened,
        pytest.raises(Exception, match="unable to open"),
    ):
        opened.post([fund("one")])


def test_a_closed_writer_refuses_and_has_written_what_was_queued(funded: Path) -> None:
    opened = Writer(lambda: dialect.connect(funded), clock=lambda: AT)
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda n=number: answers.extend(opened.post([fund(f"k{n}")]))) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    opened.close()
    opened.close()
    with pytest.raises(Refusal, match="closed; nothing was written"):
        opened.post([fund("late")])
    assert [answer.status for answer in answers] == ["accepted"] * 5
    with dialect.connected(funded) as connection:
        assert ledger_check.verify(connection) == []
        assert dialect.rows(connection, "SELECT COUNT(*) FROM support_transfer") == [(5,)]


def test_who_queues_while_the_writer_ends_is_refused_and_not_left_waiting(funded: Path) -> None:
    """The moment between the last look at the queue and the end of the thread."""
    opened = Writer(lambda: dialect.connect(funded), clock=lambda: AT)
    opened.close()
    opened._closing = False  # as a caller saw it just before
    with pytest.raises(Refusal, match="closed"):
        opened.post([fund("late")])


def test_a_batch_of_nothing_is_answered_with_nothing(writer: Writer) -> None:
    assert writer.post([]) == []
