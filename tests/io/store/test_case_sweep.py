"""The sweep: each rung once, one of a case and pass, whole batches or nothing, killed and repeated alike; and what a holiday notice moves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cases_cast import COMMAND, DRC, FIRM, SYSTEM, at, facts_for, tables
from flows.conftest import connection, home, migrated  # noqa: F401  # a home with the desk's tables
from yunxing.engines.cases.case import plain
from yunxing.engines.cases.step import Refused, replayed
from yunxing.flows import sweep_cases as flow
from yunxing.flows import walk_case
from yunxing.io.store import case_check, case_log, case_sweep, dialect, holidays
from yunxing.values.errors import DoesNotHold
from yunxing.values.workdays import Notice, parse_notices

START = at("2022-09-26 09:00")


@pytest.fixture(autouse=True)
def published(connection):  # noqa: F811
    case_log.publish(connection, tables().values(), START)


def whistles(connection: Any, count: int, start: Any = START, until: str = "contact") -> list[str]:  # noqa: F811
    """Cases that DRC works on since `start`."""
    names = []
    for number in range(count):
        name = walk_case.new_case(
            connection, "whistle", FIRM, start, key=f"s{start}{number}", title=f"诉求{number}", party="91X", unit="U1"
        ).case
        names.append(name)
        for minute, (edge, actor) in enumerate((("accept", COMMAND), ("assign", COMMAND), ("sign", DRC), ("contact", DRC)), 1):
            done = walk_case.move(connection, name, edge, actor, start + timedelta(minutes=minute), facts_for(edge) | {"joint": []})
            assert not isinstance(done, Refused), done
            if edge == until:
                break
    return names


def climbed(connection: Any, case: str) -> list[str]:  # noqa: F811
    return [one.given["rung"] for one in case_log.events_of(connection, case) if one.edge == "rung"]


def test_each_rung_is_climbed_when_it_is_due_and_only_once(connection):  # noqa: F811
    (case,) = whistles(connection, 1)
    story = [
        ("2022-10-11 13:44", []),
        ("2022-10-11 13:45", ["remind"]),
        ("2022-10-13 17:30", ["remind", "urge"]),
        ("2022-10-18 17:30", ["remind", "urge", "command"]),
    ]
    for when, names in story:
        for _ in range(2):
            case_sweep.sweep(connection, at(when))
        assert climbed(connection, case) == names, when

    assert case_check.verify(connection) == []
    assert plain(replayed(case_log.events_of(connection, case))) == plain(case_log.read_case(connection, case))


def test_a_late_sweep_climbs_all_that_is_due_one_event_each_in_order(connection):  # noqa: F811
    names = whistles(connection, 3)
    done = case_sweep.sweep(connection, at("2022-12-01 09:00"))

    assert done.rungs == 9
    for name in names:
        assert climbed(connection, name) == ["remind", "urge", "command"]
        events = case_log.events_of(connection, name)
        assert [one.ver for one in events] == list(range(len(events)))
        assert {(one.from_state, one.to_state) for one in events if one.edge == "rung"} == {("working", "working")}
    assert case_check.verify(connection) == []


def test_a_second_sweep_and_a_sweep_of_nothing_write_nothing(connection):  # noqa: F811
    assert case_sweep.sweep(connection, at("2022-12-01 09:00")) == case_sweep.Swept(0, 0)
    whistles(connection, 2)
    case_sweep.sweep(connection, at("2022-12-01 09:00"))
    head = case_check.head(connection)

    assert case_sweep.sweep(connection, at("2022-12-01 09:00")) == case_sweep.Swept(0, 0)
    assert case_check.head(connection) == head


@pytest.mark.parametrize("batch", [1, 2, 5, 100])
def test_whatever_the_batch_the_result_is_the_same_and_no_case_is_made_or_lost(connection, batch):  # noqa: F811
    whistles(connection, 4)
    done = case_sweep.sweep(connection, at("2022-12-01 09:00"), batch=batch)

    assert done.rungs == 12
    assert dialect.rows(connection, "select count(*) from casework_case") == [(4,)]
    counted = Counter(dialect.rows(connection, "select case_id, given from casework_event where edge = 'rung'"))
    assert set(counted.values()) == {1}
    assert len(counted) == 12
    assert case_check.verify(connection) == []


def test_a_rung_tells_the_body_its_role_means(connection):  # noqa: F811
    whistles(connection, 1)
    case_sweep.sweep(connection, at("2022-12-01 09:00"))
    told = dialect.rows(connection, "select what, unit, role, person from casework_notice where role <> '' order by id")

    assert told == [("remind", "DRC", "lead", "drc"), ("urge", "DRC", "head", ""), ("command", "CMD", "command", "")]


def test_what_was_answered_or_paused_in_time_climbs_nothing(connection):  # noqa: F811
    done, paused = whistles(connection, 2)
    now = START + timedelta(hours=2)
    assert walk_case.move(connection, done, "answer", DRC, now, facts_for("answer")).won
    assert walk_case.move(connection, paused, "pause", DRC, now, facts_for("pause")).won

    assert case_sweep.sweep(connection, at("2022-12-01 09:00")).rungs == 0


def test_a_step_after_a_sweep_is_refused_to_who_saw_the_case_before_it(connection):  # noqa: F811
    (case,) = whistles(connection, 1)
    seen = case_log.read_case(connection, case).ver
    case_sweep.sweep(connection, at("2022-10-12 09:00"))
    answer = walk_case.move(connection, case, "answer", DRC, at("2022-10-12 09:01"), facts_for("answer"), seen=seen)

    assert isinstance(answer, case_log.Recorded)
    assert (answer.won, answer.actor, answer.edge) == (False, "system", "rung")


def test_an_unrated_answer_is_closed_by_the_platform_when_its_time_ran_out(connection):  # noqa: F811
    (case,) = whistles(connection, 1)
    assert walk_case.move(connection, case, "answer", DRC, at("2022-09-28 10:00"), facts_for("answer")).won
    assert flow.sweep_cases(connection, at("2022-10-10 17:30")).ran_out == 0
    assert flow.sweep_cases(connection, at("2022-10-10 17:31")).ran_out == 1
    assert flow.sweep_cases(connection, at("2022-10-10 17:32")).ran_out == 0
    found = case_log.read_case(connection, case)

    assert (found.state, found.clock("confirm").state) == (
        "closed",
        "met" if found.clock("confirm").stopped <= found.clock("confirm").due else "missed",
    )
    assert case_log.events_of(connection, case)[-1].actor == SYSTEM.id


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from cases_cast import at
from yunxing.io.store import case_sweep, dialect
with dialect.connected(Path(sys.argv[1])) as connection:
    print("go", flush=True)
    case_sweep.sweep(connection, at("2022-12-01 09:00"), batch=1, progress=lambda done: print(done, flush=True))
"""


