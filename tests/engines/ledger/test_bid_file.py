"""The files of an auction: what is read, and that everything hostile is refused with its line and column."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunxing.engines.ledger.auction import Bid, Bids, Terms, clear
from yunxing.engines.ledger.bid_file import HEAD, MOST_FAULTS, bids_csv, differences, read_bids, read_result, result_csv
from yunxing.values.errors import BadInput

GOOD = "bid,bidder,county,price_fen,quantity,time\nb1,甲公司,A01,24000,10,2022-09-30T09:00:00\nb2,91X,A02,25000,5,2022-09-30T08:59:59\n"


def refusal(content: bytes | str) -> list[str]:
    """Every fault of a file, as one line each."""
    with pytest.raises(BadInput) as refused:
        read_bids(content.encode() if isinstance(content, str) else content, "b.csv")
    return [str(one) for one in refused.value.faults]


def row(**changed: str) -> str:
    cells = {"bid": "b1", "bidder": "x", "county": "A01", "price_fen": "100", "quantity": "5", "time": "2022-09-30T09:00:00"} | changed
    return ",".join(HEAD) + "\n" + ",".join(cells[name] for name in HEAD) + "\n"


def test_a_good_file_is_read_to_the_letter() -> None:
    found = read_bids(GOOD.encode(), "b.csv")
    assert list(found.rows) == [
        Bid("b1", "甲公司", "A01", 24000, 10, "2022-09-30T09:00:00.000000"),
        Bid("b2", "91X", "A02", 25000, 5, "2022-09-30T08:59:59.000000"),
    ]


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n").encode(), GOOD.replace("b1", '"b1"').encode(), (GOOD + "\n\n").encode()],
    ids=["mark", "windows", "quoted", "blank lines"],
)
def test_what_a_spreadsheet_adds_does_no_harm(content: bytes) -> None:
    assert read_bids(content, "b.csv").rows == read_bids(GOOD.encode(), "b.csv").rows


def test_columns_may_stand_in_any_order() -> None:
    turned = "time,quantity,price_fen,county,bidder,bid\n7,5,100,A01,x,b1\n"
    assert list(read_bids(turned.encode(), "b.csv").rows) == [Bid("b1", "x", "A01", 100, 5, "7".zfill(19))]


def test_a_head_without_bids_is_an_auction_without_bids() -> None:
    found = clear(read_bids(b"bid,bidder,county,price_fen,quantity,time\n", "b.csv"), Terms(10))
    assert (found.sold, found.clearing_fen, found.due_fen, found.fills) == (0, None, 0, ())
    assert result_csv(found) == b"bid,filled,price_fen\n"


def test_times_of_zones_are_compared_as_instants() -> None:
    rows = "bid,bidder,county,price_fen,quantity,time\na,a,x,9,5,2022-09-30T09:00:00+08:00\nb,b,x,9,5,2022-09-30T00:59:59Z\n"
    found = clear(read_bids(rows.encode(), "b.csv"), Terms(5, ties="time"))
    assert {one.bid: one.filled for one in found.fills} == {"a": 0, "b": 5}


@pytest.mark.parametrize(
    ("changed", "column", "found"),
    [
        ({"bid": ""}, "column 1 (bid)", "nothing"),
        ({"bid": "=1+1"}, "column 1 (bid)", "'=1+1'"),
        ({"bid": "-b"}, "column 1 (bid)", "'-b'"),
        ({"bid": "@b"}, "column 1 (bid)", "'@b'"),
        ({"bid": "b" * 65}, "column 1 (bid)", "bbb"),
        ({"bid": '"b\nc"'}, "column 1 (bid)", "b\\nc"),
        ({"bidder": " x"}, "column 2 (bidder)", "' x'"),
        ({"county": "A01\u202e"}, "column 3 (county)", "A01"),
        ({"price_fen": "240.00"}, "column 4 (price_fen)", "'240.00'"),
        ({"price_fen": "1e5"}, "column 4 (price_fen)", "'1e5'"),
        ({"price_fen": "１００"}, "column 4 (price_fen)", "'１００'"),
        ({"price_fen": "0"}, "column 4 (price_fen)", "'0'"),
        ({"price_fen": "-5"}, "column 4 (price_fen)", "'-5'"),
        ({"price_fen": "+5"}, "column 4 (price_fen)", "'+5'"),
        ({"price_fen": "007"}, "column 4 (price_fen)", "'007'"),
        ({"price_fen": "9007199254740993"}, "column 4 (price_fen)", "9007199254740993"),
        ({"price_fen": '"1,000"'}, "column 4 (price_fen)", "'1,000'"),
        ({"quantity": "NaN"}, "column 5 (quantity)", "'NaN'"),
        ({"quantity": "five"}, "column 5 (quantity)", "'five'"),
        ({"quantity": " 5"}, "column 5 (quantity)", "' 5'"),
        ({"time": ""}, "column 6 (time)", "nothing"),
        ({"time": "noon"}, "column 6 (time)", "'noon'"),
        ({"time": "2022-02-30T09:00"}, "column 6 (time)", "2022-02-30"),
        ({"time": "2022-09-30T25:00:00"}, "column 6 (time)", "25:00"),
    ],
)
def test_a_hostile_cell_is_refused_with_line_and_column(changed: dict[str, str], column: str, found: str) -> None:
    told = refusal(row(**changed))
    assert len(told) == 1
    assert f"line 2, {column}" in told[0]
    assert found in told[0]


def test_every_fault_is_told_at_once_each_on_its_line() -> None:
    told = refusal(GOOD + "b1,甲公司,A09,1.5,0,9\nshort,row\n")
    places = [one.split(": found")[0] for one in told]
    assert places == [
        "b.csv, line 4, column 4 (price_fen)",
        "b.csv, line 4, column 5 (quantity)",
        "b.csv, line 4, column 6 (time)",
        "b.csv, line 4, column 1 (bid)",
        "b.csv, line 4, column 3 (county)",
        "b.csv, line 5",
    ]


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("bid,bidder,county,price,quantity,time", "did you mean 'price_fen'"),
        ("bid,bidder,county,price_fen,quantity", "no time"),
        ("bid,bid,bidder,county,price_fen,quantity,time", "twice bid"),
        ("", "no bid, bidder"),
    ],
)
def test_a_wrong_head_stops_the_reading(head: str, words: str) -> None:
    told = refusal(head + "\n1,2,3,4,5,6\n")
    assert any(words in one for one in told)
    assert all("line 1" in one for one in told)


def test_bytes_that_are_no_text_are_located() -> None:
    told = refusal(GOOD.encode() + "b3,甲".encode("gbk") + b",A01,1,1,1\n")
    assert "line 4, byte 4" in told[0]
    assert "line 3, sign 2" in refusal(GOOD.replace("b2", "b\x00"))[0]


def test_an_open_quote_is_told() -> None:
    assert any("line 2" in one for one in refusal('bid,bidder,county,price_fen,quantity,time\n"b1,x,A01,1,1,1\n'))


def test_a_flood_of_faults_is_counted() -> None:
    told = refusal("bid,bidder,county,price_fen,quantity,time\n" + "".join(f"b{n},x,A01,x,1,1\n" for n in range(MOST_FAULTS + 50)))
    assert len(told) == MOST_FAULTS + 1
    assert "50 faults more" in told[-1]


def test_a_sum_beyond_exactness_is_refused() -> None:
    rows = "".join(f"b{n},x{n},A01,1,9007199254740992,1\n" for n in range(2))
    assert any("a sum of" in one for one in refusal("bid,bidder,county,price_fen,quantity,time\n" + rows))


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_bytes_bring_it_down(content: bytes) -> None:
    """Whatever is given is read or refused with its faults; nothing else happens."""
    faults: tuple[object, ...] = ("none",)
    try:
        read_bids(content, "b.csv")
    except BadInput as refused:
        faults = refused.faults
    assert faults


NAMES = st.text("abc甲乙09", min_size=1, max_size=6)


@given(st.lists(st.tuples(NAMES, st.integers(1, 10**9), st.integers(1, 10**6)), max_size=12, unique_by=lambda one: one[0]))
@settings(max_examples=80, deadline=None)
def test_what_is_published_is_read_back(rows: list[tuple[str, int, int]]) -> None:
    bids = [
        Bid(name, f"f{name}", "A01", price, units, f"2022-09-30T09:00:{number:02}.000000")
        for number, (name, price, units) in enumerate(rows)
    ]
    read = read_bids(bids_csv(bids), "b.csv")
    assert list(read.rows) == sorted(bids, key=lambda one: one.bid)
    found = clear(read, Terms(1000), "s")
    assert read_result(result_csv(found), "r.csv") == {one.bid: (one.filled, one.price_fen) for one in found.fills}
    assert differences(found, read_result(result_csv(found), "r.csv")) == []


def test_a_published_result_that_differs_is_told_bid_by_bid() -> None:
    found = clear(Bids.of([Bid("a", "a", "x", 10, 5), Bid("b", "b", "x", 9, 5)]), Terms(7))
    published = read_result(b"bid,filled,price_fen\na,4,9\nz,1,9\n", "r.csv")
    assert differences(found, published) == [
        "a: published 4 at 9, the bids give 5 at 9",
        "b: not in the published result",
        "z: published, but not among the bids",
    ]


def test_a_result_with_a_hostile_cell_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        read_result(b"bid,filled,price_fen\na,-1,x\na,1,1\n", "r.csv")
    assert [str(one).split(": found")[0] for one in refused.value.faults] == [
        "r.csv, line 2, column 2 (filled)",
        "r.csv, line 2, column 3 (price_fen)",
        "r.csv, line 3, column 1 (bid)",
    ]
