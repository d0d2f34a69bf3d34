"""50,000 firms and 500,000 supply links: the network built, 2,500 of them (half of the first layer) stopped for 90 days, dominators and articulation points.

Beside them, on a hundredth of the firms, the plain walk from firm to firm that `stop` replaces, with the same hits. Limits are stated, not met by luck:
build ≤ 15 s, stop ≤ 10 s, graph ≤ 10 s of processor time.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from chain_cast import simulated
from yunxing.engines.chain.network import WHOLE, Chain, Firm, Link, Network, Product, Segment, build
from yunxing.engines.chain.stop import stop

LAYERS, STOPPED = 10, 2_500
LIMITS = {"build": 15.0, "stop": 10.0, "graph": 10.0}


def world(firms: int, links: int, seed: int = 156) -> tuple[Chain, list[Firm], list[Link]]:
    """Ten layers of firms; each buys what the layer before it makes from some ten of it, a few also from their own layer's makers further up."""
    draw = random.Random(seed)
    names = [f"F{at:06d}" for at in range(firms)]
    segments = tuple(
        Segment(
            f"c.{layer}",
            "c",
            f"层{layer}",
            f"layer {layer}",
            "mid",
            (),
            (Product(f"p{layer}", "品", "good"),),
            (f"p{layer - 1}",) if layer else (),
        )
        for layer in range(LAYERS)
    )
    made = [Firm(name, name, "U", (f"c.{at * LAYERS // firms}",), draw.randrange(10**12)) for at, name in enumerate(names)]
    wide, each = firms // LAYERS, max(1, links // (firms - firms // LAYERS))
    rows = []
    for at in range(wide, firms):
        layer = at * LAYERS // firms
        suppliers = draw.sample(range((layer - 1) * wide, layer * wide), min(each, wide))
        days = draw.randrange(0, 20)
        rows += [
            Link(f"L{len(rows) + n}", names[at], names[one], f"p{layer - 1}", WHOLE // len(suppliers), draw.randrange(10**9), days)
            for n, one in enumerate(suppliers)
        ]
    return Chain("c", "链", "chain", "7/1b", segments), made, rows


def timed(name: str, work: object) -> object:
    """Run, print the seconds; over the limit the program ends with 1."""
    begun = time.process_time()
    found = work()  # type: ignore[operator]
    taken = time.process_time() - begun
    over = taken > LIMITS.get(name, 1e9)
    print(f"{name:8} {taken:6.2f} s" + (f"  over the limit of {LIMITS[name]} s" if over else ""))
    if over:
        OVER.append(name)
    return found


OVER: list[str] = []


def main() -> int:
    """Both sizes."""
    import rustworkx

    chain, firms, links = world(50_000, 500_000)
    print(f"{len(firms):,} firms, {len(links):,} links")
    network: Network = timed("build", lambda: build([chain], firms, links))  # type: ignore[assignment]
    found = timed("stop", lambda: stop(network, [one.id for one in firms[:STOPPED]], days=90))
    print(f"         {len(found.hits):,} firms hit")  # type: ignore[attr-defined]

    def graph() -> None:
        made, _names = network.graph()
        root = made.add_node("")
        made.add_edges_from_no_data([(root, at) for at in made.node_indices() if at != root and made.in_degree(at) == 0])
        rustworkx.immediate_dominators(made, root)
        rustworkx.articulation_points(made.to_undirected())

    timed("graph", graph)
    chain, firms, links = world(500, 2_500)
    small = build([chain], firms, links)
    name = small.firms[0].id
    fast = timed("small", lambda: stop(small, [name], days=30))
    slow = timed("plain", lambda: simulated(small, [name], 30, 30))
    same = {one.firm for one in fast.hits} == {firm for firm, levels in slow.items() if min(levels) < 1}  # type: ignore[attr-defined]
    print(f"the same hits: {same}")
    return 0 if same and not OVER else 1


if __name__ == "__main__":
    sys.exit(main())
