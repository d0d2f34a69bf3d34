"""Whatever the services do, a message ends in one of two ways: a person has it, or its sender knows that he has not. A model with made-up outlets."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from yunxing.desk.people import outbox
from yunxing.desk.people.channels import ChannelError, OutsideChannel
from yunxing.desk.people.models import Attempt, Message, Notice
from yunxing.desk.scoping import acting_as_system

MOODS = st.sampled_from(["good", "refused", "hopeless", "lost", "silent"])


class Outlet:
    """An outlet that does what it is told: `lost` delivers and says nothing, `silent` neither delivers nor says. It may know a repetition or be asked."""

    def __init__(self, name, recognises, moods):
        self.name, self.recognises, self.moods = name, recognises, list(moods)
        self.seen: Counter[str] = Counter()

    def send(self, message):
        mood = self.moods.pop(0) if self.moods else "good"
        if mood in ("good", "lost") and not (self.recognises and self.seen[message.key]):
            self.seen[message.key] += 1
        if mood == "refused":
            raise ChannelError("no")
        if mood == "hopeless":
            raise ChannelError("never", permanent=True)
        if mood in ("lost", "silent"):
            raise ChannelError("no answer", in_doubt=True)
        return f"receipt {message.key}"

    def find(self, key, _address):
        return f"found {key}" if self.seen[key] else ""

    def standing(self, _receipt, _address):
        return "delivered"


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(MOODS, max_size=7),
    st.lists(MOODS, max_size=7),
    st.booleans(),
    st.booleans(),
    st.permutations(["wecom", "text"]),
    st.booleans(),
)
def test_every_message_ends_with_the_person_or_with_its_sender(cast, monkeypatch, first, second, knows_first, knows_second, order, box):
    """Never twice by one outlet; delivered at least once when it says so; failed only when nobody could have delivered, and then the sender is told."""
    outlets = {"wecom": Outlet("wecom", knows_first, first), "text": Outlet("text", knows_second, second)}
    for name, outlet in outlets.items():
        monkeypatch.setitem(outbox.CHANNELS, name, OutsideChannel(outlet, lambda _user: "there"))
    with acting_as_system("test"):
        Notice.objects.all().delete()
        Attempt.objects.all().delete()
        Message.objects.all().delete()
    channels = [*order, *(["site"] if box else [])]
    message = outbox.send(key="k", recipient=cast.people.bureau, sender=cast.people.command, parameters={"title": "x"}, channels=channels)
    now = timezone.now()
    for _ in range(outbox.TRIES + 1):
        outbox.deliver(now=now)
        now += timedelta(hours=2)
    message.refresh_from_db()
    with acting_as_system("test"):
        boxed = Notice.objects.filter(user=cast.people.bureau).count()
        told = Notice.objects.filter(user=cast.people.command).count()
    by_outlet = [sum(outlet.seen.values()) for outlet in outlets.values()]

    assert max(by_outlet) <= 1
    assert message.state in ("sent", "failed")
    if message.state == "sent":
        assert boxed == 1 if message.sent_by == "site" else sum(outlets[message.sent_by].seen.values()) == 1
        assert told == 0
    else:
        assert boxed == 0
        assert told == 1
        assert not box  # the box takes everything
    assert message.doubt == "" or message.state == "failed"


@pytest.fixture
def office_hours(monkeypatch):
    """Messages leave on working days from eight to nine in the evening."""
    chosen = settings.INSTALLATION.messages.model_copy(update={"opens": time(8), "closes": time(21), "working_days": True})
    monkeypatch.setattr(settings, "INSTALLATION", settings.INSTALLATION.model_copy(update={"messages": chosen}))


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ((2022, 9, 28, 7, 59), (2022, 9, 28, 8, 0)),
        ((2022, 9, 28, 8, 0), (2022, 9, 28, 8, 0)),
        ((2022, 9, 28, 20, 59), (2022, 9, 28, 20, 59)),
        ((2022, 9, 28, 21, 0), (2022, 9, 29, 8, 0)),
        ((2022, 9, 30, 21, 0), (2022, 10, 8, 8, 0)),
        ((2022, 10, 9, 12, 0), (2022, 10, 9, 12, 0)),
    ],
)
@pytest.mark.django_db
def test_when_an_outside_message_may_leave(office_hours, at, opens):
    """Bounds to the minute; the make-up Sunday is a working day."""
    assert timezone.localtime(outbox._opens(timezone.make_aware(datetime(*at)))) == timezone.make_aware(datetime(*opens))


def test_the_groups_keep_the_order_and_join_only_the_box():
    """Messages that first go to the box are written together, at most so many; every outside one stands alone; nothing is lost or moved."""
    due = [(n, ["site"] if n % 10 else ["mail"]) for n in range(1, 95)]
    groups = outbox._groups(due)

    assert [pk for group in groups for pk in group] == [pk for pk, _order in due]
    assert max(len(group) for group in groups) <= outbox.GROUP
    assert all(len(group) == 1 for group in groups if group[0] % 10 == 0)
    long = outbox._groups([(n, ["site"]) for n in range(outbox.GROUP * 2 + 1)])
    assert [len(group) for group in long] == [outbox.GROUP, outbox.GROUP, 1]


def test_a_worker_rests_after_a_while_and_not_before(monkeypatch):
    """Pages get their turn: after two tenths of a second of work it sleeps once, then the count begins anew."""
    clock, slept = [0.0], []
    monkeypatch.setattr(outbox, "monotonic", lambda: clock[0])
    monkeypatch.setattr(outbox, "sleep", slept.append)
    breath = outbox.Breath()
    for step in (0.1, 0.05, 0.06, 0.1, 0.2):
        clock[0] += step
        breath.take()

    assert slept == [outbox.REST_SECONDS] * 2


def test_the_rounds_of_the_worker_run_each_job_once_a_minute(db, monkeypatch):
    """A job runs at once, not again within the minute, and again after it; a second registration is none."""
    ran: list[datetime] = []
    monkeypatch.setattr(outbox, "_minutely", [])
    monkeypatch.setattr(outbox, "_last", {})
    monkeypatch.setattr(outbox, "_feeds", [])
    outbox.each_minute(ran.append)
    outbox.each_minute(ran.append)
    start = timezone.now()
    for seconds in (0, 30, 59, 60, 100, 121):
        outbox.work(now=start + timedelta(seconds=seconds))

    assert [int((at - start).total_seconds()) for at in ran] == [0, 60, 121]


def test_a_letter_keeps_inside_and_outside_apart(cast, monkeypatch):
    """The title for the box, the fixed sentence, a reference that is no key, and a door only when the installation names its address."""
    message = outbox.send(
        key="urge:91990000MA00000A0X",
        recipient=cast.people.command,
        template="case_assigned",
        parameters={"title": "甲企业缺电", "link": "/cases/C-1/"},
    )
    letter = outbox.letter_of(message, outbox.templates()["case_assigned"])

    assert "甲企业缺电" in letter.subject
    assert "甲企业" not in letter.sentence + letter.reference + letter.door
    assert "91990000" not in letter.reference
    assert (letter.link, letter.door, letter.template) == ("/cases/C-1/", "", "")
    chosen = settings.INSTALLATION.messages.model_copy(
        update={"address": "https://desk.example/", "text": settings.INSTALLATION.messages.text.model_copy(update={"provider": "demo"})}
    )
    monkeypatch.setattr(settings, "INSTALLATION", SimpleNamespace(messages=chosen))
    outside = outbox.letter_of(message, outbox.templates()["case_assigned"])
    assert outside.door == f"https://desk.example/go/{message.pk}/"
    assert (outside.template, dict(outside.words)) == ("DEMO_CASE_ASSIGNED", {"kind": "事项"})
