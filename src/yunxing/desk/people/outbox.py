"""The outbox (design: ecosystem 1.8): a page never calls out. It writes a `Message` in its own transaction; a worker delivers it later.

Each message leaves exactly once as far as we can know. The in-site channel writes its notice and the message's state in one transaction.
An outside channel may be cut between sending and noting it; the message is then in doubt, and the next try goes to the same channel under the
same key, by which the receiver recognises it, or is asked whether it came. One channel refuses: the next is tried; all refuse: tried again
later, and after `TRIES` it becomes the sender's to-do. Outside messages keep quiet hours; the box on the desk takes them at any time.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from time import monotonic, sleep
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from yunxing.desk import clock
from yunxing.desk.people import journal
from yunxing.desk.people.channels import CHANNELS, Channel, ChannelError, Letter, known
from yunxing.desk.people.models import Attempt, Lease, Message, User
from yunxing.desk.scoping import acting_as_system
from yunxing.io.messages.hours import Hours
from yunxing.packs.find import find_pack
from yunxing.packs.messages import MessageTemplate, load_messages
from yunxing.values.digest import digits
from yunxing.values.errors import BadInput

__all__ = ["CHANNELS", "TEMPLATES", "ChannelError", "Letter", "deliver", "send", "take_lease", "templates", "urge"]

TRIES, DOUBTS = 5, 3
LEASE = timedelta(minutes=2)
PAUSE = timedelta(minutes=5)
GROUP = 25  # notices of the box that one transaction writes; pages wait for whoever writes
WORK_SECONDS, REST_SECONDS = 0.2, 0.05


class Breath:
    """A worker that writes without a pause starves the pages of a store that takes one writer at a time: after so much work it rests a little."""

    def __init__(self) -> None:
        self._since = monotonic()

    def take(self) -> None:
        """Rest, when it is time."""
        if monotonic() - self._since >= WORK_SECONDS:
            sleep(REST_SECONDS)
            self._since = monotonic()


# what every installation can say: title on the desk, sentence outside; a pack's own templates stand beside these and may take their place
TEMPLATES: dict[str, tuple[str, str]] = {
    "notice": ("{title}", "您有一条新消息，请登录系统查看。"),
    "case_assigned": ("您有一项新的待办：{title}", "您有一项新的待办，请登录系统查看。"),
    "report_due": ("请报送：{title}", "您有一项待报送的报表，请登录系统办理。"),
    "password_reset": ("您的密码已由系统管理员重置", "您的密码已重置，请向系统管理员领取初始密码并登录修改。"),
}
URGENT = frozenset({"password_reset"})


@lru_cache(maxsize=2)
def _of_pack(given: str) -> dict[str, MessageTemplate]:
    return load_messages(find_pack(given or None))


def templates() -> dict[str, MessageTemplate]:
    """The templates in force by id: our own, and the pack's in their place."""
    own = {
        name: MessageTemplate(id=name, title=title, sentence=sentence, urgent=name in URGENT)
        for name, (title, sentence) in TEMPLATES.items()
    }
    return own | _of_pack(settings.PACK)


def send(
    *,
    key: str,
    recipient: User,
    template: str = "notice",
    parameters: Mapping[str, str] | None = None,
    channels: Sequence[str] | None = None,
    sender: User | None = None,
    not_before: datetime | None = None,
) -> Message:
    """Write a message in the caller's transaction. A second call with the same `key` gives the first message and changes nothing.

    Without `channels` the installation's order holds. `parameters` are `title`, and `link`, the path of the page it is about.
    """
    if template not in templates():
        raise BadInput(f"no message template {template!r}; known: {', '.join(sorted(templates()))}")
    order = list(settings.INSTALLATION.messages.order if channels is None else channels)
    unknown = [name for name in order if name not in known()]
    if unknown or not order:
        raise BadInput(f"no message channel {unknown or 'given'}; known: {', '.join(sorted(known()))}")
    values = {name: str(value) for name, value in (parameters or {}).items()}
    try:
        templates()[template].title.format(**values)
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
                channels=order,
                not_before=not_before or timezone.now(),
            )
    except IntegrityError:
        found = Message.objects.filter(dedupe_key=key).first()
        if found is None:
            raise
        return found


