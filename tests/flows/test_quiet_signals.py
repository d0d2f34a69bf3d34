"""Signals that fell quiet close after three closed months without them; a case under way keeps its signal; budgets and marks are read back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from yunxing.io.store import dialect, marks, quiet_signals, room

NOW = datetime(2022, 12, 1, tzinfo=UTC)


def signal(name: str, month: str, scope: str = "u1", **more: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "id": name, "kind": "trend", "sign": "negative", "indicator": "output_growth", "scope_kind": "unit", "scope": scope, "first_period": month,
        "period": month, "severity": 2, "rule": "output_decline", "words_zh": "降", "words_en": "down", "owner": "IIT", "deadline": "2022-12-31",
        "provisional": False, "evidence": "{}",
    }  # fmt: skip
    return plain | more


def closed(connection, month: str, *signals: dict[str, object]) -> int:
    manifest = {"snapshot": f"sha256:{month}", "month": month, "as_of": f"{month}-28", "pack": {"id": "p"}}
    room.record_month(connection, manifest, f"tables/closed/{month}", signals=signals, cases=[], now=NOW)
    return quiet_signals.close_quiet(connection, NOW)


def states(connection) -> dict[str, str]:
    return {str(name): str(state) for name, state in dialect.rows(connection, "select id, state from room_signal order by id")}


def test_three_months_without_it_close_a_signal_and_free_its_place(connection):
    assert closed(connection, "2022-05", signal("S1", "2022-05")) == 0
    assert [closed(connection, month) for month in ("2022-06", "2022-07", "2022-08", "2022-09")] == [0, 0, 1, 0]

    assert states(connection) == {"S1": "closed"}
    assert dialect.rows(connection, "select key from room_open_signal") == []
    closed(connection, "2022-10", signal("S2", "2022-10"))
    assert states(connection)["S2"] == "new"


def test_a_joined_alarm_starts_the_count_again_and_closes_with_its_holder(connection):
    closed(connection, "2022-05", signal("S1", "2022-05"))
    closed(connection, "2022-06")
    closed(connection, "2022-07", signal("S2", "2022-07"))

    assert [closed(connection, month) for month in ("2022-08", "2022-09", "2022-10")] == [0, 0, 1]
    assert states(connection) == {"S1": "closed", "S2": "closed"}


def test_other_signals_stay_open(connection):
    closed(connection, "2022-05", signal("S1", "2022-05"), signal("S9", "2022-05", "u2"))
    for month in ("2022-06", "2022-07", "2022-08"):
        closed(connection, month, signal("S9", "2022-05", "u2", period=month))

    assert states(connection) == {"S1": "closed", "S9": "new"}


def test_a_case_under_way_keeps_its_signal_open(connection, monkeypatch):
    closed(connection, "2022-05", signal("S1", "2022-05"))
    plain = dialect.rows
    monkeypatch.setattr(
        dialect, "rows", lambda c, sql, values=(): [("signal:S1",)] if "casework_case" in sql and "origin" in sql else plain(c, sql, values)
    )

    assert [closed(connection, month) for month in ("2022-06", "2022-07", "2022-08")] == [0, 0, 0]
    assert states(connection) == {"S1": "new"}


@pytest.mark.parametrize(("mark", "counts"), [("right", True), ("early", True), ("late", True), ("false", False)])
def test_marks_that_say_the_alarm_was_true_name_its_candidate(connection, mark, counts):
    closed(connection, "2022-05", signal("S1", "2022-05"))
    values = ("S1", mark, NOW, "x", "", "")
    dialect.execute(connection, "insert into room_mark (signal, mark, at, actor, began, note) values (%s, %s, %s, %s, %s, %s)", values)

    assert marks.right_candidates(connection) == (["output_decline/u1/2022-05"] if counts else [])


def test_the_newest_budget_of_a_rule_counts(connection):
    assert marks.budgets(connection) == {}
    for number, n in (("a", 5), ("b", 7), ("a", 9)):
        values = (number, n, 1, NOW, "x", "y")
        dialect.execute(
            connection, "insert into room_budget (rule, per_year, before, at, actor, reason) values (%s, %s, %s, %s, %s, %s)", values
        )

    assert marks.budgets(connection) == {"a": 9, "b": 7}
