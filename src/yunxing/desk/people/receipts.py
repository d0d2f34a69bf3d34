"""How far messages came: sent, delivered, read, failed. The box knows by itself; outside services are asked now and then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from yunxing.desk.people import journal
from yunxing.desk.people.channels import ChannelError, OutsideChannel, known
from yunxing.desk.people.models import Message, Notice

if TYPE_CHECKING:
    from yunxing.desk.people.models import User

ASKED_FOR = timedelta(days=3)
ORDER = (Message.State.SENT, Message.State.DELIVERED, Message.State.READ)


def ask(*, now: datetime, limit: int = 200) -> dict[str, int]:
    """Ask the outside services about messages of the last days that are not known to be read; gives how many moved to which state.

    A state only moves forward: a service that forgets does not un-read a message.
    """
    moved: dict[str, int] = {}
    open_ = Message.objects.filter(state__in=[Message.State.SENT, Message.State.DELIVERED], sent_at__gte=now - ASKED_FOR)
    silent: set[str] = set()
    for message in open_.exclude(sent_by__in=["site", "mail"]).select_related("recipient").order_by("id")[:limit]:
        channel = known().get(message.sent_by)
        if not isinstance(channel, OutsideChannel) or message.sent_by in silent:
            continue
        try:
            standing = channel.standing(message)
        except ChannelError:
            silent.add(message.sent_by)  # it is down: the next round asks again
            continue
        if _forward(message, standing, now):
            moved[standing] = moved.get(standing, 0) + 1
    return moved


def _forward(message: Message, standing: str, now: datetime) -> bool:
    after = Message.State(standing)
    order = [str(one) for one in ORDER]
    if after == message.state or (standing in order and order.index(standing) <= order.index(message.state)):
        return False
    with transaction.atomic():
        message.state = after
        if after == Message.State.READ:
            message.read_at = now
        message.save(update_fields=["state", "read_at"])
        journal.record("receipt", kind="message", object_id=message.dedupe_key, after={"state": str(after)})
    return True


def read(message: Message, *, at: datetime) -> None:
    """The person opened it, on the desk or by the link of an outside message: message and notice are read."""
    with transaction.atomic():
        Notice.objects.filter(message=message, read_at=None).update(read_at=at)
        Message.objects.filter(pk=message.pk, read_at=None).exclude(state=Message.State.WAITING).update(
            state=Message.State.READ, read_at=at
        )


def of_sender(user: User) -> dict[str, int]:
    """How far the messages came that a person sent: the count of each state."""
    found: dict[str, int] = {}
    for state in Message.objects.filter(sender=user).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found
