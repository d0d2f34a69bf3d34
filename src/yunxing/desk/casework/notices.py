"""Notices of cases become messages to people: the store says which body or role is to hear of an event, here it is known who that is today."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from yunxing.desk.casework import acting
from yunxing.desk.casework.models import Case, Notice
from yunxing.desk.casework.services import link_of, people_of
from yunxing.desk.people import outbox
from yunxing.desk.people.models import Post, Role, User
from yunxing.desk.people.outbox import Breath
from yunxing.desk.scoping import acting_as_system
from yunxing.flows.sweep_cases import sweep_cases
from yunxing.values.office_hours import local

GROUP = 25
TEMPLATES = {"message": "case_question", "urge": "case_urged", "answer": "case_answered", "rung": "case_due"}
COMMAND = "command"


def deliver_notices(now: datetime, *, batch: int = GROUP) -> int:
    """Turn the waiting notices into messages and mark them, in one transaction a batch; gives how many notices.

    A notice for which nobody can be found is marked `nobody`. The message's key, case, event and person, makes a repetition harmless.
    """
    done = 0
    breath = Breath()
    with acting_as_system("notices"):
        while waiting := list(Notice.objects.filter(state="waiting").select_related("case").order_by("id")[:batch]):
            # who hears of it is looked up before the transaction: pages wait for whoever writes
            told = [(one, template_of(one), [(person, link_of(one.case, person)) for person in hearers(one, now)]) for one in waiting]
            with transaction.atomic():
                for notice, template, people in told:
                    for person, link in people:
                        outbox.send(
                            key=f"case:{notice.case_id}:{notice.ver}:{person.pk}",
                            recipient=person,
                            template=template,
                            parameters={"title": notice.case.title or notice.case_id, "link": link},
                        )
                    Notice.objects.filter(pk=notice.pk).update(state="sent" if people else "nobody")
            done += len(waiting)
            breath.take()
    return done


def sweep(_at: datetime) -> None:
    """What runs each minute over cases: clocks that ran out, rungs that are due, new holiday notices; then who is to hear of it is told."""
    with acting_as_system("sweep"):
        sweep_cases(connection, acting.now())


def template_of(notice: Notice) -> str:
    """What the message says: a question to the enterprise, an answer to be confirmed, an urging, something to be signed."""
    definition = acting.definition_of(notice.case.definition, notice.case.version)
    if definition.state(notice.case.state).owner == "origin" and notice.unit == notice.case.party:
        return "case_answered"
    if notice.role == "head":
        return "case_overdue"
    known = TEMPLATES.get(notice.what)
    if known == "case_question" and notice.unit != notice.case.party:
        return "case_news"
    return known or ("case_assigned" if notice.case.owner == notice.unit else "case_news")


def hearers(notice: Notice, now: datetime) -> list[User]:
    """The people who hear of it: the person named, the heads of the lead office, the command's staff, else who works in the unit."""
    case: Case = notice.case
    on = local(now)[0]
    if notice.person and (user := User.objects.filter(username=notice.person, is_active=True).first()):
        return [user]
    if notice.role == "head":
        heads = Post.objects.on(on).filter(unit__code=notice.unit or case.lead, is_head=True, user__is_active=True).select_related("user")
        return [post.user for post in heads] or people_of(notice.unit or case.lead)
    if COMMAND in (notice.role, notice.unit):
        staff = Post.objects.on(on).filter(role=Role.COMMAND, user__is_active=True).select_related("user")
        return list({post.user_id: post.user for post in staff}.values())
    return people_of(notice.unit or case.owner, case.handler if notice.unit == case.lead else "")
