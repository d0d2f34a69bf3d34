"""The case log: one compare-and-set with event, clocks and seal; who comes second is told; events cannot be changed; folding them gives the row."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cases_cast import COMMAND, DRC, FIRM, IIT, at, facts_for, table, tables
from flows.conftest import connection, home, migrated  # noqa: F401  # a home with the desk's tables
from yunxing.engines.cases.case import plain
from yunxing.engines.cases.definition import from_body
from yunxing.engines.cases.step import Decision, Refused, replayed
from yunxing.flows import walk_case
from yunxing.io.store import case_check, case_log, case_rows, dialect
from yunxing.values.errors import BadInput, DoesNotHold

START = at("2022-09-26 09:00")


@pytest.fixture(autouse=True)
def published(connection):  # noqa: F811
    case_log.publish(connection, tables().values(), START)


def raised(connection: Any, key: str = "k", **rest: Any) -> str:  # noqa: F811
    """A whistle just raised; its id."""
    given = {"title": "缺工", "words": "缺操作工20人", "party": "91X", "unit": "U1", **rest}
    return walk_case.new_case(connection, "whistle", FIRM, START, key=key, **given).case


def moved(connection: Any, case: str, edge: str, actor: Any, minutes: int = 1, **facts: Any) -> Any:  # noqa: F811
    now = case_log.read_case(connection, case).changed + timedelta(minutes=minutes)
    return walk_case.move(connection, case, edge, actor, now, {**facts_for(edge), **facts})


def to_working(connection: Any, case: str) -> None:  # noqa: F811
    for edge, actor, more in (("accept", COMMAND, {}), ("assign", COMMAND, {"joint": ["IIT"]}), ("sign", DRC, {}), ("contact", DRC, {})):
        assert moved(connection, case, edge, actor, **more).won


# --- publishing -----------------------------------------------------------------------------------------------------------------------------------


def test_a_version_is_published_once_and_kept_word_for_word(connection):  # noqa: F811
    assert case_log.publish(connection, tables().values(), START) == 0
    assert case_log.definition_of(connection, "whistle", 1) == table()
    assert case_log.newest_definition(connection, "whistle") == table()
    assert {one.id for one in case_log.all_definitions(connection)} == set(tables())


def test_a_published_version_with_other_content_is_refused_and_a_new_version_is_not(connection):  # noqa: F811
    body = {**table().body, "title": "别的"}
    with pytest.raises(DoesNotHold, match="count the version up"):
        case_log.publish(connection, [from_body(body)], START)
    assert case_log.publish(connection, [from_body({**body, "version": 2})], START) == 1
    assert case_log.newest_definition(connection, "whistle").version == 2
    assert case_log.definition_of(connection, "whistle", 1) == table()


@pytest.mark.parametrize("ask", [lambda c: case_log.definition_of(c, "whistle", 7), lambda c: case_log.newest_definition(c, "whistel"), lambda c: case_log.read_case(c, "C-0")])  # fmt: skip
def test_what_is_not_there_is_bad_input(connection, ask):  # noqa: F811
    with pytest.raises(BadInput, match="found n"):
        ask(connection)


# --- one step -------------------------------------------------------------------------------------------------------------------------------------


def test_a_case_is_read_as_it_was_written_at_every_step(connection):  # noqa: F811
    case = raised(connection)
    to_working(connection, case)
    for edge, actor in (("part", IIT), ("pause", DRC), ("resume", DRC), ("discuss", DRC), ("answer", DRC), ("reopen", FIRM)):
        assert moved(connection, case, edge, actor).won, edge
        found = case_log.read_case(connection, case)
        assert plain(replayed(case_log.events_of(connection, case))) == plain(found)

    assert (found.state, found.lead, found.handler) == ("working", "DRC", "drc")
    assert [one.edge for one in case_log.events_of(connection, case)][:5] == ["open", "accept", "assign", "sign", "contact"]
    assert case_check.verify(connection) == []


def test_the_same_key_opens_one_case(connection):  # noqa: F811
    first = raised(connection)
    again = walk_case.new_case(connection, "whistle", FIRM, START, key="k", title="别的")

    assert (again.case, again.won) == (first, False)
    assert dialect.rows(connection, "select count(*) from casework_case") == [(1,)]
    assert dialect.rows(connection, "select no from casework_sealhead") == [(1,)]


def test_a_refused_step_writes_nothing(connection):  # noqa: F811
    case = raised(connection)
    answer = walk_case.move(connection, case, "accept", FIRM, START)

    assert isinstance(answer, Refused)
    assert len(case_log.events_of(connection, case)) == 1


def test_of_two_officers_who_decide_on_what_they_saw_one_wins_and_the_other_is_told(connection):  # noqa: F811
    """Both read version 0; the second's decision meets version 1 and is told the state, who, with what, and when."""
    case = raised(connection)
    row = case_log.read_case(connection, case)
    time = walk_case.working_time(connection, table(), START)
    first, second = (walk_case.step(table(), row, edge, COMMAND, facts_for(edge), START, time) for edge in ("accept", "refuse"))
    assert isinstance(first, Decision)
    assert isinstance(second, Decision)

    won, lost = case_log.record(connection, first), case_log.record(connection, second)
    assert (won.won, won.state, won.ver) == (True, "accepted", 1)
    assert (lost.won, lost.state, lost.ver, lost.actor, lost.unit, lost.edge) == (False, "accepted", 1, "chief", "CMD", "accept")
    assert lost.at == START
    assert [one.edge for one in case_log.events_of(connection, case)] == ["open", "accept"]
    assert case_check.verify(connection) == []


