"""A project that reports production while it owes what it drew in advance opens one case; nobody else does, and reports are read only where somebody owes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pack_cast import PLAN
from yunxing.engines.ledger.batch import Due, one_transfer
from yunxing.flows import walk_case, watch_start_up
from yunxing.io.store import dialect, postings
from yunxing.packs.pack import load_pack
from yunxing.packs.quotas import load_quotas
from yunxing.packs.strict import PackFault
from yunxing.values.office_hours import BEIJING

NOW = datetime(2022, 9, 28, 15, 0, tzinfo=BEIJING)
SIGN = load_quotas(PLAN).output_sign


def fact(project: str, stage: int, **changed: Any) -> dict[str, Any]:
    """One reported stage; 5 is production, 6 full capacity, 4 completed."""
    return {"party": project, "item": "stage", "role": "value", "held": False, "value": stage, "period": "2022-09"} | changed


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the reports say, and one batch of them."""
    rows: list[dict[str, Any]] = []
    monkeypatch.setattr(
        watch_start_up, "facts_of_parties", lambda _home, parties, *, forms: [one for one in rows if one["party"] in parties] if forms == ["project_month"] else []
    )  # fmt: skip
    monkeypatch.setattr(watch_start_up.tables, "batches", lambda _home, *, forms: [PLAN / f"{len(rows)}.{forms[0]}"])
    monkeypatch.setattr(watch_start_up, "_seen", {})
    return rows


@pytest.fixture
def owing(connection: Any) -> Any:
    """P1 owes 12.5 t; P2 owes nothing."""
    walk_case.publish(connection, load_pack(PLAN).load_section("cases").values(), NOW - timedelta(days=400))
    postings.open_book(connection, "pollutants", place="city", name="污染物")
    postings.open_unit(connection, "nox-kg", asset="NOx（吨）", scale=1000)
    postings.open_account(connection, "P1/nox", owner="91X", book="pollutants", unit="nox-kg", kind="project", county="U1")
    postings.open_pledge(connection, "future/kiln", owner="EEB", book="pollutants", unit="nox-kg", pledged=20_000, county="U1")
    due = Due("91X", "P1", "3号窑关停方案", "start_up", date(2023, 9, 30))
    lend = one_transfer(
        "adv", "borrow", "nox-kg", {"future/kiln": -12_500, "P1/nox": 12_500}, clause="17/2b", effective=NOW.date(), due=due
    )
    assert postings.post([lend], connection, recorded=NOW)[0].status == "accepted"
    return connection


def opened(store: Any) -> list[str]:
    return [
        origin for (origin,) in dialect.rows(store, "SELECT origin FROM casework_case WHERE definition = 'advance_overdue' ORDER BY id")
    ]


def look(store: Any) -> int:
    return watch_start_up.watch_start_up(store, PLAN, SIGN, NOW)


def test_the_plan_says_which_reported_stages_are_production():
    """投产 and 达产, as the form numbers its options."""
    assert SIGN is not None
    assert (SIGN.form, SIGN.item, SIGN.options) == ("project_month", "stage", frozenset({5, 6}))


@pytest.mark.parametrize("stage", [5, 6])
def test_production_reported_while_an_advance_is_outstanding_opens_one_case(owing, reported, stage):
    """Long before the advance falls due: the gate is production, not the day."""
    reported.append(fact("P1", stage))

    assert (look(owing), look(owing)) == (1, 0)
    assert opened(owing) == ["ledger:output:adv#1"]


@pytest.mark.parametrize(
    "row", [fact("P1", 4), fact("P1", 5, held=True), fact("P1", 5, role="last_year_restated"), fact("P1", 5, item="progress"), fact("P1", None), fact("P2", 5)]
)  # fmt: skip
def test_nothing_else_opens_one(owing, reported, row):
    """Completed is not producing, a held figure says nothing, another item is another item, and who owes nothing may produce."""
    reported.append(row)

    assert look(owing) == 0
    assert opened(owing) == []


def test_a_later_report_is_looked_at_and_the_same_ones_are_not_read_again(owing, reported, monkeypatch):
    """The reports are read when a batch came; between two sweeps without one nobody reads."""
    reported.append(fact("P1", 4))
    assert look(owing) == 0
    monkeypatch.setattr(watch_start_up, "producing", lambda *_: pytest.fail("the same reports were read again"))
    assert look(owing) == 0
    monkeypatch.undo()


def test_what_was_made_good_may_produce(owing, reported):
    """After the repayment nothing is outstanding: production opens no case."""
    back = one_transfer(
        "back", "repay", "nox-kg", {"P1/nox": -12_500, "future/kiln": 12_500}, clause="17/2b", effective=NOW.date(), refers="adv"
    )
    assert postings.post([back], owing, recorded=NOW)[0].status == "accepted"
    reported.append(fact("P1", 5))

    assert look(owing) == 0


@pytest.mark.parametrize(
    ("old", "new"), [('"commissioned", "at_capacity"', '"producing"'), ('item = "stage", options', 'item = "stag", options')]
)
def test_a_sign_that_leads_nowhere_is_refused(tmp_path, old, new):
    """An option or an item that the form does not have."""
    import shutil

    shutil.copytree(PLAN, tmp_path / "pack")
    path = tmp_path / "pack" / "quotas" / "rules.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    with pytest.raises(PackFault, match="advance › output"):
        load_quotas(tmp_path / "pack")
