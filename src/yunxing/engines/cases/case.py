"""What a case is while it runs: the row, its clocks and the offices at work on it, all immutable; and their plain JSON form, which events carry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any, Literal

from yunxing.engines.cases.definition import Definition, UnitOfTime

ClockState = Literal["proposed", "running", "paused", "met", "missed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the account's name, the unit he acts for, and his posts (`command`, `analyst`, `department`, `county`, `enterprise`, `head`, `system`)."""

    id: str
    unit: str = ""
    posts: frozenset[str] = frozenset()


SYSTEM = Actor("system", "", frozenset({"system"}))
"""The platform itself: the sweep, the month's closing, a new calendar."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One running of a limit. `round` counts its runnings on this case, `office` is the joint office it belongs to (empty: the owner's).

    `budget`, `span` and `remaining` are days for day clocks, seconds otherwise. `due` lies `span` after `since`: at first the whole budget after the day of
    receipt, after a pause what remained after the day before resuming. `remaining` stands only while paused. `known_on` is the day up to which the calendar
    it was computed with knew the holiday notices.
    """

    name: str
    office: str
    round: int
    unit: UnitOfTime
    budget: int
    started: dt.datetime
    since: dt.datetime
    span: int
    due: dt.datetime
    state: ClockState
    known_on: dt.date
    provisional: bool
    remaining: int | None = None
    paused: dt.datetime | None = None
    stopped: dt.datetime | None = None

    @property
    def key(self) -> str:
        """What names it within its case."""
        return f"{self.name}|{self.office}|{self.round}"

    @property
    def ticking(self) -> bool:
        """Whether it runs or waits to run on."""
        return self.state in ("running", "paused")


@dataclass(frozen=True, slots=True)
class Part:
    """A joint office's share of a case (协办): open until it answers or is released."""

    office: str
    state: Literal["open", "answered", "released"] = "open"


@dataclass(frozen=True)
class Case:
    """One case as it stands. `lead` is the office that leads; who owes the next act is `owner`, exactly one. `unit` is the reporting unit it lies in, `party` whom
    it is about, `opened_by` the account that raised it. `data` holds the newest value of every field given, `walked` how often each edge was walked,
    `declined` the offices that disputed its dispatch, `candidates` the offices of which the first receiver will lead.
    """

    id: str
    definition: str
    version: int
    subject: str
    state: str
    owner: str
    opened: dt.datetime
    changed: dt.datetime
    ver: int = 0
    lead: str = ""
    handler: str = ""
    unit: str = ""
    party: str = ""
    origin: str = ""
    opened_by: str = ""
    title: str = ""
    words: str = ""
    grade: str = ""
    outcome: str = ""
    ended: dt.datetime | None = None
    clocks: tuple[Clock, ...] = ()
    parts: tuple[Part, ...] = ()
    candidates: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    walked: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def open(self) -> bool:
        """Whether something is still owed."""
        return self.ended is None

    @property
    def due(self) -> dt.datetime | None:
        """The earliest due instant of its running clocks."""
        return min((one.due for one in self.clocks if one.state == "running"), default=None)

    @property
    def joint(self) -> tuple[str, ...]:
        """The joint offices that still owe their part."""
        return tuple(one.office for one in self.parts if one.state == "open")

    def clock(self, name: str, office: str = "") -> Clock | None:
        """The newest running of a clock; None when it never started."""
        found = [one for one in self.clocks if one.name == name and one.office == office]
        return max(found, key=lambda one: one.round, default=None)

    def with_clock(self, clock: Clock) -> Case:
        """The case with this clock in the place of the one of the same key, or added."""
        kept = [one for one in self.clocks if one.key != clock.key]
        return replace(self, clocks=tuple(sorted([*kept, clock], key=lambda one: (one.name, one.office, one.round))))


def owner_of(definition: Definition, case: Case) -> str:
    """Who owes the next act in the case's state: exactly one body. A case nobody leads yet is the command's."""
    role = definition.state(case.state).owner
    found = {"origin": case.party or case.opened_by, "lead": case.lead, "county": case.unit}.get(role, "")
    return found or definition.command or "command"


def roles_of(case: Case, actor: Actor) -> frozenset[str]:
    """The roles the actor has towards this case."""
    roles = set()
    if "system" in actor.posts:
        roles.add("system")
    if "command" in actor.posts:
        roles |= {"command", "room"}
    if "analyst" in actor.posts:
        roles.add("room")
    if (actor.id and actor.id == case.opened_by) or (actor.unit and actor.unit == case.party):
        roles.add("origin")
    if actor.unit:
        if actor.unit == case.lead or actor.unit in case.candidates:
            roles.add("lead")
            if "head" in actor.posts:
                roles.add("head")
        if actor.unit == case.owner:
            roles.add("owner")
        if any(one.office == actor.unit and one.state == "open" for one in case.parts):
            roles.add("joint")
        if "county" in actor.posts and actor.unit == case.unit:
            roles.add("county")
    return frozenset(roles)


def plain(case: Case) -> dict[str, Any]:
    """The case as JSON: instants as text in UTC, clocks and parts by their keys."""
    found: dict[str, Any] = {one.name: _text(getattr(case, one.name)) for one in fields(case)}
    found["clocks"] = {one.key: clock_plain(one) for one in case.clocks}
    found["parts"] = {one.office: one.state for one in case.parts}
    return found


def clock_plain(clock: Clock) -> dict[str, Any]:
    """A clock as JSON."""
    return {one.name: _text(getattr(clock, one.name)) for one in fields(clock)}


def clock_from(body: Mapping[str, Any]) -> Clock:
    """The clock of its JSON form."""
    dates = {name: _instant(body.get(name)) for name in ("started", "since", "due", "paused", "stopped")}
    return Clock(**{**body, **dates, "known_on": dt.date.fromisoformat(body["known_on"])})


def case_from(body: Mapping[str, Any]) -> Case:
    """The case of its JSON form; the inverse of `plain`."""
    dates = {name: _instant(body.get(name)) for name in ("opened", "changed", "ended")}
    clocks = tuple(sorted((clock_from(one) for one in body["clocks"].values()), key=lambda one: (one.name, one.office, one.round)))
    parts = tuple(Part(office, state) for office, state in sorted(body["parts"].items()))
    maps = {name: MappingProxyType(dict(body[name])) for name in ("data", "walked")}
    return Case(
        **{
            **body,
            **dates,
            **maps,
            "clocks": clocks,
            "parts": parts,
            "candidates": tuple(body["candidates"]),
            "declined": tuple(body["declined"]),
        }
    )


def _text(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def _instant(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
