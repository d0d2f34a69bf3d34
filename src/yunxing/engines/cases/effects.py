"""Effects: named changes an edge makes to who works on a case. Pure; applied after the guards held and the clocks of the edge moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from yunxing.engines.cases import clocks
from yunxing.engines.cases.case import Actor, Case, Part
from yunxing.engines.cases.definition import Definition
from yunxing.values.office_hours import WorkingTime


@dataclass(frozen=True, slots=True)
class Acting:
    """What an effect works with."""

    definition: Definition
    actor: Actor
    facts: Mapping[str, Any]
    at: dt.datetime
    time: WorkingTime


Effect = Callable[[Case, Acting], Case]


def assign(case: Case, acting: Acting) -> Case:
    """The office given as `lead` leads and those given as `joint` help, each with clocks of its own. Under the first-receiver rule all of them are candidates."""
    joint = tuple(dict.fromkeys(acting.facts.get("joint") or ()))
    lead = str(acting.facts.get("lead") or (joint[0] if joint else case.lead))
    if acting.definition.lead == "first_receiver" and joint:
        return replace(case, lead=lead, candidates=tuple(dict.fromkeys((lead, *joint))), handler="")
    return _with_parts(replace(case, lead=lead, candidates=(), handler=""), [one for one in joint if one != lead], acting)


def claim(case: Case, acting: Acting) -> Case:
    """First-receiver rule (首接负责): of several candidates the office that signs first leads, the others help."""
    if not case.candidates or acting.actor.unit not in case.candidates:
        return case
    others = [one for one in case.candidates if one != acting.actor.unit]
    return _with_parts(replace(case, lead=acting.actor.unit, candidates=()), others, acting)


def add_joint(case: Case, acting: Acting) -> Case:
    """Further offices help; clocks of those at work already are not touched."""
    return _with_parts(case, [one for one in acting.facts.get("joint") or () if one != case.lead], acting)


def _with_parts(case: Case, offices: list[str], acting: Acting) -> Case:
    known = {one.office: one for one in case.parts}
    for office in offices:
        if office in known and known[office].state == "open":
            continue
        known[office] = Part(office)
        for spec in acting.definition.clocks:
            if spec.joint:
                case = clocks.start(acting.definition, case, spec.name, acting.at, acting.time, office=office)
    return replace(case, parts=tuple(known[office] for office in sorted(known)))


def answer_part(case: Case, acting: Acting) -> Case:
    """The actor's joint office has done its part: its own clocks stop, nobody else's."""
    return _close_part(case, acting.actor.unit, "answered", acting.at)


def release_joint(case: Case, acting: Acting) -> Case:
    """Offices that still owe their part are released; their clocks stop being counted."""
    for office in case.joint:
        case = _close_part(case, office, "released", acting.at)
    return case


def _close_part(case: Case, office: str, state: Any, at: dt.datetime) -> Case:
    if office not in case.joint:
        return case
    for clock in case.clocks:
        if clock.office == office and clock.ticking:
            case = (
                clocks.stop(case, clock.name, at, office=office)
                if state == "answered"
                else clocks.drop(case, clock.name, at, office=office)
            )
    return replace(case, parts=tuple(Part(one.office, state) if one.office == office else one for one in case.parts))


def decline(case: Case, acting: Acting) -> Case:
    """The actor's office disputes the dispatch: remembered for the ping-pong guard and for the rule that the second dispute goes to the command."""
    office = acting.actor.unit or case.lead
    candidates = tuple(one for one in case.candidates if one != office)
    return replace(case, declined=tuple(dict.fromkeys((*case.declined, office))), candidates=candidates)


def regrade(case: Case, acting: Acting) -> Case:
    """The grade given decides the limits of the clocks that start from now on."""
    return replace(case, grade=str(acting.facts.get("grade") or case.grade))


def take(case: Case, acting: Acting) -> Case:
    """The person given, else the actor himself, handles the case in his office."""
    return replace(case, handler=str(acting.facts.get("handler") or acting.actor.id))


def settle(case: Case, acting: Acting) -> Case:
    """The result given is the outcome of the case."""
    return replace(case, outcome=str(acting.facts.get("result") or case.outcome))


EFFECTS: dict[str, Effect] = {
    one.__name__: one for one in (assign, claim, add_joint, answer_part, release_joint, decline, regrade, take, settle)
}
