"""Steps of a whistle: who may, what is needed, what the clocks do, joint handling, disputes, pauses, rating, and what is refused with which words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cases_cast import (
    ANALYST,
    COMMAND,
    COUNTY,
    DRC,
    FIN,
    FIRM,
    IIT,
    OPENED,
    PEOPLE,
    STRANGER,
    TIME,
    answered,
    at,
    attempt,
    facts_for,
    opened,
    table,
    walk,
    working,
)  # fmt: skip
from yunxing.engines.cases.case import SYSTEM, Actor, case_from, owner_of, plain, roles_of
from yunxing.engines.cases.definition import Field, from_body
from yunxing.engines.cases.step import ACTS, Decision, Refused, act, edges_for, fits, open_case, replayed, step
from yunxing.values.errors import BadInput


def states(case):
    return {one.name + (f"/{one.office}" if one.office else ""): one.state for one in case.clocks}


def test_a_case_opens_in_the_first_state_owned_by_the_command_with_its_clock_running():
    case = opened()

    assert (case.state, case.owner, case.ver) == ("submitted", "CMD", 0)
    assert states(case) == {"accept": "running"}
    assert case.due == at("2022-09-27 17:30")


def test_the_straight_way_from_submitted_to_closed():
    case = opened()
    story = [
        ("accept", COMMAND, "accepted", "CMD"),
        ("assign", COMMAND, "assigned", "DRC"),
        ("sign", DRC, "signed", "DRC"),
        ("contact", DRC, "working", "DRC"),
        ("answer", DRC, "answered", "91X"),
        ("confirm", FIRM, "closed", "CMD"),
    ]
    for number, (edge, actor, state, owner) in enumerate(story, 1):
        case = walk(case, edge, actor, **({"joint": []} if edge == "assign" else {}))
        assert (case.state, case.owner, case.ver) == (state, owner, number)

    assert case.ended == case.changed
    assert case.outcome == "solved"
    assert set(states(case).values()) == {"met"}
    assert not [one for one in table().leaving("closed") if one.to and one.to != "closed"]


def test_clocks_start_and_stop_where_the_table_says():
    case = walk(opened(), "accept", COMMAND)
    assert states(case) == {"accept": "met"}
    case = walk(case, "assign", COMMAND)
    assert states(case) == {"accept": "met", "sign": "running", "solve": "running"}
    assert case.clock("sign").due == at("2022-09-26 14:32")
    case = walk(walk(case, "sign", DRC), "contact", DRC)
    assert states(case) == {"accept": "met", "sign": "met", "contact": "met", "solve": "running"}


def test_the_grade_decides_the_limit():
    for grade, due in (("urgent", "2022-09-28 17:30"), ("ordinary", "2022-10-13 17:30"), ("complex", "2022-10-20 17:30")):
        case = walk(walk(opened(), "accept", COMMAND, grade=grade), "assign", COMMAND)
        assert case.clock("solve").due == at(due), grade


@pytest.mark.parametrize("who", PEOPLE, ids=lambda one: one.id)
def test_only_the_roles_of_an_edge_walk_it(who):
    allowed = {"accept": {"chief"}, "refuse": {"chief"}, "withdraw": {"firm"}}
    for edge, ids in allowed.items():
        decided = attempt(opened(), edge, who)
        assert isinstance(decided, Decision) == (who.id in ids), (edge, who.id)
        if isinstance(decided, Refused):
            assert decided.code == "not_allowed"


def test_a_department_that_is_not_at_work_on_a_case_has_no_role():
    case = working()

    assert roles_of(case, STRANGER) == frozenset()
    assert roles_of(case, DRC) == {"lead", "owner"}
    assert roles_of(case, FIRM) == {"origin"}
    assert roles_of(case, COUNTY) == {"county"}
    assert roles_of(case, COMMAND) == {"command", "room"}
    assert roles_of(case, ANALYST) == {"room"}
    assert roles_of(case, replace(DRC, posts=frozenset({"department", "head"}))) == {"lead", "owner", "head"}
    assert roles_of(case, SYSTEM) == {"system"}


def test_the_buttons_are_the_edges_one_may_walk_the_next_step_first():
    case = working()

    assert [one.name for one in edges_for(table(), case, DRC)] == ["answer", "join", "pause", "discuss"]
    assert [one.name for one in edges_for(table(), case, FIRM)] == ["withdraw"]
    assert edges_for(table(), case, STRANGER) == ()
    assert "lapse" not in [one.name for one in edges_for(table(), answered(), SYSTEM)]


# --- what is refused ------------------------------------------------------------------------------------------------------------------------------


def test_an_edge_from_another_state_is_refused_with_the_state_it_has():
    refused = attempt(opened(), "answer", DRC)

    assert isinstance(refused, Refused)
    assert (refused.code, refused.words) == ("wrong_state", "事项现为“待受理”，不能“办结反馈”")
    assert "“Submitted”" in refused.words_en


def test_an_edge_that_is_not_in_the_table_is_refused():
    refused = attempt(opened(), "teleport", COMMAND)

    assert isinstance(refused, Refused)
    assert refused.code == "no_edge"


@pytest.mark.parametrize("missing", ["done", "result", "evidence"])
def test_an_answer_needs_what_was_done_its_result_and_evidence(missing):
    given = {name: value for name, value in facts_for("answer").items() if name != missing}
    refused = attempt(working(), "answer", DRC, bare=True, **given)

    assert isinstance(refused, Refused)
    assert (refused.code, refused.fields) == ("missing", (missing,))


@pytest.mark.parametrize("empty", ["", "   ", None, []])
def test_an_empty_value_is_no_value(empty):
    refused = attempt(working(), "answer", DRC, done=empty)

    assert isinstance(refused, Refused)
    assert refused.fields == ("done",)


def test_a_result_that_cannot_be_solved_needs_its_basis():
    refused = attempt(working(), "answer", DRC, result="impossible")
    assert isinstance(refused, Refused)
    assert refused.fields == ("basis",)

    decided = attempt(working(), "answer", DRC, result="impossible", basis="某法第三条")
    assert isinstance(decided, Decision)
    assert decided.event.given["basis"] == "某法第三条"


def test_all_that_is_missing_is_told_at_once():
    refused = attempt(working(), "answer", DRC, bare=True)

    assert isinstance(refused, Refused)
    assert refused.fields == ("done", "result", "evidence")
    assert refused.words == "请填写：办理情况、办理结果、佐证材料"


@pytest.mark.parametrize(
    ("edge", "actor", "wrong"),
    [("answer", DRC, {"result": "magic"}), ("answer", DRC, {"evidence": "a file"}), ("pause", DRC, {"pause_reason": "tired"}), ("discuss", DRC, {"options": ["one"]})],
)  # fmt: skip
def test_a_value_outside_its_list_or_of_another_kind_is_refused(edge, actor, wrong):
    refused = attempt(working(), edge, actor, **wrong)

    assert isinstance(refused, Refused)
    assert (refused.code, refused.fields) == ("bad_value", tuple(wrong))


@pytest.mark.parametrize("when", ["2022-09-25 09:00", "2022-09-26 09:00"])
def test_a_step_lies_neither_in_the_future_nor_before_the_last_one(when):
    case = working()
    now = at("2022-09-27 09:00")
    early = step(table(), case, "answer", DRC, facts_for("answer"), now, TIME, effective=at(when))
    late = step(table(), case, "answer", DRC, facts_for("answer"), now, TIME, effective=at("2022-09-27 09:01"))

    assert isinstance(early, Refused)
    assert isinstance(late, Refused)
    assert early.code == late.code == "time"


def test_what_happened_earlier_is_written_down_later_with_its_own_time():
    decided = step(table(), working(), "answer", DRC, facts_for("answer"), at("2022-10-20 09:00"), TIME, effective=at("2022-10-12 16:00"))

    assert isinstance(decided, Decision)
    assert (decided.event.recorded, decided.event.effective) == (at("2022-10-20 09:00"), at("2022-10-12 16:00"))
    assert decided.case.clock("solve").state == "met"


def test_a_case_is_walked_by_the_version_it_began_with():
    newer = from_body({**table().body, "version": 9})

    with pytest.raises(BadInput, match="version 9, expected whistle version 1"):
        step(newer, opened(), "accept", COMMAND, {}, OPENED, TIME)


# --- several offices ------------------------------------------------------------------------------------------------------------------------------


def two_offices():
    case = walk(walk(opened(), "accept", COMMAND), "assign", COMMAND, lead="DRC", joint=["IIT", "FIN"])
    assert case.candidates == ("DRC", "IIT", "FIN")
    return case


def test_of_several_offices_the_first_to_sign_leads_and_the_others_help():
    case = walk(two_offices(), "sign", IIT)

    assert (case.lead, case.owner, case.candidates) == ("IIT", "IIT", ())
    assert [(one.office, one.state) for one in case.parts] == [("DRC", "open"), ("FIN", "open")]
    assert {one.office for one in case.clocks if one.name == "part"} == {"DRC", "FIN"}


def test_before_anyone_signs_the_case_still_has_exactly_one_owner():
    case = two_offices()

    assert case.owner == "DRC"
    assert owner_of(table(), case) == "DRC"


def test_each_joint_office_has_a_clock_of_its_own_and_stops_only_that():
    case = walk(walk(two_offices(), "sign", IIT), "contact", IIT)
    case = walk(case, "part", FIN, "2022-09-28 10:00")

    assert states(case)["part/FIN"] == "met"
    assert states(case)["part/DRC"] == "running"
    assert states(case)["solve"] == "running"
    assert case.joint == ("DRC",)


def test_the_lead_cannot_answer_before_every_joint_office_has():
    case = walk(walk(two_offices(), "sign", IIT), "contact", IIT)
    refused = attempt(case, "answer", IIT)
    assert isinstance(refused, Refused)
    assert "DRC、FIN" in refused.words

    case = walk(walk(case, "part", DRC), "part", FIN)
    assert walk(case, "answer", IIT).state == "answered"


def test_the_command_may_release_a_joint_office_whose_clock_then_counts_for_nothing():
    case = walk(walk(two_offices(), "sign", IIT), "contact", IIT)
    case = walk(case, "release", COMMAND)

    assert case.joint == ()
    assert {states(case)["part/DRC"], states(case)["part/FIN"]} == {"cancelled"}
    assert walk(case, "answer", IIT).state == "answered"


def test_an_office_that_joins_later_gets_the_whole_time_and_changes_nobody_elses():
    case = walk(walk(two_offices(), "sign", IIT), "contact", IIT)
    before = case.clock("part", "DRC").due
    case = walk(case, "join", IIT, "2022-09-29 10:00", joint=["HRSS", "DRC"])

    assert case.clock("part", "DRC").due == before
    assert case.clock("part", "HRSS").due == at("2022-10-13 17:30")
    assert case.joint == ("DRC", "FIN", "HRSS")


def test_one_joint_office_cannot_answer_for_another_nor_twice():
    case = walk(walk(two_offices(), "sign", IIT), "contact", IIT)
    case = walk(case, "part", DRC)

    refused = attempt(case, "part", DRC)
    assert isinstance(refused, Refused)
    assert refused.code == "not_allowed"


# --- a wrong dispatch -----------------------------------------------------------------------------------------------------------------------------


def assigned(**rest):
    return walk(walk(opened(**rest), "accept", COMMAND), "assign", COMMAND, lead="DRC")


def test_a_wrong_dispatch_is_returned_once_and_the_solving_clock_goes_on():
    case = assigned()
    due = case.clock("solve").due
    case = walk(case, "dispute", DRC)
    assert (case.state, case.owner, case.declined) == ("accepted", "CMD", ("DRC",))
    assert case.clock("solve").due == due
    assert case.clock("sign").state == "met"

    case = walk(case, "assign", COMMAND, lead="IIT")
    assert case.clock("solve").due == due
    assert (case.clock("sign").round, case.clock("sign").state) == (2, "running")


def test_after_half_a_day_it_can_no_longer_be_returned():
    refused = attempt(assigned(), "dispute", DRC, "2022-09-26 15:00")

    assert isinstance(refused, Refused)
    assert refused.code == "guard"


def test_the_second_dispute_goes_to_the_command_which_decides():
    case = walk(walk(assigned(), "dispute", DRC), "assign", COMMAND, lead="IIT")
    again = attempt(case, "dispute", IIT)
    assert isinstance(again, Refused)
    assert "指挥部裁定" in again.words

    case = walk(case, "dispute_again", IIT)
    assert (case.state, case.owner, case.declined) == ("disputed", "CMD", ("DRC", "IIT"))
    case = walk(case, "decide", COMMAND, lead="DRC")
    assert (case.state, case.lead) == ("assigned", "DRC")
    assert isinstance(attempt(case, "dispute", DRC), Refused)


def test_a_first_dispute_cannot_go_straight_to_the_command():
    refused = attempt(assigned(), "dispute_again", DRC)

    assert isinstance(refused, Refused)
    assert refused.words == "第一次异议应直接退回"


def test_the_ping_pong_guard_sends_nothing_back_to_who_declined_unless_the_command_says_so():
    case = walk(assigned(), "dispute", DRC)
    body = table().body
    edges = [{**one, "by": ["room"]} if one["name"] == "assign" else one for one in body["edges"]]
    by_room = from_body({**body, "edges": edges})

    refused = step(by_room, case, "assign", ANALYST, {"lead": "DRC"}, case.changed, TIME)
    assert isinstance(refused, Refused)
    assert refused.words == "DRC 已退回过此事项，须由指挥部裁定"
    assert isinstance(step(by_room, case, "assign", COMMAND, {"lead": "DRC"}, case.changed, TIME), Decision)


# --- pausing, extending, discussing ---------------------------------------------------------------------------------------------------------------


def test_a_pause_needs_a_reason_of_the_closed_list_and_keeps_what_remains():
    refused = attempt(working(), "pause", DRC, bare=True)
    assert isinstance(refused, Refused)
    assert refused.fields == ("pause_reason",)

    case = walk(working(), "pause", DRC, "2022-09-28 10:00")
    assert (case.state, case.clock("solve").state, case.due) == ("paused", "paused", None)
    case = walk(case, "resume", DRC, "2022-10-10 10:00")
    assert case.clock("solve").due == at("2022-10-20 17:30")


def test_the_lead_extends_nothing_and_the_command_only_once():
    assert isinstance(attempt(working(), "extend", DRC), Refused)
    case = walk(working(), "extend", COMMAND)
    assert case.clock("solve").budget == 25
    assert case.clock("solve").due == at("2022-11-03 17:30")

    again = attempt(case, "extend", COMMAND)
    assert isinstance(again, Refused)
    assert again.words == "此操作只能进行一次"


def test_one_matter_one_discussion_records_options_decision_who_decided_and_on_what():
    decided = attempt(working(), "discuss", DRC, votes="5:0", amount=1_200_000_00, minutes=["sha256:m"])

    assert isinstance(decided, Decision)
    assert dict(decided.event.given) == {
        "options": ["甲", "乙"], "decision": "甲", "decider": "指挥部专题会", "basis": "依据", "votes": "5:0", "minutes": ["sha256:m"], "amount": 120_000_000,
    }  # fmt: skip
    assert (decided.case.state, decided.case.clock("solve").state) == ("working", "running")
    assert decided.case.data["decision"] == "甲"


# --- rating ---------------------------------------------------------------------------------------------------------------------------------------


def test_a_dissatisfied_enterprise_reopens_once_then_the_command_reviews():
    case = walk(answered(), "reopen", FIRM)
    assert (case.state, case.owner) == ("working", "DRC")
    assert (case.clock("solve").round, case.clock("solve").state) == (2, "running")

    case = walk(case, "answer", DRC)
    again = attempt(case, "reopen", FIRM)
    assert isinstance(again, Refused)
    case = walk(case, "appeal", FIRM)
    assert (case.state, case.owner) == ("review", "CMD")
    assert walk(case, "uphold", COMMAND).state == "closed"
    assert walk(case, "redo", COMMAND).state == "working"


def test_a_rating_of_three_sides_is_kept_and_dissatisfied_needs_a_reason():
    refused = attempt(answered(), "confirm", FIRM, satisfaction="bad")
    assert isinstance(refused, Refused)
    assert refused.fields == ("reason",)

    case = walk(answered(), "confirm", FIRM, satisfaction="fair", speed="good", attitude="bad")
    assert {name: case.data[name] for name in ("satisfaction", "speed", "attitude")} == {
        "satisfaction": "fair",
        "speed": "good",
        "attitude": "bad",
    }


def test_without_a_rating_the_platform_closes_it_and_nobody_rated():
    case = walk(answered(), "lapse", SYSTEM, "2022-10-12 09:00")

    assert case.state == "closed"
    assert "satisfaction" not in case.data
    assert isinstance(attempt(answered(), "lapse", COMMAND), Refused)


def test_a_call_back_after_the_end_neither_opens_it_nor_moves_its_end():
    case = walk(answered(), "confirm", FIRM)
    called = walk(case, "call_back", ANALYST, "2022-10-20 09:00", words="企业表示问题已解决")

    assert (called.state, called.ended, called.open) == ("closed", case.ended, False)
    assert called.ver == case.ver + 1


def test_a_withdrawn_case_leaves_no_clock_running():
    case = walk(working(), "withdraw", FIRM)

    assert case.state == "withdrawn"
    assert states(case) == {"accept": "met", "sign": "met", "contact": "met", "solve": "cancelled"}
    assert case.due is None


# --- beside the table -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ACTS)
def test_no_act_beside_the_table_changes_the_state(kind):
    actor = SYSTEM if kind in ("hear_again", "rung", "recount", "upgrade", "verdict", "party") else COMMAND
    decided = act(
        table(), working(), kind, actor, at("2022-09-27 09:00"), words="说明", given={"handler": "zhang", "from": "P-1", "to": "P-2"}
    )

    assert isinstance(decided, Decision)
    assert (decided.event.from_state, decided.event.to_state, decided.case.ver) == ("working", "working", 5)


def test_a_stranger_may_not_even_leave_a_note_and_only_the_platform_sweeps():
    refused = act(table(), working(), "note", STRANGER, at("2022-09-27 09:00"), words="路过")
    swept = act(table(), working(), "rung", COMMAND, at("2022-09-27 09:00"))

    assert isinstance(refused, Refused)
    assert isinstance(swept, Refused)
    assert refused.code == swept.code == "not_allowed"


def test_a_note_is_internal_and_a_message_is_not():
    case, when = working(), at("2022-09-27 09:00")
    note, message = (act(table(), case, kind, DRC, when, words="已约企业周三见面") for kind in ("note", "message"))

    assert isinstance(note, Decision)
    assert isinstance(message, Decision)
    assert (note.event.internal, message.event.internal) == (True, False)
    assert isinstance(act(table(), case, "note", DRC, when, words=" "), Refused)


def test_after_the_end_one_may_still_speak_but_not_urge():
    case = walk(answered(), "confirm", FIRM)
    when = at("2022-10-20 09:00")

    assert isinstance(act(table(), case, "message", FIRM, when, words="谢谢"), Decision)
    urged = act(table(), case, "urge", FIRM, when, words="快办")
    assert isinstance(urged, Refused)
    assert urged.code == "ended"


def test_urging_tells_whoever_owes_the_next_act():
    urged = act(table(), working(), "urge", FIRM, at("2022-09-29 09:00"), words="请尽快")

    assert isinstance(urged, Decision)
    assert [(one.unit, one.what) for one in urged.notices] == [("DRC", "urge")]


def test_a_handler_is_named_by_an_act_and_by_signing():
    case = working()
    assert case.handler == "drc"
    named = act(table(), case, "handler", DRC, at("2022-09-27 09:00"), given={"handler": "li"})
    assert isinstance(named, Decision)
    assert named.case.handler == "li"


# --- replay ---------------------------------------------------------------------------------------------------------------------------------------


def test_folding_the_events_of_a_whole_life_gives_the_row():
    decided = open_case(table(), opened(), FIRM, OPENED, TIME)
    events, case = [decided.event], decided.case
    life = [
        ("accept", COMMAND, {"grade": "complex"}), ("assign", COMMAND, {"lead": "DRC", "joint": ["IIT"]}), ("sign", IIT, {}), ("contact", IIT, {}),
        ("part", DRC, {}), ("pause", IIT, {}), ("resume", IIT, {}), ("extend", COMMAND, {}), ("discuss", IIT, {}), ("answer", IIT, {}), ("reopen", FIRM, {}),
        ("answer", IIT, {"result": "partly"}), ("confirm", FIRM, {"satisfaction": "fair"}), ("call_back", COMMAND, {}),
    ]  # fmt: skip
    for edge, actor, more in life:
        one = attempt(case, edge, actor, **more)
        assert isinstance(one, Decision), (edge, one)
        events.append(one.event)
        case = one.case

    assert replayed(events) == case
    assert plain(replayed(events)) == plain(case)
    assert [one.ver for one in events] == list(range(len(life) + 1))
    assert case_from(plain(case)) == case


def test_an_event_says_only_what_changed():
    decided = attempt(working(), "discuss", DRC)

    assert isinstance(decided, Decision)
    assert set(decided.event.change) == {"ver", "changed", "data", "walked"}


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", "x", 3),
        ("count", 3, -1),
        ("count", 0, True),
        ("money", -500, "5"),
        ("flag", False, 0),
        ("date", "2022-09-30", "2022-09-31"),
        ("date", "2022-09-30", "30.9.2022"),
        ("files", ["sha256:1"], ["", "x"]),
        ("offices", ["DRC"], "DRC"),
        ("options", ["a", "b"], ["a", " "]),
    ],
)
def test_what_a_field_takes(kind, good, bad):
    field = Field("x", "某", "Some", kind)

    assert fits(field, good)
    assert not fits(field, bad)


def test_the_head_of_an_office_is_told_by_his_post():
    chief = Actor("boss", "DRC", frozenset({"department", "head"}))

    assert "head" in roles_of(working(), chief)
    assert "head" not in roles_of(working(), Actor("boss", "FIN", frozenset({"head"})))