@pytest.mark.parametrize("after", [1, 4, 9])
def test_a_sweep_killed_in_the_middle_and_repeated_changes_nothing_twice(home, connection, after):  # noqa: F811
    names = whistles(connection, 6)
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(home), str(Path(__file__).parents[2])], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for _ in range(after + 1):
        child.stdout.readline()
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert case_check.verify(connection) == []
    case_sweep.sweep(connection, at("2022-12-01 09:00"))

    assert {tuple(climbed(connection, name)) for name in names} == {("remind", "urge", "command")}
    assert dialect.rows(connection, "select count(*) from casework_rung where state = 'waiting'") == [(0,)]
    assert case_check.verify(connection) == []


# --- the calendar ---------------------------------------------------------------------------------------------------------------------------------


def due_day(connection: Any, case: str, name: str = "solve") -> date:  # noqa: F811
    clock = case_log.read_case(connection, case).clock(name)
    assert clock is not None
    return clock.due.astimezone(START.tzinfo).date()


def test_january_2020_replayed_moves_open_cases_only_and_once(connection):  # noqa: F811
    """The make-up day of 1 February was withdrawn on 26 January: what ran is counted anew, one event each; what was done or paused is left alone."""
    start = at("2020-01-20 09:00")
    running, done, paused = whistles(connection, 3, start)
    assert flow.sweep_cases(connection, at("2020-01-20 20:00")).recounted == 0  # sets the mark
    assert walk_case.move(connection, done, "answer", DRC, at("2020-01-21 10:00"), facts_for("answer")).won
    assert walk_case.move(connection, done, "confirm", FIRM, at("2020-01-21 11:00"), facts_for("confirm")).won
    assert walk_case.move(connection, paused, "pause", DRC, at("2020-01-21 10:00"), facts_for("pause")).won
    before = {name: case_log.read_case(connection, name) for name in (running, done, paused)}
    assert due_day(connection, running) == date(2020, 2, 7)  # 21–23, 31 January, 1, 3–7 February

    assert flow.sweep_cases(connection, at("2020-01-25 20:00")).recounted == 0
    assert flow.sweep_cases(connection, at("2020-01-26 20:00")).recounted == 1
    assert flow.sweep_cases(connection, at("2020-01-26 20:01")).recounted == 0
    assert flow.sweep_cases(connection, at("2020-01-27 20:00")).recounted == 0

    assert due_day(connection, running) == date(2020, 2, 11)
    told = case_log.events_of(connection, running)[-1]
    assert (told.edge, told.from_state, told.to_state, told.reason) == ("recount", "working", "working", "国办发明电〔2020〕1号")
    assert case_log.read_case(connection, done) == before[done]
    assert case_log.read_case(connection, paused) == before[paused]
    rungs = dialect.rows(connection, "select at from casework_rung where case_id = %s and name = 'urge' and state = 'waiting'", (running,))
    assert dialect.as_instant(rungs[0][0]) == case_log.read_case(connection, running).due
    assert case_check.verify(connection) == []


