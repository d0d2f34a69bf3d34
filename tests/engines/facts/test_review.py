"""The states of a report: the table of who may do what, and that no path leads round the review."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.facts.review import ACTORS, ACTS, AWAITS, EDITABLE, NEXT, SENT, STATES, after, may
from yunxing.values.errors import Refusal

# the whole table by hand: everything else is refused
TABLE = {
    ("due", "save", "reporter"): "drafted",
    ("drafted", "save", "reporter"): "drafted",
    ("returned", "save", "reporter"): "returned",
    ("drafted", "submit", "reporter"): "submitted",
    ("returned", "submit", "reporter"): "submitted",
    ("submitted", "correct", "reporter"): "submitted",
    ("county", "correct", "reporter"): "submitted",
    ("department", "correct", "reporter"): "submitted",
    ("confirmed", "correct", "reporter"): "submitted",
    ("submitted", "ask_return", "reporter"): "submitted",
    ("county", "ask_return", "reporter"): "county",
    ("department", "ask_return", "reporter"): "department",
    ("submitted", "accept", "county"): "county",
    ("county", "accept", "department"): "department",
    ("department", "accept", "command"): "confirmed",
    ("submitted", "return", "county"): "returned",
    ("county", "return", "department"): "returned",
    ("department", "return", "command"): "returned",
}


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES)
def test_every_state_act_and_actor(state, act, actor):
    """All 168 combinations are in the table or refused with the words of the state, the act and the actor."""
    if (state, act, actor) in TABLE:
        assert after(state, act, actor) == TABLE[state, act, actor]
        assert may(state, act, actor)
    else:
        with pytest.raises(Refusal, match=f"{state} takes no {act} by the {actor}"):
            after(state, act, actor)
        assert not may(state, act, actor)


def test_editable_and_sent_part_the_states():
    assert set(STATES) == EDITABLE | SENT
    assert not EDITABLE & SENT
    assert set(AWAITS) == set(NEXT) == SENT - {"confirmed"}


@given(st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(ACTORS)), max_size=40))
def test_nothing_is_confirmed_that_three_reviewers_have_not_seen_since_it_was_last_changed(steps):
    """However the acts fall: before each confirmation stand county, department and command, in this order, after the last change of a figure."""
    state, seen = "due", []
    for act, actor in steps:
        if not may(state, act, actor):
            continue
        state = after(state, act, actor)
        if act in {"save", "submit", "correct", "return"}:
            seen = []
        elif act == "accept":
            seen.append(actor)
        if state == "confirmed":
            assert seen == ["county", "department", "command"]


@given(st.lists(st.sampled_from(ACTS), max_size=30), st.sampled_from([one for one in ACTORS if one != "reporter"]))
def test_a_reviewer_alone_never_makes_a_draft_a_report(acts, actor):
    """No act of a reviewer changes what is being filled in."""
    for act in acts:
        for state in EDITABLE:
            assert not may(state, act, actor)
