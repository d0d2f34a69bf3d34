"""A Hypothesis state machine: the ledger against a dictionary of thirty lines, on whatever store a subclass opens."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from yunxing.engines.ledger.batch import Due, Group, one_transfer
from yunxing.io.store import dialect, ledger_check, obligations, postings

AT = datetime(2022, 9, 30, 8, 0, tzinfo=UTC)
FIRST_DAY = date(2022, 9, 1)
NAMES = ("pool", "a", "b")
ALL = ("budget", *NAMES, "future", "P1", "P2")
PLEDGED = 900
amounts = st.integers(1, 400)
days = st.integers(0, 20)


class Model:
    """The dictionary: posted and held per account, reservations open, what each day saw, loans, gates, the closed day."""

    def __init__(self) -> None:
        self.posted, self.held = dict.fromkeys(ALL, 0), dict.fromkeys(ALL, 0)
        self.open: dict[str, tuple[str, str, int]] = {}
        self.done: dict[str, tuple[str, str, int, str]] = {}  # source, target, amount, loan
        self.days: list[tuple[int, str, int]] = []
        self.loans: dict[str, tuple[str, int, int]] = {}  # project, amount, outstanding
        self.passed: set[str] = set()
        self.closed = -1

    def free(self, account: str) -> float:
        floor = {"budget": float("-inf"), "future": -PLEDGED}.get(account, 0)
        return self.posted[account] - self.held[account] - floor

    def give(self, source: str, target: str, amount: int, day: int) -> None:
        self.posted[source] -= amount
        self.posted[target] += amount
        self.days += [(day, source, -amount), (day, target, amount)]

    def owes(self, project: str) -> int:
        return sum(left for borrower, _, left in self.loans.values() if borrower == project)

    def lend_back(self, loan: str, amount: int) -> None:
        project, whole, left = self.loans[loan]
        self.loans[loan] = (project, whole, left - amount)


def open_cast(connection: Any) -> None:
    """The accounts of the machine; `future` lends at most what is pledged."""
    postings.open_book(connection, "city", place="city", name="funds")
    postings.open_unit(connection, "fen", asset="CNY", scale=100)
    postings.open_account(connection, "budget", owner="f", book="city", unit="fen", kind="source", floor=postings.NO_FLOOR)
    postings.open_pledge(connection, "future", owner="f", book="city", unit="fen", pledged=PLEDGED)
    for name in (*NAMES, "P1", "P2"):
        postings.open_account(connection, name, owner=name, book="city", unit="fen", kind="payee")


class Ledger(RuleBasedStateMachine):
    """Each rule asks the store and the dictionary the same; what the dictionary forbids the store refuses, and nothing else."""

    reserves, payments, loans = Bundle("reserves"), Bundle("payments"), Bundle("loans")

    def __init__(self) -> None:
        super().__init__()
        self.store: Any = self.opened()
        self.model, self.count = Model(), 0
        self.sent: list[Group] = []

    def opened(self) -> Any:
        raise NotImplementedError

    def send(self, kind: str, legs: dict[str, int], refers: str = "", day: int = 0, due: Due | None = None) -> tuple[str, bool, str]:
        self.count += 1
        group = one_transfer(
            f"k{self.count}", kind, "fen", legs, clause="c", effective=FIRST_DAY + timedelta(days=day), refers=refers, due=due
        )  # type: ignore[arg-type]
        (answer,) = postings.post([group], self.store, recorded=AT)
        if answer.status == "accepted":
            self.sent.append(group)
        return group.key, answer.status == "accepted", answer.code

    @rule(
        target=payments,
        kind=st.sampled_from(("issue", "move", "retire")),
        source=st.sampled_from(("budget", *NAMES, "P1")),
        other=st.sampled_from(NAMES),
        amount=amounts,
        day=days,
    )
    def pays(self, kind: str, source: str, other: str, amount: int, day: int):
        if source == other:
            return multiple()
        key, accepted, _ = self.send(kind, {source: -amount, other: amount}, day=day)
        assert accepted == (amount <= self.model.free(source) and day > self.model.closed)
        if not accepted:
            return multiple()
        self.model.give(source, other, amount, day)
        self.model.done[key] = (source, other, amount, "")
        return key

    @rule(target=reserves, source=st.sampled_from(NAMES), other=st.sampled_from(NAMES), amount=amounts, day=days)
    def reserve(self, source: str, other: str, amount: int, day: int):
        if source == other:
            return multiple()
        key, accepted, _ = self.send("reserve", {source: -amount, other: amount}, day=day)
        assert accepted == (amount <= self.model.free(source) and day > self.model.closed)
        if not accepted:
            return multiple()
        self.model.held[source] += amount
        self.model.open[key] = (source, other, amount)
        return key

    @rule(target=payments, key=reserves, part=amounts, day=days)
    def post_of_a_reserve(self, key: str, part: int, day: int):
        opened = self.model.open.get(key)
        source, other, amount = opened or ("pool", "a", 0)
        paid, accepted, _ = self.send("post", {source: -part, other: part}, refers=key, day=day)
        assert accepted == (opened is not None and part <= amount and day > self.model.closed)
        if not accepted:
            return multiple()
        del self.model.open[key]
        self.model.held[source] -= amount
        self.model.give(source, other, part, day)
        self.model.done[paid] = (source, other, part, "")
        return paid

    @rule(key=reserves, kind=st.sampled_from(("void", "expire")), day=days)
    def let_go(self, key: str, kind: str, day: int) -> None:
        _, accepted, _ = self.send(kind, {}, refers=key, day=day)
        opened = self.model.open.get(key)
        assert accepted == (opened is not None and day > self.model.closed)
        if accepted:
            del self.model.open[key]
            self.model.held[opened[0]] -= opened[2]

    @rule(target=loans, project=st.sampled_from(("P1", "P2")), amount=amounts, day=days)
    def borrow(self, project: str, amount: int, day: int):
        due = Due("firm", project, "doc", "start_up")
        key, accepted, _ = self.send("borrow", {"future": -amount, project: amount}, day=day, due=due)
        assert accepted == (amount <= self.model.free("future") and day > self.model.closed and project not in self.model.passed)
        if not accepted:
            return multiple()
        self.model.give("future", project, amount, day)
        self.model.loans[key + "#1"] = (project, amount, amount)
        self.model.done[key] = ("future", project, amount, key + "#1")
        return key

    @rule(target=payments, key=loans, amount=amounts, source=st.sampled_from(("P1", "P2", "pool")), day=days)
    def repay(self, key: str, amount: int, source: str, day: int):
        left = self.model.loans[key + "#1"][2]
        back, accepted, _ = self.send("repay", {source: -amount, "future": amount}, refers=key, day=day)
        assert accepted == (amount <= left and amount <= self.model.free(source) and day > self.model.closed)
        if not accepted:
            return multiple()
        self.model.give(source, "future", amount, day)
        self.model.lend_back(key + "#1", amount)
        self.model.done[back] = (source, "future", amount, key + "#1")
        return back

    @rule(key=st.one_of(payments, loans), day=days)
    def reverse(self, key: str, day: int) -> None:
        """Once; a loan only while all of it is outstanding; a repayment never after the gate it opened."""
        _, accepted, _ = self.send("reverse", {}, refers=key, day=day)
        done = self.model.done.get(key)
        may = done is not None and done[2] <= self.model.free(done[1]) and day > self.model.closed
        if done and done[3]:
            project, whole, left = self.model.loans[done[3]]
            may &= left == whole if done[3] == f"{key}#1" else project not in self.model.passed
        assert accepted == may
        if accepted:
            del self.model.done[key]
            self.model.give(done[1], done[0], done[2], day)
            if done[3]:
                self.model.lend_back(done[3], done[2] if done[3] == f"{key}#1" else -done[2])

    @rule(project=st.sampled_from(("P1", "P2")))
    def reach_the_gate(self, project: str) -> None:
        """Passed when, and only when, nothing is outstanding; asked again it stays passed."""
        answer = obligations.pass_gate(self.store, project, "start_up", AT)
        assert answer.passed == (project in self.model.passed or self.model.owes(project) == 0)
        assert sum(one.outstanding for one in answer.outstanding) == (0 if answer.passed else self.model.owes(project))
        if answer.passed:
            self.model.passed.add(project)

    @rule(day=st.integers(0, 12))
    def close(self, day: int) -> None:
        if day > self.model.closed:
            postings.close_through(self.store, "city", FIRST_DAY + timedelta(days=day))
            self.model.closed = day

    @rule(key=consumes(reserves))
    def forget(self, key: str) -> None:
        """Lets the machine leave a reservation open for good."""

    @rule(amount=amounts, pick=st.integers(0, 10**6))
    def use_a_key_again(self, amount: int, pick: int) -> None:
        if not self.sent:
            return
        sent = self.sent[pick % len(self.sent)]
        before = ledger_check.head(self.store)
        other = one_transfer(
            sent.key, "issue", "fen", {"budget": -10_000 - amount, "pool": 10_000 + amount}, clause="c", effective=FIRST_DAY
        )
        assert postings.post([sent], self.store, recorded=AT)[0].status == "repeated"
        assert postings.post([other], self.store, recorded=AT)[0].code == "key_reused"
        assert ledger_check.head(self.store) == before

    @invariant()
    def balances_agree(self) -> None:
        for account in ALL:
            found = postings.balance(self.store, account)
            assert (found.posted, found.reserved) == (self.model.posted[account], self.model.held[account])
            as_of = postings.balance(self.store, account, FIRST_DAY + timedelta(days=10))
            assert as_of.posted == sum(amount for day, name, amount in self.model.days if name == account and day <= 10)
        assert sum(self.model.posted.values()) == 0
        (total,) = dialect.row(self.store, "SELECT COALESCE(SUM(amount), 0) FROM support_posting") or (0,)
        assert total == 0

    @invariant()
    def what_is_borrowed_is_pledged_and_the_gate_holds(self) -> None:
        found = {one.id: one.outstanding for one in obligations.obligations(self.store, all_=True)}
        assert found == {key: left for key, (_, _, left) in self.model.loans.items()}
        assert sum(found.values()) <= PLEDGED
        assert all(not self.model.owes(project) for project in self.model.passed)

    @invariant()
    def the_ledger_proves_itself(self) -> None:
        assert ledger_check.verify(self.store) == []
