"""Search over everything, for one person: what the index proposes is asked for in the scoped table of its kind before it is counted or shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.casework.models import Case
from yunxing.desk.people.models import Role
from yunxing.desk.people.selectors import Standing
from yunxing.desk.reporting.models import Party
from yunxing.desk.reporting.registers import matching
from yunxing.desk.room.models import Issue
from yunxing.desk.room.shell import DESK_ROLES, pack_in_force
from yunxing.engines.search.query import Near, Query, parse
from yunxing.flows import search as flow
from yunxing.flows.library import catch_up
from yunxing.io.store.searchindex import Found
from yunxing.values.errors import BadInput

PAGE: Final = 25
FEW: Final = 5
KINDS: Final[Mapping[str, Callable[[], str]]] = {
    "policy": lambda: _("政策文件"),
    "case": lambda: _("诉求和事项"),
    "bulletin": lambda: _("通报"),
    "party": lambda: _("企业和项目"),
}
STATES: Final[Mapping[str, Callable[[], str]]] = {
    "not_yet": lambda: _("尚未施行"),
    "in_force": lambda: _("现行有效"),
    "amended": lambda: _("已修改"),
    "partly_ended": lambda: _("部分失效"),
    "ended": lambda: _("失效"),
    "unstated": lambda: _("未载明有效期"),
}
SIGNS: Final = {"not_yet": "◔", "in_force": "●", "amended": "◐", "partly_ended": "◐", "ended": "○", "unstated": "●"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person typed into the search page."""

    words: str
    kind: str
    near: Near
    strict: bool
    ended: bool
    within: str
    page: int

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Asked:
        """From the address. What is no choice of the page becomes its first."""
        near: Near = "paragraph" if given.get("near") == "paragraph" else "sentence" if given.get("near") == "sentence" else "document"
        number = given.get("page", "1")
        return cls(
            given.get("q", "").strip()[:2000],
            given.get("kind", "") if given.get("kind") in KINDS else "",
            near,
            given.get("strict") == "1",
            given.get("ended") == "1",
            given.get("within", "").strip()[:2000],
            int(number) if number.isdecimal() and 0 < int(number) < 10_000 else 1,
        )

    def query(self) -> Query:
        """The query; inside earlier results where the page says so. BadInput in words."""
        asked = parse(self.words, near=self.near, strict=self.strict)
        return asked.within(parse(self.within)) if self.within else asked


def look(asked: Asked, standing: Standing) -> dict[str, Any]:
    """The groups of the page: a few hits of each kind, or a whole page of one."""
    if not asked.words:
        return {"groups": [], "refused": "", "nothing": False}
    try:
        query = asked.query()
    except BadInput as refusal:
        return {"groups": [], "refused": refusal.message, "nothing": False}
    catch_up(connection, settings.HOME, pack_in_force(), now=clock.now())
    unmasked = standing.role != Role.ANALYST  # who reads figures without names finds no names here either
    kinds = ("policy", "case", "bulletin") if unmasked else ("policy", "bulletin")
    groups = [_group(kind, asked, query, standing) for kind in kinds if asked.kind in ("", kind)]
    if asked.kind in ("", "party") and unmasked and standing.holds(DESK_ROLES):
        groups.append(_parties(asked))
    shown = [one for one in groups if one["total"] or asked.kind]
    actions = _actions(standing) if not asked.kind else []
    return {"groups": shown, "refused": "", "nothing": not any(one["total"] for one in groups), "actions": actions,
            "helps": sorted({help_ for one in groups for help_ in one.get("helps", ())})}  # fmt: skip


