"""A person leaves: everything he holds passes on in one act (ecosystem §0, moment 10; 1.2).

Each room registers what a person can hold of its kind (`holds`): how to list it and how to pass it on. The act disables the account, ends
the posts, passes every kind to its successor, and is refused as a whole when anything would be left without an owner.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from yunxing.desk.people import journal
from yunxing.desk.people.models import ExternalIdentity, Message, Post, Role, User
from yunxing.desk.people.services import grant, must_hold, withdraw
from yunxing.desk.scoping import acting_as_system
from yunxing.values.errors import Refusal

POSTS = "posts"


@dataclass(frozen=True, slots=True)
class Held:
    """One thing a person holds: its key and how it reads."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Holding:
    """A kind of work that a person can hold: its title, the list of what he holds, and how it passes on (gives the keys it moved)."""

    kind: str
    title: Callable[[], str]
    held: Callable[[User], Sequence[Held]]
    move: Callable[[User, User], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Inventory:
    """What one person holds of one kind."""

    kind: str
    title: str
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Leaving:
    """What leaving moved: posts handed over, and the count of each kind of open work."""

    posts: int
    work: dict[str, int]


_kinds: dict[str, Holding] = {}


def holds(kind: str, *, title: Callable[[], str], held: Callable[[User], Sequence[Held]]) -> Callable[..., Any]:
    """Register a kind of work; the decorated function passes all of it from the leaver to the successor and gives the keys it moved."""

    def register(move: Callable[[User, User], Sequence[str]]) -> Callable[[User, User], Sequence[str]]:
        _kinds[kind] = Holding(kind, title, held, move)
        return move

    return register


def inventory(user: User) -> list[Inventory]:
    """Everything the person holds, kind by kind; posts first. The list is made by the system's eyes: nothing of his may be overlooked."""
    with acting_as_system("handover"):
        posts = tuple(Held(str(post.pk), str(post)) for post in _posts(user, timezone.localdate()))
        rest = [Inventory(one.kind, one.title(), tuple(one.held(user))) for _kind, one in sorted(_kinds.items())]
    return [Inventory(POSTS, _("岗位"), posts), *rest]


def _posts(user: User, on: date) -> list[Post]:
    return list(Post.objects.filter(user=user).filter(Q(until__isnull=True) | Q(until__gte=on)).select_related("unit"))


@transaction.atomic
def leave(*, by: User, user: User, successor: User, on: date, reason: str = "", others: Mapping[str, User] | None = None) -> Leaving:
    """A person leaves: the account is disabled, posts and all open work pass on, in one act. `on` is the first day without him.

    `successor` takes everything for which `others` names nobody else by kind. Refused: what would leave anything without an owner.
    """
    must_hold(by, Role.SECURITY_ADMIN)
    heirs = dict(others or {})
    _may_hand_over(by, user, [successor, *heirs.values()], on)
    if unknown := sorted(set(heirs) - set(_kinds) - {POSTS}):
        raise Refusal(_("没有“%(kind)s”这类待移交事项。") % {"kind": unknown[0]})
    moved_posts = _hand_posts(by, user, heirs.get(POSTS, successor), on, reason)
    work: dict[str, int] = {}
    with acting_as_system("handover"):
        for kind, holding in sorted(_kinds.items()):
            heir = heirs.get(kind, successor)
            keys = list(holding.move(user, heir))
            for key in keys:
                journal.record("hand_over", kind=kind, object_id=key, after={"from": user.username, "to": heir.username}, reason=reason)
            work[kind] = len(keys)
            if left := list(holding.held(user)):
                raise Refusal(_("“%(kind)s”仍有 %(count)s 项未能移交，整个移交已撤回。") % {"kind": holding.title(), "count": len(left)})
    ExternalIdentity.objects.filter(user=user).delete()
    Message.objects.filter(recipient=user, state=Message.State.WAITING).update(recipient=heirs.get("notices", successor))
    user.is_active = False
    user.save(update_fields=["is_active"])
    after: dict[str, Any] = {"successor": successor.username, "posts": moved_posts, "work": work}
    journal.record("leave", kind="account", object_id=user.username, after=after, reason=reason)
    return Leaving(moved_posts, work)


def _may_hand_over(by: User, user: User, heirs: Sequence[User], on: date) -> None:
    if by == user or by in heirs:
        raise Refusal(_("离岗移交不能由移交双方本人办理。"))
    if any(user == one or not one.is_active for one in heirs):
        raise Refusal(_("接收人须是另一个在用账户。"))
    if on > timezone.localdate():
        raise Refusal(_("离岗移交在离岗当日办理，不能预先停用账户。"))


def _hand_posts(by: User, user: User, heir: User, on: date, reason: str) -> int:
    """End the leaver's posts and grant them to the heir where he does not hold them already."""
    moved = 0
    for post in _posts(user, on):
        since, until = max(post.since, on), post.until
        withdraw(by=by, post=post, on=since, reason=reason)
        if not Post.objects.on(since).filter(user=heir, unit=post.unit, role=post.role).exists():
            grant(by=by, user=heir, unit=post.unit, role=Role(post.role), since=since, until=until, reason=reason, is_head=post.is_head)
            moved += 1
    return moved
