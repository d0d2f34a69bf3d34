"""Duplicates and merges as laws: a proposal is a pair of one kind, once, with the strongest reason; a merge loses no day, no value and no id."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry_cast import A, B, C, firm, on_key, project
from yunxing.engines.registry.duplicates import REASONS, Proposal, propose
from yunxing.engines.registry.history import overlaps
from yunxing.engines.registry.merge import every_id, plan_merge, resolved
from yunxing.engines.registry.parties import Membership, on_roster
from yunxing.values.errors import BadInput

OLD = "371600000000001"
YEAR = date(2022, 1, 1)


# ---- which one is proposed to stay


@pytest.mark.parametrize(
    ("first", "second", "keep"),
    [
        (firm(OLD, "合成同名"), firm(A, "合成同名"), A),  # a good credit code before an old number
        (firm("X-1", "合成同名", valid_from=date(2001, 1, 1)), firm(B, "合成同名"), B),
        (firm("X-2", "合成同名", valid_from=date(2009, 1, 1)), firm("X-1", "合成同名", valid_from=date(2010, 1, 1)), "X-2"),
        (firm("X-2", "合成同名"), firm("X-1", "合成同名"), "X-1"),
    ],
)
def test_the_better_code_stays_then_the_earlier_then_the_first(first, second, keep):
    for order in ([first, second], [second, first]):
        (one,) = propose(order)
        assert one.keep == keep
        assert one.reason == "same_name"


def test_several_of_one_name_all_lead_to_the_best_of_them():
    parties = [firm(OLD, "合成同名"), firm("X-1", "合成 同名"), firm(A, "合成同名（）")]

    assert {(one.keep, one.drop) for one in propose(parties)} == {(A, OLD), (A, "X-1")}


def test_a_name_of_signs_alone_is_no_name():
    assert propose([project("P-1", "（）"), project("P-2", "——"), project("P-3", "")]) == []


def test_a_short_stem_is_no_likeness():
    assert propose([firm(A, "合成厂"), firm(B, "合成公司")]) == []


def test_likeness_is_told_of_firms_alone():
    assert propose([project("P-1", "合成铝业公司"), project("P-2", "合成铝业集团")]) == []


def test_the_evidence_is_what_both_have_in_common():
    (one,) = propose([firm(A, "甲", attributes={"old_registration": OLD}), firm(OLD, "乙")])
    (organisation,) = propose([firm(C, "甲"), firm("X-1", "乙", attributes={"organisation_code": C[8:17]})])

    assert (one.reason, one.evidence) == ("old_number", OLD)
    assert (organisation.reason, organisation.evidence) == ("organisation_code", C[8:17])


@pytest.mark.parametrize("number", ["37160000000000", "37160000000000A", "", "3716000000000012"])
def test_what_is_no_old_number_leads_nowhere(number):
    assert propose([firm(A, "甲", attributes={"old_registration": number}), firm(B, "乙", attributes={"old_registration": number})]) == []


def test_a_pair_is_one_whichever_way_round():
    assert Proposal("b", "a", "same_name", "").key == Proposal("a", "b", "same_name", "").key == ("a", "b")


names = st.sampled_from(["合成铝业公司", "合成铝业集团", "合成纺织厂", "合成 铝业公司", "（）", "合成化工有限公司"])
pool = st.lists(
    st.builds(
        lambda id_, name, unit, old: firm(id_, name or "无", unit=unit, attributes={"old_registration": old} if old else {}),
        st.sampled_from([A, B, C, OLD, "X-1", "X-2", A.lower()]), names, st.sampled_from(["U1", "U2"]), st.sampled_from(["", OLD]),
    ),
    max_size=7, unique_by=lambda one: one.id,
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(pool)
def test_every_pair_is_proposed_once_in_order_and_whatever_the_order_given(parties):
    found = propose(parties)

    assert len({one.key for one in found}) == len(found)
    assert all(one.keep != one.drop for one in found)
    assert [REASONS.index(one.reason) for one in found] == sorted(REASONS.index(one.reason) for one in found)
    assert propose(parties[::-1]) == found
    assert {one.keep for one in found} | {one.drop for one in found} <= {one.id for one in parties}


@settings(max_examples=40, deadline=None)
@given(pool)
def test_following_the_proposals_comes_to_an_end(parties):
    """Whoever merges every proposal, one after another, is left with nothing to propose by code, number or name."""
    held = {one.id: one for one in parties}
    for _ in range(len(parties)):
        found = propose(held.values())
        if not found:
            break
        done = plan_merge(held[found[0].keep], held[found[0].drop], [])
        del held[found[0].drop]
        held[found[0].keep] = done.kept

    assert propose(held.values()) == []


# ---- a merge


@pytest.mark.parametrize("name", ["short_name", "unit", "region", "industry", "size", "parent"])
def test_what_the_one_that_stays_lacks_is_taken_over_and_what_it_has_is_kept(name):
    empty, full, other = firm(A, **{name: ""}), firm(B, **{name: "X"}), firm(A, **{name: "Y"})

    assert getattr(plan_merge(empty, full, []).kept, name) == "X"
    assert getattr(plan_merge(other, full, []).kept, name) == "Y"
    assert (name, "Y", "X") in plan_merge(other, full, []).differences
    assert name not in {field for field, _ours, _theirs in plan_merge(empty, full, []).differences}


@pytest.mark.parametrize(
    ("ours", "theirs", "last"),
    [
        (None, None, None),
        (None, date(2020, 1, 1), None),
        (date(2020, 1, 1), None, None),
        (date(2020, 1, 1), date(2021, 1, 1), date(2021, 1, 1)),
    ],
)
def test_a_merged_party_lives_as_long_as_either(ours, theirs, last):
    assert plan_merge(firm(A, valid_to=ours), firm(B, valid_to=theirs), []).kept.valid_to == last


def test_terms_that_touch_become_one_with_the_details_of_both():
    first = on_key("P-1", since=YEAR, until=date(2022, 3, 31), phone="1")
    second = Membership("key", "P-2", date(2022, 4, 1), None, "续", {"answerable": "合成另一人", "post": "b"})
    merge = plan_merge(project("P-1"), project("P-2"), [first, second])

    (one,) = merge.members
    assert (one.party, one.valid_from, one.valid_to) == ("P-1", YEAR, None)
    assert one.attributes == {"answerable": "合成责任人", "phone": "1", "post": "b"}
    assert merge.given_up == (second,)


def test_a_merge_of_a_party_without_terms_moves_nothing():
    merge = plan_merge(project("P-1"), project("P-2"), [on_key("P-1"), on_key("P-9")])

    assert merge.members == ()
    assert merge.given_up == ()


days = st.integers(0, 300).map(lambda n: YEAR + timedelta(days=n))
terms = st.lists(
    st.builds(
        lambda roster, party, first, length: Membership(roster, party, first, None if length is None else first + timedelta(days=length)),
        st.sampled_from(["key", "other"]), st.sampled_from(["P-1", "P-2"]), days, st.none() | st.integers(0, 120),
    ),
    max_size=7, unique_by=lambda one: one.key,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(terms)
def test_a_merge_keeps_every_day_on_every_list_and_no_other(members):
    """Slow reference, day by day: who was on a list under either id is on it under the one that stays, and nobody else."""
    merge = plan_merge(project("P-1"), project("P-2"), members)
    gone = {one.key for one in merge.given_up}
    after = {one.key: one for one in members if one.key not in gone} | {one.key: one for one in merge.members}

    assert all(one.party == "P-1" for one in after.values())
    assert overlaps(after.values()) == []
    for roster in ("key", "other"):
        for n in range(0, 440, 11):
            day = YEAR + timedelta(days=n)
            assert bool(on_roster(members, roster, day)) == bool(on_roster(after.values(), roster, day))


@settings(max_examples=60, deadline=None)
@given(terms)
def test_a_merge_done_twice_is_done_once(members):
    merge = plan_merge(project("P-1"), project("P-2"), members)
    gone = {one.key for one in merge.given_up}
    after = {one.key: one for one in members if one.key not in gone} | {one.key: one for one in merge.members}
    again = plan_merge(merge.kept, project("P-2"), after.values())

    assert (again.members, again.given_up) == ((), ())
    assert again.kept == merge.kept


def test_the_ones_given_are_not_altered():
    keep, drop = firm(A, short_name=""), firm(B, short_name="乙", attributes={"x": 1})
    before = replace(keep), replace(drop)
    plan_merge(keep, drop, [])

    assert (keep, drop) == before


# ---- aliases

aliases = st.dictionaries(st.sampled_from("abcdefg"), st.sampled_from("abcdefg"), max_size=7)


@given(aliases, st.sampled_from("abcdefg"))
def test_an_alias_leads_to_an_end_that_is_none_or_the_circle_is_told(known, start):
    try:
        end = resolved(known, start)
    except BadInput as bad:
        seen, at = set(), start
        while at in known and at not in seen:
            seen.add(at)
            at = known[at]
        assert at in seen
        assert "circle" in str(bad)
    else:
        assert end not in known


@given(st.permutations("abcdef"), st.integers(1, 5))
def test_all_ids_of_a_chain_are_found_from_any_of_them(order, merged):
    known = {order[at]: order[at + 1] for at in range(merged)}

    for one in order[: merged + 1]:
        assert every_id(known, one) == (order[merged], *sorted(order[:merged]))
    for other in order[merged + 1 :]:
        assert every_id(known, other) == (other,)
