"""Times of bids: one way of writing in a file, instants compared as instants, days of no calendar refused; and the earlier bid is then served first."""

from __future__ import annotations

import pytest

from yunxing.engines.ledger.auction import Bid, Bids, Terms, clear, lot
from yunxing.engines.ledger.bid_file import MOST_FAULTS, differences, read_bids, read_result, result_csv
from yunxing.values.errors import BadInput

HEAD = "bid,bidder,county,price_fen,quantity,time\n"


def read(*times: str) -> list[str]:
    """The times as the file's bids have them, in their order."""
    rows = "".join(f"B{number},b{number},x,100,1,{time}\n" for number, time in enumerate(times, 1))
    return [one.time for one in read_bids((HEAD + rows).encode(), "bids.csv").rows]


def refused(*times: str) -> list[tuple[str, str]]:
    with pytest.raises(BadInput) as caught:
        read(*times)
    return [(fault.place, fault.found) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2022-09-30", "2022-09-30T00:00:00.000000"),
        ("2022-09-30 09:15", "2022-09-30T09:15:00.000000"),
        ("2022-09-30T09:15:07", "2022-09-30T09:15:07.000000"),
        ("2022-09-30T09:15:07.25", "2022-09-30T09:15:07.250000"),
        ("2022-09-30T09:15:07.000001Z", "2022-09-30T09:15:07.000001+00:00"),
        ("2022-09-30T01:15+08:00", "2022-09-29T17:15:00.000000+00:00"),
        ("2024-02-29", "2024-02-29T00:00:00.000000"),
        ("7", "0000000000000000007"),
        ("9999999999999999999", "9999999999999999999"),
    ],
)
def test_a_moment_becomes_text_that_sorts(text: str, shown: str) -> None:
    """A half past one in the east is yesterday in Greenwich; numbers are filled up so that 10 comes after 9."""
    assert read(text) == [shown]


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+08:00",  # before the first day there is
        "9999-12-31T23:59:59-08:00",  # after the last
        "2023-02-29", "2022-13-01", "2022-09-30T24:00", "2022-09-30T09:60", "2022-09-30T09:15:07+25:00", "2022-9-30", "30.9.2022", "20220930T0915",
        "2022-W39-5", "２０２２-09-30", "12345678901234567890", "-1", "1.5", "now", "", " ", "2022-09-30T09:15:07.0000001",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_refused_at_its_place(text: str) -> None:
    assert refused(text) == [("line 2, column 6 (time)", repr(text) if text else "nothing")]


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("2022-09-30T09:15", "2022-09-30T09:15Z", "a time with a zone"),
        ("2022-09-30T09:15Z", "2022-09-30T09:15", "a time without a zone"),
        ("5", "2022-09-30", "a time without a zone"),
        ("2022-09-30", "5", "a number"),
    ],
)
def test_one_file_writes_its_times_in_one_way(first: str, second: str, found: str) -> None:
    """Otherwise the order of two bids would depend on how they were written."""
    assert refused(first, second) == [("line 3, column 6 (time)", found)]


def test_nine_in_the_east_is_before_two_in_greenwich() -> None:
    east, west = read("2022-09-30T09:00+08:00", "2022-09-30T02:00Z")
    assert east < west
    assert read("2022-09-30T10:00+08:00")[0] == west


def test_under_the_rule_of_time_the_instant_decides_and_not_the_text() -> None:
    """B came at 01:00 in Greenwich, written 09:00 in the east; A at 02:00. Ten units for two bids of eight."""
    rows = "A,a,x,100,8,2022-09-30T02:00Z\nB,b,x,100,8,2022-09-30T09:00+08:00\nC,c,x,99,8,2022-09-30T00:00Z\n"
    found = clear(read_bids((HEAD + rows).encode(), "bids.csv"), Terms(10, ties="time"))
    assert {one.bid: one.filled for one in found.fills} == {"A": 2, "B": 8, "C": 0}
    assert found.seed == ""  # nothing was left to a lottery


def test_of_one_price_and_one_moment_the_smaller_lot_is_served_first() -> None:
    rows = [Bid(name, name.lower(), "x", 100, 4, "2022-09-30") for name in "ABC"]
    found = clear(Bids.of(rows), Terms(6, ties="time"), "2022")
    first, second, third = sorted("ABC", key=lambda name: lot("2022", name))
    assert {one.bid: one.filled for one in found.fills} == {first: 4, second: 2, third: 0}
    assert found.seed == "2022"


# ---- by hand: caps of bidder and county together


