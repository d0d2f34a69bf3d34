"""Closed months, signals and cases in the store: once, in one transaction, at most one open signal for a matter, and no event ever lost or doubled."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.conftest import connection, home, migrated  # noqa: F401  # a home with the desk's tables
from yunxing.io.store import case_log, dialect, room
from yunxing.packs.cases import load_cases

NOW = datetime(2022, 10, 10, 1, 0, tzinfo=UTC)
PACK = Path(__file__).parents[3] / "plans" / "binzhou_2022_156"


def manifest(month: str, snapshot: str) -> dict[str, Any]:
    return {"month": month, "snapshot": f"sha256:{snapshot}", "as_of": "2022-10-06", "pack": {"id": "plan"}}


def signal(name: str, month: str = "2022-09", scope: str = "u1", **rest: Any) -> dict[str, Any]:
    plain = {
        "id": f"S-{name}", "kind": "trend", "sign": "negative", "indicator": "output_growth", "scope_kind": "unit", "scope": scope, "first_period": month,
        "period": month, "severity": 2, "rule": "output_decline", "words_zh": f"某区下降（{month}）", "words_en": f"down in {month}", "owner": "IIT",
        "deadline": "2022-10-17", "provisional": False, "evidence": "{}", "state": "new",
    }  # fmt: skip
    return plain | rest


def case(name: str) -> dict[str, Any]:
    clock = {"name": "answer", "limit": "5 working days", "due": "2022-10-17", "provisional": False}
    return {
        "id": f"C-{name}", "definition": "quarterly_talk", "version": 1, "subject": "unit:u1", "state": "proposed", "owner": "IIT",
        "origin": f"signal:S-{name}", "title": "约谈", "words_zh": "某区下降", "clocks": [clock],
    }  # fmt: skip


@pytest.fixture(autouse=True)
def published(connection):  # noqa: F811
    """The pack's case tables, as closing a month publishes them."""
    case_log.publish(connection, load_cases(PACK).values(), NOW)


def record(connection: Any, month: str, snapshot: str, names: list[str], **rest: Any) -> room.Recorded:  # noqa: F811
    signals = [signal(name, month, **rest) for name in names]
    return room.record_month(
        connection, manifest(month, snapshot), f"f/{snapshot}", signals=signals, cases=[case(name) for name in names], now=NOW
    )


def states(connection: Any) -> dict[str, str]:  # noqa: F811
    return dict(dialect.rows(connection, "select id, state from room_signal order by id"))


def events(connection: Any, name: str) -> list[tuple[int, str]]:  # noqa: F811
    return dialect.rows(connection, "select ver, edge from casework_event where case_id = %s order by ver", (name,))


def test_a_month_is_recorded_once(connection):  # noqa: F811
    first, again = (record(connection, "2022-09", "a", ["x"]) for _ in range(2))

    assert (first.new, first.opened, first.cases) == (True, 1, 1)
    assert (again.new, again.opened, again.cases) == (False, 0, 0)
    assert room.standing_months(connection) == [("2022-09", "sha256:a")]
    assert dialect.rows(connection, "select state, owner, lead from casework_case") == [("proposed", "CMD", "IIT")]
    assert dialect.rows(connection, "select count(*) from casework_clock") == [(0,)]  # a proposal is no order: nothing runs yet


def test_a_later_alarm_of_one_matter_is_joined_and_told_to_the_case(connection):  # noqa: F811
    record(connection, "2022-08", "a", ["x"])
    later = record(connection, "2022-09", "b", ["y"])

    assert (later.opened, later.joined, later.cases) == (0, 1, 0)
    assert states(connection) == {"S-x": "new", "S-y": "joined"}
    assert dialect.rows(connection, "select joined from room_signal where id = %s", ("S-y",)) == [("S-x",)]
    assert events(connection, "C-x") == [(0, "open"), (1, "hear_again")]
    assert events(connection, "C-y") == []


def test_another_scope_is_another_matter(connection):  # noqa: F811
    record(connection, "2022-08", "a", ["x"])

    assert record(connection, "2022-09", "b", ["y"], scope="u2").opened == 1


def test_a_signal_that_goes_on_carries_its_newest_words(connection):  # noqa: F811
    record(connection, "2022-08", "a", ["x"])
    later = record(connection, "2022-09", "b", ["x"])

    assert (later.opened, later.joined) == (0, 0)
    assert dialect.rows(connection, "select month, period, words_en from room_signal") == [("2022-08", "2022-09", "down in 2022-09")]
    assert events(connection, "C-x")[-1] == (1, "hear_again")


def test_closing_an_earlier_month_later_does_not_turn_the_words_back(connection):  # noqa: F811
    record(connection, "2022-09", "b", ["x"])
    record(connection, "2022-08", "a", ["x"])

    assert dialect.rows(connection, "select period from room_signal") == [("2022-09",)]


def test_a_revision_supersedes_and_withdraws_what_it_does_not_give_any_more(connection):  # noqa: F811
    record(connection, "2022-09", "a", ["x"])
    revised = record(connection, "2022-09", "b", ["y"], scope="u2")

    assert (revised.withdrawn, revised.opened, revised.superseded) == (1, 1, "sha256:a")
    assert states(connection) == {"S-x": "withdrawn", "S-y": "new"}
    assert dialect.rows(connection, "select snapshot, superseded_by from room_closed_month order by snapshot") == [
        ("sha256:a", "sha256:b"),
        ("sha256:b", ""),
    ]
    assert dialect.rows(connection, "select signal from room_open_signal") == [("S-y",)]


def test_a_snapshot_that_comes_back_stands_again_and_its_signals_with_it(connection):  # noqa: F811
    record(connection, "2022-09", "a", ["x"])
    record(connection, "2022-09", "b", [])
    assert states(connection) == {"S-x": "withdrawn"}
    record(connection, "2022-09", "a", ["x"])

    assert states(connection) == {"S-x": "new"}
    assert room.standing_months(connection) == [("2022-09", "sha256:a")]
    assert dialect.rows(connection, "select count(*) from room_closed_month") == [(2,)]
    assert len(events(connection, "C-x")) == 1


def test_a_failure_in_the_middle_writes_nothing(connection, monkeypatch):  # noqa: F811
    def fails(*_: object) -> bool:
        raise RuntimeError("the power went")

    monkeypatch.setattr(case_log, "propose", fails)
    with pytest.raises(RuntimeError):
        record(connection, "2022-09", "a", ["x"])

    for table in ("room_closed_month", "room_signal", "room_open_signal", "casework_case"):
        assert dialect.rows(connection, f"select count(*) from {table}") == [(0,)]
