"""Definitions: limits and rungs as a pack writes them, the JSON form, what `faults_of` refuses, one planted fault each."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cases_cast import table, tables
from yunxing.engines.cases.definition import BUILT_IN_FIELDS, OWNERS, ROLES, Definition, Limit, from_body, rung_terms
from yunxing.engines.cases.effects import EFFECTS
from yunxing.engines.cases.guards import GUARDS
from yunxing.engines.cases.step import ACTS
from yunxing.engines.cases.validate import faults_of
from yunxing.values.errors import BadInput


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("10 working days", "working_day", 10),
        ("1 working day", "working_day", 1),
        ("4 office hours", "office_second", 14_400),
        ("30 office minutes", "office_second", 1_800),
        ("24 hours", "second", 86_400),
        ("90 minutes", "second", 5_400),
        ("30 days", "day", 30),
    ],
)
def test_limits_are_read_and_written_back(text, unit, amount):
    limit = Limit.parse(text)

    assert (limit.unit, limit.amount) == (unit, amount)
    assert Limit.parse(limit.text) == limit


@pytest.mark.parametrize("text", ["", "10", "ten days", "0 working days", "-3 days", "10 weeks", "1.5 days", "10  working days"])
def test_what_is_no_limit_is_refused_with_an_example(text):
    with pytest.raises(BadInput, match="expected a limit such as"):
        Limit.parse(text)


@pytest.mark.parametrize(("text", "terms"), [("25% left", ("left", 25)), ("due", ("due", 0)), ("3 working days after", ("after", 3)), ("1 working day after", ("after", 1))])  # fmt: skip
def test_rungs_are_read(text, terms):
    assert rung_terms(text) == terms


@pytest.mark.parametrize("text", ["", "0% left", "100% left", "0 working days after", "3 days after", "overdue"])
def test_what_is_no_rung_is_refused(text):
    with pytest.raises(BadInput, match="25% left"):
        rung_terms(text)


@pytest.mark.parametrize("name", sorted(tables()))
def test_every_table_of_the_first_plan_holds_and_comes_back_from_its_json(name):
    definition = table(name)

    assert faults_of(definition) == []
    again = from_body(json.loads(json.dumps(definition.body)))
    assert again == definition
    assert again.hash == definition.hash


def test_any_change_of_a_table_changes_its_hash():
    body = table().body
    changed = [
        {**body, "version": 2},
        {**body, "clocks": [{**one, "limit": "11 working days"} if one["name"] == "solve" else one for one in body["clocks"]]},
        {**body, "edges": [{**one, "by": ["lead"]} if one["name"] == "accept" else one for one in body["edges"]]},
        {**body, "hours": {"spans": ["09:00-12:00"], "receipt_next_day": True}},
        {**body, "ladder": body["ladder"][1:]},
        {**body, "talk": None},
    ]
    hashes = {from_body(one).hash for one in changed}

    assert len(hashes) == len(changed)
    assert table().hash not in hashes


def test_a_name_that_is_not_there_is_refused_with_those_that_are():
    for ask in (table().state, table().edge, table().clock, table().field):
        with pytest.raises(BadInput, match="expected one of"):
            ask("nothing")


def test_fields_of_closed_lists_choose_from_the_definitions_own():
    definition = table()

    assert [one.name for one in definition.field("result").choices] == ["solved", "partly", "explained", "impossible"]
    assert [one.name for one in definition.field("pause_reason").choices] == [one.name for one in definition.pause_reasons]
    assert {one.name for one in BUILT_IN_FIELDS} <= {one.name for one in definition.all_fields}


def test_roles_guards_and_effects_have_words_of_their_own():
    assert set(OWNERS) < set(ROLES)
    assert all((one.__doc__ or "").strip() for one in (*GUARDS.values(), *EFFECTS.values()))


# --- what is refused ------------------------------------------------------------------------------------------------------------------------------


def body_of() -> dict[str, Any]:
    """A small table that holds: two states, one clock, one rung."""
    state = {"title": "某", "title_en": "Some", "end": False}
    edge: dict[str, Any] = {name: [] for name in ("needs", "takes", "guards", "effects", "starts", "stops", "pauses", "resumes")}
    edge |= {"title": "某", "title_en": "Some", "extends": {}, "on_missed": "", "internal": False}
    named = {"title": "某", "title_en": "Some"}
    return {
        "id": "small", "version": 1, "title": "小", "title_en": "Small", "kind": "case", "in_force_from": "2022-01-01", "command": "CMD", "source": "",
        "lead": "named", "opening": ["answer"], "talk": {"missed": 3, "source": "room"}, "fields": [], "grades": [],
        "hours": {"spans": ["08:30-12:00"], "receipt_next_day": True},
        "states": [{**state, "name": "open", "owner": "lead"}, {**state, "name": "idle", "owner": "lead"}, {**state, "name": "done", "owner": "command", "end": True}],
        "edges": [
            {**edge, "name": "answer", "sources": ["open"], "to": "done", "by": ["lead"], "stops": ["answer"], "needs": ["done"]},
            {**edge, "name": "rest", "sources": ["open"], "to": "idle", "by": ["lead"], "needs": ["pause_reason"], "pauses": ["answer"]},
            {**edge, "name": "wake", "sources": ["idle"], "to": "open", "by": ["lead"], "resumes": ["answer"]},
            {**edge, "name": "longer", "sources": ["open"], "to": "", "by": ["command"], "needs": ["reason"], "extends": {"answer": "20 working days"}},
            {**edge, "name": "lapse", "sources": ["open"], "to": "done", "by": ["system"], "on_missed": "answer"},
        ],
        "clocks": [{**named, "name": "answer", "limit": "5 working days", "source": "clause", "grades": {}, "joint": False}],
        "results": [], "pause_reasons": [{**named, "name": "law", "needs": [], "expects": ""}],
        "ladder": [{**named, "clock": "answer", "at": at, "name": name, "to": to, "talk": False} for at, name, to in (("25% left", "remind", "lead"), ("due", "urge", "head"))],
    }  # fmt: skip


def small(**rest: Any) -> Definition:
    return from_body({**body_of(), **rest})


def with_edge(number: int, **rest: Any) -> Definition:
    body = body_of()
    body["edges"][number] |= rest
    return from_body(body)


def test_the_small_table_holds():
    assert faults_of(small()) == []


def states(*named: dict[str, Any]) -> dict[str, Any]:
    return {"states": [*body_of()["states"], *({"title": "某", "title_en": "Some", "end": False, **one} for one in named)]}


PLANTED: dict[str, tuple[Definition, str]] = {
    "a state nobody reaches": (small(**states({"name": "island", "owner": "lead", "end": True})), "'island' cannot be reached"),
    "a dead end": (with_edge(2, sources=["open"]), "'idle' is a dead end"),
    "no end at all": (small(states=[{**one, "end": False} for one in body_of()["states"]]), "no state is an end"),
    "an end from which nothing began": (small(states=[{**one, "end": one["name"] != "idle"} for one in body_of()["states"]]), "the first state 'open' is an end"),
    "a state without owner": (small(states=[{**one, "owner": ""} if one["name"] == "idle" else one for one in body_of()["states"]]), "'idle' has no owner"),
    "a state of an unknown owner": (small(states=[{**one, "owner": "joint"} if one["name"] == "idle" else one for one in body_of()["states"]]), "the owner 'joint'"),
    "a state twice": (small(**states({"name": "idle", "owner": "lead"})), "states: the name 'idle' a second time"),
    "an edge twice": (with_edge(4, name="wake"), "edges: the name 'wake' a second time"),
    "an edge to nowhere": (with_edge(2, to="opne"), "'opne' is not among the states"),
    "an edge from nowhere": (with_edge(2, sources=["idle", "idel"]), "'idel' is not among the states"),
    "an edge without source": (with_edge(3, sources=[]), "it begins in no state"),
    "an edge nobody walks": (with_edge(0, by=[]), "nobody may walk it"),
    "an edge of an empty role": (with_edge(0, by=[""]), "nobody may walk it"),
    "an edge of an unknown role": (with_edge(0, by=["boss"]), "the role 'boss' is none of"),
    "an edge named like an act": (with_edge(3, name="note"), "one of the platform's own acts"),
    "an edge named open": (with_edge(3, name="open"), "one of the platform's own acts"),
    "an unknown field": (with_edge(0, needs=["donne"]), "it asks for 'donne', which is no field"),
    "a choice without choices": (with_edge(0, needs=["done", "result"]), "nothing to choose from"),
    "an unknown effect": (with_edge(0, effects=["vanish"]), "the effect 'vanish'"),
    "an unknown guard": (with_edge(0, guards=["never"]), "found the guard 'never'"),
    "a guard without its argument": (with_edge(0, guards=["once"]), "expected once:…"),
    "a guard with one too many": (with_edge(0, guards=["joint_done:x"]), "expected joint_done"),
    "a guard of an unknown edge": (with_edge(0, guards=["once:anwser"]), "names the edge 'anwser'"),
    "a guard of an unknown clock": (with_edge(0, guards=["within:anwser"]), "names the clock 'anwser'"),
    "a guard of an unknown field": (with_edge(0, guards=["given:anwser"]), "names the field 'anwser'"),
    "a guard of an unknown grade": (with_edge(0, guards=["graded:urgent"]), "names the grade 'urgent'"),
    "a pause without reason": (with_edge(1, needs=[]), "needs a pause_reason of the closed list"),
    "a pause without a list": (small(pause_reasons=[]), "there is no closed list of pause_reasons"),
    "a pause nobody ends": (with_edge(2, resumes=[]), "paused by an edge and resumed by none"),
    "an extension without reason": (with_edge(3, needs=[]), "it extends a limit, so it needs a reason"),
    "an extension of nothing": (with_edge(3, extends={"anwser": "9 days"}), "extends names the clock 'anwser'"),
    "what runs out and nobody walks": (with_edge(4, by=["command"]), "`by` must name system"),
    "a clock that runs out and is none": (with_edge(4, on_missed="anwser"), "on_missed names the clock 'anwser'"),
    "a clock never stopped": (with_edge(0, stops=[]), "'answer' is never stopped"),
    "a clock never started": (small(opening=[]), "'answer' is never started"),
    "an opening clock that is none": (small(opening=["answer", "anwser"]), "opening: the clock 'anwser'"),
    "days without source": (small(clocks=[{**body_of()["clocks"][0], "source": " "}]), "the limit has no source"),
    "a grade that is none": (small(clocks=[{**body_of()["clocks"][0], "grades": {"urgent": "1 working day"}}]), "the grade 'urgent' is not among"),
    "a rung of no clock": (small(ladder=[{**body_of()["ladder"][0], "clock": "anwser"}]), "the clock 'anwser' is not among"),
    "a rung to nobody": (small(ladder=[{**body_of()["ladder"][0], "to": "boss"}]), "the role 'boss'"),
    "a rung at no time": (small(ladder=[{**body_of()["ladder"][0], "at": "soon"}]), "expected '25% left'"),
    "rungs out of order": (small(ladder=body_of()["ladder"][::-1]), "it does not come after the rung before it"),
    "the same rung twice": (small(ladder=body_of()["ladder"][:1] * 2), "it does not come after the rung before it"),
    "a talk without source": (small(talk={"missed": 3, "source": ""}), "talk: the number has no source"),
}  # fmt: skip


@pytest.mark.parametrize("fault", PLANTED)
def test_bad(fault):
    """What must be refused, and the words that say so."""
    definition, said = PLANTED[fault]

    assert any(said in one for one in faults_of(definition)), faults_of(definition)


def test_all_faults_are_told_at_once():
    found = faults_of(with_edge(0, by=["boss"], to="nowhere", needs=["donne"], guards=["never"], stops=[]))

    assert len(found) >= 5


def test_a_state_from_which_one_can_only_go_in_circles_is_refused():
    body = body_of()
    body["states"].append({"name": "limbo", "title": "某", "title_en": "Some", "owner": "lead", "end": False})
    body["states"].append({"name": "ring", "title": "某", "title_en": "Some", "owner": "lead", "end": False})
    plain = body["edges"][2] | {"resumes": []}
    for name, source, to in (("enter", "open", "limbo"), ("there", "limbo", "ring"), ("back", "ring", "limbo")):
        body["edges"].append({**plain, "name": name, "sources": [source], "to": to})
    found = faults_of(from_body(body))

    assert [one for one in found if "no end can be reached" in one] == [
        f"from the state {one!r} no end can be reached" for one in ("limbo", "ring")
    ]


def test_every_act_beside_the_table_is_refused_as_an_edges_name():
    for name in ACTS:
        assert any("own acts" in one for one in faults_of(with_edge(3, name=name)))