def _group(kind: str, asked: Asked, query: Query, standing: Standing) -> dict[str, Any]:
    count = PAGE if asked.kind else FEW
    start = (asked.page - 1) * PAGE if asked.kind else 0
    if query.filters.kind not in (None, kind):
        return {"kind": kind, "title": KINDS[kind](), "total": 0, "hits": [], "ended": 0}
    mine = replace(query, filters=replace(query.filters, kind=kind))
    answer = flow.search(connection, mine, today=clock.today(), ended=asked.ended, start=start, count=count, allowed=visible)
    hits = [
        {"title": hit.title, "number": hit.number, "day": hit.day, "href": _href(hit.kind, hit.key, standing),
         "state": STATES[hit.state]() if kind == "policy" else "", "sign": SIGNS[hit.state], "ended": hit.state == "ended", "more": hit.more,
         "passages": [_passage(hit, one) for one in hit.passages[: 3 if not asked.kind else 5]]}
        for hit in answer.hits
    ]  # fmt: skip
    return {"kind": kind, "title": KINDS[kind](), "total": answer.total, "hits": hits, "ended": answer.ended, "start": start,
            "more": answer.total > start + len(hits), "helps": answer.helps}  # fmt: skip


def _passage(hit: flow.Hit, one: flow.Passage) -> dict[str, Any]:
    pieces, at = [], 0
    for start, end in one.marked:
        if start >= at:
            pieces += [(False, one.words[at:start]), (True, one.words[start:end])]
            at = end
    pieces.append((False, one.words[at:]))
    clause = one.clause
    label = f"{clause.label} {clause.title}".strip() if clause else ""
    return {
        "pieces": pieces,
        "label": label,
        "href": f"{_href(hit.kind, hit.key)}#c{clause.start}" if clause and hit.kind == "policy" else "",
    }


def _href(kind: str, key: str, standing: Standing | None = None) -> str:
    if kind == "policy":
        return reverse("library:document", args=[key])
    if kind == "case":
        own = standing is not None and standing.role == Role.ENTERPRISE
        return reverse("casework:my_case" if own else "casework:case", args=[key])
    return reverse("room:issue", args=[key])


def visible(found: Sequence[Found]) -> list[Found]:
    """Of what the index proposes, what the scope of the request sees. A kind that is not known is seen by nobody."""
    keys: dict[str, list[str]] = {}
    for one in found:
        keys.setdefault(one.kind, []).append(one.key)
    seen = {("policy", key) for key in keys.get("policy", [])}
    seen |= {("case", key) for key in _of(Case.objects.all(), keys.get("case", []))}
    seen |= {("bulletin", key) for key in _of(Issue.objects.filter(state=Issue.State.ISSUED), keys.get("bulletin", []))}
    return [one for one in found if (one.kind, one.key) in seen]


def _of(rows: Any, keys: Sequence[str], some: int = 500) -> set[str]:
    return {pk for at in range(0, len(keys), some) for pk in rows.filter(pk__in=keys[at : at + some]).values_list("pk", flat=True)}


def _parties(asked: Asked) -> dict[str, Any]:
    """Enterprises and projects by name, code or pinyin initials, of the person's scope."""
    found = Party.objects.filter(matching(asked.words.strip('"“”「」')), kind__in=("enterprise", "project")).order_by("name", "pk")
    count = PAGE if asked.kind else FEW
    start = (asked.page - 1) * PAGE if asked.kind else 0
    rows = list(found[start : start + count + 1])
    addresses = {"enterprise": "registers:enterprise", "project": "registers:project"}
    hits = [
        {"title": one.name, "number": one.pk, "day": None, "href": reverse(addresses[one.kind], args=[one.pk]), "passages": []}
        for one in rows[:count]
    ]
    return {
        "kind": "party",
        "title": KINDS["party"](),
        "total": found.count(),
        "hits": hits,
        "ended": 0,
        "start": start,
        "more": len(rows) > count,
    }


def _actions(standing: Standing) -> list[tuple[str, str]]:
    """What the person may begin from here."""
    found = []
    if standing.role == Role.ENTERPRISE:
        found.append((_("新建诉求"), reverse("casework:my_new")))
    elif standing.holds(DESK_ROLES - {Role.ANALYST}):
        found.append((_("新建诉求"), reverse("casework:new")))
    if standing.role == Role.COMMAND:
        found.append((_("起草通报"), reverse("room:bulletins")))
    return found
