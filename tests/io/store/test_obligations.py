"""Loans, gates, terms and closing on the store: what is locked together cannot cross, and what is outstanding is always the sum of its rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from yunxing.engines.ledger.batch import Due, Group, one_transfer
from yunxing.engines.ledger.model import Term
from yunxing.io.store import dialect, ledger_check, obligations, postings
from yunxing.io.store.ledger_books import terms
from yunxing.values.errors import BadInput, DoesNotHold

AT = datetime(2022, 9, 30, 1, 0, tzinfo=UTC)  # Friday 9:00 in Beijing, before the National Day holiday
DAY = date(2022, 9, 30)
DUE = Due("91X", "P1", "关停方案第3号", "start_up", date(2023, 3, 31))


@pytest.fixture
def lending(ledger: Any) -> Any:
    """Two pledges of 100 each, a project's account, money in the pool."""
    for name in ("kiln", "mill"):
        postings.open_pledge(ledger, name, owner="EEB", book="city", unit="fen", pledged=100, county="U1")
    postings.open_account(ledger, "P1", owner="91X", book="city", unit="fen", kind="project")
    assert ask(ledger, move("fund", "issue", budget=-1000, pool=1000)) == ["accepted"]
    return ledger


def move(key: str, kind: str, refers: str = "", day: date = DAY, **more: Any) -> Group:
    rest = {name: more.pop(name) for name in ("due", "until", "approvers") if name in more}
    return one_transfer(key, kind, "fen", more, clause="156/17/2", effective=day, refers=refers, **rest)  # type: ignore[arg-type]


def ask(ledger: Any, *groups: Group, at: datetime = AT) -> list[str]:
    return [answer.code or answer.status for answer in postings.post(groups, ledger, recorded=at)]


def test_a_loan_is_written_down_with_what_it_promises(lending: Any) -> None:
    assert ask(lending, move("l", "borrow", due=DUE, kiln=-60, P1=60)) == ["accepted"]
    (one,) = obligations.obligations(lending, project="P1")
    assert (one.id, one.borrower, one.source, one.holder, one.amount, one.outstanding) == ("l#1", "91X", "kiln", "P1", 60, 60)
    assert (one.pledge, one.event, one.day, one.passed_at) == ("关停方案第3号", "start_up", date(2023, 3, 31), None)
    assert postings.balance(lending, "kiln").available == 40
    assert ledger_check.verify(lending) == []


def test_obligations_are_narrowed_by_what_is_asked(lending: Any) -> None:
    other = Due("91Y", "P2", "d", "start_up", date(2024, 1, 1))
    ask(lending, move("l", "borrow", due=DUE, kiln=-60, P1=60), move("m", "borrow", due=other, mill=-5, a=5))
    ask(lending, move("r", "repay", refers="m", pool=-5, mill=5))

    def ids(**asked: Any) -> list[str]:
        return [one.id for one in obligations.obligations(lending, **asked)]

    assert ids() == ["l#1"]
    assert ids(all_=True) == ["l#1", "m#1"]
    assert ids(all_=True, source="mill") == ids(all_=True, borrower="91Y") == ids(all_=True, project="P2") == ["m#1"]
    assert ids(due_by=date(2023, 3, 30)) == []
    assert ids(due_by=date(2023, 3, 31)) == ["l#1"]
    assert ids(event="another") == []


def test_the_gate_opens_when_the_last_part_is_made_good_and_then_nothing_is_lent(lending: Any) -> None:
    """Worked example of measure 17: 10.000 drawn in advance, 9.000 verified; the start is refused until the last 1.000 is covered."""
    ask(lending, move("l", "borrow", due=DUE, kiln=-10, P1=10), move("r", "repay", refers="l", P1=-9, kiln=9))
    shut = obligations.pass_gate(lending, "P1", "start_up", AT)
    assert (shut.passed, [one.outstanding for one in shut.outstanding]) == (False, [1])
    assert ask(lending, move("s", "repay", refers="l", pool=-1, kiln=1)) == ["accepted"]
    opened = obligations.pass_gate(lending, "P1", "start_up", AT)
    assert (opened.passed, opened.passed_at, opened.outstanding) == (True, AT, ())
    assert obligations.pass_gate(lending, "P1", "start_up", AT + timedelta(days=1)).passed_at == AT
    assert ask(lending, move("n", "borrow", due=DUE, mill=-1, P1=1)) == ["gate_passed"]
    assert ask(lending, move("x", "reverse", refers="s")) == ["gate_passed"]
    assert ledger_check.verify(lending) == []


