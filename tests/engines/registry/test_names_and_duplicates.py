"""Names as they are compared and searched, near duplicates, merges of values, aliases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_cast import A, B, firm, on_key, project
from yunxing.engines.registry.duplicates import REASONS, propose
from yunxing.engines.registry.merge import every_id, plan_merge, resolved
from yunxing.engines.registry.naming import folded, initials, looks_like_initials, stem
from yunxing.engines.registry.parties import Membership
from yunxing.values.errors import BadInput


@pytest.mark.parametrize(
    ("name", "letters"),
    [("合成铝业有限公司", "hclyyxgs"), ("ＡＢ３纺织（集团）", "ab3fzjt"), ("", ""), ("—·！", ""), ("钢" * 200, "g" * 100)],
)  # fmt: skip
def test_initials_are_the_first_letters_of_the_pinyin(name, letters):
    assert initials(name) == letters


@given(st.text(max_size=30))
def test_any_text_folds_to_the_same_however_often(name):
    assert folded(folded(name)) == folded(name)
    assert stem(stem(name)) == stem(name)
    assert len(initials(name)) <= 100
    assert set(initials(name)) <= set("abcdefghijklmnopqrstuvwxyz0123456789")


def test_a_word_of_latin_letters_may_be_initials():
    assert looks_like_initials("HCly")
    assert looks_like_initials("ａ1")
    assert not looks_like_initials("合c")
    assert not looks_like_initials("")


def test_the_legal_form_does_not_make_another_firm_but_a_bare_form_stays():
    assert stem("合成铝业（集团）股份有限公司") == "合成铝业"
    assert stem("公司") == "公司"
    assert folded(" 合成 铝业(城东)") == "合成铝业城东"


def test_the_same_firm_written_twice_is_proposed_once_with_the_strongest_reason():
    twice = [firm(A, "合成铝业公司"), firm(A.lower() + " ", "合成铝业公司")]
    (one,) = propose(twice)

    assert (one.keep, one.reason) in {(A, "same_code"), (A.lower() + " ", "same_code")}


def test_an_old_number_and_an_organisation_code_lead_to_the_credit_code():
    old, organisation = "371600000000001", A[8:17]
    parties = [firm(A, "甲", attributes={"old_registration": old}), firm(old, "乙"), firm(organisation, "丙"), firm(B, "丁")]
    found = {(one.keep, one.drop, one.reason) for one in propose(parties)}

    assert found == {(A, old, "old_number"), (A, organisation, "organisation_code")}


def test_names_alike_are_proposed_within_a_unit_and_never_across_kinds():
    parties = [firm(A, "合成铝业有限公司"), firm(B, "合成铝业公司"), firm("X", "合成铝业集团", unit="U2"), project("P-1", "合成铝业公司")]
    assert [(one.keep, one.drop, one.reason) for one in propose(parties)] == [(A, B, "near_name")]
    same = [project("P-1", "同名"), project("P-2", "同 名")]
    assert [(one.keep, one.drop, one.reason) for one in propose(same)] == [("P-1", "P-2", "same_name")]


def slow(parties):
    """Every pair by the plain rule of the same folded name: the reference for one of the reasons."""
    return {frozenset((one.id, other.id)) for one, other in combinations(parties, 2) if folded(one.name) == folded(other.name)}


@given(st.lists(st.sampled_from(["合 成甲", "合成甲", "合成乙", "合成乙（）", "丙"]), min_size=2, max_size=6))
def test_whoever_shares_a_name_is_connected_by_proposals(names):
    parties = [project(f"P-{at}", name) for at, name in enumerate(names)]
    linked = {frozenset((one.keep, one.drop)) for one in propose(parties)}

    assert linked <= slow(parties)
    for pair in slow(parties):
        seen, queue = set(), [min(pair)]
        while queue:
            at = queue.pop()
            seen.add(at)
            queue += [other for link in linked if at in link for other in link - seen]
        assert pair <= seen
    assert {one.reason for one in propose(parties)} <= set(REASONS)


def test_a_merge_fills_what_is_empty_and_tells_what_differs():
    keep = firm(A, "合成铝业", attributes={"contact": "甲", "tags": "a"})
    drop = firm(
        B,
        "合成旧名",
        short_name="旧",
        size="small",
        valid_from=date(2001, 1, 1),
        valid_to=date(2020, 1, 1),
        attributes={"tags": "b", "more": 1},
    )
    merge = plan_merge(keep, drop, [])

    assert merge.kept == replace(
        keep, short_name="旧", size="small", valid_from=date(2001, 1, 1), attributes={"contact": "甲", "tags": "a", "more": 1}
    )
    assert merge.differences == (("name", "合成铝业", "合成旧名"), ("tags", "a", "b"))
    ended = plan_merge(replace(keep, valid_to=date(2019, 1, 1)), drop, [])
    assert ended.kept.valid_to == date(2020, 1, 1)


def test_a_merge_moves_terms_and_keeps_the_untouched():
    members = [on_key("P-1"), on_key("P-2", since=date(2021, 1, 1), until=date(2021, 6, 30)), Membership("other", "P-2", date(2020, 1, 1)),
               on_key("P-3")]  # fmt: skip
    merge = plan_merge(project("P-1"), project("P-2"), members)

    assert {one.key for one in merge.members} == {("key", "P-1", date(2021, 1, 1)), ("other", "P-1", date(2020, 1, 1))}
    assert {one.party for one in merge.given_up} == {"P-2"}


def test_what_is_not_one_is_not_merged():
    for keep, drop in ((firm(A), firm(A)), (firm(A), project("P-1"))):
        with pytest.raises(BadInput):
            plan_merge(keep, drop, [])


def test_aliases_are_followed_to_their_end_and_a_circle_is_told():
    assert every_id({"a": "b", "b": "c", "x": "c", "y": "z"}, "b") == ("c", "a", "b", "x")
    assert every_id({}, "a") == ("a",)
    with pytest.raises(BadInput, match="circle"):
        resolved({"a": "b", "b": "a"}, "a")
