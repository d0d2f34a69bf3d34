"""A home older than the registry's history is brought up to date: what it held is believed from then on, nothing is lost, all is searched and changed as
elsewhere. Made in a process of its own, from the first migration on, as an installation would be.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from yunxing.engines.registry.naming import folded, initials
from yunxing.engines.registry.parties import Membership
from yunxing.io.store import dialect, registry
from yunxing.io.store import registry_history as history
from yunxing.io.store.registry_history import Act, record
from yunxing.io.store.registry_rows import whole_values

A, P, CLOSED = "91990000MA00000A0X", "P-1", "91990000MA00000B0X"
SINCE = date(2020, 1, 1)
OLD = [
    (
        A,
        "enterprise",
        "合成铝业有限公司",
        "合成铝",
        "A01",
        "371600",
        "32",
        "large",
        "",
        "2020-01-01",
        None,
        '{"synthetic": true, "revenue_fen": 100}',
    ),
    (CLOSED, "enterprise", "合成旧厂（已注销）", "", "A01", "", "17", "", "", "2020-01-01", "2021-06-30", "{}"),
    (P, "project", "合成项目", "城东二期", "B01", "", "", "", A, "2021-01-01", None, '{"level": "city"}'),
]
TERMS = [
    ("above_scale", A, "2020-01-01", "2021-12-31", "退规"),
    ("above_scale", A, "2022-07-01", None, "升规"),
    ("key_projects", P, "2021-01-01", None, ""),
]
COLUMNS = "id, kind, name, short_name, unit, region, industry, size, parent, valid_from, valid_to, attributes"

SCRIPT = """
import json, sys
from pathlib import Path
from yunxing.desk import installation
from yunxing.desk.setup import prepare, stand_on
home, given = Path(sys.argv[1]), json.loads(sys.argv[2])
installation.make_file(home.resolve())
stand_on(home)
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
MigrationExecutor(connection).migrate([("reporting", "0001_initial")])
with connection.cursor() as cursor:
    for row in given["parties"]:
        cursor.execute("insert into reporting_party (" + given["columns"] + ") values (" + ", ".join(["%s"] * len(row)) + ")", row)
    for row in given["terms"]:
        cursor.execute("insert into reporting_membership (roster, party, valid_from, valid_to, reason) values (%s, %s, %s, %s, %s)", row)
prepare(home)
"""


def upgraded(folder: Path, parties: list[Any], terms: list[Any]) -> Path:
    """A home whose tables were made by the first migration, filled with rows, and then brought up to date."""
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | {"YUNXING_HOME": str(folder)}
    given = json.dumps({"parties": parties, "terms": terms, "columns": COLUMNS})
    subprocess.run([sys.executable, "-c", SCRIPT, str(folder), given], check=True, env=env, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The old home with its rows, upgraded once."""
    return upgraded(tmp_path_factory.mktemp("old"), OLD, TERMS)


@pytest.fixture
def connection(home: Path) -> Any:
    """Its store; what a test writes is taken back."""
    with dialect.connected(home) as opened:
        opened.execute("BEGIN")
        yield opened
        opened.execute("ROLLBACK")


def test_every_party_and_term_is_still_there_as_it_was(connection: Any) -> None:
    parties = registry.read_parties(connection)

    assert sorted(parties) == sorted(row[0] for row in OLD)
    assert (parties[A].name, parties[A].short_name, parties[A].attributes) == (
        "合成铝业有限公司",
        "合成铝",
        {"synthetic": True, "revenue_fen": 100},
    )
    assert parties[CLOSED].valid_to == date(2021, 6, 30)
    assert parties[P].parent == A
    assert [(one.roster, one.valid_from, one.valid_to, one.reason) for one in registry.read_memberships(connection)] == [
        ("above_scale", date(2020, 1, 1), date(2021, 12, 31), "退规"), ("above_scale", date(2022, 7, 1), None, "升规"), ("key_projects", date(2021, 1, 1), None, ""),
    ]  # fmt: skip


