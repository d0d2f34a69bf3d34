"""Vintages, loans and gates, four eyes and delays: each rule by an example that passes and one that is refused by name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from yunxing.engines.ledger.batch import Due, Group, Leg, Transfer, group_of, one_transfer
from yunxing.engines.ledger.decide import accounts_touched, decide, gates_touched
from yunxing.engines.ledger.model import PLEDGED, Account, Answer, State, Term, Unit

DAY = date(2022, 9, 30)
NOW = datetime(2022, 9, 30, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=26)
DUE = Due("firm", "P1", "关停方案", "start_up")


def state(terms: tuple[Term, ...] = (), **more: Any) -> State:
    accounts = {
        "pool": Account("pool", "fen", 0, 1000, 0, book="b"),
        "a": Account("a", "fen", 0, 0, 0, book="b"),
        "future": Account("future", "fen", -100, 0, 0, kind=PLEDGED, book="b"),
        "other": Account("other", "fen", -100, 0, 0, kind=PLEDGED, book="b"),
        "P1": Account("P1", "fen", 0, 0, 0, book="b"),
        "old": Account("old", "tce-21", 0, 50, 0, book="e"),
        "gone": Account("gone", "tce-21", 0, 0, 0, book="e"),
        "new": Account("new", "tce-22", -(10**6), 0, 0, book="e"),
        "firm": Account("firm", "tce-22", 0, 0, 0, book="e"),
    }
    units = {"fen": Unit("fen"), "tce-21": Unit("tce-21", date(2021, 12, 31)), "tce-22": Unit("tce-22", date(2022, 12, 31))}
    ready = {(term.delay, term.hours): LATER for term in terms if term.delay}
    return State(accounts, units, terms=terms, recorded=NOW, ready=ready, **more)


def move(key: str, kind: str, refers: str = "", unit: str = "fen", day: date = DAY, **more: Any) -> Group:
    rest = {name: more.pop(name) for name in ("due", "until", "approvers") if name in more}
    return one_transfer(key, kind, unit, more, clause="c", effective=day, refers=refers, **rest)  # type: ignore[arg-type]


def ask(now: State, *groups: Group) -> list[str]:
    return [answer.code or answer.status for answer in decide(groups, now)[0]]


def said(now: State, group: Group) -> Answer:
    return decide([group], now)[0][0]


def test_what_is_lent_is_given_back_and_may_be_lent_again() -> None:
    now = state()
    assert ask(now, move("l", "borrow", due=DUE, future=-100, P1=100)) == ["accepted"]
    assert ask(now, move("m", "borrow", due=DUE, future=-1, P1=1)) == ["overdrawn"]
    assert ask(now, move("r", "repay", refers="l", P1=-40, future=40)) == ["accepted"]
    assert now.loans["l#1"].outstanding == 60
    assert ask(now, move("s", "repay", refers="l", P1=-61, future=61)) == ["beyond_loan"]
    assert ask(now, move("n", "borrow", due=DUE, future=-40, P1=40)) == ["accepted"]


def test_a_loan_is_given_back_where_it_came_from_by_whoever_has_it() -> None:
    now = state()
    ask(now, move("l", "borrow", due=DUE, future=-50, P1=50))
    assert ask(now, move("r", "repay", refers="l", P1=-50, other=50)) == ["wrong_account"]
    assert ask(now, move("r", "repay", refers="l", pool=-50, future=20, a=30)) == ["wrong_account"]
    assert ask(now, move("r", "repay", refers="l", pool=-50, future=50)) == ["accepted"]
    assert ask(now, move("t", "repay", refers="absent", pool=-5, future=5)) == ["unknown_reference"]


@pytest.mark.parametrize(
    ("group", "code"),
    [
        (move("l", "borrow", future=-5, P1=5), "no_due"),
        (move("l", "borrow", due=DUE, pool=-5, P1=5), "not_pledged"),
        (move("l", "borrow", due=DUE, future=-5, P1=3, a=2), "wrong_legs"),
        (move("l", "borrow", due=DUE, nobody=-5, P1=5), "unknown_account"),
        (Group("l", (Transfer("l#1", "move", "fen", (Leg("pool", -5), Leg("pool", 5)), "c", DAY),)), "wrong_legs"),
        (Group("l", (Transfer("l#1", "move", "fen", (Leg("pool", -5), Leg("a", 6)), "c", DAY),)), "wrong_legs"),
        (Group("l", (Transfer("l#1", "move", "fen", (), "c", DAY),)), "wrong_legs"),
        (Group("l", (Transfer("l#1", "void", "fen", (Leg("pool", -5), Leg("a", 5)), "c", DAY, "x#1"),)), "wrong_legs"),
    ],
)
def test_a_loan_that_is_none_is_refused(group: Group, code: str) -> None:
    now = state()
    assert ask(now, group) == [code]
    assert now.loans == {}


def test_nothing_is_lent_once_the_gate_has_passed() -> None:
    now = state(passed=frozenset({"P1/start_up"}))
    assert said(now, move("l", "borrow", due=DUE, future=-5, P1=5)).code == "gate_passed"
    assert ask(now, move("m", "borrow", due=Due("firm", "P2", "d", "start_up"), future=-5, P1=5)) == ["accepted"]


def test_a_loan_is_reversed_only_while_all_of_it_is_outstanding_and_a_repayment_never_after_the_gate() -> None:
    now = state()
    ask(now, move("l", "borrow", due=DUE, future=-50, P1=50), move("r", "repay", refers="l", P1=-20, future=20))
    assert ask(now, move("x", "reverse", refers="l")) == ["repaid"]
    now.passed = frozenset({"P1/start_up"})
    assert ask(now, move("y", "reverse", refers="r")) == ["gate_passed"]
    now.passed = frozenset()
    assert ask(now, move("y", "reverse", refers="r"), move("z", "reverse", refers="r"), move("x", "reverse", refers="l")) == [
        "accepted",
        "resolved",
        "accepted",
    ]
    assert now.loans["l#1"].outstanding == 0
    assert now.accounts["future"].posted == 0


def test_a_refused_group_leaves_no_loan_and_no_repayment() -> None:
    now = state()
    ask(now, move("l", "borrow", due=DUE, future=-50, P1=50))
    both = group_of("g", move("r", "repay", refers="l", P1=-20, future=20), move("m", "borrow", due=DUE, other=-500, P1=500))
    assert ask(now, both) == ["overdrawn"]
    assert {key: loan.outstanding for key, loan in now.loans.items()} == {"l#1": 50}


def test_a_group_may_lend_and_give_back_at_once() -> None:
    now = state()
    both = group_of("g", move("l", "borrow", due=DUE, future=-50, P1=50), move("r", "repay", refers="l", P1=-50, future=50))
    (answer,), (decided,) = decide([both], now)
    assert answer.status == "accepted"
    assert decided.lines[1].repays == ("g#1", 50)


def test_gates_and_accounts_to_lock_are_named() -> None:
    now = state()
    loan = move("l", "borrow", due=DUE, future=-50, P1=50)
    ask(now, loan)
    assert gates_touched([loan], {}) == {"P1/start_up"}
    assert gates_touched([move("x", "reverse", refers="l")], now.loans) == {"P1/start_up"}
    assert accounts_touched([move("x", "reverse", refers="l")], now.written) == {"future", "P1"}


def test_an_expired_vintage_is_let_expire_or_carried_and_nothing_else() -> None:
    now = state()
    assert ask(now, move("m", "move", unit="tce-21", old=-5, gone=5)) == ["expired"]
    carried = group_of("c", move("1", "carry", unit="tce-21", old=-20, gone=20), move("2", "carry", unit="tce-22", new=-20, firm=20))
    assert ask(now, carried) == ["accepted"]
    assert ask(now, move("e", "expire", unit="tce-21", old=-30, gone=30)) == ["accepted"]
    assert ask(now, move("f", "expire", unit="tce-22", new=-5, firm=5)) == ["not_expired"]
    assert ask(now, move("g", "expire", pool=-5, a=5)) == ["not_expired"]
    assert ask(now, move("h", "move", unit="tce-21", day=date(2021, 12, 31), gone=-1, old=1)) == ["accepted"]  # the last day is inclusive


def test_a_reservation_lapses_after_its_last_day() -> None:
    now = state()
    ask(now, move("r", "reserve", until=DAY, pool=-5, a=5), move("s", "reserve", until=DAY, pool=-5, a=5))
    late = DAY + timedelta(days=1)
    assert ask(now, move("p", "post", refers="r", pool=-5, a=5)) == ["accepted"]
    assert ask(now, move("q", "post", refers="s", day=late, pool=-5, a=5)) == ["lapsed"]
    assert ask(now, move("e", "expire", refers="s", day=late)) == ["accepted"]
    assert ask(now, move("x", "reverse", refers="e")) == ["wrong_reference"]  # it moved nothing


FOUR_EYES = Term("b", "fen", "move", above=100, approvers=2, clause="L/4")
DELAY = Term("b", "fen", "", above=100, delay=1560, clause="L/5")


def test_four_eyes_above_an_amount_and_exactly_the_amount_is_free() -> None:
    assert ask(state((FOUR_EYES,)), move("m", "move", pool=-100, a=100)) == ["accepted"]
    refused = said(state((FOUR_EYES,)), move("m", "move", approvers=("甲",), pool=-101, a=101))
    assert (refused.code, "2 different approvers (L/4), found 1" in refused.message) == ("needs_approvers", True)
    assert ask(state((FOUR_EYES,)), move("m", "move", approvers=("甲", "甲"), pool=-101, a=101)) == ["needs_approvers"]
    assert ask(state((FOUR_EYES,)), move("m", "move", approvers=("甲", "乙"), pool=-101, a=101)) == ["accepted"]
    assert ask(state((FOUR_EYES,)), move("m", "reserve", pool=-101, a=101)) == ["accepted"]  # another kind


def test_a_delay_makes_one_reserve_first_and_leaves_a_window_to_cancel() -> None:
    now = state((DELAY,))
    assert ask(now, move("m", "move", pool=-101, a=101)) == ["needs_hold"]
    (answer,), (decided,) = decide([move("r", "reserve", pool=-101, a=101)], now)
    assert (answer.status, decided.lines[0].not_before) == ("accepted", LATER)
    assert ask(now, move("p", "post", refers="r", pool=-101, a=101)) == ["too_early"]
    now.recorded = LATER - timedelta(microseconds=1)
    assert ask(now, move("p", "post", refers="r", pool=-101, a=101)) == ["too_early"]
    now.recorded = LATER
    assert ask(now, move("p", "post", refers="r", pool=-101, a=101)) == ["accepted"]
    other = state((DELAY,))
    assert ask(other, move("r", "reserve", pool=-101, a=101), move("v", "void", refers="r")) == ["accepted", "accepted"]


def test_reserving_and_posting_in_one_group_does_not_go_around_the_delay() -> None:
    now = state((DELAY,))
    both = group_of("g", move("r", "reserve", pool=-101, a=101), move("p", "post", refers="r", pool=-101, a=101))
    assert ask(now, both) == ["too_early"]
    assert (now.accounts["pool"].posted, now.accounts["pool"].reserved) == (1000, 0)


def test_of_the_terms_for_the_same_the_newest_in_force_counts_and_of_different_ones_the_strictest() -> None:
    eased = Term("b", "fen", "move", above=500, approvers=2, valid_from=DAY, clause="L/6")
    now = (FOUR_EYES, eased)
    assert ask(state(now), move("m", "move", pool=-101, a=101)) == ["accepted"]
    assert ask(state(now), move("m", "move", day=DAY - timedelta(days=1), pool=-101, a=101)) == ["needs_approvers"]
    all_units = Term("b", "", "move", above=0, approvers=1, clause="L/7")
    assert ask(state((*now, all_units)), move("m", "move", pool=-101, a=101)) == ["needs_approvers"]
    elsewhere = Term("another book", "", "", above=0, approvers=2)
    assert ask(state((elsewhere,)), move("m", "move", pool=-101, a=101)) == ["accepted"]


def test_a_term_for_every_kind_lets_people_undo_and_give_back() -> None:
    every = Term("b", "", "", above=0, approvers=2, delay=60)
    now = state()
    ask(now, move("i", "move", pool=-50, a=50), move("r", "reserve", pool=-5, a=5), move("l", "borrow", due=DUE, future=-5, P1=5))
    now.terms, now.ready = (every,), {(60, ""): LATER}
    undone = [move("x", "reverse", refers="i"), move("v", "void", refers="r"), move("b", "repay", refers="l", P1=-5, future=5)]
    assert ask(now, *undone) == ["accepted"] * 3
