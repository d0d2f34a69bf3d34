"""The best combination against brute force over every subset, for one party and for a table of them."""

from __future__ import annotations

import itertools
import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunxing.engines.entitlements.stacking import Relation, Stacking, stacking_of, told
from yunxing.values.errors import BadInput

NAMES = tuple("abcdefgh")


def brute(stacking: Stacking, amounts: dict[str, int]) -> int:
    """The greatest sum over every subset that breaks no relation, the law's order applied first; written without the engine's sets."""
    entitled = dict(amounts)
    for relation in stacking.relations:
        if relation.kind == "law_priority":
            held = [name for name in relation.policies if name in entitled]
            for late in held[1:]:
                del entitled[late]
    best = 0
    for size in range(len(entitled) + 1):
        for chosen in itertools.combinations(entitled, size):
            if any(r.kind != "total_cap" and len(set(r.policies) & set(chosen)) > 1 for r in stacking.relations):
                continue
            total, free = 0, set(chosen)
            for r in stacking.relations:
                if r.kind == "total_cap" and r.cap_fen is not None:
                    total += min(r.cap_fen, sum(entitled[name] for name in chosen if name in r.policies))
                    free -= set(r.policies)
            best = max(best, total + sum(entitled[name] for name in free))
    return best


@st.composite
def stackings(draw: st.DrawFn) -> Stacking:
    relations, capped = [], set()
    for kind in draw(st.lists(st.sampled_from(["excludes", "law_priority", "total_cap"]), max_size=6)):
        members = tuple(draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True)))
        if kind == "total_cap":
            if capped & set(members):
                continue
            capped |= set(members)
        relations.append(Relation(kind, members, cap_fen=draw(st.integers(0, 30)) if kind == "total_cap" else None))
    return Stacking(NAMES, tuple(relations))


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(stacking=stackings(), amounts=st.dictionaries(st.sampled_from(NAMES), st.integers(0, 20)))
def test_the_choice_is_the_best_of_all_subsets(stacking: Stacking, amounts: dict[str, int]) -> None:
    choice = stacking.choose(amounts)
    assert choice.total_fen == brute(stacking, amounts)
    assert set(choice.kept) | set(choice.dropped) == set(amounts), "whatever is entitled is kept or told why not"
    assert not set(choice.kept) & set(choice.dropped)
    for name in choice.kept:
        assert not set(stacking.conflicts[name]) & set(choice.kept)
    assert all(choice.kept[name] < amounts[name] for name in choice.reduced)


@pytest.mark.property
@settings(max_examples=40, deadline=None)
@given(stacking=stackings(), seed=st.integers(0, 9))
def test_a_table_keeps_for_each_row_what_one_party_keeps(stacking: Stacking, seed: int) -> None:
    draw = random.Random(seed)
    rows = [{name: draw.choice([None, draw.randint(0, 20)]) for name in NAMES} for _ in range(20)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(NAMES, pl.Int64))
    kept = frame.lazy().select(**stacking.kept_columns({name: pl.col(name) for name in NAMES})).collect().rows(named=True)
    for row, got in zip(rows, kept, strict=True):
        alone = stacking.choose({name: fen for name, fen in row.items() if fen is not None}).kept
        assert {name: fen for name, fen in got.items() if fen is not None} == alone


def test_the_law_fixes_priority_even_when_that_is_worse() -> None:
    law = Stacking(("old", "new"), (Relation("law_priority", ("old", "new"), cites="1/2"),))
    choice = law.choose({"old": 1, "new": 100})
    assert choice.kept == {"old": 1}
    assert choice.dropped["new"].cites == "1/2"
    free = Stacking(("old", "new"), (Relation("excludes", ("old", "new")),))
    assert free.choose({"old": 1, "new": 100}).kept == {"new": 100}
    assert free.choose({"old": 1, "new": 100}).weighed == ((("old",), 1), (("new",), 100))


def test_equal_sums_go_to_the_declared_order() -> None:
    pair = Stacking(("b", "a"), (Relation("excludes", ("a", "b")),))
    assert pair.choose({"a": 5, "b": 5}).kept == {"b": 5}


def test_a_total_cap_reduces_what_stands_last() -> None:
    capped = Stacking(("a", "b", "c"), (Relation("total_cap", ("a", "b"), cap_fen=10),))
    choice = capped.choose({"a": 8, "b": 5, "c": 1})
    assert choice.kept == {"a": 8, "b": 2, "c": 1}
    assert list(choice.reduced) == ["b"]
    shown = told(choice, {"b": ("乙", "B")})
    assert shown["reduced"][0]["title"] == {"zh": "乙", "en": "B"}
    assert shown["reduced"][0]["words"]["zh"] == "合计封顶"
    assert shown["total_fen"] == 11


def test_a_deferral_does_not_outweigh_a_grant() -> None:
    pair = Stacking(("grant", "deferral"), (Relation("excludes", ("grant", "deferral")),))
    amounts = {"grant": 5, "deferral": 1000}
    assert pair.choose(amounts, {"deferral": False}).kept == {"grant": 5}
    columns = pair.kept_columns({name: pl.lit(fen) for name, fen in amounts.items()}, {"deferral": False})
    assert pl.select(**columns).rows(named=True) == [{"grant": 5, "deferral": None}]


def test_sixteen_policies_with_twenty_two_exclusions_have_their_sets() -> None:
    draw = random.Random(22)
    names = tuple(f"p{i}" for i in range(16))
    pairs = draw.sample(list(itertools.combinations(names, 2)), 22)
    stacking = Stacking(names, tuple(Relation("excludes", pair) for pair in pairs))
    for part, sets in stacking.sets.items():
        for one in sets:
            assert not any(set(pair) <= set(one) for pair in pairs)
            assert all(any({other, name} in [set(p) for p in pairs] for name in one) for other in set(part) - set(one)), "no set can grow"


@pytest.mark.parametrize(
    ("relation", "says"),
    [
        (Relation("excludes", ("a", "z")), "found the policy 'z'"),
        (Relation("excludes", ("a", "a")), "two or more different policies"),
        (Relation("excludes", ("a", "b"), cap_fen=1), "a cap belongs to total_cap"),
        (Relation("total_cap", ("a", "b")), "total_cap needs one"),
    ],
)
def test_relations_that_cannot_be_followed_are_refused(relation: Relation, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        Stacking(NAMES, (relation,))


def test_two_total_caps_over_one_policy_are_refused() -> None:
    with pytest.raises(BadInput, match="a stands under two total caps"):
        Stacking(NAMES, (Relation("total_cap", ("a", "b"), cap_fen=1), Relation("total_cap", ("a", "c"), cap_fen=1)))


def test_too_long_a_chain_is_refused_rather_than_weighed_for_ever() -> None:
    names = tuple(f"p{i}" for i in range(27))
    chain = tuple(Relation("excludes", pair) for pair in itertools.pairwise(names))
    with pytest.raises(BadInput, match="27 policies exclude one another"):
        Stacking(names, chain)


def test_relations_of_absent_policies_are_left_out() -> None:
    stacking = stacking_of(["a", "b"], [Relation("excludes", ("a", "b", "c")), Relation("excludes", ("b", "c"))])
    assert [relation.policies for relation in stacking.relations] == [("a", "b")]
