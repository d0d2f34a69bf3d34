"""Factors' part of the to-do list: acts that wait for one's agreement, auctions that wait for opening, advances that fall due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.factors import place
from yunxing.desk.factors.models import Auction, Proposal
from yunxing.desk.people.models import Role
from yunxing.desk.people.selectors import Standing
from yunxing.desk.people.todo import Todo, owes
from yunxing.desk.room.figures import pick
from yunxing.desk.scoping import acting_as_system

OFFICERS = frozenset({Role.COMMAND, Role.DEPARTMENT})


def waiting(standing: Standing) -> list[Proposal]:
    """The acts that this person may agree to: drawn up by somebody else."""
    if not standing.holds(OFFICERS):
        return []
    with acting_as_system("ledgers"):
        found = list(Proposal.objects.filter(state=Proposal.State.WAITING).exclude(drawn_by=standing.user.username).order_by("drawn_at"))
    acts = place.quotas().acts
    return [one for one in found if one.act in acts and place.may_draw_up(standing, acts[one.act])]


def to_open(standing: Standing, now: datetime) -> list[Auction]:
    """Auctions whose closing time has passed and whose bids are not open yet."""
    if not standing.holds(OFFICERS):
        return []
    with acting_as_system("ledgers"):
        found = Auction.objects.filter(state__in=(Auction.State.OPEN, Auction.State.CLOSED), closes_at__lte=now)
        rows = [one for one in found if one.asked_by != standing.user.username]
    pools = place.quotas().pools
    return [
        one for one in rows if one.pool in pools and (standing.role == Role.COMMAND or pools[one.pool].owner in place.offices_of(standing))
    ]


def _count(standing: Standing, now: datetime, limit: int) -> int:
    return min(limit, len(waiting(standing)) + len(to_open(standing, now)))


@owes("factors", count=_count)
def _owed(standing: Standing, now: datetime, limit: int) -> Iterable[Todo]:
    for one in waiting(standing)[:limit]:
        act = place.quotas().acts[one.act]
        yield Todo(_("要素待批"), pick(act.title, act.title_en), reverse("factors:proposal", args=[one.pk]), note=one.document)
    for auction in to_open(standing, now)[:limit]:
        yield Todo(_("竞购待开标"), auction.title, reverse("factors:auction", args=[auction.pk]), due=auction.closes_at, light="amber")
