"""`step`: one move of a case by an edge of its table. Pure: the definition, the case, who acts, the facts, the instant and the working time are passed in.

It gives a `Decision` (the case after, and the event that says all that changed) or `Refused` (why not, in words for the person). The store records a decision by one
compare-and-set. `open_case` makes the first event; `act` is for what the table does not list: notes, urging, a later alarm, a rung, a recount, an upgrade.
Such an act never changes the state.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from yunxing.engines.cases import clocks
from yunxing.engines.cases.case import SYSTEM, Actor, Case, owner_of, plain, roles_of
from yunxing.engines.cases.definition import Choice, Definition, Edge, Field
from yunxing.engines.cases.effects import EFFECTS, Acting
from yunxing.engines.cases.guards import TAKE_FACT, Asked, holds, parsed
from yunxing.values.office_hours import WorkingTime

ACTS = ("note", "message", "urge", "handler", "hear_again", "rung", "recount", "upgrade", "verdict", "duplicate", "party")
"""What may happen to a case beside its table. `note` and `message` (seen by the origin) may also come after its end; so may `verdict` and `duplicate`, and
`party`, by which a case follows the party it is about when the registry merges two (`given`: from, to)."""
ONLY_SYSTEM = frozenset({"hear_again", "rung", "recount", "upgrade", "verdict", "party"})
AFTER_END = frozenset({"note", "message", "verdict", "upgrade", "duplicate", "party"})
NEED_WORDS = frozenset({"note", "message", "urge"})
INTERNAL = frozenset({"note", "rung", "handler", "hear_again", "verdict", "duplicate", "party"})
ENGINE_FIELDS = ("reason", "words")


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a case. `change` holds every part of the row that changed, by name; folding all changes gives the row. `given` are the fields as entered."""

    case: str
    ver: int
    edge: str
    from_state: str
    to_state: str
    actor: str
    unit: str
    recorded: dt.datetime
    effective: dt.datetime
    reason: str = ""
    given: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    change: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody is to hear of an event: the body by its code (`unit`) or the person (`person`), and why."""

    unit: str
    person: str
    what: str


@dataclass(frozen=True, slots=True)
class RungDue:
    """A rung of a running clock and when it falls due; `office` is the body its role means on this case."""

    clock: str
    number: int
    at: dt.datetime
    name: str
    title: str
    role: str
    office: str
    talk: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """A move that holds: the case before (None when it opens), the case after, its event, who hears of it, and the rungs that now lie ahead (None: as before)."""

    before: Case | None
    case: Case
    event: Event
    notices: tuple[Notice, ...] = ()
    rungs: tuple[RungDue, ...] | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A move that does not hold, in a sentence for the person; `fields` are the fields to be mended.

    Codes: `no_edge wrong_state not_allowed missing bad_value guard ended time`.
    """

    code: str
    words: str
    words_en: str
    fields: tuple[str, ...] = ()


def open_case(definition: Definition, case: Case, actor: Actor, now: dt.datetime, time: WorkingTime) -> Decision:
    """A new case in the first state, its opening clocks running from `case.opened`; event 0 carries the whole row."""
    case = replace(case, definition=definition.id, version=definition.version, state=definition.first, ver=0, changed=case.opened)
    for name in definition.opening:
        case = clocks.start(definition, case, name, case.opened, time)
    case = replace(case, owner=owner_of(definition, case))
    event = Event(
        case.id,
        0,
        "open",
        "",
        case.state,
        actor.id,
        actor.unit,
        now,
        case.opened,
        case.words,
        MappingProxyType(dict(case.data)),
        plain(case),
    )
    return Decision(None, case, event, _told(case, "opened"), rungs_of(definition, case, time))


def step(
    definition: Definition,
    case: Case,
    edge: str,
    actor: Actor,
    facts: Mapping[str, Any],
    now: dt.datetime,
    time: WorkingTime,
    *,
    effective: dt.datetime | None = None,
) -> Decision | Refused:
    """Walk `edge`. `facts` are the fields the person gave and what guards ask for; `effective` is when it really happened, by default `now`.

    Errors: `BadInput` when `definition` is not the version the case was begun with, which is a bug of the caller.
    """
    definition_fits(definition, case)
    at = effective or now
    refused = _refused(definition, case, edge, actor, facts, now, at)
    if refused is not None:
        return refused
    taken = definition.edge(edge)
    given = {
        name: facts[name]
        for name in dict.fromkeys((*taken.needs, *taken.takes, *_conditional(definition, taken, facts)))
        if _has(facts, name)
    }
    after = _walked(definition, case, taken, Acting(definition, actor, facts, at, time), given)
    used = {argument: facts[argument] for name, argument in map(parsed, taken.guards) if name in TAKE_FACT}
    event = _event(case, after, taken.name, actor, now, at, {**given, **used}, internal=taken.internal)
    return Decision(case, after, event, _told(after, taken.name) if after.owner != case.owner else (), rungs_of(definition, after, time))


