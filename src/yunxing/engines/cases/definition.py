"""A case definition: states with their owners, edges with who may walk them, clocks and the ladder, all data of a pack.

One shape serves cases, pipelines and activities. A definition is immutable: whoever changes one counts its version up, and a case keeps the version
it began with until it is upgraded. `body` and `from_body` are its JSON form, which the store keeps so that old cases can always be walked.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

from yunxing.values.digest import digest
from yunxing.values.errors import BadInput
from yunxing.values.office_hours import ROUND_THE_CLOCK, OfficeHours

UnitOfTime = Literal["working_day", "office_second", "second", "day"]
FieldKind = Literal["text", "choice", "office", "offices", "person", "date", "count", "money", "flag", "files", "options"]

ROLES = ("origin", "command", "room", "owner", "lead", "joint", "head", "county", "system")
"""Who may walk an edge, seen from the case: who raised it, the command's staff, the analysts' room, whoever owns it now, the lead office, a joint
office, the head of the lead office, the reporting unit it lies in, the platform itself."""
OWNERS = ("origin", "command", "room", "lead", "county")
"""The roles that can own a state; each names exactly one body of a case."""

_LIMIT = re.compile(r"(\d+) (working day|office hour|office minute|hour|minute|day)s?")
_UNITS: dict[str, tuple[UnitOfTime, int]] = {
    "working day": ("working_day", 1),
    "office hour": ("office_second", 3600),
    "office minute": ("office_second", 60),
    "hour": ("second", 3600),
    "minute": ("second", 60),
    "day": ("day", 1),
}
_RUNG = re.compile(r"(\d+)% left|due|(\d+) working days? after")


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a clock runs: `working_day`s, seconds in office hours, seconds round the clock, or calendar `day`s (the last of which rolls to a working day).

    >>> Limit.parse("4 office hours"), Limit.parse("10 working days").text
    (Limit(unit='office_second', amount=14400), '10 working days')
    """

    unit: UnitOfTime
    amount: int

    @classmethod
    def parse(cls, text: str) -> Limit:
        """The limit a pack writes; `BadInput` says how one is written."""
        found = _LIMIT.fullmatch(text.strip())
        if found is None or int(found[1]) < 1:
            raise BadInput(f"found {text!r}, expected a limit such as '10 working days', '4 office hours', '24 hours' or '30 days'")
        unit, factor = _UNITS[found[2]]
        return cls(unit, int(found[1]) * factor)

    @property
    def text(self) -> str:
        """As `parse` reads it, in the largest unit that is whole."""
        for name, (unit, factor) in _UNITS.items():
            if unit == self.unit and self.amount % factor == 0:
                count = self.amount // factor
                return f"{count} {name}" + ("s" if count != 1 else "")
        return f"{self.amount} {self.unit}"


@dataclass(frozen=True, slots=True)
class State:
    """Where a case can stand, and which role then owes the next act. In an `end` state nothing is owed any more."""

    name: str
    title: str
    title_en: str
    owner: str
    end: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One value a choice field takes; `needs` are the fields it makes necessary (a refusal needs its basis).

    `expects`, of a result: what the next figure must show if it is true: the signal `clears` or `goes_on`; empty when no figure tells.
    """

    name: str
    title: str
    title_en: str
    needs: tuple[str, ...] = ()
    expects: Literal["", "clears", "goes_on"] = ""


@dataclass(frozen=True, slots=True)
class Field:
    """Something an edge asks for."""

    name: str
    title: str
    title_en: str
    kind: FieldKind = "text"
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """One allowed move; with no `to` the case stays where it is.

    `by` are the roles that may walk it, `needs` and `takes` the fields that must and may be given, `guards` the named conditions (engines/cases/guards.py),
    `effects` the named changes to who works on it (engines/cases/effects.py). `starts stops pauses resumes` name clocks, `extends` gives a clock a longer
    limit. `on_missed` names the clock whose running out makes the platform walk the edge. `internal`: the origin is not shown it.
    """

    name: str
    title: str
    title_en: str
    sources: tuple[str, ...]
    to: str
    by: tuple[str, ...]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    extends: Mapping[str, Limit] = field(default_factory=lambda: MappingProxyType({}))
    on_missed: str = ""
    internal: bool = False

    def moves_to(self, state: str) -> str:
        """The state after walking it from `state`."""
        return self.to or state


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """A limit by name with the clause or rule it rests on. `grades`: another limit for a graded case. `joint`: every joint office has one of its own."""

    name: str
    title: str
    title_en: str
    limit: Limit
    source: str
    grades: Mapping[str, Limit] = field(default_factory=lambda: MappingProxyType({}))
    joint: bool = False

    def limit_for(self, grade: str) -> Limit:
        """The limit of a case of this grade."""
        return self.grades.get(grade, self.limit)


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder of a clock: when (`25% left`, `due`, `3 working days after`), what it is called, which role hears of it, whether it counts for a talk."""

    clock: str
    at: str
    name: str
    title: str
    title_en: str
    to: str
    talk: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """After how many missed clocks in a quarter an office is proposed for the quarterly talk, and on what that number rests."""

    missed: int
    source: str


