"""Acts on a real store: tried without a trace, posted with two people, lent against pledges, and no production while a loan is outstanding."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yunxing.engines.cases.case import Actor
from yunxing.engines.ledger.acts import ADVANCED, Given, Planned, Pledge
from yunxing.engines.ledger.auction import Bid, Bids, Terms, clear
from yunxing.engines.ledger.pollutants import Source
from yunxing.engines.ledger.quota_book import START_UP
from yunxing.flows import quota_acts, sell_quota
from yunxing.flows.quota_acts import agreed, carry_out, open_pledge, open_quotas, planned, pledge_account, tried
from yunxing.flows.walk_case import Recorded, publish
from yunxing.flows.walk_item import Given as Stepped
from yunxing.flows.walk_item import open_item, walk_item
from yunxing.io.store import dialect, ledger_check, obligations, postings
from yunxing.io.store.ledger_trial import free_of
from yunxing.packs.cases import load_cases
from yunxing.packs.pack import load_pack
from yunxing.packs.quotas import load_quotas
from yunxing.values.errors import BadInput

PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
QUOTAS = load_quotas(PACK)
AT = datetime(2022, 9, 30, 2, 0, tzinfo=UTC)
DAY = date(2022, 9, 30)
COUNTY, FIRM, PROJECT, PLACE = "371602", "91990000MA00000A0X", "P-1", "here"
PEOPLE = ("li", "wang")


@pytest.fixture
def books(connection: Any) -> Any:
    """A store with the plan's books, units and terms."""
    open_quotas(connection, QUOTAS, PLACE)
    return connection


def pledge(kg: int = 10_000, name: str = "S1") -> Pledge:
    source = Source(name, FIRM, COUNTY, "closure", "kg-NOx", kg, date(2023, 3, 31))
    return Pledge(pledge_account(QUOTAS, "kg-NOx", name), source, 0, "第3号方案")


def drawn_up(books: Any, act: str, amount: int, key: str, pledges=(), **more) -> Planned:
    more.setdefault("unit", QUOTAS.pools[QUOTAS.acts[act].pool].units[0])
    given_now = Given(key, DAY, amount, document="某文件", **more)
    return planned(books, QUOTAS, QUOTAS.acts[act], given_now, pledges)


def posted(books: Any, act: str, amount: int, key: str, pledges=(), people: tuple[str, ...] = PEOPLE, **more) -> Any:
    found = drawn_up(books, act, amount, key, pledges, **more)
    return carry_out(books, PLACE, agreed(found.group, *people), found.openings, AT)


def everything(connection: Any) -> list[Any]:
    tables = ("account", "transfer", "posting", "obligation", "gate", "day", "seal")
    return [dialect.rows(connection, f"SELECT COUNT(*) FROM support_{table}") for table in tables]


def test_opening_twice_changes_nothing(books: Any) -> None:
    before = everything(books)
    open_quotas(books, QUOTAS, PLACE)
    assert everything(books) == before


def test_a_trial_shows_the_balances_and_leaves_no_trace(books: Any) -> None:
    posted(books, "bank_quota", 60_000_00, "bank")
    found = drawn_up(books, "offer_quota", 24_000_00, "offer")
    before = everything(books)
    trial = tried(books, PLACE, replace(found, group=agreed(found.group, "li")), AT)
    assert trial.may
    assert {one.account: (one.posted, one.posted_after) for one in trial.moved} == {
        "m16_quota_bank/city": (60_000_00, 36_000_00),
        "m16_quota_auction/city": (0, 24_000_00),
    }
    assert everything(books) == before


def test_a_trial_tells_the_refusal_that_posting_would_meet(books: Any) -> None:
    posted(books, "bank_quota", 10_00, "bank")
    found = drawn_up(books, "offer_quota", 10_01, "offer")
    trial = tried(books, PLACE, found, AT)
    assert not trial.may
    assert trial.answers[0].code == "overdrawn"
    assert carry_out(books, PLACE, agreed(found.group, *PEOPLE), found.openings, AT).code == "overdrawn"
    assert free_of(books, "m16_quota_auction/city") == 0
    assert dialect.row(books, "SELECT id FROM support_account WHERE id = 'm16_quota_auction/city'") is None  # refused: no account stays


