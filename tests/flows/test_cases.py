"""Cases through the flows: another version of a table, the next month's verdict, quarterly talks, one open case for a matter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cases_cast import COMMAND, FIRM, IIT, at, facts_for, table, tables
from yunxing.engines.cases.case import Actor, plain
from yunxing.engines.cases.definition import Definition, from_body
from yunxing.engines.cases.step import Refused, replayed
from yunxing.engines.cases.upgrade import StateMap
from yunxing.engines.cases.validate import faults_of
from yunxing.flows import walk_case
from yunxing.flows.judge_outcomes import judge_outcomes
from yunxing.flows.propose_talks import propose_talks
from yunxing.flows.sweep_cases import sweep_cases
from yunxing.flows.upgrade_cases import upgrade_cases
from yunxing.io.store import case_check, case_log, case_pages, dialect, room
from yunxing.values.errors import BadInput
from yunxing.values.period import Quarter

START = at("2022-09-26 09:00")
NOW = at("2022-10-10 09:00")
ROOM = Actor("analyst", "CMD", frozenset({"analyst"}))


@pytest.fixture(autouse=True)
def published(connection):
    case_log.publish(connection, tables().values(), START)


def whistle(connection: Any, key: str, until: str = "contact", lead: str = "DRC") -> str:
    name = walk_case.new_case(connection, "whistle", FIRM, START, key=key, title="诉求", party="91X", unit="U1").case
    office = Actor("someone", lead, frozenset({"department"}))
    for minute, (edge, actor) in enumerate((("accept", COMMAND), ("assign", COMMAND), ("sign", office), ("contact", office)), 1):
        if until == "open":
            break
        done = walk_case.move(
            connection, name, edge, actor, START + timedelta(minutes=minute), {**facts_for(edge), "lead": lead, "joint": []}
        )
        assert not isinstance(done, Refused), done
        if edge == until:
            break
    return name


# --- another version ------------------------------------------------------------------------------------------------------------------------------


def second(**rest: Any) -> Definition:
    """Version 2 of the whistle: `signed` and `working` become one state, the limit is longer, the discussion is gone, a step is new."""
    body = table().body
    edges = []
    for one in body["edges"]:
        if one["name"] == "discuss":
            continue
        sources = list(dict.fromkeys("working" if state == "signed" else state for state in one["sources"]))
        edges.append({**one, "sources": sources, "to": "working" if one["to"] == "signed" else one["to"]})
    edges.append(
        {**body["edges"][0], "name": "visit", "sources": ["working"], "to": "", "by": ["lead"], "takes": [], "effects": [], "stops": []}
    )
    clocks = [{**one, "limit": "12 working days"} if one["name"] == "solve" else one for one in body["clocks"]]
    return from_body(
        {
            **body,
            "version": 2,
            "states": [one for one in body["states"] if one["name"] != "signed"],
            "edges": edges,
            "clocks": clocks,
            **rest,
        }
    )


MERGED = StateMap({"signed": "working"})


def test_the_second_version_is_a_table_that_holds():
    assert faults_of(second()) == []
    assert MERGED.faults(table(), second()) == []


def test_a_dry_run_lists_who_moves_what_is_lost_and_whose_due_date_moves_and_writes_nothing(connection):
    names = [whistle(connection, f"u{number}", until) for number, until in enumerate(("open", "accept", "sign", "contact", "contact"))]
    before = case_check.head(connection)
    done = upgrade_cases(connection, table(), second(), MERGED, NOW, dry_run=True)

    assert {(one.state, one.to, one.cases, one.lost, one.gained, one.due_moved) for one in done.changes} == {
        ("submitted", "submitted", 1, (), (), 0),
        ("accepted", "accepted", 1, (), (), 0),
        ("signed", "working", 1, (), ("answer", "extend", "pause", "visit"), 0),
        ("working", "working", 2, ("discuss",), ("contact", "visit"), 2),
    }
    assert (done.moved, case_check.head(connection)) == (0, before)
    assert {case_log.read_case(connection, name).version for name in names} == {1}


def test_an_upgrade_moves_every_open_case_by_one_event_shortens_nothing_and_is_done_once(connection):
    names = [whistle(connection, f"u{number}", until) for number, until in enumerate(("open", "accept", "sign", "contact"))]
    ended = whistle(connection, "e")
    assert walk_case.move(connection, ended, "withdraw", FIRM, NOW, facts_for("withdraw")).won
    before = {name: case_log.read_case(connection, name) for name in names}
    done = upgrade_cases(connection, table(), second(), MERGED, NOW, dry_run=False)

    assert (done.moved, done.lost_race) == (4, 0)
    for name in names:
        was, case = before[name], case_log.read_case(connection, name)
        assert (case.version, case.ver) == (2, was.ver + 1)
        assert case.state in {one.name for one in second().states}
        assert second().state(case.state).owner
        for clock in was.clocks:
            again = case.clock(clock.name, clock.office)
            assert again is not None
            assert again.due >= clock.due
        assert plain(replayed(case_log.events_of(connection, name))) == plain(case)
    assert case_log.read_case(connection, ended).version == 1
    assert upgrade_cases(connection, table(), second(), MERGED, NOW, dry_run=False).moved == 0
    assert case_check.verify(connection) == []


def test_after_the_upgrade_a_case_is_walked_by_the_new_table(connection):
    name = whistle(connection, "u", "sign")
    upgrade_cases(connection, table(), second(), MERGED, NOW, dry_run=False)

    assert walk_case.move(connection, name, "visit", Actor("x", "DRC"), NOW + timedelta(hours=1), {}).won
    assert isinstance(walk_case.move(connection, name, "discuss", Actor("x", "DRC"), NOW + timedelta(hours=2), {}), Refused)


def test_a_shorter_limit_shortens_no_running_clock(connection):
    name = whistle(connection, "u")
    before = case_log.read_case(connection, name).clock("solve")
    clocks = [{**one, "limit": "2 working days"} if one["name"] == "solve" else one for one in table().body["clocks"]]
    shorter = from_body({**table().body, "version": 2, "clocks": clocks})
    upgrade_cases(connection, table(), shorter, StateMap(), NOW, dry_run=False)

    assert case_log.read_case(connection, name).clock("solve") == before


def test_a_clock_the_new_table_does_not_know_ends_without_a_verdict(connection):
    name = whistle(connection, "u")
    body = table().body
    edges = [{**one, **{what: [] for what in ("starts", "stops") if "solve" in one[what]}} for one in body["edges"]]
    edges = [{**one, "guards": [], "pauses": [], "resumes": [], "extends": {}} for one in edges]
    gone = from_body(
        {**body, "version": 2, "edges": edges, "clocks": [one for one in body["clocks"] if one["name"] != "solve"],
         "ladder": [one for one in body["ladder"] if one["clock"] != "solve"]}
    )  # fmt: skip
    upgrade_cases(connection, table(), gone, StateMap(), at("2022-09-28 09:00"), dry_run=False)
    clock = case_log.read_case(connection, name).clock("solve")

    assert clock is not None
    assert clock.state == "cancelled"
    assert dialect.rows(connection, "select count(*) from casework_rung where case_id = %s and state = 'waiting'", (name,)) == [(0,)]


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ({}, "'signed' would become 'signed', which version 2 does not have"),
        ({"signed": "wroking"}, "would become 'wroking'"),
        ({"signed": "closed"}, "an open case may not end"),
        ({"signed": "working", "nowhere": "working"}, "'nowhere' is none of version 1"),
        ({"signed": "working", "closed": "working"}, "nor an ended one open"),
    ],
)
def test_a_map_that_leaves_a_case_without_a_legal_state_is_refused_before_anything_moves(connection, states, said):
    whistle(connection, "u", "sign")
    with pytest.raises(BadInput, match=said):
        upgrade_cases(connection, table(), second(), StateMap(states), NOW, dry_run=False)

    assert case_pages.open_of_version(connection, "whistle", 2, "", 10) == []


# --- signals become cases, and the next figure judges --------------------------------------------------------------------------------------------------


def signal(period: str, name: str = "x", scope: str = "u1") -> dict[str, Any]:
    return {
        "id": f"S-{name}", "kind": "trend", "sign": "negative", "indicator": "output_growth", "scope_kind": "unit", "scope": scope, "first_period": "2022-07",
        "period": period, "severity": 2, "rule": "output_decline", "words_zh": f"下降（{period}）", "words_en": f"down in {period}", "owner": "IIT",
        "deadline": "2022-10-17", "provisional": False, "evidence": "{}", "state": "new",
    }  # fmt: skip


def proposal(one: dict[str, Any]) -> dict[str, Any]:
    told = {name: one[name] for name in ("id", "kind", "indicator", "scope_kind", "scope", "period", "rule")} | {
        "figures": [{"name": "current"}]
    }
    return {
        "id": f"C-{one['id']}", "definition": "quarterly_talk", "version": 1, "subject": "unit:u1", "unit": "u1", "state": "proposed", "owner": "IIT",
        "origin": f"signal:{one['id']}", "title": "约谈", "words_zh": one["words_zh"], "words_en": one["words_en"], "severity": 2, "signal": told, "clocks": [],
    }  # fmt: skip


FIGURE = ("output_growth", "unit", "u1")


def month(connection: Any, code: str, signals: list[dict[str, Any]], figures: Any = (FIGURE,)) -> Any:
    """What closing a month does to cases: judge, then record."""
    judged = judge_outcomes(connection, code, signals, figures, NOW)
    manifest = {"month": code, "snapshot": f"sha256:{code}", "as_of": "2022-10-06", "pack": {"id": "plan"}}
    room.record_month(connection, manifest, f"f/{code}", signals=signals, cases=[proposal(one) for one in signals], now=NOW)
    return judged


def close_with(connection: Any, case: str, result: str, **more: Any) -> None:
    steps = [
        ("accept", ROOM, {"lead": "IIT"}),
        ("start", IIT, {}),
        ("answer", IIT, {"done": "已核实", "result": result, **more}),
        ("close", ROOM, {}),
    ]
    for minute, (edge, actor, facts) in enumerate(steps, 1):
        done = walk_case.move(connection, case, edge, actor, NOW + timedelta(minutes=minute), facts)
        assert not isinstance(done, Refused), done


def opened_from_july(connection: Any, result: str = "fixed", **more: Any) -> str:
    month(connection, "2022-07", [signal("2022-07")])
    close_with(connection, "C-S-x", result, **more)
    return "C-S-x"


def last(connection: Any, case: str) -> Any:
    return case_log.events_of(connection, case)[-1]


def test_a_proposal_is_a_real_case_with_owner_and_evidence(connection):
    month(connection, "2022-07", [signal("2022-07")])
    case = case_log.read_case(connection, "C-S-x")

    assert (case.state, case.owner, case.lead, case.unit) == ("proposed", "CMD", "IIT", "u1")
    assert case.data["signal"]["figures"] == [{"name": "current"}]
    walked = walk_case.move(connection, "C-S-x", "accept", ROOM, NOW + timedelta(minutes=1), {"lead": "IIT"})
    assert not isinstance(walked, Refused)
    assert case_log.read_case(connection, "C-S-x").owner == "IIT"


def test_a_signals_case_does_not_close_without_an_outcome(connection):
    month(connection, "2022-07", [signal("2022-07")])
    for minute, (edge, actor, facts) in enumerate((("accept", ROOM, {"lead": "IIT"}), ("start", IIT, {})), 1):
        walk_case.move(connection, "C-S-x", edge, actor, NOW + timedelta(minutes=minute), facts)
    refused = walk_case.move(connection, "C-S-x", "answer", IIT, NOW + timedelta(minutes=5), {"done": "已核实"})

    assert isinstance(refused, Refused)
    assert refused.fields == ("result",)


VERDICTS = [
    ("fixed", {}, [], (FIGURE,), "confirmed"),
    ("fixed", {}, ["again"], (FIGURE,), "refuted"),
    ("normal", {}, [], (FIGURE,), "confirmed"),
    ("goes_on", {"basis": "订单减少"}, ["again"], (FIGURE,), "confirmed"),
    ("goes_on", {"basis": "订单减少"}, [], (FIGURE,), "refuted"),
    ("fixed", {}, [], (), ""),
    ("fixed", {}, [], (("output_growth", "unit", "u2"),), ""),
]


@pytest.mark.parametrize(("result", "more", "signals", "figures", "verdict"), VERDICTS)
def test_the_next_figure_confirms_or_refutes_and_without_a_figure_nothing_is_said(connection, result, more, signals, figures, verdict):
    case = opened_from_july(connection, result, **more)
    judged = month(connection, "2022-08", [signal("2022-08") for _ in signals], figures)

    assert (judged.confirmed, judged.refuted) == (int(verdict == "confirmed"), int(verdict == "refuted"))
    assert case_log.read_case(connection, case).data.get("verdict", "") == verdict
    if verdict:
        told = last(connection, case)
        assert (told.edge, told.from_state, told.to_state, told.given["month"]) == ("verdict", "closed", "closed", "2022-08")
        assert told.reason.startswith("2022-08 数据：")


def test_a_month_judges_once_and_the_signals_own_month_does_not_judge(connection):
    case = opened_from_july(connection)
    ver = case_log.read_case(connection, case).ver
    month(connection, "2022-07", [signal("2022-07")])
    assert case_log.read_case(connection, case).ver == ver
    month(connection, "2022-08", [])
    month(connection, "2022-08", [])
    assert case_log.read_case(connection, case).ver == ver + 1
    month(connection, "2022-09", [signal("2022-09")])
    assert (last(connection, case).given["verdict"], last(connection, case).given["month"]) == ("refuted", "2022-09")


def test_while_a_case_is_open_later_alarms_are_told_to_it_and_open_no_other(connection):
    month(connection, "2022-07", [signal("2022-07")])
    month(connection, "2022-08", [signal("2022-08", "y")])
    month(connection, "2022-09", [signal("2022-09", "z")])

    assert dialect.rows(connection, "select id from casework_case") == [("C-S-x",)]
    assert [one.edge for one in case_log.events_of(connection, "C-S-x")] == ["open", "hear_again", "hear_again"]


def test_once_it_has_ended_a_later_alarm_opens_a_case_of_its_own(connection):
    opened_from_july(connection)
    month(connection, "2022-08", [signal("2022-08", "y")])

    assert dialect.rows(connection, "select id, is_open from casework_case order by id") == [("C-S-x", 0), ("C-S-y", 1)]
    assert dialect.rows(connection, "select state from room_signal where id = 'S-x'") == [("closed",)]


def test_the_same_signal_that_comes_back_opens_a_case_that_names_the_earlier_one(connection):
    earlier = opened_from_july(connection)
    month(connection, "2022-08", [signal("2022-08")])
    (name,) = [row[0] for row in dialect.rows(connection, "select id from casework_case where id <> %s", (earlier,))]

    assert case_log.read_case(connection, name).data["earlier"] == earlier
    assert last(connection, earlier).given["verdict"] == "refuted"
    month(connection, "2022-08", [signal("2022-08")])
    assert dialect.rows(connection, "select count(*) from casework_case") == [(2,)]
    assert case_check.verify(connection) == []


# --- the quarterly talk ---------------------------------------------------------------------------------------------------------------------------


def test_offices_with_too_many_missed_limits_are_proposed_and_a_person_decides(connection):
    for number in range(3):
        whistle(connection, f"q{number}", lead="DRC")
    for number in range(2):
        whistle(connection, f"r{number}", lead="FIN")
    sweep_cases(connection, at("2022-12-31 20:00"))
    done = propose_talks(connection, Quarter(2022, 4), at("2023-01-03 09:00"))

    assert [(one.office, one.missed, one.limit) for one in done.proposals] == [("DRC", 3, 3)]
    (name,) = done.opened
    case = case_log.read_case(connection, name)
    assert (case.definition, case.state, case.owner, case.lead, case.subject) == ("quarterly_talk", "proposed", "CMD", "DRC", "office:DRC")
    again = propose_talks(connection, Quarter(2022, 4), at("2023-01-04 09:00"))
    assert (again.proposals, again.opened) == (done.proposals, ())


def test_a_quarter_without_any_is_recorded_as_none_by_a_person_with_a_reason(connection):
    whistle(connection, "q", lead="DRC")
    done = propose_talks(connection, Quarter(2022, 3), at("2022-10-08 09:00"))

    assert done.proposals == ()
    (name,) = done.opened
    refused = walk_case.move(connection, name, "decline", ROOM, at("2022-10-08 10:00"), {})
    assert isinstance(refused, Refused)
    assert refused.fields == ("reason",)
    assert walk_case.move(connection, name, "decline", ROOM, at("2022-10-08 10:00"), {"reason": "本季度无约谈对象"}).won
    assert case_log.read_case(connection, name).state == "declined"


def test_what_was_late_counts_also_when_it_was_stopped_before_a_sweep_saw_it(connection):
    for number in range(3):
        name = whistle(connection, f"q{number}", lead="DRC")
        done = walk_case.move(connection, name, "answer", Actor("someone", "DRC"), at("2022-10-14 09:00"), facts_for("answer"))
        assert not isinstance(done, Refused), done

    assert [(one.office, one.missed) for one in propose_talks(connection, Quarter(2022, 4), at("2023-01-03 09:00")).proposals] == [
        ("DRC", 3)
    ]


def test_what_the_command_or_the_enterprise_owed_belongs_to_no_office(connection):
    for number in range(5):
        whistle(connection, f"q{number}", "open")
    sweep_cases(connection, at("2022-09-30 20:00"))

    assert propose_talks(connection, Quarter(2022, 3), at("2022-10-08 09:00")).proposals == ()
