"""What time does to the ledger: lapsed reservations go, overdue advances open cases, an expired vintage is written off; and the gate that is passed with its step."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pack_cast import PLAN
from yunxing.engines.cases.case import Actor
from yunxing.engines.ledger.batch import Due, Group, one_transfer
from yunxing.flows import walk_case
from yunxing.flows.sweep_ledger import LedgerSwept, expire_vintage, let_lapse, printed, produced_early, sweep_ledger
from yunxing.flows.walk_item import Given, open_item, tables_of, walk_item
from yunxing.io.store import case_log, dialect, ledger_check, obligations, postings
from yunxing.packs.pack import load_pack
from yunxing.values.errors import BadInput
from yunxing.values.office_hours import BEIJING

NOW = datetime(2022, 9, 28, 15, 0, tzinfo=BEIJING)
DAY = date(2022, 9, 28)
COMMAND = Actor("chief", "CMD", frozenset({"command"}))
PAPERS = [("sha256:" + "0" * 64, "方案.pdf")]


@pytest.fixture
def store(connection: Any) -> Any:
    """Case tables of the pack; a pool of kilograms, a pledge, and project P1 with 12.5 t drawn in advance, due on 30 September."""
    pack = load_pack(PLAN)
    walk_case.publish(connection, pack.load_section("cases").values(), NOW - timedelta(days=400))
    postings.open_book(connection, "pollutants", place="city", name="污染物")
    postings.open_unit(connection, "nox-kg", asset="NOx（吨）", scale=1000)
    postings.open_account(connection, "origin", owner="EEB", book="pollutants", unit="nox-kg", kind="source", floor=postings.NO_FLOOR)
    postings.open_account(connection, "pool", owner="EEB", book="pollutants", unit="nox-kg", kind="pool", county="U1")
    postings.open_account(connection, "P1/nox", owner="91X", book="pollutants", unit="nox-kg", kind="project", county="U1")
    postings.open_pledge(connection, "future/kiln", owner="EEB", book="pollutants", unit="nox-kg", pledged=20_000, county="U1")
    due = Due("91X", "P1", "3号窑关停方案", "start_up", date(2022, 9, 30))
    say(connection, move("fund", "issue", origin=-30_000, pool=30_000))
    say(
        connection,
        one_transfer("adv", "borrow", "nox-kg", {"future/kiln": -12_500, "P1/nox": 12_500}, clause="17/2b", effective=DAY, due=due),
    )
    return connection


def move(key: str, kind: str, refers: str = "", day: date = DAY, until: date | None = None, unit: str = "nox-kg", **legs: int) -> Group:
    return one_transfer(key, kind, unit, legs, clause="17/2b", effective=day, refers=refers, until=until)  # type: ignore[arg-type]


def say(store: Any, group: Group, at: datetime = NOW) -> str:
    (answer,) = postings.post([group], store, recorded=at)
    return answer.code or answer.status


def cases(store: Any) -> list[tuple[Any, ...]]:
    return dialect.rows(
        store, "SELECT definition, title, words, unit, party, origin FROM casework_case WHERE definition = 'advance_overdue' ORDER BY id"
    )


def test_a_reservation_is_let_go_after_its_last_day_and_once(store: Any) -> None:
    say(store, move("r", "reserve", until=DAY, pool=-500, **{"P1/nox": 500}))
    assert let_lapse(store, NOW) == 0
    assert postings.balance(store, "pool").reserved == 500
    tomorrow = NOW + timedelta(days=1)
    assert (let_lapse(store, tomorrow), let_lapse(store, tomorrow)) == (1, 0)
    assert postings.balance(store, "pool").reserved == 0
    assert say(store, move("p", "post", refers="r", day=DAY, pool=-500, **{"P1/nox": 500})) == "resolved"
    assert ledger_check.verify(store) == []


def test_more_reservations_than_one_batch_are_all_let_go(store: Any) -> None:
    postings.post([move(f"r{n}", "reserve", until=DAY, pool=-1, **{"P1/nox": 1}) for n in range(501)], store, recorded=NOW)
    assert let_lapse(store, NOW + timedelta(days=2)) == 501


def test_a_reservation_in_a_closed_book_waits_and_does_not_hold_up_the_sweep(store: Any) -> None:
    say(store, move("r", "reserve", until=DAY, pool=-500, **{"P1/nox": 500}))
    postings.close_through(store, "pollutants", date(2022, 12, 31))
    assert let_lapse(store, NOW + timedelta(days=2)) == 0


def test_an_advance_that_is_overdue_opens_a_case_once_and_says_what_is_owed(store: Any) -> None:
    """Due on the 30th: that day is still in time, the next is not."""
    assert sweep_ledger(store, NOW + timedelta(days=2)) == LedgerSwept(0, 0)
    assert sweep_ledger(store, NOW + timedelta(days=3)) == LedgerSwept(0, 1)
    assert sweep_ledger(store, NOW + timedelta(days=3)) == LedgerSwept(0, 0)
    ((_, title, words, unit, party, origin),) = cases(store)
    assert title == "预支指标未落实：P1 NOx（吨） 12.5"
    assert "以“3号窑关停方案”预支 NOx（吨） 12.5，尚欠 12.5，应于“start_up”前落实；承诺期限 2022-09-30" in words
    assert (unit, party, origin) == ("U1", "91X", "ledger:due:adv#1")


def test_what_was_made_good_opens_no_case(store: Any) -> None:
    say(store, move("back", "repay", refers="adv", **{"P1/nox": -12_500, "future/kiln": 12_500}))
    assert sweep_ledger(store, NOW + timedelta(days=30)) == LedgerSwept(0, 0)


def test_output_before_the_advance_is_made_good_opens_a_case_of_its_own(store: Any) -> None:
    assert produced_early(store, ["P1", "P2"], NOW) == 1
    assert produced_early(store, ["P1", "P2"], NOW) == 0
    assert "报表已有产出" in cases(store)[0][2]
    assert sweep_ledger(store, NOW + timedelta(days=3)).opened == 1
    assert len(cases(store)) == 2


def test_without_the_case_table_nothing_is_opened_and_reservations_still_go(connection: Any) -> None:
    assert sweep_ledger(connection, NOW) == LedgerSwept(0, 0)


@pytest.mark.parametrize(
    ("amount", "scale", "text"), [(0, 100, "0"), (1200, 1000, "1.2"), (-50, 100, "-0.5"), (7, 1, "7"), (7, 12, "7/12"), (24, 12, "2")]
)
def test_amounts_are_printed_exactly(amount: int, scale: int, text: str) -> None:
    assert printed(amount, scale) == text


def test_an_expired_vintage_is_written_off_whole_and_once(store: Any) -> None:
    """What is reserved stays until it is let go; the sum of the unit stays nothing; the accounts end empty."""
    postings.open_unit(store, "tce-2021", asset="energy", scale=100, vintage="2021", expires=date(2021, 12, 31))
    names = ("source", "left", "also", "written-off")
    for name in names:
        floor = postings.NO_FLOOR if name == "source" else 0
        postings.open_account(store, name, owner="DRC", book="pollutants", unit="tce-2021", kind=name, floor=floor)
    old = date(2021, 6, 1)
    legs = {"source": -90, "left": 60, "also": 30}
    assert say(store, one_transfer("i", "issue", "tce-2021", legs, clause="c", effective=old)) == "accepted"
    assert say(store, move("r", "reserve", day=old, unit="tce-2021", also=-10, left=10)) == "accepted"
    terms = {"clause": "16/4", "today": DAY, "recorded": NOW}
    assert {answer.status for answer in expire_vintage(store, "tce-2021", "written-off", **terms)} == {"accepted"}
    assert {name: postings.balance(store, name).posted for name in names} == {"source": -90, "left": 0, "also": 10, "written-off": 80}
    assert say(store, move("m", "move", unit="tce-2021", also=-1, left=1)) == "expired"
    assert expire_vintage(store, "tce-2021", "written-off", **terms) == []
    assert ledger_check.verify(store) == []


@pytest.mark.parametrize(("unit", "today", "says"), [("nox-kg", DAY, "found a last day of None"), ("gone", DAY, "not in the ledger")])
def test_what_has_not_expired_is_not_written_off(store: Any, unit: str, today: date, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        expire_vintage(store, unit, "pool", clause="c", today=today, recorded=NOW)


def test_the_gate_of_production_asks_the_ledger_and_is_passed_with_the_step(store: Any) -> None:
    """Measure 17, 先立后破: nothing is produced while an advance is outstanding; once production starts nothing more is lent to it."""
    pipeline = load_pack(PLAN).load_section("walked")["pipeline_project_stages"]
    assert tables_of({"pipeline_project_stages": pipeline}, load_pack(PLAN).load_section("cases"))
    item = open_item(store, pipeline, COMMAND, NOW, key="k", title="某项目", unit="U1", party="P1", on=date(2022, 1, 4)).case

    def take(step: str, on: date) -> Any:
        return walk_item(store, pipeline, item, step, COMMAND, NOW, Given(on, {}, files=PAPERS), roles=("room",))

    for number, step in enumerate(("to_preparing", "to_started", "to_building", "to_finished")):
        assert take(step, date(2022, 2 + number, 1)).won
    (shut,) = take("to_producing", date(2022, 9, 1))
    assert (shut.clause, "1 项未完成" in shut.zh) == ("17/2b", True)
    assert say(store, move("back", "repay", refers="adv", **{"P1/nox": -12_499, "future/kiln": 12_499})) == "accepted"
    assert len(take("to_producing", date(2022, 9, 1))) == 1  # a kilogram short is short
    assert say(store, move("rest", "repay", refers="adv", pool=-1, **{"future/kiln": 1})) == "accepted"
    assert take("to_producing", date(2022, 9, 1)).won
    assert case_log.read_case(store, item).state == "producing"
    due = Due("91X", "P1", "又一份方案", "start_up")
    late = one_transfer("late", "borrow", "nox-kg", {"future/kiln": -1, "P1/nox": 1}, clause="17/2b", effective=DAY, due=due)
    assert say(store, late) == "gate_passed"
    assert obligations.pass_gate(store, "P1", "start_up", NOW).passed
    assert ledger_check.verify(store) == []
