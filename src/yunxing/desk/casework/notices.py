"""The outbox of cases becomes messages to people: the handler, else everybody with a post in the office. One message a person and event, however often it runs."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yunxing.desk.casework.models import Case, Notice
from yunxing.desk.people import outbox
from yunxing.desk.people.models import BUSINESS, Post, User
from yunxing.desk.scoping import acting_as_system
from yunxing.values.office_hours import local

BATCH = 500


def deliver_notices(now: datetime, *, batch: int = BATCH) -> int:
    """Turn waiting notices into messages and mark them sent, in one transaction a batch; gives how many notices. A notice nobody can be found for is marked `nobody`."""
    done = 0
    with acting_as_system("casework"):
        while True:
            with transaction.atomic():
                waiting = list(Notice.objects.filter(state="waiting").order_by("id")[:batch])
                if not waiting:
                    return done
                titles = dict(Case.objects.filter(id__in={one.case_id for one in waiting}).values_list("id", "title"))
                for one in waiting:
                    people = _recipients(one, now)
                    for user in people:
                        outbox.send(
                            key=f"case:{one.case_id}:{one.ver}:{user.pk}",
                            recipient=user,
                            template="case_assigned",
                            parameters={"title": titles.get(one.case_id, ""), "link": f"/cases/{one.case_id}"},
                        )
                    one.state = "sent" if people else "nobody"
                    one.save(update_fields=["state"])
                done += len(waiting)


def _recipients(one: Notice, now: datetime) -> list[User]:
    if one.person:
        found = list(User.objects.filter(username=one.person, is_active=True))
        if found:
            return found
    posts = Post.objects.on(local(now)[0]).filter(unit__code=one.unit, role__in=BUSINESS, user__is_active=True)
    return [post.user for post in posts.select_related("user").order_by("user_id").distinct()] if one.unit else []