@pytest.mark.parametrize(
    ("amount", "people", "code"),
    [(1000_00, ("li",), ""), (1000_01, ("li",), "needs_approvers"), (1000_01, PEOPLE, ""), (1000_01, ("li", "li"), "needs_approvers")],
)
def test_above_a_thousand_tons_one_person_alone_is_refused_by_the_ledger_itself(
    books: Any, amount: int, people: tuple[str, ...], code: str
) -> None:
    posted(books, "bank_quota", 5_000_00, "bank")
    assert posted(books, "offer_quota", amount, "offer", people=people).code == code


def test_the_pilots_cap_is_met_to_the_fen_and_never_passed(books: Any) -> None:
    posted(books, "open_pilot", 10_000_000_00, "pilot")
    assert posted(books, "pay_hedging_fee", 19_940_000_00, "f1", county="371621", party=FIRM).status == "accepted"
    last = drawn_up(books, "pay_hedging_fee", 80_000_00, "f2", county="371621", party=FIRM)
    assert last.uncovered == 20_000_00
    assert carry_out(books, PLACE, agreed(last.group, *PEOPLE), last.openings, AT).status == "accepted"
    assert free_of(books, "m13_hedging_local/city") == 0
    assert postings.balance(books, f"m13_hedging_split/{FIRM}").posted == 19_940_000_00 + 60_000_00
    with pytest.raises(BadInput, match="超出试点期上限"):
        drawn_up(books, "pay_hedging_fee", 1_00, "f3", county="371621", party=FIRM)


def test_an_application_is_reserved_paid_and_allocated_or_let_go(books: Any) -> None:
    posted(books, "bank_quota", 5_000_00, "bank")
    posted(books, "approve_application", 900_00, "apply", project=PROJECT, county=COUNTY)
    assert (postings.balance(books, "m16_quota_bank/city").available, postings.balance(books, "m16_quota_bank/P-1").posted) == (4_100_00, 0)
    posted(books, "allocate_application", 900_00, "pay", project=PROJECT, county=COUNTY, refers="apply")
    assert postings.balance(books, "m16_quota_bank/P-1").posted == 900_00
    posted(books, "approve_application", 400_00, "again", project=PROJECT, county=COUNTY)
    posted(books, "return_application", 0, "late", refers="again")
    assert postings.balance(books, "m16_quota_bank/city").available == 4_100_00
    assert posted(books, "allocate_application", 400_00, "too late", project=PROJECT, county=COUNTY, refers="again").code == "resolved"


def test_the_land_task_may_be_surpassed_and_shows_by_how_much(books: Any) -> None:
    posted(books, "set_land_task", 30_000_000, "task", weights={"371602": 5000, "371621": 3000, "371622": 2000})
    posted(books, "verify_disposal", 16_500_001, "done", county="371602")
    assert postings.balance(books, "m15_land_task/371602").posted == -1
    assert postings.balance(books, "m15_land_task/371622").posted == 6_600_000


# ---- the gate


def lent(books: Any, kg: int = 8_000) -> None:
    """A need of 40 t: 12 own, 20 of the county, the rest in advance."""
    one = pledge()
    open_pledge(books, PLACE, QUOTAS, one)
    posted(books, "certify_cut", 12_000, "own", unit="kg-NOx", county=COUNTY, party=FIRM, purpose="自愿减排")
    posted(books, "certify_cut", 28_000 - kg, "county", unit="kg-NOx", county=COUNTY, purpose="关停替代")
    answer = posted(
        books, "allocate_pollutants", 20_000, "need", [one], unit="kg-NOx", county=COUNTY, party=FIRM, project=PROJECT, missed=("PM2.5",),
        production=date(2023, 6, 30),
    )  # fmt: skip
    assert answer.status == "accepted", answer


def project(books: Any, state: str = "finished") -> tuple[str, Any, Actor]:
    pipeline = load_pack(PACK).load_section("walked")["pipeline_project_stages"]
    publish(books, [load_cases(PACK)["pipeline_project_stages"]], AT)
    who = Actor("li", "CMD", frozenset({"command"}))
    item = open_item(books, pipeline, who, AT, key="k", title="某项目", unit=COUNTY, party=PROJECT, on=date(2022, 6, 1)).case
    for number, step in enumerate(("preparing", "started", "building", "finished"), 1):
        done = walk_item(
            books,
            pipeline,
            item,
            to(pipeline, step),
            who,
            AT,
            Stepped(date(2022, 6, 1 + number), {}, files=[("sha256:0", "证明")]),
            roles={"room"},
        )
        assert isinstance(done, Recorded), done
        if step == state:
            break
    return item, pipeline, who


