"""The hard gate of 156/17/2 seen from the reports: a project that reports production while it owes what it drew in advance opens a case.

The gate itself refuses the step in the desk (`walk_item`); this looks at what was reported past it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from yunxing.engines.ledger.quota_book import OutputSign
from yunxing.flows.sweep_ledger import DEFINITION, produced_early
from yunxing.io import tables
from yunxing.io.party_facts import facts_of_parties
from yunxing.io.store import obligations

_seen: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}


def producing(home: Path, sign: OutputSign, projects: Collection[str]) -> set[str]:
    """The projects that reported the sign of output in any period, in its newest version; what is held for confirmation says nothing."""
    rows = facts_of_parties(home, sorted(projects), forms=[sign.form]) if projects else []
    return {
        str(one["party"])
        for one in rows
        if one["item"] == sign.item and one["role"] == "value" and not one["held"] and one["value"] in sign.options
    }


def watch_start_up(connection: Any, home: Path, sign: OutputSign, now: datetime, *, definition: str = DEFINITION) -> int:
    """Cases for projects that report output while something they drew in advance is outstanding; gives how many were opened. Idempotent.

    Reports are read only where somebody owes, and anew only when a report came or was taken back, or another project owes.
    """
    owing = tuple(sorted({one.project for one in obligations.obligations(connection)}))
    batches = tuple(path.name for path in tables.batches(home, forms=[sign.form]))
    if not owing or _seen.get(str(home)) == (owing, batches) or not obligations.case_table_is_there(connection, definition):
        return 0
    opened = produced_early(connection, producing(home, sign, owing), now, definition=definition)
    _seen[str(home)] = (owing, batches)
    return opened