def urge(*, about: str, recipient: User, day: date, template: str, parameters: Mapping[str, str], sender: User | None) -> bool:
    """Urge a person about one matter, at most once a day; False when he was urged about it that day already."""
    key = f"urge:{digits([about])[:24]}:{recipient.pk}:{day.isoformat()}"
    if Message.objects.filter(dedupe_key=key).exists():
        return False
    send(key=key, recipient=recipient, template=template, parameters=parameters, sender=sender)
    return True


Feed = Callable[[datetime], object]
_feeds: list[Feed] = []


def fed_by(feed: Feed) -> None:
    """Register what the worker does before it delivers: a room turns its own notices into messages. Idempotent."""
    if feed not in _feeds:
        _feeds.append(feed)


_minutely: list[Feed] = []
_last: dict[Feed, datetime] = {}
MINUTE = timedelta(minutes=1)


def each_minute(job: Feed) -> None:
    """Register what the worker does about once a minute: a sweep. Idempotent; a job may be killed and repeated at any point."""
    if job not in _minutely:
        _minutely.append(job)


def work(*, now: datetime | None = None) -> dict[str, int]:
    """One round of the worker: the minute's jobs that are due, then what waits in the outbox, then the receipts."""
    from yunxing.desk.people import receipts

    at = now or timezone.now()
    for job in _minutely:
        if job not in _last or at - _last[job] >= MINUTE:
            _last[job] = at
            job(at)
    done = deliver(now=now)
    receipts.ask(now=at)
    return done


def deliver(*, now: datetime | None = None, limit: int = 1000) -> dict[str, int]:
    """Deliver what is due, oldest first; gives counts by outcome. Only the holder of the lease works: a second worker returns at once."""
    counts = {"sent": 0, "postponed": 0, "failed": 0}
    holder = f"{socket.gethostname()}:{os.getpid()}:{os.urandom(4).hex()}"
    at = now or timezone.now()
    if not take_lease("outbox", holder, at):
        return counts
    for feed in _feeds:
        feed(at)
    at = now or timezone.now()  # what the feeds just wrote is due too
    due = Message.objects.filter(state=Message.State.WAITING, not_before__lte=at).order_by("id").values_list("pk", "channels")[:limit]
    breath = Breath()
    try:
        for group in _groups(list(due)):
            if now is None and not take_lease("outbox", holder, timezone.now()):
                break  # we were slow and another worker took over
            for outcome in _deliver_inside(group, at) if len(group) > 1 else [_deliver_one(group[0], at)]:
                counts[outcome] += 1
            breath.take()
    finally:
        Lease.objects.filter(job="outbox", holder=holder).update(until=at, holder="")
    return counts


def _groups(due: list[tuple[int, list[str]]]) -> list[list[int]]:
    """Messages that first go to the box, up to `GROUP` of them together; every other one alone."""
    groups: list[list[int]] = []
    open_group = False
    for pk, order in due:
        boxed = bool(order) and getattr(known().get(order[0]), "inside", False)
        if boxed and open_group and len(groups[-1]) < GROUP:
            groups[-1].append(pk)
        else:
            groups.append([pk])
        open_group = boxed
    return groups


def take_lease(job: str, holder: str, at: datetime) -> bool:
    """Take or prolong the lease of a job; False while someone else holds it."""
    with transaction.atomic():
        lease, _created = Lease.objects.select_for_update().get_or_create(job=job, defaults={"until": at})
        if lease.holder not in ("", None, holder) and lease.until > at:
            return False
        lease.holder, lease.until = holder, at + LEASE
        lease.save()
    return True


def _deliver_inside(group: list[int], at: datetime) -> list[str]:
    """Many notices of the box in one transaction: all stand there with their messages' states, or none."""
    with transaction.atomic():
        return [_deliver_one(pk, at) for pk in group]