def to(pipeline: Any, stage: str) -> str:
    """The step of the straight way into a stage."""
    return next(str(one.name) for one in pipeline.steps if one.to == stage)


def start(books: Any, item: str, pipeline: Any, who: Actor) -> Any:
    return walk_item(
        books, pipeline, item, to(pipeline, "producing"), who, AT, Stepped(DAY, {}, files=[("sha256:0", "投产证明")]), roles={"room"}
    )


def state_of(books: Any, item: str) -> str:
    return str((dialect.row(books, "SELECT state FROM casework_case WHERE id = %s", [item]) or ("",))[0])


def test_no_production_starts_while_an_advance_is_unrealised(books: Any) -> None:
    """8 t in advance: the step is refused; 7.999 t verified: still; the last kg: the project starts, and nothing is lent before it any more."""
    lent(books)
    item, pipeline, who = project(books)

    refused = start(books, item, pipeline, who)
    assert isinstance(refused, tuple)
    assert [one.where for one in refused] == ["cuts_outstanding"]
    assert refused[0].clause == "17/2b"

    posted(books, "certify_cut", 7_999, "part", unit="kg-NOx", county=COUNTY, purpose=ADVANCED, source="S1")
    assert isinstance(start(books, item, pipeline, who), tuple)
    assert state_of(books, item) == "finished"

    posted(books, "certify_cut", 1, "rest", unit="kg-NOx", county=COUNTY, purpose=ADVANCED, source="S1")
    assert isinstance(start(books, item, pipeline, who), Recorded)
    assert state_of(books, item) == "producing"
    assert obligations.pass_gate(books, PROJECT, START_UP, AT).passed_at == AT
    late = posted(
        books, "allocate_pollutants", 500, "late", [pledge()], unit="kg-NOx", county=COUNTY, party=FIRM, project=PROJECT,
        production=date(2023, 6, 30),
    )  # fmt: skip
    assert late.code == "gate_passed"
    assert ledger_check.verify(books) == []


