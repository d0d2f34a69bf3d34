"""Every outlet against its fake, which speaks the real wire format and misbehaves: slow, repeated, expired, failing, answer lost."""

from __future__ import annotations

import json

import pytest

from fakes.services import PATIENCE, DingTalk, Receiver, TextMessages, WeCom
from yunxing.io.messages.channel import ChannelError, Outgoing, canonical, signature, speak
from yunxing.io.messages.text_service import TextService
from yunxing.io.messages.webhook import Webhook
from yunxing.io.messages.work_app import DingTalkKind, WeComKind
from yunxing.values.errors import BadInput

LETTER = Outgoing(
    "k1", "zhang", "您有一项新的事项待签收，请登录系统办理。", "https://yunxing.example/go/1/", "DEMO_CASE_ASSIGNED", {"kind": "事项"}
)
KINDS = ("wecom", "dingtalk", "text", "webhook")


def fake_of(kind):
    return {"wecom": WeCom, "dingtalk": DingTalk, "text": lambda: TextMessages(), "webhook": Receiver}[kind]()


def outlet_of(kind, service, secret="s"):
    made = {
        "wecom": lambda: WeComKind(service.address, "corp", secret, 7, PATIENCE),
        "dingtalk": lambda: DingTalkKind(service.address, "app", secret, 7, PATIENCE),
        "text": lambda: TextService(service.address, "key", secret, "工业运行", seconds=PATIENCE),
        "webhook": lambda: Webhook(service.address + "/hook", secret, PATIENCE),
    }
    return made[kind]()


@pytest.fixture(params=KINDS)
def pair(request):
    """An outlet and its running service."""
    service = fake_of(request.param)
    with service.running():
        yield outlet_of(request.param, service), service


def test_a_message_arrives_once_with_sentence_and_link_alone(pair):
    """What leaves is the fixed sentence and the link; nothing of the outlet's own."""
    outlet, service = pair
    receipt = outlet.send(LETTER)

    assert receipt
    assert sum(service.shown.values()) == 1
    told = json.dumps(service.heard[0], ensure_ascii=False)
    assert LETTER.sentence in told or service.heard[0].get("template_code") == "DEMO_CASE_ASSIGNED"
    assert LETTER.link in told or isinstance(service, TextMessages)  # a text template brings its own link
    assert outlet.standing(receipt, "zhang") in {"sent", "delivered"}


def test_a_failing_service_is_no_delivery(pair):
    """500: not sent, not hopeless, not in doubt; the next try works."""
    outlet, service = pair
    service.mood = ["500"]
    with pytest.raises(ChannelError, match="500") as error:
        outlet.send(LETTER)

    assert not error.value.permanent
    assert not error.value.in_doubt
    assert not service.shown
    assert outlet.send(LETTER)


@pytest.mark.parametrize("mood", ["slow", "lost", "garbage"])
def test_a_lost_answer_is_doubt_and_a_second_try_is_seen_once(pair, mood):
    """The message arrived and nobody heard of it: the error says so; sent again under its key, or found by it, the person sees one."""
    outlet, service = pair
    service.mood = [mood]
    with pytest.raises(ChannelError) as error:
        outlet.send(LETTER)
    assert error.value.in_doubt
    again = outlet.send(LETTER) if outlet.recognises else outlet.find(LETTER.key, LETTER.address)

    assert again
    assert sum(service.shown.values()) == 1


def test_an_unreachable_service_is_no_doubt(pair):
    """Nobody listens: nothing can have arrived, so another channel may be taken at once."""
    outlet, _service = pair
    outlet.address = "http://127.0.0.1:9"
    with pytest.raises(ChannelError, match="no connection") as error:
        outlet.send(LETTER)

    assert not error.value.in_doubt
    assert not error.value.permanent


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_an_expired_token_is_renewed_in_the_same_call(kind):
    """Taken back by the service, or refused once: one fresh token, and the message goes out; two messages share one token."""
    service = fake_of(kind)
    with service.running():
        outlet = outlet_of(kind, service)
        outlet.send(LETTER)
        outlet.send(Outgoing("k2", "zhang", LETTER.sentence, LETTER.link + "2"))
        assert service.issued == 1
        service.withdraw_tokens()
        outlet.send(Outgoing("k3", "zhang", LETTER.sentence, LETTER.link + "3"))
        service.mood = ["expired"]
        outlet.send(Outgoing("k4", "zhang", LETTER.sentence, LETTER.link + "4"))

        assert service.issued == 3
        assert sum(service.shown.values()) == 4


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_a_token_is_asked_for_before_it_ends(kind):
    """Two minutes before its end it is no longer used."""
    service, now = fake_of(kind), [0.0]
    with service.running():
        outlet = outlet_of(kind, service)
        outlet.clock = lambda: now[0]
        assert outlet.token() == outlet.token()
        now[0] = 7200 - 121
        outlet.token()
        assert service.issued == 1
        now[0] = 7200 - 120
        outlet.token()

        assert service.issued == 2


