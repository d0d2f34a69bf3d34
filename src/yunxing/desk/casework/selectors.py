"""Reading cases: the queues of the desk, one page of a list by keys, the cases of an enterprise. Everything within the active scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.casework import acting
from yunxing.desk.casework.clock_words import moment, span_words
from yunxing.desk.casework.models import Case, Clock, Part
from yunxing.desk.people.models import Role
from yunxing.desk.people.selectors import Standing
from yunxing.values.office_hours import WorkingTime
from yunxing.values.workdays import Calendar

PAGE = 25
TITLE_LETTERS = 90
OPEN = [True]  # `is_open IN (true)` can walk along an index, the bare column that Django writes for `= True` cannot
COUNTED = 10_000  # beyond it the number is only 「约」
NOTHING_RUNS = 9999  # the year of the due instant of a case on which no clock runs
TO_SIGN = ("submitted", "accepted", "assigned", "disputed", "proposed", "review")
UNDER_WAY = ("signed", "working", "paused")
TO_CONFIRM = ("answered",)
QUEUES: dict[str, Callable[[], str]] = {
    "sign": lambda: _("待签收"),
    "working": lambda: _("办理中"),
    "confirm": lambda: _("待确认"),
    "overdue": lambda: _("超期"),
    "mine": lambda: _("我发起的"),
    "closed": lambda: _("已办结"),
    "all": lambda: _("全部"),
}
FILTERS = ("q", "kind", "office", "unit", "grade")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a list asks for. `after` is the key of the last row of the page before: its due instant and its number."""

    queue: str = "sign"
    q: str = ""
    kind: str = ""
    office: str = ""
    unit: str = ""
    grade: str = ""
    after: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str], default: str = "sign") -> Asked:
        """From the query string; an unknown queue is the default one."""
        queue = given.get("queue", default)
        rest = {name: str(given.get(name, "")).strip()[:80] for name in (*FILTERS, "after")}
        return cls(queue if queue in QUEUES else default, **rest)

    @property
    def query(self) -> str:
        """The query string that asks for the same; the page is not part of it."""
        plain = {"queue": self.queue, **{name: getattr(self, name) for name in FILTERS}}
        return urlencode({name: value for name, value in plain.items() if value})

    @property
    def filtered(self) -> bool:
        """Whether anything but the queue is chosen."""
        return any(getattr(self, name) for name in FILTERS)


def own_units(standing: Standing) -> list[str]:
    """The bodies whose cases are the person's own to act on: his unit, and for the command's staff the command itself."""
    if standing.post is None:
        return []
    command = acting.command_codes() if standing.role == Role.COMMAND else []
    return [standing.post.unit.code, *command]


def at_work(units: Sequence[str], *states: str) -> models.QuerySet[Any]:
    """The ids of the cases on which these offices are at work beside the lead, in one of the states."""
    return Part.objects.filter(office__in=units, state__in=states).values("case_id")


def queue_filter(queue: str, standing: Standing, now: datetime) -> Q:
    """The condition of a queue for this person. What is to be signed or worked on is his unit's; what waits or is over he sees as far as he may."""
    units = own_units(standing)
    theirs = Q(owner__in=units) | Q(lead__in=units) | Q(pk__in=at_work(units, "open", "candidate"))
    if queue == "sign":
        return Q(is_open__in=OPEN, state__in=TO_SIGN) & (Q(owner__in=units) | Q(pk__in=at_work(units, "candidate")))
    if queue == "working":
        return Q(is_open__in=OPEN, state__in=UNDER_WAY) & (theirs if standing.role in (Role.DEPARTMENT, Role.COUNTY) else Q())
    if queue == "confirm":
        return Q(is_open__in=OPEN, state__in=TO_CONFIRM)
    if queue == "overdue":
        return Q(is_open__in=OPEN, due__lt=now)
    if queue == "mine":
        return Q(opened_by=standing.user.username)
    return Q(is_open=False) if queue == "closed" else Q()


def cases_of(asked: Asked, standing: Standing, now: datetime, kinds: Sequence[str]) -> models.QuerySet[Case]:
    """The cases that a list shows, along their next due instant; those that are over along their number."""
    # what is left out is named, not what is kept: a list of kinds would tempt the database to sort all of them instead of walking along the due instants
    found = Case.objects.exclude(definition__in=acting.names_besides(kinds)).filter(queue_filter(asked.queue, standing, now))
    if asked.q:
        found = found.filter(Q(title__contains=asked.q) | Q(id=asked.q.upper()) | Q(id=asked.q))
    for field, column in (("kind", "definition"), ("office", "lead"), ("unit", "unit"), ("grade", "grade")):
        if value := getattr(asked, field):
            found = found.filter(**{column: value})
    return found.order_by("due", "id")


