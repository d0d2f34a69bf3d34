"""Cases follow a merge of parties: what was raised about the id that is given up belongs from then on to the party that stays, open and ended ones alike.

Each case gets one internal event that says so, so that replay still gives its row; taking the merge back takes exactly those cases back. Idempotent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from yunxing.engines.cases.case import SYSTEM
from yunxing.engines.cases.step import Decision, act
from yunxing.flows.walk_case import working_time
from yunxing.io.store import case_log, case_pages
from yunxing.io.store.case_rows import read_cases

CHUNK = 500


def follow_merge(connection: Any, keep: str, drop: str, now: datetime) -> int:
    """Every case of `drop` becomes one of `keep`; gives how many moved."""
    return _moved(connection, case_pages.ids_about(connection, drop), keep, now, f"登记合并：{drop} → {keep}")


def take_back(connection: Any, keep: str, drop: str, now: datetime) -> int:
    """The cases that a merge of `drop` into `keep` moved go back; those raised about `keep` itself stay."""
    came = [
        one
        for one in case_pages.ids_about(connection, keep)
        if (last := next((event for event in reversed(case_log.events_of(connection, one)) if event.edge == "party"), None)) is not None
        and (last.given.get("from"), last.given.get("to")) == (drop, keep)
    ]
    return _moved(connection, came, drop, now, f"撤销登记合并：{keep} → {drop}")


def _moved(connection: Any, ids: Iterable[str], to: str, now: datetime, words: str) -> int:
    wanted, moved = list(ids), 0
    for start in range(0, len(wanted), CHUNK):
        decided = []
        for case in read_cases(connection, wanted[start : start + CHUNK]).values():
            table = case_log.definition_of(connection, case.definition, case.version)
            time = working_time(connection, table, now) if case.open else None
            one = act(table, case, "party", SYSTEM, max(now, case.changed), words=words, given={"from": case.party, "to": to}, time=time)
            if isinstance(one, Decision):
                decided.append(one)
        moved += sum(one.won for one in case_log.record_many(connection, decided))
    return moved