def test_caps_of_a_bidder_and_of_a_county_hold_together() -> None:
    """100 units; a bidder gets at most 40, the county x at most 60. By price: A1 30, A2 10 of 30 (40 of a), B 20 of 50 (60 of x), C 40 of 45: 100 sold at 7."""
    rows = [
        Bid("A1", "a", "x", 10, 30),
        Bid("A2", "a", "x", 9, 30),
        Bid("B", "b", "x", 8, 50),
        Bid("C", "c", "y", 7, 45),
        Bid("D", "d", "y", 6, 99),
    ]
    found = clear(Bids.of(rows), Terms(100, bidder_cap=40, county_caps={"x": 60}))
    assert found.filled.tolist() == [30, 10, 20, 40, 0]
    assert (found.sold, found.clearing_fen, found.due_fen) == (100, 7, 700)
    paid = clear(Bids.of(rows), Terms(100, "pay-as-bid", bidder_cap=40, county_caps={"x": 60}))
    assert paid.due_fen == 30 * 10 + 10 * 9 + 20 * 8 + 40 * 7 == 830
    rejected = clear(Bids.of(rows), Terms(100, bidder_cap=40, county_caps={"x": 60}, price="highest-rejected"))
    assert rejected.clearing_fen == 6  # C's last five were denied by its own cap; the first that the supply denied is D


@pytest.mark.parametrize(
    ("supply", "sold", "clearing"),
    [(0, 0, None), (1, 1, 10), (5, 5, 10), (6, 6, 9), (9, 9, 9), (10, 9, 9)],
)  # fmt: skip
def test_supply_below_at_and_above_what_is_asked(supply: int, sold: int, clearing: int | None) -> None:
    found = clear(Bids.of([Bid("A", "a", "x", 10, 5), Bid("B", "b", "x", 9, 4)]), Terms(supply))
    assert (found.sold, found.clearing_fen) == (sold, clearing)
    assert found.due_fen == sold * (clearing or 0)


@pytest.mark.parametrize(("cap", "filled"), [(0, [0, 4]), (1, [1, 4]), (5, [5, 1]), (6, [5, 1])])
def test_a_county_whose_cap_is_nothing_gets_nothing_and_the_rest_is_sold_on(cap: int, filled: list[int]) -> None:
    found = clear(Bids.of([Bid("A", "a", "x", 10, 5), Bid("B", "b", "y", 9, 4)]), Terms(6, county_caps={"x": cap, "unheard": 1}))
    assert found.filled.tolist() == filled


def test_nobody_bids_and_nobody_pays() -> None:
    found = clear(Bids.of([]), Terms(10, county_caps={"x": 1}, bidder_cap=1, ties="time"))
    assert (found.sold, found.due_fen, found.clearing_fen, found.fills) == (0, 0, None, ())
    assert result_csv(found) == b"bid,filled,price_fen\n"


def test_the_digest_changes_with_any_unit_or_fen_and_not_with_the_order() -> None:
    rows = [Bid("A", "a", "x", 10, 5), Bid("B", "b", "x", 9, 4)]
    digests = [
        clear(Bids.of(some), terms).digest
        for some, terms in ((rows, Terms(9)), (rows[::-1], Terms(9)), (rows, Terms(8)), (rows, Terms(9, "pay-as-bid")))
    ]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


# ---- published results


def test_a_result_is_compared_bid_by_bid_in_both_directions() -> None:
    found = clear(Bids.of([Bid("A", "a", "x", 10, 5), Bid("B", "b", "x", 9, 4)]), Terms(9))
    assert differences(found, {"A": (5, 9), "B": (4, 9)}) == []
    assert differences(found, {"A": (5, 10), "C": (1, 9)}) == [
        "A: published 5 at 10, the bids give 5 at 9",
        "B: not in the published result",
        "C: published, but not among the bids",
    ]


@pytest.mark.parametrize(
    ("row", "place", "found"),
    [
        ("A,-1,9", "line 2, column 2 (filled)", "'-1'"),
        ("A,01,9", "line 2, column 2 (filled)", "'01'"),
        ("A,1,9.0", "line 2, column 3 (price_fen)", "'9.0'"),
        ("A,1,", "line 2, column 3 (price_fen)", "nothing"),
        ("=A,1,9", "line 2, column 1 (bid)", "'=A'"),
        ("A,1", "line 2", "2 cells"),
        ("A,1,9\nA,1,9", "line 3, column 1 (bid)", "'A' a second time"),
        ("A,99999999999999999,9", "line 2, column 2 (filled)", "'99999999999999999'"),
    ],
)
def test_a_published_result_with_a_bad_cell_is_refused_at_its_place(row: str, place: str, found: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_result(f"bid,filled,price_fen\n{row}\n".encode(), "result.csv")
    assert [(fault.place, fault.found) for fault in caught.value.faults] == [(place, found)]


@pytest.mark.parametrize(("faulty", "listed", "last"), [(MOST_FAULTS - 1, MOST_FAULTS - 1, "''"), (MOST_FAULTS, MOST_FAULTS, "''"), (MOST_FAULTS + 1, MOST_FAULTS + 1, "1 faults more")])  # fmt: skip
def test_a_hundred_faults_are_listed_and_the_rest_counted(faulty: int, listed: int, last: str) -> None:
    rows = "".join(f"B{number},b,x,100,0,{number}\n" for number in range(1, faulty + 1))
    with pytest.raises(BadInput) as caught:
        read_bids((HEAD + rows).encode(), "bids.csv")
    assert len(caught.value.faults) == listed
    assert caught.value.faults[-1].found == (last if last != "''" else "'0'")
