"""What a person owes and holds of cases: his part of the to-do list, and what passes on when he leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.casework import acting
from yunxing.desk.casework.models import Case
from yunxing.desk.casework.selectors import NOTHING_RUNS, TO_SIGN, own_units, rows_of
from yunxing.desk.people import handover, todo
from yunxing.desk.people.models import Role, User
from yunxing.desk.people.selectors import Standing
from yunxing.engines.cases.case import Actor
from yunxing.flows import walk_case
from yunxing.values.errors import Refusal

ONE_CLICK = ("sign", "start")


def owed(standing: Standing) -> Q:
    """The cases whose next act this person owes: his unit's, unless a colleague handles them; a joint office's open part."""
    units, me = own_units(standing), standing.user.username
    if standing.role == Role.ANALYST:
        return Q(pk__in=[])
    mine = Q(owner__in=units) & (Q(handler="") | Q(handler=me) | ~Q(lead__in=units))
    return Q(is_open=True, definition__in=acting.names_of_kind()) & (
        mine | Q(part__office__in=units, part__state__in=["open", "candidate"])
    )


def _count(standing: Standing, _now: datetime, limit: int) -> int:
    return Case.objects.filter(owed(standing)).order_by().distinct()[:limit].count()


@todo.owes("cases", count=_count)
def _owed(standing: Standing, now: datetime, limit: int) -> Iterable[todo.Todo]:
    enterprise = standing.role == Role.ENTERPRISE
    cases = list(Case.objects.filter(owed(standing)).order_by("due", "id").distinct()[:limit])
    rows = {row.id: row for row in rows_of(cases, now, route="casework:my_case" if enterprise else "casework:case")}
    for case in cases:
        row = rows[case.pk]
        act = None if enterprise else quick_act(case, standing)
        due = case.due if case.due.year < NOTHING_RUNS else None
        note = " · ".join(one for one in (row.party, row.words) if one)
        yield todo.Todo(_("待您确认") if enterprise else row.state, row.title, row.href, due=due, note=note, light=row.light, act=act)


def quick_act(case: Case, standing: Standing) -> todo.Act | None:
    """Signing from the list itself: the next step, when it asks for nothing."""
    if case.state not in TO_SIGN:
        return None
    definition = acting.definition_of(case.definition, case.version)
    edge = next((one for one in definition.leaving(case.state) if one.name in ONE_CLICK and not one.needs), None)
    if edge is None or not ({"lead", "owner"} & set(edge.by)) or standing.role not in (Role.DEPARTMENT, Role.COUNTY):
        return None
    address = reverse("casework:step", args=[case.pk, edge.name])
    return todo.Act(acting.pick(edge.title, edge.title_en), address, (("ver", str(case.ver)),))


def _held(user: User) -> Sequence[handover.Held]:
    cases = Case.objects.filter(handler=user.username, is_open=True).order_by("due", "id")
    return [handover.Held(case.pk, f"{case.title or case.pk}（{case.pk}）") for case in cases]


@handover.holds("cases", title=lambda: _("在办事项"), held=_held)
def _pass_on(old: User, new: User) -> Sequence[str]:
    """Every open case that he handles gets the successor as its handler, with an event that says so."""
    moved = []
    for case in Case.objects.filter(handler=old.username, is_open=True):
        actor = Actor(new.username, case.lead, frozenset({"department"}))
        answer = walk_case.act_on(
            connection,
            case.pk,
            "handler",
            actor,
            acting.now(),
            words=_("离岗移交：%(old)s → %(new)s") % {"old": old, "new": new},
            given={"handler": new.username},
        )
        if isinstance(answer, walk_case.Refused):
            raise Refusal(f"{case.pk}: {acting.pick(answer.words, answer.words_en)}")
        if answer.won:
            moved.append(case.pk)
    return moved
