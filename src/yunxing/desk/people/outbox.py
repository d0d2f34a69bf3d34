"""The outbox (design: ecosystem 1.8): a page never calls out. It writes a `Message` in its own transaction; a worker delivers it later.

Each message leaves exactly once as far as we can know. The in-site channel writes its notice and the message's state in one transaction.
An outside channel may be cut between sending and noting it; the next try sends under the same key (`Message-ID`), by which the receiver
recognises it. One channel fails: the next is tried; all fail: tried again later, and after `TRIES` it becomes the sender's to-do.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import IntegrityError, transaction
from django.utils import timezone

from yunxing.desk.people import journal
from yunxing.desk.people.models import Lease, Message, Notice, User
from yunxing.desk.scoping import acting_as_system
from yunxing.values.errors import BadInput

TRIES = 5
LEASE = timedelta(minutes=2)
PAUSE = timedelta(minutes=5)
DEFAULT_CHANNELS = ("site",)


class ChannelError(Exception):
    """A channel could not deliver. `permanent`: not worth trying this channel again."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to be delivered: what a channel is given. `key` is the same at every try."""

    key: str
    recipient: User
    subject: str
    body: str
    link: str


class Channel(Protocol):
    """A way out. `inside` says that `send` only writes to our own database, in the transaction of the message's state."""

    name: str
    inside: bool

    def send(self, message: Message, letter: Letter) -> str:
        """Deliver and give a receipt; `ChannelError` when it could not."""
        ...


class SiteChannel:
    """The person's box on the desk."""

    name, inside = "site", True

    def send(self, message: Message, letter: Letter) -> str:
        """Write the notice; its key is the message, so it cannot be there twice."""
        Notice.objects.create(message=message, user=letter.recipient, title=letter.subject, link=letter.link)
        return "notice"


class MailChannel:
    """Mail through Django's mail backend. The body is a sentence and says where to sign in: no figure, no personal data."""

    name, inside = "mail", False

    def send(self, message: Message, letter: Letter) -> str:  # noqa: ARG002  # the protocol passes it
        """Hand the mail to the server."""
        if not letter.recipient.email:
            raise ChannelError("the account has no mail address", permanent=True)
        headers = {"Message-ID": f"<{letter.key}@yunxing>"}
        mail = EmailMessage(
            letter.subject, letter.body, settings.DEFAULT_FROM_EMAIL, [letter.recipient.email], headers=headers, connection=get_connection()
        )
        try:
            mail.send()
        except OSError as error:  # smtplib's errors are OSErrors
            raise ChannelError(f"{type(error).__name__}: {error}") from error
        return headers["Message-ID"]


CHANNELS: dict[str, Channel] = {"site": SiteChannel(), "mail": MailChannel()}

# template id → subject and body; packs add theirs (ids of approved templates of text services are theirs too)
TEMPLATES: dict[str, tuple[str, str]] = {
    "notice": ("{title}", "您有一条新消息，请登录系统查看。"),
    "case_assigned": ("您有一项新的待办：{title}", "您有一项新的待办，请登录系统查看。"),
    "report_due": ("请报送：{title}", "您有一项待报送的报表，请登录系统办理。"),
    "password_reset": ("您的密码已由系统管理员重置", "您的密码已重置，请向系统管理员领取初始密码并登录修改。"),
}


def send(
    *,
    key: str,
    recipient: User,
    template: str = "notice",
    parameters: Mapping[str, str] | None = None,
    channels: Sequence[str] = DEFAULT_CHANNELS,
    sender: User | None = None,
    not_before: datetime | None = None,
) -> Message:
    """Write a message in the caller's transaction. A second call with the same `key` gives the first message and changes nothing."""
    if template not in TEMPLATES:
        raise BadInput(f"no message template {template!r}; known: {', '.join(sorted(TEMPLATES))}")
    unknown = [name for name in channels if name not in CHANNELS]
    if unknown or not channels:
        raise BadInput(f"no message channel {unknown or 'given'}; known: {', '.join(sorted(CHANNELS))}")
    values = {name: str(value) for name, value in (parameters or {}).items()}
    try:
        TEMPLATES[template][0].format(**values)
    except KeyError as missing:
        raise BadInput(f"the template {template!r} needs the parameter {missing}") from missing
    try:
        with transaction.atomic():
            return Message.objects.create(
                dedupe_key=key,
                recipient=recipient,
                sender=sender,
                template=template,
                parameters=values,
                channels=list(channels),
                not_before=not_before or timezone.now(),
            )
    except IntegrityError:
        found = Message.objects.filter(dedupe_key=key).first()
        if found is None:
            raise
        return found


