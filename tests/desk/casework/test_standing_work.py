"""What a person owes and holds: the to-do list by deadline, its badge, signing from it, and handing cases over; notices that become messages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from yunxing.desk.casework import notices
from yunxing.desk.casework.models import Event, Notice
from yunxing.desk.people import handover, outbox, todo
from yunxing.desk.people.models import Message, Post, Role, User
from yunxing.desk.scoping import acting_as_system
from yunxing.flows.sweep_cases import sweep_cases


def owed(hands, name):
    with hands.inside(name):
        return todo.todos(hands.standing(name), hands.at)


def test_the_list_holds_what_one_owes_by_deadline(hands):
    """The office: to sign before to solve; the command: to accept; the enterprise: to confirm; who owes nothing reads so."""
    working, assigned, answered, submitted = (hands.up_to(one) for one in ("working", "assigned", "answered", "submitted"))
    bureau = owed(hands, "bureau")

    assert [one.href.split("/")[2] for one in bureau] == [assigned, working]
    assert bureau[0].due < bureau[1].due
    assert [one.href for one in owed(hands, "command")] == [f"/cases/{submitted}/"]
    assert [one.href for one in owed(hands, "enterprise")] == [f"/my-cases/{answered}/"]
    assert owed(hands, "county_b") == []
    assert owed(hands, "analyst") == []


def test_a_colleagues_case_is_not_mine(hands):
    """Once somebody handles it, it leaves the list of the others in his office."""
    other = User.objects.create(username="other", name="同事", must_change_password=False)
    Post.objects.create(user=other, unit=hands.cast.units.bureau_1, role=Role.DEPARTMENT, since=hands.at.date())
    hands.cast.people.other = other
    case = hands.up_to("assigned")
    assert len(owed(hands, "bureau")) == len(owed(hands, "other")) == 1
    hands.walk(case, "sign", "bureau", "bureau-1")

    assert len(owed(hands, "bureau")) == 1
    assert owed(hands, "other") == []


def test_signing_from_the_list_is_one_click_and_leads_to_the_case_with_the_number(hands):
    """Click budget: sign (1) and the telephone of the enterprise stands there (2)."""
    case = hands.up_to("assigned")
    client = hands.cast.client("bureau")
    page = client.get("/todo/").content.decode()
    assert f'action="/cases/{case}/step/sign/"' in page
    done = client.post(f"/cases/{case}/step/sign/", {"ver": hands.case(case).ver}, follow=True).content.decode()

    assert 'href="tel:13800001111"' in done


@pytest.mark.parametrize(("count", "badge"), [(0, ""), (3, "3")])
def test_the_header_has_the_number(hands, count, badge):
    for _ in range(count):
        hands.up_to("assigned")
    page = hands.cast.client("bureau").get("/notices/").content.decode()

    assert (f'<span class="badge">{badge}</span>' in page) is bool(badge)


def test_beyond_ninety_nine_the_badge_says_so(hands, monkeypatch):
    """Counting stops there: the list may be long, the header must not be slow."""
    seen = []

    def many(_standing, _now, limit):
        seen.append(limit)
        return limit

    monkeypatch.setitem(todo._providers, "x", todo.Provider("x", lambda *_: [], many))
    with hands.inside("bureau"):
        assert todo.number(hands.standing("bureau"), hands.at) == "99+"
    assert max(seen) == todo.MOST + 1
    assert todo.number(None, hands.at) == ""


def test_a_message_that_reached_nobody_is_the_senders_to_do(hands):
    """With the number to call instead."""
    Message.objects.create(
        dedupe_key="k", recipient=hands.cast.people.secadmin, sender=hands.cast.people.command, template="notice", parameters={"title": "x"},
        channels=["mail"], state="failed",
    )  # fmt: skip
    (one,) = owed(hands, "command")

    assert "没有收到您的消息" in one.title
    assert one.note == "000-0000001"


def test_handing_over_passes_every_open_case_with_an_event(hands):
    """His cases in hand pass to the successor; closed ones keep their history; the list of what he holds is empty afterwards."""
    mine, closed = [hands.up_to("signed"), hands.up_to("working")], hands.up_to("closed")
    successor = User.objects.create(username="heir", name="接任", must_change_password=False)
    held = {one.kind: one.held for one in handover.inventory(hands.cast.people.bureau)}
    assert sorted(one.key for one in held["cases"]) == sorted(mine)
    done = handover.leave(
        by=hands.cast.people.secadmin, user=hands.cast.people.bureau, successor=successor, on=timezone.localdate(), reason="调离"
    )

    assert done.work["cases"] == 2
    assert {hands.case(one).handler for one in mine} == {"heir"}
    assert hands.case(closed).handler == "bureau"
    with acting_as_system("test"):
        assert Event.objects.filter(edge="handler").count() == 2
        assert (
            "调离" in Event.objects.filter(edge="handler").first().reason
            or "离岗移交" in Event.objects.filter(edge="handler").first().reason
        )


def forget():
    """What was told so far is put aside."""
    with acting_as_system("test"):
        Message.objects.all().delete()


def told(hands):
    notices.deliver_notices(hands.at)
    return {(one.recipient.username, one.template) for one in Message.objects.all()}


def test_every_turn_is_told_to_whose_turn_it_is(hands):
    """Assigned: the office; answered: the enterprise, with its own page; each once, however often the worker runs."""
    case = hands.up_to("assigned")
    assert ("bureau", "case_assigned") in told(hands)
    for edge, facts in (
        ("sign", {}),
        ("contact", {"contacted": "x"}),
        ("answer", {"done": "x", "result": "solved", "evidence": ["sha256:0"]}),
    ):
        hands.walk(case, edge, "bureau", "bureau-1", **facts)
    assert ("enterprise", "case_answered") in told(hands)
    count = Message.objects.count()
    told(hands)

    assert Message.objects.count() == count
    answered = Message.objects.get(template="case_answered")
    assert answered.parameters == {"title": "车间缺电，请协调", "link": f"/my-cases/{case}/"}
    with acting_as_system("test"):
        assert set(Notice.objects.values_list("state", flat=True)) <= {"sent", "nobody"}


def test_an_overdue_case_is_told_to_the_head_or_else_to_the_office(hands):
    """The rung names the head of the lead office; where nobody is marked as head, everyone in the office hears of it."""
    hands.up_to("assigned")
    told(hands)
    hands.later(days=1)
    sweep_cases(connection, hands.at)
    assert ("bureau", "case_overdue") in told(hands)
    forget()
    head = User.objects.create(username="head", name="局长", must_change_password=False)
    Post.objects.create(user=head, unit=hands.cast.units.bureau_1, role=Role.DEPARTMENT, since=hands.at.date(), is_head=True)
    hands.up_to("assigned")
    told(hands)
    forget()
    hands.later(days=1)
    sweep_cases(connection, hands.at)

    assert told(hands) == {("head", "case_overdue")}


def test_the_worker_sweeps_and_tells_in_one_round(hands, monkeypatch):
    """`outbox.work`: the minute's sweep, the notices, the delivery; a second round in the same minute does not sweep again."""
    monkeypatch.setattr(outbox, "_last", {})
    hands.up_to("assigned")
    hands.later(days=1)
    first = outbox.work()
    assert first["sent"] > 0
    assert Message.objects.filter(template="case_overdue", state="sent").exists()
    swept = []
    monkeypatch.setattr(notices, "sweep_cases", lambda *_: swept.append(1))
    outbox.work()

    assert swept == []
