"""The states of a delivery: every step that is not in the table is refused, and the guards of an approval tell all reasons at once."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from yunxing.engines.entitlements import delivery
from yunxing.engines.entitlements.delivery import OFFER, ROUND, after, approvable, masked_code, masked_name, may
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


def test_public_lists_show_no_person_and_no_whole_code() -> None:
    assert masked_name("张三") == "张*"
    assert masked_name("甲县某企业") == "甲县某企业"
    assert masked_code("91990000MA00000A0X").count("*") == 10
    assert delivery.masked_account("") == ""