@dataclass(frozen=True)
class Definition:
    """One kind of case, pipeline or activity. The first state is where a case begins; `opening` are the clocks that start then.

    `lead`: `named` (assigned by the command) or `first_receiver` (of several offices the first to sign leads). `pause_reasons` is the closed list.
    `command` is the office of the command's staff, `hours` the office hours.
    """

    id: str
    version: int
    title: str
    title_en: str
    states: tuple[State, ...]
    edges: tuple[Edge, ...]
    clocks: tuple[ClockSpec, ...] = ()
    fields: tuple[Field, ...] = ()
    results: tuple[Choice, ...] = ()
    pause_reasons: tuple[Choice, ...] = ()
    grades: tuple[Choice, ...] = ()
    ladder: tuple[Rung, ...] = ()
    opening: tuple[str, ...] = ()
    lead: Literal["named", "first_receiver"] = "named"
    talk: Talk | None = None
    kind: Literal["case", "pipeline", "activity"] = "case"
    in_force_from: dt.date = dt.date(1949, 10, 1)
    command: str = ""
    source: str = ""
    hours: OfficeHours = ROUND_THE_CLOCK

    @property
    def first(self) -> str:
        """The state a case begins in."""
        return self.states[0].name

    @property
    def ends(self) -> frozenset[str]:
        """The states in which nothing is owed any more."""
        return frozenset(one.name for one in self.states if one.end)

    def state(self, name: str) -> State:
        """The state of that name; `BadInput` when there is none."""
        return self._one("states", name)  # type: ignore[no-any-return]

    def edge(self, name: str) -> Edge:
        """The edge of that name; `BadInput` when there is none."""
        return self._one("edges", name)  # type: ignore[no-any-return]

    def clock(self, name: str) -> ClockSpec:
        """The clock of that name; `BadInput` when there is none."""
        return self._one("clocks", name)  # type: ignore[no-any-return]

    def field(self, name: str) -> Field:
        """The field of that name, the built-in ones among them; `BadInput` when there is none."""
        return self._one("all_fields", name)  # type: ignore[no-any-return]

    def has_edge(self, name: str) -> bool:
        """Whether the table has the edge."""
        return any(one.name == name for one in self.edges)

    @cached_property
    def all_fields(self) -> tuple[Field, ...]:
        """The definition's own fields and the built-in ones it does not redefine; `result`, `pause_reason` and `grade` choose from its lists."""
        own = {one.name for one in self.fields}
        lists = {"result": self.results, "pause_reason": self.pause_reasons, "grade": self.grades}
        built_in = [Field(one.name, one.title, one.title_en, one.kind, lists.get(one.name, one.choices)) for one in BUILT_IN_FIELDS]
        return (*self.fields, *(one for one in built_in if one.name not in own))

    def leaving(self, state: str) -> tuple[Edge, ...]:
        """The edges that can be walked from a state, in the table's order: the first is the next step."""
        return tuple(one for one in self.edges if state in one.sources)

    def rungs(self, clock: str) -> tuple[Rung, ...]:
        """The ladder of one clock, in order."""
        return tuple(one for one in self.ladder if one.clock == clock)

    def _one(self, where: str, name: str) -> Any:
        for one in getattr(self, where):
            if one.name == name:
                return one
        known = ", ".join(one.name for one in getattr(self, where))
        raise BadInput(f"{self.id} version {self.version}: found no {name!r} among the {where}, expected one of: {known}")

    @cached_property
    def body(self) -> dict[str, Any]:
        """The whole definition as plain JSON."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        plain["hours"] = {"spans": self.hours.texts, "receipt_next_day": self.hours.receipt_next_day}
        plain["in_force_from"] = self.in_force_from.isoformat()
        plain["edges"] = [_plain(one) for one in self.edges]
        plain["clocks"] = [_plain(one) for one in self.clocks]
        for name in ("states", "fields", "results", "pause_reasons", "grades", "ladder"):
            plain[name] = [asdict(one) for one in plain[name]]
        plain["talk"] = asdict(self.talk) if self.talk else None
        plain["opening"] = list(self.opening)
        return plain

    @cached_property
    def hash(self) -> str:
        """The digest of the whole definition."""
        return digest(self.body)


def _plain(one: Edge | ClockSpec) -> dict[str, Any]:
    plain = {name: getattr(one, name) for name in type(one).__dataclass_fields__}
    limits = {name: {key: limit.text for key, limit in value.items()} for name, value in plain.items() if isinstance(value, Mapping)}
    return {**plain, **limits, **({"limit": one.limit.text} if isinstance(one, ClockSpec) else {})}


def from_body(body: Mapping[str, Any]) -> Definition:
    """The definition of a stored body; the inverse of `Definition.body`."""
    plain = dict(body)
    plain["states"] = tuple(State(**one) for one in body["states"])
    plain["edges"] = tuple(_edge(one) for one in body["edges"])
    plain["clocks"] = tuple(
        ClockSpec(**{**one, "limit": Limit.parse(one["limit"]), "grades": _limits(one.get("grades", {}))}) for one in body["clocks"]
    )
    plain["fields"] = tuple(Field(**{**one, "choices": _choices(one["choices"])}) for one in body["fields"])
    for name in ("results", "pause_reasons", "grades"):
        plain[name] = _choices(body[name])
    plain["ladder"] = tuple(Rung(**one) for one in body["ladder"])
    plain["opening"] = tuple(body["opening"])
    plain["talk"] = Talk(**body["talk"]) if body["talk"] else None
    plain["in_force_from"] = dt.date.fromisoformat(body["in_force_from"])
    hours = body["hours"]
    plain["hours"] = OfficeHours.parse(hours["spans"], receipt_next_day=hours["receipt_next_day"])
    return Definition(**plain)


def _edge(one: Mapping[str, Any]) -> Edge:
    lists = {name: tuple(value) for name, value in one.items() if isinstance(value, list | tuple)}
    return Edge(**{**one, **lists, "extends": _limits(one.get("extends", {}))})


def _choices(plain: Any) -> tuple[Choice, ...]:
    return tuple(Choice(**{**one, "needs": tuple(one["needs"])}) for one in plain)


def _limits(texts: Mapping[str, str]) -> Mapping[str, Limit]:
    return MappingProxyType({name: Limit.parse(text) for name, text in texts.items()})


def rung_terms(at: str) -> tuple[str, int]:
    """When a rung is due: (`left`, percent), (`due`, 0) or (`after`, working days). `BadInput` says how one is written."""
    found = _RUNG.fullmatch(at)
    if found is None or (found[1] and not 0 < int(found[1]) < 100) or (found[2] and int(found[2]) < 1):
        raise BadInput(f"found {at!r}, expected '25% left', 'due' or '3 working days after'")
    if found[1]:
        return "left", int(found[1])
    return ("after", int(found[2])) if found[2] else ("due", 0)


BUILT_IN_FIELDS: tuple[Field, ...] = (
    Field("reason", "理由", "Reason"),
    Field("words", "说明", "Words"),
    Field("done", "办理情况", "What was done"),
    Field("result", "办理结果", "Result", "choice"),
    Field("basis", "依据", "Basis"),
    Field("evidence", "佐证材料", "Evidence", "files"),
    Field("minutes", "会议纪要", "Minutes", "files"),
    Field("pause_reason", "暂停事由", "Reason for the pause", "choice"),
    Field("notice", "书面告知文书", "Written notice", "files"),
    Field("grade", "类别", "Grade", "choice"),
    Field("lead", "牵头单位", "Lead office", "office"),
    Field("joint", "协办单位", "Joint offices", "offices"),
    Field("handler", "经办人", "Handler", "person"),
    Field(
        "satisfaction",
        "评价",
        "Rating",
        "choice",
        (
            Choice("good", "满意", "Satisfied"),
            Choice("fair", "基本满意", "Fairly satisfied"),
            Choice("bad", "不满意", "Dissatisfied", ("reason",)),
        ),
    ),
    Field(
        "speed",
        "办理速度",
        "Speed",
        "choice",
        (Choice("good", "满意", "Satisfied"), Choice("fair", "基本满意", "Fairly satisfied"), Choice("bad", "不满意", "Dissatisfied")),
    ),
    Field(
        "attitude",
        "服务态度",
        "Attitude",
        "choice",
        (Choice("good", "满意", "Satisfied"), Choice("fair", "基本满意", "Fairly satisfied"), Choice("bad", "不满意", "Dissatisfied")),
    ),
    Field("options", "备选方案", "Options considered", "options"),
    Field("decision", "议定事项", "Decision"),
    Field("decider", "议定机构或领导", "Who decided"),
    Field("votes", "表决情况", "Votes"),
    Field("amount", "金额（分）", "Amount (fen)", "money"),
    Field("day", "日期", "Day", "date"),
)
