"""The shape of a batch: every fault located at once; the hash covers the body and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunxing.engines.ledger.batch import one_transfer
from yunxing.engines.ledger.parse import parse_group


def line(**changes: Any) -> dict[str, Any]:
    transfer = {
        "kind": "reserve",
        "unit": "fen",
        "legs": [{"account": "pool", "amount": -5}, {"account": "a", "amount": 5}],
        "clause": "156/2/4",
        "effective": "2022-09-30",
    }
    return {"key": "r1", "transfers": [{**transfer, **changes}]}


def test_a_well_formed_line_is_the_group_a_program_would_make() -> None:
    from datetime import date

    group, faults = parse_group(line(), "line 1")
    made = one_transfer("r1", "reserve", "fen", {"pool": -5, "a": 5}, clause="156/2/4", effective=date(2022, 9, 30))
    assert faults == []
    assert group is not None
    assert group.transfers[0].id == made.transfers[0].id
    assert group.body_hash != made.body_hash  # legs keep the order in which they are written
    reordered, _ = parse_group(line(legs=[{"account": "a", "amount": 5}, {"account": "pool", "amount": -5}]), "line 1")
    assert reordered is not None
    assert reordered.body_hash == made.body_hash


@pytest.mark.parametrize(
    ("changes", "place", "says"),
    [
        ({"kind": "reserv"}, "kind", "did you mean 'reserve'?"),
        ({"kind": "void"}, "legs", "none: void takes back"),
        ({"kind": "void", "legs": []}, "refers", "found None"),
        ({"refers": "x"}, "refers", "refers to no other"),
        ({"unit": ""}, "unit", "expected text"),
        ({"clause": None}, "clause", "expected text"),
        ({"effective": "30.9.2022"}, "effective", "a day such as"),
        ({"approvers": ["a", "b", "c"]}, "approvers", "at most two"),
        ({"legs": [{"account": "pool", "amount": -5}]}, "legs", "two legs or more"),
        ({"legs": [{"account": "pool", "amount": -5}, {"account": "a", "amount": 4}]}, "legs", "a sum of -1"),
        ({"legs": [{"account": "pool", "amount": -5}, {"account": "pool", "amount": 5}]}, "legs", "each account once"),
        ({"legs": [{"account": "pool", "amount": -5.0}, {"account": "a", "amount": 5}]}, "leg 1, amount", "whole number"),
        ({"legs": [{"account": "pool", "amount": 0}, {"account": "a", "amount": 5}]}, "leg 1, amount", "other than 0"),
        ({"legs": [{"account": "pool", "amount": True}, {"account": "a", "amount": 5}]}, "leg 1, amount", "whole number"),
        ({"legs": [{"account": "pool", "amount": -(2**63)}, {"account": "a", "amount": 2**63}]}, "leg 1, amount", "whole number"),
        ({"legs": [{"account": "", "amount": -5}, {"account": "a", "amount": 5}]}, "leg 1, account", "id of an account"),
        ({"legs": [{"acount": "pool", "amount": -5}, {"account": "a", "amount": 5}]}, "leg 1", "an account and an amount"),
        ({"efective": "2022-09-30"}, "efective", "did you mean 'effective'?"),
        ({"unit": "x" * 61}, "unit", "text of 1 to 60 signs"),
        ({"clause": "a\x00b"}, "clause", "text of 1 to 60 signs"),
        ({"clause": "\ud800"}, "clause", "text of 1 to 60 signs"),
        ({"approvers": ["a", "a"]}, "approvers", "two different people"),
        ({"approvers": ["", "a"]}, "approvers", "at most two"),
        ({"until": "2022-13-01"}, "until", "a day such as"),
        ({"until": "2022-12-31", "kind": "move"}, "until", "only a reservation lapses"),
        ({"due": {}}, "due", "only a loan is due, not reserve"),
        ({"kind": "borrow"}, "due", "an object with borrower, project, pledge, event"),
        ({"kind": "repay"}, "refers", "text of 1 to 140 signs"),
        ({"kind": "post"}, "refers", "text of 1 to 140 signs"),
        ({"kind": "expire", "refers": "r0"}, "legs", "none: expire takes back"),
        ({"kind": "expire", "legs": []}, "legs", "two legs or more"),
        ({"kind": "reverse", "refers": "r0"}, "legs", "none: reverse takes back"),
        ({"legs": [{"account": "x" * 121, "amount": -5}, {"account": "a", "amount": 5}]}, "leg 1, account", "id of an account"),
    ],
)
def test_a_bad_line_is_refused_where_it_is_bad(changes: dict[str, Any], place: str, says: str) -> None:
    group, faults = parse_group(line(**changes), "t.jsonl line 3")
    assert group is None
    assert any(place in fault.place and says in str(fault) for fault in faults), [str(fault) for fault in faults]
    assert all(fault.file == "t.jsonl line 3" for fault in faults)


@pytest.mark.parametrize("data", [[], {"key": "a b", "transfers": [1]}, {"key": "k", "transfers": []}, {"key": 3, "transfers": "x"}])
def test_what_is_no_group_is_refused(data: Any) -> None:
    group, faults = parse_group(data, "line 1")
    assert group is None
    assert faults


def test_all_faults_of_a_line_are_listed_at_once() -> None:
    _, faults = parse_group(line(kind="x", unit="", effective="never"), "line 1")
    assert len(faults) >= 3


DUE = {"borrower": "91X", "project": "P1", "pledge": "关停方案", "event": "start_up"}


@pytest.mark.parametrize("more", [{}, {"day": "2023-03-31"}])
def test_a_loan_is_read_with_what_it_promises(more: dict[str, str]) -> None:
    from datetime import date

    group, faults = parse_group(line(kind="borrow", due={**DUE, **more}), "line 1")
    assert faults == []
    assert group is not None
    due = group.transfers[0].due
    assert due is not None
    assert (due.gate, due.day) == ("P1/start_up", date(2023, 3, 31) if more else None)
    other, _ = parse_group(line(kind="borrow", due={**DUE, **more, "pledge": "another"}), "line 1")
    assert other is not None
    assert other.body_hash != group.body_hash


@pytest.mark.parametrize(
    ("due", "place", "says"),
    [
        ({**DUE, "borrower": ""}, "due, borrower", "text of 1 to 60"),
        ({**DUE, "event": "x" * 41}, "due, event", "text of 1 to 40"),
        ({**DUE, "day": "soon"}, "due, day", "a day such as"),
        ({**DUE, "projct": "P1"}, "due, projct", "did you mean 'project'?"),
        ({}, "due, pledge", "text of 1 to 120"),
    ],
)
def test_a_promise_that_is_none_is_refused_where_it_is_bad(due: dict[str, str], place: str, says: str) -> None:
    group, faults = parse_group(line(kind="borrow", due=due), "line 1")
    assert group is None
    assert any(place in fault.place and says in str(fault) for fault in faults), [str(fault) for fault in faults]


@pytest.mark.parametrize(
    ("kind", "refers", "legs"),
    [
        ("expire", "", True),
        ("expire", "r0", False),
        ("repay", "r0", True),
        ("void", "r0", False),
        ("reverse", "g#2", False),
        ("carry", "", True),
    ],
)
def test_every_kind_has_the_legs_and_references_it_has(kind: str, refers: str, legs: bool) -> None:
    changes: dict[str, Any] = {"kind": kind} | ({"refers": refers} if refers else {}) | ({} if legs else {"legs": []})
    group, faults = parse_group(line(**changes), "line 1")
    assert faults == []
    assert group is not None
    (transfer,) = group.transfers
    assert transfer.refers == {"": "", "r0": "r0#1", "g#2": "g#2"}[refers]
    assert bool(transfer.legs) is legs


def test_a_reservation_may_have_a_last_day() -> None:
    group, faults = parse_group(line(until="2022-12-31"), "line 1")
    assert faults == []
    plain, _ = parse_group(line(), "line 1")
    assert group is not None
    assert plain is not None
    assert group.body_hash != plain.body_hash


@pytest.mark.property
@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "key",
                        "transfers",
                        "kind",
                        "unit",
                        "legs",
                        "account",
                        "amount",
                        "due",
                        "until",
                        "refers",
                        "clause",
                        "effective",
                        "approvers",
                        "x",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
    )
)
def test_whatever_stands_in_a_line_it_is_a_group_or_its_faults(data: Any) -> None:
    group, faults = parse_group(data, "line 1")
    assert (group is None) == bool(faults)
    assert all(fault.file == "line 1" and fault.place for fault in faults)
