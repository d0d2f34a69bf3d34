"""Who could step in: reasons a person can check, in the order they count."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chain_cast import firm, line, link, networks
from yunxing.engines.chain.network import build
from yunxing.engines.chain.substitutes import REASONS, substitutes

CHAIN = line("a", "b", "c")


def test_who_supplies_a_buyer_already_comes_first_then_who_sells_then_who_only_could():
    firms = [
        firm("A", "c.a", unit="U1"), firm("A2", "c.a", output=10, unit="U2"), firm("A3", "c.a", output=10**9, unit="U1"), firm("A4", "c.a", output=10**9, unit="U2"),
        firm("B", "c.b"), firm("B2", "c.b"),
    ]  # fmt: skip
    links = [link("B", "A", "a", 5000, amount=1000), link("B", "A2", "a", 5000), link("B2", "A4", "a")]
    found = substitutes(build([CHAIN], firms, links), "A")

    assert [one.firm for one in found] == ["A2", "A4", "A3"]
    assert found[0].reasons == ("supplies_buyer", "sells_product", "same_segment")
    assert found[1].reasons == ("sells_product", "large_enough", "same_segment")
    assert found[2].reasons == ("large_enough", "same_unit", "same_segment")


def test_those_whom_the_stop_hits_and_the_firm_itself_are_no_substitutes():
    firms = [firm("A", "c.a"), firm("A2", "c.a"), firm("B", "c.b")]
    network = build([CHAIN], firms, [link("B", "A", "a")])

    assert [one.firm for one in substitutes(network, "A")] == ["A2"]
    assert substitutes(network, "A", hit={"A2"}) == []
    assert substitutes(network, "B") == []


def test_an_unknown_output_is_not_large_enough_and_an_unknown_amount_asks_for_nothing():
    firms = [firm("A", "c.a"), firm("A2", "c.a", output=None), firm("A3", "c.a", output=5), firm("B", "c.b")]

    def reasons(amount):
        return {one.firm: one.reasons for one in substitutes(build([CHAIN], firms, [link("B", "A", "a", amount=amount)]), "A")}

    assert "large_enough" not in reasons(3)["A2"]
    assert "large_enough" in reasons(3)["A3"]
    assert "large_enough" not in reasons(None)["A3"]


@given(networks(), st.data())
def test_a_list_of_substitutes_is_short_ordered_and_holds_makers_or_sellers_only(network, data):
    name = data.draw(st.sampled_from([one.id for one in network.firms]))
    found = substitutes(network, name, most=2)
    sold = {one.product for one in network.sells.get(name, ())}

    assert {one.product for one in found} <= sold
    for product in sold:
        rows = [one for one in found if one.product == product]
        assert len(rows) <= 2
        keys = [tuple(reason not in one.reasons for reason in REASONS) for one in rows]
        assert keys == sorted(keys)
        assert all({"same_segment", "sells_product"} & set(one.reasons) for one in rows)
    assert name not in {one.firm for one in found}
