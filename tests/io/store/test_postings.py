"""The one path by which money moves: exact, once, never below a floor, provable afterwards."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from yunxing.engines.ledger.batch import Group, one_transfer
from yunxing.engines.ledger.parse import parse_group
from yunxing.io.store import dialect, ledger_check, postings
from yunxing.values.errors import BadInput, DoesNotHold

AT = datetime(2022, 9, 30, 8, 0, tzinfo=UTC)
DAY = date(2022, 9, 30)
YUAN = 100


def move(key: str, kind: str, refers: str = "", day: date = DAY, unit: str = "fen", **legs: int) -> Group:
    return one_transfer(key, kind, unit, legs, clause="156/2/4", effective=day, refers=refers)  # type: ignore[arg-type]


def post(ledger: Any, *groups: Group, mode: str = "each") -> list[tuple[str, str]]:
    return [(answer.status, answer.code) for answer in postings.post(groups, ledger, recorded=AT, mode=mode)]  # type: ignore[arg-type]


def held(ledger: Any, account: str, day: date | None = None) -> tuple[int, int, int]:
    balance = postings.balance(ledger, account, day)
    return balance.posted, balance.reserved, balance.incoming


@pytest.fixture
def funded(ledger: Any) -> Any:
    """The pool holds 1,000,000.00 yuan."""
    assert post(ledger, move("fund", "issue", budget=-(10**8), pool=10**8)) == [("accepted", "")]
    return ledger


def test_money_is_issued_reserved_and_paid_in_part(funded: Any) -> None:
    """Post of y <= x takes back both holds in full; the rest is free again."""
    assert post(funded, move("r1", "reserve", pool=-500, a=500)) == [("accepted", "")]
    assert held(funded, "pool") == (10**8, 500, 0)
    assert held(funded, "a") == (0, 0, 500)
    assert post(funded, move("p1", "post", refers="r1", pool=-300, a=300)) == [("accepted", "")]
    assert held(funded, "pool") == (10**8 - 300, 0, 0)
    assert held(funded, "a") == (300, 0, 0)
    assert ledger_check.verify(funded) == []


def test_a_voided_reservation_frees_the_pool(funded: Any) -> None:
    post(funded, move("r1", "reserve", pool=-500, a=500), move("v1", "void", refers="r1"))
    assert held(funded, "pool") == (10**8, 0, 0)
    assert held(funded, "a") == (0, 0, 0)


def test_a_reservation_is_resolved_once_whoever_asks(funded: Any) -> None:
    post(funded, move("r1", "reserve", pool=-500, a=500))
    same_batch = post(funded, move("p1", "post", refers="r1", pool=-500, a=500), move("v1", "void", refers="r1"))
    later = post(funded, move("p2", "post", refers="r1", pool=-1, a=1))
    assert same_batch == [("accepted", ""), ("refused", "resolved")]
    assert later == [("refused", "resolved")]
    assert held(funded, "a") == (500, 0, 0)


def test_the_store_itself_refuses_a_second_resolution(funded: Any) -> None:
    """Not only the decision: the primary key of support_resolution."""
    post(funded, move("r1", "reserve", pool=-500, a=500), move("v1", "void", refers="r1"))
    name = dialect.row(funded, "SELECT reserve_id FROM support_resolution")
    with pytest.raises(sqlite3.IntegrityError) as caught:
        dialect.execute(funded, "INSERT INTO support_resolution (reserve_id, transfer_id, how) VALUES (%s, %s, %s)", [*name, "x", "void"])
    assert dialect.is_unique_violation(caught.value)


def test_a_posted_transfer_is_reversed_once_and_nets_to_zero(funded: Any) -> None:
    post(funded, move("r1", "reserve", pool=-500, a=500), move("p1", "post", refers="r1", pool=-400, a=400))
    assert post(funded, move("x1", "reverse", refers="p1"), move("x2", "reverse", refers="p1")) == [
        ("accepted", ""),
        ("refused", "resolved"),
    ]
    assert held(funded, "pool") == (10**8, 0, 0)
    assert held(funded, "a") == (0, 0, 0)
    assert ledger_check.verify(funded) == []


def test_money_already_passed_on_cannot_be_reversed_below_the_floor(funded: Any) -> None:
    post(funded, move("i1", "issue", pool=-500, a=500), move("i2", "issue", a=-500, b=500))
    assert post(funded, move("x1", "reverse", refers="i1")) == [("refused", "overdrawn")]


def test_a_pool_is_never_overdrawn_and_the_edge_belongs_to_it(funded: Any) -> None:
    """Exactly the balance may be reserved; one fen more may not."""
    assert post(funded, move("r0", "reserve", pool=-(10**8) - 1, a=10**8 + 1)) == [("refused", "overdrawn")]
    assert post(funded, move("r1", "reserve", pool=-(10**8), a=10**8)) == [("accepted", "")]
    assert post(funded, move("r2", "reserve", pool=-1, b=1)) == [("refused", "overdrawn")]


def test_an_incoming_hold_cannot_be_spent(funded: Any) -> None:
    post(funded, move("r1", "reserve", pool=-500, a=500))
    assert post(funded, move("i1", "issue", a=-1, b=1)) == [("refused", "overdrawn")]


def test_the_tables_refuse_an_overdraft_even_by_hand(funded: Any) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="support_account_floor"):
        dialect.execute(funded, "UPDATE support_account SET reserved = posted + 1 WHERE id = 'pool'")


def test_the_same_key_with_the_same_body_writes_nothing(funded: Any) -> None:
    group = move("r1", "reserve", pool=-500, a=500)
    assert post(funded, group, group) == [("accepted", ""), ("repeated", "")]
    before = snapshot(funded)
    assert post(funded, group) == [("repeated", "")]
    assert snapshot(funded) == before


@pytest.mark.parametrize(
    "other",
    [
        move("r1", "reserve", pool=-501, a=501),
        move("r1", "reserve", pool=-500, b=500),
        move("r1", "issue", pool=-500, a=500),
        move("r1", "reserve", day=date(2022, 10, 1), pool=-500, a=500),
    ],
)
def test_the_same_key_with_another_body_is_refused_before_any_write(funded: Any, other: Group) -> None:
    post(funded, move("r1", "reserve", pool=-500, a=500))
    before = snapshot(funded)
    assert post(funded, other) == [("refused", "key_reused")]
    assert snapshot(funded) == before


def test_in_mode_each_a_bad_group_is_refused_alone_and_in_mode_all_nothing_is_written(funded: Any) -> None:
    good, bad = move("r1", "reserve", pool=-500, a=500), move("r2", "reserve", pool=-500, nobody=500)
    before = snapshot(funded)
    assert post(funded, good, bad, mode="all") == [("refused", "withheld"), ("refused", "unknown_account")]
    assert snapshot(funded) == before
    assert post(funded, good, bad) == [("accepted", ""), ("refused", "unknown_account")]


def test_a_group_happens_whole_or_not_at_all(funded: Any) -> None:
    line = {
        "key": "g",
        "transfers": [
            {"kind": "issue", "unit": "fen", "legs": [{"account": "pool", "amount": -7}, {"account": "a", "amount": 7}], "clause": "c", "effective": "2022-09-30"},
            {"kind": "issue", "unit": "fen", "legs": [{"account": "b", "amount": -7}, {"account": "a", "amount": 7}], "clause": "c", "effective": "2022-09-30"},
        ],
    }  # fmt: skip
    group, faults = parse_group(line, "line 1")
    assert faults == []
    assert group is not None
    assert post(funded, group) == [("refused", "overdrawn")]
    assert held(funded, "a") == (0, 0, 0)


def test_a_closed_book_takes_nothing_dated_before_and_its_as_of_balance_never_changes(funded: Any) -> None:
    postings.close_through(funded, "city", DAY)
    assert post(funded, move("late", "issue", pool=-1, a=1)) == [("refused", "closed")]
    before = held(funded, "pool", DAY)
    assert post(funded, move("dated-today", "issue", day=date(2022, 10, 8), pool=-1, a=1)) == [("accepted", "")]
    assert held(funded, "pool", DAY) == before
    assert held(funded, "pool", date(2022, 10, 8)) == (10**8 - 1, 0, 0)
    with pytest.raises(DoesNotHold, match="already closed"):
        postings.close_through(funded, "city", date(2022, 1, 1))


def test_an_expired_vintage_moves_only_by_expiring(ledger: Any) -> None:
    postings.open_account(ledger, "firm", owner="firm", book="city", unit="tce-2021", kind="payee")
    old = date(2021, 12, 31)
    assert post(ledger, move("e1", "reserve", unit="tce-2021", day=old, energy=-50, firm=50)) == [("accepted", "")]
    assert post(ledger, move("e2", "post", refers="e1", unit="tce-2021", energy=-50, firm=50)) == [("refused", "expired")]
    assert post(ledger, move("e3", "expire", refers="e1", unit="tce-2021")) == [("accepted", "")]
    assert held(ledger, "energy") == (0, 0, 0)


@pytest.mark.parametrize(
    ("group", "code"),
    [
        (move("x", "issue", unit="gold", pool=-1, a=1), "unknown_unit"),
        (move("x", "issue", unit="tce-2021", day=date(2021, 1, 1), pool=-1, a=1), "wrong_unit"),
        (move("x", "void", refers="absent"), "unknown_reference"),
        (move("x", "void", refers="fund"), "wrong_reference"),
        (move("x", "post", refers="r1", pool=-501, a=501), "beyond_reserve"),
        (move("x", "post", refers="r1", pool=-100, b=100), "beyond_reserve"),
        (move("x", "post", refers="r1", pool=100, a=-100), "beyond_reserve"),
    ],
)
def test_what_cannot_be_is_refused_by_name(funded: Any, group: Group, code: str) -> None:
    post(funded, move("r1", "reserve", pool=-500, a=500))
    assert post(funded, group) == [("refused", code)]


def test_a_time_without_a_zone_is_refused(ledger: Any) -> None:
    with pytest.raises(BadInput, match="time zone"):
        postings.post([], ledger, recorded=datetime(2022, 1, 1))


def test_an_unknown_account_is_named_with_the_nearest(ledger: Any) -> None:
    with pytest.raises(BadInput, match="did you mean 'pool'"):
        postings.balance(ledger, "pol")


def test_opening_an_account_twice_is_harmless_and_with_other_terms_refused(ledger: Any) -> None:
    terms = {"owner": "a", "book": "city", "unit": "fen", "kind": "payee"}
    postings.open_account(ledger, "a", **terms)
    with pytest.raises(DoesNotHold, match="floor"):
        postings.open_account(ledger, "a", **terms, floor=-5)


def test_any_changed_byte_of_the_ledger_is_located(funded: Any) -> None:
    for n in range(3):
        post(funded, move(f"r{n}", "reserve", pool=-100, a=100))
    assert ledger_check.verify(funded) == []
    assert ledger_check.head(funded)[0] == 4
    tamper = [
        ("UPDATE support_transfer SET clause = 'x' WHERE seq = 2", "seal 2"),
        ("UPDATE support_transfer SET effective = '2022-09-29' WHERE seq = 3", "seal 3"),
        ("UPDATE support_posting SET amount = amount * 2 WHERE transfer_id = 2", "seal 2"),
        ("DELETE FROM support_posting WHERE transfer_id = 4", "seal 4"),
        ("UPDATE support_seal SET root = 'sha256:" + "0" * 64 + "' WHERE no = 3", "seal 3"),
        ("UPDATE support_account SET posted = posted + 1 WHERE id = 'a'", "account a"),
        ("UPDATE support_account SET reserved = reserved - 1 WHERE id = 'pool'", "account pool"),
        ("UPDATE support_day SET posted = posted - 1 WHERE account_id = 'pool'", "account pool on 2022-09-30"),
        ("UPDATE support_sealhead SET no = no + 1", "the head of the seals"),
        ("INSERT INTO support_resolution (reserve_id, transfer_id, how) VALUES ('x', 'y', 'void')", "void y"),
    ]
    for sql, place in tamper:
        funded.execute("BEGIN")
        funded.execute(sql)
        found = ledger_check.verify(funded)
        funded.execute("ROLLBACK")
        assert place in [fault.place for fault in found], sql
    assert ledger_check.verify(funded) == []


def test_removing_the_last_batch_breaks_the_printed_head(funded: Any) -> None:
    """Cutting the chain at its end leaves a shorter chain that holds; only the head printed outside tells."""
    post(funded, move("r1", "reserve", pool=-100, a=100))
    head = ledger_check.head(funded)
    for sql in (
        "DELETE FROM support_posting WHERE transfer_id = 2",
        "DELETE FROM support_transfer WHERE seq = 2",
        "DELETE FROM support_seal WHERE no = 2",
        "UPDATE support_account SET reserved = 0",
        "UPDATE support_day SET hold_out = 0, hold_in = 0",
        "UPDATE support_sealhead SET no = 1, seq = 1, root = (SELECT root FROM support_seal)",
    ):
        funded.execute(sql)
    assert ledger_check.verify(funded) == []
    assert ledger_check.head(funded) != head


def test_the_same_key_from_many_threads_is_written_once(home: Path, funded: Any) -> None:
    statuses: list[str] = []

    def ask() -> None:
        own = dialect.connect(home)
        statuses.append(postings.post([move("r1", "reserve", pool=-500, a=500)], own, recorded=AT)[0].status)
        own.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == ["accepted", *["repeated"] * 7]
    assert held(funded, "pool") == (10**8, 500, 0)


KILLED = """
import os, sqlite3, sys
from pathlib import Path
from yunxing.io.store import dialect, postings
sys.path.insert(0, sys.argv[3])
from io_store_cast import AT, batch

