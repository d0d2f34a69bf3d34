"""If a firm stops: worked examples by hand, the slow simulation beside it, what must never happen."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain_cast import firm, line, link, networks, simulated
from yunxing.engines.chain.network import WHOLE, build
from yunxing.engines.chain.stop import lost_output, stop
from yunxing.values.errors import BadInput

CHAIN = line("a", "b", "c")


def row_of_three(**stock):
    """A supplies B, B supplies C, each alone."""
    firms = [firm("A", "c.a"), firm("B", "c.b"), firm("C", "c.c")]
    return build([CHAIN], firms, [link("B", "A", "a", days=stock.get("b")), link("C", "B", "b", days=stock.get("c"))])


def hit(found, name):
    return next(one for one in found.hits if one.firm == name)


def test_without_stock_each_delivery_takes_one_day():
    found = stop(row_of_three(), ["A"], days=10)

    assert [(one.firm, one.day, one.lowest, one.wave) for one in found.hits] == [("A", 0, 0, 0), ("B", 1, 0, 1), ("C", 2, 0, 2)]
    assert (hit(found, "B").supplier, hit(found, "B").product, hit(found, "B").lost) == ("A", "a", 9)
    assert hit(found, "C").lost == 8
    assert found.levels == (0, 0, 0)


def test_stocks_of_seven_and_five_days_add_up_along_the_chain():
    found = stop(row_of_three(b=7, c=5), ["A"], days=30)

    assert (hit(found, "B").day, hit(found, "C").day) == (
        8,
        14,
    )  # the last delivery arrives on day 0, then 7 days of stock; then one day and 5
    assert hit(found, "B").told
    assert not hit(stop(row_of_three(), ["A"], days=30), "B").told


def test_half_of_an_input_lost_stretches_its_stock_and_leaves_half_a_level():
    network = build(
        [CHAIN],
        [firm("A", "c.a"), firm("A2", "c.a"), firm("B", "c.b")],
        [link("B", "A", "a", 5000, days=3), link("B", "A2", "a", 5000, days=3)],
    )

    found = stop(network, ["A"], days=30)

    assert (hit(found, "B").day, hit(found, "B").lowest, hit(found, "B").last) == (7, 5000, 5000)  # 3 days of stock at half a day's deficit
    assert hit(found, "B").lost == Fraction(23, 2)


def test_what_others_cover_at_once_is_not_lost_and_full_cover_hits_nobody():
    def with_switch(switch):
        return build([CHAIN], [firm("A", "c.a"), firm("B", "c.b")], [link("B", "A", "a", switch=switch)])

    assert hit(stop(with_switch(2500), ["A"], days=5), "B").lowest == 2500
    assert [one.firm for one in stop(with_switch(WHOLE), ["A"], days=5).hits] == ["A"]


def test_a_stop_of_three_days_is_bridged_by_three_days_of_stock_but_not_by_two():
    assert [one.firm for one in stop(row_of_three(b=3), ["A"], days=40, stopped_for=3).hits] == ["A"]

    short = stop(row_of_three(b=2), ["A"], days=40, stopped_for=3)
    assert (hit(short, "B").day, hit(short, "B").lost, hit(short, "B").last) == (3, 1, WHOLE)
    assert (hit(short, "C").day, hit(short, "C").lost) == (4, 1)


def test_the_input_that_runs_short_first_is_named_not_the_one_first_in_the_list():
    network = build(
        [line("a", "b"), line("x", "y", chain="d")],
        [firm("A", "c.a", "d.x"), firm("B", "c.b")],
        [link("B", "A", "a", days=9), link("B", "A", "x", days=2)],
    )

    found = hit(stop(network, ["A"], days=20), "B")

    assert (found.day, found.product) == (3, "x")


def test_a_circle_of_two_firms_runs_down_together():
    network = build([line("a", "b")], [firm("A", "c.a"), firm("B", "c.b"), firm("S", "c.a")],
                    [link("A", "B", "b"), link("B", "A", "a", 5000), link("B", "S", "a", 5000)])  # fmt: skip

    found = stop(network, ["S"], days=8)

    assert [one.firm for one in found.hits] == ["S", "B", "A"]
    assert found.levels[network.index["A"]] < 5000


def test_sellers_to_the_stopped_firm_are_told_with_their_part_of_sales():
    network = build(
        [CHAIN],
        [firm("A", "c.a"), firm("B", "c.b"), firm("B2", "c.b")],
        [link("B", "A", "a", amount=300), link("B2", "A", "a", amount=100)],
    )

    assert stop(network, ["B"], days=3).sellers == (("A", Fraction(3, 4)),)
    assert stop(build([CHAIN], [firm("A", "c.a"), firm("B", "c.b")], [link("B", "A", "a", amount=None)]), ["B"], days=3).sellers == (
        ("A", None),
    )


def test_lost_output_is_the_days_lost_of_the_periods_output_and_unknown_without_one():
    found = hit(stop(row_of_three(), ["A"], days=10), "B")

    assert lost_output(firm("B", "c.b", output=365_00), found) == 9_00
    assert lost_output(firm("B", "c.b", output=None), found) is None
    assert lost_output(firm("B", "c.b", output=273_00), found, 273) == 9_00


@pytest.mark.parametrize(
    ("names", "days", "still"), [([], 5, None), (["nobody"], 5, None), (["A"], 0, None), (["A"], 367, None), (["A"], 5, 0)]
)
def test_a_stop_of_nobody_or_of_impossible_days_is_refused(names, days, still):
    with pytest.raises(BadInput, match="expected"):
        stop(row_of_three(), names, days=days, stopped_for=still)


def first_hits(found):
    return {one.firm: one.day for one in found.hits}


@given(networks(), st.data())
def test_the_columns_give_what_the_plain_simulation_gives(network, data):
    stopped = data.draw(st.lists(st.sampled_from([one.id for one in network.firms]), min_size=1, max_size=2))
    days, stocks = data.draw(st.integers(1, 16)), data.draw(st.booleans())
    still = data.draw(st.one_of(st.none(), st.integers(1, 16)))

    found = stop(network, stopped, days=days, stopped_for=still, stocks=stocks)
    plain = simulated(network, stopped, days, days if still is None else still, stocks=stocks)

    assert found.levels == tuple(plain[one.id][-1] * WHOLE for one in network.firms)
    slow = {name: next((day for day, level in enumerate(levels) if level < 1), None) for name, levels in plain.items()}
    assert first_hits(found) == {name: day for name, day in slow.items() if day is not None}
    for one in found.hits:
        levels = plain[one.firm]
        assert (Fraction(one.lowest, WHOLE), one.lost) == (min(levels), len(levels) - sum(levels))
        assert levels[one.lowest_day] == min(levels)


@given(networks(), st.data())
def test_a_firm_nobody_buys_from_hits_nobody(network, data):
    alone = [one.id for one in network.firms if one.id not in network.sells]
    if not alone:
        return
    name = data.draw(st.sampled_from(alone))

    assert [one.firm for one in stop(network, [name], days=10).hits] == [name]


@given(networks(), st.data())
def test_more_stock_never_brings_a_hit_forward(network, data):
    if not network.links:
        return
    name = data.draw(st.sampled_from([one.id for one in network.firms]))
    buyer, product = data.draw(st.sampled_from(network.needs))
    more = data.draw(st.integers(1, 5))
    links = [replace(one, days=(one.days or 0) + more) if (one.buyer, one.product) == (buyer, product) else one for one in network.links]
    richer = build(network.chains.values(), network.firms, links)
    still = data.draw(st.one_of(st.none(), st.integers(1, 12)))

    before, after = (first_hits(stop(one, [name], days=24, stopped_for=still)) for one in (network, richer))

    assert after.keys() <= before.keys()
    assert all(after[firm_] >= before[firm_] for firm_ in after)


@given(networks(), st.data())
def test_a_longer_stop_hits_no_fewer_and_none_later(network, data):
    name = data.draw(st.sampled_from([one.id for one in network.firms]))
    days = data.draw(st.integers(1, 8))

    short, long = (first_hits(stop(network, [name], days=20, stopped_for=still)) for still in (days, days + 3))

    assert short.keys() <= long.keys()
    assert all(long[firm_] <= short[firm_] for firm_ in short)


@given(networks(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(network, chance: random.Random):
    firms, links = list(network.firms), list(network.links)
    chance.shuffle(firms)
    chance.shuffle(links)
    shuffled = build(network.chains.values(), firms, links)

    for one in network.firms:
        assert stop(network, [one.id], days=9) == stop(shuffled, [one.id], days=9)


@given(networks(), st.data())
def test_causes_lead_back_to_a_firm_that_stopped(network, data):
    name = data.draw(st.sampled_from([one.id for one in network.firms]))
    found = stop(network, [name], days=15)
    hits = {one.firm: one for one in found.hits}

    for one in found.hits:
        if one.firm == name:
            assert (one.supplier, one.wave, one.day) == ("", 0, 0)
            continue
        cause = hits[one.supplier]
        assert cause.day < one.day
        assert one.wave == cause.wave + 1
        assert any((row.supplier, row.product) == (one.supplier, one.product) for row in network.buys[one.firm])
