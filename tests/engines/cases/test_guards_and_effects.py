"""Guards and effects one by one: what holds, what refuses with which words, and that a fact nobody passed in is not zero."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from cases_cast import COMMAND, DRC, FIN, IIT, TIME, at, opened, table, walk, working
from yunxing.engines.cases.case import Actor, Part
from yunxing.engines.cases.effects import EFFECTS, Acting
from yunxing.engines.cases.guards import GUARDS, Asked, holds, parsed
from yunxing.values.errors import BadInput

NOW = at("2022-09-27 09:00")


def asked(case=None, actor=DRC, now=NOW, **facts):
    return Asked(case or working(), actor, facts, now)


HOLD = {
    "once:extend": asked(),
    "again:accept": asked(),
    "within:solve": asked(),
    "past:solve": asked(now=at("2022-10-14 09:00")),
    "joint_done": asked(),
    "new_office": asked(lead="IIT"),
    "other_lead": asked(lead="IIT"),
    "disputed_once": asked(),
    "disputed_before": asked(replace(working(), declined=("IIT",))),
    "true:approved": asked(approved=True),
    "zero:outstanding": asked(outstanding=0),
    "positive:people": asked(people=1),
    "graded:urgent": asked(replace(working(), grade="urgent")),
    "given:contacted": asked(),
}
REFUSE = {
    "once:accept": (asked(), "只能进行一次"),
    "again:extend": (asked(), "须先进行"),
    "within:solve": (asked(now=at("2022-10-13 17:30:01")), "已过规定时限"),
    "within:sign": (asked(), "已过规定时限"),
    "past:solve": (asked(now=at("2022-10-13 17:30")), "时限未到"),
    "joint_done": (asked(replace(working(), parts=(Part("FIN"), Part("IIT", "answered")))), "协办单位尚未反馈：FIN"),
    "new_office": (asked(replace(working(), declined=("IIT",)), lead="IIT"), "IIT 已退回过"),
    "other_lead": (asked(lead="DRC"), "已由该单位牵头"),
    "disputed_once": (asked(replace(working(), declined=("IIT",))), "已有单位退回过一次"),
    "disputed_before": (asked(), "第一次异议"),
    "true:approved": (asked(approved=False), "不满足条件"),
    "zero:outstanding": (asked(outstanding=3), "尚有 3"),
    "positive:people": (asked(people=0), "应大于 0"),
    "graded:urgent": (asked(), "仅适用于"),
    "given:notice": (asked(), "尚缺"),
}


@pytest.mark.parametrize("guard", HOLD)
def test_a_guard_that_holds_says_nothing(guard):
    assert holds(guard, HOLD[guard]) == ("", "")


@pytest.mark.parametrize("guard", REFUSE)
def test_a_guard_that_refuses_says_why_in_both_languages(guard):
    given, said = REFUSE[guard]
    zh, en = holds(guard, given)

    assert said in zh
    assert en


@pytest.mark.parametrize("guard", ["true:approved", "zero:outstanding", "positive:people"])
def test_a_fact_nobody_passed_in_is_not_zero(guard):
    assert "尚不知道" in holds(guard, asked())[0]


def test_every_guard_has_a_case_that_holds_and_one_that_does_not():
    assert {one.partition(":")[0] for one in HOLD} == set(GUARDS)
    assert {one.partition(":")[0] for one in REFUSE} == set(GUARDS)


@pytest.mark.parametrize("text", ["nothing", "once", "once:", "joint_done:x", "zero"])
def test_what_is_no_guard_is_refused(text):
    with pytest.raises(BadInput, match="found the guard"):
        parsed(text)


def test_the_command_may_send_back_to_who_declined():
    given = asked(replace(working(), declined=("IIT",)), actor=COMMAND, lead="IIT")

    assert holds("new_office", given) == ("", "")


def acting(actor=DRC, **facts):
    return Acting(table(), actor, facts, NOW, TIME)


def test_assigning_to_one_office_names_no_candidates():
    case = EFFECTS["assign"](opened(), acting(COMMAND, lead="FIN"))

    assert (case.lead, case.candidates, case.parts) == ("FIN", (), ())


def test_assigning_several_under_a_named_lead_makes_the_others_joint_at_once():
    named = replace(table(), lead="named")
    case = EFFECTS["assign"](opened(), replace(acting(COMMAND, lead="FIN", joint=["IIT", "FIN", "IIT"]), definition=named))

    assert (case.lead, case.candidates) == ("FIN", ())
    assert case.parts == (Part("IIT"),)
    assert [(one.name, one.office) for one in case.clocks if one.office] == [("part", "IIT")]


def test_only_a_candidate_can_claim():
    case = replace(opened(), lead="DRC", candidates=("DRC", "IIT"))

    assert EFFECTS["claim"](case, acting(FIN)) is case
    claimed = EFFECTS["claim"](case, acting(IIT))
    assert (claimed.lead, claimed.parts) == ("IIT", (Part("DRC"),))


def test_an_office_that_answered_may_be_asked_again():
    case = replace(working(), parts=(Part("IIT", "answered"),))
    asked_again = EFFECTS["add_joint"](case, acting(DRC, joint=["IIT"]))

    assert asked_again.parts == (Part("IIT"),)
    assert asked_again.clock("part", "IIT").state == "running"


def test_the_lead_is_never_joint_to_itself():
    assert EFFECTS["add_joint"](working(), acting(DRC, joint=["DRC"])).parts == ()


def test_who_declines_is_remembered_once_and_leaves_the_candidates():
    case = replace(opened(), lead="DRC", candidates=("DRC", "IIT"))
    once = EFFECTS["decline"](case, acting(DRC))
    twice = EFFECTS["decline"](once, acting(DRC))

    assert (once.declined, once.candidates) == (("DRC",), ("IIT",))
    assert twice.declined == ("DRC",)


def test_an_office_without_a_part_answers_nothing():
    case = working()

    assert EFFECTS["answer_part"](case, acting(FIN)) is case


def test_returning_a_case_shortens_no_other_offices_clock():
    """Whatever the lead does, a joint office's clock keeps its due instant until that office answers or is released."""
    case = walk(walk(opened(), "accept", COMMAND), "assign", COMMAND, lead="DRC", joint=["IIT", "FIN"])
    case = walk(walk(case, "sign", IIT), "contact", IIT)
    due = case.clock("part", "FIN").due
    for edge, actor in (("pause", IIT), ("resume", IIT), ("discuss", IIT), ("extend", COMMAND), ("part", DRC)):
        case = walk(case, edge, actor)
        assert case.clock("part", "FIN").due == due, edge


def test_small_effects():
    case = opened()

    assert EFFECTS["regrade"](case, acting(grade="urgent")).grade == "urgent"
    assert EFFECTS["regrade"](replace(case, grade="complex"), acting()).grade == "complex"
    assert EFFECTS["take"](case, acting()).handler == "drc"
    assert EFFECTS["take"](case, acting(handler="li")).handler == "li"
    assert EFFECTS["settle"](case, acting(result="solved")).outcome == "solved"
    assert EFFECTS["settle"](case, acting()).outcome == ""


def test_effects_and_guards_leave_the_case_they_were_given_alone():
    case = working()
    before = replace(case, data=MappingProxyType(dict(case.data)))
    for effect in EFFECTS.values():
        effect(case, acting(Actor("x", "DRC"), lead="FIN", joint=["IIT"], grade="urgent", result="solved"))

    assert case == before
