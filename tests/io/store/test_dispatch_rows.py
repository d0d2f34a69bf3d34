"""Milestones and evidence by SQL: planned and actual apart, many at once, open cuts of a project."""

from datetime import UTC, date, datetime

import pytest

from yunxing.engines.dispatch.schedule import Milestone
from yunxing.io.store import dialect, dispatch_rows

AT = datetime(2022, 9, 30, tzinfo=UTC)
D = date


@pytest.fixture
def cases(connection):
    """Three cases, two of them cuts of the project P1."""
    columns = "id, definition, version, subject, state, ver, owner, lead, handler, unit, party, origin, opened_by, title, words, grade, outcome, is_open, opened, changed, due, candidates, declined, data, walked"
    for name, kind, party, state in (("a", "cuts", "P1", "planned"), ("b", "cuts", "P1", "verified"), ("c", "other", "P1", "planned")):
        values = (name, kind, 1, "s", state, 0, "o", "", "", "", party, "o", "", "t", "", "", "", True, AT, AT, AT, "[]", "[]", "{}", "{}")
        dialect.execute(connection, f"insert into casework_case ({columns}) values ({', '.join(['%s'] * len(values))})", values)
    return connection


def test_planned_and_actual_are_set_apart(cases):
    dispatch_rows.set_planned(cases, "a", "start", D(2022, 5, 1))
    dispatch_rows.set_actual(cases, "a", "start", D(2022, 5, 3))
    dispatch_rows.set_actual(cases, "a", "end", D(2022, 6, 1))
    dispatch_rows.set_planned(cases, "a", "end", D(2022, 7, 1))
    dispatch_rows.set_planned(cases, "a", "start", None)

    assert dispatch_rows.milestones_of(cases, ["a"]) == {
        "a": [Milestone("start", None, D(2022, 5, 3)), Milestone("end", D(2022, 7, 1), D(2022, 6, 1))]
    }


def test_entered_again_keeps_the_newest_day(cases):
    dispatch_rows.set_actual(cases, "a", "start", D(2022, 5, 1))
    dispatch_rows.set_actual(cases, "a", "start", D(2022, 6, 1))

    assert dispatch_rows.milestones_of(cases, ["a"])["a"] == [Milestone("start", None, D(2022, 6, 1))]


def test_many_at_once_and_many_asked(cases):
    dispatch_rows.add_milestones(cases, [(name, stage, D(2022, 1, 1), None) for name in "abc" for stage in ("x", "y")])
    found = dispatch_rows.milestones_of(cases, [*"abc", *(f"none{n}" for n in range(900))])

    assert {name: [one.stage for one in rows] for name, rows in found.items()} == {name: ["x", "y"] for name in "abc"}
    assert dispatch_rows.milestones_of(cases, []) == {}


def test_a_stage_of_an_item_stands_once(cases):
    dispatch_rows.add_milestones(cases, [("a", "x", None, None)])
    with pytest.raises(Exception, match=r"(?i)unique"):
        dispatch_rows.add_milestones(cases, [("a", "x", None, None)])


@pytest.mark.parametrize(("kind", "party", "count"), [("cuts", "P1", 1), ("other", "P1", 1), ("cuts", "P2", 0), ("cuts", "", 0)])
def test_open_cuts_of_a_project(cases, kind, party, count):
    assert dispatch_rows.open_cuts(cases, kind, party, ("verified",)) == count


def test_evidence_keeps_digest_and_name(cases):
    dispatch_rows.add_evidence(cases, "a", "start", [("sha256:1", "甲.pdf"), ("sha256:2", "乙" * 300)], D(2022, 5, 1), "clerk")
    rows = dialect.rows(cases, "select digest, name, stage, added_by from dispatch_evidence order by id")

    assert [(row[0], len(row[1])) for row in rows] == [("sha256:1", 5), ("sha256:2", 200)]
    assert {row[2:] for row in rows} == {("start", "clerk")}
