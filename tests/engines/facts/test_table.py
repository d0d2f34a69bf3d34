"""Versions and what was known on a day, against the plain reading of the words."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.facts.table import CELL, SCHEMA, as_of, day_end, empty, next_versions

START = datetime(2022, 10, 1, tzinfo=UTC)


def fact(party: str = "P", value: int | None = 1, hours: int = 0, version: int = 1, **other: Any) -> dict[str, Any]:
    plain = {
        "form": "f", "item": "i", "role": "value", "party": party, "unit": "u", "region": "r", "industry": "", "period": "2022-09", "as_reported": "month",
        "value": value, "words": None, "absence": None, "basis": "b", "origin": "dispatch", "status": "reported", "held": False, "cause": "",
        "known_at": START + timedelta(hours=hours), "version": version, "submission": "s", "sheet": "t", "cell": "A1",
    }  # fmt: skip
    return plain | other


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA) if rows else empty()


histories = st.lists(st.tuples(st.sampled_from("PQ"), st.integers(0, 200), st.integers(0, 9)), max_size=12)


@given(histories, st.integers(0, 9))
def test_as_of_is_the_highest_version_known_by_then(history: list[tuple[str, int, int]], days: int):
    rows: list[dict[str, Any]] = []
    for party, hours, value in history:
        rows.append(fact(party, value, hours, version=1 + sum(row["party"] == party for row in rows)))
    day = date(2022, 10, 1) + timedelta(days=days)

    expected = {}
    for row in rows:
        china = row["known_at"] + timedelta(hours=8)
        if china.date() <= day and (row["party"] not in expected or expected[row["party"]]["version"] < row["version"]):
            expected[row["party"]] = row

    assert {row["party"]: row["value"] for row in as_of(table(*rows), day).iter_rows(named=True)} == {
        key: row["value"] for key, row in expected.items()
    }


def test_a_day_of_china_ends_at_sixteen_hours_utc():
    assert day_end(date(2022, 10, 1)).astimezone(UTC) == datetime(2022, 10, 1, 16, tzinfo=UTC)
    late = table(fact(hours=16))

    assert as_of(late, date(2022, 10, 1)).height == 0
    assert as_of(late, date(2022, 10, 2)).height == 1
    assert as_of(late, None).height == 1


@given(st.lists(st.integers(0, 3), min_size=1, max_size=8))
def test_only_what_is_new_gets_a_version(values: list[int]):
    """A series of reports of one cell: as many versions as changes, counted from 1."""
    stored = empty()
    for value in values:
        fresh, added, revised = next_versions(table(fact(value=value, version=0)), as_of(stored, None))
        assert added + revised == fresh.height
        stored = pl.concat([stored, fresh])

    changes = 1 + sum(a != b for a, b in itertools.pairwise(values))
    assert stored["version"].to_list() == list(range(1, changes + 1))


def test_the_same_report_from_another_file_is_no_news():
    stored = table(fact())

    assert next_versions(table(fact(version=0, submission="other", cell="Z9", hours=5)), stored)[0].height == 0


def test_the_same_figures_sent_as_a_correction_are_no_revision():
    """The reason of the correction, standing where the reporter gave no cause, and the status that comes with it are no news of their own."""
    stored = table(fact(cause="检修"))
    again = fact(version=0, status="revised", hours=9)

    for cause in ("", "企业自查更正", "检修"):
        assert next_versions(table(again | {"cause": cause}), stored, correction="企业自查更正")[1:] == (0, 0)
    assert next_versions(table(again | {"cause": "新原因"}), stored, correction="企业自查更正")[1:] == (0, 1)
    assert next_versions(table(again | {"value": 2, "cause": "企业自查更正"}), stored, correction="企业自查更正")[1:] == (0, 1)
    assert next_versions(table(again), stored)[1:] == (0, 1), "without a correction the status is news"


def test_what_was_confirmed_with_a_cause_is_not_held_again_by_the_same_figure():
    confirmed, question = table(fact(cause="核实无误", held=False, version=2)), fact(version=0, held=True)

    assert next_versions(table(question), confirmed)[1:] == (0, 0)
    assert next_versions(table(question | {"value": 2}), confirmed)[1:] == (0, 1)
    assert next_versions(table(question), table(fact(held=False)))[1:] == (0, 1), "nobody has looked at it yet"


def test_a_cause_a_hold_or_an_absence_is_news():
    stored = table(fact())

    for change in ({"cause": "检修"}, {"held": True}, {"value": None, "absence": "not_reported"}, {"status": "revised"}, {"words": "x"}):
        assert next_versions(table(fact(version=0, **change)), stored)[1:] == (0, 1)


def test_the_schema_is_the_contract():
    assert list(SCHEMA)[:4] == ["form", "item", "role", "party"]
    assert set(CELL) == {"form", "item", "role", "party", "period", "as_reported"}
    assert empty().schema == SCHEMA
