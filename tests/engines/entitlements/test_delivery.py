"""The states of a delivery: every step that is not in the table is refused, and the guards of an approval tell all reasons at once."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.entitlements import delivery
from yunxing.engines.entitlements.delivery import OFFER, ROUND, after, approvable, masked_code, masked_name, may, within_limits
from yunxing.values.errors import DoesNotHold


@pytest.mark.parametrize("table", [ROUND, OFFER], ids=["round", "offer"])
def test_every_forbidden_transition_is_refused(table) -> None:
    states = {state for state, _ in table} | set(table.values())
    acts = {act for _, act in table}
    for state, act in product(states, acts):
        if (state, act) in table:
            assert after(table, state, act) == table[(state, act)]
            assert act in may(table, state)
        else:
            with pytest.raises(DoesNotHold, match=f"{act} from {state}"):
                after(table, state, act)


def test_nothing_is_approved_before_it_was_announced_and_nothing_paid_before_it_was_approved() -> None:
    """The lesson of another system: an entitlement approved before its batch."""
    assert [state for (state, act) in ROUND if act == "approve"] == ["announced"]
    assert [state for (state, act) in ROUND if act == "pay"] == ["approved"]
    assert {state for (state, act) in OFFER if act == "pay"} == {"granted", "reduced"}
    assert {state for (state, act) in OFFER if act in ("grant", "reduce", "queue")} == {"announced"}
    assert {state for (state, act) in OFFER if act == "announce"} == {"confirmed"}


def test_every_state_has_words() -> None:
    assert set(delivery.ROUND_STATES) == {state for state, _ in ROUND} | set(ROUND.values())
    assert set(delivery.OFFER_STATES) == {state for state, _ in OFFER} | set(OFFER.values())
    assert may(ROUND, "paid") == []


NOTICE = date(2022, 10, 17)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"state": "open"}, "expected announced"),
        ({"today": NOTICE}, "runs through 2022-10-17"),
        ({"objections": 2}, "2 objections"),
        ({"approver": "a"}, "another person"),
    ],
)
def test_an_approval_needs_its_notice_its_peace_and_a_second_person(change, says: str) -> None:
    good = {"state": "announced", "today": date(2022, 10, 18), "notice_to": NOTICE, "opener": "a", "approver": "b", "objections": 0}
    approvable(**good)
    with pytest.raises(DoesNotHold, match=says):
        approvable(**(good | change))


def test_all_reasons_are_told_at_once() -> None:
    with pytest.raises(DoesNotHold) as caught:
        approvable("announced", today=NOTICE, notice_to=NOTICE, opener="a", approver="a", objections=1)
    assert all(word in str(caught.value) for word in ("runs through", "1 objections", "another person"))


def test_the_day_after_the_notice_is_the_first_day_of_approval() -> None:
    approvable("announced", today=date(2022, 10, 18), notice_to=NOTICE, opener="a", approver="b", objections=0)
    with pytest.raises(DoesNotHold, match="runs through"):
        approvable("announced", today=date(2022, 10, 17), notice_to=NOTICE, opener="a", approver="b", objections=0)


@pytest.mark.parametrize(
    ("amount", "granted", "limits", "left"),
    [
        (100, [], {"once": True, "yearly": None, "lifetime": None}, 100),
        (100, [(2020, 1)], {"once": True, "yearly": None, "lifetime": None}, 0),
        (100, [(2022, 60)], {"once": False, "yearly": 150, "lifetime": None}, 90),
        (100, [(2021, 60)], {"once": False, "yearly": 150, "lifetime": None}, 100),
        (100, [(2022, 50)], {"once": False, "yearly": 150, "lifetime": None}, 100),
        (100, [(2022, 150)], {"once": False, "yearly": 150, "lifetime": None}, 0),
        (100, [(2022, 200)], {"once": False, "yearly": 150, "lifetime": None}, 0),
        (100, [(2021, 450), (2022, 10)], {"once": False, "yearly": 150, "lifetime": 500}, 40),
        (100, [(2021, 400)], {"once": False, "yearly": None, "lifetime": 500}, 100),
        (100, [(2021, 401)], {"once": False, "yearly": None, "lifetime": 500}, 99),
    ],
)
def test_limits_count_what_was_granted_not_what_was_asked(amount, granted, limits, left) -> None:
    found = within_limits(amount, granted, year=2022, **limits)
    assert found.left == left
    assert bool(found.why) == (left < amount)


@given(
    st.integers(0, 1000), st.lists(st.tuples(st.sampled_from([2021, 2022]), st.integers(0, 500)), max_size=5), st.integers(0, 1000), st.integers(0, 1000)
)
def test_no_limit_is_ever_exceeded(amount, granted, yearly, lifetime) -> None:
    left = within_limits(amount, granted, year=2022, once=False, yearly=yearly, lifetime=lifetime).left
    this_year, ever = sum(fen for at, fen in granted if at == 2022), sum(fen for _, fen in granted)
    assert 0 <= left <= amount
    assert left == 0 or (this_year + left <= yearly and ever + left <= lifetime)
    assert left == max(0, min(amount, yearly - this_year, lifetime - ever))


def test_public_lists_show_no_person_and_no_whole_code() -> None:
    assert masked_name("张三") == "张*"
    assert masked_name("甲县某企业") == "甲县某企业"
    assert masked_code("91990000MA00000A0X").count("*") == 10
    assert delivery.masked_account("") == ""
