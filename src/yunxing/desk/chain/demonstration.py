"""What the demonstration shows of the chains: the first missing link and the first bottleneck with their cases opened. Idempotent, synthetic."""

from __future__ import annotations

from yunxing.desk.chain.selectors import kept_lists
from yunxing.desk.chain.services import open_case
from yunxing.desk.room.chain_net import chains_now
from yunxing.engines.cases.case import SYSTEM

SHOWN = ("broken", "bottlenecks")


def make() -> dict[str, int]:
    """One case for each of the shown lists, from the first chain that has a row in it; how many cases there are."""
    read = chains_now()
    if read is None:
        return {"chain_cases": 0}
    cases = set()
    for sheet in SHOWN:
        found = next(((key, rows[0]) for key in read.rules.chains if (rows := kept_lists(read, key).get(sheet))), None)
        if found is not None:
            cases.add(open_case(read, found[0], sheet, found[1].key, SYSTEM))
    return {"chain_cases": len(cases)}