def test_a_gate_passed_in_a_transaction_that_fails_is_shut(lending: Any) -> None:
    def fails() -> None:
        with dialect.transaction(lending):
            assert obligations.pass_gate(lending, "P1", "start_up", AT).passed
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        fails()
    assert ask(lending, move("l", "borrow", due=DUE, kiln=-10, P1=10)) == ["accepted"]
    assert not obligations.pass_gate(lending, "P1", "start_up", AT).passed


def test_a_gate_needs_an_instant_with_its_zone(lending: Any) -> None:
    with pytest.raises(BadInput, match="time zone"):
        obligations.pass_gate(lending, "P1", "start_up", datetime(2022, 1, 1))


def test_any_changed_byte_of_a_loan_is_located(lending: Any) -> None:
    ask(lending, move("l", "borrow", due=DUE, kiln=-60, P1=60), move("r", "repay", refers="l", P1=-20, kiln=20))
    obligations.pass_gate(lending, "P9", "start_up", AT)
    tamper = [
        ("UPDATE support_obligation SET pledge = 'x'", "seal 2"),
        ("UPDATE support_obligation SET due_date = '2024-01-01'", "seal 2"),
        ("UPDATE support_obligation SET amount = 59", "obligation l#1"),
        ("UPDATE support_repayment SET amount = 61", "obligation l#1"),
        ("UPDATE support_gate SET subject = 'P1'", "obligation l#1"),
        ("DELETE FROM support_repayment", None),
    ]
    for sql, place in tamper:
        lending.execute("BEGIN")
        lending.execute(sql)
        found = [fault.place for fault in ledger_check.verify(lending)]
        lending.execute("ROLLBACK")
        if place is not None:
            assert place in found, sql
    assert ledger_check.verify(lending) == []


def test_a_repayment_that_vanished_is_located(lending: Any) -> None:
    """The transfer is sealed; the row that counts it is found missing by it."""
    ask(lending, move("l", "borrow", due=DUE, kiln=-60, P1=60), move("r", "repay", refers="l", P1=-20, kiln=20))
    lending.execute("DELETE FROM support_repayment")
    assert [fault.place for fault in ledger_check.verify(lending)] == ["transfer r#1"]


def test_the_holding_delay_is_counted_on_working_days(lending: Any) -> None:
    """26 working hours from Friday 9:00 before the week's holiday: round the clock it ends on Saturday 8 October, which is worked, at 11:00."""
    postings.open_term(lending, Term("city", "fen", "", above=100, approvers=0, delay=26 * 60, clause="L/5"))
    assert ask(lending, move("m", "move", pool=-101, a=101)) == ["needs_hold"]
    assert ask(lending, move("r", "reserve", pool=-101, a=101)) == ["accepted"]
    (since,) = dialect.row(lending, "SELECT not_before FROM support_transfer WHERE key = 'r#1'") or (None,)
    ready = dialect.as_instant(since)
    assert ready == datetime(2022, 10, 8, 3, 0, tzinfo=UTC)
    assert ready is not None
    assert ask(lending, move("p", "post", refers="r", pool=-101, a=101), at=ready - timedelta(seconds=1)) == ["too_early"]
    assert ask(lending, move("p", "post", refers="r", pool=-101, a=101), at=ready) == ["accepted"]
    assert ledger_check.verify(lending) == []
    lending.execute("UPDATE support_transfer SET not_before = NULL")
    assert "seal 2" in [fault.place for fault in ledger_check.verify(lending)]


