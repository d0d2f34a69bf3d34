"""A Hypothesis state machine: the ledger against a small dictionary model, on the real store."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from yunxing.engines.ledger.batch import Group, one_transfer
from yunxing.io.store import dialect, ledger_check, postings

AT = datetime(2022, 9, 30, 8, 0, tzinfo=UTC)
FIRST_DAY = date(2022, 9, 1)
NAMES = ("pool", "a", "b")
amounts = st.integers(1, 400)
days = st.integers(0, 20)


class Model:
    """The thirty-line dictionary: posted and held per account, reservations open, what each day saw."""

    def __init__(self) -> None:
        self.posted = dict.fromkeys(("budget", *NAMES), 0)
        self.held = dict.fromkeys(("budget", *NAMES), 0)
        self.open: dict[str, tuple[str, str, int, int]] = {}
        self.done: dict[str, tuple[str, str, int]] = {}
        self.days: list[tuple[int, str, int]] = []

    def free(self, account: str) -> float:
        return float("inf") if account == "budget" else self.posted[account] - self.held[account]

    def give(self, source: str, target: str, amount: int, day: int) -> None:
        self.posted[source] -= amount
        self.posted[target] += amount
        self.days += [(day, source, -amount), (day, target, amount)]


class Ledger(RuleBasedStateMachine):
    reserves, payments, keys = Bundle("reserves"), Bundle("payments"), Bundle("keys")

    def __init__(self) -> None:
        super().__init__()
        self.store = tables()
        self.model, self.count = Model(), 0

    def teardown(self) -> None:
        self.store.close()

    def send(self, kind: str, legs: dict[str, int], refers: str = "", day: int = 0) -> tuple[str, Group, str]:
        self.count += 1
        group = one_transfer(f"k{self.count}", kind, "fen", legs, clause="c", effective=FIRST_DAY + timedelta(days=day), refers=refers)  # type: ignore[arg-type]
        (answer,) = postings.post([group], self.store, recorded=AT)
        return group.key, group, answer.status

    @rule(target=payments, source=st.sampled_from(("budget", *NAMES)), other=st.sampled_from(NAMES), amount=amounts, day=days)
    def issue(self, source: str, other: str, amount: int, day: int):
        if source == other:
            return multiple()
        key, _, status = self.send("issue", {source: -amount, other: amount}, day=day)
        if amount > self.model.free(source):
            assert status == "refused"
            return multiple()
        assert status == "accepted"
        self.model.give(source, other, amount, day)
        self.model.done[key] = (source, other, amount)
        return key

    @rule(target=reserves, source=st.sampled_from(NAMES), other=st.sampled_from(NAMES), amount=amounts, day=days)
    def reserve(self, source: str, other: str, amount: int, day: int):
        if source == other:
            return multiple()
        key, _, status = self.send("reserve", {source: -amount, other: amount}, day=day)
        if amount > self.model.free(source):
            assert status == "refused"
            return multiple()
        assert status == "accepted"
        self.model.held[source] += amount
        self.model.open[key] = (source, other, amount, day)
        return key

    @rule(target=payments, key=reserves, part=amounts, day=days)
    def pay(self, key: str, part: int, day: int):
        opened = self.model.open.get(key)
        source, other, amount, _ = opened or ("pool", "a", 0, 0)
        paid, _, status = self.send("post", {source: -part, other: part}, refers=key, day=day)
        if opened is None or part > amount:
            assert status == "refused"
            return multiple()
        assert status == "accepted"
        del self.model.open[key]
        self.model.held[source] -= amount
        self.model.give(source, other, part, day)
        self.model.done[paid] = (source, other, part)
        return paid

    @rule(key=reserves, kind=st.sampled_from(("void", "expire")))
    def let_go(self, key: str, kind: str) -> None:
        _, _, status = self.send(kind, {}, refers=key)
        opened = self.model.open.pop(key, None)
        assert status == ("refused" if opened is None else "accepted")
        if opened is not None:
            self.model.held[opened[0]] -= opened[2]

    @rule(key=payments, day=days)
    def reverse(self, key: str, day: int) -> None:
        _, _, status = self.send("reverse", {}, refers=key, day=day)
        done = self.model.done.get(key)
        if done is None or (done[1] != "budget" and self.model.free(done[1]) < done[2]):
            assert status == "refused"
            return
        assert status == "accepted"
        del self.model.done[key]
        self.model.give(done[1], done[0], done[2], day)

    @rule(key=consumes(reserves))
    def forget(self, key: str) -> None:
        """Lets the machine leave a reservation open for good."""

    @rule(amount=amounts)
    def use_a_key_again(self, amount: int) -> None:
        if self.count:
            before = ledger_check.head(self.store)
            group = one_transfer(
                f"k{self.count}", "issue", "fen", {"budget": -10_000 - amount, "pool": 10_000 + amount}, clause="c", effective=FIRST_DAY
            )
            known = dialect.row(self.store, "SELECT 1 FROM support_transfer WHERE key = %s", [f"k{self.count}#1"])
            if known:
                assert postings.post([group], self.store, recorded=AT)[0].code == "key_reused"
                assert ledger_check.head(self.store) == before

    @invariant()
    def balances_agree(self) -> None:
        for account in ("budget", *NAMES):
            found = postings.balance(self.store, account)
            assert (found.posted, found.reserved) == (self.model.posted[account], self.model.held[account])
            as_of = postings.balance(self.store, account, FIRST_DAY + timedelta(days=10))
            assert as_of.posted == sum(amount for day, name, amount in self.model.days if name == account and day <= 10)
        assert sum(self.model.posted.values()) == 0

    @invariant()
    def the_ledger_proves_itself(self) -> None:
        assert ledger_check.verify(self.store) == []


def tables() -> sqlite3.Connection:
    """An empty ledger in memory, from the statements of the migration."""
    store = sqlite3.connect(":memory:", isolation_level=None)
    store.executescript(statements())
    postings.open_book(store, "city", place="city", name="funds")
    postings.open_unit(store, "fen", asset="CNY", scale=100)
    postings.open_account(store, "budget", owner="f", book="city", unit="fen", kind="source", floor=postings.NO_FLOOR)
    for name in NAMES:
        postings.open_account(store, name, owner=name, book="city", unit="fen", kind="payee")
    return store


_STATEMENTS: list[str] = []


def statements() -> str:
    if not _STATEMENTS:
        from django.apps import apps
        from django.db import connection

        editor = connection.schema_editor(collect_sql=True, atomic=False)
        editor.deferred_sql = []
        for model in apps.get_app_config("support").get_models():
            editor.create_model(model)
        _STATEMENTS.append("\n".join([*editor.collected_sql, *(f"{each};" for each in editor.deferred_sql)]))
    return _STATEMENTS[0]


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