def test_a_wrong_secret_is_said_and_is_not_hopeless_for_ever(pair):
    """Settings can be mended: the message must not be given up as if the person did not exist."""
    _outlet, service = pair
    kind = next(name for name in KINDS if isinstance(service, type(fake_of(name))))
    with pytest.raises(ChannelError) as error:
        outlet_of(kind, service, secret="wrong").send(LETTER)

    assert not service.shown
    assert error.value.permanent is (kind == "webhook")  # the receiver itself says that it is final


def test_a_person_unknown_to_the_service_is_hopeless_there():
    """Waiting changes nothing: the next channel is taken at once."""
    for kind, address in (("wecom", "li"), ("dingtalk", "li")):
        service = fake_of(kind)
        with service.running(), pytest.raises(ChannelError) as error:
            outlet_of(kind, service).send(Outgoing("k", address, "您有一条新消息，请登录系统查看。"))
        assert error.value.permanent
    texts = TextMessages(bad_numbers={"000"})
    with texts.running(), pytest.raises(ChannelError) as error:
        outlet_of("text", texts).send(Outgoing("k", "000", "x", template="DEMO_CASE_ASSIGNED"))
    assert error.value.permanent


def test_a_text_without_an_approved_template_never_leaves():
    """Text services send approved templates only; a long parameter would be refused there anyway."""
    texts = TextMessages()
    with texts.running():
        outlet = outlet_of("text", texts)
        for letter in (Outgoing("k", "138", "x"), Outgoing("k", "138", "x", "", "DEMO_CASE_ASSIGNED", {"kind": "很" * 21})):
            with pytest.raises(ChannelError) as error:
                outlet.send(letter)
            assert error.value.permanent
        with pytest.raises(ChannelError, match="not approved"):
            outlet.send(Outgoing("k", "138", "x", template="NOT_APPROVED"))

        assert not texts.shown


def test_the_names_of_a_services_fields_are_settings():
    """Another provider calls the number `mobile`; nothing else changes."""

    class Other(TextMessages):
        def handle(self, path, query, body, headers):
            self.heard.append(body)
            return {"code": "OK", "biz_id": "1"}

    texts = Other()
    with texts.running():
        TextService(texts.address, "key", "s", "工业运行", {"phone": "mobile"}, PATIENCE).send(
            Outgoing("k", "138", "x", template="DEMO_CASE_ASSIGNED")
        )

        assert texts.heard[0]["mobile"] == "138"
        assert "phone" not in texts.heard[0]


def test_the_work_app_that_knows_tells_who_read():
    """钉钉 tells delivered and read; a message it has no number for is just sent."""
    service = DingTalk()
    with service.running():
        outlet = outlet_of("dingtalk", service)
        receipt = outlet.send(LETTER)
        assert outlet.standing(receipt, "zhang") == "delivered"
        service.read.add("zhang")
        assert outlet.standing(receipt, "zhang") == "read"
        assert outlet.standing("", "zhang") == "sent"


def test_only_http_addresses_are_spoken_to():
    """A setting must not make the worker read files."""
    for address in ("file:///etc/passwd", "ftp://x", "127.0.0.1:80"):
        with pytest.raises(BadInput, match="http"):
            speak(address)


def test_the_signature_does_not_depend_on_the_order_of_fields():
    """Both sides sign the same bytes; another secret or another word gives another signature."""
    a, b = canonical({"x": 1, "y": "二"}), canonical({"y": "二", "x": 1})

    assert a == b
    assert signature("s", a) == signature("s", b)
    assert len({signature("s", a), signature("t", a), signature("s", canonical({"x": 2}))}) == 3