NEXT_YEAR = """
[[notice]]
number = "国办发明电〔2026〕X号"
issuer = "国务院办公厅"
issued = 2026-11-05
known_from = 2026-11-06
year = 2027
off = ["2027-01-01..2027-01-03", "2027-02-05..2027-02-11"]
work = ["2027-01-04", "2027-01-30"]
"""


def test_over_a_year_end_without_notice_due_days_are_provisional_until_it_is_loaded(connection):  # noqa: F811
    short, long = (whistles(connection, 1, at("2026-10-12 09:00"))[0], whistles(connection, 1, at("2026-11-05 09:00"))[0])
    start = at("2026-12-22 09:00")
    (over,) = whistles(connection, 1, start)
    clock = case_log.read_case(connection, over).clock("solve")
    assert clock is not None
    assert (clock.provisional, due_day(connection, over)) == (True, date(2027, 1, 5))
    fixed = {name: due_day(connection, name) for name in (short, long)}

    fresh, moved = flow.load_calendar(connection, parse_notices(NEXT_YEAR), at("2026-12-23 09:00"))
    assert ([one.number for one in fresh], moved) == (["国办发明电〔2026〕X号"], 1)
    clock = case_log.read_case(connection, over).clock("solve")
    assert clock is not None
    assert (clock.provisional, due_day(connection, over)) == (False, date(2027, 1, 6))
    assert {name: due_day(connection, name) for name in (short, long)} == fixed
    assert flow.load_calendar(connection, parse_notices(NEXT_YEAR), at("2026-12-23 09:01")) == ([], 0)
    assert case_check.verify(connection) == []


