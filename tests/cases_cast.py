"""The cast of the tests on cases: the first plan's tables, the people of one whistle, instants of September 2022, and stories walked step by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from yunxing.engines.cases.case import SYSTEM, Actor, Case
from yunxing.engines.cases.definition import Definition
from yunxing.engines.cases.step import Decision, Refused, open_case, step
from yunxing.packs.cases import Tables, load_cases
from yunxing.values.office_hours import BEIJING, OfficeHours, WorkingTime
from yunxing.values.workdays import Calendar

ROOT = Path(__file__).parents[1]
PACK = ROOT / "plans" / "binzhou_2022_156"
HOURS = OfficeHours.parse(["08:30-12:00", "13:30-17:30"])
TIME = WorkingTime(Calendar(), HOURS)

FIRM = Actor("firm", "91X", frozenset({"enterprise"}))
COMMAND = Actor("chief", "CMD", frozenset({"command"}))
ANALYST = Actor("analyst", "CMD", frozenset({"analyst"}))
DRC = Actor("drc", "DRC", frozenset({"department"}))
IIT = Actor("iit", "IIT", frozenset({"department"}))
FIN = Actor("fin", "FIN", frozenset({"department"}))
COUNTY = Actor("county", "U1", frozenset({"county"}))
STRANGER = Actor("stranger", "STB", frozenset({"department"}))
PEOPLE = (FIRM, COMMAND, ANALYST, DRC, IIT, FIN, COUNTY, STRANGER, SYSTEM)
PEOPLE_BY_ID = {one.id: one for one in PEOPLE}


def at(text: str) -> datetime:
    """`2022-09-28 10:00` in Beijing."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


OPENED = at("2022-09-26 09:00")  # a Monday; 1 to 7 October are off, 8 and 9 October are worked


@cache
def tables() -> Tables:
    """The first plan's case tables."""
    return load_cases(PACK)


def table(name: str = "whistle") -> Definition:
    """One of them."""
    return tables()[name]


def fresh(name: str = "whistle", **rest: Any) -> Case:
    """A case not yet opened."""
    plain: dict[str, Any] = {
        "id": "C-1", "definition": name, "version": 1, "subject": "party:91X", "state": "", "owner": "", "opened": OPENED, "changed": OPENED,
        "party": "91X", "unit": "U1", "origin": "desk:1", "opened_by": "firm", "title": "车间缺少操作工", "words": "缺操作工20人",
    }  # fmt: skip
    return Case(**{**plain, **rest})


def opened(name: str = "whistle", **rest: Any) -> Case:
    """A case in its first state."""
    return open_case(table(name), fresh(name, **rest), FIRM, OPENED, TIME).case


def facts_for(edge: str, **more: Any) -> dict[str, Any]:
    """Valid values for everything the whistle's edge needs."""
    ready: dict[str, Any] = {
        "reason": "理由", "words": "说明", "basis": "依据", "done": "已办", "result": "solved", "evidence": ["sha256:1"], "contacted": "已电话联系",
        "pause_reason": "firm_material", "satisfaction": "good", "lead": "DRC", "joint": ["IIT"], "grade": "ordinary", "kind": "labour",
        "options": ["甲", "乙"], "decision": "甲", "decider": "指挥部专题会",
    }  # fmt: skip
    found = {name: ready[name] for name in table().edge(edge).needs} if table().has_edge(edge) else {}
    return {**found, **more}


def walk(case: Case, edge: str, actor: Actor, when: datetime | str | None = None, *, time: WorkingTime = TIME, **facts: Any) -> Case:
    """The case after an edge that must hold."""
    decided = attempt(case, edge, actor, when, time=time, **facts)
    assert isinstance(decided, Decision), decided
    return decided.case


def attempt(
    case: Case, edge: str, actor: Actor, when: datetime | str | None = None, *, time: WorkingTime = TIME, bare: bool = False, **facts: Any
) -> Decision | Refused:
    """A step with what the edge needs (nothing but `facts` when `bare`), one minute after the last one unless said."""
    now = at(when) if isinstance(when, str) else when or case.changed + timedelta(minutes=1)
    given = facts if bare else {**(facts_for(edge) if case.definition == "whistle" else {}), **facts}
    return step(table(case.definition), case, edge, actor, given, now, time)


def working(**rest: Any) -> Case:
    """A whistle that DRC works on: accepted, assigned, signed, contacted, all on Monday morning."""
    case = walk(opened(**rest), "accept", COMMAND)
    case = walk(case, "assign", COMMAND, lead="DRC")
    case = walk(case, "sign", DRC)
    return walk(case, "contact", DRC)


def answered(**rest: Any) -> Case:
    """One that DRC has answered."""
    return walk(working(**rest), "answer", DRC)


def with_data(case: Case, **data: Any) -> Case:
    """The same case with these values in its data."""
    return replace(case, data=MappingProxyType({**case.data, **data}))


def known(day: str) -> WorkingTime:
    """Working time as the holidays were known on that day."""
    return WorkingTime(Calendar(date.fromisoformat(day)), HOURS)
