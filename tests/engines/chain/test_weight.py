"""What hangs on one firm: influence by hand, sole suppliers, bottlenecks against walks over every path."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain_cast import firm, line, link, networks
from yunxing.engines.chain.network import WHOLE, build
from yunxing.engines.chain.weight import bottlenecks, influence, sold_to, sole_supplied

CHAIN = line("a", "b", "c")


def three(**more):
    firms = [firm("A", "c.a", output=100), firm("B", "c.b", output=200), firm("C", "c.c", output=700)]
    return build([CHAIN], firms, [link("B", "A", "a", **more), link("C", "B", "b")])


def test_the_influence_of_the_middle_firm_is_all_of_a_chain_that_runs_through_it():
    found = influence(three(), "c", "B")

    assert (found.own, found.downstream, found.upstream, found.total) == (Fraction(1, 5), Fraction(7, 10), Fraction(1, 10), 1)
    assert (found.buyers, found.sellers, found.unknown) == (1, 1, 0)


def test_what_others_cover_lowers_the_influence_of_the_supplier():
    assert influence(three(switch=5000), "c", "A").total == Fraction(100 + 100 + 350, 1000)
    assert influence(three(), "c", "A").total == 1


def test_half_of_a_sellers_sales_weighs_half_of_it():
    firms = [firm("A", "c.a", output=100), firm("B", "c.b", output=100), firm("B2", "c.b", output=200)]
    network = build([CHAIN], firms, [link("B", "A", "a", switch=WHOLE, amount=50), link("B2", "A", "a", switch=WHOLE, amount=50)])

    assert influence(network, "c", "B").upstream == Fraction(50, 400)
    assert sold_to(network, "B") == {"A": Fraction(1, 2)}


def test_sales_through_others_count_up_to_the_tiers():
    network = three()

    assert sold_to(network, "C") == {"B": 1, "A": 1}
    assert sold_to(network, "C", tiers=1) == {"B": 1}


def test_a_firm_of_unknown_output_is_counted_as_unknown_and_weighs_nothing():
    firms = [firm("A", "c.a", output=100), firm("B", "c.b", output=None)]
    found = influence(build([CHAIN], firms, [link("B", "A", "a")]), "c", "A")

    assert (found.total, found.buyers, found.unknown) == (1, 1, 1)


@pytest.mark.parametrize("name", ["nobody", "B"])
def test_there_is_no_influence_of_a_stranger_nor_on_a_chain_without_output(name):
    network = three() if name == "nobody" else build([CHAIN], [firm("B", "c.b", output=None)], [])

    assert influence(network, "c", name) is None


def test_a_sole_supplier_covers_more_than_the_bound_after_what_others_cover():
    links = [link("B", "A", "a", 7001), link("C", "B", "b", 7000), link("C2", "B", "b", WHOLE, switch=3000), link("C3", "", "b")]
    firms = [firm("A", "c.a"), firm("B", "c.b"), firm("C", "c.c"), firm("C2", "c.c"), firm("C3", "c.c")]
    network = build([CHAIN], firms, links)

    assert [(one.buyer, one.supplier, one.share) for one in sole_supplied(network, 7000)] == [("B", "A", 7001)]
    assert sole_supplied(network, 7000, ["C"]) == []


def test_a_bottleneck_has_everything_behind_it_that_only_it_feeds():
    firms = [firm("A", "c.a", output=100), firm("B", "c.b", output=100), firm("C", "c.c", output=300), firm("A2", "c.a", output=500)]
    network = build([CHAIN], firms, [link("B", "A", "a"), link("C", "B", "b")])

    first, second = bottlenecks(network, "c", 7000, Fraction(1, 20))

    assert (first.firm, first.behind, first.share, first.fragile, first.cuts) == ("A", ("B", "C"), Fraction(2, 5), 1, False)
    assert (second.firm, second.behind, second.share, second.cuts) == ("B", ("C",), Fraction(3, 10), True)
    assert [one.firm for one in bottlenecks(network, "c", 7000, Fraction(3, 10))] == ["A"]  # on the bound is not beyond it
    assert bottlenecks(build([CHAIN], [firm("B", "c.b", output=None)], []), "c", 7000, Fraction(0)) == []


def test_a_second_supplier_or_a_source_outside_takes_the_bottleneck_away():
    firms = [firm("A", "c.a"), firm("A2", "c.a"), firm("B", "c.b")]

    assert bottlenecks(build([CHAIN], firms, [link("B", "A", "a", 5000), link("B", "A2", "a", 5000)]), "c", 7000, Fraction(0)) == []
    assert bottlenecks(build([CHAIN], firms, [link("B", "A", "a", 5000), link("B", "", "a", 5000)]), "c", 7000, Fraction(0)) == []


def walked(network, members, without):
    """Firms that goods reach from a source without passing one firm: sources buy nothing inside, or something outside."""
    inside = {one.buyer for one in network.links if one.buyer in members and one.supplier in members}
    fed = {one.buyer for one in network.links if one.buyer in members and one.supplier not in members}
    seen = {name for name in members if name not in inside or name in fed} - {without}
    while True:
        more = {one.buyer for one in network.links if one.supplier in seen and one.buyer in members} - seen - {without}
        if not more:
            return seen
        seen |= more


@given(networks())
def test_bottlenecks_are_those_without_whom_a_plain_walk_or_sole_supply_ends(network):
    members = {one.id for one in network.members["c"]}
    total = sum(one.output or 0 for one in network.members["c"])
    found = {one.firm: one for one in bottlenecks(network, "c", 7000, Fraction(0))}
    everyone = walked(network, members, "")
    sole = {(one.supplier, one.buyer) for one in sole_supplied(network, 7000, members)}
    for name in members:
        behind = everyone - walked(network, members, name) - {name}
        reached, front = set(), {name}
        while front:
            front = {buyer for supplier, buyer in sole if supplier in front} - reached
            reached |= front
        behind |= reached - {name}
        worth = sum(one.output or 0 for one in network.members["c"] if one.id in behind)
        assert (name in found) == (worth > 0)
        if worth:
            assert found[name].behind == tuple(sorted(behind))
            assert found[name].share == Fraction(worth, total)
            assert found[name].fragile is None or 0 < found[name].fragile <= 1


@given(networks(), st.data())
def test_an_influence_is_a_share_and_at_least_what_is_ones_own(network, data):
    name = data.draw(st.sampled_from([one.id for one in network.firms]))
    found = influence(network, "c", name)
    if found is not None:
        assert 0 <= found.own <= found.total <= 1
        assert all(0 < part <= 1 for part in sold_to(network, name).values())