def test_a_notice_is_never_altered_but_a_later_one_may_change_its_days(connection):  # noqa: F811
    holidays.add(connection, parse_notices(NEXT_YEAR), START)
    with pytest.raises(DoesNotHold, match="under its own number"):
        holidays.add(connection, parse_notices(NEXT_YEAR.replace("2027-01-03", "2027-01-02")), START)
    later = (
        NEXT_YEAR.replace("X号", "Y号")
        .replace("known_from = 2026-11-06", "known_from = 2027-01-10")
        .replace('"2027-02-05..2027-02-11"', '"2027-02-05..2027-02-14"')
    )
    holidays.add(connection, parse_notices(later), START)

    assert holidays.calendar(connection, date(2027, 1, 9)).is_workday(date(2027, 2, 12))
    assert not holidays.calendar(connection, date(2027, 1, 10)).is_workday(date(2027, 2, 12))


def test_a_loaded_notice_that_is_known_later_moves_nothing_yet_and_then_does(connection):  # noqa: F811
    (over,) = whistles(connection, 1, at("2026-12-22 09:00"))
    flow.sweep_cases(connection, at("2026-12-22 20:00"))
    later = NEXT_YEAR.replace("known_from = 2026-11-06", "known_from = 2026-12-28")

    assert flow.load_calendar(connection, parse_notices(later), at("2026-12-23 09:00"))[1] == 0
    assert due_day(connection, over) == date(2027, 1, 5)
    assert flow.sweep_cases(connection, at("2026-12-27 20:00")).recounted == 0
    assert flow.sweep_cases(connection, at("2026-12-28 00:01")).recounted == 1
    assert due_day(connection, over) == date(2027, 1, 6)


def test_a_built_in_notice_loaded_again_is_nothing_new(connection):  # noqa: F811
    again = [one for one in holidays.notices(connection) if one.year == 2022]

    assert holidays.add(connection, again, START) == []
    assert isinstance(again[0], Notice)


def test_requests_that_read_alike_are_marked_once_on_the_later_one(connection):  # noqa: F811
    def raised(key: str, text: str, party: str = "91X") -> str:
        return walk_case.new_case(connection, "whistle", FIRM, START, key=key, title=text, words=text, party=party).case

    first, other_firm, later, unlike = (
        raised("a", "车间缺少操作工20人"),
        raised("b", "车间缺少操作工20人", "91Y"),
        raised("c", "车间缺操作工20人"),
        raised("d", "申请贷款展期"),
    )
    now = START + timedelta(hours=1)

    assert [one.case for one in walk_case.mark_duplicates(connection, later, now)] == [first]
    assert [one.case for one in walk_case.mark_duplicates(connection, later, now)] == [first]
    assert walk_case.mark_duplicates(connection, unlike, now) == []
    assert walk_case.duplicates_of(connection, other_firm, now) == []
    events = case_log.events_of(connection, later)
    assert [(one.edge, one.internal) for one in events] == [("open", False), ("duplicate", True)]
    assert events[1].given["of"] == [first]
    assert len(case_log.events_of(connection, unlike)) == 1


def test_an_ended_request_of_long_ago_is_no_duplicate(connection):  # noqa: F811
    old = walk_case.new_case(connection, "whistle", FIRM, START, key="old", title="缺操作工", party="91X").case
    assert walk_case.move(connection, old, "withdraw", FIRM, START + timedelta(minutes=1), facts_for("withdraw")).won
    new = walk_case.new_case(connection, "whistle", FIRM, START + timedelta(days=100), key="new", title="缺操作工", party="91X").case

    assert walk_case.duplicates_of(connection, new, START + timedelta(days=100)) == []
    assert [one.case for one in walk_case.duplicates_of(connection, new, START + timedelta(days=30))] == [old]


def test_statistics_are_refreshed_without_changing_any_row(connection):  # noqa: F811
    whistles(connection, 2)
    head = case_check.head(connection)
    dialect.refresh_statistics(connection)

    assert case_check.head(connection) == head
    assert case_check.verify(connection) == []
    assert dialect.has_table(connection, "sqlite_stat1")
