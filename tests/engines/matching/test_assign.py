"""The three assignments on small markets, each against a slow obvious reference: every choice of units tried, every pair looked at."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.matching.assign import deferred, filled, greedy
from yunxing.engines.matching.augment import augmented
from yunxing.engines.matching.compare import blocking_named, measures, pairs_of, spread
from yunxing.engines.matching.judge import blocking, bound, prices, verdict
from yunxing.engines.matching.market import NO_RANK, market_of, orders_of
from yunxing.values.errors import BadInput

pytestmark = pytest.mark.property


def built(quota, room, edges):
    """A market of plain lists; an edge is (need, offer, value, need_rank, offer_rank, most)."""
    needs = pl.DataFrame({"need": [f"n{at}" for at in range(len(quota))], "quota": quota}, schema={"need": pl.String, "quota": pl.Int64})
    offers = pl.DataFrame({"offer": [f"o{at}" for at in range(len(room))], "quota": room}, schema={"offer": pl.String, "quota": pl.Int64})
    columns = ("need", "offer", "value", "need_rank", "offer_rank", "most")
    rows = [(f"n{one[0]}", f"o{one[1]}", *one[2:]) for one in edges]
    schema = {name: pl.String if name in ("need", "offer") else pl.Int64 for name in columns}
    return market_of(needs, offers, pl.DataFrame(rows, schema=schema, orient="row"))


@st.composite
def markets(draw, most=3, quota=2, ranks=3):
    """Small markets with ties, quotas of 0, pairs that may hold several units and parties without any edge."""
    needs, offers = draw(st.integers(1, most)), draw(st.integers(1, most))
    small = st.integers(0, quota)
    pairs = draw(st.lists(st.tuples(st.integers(0, needs - 1), st.integers(0, offers - 1)), unique=True, max_size=min(6, needs * offers)))
    edges = [
        (
            *pair,
            draw(st.integers(0, 9)),
            draw(st.sampled_from([*range(ranks), NO_RANK])),
            draw(st.sampled_from([*range(ranks), NO_RANK])),
            draw(st.integers(1, quota)),
        )
        for pair in pairs
    ]
    return built(draw(st.lists(small, min_size=needs, max_size=needs)), draw(st.lists(small, min_size=offers, max_size=offers)), edges)


def every_assignment(market):
    """All units per edge that keep every capacity, by trying each."""
    for units in itertools.product(*[range(one + 1) for one in market.most.tolist()]):
        found = np.array(units, dtype=np.int64)
        if not verdict(market, found).faults:
            yield found


def blocks(market, units, need_order, offer_order):
    """The blocking pairs by the definition, one pair at a time."""
    found = []
    for edge in range(len(market.value)):
        i, j = market.need[edge], market.offer[edge]
        mine = [other for other in range(len(market.value)) if market.need[other] == i and units[other]]
        theirs = [other for other in range(len(market.value)) if market.offer[other] == j and units[other]]
        need_wants = sum(units[o] for o in mine) < market.quota[i] or any(need_order[edge] < need_order[o] for o in mine)
        offer_wants = sum(units[o] for o in theirs) < market.room[j] or any(offer_order[edge] < offer_order[o] for o in theirs)
        if units[edge] < market.most[edge] and need_wants and offer_wants:
            found.append(edge)
    return found


@given(markets())
def test_the_augmenting_optimum_is_the_best_of_all_assignments_and_its_prices_prove_it(market):
    best = max(market.worth(one) for one in every_assignment(market))

    units = augmented(market)

    assert verdict(market, units).faults == ()
    assert market.worth(units) == best
    assert bound(market, units, prices(market, units)) == best


@given(markets())
def test_what_still_fits_is_given_though_it_is_worth_nothing(market):
    """The optimum filled up keeps its value and every capacity, and leaves no pair with room on both sides."""
    best = augmented(market)
    units = filled(market, best)

    assert verdict(market, units).faults == ()
    assert market.worth(units) == market.worth(best)
    left, room = market.held("need", units) < market.quota, market.held("offer", units) < market.room
    assert not (left[market.need] & room[market.offer] & (units < market.most)).any()


@given(markets(), st.lists(st.integers(0, 20), min_size=3, max_size=3))
def test_any_prices_give_a_bound_that_no_assignment_exceeds(market, given_prices):
    """Whatever the prices and whatever assignment the gains are read from."""
    best = max(market.worth(one) for one in every_assignment(market))
    price = np.array(given_prices[: len(market.offers)], dtype=np.int64)

    for units in itertools.islice(every_assignment(market), 6):
        assert bound(market, units, price) >= best
        assert bound(market, units, prices(market, units, rounds=1)) >= best


@given(markets(), st.sampled_from(["value", "lottery", "id"]), st.sampled_from(["need", "offer"]))
def test_the_stable_assignment_has_no_blocking_pair_by_any_rule_for_ties_and_either_side_proposing(market, ties, proposer):
    orders = orders_of(market, ties, "seed")

    units = deferred(market, orders, proposer)

    assert verdict(market, units).faults == ()
    assert blocks(market, units, orders.need, orders.offer) == []
    assert blocks(market, units, market.need_rank, market.offer_rank) == [], "stable in the strict orders is stable in the ranks"
    assert len(blocking(market, units)) == len(blocking(market, units, orders)) == 0


@given(markets())
def test_blocking_pairs_are_those_of_the_definition(market):
    orders = orders_of(market)
    for units in itertools.islice(every_assignment(market), 12):
        assert blocking(market, units).tolist() == blocks(market, units, market.need_rank, market.offer_rank)
        assert blocking(market, units, orders).tolist() == blocks(market, units, orders.need, orders.offer)


@given(markets())
def test_optimal_is_at_least_stable_and_greedy_and_none_is_below_nothing(market):
    orders = orders_of(market, "lottery", "1")
    best, stable, quick = (market.worth(one) for one in (augmented(market), deferred(market, orders), greedy(market, orders)))

    assert best >= stable >= 0
    assert best >= quick >= 0
    assert 2 * quick >= best, "taking the best first never loses more than half"


@given(markets())
def test_the_proposing_side_is_served_best_among_the_stable_assignments(market):
    """No need gets less liked units than in any other stable assignment (one unit a party, so that places can be compared)."""
    if (market.quota > 1).any() or (market.room > 1).any():
        return
    orders = orders_of(market, "id")
    ours = deferred(market, orders, "need")

    for other in every_assignment(market):
        if blocks(market, other, orders.need, orders.offer):
            continue
        for edge in np.flatnonzero(other):
            held = [e for e in np.flatnonzero(ours) if market.need[e] == market.need[edge]]
            assert held, "who is served in one stable assignment is served in all"
            assert orders.need[held[0]] <= orders.need[edge]


@given(markets(most=4), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(market, chance):
    """Shuffled tables are the same market, the same digest, the same three assignments."""
    needs = pl.DataFrame({"need": market.needs, "quota": market.quota})
    offers = pl.DataFrame({"offer": market.offers, "quota": market.room})
    names = {"need": [market.needs[one] for one in market.need], "offer": [market.offers[one] for one in market.offer]}
    edges = pl.DataFrame(
        {**names, "value": market.value, "need_rank": market.need_rank, "offer_rank": market.offer_rank, "most": market.most}
    )
    edges = edges.cast({"need": pl.String, "offer": pl.String})
    shuffled = [table[chance.sample(range(len(table)), len(table))] for table in (needs, offers, edges)]

    again = market_of(*shuffled)

    assert again.digest == market.digest
    for ties in ("value", "lottery"):
        assert deferred(again, orders_of(again, ties, "x")).tolist() == deferred(market, orders_of(market, ties, "x")).tolist()
    assert greedy(again, orders_of(again)).tolist() == greedy(market, orders_of(market)).tolist()
    assert augmented(again).tolist() == augmented(market).tolist()


def test_the_classic_example_of_gale_and_shapley():
    """Three and three whose first choices differ: the proposers get their first choice, whoever proposes."""
    ranks = {"a": "xyz", "b": "yzx", "c": "zxy"}
    others = {"x": "bca", "y": "cab", "z": "abc"}
    edges = [(i, j, 1, ranks["abc"[i]].index("xyz"[j]), others["xyz"[j]].index("abc"[i]), 1) for i in range(3) for j in range(3)]
    market = built([1, 1, 1], [1, 1, 1], edges)
    orders = orders_of(market)

    by_needs, by_offers = deferred(market, orders, "need"), deferred(market, orders, "offer")

    assert [one[:2] for one in pairs_of(market, by_needs)] == [["n0", "o0"], ["n1", "o1"], ["n2", "o2"]]
    assert [one[:2] for one in pairs_of(market, by_offers)] == [["n0", "o2"], ["n1", "o0"], ["n2", "o1"]]


def test_what_each_assignment_costs_is_told_in_whole_numbers():
    """Greedy takes 10 and leaves the other need with nothing; the optimum gives both something, and the greedy pair would rather have each other back."""
    edges = [(0, 0, 10, 0, 0, 1), (0, 1, 9, 1, 0, 1), (1, 0, 9, 0, 1, 1)]
    market = built([1, 1], [1, 1], edges)
    orders = orders_of(market)

    best, quick = measures(market, augmented(market), orders), measures(market, greedy(market, orders), orders)

    assert (best.value, best.pairs, best.unmatched, best.blocking, best.lowest, best.worst_place) == (18, 2, 0, 1, 9, 2)
    assert (quick.value, quick.pairs, quick.unmatched, quick.short, quick.unused, quick.blocking) == (10, 1, 1, 1, 1, 0)
    assert blocking_named(market, augmented(market)) == [("n0", "o0")]
    assert prices(market, augmented(market)).tolist() == [1, 0], "one more place at o0 would be worth one point"
    assert spread(market, greedy(market, orders), ["B", "A"]) == [
        {"group": "A", "needs": 1, "matched": 0, "asked": 1, "given": 0},
        {"group": "B", "needs": 1, "matched": 1, "asked": 1, "given": 1},
    ]


def test_a_market_without_edges_is_matched_with_nothing():
    market = built([1], [2], [])
    nothing = augmented(market)

    assert nothing.tolist() == greedy(market, orders_of(market)).tolist() == deferred(market, orders_of(market)).tolist() == []
    told = measures(market, nothing, orders_of(market))
    assert (told.value, told.unmatched, told.lowest, told.worst_place) == (0, 1, None, None)
    assert bound(market, nothing, prices(market, nothing)) == 0


def test_the_verdict_names_who_holds_too_much():
    market = built([1], [1, 1], [(0, 0, 5, 0, 0, 1), (0, 1, 5, 0, 0, 1)])

    assert verdict(market, np.array([1, 1])).faults == ("n0: holds 2, expected at most 1",)
    assert "2 units, expected 0 to 1" in verdict(market, np.array([2, 0])).faults[0]
    assert verdict(market, np.array([1])).faults == ("(1,) units for (2,) edges",)


NEEDS, OFFERS = {"need": ["a"], "quota": ["1"]}, {"offer": ["x"], "quota": ["1"]}


@pytest.mark.parametrize(
    ("needs", "offers", "edges", "said"),
    [
        ({"need": ["a", "a"], "quota": ["1", "1"]}, OFFERS, {}, "'a' more than once"),
        ({"need": ["", "b"], "quota": ["1", "1"]}, OFFERS, {}, "line 2: found an empty id"),
        ({"need": ["a"], "quota": ["-1"]}, OFFERS, {}, "'-1', expected a whole number from 0"),
        ({"need": ["a"], "quota": ["1.5"]}, OFFERS, {}, "'1.5'"),
        ({"need": ["a"]}, OFFERS, {}, "no column quota"),
        (NEEDS, OFFERS, {"need": ["a"], "offer": ["y"], "value": ["1"]}, "'y', expected an id of the table offers"),
        (NEEDS, OFFERS, {"need": ["a", "a"], "offer": ["x", "x"], "value": ["1", "2"]}, "the pair 'a', 'x' more than once"),
        (NEEDS, OFFERS, {"need": ["a"], "offer": ["x"], "value": ["nan"]}, "line 2, value: found 'nan'"),
        (NEEDS, OFFERS, {"need": ["a"], "offer": ["x"], "value": [""]}, "line 2, value"),
        (NEEDS, OFFERS, {"need": ["a"], "offer": ["x"], "value": ["1"], "need_rank": ["-2"]}, "need_rank"),
        (NEEDS, OFFERS, {"need": ["a"], "offer": ["x"]}, "no column value"),
    ],
)
def test_a_market_that_makes_no_sense_is_refused_with_its_place(needs, offers, edges, said):
    edges = edges or {"need": ["a"], "offer": ["x"], "value": ["1"]}
    with pytest.raises(BadInput, match="expected") as refused:
        market_of(pl.DataFrame(needs), pl.DataFrame(offers), pl.DataFrame(edges))
    assert said in refused.value.message


def test_all_faults_are_told_at_once():
    with pytest.raises(BadInput) as refused:
        market_of(
            pl.DataFrame({"need": ["a", "a"], "quota": ["x", "1"]}),
            pl.DataFrame({"offer": ["x"], "quota": [None]}),
            pl.DataFrame({"need": ["a"]}),
        )
    assert len(refused.value.faults) >= 4


def test_an_unknown_rule_for_ties_is_refused():
    with pytest.raises(BadInput, match="expected value, lottery or id"):
        orders_of(built([1], [1], []), "coin")  # type: ignore[arg-type]
