"""OR-Tools' network simplex by cost scaling, loaded only in a solver's process: the assignment of greatest value in a market, as whole units."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from yunxing.engines.matching.market import Ints, Market
from yunxing.io.solvers.transport import read_market

NAME = "OR-Tools"
ANSWER = "units.npy"


def version() -> str:
    """The library's version."""
    import ortools

    return str(ortools.__version__)


def assigned(folder: str) -> str:
    """Solve the market of a folder and write the units per edge beside it. Gives `optimal`, or what the solver says instead."""
    found = flow(read_market(folder))
    if found is None:
        return "failed"
    np.save(Path(folder) / ANSWER, found)
    return "optimal"


def flow(market: Market) -> Ints | None:
    """Units per edge of greatest total value: every unit of a need flows to an offer or, at no value, past them all."""
    from ortools.graph.python import min_cost_flow

    needs, offers, edges = len(market.needs), len(market.offers), len(market.value)
    end = needs + offers
    tails = np.concatenate([market.need, needs + np.arange(offers), np.arange(needs)])
    heads = np.concatenate([needs + market.offer, np.full(offers, end), np.full(needs, end)])
    room = np.concatenate([market.most, market.room, market.quota])
    cost = np.concatenate([-market.value, np.zeros(offers + needs, dtype=np.int64)])
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(tails, heads, room, cost)
    supply = np.concatenate([market.quota, np.zeros(offers, dtype=np.int64), [-int(market.quota.sum())]])
    solver.set_nodes_supplies(np.arange(end + 1), supply)
    if solver.solve() != solver.OPTIMAL:
        return None
    return np.asarray(solver.flows(arcs[:edges]), dtype=np.int64)
