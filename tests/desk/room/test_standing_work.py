"""The to-do list's part of the room: signals without a case, bulletins awaiting draft, check or signature; drafts pass on when their author leaves."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.utils import timezone

from desk.cast import LONG_AGO, PASSWORD
from yunxing.desk import clock
from yunxing.desk.casework.models import Case
from yunxing.desk.people import handover, todo
from yunxing.desk.people.models import Post, Role, User
from yunxing.desk.people.selectors import standing_of
from yunxing.desk.room import standing_work
from yunxing.desk.room.models import Issue, IssueEvent, OpenSignal, Signal
from yunxing.desk.scoping import acting_as_system, acting_in
from yunxing.values.scope import ALL, Scope

EVERYTHING = Scope(ALL, ALL, ALL, 3, "test")
NOW = datetime(2022, 10, 20, 9, tzinfo=timezone.get_fixed_timezone(480))


@pytest.fixture
def room(cast, monkeypatch):
    """The desk's day is 20 October; a second person of the command."""
    monkeypatch.setattr(clock, "today", lambda: date(2022, 10, 20))
    signer = User(username="signer", name="签发人", must_change_password=False, is_synthetic=True)
    signer.set_password(PASSWORD)
    signer.save()
    Post.objects.create(user=signer, unit=cast.units.hall, role=Role.COMMAND, since=LONG_AGO)
    cast.people.signer = signer
    return cast


def signal(name, owner, *, deadline=date(2022, 10, 25), state="new", is_open=True, severity=1):
    with acting_as_system("test"):
        Signal.objects.create(
            id=name, month="2022-09", snapshot="x", kind="incipient", sign="fall", indicator="output_growth", scope_kind="city", scope="city",
            first_period="2022-09", period="2022-09", severity=severity, rule="r", words_zh=f"{name}：产值下降", words_en=f"{name}: output fell", owner=owner,
            deadline=deadline, state=state,
        )  # fmt: skip
        if is_open:
            OpenSignal.objects.create(key=name, signal=name)


def issue(name, state, author):
    with acting_as_system("test"):
        return Issue.objects.create(
            id=name,
            kind="monthly",
            month="2022-09",
            title=f"{name}号通报",
            state=state,
            closing="x",
            author=author,
            created=NOW,
            changed=NOW,
        )


def owed(cast, who, kinds=("信号待答复", "通报待提交", "通报待核稿", "通报待签发")):
    person = getattr(cast.people, who) if isinstance(who, str) else who
    with acting_in(EVERYTHING):
        return [one for one in todo.todos(standing_of(person, NOW.date()), NOW) if one.kind in kinds]


def code(cast, who):
    return standing_of(getattr(cast.people, who), NOW.date()).post.unit.code


def test_an_offices_open_signals_are_its_to_do_by_deadline(room):
    mine = code(room, "bureau")
    signal("S-later", mine, deadline=date(2022, 10, 28))
    signal("S-soon", mine, deadline=date(2022, 10, 21), severity=2)
    signal("S-other", "NOBODY")
    signal("S-closed", mine, state="closed", is_open=False)
    found = owed(room, "bureau")

    assert [one.title for one in found] == ["S-soon：产值下降", "S-later：产值下降"]
    assert [one.light for one in found] == ["amber", "none"]
    assert found[0].href == "/signals/2022-09/S-soon/"
    assert owed(room, "county_a") == owed(room, "enterprise") == []


def test_a_signal_that_became_a_case_is_not_listed_twice(room):
    signal("S-1", code(room, "bureau"))
    with acting_as_system("test"):
        Case.objects.create(
            id="C1", definition="check_enterprise", version=1, ver=0, state="proposed", owner="CMD", origin="signal:S-1", title="x", opened=NOW, changed=NOW, due=NOW, is_open=True
        )  # fmt: skip

    assert owed(room, "bureau") == []


def test_the_command_sees_what_others_left_past_the_deadline(room):
    signal("S-late", "NOBODY", deadline=date(2022, 10, 19))
    signal("S-today", "NOBODY", deadline=date(2022, 10, 20))
    found = owed(room, "command")

    assert [(one.title, one.light) for one in found] == [("S-late：产值下降", "red")]


def test_bulletins_wait_for_their_author_or_for_another_than_their_author(room):
    me, other = room.people.command.username, room.people.signer.username
    for name, state, author in (
        ("draft-mine", "drafted", me),
        ("draft-other", "drafted", other),
        ("check-mine", "reviewing", me),
        ("check-other", "reviewing", other),
        ("sign-other", "signing", other),
        ("out", "issued", other),
    ):
        issue(name, state, author)

    assert {(one.kind, one.title) for one in owed(room, "command")} == {
        ("通报待提交", "draft-mine号通报"),
        ("通报待核稿", "check-other号通报"),
        ("通报待签发", "sign-other号通报"),
    }
    assert {one.title for one in owed(room, "signer")} == {"draft-other号通报", "check-mine号通报"}
    assert owed(room, "bureau") == []
    with acting_in(EVERYTHING):
        assert standing_work._issue_count(standing_of(room.people.command, NOW.date()), NOW, 2) == 2


def test_what_was_sent_back_says_why(room):
    one = issue("back", "drafted", room.people.command.username)
    with acting_as_system("test"):
        IssueEvent.objects.create(
            issue=one, ver=1, act="send_back", from_state="reviewing", to_state="drafted", actor="signer", at=NOW, said="县名顺序不对"
        )
    (found,) = owed(room, "command")

    assert (found.note, found.light) == ("退回：县名顺序不对", "amber")


def test_drafts_pass_on_when_their_author_leaves(room):
    """The heir is the author from then: he may not sign what he now answers for."""
    old, new = room.people.command, room.people.signer
    issue("mine", "reviewing", old.username)
    issue("done", "issued", old.username)
    with acting_as_system("test"):
        held = next(one for one in handover.inventory(old) if one.kind == "bulletins")
        assert [one.title for one in held.held] == ["mine号通报（核稿）"]
        assert standing_work._pass_on(old, new) == ["mine"]
        assert Issue.objects.get(pk="mine").author == new.username
        assert Issue.objects.get(pk="done").author == old.username, "what is issued keeps its author"
        assert standing_work._held(old) == []
        assert IssueEvent.objects.get(issue="mine", act="hand_over").ver == Issue.objects.get(pk="mine").ver
    assert owed(room, "signer") == []
