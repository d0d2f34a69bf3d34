"""The outbox over real outlets and fakes that misbehave: the order of channels, doubt, quiet hours, receipts, urging (design: ecosystem 1.8)."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, time, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from fakes.services import PATIENCE, DingTalk, TextMessages, WeCom
from yunxing.desk.people import outbox, receipts
from yunxing.desk.people.channels import OutsideChannel, mobile_of, outlets, work_id
from yunxing.desk.people.models import Attempt, ExternalIdentity, JournalEntry, Message, Notice
from yunxing.desk.scoping import acting_as_system
from yunxing.io.messages.text_service import TextService
from yunxing.io.messages.work_app import DingTalkKind, WeComKind

ORDER = ["wecom", "text", "site"]


@pytest.fixture
def services(monkeypatch, cast):
    """Three running services, an officer reachable in all of them, and an address of the desk for links."""
    found = {"wecom": WeCom(), "dingtalk": DingTalk(), "text": TextMessages()}
    person = cast.people.bureau
    person.mobile = "13800000000"
    person.save()
    for provider in ("wecom", "dingtalk"):
        ExternalIdentity.objects.create(user=person, provider=provider, subject="zhang")
    chosen = settings.INSTALLATION.messages
    text = chosen.text.model_copy(update={"provider": "demo"})
    told = chosen.model_copy(update={"address": "https://yunxing.example", "text": text})
    monkeypatch.setattr(settings, "INSTALLATION", settings.INSTALLATION.model_copy(update={"messages": told}))
    with ExitStack() as stack:
        for one in found.values():
            stack.enter_context(one.running())
        channels = {
            "wecom": OutsideChannel(WeComKind(found["wecom"].address, "c", "s", 7, PATIENCE), work_id("wecom")),
            "dingtalk": OutsideChannel(DingTalkKind(found["dingtalk"].address, "c", "s", 7, PATIENCE), work_id("dingtalk")),
            "text": OutsideChannel(TextService(found["text"].address, "k", "s", "工业运行", seconds=PATIENCE), mobile_of),
        }
        for name, channel in channels.items():
            monkeypatch.setitem(outbox.CHANNELS, name, channel)
        yield found


def write(cast, key="k", order=ORDER, **more):
    given = {"title": "甲企业本月用电下降 35%", "link": "/notices/"}
    return outbox.send(
        key=key,
        recipient=cast.people.bureau,
        template="case_assigned",
        parameters=given,
        channels=order,
        sender=cast.people.command,
        **more,
    )


def hours(monkeypatch, **more):
    told = settings.INSTALLATION.messages.model_copy(update=more)
    monkeypatch.setattr(settings, "INSTALLATION", settings.INSTALLATION.model_copy(update={"messages": told}))


def test_outside_goes_a_sentence_and_a_link_never_the_title(cast, services):
    """The title names an enterprise and a figure; neither, nor the key, nor the person's name is in what left."""
    message = write(cast, key="urge:91990000MA00000A0X")
    assert outbox.deliver()["sent"] == 1
    (card,) = services["wecom"].heard
    message.refresh_from_db()

    assert message.sent_by == "wecom"
    assert card["textcard"]["url"] == f"https://yunxing.example/go/{message.pk}/"
    for secret in ("甲企业", "35", "91990000", "测试bureau"):
        assert secret not in str(card)
    assert Attempt.objects.get().outcome == "sent"


def test_one_refuses_the_next_is_taken_and_both_are_noted(cast, services):
    """The work app is down, the text service takes it: one message, two attempts in the book."""
    services["wecom"].mood = ["500"]
    message = write(cast)
    outbox.deliver()
    message.refresh_from_db()

    assert (message.state, message.sent_by) == ("sent", "text")
    assert [(one.channel, one.outcome) for one in Attempt.objects.all()] == [("wecom", "refused"), ("text", "sent")]
    assert sum(services["text"].shown.values()) == 1


def test_who_has_no_address_outside_finds_it_in_the_box(cast, services):
    """No identity, no number: the box is the last resort, without waiting."""
    ExternalIdentity.objects.all().delete()
    cast.people.bureau.mobile = ""
    cast.people.bureau.save()
    message = write(cast)
    outbox.deliver()
    message.refresh_from_db()

    assert message.sent_by == "site"
    with acting_as_system("test"):
        assert Notice.objects.get().title == "待签收：甲企业本月用电下降 35%"


@pytest.mark.parametrize("first", ["wecom", "dingtalk", "text"])
def test_a_lost_answer_stays_with_its_channel_and_is_seen_once(cast, services, first):
    """In doubt no other channel is taken, lest he be told twice; the next try finds that it had arrived."""
    services[first].mood = ["lost"]
    message = write(cast, order=[first, "site"])
    assert outbox.deliver() == {"sent": 0, "postponed": 1, "failed": 0}
    message.refresh_from_db()
    assert message.doubt == first
    assert outbox.deliver(now=timezone.now() + timedelta(minutes=6))["sent"] == 1
    message.refresh_from_db()

    assert (message.sent_by, message.doubt) == (first, "")
    assert sum(services[first].shown.values()) == 1
    with acting_as_system("test"):
        assert not Notice.objects.exists()


def test_doubt_ends_a_message_is_rather_doubled_than_lost(cast, services):
    """A service that never answers is left after three tries, and the next channel is taken."""
    services["wecom"].mood = ["slow"] * 9
    message, now = write(cast, order=["wecom", "site"]), timezone.now()
    for _ in range(outbox.DOUBTS):
        outbox.deliver(now=now)
        now += timedelta(hours=1)
    message.refresh_from_db()

    assert (message.state, message.sent_by) == ("sent", "site")
    assert sum(services["wecom"].shown.values()) == 1  # and it had arrived, once


