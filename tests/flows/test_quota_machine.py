"""Any acts in any order on the plan's own pools, beside a dictionary that only adds: sums of zero, floors, borrowed ≤ pledged, the gate never passed."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledger_cast import in_memory
from yunxing.engines.ledger.acts import ADVANCED, OWN, Given, Pledge
from yunxing.engines.ledger.pollutants import Source
from yunxing.engines.ledger.quota_book import START_UP
from yunxing.flows.quota_acts import agreed, carry_out, open_pledge, open_quotas, planned, pledge_account
from yunxing.io.store import dialect, ledger_check, obligations
from yunxing.packs.quotas import load_quotas
from yunxing.values.errors import BadInput

QUOTAS = load_quotas(Path(__file__).parents[2] / "plans" / "binzhou_2022_156")
AT, DAY, PLACE = datetime(2022, 9, 30, 2, 0, tzinfo=UTC), date(2022, 9, 30), "here"
COUNTIES = ("371602", "371621")
FIRMS = ("91990000MA00000A0X", "91990000MA00000B0X")
PROJECTS = ("P-1", "P-2")
AMOUNT = st.integers(1, 30_000)


class QuotaMachine(RuleBasedStateMachine):
    """The store with the plan's rules; `model` adds up what was accepted, `lent`, `pledged` and `passed` what must hold of advances."""

    def __init__(self) -> None:
        super().__init__()
        self.store = in_memory()
        self.number = 0
        self.model: dict[str, int] = defaultdict(int)
        self.lent: dict[tuple[str, str], int] = defaultdict(int)
        self.pledges: list[Pledge] = []
        self.passed: set[str] = set()

    @initialize()
    def opened(self) -> None:
        open_quotas(self.store, QUOTAS, PLACE)

    def teardown(self) -> None:
        assert ledger_check.verify(self.store) == []
        self.store.close()

    def act(self, name: str, amount: int, **more: Any) -> bool:
        """Draw up, agree, post; what was accepted goes into the model. A refusal must leave every balance as it was."""
        self.number += 1
        act = QUOTAS.acts[name]
        more.setdefault("unit", QUOTAS.pools[act.pool].units[0])
        given_now = Given(f"k{self.number}", DAY, amount, document="某文件", **more)
        try:
            found = planned(self.store, QUOTAS, act, given_now, self.pledges)
        except BadInput:
            return False
        answer = carry_out(self.store, PLACE, agreed(found.group, "li", "wang"), found.openings, AT)
        if answer.status == "refused":
            return False
        for transfer in found.group.transfers:
            for leg in transfer.legs:
                self.model[leg.account] += leg.amount
            if transfer.kind in ("borrow", "repay"):
                for leg in transfer.legs:
                    if leg.account.startswith("m17_advance/"):
                        self.lent[leg.account, self._project(transfer)] -= leg.amount
        return True

    def _project(self, transfer: Any) -> str:
        if transfer.due is not None:
            return str(transfer.due.project)
        return str((dialect.row(self.store, "SELECT project FROM support_obligation WHERE id = %s", [transfer.refers]) or ("",))[0])

    @rule(amount=AMOUNT, county=st.sampled_from(COUNTIES), own=st.booleans())
    def certify(self, amount: int, county: str, own: bool) -> None:
        firm = FIRMS[COUNTIES.index(county)]
        assert self.act("certify_cut", amount, unit="kg-NOx", county=county, party=firm, purpose=OWN if own else "关停替代")

    @rule(kg=AMOUNT, county=st.sampled_from(COUNTIES))
    @precondition(lambda self: len(self.pledges) < 4)
    def pledge(self, kg: int, county: str) -> None:
        name = f"S{len(self.pledges)}"
        source = Source(name, FIRMS[COUNTIES.index(county)], county, "closure", "kg-NOx", kg, date(2023, 3, 31))
        self.pledges.append(Pledge(pledge_account(QUOTAS, "kg-NOx", name), source, 0, f"方案{name}"))
        open_pledge(self.store, PLACE, QUOTAS, self.pledges[-1])

    @rule(amount=AMOUNT, at=st.integers(0, 1), missed=st.booleans())
    def allocate(self, amount: int, at: int, missed: bool) -> None:
        """One county's project each, so that the plan's balance within the county can be seen."""
        self.act(
            "allocate_pollutants", amount, unit="kg-NOx", county=COUNTIES[at], party=FIRMS[at], project=PROJECTS[at],
            missed=("PM2.5",) if missed else (), production=date(2024, 1, 1),
        )  # fmt: skip

    @rule(amount=AMOUNT, data=st.data())
    @precondition(lambda self: self.pledges)
    def make_good(self, amount: int, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.pledges))
        self.act("certify_cut", amount, unit="kg-NOx", county=one.source.county, purpose=ADVANCED, source=one.source.id)

    @rule(project=st.sampled_from(PROJECTS))
    def start(self, project: str) -> None:
        """The gate passes exactly when the model owes nothing, and once passed it stays so."""
        answer = obligations.pass_gate(self.store, project, START_UP, AT)
        owed = sum(amount for (_account, of), amount in self.lent.items() if of == project)
        assert answer.passed == (owed == 0 or project in self.passed)
        if answer.passed:
            self.passed.add(project)

    @rule(amount=AMOUNT)
    def bank(self, amount: int) -> None:
        assert self.act("bank_quota", amount)

    @rule(amount=AMOUNT)
    def offer(self, amount: int) -> None:
        free = self.model["m16_quota_bank/city"]
        assert self.act("offer_quota", amount) == (amount <= free)

    @rule(amount=AMOUNT)
    def pilot(self, amount: int) -> None:
        assert self.act("open_pilot", amount)

    @rule(amount=AMOUNT, at=st.integers(0, 1))
    def fee(self, amount: int, at: int) -> None:
        """The place never pays more than its cap, and never less than half of what reaches the firm less a fen."""
        before, left = self.model[f"m13_hedging_split/{FIRMS[at]}"], self.model["m13_hedging_local/city"]
        done = self.act("pay_hedging_fee", amount, county=COUNTIES[at], party=FIRMS[at])
        paid = self.model[f"m13_hedging_split/{FIRMS[at]}"] - before
        local = left - self.model["m13_hedging_local/city"]
        assert local == min(amount // 2, left)
        assert done == (paid > 0)
        assert paid - 2 * local in (0, 1)

    @rule(amount=AMOUNT, at=st.integers(0, 1))
    def increment(self, amount: int, at: int) -> None:
        assert self.act("commission_renewable", amount, county=COUNTIES[at], project=PROJECTS[at])
        city = self.model["m16_renewable_split/city"]
        counties = sum(self.model[f"m16_renewable_split/{county}"] for county in COUNTIES)
        assert counties - city >= 0  # the odd hundredths are the counties'

    @invariant()
    def balances_are_the_models(self) -> None:
        """Every account stands at the sum of what was accepted; every unit sums to zero; nothing without a licence is below zero."""
        rows = dialect.rows(self.store, "SELECT id, unit_id, kind, floor, posted, reserved FROM support_account")
        sums: dict[str, int] = defaultdict(int)
        for name, unit, kind, floor, posted, reserved in rows:
            assert posted == self.model[name], name
            assert posted - reserved >= floor, name
            assert kind == "source" or floor >= 0 or kind == "future_cut" or name.startswith("m15_land_task/")
            sums[unit] += posted
        assert all(total == 0 for total in sums.values())

    @invariant()
    def borrowed_never_exceeds_pledged_and_nothing_is_owed_behind_a_gate(self) -> None:
        for one in self.pledges:
            lent = sum(amount for (account, _project), amount in self.lent.items() if account == one.account)
            assert 0 <= lent <= one.source.planned_kg
        for project in self.passed:
            assert sum(amount for (_account, of), amount in self.lent.items() if of == project) == 0


TestQuotas = QuotaMachine.TestCase
TestQuotas.settings = settings(max_examples=15, stateful_step_count=18, deadline=None, suppress_health_check=list(HealthCheck))
