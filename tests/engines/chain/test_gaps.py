"""Missing, weak and single-source segments by the pack's bounds; the local supply rate of the handbook; stocks below the bound."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain_cast import firm, line, link, networks
from yunxing.engines.chain.gaps import VERDICTS, Bounds, bound_of, judged, local_share, low_stocks, of_chain, states, switchable
from yunxing.engines.chain.network import WHOLE, build

BOUNDS = Bounds(Fraction(4, 5), Fraction(3, 5), 2, Fraction(7, 10), Fraction(1, 20), 7)
CHAIN = line("a", "b", "c")


def test_the_local_supply_rate_of_the_handbook_is_forty_percent():
    """46 of 115: 40.0 %."""
    links = [link("B", "A", "a", 4000, amount=46 * 10**10), link("B", "", "a", 6000, amount=69 * 10**10)]

    assert local_share(links) == Fraction(2, 5)
    assert local_share([link("B", "A", "a", amount=None)]) is None
    assert local_share([]) is None


@pytest.mark.parametrize(
    ("firms", "outside", "largest", "verdict"),
    [
        (0, "80.01%", "0%", "missing"), (0, "80%", "0%", "weak"), (0, "60%", "0%", "unknown"), (0, "0%", "80.01%", "missing"), (0, None, None, "unknown"),
        (3, "60.01%", "10%", "weak"), (3, "60%", "10%", "sound"), (1, "10%", "10%", "weak"), (2, "10%", "10%", "sound"),
        (3, "10%", "70.01%", "single"), (3, "10%", "70%", "sound"), (3, None, None, "unknown"), (3, "100%", "0%", "weak"),
    ],
)  # fmt: skip
def test_a_verdict_follows_the_bounds_and_a_value_on_a_bound_is_within_it(firms, outside, largest, verdict):
    def share(text):
        return None if text is None else Fraction(text.rstrip("%")) / 100

    assert judged(firms, share(outside), share(largest), BOUNDS)[0] == verdict


def test_every_bound_that_is_passed_is_named_the_gravest_first():
    assert judged(1, Fraction(9, 10), Fraction(8, 10), BOUNDS)[1] == ("weak_share", "weak_firms", "single_share")
    assert judged(0, Fraction(9, 10), None, BOUNDS)[1] == ("no_firm", "missing_share")
    assert judged(5, None, None, BOUNDS)[1] == ("no_purchase",)


def test_a_chain_in_figures():
    firms = [firm("B", "c.b", output=100), firm("C", "c.c", output=None), firm("C2", "c.c", output=50), firm("D", "c.c")]
    links = [
        link("B", "", "a", amount=900), link("C", "B", "b", 8000, amount=300), link("C", "", "b", 2000, amount=100), link("C2", "B", "b", amount=100),
    ]  # fmt: skip
    ore, made, used = states(build([CHAIN], firms, links), "c", BOUNDS)

    assert (ore.verdict, ore.firms, ore.outside, ore.local, ore.hhi, ore.output) == ("missing", 0, 1, 0, None, None)
    assert (made.verdict, made.firms, made.largest, made.hhi, made.buyers) == ("weak", 1, Fraction(4, 5), 1, 2)
    assert (made.bought, made.local, made.outside) == (500, 400, Fraction(1, 5))
    assert (used.verdict, used.why, used.bought, used.output) == ("sound", ("end_product",), 0, 50 + 365_00)  # nobody needs what the last segment makes


def test_purchases_of_other_trades_stay_out_of_a_chain():
    other = line("x", "y", chain="d")
    firms = [firm("A", "c.a", "d.y"), firm("B", "c.b"), firm("X", "d.x")]
    network = build([CHAIN, other], firms, [link("A", "X", "x"), link("B", "A", "a")])

    assert [one.product for one in of_chain(network, "c")] == ["a"]
    assert [one.product for one in of_chain(network, "d")] == ["x"]


def test_a_stock_on_the_bound_is_enough_and_one_below_it_is_low():
    links = [link("B", "A", "a", days=6), link("C", "B", "b", days=7), link("C2", "B", "b", days=None)]
    network = build([CHAIN], [firm("A", "c.a"), firm("B", "c.b"), firm("C", "c.c"), firm("C2", "c.c")], links)

    assert [(one.buyer, one.days) for one in low_stocks(network, "c", BOUNDS)] == [("B", 6)]


def test_what_can_be_switched_is_weighed_by_shares():
    assert switchable([link("B", "A", "a", 3000, switch=WHOLE), link("B", "A2", "a", 1000)]) == Fraction(3, 4)
    assert switchable([]) is None


@pytest.mark.parametrize("name", ["missing_share", "weak_share", "weak_firms", "single_share", "bottleneck_share", "low_days"])
def test_every_bound_is_found_by_its_name(name):
    assert bound_of(BOUNDS, name) == getattr(BOUNDS, name)


@given(networks())
def test_figures_of_a_segment_hang_together(network):
    for one in states(network, "c", BOUNDS):
        assert 0 <= one.local <= one.bought
        assert one.verdict in VERDICTS
        if one.outside is not None:
            assert one.outside == Fraction(one.bought - one.local, one.bought)
            assert 0 <= one.largest <= 1 - one.outside
        if one.hhi is not None:
            assert 0 < one.hhi <= 1
            assert one.largest <= Fraction(one.local, one.bought)


@given(st.integers(0, 5), st.fractions(0, 1), st.fractions(0, 1), st.fractions(0, 1))
def test_buying_more_outside_never_mends_a_verdict(firms, less, more, largest):
    order = {"missing": 0, "weak": 1, "single": 2, "sound": 3, "unknown": 3}
    low, high = sorted((less, more))

    assert order[judged(firms, high, largest, BOUNDS)[0]] <= order[judged(firms, low, largest, BOUNDS)[0]]
