"""The network of rows: one order for all, every row that cannot be true named and left out."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain_cast import firm, line, link, networks
from yunxing.engines.chain.network import WHOLE, Link, build

CHAIN = line("a", "b", "c")
FIRMS = [firm("A", "c.a"), firm("B", "c.b"), firm("C", "c.c")]


@given(networks(), st.randoms(use_true_random=False))
def test_the_same_rows_in_any_order_are_the_same_network(network, chance: random.Random):
    firms, links = list(network.firms), list(network.links)
    chance.shuffle(firms)
    chance.shuffle(links)
    again = build(network.chains.values(), firms, links)

    assert again == network
    assert all((again.columns[name] == column).all() for name, column in network.columns.items())


@pytest.mark.parametrize(
    ("bad", "found"),
    [
        (link("B", "B", "a"), "supplies itself"),
        (link("B", "X", "a"), "X"),
        (link("X", "A", "a"), "X"),
        (Link("L", "", "A", "a", 1), "no buyer"),
        (link("B", "A", "z"), "z"),
        (Link("L", "B", "A", "", 1), "no product"),
        (link("B", "A", "a", 0), "0 %"),
        (link("B", "A", "a", -1), "-0.01 %"),
        (link("B", "A", "a", WHOLE + 1), "100.01 %"),
        (link("B", "A", "a", switch=WHOLE + 1), "100.01 %"),
        (link("B", "A", "a", days=-1), "negative"),
        (link("B", "A", "a", amount=-1), "negative"),
    ],
)
def test_a_link_that_cannot_be_true_is_left_out_and_named(bad, found):
    network = build([CHAIN], FIRMS, [bad, link("C", "B", "b")])

    assert [one.id for one in network.links] == ["C<B:b"]
    (fault,) = network.faults
    assert found in fault.found
    assert fault.place == bad.id


def test_shares_above_a_whole_leave_the_whole_need_out_and_exactly_a_whole_stays():
    over = build([CHAIN], FIRMS, [link("B", "A", "a", 6000), link("B", "", "a", 4001)])
    whole = build([CHAIN], FIRMS, [link("B", "A", "a", 6000), link("B", "", "a", 4000)])

    assert (len(over.links), over.needs) == (0, ())
    assert "100.01 %" in over.faults[0].found
    assert (len(whole.links), whole.faults) == (2, ())


def test_an_id_twice_leaves_both_out():
    network = build([CHAIN], FIRMS, [link("B", "A", "a", 10, id_="same"), link("C", "B", "b", 10, id_="same")])

    assert network.links == ()
    assert [one.found for one in network.faults] == ["the id twice"] * 2


def test_a_firm_of_no_known_segment_is_on_no_chain_and_one_of_a_known_and_an_unknown_stays_in_the_known():
    network = build([CHAIN], [firm("A", "c.a", "c.zzz"), firm("B"), firm("C", "elsewhere")], [])

    assert [(one.id, one.segments) for one in network.firms] == [("A", ("c.a",))]
    assert [(one.place, one.found) for one in network.faults] == [("A", "c.zzz"), ("B", "no segment"), ("C", "elsewhere")]


def test_of_several_stocks_of_a_need_the_smallest_told_counts_and_none_told_is_marked():
    network = build([CHAIN], FIRMS, [link("B", "A", "a", 10, days=9), link("B", "", "a", 10, days=4), link("C", "B", "b", 10)])

    assert network.columns["need_days"].tolist() == [4, 0]
    assert network.columns["need_told"].tolist() == [True, False]


def test_a_firm_of_two_chains_is_a_member_of_both_once():
    network = build([CHAIN, line("x", "y", chain="d")], [firm("A", "c.a", "c.b", "d.x"), firm("B", "d.y")], [])

    assert [one.id for one in network.members["c"]] == ["A"]
    assert [one.id for one in network.members["d"]] == ["A", "B"]
    assert network.makers["b"] == "c.b"
    assert (network.firm("A").name, network.firm("Z")) == ("企业A", None)


@given(networks())
def test_the_graph_has_an_edge_for_each_pair_that_trades_and_no_other(network):
    graph, names = network.graph()

    assert names == sorted(network.index)
    edges = {(names[one], names[other]) for one, other in graph.edge_list()}
    assert edges == {(one.supplier, one.buyer) for one in network.links if one.supplier}
    assert graph.num_edges() == len(edges)