def test_one_act_tells_that_it_was_there_before_the_history(connection: Any) -> None:
    (act,) = history.changes(connection)

    assert (act.id, act.act, act.person, act.source) == ("R-initial", "import", "", "")
    assert act.at <= datetime.now(UTC)
    assert [one.id for one in history.changes(connection, roster="key_projects")] == ["R-initial"]
    assert [one.id for one in history.changes(connection, party=A)] == ["R-initial"]


def test_the_history_knows_what_the_table_holds_from_the_upgrade_on(connection: Any) -> None:
    at = history.changes(connection)[0].at

    assert history.newest_as_known(connection, at) == registry.read_parties(connection)
    assert history.newest_as_known(connection, at - timedelta(seconds=1)) == {}
    assert set(history.as_known(connection, date(2021, 6, 30), at)) == {A, CLOSED, P}
    assert set(history.as_known(connection, date(2021, 7, 1), at)) == {A, P}
    assert history.as_known(connection, date(2019, 12, 31), at) == {}
    assert history.members_as_known(connection, "above_scale", at) == registry.read_memberships(connection, roster="above_scale")
    assert [one.party for one in history.members_as_known(connection, "above_scale", at, date(2022, 3, 1))] == []


def test_every_party_has_one_state_that_reaches_back_to_the_beginning(connection: Any) -> None:
    rows = dialect.rows(connection, "select party, from_day, to_day, known_to, closed, opened from reporting_party_state order by party")

    assert [row[0] for row in rows] == sorted(row[0] for row in OLD)
    assert {(str(row[1])[:10], row[2], row[3], row[4] or "", row[5]) for row in rows} == {("0001-01-01", None, None, "", "R-initial")}


def test_all_are_searched_by_the_words_the_store_itself_would_write(connection: Any) -> None:
    """By name and by short name: an upgraded home finds what a new one finds."""
    searched = {str(row[0]): (row[1], row[2]) for row in dialect.rows(connection, "select id, folded, initials from reporting_party")}

    for id_, party in registry.read_parties(connection).items():
        assert searched[id_] == whole_values(party)[-2:], id_
    assert searched[P] == (f"{folded('合成项目')}\n{folded('城东二期')}", initials("城东二期"))


def test_the_same_registry_again_changes_nothing(connection: Any) -> None:
    done = record(
        connection, Act(), [(one, None) for one in registry.read_parties(connection).values()], registry.read_memberships(connection)
    )

    assert done.change == ""
    assert (done.parties, done.memberships) == ((0, 0, 3), (0, 0, 3))


def test_an_old_row_is_changed_from_a_day_on_and_the_change_taken_back(connection: Any) -> None:
    from dataclasses import replace

    old = registry.read_parties(connection)[A]
    done = record(connection, Act(person="王某"), [(replace(old, unit="B01"), date(2022, 7, 1))])
    assert registry.parties_at(connection, date(2022, 6, 30))[A].unit == "A01"
    assert registry.read_parties(connection)[A].unit == "B01"

    history.undo(connection, done.change, Act(person="王某"))
    assert registry.read_parties(connection)[A] == old
    ended = Membership("key_projects", P, date(2021, 1, 1), date(2022, 8, 31), "完工")
    assert record(connection, Act(), (), [ended]).memberships == (0, 1, 0)


def test_old_parties_merge_like_others(connection: Any) -> None:
    from yunxing.flows.registry_books import merge_parties

    merged, change = merge_parties(connection, A, CLOSED, act=Act(person="王某", act="merge", source="核实"))

    assert merged.kept.valid_to is None
    assert set(registry.read_parties(connection)) == {A, P}
    assert registry.read_aliases(connection) == {CLOSED: A}
    history.undo(connection, change, Act(person="王某"))
    assert set(registry.read_parties(connection)) == {A, CLOSED, P}


def test_the_first_act_itself_can_be_taken_back_and_is_then_known_no_more(connection: Any) -> None:
    history.undo(connection, "R-initial", Act(person="王某"))

    assert registry.read_parties(connection) == {}
    assert registry.read_memberships(connection) == []


@pytest.mark.slow
def test_an_empty_home_begins_without_an_act(tmp_path: Path) -> None:
    with dialect.connected(upgraded(tmp_path / "empty", [], [])) as opened:
        assert history.changes(opened) == []
        assert registry.read_parties(opened) == {}
