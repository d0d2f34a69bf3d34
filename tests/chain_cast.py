"""Chains, firms and links for the tests, and the slow obvious references: a day-by-day simulation in rationals, walks over every path."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from fractions import Fraction

from hypothesis import strategies as st

from yunxing.engines.chain.network import WHOLE, Chain, Firm, Link, Network, Product, Segment, build


def segment(id_, chain="c", level="mid", made=(), needs=(), industries=()):
    products = tuple(Product(name, f"产品{name}", f"product {name}") for name in (made or (id_[-1],)))
    return Segment(id_, chain, f"环节{id_}", f"segment {id_}", level, tuple(industries), products, tuple(needs))


def line(*letters, chain="c"):
    """A chain of segments in a row: each makes the product of its own letter and needs the one before."""
    segments = [
        segment(f"{chain}.{one}", chain, "up" if at == 0 else "mid", (one,), letters[at - 1 : at] if at else ())
        for at, one in enumerate(letters)
    ]
    return Chain(chain, f"链{chain}", f"chain {chain}", "7/1b", tuple(segments))


def firm(id_, *segments, output=365_00, unit="U1"):
    return Firm(id_, f"企业{id_}", unit, segments, output, "32")


def link(buyer, supplier, product, share=WHOLE, *, days=None, switch=0, amount=100, id_=""):
    return Link(id_ or f"{buyer}<{supplier}:{product}", buyer, supplier, product, share, amount, days, switch)


def simulated(network: Network, stopped: Iterable[str], days: int, still: int, *, stocks: bool = True) -> dict[str, list[Fraction]]:
    """Every firm's level on every day as the definition says it, in rationals, over all firms and all needs; nothing is skipped."""
    stopped = set(stopped)
    made: dict[str, list[Fraction]] = {one.id: [] for one in network.firms}
    needs: dict[tuple[str, str], list[Link]] = {}
    for one in network.links:
        needs.setdefault((one.buyer, one.product), []).append(one)
    for day in range(days):
        today = {}
        for one in network.firms:
            level = Fraction(1)
            used = sum(made[one.id], Fraction(0))
            for (buyer, _product), rows in needs.items():
                if buyer != one.id:
                    continue
                told = [row.days for row in rows if row.days is not None]
                arrived = Fraction(min(told) if told and stocks else 0)
                sure = Fraction(1)
                for row in rows:
                    if row.supplier:
                        lose = row.share - row.share * row.switch // WHOLE
                        sure -= Fraction(lose, WHOLE)
                        delivered = (
                            1 + sum(made[row.supplier], Fraction(0))
                        ) * lose  # ten-thousandths, rounded down over the whole delivery
                        arrived += Fraction(int(delivered), WHOLE)
                arrived += (day + 1) * sure
                level = min(level, arrived - used)
            today[one.id] = Fraction(0) if one.id in stopped and day < still else level
        for name, level in today.items():
            made[name].append(level)
    return made


@st.composite
def networks(draw, most: int = 7):
    """Small networks over one chain of four segments, with circles, several suppliers, outside sources and stocks."""
    letters = "pqrs"
    chain = Chain(
        "c", "链", "chain", "7/1b", tuple(segment(f"c.{one}", "c", "mid", (one,), tuple(x for x in letters if x != one)) for one in letters)
    )
    count = draw(st.integers(2, most))
    names = [f"F{at}" for at in range(count)]
    firms = [
        firm(name, f"c.{draw(st.sampled_from(letters))}", output=draw(st.one_of(st.none(), st.integers(0, 10**6))), unit=draw(st.sampled_from(["U1", "U2"])))
        for name in names
    ]  # fmt: skip
    links = []
    for buyer, product in itertools.product(names, letters):
        if not draw(st.booleans()):
            continue
        suppliers = draw(st.lists(st.sampled_from(["", *(one for one in names if one != buyer)]), unique=True, max_size=3))
        rest, days = WHOLE, draw(st.one_of(st.none(), st.integers(0, 12)))
        for supplier in suppliers:
            share = draw(st.integers(0, rest))
            rest -= share
            if share:
                switch = draw(st.sampled_from([0, 0, 2500, 3333, WHOLE]))
                links.append(link(buyer, supplier, product, share, days=days, switch=switch, amount=draw(st.integers(0, 10**6))))
    return build([chain], firms, links)
