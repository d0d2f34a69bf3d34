"""The auction against a slow reference in fractions, against a linear programme, and by the properties that make it fair."""

from __future__ import annotations

import hashlib
import random
import time
from collections import defaultdict
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunxing.engines.ledger.auction import LARGEST, Bid, Bids, Cleared, Terms, clear, lot, seed_of
from yunxing.values.errors import BadInput


def cleared(rows: list[Bid], terms: Terms, seed: str = "") -> Cleared:
    return clear(Bids.of(rows), terms, seed)


def units(found: Cleared) -> dict[str, int]:
    return {one.bid: one.filled for one in found.fills}


# ---- the slow reference: dictionaries, fractions, one level of price after the other


def share(claims: dict[str, int], room: int, seed: str) -> dict[str, int]:
    """Claims cut to `room` by largest remainder, equal remainders by lot."""
    total = sum(claims.values())
    if total <= room:
        return dict(claims)
    exact = {bid: Fraction(claim * room, total) for bid, claim in claims.items()}
    found = {bid: int(part) for bid, part in exact.items()}
    turn = sorted(claims, key=lambda bid: (found[bid] - exact[bid], hashlib.sha256(f"{seed}\n{bid}".encode()).digest()))
    for bid in turn[: room - sum(found.values())]:
        found[bid] += 1
    return found


def reference(rows: list[Bid], terms: Terms, seed: str) -> dict[str, int]:
    by_id = {one.bid: one for one in rows}
    left_bidder: dict[str, int] = defaultdict(lambda: LARGEST if terms.bidder_cap is None else terms.bidder_cap)
    left_county: dict[str, int] = defaultdict(lambda: LARGEST, terms.county_caps)
    left = terms.supply
    found = {one.bid: 0 for one in rows}
    taking = [one for one in rows if one.price_fen >= terms.reserve_fen]
    if terms.ties == "time":
        levels = [[one.bid] for one in sorted(taking, key=lambda one: (-one.price_fen, one.time, lot(seed, one.bid)))]
    else:
        prices = sorted({one.price_fen for one in taking}, reverse=True)
        levels = [[one.bid for one in taking if one.price_fen == price] for price in prices]
    for level in levels:
        claims = {bid: by_id[bid].quantity for bid in level}
        for attribute, remaining in (("bidder", left_bidder), ("county", left_county)):
            groups: dict[str, dict[str, int]] = defaultdict(dict)
            for bid, claim in claims.items():
                groups[getattr(by_id[bid], attribute)][bid] = claim
            for name, group in groups.items():
                claims |= share(group, remaining[name], seed)
        given_now = share(claims, left, seed)
        for bid, amount in given_now.items():
            found[bid] = amount
            left_bidder[by_id[bid].bidder] -= amount
            left_county[by_id[bid].county] -= amount
            left -= amount
    return found


@st.composite
def sales(draw: st.DrawFn) -> tuple[list[Bid], Terms]:
    """A few bids of few prices, so that ties and caps meet often, and terms of every kind."""
    count = draw(st.integers(0, 14))
    counties = {f"f{n}": draw(st.sampled_from("xyz")) for n in range(5)}
    rows = []
    for number in range(count):
        bidder = draw(st.sampled_from(sorted(counties)))
        price, quantity, minute = draw(st.integers(1, 4)) * 100, draw(st.integers(1, 20)), draw(st.integers(0, 3))
        rows.append(Bid(f"b{number}", bidder, counties[bidder], price, quantity, f"{minute}"))
    terms = Terms(
        draw(st.integers(0, 80)),
        draw(st.sampled_from(["uniform", "pay-as-bid"])),
        draw(st.sampled_from([0, 100, 250])),
        draw(st.none() | st.integers(0, 30)),
        draw(st.dictionaries(st.sampled_from("xyz"), st.integers(0, 40))),
        draw(st.sampled_from(["lowest-accepted", "highest-rejected"])),
        draw(st.sampled_from(["pro-rata", "time"])),
    )
    return rows, terms