def deliver(*, now: datetime | None = None, limit: int = 1000) -> dict[str, int]:
    """Deliver what is due, oldest first; gives counts by outcome. Only the holder of the lease works: a second worker returns at once."""
    counts = {"sent": 0, "postponed": 0, "failed": 0}
    holder = f"{socket.gethostname()}:{os.getpid()}:{os.urandom(4).hex()}"
    at = now or timezone.now()
    if not take_lease("outbox", holder, at):
        return counts
    due = Message.objects.filter(state=Message.State.WAITING, not_before__lte=at).order_by("id").values_list("pk", flat=True)[:limit]
    try:
        for key in list(due):
            if now is None and not take_lease("outbox", holder, timezone.now()):
                break  # we were slow and another worker took over
            counts[_deliver_one(key, at)] += 1
    finally:
        Lease.objects.filter(job="outbox", holder=holder).update(until=at, holder="")
    return counts


def take_lease(job: str, holder: str, at: datetime) -> bool:
    """Take or prolong the lease of a job; False while someone else holds it."""
    with transaction.atomic():
        lease, _created = Lease.objects.select_for_update().get_or_create(job=job, defaults={"until": at})
        if lease.holder not in ("", None, holder) and lease.until > at:
            return False
        lease.holder, lease.until = holder, at + LEASE
        lease.save()
    return True


def _deliver_one(pk: int, at: datetime) -> str:
    message = Message.objects.select_related("recipient").get(pk=pk)
    trouble: list[str] = []
    hopeless = True
    if message.template not in TEMPLATES:  # the pack that brought it was taken away; one bad row must not stop the others
        return _not_sent(message, f"no message template {message.template!r}", at, hopeless=True)
    letter = _letter(message)
    for name in message.channels:
        channel = CHANNELS[name]
        try:
            with acting_as_system("outbox"), transaction.atomic():
                if channel.inside:
                    _sent(message, name, channel.send(message, letter), at)
                    return "sent"
            receipt = channel.send(message, letter)
        except ChannelError as error:
            trouble.append(f"{name}: {error}")
            hopeless = hopeless and error.permanent
            continue
        with transaction.atomic():
            _sent(message, name, receipt, at)
        return "sent"
    return _not_sent(message, "; ".join(trouble), at, hopeless=hopeless)


def _sent(message: Message, name: str, receipt: str, at: datetime) -> None:
    message.state, message.sent_by, message.receipt, message.sent_at = Message.State.SENT, name, receipt, at
    message.tries += 1
    message.save()
    journal.record("send", kind="message", object_id=message.dedupe_key, after={"channel": name})


def _not_sent(message: Message, trouble: str, at: datetime, *, hopeless: bool) -> str:
    """Try again later, or give up and tell the sender."""
    message.tries += 1
    message.trouble = trouble[:400]
    if hopeless or message.tries >= TRIES:
        message.state = Message.State.FAILED
    else:
        message.not_before = at + PAUSE * message.tries
    with transaction.atomic():
        message.save()
        if message.state == Message.State.FAILED:
            journal.record("send", kind="message", object_id=message.dedupe_key, result="failed", reason=trouble)
            if message.sender and message.channels != ["site"]:
                parameters = {"title": f"{message.recipient}：消息未送达"}
                send(key=f"failed:{message.pk}", recipient=message.sender, parameters=parameters)
    return "failed" if message.state == Message.State.FAILED else "postponed"


def _letter(message: Message) -> Letter:
    subject, body = TEMPLATES[message.template]
    values: dict[str, Any] = message.parameters
    link = str(values.get("link", ""))
    return Letter(message.dedupe_key, message.recipient, subject.format(**values), body, link)
