"""The to-do list (待办) of a person: one list over every room, sorted by deadline (design: screens §4).

A room registers what somebody owes (`owes`): how to list it and how to count it. Pages show the list, the header its number; a message that
reached nobody is the sender's to-do and is listed here too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.people.models import Message
from yunxing.desk.people.selectors import Standing

MOST = 99  # the badge says 99+ beyond it
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Act:
    """What can be done from the list itself with one click: a button that posts `fields` to `address`."""

    title: str
    address: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing somebody owes: what (`kind` names the sort in the reader's language), by when, where it is done. `light` is its state of time."""

    kind: str
    title: str
    href: str
    due: datetime | None = None
    note: str = ""
    light: str = "none"
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """One room's part of the list."""

    name: str
    list: Callable[[Standing, datetime, int], Iterable[Todo]]
    count: Callable[[Standing, datetime, int], int]


_providers: dict[str, Provider] = {}


def owes(
    name: str, *, count: Callable[[Standing, datetime, int], int]
) -> Callable[[Callable[[Standing, datetime, int], Iterable[Todo]]], Callable[[Standing, datetime, int], Iterable[Todo]]]:
    """Register a room's part: the decorated function lists at most `limit` things a person owes now, `count` counts them up to `limit`."""

    def register(
        listed: Callable[[Standing, datetime, int], Iterable[Todo]],
    ) -> Callable[[Standing, datetime, int], Iterable[Todo]]:
        _providers[name] = Provider(name, listed, count)
        return listed

    return register


def todos(standing: Standing, now: datetime, limit: int = 200) -> list[Todo]:
    """Everything the person owes in the post he acts in: the nearest deadline first, what has none last."""
    if standing.post is None:
        return []
    found = [one for _name, provider in sorted(_providers.items()) for one in provider.list(standing, now, limit)]
    return sorted(found, key=lambda one: (one.due or NEVER, one.kind, one.title))[:limit]


def number(standing: Standing | None, now: datetime) -> str:
    """The number of the badge; empty for nothing."""
    if standing is None or standing.post is None:
        return ""
    total = 0
    for provider in _providers.values():
        total += provider.count(standing, now, MOST + 1 - total)
        if total > MOST:
            return f"{MOST}+"
    return str(total) if total else ""


def _undelivered_count(standing: Standing, _now: datetime, limit: int) -> int:
    return Message.objects.filter(sender=standing.user, state=Message.State.FAILED)[:limit].count()


@owes("messages", count=_undelivered_count)
def _undelivered(standing: Standing, _now: datetime, limit: int) -> Iterable[Todo]:
    for message in Message.objects.filter(sender=standing.user, state=Message.State.FAILED).select_related("recipient")[:limit]:
        link = str(message.parameters.get("link", "")) or reverse("people:notices")
        title = _("%(who)s没有收到您的消息，请改用电话") % {"who": message.recipient}
        yield Todo(_("消息未送达"), title, link, note=message.recipient.phone, light="amber")