def test_a_person_who_saw_an_older_version_is_told_before_anything_is_decided(connection):  # noqa: F811
    case = raised(connection)
    assert moved(connection, case, "accept", COMMAND).won
    answer = walk_case.move(connection, case, "assign", COMMAND, START + timedelta(hours=1), facts_for("assign"), seen=0)

    assert isinstance(answer, case_log.Recorded)
    assert (answer.won, answer.state, answer.actor) == (False, "accepted", "chief")
    assert walk_case.move(connection, case, "assign", COMMAND, START + timedelta(hours=1), facts_for("assign"), seen=1).won


def test_many_decisions_are_one_transaction_under_one_seal_and_the_late_one_is_left_out(connection):  # noqa: F811
    names = [raised(connection, f"k{number}") for number in range(5)]
    time = walk_case.working_time(connection, table(), START)
    rows = case_rows.read_cases(connection, names)
    decided = [walk_case.step(table(), rows[name], "accept", COMMAND, {}, START, time) for name in names]
    assert moved(connection, names[2], "accept", COMMAND).won
    answers = case_log.record_many(connection, decided)

    assert [one.won for one in answers] == [True, True, False, True, True]
    (seals,) = dialect.rows(connection, "select max(no) from casework_seal")
    assert dialect.rows(connection, "select count(*) from casework_event where seal = %s", seals) == [(4,)]
    assert case_check.verify(connection) == []