@dataclass(frozen=True, slots=True)
class Row:
    """A case as a line of a list."""

    id: str
    title: str
    kind: str
    state: str
    party: str
    office: str
    light: str
    words: str
    href: str
    grade: str
    changed: datetime
    ver: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list: its rows, the number found (「约」 beyond `COUNTED`), and the key of the next page."""

    rows: list[Row]
    number: str
    following: str


def page_of(asked: Asked, standing: Standing, now: datetime) -> Listed:
    """One page by keys: the row after the last one shown, never a number of rows to skip."""
    kinds = acting.names_of_kind()
    everything = cases_of(asked, standing, now, kinds)
    count = everything.order_by()[: COUNTED + 1].count()
    page = everything
    if asked.after:
        when, _mark, last = asked.after.partition("|")
        due = parse_datetime(when)
        if due is not None:
            page = page.filter(Q(due__gt=due) | Q(due=due, id__gt=last), due__gte=due)
    found = list(page[: PAGE + 1])
    following = ""
    if len(found) > PAGE:
        found = found[:PAGE]
        following = f"{found[-1].due.isoformat()}|{found[-1].id}"
    number = str(count) if count <= COUNTED else _("约 %(n)s 万+") % {"n": COUNTED // 10_000}
    return Listed(rows_of(found, now, asked.query), number, following)


def rows_of(cases: Sequence[Case], now: datetime, query: str = "", *, route: str = "casework:case") -> list[Row]:
    """Cases as lines: names of parties and offices, state, and the clock that ends first."""
    names = acting.names_for([code for case in cases for code in (case.party, case.lead, case.owner)])
    running: dict[str, Any] = {}
    # the state is looked at here: as a condition it would tempt the database to read every running clock there is
    for one in Clock.objects.filter(case__in=[case.pk for case in cases]).order_by("case_id", "due"):
        if one.state == "running":
            running.setdefault(one.case_id, one)
    with clock.one_calendar() as calendar:
        return [_row(case, running.get(case.pk), names, now, query=query, route=route, calendar=calendar) for case in cases]


def _row(case: Case, running: Any, names: acting.Names, now: datetime, *, query: str, route: str, calendar: Calendar) -> Row:
    definition = acting.definition_of(case.definition, case.version)
    state = definition.state(case.state)
    grade = next((pick(one) for one in definition.grades if one.name == case.grade), "")
    light, words = "none", ""
    if running is not None:
        light, words = due_words(running.started, running.due, now, WorkingTime(calendar, definition.hours))
    return Row(
        id=case.pk,
        title=title_of(case),
        kind=acting.pick(definition.title, definition.title_en),
        state=acting.pick(state.title, state.title_en),
        party=names(case.party) if case.party else "",
        office=names(case.lead or case.owner),
        light=light,
        words=words,
        href=reverse(route, args=[case.pk]) + (f"?{query}" if query else ""),
        grade=grade if case.grade != "ordinary" else "",
        changed=case.changed,
        ver=case.ver,
    )


def pick(one: Any) -> str:
    """The title of a choice, state or edge in the reader's language."""
    return acting.pick(one.title, one.title_en)


def title_of(case: Case) -> str:
    """What a line calls a case. Cases of signals share their table's title, so what the signal said stands behind it."""
    if not case.origin.startswith("signal:"):
        return case.title or case.pk
    words = acting.pick(case.words, str(case.fields.get("words_en", "")))
    definition = acting.definition_of(case.definition, case.version)
    return f"{acting.pick(definition.title, definition.title_en)}：{words}"[:TITLE_LETTERS]


def due_words(started: datetime, due: datetime, now: datetime, time: WorkingTime) -> tuple[str, str]:
    """The light and the words of a running clock on a line: what is left, until when."""
    left = time.between(now, due)
    if now > due:
        return "red", _("已超期 %(span)s") % {"span": span_words(left, time)}
    whole = time.between(started, due)
    light = "amber" if whole <= 0 or left * 100 < whole * 25 else "green"
    return light, _("剩余 %(span)s · %(when)s 前") % {"span": span_words(left, time), "when": moment(due, now)}


def queues(standing: Standing, now: datetime, asked: Asked) -> list[dict[str, Any]]:
    """The queues with their numbers, each a link that keeps the other filters."""
    kinds, found = acting.names_of_kind(), []
    for name, title in QUEUES.items():
        count = None
        if name not in ("closed", "all"):
            count = cases_of(replace(asked, queue=name, q=""), standing, now, kinds).order_by()[:1000].count()
        one = replace(asked, queue=name, after="")
        href = f"{reverse('casework:cases')}?{one.query}"
        found.append({"name": name, "title": title(), "count": count, "href": href, "current": name == asked.queue})
    return found


def empty_words(asked: Asked, now: datetime) -> str:
    """Why a list is empty, and what was done today."""
    if asked.filtered:
        return _("没有符合条件的事项。可以清除筛选条件再看。")
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    done = Case.objects.filter(is_open=False, ended__gte=start, definition__in=acting.names_of_kind()).count()
    return _("没有%(queue)s的事项。今天已办结 %(n)s 件。") % {"queue": QUEUES[asked.queue](), "n": done}


def of_enterprise(standing: Standing, now: datetime) -> list[Row]:
    """An enterprise's own cases, those that wait for it first, then the newest."""
    cases = list(Case.objects.filter(definition__in=acting.names_of_kind()).order_by("-is_open", "-changed", "id")[:100])
    mine = own_units(standing)
    cases.sort(key=lambda one: not (one.is_open and one.owner in mine))
    return rows_of(cases, now, route="casework:my_case")