def act(
    definition: Definition,
    case: Case,
    kind: str,
    actor: Actor,
    now: dt.datetime,
    *,
    words: str = "",
    given: Mapping[str, Any] | None = None,
    after: Case | None = None,
    time: WorkingTime | None = None,
) -> Decision | Refused:
    """Something beside the table (`ACTS`). It never changes the state. `after` is the case with the clocks a recount or an upgrade gave it; its ladder is then
    counted anew with `time`. A `handler` is the person given, who then handles the case in his office.
    """
    if kind not in ACTS:
        return Refused("no_edge", f"没有此操作：{kind}", f"there is no such act: {kind}")
    roles = roles_of(case, actor)
    if not roles or (kind in ONLY_SYSTEM and "system" not in roles):
        return Refused("not_allowed", "您不能办理此操作", "you may not do this")
    if not case.open and kind not in AFTER_END:
        return Refused("ended", "事项已办结", "the case has ended")
    if kind in NEED_WORDS and not words.strip():
        return Refused("missing", "请填写：说明", "please give: words", ("words",))
    changed = replace(after or case, ver=case.ver + 1)
    if kind == "handler":
        changed = replace(changed, handler=str((given or {}).get("handler", "")))
    if kind == "party":
        changed = replace(changed, party=str((given or {})["to"]))
        changed = replace(changed, owner=owner_of(definition, changed))
    event = _event(case, changed, kind, actor, now, now, given or {}, reason=words, internal=kind in INTERNAL)
    rungs = rungs_of(definition, changed, time) if time is not None else None
    return Decision(case, changed, event, _told(changed, kind) if kind in ("urge", "hear_again", "message", "handler") else (), rungs)


def rungs_of(definition: Definition, case: Case, time: WorkingTime) -> tuple[RungDue, ...]:
    """The rungs of all running clocks of a case, each with the body that hears of it."""
    found = []
    for clock in case.clocks:
        rungs = definition.rungs(clock.name)
        for step_ in clocks.ladder(definition, clock, time):
            rung = rungs[step_.number]
            office = {
                "command": definition.command,
                "room": definition.command,
                "origin": case.party,
                "county": case.unit,
                "owner": case.owner,
            }.get(rung.to, clock.office or case.lead)
            found.append(RungDue(clock.key, step_.number, step_.at, rung.name, rung.title, rung.to, office, rung.talk))
    return tuple(found)


def edges_for(definition: Definition, case: Case, actor: Actor) -> tuple[Edge, ...]:
    """The edges the actor may walk now, guards aside, in the table's order: the first is the primary button."""
    roles = roles_of(case, actor)
    return tuple(one for one in definition.leaving(case.state) if roles & set(one.by) and one.by != ("system",))


def definition_fits(definition: Definition, case: Case) -> None:
    """`BadInput` unless the case was begun with this definition and version."""
    from yunxing.values.errors import BadInput

    if (definition.id, definition.version) != (case.definition, case.version):
        raise BadInput(
            f"case {case.id}: found the definition {definition.id} version {definition.version}, expected {case.definition} version {case.version}"
        )


def _refused(
    definition: Definition, case: Case, name: str, actor: Actor, facts: Mapping[str, Any], now: dt.datetime, at: dt.datetime
) -> Refused | None:
    if not definition.has_edge(name):
        return Refused("no_edge", f"没有此操作：{name}", f"there is no such step: {name}")
    edge, state = definition.edge(name), definition.state(case.state)
    if case.state not in edge.sources:
        return Refused(
            "wrong_state",
            f"事项现为“{state.title}”，不能“{edge.title}”",
            f"the case is “{state.title_en}”; “{edge.title_en}” cannot be done",
        )
    if not roles_of(case, actor) & set(edge.by):
        return Refused("not_allowed", f"您不能办理“{edge.title}”", f"you may not do “{edge.title_en}”")
    if at > now or at < case.changed:
        return Refused(
            "time",
            "办理时间不能晚于现在，也不能早于上一步",
            "the time may lie neither in the future nor before the last step",
            ("effective",),
        )
    missing = [one for one in (*edge.needs, *_conditional(definition, edge, facts)) if not _has(facts, one)]
    if missing:
        titles, english = zip(*((definition.field(one).title, definition.field(one).title_en) for one in missing), strict=True)
        return Refused("missing", f"请填写：{'、'.join(titles)}", f"please give: {', '.join(english)}", tuple(missing))
    wrong = [one for one in (*edge.needs, *edge.takes) if _has(facts, one) and not fits(definition.field(one), facts[one])]
    if wrong:
        titles, english = zip(*((definition.field(one).title, definition.field(one).title_en) for one in wrong), strict=True)
        return Refused("bad_value", f"填写有误：{'、'.join(titles)}", f"not a valid value: {', '.join(english)}", tuple(wrong))
    for guard in edge.guards:
        zh, en = holds(guard, Asked(case, actor, facts, at))
        if zh:
            return Refused("guard", zh, en)
    return None