def test_racing_writers_lose_nothing_and_double_nothing(home, connection):  # noqa: F811
    """Six threads, each with a connection of its own, all try to take the same twelve cases one step on: each case moves once."""
    names = [raised(connection, f"r{number}") for number in range(12)]
    told: list[tuple[str, bool]] = []
    failed: list[BaseException] = []

    def work(offset: int) -> None:
        try:
            with dialect.connected(home) as own:
                for name in names[offset:] + names[:offset]:
                    answer = walk_case.move(own, name, "accept", COMMAND, START + timedelta(minutes=1))
                    told.append((name, isinstance(answer, case_log.Recorded) and answer.won))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(2 * number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert len(told) == 72
    assert sorted(name for name, won in told if won) == sorted(names)
    assert {one.ver for one in case_rows.read_cases(connection, names).values()} == {1}
    assert case_check.verify(connection) == []


# --- the ladder and the outbox -----------------------------------------------------------------------------------------------------------------------


def rungs(connection: Any, case: str) -> list[tuple[str, str, str]]:  # noqa: F811
    rows = dialect.rows(connection, "select clock, name, state from casework_rung where case_id = %s order by at, clock", (case,))
    return [(clock.partition("|")[0], name, state) for clock, name, state in rows]


def test_the_rungs_ahead_follow_the_clocks(connection):  # noqa: F811
    case = raised(connection)
    assert rungs(connection, case) == [("accept", "urge", "waiting")]
    to_working(connection, case)
    assert rungs(connection, case) == [
        ("part", "urge", "waiting"), ("solve", "remind", "waiting"), ("solve", "urge", "waiting"), ("solve", "command", "waiting"),
    ]  # fmt: skip
    assert moved(connection, case, "pause", DRC).won
    assert rungs(connection, case) == [("part", "urge", "waiting")]
    assert moved(connection, case, "resume", DRC).won
    assert len(rungs(connection, case)) == 4


def test_who_owes_the_next_act_is_told_through_the_outbox(connection):  # noqa: F811
    case = raised(connection)
    to_working(connection, case)
    told = dialect.rows(connection, "select ver, unit, person, what, state from casework_notice order by id")

    assert told == [(0, "CMD", "", "opened", "waiting"), (2, "DRC", "", "assign", "waiting"), (2, "IIT", "", "assign", "waiting")]


# --- tamper evidence ------------------------------------------------------------------------------------------------------------------------------


def test_the_database_itself_refuses_to_change_an_event_or_a_seal(connection):  # noqa: F811
    raised(connection)
    for table_, column in (("casework_event", "reason"), ("casework_seal", "root")):
        with pytest.raises(Exception, match="append-only"):
            dialect.execute(connection, f"update {table_} set {column} = 'x'")
        with pytest.raises(Exception, match="append-only"):
            dialect.execute(connection, f"delete from {table_}")


TAMPERING = {
    "a reason rewritten": ("update casework_event set reason = 'x' where ver = 2", "seal 3"),
    "an instant moved": ("update casework_event set recorded = '2022-09-26 00:00:00.000000' where ver = 1", "seal 2"),
    "an actor changed": ("update casework_event set actor = 'nobody' where ver = 4", "version 4"),
    "what changed is changed": ("update casework_event set change = '{\"ver\":3}' where ver = 3", "seal 4"),
    "an event removed": ("delete from casework_event where ver = 4", "events were added or removed"),
    "a seal removed": ("delete from casework_seal where no = 2", "a seal is missing"),
    "the last seal removed": ("delete from casework_seal where no = 5", "seals were removed at the end"),
    "a seal rewritten": ("update casework_seal set root = 'sha256:0' where no = 1", "seal 1"),
    "the row rewritten": ("update casework_case set state = 'closed'", "state other than its events give"),
    "a clock moved": ("update casework_clock set due = '2030-01-01 00:00:00.000000' where state = 'running'", "clocks other than"),
    "a part removed": ("delete from casework_part", "parts other than its events give"),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_what_was_tampered_with_is_located(connection, how):  # noqa: F811
    """Whoever owns the tables can step past the triggers; then the chain or the replay tells."""
    to_working(connection, raised(connection))
    for name in ("casework_event", "casework_seal"):
        for act in ("update", "delete"):
            connection.execute(f"drop trigger {name}_keep_{act}")
    sql, said = TAMPERING[how]
    assert dialect.execute(connection, sql).rowcount >= 1

    faults = case_check.verify(connection)
    assert any(said in str(one) for one in faults), [str(one) for one in faults]


def test_a_store_without_cases_holds(connection):  # noqa: F811
    assert case_check.verify(connection) == []
    assert case_check.head(connection) == (0, "")


# --- killed ---------------------------------------------------------------------------------------------------------------------------------------

WRITER = """
import sys
from datetime import timedelta
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from cases_cast import COMMAND, FIRM, at
from yunxing.flows import walk_case
from yunxing.io.store import dialect
start = at("2022-09-26 09:00")
with dialect.connected(Path(sys.argv[1])) as connection:
    for number in range(10_000):
        name = walk_case.new_case(connection, "whistle", FIRM, start, key=f"w{number}", title="t", party="91X").case
        walk_case.move(connection, name, "accept", COMMAND, start + timedelta(minutes=1))
        print(name, flush=True)
"""


def test_a_writer_killed_in_the_middle_leaves_whole_steps_only(home, connection):  # noqa: F811
    """Everything it had told of is there; nothing is half there; the chain holds."""
    place = str(Path(__file__).parents[2])
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(home), place], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    told = [child.stdout.readline().strip() for _ in range(12)]
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()

    found = case_rows.read_cases(connection, told)
    assert {one.ver for one in found.values()} == {1}
    assert len(found) == 12
    assert case_check.verify(connection) == []