def test_all_refuse_it_is_the_senders_to_do(cast, services):
    """No channel at all: the sender reads in his box that it did not arrive."""
    services["wecom"].members.clear()
    services["text"].templates.clear()
    message, now = write(cast, order=["wecom", "text"]), timezone.now()
    for _ in range(outbox.TRIES):
        outbox.deliver(now=now)
        now += timedelta(hours=1)
    outbox.deliver(now=now)
    message.refresh_from_db()

    assert message.state == "failed"
    assert "work app" in message.trouble
    with acting_as_system("test"):
        assert Notice.objects.get(user=cast.people.command).title == "测试bureau：消息未送达"


def test_quiet_hours_hold_back_the_outside_and_not_the_box(cast, services, monkeypatch):
    """Friday night before the holidays: the work app waits for the make-up Saturday 08:00, the box is filled at once."""
    hours(monkeypatch, opens=time(8), closes=time(21), working_days=True)
    night = timezone.make_aware(datetime(2022, 9, 30, 22, 30))
    outside, boxed = write(cast, key="out", not_before=night), write(cast, key="box", order=["site"], not_before=night)
    assert outbox.deliver(now=night) == {"sent": 1, "postponed": 1, "failed": 0}
    outside.refresh_from_db()
    boxed.refresh_from_db()

    assert boxed.state == "sent"
    assert timezone.localtime(outside.not_before) == timezone.make_aware(datetime(2022, 10, 8, 8))
    assert outside.tries == 0  # waiting is no try
    assert outbox.deliver(now=outside.not_before)["sent"] == 1


def test_an_urgent_template_does_not_wait(cast, services, monkeypatch):
    """An emergency is what quiet hours are not for."""
    hours(monkeypatch, opens=time(8), closes=time(21), working_days=True)
    night = timezone.make_aware(datetime(2022, 9, 30, 22, 30))
    outbox.send(
        key="e", recipient=cast.people.bureau, template="emergency", parameters={"title": "x"}, channels=["wecom"], not_before=night
    )

    assert outbox.deliver(now=night)["sent"] == 1


def test_the_link_opens_behind_login_marks_read_and_leads_on(cast, services):
    """Two taps: the message, its page. Another person's link does not exist; a stranger is asked to sign in; a foreign address is not followed."""
    message = write(cast)
    outbox.deliver()
    assert cast.client("anonymous").get(f"/go/{message.pk}/")["Location"].startswith("/login/?next=")
    assert cast.client("county_a").get(f"/go/{message.pk}/").status_code == 404
    assert cast.client("bureau").get(f"/go/{message.pk}/")["Location"] == "/notices/"
    message.refresh_from_db()
    assert message.state == "read"
    assert message.read_at is not None
    Message.objects.filter(pk=message.pk).update(parameters={"title": "x", "link": "https://evil.example/"})

    assert cast.client("bureau").get(f"/go/{message.pk}/")["Location"] == "/notices/"


def test_receipts_move_forward_only(cast, services):
    """Delivered, then read; a service that forgets does not un-read; one that is down is asked again another time."""
    message = write(cast, order=["dingtalk"])
    outbox.deliver()
    now = timezone.now()
    assert receipts.ask(now=now) == {"delivered": 1}
    services["dingtalk"].read.add("zhang")
    assert receipts.ask(now=now) == {"read": 1}
    services["dingtalk"].read.clear()
    assert receipts.ask(now=now) == {}
    message.refresh_from_db()

    assert message.state == "read"
    assert JournalEntry.objects.filter(act="receipt").count() == 2
    assert receipts.of_sender(cast.people.command) == {"read": 1}


def test_receipts_are_asked_for_three_days(cast, services):
    message = write(cast, order=["dingtalk"])
    outbox.deliver()

    assert receipts.ask(now=timezone.now() + timedelta(days=4)) == {}
    services["dingtalk"].mood = ["500"]
    assert receipts.ask(now=timezone.now()) == {}
    message.refresh_from_db()
    assert message.state == "sent"


def test_at_most_one_urging_a_day(cast):
    """A second urging about the same matter on the same day is none, by whomever; the next day it is one again."""
    today = timezone.localdate()
    given = {"recipient": cast.people.bureau, "template": "case_urged", "parameters": {"title": "x"}}
    assert outbox.urge(about="case:C-1", day=today, sender=cast.people.command, **given)
    assert not outbox.urge(about="case:C-1", day=today, sender=cast.people.county_a, **given)
    assert outbox.urge(about="case:C-2", day=today, sender=cast.people.command, **given)
    assert outbox.urge(about="case:C-1", day=today + timedelta(days=1), sender=cast.people.command, **given)

    assert Message.objects.count() == 3


def test_a_number_for_texts_is_ones_own_and_shown_masked(cast):
    """Eleven digits, also full-width or spaced; shown with its middle struck out; it is in no journal entry."""
    client = cast.client("county_a")
    assert client.post("/account/mobile/", {"mobile": "１３８ 1234 5678"}).status_code == 302
    cast.people.county_a.refresh_from_db()
    page = client.get("/account/").content.decode()

    assert cast.people.county_a.mobile == "13812345678"
    assert "138****5678" in page
    assert "13812345678" not in page
    assert client.post("/account/mobile/", {"mobile": "138123"}).status_code == 409
    assert not JournalEntry.objects.filter(reason__contains="12345678").exists()
    assert client.post("/account/mobile/", {"mobile": ""}).status_code == 302


def test_a_channel_without_address_does_not_exist():
    """An installation names what it has; nothing else can be asked for."""
    from yunxing.desk.installation import Messages, WorkApp

    assert outlets(Messages()) == {}
    assert set(outlets(Messages(wecom=WorkApp(address="http://127.0.0.1:9")))) == {"wecom"}
