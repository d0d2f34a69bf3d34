"""What is quick beside what is obvious: the short way of deciding beside the long one, texts put together by hand beside canonical JSON."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunxing.engines.ledger import decide as deciding
from yunxing.engines.ledger.batch import Due, Group, Leg, Transfer, body, body_text, due_body, group_of, one_transfer
from yunxing.engines.ledger.decide import decide
from yunxing.engines.ledger.model import Account, State, Unit
from yunxing.engines.ledger.seal import FIRST, at_of, root, root_of_texts, row_text, tail_of, transfer_row
from yunxing.values.digest import canonical_json, digest

DAY = date(2022, 9, 30)
LARGE = 2**63 - 1

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
legs = st.lists(
    st.builds(Leg, st.sampled_from(["a", "b", "c", "gone", "tce"]), st.sampled_from([-LARGE, -7, -5, 0, 5, 7, LARGE])), max_size=3
)
kinds = st.sampled_from(["issue", "move", "retire", "reserve", "carry", "expire", "post", "borrow"])
transfers = st.builds(
    lambda number, kind, unit, sides, refers: Transfer(f"k{number}#1", kind, unit, tuple(sides), "c", DAY, refers),
    st.integers(0, 6),
    kinds,
    st.sampled_from(["fen", "fen", "fen", "tce", "none"]),
    st.one_of(legs, st.sampled_from([[Leg("a", -5), Leg("b", 5)], [Leg("b", 5), Leg("a", -5)], [Leg("c", -7), Leg("a", 7)]])),
    st.sampled_from(["", "", "", "k1#1"]),
)


def state(closed: bool, floor: int) -> State:
    accounts = {name: Account(name, "fen", floor, 6 if floor == 0 else 0, 0) for name in ("a", "b", "c")}
    if closed:
        accounts["b"] = replace(accounts["b"], closed_through=DAY)
    accounts["tce"] = Account("tce", "tce", 0, 9, 0)
    return State(accounts, {"fen": Unit("fen"), "tce": Unit("tce", date(2022, 1, 1))})


@pytest.mark.property
@settings(deadline=None, max_examples=300)
@given(st.lists(transfers, max_size=8), st.booleans(), st.sampled_from([0, 0, -LARGE]))
def test_the_short_way_decides_as_the_long_one(drawn: list[Transfer], closed: bool, floor: int) -> None:
    """The same answers, the same lines, the same state afterwards, whatever stands in the batch."""
    groups = [Group(one.key.removesuffix("#1"), (one,)) for one in drawn]
    short, long = state(closed, floor), state(closed, floor)
    found = decide(groups, short)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deciding, "plainly", lambda *_: None)
        expected = decide(groups, long)
    assert found == expected
    assert short == long


def test_the_short_way_is_taken_at_all() -> None:
    group = one_transfer("k", "move", "fen", {"a": -5, "b": 5}, clause="c", effective=DAY)
    now = state(closed=False, floor=0)
    assert deciding.plainly(group, now, group.body_hash) is not None
    assert (now.accounts["a"].posted, now.accounts["b"].posted) == (1, 11)


def test_what_the_short_way_declines_it_has_not_touched() -> None:
    for other in ({"a": -7, "b": 7}, {"a": -5, "gone": 5}):
        now = state(closed=False, floor=0)
        before = deepcopy(now)
        group = one_transfer("k", "move", "fen", other, clause="c", effective=DAY)
        assert deciding.plainly(group, now, group.body_hash) is None
        assert now == before


@pytest.mark.property
@settings(deadline=None)
@given(words, words, words, st.lists(words, max_size=2), st.integers(-LARGE, LARGE), st.sampled_from(["", "x#1"]), st.booleans())
def test_the_body_put_together_by_hand_is_canonical_json(
    a: str, b: str, c: str, people: list[str], amount: int, refers: str, rare: bool
) -> None:
    due = Due(a, b, c, "start_up", DAY) if rare else None
    one = Transfer("k#1", "move", b, (Leg(a, amount), Leg(c, -amount)), c, DAY, refers, tuple(people), DAY if rare else None, due)
    assert body_text(one).encode() == canonical_json(body(one))
    assert Group("k", (one, one)).body_hash == digest(canonical_json([body(one), body(one)]))


@pytest.mark.property
@settings(deadline=None)
@given(
    st.lists(words, min_size=6, max_size=6), st.integers(1, LARGE), st.lists(words, min_size=3, max_size=3), st.booleans(), st.booleans()
)
def test_the_row_put_together_by_hand_is_canonical_json(texts: list[str], seq: int, tail: list[str], rare: bool, swapped: bool) -> None:
    """Every text may hold quotes, backslashes, Chinese; an empty one is null, as it is on databases that cannot tell them apart."""
    key, unit, refers, clause, source, target = [texts[0], texts[1], texts[2] if rare else "", *texts[3:]]
    head = ("t" + "0" * 30, key, "sha256:" + "a" * 64, "move", unit, refers, clause)
    at = ("2022-09-30", "2022-09-30T08:00:00.000000+00:00")
    tail[1] = ""
    more: dict[str, Any] | None = {"until": "2022-12-31", "due": due_body(Due("b", "p", "d", "e"))} if rare else None
    postings = [(source, "posted", -5), (target, "posted", 5), *([("c", "hold_in", 7)] if rare else [])]
    by_hand = row_text(seq, head, at_of(*at), tail_of(*tail), postings[::-1] if swapped else postings, more)
    row = transfer_row([seq, *head, *at, *tail], postings, more)
    assert by_hand.encode() == canonical_json(row)
    assert root_of_texts(FIRST, [by_hand]) == root(FIRST, [row])
    assert json.loads(by_hand)[13] == sorted([list(one) for one in postings])


def test_a_chain_may_go_on_in_sm3() -> None:
    first = root(FIRST, [[1]])
    second = root(first, [[2]], "sm3")
    assert first.startswith("sha256:")
    assert second.startswith("sm3:")
    assert root(second, [[3]], "sm3") != root(second, [[3]])


def test_groups_are_joined_with_their_references() -> None:
    """An auction: quota and money in one group; a reference to one of the joined is one inside the group."""
    hold = one_transfer("hold", "reserve", "fen", {"a": -5, "b": 5}, clause="c", effective=DAY)
    paid = one_transfer("paid", "post", "fen", {"a": -5, "b": 5}, clause="c", effective=DAY, refers="hold")
    other = one_transfer("other", "void", "fen", {}, clause="c", effective=DAY, refers="elsewhere")
    joined = group_of("all", hold, paid, other)
    assert [one.key for one in joined.transfers] == ["all#1", "all#2", "all#3"]
    assert [one.refers for one in joined.transfers] == ["", "all#1", "elsewhere#1"]
