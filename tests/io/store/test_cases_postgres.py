"""The same cases on PostgreSQL: equal rows, equal events, an equal chain of seals; writers and sweeps that meet."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backends.server import postgres, programs
from cases_cast import COMMAND, DRC, FIRM, IIT, at, facts_for, tables
from flows.conftest import connection, home, migrated  # noqa: F401  # a home with the desk's tables
from yunxing.flows import walk_case
from yunxing.flows.sweep_cases import load_calendar, sweep_cases
from yunxing.io.store import case_check, case_log, case_pages, case_rows, dialect
from yunxing.values.workdays import parse_notices

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.skipif(programs() is None, reason="Debian's postgresql is not installed")]

PREPARE = "import sys, pathlib; from yunxing.desk.setup import prepare; prepare(pathlib.Path(sys.argv[1]))"
START = at("2026-12-21 09:00")
NOTICE = '[[notice]]\nnumber = "N"\nissued = 2026-12-24\nyear = 2027\noff = ["2027-01-01..2027-01-03"]\nwork = []\n'


@pytest.fixture(scope="module")
def served_home(tmp_path_factory: pytest.TempPathFactory):
    import psycopg

    place = tmp_path_factory.mktemp("served")
    with postgres() as server:
        with psycopg.connect(f"postgresql://postgres@/postgres?host={server}", autocommit=True) as first:
            first.execute("CREATE DATABASE yunxing")
        (place / "settings.toml").write_text(f'database = "postgresql://postgres@/yunxing?host={server}"\n', encoding="utf-8")
        environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        subprocess.run(
            [sys.executable, "-c", PREPARE, str(place)], check=True, env={**environment, "YUNXING_HOME": str(place)}, timeout=240
        )
        yield place


def story(store: Any) -> None:
    """Three requests through signing, pausing, a notice, sweeps and an answer."""
    case_log.publish(store, tables().values(), START)
    for number in range(3):
        name = walk_case.new_case(
            store, "whistle", FIRM, START, key=f"p{number}", title=f"诉求{number}", words="缺工", party="91X", unit="U1"
        ).case
        steps = [("accept", COMMAND, {}), ("assign", COMMAND, {"joint": ["IIT"]}), ("sign", DRC, {}), ("contact", DRC, {})][: 2 + number]
        for minute, (edge, actor, more) in enumerate(steps, 1):
            assert walk_case.move(store, name, edge, actor, START + timedelta(minutes=minute), {**facts_for(edge), **more}).won
    assert walk_case.move(store, name, "pause", DRC, START + timedelta(days=1), facts_for("pause")).won
    assert walk_case.move(store, name, "resume", DRC, START + timedelta(days=2), {}).won
    assert walk_case.move(store, name, "part", IIT, START + timedelta(days=2), facts_for("part")).won
    assert load_calendar(store, parse_notices(NOTICE), at("2026-12-24 09:00"))[1] > 0
    for when in ("2026-12-25 09:00", "2027-01-08 09:00", "2027-03-01 09:00"):
        sweep_cases(store, at(when))


def told(store: Any) -> dict[str, Any]:
    """Everything that must be the same on both."""
    rows = dialect.rows(store, f"select {', '.join(case_rows.EVENT)} from casework_event order by case_id, ver")
    seals = dialect.rows(store, "select no, root, rows from casework_seal order by no")
    names = [str(row[0]) for row in dialect.rows(store, "select id from casework_case order by id")]
    notices = dialect.rows(store, "select case_id, ver, unit, role, person, what from casework_notice order by case_id, ver, unit")
    return {
        "events": [case_rows.canonical_event(row) for row in rows],
        "seals": [tuple(row) for row in seals],
        "cases": case_rows.read_cases(store, names),
        "notices": [tuple(row) for row in notices],
        "page": case_pages.page(store, {"lead": "DRC"}, size=2),
        "counts": case_pages.counts(store),
    }


def test_both_databases_tell_the_same_story_under_the_same_seals(served_home: Path, connection):  # noqa: F811
    with dialect.connected(served_home) as served:
        for store in (served, connection):
            story(store)
        one, two = told(served), told(connection)
        for name in one:
            assert one[name] == two[name], name
        assert len(one["events"]) > 25
        assert case_check.verify(served) == []


def test_writers_and_a_sweep_that_meet_lose_nothing_and_double_nothing(served_home: Path):
    """Six writers take the same cases on while two sweeps climb their rungs: each step once, each rung once, no gap, one chain."""
    start = at("2022-09-26 09:00")
    with dialect.connected(served_home) as store:
        case_log.publish(store, tables().values(), start)
        names = [
            walk_case.new_case(store, "whistle", FIRM, start, key=f"race{number}", title="t", party="91X").case for number in range(10)
        ]
    failed: list[BaseException] = []
    won: list[str] = []

    def write(offset: int) -> None:
        try:
            with dialect.connected(served_home) as own:
                for name in names[offset:] + names[:offset]:
                    answer = walk_case.move(own, name, "accept", COMMAND, at("2022-09-28 09:00"))
                    if isinstance(answer, case_log.Recorded) and answer.won:
                        won.append(name)
        except Exception as error:
            failed.append(error)

    def sweep() -> None:
        try:
            with dialect.connected(served_home) as own:
                sweep_cases(own, at("2022-09-28 09:00"))
        except Exception as error:
            failed.append(error)

    threads = [
        *(threading.Thread(target=write, args=(number,)) for number in range(6)),
        *(threading.Thread(target=sweep) for _ in range(2)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert len(won) == len(set(won))
    with dialect.connected(served_home) as store:
        for name in names:
            events = case_log.events_of(store, name)
            assert [one.ver for one in events] == list(range(len(events)))
            assert [one.edge for one in events].count("accept") <= 1
            assert [one.edge for one in events].count("rung") <= 1
        assert case_check.verify(store) == []


def test_the_database_itself_refuses_to_change_an_event(served_home: Path):
    with dialect.connected(served_home) as store:
        for sql in ("update casework_event set reason = 'x'", "delete from casework_seal"):
            with pytest.raises(Exception, match="append-only"):
                dialect.execute(store, sql)