def test_a_loan_that_comes_between_the_check_and_the_step_still_shuts_the_gate(books: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The count before the step is for the words; what decides is the gate's row, locked in the step's own transaction. The step is undone whole."""
    from yunxing.flows import walk_item as module

    lent(books)
    item, pipeline, who = project(books)
    monkeypatch.setattr(module, "_cuts", lambda _connection, _project: 0)  # as if nothing was lent when it was counted
    refused = start(books, item, pipeline, who)
    assert isinstance(refused, tuple)
    assert state_of(books, item) == "finished"
    assert dialect.row(books, "SELECT actual FROM dispatch_milestone WHERE case_id = %s AND stage = 'producing'", [item]) is None
    assert not obligations.pass_gate(books, PROJECT, START_UP, AT).passed


def test_a_project_without_advances_starts(books: Any) -> None:
    item, pipeline, who = project(books)
    assert isinstance(start(books, item, pipeline, who), Recorded)


def test_what_is_borrowed_never_exceeds_what_was_pledged(books: Any) -> None:
    lent(books, 10_000)
    with pytest.raises(BadInput, match="缺口"):
        drawn_up(
            books,
            "allocate_pollutants",
            1,
            "more",
            [pledge()],
            unit="kg-NOx",
            county=COUNTY,
            party=FIRM,
            project="P-2",
            production=date(2023, 6, 30),
        )


# ---- the auction's settlement


RULE = QUOTAS.auctions["m16_quota_auction"]
OFFERS = [
    Bid("A", "91A", COUNTY, 260_00, 6000),
    Bid("B", "91B", COUNTY, 240_00, 3000),
    Bid("B2", "91B", COUNTY, 240_00, 2000),
    Bid("C", "91C", "371621", 220_00, 4000),
]


def test_an_auction_is_settled_as_one_group_of_quota_and_money(books: Any) -> None:
    """The handbook's: 10,000 tce, 6000 to A and 4000 to B at 240: 2,400,000 yuan."""
    posted(books, "bank_quota", 12_000_00, "bank")
    posted(books, "offer_quota", 10_000_00, "offer")
    cleared = clear(Bids.of(OFFERS), Terms(10_000, reserve_fen=RULE.reserve_fen), "s")
    sale = sell_quota.Sale("A2022-001", DAY, PEOPLE)
    before = everything(books)[1]
    answer = sell_quota.settle(books, PLACE, QUOTAS, RULE, sale=sale, cleared=cleared, recorded=AT)
    again = sell_quota.settle(books, PLACE, QUOTAS, RULE, sale=sale, cleared=cleared, recorded=AT)

    assert (answer.status, again.status) == ("accepted", "repeated")
    assert answer.transfers == again.transfers
    assert everything(books)[1][0][0] - before[0][0] == 2
    assert [postings.balance(books, f"m16_quota_auction/{name}").posted for name in ("city", "91A", "91B")] == [0, 6000_00, 4000_00]
    assert [postings.balance(books, f"m16_auction_money/{name}").posted for name in ("city", "91A", "91B")] == [
        2_400_000_00, -1_440_000_00, -960_000_00,
    ]  # fmt: skip
    assert dialect.row(books, "SELECT id FROM support_account WHERE id = 'm16_quota_auction/91C'") is None


def test_more_than_was_put_up_cannot_be_sold_and_nothing_of_it_stays(books: Any) -> None:
    posted(books, "bank_quota", 12_000_00, "bank")
    posted(books, "offer_quota", 9_999_99, "offer")
    cleared = clear(Bids.of(OFFERS), Terms(10_000), "s")
    answer = sell_quota.settle(books, PLACE, QUOTAS, RULE, sale=sell_quota.Sale("A1", DAY, PEOPLE), cleared=cleared, recorded=AT)
    assert answer.code == "overdrawn"
    assert dialect.row(books, "SELECT id FROM support_account WHERE id = 'm16_auction_money/91A'") is None


def test_one_person_alone_cannot_settle(books: Any) -> None:
    posted(books, "bank_quota", 12_000_00, "bank")
    posted(books, "offer_quota", 10_000_00, "offer")
    cleared = clear(Bids.of(OFFERS), Terms(10_000), "s")
    answer = sell_quota.settle(books, PLACE, QUOTAS, RULE, sale=sell_quota.Sale("A1", DAY, ("li",)), cleared=cleared, recorded=AT)
    assert answer.code == "needs_approvers"


def test_nothing_sold_is_nothing_to_settle() -> None:
    cleared = clear(Bids.of(OFFERS), Terms(0), "s")
    with pytest.raises(BadInput, match="没有成交"):
        sell_quota.settlement(QUOTAS, RULE, sell_quota.Sale("A1", DAY, PEOPLE), cleared)


@given(
    st.lists(st.tuples(st.sampled_from(["f1", "f2", "f3"]), st.integers(1, 400_00), st.integers(1, 900)), min_size=1, max_size=8),
    st.integers(1, 2000),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_settlement_sums_to_zero_and_to_what_was_cleared(rows: list[tuple[str, int, int]], supply: int) -> None:
    offers = [Bid(f"b{number}", firm, COUNTY, price, units) for number, (firm, price, units) in enumerate(rows)]
    cleared = clear(Bids.of(offers), Terms(supply), "s")
    group, openings = sell_quota.settlement(QUOTAS, RULE, sell_quota.Sale("A1", DAY, PEOPLE), cleared)
    quota, money = group.transfers
    assert sum(leg.amount for leg in quota.legs) == sum(leg.amount for leg in money.legs) == 0
    assert sum(leg.amount for leg in quota.legs if leg.amount > 0) == cleared.sold * 100
    assert sum(leg.amount for leg in money.legs if leg.amount > 0) == cleared.due_fen
    assert {leg.account for transfer in group.transfers for leg in transfer.legs} == {one.account for one in openings}


def test_a_commitment_binds_every_part_of_a_bid_and_hides_it() -> None:
    bid = Bid("A", "91A", COUNTY, 260_00, 6000, "t")
    found = sell_quota.commitment(bid, "n" * 64)
    others = [
        replace(bid, price_fen=1),
        replace(bid, quantity=1),
        replace(bid, bidder="x"),
        replace(bid, county="x"),
        replace(bid, time="u"),
        replace(bid, bid="B"),
    ]
    assert len({found, sell_quota.commitment(bid, "m" * 64), *(sell_quota.commitment(one, "n" * 64) for one in others)}) == 8


def test_the_seed_stands_on_all_commitments_in_any_order() -> None:
    assert sell_quota.seed_of_commitments("A1", ["b", "a"]) == sell_quota.seed_of_commitments("A1", ["a", "b"])
    assert sell_quota.seed_of_commitments("A1", ["a"]) != sell_quota.seed_of_commitments("A2", ["a"])
    assert quota_acts.AWAITED not in PEOPLE