class Cursor(sqlite3.Cursor):
    def _count(self):
        Dying.left -= 1
        if Dying.left == 0:
            os.kill(os.getpid(), 9)
    def execute(self, *args):
        self._count()
        return super().execute(*args)
    def executemany(self, *args):
        self._count()
        return super().executemany(*args)

class Dying(sqlite3.Connection):
    left = int(sys.argv[2])
    def cursor(self, factory=Cursor):
        return super().cursor(factory)
    def execute(self, *args):
        return self.cursor().execute(*args)

connection = sqlite3.connect(Path(sys.argv[1]) / dialect.DATABASE_FILE, factory=Dying, isolation_level=None)
answers = postings.post(batch(), connection, recorded=AT)
print(",".join(answer.status for answer in answers), flush=True)
"""


def test_kill_9_between_any_two_statements_loses_and_doubles_nothing(home: Path, funded: Any) -> None:
    """Whenever the process dies, the batch is there whole or not at all; asking again completes it; nothing acknowledged is lost."""
    folder = home / "cast"
    folder.mkdir()
    (folder / "io_store_cast.py").write_text(CAST, encoding="utf-8")
    (folder / "killed.py").write_text(KILLED, encoding="utf-8")
    died = 0
    for at in range(1, 40):
        before = snapshot(funded)
        run = subprocess.run(
            [sys.executable, str(folder / "killed.py"), str(home), str(at), str(folder)], capture_output=True, text=True, check=False
        )
        assert ledger_check.verify(funded) == []
        if run.returncode == 0:
            break
        assert run.returncode == -9, run.stderr
        died += 1
        assert snapshot(funded) == before
    assert died >= 10
    assert run.stdout.strip() == "accepted,accepted,accepted"
    assert held(funded, "pool") == (10**8 - 300, 500, 0)


CAST = """
from datetime import UTC, date, datetime
from yunxing.engines.ledger.batch import one_transfer
AT = datetime(2022, 9, 30, 8, 0, tzinfo=UTC)
def batch():
    day = date(2022, 9, 30)
    def one(key, kind, refers="", **legs):
        return one_transfer(key, kind, "fen", legs, clause="c", effective=day, refers=refers)
    return [one("k1", "reserve", pool=-300, a=300), one("k2", "post", refers="k1", pool=-300, a=300), one("k3", "reserve", pool=-500, b=500)]
"""


def snapshot(connection: Any) -> list[Any]:
    tables = ("account", "transfer", "posting", "resolution", "seal")
    return [dialect.rows(connection, f"SELECT * FROM support_{table} ORDER BY 1") for table in tables]
