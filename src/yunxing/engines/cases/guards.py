"""Guards: named conditions of an edge, pure functions of the case, the actor and the facts passed in. A pack writes `name` or `name:argument`.

A fact that was not passed in is not zero: the guard then refuses and says what is unknown. Each gives the empty text when it holds, else the sentence that refuses,
Chinese and English.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from yunxing.engines.cases.case import Actor, Case
from yunxing.values.errors import BadInput

Saying = tuple[str, str]
HOLDS: Saying = ("", "")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a guard is asked with."""

    case: Case
    actor: Actor
    facts: Mapping[str, Any]
    now: dt.datetime


Guard = Callable[[Asked, str], Saying]


def once(asked: Asked, edge: str) -> Saying:
    """The edge was not walked on this case before."""
    return ("此操作只能进行一次", "this can be done once only") if asked.case.walked.get(edge) else HOLDS


def again(asked: Asked, edge: str) -> Saying:
    """The edge was walked before."""
    return HOLDS if asked.case.walked.get(edge) else (f"须先进行“{edge}”", f"the step {edge} must come before")


def within(asked: Asked, clock: str) -> Saying:
    """The clock runs and is not past due."""
    found = asked.case.clock(clock)
    if found is not None and found.state == "running" and asked.now <= found.due:
        return HOLDS
    return ("已过规定时限", f"the limit {clock} has passed")


def past(asked: Asked, clock: str) -> Saying:
    """The clock runs and is past due."""
    found = asked.case.clock(clock)
    return (
        HOLDS
        if found is not None and found.state == "running" and asked.now > found.due
        else ("时限未到", f"the limit {clock} has not passed")
    )


def joint_done(asked: Asked, _: str) -> Saying:
    """Every joint office has answered or was released."""
    waiting = asked.case.joint
    return (f"协办单位尚未反馈：{'、'.join(waiting)}", f"joint offices have not answered: {', '.join(waiting)}") if waiting else HOLDS


def new_office(asked: Asked, _: str) -> Saying:
    """Ping-pong guard: the office proposed as lead did not decline this case before. The command, which decides disputes, may still name it."""
    lead = asked.facts.get("lead", "")
    if lead in asked.case.declined and "command" not in asked.actor.posts:
        return (f"{lead} 已退回过此事项，须由指挥部裁定", f"{lead} declined this case before; the command decides")
    return HOLDS


def other_lead(asked: Asked, _: str) -> Saying:
    """The office proposed is not the one that leads already."""
    return ("已由该单位牵头", "that office leads already") if asked.facts.get("lead") == asked.case.lead else HOLDS


def disputed_once(asked: Asked, _: str) -> Saying:
    """No office declined the dispatch yet: a second dispute goes to the command."""
    return (
        ("已有单位退回过一次，再有异议由指挥部裁定", "it was declined once; a second dispute goes to the command")
        if asked.case.declined
        else HOLDS
    )


def disputed_before(asked: Asked, _: str) -> Saying:
    """Some office declined the dispatch before."""
    return HOLDS if asked.case.declined else ("第一次异议应直接退回", "a first dispute is returned directly")


def true(asked: Asked, fact: str) -> Saying:
    """The fact is true."""
    value = asked.facts.get(fact)
    if value is None:
        return _unknown(fact)
    return HOLDS if value is True else (f"不满足条件：{fact}", f"{fact} does not hold")


def zero(asked: Asked, fact: str) -> Saying:
    """The fact is the number 0, such as what is outstanding before a gate opens."""
    value = asked.facts.get(fact)
    if value is None:
        return _unknown(fact)
    return HOLDS if value == 0 else (f"{fact} 尚有 {value}，应为 0", f"{fact} is {value}, it must be 0")


def positive(asked: Asked, fact: str) -> Saying:
    """The fact is a number above 0."""
    value = asked.facts.get(fact)
    if value is None:
        return _unknown(fact)
    return HOLDS if isinstance(value, int) and value > 0 else (f"{fact} 为 {value}，应大于 0", f"{fact} is {value}, it must be above 0")


def graded(asked: Asked, grade: str) -> Saying:
    """The case is of this grade."""
    return HOLDS if asked.case.grade == grade else (f"仅适用于“{grade}”类", f"only for cases of grade {grade}")


def given(asked: Asked, field: str) -> Saying:
    """The field was given on this case before, or is given now."""
    return HOLDS if asked.case.data.get(field) or asked.facts.get(field) else (f"尚缺：{field}", f"{field} is missing")


def _unknown(fact: str) -> Saying:
    return (f"尚不知道 {fact}，不能办理", f"{fact} is not known, so this cannot be done")


GUARDS: dict[str, Guard] = {
    one.__name__: one
    for one in (
        once,
        again,
        within,
        past,
        joint_done,
        new_office,
        other_lead,
        disputed_once,
        disputed_before,
        true,
        zero,
        positive,
        graded,
        given,
    )
}
TAKE_EDGE = frozenset({"once", "again"})
TAKE_CLOCK = frozenset({"within", "past"})
TAKE_FACT = frozenset({"true", "zero", "positive"})
TAKE_FIELD = frozenset({"given"})
TAKE_GRADE = frozenset({"graded"})


def parsed(text: str) -> tuple[str, str]:
    """A guard's name and argument; `BadInput` for a name that is none, and for an argument missing or too many."""
    name, mark, argument = text.partition(":")
    if name not in GUARDS:
        raise BadInput(f"found the guard {text!r}, expected one of: {', '.join(GUARDS)}")
    takes = name in TAKE_EDGE | TAKE_CLOCK | TAKE_FACT | TAKE_FIELD | TAKE_GRADE
    if takes != bool(mark and argument):
        raise BadInput(f"found the guard {text!r}, expected {name + ':…' if takes else name}")
    return name, argument


def holds(text: str, asked: Asked) -> Saying:
    """Whether the guard holds: the empty text, else why not."""
    name, argument = parsed(text)
    return GUARDS[name](asked, argument)
