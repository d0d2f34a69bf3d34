"""The shape of a batch: every fault located at once; the hash covers the body and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

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
