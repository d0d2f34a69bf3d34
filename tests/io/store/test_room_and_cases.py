"""Closed months, signals and cases in the store: once, in one transaction, at most one open signal for a matter, and no event ever lost or doubled."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from flows.conftest import connection, home, migrated  # noqa: F401  # a home with the desk's tables
from yunxing.io.store import case_log, dialect, room

NOW = datetime(2022, 10, 10, 1, 0, tzinfo=UTC)


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
    clock = {"name": "answer", "days": 5, "due": "2022-10-17", "provisional": False}
    return {
        "id": f"C-{name}", "definition": "quarterly_talk", "version": 1, "subject": "unit:u1", "state": "proposed", "owner": "IIT",
        "origin": f"signal:S-{name}", "title": "约谈", "words_zh": "某区下降", "clocks": [clock],
    }  # fmt: skip


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
    assert dialect.rows(connection, "select name, state, days from casework_clock") == [("answer", "proposed", 5)]


def test_a_later_alarm_of_one_matter_is_joined_and_told_to_the_case(connection):  # noqa: F811
    record(connection, "2022-08", "a", ["x"])
    later = record(connection, "2022-09", "b", ["y"])

    assert (later.opened, later.joined, later.cases) == (0, 1, 0)
    assert states(connection) == {"S-x": "new", "S-y": "joined"}
    assert dialect.rows(connection, "select joined from room_signal where id = %s", ("S-y",)) == [("S-x",)]
    assert events(connection, "C-x") == [(0, "propose"), (1, "hear_again")]
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


def test_of_two_who_move_a_case_one_wins_and_the_other_is_told(connection):  # noqa: F811
    record(connection, "2022-09", "a", ["x"])
    step = {"from_state": "proposed", "actor": "clerk", "now": NOW}

    assert case_log.move(connection, "C-x", 0, edge="accept", to_state="accepted", **step)
    assert not case_log.move(connection, "C-x", 0, edge="decline", to_state="declined", **step)
    assert dialect.rows(connection, "select state, ver from casework_case") == [("accepted", 1)]
    assert events(connection, "C-x") == [(0, "propose"), (1, "accept")]


def test_a_step_of_a_case_is_unique_in_the_store(connection):  # noqa: F811
    record(connection, "2022-09", "a", ["x"])
    with pytest.raises(Exception, match="UNIQUE") as refused:
        case_log.add_event(connection, "C-x", 0, edge="again", from_state="", to_state="proposed", actor="clerk", now=NOW, reason="")
    assert dialect.is_unique_violation(refused.value)


def test_replaying_the_events_gives_the_row(connection):  # noqa: F811
    record(connection, "2022-09", "a", ["x"])
    for ver, (edge, was, to) in enumerate(
        (("accept", "proposed", "accepted"), ("start", "accepted", "working"), ("answer", "working", "answered"))
    ):
        assert case_log.move(connection, "C-x", ver, edge=edge, from_state=was, to_state=to, actor="clerk", now=NOW, reason="已核实")
    steps = dialect.rows(
        connection, "select ver, from_state, to_state, digest from casework_event where case_id = %s order by ver", ("C-x",)
    )

    assert [ver for ver, *_ in steps] == [0, 1, 2, 3]
    assert all(one[2] == other[1] for one, other in pairwise(steps))
    assert dialect.rows(connection, "select state, ver from casework_case") == [(steps[-1][2], 3)]
    assert len({digest for *_, digest in steps}) == 4
