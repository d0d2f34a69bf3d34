"""The demonstration's sixty requests: every state is there to be looked at, every step went by the real table, and a second run adds nothing."""

from __future__ import annotations

from collections import Counter

from django.db import connection

from yunxing.city.requests import REQUESTS, WAYS, ways
from yunxing.desk import demo_cases
from yunxing.desk.casework.models import Case, Event, Part
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.registry.parties import Party
from yunxing.io.store.registry import write_parties
from yunxing.packs.find import find_pack
from yunxing.packs.pack import load_pack


def test_the_ways_are_sixty_and_every_one_can_be_walked():
    assert len(ways()) == sum(count for _way, count in WAYS) == 60
    assert Counter(ways()) == dict(WAYS)
    assert {way for way, _count in WAYS} == set(demo_cases.WALKS) == set(demo_cases.HOURS)
    assert {one.kind for one in REQUESTS} == set(demo_cases.WORDS)


def test_sixty_requests_stand_in_all_states_and_a_second_run_changes_nothing(hands):
    """With overdue, returned, rated, one joint, one decided by itself; nothing refused on the way; all of it once."""
    firms = [Party(f"91990000MA0000{n:04d}", "enterprise", f"合成企业{n}", "", "A01", "", "", "", "", hands.at.date()) for n in range(7)]
    write_parties(connection, firms)
    pack = load_pack(find_pack(None))
    first = demo_cases.create(pack)
    with acting_as_system("test"):
        cases = list(Case.objects.filter(definition="whistle"))
        events = Event.objects.count()
        assert len(cases) == 60
        assert set(first) == {
            "submitted", "accepted", "assigned", "disputed", "signed", "working", "paused", "answered", "closed", "withdrawn", "refused",
        }  # fmt: skip
        assert sum(case.is_open and case.due < hands.at for case in cases) >= 6
        assert Event.objects.filter(edge="dispute").values("case").distinct().count() == 3
        assert sum("satisfaction" in case.fields for case in cases) == 16
        assert Part.objects.filter(state="open").count() == 1
        assert Event.objects.filter(edge="discuss").count() == 1
        assert Event.objects.filter(edge="reopen").count() == 3
        assert Event.objects.filter(edge="rung").exists()
    again = demo_cases.create(pack)

    assert again == first
    with acting_as_system("test"):
        assert Event.objects.count() == events