def _deliver_one(pk: int, at: datetime) -> str:
    message = Message.objects.select_related("recipient", "sender").get(pk=pk)
    template = templates().get(message.template)
    if template is None:  # the pack that brought it was taken away; one bad row must not stop the others
        return _not_sent(message, f"no message template {message.template!r}", at, hopeless=True)
    letter = letter_of(message, template)
    trouble: list[str] = []
    hopeless = True
    for name in _order(message):
        channel = known().get(name)
        if channel is None:  # the installation no longer has it
            trouble.append(f"{name}: not set up")
            continue
        if not channel.inside and not template.urgent and (opens := _opens(at)) > at:
            message.not_before = opens
            message.save(update_fields=["not_before"])
            return "postponed"
        try:
            receipt = _try(message, channel, letter, at)
        except ChannelError as error:
            trouble.append(f"{name}: {error}")
            _noted(message, name, at, "in_doubt" if error.in_doubt else "refused", str(error))
            hopeless = hopeless and error.permanent
            if error.in_doubt and message.tries + 1 < DOUBTS:
                message.doubt = name
                return _not_sent(message, "; ".join(trouble), at, hopeless=False)
            message.doubt = ""
            continue
        if receipt is not None:
            with transaction.atomic():
                _noted(message, name, at, "sent", receipt)
                _sent(message, name, receipt, at)
        return "sent"
    return _not_sent(message, "; ".join(trouble), at, hopeless=hopeless)


def _try(message: Message, channel: Channel, letter: Letter, at: datetime) -> str | None:
    """Send by one channel. Inside: message and notice in one transaction, and None; outside: the receipt, still to be noted."""
    if channel.inside:
        with acting_as_system("outbox"), transaction.atomic():
            _sent(message, channel.name, channel.send(message, letter), at)
        return None
    if not getattr(channel, "recognises", True):
        came_back = message.doubt == channel.name
        if not came_back:  # noted beforehand: who is cut while sending must ask before he sends again
            Message.objects.filter(pk=message.pk).update(doubt=channel.name)
        receipt = channel.send(message, letter)
        message.doubt = ""
        return receipt
    return channel.send(message, letter)


def _order(message: Message) -> list[str]:
    """The channels in their order; the one in doubt first, since it may have delivered."""
    order = list(message.channels)
    return [message.doubt, *(one for one in order if one != message.doubt)] if message.doubt in order else order


def _opens(at: datetime) -> datetime:
    """When an outside message may leave: now, or after the quiet hours and the days off."""
    chosen = settings.INSTALLATION.messages
    hours = Hours(chosen.opens, chosen.closes, chosen.working_days)
    local = timezone.localtime(at)
    return hours.next_open(local, clock.calendar())


def _noted(message: Message, channel: str, at: datetime, outcome: str, words: str) -> None:
    Attempt.objects.create(message=message, channel=channel, at=at, outcome=outcome, words=words[:200])


def _sent(message: Message, name: str, receipt: str, at: datetime) -> None:
    message.state, message.sent_by, message.receipt, message.sent_at = Message.State.SENT, name, receipt[:200], at
    message.tries += 1
    message.doubt = ""
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
            if message.sender and list(message.channels) != ["site"]:
                parameters = {"title": f"{message.recipient}：消息未送达", "link": str(message.parameters.get("link", ""))}
                send(key=f"failed:{message.pk}", recipient=message.sender, parameters=parameters, channels=["site"])
    return "failed" if message.state == Message.State.FAILED else "postponed"


def letter_of(message: Message, template: MessageTemplate) -> Letter:
    """The message as its channels get it."""
    values: dict[str, Any] = message.parameters
    chosen = settings.INSTALLATION.messages
    approved = template.text
    return Letter(
        message.dedupe_key,
        message.recipient,
        template.title.format(**values),
        template.sentence,
        str(values.get("link", "")),
        reference=digits(["message", message.dedupe_key])[:24],
        door=chosen.address.rstrip("/") + reverse("people:go", args=[message.pk]) if chosen.address else "",
        template=approved.ids.get(chosen.text.provider, "") if approved else "",
        words=approved.words if approved else {},
    )
