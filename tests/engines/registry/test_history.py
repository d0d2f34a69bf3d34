"""Segments of two times, terms of a list, differences: small examples beside what the store's tests hold in bulk."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from registry_cast import DAY, firm, on_key
from yunxing.engines.registry.history import Difference, Segment, amend, difference, overlaps, united

FIRST, JULY = date(2022, 1, 1), date(2022, 7, 1)


def test_a_new_party_gets_one_segment_and_the_same_state_again_none():
    (segment,) = amend([], firm(), None)[1]

    assert (segment.from_day, segment.to_day) == (date.min, None)
    assert amend([segment], firm(), None) == ([], [])
    assert amend([segment], firm(), JULY) == ([], [])


def test_a_change_cuts_the_segment_that_holds_the_day():
    old, new = amend([Segment(firm())], firm(name="新"), JULY)

    assert old == [Segment(firm())]
    assert new == [Segment(firm(), to_day=date(2022, 6, 30)), Segment(firm(name="新"), JULY)]


def test_a_second_change_on_the_same_day_replaces_the_first():
    segments = amend([Segment(firm())], firm(name="新"), JULY)[1]
    old, new = amend(segments, firm(name="又新"), JULY)

    assert (old, new) == ([segments[1]], [Segment(firm(name="又新"), JULY)])


def test_a_change_before_a_later_one_ends_where_that_begins():
    segments = amend([Segment(firm())], firm(name="后"), JULY)[1]
    _old, new = amend(segments, firm(name="先"), date(2022, 3, 1))

    assert new[1] == Segment(firm(name="先"), date(2022, 3, 1), date(2022, 6, 30))


def test_a_correction_mends_the_newest_state_alone():
    segments = amend([Segment(firm(name="错"))], firm(name="又错"), JULY)[1]

    assert amend(segments, firm(name="对"), None) == ([segments[1]], [Segment(firm(name="对"), JULY)])


def test_terms_that_share_a_day_are_found_terms_that_touch_are_not():
    first, second = on_key(until=date(2022, 6, 30)), on_key(since=JULY)

    assert overlaps([second, first]) == []
    assert overlaps([first, on_key(since=date(2022, 6, 30))])
    assert overlaps([on_key(), second])
    assert overlaps([on_key("P-1"), on_key("P-2")]) == []


days = st.integers(0, 400).map(lambda n: FIRST + timedelta(days=n))
terms = st.lists(st.tuples(days, st.one_of(st.none(), st.integers(0, 90))), min_size=1, max_size=6).map(
    lambda found: [on_key(since=first, until=None if length is None else first + timedelta(days=length)) for first, length in found]
)


@given(terms)
def test_united_terms_cover_the_same_days_and_never_overlap(members):
    """Slow reference: day by day, on the list before and after is the same."""
    whole = united(members)

    assert overlaps(whole) == []
    for n in range(0, 520, 7):
        day = FIRST + timedelta(days=n)
        assert any(one.valid_on(day) for one in members) == any(one.valid_on(day) for one in whole)
    assert all(later.valid_from > (earlier.valid_to or date.max) + timedelta(days=1) for earlier, later in pairwise(whole))


def test_a_difference_names_who_joined_left_and_stayed_otherwise():
    before = [on_key("P-1"), on_key("P-2"), on_key("P-3")]
    after = [on_key("P-2"), on_key("P-3", phone="1"), on_key("P-4")]

    assert difference(before, after) == Difference(("P-4",), ("P-1",), ("P-3",))
    assert difference(before, before) == Difference((), (), ())
    assert Segment(firm(), JULY, DAY).holds_on(DAY)
    assert not Segment(firm(), JULY, DAY).holds_on(DAY + timedelta(days=1))
