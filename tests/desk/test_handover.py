"""A person leaves and no work is left behind (ecosystem §0, moment 10): everything passes on in one act, or nothing does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from yunxing.desk.people import handover, outbox
from yunxing.desk.people.models import JournalEntry, Message, Role, User
from yunxing.desk.people.selectors import posts_on
from yunxing.values.errors import Refusal

TODAY = timezone.localdate()


@pytest.fixture
def fresh(db):
    """Two people without any post."""
    return [User.objects.create(username=f"fresh{n}", name=f"新人{n}", must_change_password=False) for n in range(2)]


@pytest.fixture
def desk_of_work():
    """A kind of work kept in a dictionary, key → owner, registered for the test; `stuck` keys cannot be passed on."""
    owners: dict[str, User] = {}
    stuck: set[str] = set()

    def held(user):
        return [handover.Held(key, f"工作{key}") for key, owner in sorted(owners.items()) if owner == user]

    @handover.holds("test_work", title=lambda: "试验工作", held=held)
    def move(old, new):
        moved = [key for key, owner in owners.items() if owner == old and key not in stuck]
        owners.update(dict.fromkeys(moved, new))
        return moved

    yield owners, stuck
    del handover._kinds["test_work"]


def leave(cast, user, successor, **more):
    return handover.leave(by=cast.people.secadmin, user=user, successor=successor, on=TODAY, reason="调离", **more)


def test_leaving_disables_and_hands_over_in_one_act(cast, fresh, desk_of_work):
    """Posts pass to the successor, work of every kind too, the account is closed, its sessions end, every piece is in the journal."""
    owners, _stuck = desk_of_work
    owners.update({"a": cast.people.county_a, "b": cast.people.county_a, "c": cast.people.county_b})
    client = cast.client("county_a")
    done = leave(cast, cast.people.county_a, fresh[0])

    cast.people.county_a.refresh_from_db()
    assert not cast.people.county_a.is_active
    assert done.posts == 1
    assert done.work["test_work"] == 2
    assert owners == {"a": fresh[0], "b": fresh[0], "c": cast.people.county_b}
    assert [(post.role, post.unit) for post in posts_on(fresh[0], TODAY)] == [(Role.COUNTY, cast.units.county_a)]
    assert posts_on(cast.people.county_a, TODAY) == []
    assert client.get("/account/").status_code == 302
    assert JournalEntry.objects.get(act="leave").reason == "调离"
    assert sorted(JournalEntry.objects.filter(act="hand_over").values_list("object_id", flat=True)) == ["a", "b"]


def test_each_kind_may_have_its_own_successor(cast, fresh, desk_of_work):
    """The posts to one, the open work to another."""
    owners, _stuck = desk_of_work
    owners["a"] = cast.people.county_a
    leave(cast, cast.people.county_a, fresh[0], others={"test_work": fresh[1]})

    assert owners == {"a": fresh[1]}
    assert len(posts_on(fresh[0], TODAY)) == 1
    assert posts_on(fresh[1], TODAY) == []


def test_what_cannot_pass_on_stops_everything(cast, fresh, desk_of_work):
    """An orphan is worse than a person who stays a day longer: nothing is written, and the refusal names the kind and the count."""
    owners, stuck = desk_of_work
    owners["a"] = cast.people.county_a
    stuck.add("a")
    with pytest.raises(Refusal, match=r"试验工作.*1"):
        leave(cast, cast.people.county_a, fresh[0])

    cast.people.county_a.refresh_from_db()
    assert cast.people.county_a.is_active
    assert len(posts_on(cast.people.county_a, TODAY)) == 1
    assert posts_on(fresh[0], TODAY) == []
    assert not JournalEntry.objects.filter(act__in=["leave", "hand_over", "grant", "withdraw"]).exists()


def test_the_inventory_lists_everything_he_holds(cast, desk_of_work):
    """Posts first, then every registered kind, also the empty ones: who hands over sees that nothing is there."""
    owners, _stuck = desk_of_work
    owners["a"] = cast.people.bureau
    found = {one.kind: one for one in handover.inventory(cast.people.bureau)}

    assert [one.title for one in found["posts"].held] == ["甲局 · 市直部门", "乙局 · 市直部门"]
    assert [one.title for one in found["test_work"].held] == ["工作a"]
    assert next(iter(found)) == "posts"
    assert handover.inventory(cast.people.newcomer)[0].held == ()


def test_news_that_wait_for_the_leaver_reach_the_successor(cast, fresh):
    """A message written this morning and not yet delivered does not go to a closed account."""
    outbox.send(key="k", recipient=cast.people.county_a, parameters={"title": "新事项"})
    leave(cast, cast.people.county_a, fresh[0])

    assert Message.objects.get().recipient == fresh[0]


def test_nobody_takes_over_what_would_join_separate_powers(cast):
    """A county's post does not pass to the audit administrator by way of leaving."""
    with pytest.raises(Refusal):
        leave(cast, cast.people.county_a, cast.people.auditor)
    assert cast.people.auditor.posts.count() == 1


def test_leaving_is_not_done_by_the_parties_nor_to_oneself_nor_ahead(cast, fresh):
    people = cast.people
    for user, successor in ((people.secadmin, fresh[0]), (people.county_a, people.secadmin), (people.county_a, people.county_a)):
        with pytest.raises(Refusal):
            leave(cast, user, successor)
    with pytest.raises(Refusal, match="当日"):
        handover.leave(by=people.secadmin, user=people.county_a, successor=fresh[0], on=TODAY + timedelta(days=3))
    with pytest.raises(Refusal, match="没有"):
        leave(cast, people.county_a, fresh[0], others={"pigeons": fresh[1]})


def test_the_page_shows_what_is_held_and_hands_over(cast, fresh, desk_of_work):
    """Security administrator: the name leads to the list, one form passes all on, per kind where he says so."""
    owners, _stuck = desk_of_work
    owners["a"] = cast.people.county_a
    client = cast.client("secadmin")
    address = f"/admin/leave/{cast.people.county_a.pk}/"
    assert address in client.get("/admin/grants/").content.decode()
    page = client.get(address).content.decode()
    assert "工作a" in page
    assert "甲县 · 县（市、区）" in page
    assert client.post(address, {"successor": "", "reason": "x"}).status_code == 409
    assert client.post(address, {"successor": fresh[0].pk, "reason": ""}).status_code == 409
    done = client.post(address, {"successor": fresh[0].pk, "reason": "调离", "heir_test_work": fresh[1].pk})

    assert done.status_code == 200
    assert owners == {"a": fresh[1]}
    assert client.get(address).status_code == 404  # he has left


def test_who_saw_changed_exported_is_one_page(cast, fresh):
    """Moment 10: the audit administrator types a number once; the three lists stand apart, and his own look is itself recorded."""
    from yunxing.desk.people import journal

    for act, person in (("view", "a"), ("step", "b"), ("export", "c"), ("view", "d")):
        journal.record(act, kind="case", object_id="/cases/C-77/" if person != "d" else "/cases/C-78/", reason=person)
    page = cast.client("auditor").get("/admin/journal/about/?q=C-77").content.decode()
    seen, changed, exported = (page.index(word) for word in ("看过 · 1", "改过 · 1", "导出过 · 1"))

    assert seen < changed < exported
    assert "C-78" not in page
    assert JournalEntry.objects.filter(act="view", object_kind="journal", object_id="about C-77").exists()
    assert cast.client("secadmin").get("/admin/journal/about/?q=C-77").status_code == 403