def _has(facts: Mapping[str, Any], name: str) -> bool:
    value = facts.get(name)
    return value is not None and value not in ("", [], ()) and not (isinstance(value, str) and not value.strip())


def _conditional(definition: Definition, edge: Edge, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields that a chosen value makes necessary."""
    found: list[str] = []
    for name in (*edge.needs, *edge.takes):
        for choice in definition.field(name).choices:
            if choice.name == facts.get(name):
                found += choice.needs
    return tuple(found)


def fits(field: Field, value: Any) -> bool:
    """Whether a value is one the field takes."""
    if field.kind == "choice":
        return value in {one.name for one in field.choices}
    if field.kind in ("offices", "files"):
        return isinstance(value, list | tuple) and all(isinstance(one, str) and one for one in value)
    if field.kind == "options":
        return isinstance(value, list | tuple) and all(isinstance(one, str) and one.strip() for one in value) and len(value) >= 2
    if field.kind == "count":
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if field.kind == "money":
        return isinstance(value, int) and not isinstance(value, bool)
    if field.kind == "flag":
        return isinstance(value, bool)
    if field.kind == "date":
        return isinstance(value, str) and _is_day(value)
    return isinstance(value, str)


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _walked(definition: Definition, case: Case, edge: Edge, acting: Acting, given: Mapping[str, Any]) -> Case:
    at, time = acting.at, acting.time
    after = replace(case, data=MappingProxyType({**case.data, **{name: _plain(value) for name, value in given.items()}}))
    for name in edge.stops:
        after = clocks.stop(after, name, at)
    for name in edge.pauses:
        after = clocks.pause(after, name, at, time)
    for name in edge.resumes:
        after = clocks.resume(after, name, at, time)
    for name in edge.effects:
        after = EFFECTS[name](after, acting)
    for name in edge.starts:
        after = clocks.start(definition, after, name, at, time)
    for name, limit in edge.extends.items():
        after = clocks.extend(after, name, limit, time, at)
    after = replace(
        after,
        state=edge.moves_to(case.state),
        ver=case.ver + 1,
        changed=at,
        walked=MappingProxyType({**case.walked, edge.name: case.walked.get(edge.name, 0) + 1}),
    )
    if after.state in definition.ends:
        after = replace(clocks.cancel_all(after, at), ended=case.ended or at)
    elif case.ended is not None:
        after = replace(after, ended=None)
    return replace(after, owner=owner_of(definition, after))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _event(
    before: Case,
    after: Case,
    edge: str,
    actor: Actor,
    now: dt.datetime,
    at: dt.datetime,
    given: Mapping[str, Any],
    *,
    reason: str = "",
    internal: bool = False,
) -> Event:
    said = reason or str(next((given[name] for name in ENGINE_FIELDS if given.get(name)), ""))
    held = {name: _plain(value) for name, value in given.items()}
    return Event(
        before.id, after.ver, edge, before.state, after.state, actor.id, actor.unit, now, at, said, held, changes(before, after), internal
    )


def changes(before: Case, after: Case) -> dict[str, Any]:
    """What differs between two versions of a case, by name; of the clocks only those that changed."""
    was, now = plain(before), plain(after)
    found = {name: value for name, value in now.items() if value != was[name] and name != "clocks"}
    moved = {key: clock for key, clock in now["clocks"].items() if clock != was["clocks"].get(key)}
    return {**found, **({"clocks": moved} if moved else {})}


def _told(case: Case, what: str) -> tuple[Notice, ...]:
    units = dict.fromkeys(one for one in (case.owner, *case.candidates, *case.joint) if one)
    return tuple(Notice(unit, case.handler if unit == case.lead else "", what) for unit in units)


def replayed(events: list[Event] | tuple[Event, ...]) -> Case:
    """The case that its events give: the first holds the whole row, each later one what it changed."""
    from yunxing.engines.cases.case import case_from

    row = {name: (dict(value) if isinstance(value, Mapping) else value) for name, value in events[0].change.items()}
    for event in events[1:]:
        for name, value in event.change.items():
            row[name] = {**row["clocks"], **value} if name == "clocks" else value
    return case_from(row)


__all__ = [
    "ACTS",
    "SYSTEM",
    "Choice",
    "Decision",
    "Event",
    "Notice",
    "Refused",
    "act",
    "changes",
    "edges_for",
    "fits",
    "open_case",
    "replayed",
    "step",
]
