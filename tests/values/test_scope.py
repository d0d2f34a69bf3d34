"""Scope: what lies inside is seen, what lies outside is not, and nothing is assumed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.values.errors import BadInput, ScopeError
from yunxing.values.scope import ALL, PUBLIC, Scope, require

codes = st.text("abc", min_size=1, max_size=2)
sets = st.one_of(st.just(ALL), st.frozensets(codes))
scopes = st.builds(Scope, sets, sets, sets, st.integers(1, 4), st.just("p"))

COUNTY = Scope(frozenset({"U1"}), frozenset({"O1"}), ALL, 2, "clerk")
FIRM = Scope(frozenset({"U1"}), frozenset(), frozenset({"F1"}), 2, "firm")
LEADER = Scope(ALL, ALL, ALL, 4, "leader")


@pytest.mark.parametrize(
    ("scope", "party", "unit", "seen"),
    [
        (COUNTY, "F1", "U1", True),
        (COUNTY, "F2", "U1", True),
        (COUNTY, "F1", "U2", False),
        (FIRM, "F1", "U1", True),
        (FIRM, "F2", "U1", False),
        (FIRM, "F1", "U2", False),
        (LEADER, "F9", "U9", True),
        (PUBLIC, "F1", "U1", False),
    ],
)
def test_a_party_is_seen_when_it_and_its_unit_lie_in_the_scope(scope, party, unit, seen):
    assert scope.sees_party(party, unit) is seen


@given(scopes, codes, codes)
def test_seeing_a_party_needs_its_unit_and_public_sees_none(scope, party, unit):
    assert not scope.sees_party(party, unit) or scope.sees_unit(unit)
    assert scope.sees_unit(unit) == (scope.units is ALL or unit in scope.units)
    assert scope.sees_office(party) == (scope.offices is ALL or party in scope.offices)
    assert not PUBLIC.sees_party(party, unit)
    assert not PUBLIC.sees_unit(unit)
    assert not PUBLIC.sees_office(unit)


@pytest.mark.parametrize(("level", "seen"), [(1, True), (2, True), (3, False)])
def test_items_up_to_the_level_are_seen(level, seen):
    assert COUNTY.sees_level(level) is seen


def test_public_sees_open_items_only():
    assert PUBLIC.sees_level(1)
    assert not PUBLIC.sees_level(2)


@pytest.mark.parametrize(("level", "ok"), [(0, False), (1, True), (4, True), (5, False)])
def test_levels_are_one_to_four(level, ok):
    if ok:
        assert Scope(ALL, ALL, ALL, level, "p").levels == level
    else:
        with pytest.raises(BadInput):
            Scope(ALL, ALL, ALL, level, "p")


def test_no_scope_is_refused_and_a_scope_passes():
    with pytest.raises(ScopeError):
        require(None)
    assert require(COUNTY) is COUNTY
    assert require(PUBLIC) is PUBLIC


def test_a_scope_is_a_value():
    assert Scope(frozenset({"U1"}), frozenset({"O1"}), ALL, 2, "clerk") == COUNTY
    assert len({COUNTY, PUBLIC, LEADER}) == 3
    assert repr(ALL) == "ALL"