def test_the_delay_may_be_counted_in_office_hours(lending: Any) -> None:
    """8 office hours of 7.5 a day: from Friday 9:00 to Saturday 8 October, 9:30."""
    postings.open_term(lending, Term("city", "fen", "", above=100, delay=480, hours="08:30-12:00 13:30-17:30", clause="L/5"))
    ask(lending, move("r", "reserve", pool=-101, a=101))
    (since,) = dialect.row(lending, "SELECT not_before FROM support_transfer WHERE key = 'r#1'") or (None,)
    assert dialect.as_instant(since) == datetime(2022, 10, 8, 1, 30, tzinfo=UTC)


def test_terms_are_written_once_and_said_back(lending: Any) -> None:
    term = Term("city", "fen", "move", above=100, approvers=2, delay=60, hours="08:30-12:00", valid_from=DAY, clause="L/4")
    postings.open_term(lending, term)
    postings.open_term(lending, term)
    assert terms(lending) == [term]
    with pytest.raises(DoesNotHold, match="above"):
        postings.open_term(lending, Term("city", "fen", "move", above=99, approvers=2, valid_from=DAY, clause="L/4"))
    assert ask(lending, move("m", "move", pool=-101, a=101, approvers=("甲", "乙"))) == ["needs_hold"]
    for wrong in (
        Term("city", approvers=3),
        Term("city", delay=-1),
        Term("city", kind="mov"),
        Term("city", above=-1),
        Term("city", hours="x"),
    ):
        with pytest.raises(BadInput):
            postings.open_term(lending, wrong)


@pytest.mark.parametrize("pledged", [0, -5])
def test_a_pledge_of_nothing_is_refused(ledger: Any, pledged: int) -> None:
    with pytest.raises(BadInput, match="whole number from 1"):
        postings.open_pledge(ledger, "kiln", owner="EEB", book="city", unit="fen", pledged=pledged)


def test_an_account_above_its_own_floor_cannot_be_opened_and_a_unit_has_a_scale(ledger: Any) -> None:
    with pytest.raises(BadInput, match="0 or less"):
        postings.open_account(ledger, "x", owner="o", book="city", unit="fen", kind="payee", floor=5)
    with pytest.raises(BadInput, match="scale of 0"):
        postings.open_unit(ledger, "x", asset="x", scale=0)
    with pytest.raises(DoesNotHold, match="expires"):
        postings.open_unit(ledger, "tce-2021", asset="energy", scale=100, vintage="2021", expires=date(2022, 1, 1))


def test_a_reservation_that_lapsed_is_found_once(lending: Any) -> None:
    ask(lending, move("r", "reserve", until=DAY, pool=-5, a=5), move("s", "reserve", until=date(2022, 12, 31), pool=-5, a=5))
    assert obligations.lapsed_reservations(lending, DAY) == []
    assert obligations.lapsed_reservations(lending, DAY + timedelta(days=1)) == [("r#1", "fen", "156/17/2")]
    ask(lending, move("v", "void", refers="r"))
    assert obligations.lapsed_reservations(lending, DAY + timedelta(days=1)) == []


def test_the_chain_turns_to_sm3_and_stays_there(home: Path, lending: Any) -> None:
    postings.post([move("m", "move", pool=-1, a=1)], lending, recorded=AT, suite="sm3")
    ask(lending, move("n", "move", pool=-1, a=1))
    roots = [root for (root,) in dialect.rows(lending, "SELECT root FROM support_seal ORDER BY no")]
    assert [root.partition(":")[0] for root in roots] == ["sha256", "sm3", "sm3"]
    assert ledger_check.verify(lending) == []
    lending.execute("UPDATE support_transfer SET clause = 'x' WHERE key = 'n#1'")
    assert "seal 3" in [fault.place for fault in ledger_check.verify(lending)]