@given(sales(), st.text("abc", min_size=1, max_size=3))
@settings(max_examples=300, deadline=None)
def test_the_fast_path_is_the_slow_reference(sale: tuple[list[Bid], Terms], seed: str) -> None:
    rows, terms = sale
    assert units(cleared(rows, terms, seed)) == reference(rows, terms, seed)


@given(sales(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_the_order_of_the_rows_changes_nothing(sale: tuple[list[Bid], Terms], chance: random.Random) -> None:
    """Also the seed that is taken when none was published stands on the bids alone."""
    rows, terms = sale
    shuffled = list(rows)
    chance.shuffle(shuffled)
    one, other = cleared(rows, terms), cleared(shuffled, terms)
    assert (one.digest, one.clearing_fen, one.due_fen, one.seed) == (other.digest, other.clearing_fen, other.due_fen, other.seed)


@given(sales())
@settings(max_examples=150, deadline=None)
def test_nothing_is_oversold_and_nobody_pays_more_than_he_bid(sale: tuple[list[Bid], Terms]) -> None:
    rows, terms = sale
    found = cleared(rows, terms, "s")
    got = units(found)
    by_bidder, by_county = defaultdict(int), defaultdict(int)
    for one, line in zip(rows, found.fills, strict=True):
        assert 0 <= line.filled <= one.quantity
        assert line.price_fen <= one.price_fen
        assert line.filled == 0 or (one.price_fen >= terms.reserve_fen and line.price_fen >= terms.reserve_fen)
        assert line.filled > 0 or line.price_fen == 0
        assert terms.rule == "uniform" or line.filled == 0 or line.price_fen == one.price_fen
        by_bidder[one.bidder] += line.filled
        by_county[one.county] += line.filled
    assert found.sold == sum(got.values()) <= terms.supply
    assert all(terms.bidder_cap is None or sold <= terms.bidder_cap for sold in by_bidder.values())
    assert all(sold <= terms.county_caps.get(county, LARGEST) for county, sold in by_county.items())
    assert found.due_fen == sum(line.filled * line.price_fen for line in found.fills)


@given(sales())
@settings(max_examples=150, deadline=None)
def test_the_one_price_lies_between_the_highest_denied_and_the_lowest_accepted(sale: tuple[list[Bid], Terms]) -> None:
    rows, terms = sale
    prices = {}
    for rule in ("lowest-accepted", "highest-rejected"):
        caps = dict(terms.county_caps)
        found = cleared(rows, Terms(terms.supply, "uniform", terms.reserve_fen, terms.bidder_cap, caps, rule, terms.ties), "s")
        prices[rule] = found.clearing_fen
        won = [one.price_fen for one, line in zip(rows, found.fills, strict=True) if line.filled]
        assert (found.clearing_fen is None) == (not won)
    if won:
        assert prices["lowest-accepted"] == min(won)
        assert terms.reserve_fen <= prices["highest-rejected"] <= prices["lowest-accepted"]


@given(sales())
@settings(max_examples=60, deadline=None)
def test_no_other_filling_is_worth_more(sale: tuple[list[Bid], Terms]) -> None:
    """The linear programme over the same caps, which knows nothing of sorting, finds no better value."""
    from scipy.optimize import linprog

    rows, terms = sale
    rows = [one for one in rows if one.price_fen >= terms.reserve_fen]
    if not rows:
        return
    found = cleared(rows, terms, "s")
    own = sum(one.price_fen * line.filled for one, line in zip(rows, found.fills, strict=True))
    matrix, bounds = [[1] * len(rows)], [terms.supply]
    for bidder in {one.bidder for one in rows} if terms.bidder_cap is not None else ():
        matrix.append([int(one.bidder == bidder) for one in rows])
        bounds.append(terms.bidder_cap)
    for county, cap in terms.county_caps.items():
        matrix.append([int(one.county == county) for one in rows])
        bounds.append(cap)
    best = linprog([-one.price_fen for one in rows], matrix, bounds, bounds=[(0, one.quantity) for one in rows], method="highs")
    assert best.status == 0
    assert own == pytest.approx(-best.fun, abs=1e-6)


# ---- the worked example of measure 16, and hand-made cases at the edges

THREE = [Bid("A", "a", "x", 260_00, 6000), Bid("B", "b", "x", 240_00, 5000), Bid("C", "c", "y", 220_00, 4000)]


def test_the_handbooks_auction_of_ten_thousand_tons() -> None:
    """Reserve 200 yuan: A 6000, B 4000, C 0; 2,400,000 yuan at the uniform 240, 2,520,000 when each pays its bid."""
    uniform = cleared(THREE, Terms(10_000, "uniform", 200_00))
    each = cleared(THREE, Terms(10_000, "pay-as-bid", 200_00))

    assert units(uniform) == units(each) == {"A": 6000, "B": 4000, "C": 0}
    assert (uniform.clearing_fen, uniform.due_fen) == (240_00, 2_400_000_00)
    assert (each.clearing_fen, each.due_fen) == (None, 2_520_000_00)


@pytest.mark.parametrize(("price", "takes_part"), [(199_99, False), (200_00, True), (200_01, True)])
def test_a_bid_at_the_reserve_price_takes_part_and_one_fen_below_does_not(price: int, takes_part: bool) -> None:
    assert cleared([Bid("A", "a", "x", price, 10)], Terms(10, reserve_fen=200_00)).sold == (10 if takes_part else 0)


def test_equal_bids_share_by_largest_remainder() -> None:
    """Three ask 5, 3 and 2 for 7: 3.5, 2.1 and 1.4 make 4, 2 and 1, whatever the seed."""
    rows = [Bid("a", "a", "x", 100, 5), Bid("b", "b", "x", 100, 3), Bid("c", "c", "x", 100, 2)]
    for seed in ("", "s", "t"):
        assert units(cleared(rows, Terms(7), seed)) == {"a": 4, "b": 2, "c": 1}


def test_the_lottery_follows_the_published_seed_and_can_be_drawn_by_hand() -> None:
    """Four equal bids for 6: one each, and two more to the smallest lots."""
    rows = [Bid(name, name, "x", 100, 3) for name in "abcd"]
    found = cleared(rows, Terms(6), "published on 30 September")
    lucky = sorted("abcd", key=lambda name: hashlib.sha256(f"published on 30 September\n{name}".encode()).hexdigest())[:2]

    assert units(found) == {name: 2 if name in lucky else 1 for name in "abcd"}
    assert found.seed == "published on 30 September"


def test_without_a_published_seed_the_bids_are_the_seed_and_it_is_told() -> None:
    rows = [Bid(name, name, "x", 100, 3) for name in "abcd"]
    found = cleared(rows, Terms(6))

    assert found.seed == seed_of(Bids.of(rows), Terms(6))
    assert units(found) == units(cleared(rows, Terms(6), found.seed))
    assert cleared(rows, Terms(12)).seed == ""  # nobody had to draw


def test_under_the_rule_of_time_the_earlier_bid_is_served_first() -> None:
    rows = [Bid("late", "a", "x", 100, 5, "2"), Bid("early", "b", "x", 100, 5, "1"), Bid("dear", "c", "x", 101, 5, "3")]
    assert units(cleared(rows, Terms(8, ties="time"))) == {"late": 0, "early": 3, "dear": 5}


def test_a_cap_cuts_the_bidder_and_leaves_the_rest_to_others() -> None:
    rows = [Bid("a1", "a", "x", 300, 10), Bid("a2", "a", "x", 200, 10), Bid("b", "b", "y", 100, 10)]
    assert units(cleared(rows, Terms(100, bidder_cap=12))) == {"a1": 10, "a2": 2, "b": 10}
    assert units(cleared(rows, Terms(100, county_caps={"x": 5}))) == {"a1": 5, "a2": 0, "b": 10}
    assert units(cleared(rows, Terms(100, county_caps={"x": 0, "y": 0}))) == {"a1": 0, "a2": 0, "b": 0}


def test_a_bid_that_its_own_cap_cut_sets_no_price() -> None:
    """What the supply denied counts for the highest rejected price; what a cap denied does not."""
    rows = [Bid("a", "a", "x", 300, 10), Bid("b", "b", "y", 200, 5), Bid("c", "c", "z", 150, 5)]
    terms = Terms(9, county_caps={"x": 4}, price="highest-rejected", reserve_fen=100)
    assert cleared(rows, terms).clearing_fen == 150


def test_quantities_beyond_sixty_four_bits_when_multiplied_stay_exact() -> None:
    half = LARGEST // 2
    rows = [Bid("a", "a", "x", LARGEST, half), Bid("b", "b", "x", LARGEST, half)]
    found = cleared(rows, Terms(half + 1), "s")
    assert sorted(units(found).values()) == [(half + 1) // 2, half + 1 - (half + 1) // 2]
    assert found.due_fen == (half + 1) * LARGEST


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([THREE[0], THREE[0]], "twice"),
        ([Bid("a", "a", "x", 1, 1), Bid("b", "a", "y", 1, 1)], "one county"),
        ([Bid("a", "a", "x", 0, 1)], "whole numbers"),
        ([Bid("a", "a", "x", 1, -1)], "whole numbers"),
        ([Bid("a", "a", "x", True, 1)], "whole numbers"),
        ([Bid("a", "a", "x", 1, LARGEST), Bid("b", "b", "x", 1, 1)], "together"),
    ],
)
def test_bids_that_do_not_fit_are_refused(rows: list[Bid], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        Bids.of(rows)


@pytest.mark.parametrize("terms", [{"supply": -1}, {"supply": 1, "bidder_cap": -1}, {"supply": 1, "county_caps": {"x": LARGEST + 1}}])
def test_terms_that_make_no_sense_are_refused(terms: dict[str, object]) -> None:
    with pytest.raises(BadInput, match="whole numbers"):
        Terms(**terms)


def test_a_hundred_thousand_bids_are_cleared_in_a_tenth_of_a_second() -> None:
    """Best of five, caps and ties included; the slow reference agrees on the first thousand."""
    chance = random.Random(16)
    county = {f"f{n}": f"c{chance.randrange(10)}" for n in range(20_000)}
    rows = []
    for number in range(100_000):
        bidder = f"f{chance.randrange(20_000)}"
        rows.append(Bid(f"b{number}", bidder, county[bidder], chance.randrange(200_00, 400_00), chance.randrange(1, 500), ""))
    terms = Terms(5_000_000, "uniform", 250_00, 800, {f"c{n}": 600_000 for n in range(10)})
    bids = Bids.of(rows)
    took = []
    for _ in range(5):
        start = time.process_time()  # the machine may be busy with others
        found = clear(bids, terms, "s")
        took.append(time.process_time() - start)

    assert found.sold == 5_000_000
    assert min(took) < 0.1
    few = rows[:1000]
    small = Terms(60_000, "uniform", 250_00, 800, {f"c{n}": 6_000 for n in range(10)})
    assert units(cleared(few, small, "s")) == reference(few, small, "s")
    assert isinstance(found.filled, np.ndarray)


@pytest.mark.parametrize("supply", [301, 320, 450, 599])
def test_all_tied_the_smallest_lots_win_whichever_way_they_are_picked(supply: int) -> None:
    """A few winners come from a heap, many from a sort: both are the bids with the smallest published lots, one unit more each."""
    rows = [Bid(f"B-{n:03d}", f"f{n}", "x", 200_00, 3) for n in range(300)]
    by_lot = sorted(rows, key=lambda one: lot("published", one.bid))
    won = {bid for bid, filled in units(cleared(rows, Terms(supply), "published")).items() if filled == 2}

    assert won == {one.bid for one in by_lot[: supply - 300]}
