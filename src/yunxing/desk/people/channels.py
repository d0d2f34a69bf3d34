"""The ways a message of the outbox can take: the person's box on the desk, mail, text message, a work app, another system.

The box is inside: it is written in the transaction of the message's state. The others go through `io.messages`, and get a fixed sentence
and a link behind login, nothing else (design: ecosystem 1.8).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from yunxing.desk.installation import Messages
from yunxing.desk.people.models import ExternalIdentity, Message, Notice, User
from yunxing.io.messages.channel import ChannelError, Outgoing, Outlet, Standing

__all__ = ["CHANNELS", "Channel", "ChannelError", "Letter", "known"]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to be delivered. `key` is the same at every try; `subject` and `link` are for the desk, `sentence` and `door` for outside.

    `reference` stands for the key outside: a key may name an enterprise, its digest does not. `door` is the full address behind login.
    """

    key: str
    recipient: User
    subject: str
    sentence: str
    link: str
    reference: str = ""
    door: str = ""
    template: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


class Channel(Protocol):
    """A way out. `inside` says that `send` only writes to our own database, in the transaction of the message's state."""

    @property
    def name(self) -> str:
        """The name by which messages call it."""
        ...

    @property
    def inside(self) -> bool:
        """Whether it only writes to our own database."""
        ...

    def send(self, message: Message, letter: Letter) -> str:
        """Deliver and give a receipt; `ChannelError` when it could not."""
        ...


class SiteChannel:
    """The person's box on the desk."""

    name, inside = "site", True

    def send(self, message: Message, letter: Letter) -> str:
        """Write the notice; its key is the message, so it cannot be there twice."""
        Notice.objects.create(message=message, user=letter.recipient, title=letter.subject[:200], link=letter.link[:300])
        return "notice"


class MailChannel:
    """Mail through Django's mail backend."""

    name, inside, recognises = "mail", False, True

    def send(self, message: Message, letter: Letter) -> str:  # noqa: ARG002  # the protocol passes it
        """Hand the mail to the server. Mail stores know a repetition by its Message-ID."""
        if not letter.recipient.email:
            raise ChannelError("the account has no mail address", permanent=True)
        headers = {"Message-ID": f"<{letter.reference}@yunxing>"}
        body = f"{letter.sentence}\n\n{letter.door}\n" if letter.door else f"{letter.sentence}\n"
        mail = EmailMessage(
            letter.sentence, body, settings.DEFAULT_FROM_EMAIL, [letter.recipient.email], headers=headers, connection=get_connection()
        )
        try:
            mail.send()
        except OSError as error:  # smtplib's errors are OSErrors
            raise ChannelError(f"{type(error).__name__}: {error}") from error
        return headers["Message-ID"]


@dataclass
class OutsideChannel:
    """An outlet of `io.messages` for the people who have an address there."""

    outlet: Outlet
    address_of: Callable[[User], str]
    inside: bool = False

    @property
    def name(self) -> str:
        """The outlet's name."""
        return self.outlet.name

    @property
    def recognises(self) -> bool:
        """Whether the receiver knows a repetition."""
        return self.outlet.recognises

    def send(self, message: Message, letter: Letter) -> str:
        """Hand it over; where the receiver knows no repetition and a first try may have arrived, ask before sending again."""
        address = self.address_of(letter.recipient)
        if not address:
            raise ChannelError("the account has no address here", permanent=True)
        if not self.recognises and message.doubt == self.name and (receipt := self.outlet.find(letter.reference, address)):
            return receipt
        return self.outlet.send(
            Outgoing(letter.reference, address, letter.sentence, letter.door, template=letter.template, parameters=letter.words)
        )

    def standing(self, message: Message) -> Standing:
        """How far a sent message came."""
        return self.outlet.standing(message.receipt, self.address_of(message.recipient))


def mobile_of(user: User) -> str:
    """Where text messages reach the person."""
    return user.mobile


def work_id(provider: str) -> Callable[[User], str]:
    """Where a work app reaches the person: the identity bound to his account."""

    def found(user: User) -> str:
        return ExternalIdentity.objects.filter(user=user, provider=provider).values_list("subject", flat=True).first() or ""

    return found


def outlets(chosen: Messages) -> dict[str, OutsideChannel]:
    """The outside channels that this installation has set up; without an address a channel does not exist."""
    from yunxing.io.messages.text_service import TextService
    from yunxing.io.messages.webhook import Webhook
    from yunxing.io.messages.work_app import DingTalkKind, WeComKind

    found: dict[str, OutsideChannel] = {}
    seconds = float(chosen.timeout_seconds)
    if (app := chosen.wecom).address:
        found["wecom"] = OutsideChannel(WeComKind(app.address, app.key, app.secret, app.agent, seconds), work_id("wecom"))
    if (app := chosen.dingtalk).address:
        found["dingtalk"] = OutsideChannel(DingTalkKind(app.address, app.key, app.secret, app.agent, seconds), work_id("dingtalk"))
    if (text := chosen.text).address:
        found["text"] = OutsideChannel(TextService(text.address, text.key, text.secret, text.signature, text.fields, seconds), mobile_of)
    if chosen.webhook.address:
        found["webhook"] = OutsideChannel(Webhook(chosen.webhook.address, chosen.webhook.secret, seconds), lambda user: user.username)
    return found


CHANNELS: dict[str, Channel] = {"site": SiteChannel(), "mail": MailChannel()}


@lru_cache(maxsize=1)
def _connect() -> None:
    CHANNELS.update(outlets(settings.INSTALLATION.messages))


def known() -> dict[str, Channel]:
    """Every channel of this installation by name; the outside ones are connected once per process."""
    _connect()
    return CHANNELS
