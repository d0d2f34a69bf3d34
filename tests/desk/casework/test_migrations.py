"""A home from before clocks and seals goes through all migrations: its proposed cases are walked and proven like any other, and the tables stay closed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from cases_cast import ANALYST, at, tables
from yunxing.engines.cases.step import replayed
from yunxing.flows import walk_case
from yunxing.io.store import case_check, case_log, dialect

pytestmark = pytest.mark.slow

OLD = """
insert into casework_case (id, definition, version, subject, state, ver, owner, origin, title, words)
  values ('C-old', 'check_enterprise', 1, 'party:P', 'proposed', 1, 'IIT', 'signal:S-1', '核查', '停产三天');
insert into casework_event (case_id, ver, edge, from_state, to_state, actor, recorded, reason, digest)
  values ('C-old', 0, 'propose', '', 'proposed', 'month close', '2022-09-12 01:00:00.000000', '停产三天', 'sha256:0');
insert into casework_event (case_id, ver, edge, from_state, to_state, actor, recorded, reason, digest)
  values ('C-old', 1, 'hear_again', 'proposed', 'proposed', 'month close', '2022-10-12 01:00:00.000000', '停产五天', 'sha256:1');
insert into casework_clock (case_id, name, days, due, provisional, state) values ('C-old', 'answer', 5, '2022-09-19', 0, 'proposed');
"""


def desk(home: Path, *words: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(
        [sys.executable, "-m", "yunxing.desk", *words], check=True, capture_output=True, env={**environment, "YUNXING_HOME": str(home)}
    )


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("old")
    desk(home, "migrate", "casework", "0001")
    with sqlite3.connect(home / dialect.DATABASE_FILE) as old:
        old.executescript(OLD)
    desk(home, "migrate")
    return home


def test_an_old_proposal_is_a_case_like_any_other(carried):
    with dialect.connected(carried) as connection:
        case_log.publish(connection, tables().values(), at("2022-10-12 09:00"))
        case = case_log.read_case(connection, "C-old")
        events = case_log.events_of(connection, "C-old")

        assert (case.state, case.lead, case.ver, case.clocks) == ("proposed", "IIT", 1, ())
        assert replayed(events).opened == datetime.fromisoformat("2022-09-12T01:00:00+00:00")
        assert case_check.verify(connection) == []
        done = walk_case.move(connection, "C-old", "accept", ANALYST, at("2022-10-12 10:00"), {"lead": "IIT"})
        assert isinstance(done, case_log.Recorded)
        assert done.won
        assert case_check.verify(connection) == []


def test_events_and_seals_are_closed_after_all_migrations(carried):
    with dialect.connected(carried) as connection:
        triggers = {row[0] for row in dialect.rows(connection, "select name from sqlite_master where type = 'trigger'")}

    assert {f"{table}_keep_{act}" for table in ("casework_event", "casework_seal") for act in ("update", "delete")} <= triggers
