"""What hangs on one firm: a leader's influence on its chain, the bottlenecks, the sole suppliers. Every measure is a share that can be counted by hand.

链主带动度 (influence of a leader L on a chain): the output of the chain's firms, each weighed by the larger of two parts, over the chain's output. The
first part is what the firm loses when L stops and every stock is used up (`stop` without stocks, after a settling time); the second is which part of
the firm's sales in the city goes to L, directly or through others up to `tiers` deliveries. L itself weighs 1. Firms without a known output stand outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from yunxing.engines.chain.network import WHOLE, Network
from yunxing.engines.chain.stop import stop

SETTLED = 60  # days after which the chain has settled without stocks
TIERS = 3


@dataclass(frozen=True, slots=True)
class Influence:
    """A leader's influence on a chain: `total` is own + supplied + sold as shares of the chain's output; how many firms lean on it, how many are unknown."""

    firm: str
    own: Fraction
    downstream: Fraction
    upstream: Fraction
    buyers: int
    sellers: int
    unknown: int

    @property
    def total(self) -> Fraction:
        """The influence."""
        return self.own + self.downstream + self.upstream


def influence(network: Network, chain: str, leader: str) -> Influence | None:
    """The influence of a firm on a chain; None when the firm is on no chain or no output of the chain is known."""
    members = network.members[chain]
    total = sum(one.output for one in members if one.output is not None)
    if leader not in network.index or not total:
        return None
    levels = stop(network, [leader], days=SETTLED, stocks=False).levels
    sales = sold_to(network, leader)
    own, down, up, buyers, sellers = 0, Fraction(0), Fraction(0), 0, 0
    for firm in members:
        loses = Fraction(WHOLE - levels[network.index[firm.id]], WHOLE)
        sells = sales.get(firm.id, Fraction(0))
        if firm.id == leader:
            own = firm.output or 0
            continue
        buyers, sellers = buyers + (loses > 0), sellers + (sells > 0)
        if firm.output is None:
            continue
        if loses >= sells:
            down += loses * firm.output
        else:
            up += sells * firm.output
    unknown = sum(one.output is None for one in members)
    return Influence(leader, Fraction(own, total), down / total, up / total, buyers, sellers, unknown)


def sold_to(network: Network, leader: str, tiers: int = TIERS) -> dict[str, Fraction]:
    """Which part of each firm's sales in the city (by amount) ends at the leader, through at most `tiers` deliveries. Firms that sell nothing to it are left out."""
    parts = {leader: Fraction(1)}
    for _tier in range(tiers):
        sellers = {one.supplier for name in parts for one in network.buys.get(name, ()) if one.local} - {leader}
        following = {leader: Fraction(1)}
        for seller in sellers:
            rows = network.sells[seller]
            total = sum(one.amount or 0 for one in rows)
            there = sum(((one.amount or 0) * parts.get(one.buyer, Fraction(0)) for one in rows), Fraction(0))
            if there:
                following[seller] = there / total
        parts = following
    parts.pop(leader)
    return parts


@dataclass(frozen=True, slots=True)
class Sole:
    """A need with one supplier in the city and no other source above `rest`: who needs what from whom, at which share."""

    buyer: str
    product: str
    supplier: str
    share: int


def sole_supplied(network: Network, above: int, firms: Iterable[str] | None = None) -> list[Sole]:
    """The needs of which one firm of the city covers more than `above` ten-thousandths, less what others could cover at once. In order of buyer and product."""
    wanted = None if firms is None else set(firms)
    found = []
    for one in network.links:
        held = one.share - one.share * one.switch // WHOLE
        if one.local and held > above and (wanted is None or one.buyer in wanted):
            found.append(Sole(one.buyer, one.product, one.supplier, one.share))
    return found


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """A firm through which others hang: `behind` every firm that cannot run without it by sole supply, or that every local route from raw goods to it passes.

    `share` is the output of these over the chain's output, `fragile` over the output of all firms its goods reach; `cuts` whether the chain falls
    apart without it (an articulation point).
    """

    firm: str
    behind: tuple[str, ...]
    share: Fraction
    fragile: Fraction | None
    cuts: bool


def bottlenecks(network: Network, chain: str, above: int, least: Fraction) -> list[Bottleneck]:
    """The firms of a chain with more than `least` of its output behind them, the largest share first. `above` is the share that makes a supplier the sole one."""
    import rustworkx

    members = {one.id: one for one in network.members[chain]}
    graph, names = network.graph(members)
    total = sum(one.output or 0 for one in members.values())
    if not total or not names:
        return []
    behind = _dominated(network, members)
    place = {name: at for at, name in enumerate(names)}
    sole = rustworkx.PyDiGraph()
    sole.add_nodes_from(names)
    pairs = [(place[one.supplier], place[one.buyer]) for one in sole_supplied(network, above, members) if one.supplier in place]
    sole.add_edges_from_no_data(sorted(set(pairs)))
    for at in {first for first, _second in pairs}:
        behind.setdefault(names[at], set()).update(names[one] for one in rustworkx.descendants(sole, at))
    cuts = {names[at] for at in rustworkx.articulation_points(graph.to_undirected())}
    found = []
    for name, those in behind.items():
        those.discard(name)
        worth = sum(members[one].output or 0 for one in those)
        if Fraction(worth, total) <= least:
            continue
        reached = sum(members[names[one]].output or 0 for one in rustworkx.descendants(graph, place[name]))
        found.append(
            Bottleneck(name, tuple(sorted(those)), Fraction(worth, total), Fraction(worth, reached) if reached else None, name in cuts)
        )
    return sorted(found, key=lambda one: (-one.share, one.firm))


def _dominated(network: Network, members: Mapping[str, object]) -> dict[str, set[str]]:
    """For each firm those that it dominates: every local route from a firm that buys nothing in the city, or something outside, passes it."""
    import rustworkx

    graph, names = network.graph(members)
    fed = {one.buyer for one in network.links if one.buyer in members and one.supplier not in members}
    root = graph.add_node("")
    graph.add_edges_from_no_data([(root, at) for at, name in enumerate(names) if name in fed or graph.in_degree(at) == 0])
    above = rustworkx.immediate_dominators(graph, root)
    found: dict[str, set[str]] = {}
    for at, name in enumerate(names):
        up = above.get(at, root)
        while up not in (root, at):
            found.setdefault(names[up], set()).add(name)
            up = above[up]
    return found
