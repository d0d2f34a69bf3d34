"""What the command room's work asks of a person: signals without a case that his office owes an answer to, bulletins that wait for his draft, check or signature.

A signal that became a case is listed by the cases, not twice. Who leaves hands his drafts on: the successor is their author from then, so he will not check or sign them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.casework.models import Case
from yunxing.desk.people import handover, todo
from yunxing.desk.people.models import Role, User
from yunxing.desk.people.selectors import Standing
from yunxing.desk.room.figures import pick
from yunxing.desk.room.issues import OPEN
from yunxing.desk.room.models import Issue, IssueEvent, OpenSignal, Signal

State = Issue.State
ANSWERS = frozenset({Role.COMMAND, Role.DEPARTMENT})
UNANSWERED = ("new", "assigned")


def signals_owed(standing: Standing, today: date) -> list[Signal]:
    """Open signals of the person's own office that no case has taken up, the nearest deadline first; the command's staff also see the others' once they are late."""
    if standing.post is None or standing.role not in ANSWERS:
        return []
    mine = Q(owner=standing.post.unit.code)
    if standing.role == Role.COMMAND:
        mine |= Q(deadline__lt=today)
    found = Signal.objects.filter(mine, state__in=UNANSWERED, id__in=OpenSignal.objects.values("signal")).order_by(
        "deadline", "-severity", "id"
    )
    signals = list(found)
    taken = set(Case.objects.filter(origin__in=[f"signal:{one.id}" for one in signals]).values_list("origin", flat=True))
    return [one for one in signals if f"signal:{one.id}" not in taken]


def _signal_count(standing: Standing, _now: datetime, limit: int) -> int:
    return min(len(signals_owed(standing, clock.today())), limit)


@todo.owes("signals", count=_signal_count)
def _signals(standing: Standing, _now: datetime, limit: int) -> Iterable[todo.Todo]:
    today = clock.today()
    for one in signals_owed(standing, today)[:limit]:
        light = "red" if one.deadline < today else "amber" if one.severity > 1 else "none"
        due = datetime.combine(one.deadline, time(23, 59, 59), ZoneInfo(settings.TIME_ZONE))
        href = reverse("room:signal", args=[one.month, one.id])
        yield todo.Todo(_("信号待答复"), pick(one.words_zh, one.words_en), href, due, _("期限暂定") if one.provisional else "", light)


def issues_owed(standing: Standing) -> QuerySet[Issue]:
    """Bulletins on their way that wait for this person: his own drafts, and what others wrote and he may check or sign."""
    if standing.role != Role.COMMAND:
        return Issue.objects.none()
    me = standing.user.username
    return Issue.objects.filter(
        Q(state=State.DRAFTED, author=me) | (Q(state__in=[State.REVIEWING, State.SIGNING]) & ~Q(author=me))
    ).order_by("month", "id")


def _issue_count(standing: Standing, _now: datetime, limit: int) -> int:
    return issues_owed(standing)[:limit].count()


@todo.owes("bulletins", count=_issue_count)
def _issues(standing: Standing, _now: datetime, limit: int) -> Iterable[todo.Todo]:
    kinds = {State.DRAFTED: _("通报待提交"), State.REVIEWING: _("通报待核稿"), State.SIGNING: _("通报待签发")}
    for one in issues_owed(standing)[:limit]:
        said = one.events.order_by("-ver").first()
        back = said is not None and said.act == "send_back"
        note = _("退回：%(why)s") % {"why": said.said} if said is not None and back else ""
        yield todo.Todo(kinds[State(one.state)], one.title, reverse("room:issue", args=[one.pk]), None, note, "amber" if back else "none")


def _held(user: User) -> Sequence[handover.Held]:
    drafts = Issue.objects.filter(author=user.username, state__in=OPEN).order_by("month", "id")
    return [handover.Held(one.pk, f"{one.title}（{State(one.state).label}）") for one in drafts]


@handover.holds("bulletins", title=lambda: _("在办通报"), held=_held)
def _pass_on(old: User, new: User) -> Sequence[str]:
    """Every bulletin on its way that he wrote gets the successor as its author, with an entry that says so."""
    moved = []
    for one in Issue.objects.filter(author=old.username, state__in=OPEN):
        one.author, one.ver, one.changed = new.username, one.ver + 1, clock.now()
        one.save(update_fields=["author", "ver", "changed"])
        said = _("离岗移交：%(old)s → %(new)s") % {"old": old, "new": new}
        IssueEvent.objects.create(
            issue=one, ver=one.ver, act="hand_over", from_state=one.state, to_state=one.state, actor=new.username, actor_name=new.name, at=one.changed, said=said
        )  # fmt: skip
        moved.append(one.pk)
    return moved
