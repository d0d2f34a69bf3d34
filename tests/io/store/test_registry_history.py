"""The registry's history: one query answers "as on day D, as known at K", nothing is lost, an act can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry_cast import DAY, A, B, firm, instant, on_key, project, taken_back
from yunxing.engines.registry.history import Believed, Segment, as_on
from yunxing.engines.registry.parties import Membership, Party
from yunxing.io.store import dialect, registry
from yunxing.io.store import registry_history as history
from yunxing.io.store.registry_history import Act, record
from yunxing.io.store.registry_rows import STATE, segment_of
from yunxing.values.errors import BadInput

JULY = date(2022, 7, 1)


def beliefs(connection: Any) -> list[Believed]:
    """The whole history table as values: what the slow reference reads."""
    rows = dialect.rows(connection, f"select {STATE}, known_from, known_to from reporting_party_state")
    found = []
    for row in rows:
        since = dialect.as_instant(row[14])
        assert since is not None
        found.append(Believed(segment_of(row[:14]), since, dialect.as_instant(row[15])))
    return found


def test_a_change_from_a_day_leaves_the_days_before_as_they_were(connection):
    record(connection, Act(instant(1)), [(firm(unit="U1"), None)])
    record(connection, Act(instant(2)), [(firm(unit="U2"), JULY)])

    assert history.as_known(connection, JULY, instant(3))[A].unit == "U2"
    assert history.as_known(connection, JULY - timedelta(days=1), instant(3))[A].unit == "U1"
    assert history.as_known(connection, JULY, instant(1, 9))[A].unit == "U1"  # nobody knew it yet
    assert registry.read_parties(connection)[A].unit == "U2"
    assert registry.parties_at(connection, date(2022, 6, 30))[A].unit == "U1"
    assert registry.parties_at(connection, DAY)[A].unit == "U2"


def test_a_correction_changes_all_days_and_is_still_remembered_as_it_was_believed(connection):
    record(connection, Act(instant(1)), [(firm(name="旧名"), None)])
    record(connection, Act(instant(2)), [(firm(name="新名"), None)])

    assert history.as_known(connection, date(2015, 1, 1), instant(3))[A].name == "新名"
    assert history.as_known(connection, date(2015, 1, 1), instant(1, 9))[A].name == "旧名"
    assert history.as_known(connection, DAY, instant(1, 7)) == {}


def test_who_was_on_the_list_on_a_day_as_known_on_a_day(connection):
    record(connection, Act(instant(1)), [(project(), None), (project("P-2"), None)], [on_key("P-1"), on_key("P-2")])
    record(connection, Act(instant(4)), (), [on_key("P-2", until=date(2022, 6, 30), reason="退规")])

    def listed(day: date, known: datetime) -> list[str]:
        return [one.party for one in history.members_as_known(connection, "key", known, day)]

    assert listed(DAY, instant(2)) == ["P-1", "P-2"]
    assert listed(DAY, instant(5)) == ["P-1"]
    assert listed(date(2022, 6, 30), instant(5)) == ["P-1", "P-2"]
    assert [one.reason for one in history.members_as_known(connection, "key", instant(5))] == ["", "退规"]


def test_the_same_act_twice_changes_nothing_and_leaves_no_trace(connection):
    act = Act(instant(1), "p", source="文件")
    first = record(connection, act, [(firm(), None)], [Membership("above_scale", A, date(2022, 1, 1))])
    again = record(connection, replace(act, at=instant(2)), [(firm(), None)], [Membership("above_scale", A, date(2022, 1, 1))])

    assert (first.parties, first.memberships) == ((1, 0, 0), (1, 0, 0))
    assert again == ("", (0, 0, 1), (0, 0, 1))
    assert [one.id for one in history.changes(connection)] == [first.change]


def test_an_act_is_told_with_who_when_why_and_how_much(connection):
    done = record(
        connection, Act(instant(1), "王某", "import", "某文〔2022〕1号", date(2022, 9, 1), "首批"), [(project(), None)], [on_key()]
    )

    told = history.change_of(connection, done.change)
    assert told is not None
    assert (told.at, told.person, told.act, told.source, told.source_day, told.note) == (
        instant(1), "王某", "import", "某文〔2022〕1号", date(2022, 9, 1), "首批",
    )  # fmt: skip
    assert told.counts["parties_added"] == told.counts["members_added"] == 1
    assert [one.id for one in history.changes(connection, roster="key")] == [done.change]
    assert [one.id for one in history.changes(connection, party="P-1")] == [done.change]
    assert history.changes(connection, roster="other") == history.changes(connection, party="P-9") == []
    assert history.change_of(connection, "R-none") is None


def test_an_act_older_than_what_it_changes_is_refused(connection):
    record(connection, Act(instant(5)), [(firm(), None)])
    with pytest.raises(BadInput, match="早于"):
        record(connection, Act(instant(4)), [(firm(name="另名"), None)])
    assert registry.read_parties(connection)[A] == firm()


def test_undo_gives_back_the_registry_as_it_was_and_keeps_the_memory(connection):
    record(connection, Act(instant(1)), [(firm(), None), (project(), None)], [on_key()])
    before = (registry.read_parties(connection), registry.read_memberships(connection))
    done = record(connection, Act(instant(2)), [(firm(name="改名"), JULY), (firm(B), None)], [on_key(until=DAY, reason="完工")], [])

    taken = history.undo(connection, done.change, Act(instant(3), "李某"))

    assert (registry.read_parties(connection), registry.read_memberships(connection)) == before
    assert history.as_known(connection, DAY, instant(2, 9))[A].name == "改名"
    assert history.as_known(connection, DAY, instant(3, 9)) == before[0]
    told = history.change_of(connection, taken)
    assert told is not None
    assert (told.act, told.undoes, told.person) == ("undo", done.change, "李某")
    with pytest.raises(BadInput, match="已经撤销"):
        history.undo(connection, done.change, Act(instant(4)))
    with pytest.raises(BadInput, match="没有变更"):
        history.undo(connection, "R-none", Act(instant(4)))


def test_undo_waits_for_what_was_built_upon_it(connection):
    first = record(connection, Act(instant(1)), [(firm(), None)])
    second = record(connection, Act(instant(2)), [(firm(name="改名"), None)])

    with pytest.raises(BadInput, match=second.change):
        history.undo(connection, first.change, Act(instant(3)))
    history.undo(connection, second.change, Act(instant(3)))
    assert registry.read_parties(connection)[A] == firm()


def test_an_undone_import_of_new_parties_leaves_none(connection):
    done = record(connection, Act(instant(1)), [(project(), None)], [on_key()])
    history.undo(connection, done.change, Act(instant(2)))

    assert registry.read_parties(connection) == {}
    assert registry.read_memberships(connection) == []
    assert list(history.as_known(connection, DAY, instant(1, 9))) == ["P-1"]


def test_a_project_is_read_with_its_rosters_and_who_answers(connection):
    record(
        connection, Act(instant(1)), [(project(), None), (firm(), None)], [on_key(until=date(2022, 6, 30)), on_key(since=date(2022, 8, 1))]
    )

    row = registry.project_row(connection, "P-1")
    assert row is not None
    on_july, on_day = row.on("key", JULY), row.on("key", DAY)
    assert on_july is None
    assert on_day is not None
    assert on_day.attributes["answerable"] == "合成责任人"
    assert registry.project_row(connection, A) is None
    assert registry.project_row(connection, "P-9") is None


def test_many_parties_are_written_like_few(connection):
    """Beyond a batch the standing rows are read at once; the result is the same."""
    many = [(firm(f"X{at:05d}"), None) for at in range(2105)]
    record(connection, Act(instant(1)), many)
    again = record(connection, Act(instant(2)), [*many, (firm("Y"), None)])

    assert again.parties == (1, 0, 2105)
    assert len(registry.read_some(connection, [one.id for one, _since in many])) == 2105


days = st.dates(date(2021, 12, 1), date(2022, 12, 31))
steps = st.lists(
    st.tuples(st.sampled_from([A, B]), st.sampled_from(["甲", "乙", "丙"]), st.one_of(st.none(), days)), min_size=1, max_size=7
)


@pytest.fixture(scope="module")
def shared_connection(empty_home: Path) -> Any:
    """One store for many examples, each taken back."""
    with dialect.connected(empty_home) as opened:
        yield opened


@given(steps=steps, asked=st.lists(st.tuples(days, st.integers(1, 9)), min_size=3, max_size=5))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_query_agrees_with_the_slow_reference_after_any_acts(shared_connection, steps, asked):
    """Whatever was changed from whatever day, the segments cover each day once, and the one query finds what reading the whole history finds."""
    connection = shared_connection
    with taken_back(connection):
        told: list[tuple[Party, date | None]] = []
        for at, (id_, name, since) in enumerate(steps, start=1):
            told.append((firm(id_, name), since))
            record(connection, Act(instant(at)), [told[-1]])
        everything = beliefs(connection)
        for day, known in asked:
            assert history.as_known(connection, day, instant(known, 9)) == as_on(everything, day, instant(known, 9))
        current = [one.segment for one in everything if one.until is None]
        for id_ in {one for one, _name, _since in steps}:
            spans = sorted((one.from_day, one.to_day or date.max) for one in current if one.party.id == id_)
            assert (spans[0][0], spans[-1][1]) == (date.min, date.max)
            assert all(last + timedelta(days=1) == first for (_f, last), (first, _l) in pairwise(spans))


def test_overlapping_segments_are_a_bug_that_is_named():
    twice = [Believed(Segment(firm()), instant(1)), Believed(Segment(firm(name="又")), instant(1))]
    with pytest.raises(BadInput, match="overlap"):
        as_on(twice, DAY, instant(2))
